//! A *row* of a file of samples: one answer with its grade for one result.
//!
//! All instance-level schemas from 0.2.0 to 0.3.0 are read, and what was written before them: an id may be a
//! number, a score a boolean, `interactions` stand for `messages`. Questions are read if a hash is stated, and
//! texts if a site asks for excerpts.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::scalar::Scalar;
use super::question::Question;
use crate::language::sentence::Sentence;
use crate::names::is_not_reported;

/// One row.
pub struct SampleRow<'a> {
    raw: RawSampleRow<'a>,
    graded: Graded<'a>,
}

#[derive(Deserialize)]
#[serde(expecting = "a row of samples")]
struct RawSampleRow<'a> {
    #[serde(borrow, default)]
    evaluation_id: Scalar<'a>,
    #[serde(borrow, default)]
    model_id: Scalar<'a>,
    #[serde(borrow, default)]
    evaluation_name: Scalar<'a>,
    #[serde(borrow, default)]
    evaluation_result_id: Scalar<'a>,
    #[serde(borrow, default)]
    sample_id: Scalar<'a>,
    #[serde(borrow, default)]
    interaction_type: Scalar<'a>,
    #[serde(borrow, default)]
    sample_hash: Scalar<'a>,
    #[serde(borrow, default)]
    input: Option<&'a RawValue>,
    #[serde(borrow, default)]
    evaluation: Option<&'a RawValue>,
    #[serde(borrow, default)]
    output: Option<&'a RawValue>,
    #[serde(borrow, default)]
    answer_attribution: Option<&'a RawValue>,
    #[serde(borrow, default)]
    token_usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    performance: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    metadata: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Graded<'a> {
    #[serde(borrow, default)]
    score: Option<&'a RawValue>,
    #[serde(borrow, default)]
    is_correct: Option<&'a RawValue>,
    #[serde(borrow, default)]
    num_turns: Option<&'a RawValue>,
    #[serde(borrow, default)]
    tool_calls_count: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Usage<'a> {
    #[serde(borrow, default)]
    total_tokens: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Performance<'a> {
    #[serde(borrow, default)]
    latency_ms: Option<&'a RawValue>,
    #[serde(borrow, default)]
    generation_time_ms: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default)]
    stop_reason: Scalar<'a>,
    #[serde(borrow, default)]
    finish_reason: Scalar<'a>,
    #[serde(borrow, default)]
    difficulty: Scalar<'a>,
    #[serde(borrow, default)]
    difficulty_level: Scalar<'a>,
}

#[derive(Deserialize)]
struct Attribution<'a> {
    #[serde(borrow, default)]
    extracted_value: Option<&'a RawValue>,
    #[serde(borrow, default)]
    is_terminal: Option<&'a RawValue>,
}

/// `input` and `output`, for excerpts.
#[derive(Default, Deserialize)]
struct Texts<'a> {
    #[serde(borrow, default)]
    raw: Option<&'a RawValue>,
    #[serde(borrow, default)]
    reference: Option<&'a RawValue>,
}

/// Why no answer could be graded, as far as a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradingFailure {
    /// `error` says something.
    Error,
    /// The model or its platform refused.
    Refused,
    /// The answer was cut at a limit.
    Truncated,
    /// Nothing was read out of the answer.
    Malformed,
}

/// A `sample_hash` with fewer hex digits is taken for none.
const LEAST_DIGITS: usize = 32;

/// Words for an answer that was refused: Inspect's and OpenAI's, then Anthropic's.
const REFUSED: [&str; 2] = ["content_filter", "refusal"];

/// Words for an answer that was cut: Inspect's and Anthropic's, OpenAI's, Inspect's for the whole context.
const TRUNCATED: [&str; 3] = ["max_tokens", "length", "model_length"];

/// A block that is no object says nothing.
fn block<'a, T: Deserialize<'a> + Default>(raw: Option<&'a RawValue>) -> T {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
}

/// A finite number; a boolean stood for one in 0.2.0.
fn number(raw: Option<&RawValue>) -> Option<f64> {
    match raw?.get() {
        "true" => Some(1.0),
        "false" => Some(0.0),
        text => text.parse().ok().filter(|value: &f64| value.is_finite()),
    }
}

