//! What `Cargo.toml` promises: which Rust is old enough.

use std::process::Command;

use serde_json::Value;

/// `1.89` and `1.89.0` as what can be compared.
fn version(text: &str) -> Vec<u32> {
    let mut parts: Vec<u32> = text.split('.').map(|part| part.parse().unwrap()).collect();
    parts.resize(3, 0);
    parts
}

#[test]
fn no_dependency_wants_a_newer_rust_than_is_stated() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--locked", "--format-version", "1"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = cargo.output().unwrap();
    // It wants the crates of all systems, and those of others may be missing where there is no network.
    if !output.status.success() {
        println!("SKIPPED: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let stated = version(env!("CARGO_PKG_RUST_VERSION"));
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "{}", packages.len());
    for package in packages {
        let Some(wanted) = package["rust_version"].as_str() else { continue };
        assert!(version(wanted) <= stated, "{} {} wants Rust {wanted}", package["name"], package["version"]);
    }
}

#[test]
fn the_documentation_names_the_stated_rust() {
    for (file, text) in [
        ("README.md", include_str!("../../README.md")),
        ("CONTRIBUTING.md", include_str!("../../.github/CONTRIBUTING.md")),
    ] {
        assert!(text.contains(concat!(" ", env!("CARGO_PKG_RUST_VERSION"), " or later")), "{file}");
    }
}
