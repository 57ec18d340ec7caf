//! Metadata for nothing: entries that no record leads to, which is most often a slip of the pen.

use std::collections::{BTreeMap, HashSet};

use super::Entities;
use crate::diagnostic::{DiagnosticCode, Diagnostics, did_you_mean};
use crate::load::content::Content;
use crate::words::counted;

/// So many are named in one message.
const NAMED: usize = 3;
/// So many messages look for a name that may have been meant; each looks at every name.
const MOST_SUGGESTIONS: usize = 20;

/// One warning a file.
pub fn warn(content: &Content, entities: &Entities, diagnostics: &mut Diagnostics) {
    let used: HashSet<usize> = entities.models.iter().filter_map(|(_, model)| model.meta).collect();
    let unknown: Vec<&str> =
        entities.models.iter().filter(|(_, it)| it.meta.is_none()).map(|(_, it)| it.id.as_str()).collect();
    let models = content.models.iter().map(|meta| (meta.file.as_str(), meta.id.as_str()));
    report("model", models, &used, &unknown, diagnostics);
    let used: HashSet<usize> = entities.benchmarks.iter().filter_map(|(_, benchmark)| benchmark.meta).collect();
    let unknown: Vec<&str> =
        entities.benchmarks.iter().filter(|(_, it)| it.meta.is_none()).map(|(_, it)| it.id.as_str()).collect();
    let benchmarks = content.benchmarks.iter().map(|meta| (meta.file.as_str(), meta.id.as_str()));
    report("benchmark", benchmarks, &used, &unknown, diagnostics);
}

/// `entries` are file and id, in the order of their places.
fn report<'a>(
    kind: &str,
    entries: impl Iterator<Item = (&'a str, &'a str)>,
    used: &HashSet<usize>,
    unknown: &[&str],
    diagnostics: &mut Diagnostics,
) {
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let entries: Vec<(&str, &str)> = entries.collect();
    // The second entry of one id has its own finding.
    let used_ids: HashSet<&str> = used.iter().map(|&place| entries[place].1).collect();
    for (file, id) in entries.iter().filter(|(_, id)| !used_ids.contains(id)) {
        files.entry(file).or_default().push(id);
    }
    for (number, (file, ids)) in files.into_iter().enumerate() {
        let named: Vec<String> = ids.iter().take(NAMED).map(|id| format!("`{id}`")).collect();
        let more = if ids.len() > NAMED { " and others" } else { "" };
        let entries = counted(ids.len(), "entry describes", "entries describe");
        let message = format!("{entries} a {kind} that no record names: {}{more}", named.join(", "));
        let search = || ids.iter().take(NAMED).find_map(|id| did_you_mean(id, unknown.iter().copied()));
        let meant = if number < MOST_SUGGESTIONS { search() } else { None };
        let help = match meant {
            Some(meant) => format!("if you mean `{meant}`, write that, or add this as an alias"),
            None => "check the spelling, or keep it for future records".to_owned(),
        };
        diagnostics.warn_with_help(DiagnosticCode::UnusedMetadata, file, "", message, help);
    }
}
