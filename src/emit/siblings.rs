//! *Siblings* are the results of one record for one leaderboard. An error in one of them decides nothing: the others are
//! as many candidates as before, and none is proposed because it alone could be read.

use foldhash::HashMap;

use super::skip::SkipCode;
use super::{ManifestEntry, Skipped};
use crate::hash::Sha256;
use crate::load::record::{EvaluationResult, LostResult};

/// Reasons that are errors in a result, and say nothing of what it measures.
const FAULTS: [SkipCode; 4] =
    [SkipCode::ContradictoryScale, SkipCode::ScoreOutOfBounds, SkipCode::UnknownScale, SkipCode::ContradictedBySamples];

/// Marks the entries whose record has a result for the same leaderboard that only an error kept from being one, unless
/// they alone are by the headline metric.
pub fn mark_beside_faulty(entries: &mut [ManifestEntry], skipped: &[Skipped]) {
    let is_faulty = |it: &&Skipped| it.slot.is_some() && it.reason.code().is_some_and(|code| FAULTS.contains(&code));
    let mut faulty: HashMap<Sha256, Vec<&Skipped>> = HashMap::default();
    for it in skipped.iter().filter(is_faulty) {
        faulty.entry(it.record.sha256).or_default().push(it);
    }
    for entry in entries {
        let of_record = faulty.get(&entry.record.sha256).into_iter().flatten();
        let slots = of_record.filter_map(|it| it.slot.as_ref()).filter(|slot| slot.is_of(entry));
        let is_beside = slots.into_iter().any(|slot| !entry.is_headline || slot.is_headline);
        entry.has_faulty_sibling |= is_beside;
    }
}

/// True if nothing that could be read of `lost` tells it from `result` but for its name, which may be that of the way in
/// which answers were read.
pub fn may_be_of_same_task(lost: &LostResult, result: &EvaluationResult) -> bool {
    let is_same_data = lost
        .data
        .as_ref()
        .is_none_or(|data| (&data.dataset_name, &data.hf_repo) == (&result.data.dataset_name, &result.data.hf_repo));
    let is_same_metric = lost.metric.as_ref().is_none_or(|metric| {
        let names = (&metric.id, &metric.name);
        names == (&None, &None) || names == (&result.metric.id, &result.metric.name)
    });
    is_same_data && is_same_metric
}
