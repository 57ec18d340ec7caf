//! *Render* turns cards into pages: the built-in theme, and the templates that override it.
//!
//! Templates see `page` (a card) and `site` (the [`Frame`]), and nothing else. Undefined names and missing values
//! are errors: a template must test with `if`. This module makes text; [`crate::site`] decides its address.
//!
//! A build has one language, so words without values are set into the templates once, before they are compiled;
//! words with values are filled in when a page is made.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use serde::Serialize;

use crate::diagnostic::did_you_mean;
use crate::export::head::PageHead;
use crate::hash::{Hasher, Sha256};
use crate::language::Language;
use crate::words::is_unshown;

/// What every page shows around its card.
#[derive(Debug, Serialize)]
pub struct Frame<'a> {
    /// Name of the site.
    pub title: &'a str,
    /// A sentence about it.
    pub description: &'a str,
    /// BCP 47 tag.
    pub language: &'a str,
    /// `ltr` or `rtl`.
    pub direction: &'a str,
    /// Path to the site's top: `../../`.
    pub top: &'a str,
    /// Path of the stylesheet from the top.
    pub style: &'a str,
    /// Path of the script from the top.
    pub script: &'a str,
    /// Public address of this page.
    pub canonical: Option<String>,
    /// The navigation.
    pub nav: &'a [NavLink],
    /// Path of the navigation link of this page.
    pub section: &'a str,
    /// The program's version.
    pub version: &'static str,
    /// Day on which the newest record was retrieved.
    pub newest: Option<&'a str>,
    /// The day of `SOURCE_DATE_EPOCH`.
    pub day: Option<&'a str>,
    /// True if a record has or names samples.
    pub has_samples: bool,
    /// Metadata for machines, and downloads.
    pub head: PageHead,
}

/// A link of the navigation.
#[derive(Debug, Serialize)]
pub struct NavLink {
    /// Text.
    pub title: String,
    /// Path from the top.
    pub path: String,
}

const TEMPLATES: [(&str, &str); 62] = [
    ("_also.html", include_str!("../templates/_also.html")),
    ("_kind.html", include_str!("../templates/_kind.html")),
    ("_verdict.html", include_str!("../templates/_verdict.html")),
    ("_record_links.html", include_str!("../templates/_record_links.html")),
    ("_also_stated.html", include_str!("../templates/_also_stated.html")),
    ("_base.html", include_str!("../templates/_base.html")),
    ("_benchmark_card.html", include_str!("../templates/_benchmark_card.html")),
    ("_counted.html", include_str!("../templates/_counted.html")),
    ("_disagreement.html", include_str!("../templates/_disagreement.html")),
    ("_documentation.html", include_str!("../templates/_documentation.html")),
    ("_figure_tables.html", include_str!("../templates/_figure_tables.html")),
    ("_filters.html", include_str!("../templates/_filters.html")),
    ("_frontier.html", include_str!("../templates/_frontier.html")),
    ("_head.html", include_str!("../templates/_head.html")),
    ("_histogram.html", include_str!("../templates/_histogram.html")),
    ("_identity.html", include_str!("../templates/_identity.html")),
    ("_model_metadata.html", include_str!("../templates/_model_metadata.html")),
    ("_names.html", include_str!("../templates/_names.html")),
    ("_pager.html", include_str!("../templates/_pager.html")),
    ("_position.html", include_str!("../templates/_position.html")),
    ("_proposals.html", include_str!("../templates/_proposals.html")),
    ("_ranking.html", include_str!("../templates/_ranking.html")),
    ("_ranking_short.html", include_str!("../templates/_ranking_short.html")),
    ("_reported.html", include_str!("../templates/_reported.html")),
    ("_result.html", include_str!("../templates/_result.html")),
    ("_shares.html", include_str!("../templates/_shares.html")),
    ("_short.html", include_str!("../templates/_short.html")),
    ("_short_evidence.html", include_str!("../templates/_short_evidence.html")),
    ("_short_relations.html", include_str!("../templates/_short_relations.html")),
    ("_short_agreement.html", include_str!("../templates/_short_agreement.html")),
    ("_short_covers.html", include_str!("../templates/_short_covers.html")),
    ("_short_reporters.html", include_str!("../templates/_short_reporters.html")),
    ("_short_setup.html", include_str!("../templates/_short_setup.html")),
    ("_source.html", include_str!("../templates/_source.html")),
    ("_take_away.html", include_str!("../templates/_take_away.html")),
    ("404.html", include_str!("../templates/404.html")),
    ("benchmark.html", include_str!("../templates/benchmark.html")),
    ("benchmarks.html", include_str!("../templates/benchmarks.html")),
    ("compare.html", include_str!("../templates/compare.html")),
    ("embed.html", include_str!("../templates/embed.html")),
    ("corrections.html", include_str!("../templates/corrections.html")),
    ("developer.html", include_str!("../templates/developer.html")),
    ("developers.html", include_str!("../templates/developers.html")),
    ("evaluator.html", include_str!("../templates/evaluator.html")),
    ("evaluators.html", include_str!("../templates/evaluators.html")),
    ("home.html", include_str!("../templates/home.html")),
    ("_marker.html", include_str!("../templates/_marker.html")),
    ("_excerpts.html", include_str!("../templates/_excerpts.html")),
    ("_pairs.html", include_str!("../templates/_pairs.html")),
    ("_runs.html", include_str!("../templates/_runs.html")),
    ("_samples.html", include_str!("../templates/_samples.html")),
    ("_hub_readings.html", include_str!("../templates/_hub_readings.html")),
    ("markers.html", include_str!("../templates/markers.html")),
    ("merged.html", include_str!("../templates/merged.html")),
    ("model.html", include_str!("../templates/model.html")),
    ("models.html", include_str!("../templates/models.html")),
    ("not-shown.html", include_str!("../templates/not-shown.html")),
    ("page.html", include_str!("../templates/page.html")),
    ("publishing.html", include_str!("../templates/publishing.html")),
    ("search.html", include_str!("../templates/search.html")),
    ("source.html", include_str!("../templates/source.html")),
    ("sources.html", include_str!("../templates/sources.html")),
];