/// A text, or several one below the other; empty if there is none.
fn text(raw: Option<&RawValue>) -> String {
    let json = raw.map_or("null", RawValue::get);
    match serde_json::from_str::<Vec<Scalar>>(json) {
        Ok(several) => several.iter().map(Scalar::as_str).collect::<Vec<_>>().join("\n"),
        Err(_) => serde_json::from_str::<Scalar>(json).map(|one| one.as_str().to_owned()).unwrap_or_default(),
    }
}

impl<'a> SampleRow<'a> {
    /// Reads line `number`; `None` for an empty one. The error quotes nothing of it.
    pub fn read(line: &'a [u8], number: u64) -> Result<Option<SampleRow<'a>>, Sentence> {
        if line.is_empty() {
            return Ok(None);
        }
        let fault = |key, column| Sentence::of(key).with("line", number).with("column", column);
        let raw: RawSampleRow = serde_json::from_slice(line).map_err(|err| {
            fault(if err.is_data() { "samples.why.no_row" } else { "samples.why.no_json" }, err.column())
        })?;
        // A list is read as the members in their order.
        if !line.starts_with(b"{") {
            return Err(fault("samples.why.no_row", 1));
        }
        let graded = block(raw.evaluation);
        Ok(Some(SampleRow { raw, graded }))
    }

    /// `evaluation_id`; empty if absent, as below.
    pub fn evaluation_id(&self) -> &str {
        self.raw.evaluation_id.as_str()
    }

    /// `model_id`.
    pub fn model_id(&self) -> &str {
        self.raw.model_id.as_str()
    }

    /// `evaluation_name`.
    pub fn name(&self) -> &str {
        self.raw.evaluation_name.as_str().trim()
    }

    /// `evaluation_result_id`.
    pub fn result_id(&self) -> &str {
        self.raw.evaluation_result_id.as_str().trim()
    }

    /// `sample_id`.
    pub fn sample_id(&self) -> &str {
        self.raw.sample_id.as_str()
    }

    /// The digits of `sample_hash`; `None` if it is no hash, but perhaps a number that other samples have, too.
    pub fn sample_hash(&self) -> Option<&str> {
        let digits = self.raw.sample_hash.as_str().trim();
        let is_hash = digits.len() >= LEAST_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then_some(digits)
    }

    /// What it asks; `None` if it does not hold all of that.
    pub fn question(&self) -> Option<Question<'a>> {
        Question::read(self.raw.input?)
    }

    /// `evaluation.score`, if it is a finite number.
    pub fn score(&self) -> Option<f64> {
        number(self.graded.score)
    }

    /// `evaluation.is_correct`.
    pub fn is_correct(&self) -> Option<bool> {
        match self.graded.is_correct?.get() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// `evaluation.num_turns`.
    pub fn turns(&self) -> Option<f64> {
        number(self.graded.num_turns)
    }

    /// `evaluation.tool_calls_count`.
    pub fn tool_calls(&self) -> Option<f64> {
        number(self.graded.tool_calls_count)
    }

    /// `token_usage.total_tokens`.
    pub fn tokens(&self) -> Option<f64> {
        number(block::<Usage>(self.raw.token_usage).total_tokens)
    }

    /// `performance.latency_ms`.
    pub fn latency(&self) -> Option<f64> {
        number(block::<Performance>(self.raw.performance).latency_ms)
    }

    /// `performance.generation_time_ms`.
    pub fn generation_time(&self) -> Option<f64> {
        number(block::<Performance>(self.raw.performance).generation_time_ms)
    }

    /// True if it says that it is of an agent, or of a conversation of several turns.
    pub fn is_of_agent(&self) -> bool {
        matches!(self.raw.interaction_type.as_str(), "agentic" | "multi_turn")
    }

    /// How difficult the sample is, as its metadata states.
    pub fn difficulty(&self) -> Option<String> {
        let Metadata { difficulty, difficulty_level, .. } = block(self.raw.metadata);
        let stated = [difficulty, difficulty_level].into_iter().find(|it| !is_not_reported(it.as_str()))?;
        Some(stated.as_str().trim().to_owned())
    }

    /// The first thing that failed.
    pub fn failure(&self) -> Option<GradingFailure> {
        let says_something = |raw: &RawValue| !matches!(raw.get(), "null" | "\"\"" | "false" | "{}" | "[]");
        if self.raw.error.is_some_and(says_something) {
            return Some(GradingFailure::Error);
        }
        let Metadata { stop_reason, finish_reason, .. } = block(self.raw.metadata);
        let is_one_of = |words: &[&str]| {
            [&stop_reason, &finish_reason]
                .iter()
                .any(|it| words.iter().any(|word| it.as_str().eq_ignore_ascii_case(word)))
        };
        if is_one_of(&REFUSED) {
            return Some(GradingFailure::Refused);
        }
        if is_one_of(&TRUNCATED) {
            return Some(GradingFailure::Truncated);
        }
        let is_empty = self.extracted()?.is_none_or(|raw| matches!(raw.get(), "null" | "\"\""));
        is_empty.then_some(GradingFailure::Malformed)
    }

    /// What was read out of the answer in the end; `None` if nothing says.
    fn extracted(&self) -> Option<Option<&'a RawValue>> {
        let attributions: Vec<Attribution> = block(self.raw.answer_attribution);
        let is_terminal = |it: &&Attribution| it.is_terminal.is_some_and(|raw| raw.get() == "true");
        Some(attributions.iter().rfind(is_terminal)?.extracted_value)
    }

