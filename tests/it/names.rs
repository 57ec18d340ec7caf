//! Which names are one, by which step, and whose metadata counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};

use crate::project::Project;

/// Writes a record of `model`, in a collection.
fn record(project: &Project, collection: &str, number: usize, model: &str, developer: &str, score: f64) {
    let text = json!({
        "schema_version": "0.3.0", "evaluation_id": format!("e{number}"), "retrieved_timestamp": "1767225600",
        "source_metadata": {"source_name": "List", "source_type": "documentation",
            "source_organization_name": "Example Lab", "evaluator_relationship": "third_party"},
        "eval_library": {"name": "harness", "version": "1"},
        "model_info": {"name": model, "id": model, "developer": developer},
        "evaluation_results": [{"evaluation_name": "MMLU-Pro",
            "source_data": {"dataset_name": "MMLU-Pro", "source_type": "hf_dataset", "hf_repo": "TIGER-Lab/MMLU-Pro"},
            "metric_config": {"metric_id": "accuracy", "metric_unit": "proportion", "lower_is_better": false,
                "score_type": "continuous", "min_score": 0.0, "max_score": 1.0},
            "score_details": {"score": score}}]
    });
    let path = format!("store/data/{collection}/o/m{number}/0b0b6a3e-5d5f-4c0e-9d8e-{number:012}.json");
    project.write(&path, &text.to_string());
}

fn build(project: &Project) -> Value {
    project.build(&["--content", "content", "--datastore", "store"])
}

/// A project with one record for each of `models`.
fn project(models: &[&str]) -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Names\n");
    for (number, model) in models.iter().enumerate() {
        record(&project, "c", number, model, "", 0.1 + number as f64 / 1000.0);
    }
    project
}

