//! What is wrong with an entry of metadata, and where.

use serde_yaml::Value;

use super::ContentReader;
use crate::diagnostic::{DiagnosticCode, did_you_mean};
use crate::load::front_matter;
use crate::load::metadata::MetadataEntry;
use crate::text;
use crate::words::counted;

impl ContentReader<'_> {
    pub(super) fn unreadable(&mut self, file: &str, place: &str, text: &str, err: &serde_yaml::Error) {
        let message = err.to_string();
        // The place is told apart, and counts the lines of the whole file.
        let message =
            message.split(" at line ").next().unwrap_or(&message).replace("expected f64", "expected a number");
        let help = text::remedy_of_yaml(text, err)
            .unwrap_or_else(|| "the rest of the site is built without it; fix it and build again".to_owned());
        self.diagnostics.error(DiagnosticCode::UnreadableMetadata, file, place, message, &help);
    }

    /// All that is wrong with an entry that cannot be read: whoever mends one fault should not find the next.
    pub(super) fn unreadable_entry<T: MetadataEntry>(&mut self, file: &str, yaml: &str, err: &serde_yaml::Error) {
        self.unreadable(file, &place_in_front_matter(err), yaml, err);
        let mut entry = match crate::text::yaml::<Value>(yaml) {
            Ok(Value::Mapping(entry)) => entry,
            Ok(_) => return,
            // An error further down is another fault; one at the end of the text follows from the first.
            Err(further) => {
                let [first, line] = [err, &further].map(|err| err.location().map_or(0, |at| at.line()));
                if line != first && line <= yaml.lines().count() {
                    self.unreadable(file, &place_in_front_matter(&further), yaml, &further);
                }
                return;
            }
        };
        let mut message = err.to_string();
        let place = |key: &str| match front_matter::line_of(yaml, key) {
            Some(line) => format!("line {}", line + 1),
            None => "front matter".to_owned(),
        };
        loop {
            // The message begins with the key.
            let key = message.split([':', '.', '[']).next().unwrap_or_default().to_owned();
            if entry.remove(key.as_str()).is_none() {
                return;
            }
            let rest = serde_yaml::to_string(&entry).unwrap_or_default();
            match crate::text::yaml::<T>(&rest) {
                Ok(entry) => {
                    self.warn_of_unknown_keys(&entry, file, "front matter");
                    return self.warn_of_wrong_values(&entry, file, place);
                }
                Err(err) => {
                    message = err.to_string();
                    let key = message.split([':', '.', '[']).next().unwrap_or_default();
                    self.unreadable(file, &place(key), "", &err);
                }
            }
        }
    }

    /// One warning for each file and key, as tables carry some in every entry.
    pub(super) fn warn_of_unused_keys(&mut self) {
        for ((file, key), n) in std::mem::take(&mut self.unused) {
            let message = format!("`{key}` is not used; {} it", counted(n, "entry has", "entries have"));
            let help = "remove it if no other program needs it".to_owned();
            self.diagnostics.warn_with_help(DiagnosticCode::UnusedKey, &file, "", message, help);
        }
    }

    pub(super) fn warn_of_wrong_values<T: MetadataEntry>(
        &mut self,
        entry: &T,
        file: &str,
        place: impl Fn(&str) -> String,
    ) {
        for wrong in entry.wrong_values() {
            self.diagnostics.warn_with_help(
                DiagnosticCode::WrongValue,
                file,
                &place(wrong.key),
                wrong.message,
                wrong.help,
            );
        }
    }

    pub(super) fn warn_of_unknown_keys<T: MetadataEntry>(&mut self, entry: &T, file: &str, place: &str) {
        for key in entry.unknown().keys() {
            if T::UNUSED.contains(&key.as_str()) {
                *self.unused.entry((file.to_owned(), key.clone())).or_default() += 1;
                continue;
            }
            let message = format!("unknown key `{key}` is not used");
            let help = match did_you_mean(key, T::KEYS.iter().copied()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("the known keys are {}", T::KEYS.join(", ")),
            };
            self.diagnostics.warn_with_help(DiagnosticCode::UnknownKey, file, place, message, help);
        }
    }
}

pub(super) fn place(err: &serde_yaml::Error) -> String {
    err.location().map_or(String::new(), |at| format!("line {} column {}", at.line(), at.column()))
}

/// Front matter begins on the second line of its file.
pub(super) fn place_in_front_matter(err: &serde_yaml::Error) -> String {
    err.location().map_or("front matter".to_owned(), |at| format!("line {} column {}", at.line() + 1, at.column()))
}
