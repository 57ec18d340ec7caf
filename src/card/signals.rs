//! Signals in words: each with its figure, its inputs and how it is computed.

use serde::Serialize;

use crate::id::Id;
use crate::merge::Reading;
use crate::resolve::Model;
use crate::signal::Tally;
use crate::signal::completeness::Field;
use crate::signal::coverage::Coverage;
use crate::signal::provenance::Parties;
use crate::signal::scale::Class;
use crate::signal::setup::Slot;
use crate::words::{count, counted};

use super::Cards;

/// One signal.
#[derive(Debug, Serialize)]
pub struct SignalView {
    /// Its name.
    pub name: &'static str,
    /// What it finds, with both numbers of a share.
    pub value: String,
    /// What it is computed from.
    pub inputs: Vec<String>,
    /// How, in a sentence.
    pub how: &'static str,
    /// Its heading on the Methodology page.
    pub anchor: &'static str,
}

/// The signals about the set-up, the facts and the scales of `tally`.
pub fn of_results(tally: &Tally) -> Vec<SignalView> {
    let of = |n: usize, all: usize| format!("{} of {}", count(n), count(all));
    let (filled, applying) = tally.filled();
    let slots = Slot::ALL.iter().zip(tally.slots).map(|(slot, (filled, applying))| match applying {
        0 => format!("{}: not known to apply", slot.words()),
        _ => format!("{}: {}", slot.words(), of(filled, applying)),
    });
    let fields = Field::ALL.iter().zip(tally.fields);
    let n_fields = tally.fields.iter().sum();
    let classes = Class::ALL.iter().zip(tally.classes).filter(|(_, n)| *n > 0);
    let compared: usize = classes.clone().filter(|(class, _)| class.is_compared()).map(|(_, n)| n).sum();
    vec![
        SignalView {
            name: "Documented set-up",
            value: match tally.documentable {
                0 => "not known to apply".to_owned(),
                n => format!("{} results", of(tally.documented, n)),
            },
            inputs: match tally.results - tally.documentable {
                0 => Vec::new(),
                n => vec![format!(
                    "{} read from probabilities, so there is nothing to state",
                    counted(n, "result", "results")
                )],
            },
            how: "A result counts if its record states temperature and token limit, and for agents plan and limits as well.",
            anchor: "documented-set-up",
        },
        SignalView {
            name: "Reproducibility",
            value: format!("{} slots filled", of(filled, applying)),
            inputs: slots.collect(),
            how: "A slot is one decision that a re-run must pin. Slots that are not known to apply are left out of both numbers.",
            anchor: "reproducibility-slots",
        },
        SignalView {
            name: "Completeness",
            value: format!("{} facts reported", of(n_fields, tally.results * Field::ALL.len())),
            inputs: fields.map(|(field, n)| format!("{}: {}", field.words(), of(n, tally.results))).collect(),
            how: "Twelve facts that a record can report of each result; what metadata adds does not count.",
            anchor: "completeness",
        },
        SignalView {
            name: "Scales",
            value: format!("{} scores can be compared", of(compared, tally.results)),
            inputs: classes.map(|(class, n)| format!("{}: {}", count(n), class.words())).collect(),
            how: "By the unit and the bounds that each record declares; nothing is converted because of its size alone.",
            anchor: "scales",
        },
    ]
}

impl Cards<'_> {
    /// Who reports what, over the model–benchmark pairs that `pairs` are the readings of.
    pub(super) fn provenance<'r>(&self, pairs: impl Iterator<Item = Vec<&'r Reading>>) -> SignalView {
        let (mut n, mut n_multi) = (0, 0);
        let mut covered = [0; Coverage::ALL.len()];
        for readings in pairs {
            let parties = Parties::of(self.dataset, readings);
            n += 1;
            n_multi += usize::from(parties.is_multi_source());
            covered[Coverage::of(&parties) as usize] += 1;
        }
        let classes = Coverage::ALL.iter().zip(covered).filter(|(_, n)| *n > 0);
        SignalView {
            name: "Who reports what",
            value: format!(
                "{} of {} from several evaluators",
                count(n_multi),
                counted(n, "model–benchmark pair", "model–benchmark pairs")
            ),
            inputs: classes.map(|(class, n)| format!("{}: {}", class.words(), count(n))).collect(),
            how: "Named evaluators of each pair of model and benchmark, and their relation to the developer as records claim it.",
            anchor: "provenance-and-coverage",
        }
    }

    /// The readings of a model, a list for each benchmark.
    pub(super) fn by_benchmark(&self, model: Id<Model>) -> impl Iterator<Item = Vec<&Reading>> {
        let readings = self.dataset.readings_of(model);
        let chunks = readings.chunk_by(|a, b| self.dataset.benchmark_of(a) == self.dataset.benchmark_of(b));
        chunks.map(|chunk| chunk.iter().collect())
    }
}
