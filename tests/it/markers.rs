//! What each marker needs, and that none of the ways to cheat gets one.

mod cheats;
mod forged;
mod world;

use std::fs;

use evalcards::facts::{self, AccountFact, PostedFact, PostedSource};
use evalcards::hash::Sha256;
use proptest::prelude::*;

use crate::project::Project;
use world::*;

const CLAIMED: &str = "claimed";
const TRACED: &str = "traced";
const KNOWN: &str = "submitter_known";
const BY_SOURCE: &str = "submitted_by_source";

/// Sites that show every marker and every kind of evidence.
pub fn sites() -> Vec<Project> {
    let path = path_of(UUID);
    let objection = |world: &World, kind: &str| {
        let sha256 = Sha256::of(world.text(&path).as_bytes());
        let text = format!(
            "kind: {kind}\nby: Acme\nsince: 2026-06-03\nwhy: Wrong test data.\nurl: https://acme.example/x\n\
             records: [{{sha256: {sha256}, results: ['/evaluation_results/0']}}]\nreviewer: '@someone'\ndate: 2026-06-04\n"
        );
        world.attest("objection", &text);
    };
    let mut member = World::with("stranger");
    let organizations = Some(vec!["acme".to_owned()]);
    member.accounts.push(AccountFact { account: "stranger".to_owned(), seen: SEEN.parse().unwrap(), organizations });
    member.fetched();
    member.attest_acme("stranger", &path, ", results: ['/evaluation_results/1']");
    objection(&member, "disputed");
    let posted = PostedFact { model: "maker/m1".to_owned(), ..shown("50", Some(true), None) };
    member.project.write("content/hub/posted.jsonl", &facts::write(vec![posted]).unwrap());
    let mut official = World::with("acme-official");
    official.put(&path_of(OTHER), &record("Maker").replace("0.25", "0.99"));
    official.fetched();
    objection(&official, "withdrawn");
    let mismatch = World::with("maker-official");
    let mut changed = World::with("stranger");
    changed.attest_acme("stranger", &path, "");
    let edited = record("Acme").replace("0.25", "0.26");
    changed.project.write(&format!("content/datastore/{path}"), &edited);
    changed.project.write("content/datastore/flat/indexes/by_collection/c.jsonl", &row(&path, &edited));
    changed.objects.clear();
    let lapsed = World::with("stranger");
    let sha256 = Sha256::of(lapsed.text(&path).as_bytes());
    lapsed.attest("acme", &(acme("stranger", &format!("{{sha256: {sha256}}}")) + "valid_until: 2026-05-31\n"));
    [member, official, mismatch, changed, lapsed].map(|world| world.project).into()
}

