//! *Precedence*: which source counts if several state a fact, defined once.
//!
//! A different value from another source is kept with its source, so that a page can show both.

use super::metadata::{BenchmarkMeta, ModelMeta};
use crate::codes::codes;

codes! {
    /// A source of metadata; the first in this order counts.
    pub enum MetadataSource in "source" {
        /// A Markdown file of the site.
        Page = "page",
        /// A table of the site.
        Table = "table",
        /// What the Hub says.
        Hub = "hub",
        /// A BenchmarkCard.
        BenchmarkCard = "benchmark_card",
        /// The tables of this program.
        BuiltIn = "built_in",
        /// What records claim.
        Records = "records",
    }
}

impl MetadataSource {
    /// Of an entry, by its file.
    pub fn of_file(file: &str) -> MetadataSource {
        match file {
            "" => MetadataSource::BuiltIn,
            file if file.ends_with(".md") => MetadataSource::Page,
            _ => MetadataSource::Table,
        }
    }
}

/// A value that another source states, and that does not count.
#[derive(Clone, Debug, PartialEq)]
pub struct AlsoStated {
    /// The key of the fact among the words of the interface: `fact.licence`.
    pub what: &'static str,
    /// The value.
    pub value: StatedValue,
    /// Who states it.
    pub source: MetadataSource,
}

/// A value, before a language gives it words.
#[derive(Clone, Debug, PartialEq)]
pub enum StatedValue {
    /// Text of the source.
    Text(String),
    /// Parameters, in billions.
    Billions(f64),
    /// `open-weights` or `closed-weights`.
    Openness(String),
    /// Lowest and highest score.
    Range(f64, f64),
    /// True if higher is better.
    HigherIsBetter(bool),
}

/// Entries that may be described by several sources.
pub(super) trait FromSources: Sized {
    fn id(&self) -> &str;
    fn source(&self) -> MetadataSource;
    /// Takes what `lower` states and this does not.
    fn take(&mut self, lower: Self);
}

/// Joins each entry of a table with the site's page of the same id. Two files of one kind are not
/// joined: that is a mistake, which is found later.
pub(super) fn join<T: FromSources>(entries: Vec<T>) -> Vec<T> {
    let mut joined: Vec<T> = Vec::with_capacity(entries.len());
    let mut pages: foldhash::HashMap<String, Option<usize>> = foldhash::HashMap::default();
    for entry in entries {
        let is_table = entry.source() == MetadataSource::Table;
        match pages.get_mut(entry.id()) {
            Some(page) if is_table && page.is_some() => {
                if let Some(place) = page.take() {
                    joined[place].take(entry);
                }
            }
            Some(_) => joined.push(entry),
            None => {
                pages.insert(entry.id().to_owned(), (!is_table).then_some(joined.len()));
                joined.push(entry);
            }
        }
    }
    joined
}

/// Fills a gap of `own`, or notes that `lower` says something else.
fn settle<T: PartialEq>(
    what: &'static str,
    own: &mut Option<T>,
    lower: Option<T>,
    source: MetadataSource,
    also: &mut Vec<AlsoStated>,
    stated: impl Fn(&T) -> StatedValue,
) {
    match (&own, lower) {
        (None, lower) => *own = lower,
        (Some(value), Some(lower)) if *value != lower => also.push(AlsoStated { what, value: stated(&lower), source }),
        _ => {}
    }
}

fn text(text: &str) -> StatedValue {
    StatedValue::Text(text.to_owned())
}

fn append<T: PartialEq>(own: &mut Vec<T>, lower: Vec<T>) {
    for it in lower {
        if !own.contains(&it) {
            own.push(it);
        }
    }
}

impl FromSources for ModelMeta {
    fn id(&self) -> &str {
        &self.id
    }

    fn source(&self) -> MetadataSource {
        MetadataSource::of_file(&self.file)
    }