/// The page on which the records of each id stand.
fn cards(pages: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, String> {
    let mut cards = BTreeMap::new();
    for (path, bytes) in pages.iter().filter(|(path, _)| path.ends_with(".html")) {
        let page = String::from_utf8_lossy(bytes);
        // A card says the id that a record uses only where it is not its own.
        // Where the id is the name, it is said once.
        let behind = |start: &str| page.split_once(start).and_then(|(_, rest)| rest.split_once('<')).map(|(id, _)| id);
        let own = behind("<div class=\"id\"><code>").or_else(|| behind("<h1>"));
        if page.contains("<dl data-record>")
            && page.matches("<dl data-record>").count() > page.matches("<dt>Model in the record<dd>").count()
        {
            cards.insert(own.unwrap().replace("&#x2f;", "/").replace("&amp;", "&"), path.clone());
        }
        for (at, found) in page.match_indices("<dt>Model in the record<dd>") {
            let id = &page[at + found.len()..];
            let id = &id[..id.find('<').unwrap()];
            let id = [", called “", ", by "].into_iter().fold(id, |id, end| id.split(end).next().unwrap());
            let id = id.replace("&#x2f;", "/").replace("&amp;", "&");
            let other = cards.insert(id.clone(), path.clone());
            assert!(other.is_none_or(|other| other == *path), "{id} has two cards");
        }
    }
    cards
}

fn cards_of(project: &Project) -> BTreeMap<String, String> {
    cards(&crate::project::files(&project.path("site/pages/models")))
}

#[track_caller]
fn check(project: &Project, groups: &[&[&str]]) {
    build(project);
    let cards = cards_of(project);
    let mut seen = BTreeSet::new();
    for group in groups {
        let paths: BTreeSet<&String> = group.iter().map(|id| &cards[*id]).collect();
        assert_eq!(paths.len(), 1, "{group:?} are one: {paths:?}");
        assert!(seen.insert(*paths.first().unwrap()), "{group:?} is on the card of another");
    }
}

#[track_caller]
fn findings(project: &Project) -> Vec<(String, String)> {
    let run = project.run(&["build", "--json", "--content", "content", "--datastore", "store"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = document["findings"].as_array().unwrap().iter();
    findings.map(|it| (it["code"].as_str().unwrap().to_owned(), format!("{} {}", it["message"], it["help"]))).collect()
}

#[track_caller]
fn check_finding(project: &Project, code: &str, words: &str) {
    let findings = findings(project);
    assert!(findings.iter().any(|(found, text)| found == code && text.contains(words)), "{code}: {findings:?}");
}

#[test]
fn real_names_of_one_model_are_one_card_and_of_different_models_two() {
    let Some(data) = crate::real::data() else { return };
    let project = Project::empty();
    let text = |path: &str| data.join(path).to_str().unwrap().to_owned();
    let report = project.build(&["--content", &text("metadata"), "--datastore", &text("datastore")]);
    let cards = cards_of(&project);
    for same in [
        &["01-ai/Yi-1.5-34B-Chat", "01-ai/yi-1.5-34b-chat"][..],
        &["cohere/command-r-plus", "CohereForAI/c4ai-command-r-plus"],
        &["alibaba/qwen3-next-80b-a3b-thinking", "aliyun/qwen3-next-80b-a3b-thinking"],
        &["Anthropic/claude-3-opus-20240229", "anthropic/claude-3-opus-20240229"],
        &["qwen/qwen2-72b-instruct", "Qwen/Qwen2-72B-Instruct"],
        &["mistralai/Mistral-7B-v0.1", "mistralai/mistral-7b-v0.1"],
        &["qwen/qwen1.5-14b", "Qwen/Qwen1.5-14B"],
        &["Anthropic/claude-3-haiku-20240307", "anthropic/claude-3-haiku-20240307"],
        &["01-ai/yi-34b", "01-ai/Yi-34B"],
        &["microsoft/phi-3-medium-4k-instruct", "microsoft/Phi-3-medium-4k-instruct"],
        &["anthropic/claude-3-5-sonnet-20240620", "Anthropic/claude-3-5-sonnet-20240620"],
        &["Quazim0t0/ODB-14b-sce", "Quazim0t0/ODB-14B-sce"],
        &["Anthropic/claude-3-sonnet-20240229", "anthropic/claude-3-sonnet-20240229"],
    ] {
        let paths: BTreeSet<&String> = same.iter().map(|id| &cards[*id]).collect();
        assert_eq!(paths.len(), 1, "{same:?}");
    }
    for different in [
        ["Qwen/Qwen2-72B", "Qwen/Qwen2-72B-Instruct"],
        ["braindao/Qwen2.5-14B", "Qwen/Qwen2.5-14B"],
        ["meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo", "meta-llama/Meta-Llama-3.1-70B-Instruct"],
        ["qwen/qwen2.5-72b-instruct-turbo", "Qwen/Qwen2.5-72B-Instruct"],
        ["deepseek/ep-20250603132404-cgpjm", "ark/ep-20250603132404-cgpjm"],
        ["Cohere March 2024", "Cohere May 2024"],
        ["THUDM/glm-4-9b-chat-hf", "THUDM/glm-4-9b-chat"],
    ] {
        let [a, b] = different.map(|id| cards.get(id).unwrap_or_else(|| panic!("{id} has no card")));
        assert_ne!(a, b, "{different:?}");
    }
    assert!(cards[&"unknown/aya-expanse-32b".to_owned()].contains("aya-expanse-32b"));
    assert_eq!(report["merged_by_rule"], json!({"normal-form": 2}), "a new merge: look through the list");
    assert_eq!(report["models"], 3099);
}

#[test]
fn each_step_joins_what_it_says_and_the_page_names_it() {
    let project = project(&[
        "acme/One-7B",
        "acme/one_7b",
        "meta/two-8b",
        "meta-llama/Two-8B",
        "openrouter/acme/one-7b",
        "acme/acme/one-7b",
        "acme/one-7b-high",
        "acme/one-7b-GPTQ",
    ]);
    check(
        &project,
        &[
            &["acme/One-7B", "acme/one_7b", "openrouter/acme/one-7b", "acme/acme/one-7b"],
            &["meta/two-8b", "meta-llama/Two-8B"],
            &["acme/one-7b-high"],
            &["acme/one-7b-GPTQ"],
        ],
    );
    let report = build(&project);
    let expected = json!({"doubled-owner": 1, "host-prefix": 1, "normal-form": 1, "organization-alias": 1});
    // A build with nothing to do gives the last report.
    assert_eq!(report["merged_by_rule"], expected);
    let page = project.main_of("merged.html");
    for word in ["openrouter/acme/one-7b", "reasoning effort", "quantisation", "not matched", "0.90"] {
        assert!(page.contains(&word.replace('/', "&#x2f;")) || page.contains(word), "{word}");
    }
}

#[test]
fn an_alias_may_mean_one_collection_only_and_the_site_wins_over_the_built_in_table() {
    let project = project(&["acme/one", "meta/two-8b", "meta-llama/Two-8B"]);
    record(&project, "here", 7, "chat-1", "", 0.5);
    record(&project, "there", 8, "chat-1", "", 0.6);
    project.write(
        "content/aliases.yaml",
        "aliases:\n  - {id: acme/one, kind: model, names: [chat-1], collection: here}\n  - {id: acme/oen, kind: model, names: [x]}\n",
    );
    project.write(
        "content/organizations.yaml",
        "organizations:\n  - {id: meta, name: Meta}\n  - {id: llama-makers, name: Llama makers, aliases: [meta-llama]}\n",
    );
    check_finding(&project, "unused-alias", "acme/oen");
    // `chat-1` is two models now, and the site says that the two owners are not one.
    let mut on = BTreeSet::new();
    for (path, bytes) in crate::project::files(&project.path("site/pages/models")) {
        let page = String::from_utf8_lossy(&bytes);
        if page.contains("<dd>chat-1") || page.contains("<h1>chat-1</h1>") {
            on.insert(path);
        }
    }
    assert_eq!(on.len(), 2, "{on:?}");
    let cards_without: BTreeSet<String> = {
        let page = project.read("site/pages/models.html");
        ["meta/two-8b", "meta-llama/Two-8B"]
            .into_iter()
            .filter(|id| page.contains(&id.replace('/', "&#x2f;")) || page.contains(id))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(cards_without.len(), 2);
}

#[test]
fn an_alias_is_called_as_the_site_says_and_takes_no_others_id() {
    // Most records of `x/y` call it `a/b`, and elsewhere `a/b` is another model.
    let project = project(&["x/y"]);
    for (number, collection) in ["here", "here", "here", "there"].into_iter().enumerate() {
        record(&project, collection, 10 + number, "a/b", "", 0.5 + number as f64 / 100.0);
    }
    let alias = "aliases:\n  - {id: x/y, kind: model, names: [a/b], collection: here}\n";
    project.write("content/aliases.yaml", alias);
    project.write("content/hub/models.jsonl", &facts(&[("a/b", "a/b")]));
    build(&project);
    let list: Value = serde_json::from_str(&project.read("site/pages/api/v1/models.json")).unwrap();
    let models: Vec<(&str, u64)> = (list["entries"].as_array().unwrap().iter())
        .map(|it| (it["id"].as_str().unwrap(), it["results"].as_u64().unwrap()))
        .collect();
    assert_eq!(models, [("a/b", 1), ("x/y", 4)]);
    assert!(project.main_of("models/a/b.html").contains("1 result on"));
    assert!(project.main_of("models/x/y.html").contains("4 results on"));
    // What the Hub says of `a/b` is not said of `x/y`.
    assert!(project.main_of("models/a/b.html").contains("Licence</small> mit"));
    assert!(!project.main_of("models/x/y.html").contains("Licence</small> mit"));
    project.write("content/aliases.yaml", &alias.replace(", collection: here", ""));
    build(&project);
    assert!(project.main_of("models/x/y.html").contains("5 results on"));
}

#[test]
fn suggestions_are_the_same_in_every_run() {
    let project = project(&["acme/one"]);
    let known: String = ["a", "b", "c", "d", "e", "f"].map(|it| format!("  - {{id: quiz-{it}}}\n")).concat();
    project.write("content/benchmarks.yaml", &format!("benchmarks:\n{known}"));
    project.write("content/aliases.yaml", "aliases:\n  - {id: quiz-x, kind: benchmark, names: [q]}\n");
    for _ in 0..3 {
        check_finding(&project, "unused-alias", "did you mean `quiz-a`?");
    }
}

const FACT: &str = r#"{"id":"ASKED","seen":"2026-03-01T00:00:00Z","info":{"id":"FOUND","commit":"0123456789012345678901234567890123456789","library":"transformers","license":"mit","parameters":7000000000,"base_models":[{"id":"acme/base","relation":"finetune"}],"tags":[],"gated":"no","downloads":1234,"created":null}}"#;

fn facts(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(asked, found)| FACT.replace("ASKED", asked).replace("FOUND", found) + "\n").collect()
}

#[test]
fn the_hub_leads_names_to_repositories_but_not_to_other_organisations() {
    let project = project(&["old/one", "new/One", "meta/x", "google/x", "acme/b-c", "acme/b_c", "acme/b c"]);
    let pairs = [("old/one", "new/One"), ("meta/x", "google/x"), ("acme/b-c", "acme/b-c"), ("acme/b_c", "acme/b_c")];
    project.write("content/hub/models.jsonl", &(facts(&pairs) + "{\n"));
    check(
        &project,
        &[&["old/one", "new/One"], &["meta/x"], &["google/x"], &["acme/b-c"], &["acme/b_c"], &["acme/b c"]],
    );
    check_finding(&project, "unreadable-fact", "fetch");
    let card = project.main_of("models/new/One.html");
    for word in [
        "redirect on the Hub",
        "From the Hub, as of",
        "2026-03-01",
        "transformers",
        "finetune",
        "1,234",
        "according to the Hub",
    ] {
        assert!(card.contains(word), "{word}: {card}");
    }
}

#[test]
fn variants_share_a_card_and_never_a_cell() {
    let project = project(&["acme/one", "acme/one-2026-01-01", "acme/one-GPTQ", "acme/one-2026-02-02"]);
    project.write(
        "content/models.yaml",
        "models:\n  - id: acme/one\n    variants:\n      - {id: acme/one-2026-01-01, label: 2026-01-01}\n      - {id: acme/one-GPTQ}\n",
    );
    check(&project, &[&["acme/one", "acme/one-2026-01-01", "acme/one-GPTQ"], &["acme/one-2026-02-02"]]);
    let card = project.main_of("models/acme/one.html");
    assert_eq!(card.matches("<tr id=").count(), 3, "three cells of one score");
    assert!(card.contains("variant: 2026-01-01") && card.contains("ranked separately"));
    let page = project.main_of("benchmarks/mmlu-pro.html");
    assert_eq!(page.matches("<tr id=").count(), 4);
    assert!(page.contains("(2026-01-01)"));
    let manifest: Value = serde_json::from_str(&project.read("site/hub/manifest.json")).unwrap();
    let skipped =
        manifest["skipped"].as_array().unwrap().iter().filter(|it| it["reason"] == "variant_of_model").count();
    assert_eq!(skipped, 2, "the score of a quantisation is not posted to the model");
}

#[test]
fn variants_of_themselves_and_of_each_other_are_named_and_left() {
    let project = project(&["acme/one", "acme/two"]);
    project.write(
        "content/models.yaml",
        "models:\n  - {id: acme/one, variants: [{id: acme/one}, {id: acme/two}]}\n  - {id: acme/two, variants: [{id: acme/one}]}\n",
    );
    check(&project, &[&["acme/one"], &["acme/two"]]);
    let found = findings(&project).into_iter().filter(|(code, _)| code == "variant-is-a-model").count();
    assert_eq!(found, 3);
}

#[test]
fn the_page_wins_over_the_table_and_the_losing_value_stays_visible() {
    let project = project(&["acme/one"]);
    project.write("content/models/acme/one.md", "---\nid: acme/one\nlicense: mit\n---\nProse.\n");
    project.write("content/models.yaml", "models:\n  - {id: acme/one, license: apache-2.0, params_b: 7}\n");
    assert_eq!(findings(&project), []);
    let card = project.main_of("models/acme/one.html");
    for word in ["mit", "7 billion", "Other sources: Licence <b>apache-2.0</b> from the site's table", "Prose."] {
        assert!(card.replace("&#39;", "'").contains(word), "{word}: {card}");
    }
    project.write("content/models/acme/again.md", "---\nid: acme/one\n---\n");
    check_finding(&project, "duplicate-id", "merge the two entries");
}

#[test]
fn unused_metadata_is_one_warning_with_a_suggestion() {
    let project = project(&["acme/one-7b-instruct"]);
    project.write("content/models.yaml", "models:\n  - {id: acme/one-7b-instrct}\n  - {id: zzz/qq}\n");
    check_finding(&project, "unused-metadata", "if you mean `acme/one-7b-instruct`");
    assert_eq!(findings(&project).len(), 1);
}

const CARD: &str = r#"{"benchmark_details": {"name": "MMLU-Pro (Massive Test)", "overview": "A test <b>of</b> much.",
    "resources": ["PAPER", "javascript:alert(1)"]}, "data": {"size": "12,000 questions", "format": "Not specified."},
    "flagged_fields": {"data.size": "[Possible Hallucination]"}, "card_info": {"llm": "some-model-70b", "created_at": "2026-01-02"}}"#;

#[test]
fn a_benchmark_card_is_shown_as_what_it_is_and_several_never_win_in_silence() {
    let project = project(&["acme/one"]);
    let benchmark = "benchmarks:\n  - {id: mmlu-pro, name: MMLU-Pro, paper: 'https://arxiv.org/abs/2406.01574'";
    project.write("content/benchmarks.yaml", &format!("{benchmark}}}\n"));
    project.write("content/benchmark-cards/a.json", &CARD.replace("PAPER", "https://arxiv.org/abs/2406.01574"));
    project.write(
        "content/benchmark-cards/other.json",
        &CARD.replace("PAPER", "https://arxiv.org/abs/1").replace("MMLU-Pro", "KMMLU"),
    );
    assert_eq!(findings(&project), []);
    let page = project.main_of("benchmarks/mmlu-pro.html");
    let label = "Written by a language model (some-model-70b, 2026-01-02), not reviewed.";
    for word in
        [label, "Doubtful:", "[Possible Hallucination]", "12,000 questions", "A test &lt;b&gt;of&lt;/b&gt; much."]
    {
        assert!(page.contains(word) || page.replace("&#x2f;", "/").contains(word), "{word}: {page}");
    }
    assert!(!page.contains("Not specified") && !page.contains("href=\"javascript"));
    // A card that cites another paper is not taken, though it is alone.
    project.write("content/benchmark-cards/a.json", &CARD.replace("PAPER", "https://arxiv.org/abs/2508.20395"));
    check_finding(&project, "doubtful-benchmark-card", "does not cite the paper in its metadata");
    assert!(!project.main_of("benchmarks/mmlu-pro.html").contains("12,000 questions"));
    // Of two, none is taken until metadata chooses.
    for name in ["a", "b"] {
        let card = CARD.replace("PAPER", "https://example.org");
        project.write(&format!("content/benchmark-cards/{name}.json"), &card);
    }
    check_finding(&project, "doubtful-benchmark-card", "benchmark_card: a.json");
    assert!(!project.main_of("benchmarks/mmlu-pro.html").contains("12,000 questions"));
    project.write("content/benchmarks.yaml", &format!("{benchmark}, benchmark_card: b.json}}\n"));
    assert_eq!(findings(&project), []);
    assert!(project.main_of("benchmarks/mmlu-pro.html").contains("12,000 questions"));
}

#[test]
fn an_eval_yaml_of_the_site_is_shown() {
    let project = project(&["acme/one"]);
    let text = "name: Hard Test\ndescription: Many questions.\nevaluation_framework: inspect-ai\ntasks:\n  - {id: t1, config: default, split: test, field_spec: {input: q, target: a}, solvers: [{name: generate}], scorers: [{name: match}]}\n";
    project.write("content/benchmarks/mmlu-pro.eval.yaml", text);
    assert_eq!(findings(&project), []);
    let page = project.main_of("benchmarks/mmlu-pro.html");
    for word in ["Hard Test", "Many questions.", "inspect-ai", "t1 (config default, split test)"] {
        assert!(page.contains(word), "{word}");
    }
}

#[test]
fn hostile_metadata_is_a_finding_and_never_a_crash() {
    let project = project(&["acme/one", "\u{202e}\u{0}/\u{7f}", "////", "acme/"]);
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned()
        + &(1..12)
            .map(|n| {
                let (this, last) = ((b'a' + n) as char, (b'a' + n - 1) as char);
                format!("{this}: &{this} [{}]\n", vec![format!("*{last}"); 10].join(","))
            })
            .collect::<String>()
        + "models: *l\n";
    project.write("content/models.yaml", &bomb);
    project.write("content/benchmarks.yaml", "benchmarks:\n  - {id: \"\\0\\e[31m\", aliases: [\"\\u202e\"]}\n");
    project.write("content/aliases.yaml", "aliases:\n  - {id: acme/one, kind: sausage, names: [x]}\n");
    project.write("content/hub/posted.jsonl", "null\n[]\n{\"model\":1}\n");
    project.write("content/benchmark-cards/deep.json", &"[".repeat(100_000));
    project.write("content/benchmark-cards/odd.json", r#"{"benchmark_card": {"benchmark_details": {"name": ["MMLU-Pro"]}, "flagged_fields": [1, "data"], "data": 7}}"#);
    let codes: BTreeSet<String> = findings(&project).into_iter().map(|(code, _)| code).collect();
    for code in ["unreadable-metadata", "unreadable-fact", "unreadable-benchmark-card"] {
        assert!(codes.contains(code), "{code}: {codes:?}");
    }
    assert_eq!(build(&project)["records"], 4);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 12, failure_persistence: None, ..Default::default() })]
    #[test]
    fn names_of_two_registered_organisations_never_meet(
        names in proptest::collection::btree_set("(acme|Acme|a_cme|a-cme|bolt|openrouter/acme|openrouter/bolt|acme/acme|meta|facebook|lab)/(one|One|o_ne|o-ne)(-7b|)(-hf|)", 2..24)
    ) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let project = project(&names);
        project.write(
            "content/organizations.yaml",
            "organizations:\n  - {id: one, name: One, aliases: [acme, openrouter]}\n  - {id: two, name: Two, aliases: [a_cme, bolt]}\n",
        );
        let bases: Vec<String> = names.iter().take(3).map(|name| format!("  - {{id: {name}}}\n")).collect();
        project.write("content/models.yaml", &format!("models:\n{}", bases.concat()));
        build(&project);
        let organization = |id: &str| match id.split('/').next().unwrap() {
            "acme" | "Acme" | "openrouter" => Some(1),
            "a_cme" | "bolt" => Some(2),
            "meta" | "facebook" => Some(3),
            _ => None,
        };
        let mut owners: BTreeMap<String, BTreeSet<i32>> = BTreeMap::new();
        for (id, card) in cards_of(&project) {
            owners.entry(card).or_default().extend(organization(&id));
        }
        for (card, owners) in owners {
            proptest::prop_assert!(owners.len() < 2, "{card}: {owners:?}");
        }
    }
}

#[test]
fn a_huge_file_of_metadata_is_read_in_time() {
    let project = project(&["acme/one-1"]);
    let entries: String = (0..20_000).map(|n| format!("  - {{id: acme/one-{n}, aliases: [acme/uno-{n}]}}\n")).collect();
    fs::write(project.path("content/models.yaml"), format!("models:\n{entries}")).unwrap();
    let start = std::time::Instant::now();
    check_finding(&project, "unused-metadata", "19,999 entries");
    assert!(start.elapsed().as_secs() < 20);
}
