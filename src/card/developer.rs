//! The page of one developer, and the list of all: the models of one organisation.

use serde::Serialize;

use super::agreement::{Agreed, Reporting};
use super::claims::Claims;
use super::documentation::Documentation;
use super::list::{ListCard, Pager, ROWS, anchor};
use super::scope::{Covered, SetupView};
use super::{Cards, Fact};
use crate::id::Id;
use crate::merge::{Developer, cells};
use crate::signal::SignalTally;
use crate::signal::coverage::Coverage;
use crate::signal::provenance::Parties;

/// Everything that one page of a developer's models says.
#[derive(Debug, Serialize)]
pub struct DeveloperCard<'a> {
    /// Display name.
    pub name: &'a str,
    /// Known metadata.
    pub facts: Vec<Fact<'a>>,
    /// Missing metadata, as a list.
    pub gaps: String,
    /// The counts in a sentence.
    pub summary: String,
    /// Who attributes the models to the developer.
    pub claim: String,
    /// The answer; on the first page.
    pub short: Option<DeveloperShort<'a>>,
    /// The models.
    pub rows: Vec<MadeModel<'a>>,
    /// The pages of the list.
    pub pager: Pager,
}

/// What the sentences about a developer's models say.
#[derive(Debug, Serialize)]
pub struct DeveloperShort<'a> {
    /// Who reports.
    pub by: Reporting<'a>,
    /// Relationships to the developer, and evidence levels.
    pub claims: Claims,
    /// Whether scores conflict.
    pub agreed: Agreed<'a>,
    /// Whether the set-up is documented.
    pub setup: SetupView,
    /// What the benchmarks test.
    pub covered: Covered<'a>,
    /// Documentation signals.
    pub documentation: Documentation<'a>,
}

/// A model of a developer.
#[derive(Debug, Serialize)]
pub struct MadeModel<'a> {
    /// Display name.
    pub name: &'a str,
    /// Canonical id.
    pub id: &'a str,
    /// Its card.
    pub url: String,
    /// Day of release.
    pub released: Option<&'a str>,
    /// Results.
    pub results: usize,
    /// Different benchmarks.
    pub benchmarks: usize,
    /// Benchmarks by who reports them: `6 by others only`.
    pub coverage: String,
}

/// A developer in the list.
#[derive(Debug, Serialize)]
pub struct DeveloperRow<'a> {
    /// Display name.
    pub name: &'a str,
    /// Anchor for the letters.
    pub anchor: String,
    /// Their page.
    pub url: String,
    /// Models.
    pub models: usize,
    /// Results.
    pub results: usize,
}

impl<'a> Cards<'a> {
    /// Page `number` of all developers, by name.
    pub fn developers(&self, number: usize) -> ListCard<DeveloperRow<'a>> {
        let developers = &self.dataset.developers;
        let rows = developers.iter().skip((number - 1) * ROWS).take(ROWS).map(|(id, developer)| DeveloperRow {
            name: &developer.name,
            anchor: anchor(&developer.name),
            url: self.developer_url(id),
            models: developer.models.len(),
            results: developer.models.iter().map(|model| self.dataset.readings_of(*model).len()).sum(),
        });
        ListCard {
            rows: rows.collect(),
            letters: self.letters("developers", developers.iter().map(|(_, developer)| developer.name.as_str())),
            pager: Pager::new(self, "developers", number, developers.len(), ROWS),
        }
    }

    /// Page `number` of the models of `id`.
    pub fn developer(&self, id: Id<Developer>, number: usize) -> DeveloperCard<'a> {
        let developer = &self.dataset.developers[id];
        let meta = developer.meta.map(|place| &self.dataset.inputs.content.organizations[place]);
        let readings = || developer.models.iter().flat_map(|model| self.dataset.readings_of(*model));
        let n_models = developer.models.len();
        let (facts, gaps) = self.known(meta.map_or(Vec::new(), |meta| self.organization_facts(meta)));
        DeveloperCard {
            name: &developer.name,
            facts,
            gaps,
            summary: self.language.say(
                "developer.summary",
                &[
                    ("models", &self.language.counted("count.models", n_models)),
                    ("results", &self.language.counted("count.results", readings().count())),
                ],
            ),
            claim: match developer.n_claimed {
                0 => self.words("developer.stated").to_owned(),
                n if n == n_models => self.words("developer.claimed").to_owned(),
                n => self.language.counted("developer.partly", n),
            },
            short: (number == 1).then(|| self.developer_short(developer)),
            rows: self.made_models(id).skip((number - 1) * ROWS).take(ROWS).collect(),
            pager: Pager::new(self, self.paths.developer(id), number, n_models, ROWS),
        }
    }

    fn developer_short(&self, developer: &Developer) -> DeveloperShort<'a> {
        let readings = || developer.models.iter().flat_map(|model| self.dataset.readings_of(*model));
        let of_cells = developer.models.iter().flat_map(|model| cells(self.dataset.readings_of(*model)));
        let outcomes: Vec<_> = of_cells.map(|cell| (cell, self.outcome(cell))).collect();
        let mut benchmarks: Vec<_> = readings().map(|reading| self.dataset.benchmark_of(reading)).collect();
        benchmarks.sort_unstable();
        benchmarks.dedup();
        let tally = SignalTally::of(self.signals, readings());
        let pairs = developer.models.iter().flat_map(|model| self.by_benchmark(*model));
        let pairs = self.pairs_by_coverage("figures.evaluators.pairs", pairs);
        let outcomes_only = outcomes.iter().map(|(_, outcome)| *outcome).collect();
        DeveloperShort {
            by: self.reporting(readings()),
            claims: self.claims(readings()),
            setup: SetupView::of(&tally),
            covered: self.covered(benchmarks.into_iter(), |slice| self.page_of_slice(slice)),
            documentation: self.documentation(&tally, Some(pairs), outcomes_only),
            agreed: self.agreed(outcomes),
        }
    }

    /// All models of `id`.
    pub fn made_models(&self, id: Id<Developer>) -> impl Iterator<Item = MadeModel<'a>> {
        self.dataset.developers[id].models.iter().map(|model| self.made_model(*model))
    }

    fn made_model(&self, id: Id<crate::resolve::Model>) -> MadeModel<'a> {
        let model = &self.dataset.entities.models[id];
        let mut covered = [0; Coverage::ALL.len()];
        for readings in self.by_benchmark(id) {
            covered[Coverage::of(&Parties::of(self.dataset, readings)) as usize] += 1;
        }
        let classes = Coverage::ALL.iter().zip(covered).filter(|(_, n)| *n > 0);
        let coverage: Vec<String> = classes.map(|(class, n)| self.tally(n, class.key())).collect();
        MadeModel {
            name: &model.name,
            id: &model.id,
            url: self.model_url(id),
            released: self.dataset.model_meta(model).and_then(|meta| meta.released.as_deref()),
            results: self.dataset.readings_of(id).len(),
            benchmarks: covered.iter().sum(),
            coverage: self.language.list(&coverage),
        }
    }
}