    fn take(&mut self, lower: Self) {
        let (source, also) = (lower.source(), &mut self.also_stated);
        settle("fact.name", &mut self.name, lower.name, source, also, |it| text(it));
        settle("fact.developer", &mut self.developer, lower.developer, source, also, |it| text(it));
        settle("fact.parameters", &mut self.params_b, lower.params_b, source, also, |n| StatedValue::Billions(*n));
        settle("fact.released", &mut self.released, lower.released, source, also, |it| text(it));
        settle("fact.licence", &mut self.license, lower.license, source, also, |it| text(it));
        settle("fact.weights", &mut self.openness, lower.openness, source, also, |text| {
            StatedValue::Openness(text.clone())
        });
        settle("fact.repository", &mut self.hf_repo, lower.hf_repo, source, also, |it| text(it));
        append(&mut self.aliases, lower.aliases);
        self.variants.extend(lower.variants);
        self.links.extend(lower.links);
    }
}

impl FromSources for BenchmarkMeta {
    fn id(&self) -> &str {
        &self.id
    }

    fn source(&self) -> MetadataSource {
        MetadataSource::of_file(&self.file)
    }

    fn take(&mut self, lower: Self) {
        let (source, also) = (lower.source(), &mut self.also_stated);
        settle("fact.name", &mut self.name, lower.name, source, also, |it| text(it));
        settle("fact.category", &mut self.category, lower.category, source, also, |it| text(it));
        settle("fact.dataset", &mut self.dataset.id, lower.dataset.id, source, also, |it| text(it));
        settle("fact.task", &mut self.dataset.task, lower.dataset.task, source, also, |it| text(it));
        settle("fact.scale", &mut self.scale, lower.scale, source, also, |(min, max)| StatedValue::Range(*min, *max));
        settle("fact.chance", &mut self.chance_level, lower.chance_level, source, also, |level| {
            StatedValue::Text(level.to_string())
        });
        settle("fact.paper", &mut self.paper, lower.paper, source, also, |it| text(it));
        settle("fact.published", &mut self.released, lower.released, source, also, |it| text(it));
        settle("fact.higher", &mut self.higher_is_better, lower.higher_is_better, source, also, |higher| {
            StatedValue::HigherIsBetter(*higher)
        });
        self.metric = self.metric.take().or(lower.metric);
        self.scope = self.scope.take().or(lower.scope);
        self.part_of = self.part_of.take().or(lower.part_of);
        self.parts = self.parts.take().or(lower.parts);
        self.benchmark_card = self.benchmark_card.take().or(lower.benchmark_card);
        append(&mut self.aliases, lower.aliases);
        self.links.extend(lower.links);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(file: &str, license: Option<&str>, params_b: Option<f64>) -> ModelMeta {
        let mut meta: ModelMeta = serde_yaml::from_str("id: a/b").unwrap();
        (meta.file, meta.license, meta.params_b) = (file.to_owned(), license.map(str::to_owned), params_b);
        meta
    }

    #[test]
    fn a_page_wins_over_a_table_and_the_losing_value_stays_visible() {
        let joined = join(vec![model("m.md", Some("mit"), None), model("models.yaml", Some("apache-2.0"), Some(7.0))]);
        assert_eq!(joined.len(), 1);
        assert_eq!((joined[0].license.as_deref(), joined[0].params_b), (Some("mit"), Some(7.0)));
        let lost = AlsoStated { what: "fact.licence", value: text("apache-2.0"), source: MetadataSource::Table };
        assert_eq!(joined[0].also_stated, [lost]);
    }

    #[test]
    fn two_pages_or_two_rows_are_not_joined() {
        let page = || model("m.md", None, None);
        let row = || model("models.yaml", None, None);
        assert_eq!(join(vec![page(), page()]).len(), 2);
        assert_eq!(join(vec![row(), row()]).len(), 2);
        assert_eq!(join(vec![page(), row(), row()]).len(), 2);
    }

    #[test]
    fn sources_have_a_stated_order() {
        use MetadataSource::*;
        assert!([Page, Table, Hub, BenchmarkCard, BuiltIn, Records].is_sorted());
    }
}
