//! `serve`: what browsers get, what they are told, and what nobody gets.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use evalcards::lock::Lock;

use crate::project::Project;
use crate::server::Server;

const CARD: &str = "/models/made-up/model-one.html";

fn serve(project: &Project) -> Server {
    Server::start(project.command(&["serve", "--port", "0", "--json"]))
}

#[test]
fn pages_are_served_from_memory_with_the_script_that_reloads_them() {
    let project = Project::from("two-sources");
    let server = serve(&project);
    for path in ["/", "/index.html", "/models.html", CARD, "/models/made-up/model-one", "/models.html?x=1"] {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.head.contains("text/html; charset=utf-8"), "{}", answer.head);
        assert!(answer.body.contains("<script src=\"/.evalcards/reload.js\""), "{path}");
    }
    assert!(server.get("/.evalcards/reload.js").body.contains("EventSource"));
    assert!(!project.path("site").exists());
    project.build(&[]);
    assert!(!project.read("site/pages/index.html").contains("reload.js"));
}

#[test]
fn nothing_outside_the_site_is_served_and_nobody_else_is() {
    let project = Project::from("two-sources");
    project.write("secret.txt", "secret");
    let server = serve(&project);
    for path in ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//etc/passwd", "/secret.txt", "/nothing"]
    {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.body.contains("Page not found") && answer.body.contains(&server.url()), "{path}");
    }
    assert!(server.address.starts_with("127.0.0.1:"), "{}", server.address);
    // A name that somebody points at our address, to read with our visitor's browser.
    assert_eq!(server.ask("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").status, 403);
    let post = format!("POST / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", server.address);
    assert_eq!(server.ask(&post).status, 405);
}

#[test]
fn a_change_of_metadata_template_style_or_record_reloads_the_browser() {
    let project = Project::from("two-sources");
    let server = serve(&project);
    let mut events = server.events();
    let mut version = events.next()["version"].clone();
    let mut changed = |what: &str| {
        let status = events.next();
        assert!(status["error"].is_null() && status["version"] != version, "{what}: {status}");
        version = status["version"].clone();
    };
    let meta = "content/models/made-up/model-one.md";
    project.write(meta, &project.read(meta).replace("apache-2.0", "mit"));
    changed("metadata");
    assert!(server.get(CARD).body.contains("mit"));

    project.write("templates/page.html", "<body>An own template: {{ page.title }}</body>");
    changed("a template, in a folder that was not there");
    assert!(server.get("/methodology.html").body.contains("An own template: "));

    project.write("templates/variables.css", ":root { --accent: #a00 }");
    changed("the stylesheet");
    let page = server.get("/").body;
    let style = page.split("href=\"").find(|part| part.starts_with("assets/style")).unwrap();
    let style = style.split('"').next().unwrap();
    assert!(server.get(&format!("/{style}")).body.ends_with("--accent: #a00 }"));

    let record = crate::project::fixtures().join("minimal/content/datastore/data/c/made-up/model-1");
    let record = fs::read_dir(record).unwrap().next().unwrap().unwrap().path();
    project.write("content/datastore/data/new/made-up/model-1/x.json", &fs::read_to_string(record).unwrap());
    changed("a record");
    assert_eq!(server.get("/models/made-up/model-1.html").status, 200);

    project.write("content/site.yaml", "title: Another title\n");
    changed("site.yaml");
    assert!(server.get("/").body.contains("Another title"));
}

#[test]
fn rows_of_samples_come_and_go_with_the_setting() {
    let project = crate::excerpts::with(&crate::excerpts::rows(), "", serde_json::json!({}));
    for (path, _) in project.files("content/datastore") {
        age(&project, &format!("content/datastore/{path}"));
    }
    let server = serve(&project);
    let mut events = server.events();
    events.next();
    let is_shown = || server.get("/models/lab/a.html").body.contains("Secret question");
    assert!(!is_shown());
    for (samples, expected) in [("samples: {excerpts: 1}\n", true), ("", false)] {
        project.write("content/site.yaml", &format!("title: Samples\n{samples}"));
        events.next();
        assert_eq!(is_shown(), expected, "{samples}");
    }
}

/// Gives a file a time that is long ago.
fn age(project: &Project, path: &str) {
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options().write(true).open(project.path(path)).unwrap().set_modified(long_ago).unwrap();
}

#[test]
fn only_records_whose_files_changed_are_read_again() {
    let project = Project::from("two-sources");
    let folder = "content/datastore/data/lab-a/made-up/Model-One";
    let name = fs::read_dir(project.path(folder)).unwrap().next().unwrap().unwrap().file_name();
    let a = format!("{folder}/{}", name.to_str().unwrap());
    let text = project.read(&a).replace("0.637", "0.81234");
    project.write(&a, &text);
    age(&project, &a);
    let server = serve(&project);
    let mut events = server.events();
    events.next();
    assert!(server.get(CARD).body.contains("0.81234"));

    // A file of the same size and time is taken for the same, so nothing was read.
    project.write(&a, &text.replace("0.81234", "0.84321"));
    age(&project, &a);
    events.next();
    assert!(server.get(CARD).body.contains("0.81234"));

    // Another time is enough.
    project.write(&a, &text.replace("0.81234", "0.84321"));
    events.next();
    assert!(server.get(CARD).body.contains("0.84321"));

    // One that was written a moment ago is never taken for the same.
    project.write(&a, &text.replace("0.81234", "0.85678"));
    events.next();
    assert!(server.get(CARD).body.contains("0.85678"));

    fs::remove_file(project.path(&a)).unwrap();
    events.next();
    assert!(!server.get(CARD).body.contains("0.85678"));
}

