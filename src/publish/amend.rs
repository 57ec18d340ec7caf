//! *Amending* a posted file: existing bytes stay, and new entries come after them.

use serde_yaml::Value;

use crate::text::without_mark;

/// The bytes of a file that holds `old` and then `ours`, lines of YAML as the build made them.
/// Refused, with the reason, if the result would not read as all that was there and then ours.
pub fn append(old: Option<&[u8]>, ours: &str) -> Result<Vec<u8>, String> {
    let Some(old) = old else { return Ok(ours.as_bytes().to_vec()) };
    let text = std::str::from_utf8(old).map_err(|_| "it is not UTF-8".to_owned())?;
    let mut expected = entries(text)?;
    expected.extend(entries(ours)?);
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let indent = " ".repeat(indent(without_mark(text)));
    let mut new = text.to_owned();
    if !new.is_empty() && !new.ends_with('\n') {
        new.push_str(newline);
    }
    for line in ours.lines() {
        new.push_str(&indent);
        new.push_str(line);
        new.push_str(newline);
    }
    // The one test that counts, whatever the file looks like.
    match entries(&new) {
        Ok(found) if found == expected => Ok(new.into_bytes()),
        _ => Err("no entry can be added at its end".to_owned()),
    }
}

fn entries(text: &str) -> Result<Vec<Value>, String> {
    match crate::text::yaml::<Value>(without_mark(text)) {
        Ok(Value::Sequence(items)) => Ok(items),
        Ok(Value::Null) => Ok(Vec::new()),
        Ok(_) => Err("it is not a list of entries".to_owned()),
        Err(err) => Err(format!("it is not YAML: {err}")),
    }
}

/// Column of the list's first dash.
fn indent(text: &str) -> usize {
    let dash = text.lines().map(|line| (line.trim_start_matches(' '), line)).find(|(rest, _)| {
        rest.starts_with('-')
            && !rest.starts_with("---")
            && (rest.len() == 1 || rest[1..].starts_with([' ', '\r', '\t']))
    });
    dash.map_or(0, |(rest, line)| line.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "- dataset:\n    id: \"a/b\"\n    task_id: \"t\"\n  value: 1\n";

    #[track_caller]
    fn check(old: &str) {
        let new = append(Some(old.as_bytes()), OURS).unwrap_or_else(|err| panic!("{old:?}: {err}"));
        assert!(new.starts_with(old.as_bytes()));
        assert!(entries(std::str::from_utf8(&new).unwrap()).unwrap().len() > entries(old).unwrap().len());
    }

    #[test]
    fn all_that_was_there_stays() {
        let theirs = "- dataset: {id: x/y, task_id: z} # kept\n  value: 0.50\n";
        for old in [
            "",
            "# only a comment",
            theirs,
            theirs.trim_end(),
            &format!("# first\n---\n{theirs}# last\n\n\n"),
            &theirs.replace('\n', "\r\n"),
            "  - dataset: {id: x/y, task_id: z}\n    value: 1\n",
            "-\n  dataset: {id: x/y, task_id: z}\n  value: 1\n",
            "- dataset: &a {id: x/y, task_id: z}\n  value: 1\n- dataset: *a\n  value: 2",
            "- notes: |\n    - not a list\n  value: 1\n",
            "- notes: |+\n    text\n\n",
            "\u{feff}- value: 1\n",
            "\u{feff}  - value: 1",
            "\u{feff}",
        ] {
            check(old);
        }
    }

    #[test]
    fn what_cannot_be_added_to_safely_is_refused() {
        for old in [
            "[{value: 1}]",
            "- value: 1\n...\n",
            "- value: 1\n---\n- value: 2\n",
            "value: 1",
            "- value: 1\n  value: 2\n",
            "- 'open",
            "- \"a\n",
            "x\u{0}",
            "- value: 1\n\u{feff}- value: 2\n",
        ] {
            let result = append(Some(old.as_bytes()), OURS);
            assert!(result.is_err(), "{old:?}: {:?}", String::from_utf8(result.unwrap()));
        }
        assert!(append(Some(&[0xff]), OURS).is_err());
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_there_is_kept_or_refused(old in "([-#a: |>'\"\\[\\]{}&*!%\r\n]|- value: 1\n){0,12}") {
            if let Ok(new) = append(Some(old.as_bytes()), OURS) {
                proptest::prop_assert!(new.starts_with(old.as_bytes()));
                let theirs = entries(&old).unwrap();
                let all = entries(std::str::from_utf8(&new).unwrap()).unwrap();
                proptest::prop_assert_eq!(&all[..theirs.len()], &theirs[..]);
                proptest::prop_assert_eq!(all.len(), theirs.len() + 1);
            }
        }
    }
}
