//! Names that imitate an *evidence level*: they are shown in quotation marks everywhere.

use super::Entities;
use crate::names::squashed;

/// The words of the markers, in the languages of the interface, as [`squashed`] gives them. A test holds them against
/// the files of words.
const MARKERS: [&str; 10] = [
    "tracedtoapublicrecord",
    "submitterknown",
    "submittedbythenamedsource",
    // As badges have it.
    "submittedbythesource",
    "verifiedbythehub",
    "已溯源至公开记录",
    "提交者已知",
    "由所注明的来源提交",
    "由来源提交",
    "经hub验证",
];

/// Puts the names of `entities` that say the words of a marker in quotation marks. What metadata calls a thing is the
/// site's own word.
pub(super) fn quote(entities: &mut Entities) {
    let models = entities.models.iter_mut().filter(|it| it.meta.is_none()).map(|it| &mut it.name);
    let benchmarks = entities.benchmarks.iter_mut().filter(|it| it.meta.is_none()).map(|it| &mut it.name);
    let evaluators = entities.evaluators.iter_mut().filter(|it| it.meta.is_none()).map(|it| &mut it.name);
    let metrics = entities.metrics.iter_mut().map(|it| &mut it.name);
    let slices = entities.slices.iter_mut().filter_map(|it| it.name.as_mut());
    for name in models.chain(benchmarks).chain(evaluators).chain(metrics).chain(slices).filter(|it| is_forged(it)) {
        *name = format!("“{name}”");
    }
}

/// True for a text that says the words of a marker, whatever stands between its letters.
fn is_forged(name: &str) -> bool {
    // Most names are shorter than the shortest of them.
    if name.len() < MARKERS[1].len() {
        return false;
    }
    let squashed = squashed(name);
    MARKERS.iter().any(|words| squashed.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn the_words_of_every_marker_are_known_and_names_of_benchmarks_are_not() {
        for tag in ["en", "zh-Hans"] {
            let language = Language::new(tag, None).unwrap();
            for level in [
                "level.traced",
                "level.submitter_known",
                "level.submitted_by_source",
                "markers.submitted",
                "hub.badge.verified",
            ] {
                assert!(is_forged(&format!("Acme ({}!)", language.phrase(level))), "{tag} {level}");
            }
        }
        for name in ["SUBMITTED  by the-named source", "✓ Traced to a public record", "Run verified by the Hub"] {
            assert!(is_forged(name), "{name}");
        }
        for name in ["SWE-bench Verified", "Verified", "Public record", "Acme Submissions", "Traced LLM", "来源提交"]
        {
            assert!(!is_forged(name), "{name}");
        }
    }
}
