//! What reaches the disk: only what changed, only what is ours, and nothing by halves.

use std::collections::BTreeMap;
use std::fs;
use std::time::SystemTime;

use crate::project::Project;

fn times(project: &Project) -> BTreeMap<String, SystemTime> {
    project
        .files("site")
        .into_keys()
        .map(|path| (path.clone(), fs::metadata(project.path("site").join(path)).unwrap().modified().unwrap()))
        .collect()
}

#[test]
fn two_builds_give_the_same_bytes_with_one_and_with_sixteen_jobs() {
    for fixture in ["two-sources", "flat", "hostile-strings"] {
        let project = Project::from(fixture);
        project.build(&["--jobs", "1", "--out", "one"]);
        project.build(&["--jobs", "16", "--out", "sixteen"]);
        assert!(project.files("one") == project.files("sixteen"), "{fixture}");
    }
}

#[test]
fn an_unchanged_rebuild_writes_nothing() {
    let project = Project::from("two-sources");
    let first = project.build(&[]);
    assert_eq!((first["up_to_date"].as_bool(), first["files"]["unchanged"].as_u64()), (Some(false), Some(0)));
    let before = times(&project);
    let second = project.build(&[]);
    assert_eq!((second["up_to_date"].as_bool(), second["files"]["written"].as_u64()), (Some(true), Some(0)));
    assert_eq!(second["files"]["unchanged"], first["files"]["written"]);
    assert_eq!(times(&project), before);
}

#[test]
fn findings_are_told_again_by_a_rebuild_that_has_nothing_to_do() {
    let project = Project::from("invalid-metadata");
    let first = project.run(&["build", "--verbose"]).stderr;
    let second = project.run(&["build", "--verbose"]);
    assert!(second.stdout.contains("up to date"));
    assert_eq!(second.stderr, first);
}

#[test]
fn a_change_rewrites_only_the_pages_it_touches() {
    let project = Project::from("two-sources");
    project.build(&[]);
    let before = times(&project);
    let meta = project.read("content/models/made-up/model-one.md");
    project.write("content/models/made-up/model-one.md", &meta.replace("apache-2.0", "mit"));
    project.build(&[]);
    let is_touched = |(path, time): &(String, _)| before.get(path) != Some(time);
    let touched: Vec<String> = times(&project).into_iter().filter(is_touched).map(|(path, _)| path).collect();
    // The page, the same as data, the tables that have a row of it, and the list by which models are
    // filtered, with its name.
    let (lists, others): (Vec<_>, Vec<_>) = touched.iter().partition(|path| path.starts_with("pages/assets/lists/"));
    assert!(lists.len() == 1 && lists[0].starts_with("pages/assets/lists/models."), "{touched:?}");
    let expected = [
        "pages/api/v1/data/models-1.jsonl.gz",
        "pages/api/v1/data/models.parquet",
        "pages/api/v1/models.csv",
        "pages/api/v1/models/made-up/model-one.json",
        "pages/assets/data.js",
        "pages/models/made-up/model-one.html",
    ];
    assert_eq!(others, expected);
}

#[test]
fn a_page_that_somebody_edited_is_made_anew() {
    let project = Project::from("minimal");
    project.build(&[]);
    let page = project.read("site/pages/models.html");
    project.write("site/pages/models.html", &page.replace("Models", "Modals"));
    let report = project.build(&[]);
    assert_eq!((report["up_to_date"].as_bool(), report["files"]["written"].as_u64()), (Some(false), Some(1)));
    assert_eq!(project.read("site/pages/models.html"), page);
}

#[test]
fn what_a_build_no_longer_makes_is_removed_and_foreign_files_stay() {
    let project = Project::from("two-sources");
    project.build(&[]);
    project.write("site/pages/CNAME", "cards.example");
    project.write("site/pages/models/made-up/mine.txt", "mine");
    project.write("site/notes.txt", "notes");
    fs::remove_dir_all(project.path("content/datastore/data/lab-b")).unwrap();
    let report = project.build(&[]);
    assert!(report["files"]["removed"].as_u64().unwrap() >= 2, "{report}");
    assert!(!project.path("site/pages/models/made-up/model-two.html").exists());
    assert!(!project.path("site/hub/made-up/model-two").exists(), "empty folders go too");
    assert_eq!(project.read("site/pages/CNAME"), "cards.example");
    assert_eq!(project.read("site/pages/models/made-up/mine.txt"), "mine");
    project.build(&["--clean"]);
    assert_eq!(project.read("site/notes.txt"), "notes");
}

