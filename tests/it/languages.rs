//! A site in each language: its words, numbers and signs, while the text of records stays as it is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::json;

use crate::project::{Project, files};
use crate::{markers, samples};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The demo content, and a site for what it does not show.
pub fn sites() -> Vec<Project> {
    let demo = Project::empty();
    for (path, bytes) in files(&root().join("content")) {
        let path = demo.path(&format!("content/{path}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let mut sites = vec![demo];
    sites.extend(["two-sources", "conflict", "flat", "schema-versions"].map(Project::from));
    sites.extend(markers::sites());
    sites
}

/// Adds a line to the site's options.
pub fn speak(project: &Project, language: &str) {
    let site = fs::read_to_string(project.path("content/site.yaml")).unwrap_or_default();
    let other_lines: String =
        site.lines().filter(|line| !line.starts_with("language:")).map(|line| format!("{line}\n")).collect();
    project.write("content/site.yaml", &format!("{other_lines}language: {language}\n"));
}

#[test]
fn every_page_speaks_the_language_and_records_stay_as_they_are() {
    let project = Project::from("two-sources");
    speak(&project, "zh-Hans");
    project.build(&[]);
    let expected = [
        ("models", &["<html lang=\"zh-Hans\">", ">模型</a>", "跳到正文", ">made-up/model-one</a>"][..]),
        ("models/made-up/model-one", &["记录完整度", "越高越好"][1..]),
        ("benchmarks/quiz", &["排名", "可比性"]),
        ("evaluators/lab-b", &["与其他评测方的差异", "lab-b"][..1]),
        ("markers", &["仅由记录声明"]),
        ("methodology", &["记录是一种声明", "id=\"comparability\"", "提交者已知"]),
    ];
    for (path, parts) in expected {
        let page = project.read(&format!("site/pages/{path}.html"));
        for part in parts {
            assert!(page.contains(part), "{path}: {part}");
        }
    }
    let script = project.files("site/pages/assets").into_iter().find(|(path, _)| path.starts_with("site.")).unwrap();
    assert!(String::from_utf8(script.1).unwrap().contains("没有找到"));
    // What machines read is in English.
    assert!(project.read("site/pages/api/v1/models/made-up/model-one.json").contains("higher is better"));
    let run = project.run(&["check", "--site", "site"]);
    assert_eq!(run.code, 0, "the numbers hold in every language: {}{}", run.stdout, run.stderr);
}

#[test]
fn a_language_that_is_not_built_in_has_its_own_forms_and_direction() {
    let project = Project::from("two-sources");
    speak(&project, "ar");
    let forms = "{zero: 'لا نتائج', one: 'نتيجة واحدة', two: 'نتيجتان', few: '{n} نتائج', many: '{n} نتيجة', other: '{n} نتيجة'}";
    project.write(
        "templates/words/ar.yaml",
        &format!("language.direction: rtl\nnav.models: النماذج\ncount.results: {forms}\n"),
    );
    project.build(&[]);
    let page = project.read("site/pages/models/made-up/model-one.html");
    assert!(page.contains("<html lang=\"ar\" dir=\"rtl\">") && page.contains(">النماذج</a>"), "{page}");
    let n = page.matches("data-score").count();
    let said = match n {
        1 => "نتيجة واحدة".to_owned(),
        2 => "نتيجتان".to_owned(),
        n => format!("{n} نتائج"),
    };
    assert!((1..=10).contains(&n) && page.contains(&said), "{n}: {page}");
}

#[test]
fn reasons_speak_the_language_and_what_libraries_report_stays_as_it_is() {
    let project = Project::from("flat");
    speak(&project, "zh-Hans");
    project.build(&[]);
    let page = project.main_of("not-shown.html");
    for reason in [
        "<small>有 1235 字节，索引所述为 1234</small>",
        "<small>缺少 `score`</small>",
        "<small>无法读取：<span lang=\"en\">No such file",
        "<small><span lang=\"en\">EOF while parsing",
    ] {
        assert!(page.contains(reason), "{reason}: {page}");
    }
    for file in ["hub/manifest.json", "pages/api/v1/not-shown.json", "pages/api/v1/not-shown.csv"] {
        let file = project.read(&format!("site/{file}"));
        assert!(file.contains("has 1235 bytes, the index says 1234"), "{file}");
    }
}

#[test]
fn every_count_on_a_page_is_written_as_the_language_writes_it() {
    let rows: Vec<_> = (0..1200).map(|id| samples::row("Quiz", id, json!(1.0))).collect();
    let rows = samples::lines(&rows);
    let parts = (1..1200).map(|n| {
        let subject = json!({"additional_details": {"subject": format!("subject {n}")}});
        samples::result("Exam", json!(0.5), &[("/generation_config", subject)])
    });
    let results: Vec<_> = [samples::result("Quiz", json!(1.0), &[])].into_iter().chain(parts).collect();
    let mut record = samples::record(&results, Some(samples::detailed(&rows)));
    record["model_info"]["developer"] = json!("lab");
    let project = samples::project(&record, Some(&rows));
    speak(&project, "pl");
    project.write(
        "templates/words/pl.yaml",
        "number.group: \"\u{a0}\"\ncount.results: {one: '{n} wynik', few: '{n} wyniki', many: '{n} wyników', other: '{n} wyniku'}\n",
    );
    project.build(&[]);
    for (page, count) in [
        ("index", "1\u{a0}200"),
        ("developers", "1\u{a0}200"),
        ("developers/lab", "1\u{a0}200 wyników"),
        ("evaluators/acme-evals", "1\u{a0}200 wyników"),
        ("evaluators/acme-evals", "1\u{a0}199"),
        ("benchmarks/exam", "1\u{a0}199"),
        ("publishing", "1\u{a0}200"),
        ("models/lab/a", "1\u{a0}200"),
    ] {
        assert!(project.main_of(&format!("{page}.html")).contains(count), "{page} has no {count:?}");
    }
    for (path, bytes) in project.files("site/pages") {
        let page = String::from_utf8_lossy(&bytes).into_owned();
        if path.ends_with(".html") && path != "methodology.html" {
            let english = page.split_once("1,200").or(page.split_once("1,199"));
            assert!(english.is_none(), "{path}: {}", &english.unwrap().0[english.unwrap().0.len() - 200..]);
        }
    }
}

#[test]
fn chinese_signs_have_no_space_beside_them_and_no_link_is_dead() {
    let (mut found, mut signs) = (BTreeSet::new(), 0);
    for (number, project) in sites().into_iter().enumerate() {
        speak(&project, "zh-Hans");
        project.build(&[]);
        for (path, bytes) in project.files("site/pages") {
            if path.ends_with(".html") {
                let page = without_inline_tags(&String::from_utf8(bytes).unwrap());
                signs += page.chars().filter(|c| SIGNS.contains(*c)).count();
                found.extend(mistakes(&page).map(|text| format!("{path}: {text}")));
            }
        }
        if number == 0 {
            assert!(project.read("site/pages/publishing.html").contains("发布受阻：记录没有公开地址："));
            let run = project.run(&["check", "--site", "site"]);
            assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        }
    }
    assert!(signs > 10_000, "{signs}");
    assert!(found.is_empty(), "{}", found.into_iter().collect::<Vec<_>>().join("\n"));
    for (text, expected) in [
        ("好。 好", 1),
        ("好。\n好", 1),
        ("好。\n<p>", 0),
        ("2 ，好", 1),
        ("好, a", 1),
        ("好 (a)", 1),
        ("好（a）b (c)", 0),
    ] {
        assert_eq!(mistakes(text).count(), expected, "{text}");
    }
}

/// Full-width signs, which have their space in them.
const SIGNS: &str = "，。：；、？！（）";

/// Where a space stands beside a full-width sign within a line of text, or a half-width sign after a Chinese word.
fn mistakes(page: &str) -> impl Iterator<Item = String> {
    let chars: Vec<char> = page.chars().collect();
    let is_mistake = |chars: &[char]| {
        let spaces = chars[1..].iter().take_while(|c| c.is_whitespace()).count();
        let Some(after) = chars.get(1 + spaces) else { return false };
        let is_chinese = ('\u{3400}'..='\u{9fff}').contains(&chars[0]);
        let is_in_line = spaces > 0 && chars[0] != '>' && *after != '<';
        let is_half = is_chinese && (*after == '(' || spaces == 0 && ",:;!?".contains(*after));
        is_in_line && (SIGNS.contains(chars[0]) || SIGNS.contains(*after)) || is_half
    };
    let places = (0..chars.len()).filter(|at| !chars[*at].is_whitespace() && is_mistake(&chars[*at..]));
    places
        .map(|at| chars[at.saturating_sub(20)..chars.len().min(at + 20)].iter().collect())
        .collect::<Vec<_>>()
        .into_iter()
}

/// The page without the tags that stand within a line of text, and without what is to be copied. Links in a row
/// are a list.
fn without_inline_tags(page: &str) -> String {
    let (before, copied) = page.split_once("<pre>").unwrap_or((page, ""));
    let after = copied.split_once("</pre>").map_or("", |(_, after)| after);
    let page = format!("{before}<pre>{after}").replace("</a> <a", "<li><a");
    let mut text = String::with_capacity(page.len());
    let mut parts = page.split('<');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let name: String = part.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        match part.split_once('>') {
            Some((_, after)) if INLINE.contains(&&*name) => text.push_str(after),
            _ => text.extend(["<", part]),
        }
    }
    text
}

const INLINE: [&str; 10] = ["a", "b", "i", "em", "strong", "small", "span", "code", "time", "tspan"];
