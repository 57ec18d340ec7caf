//! The *description* of a pull request: what it adds, from whom, and where to verify it. It is public under the
//! name of the account, so no text of a record becomes markup.

use std::collections::BTreeSet;

use super::candidate::Candidate;
use super::review::FileChange;

/// The Hub takes 65,536 characters; a table longer than this helps nobody.
const MAX_ROWS: usize = 50;

/// The body of the pull request for `candidates`, which go into `files`.
pub fn write(candidates: &[&Candidate], files: &[FileChange]) -> String {
    let n = candidates.len();
    let results = if n == 1 { "1 evaluation result".to_owned() } else { format!("{n} evaluation results") };
    let mut text = format!("This pull request adds {results} in `.eval_results/`.\n\n");
    text.push_str("| benchmark | task | value | reported by | record |\n|---|---|---|---|---|\n");
    for candidate in candidates.iter().take(MAX_ROWS) {
        let entry = &candidate.entry;
        let dataset = &entry.yaml_entry.dataset;
        text.push_str(&format!(
            "| {} | {} | {} | {} | [{}]({}) |\n",
            plain(&dataset.id),
            plain(&dataset.task_id),
            entry.yaml_entry.value,
            plain(&entry.evaluator),
            plain(&entry.collection),
            address(candidate.source_url()),
        ));
    }
    if n > MAX_ROWS {
        text.push_str(&format!("\nand {} more, in the files.\n", n - MAX_ROWS));
    }
    let cards: BTreeSet<&str> = candidates.iter().filter_map(|it| it.entry.card_url.as_deref()).collect();
    for card in cards {
        text.push_str(&format!("\nEval Card with all known results of this model: <{}>\n", address(card)));
    }
    let added_to = files.iter().filter(|file| file.old.is_some()).count();
    if added_to > 0 {
        text.push_str("\nExisting content is unchanged; the new entries are at the end.\n");
    }
    text.push_str(
        "\nThe values are those of the linked records of Every Eval Ever, on the scale of the leaderboard. \
         If you disagree with one, please say so here or close this pull request: it will not be proposed again.\n\n\
         Written by evalcards, and sent after a person reviewed it.\n",
    );
    text
}

/// Text that Markdown shows as it is.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().take(120) {
        match c {
            c if c.is_control() => plain.push(' '),
            // `@` would call somebody, `#` another discussion.
            '@' | '#' => plain.push_str(&format!("&#{};", c as u32)),
            c if c.is_ascii_punctuation() && !matches!(c, '-' | '.' | '/' | ',' | ':') => plain.extend(['\\', c]),
            c => plain.push(c),
        }
    }
    plain
}

/// An address that cannot end early.
fn address(url: &str) -> String {
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !matches!(c, '(' | ')' | '<' | '>' | '|' | '\\');
    let escaped = |c: char| {
        let mut bytes = [0; 4];
        c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect::<String>()
    };
    url.chars().map(|c| if is_plain(c) { c.to_string() } else { escaped(c) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_markup_or_calls_somebody() {
        assert_eq!(plain("a|b [x](y) @me #1 *z* `c` <b>"), r"a\|b \[x\]\(y\) &#64;me &#35;1 \*z\* \`c\` \<b\>");
        assert_eq!(address("https://a.example/x) <y>"), "https://a.example/x%29%20%3Cy%3E");
    }
}
