//! *Categories*: what well-known benchmarks test, where metadata does not say. A table with a source for each row;
//! names match by normal form only, never by similarity.

use std::sync::LazyLock;

use foldhash::HashMap;
use serde::Deserialize;

use crate::names::normal_form;

const TABLE: &str = include_str!("categories.yaml");

/// A row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryRow {
    names: Vec<String>,
    /// What it tests.
    pub category: String,
    /// Where its authors say so.
    pub source: String,
}

static ROWS: LazyLock<Vec<CategoryRow>> = LazyLock::new(|| serde_yaml::from_str(TABLE).unwrap_or_default());

static BY_NAME: LazyLock<HashMap<String, &CategoryRow>> = LazyLock::new(|| {
    let names = ROWS.iter().flat_map(|row| row.names.iter().map(move |name| (name, row)));
    names.filter_map(|(name, row)| Some((normal_form(name)?, row))).collect()
});

/// What the benchmark of this name tests, as the table has it.
pub fn of(name: &str) -> Option<&'static CategoryRow> {
    BY_NAME.get(&normal_form(name)?).copied()
}

/// True if what is tested is safety, of whatever kind.
pub fn is_safety(category: &str) -> bool {
    category.to_lowercase().contains("safety")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_source_and_no_name_stands_twice() {
        assert!(ROWS.len() > 50);
        assert_eq!(BY_NAME.len(), ROWS.iter().map(|row| row.names.len()).sum::<usize>());
        for row in ROWS.iter() {
            let number = row.source.strip_prefix("arXiv:").and_then(|id| id.split_once('.'));
            let is_number = |(month, n): (&str, &str)| month.len() == 4 && n.len() == 5;
            assert!(number.is_some_and(is_number), "{row:?}");
            assert!(!row.category.is_empty() && row.category == row.category.to_lowercase(), "{row:?}");
        }
    }

    #[test]
    fn a_name_is_taken_as_it_is_or_not_at_all() {
        let category = |name| of(name).map(|known| known.category.as_str());
        assert_eq!(category("mmlu_pro"), Some("knowledge"));
        assert_eq!(category("harmbench"), Some("safety: harmful requests"));
        assert_eq!((category("MMLU-Prox"), category("HELM MMLU"), category("!")), (None, None, None));
    }
}
