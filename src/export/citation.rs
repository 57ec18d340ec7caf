//! How to *cite* a page as this build shows it: BibTeX and the Citation File Format.
//!
//! Both state what the build was made from, where it is known: the commit of the datastore, the day of the newest
//! record, the day of the build. No clock is read.

use serde::Serialize;

use crate::config::Config;
use crate::language::Language;

/// A page to cite.
pub struct Cited<'a> {
    /// Its title.
    pub title: &'a str,
    /// Name of the site, which stands for its authors.
    pub site: &'a str,
    /// Public address, if it has one.
    pub url: Option<&'a str>,
    /// What the build was made from, in words.
    pub made_from: &'a str,
    /// Day of the build, else of the newest record.
    pub day: Option<&'a str>,
}

/// What a build was made from, in words.
pub fn made_from(config: &Config, newest: Option<&str>, language: &Language) -> String {
    let mut parts = Vec::new();
    let public = config.datastores.iter().find_map(|datastore| Some((datastore.repo.as_deref()?, datastore)));
    if let Some((repo, datastore)) = public {
        let commit = match &datastore.revision {
            Some(commit) => language.say("cite.commit", &[("commit", commit)]),
            None => language.phrase("cite.no_commit").to_owned(),
        };
        let key = if datastore.lock.sound().is_some() { "cite.records" } else { "cite.records.not_checked" };
        parts.push(language.say(key, &[("repo", repo), ("commit", &commit)]));
    }
    parts.extend(newest.map(|day| language.say("cite.newest", &[("day", day)])));
    let version = env!("CARGO_PKG_VERSION");
    parts.push(match config.day {
        Some(day) => language.say("cite.built.on", &[("day", &*day.to_string()), ("version", version)]),
        None => language.say("cite.built", &[("version", version)]),
    });
    parts.join(language.phrase("list.semicolon"))
}

/// The same in two formats.
#[derive(Debug, Serialize)]
pub struct Citation {
    /// An entry.
    pub bibtex: String,
    /// A file.
    pub cff: String,
}

impl Citation {
    /// The citation of `cited`.
    pub fn new(cited: &Cited) -> Citation {
        Citation { bibtex: bibtex(cited), cff: cff(cited) }
    }
}

/// An entry for BibTeX.
pub fn bibtex(cited: &Cited) -> String {
    let mut entry = format!("@misc{{{},\n", key(cited));
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            entry.push_str(&format!("  {name} = {{{value}}},\n"));
        }
    };
    field("title", &format!("{{{}}}", tex(cited.title)));
    field("author", &format!("{{{}}}", tex(cited.site)));
    field("year", cited.day.and_then(|day| day.get(..4)).unwrap_or_default());
    field("url", &cited.url.unwrap_or_default().replace(['{', '}', '\\'], ""));
    field("note", &tex(cited.made_from));
    entry.push('}');
    entry
}

/// Letters and digits of the title, so that two pages seldom have one key.
fn key(cited: &Cited) -> String {
    let words: String =
        cited.title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
    format!("evalcards-{}", words.join("-"))
}

/// Text with the characters that TeX takes for its own written out.
fn tex(text: &str) -> String {
    let mut tex = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' => {
                tex.push('\\');
                tex.push(c);
            }
            '{' => tex.push_str("\\textbraceleft "),
            '}' => tex.push_str("\\textbraceright "),
            '~' => tex.push_str("\\textasciitilde "),
            '^' => tex.push_str("\\textasciicircum "),
            '\\' => tex.push_str("\\textbackslash "),
            c if c.is_control() => tex.push(' '),
            c => tex.push(c),
        }
    }
    tex
}

fn cff(cited: &Cited) -> String {
    // A JSON string is a YAML string, whatever is in it.
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let mut file = format!(
        "cff-version: 1.2.0\nmessage: {}\ntype: dataset\ntitle: {}\nauthors:\n  - name: {}\n",
        text("Please cite this page, and the sources of the results that you use."),
        text(cited.title),
        text(cited.site),
    );
    if let Some(url) = cited.url {
        file.push_str(&format!("url: {}\n", text(url)));
    }
    if let Some(day) = cited.day {
        file.push_str(&format!("date-released: {day}\n"));
    }
    file.push_str(&format!("abstract: {}\n", text(cited.made_from)));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_titles_stay_inside_their_field() {
        let cited = Cited {
            title: "a}, evil = {\"x\"\nb: c",
            site: "Cards & Co",
            url: Some("https://a.example/x.html"),
            made_from: "100 % of it",
            day: Some("2026-01-02"),
        };
        let Citation { bibtex, cff } = Citation::new(&cited);
        assert_eq!(bibtex.matches("evil = \\textbraceleft").count(), 1, "{bibtex}");
        assert!(bibtex.contains("author = {{Cards \\& Co}}") && bibtex.contains("year = {2026}"), "{bibtex}");
        let read: serde_yaml::Value = serde_yaml::from_str(&cff).unwrap();
        assert_eq!(read["title"].as_str(), Some(cited.title));
        assert_eq!(read["date-released"].as_str(), Some("2026-01-02"));
    }
}