const STYLE: &str = include_str!("../templates/style.css");
const SCRIPT: &str = include_str!("../templates/site.js");

/// The templates of a build, compiled once and shared by all threads.
pub struct Theme {
    environment: Environment<'static>,
    style: String,
    script: String,
    language: Arc<Language>,
    digest: Sha256,
}

impl Theme {
    /// The built-in theme in `language`, with the templates, the stylesheet and the script of
    /// `overrides` in place of those of the same name; other `.html` files there can be included,
    /// `variables.css` comes after the stylesheet, and `words/<language>.yaml` has phrases that come
    /// before the built-in ones.
    pub fn new(overrides: Option<&Path>, language: &str) -> Result<Theme> {
        let mut sources: Vec<(String, String)> =
            TEMPLATES.iter().map(|(name, source)| ((*name).to_owned(), (*source).to_owned())).collect();
        let (mut style, mut script, mut own_words) = (STYLE.to_owned(), SCRIPT.to_owned(), None);
        let mut variables = String::new();
        if let Some(folder) = overrides {
            for path in crate::load::datastore::sorted_files(folder, "html")? {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let source =
                    crate::text::read(&path)?.with_context(|| format!("the template {} is missing", path.display()))?;
                sources.retain(|(known, _)| *known != name);
                sources.push((name, source));
            }
            style = own_text(folder, "style.css")?.unwrap_or(style);
            variables = own_text(folder, "variables.css")?.unwrap_or_default();
            script = own_text(folder, "site.js")?.unwrap_or(script);
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
            own_words = match language.chars().all(is_name) {
                true => own_text(folder, &format!("words/{language}.yaml"))?,
                false => None,
            };
        }
        let language = Arc::new(Language::new(language, own_words.as_deref())?);
        style += &words_for_style(&language);
        // After the rest, so that its values win.
        style += &variables;
        let mut digest = Hasher::default();
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(format_value);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.context("the template has a syntax error")?);
        for (name, source) in sources {
            digest.add(name.as_bytes());
            digest.add(source.as_bytes());
            environment.add_template_owned(name, with_words(&source, &language)).map_err(|err| template_error(&err))?;
        }
        add_words(&mut environment, &language);
        let said = serde_json::to_string(&language.below("")).context("the words cannot be written")?;
        let mut of_script = language.below("script.");
        of_script.extend(language.below("number."));
        let script_words = serde_json::to_string(&of_script).context("the words cannot be written")?;
        let script = format!("const words = {script_words};\n{script}");
        for text in [&style, &script, &said] {
            digest.add(text.as_bytes());
        }
        Ok(Theme { environment, style, script, language, digest: digest.finish() })
    }

    /// The stylesheet.
    pub fn style(&self) -> &str {
        &self.style
    }

    /// The script, with its words.
    pub fn script(&self) -> &str {
        &self.script
    }

    /// The words of the interface.
    pub fn language(&self) -> &Language {
        &self.language
    }

    /// Hash of all templates, words, the stylesheet and the script.
    pub fn digest(&self) -> Sha256 {
        self.digest
    }

    /// The page of `card` by the template `name`.
    pub fn render(&self, name: &str, card: &impl Serialize, frame: &Frame) -> Result<String> {
        #[derive(Serialize)]
        struct Scope<'a, C> {
            page: &'a C,
            site: &'a Frame<'a>,
        }
        let template = self.environment.get_template(name).map_err(|err| template_error(&err))?;
        let scope = Scope { page: card, site: frame };
        template.render(Serde(&scope)).map_err(|err| {
            let meant = (err.kind() == ErrorKind::UndefinedError).then(|| meant(&err, &scope)).flatten();
            let error = template_error(&err);
            match meant {
                Some(meant) => anyhow::anyhow!("{error}\n  help: did you mean `{meant}`?"),
                None => error,
            }
        })
    }
}

