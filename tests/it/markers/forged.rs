//! Names, accounts and signs that look like what only the site may say win nothing, and say nothing.

use super::KNOWN;
use super::world::*;

#[test]
fn no_likeness_of_a_name_makes_it_the_organisation() {
    for source in [
        "\u{410}cme",    // a Cyrillic letter
        "Ac\u{200d}me",  // a joiner of no width
        "Acme\u{200b}",  //
        "\u{202e}emcA",  // turned around
        "\u{ff21}cme",   // full width
        "ACME",          //
        "Acme-AI",       //
        "acme.",         //
        "Acme \u{2713}", //
        "<b>Acme</b>",   //
        "Acme</td><b>✓ Submitted by the named source</b>",
    ] {
        let mut world = World::new();
        world.put(&path_of(UUID), &record(source));
        world.brought(&path_of(UUID), Some("acme-official"), Some(7));
        world.fetched();
        assert_eq!(world.level(&path_of(UUID)), KNOWN, "{source:?}");
        // Nor does an attestation for Acme help a record that does not name Acme.
        world.attest_acme("acme-official", &path_of(UUID), "");
        assert_eq!(world.level(&path_of(UUID)), KNOWN, "{source:?}");
    }
}

#[test]
fn spaces_around_a_name_are_not_read_and_win_nothing() {
    let mut world = World::new();
    world.put(&path_of(UUID), &record(" Acme\u{a0}"));
    world.brought(&path_of(UUID), Some("stranger"), Some(7));
    world.fetched();
    assert_eq!(world.level(&path_of(UUID)), KNOWN);
}

#[test]
fn no_likeness_of_an_account_makes_it_the_official_one() {
    for account in ["Acme-Official", "acme-official ", "acme_official", "\u{430}cme-official", "acme-official\u{200b}"]
    {
        assert_eq!(World::with(account).level(&path_of(UUID)), KNOWN, "{account:?}");
    }
}

#[test]
fn markup_and_check_marks_of_a_record_do_not_reach_the_page() {
    let mut world = World::new();
    world.put(&path_of(UUID), &record("✓ Acme \u{202e}✅ <i class=\"mk submitted_by_source\">x</i>"));
    world.fetched();
    world.project.build(&[]);
    let mut shown = 0;
    for (path, bytes) in world.project.files("site/pages") {
        let page = String::from_utf8_lossy(&bytes);
        // The example on the page of markers is the site's own.
        let is_own = ["markers.html", "methodology.html"].contains(&path.as_str());
        if is_own || ![".html", ".js", ".atom", ".svg"].iter().any(|end| path.ends_with(end)) {
            continue;
        }
        assert!(!page.contains(['✓', '✅', '\u{202e}']), "{path}");
        assert!(!page.contains("class=\"mk submitted_by_source\""), "{path}");
        shown += usize::from(path.starts_with("assets/") && page.contains("\u{fffd} Acme"));
    }
    // Search, the list of evaluators, the list of models and the comparison name it.
    assert!(shown >= 4, "{shown}");
}

#[test]
fn a_name_that_says_the_words_of_a_marker_stands_in_quotation_marks_everywhere() {
    let mut world = World::new();
    let forged = record("Submitted by the named source").replace("maker/m1", "maker/Submitter known");
    world.put(&path_of(UUID), &forged.replace("GSM8K", "Traced to a public record"));
    world.fetched();
    world.project.build(&[]);
    for (page, name) in [
        ("evaluators.html", "Submitted by the named source"),
        ("models.html", "Submitter known"),
        ("benchmarks.html", "Traced to a public record"),
    ] {
        let page = world.project.main_of(page);
        let n = page.matches(&format!("“{name}”")).count();
        assert!(n > 0 && !page.contains(&format!(">{name}</a>")), "{name}: {page}");
    }
    for table in ["api/v1/models.csv", "api/v1/evaluators.csv", "api/v1/benchmarks.csv", "feed.atom"] {
        assert!(world.project.read(&format!("site/pages/{table}")).contains('“'), "{table}");
    }
}
