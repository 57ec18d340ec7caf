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

use super::Cards;

/// One signal.
#[derive(Debug, Serialize)]
pub struct SignalView<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it finds, with both numbers of a share.
    pub value: String,
    /// What it is computed from.
    pub inputs: Vec<String>,
    /// How, in a sentence.
    pub how: &'a str,
    /// Its heading on the Methodology page.
    pub anchor: &'static str,
}

impl<'a> Cards<'a> {
    /// The signals about the set-up, the facts and the scales of `tally`.
    pub(super) fn signals_of(&self, tally: &Tally) -> Vec<SignalView<'a>> {
        let language = self.language;
        let (filled, applying) = tally.filled();
        let slots = Slot::ALL.iter().zip(tally.slots).map(|(slot, (filled, applying))| match applying {
            0 => self.line(slot.key(), self.words("signal.not_applicable")),
            _ => self.line(slot.key(), &self.share(filled, applying)),
        });
        let fields = Field::ALL.iter().zip(tally.fields);
        let n_fields = tally.fields.iter().sum();
        let classes = Class::ALL.iter().zip(tally.classes).filter(|(_, n)| *n > 0);
        let compared: usize = classes.clone().filter(|(class, _)| class.is_compared()).map(|(_, n)| n).sum();
        let of = |key: &str, n: usize, all: usize| language.say(key, &[("share", &self.share(n, all))]);
        vec![
            SignalView {
                name: self.words("signal.documented"),
                value: match tally.documentable {
                    0 => self.words("signal.not_applicable").to_owned(),
                    n => of("signal.documented.value", tally.documented, n),
                },
                inputs: match tally.results - tally.documentable {
                    0 => Vec::new(),
                    n => {
                        let results = language.counted("count.results", n);
                        vec![language.say("signal.documented.probabilities", &[("results", &results)])]
                    }
                },
                how: self.words("signal.documented.how"),
                anchor: "documented-set-up",
            },
            SignalView {
                name: self.words("signal.slots"),
                value: of("signal.slots.value", filled, applying),
                inputs: slots.collect(),
                how: self.words("signal.slots.how"),
                anchor: "reproducibility-slots",
            },
            SignalView {
                name: self.words("signal.completeness"),
                value: of("signal.completeness.value", n_fields, tally.results * Field::ALL.len()),
                inputs: fields.map(|(field, n)| self.line(field.key(), &self.share(n, tally.results))).collect(),
                how: self.words("signal.completeness.how"),
                anchor: "completeness",
            },
            SignalView {
                name: self.words("signal.scales"),
                value: of("signal.scales.value", compared, tally.results),
                inputs: classes
                    .map(|(class, n)| {
                        format!("{}{}{}", self.language.number(n), self.words("colon"), self.words(class.key()))
                    })
                    .collect(),
                how: self.words("signal.scales.how"),
                anchor: "scales",
            },
        ]
    }

    /// `harness: 12 of 340`.
    pub(super) fn line(&self, key: &'static str, value: &str) -> String {
        format!("{}{}{value}", self.words(key), self.words("colon"))
    }

    /// Who reports what, over the model–benchmark pairs that `pairs` are the readings of.
    pub(super) fn provenance<'r>(&self, pairs: impl Iterator<Item = Vec<&'r Reading>>) -> SignalView<'a> {
        let (mut n, mut n_multi) = (0, 0);
        let mut covered = [0; Coverage::ALL.len()];
        for readings in pairs {
            let parties = Parties::of(self.dataset, readings);
            n += 1;
            n_multi += usize::from(parties.is_multi_source());
            covered[Coverage::of(&parties) as usize] += 1;
        }
        let classes = Coverage::ALL.iter().zip(covered).filter(|(_, n)| *n > 0);
        let pairs = self.language.counted("count.pairs", n);
        SignalView {
            name: self.words("signal.provenance"),
            value: self
                .language
                .say("signal.provenance.value", &[("several", &self.language.number(n_multi)), ("pairs", &pairs)]),
            inputs: classes.map(|(class, n)| self.line(class.key(), &self.language.number(n))).collect(),
            how: self.words("signal.provenance.how"),
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