#[test]
fn a_folder_that_is_not_ours_is_refused_and_left_as_it_is() {
    let project = Project::from("minimal");
    project.write("site/thesis.txt", "years of work");
    let run = project.run(&["build"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("contains `thesis.txt`") && run.stderr.contains("--out"), "{}", run.stderr);
    assert_eq!(project.files("site").len(), 1);
}

#[test]
fn a_folder_with_only_hidden_files_counts_as_empty() {
    let project = Project::from("minimal");
    project.write("site/.gitignore", "*\n");
    project.build(&[]);
    assert_eq!(project.read("site/.gitignore"), "*\n");
}

#[test]
fn a_foreign_file_in_the_way_is_not_overwritten() {
    let project = Project::from("minimal");
    project.build(&[]);
    project.write("site/pages/about.html", "my own page");
    project.write("content/pages/about.md", "---\ntitle: About\n---\nWords.\n");
    let run = project.run(&["build"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("about.html is in the way"), "{}", run.stderr);
    assert_eq!(project.read("site/pages/about.html"), "my own page");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let project = Project::from("minimal");
    fs::create_dir_all(project.path("elsewhere")).unwrap();
    project.build(&[]);
    fs::remove_dir_all(project.path("site/pages/models")).unwrap();
    std::os::unix::fs::symlink(project.path("elsewhere"), project.path("site/pages/models")).unwrap();
    let run = project.run(&["build"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("pages/models is in the way"), "{}", run.stderr);
    assert_eq!(fs::read_dir(project.path("elsewhere")).unwrap().count(), 0);
}

#[test]
fn a_list_of_files_that_leads_outside_is_refused() {
    let project = Project::from("minimal");
    project.build(&[]);
    project.write("precious.txt", "precious");
    let list = project.read("site/.evalcards/files");
    project.write("site/.evalcards/files", &format!("{list}{}  ../precious.txt\n", "0".repeat(64)));
    let run = project.run(&["build", "--clean"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("damaged"), "{}", run.stderr);
    assert_eq!(project.read("precious.txt"), "precious");
}

#[test]
fn files_of_an_interrupted_build_are_known_to_the_next() {
    let project = Project::from("minimal");
    project.build(&[]);
    // As a kill leaves it: a file was announced and written, its temporary too, and no state was noted.
    let list = project.read("site/.evalcards/files");
    project.write("site/.evalcards/files", &format!("{}  pages/old.html\n{list}", "-".repeat(64)));
    project.write("site/pages/old.html", "half");
    let token = project.read("site/.evalcards/token");
    project.write(&format!("site/pages/old.html.{token}.tmp"), "ha");
    project.write(&format!("site/pages/index.html.{token}.tmp"), "ha");
    project.write("site/pages/index.html.mine.tmp", "mine");
    fs::remove_file(project.path("site/.evalcards/build.json")).unwrap();
    let report = project.build(&[]);
    assert_eq!(report["files"]["removed"], 1);
    let clean = Project::from("minimal");
    clean.build(&[]);
    assert_eq!(project.read("site/pages/index.html.mine.tmp"), "mine");
    fs::remove_file(project.path("site/pages/index.html.mine.tmp")).unwrap();
    assert!(project.files("site") == clean.files("site"));
}

#[cfg(unix)]
#[test]
fn nothing_is_removed_or_read_through_a_link() {
    use std::os::unix::fs::symlink;
    let project = Project::from("two-sources");
    project.build(&[]);
    project.write("elsewhere/model-two.html", "precious");
    fs::remove_dir_all(project.path("site/pages/models/made-up")).unwrap();
    symlink(project.path("elsewhere"), project.path("site/pages/models/made-up")).unwrap();
    for arguments in [&["build", "--clean"][..], &["build"]] {
        assert_eq!(project.run(arguments).code, 1);
    }
    fs::remove_dir_all(project.path("content/datastore/data/lab-b")).unwrap();
    project.run(&["build"]);
    assert_eq!(project.read("elsewhere/model-two.html"), "precious");
}

#[cfg(unix)]
#[test]
fn links_in_the_places_of_our_own_files_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let project = Project::from("minimal");
    project.build(&[]);
    let token = project.read("site/.evalcards/token");
    project.write("precious.txt", "precious");
    let places = [
        format!("site/pages/index.html.{token}.tmp"),
        "site/pages/404.html".to_owned(),
        "site/.evalcards/build.json".to_owned(),
    ];
    for place in &places {
        let _ = fs::remove_file(project.path(place));
        symlink(project.path("precious.txt"), project.path(place)).unwrap();
    }
    fs::remove_file(project.path("site/pages/index.html")).unwrap();
    project.build(&[]);
    assert_eq!(project.read("precious.txt"), "precious");
    assert!(fs::symlink_metadata(project.path("site/pages/404.html")).unwrap().is_file());
    for own in ["lock", "files"] {
        let kept = project.path("kept");
        fs::rename(project.path(&format!("site/.evalcards/{own}")), &kept).unwrap();
        symlink(project.path("made-by-us"), project.path(&format!("site/.evalcards/{own}"))).unwrap();
        let run = project.run(&["build", "--clean"]);
        assert!(run.code == 1 && !project.path("made-by-us").exists(), "{own}: {}", run.stderr);
        fs::remove_file(project.path(&format!("site/.evalcards/{own}"))).unwrap();
        fs::rename(&kept, project.path(&format!("site/.evalcards/{own}"))).unwrap();
    }
    // The folder of our notes as a link: refused.
    fs::rename(project.path("site/.evalcards"), project.path("notes")).unwrap();
    symlink(project.path("notes"), project.path("site/.evalcards")).unwrap();
    let run = project.run(&["build"]);
    assert!(run.code == 1 && run.stderr.contains(".evalcards is not a folder"), "{}", run.stderr);
}

#[test]
fn folders_whose_names_continue_each_other_are_made_in_any_order() {
    let project = Project::empty();
    for owner in 0..30 {
        for name in ["m", "m-a", "m.b", "m-a-c", "m0"] {
            let id = format!("o{owner}/{name}");
            let text = include_str!(
                "../fixtures/minimal/content/datastore/data/c/made-up/model-1/0b0b6a3e-5d5f-4c0e-9d8e-000000000001.json"
            );
            project.write(
                &format!("content/datastore/data/c/{id}/x.json"),
                &text.replace("made-up/model-1", &id).replace("Quiz", "GSM8K"),
            );
        }
    }
    for run in 0..5 {
        let report = project.build(&["--jobs", "16", "--out", &format!("out-{run}")]);
        assert_eq!(report["hub"]["yaml_files"], 150);
    }
}
