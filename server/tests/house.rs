//! The house's rules: who may know whom, who alone names a crate, and how long a file may grow.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Every file below a folder whose name ends so; built and fetched things left out.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() {
                if !["target", "node_modules", ".git", "test-results", "playwright-report"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The names under `[dependencies]`, without those of tests.
fn dependencies(krate: &str) -> Vec<String> {
    let text = read(&root().join(krate).join("Cargo.toml"));
    let section = text.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    section
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|n| !n.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn crates_know_whom_they_may() {
    let only = |krate: &str, allowed: &[&str]| {
        for name in dependencies(krate) {
            assert!(allowed.contains(&name.as_str()), "{krate} may not depend on {name}");
        }
    };
    only("app/domain", &["async-trait", "serde", "thiserror"]);
    only("migrations", &["sea-orm-migration"]);
    only("frontend", &["app", "console_error_panic_hook", "leptos", "wasm-bindgen"]);
    let never = |krate: &str, forbidden: &[&str]| {
        for name in dependencies(krate) {
            assert!(!forbidden.contains(&name.as_str()), "{krate} may not depend on {name}");
        }
    };
    never("app", &["sea-orm", "tokio", "oauth2", "lettre", "async-imap", "engine", "server", "migrations"]);
    never("server/engine", &["leptos", "leptos_axum", "axum", "tower-sessions", "app", "server"]);
    never("server", &["sea-orm", "async-imap", "lettre", "oauth2"]);
    assert!(read(&root().join("frontend/src/lib.rs")).lines().count() <= 12, "frontend is ten lines for ever");
}

#[test]
fn each_outside_crate_is_named_in_one_place() {
    let places: [(&str, &[&str]); 6] = [
        ("sea_orm", &["store.rs", "store/"]),
        ("async_imap", &["imap.rs", "imap/"]),
        ("lettre", &["smtp.rs", "smtp/", "compose.rs", "compose/"]),
        ("oauth2", &["oauth.rs", "oauth/"]),
        ("chacha20poly1305", &["vault.rs"]),
        ("SystemTime", &["clock.rs"]),
    ];
    let base = root().join("server/engine/src");
    for path in files("server/engine/src", &[".rs"]) {
        let inside = path.strip_prefix(&base).expect("below").display().to_string();
        let code: String =
            read(&path).lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for (name, allowed) in places {
            let named = code.contains(&format!("{name}::"))
                || code.contains(&format!("use {name}"))
                || (name == "SystemTime" && code.contains(name));
            assert!(
                !named || allowed.iter().any(|place| inside.starts_with(place)),
                "engine/src/{inside} names {name}"
            );
        }
        assert!(!code.contains("std::env::var"), "engine/src/{inside} reads the environment");
    }
}

#[test]
fn the_core_reads_no_clock_and_draws_nothing() {
    for path in files("app/domain/src", &[".rs"]) {
        let text = read(&path);
        for word in ["SystemTime", "Instant::now", "std::fs", "std::net", "rand::", "std::env"] {
            assert!(!text.contains(word), "{} holds {word}", path.display());
        }
    }
}

#[test]
fn a_file_is_one_noun() {
    for folder in ["app", "frontend", "server", "migrations", "style", "end2end", "script"] {
        for path in files(folder, &[".rs", ".css", ".mjs", ".js", ".ts"]) {
            let lines = read(&path).lines().count();
            assert!(lines <= 400, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn the_readme_lists_every_setting() {
    let readme = read(&root().join("README.md"));
    for line in read(&root().join("server/src/settings.rs")).lines() {
        if let Some(name) = line.trim().strip_prefix("Setting { name: \"").and_then(|rest| rest.split('"').next()) {
            assert!(readme.contains(&format!("`{name}`")), "README.md does not list {name}");
        }
    }
}
