//! The *language* of the interface: its own words, from one file per language.
//!
//! `templates/words/<tag>.yaml` has a phrase for each key; English is complete, and stands in for
//! what another language lacks. A phrase may have forms for numbers, by the plural categories of CLDR, and places for
//! values in braces. `templates/words/<page>.<tag>.md` are the pages that every
//! site has. Text of records and metadata is never translated, and files for machines are in English.

pub mod sentence;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use anyhow::{Context, Result, bail};
use foldhash::HashMap;
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use serde::{Deserialize, Serialize};

use crate::words::grouped;

/// A language that is built in.
#[derive(Debug)]
struct BuiltIn {
    tag: &'static str,
    /// YAML.
    phrases: &'static str,
    /// The pages that every site has, in Markdown, in the order of [`BUILT_IN_PAGES`].
    pages: [&'static str; BUILT_IN_PAGES.len()],
}

/// Ids of the pages that every site has; their titles are phrases: `nav.methodology`.
pub const BUILT_IN_PAGES: [&str; 2] = ["read-a-card", "methodology"];

/// English comes first.
static BUILT_IN: [BuiltIn; 2] = [
    BuiltIn {
        tag: "en",
        phrases: include_str!("../templates/words/en.yaml"),
        pages: [
            include_str!("../templates/words/read-a-card.en.md"),
            include_str!("../templates/words/methodology.en.md"),
        ],
    },
    BuiltIn {
        tag: "zh-Hans",
        phrases: include_str!("../templates/words/zh-Hans.yaml"),
        pages: [
            include_str!("../templates/words/read-a-card.zh-Hans.md"),
            include_str!("../templates/words/methodology.zh-Hans.md"),
        ],
    },
];

/// The words of one language.
#[derive(Clone, Debug)]
pub struct Language {
    /// Which form of a phrase a number takes.
    plurals: Arc<PluralRules>,
    /// By key.
    phrases: HashMap<String, Phrase>,
    /// Whose pages are shown.
    prose: &'static BuiltIn,
}

static ENGLISH: LazyLock<Language> = LazyLock::new(|| Language {
    plurals: plurals(BUILT_IN[0].tag),
    phrases: read(BUILT_IN[0].phrases).unwrap_or_default(),
    prose: &BUILT_IN[0],
});

static ALL: LazyLock<Vec<(&'static str, Language)>> = LazyLock::new(|| {
    let languages = BUILT_IN.iter().map(|it| (it.tag, Language::new(it.tag, None)));
    languages.filter_map(|(tag, language)| Some((tag, language.ok()?))).collect()
});

/// What is said for one key.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Phrase {
    /// The same for every number.
    Always(String),
    /// By the plural category of `n`.
    Counted(Forms),
}

/// The forms of a phrase by plural category, as CLDR has them; a language leaves out those that it does not have.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    #[serde(skip_serializing_if = "Option::is_none")]
    zero: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    one: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    two: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    few: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    many: Option<String>,
    other: String,
}

impl Forms {
    fn of(&self, category: PluralCategory) -> &str {
        let form = match category {
            PluralCategory::Zero => &self.zero,
            PluralCategory::One => &self.one,
            PluralCategory::Two => &self.two,
            PluralCategory::Few => &self.few,
            PluralCategory::Many => &self.many,
            PluralCategory::Other => &None,
        };
        form.as_deref().unwrap_or(&self.other)
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        let rare = [&self.zero, &self.one, &self.two, &self.few, &self.many];
        rare.into_iter().flatten().chain([&self.other])
    }
}

/// The rules of the language `tag`; of one that CLDR does not know, every number takes the form `other`.
fn plurals(tag: &str) -> Arc<PluralRules> {
    let locale = tag.parse::<Locale>().unwrap_or(Locale::UNKNOWN);
    // Every language has rules, were it those of the root.
    let rules = PluralRules::try_new_cardinal(locale.into());
    Arc::new(rules.unwrap_or_else(|_| unreachable!("the data is part of the program")))
}

impl Language {
    /// The words of the language `tag`; `own` is a file of phrases that come before the built-in ones.
    pub fn new(tag: &str, own: Option<&str>) -> Result<Language> {
        let built_in = BUILT_IN.iter().find(|known| known.tag.eq_ignore_ascii_case(tag));
        if built_in.is_none() && own.is_none() {
            bail!(
                "site.yaml: there is no translation for the language `{tag}`\n  \
                 help: set `en` or `zh-Hans`, or add a translation as templates/words/{tag}.yaml"
            );
        }
        let mut phrases = read(BUILT_IN[0].phrases)?;
        for text in built_in.map(|known| known.phrases).into_iter().chain(own) {
            let found = read(text).with_context(|| format!("the translation for `{tag}` cannot be read"))?;
            phrases.extend(found);
        }
        Ok(Language { plurals: plurals(tag), phrases, prose: built_in.unwrap_or(&BUILT_IN[0]) })
    }