    /// `input.raw`; empty if absent, as below. For excerpts.
    pub fn input_text(&self) -> String {
        text(block::<Texts>(self.raw.input).raw)
    }

    /// `input.reference`.
    pub fn reference_text(&self) -> String {
        text(block::<Texts>(self.raw.input).reference)
    }

    /// `output.raw`.
    pub fn output_text(&self) -> String {
        text(block::<Texts>(self.raw.output).raw)
    }

    /// The answer that was read out of the output.
    pub fn answer_text(&self) -> String {
        text(self.extracted().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> SampleRow<'_> {
        SampleRow::read(text.as_bytes(), 1).ok().flatten().unwrap()
    }

    #[test]
    fn odd_scores_are_none() {
        for (score, read) in [
            ("0.25", Some(0.25)),
            ("true", Some(1.0)),
            ("-0", Some(-0.0)),
            ("1e300", Some(1e300)),
            ("1e999", None),
            ("null", None),
            ("\"1\"", None),
            ("[1]", None),
        ] {
            assert_eq!(row(&format!(r#"{{"evaluation": {{"score": {score}}}}}"#)).score(), read, "{score}");
        }
        assert_eq!(row(r#"{"evaluation": "good"}"#).score(), None);
        assert_eq!(row("{}").score(), None);
    }

    #[test]
    fn what_is_no_row_is_told_without_its_text() {
        for line in
            ["[1]", "\"secret\"", "{\"evaluation\": {\"score\": NaN}}", "{\"sample_id\": 1, \"sample_id\": 2}", "{"]
        {
            let why = SampleRow::read(line.as_bytes(), 7).map(|_| ()).unwrap_err().to_string();
            assert!(why.starts_with("Line 7 is not ") && !why.contains("secret"), "{why}");
        }
        assert!(SampleRow::read(b"", 1).unwrap().is_none());
    }

    #[test]
    fn the_first_failure_is_told() {
        let attribution = r#""answer_attribution": [{"extracted_value": "", "is_terminal": true}]"#;
        for (members, failure) in [
            (r#""error": "timeout""#.to_owned(), Some(GradingFailure::Error)),
            (r#""error": null, "metadata": {"stop_reason": "stop"}"#.to_owned(), None),
            (r#""metadata": {"stop_reason": "max_tokens"}"#.to_owned(), Some(GradingFailure::Truncated)),
            (r#""metadata": {"finish_reason": "content_filter"}"#.to_owned(), Some(GradingFailure::Refused)),
            (attribution.to_owned(), Some(GradingFailure::Malformed)),
            (attribution.replace("\"\"", "\"A\""), None),
            (r#""metadata": "text", "answer_attribution": 7"#.to_owned(), None),
        ] {
            assert_eq!(row(&format!("{{{members}}}")).failure(), failure, "{members}");
        }
    }
}
