//! What cargo does in that system, and what it says about our code.

use super::inside::Inside;
use crate::leash::{Leash, Output};
use crate::stop::{Outcome, not_passed};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

/// What takes this long hangs: seconds.
const LIMIT: &str = "2700";

/// The library is built with what is built: the system has none for others.
const LIBRARY: &str = "-Zbuild-std=std,panic_unwind";

/// Looks at all targets of all packages. Warnings are counted; those that tell of code that this system does not use, or of an expectation
/// that does not hold there, are refused. Not all are: the release moves on, and a newer compiler may warn of what ours does not know.
pub(super) fn clippy(inside: &Inside, target: &str, variables: &[(&str, &str)]) -> Outcome<usize> {
    let words = [
        "cargo",
        "clippy",
        "--locked",
        LIBRARY,
        "--target",
        target,
        "--workspace",
        "--all-targets",
        "--keep-going",
    ];
    let told = ["--message-format=json", "--", "-D", "unused", "-D", "unfulfilled_lint_expectations"];
    let mut warnings = 0;
    let done = follow(inside, &[&words[..], &told].concat(), variables, |message| {
        let text = message["message"]["rendered"].as_str().unwrap_or_default();
        let level = message["message"]["level"].as_str().unwrap_or_default();
        if message["reason"] == "compiler-message" && matches!(level, "warning" | "error") {
            eprint!("{text}");
            warnings += usize::from(level == "warning" && counts(text));
        }
    });
    done.map(|()| warnings)
}

/// The last line of a target's report is about those before it.
fn counts(rendered: &str) -> bool {
    !rendered.trim_end().ends_with(" emitted")
}

/// A program with tests in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tests {
    /// Of which package.
    pub(super) package: String,
    /// The target's name within it.
    pub(super) target: String,
    /// The package's folder, as it is called inside.
    pub(super) folder: String,
    /// The program, as it is called inside.
    pub(super) program: String,
}

/// Builds all programs of these packages and all tests of theirs.
pub(super) fn tests(inside: &Inside, target: &str, packages: &[&str]) -> Outcome<Vec<Tests>> {
    let mut words = vec![
        "cargo", "test", "--no-run", "--locked", LIBRARY, "--target", target, "--lib", "--bins", "--tests",
    ];
    for package in packages {
        words.extend(["--package", package]);
    }
    words.push("--message-format=json-render-diagnostics");
    let mut found = Vec::new();
    follow(inside, &words, &[], |message| found.extend(test(message)))?;
    Ok(found)
}

fn test(message: &Value) -> Option<Tests> {
    let word = |value: &Value| value.as_str().map(str::to_owned);
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    let folder = PathBuf::from(message["manifest_path"].as_str()?).parent()?.to_string_lossy().into_owned();
    // "path+file:///mnt/crates/core#partway-core@0.1.0" (The Cargo Book, "Package ID Specifications").
    let id = message["package_id"].as_str()?;
    let package = id.rsplit_once('#')?.1.split('@').next()?.to_owned();
    Some(Tests {
        package,
        target: word(&message["target"]["name"])?,
        folder,
        program: word(&message["executable"])?,
    })
}

/// Runs it and hands each of its messages on.
fn follow(
    inside: &Inside,
    words: &[&str],
    variables: &[(&str, &str)],
    mut each: impl FnMut(&Value),
) -> Outcome<()> {
    let command = inside.command(&[&["timeout", LIMIT], words].concat(), variables);
    let mut leash = Leash::start(&command, Output::Piped)?;
    let output = leash.output().ok_or_else(|| not_passed("cargo's output was taken already"))?;
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        // What programs print beside it is for the person.
        match serde_json::from_str(&line) {
            Ok(message) => each(&message),
            Err(_) => println!("{line}"),
        }
    }
    let status = leash.wait(None)?;
    if status.success() {
        Ok(())
    } else {
        Err(not_passed(format!("`{}` ended with {status}", words.join(" "))))
    }
}

#[cfg(test)]
mod tests_of_it {
    use super::*;

    #[test]
    fn programs_with_tests_are_found_among_cargos_messages() {
        let message = serde_json::json!({
            "reason": "compiler-artifact", "package_id": "path+file:///mnt/crates/core#partway-core@0.1.0",
            "manifest_path": "/mnt/crates/core/Cargo.toml", "target": {"name": "it", "kind": ["test"]},
            "profile": {"test": true}, "executable": "/out/x/debug/deps/it-1.exe"});
        let found = test(&message).unwrap();
        assert_eq!((&*found.package, &*found.target), ("partway-core", "it"));
        assert_eq!((&*found.folder, &*found.program), ("/mnt/crates/core", "/out/x/debug/deps/it-1.exe"));
        let mut program = message;
        program["profile"]["test"] = false.into();
        assert_eq!(test(&program), None);
    }

    #[test]
    fn the_sum_of_warnings_is_no_warning() {
        assert!(counts("warning: unused import: `Path`\n --> a.rs:1\n"));
        assert!(!counts("warning: 2 warnings emitted\n\n"));
    }
}