    /// English as it is built in: the language of files for machines and of the command line.
    pub fn english() -> &'static Language {
        &ENGLISH
    }

    /// All languages that are built in, with their tags.
    pub fn all_built_in() -> &'static [(&'static str, Language)] {
        &ALL
    }

    /// The phrase of `key` with `values` in its places; `None` if there is no such phrase.
    pub fn find(&self, key: &str, values: &[(&str, &str)]) -> Option<String> {
        let phrase = match self.phrases.get(key)? {
            Phrase::Always(phrase) => phrase,
            Phrase::Counted(forms) => {
                let n = values.iter().find(|(name, _)| *name == "n").map(|(_, n)| ungrouped(n));
                forms.of(n.map_or(PluralCategory::Other, |n| self.plurals.category_for(n)))
            }
        };
        let mut said = String::with_capacity(phrase.len() + values.iter().map(|(_, value)| value.len()).sum::<usize>());
        let mut rest = phrase;
        // Once from left to right, so that a value with braces stays as it is.
        while let Some((before, place, after)) = next_place(rest) {
            said.push_str(before);
            match values.iter().find(|(name, _)| *name == place) {
                Some((_, value)) => said.push_str(value),
                None => said.push_str(&rest[before.len()..rest.len() - after.len()]),
            }
            rest = after;
        }
        said.push_str(rest);
        Some(said)
    }

    /// The text of one of [`BUILT_IN_PAGES`] in Markdown, and the language in which it is written.
    pub fn page(&self, id: &str) -> Option<(&'static str, &'static str)> {
        let at = BUILT_IN_PAGES.iter().position(|known| *known == id)?;
        Some((self.prose.tag, self.prose.pages[at]))
    }

    /// Every text that is said for a key that begins with `prefix`.
    pub fn texts_below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.below(prefix).into_values().flat_map(|phrase| match phrase {
            Phrase::Always(text) => vec![text.as_str()],
            Phrase::Counted(forms) => forms.all().map(String::as_str).collect(),
        })
    }

    /// The phrase of `key` with `values` in its places. Where there is none, which the tests exclude, it is the key.
    pub fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.find(key, values).unwrap_or_else(|| key.to_owned())
    }

    /// The phrase of `key` as it stands.
    pub fn phrase(&self, key: &'static str) -> &str {
        self.lookup(key).unwrap_or(key)
    }

    /// The phrase of `key` as it stands; `None` if there is no such phrase.
    pub fn lookup(&self, key: &str) -> Option<&str> {
        self.phrases.get(key).map(|phrase| match phrase {
            Phrase::Always(phrase) | Phrase::Counted(Forms { other: phrase, .. }) => phrase.as_str(),
        })
    }

    /// A whole number with the separators of the language: `228,998`.
    pub fn number(&self, n: usize) -> String {
        grouped(n, self.phrase("number.group"))
    }

    /// What a benchmark tests: the words for a category of the built-in table, else as metadata has it.
    pub fn category(&self, category: &str) -> String {
        let words = category.to_lowercase().replace(": ", "_").replace([' ', '-'], "_");
        match self.lookup(&format!("category.{words}")) {
            Some(words) => words.to_owned(),
            None => category.replace('-', " "),
        }
    }

    /// `rtl` if it is written from right to left, else `ltr`.
    pub fn direction(&self) -> &str {
        self.phrase("language.direction")
    }

    /// A phrase about a number of things: `1 result`, `2,000 results`.
    pub fn counted(&self, key: &str, n: usize) -> String {
        self.say(key, &[("n", &self.number(n))])
    }

    /// `parts` as a list in a sentence.
    pub fn list<S: std::borrow::Borrow<str>>(&self, parts: &[S]) -> String {
        parts.join(self.phrase("list.comma"))
    }

    /// The phrases whose keys begin with `prefix`, without it.
    pub fn below<'a>(&'a self, prefix: &'a str) -> BTreeMap<&'a str, &'a Phrase> {
        self.phrases.iter().filter_map(|(key, phrase)| Some((key.strip_prefix(prefix)?, phrase))).collect()
    }
}

/// The number that is written with separators, for its category.
fn ungrouped(n: &str) -> usize {
    n.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(usize::MAX)
}

fn read(text: &str) -> Result<HashMap<String, Phrase>> {
    Ok(crate::text::yaml(text)?)
}