#[test]
fn each_level_needs_its_evidence() {
    let path = path_of(UUID);
    let mut world = World::new();
    world.put(&path, &record("Acme"));
    let index = row(&path, world.text(&path));
    world.project.write("content/datastore/flat/indexes/by_collection/c.jsonl", &index);
    assert_eq!(world.level(&path), CLAIMED, "nobody fetched it");
    world.fetched();
    assert_eq!(world.level(&path), TRACED);
    world.brought(&path, Some("stranger"), Some(7));
    world.fetched();
    assert_eq!(world.level(&path), KNOWN);
    world.attest_acme("stranger", &path, "");
    assert_eq!(world.level(&path), BY_SOURCE);
    let told = world.explain(&path).unwrap().to_string();
    for part in
        ["pull request 7", "@someone on 2026-06-02, in acme.yaml", "evaleval/EEE_datastore at commit abababababab"]
    {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(World::with("acme-official").level(&path), BY_SOURCE);
}

#[test]
fn a_commit_that_was_pushed_and_a_deleted_account_name_no_submitter() {
    for (account, pull_request) in [(Some("acme-official"), None), (None, Some(7))] {
        let mut world = World::new();
        world.put(&path_of(UUID), &record("Acme"));
        world.brought(&path_of(UUID), account, pull_request);
        world.fetched();
        assert_eq!(world.level(&path_of(UUID)), TRACED);
    }
}

#[test]
fn a_record_of_the_datastores_own_adapter_says_so_and_rises_no_higher() {
    let stamped = record("Acme").replacen(
        r#""evaluator_relationship""#,
        r#""additional_details": {"type_of_addition": "cron", "cron_adapter": "helm", "cron_run_date": "2026-08-10",
            "cron_run_url": "https://github.com/x/actions/runs/1", "cron_unknown_inferred_fields": "deployment_type,model_availability"},
            "evaluator_relationship""#,
        1,
    );
    let path = path_of(UUID);
    let told = |account: Option<&str>, pull_request: Option<u64>| {
        let mut world = World::new();
        world.put(&path, &stamped);
        world.brought(&path, account, pull_request);
        world.fetched();
        (world.level(&path), world.explain(&path).unwrap().to_string())
    };
    let (level, said) = told(Some("datastore-bot"), None);
    assert_eq!(level, TRACED);
    for part in [
        "recorded by the datastore's own adapter",
        "adapter helm and its run of 2026-08-10",
        "actions/runs/1",
        "could not infer: deployment_type, model_availability",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // Whoever copies the stamps into a pull request is known by their account, and is no adapter.
    let (level, said) = told(Some("stranger"), Some(7));
    assert!(level == KNOWN && !said.contains("own adapter"), "{said}");
    // Nor is an adapter known where nobody asked the Hub.
    let mut world = World::new();
    world.put(&path, &stamped);
    world.fetched();
    assert!(!world.explain(&path).unwrap().to_string().contains("own adapter"));
}

#[test]
fn membership_alone_decides_nothing() {
    let mut world = World::with("stranger");
    let organizations = Some(vec!["acme".to_owned(), "acme-official".to_owned()]);
    world.accounts.push(AccountFact { account: "stranger".to_owned(), seen: SEEN.parse().unwrap(), organizations });
    world.fetched();
    assert_eq!(world.level(&path_of(UUID)), KNOWN);
    assert!(world.explain(&path_of(UUID)).unwrap().to_string().contains("Membership alone does not count as evidence"));
}

#[test]
fn a_changed_byte_drops_every_marker_and_says_why() {
    let path = path_of(UUID);
    let world = World::with("stranger");
    world.attest_acme("stranger", &path, "");
    assert_eq!(world.level(&path), BY_SOURCE);
    let edited = record("Acme").replace("0.25", "0.26");
    world.project.write(&format!("content/datastore/{path}"), &edited);
    // The index still has the old hash: the record is not even shown.
    assert!(world.explain(&path).is_err());
    world.project.write("content/datastore/flat/indexes/by_collection/c.jsonl", &row(&path, &edited));
    assert_eq!(world.level(&path), CLAIMED);
    let told = world.explain(&path).unwrap().to_string();
    assert!(told.contains("Evidence not carried over: the record has changed since it was fetched"), "{told}");
    assert!(told.contains("The attestation is about other bytes"), "{told}");
    world.project.build(&[]);
    assert!(world.project.main_of("markers.html").contains("Evidence not carried over: the record changed"));
}

#[test]
fn an_index_that_disagrees_with_itself_and_an_edited_lock_trace_nothing() {
    let path = path_of(UUID);
    let world = World::with("acme-official");
    world.fetched_with_index(&(row(&path, world.text(&path)) + &row(&path, "other bytes")));
    assert_eq!(world.level(&path), CLAIMED);

    let world = World::with("acme-official");
    let lock = world.project.read("content/datastore.lock");
    world.project.write("content/datastore.lock", &lock.replace("evaleval/", "evil/"));
    assert_eq!(world.level(&path), CLAIMED);
}

#[test]
fn the_official_account_of_another_organisation_is_a_mismatch() {
    let world = World::with("maker-official");
    assert_eq!(world.level(&path_of(UUID)), KNOWN);
    let told = world.explain(&path_of(UUID)).unwrap().to_string();
    assert!(told.contains("by another organisation's account"), "{told}");
    // An account that two organisations list is the official one of neither.
    let world = World::with("shared");
    world.project.write(
        "content/organizations.yaml",
        "organizations: [{id: acme, name: Acme, hf: shared}, {id: b, name: B, hf: shared}]\n",
    );
    assert_eq!(world.level(&path_of(UUID)), KNOWN);
}

#[test]
fn an_id_that_two_records_share_marks_neither() {
    let (path, other) = (path_of(UUID), path_of(OTHER));
    let mut world = World::with("acme-official");
    world.put(&other, &record("Acme").replace("0.25", "0.99"));
    world.brought(&other, Some("thief"), Some(8));
    world.fetched();
    assert_eq!((world.level(&path), world.level(&other)), (TRACED, TRACED), "evaluation_id");
    let told = world.explain(&path).unwrap().to_string();
    assert!(told.contains("has the same id: evaluation_id acme-eval/1"), "{told}");

    let other = format!("flat/objects/ff/ff/{}.json", UUID.to_uppercase());
    let mut world = World::with("acme-official");
    world.put(&other, &record_of("Acme", "third_party", "another"));
    world.brought(&other, Some("thief"), Some(8));
    world.fetched();
    assert_eq!((world.level(&path), world.level(&other)), (TRACED, TRACED), "UUID");
    world.project.build(&[]);
    assert!(world.project.main_of("markers.html").contains(UUID));

    // The same bytes under another path are one subject.
    let mut world = World::with("acme-official");
    world.put(&path_of(OTHER), &record("Acme"));
    world.fetched();
    assert_eq!(world.level(&path), BY_SOURCE);
}

#[test]
fn what_is_withdrawn_counts_on_no_badge_and_for_no_evaluator() {
    let path = path_of(UUID);
    let world = World::with("acme-official");
    let badge = || {
        world.project.build(&[]);
        world.project.read("site/pages/api/v1/models/maker/m1.svg")
    };
    assert!(badge().contains("2 results · 2 benchmarks · 1 evaluator · 2 submitted by the source"), "{}", badge());
    let evaluator = |n: &str| world.project.main_of("evaluators/acme.html").contains(n);
    assert!(evaluator("All 2 were submitted by the named source."));
    let sha256 = Sha256::of(world.text(&path).as_bytes());
    world.attest(
        "objection",
        &format!(
            "kind: withdrawn\nby: Acme\nsince: 2026-06-03\nwhy: Wrong test data.\nurl: https://acme.example/x\n\
             records: [{{sha256: {sha256}, results: ['/evaluation_results/0']}}]\nreviewer: '@someone'\ndate: 2026-06-04\n"
        ),
    );
    let rest = "1 result · 1 benchmark · 1 evaluator · 1 submitted by the source · 1 withdrawn";
    assert!(badge().contains(rest), "{}", badge());
    assert!(!badge().to_lowercase().contains("rank"), "{}", badge());
    assert!(evaluator("✓ Submitted by the named source.</span> 1 withdrawn."));
}

#[test]
fn a_copied_id_takes_no_marker_away() {
    let (path, other) = (path_of(UUID), path_of(OTHER));
    let copied = || record("Acme").replace("0.25", "0.99");
    // Brought later, by whomever, and even under an older date in the record.
    let mut world = World::with("acme-official");
    world.put(&other, &copied());
    world.brought_at(&other, Some("acme-official"), Some(8), "2026-06-01T00:00:01Z");
    world.fetched();
    assert_eq!((world.level(&path), world.level(&other)), (BY_SOURCE, TRACED));
    // On this disk only.
    let world = World::with("acme-official");
    world.project.write("content/datastore/data/c/maker/m1/copy.json", &copied());
    assert_eq!(world.level(&path), BY_SOURCE);
    // Pushed by nobody knows whom: which of the two was first is not known.
    let mut world = World::with("acme-official");
    world.put(&other, &copied());
    world.fetched();
    assert_eq!((world.level(&path), world.level(&other)), (TRACED, TRACED));
}

#[test]
fn an_account_is_official_only_while_it_is_the_organisations() {
    let organizations =
        |bounds: &str| format!("organizations: [{{id: acme, name: Acme, hf: acme-official{bounds}}}]\n");
    let path = path_of(UUID);
    let world = World::with("acme-official");
    for (bounds, level) in [
        ("", BY_SOURCE),
        (", hf_since: 2026-06-01, hf_until: 2026-06-01", BY_SOURCE),
        (", hf_since: 2026-06-02", KNOWN),
        (", hf_until: 2026-05-31", KNOWN),
        (", hf_since: soon", KNOWN),
    ] {
        world.project.write("content/organizations.yaml", &organizations(bounds));
        assert_eq!(world.level(&path), level, "{bounds}");
    }
}

#[test]
fn who_brought_earlier_bytes_is_not_who_brought_these() {
    let path = path_of(UUID);
    let mut world = World::with("acme-official");
    world.put(&path, &record("Acme").replace("0.25", "0.99"));
    world.fetched();
    assert_eq!(world.level(&path), TRACED);
    world.brought(&path, Some("stranger"), Some(9));
    world.fetched();
    assert_eq!(world.level(&path), KNOWN);
}

#[test]
fn who_brought_the_same_bytes_into_another_datastore_is_not_who_brought_them_here() {
    let path = path_of(UUID);
    let mut world = World::with("acme-official");
    assert_eq!(world.level(&path), BY_SOURCE);
    world.submissions[0].datastore = "stranger/EEE_datastore".to_owned();
    world.fetched();
    assert_eq!(world.level(&path), TRACED);
}

#[test]
fn an_attestation_is_about_its_bytes_its_results_and_its_account() {
    let path = path_of(UUID);
    let world = World::with("stranger");
    world.attest_acme("stranger", &path, ", results: ['/evaluation_results/1']");
    assert_eq!(world.levels(&path), [KNOWN, BY_SOURCE]);
    world.attest_acme("acme-official", &path, "");
    assert_eq!(world.level(&path), KNOWN, "another account brought it");
    let on_behalf = |text: &str| text.replace("account_is_organization", "on_behalf\nurl: https://acme.example/x");
    let sha256 = Sha256::of(world.text(&path).as_bytes());
    world.attest("acme", &on_behalf(&acme("stranger", &format!("{{sha256: {sha256}}}"))));
    assert_eq!(world.level(&path), KNOWN, "on behalf is no check mark");
    assert!(world.explain(&path).unwrap().to_string().contains("on behalf of the named source"));
    for more in ["valid_until: 2026-05-31\n", "revoked: {date: 2026-06-03, why: It left}\n"] {
        world.attest("acme", &(acme("stranger", &format!("{{sha256: {sha256}}}")) + more));
        assert_eq!(world.level(&path), KNOWN, "{more}");
        assert!(world.explain(&path).unwrap().to_string().contains("not carried over"), "{more}");
    }
    world.attest("acme", &(acme("stranger", &format!("{{sha256: {sha256}}}")) + "valid_until: 2026-06-01\n"));
    assert_eq!(world.level(&path), BY_SOURCE);
}

#[test]
fn a_last_day_is_judged_by_the_newest_of_all_facts_and_the_page_says_by_which_day() {
    let path = path_of(UUID);
    let world = World::with("stranger");
    let sha256 = Sha256::of(world.text(&path).as_bytes());
    world.attest("acme", &(acme("stranger", &format!("{{sha256: {sha256}}}")) + "valid_until: 2026-06-30\n"));
    let warning = |epoch: Option<&str>| {
        let mut command = world.project.command(&["build"]);
        command.envs(epoch.map(|seconds| ("SOURCE_DATE_EPOCH", seconds)));
        let run = crate::project::Run::from(command.output().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stderr
    };
    assert!(warning(None).contains("judged as of 2026-06-01, the date of the newest fact from the Hub"));
    assert!(world.project.main_of("markers.html").contains("judged as of 2026-06-01, the latest day"));
    assert_eq!(world.level(&path), BY_SOURCE);
    // The last second of the last day, and the first of the next.
    assert!(!warning(Some("1782863999")).contains("unknown-day"));
    assert!(world.project.main_of("models/maker/m1.html").contains("✓ Submitted by the named source"));
    warning(Some("1782864000"));
    let card = world.project.main_of("models/maker/m1.html");
    assert!(!card.contains("✓") && card.contains("The attestation was valid until 2026-06-30."), "{card}");

    // Any fact tells that the day has passed.
    let seen = r#""seen":"2026-10-01T00:00:00Z""#;
    let hash = "a".repeat(64);
    let facts = [
        ("models", format!(r#"{{"id":"x/y",{seen},"info":null}}"#)),
        ("benchmarks", format!(r#"{{"dataset":"x/y",{seen},"eval_yaml":null}}"#)),
        ("submissions", format!(r#"{{"datastore":"a/b","object":"x",{seen},"sha256":"{hash}","introduced":null}}"#)),
        ("accounts", format!(r#"{{"account":"x",{seen},"organizations":null}}"#)),
        ("posted_models", format!(r#"{{"id":"x/y",{seen},"model":null,"response_sha256":null}}"#)),
    ];
    for (file, line) in facts {
        let file = format!("content/hub/{file}.jsonl");
        let before = fs::read_to_string(world.project.path(&file)).unwrap_or_default();
        world.project.write(&file, &format!("{before}{line}\n"));
        assert_eq!(world.level(&path), KNOWN, "{file}");
        world.project.write(&file, &before);
        assert_eq!(world.level(&path), BY_SOURCE, "{file}");
    }

    // Without any day nothing is known to be in time.
    fs::remove_dir_all(world.project.path("content/hub")).unwrap();
    world.project.write("content/organizations.yaml", "organizations: [{id: acme, name: Acme, hf: stranger}]\n");
    assert!(warning(None).contains("it cannot be judged whether"));
    assert!(world.project.main_of("markers.html").contains("This build has no date"));
    let card = world.project.main_of("models/maker/m1.html");
    assert!(card.contains("this build has no date to compare with"), "{card}");
}

#[test]
fn a_forged_attestation_stops_the_build() {
    let path = path_of(UUID);
    let world = World::with("stranger");
    let sha256 = Sha256::of(world.text(&path).as_bytes());
    let good = acme("stranger", &format!("{{sha256: {sha256}}}"));
    let with = |from: &str, to: &str, reason: &str| {
        assert!(good.contains(from), "{from}");
        world.attest("acme", &good.replace(from, to));
        world.stops(reason);
    };
    with(&sha256.to_string(), &"a".repeat(64), "no record has the SHA-256");
    with("account: stranger", "account: nobody", "is neither in content/hub/");
    with("organization: acme", "organization: acm", "no organisation with the id");
    with("organization: acme", "organization: Acme", "no organisation with the id");
    with("organization: acme", "organization: openai", "no organisation with the id");
    with("reviewer", "verified: true\nreviewer", "unknown field");
    with("account: stranger", "account: stranger\naccount: acme", "duplicate");
    with("reviewer: '@someone'\n", "", "missing field `reviewer`");
    with("date: 2026-06-02\n", "", "missing field `date`");
    let elsewhere = format!("{sha256}, path: {}", path_of(OTHER));
    with(&sha256.to_string(), &elsewhere, "has another path");
    with(&sha256.to_string(), &format!("{sha256}, path: ../{path}"), "leads out of the datastore");
    with(&sha256.to_string(), &format!("{sha256}, results: ['/evaluation_results/2']"), "has no result");
    let run = world.project.run(&["build"]);
    assert!(run.code == 1 && run.stderr.contains("has no result"), "{}", run.stderr);
    assert!(!world.project.path("site/pages").exists());
}

#[cfg(unix)]
#[test]
fn attestations_are_regular_files_of_their_own_folder() {
    use std::os::unix::fs::symlink;
    let path = path_of(UUID);
    let text = |world: &World| acme("stranger", &format!("{{sha256: {}}}", Sha256::of(world.text(&path).as_bytes())));
    // A file or folder of the datastore, by a link.
    let world = World::with("stranger");
    world.project.write("content/datastore/data/c/x.yaml", &text(&world));
    fs::create_dir_all(world.project.path("content/attestations")).unwrap();
    symlink("../datastore/data/c/x.yaml", world.project.path("content/attestations/x.yaml")).unwrap();
    world.stops("is not a regular file");
    fs::remove_dir_all(world.project.path("content/attestations")).unwrap();
    symlink("datastore/data/c", world.project.path("content/attestations")).unwrap();
    world.stops("is a link or a file, not a folder");
    // The records, by a link to the attestations.
    let world = World::with("stranger");
    world.attest("x", &text(&world));
    symlink("../attestations", world.project.path("content/datastore/data")).unwrap();
    world.stops("overlap");
    // Below the records nothing is an attestation.
    let world = World::with("stranger");
    world.project.write("content/datastore/data/attestations/x.yaml", &text(&world));
    assert_eq!(world.level(&path), KNOWN);
}

#[test]
fn the_claimed_relationship_is_held_against_metadata_only() {
    let fit = |world: &World| world.explain(&path_of(UUID)).unwrap().records[0].evidence.relationship.clone();
    for (source, claimed, expected) in [
        ("Acme", "third_party", "third party, as claimed; consistent with metadata"),
        ("Acme AI", "first_party", "first party, as claimed; contradicted by metadata"),
        ("Maker", "first_party", "first party, as claimed; consistent with metadata"),
        ("Maker", "third_party", "third party, as claimed; contradicted by metadata"),
        ("Acme", "collaborative", "collaborative, as claimed; undetermined"),
        ("Nobody", "third_party", "third party, as claimed; undetermined"),
        ("M\u{200b}aker", "first_party", "first party, as claimed; undetermined"),
    ] {
        let mut world = World::new();
        world.put(&path_of(UUID), &record_of(source, claimed, "x"));
        world.fetched();
        assert_eq!(fit(&world), expected, "{source}");
    }
    // A record cannot be its own witness of who made the model.
    let mut world = World::new();
    world.project.write("content/models.yaml", "models: [{id: maker/m1, name: m1}]\n");
    let text =
        record_of("Maker", "first_party", "x").replace(r#""name": "m1""#, r#""name": "m1", "developer": "Maker""#);
    world.put(&path_of(UUID), &text);
    world.fetched();
    assert_eq!(fit(&world), "first party, as claimed; undetermined");
}

#[test]
fn a_record_can_speak_against_its_own_relationship() {
    let says = |claimed: &str, details: &str| {
        let mut world = World::new();
        let text = record_of("Acme", claimed, "x");
        let start = r#""evaluator_relationship":"#;
        assert!(text.contains(start), "{text}");
        world.put(&path_of(UUID), &text.replacen(start, &format!(r#""additional_details": {details}, {start}"#), 1));
        world.fetched();
        world.explain(&path_of(UUID)).unwrap().records[0].evidence.relationship.clone()
    };
    let contradicted = "third party, as claimed; contradicted by the record itself";
    assert_eq!(says("third_party", r#"{"leaderboard_data_source": "Self-Reported"}"#), contradicted);
    assert_eq!(says("third_party", r#"{"self_reported": true}"#), contradicted);
    let aggregator = r#"{"source_role": "aggregator"}"#;
    assert_eq!(says("first_party", aggregator), "first party, as claimed; contradicted by the record itself");
    assert_eq!(says("third_party", aggregator), "third party, as claimed; consistent with metadata");
    assert_eq!(
        says("third_party", r#"{"leaderboard_data_source": "Acme"}"#),
        "third party, as claimed; consistent with metadata"
    );
}

#[test]
fn withdrawn_and_disputed_results_stay_visible_and_leave_rankings_and_publishing() {
    let path = path_of(UUID);
    let mut world = World::with("stranger");
    world.put(&path_of(OTHER), &record_of("Maker", "first_party", "y").replace("0.5", "0.75").replace("m1", "m2"));
    world.fetched();
    let sha256 = Sha256::of(world.text(&path).as_bytes());
    let objection = |kind: &str| {
        format!(
            "kind: {kind}\nby: Acme\nsince: 2026-06-03\nwhy: Wrong test data.\nurl: https://acme.example/x\n\
             records: [{{sha256: {sha256}, results: ['/evaluation_results/0']}}]\nreviewer: '@someone'\ndate: 2026-06-04\n"
        )
    };
    world.project.build(&[]);
    let before = world.project.main_of("benchmarks/gsm8k.html");
    assert_eq!(before.matches("not ranked, not published").count(), 0);
    for kind in ["withdrawn", "disputed"] {
        world.attest("objection", &objection(kind));
        let report = world.project.build(&[]);
        assert_eq!(report["hub"]["skipped"][kind], 1, "{report}");
        let card = world.project.main_of("models/maker/m1.html");
        assert!(card.contains(&format!("{kind}: not ranked, not published")), "{card}");
        assert!(card.contains("Acme on 2026-06-03: Wrong test data. (only /evaluation_results/0)"), "{card}");
        assert_eq!(card.matches("not ranked, not published").count(), 1, "the other result stands");
        let ranking = world.project.main_of("benchmarks/gsm8k.html");
        assert_eq!(ranking.matches("<td>–<th").count(), 1, "{ranking}");
        assert!(ranking.contains(&format!("{kind}: not ranked, not published")), "{ranking}");
        assert!(!world.project.path("site/hub/maker/m1").exists());
        let told = world.explain(&path).unwrap();
        assert_eq!(told.records[0].results[0].marker.standing, Some(kind));
        assert_eq!(told.records[0].results[1].marker.standing, None);
    }
    fs::remove_file(world.project.path("content/attestations/objection.yaml")).unwrap();
    world.project.build(&[]);
    assert_eq!(world.project.main_of("benchmarks/gsm8k.html"), before);
}

#[test]
fn a_filtered_ranking_and_the_comparison_say_that_a_result_is_withdrawn() {
    let mut world = World::new();
    world.put(&path_of(UUID), &record("Acme"));
    for number in 10..30 {
        let other = record_of("Acme", "third_party", &format!("e{number}")).replace("m1\"", &format!("m{number}\""));
        world.put(&path_of(&format!("{}{number}", &OTHER[..34])), &other);
    }
    world.fetched();
    let said = |folder: &str| {
        let files = world.project.files(&format!("site/pages/assets/{folder}"));
        let texts = files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        texts.filter(|text| text.contains("withdrawn: not ranked, not published")).count()
    };
    world.project.build(&[]);
    assert_eq!((said("lists"), said("compare")), (0, 0));
    let sha256 = Sha256::of(world.text(&path_of(UUID)).as_bytes());
    world.attest(
        "objection",
        &format!(
            "kind: withdrawn\nby: Acme\nsince: 2026-06-03\nwhy: Wrong.\nurl: https://acme.example/x\n\
             records: [{{sha256: {sha256}, results: ['/evaluation_results/0']}}]\nreviewer: '@someone'\ndate: 2026-06-04\n"
        ),
    );
    world.project.build(&[]);
    assert_eq!((said("lists"), said("compare")), (1, 1));
    // So do the tables and documents that are taken away.
    let api = |path: &str| world.project.read(&format!("site/pages/api/v1/{path}"));
    for table in ["models/maker/m1.csv", "benchmarks/gsm8k.csv"] {
        assert_eq!(api(table).matches("withdrawn: not ranked, not published").count(), 1, "{table}");
    }
    assert_eq!(api("models/maker/m1.json").matches(r#""standing":"withdrawn""#).count(), 1);
    let schema = api("data/datapackage.json");
    assert!(schema.contains("`current`, `disputed` or `withdrawn`."), "{schema}");
}

/// A result that the Hub shows for the model of the records.
fn shown(value: &str, verified: Option<bool>, pull_request: Option<u64>) -> PostedFact {
    PostedFact {
        model: "Maker/m1".to_owned(),
        dataset: "openai/gsm8k".to_owned(),
        task: "gsm8k".to_owned(),
        value: value.parse().unwrap(),
        verified,
        filename: ".eval_results/gsm8k.yaml".to_owned(),
        pull_request,
        submitter: None,
        date: None,
        notes: None,
        source: None,
        has_token: false,
        seen: SEEN.parse().unwrap(),
        response_sha256: Sha256::of(b"answer"),
    }
}

fn of_datastore() -> PostedSource {
    let url = "https://huggingface.co/datasets/evaleval/EEE_datastore/blob/main/flat/objects/x.json".to_owned();
    PostedSource { url, name: Some("EvalEval".to_owned()) }
}

#[test]
fn what_the_hub_shows_stands_beside_the_records_as_a_source_of_its_own() {
    let world = World::with("stranger");
    world.project.build(&[]);
    let before = world.project.main_of("models/maker/m1.html");
    assert!(!before.contains("On the Hub") && !world.project.main_of("publishing.html").contains("On the Hub"));
    let notes = Some("With <tools>".to_owned());
    let community = PostedFact { submitter: Some("bob".to_owned()), notes, ..shown("49.5", None, Some(3)) };
    let verified =
        PostedFact { filename: ".eval_results/v.yaml".to_owned(), has_token: true, ..shown("50", Some(true), None) };
    let echo = PostedFact { source: Some(of_datastore()), ..shown("50", Some(false), None) };
    let other = PostedFact { model: "maker/unknown".to_owned(), ..shown("12", Some(false), None) };
    let bad = PostedSource { url: "javascript:alert(1)".to_owned(), name: None };
    let other = PostedFact { source: Some(bad), ..other };
    let all = facts::write(vec![community, verified, echo, other]).unwrap();
    world.project.write("content/hub/posted.jsonl", &all);
    world.project.build(&[]);
    let page = world.project.main_of("models/maker/m1.html");
    let section = page.split("<h2 id=\"on-the-hub\">").nth(1).unwrap().split("<h2 id=\"records\">").next().unwrap();
    for part in [
        "huggingface.co/Maker/m1/discussions/3\">community-submitted</a>",
        "by bob",
        "With &lt;tools&gt;",
        "huggingface.co/Maker/m1/blob/main/.eval_results/v.yaml\">verified by the Hub</a>",
        "author-submitted</a>",
        "posted from a record of Every Eval Ever, so not an independent source",
    ] {
        assert!(section.contains(part), "{part}: {section}");
    }
    assert_eq!(section.matches("independent source").count(), 1);
    assert_eq!(
        (section.matches(">differs<").count(), section.matches("the same</small>").count()),
        (1, 2),
        "{section}"
    );
    assert!(!section.contains("maker/unknown"));
    // All else of the card is as it was, but for the words beside markers.
    let cells = |page: &str| page.matches("<tbody").count();
    assert_eq!(cells(&page), cells(&before) + 1);

    let api = |path: &str| world.project.read(&format!("site/pages/api/v1/{path}"));
    let document: serde_json::Value = serde_json::from_str(&api("models/maker/m1.json")).unwrap();
    let entries = document["on_the_hub"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    assert_eq!(entries.iter().filter(|it| it["is_echo"] == true).count(), 1);
    assert_eq!(entries.iter().filter(|it| it["beside"][0]["agrees"] == true).count(), 2);
    assert_eq!(api("models/maker/m1~on-the-hub.csv").lines().count(), 4);
    // The page of the benchmark has those of models without records, too.
    let page = world.project.main_of("benchmarks/gsm8k.html");
    assert!(page.contains("maker/unknown") && !page.contains("href=\"javascript"), "{page}");
    assert_eq!(api("benchmarks/gsm8k~on-the-hub.csv").lines().count(), 5);
    // The page of what is published counts them all, and begins with what differs.
    let page = world.project.main_of("publishing.html");
    let section = page.split("<h2 id=\"on-the-hub\">").nth(1).unwrap().split("<h2").next().unwrap();
    for part in [
        "The Hub shows 4 results. 1 differs from a record of the same leaderboard. 2 agree with the records of the same \
         leaderboard. 1 has no record for the same leaderboard. 1 was posted from a record",
        "publishing~on-the-hub.csv",
    ] {
        assert!(section.contains(part), "{part}: {section}");
    }
    assert!(section.find(">differs<") < section.find("the same</small>"), "{section}");
    assert!(section.find("the same</small>") < section.find("maker/unknown"), "{section}");
    let document: serde_json::Value = serde_json::from_str(&api("publishing.json")).unwrap();
    let models: Vec<_> = document["on_the_hub"].as_array().unwrap().iter().map(|it| it["model"].as_str()).collect();
    assert_eq!((models.len(), models[3]), (4, Some("maker/unknown")));
    assert_eq!(api("publishing~on-the-hub.csv").lines().count(), 5);
}

#[test]
fn what_the_hub_says_of_the_same_value_is_not_said_of_the_record() {
    let mut world = World::with("stranger");
    let posted = |value: &str, verified: bool, pull_request: Option<u64>| shown(value, Some(verified), pull_request);
    let beside = |fact: PostedFact| {
        world.project.write("content/hub/posted.jsonl", &facts::write(vec![fact]).unwrap());
        let explanation = world.explain(&path_of(UUID)).unwrap();
        let results = &explanation.records[0].results;
        assert!(results[1].marker.beside.is_empty(), "another benchmark");
        assert_eq!(results[0].marker.code, KNOWN, "it is no rung of the ladder");
        results[0].marker.beside.join("; ")
    };
    let (verified, on_main) =
        ("same value as a run that the Hub calls verified", "same value in the model's repository");
    assert_eq!(beside(posted("50", true, None)), format!("{on_main}; {verified}"));
    assert_eq!(beside(posted("50.0", false, None)), on_main);
    assert_eq!(beside(posted("50", false, Some(3))), "same value in an open pull request on the Hub");
    assert_eq!(beside(posted("50.1", true, None)), "");
    assert_eq!(beside(PostedFact { task: "other".to_owned(), ..posted("50", true, None) }), "");
    assert_eq!(beside(PostedFact { dataset: "a/gsm8k".to_owned(), ..posted("50", true, None) }), "");
    assert_eq!(beside(PostedFact { model: "maker/m2".to_owned(), ..posted("50", true, None) }), "");

    // Another evaluator copies the value: it has the same words, so they must not say that the run is its own.
    world.project.write("content/hub/posted.jsonl", &facts::write(vec![posted("50", true, None)]).unwrap());
    let copied = record_of("Copier", "third_party", "copied").replace("0.25", "0.26");
    world.put(&path_of(OTHER), &copied);
    world.fetched();
    world.project.build(&[]);
    let card = world.project.main_of("models/maker/m1.html").replace("&#39;", "'");
    assert_eq!(card.matches(&format!("; {on_main}; {verified}")).count(), 2, "{card}");
    assert_eq!(
        card.matches("It calls the run of that entry verified, which says nothing about the run of this record")
            .count(),
        2
    );
    for page in ["models/maker/m1.html", "benchmarks/gsm8k.html", "markers.html"] {
        let page = world.project.main_of(page).replace("&#39;", "'").to_lowercase();
        assert!(!page.contains("run verified by the hub") && !page.contains("model's owner"), "{page}");
    }
}

#[test]
fn explain_needs_a_name_that_is_there() {
    let world = World::with("stranger");
    let run = world.project.run(&["check", "--explain", "maker/m1"]);
    assert!(run.code == 0 && run.stdout.contains("Submitter known"), "{}{}", run.stdout, run.stderr);
    let run = world.project.run(&["check", "--json", "--explain", UUID]);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["explained"]["records"][0]["results"][1]["marker"]["code"], KNOWN);
    let run = world.project.run(&["check", "--explain", "maker/m11"]);
    assert!(run.code == 1 && run.stderr.contains("did you mean the model maker/m1?"), "{}", run.stderr);
}

/// What somebody may hope that a build believes.
fn key() -> impl Strategy<Value = String> {
    let tempting = [
        "verified",
        "is_verified_evaluator",
        "marker",
        "markers",
        "attestation",
        "trace",
        "submitter",
        "level",
        "standing",
        "verifyToken",
        "source_organization_url",
        "source_organization_logo_url",
        "organization",
        "hf",
        "account",
        "pull_request",
        "sha256",
        "evaluation_id",
        "evaluator_relationship",
        "developer",
        "additional_details",
    ];
    prop_oneof![proptest::sample::select(tempting.to_vec()).prop_map(str::to_owned), "[a-zA-Z_]{1,16}"]
}

fn value() -> impl Strategy<Value = String> {
    let tempting = [
        "true",
        "1",
        "null",
        "\"submitted_by_source\"",
        "\"acme\"",
        "\"acme-official\"",
        "\"https://huggingface.co/acme-official\"",
        "{\"verified\": true, \"account\": \"acme-official\"}",
        "[{\"kind\": \"pull_request\", \"account\": \"acme-official\"}]",
    ];
    prop_oneof![
        proptest::sample::select(tempting.to_vec()).prop_map(str::to_owned),
        "[ -~]{0,20}".prop_map(|text| serde_json::to_string(&text).unwrap())
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_added_field_raises_a_marker(key in key(), value in value(), place in 0usize..4) {
        let path = path_of(UUID);
        let anchor = ["{\"schema_version\"", "\"source_name\"", "\"name\": \"m1\"", "\"evaluation_name\""][place];
        let key = serde_json::to_string(&key).unwrap();
        let added = |start: &str| format!("{key}: {value}, {start}");
        let changed = match anchor.strip_prefix('{') {
            Some(rest) => record("Acme").replacen(anchor, &format!("{{{}", added(rest)), 1),
            None => record("Acme").replacen(anchor, &added(anchor), 1),
        };
        let mut world = World::with("stranger");
        // As an edit of what was fetched …
        world.project.write(&format!("content/datastore/{path}"), &changed);
        world.project.write("content/datastore/flat/indexes/by_collection/c.jsonl", &row(&path, &changed));
        if let Ok(explanation) = world.explain(&path) {
            prop_assert!(explanation.records[0].results.iter().all(|result| result.marker.code == CLAIMED));
        }
        // … and as what was fetched.
        world.put(&path, &changed);
        world.brought(&path, Some("stranger"), Some(7));
        world.fetched();
        if let Ok(explanation) = world.explain(&path) {
            let ladder = [CLAIMED, TRACED, KNOWN];
            prop_assert!(explanation.records[0].results.iter().all(|result| ladder.contains(&result.marker.code)));
        }
    }
    #[test]
    fn no_reading_of_the_hub_raises_a_marker(
        value in proptest::sample::select(vec!["50", "50.0", "0.5", "49.9", "0"]),
        verified in proptest::option::of(any::<bool>()),
        pull_request in proptest::option::of(0u64..9),
        has_token in any::<bool>(),
        is_echo in any::<bool>(),
        submitter in proptest::option::of(proptest::sample::select(vec!["stranger", "acme", "maker"])),
    ) {
        let world = World::with("stranger");
        let path = path_of(UUID);
        let codes = || {
            let explanation = world.explain(&path).unwrap();
            let results = &explanation.records[0].results;
            results.iter().map(|result| result.marker.code).collect::<Vec<_>>()
        };
        let before = codes();
        let submitter = submitter.map(str::to_owned);
        let source = is_echo.then(of_datastore);
        let fact = PostedFact { submitter, source, has_token, ..shown(value, verified, pull_request) };
        world.project.write("content/hub/posted.jsonl", &facts::write(vec![fact]).unwrap());
        prop_assert_eq!(codes(), before);
    }
}
