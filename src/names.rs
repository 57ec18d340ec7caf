//! The *normal form* of a name: the name without differences of case, punctuation and separators.
//!
//! Two spellings with one normal form are one name; nothing looser ever decides. The rule is that of the Eval Cards
//! registry (reference step 3), except for `/`, which stays: it separates owner and model. So do signs that
//! distinguish names: `pass@4` (any of four tries) and `pass^4` (all of them) are opposite metrics.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// Signs that are part of a name, as letters are.
const SIGNS: [char; 12] = ['+', '@', '^', '%', '#', '<', '>', '=', '±', '≤', '≥', '≠'];

/// Letters and digits only, in lower case: what is left of a text whatever stands between its letters.
pub fn squashed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Composed (NFC) and in lower case; a dot between digits and all of ` _-` become one space; signs such as `+` and `@`, and `/`, stay;
/// other punctuation goes. Accents, symbols and emoji stay, as letters do, and so does what nobody can see: each tells
/// names apart. `None` if nothing readable is left, as with `"!!!"`.
pub fn normal_form(name: &str) -> Option<String> {
    // The same letter can be written in two ways: é, and e with an accent after it, as macOS has it.
    let name = match name.is_ascii() {
        true => Cow::Borrowed(name),
        false => ComposingNormalizerBorrowed::new_nfc().normalize(name),
    };
    let mut normal = String::with_capacity(name.len());
    let mut before = ' ';
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let between_digits = before.is_ascii_digit() && chars.peek().is_some_and(char::is_ascii_digit);
        before = c;
        // Nearly all letters.
        if c.is_ascii_alphanumeric() {
            normal.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() || SIGNS.contains(&c) || is_hidden(c) || is_symbol(c) {
            normal.extend(c.to_lowercase());
        } else if c == '/' {
            trim_space(&mut normal);
            normal.push('/');
        } else {
            let separates = c.is_whitespace() || matches!(c, '_' | '-') || (c == '.' && between_digits);
            if separates && !normal.is_empty() && !normal.ends_with([' ', '/']) {
                normal.push(' ');
            }
        }
    }
    trim_space(&mut normal);
    normal.contains(char::is_alphanumeric).then_some(normal)
}

/// True for accents that no letter takes up, symbols, emoji and the wide forms of signs; false for punctuation and the
/// marks of trade.
fn is_symbol(c: char) -> bool {
    let is_punctuation = matches!(c,
        '\u{a1}'..='\u{bf}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{2117}' | '\u{2120}' | '\u{2122}'
        | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{30fb}' | '\u{fe30}'..='\u{fe6b}'
        | '\u{ff01}' | '\u{ff02}' | '\u{ff04}' | '\u{ff06}'..='\u{ff0a}' | '\u{ff0c}'..='\u{ff0f}' | '\u{ff1a}' | '\u{ff1b}'
        | '\u{ff1f}' | '\u{ff3b}'..='\u{ff3d}' | '\u{ff3f}' | '\u{ff40}' | '\u{ff5b}'..='\u{ff65}');
    !c.is_ascii() && !c.is_whitespace() && !c.is_control() && !is_punctuation
}

/// True for characters that change or fake a text unseen: of no width, or turning its direction.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn trim_space(text: &mut String) {
    if text.ends_with(' ') {
        text.pop();
    }
}

/// A readable identifier from a name: its normal form with `-` for spaces and slashes.
/// A name without letters or digits keeps its own characters.
pub fn slug(name: &str) -> String {
    match normal_form(name) {
        Some(normal) => normal.replace([' ', '/'], "-"),
        None => name.to_owned(),
    }
}

/// True for the words with which sources say that they do not say.
pub fn is_not_reported(text: &str) -> bool {
    const WORDS: [&str; 10] = ["", "unknown", "n/a", "na", "none", "null", "?", "-", "not specified", "not reported"];
    let text = text.trim().trim_end_matches('.');
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: &str) {
        assert_eq!(normal_form(name).as_deref().unwrap_or("-"), expected, "{name}");
    }

    #[test]
    fn spellings_of_one_name_meet() {
        check("01-ai/Yi-1.5-34B-Chat", "01 ai/yi 1 5 34b chat");
        check("01-ai/yi_1.5_34b  chat", "01 ai/yi 1 5 34b chat");
        check("MMLU-Pro (overall)", "mmlu pro overall");
        check("  New York University,  Princeton", "new york university princeton");
        check("my_model/", "my model/");
        check("Ärzte-Prüfung", "ärzte prüfung");
        check("A\u{308}rzte-Pru\u{308}fung", "ärzte prüfung");
        check("日本語（評価）", "日本語評価");
        check("اختبار-عربي", "اختبار عربي");
        check("Оценка_Моделей", "оценка моделей");
        check("हिन्दी", "हिन्दी");
        check("GPT™", "gpt");
    }

    #[test]
    fn names_of_different_things_stay_apart() {
        for (a, b) in [
            ("model-1.1", "model-11"),
            ("command-r", "command-r+"),
            ("pass@4", "pass^4"),
            ("pass@4", "pass4"),
            ("C", "C#"),
            ("top 5%", "top 5"),
            ("error <= 1", "error >= 1"),
            ("error < 1", "error > 1"),
            ("acme", "ac\u{200b}me"),
            ("acme", "acme\u{202e}"),
            ("acme", "\u{430}cme"),
            ("Café", "Cafe"),
            ("Cafe\u{301}", "Cafe"),
            ("m\u{30a}", "m"),
            ("acme 🚀", "acme"),
            ("acme 🚀", "acme 🤖"),
            ("command-r＋", "command-r"),
            ("が", "か"),
            ("a-b/c", "a/b-c"),
            ("Qwen2-72B", "Qwen2-72B-Instruct"),
        ] {
            assert_ne!(normal_form(a), normal_form(b), "{a} {b}");
        }
    }

    #[test]
    fn a_name_of_punctuation_has_no_normal_form() {
        check("!!!", "-");
        check("../..", "-");
        assert_eq!(slug("!!!"), "!!!");
    }
}