/// What stands before the next `{place}`, its name, and what stands after it.
fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (place, after) = rest.split_once('}')?;
    Some((before, place, after))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;

    fn places(phrase: &Phrase) -> BTreeSet<&str> {
        let mut rest = match phrase {
            Phrase::Always(text) | Phrase::Counted(Forms { other: text, .. }) => text.as_str(),
        };
        let mut places = BTreeSet::new();
        while let Some((_, place, after)) = next_place(rest) {
            places.insert(place);
            rest = after;
        }
        places
    }

    #[test]
    fn every_built_in_language_says_everything_with_the_same_places() {
        let english = read(BUILT_IN[0].phrases).unwrap();
        for BuiltIn { tag, phrases, .. } in &BUILT_IN {
            let phrases = read(phrases).unwrap();
            let keys = |phrases: &HashMap<String, Phrase>| phrases.keys().cloned().collect::<BTreeSet<_>>();
            assert_eq!(keys(&phrases), keys(&english), "{tag} has other keys than English");
            for (key, phrase) in &phrases {
                assert_eq!(places(phrase), places(&english[key]), "{tag}: {key}");
            }
        }
    }

    /// What a translation of Markdown keeps: headings with their ids, links, pieces of code, and how many
    /// rows, items and paragraphs there are.
    fn skeleton(markdown: &str) -> (Vec<String>, BTreeMap<String, usize>) {
        let (mut headings, mut counts) = (Vec::new(), BTreeMap::new());
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES) {
            let counted = match event {
                Event::Start(Tag::Heading { level, id, .. }) => {
                    headings.push(format!("{level} {}", id.as_deref().unwrap_or_default()));
                    continue;
                }
                Event::Start(Tag::Link { dest_url, .. }) => dest_url.into_string(),
                Event::Code(code) => code.into_string(),
                Event::Start(tag @ (Tag::TableRow | Tag::TableCell | Tag::Item | Tag::Paragraph)) => format!("{tag:?}"),
                _ => continue,
            };
            *counts.entry(counted).or_default() += 1;
        }
        (headings, counts)
    }

    #[test]
    fn every_built_in_language_tells_how_to_read_a_card_in_the_same_sections() {
        for (at, page) in BUILT_IN[0].pages.into_iter().enumerate() {
            let english = skeleton(page);
            assert!(english.0.contains(&["h2 conclude", "h3 comparability"][at].to_owned()), "{english:?}");
            for built_in in &BUILT_IN {
                assert_eq!(skeleton(built_in.pages[at]), english, "{}", built_in.tag);
            }
        }
    }

    #[test]
    fn numbers_choose_the_form_and_values_take_their_places_once() {
        let own = "a: {one: '{n} result', other: '{n} results'}\nb: 'from {x} to {y}'";
        let language = Language::new("en", Some(own)).unwrap();
        assert_eq!(language.counted("a", 1), "1 result");
        assert_eq!(language.counted("a", 1_001), "1,001 results");
        assert_eq!(language.say("b", &[("x", "{y}"), ("y", "2")]), "from {y} to 2");
        assert_eq!((language.find("none", &[]), language.phrase("none")), (None, "none"));
    }

    #[test]
    fn each_language_has_the_plural_forms_and_separators_of_its_own() {
        let polish = "a: {one: '{n} wynik', few: '{n} wyniki', many: '{n} wyników', other: '{n} wyniku'}\n\
                      number.group: '\u{a0}'";
        let polish = Language::new("pl", Some(polish)).unwrap();
        let said = [1, 2, 5, 12, 22, 1_005].map(|n| polish.counted("a", n));
        assert_eq!(said, ["1 wynik", "2 wyniki", "5 wyników", "12 wyników", "22 wyniki", "1\u{a0}005 wyników"]);
        // A count that was written with separators before has the form of its number.
        assert_eq!(polish.say("a", &[("n", "1\u{a0}002")]), "1\u{a0}002 wyniki");
        let arabic = "a: {zero: z, one: o, two: t, few: f, many: m, other: r}\nlanguage.direction: rtl";
        let arabic = Language::new("ar", Some(arabic)).unwrap();
        assert_eq!([0, 1, 2, 3, 11, 100].map(|n| arabic.counted("a", n)).concat(), "zotfmr");
        assert_eq!((arabic.direction(), polish.direction()), ("rtl", "ltr"));
        // A form that is left out is that of the rest, and a word that is no form is refused.
        let forms = |text| Language::new("qaa", Some(text));
        assert_eq!(forms("a: {other: '{n} x'}").unwrap().counted("a", 1), "1 x");
        assert!(forms("a: {single: x, other: y}").is_err());
    }

    #[test]
    fn a_language_without_words_is_refused_and_one_of_the_user_falls_back_on_english() {
        assert!(Language::new("de", None).unwrap_err().to_string().contains("templates/words/de.yaml"));
        let german = Language::new("de", Some("nav.models: Modelle")).unwrap();
        assert_eq!(german.phrase("nav.models"), "Modelle");
        assert_eq!(german.phrase("nav.benchmarks"), "Benchmarks");
        assert_eq!(german.page("methodology").unwrap().0, "en");
        assert_eq!(Language::new("ZH-HANS", None).unwrap().page("methodology").unwrap().0, "zh-Hans");
    }
}
