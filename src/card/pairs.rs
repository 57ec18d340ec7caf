//! Two models on the same samples, as the page of a ranking shows them.

use serde::Serialize;

use super::Cards;
use super::samples::three_digits;
use crate::id::Id;
use crate::merge::{Measurement, Reading};
use crate::signal::paired::Paired;
use crate::signal::same_samples::{MOST_MODELS, Pair, pairs};

/// So many pairs stand on a page.
const MOST_PAIRS: usize = 100;

/// The pairs of models that share samples.
#[derive(Debug, Serialize)]
pub struct PairsView<'a> {
    /// Pairs with most shared samples first.
    pub rows: Vec<PairView<'a>>,
    /// How many there are, if not all are shown.
    pub more: Option<String>,
}

/// Two models on the samples that both have.
#[derive(Debug, Serialize)]
pub struct PairView<'a> {
    /// The one with the better rank.
    pub first: PairedModel<'a>,
    /// The other.
    pub second: PairedModel<'a>,
    /// Samples that both have.
    pub shared: String,
    /// Samples that both answer correctly.
    pub both: String,
    /// How many the first only.
    pub only_first: String,
    /// How many the second only.
    pub only_second: String,
    /// How many none of them.
    pub neither: String,
    /// Difference of the shares: `+0.125`.
    pub difference: String,
    /// 95% interval: `−0.01 to 0.26`.
    pub interval: String,
    /// The p of the exact McNemar test.
    pub p: String,
    /// The counts, for documents.
    pub samples: Paired,
}

/// One of two models.
#[derive(Debug, Serialize)]
pub struct PairedModel<'a> {
    /// Display name.
    pub name: &'a str,
    /// Its id.
    pub id: &'a str,
    /// Variant of the model, if any.
    pub variant: Option<&'a str>,
    /// Its result, on its card.
    pub url: String,
}

/// What follows from the counts of two models, as it is shown in any language.
pub struct Statistics {
    /// Difference of the shares: `+0.125`.
    pub difference: String,
    /// The lower end of its interval: `−0.010`.
    pub low: String,
    /// The upper end.
    pub high: String,
    /// The p of the exact McNemar test.
    pub p: String,
}

impl Statistics {
    /// Of `samples`.
    pub fn of(samples: &Paired) -> Statistics {
        let signed = |value: f64, plus| format!("{}{:.3}", if value < 0.0 { "−" } else { plus }, value.abs());
        let (low, high) = samples.interval().unwrap_or_default();
        let p = samples.p_value();
        Statistics {
            difference: signed(samples.difference().unwrap_or_default(), "+"),
            low: signed(low, ""),
            high: signed(high, ""),
            p: if p < 0.001 { "< 0.001".to_owned() } else { three_digits(p) },
        }
    }
}

impl<'a> Cards<'a> {
    /// The pairs of `measurement` that share samples; `None` if there is none.
    pub fn pairs(&self, measurement: Id<Measurement>) -> Option<PairsView<'a>> {
        let pairs = pairs(self.dataset, measurement);
        let rows: Vec<_> = pairs.iter().take(MOST_PAIRS).map(|pair| self.pair(pair)).collect();
        let more = (pairs.len() > rows.len()).then(|| {
            let n = |n| self.language.number(n);
            let values = [("n", &*n(rows.len())), ("all", &*n(pairs.len())), ("models", &*n(MOST_MODELS))];
            self.language.say("pairs.more", &values)
        });
        (!rows.is_empty()).then_some(PairsView { rows, more })
    }

    /// Two models, with the numbers in words.
    pub fn pair(&self, pair: &Pair) -> PairView<'a> {
        let samples = pair.samples;
        let [both, only_first, only_second, neither] =
            [samples.both, samples.only_first, samples.only_second, samples.neither]
                .map(|n| self.language.number(n as usize));
        let Statistics { difference, low, high, p } = Statistics::of(&samples);
        PairView {
            first: self.paired_model(pair.first),
            second: self.paired_model(pair.second),
            shared: self.language.number(samples.n() as usize),
            both,
            only_first,
            only_second,
            neither,
            difference,
            interval: self.language.say("fact.range", &[("min", &low), ("max", &high)]),
            p,
            samples,
        }
    }

    fn paired_model(&self, reading: &Reading) -> PairedModel<'a> {
        let model = &self.dataset.entities.models[reading.resolved.model];
        PairedModel {
            name: &model.name,
            id: &model.id,
            variant: self.dataset.variant_of(reading),
            url: format!("{}#{}", self.model_url(reading.resolved.model), self.anchor(reading)),
        }
    }
}