/// The words that the stylesheet sets before cells on narrow screens, as its variables: `--words-date`.
fn words_for_style(language: &Language) -> String {
    let of_css = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " ");
    let variables = language.below("style.").into_keys().map(|key| {
        let words = language.lookup(&format!("style.{key}")).unwrap_or_default();
        format!(" --words-{key}: \"{}\";", of_css(words))
    });
    format!("\n:root {{{} }}\n", variables.collect::<String>())
}

/// A file of the folder of overrides, if it is there.
fn own_text(folder: &Path, name: &str) -> Result<Option<String>> {
    let path = folder.join(name);
    if path.is_file() { crate::text::read(&path) } else { Ok(None) }
}

/// `source` with the words that it asks for without values, as HTML. No line moves.
fn with_words(source: &str, language: &Language) -> String {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, after)) = rest.split_once(CALL) {
        let asked = after.split_once("\") }}").filter(|(key, _)| !key.contains('"'));
        let words = asked.and_then(|(key, after)| Some((language.lookup(key)?, after)));
        text.push_str(before);
        match words.filter(|(words, after)| is_plain(words, &text, after)) {
            Some((words, after)) => {
                // A string can be written to without fail.
                let _ = escape(&mut text, words);
                rest = after;
            }
            None => {
                text.push_str(CALL);
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// How words without values are asked for.
const CALL: &str = "{{ t(\"";

/// True if `words` mean the same inside a template: they hold none of its signs, end no line, are not
/// shortened by a `-` beside them, and leave nothing to trim at the ends of a line.
fn is_plain(words: &str, before: &str, after: &str) -> bool {
    let is_trimmed =
        before.ends_with("-%}") || before.ends_with("-}}") || after.starts_with("{%-") || after.starts_with("{{-");
    let has_signs = words.contains(|c: char| matches!(c, '{' | '}') || c.is_control());
    let is_inside = !before.rsplit('\n').next().unwrap_or_default().trim().is_empty() && !after.starts_with('\n');
    !has_signs && (is_inside || !words.trim().is_empty()) && (words.trim() == words || !is_trimmed)
}

/// Gives templates the function `t(key, name=value, …)`, and the filter `count`, which writes a number as the language does.
/// A key without a phrase is an error.
fn add_words(environment: &mut Environment, language: &Arc<Language>) {
    let counting = Arc::clone(language);
    environment.add_filter("count", move |n: usize| counting.number(n));
    let language = Arc::clone(language);
    environment.add_function("t", move |key: &str, values: Kwargs| {
        let named: Vec<(&str, String)> = (values.args())
            .map(|name| {
                let value = values.get::<Value>(name)?;
                // Numbers have separators in sentences; digits of records are text, and stay.
                let number =
                    Some(&value).filter(|value| value.is_integer()).and_then(|it| usize::try_from(it.clone()).ok());
                Ok((name, number.map_or_else(|| value.to_string(), |n| language.number(n))))
            })
            .collect::<Result<_, Error>>()?;
        let borrowed: Vec<(&str, &str)> = named.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let unknown = || Error::new(ErrorKind::InvalidOperation, format!("there is no phrase `{key}`"));
        language.find(key, &borrowed).ok_or_else(unknown)
    });
}

/// One sentence with the template's name and line, and the causes behind it; below, the lines around
/// the innermost place.
fn template_error(err: &Error) -> anyhow::Error {
    let place = match (err.name(), err.line()) {
        (Some(name), Some(line)) => format!("template {name}, line {line}"),
        (Some(name), None) => format!("template {name}"),
        _ => "template".to_owned(),
    };
    let mut message = format!("{place}: {}", err.kind());
    if let Some(detail) = err.detail() {
        message = format!("{message}: {detail}");
    }
    let mut innermost = err;
    let mut cause = std::error::Error::source(err);
    while let Some(inner) = cause {
        message = format!("{message}: {inner}");
        if let Some(inner) = inner.downcast_ref::<Error>().filter(|inner| inner.line().is_some()) {
            innermost = inner;
        }
        cause = inner.source();
    }
    if let (Some(source), Some(line)) = (innermost.template_source(), innermost.line()) {
        message = format!("{message}\n{}", lines_around(source, line));
    }
    anyhow::anyhow!("{message}")
}

/// The name in `scope` that is like the undefined one of `err`.
fn meant(err: &Error, scope: &impl Serialize) -> Option<String> {
    let asked = err.detail()?.split('`').nth(1)?;
    let (parent, name) = asked.rsplit_once('.')?;
    let scope = serde_json::to_value(scope).ok()?;
    let parent_value = parent.split('.').try_fold(&scope, |value, name| value.get(name))?;
    let known = parent_value.as_object()?.keys().map(String::as_str);
    did_you_mean(name, known).map(|name| format!("{parent}.{name}"))
}

/// `line` of `source` with two lines before and after it, numbered.
fn lines_around(source: &str, line: usize) -> String {
    let lines = source.lines().zip(1..).skip(line.saturating_sub(3)).take_while(|(_, number)| *number <= line + 2);
    let lines = lines.map(|(text, number)| {
        let mark = if number == line { '>' } else { ' ' };
        format!("{mark} {number:>4} | {text}")
    });
    lines.collect::<Vec<String>>().join("\n")
}

/// Writes a value into HTML. A missing value is an error and never the word `none`; `/` stays as
/// it is, so that `org/name` can be read in the source.
fn format_value(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_none() || value.is_undefined() {
        return Err(Error::new(ErrorKind::InvalidOperation, "a value that may be missing is printed without `if`"));
    }
    match (state.auto_escape(), value.as_str()) {
        (AutoEscape::Html, Some(text)) if !value.is_safe() => Ok(escape(out, text)?),
        _ if value.kind() == ValueKind::Bool => {
            Err(Error::new(ErrorKind::InvalidOperation, "a true or false value is printed"))
        }
        _ => minijinja::escape_formatter(out, state, value),
    }
}

fn escape(out: &mut impl std::fmt::Write, text: &str) -> std::fmt::Result {
    // Nearly all texts.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')) {
        return out.write_str(text);
    }
    let mut rest = text;
    let special = |c: char| matches!(c, '&' | '<' | '>' | '"' | '\'') || is_unshown(c);
    while let Some(at) = rest.find(special) {
        out.write_str(&rest[..at])?;
        out.write_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => "\u{fffd}",
        })?;
        rest = &rest[at..];
        rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
    }
    out.write_str(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_without_values_are_set_in_once_and_mean_the_same() {
        let own = "a: 'more < \"most\"'\nb: 'of {n}'\nc: '; '\nd: \"two\\nlines\"\ne: '{% raw %}'\nf: ''";
        let language = Language::new("en", Some(own)).unwrap();
        let cases = [
            ("<i title=\"{{ t(\"a\") }}\">", "<i title=\"more &lt; &quot;most&quot;\">"),
            ("{{ t(\"c\") }}{% if x %}", "; {% if x %}"),
            ("x{{ t(\"f\") }}{% if x %}", "x{% if x %}"),
            // These are said when a page is made.
            ("{{ t(\"b\") }}", "{{ t(\"b\") }}"),
            ("{{ t(\"a\", n=1) }} {{ t(\"c\") }}", "{{ t(\"a\", n=1) }} ; "),
            ("{{ t(\"c\") }}{%- if x %}", "{{ t(\"c\") }}{%- if x %}"),
            (
                "{% if x %}{{ t(\"f\") }}\n{{ t(\"f\") }}{% endif %}",
                "{% if x %}{{ t(\"f\") }}\n{{ t(\"f\") }}{% endif %}",
            ),
            ("{{ t(\"d\") }}{{ t(\"e\") }}{{ t(\"none\") }}", "{{ t(\"d\") }}{{ t(\"e\") }}{{ t(\"none\") }}"),
            ("{{ t(\"a\" ~ x) }}{{ t(\"", "{{ t(\"a\" ~ x) }}{{ t(\""),
        ];
        for (source, expected) in cases {
            assert_eq!(with_words(source, &language), expected);
        }
    }
}
