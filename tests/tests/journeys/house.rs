//! The house keeps its own rules: who knows whom, how long a file is, what is never written.

mod called;
mod circles;
mod map;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Who may know whom, from ARCHITECTURE.md. Whoever is not named here knows nobody of ours.
const ARROWS: &[(&str, &[&str])] = &[
    ("partway-http", &["partway-core"]),
    ("partway-keychain", &["partway-core"]),
    ("partway-api", &["partway-core"]),
    ("partway-provider", &["partway-core"]),
    ("partway-providers", &["partway-core", "partway-http", "partway-provider"]),
    ("partway-engine", &["partway-core", "partway-http", "partway-provider"]),
    (
        "partway-app",
        &[
            "partway-api",
            "partway-core",
            "partway-engine",
            "partway-http",
            "partway-keychain",
            "partway-provider",
            "partway-providers",
        ],
    ),
    ("partway-bridge", &["partway-api", "partway-app"]),
    ("partway-cli", &["partway-api", "partway-app", "partway-bridge"]),
    ("partway", &["partway-api", "partway-app", "partway-bridge"]),
];

/// Lines of a file of ours, at most.
const LONGEST: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[test]
fn nobody_knows_more_than_the_house_allows() {
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    let ours: BTreeSet<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    assert!(ours.len() >= 12, "{ours:?}");
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let allowed = ARROWS.iter().find(|(from, _)| *from == name).map_or(&[][..], |(_, to)| to);
        // What only tests know is free: they put things together that otherwise never meet.
        let known = package.dependencies.iter().filter(|one| one.kind != DependencyKind::Development);
        for to in known.map(|dependency| dependency.name.as_str()) {
            if ours.contains(to) && !allowed.contains(&to) {
                wrong.push(format!("{name} knows {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A tracked text file: its path from the root, and what is in it.
struct Tracked {
    path: String,
    text: String,
}

/// All of them; pictures and fonts have no text.
fn tracked() -> Vec<Tracked> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).unwrap();
    let files: Vec<_> = names
        .split_terminator('\0')
        // One that was removed and not committed yet is not there to read.
        .filter_map(|path| Some((path, std::fs::read(root().join(path)).ok()?)))
        .filter_map(|(path, bytes)| {
            Some(Tracked { path: path.to_owned(), text: String::from_utf8(bytes).ok()? })
        })
        .collect();
    assert!(files.len() > 100, "only {} files are tracked", files.len());
    files
}

/// Files with these words in them, this one aside where it only forbids them.
fn holding(files: &[Tracked], of: impl Fn(&str) -> bool, words: &str) -> Vec<String> {
    let found = files.iter().filter(|file| of(&file.path) && file.text.contains(words));
    found.map(|file| format!("{}: {words}", file.path)).collect()
}

fn ends(path: &str, types: &[&str]) -> bool {
    types.iter().any(|one| path.ends_with(one))
}

#[test]
fn no_file_of_ours_is_longer_than_a_reader_holds_in_mind() {
    let ours = |path: &str| {
        let written = [".rs", ".ts", ".svelte", ".css", ".js", ".py", ".sh", ".sql", ".toml", ".json"];
        ends(path, &written) && !ends(path, &["package-lock.json"])
    };
    let long: Vec<_> = tracked()
        .iter()
        .filter(|file| ours(&file.path) && file.text.lines().count() > LONGEST)
        .map(|file| format!("{}: {} lines", file.path, file.text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_rust_file_begins_with_what_it_is() {
    let files = tracked();
    let mute: Vec<_> = files
        .iter()
        .filter(|file| ends(&file.path, &[".rs"]))
        .filter(|file| {
            !file
                .text
                .lines()
                .find(|line| !line.starts_with("// "))
                .is_some_and(|line| line.starts_with("//!"))
        })
        .map(|file| &file.path)
        .collect();
    assert!(mute.is_empty(), "{mute:#?}");
}

#[test]
fn no_lint_is_silenced_for_good() {
    let rust = |path: &str| ends(path, &[".rs"]);
    for words in [concat!("#[al", "low("), concat!("#![al", "low(")] {
        assert_eq!(holding(&tracked(), rust, words), Vec::<String>::new());
    }
}

#[test]
fn nothing_of_one_machine_is_written_down() {
    let files = tracked();
    // Written in two, so that this file does not hold them.
    for words in [concat!("/wo", "rk/"), concat!("/ro", "ot/")] {
        assert_eq!(holding(&files, |_| true, words), Vec::<String>::new());
    }
}

#[test]
fn packages_come_from_the_public_registries_only() {
    let files = tracked();
    let lock =
        |name: &str| files.iter().find(|file| file.path == name).map(|file| file.text.as_str()).unwrap();
    let sources = lock("Cargo.lock").lines().filter_map(|line| line.strip_prefix("source = "));
    let crates_io = "\"registry+https://github.com/rust-lang/crates.io-index\"";
    let others: BTreeSet<_> = sources.filter(|source| *source != crates_io).collect();
    assert!(others.is_empty(), "{others:#?}");
    let resolved = lock("ui/package-lock.json").lines().filter(|line| line.contains("\"resolved\": "));
    let others: Vec<_> = resolved.filter(|line| !line.contains("\"https://registry.npmjs.org/")).collect();
    assert!(others.is_empty(), "{others:#?}");
    for words in ["replace-with", "index-url", "registry="] {
        let settings =
            |path: &str| ends(path, &[".cargo/config.toml", ".npmrc", "requirements.txt", "pip.conf"]);
        assert_eq!(holding(&files, settings, words), Vec::<String>::new());
    }
}

#[test]
fn the_window_talks_to_the_shell_in_one_place() {
    let elsewhere = |path: &str| {
        path.starts_with("ui/src/")
            && ends(path, &[".ts", ".svelte", ".js"])
            && !path.starts_with("ui/src/lib/backend/")
    };
    assert_eq!(holding(&tracked(), elsewhere, "@tauri-apps"), Vec::<String>::new());
}

#[test]
fn the_library_crates_print_nothing_and_read_no_environment() {
    const LIBRARIES: [&str; 8] =
        ["core", "provider", "providers", "http", "engine", "keychain", "api", "bridge"];
    let files = tracked();
    let library = |path: &str| {
        LIBRARIES.iter().any(|name| path.starts_with(&format!("crates/{name}/src/")))
            && !ends(path, &["tests.rs", "default_folder.rs"])
    };
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| library(&file.path)) {
        let code = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        for words in ["println!", "dbg!(", "env::var", "env::home_dir", "process::exit"] {
            if code.lines().any(|line| line.contains(words) && !line.trim_start().starts_with("//")) {
                wrong.push(format!("{}: {words}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_tests_that_the_promise_names_are_there() {
    let files = tracked();
    let readme = files.iter().find(|file| file.path == "README.md").unwrap();
    // [`name`](path)
    let links = readme.text.split("[`").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once("`](")?;
        Some((name, rest.split_once(')')?.0))
    });
    let tests: Vec<_> = links.filter(|(_, path)| ends(path, &[".rs", ".ts"])).collect();
    assert!(tests.len() >= 6, "the promise has six lines: {tests:?}");
    for (name, path) in tests {
        let file = files.iter().find(|file| file.path == path);
        assert!(file.is_some_and(|file| file.text.contains(name)), "{path} has no {name}");
    }
}