#[test]
fn findings_about_records_stay_when_only_metadata_changes_and_a_new_lock_is_heeded() {
    let project = Project::from("flat");
    let mut lock = Lock::new("evaleval/EEE_datastore", &"ab".repeat(20));
    project.write("content/datastore.lock", &lock.to_text());
    let server = serve(&project);
    server.wait_for("warning[lock-differs]");
    project.write("content/collections.yaml", "collections:\n  - {id: shop, name: A shop}\n");
    server.wait_for("Rebuilt in");
    // Told once, they are not told again with the next change.
    project.write("content/datastore/data/own/x/y/new.json", "{");
    server.wait_for("Rebuilt in");
    lock.revision = "cd".repeat(20);
    project.write("content/datastore.lock", &lock.to_text().replace("checksum", "checksun"));
    let said = server.wait_for("broken-lock");
    assert!(!said.contains("lock-differs"), "{said}");
}

#[test]
fn a_day_that_cannot_be_is_told_once_however_often_the_site_changes() {
    let project = Project::from("two-sources");
    let folder = "content/datastore/data/lab-a/made-up/Model-One";
    let name = fs::read_dir(project.path(folder)).unwrap().next().unwrap().unwrap().file_name();
    let path = format!("{folder}/{}", name.to_str().unwrap());
    let mut record: serde_json::Value = serde_json::from_str(&project.read(&path)).unwrap();
    record["evaluation_results"][0]["evaluation_timestamp"] = "2099-12-31".into();
    project.write(&path, &record.to_string());
    let server = serve(&project);
    server.wait_for("impossible-day");
    let mut said = String::new();
    for name in ["A shop", "A market", "A stall"] {
        project.write("content/collections.yaml", &format!("collections:\n  - {{id: shop, name: {name}}}\n"));
        said += &server.wait_for("Rebuilt in");
        // What is new is told after that, so that of the last round stays untold.
        record["source_metadata"]["source_name"] = name.into();
        project.write(&path, &record.to_string());
        said += &server.wait_for("Rebuilt in");
    }
    assert!(!said.contains("impossible-day"), "{said}");
}

#[test]
fn a_mistake_is_shown_in_browser_and_terminal_and_the_last_good_site_stays() {
    let project = Project::from("two-sources");
    let server = serve(&project);
    let mut events = server.events();
    let first = events.next();
    let card = server.get(CARD).body;
    let meta = "content/models/made-up/model-one.md";
    let good = project.read(meta);
    let mistakes = [
        (meta, good.replacen("name:", " name:", 1), "model-one.md"),
        ("content/site.yaml", "titel: A\n".to_owned(), "did you mean `title`?"),
        ("templates/model.html", "one\n{% if %}\n".to_owned(), ">    2 | {% if %}"),
    ];
    for (file, text, told) in mistakes {
        let before = fs::read_to_string(project.path(file)).ok();
        project.write(file, &text);
        let status = loop {
            let status = events.next();
            if !status["error"].is_null() {
                break status;
            }
        };
        assert!(status["error"].as_str().unwrap().contains(told), "{status}");
        assert_eq!(status["version"], first["version"]);
        server.wait_for("The last good site stays.");
        assert_eq!(server.get(CARD).body, card);
        match before {
            Some(before) => project.write(file, &before),
            None => fs::remove_file(project.path(file)).unwrap(),
        }
        let status = events.next();
        assert!(status["error"].is_null(), "{status}");
    }
}

#[test]
fn a_page_that_cannot_be_made_is_told_even_if_nobody_looks_at_it() {
    let project = Project::from("two-sources");
    let server = serve(&project);
    let card = server.get(CARD).body;
    let mut events = server.events();
    events.next();
    project.write("templates/model.html", "<body>\n{{ page.nothing_of_this_name }}\n");
    let error = loop {
        if let Some(error) = events.next()["error"].as_str() {
            break error.to_owned();
        }
    };
    assert!(error.contains("template model.html, line 2") && error.contains(">    2 | {{ page.noth"), "{error}");
    // The card that was looked at stays; one that never was says why it is not there.
    let body = |page: &str| page.split("<script src").next().unwrap().to_owned();
    assert_eq!(body(&server.get(CARD).body), body(&card));
    let other = server.get("/models/made-up/model-two.html");
    assert!(other.status == 500 || other.status == 404, "{}", other.status);
}

#[test]
fn a_busy_port_and_a_foreign_address_are_explained() {
    let project = Project::from("two-sources");
    let server = serve(&project);
    let port = server.address.rsplit_once(':').unwrap().1;
    let run = project.run(&["serve", "--port", port]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains(&format!("port {port} is in use by another program")), "{}", run.stderr);
    assert!(run.stderr.contains("--port 0"), "{}", run.stderr);
    let run = project.run(&["serve", "--host", "192.0.2.1", "--port", "0"]);
    assert!(run.stderr.contains("192.0.2.1 is not an address of this machine"), "{}", run.stderr);
}
