//! Holds what is written elsewhere about `cargo xtask` against what there is, and the CI's workflows against what such files must not do.

use crate::Arguments;
use clap::Parser;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files_in(folder: &str, ending: &str) -> Vec<PathBuf> {
    let names = fs::read_dir(root().join(folder)).unwrap().flatten().map(|entry| entry.path());
    names.filter(|path| path.extension().is_some_and(|found| found == ending)).collect()
}

/// Each with its name, in order.
fn workflows() -> Vec<(PathBuf, String)> {
    let mut files = files_in(".github/workflows", "yml");
    files.sort();
    assert!(!files.is_empty());
    files.into_iter().map(|file| (file.clone(), fs::read_to_string(file).unwrap())).collect()
}

/// The words after each `cargo xtask` of a text, up to what ends a command there. Words that stand for others are filled in.
fn commands(text: &str) -> Vec<Vec<String>> {
    let ends = |c: char| matches!(c, '\n' | '`' | '#' | '"' | ',' | ';' | ')');
    text.split("cargo xtask ")
        .skip(1)
        .map(|rest| {
            rest.split(ends).next().unwrap().replace("${{ matrix.kind }}", "nsis").replace("STEP", "fmt")
        })
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .collect()
}

#[test]
fn every_command_that_is_written_down_is_one_that_there_is() {
    let mut files = files_in("docs", "md");
    files.extend(["README.md", "CONTRIBUTING.md", ".ci/run"].map(|name| root().join(name)));
    files.extend(workflows().into_iter().map(|(file, _)| file));
    let mut seen = 0;
    for file in files {
        for words in commands(&fs::read_to_string(&file).unwrap()) {
            seen += 1;
            let line = ["cargo xtask".to_owned()].into_iter().chain(words.clone());
            if let Err(why) = Arguments::try_parse_from(line) {
                panic!("{}: cargo xtask {}\n{why}", file.display(), words.join(" "));
            }
        }
    }
    assert!(seen > 10, "only {seen} commands were found");
}

/// A tag can be moved to other code, a commit cannot.
#[test]
fn every_action_is_named_by_its_commit() {
    for (file, text) in workflows() {
        for line in text.lines().filter(|line| line.contains("uses:")) {
            let commit = line.split_once('@').unwrap().1.split_whitespace().next().unwrap();
            let exact = commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
            assert!(exact && line.contains(" # "), "{}: {line}", file.display());
        }
    }
}

/// It may read the sources and no more, and no later step finds the key that it read them with.
#[test]
fn a_workflow_may_read_and_nothing_else() {
    for (file, text) in workflows() {
        let rights: Vec<_> =
            text.lines().filter(|line| line.trim_start().starts_with("permissions")).collect();
        assert_eq!(rights, ["permissions:"], "{}", file.display());
        assert!(text.contains("\npermissions:\n  contents: read\n\n"), "{}", file.display());
        assert_eq!(
            text.matches("uses: actions/checkout@").count(),
            text.matches("persist-credentials: false").count(),
            "{}",
            file.display()
        );
        assert!(!text.contains("secrets.") && !text.contains("pull_request_target"), "{}", file.display());
    }
}

/// `latest` becomes another system from one day to the next, and a run that passed no longer does.
#[test]
fn every_system_of_a_workflow_is_named_by_its_version() {
    for (file, text) in workflows() {
        assert!(!text.contains("-latest"), "{}", file.display());
    }
}
