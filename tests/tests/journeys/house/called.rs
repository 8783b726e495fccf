//! What is public is called: a function that only tests know is a door that nobody needs.

use std::collections::HashMap;

use super::{Tracked, ends, tracked};

/// Whose public functions are looked at.
const LIBRARIES: [&str; 10] =
    ["api", "app", "bridge", "core", "engine", "http", "keychain", "provider", "providers", "sandbox"];

/// What is there for tests: the suite for providers, and the tracing of statements.
const FOR_TESTS: [&str; 3] = ["/conformance/", "/statements.rs", "/statements/"];

/// A public function and how often its own body names it.
struct Public<'a> {
    name: &'a str,
    path: &'a str,
    in_itself: usize,
}

#[test]
fn every_public_function_is_called_by_more_than_tests() {
    let files = tracked();
    let programs: Vec<(&str, Vec<&str>)> = files
        .iter()
        .filter(|file| is_program(&file.path))
        .map(|file| (file.path.as_str(), code(file)))
        .collect();
    let mut named: HashMap<&str, usize> = HashMap::new();
    for word in programs.iter().flat_map(|(_, lines)| lines.iter().flat_map(|line| called(line))) {
        *named.entry(word).or_default() += 1;
    }
    let public: Vec<_> = programs.iter().flat_map(|(path, lines)| public(path, lines)).collect();
    assert!(public.len() > 200, "only {} were found", public.len());
    let dead: Vec<_> = public
        .iter()
        .filter(|one| named.get(one.name).copied().unwrap_or_default() <= one.in_itself)
        .map(|one| format!("{}: {}", one.path, one.name))
        .collect();
    assert!(dead.is_empty(), "nobody calls: {dead:#?}");
}

fn is_program(path: &str) -> bool {
    let ours = path.starts_with("crates/") || path.starts_with("src-tauri/");
    let for_tests = path.contains("/tests/") || FOR_TESTS.iter().any(|part| path.contains(part));
    ours && ends(path, &[".rs"]) && !ends(path, &["/tests.rs"]) && !for_tests
}

/// The lines before a file's own tests, without comments.
fn code(file: &Tracked) -> Vec<&str> {
    let text = file.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect()
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The words of a line but for the name of the function that begins there.
fn called(line: &str) -> impl Iterator<Item = &str> {
    let defined = words(line).skip_while(|word| *word != "fn").nth(1);
    words(line).filter(move |word| defined != Some(*word))
}

fn public<'a>(path: &'a str, lines: &[&'a str]) -> Vec<Public<'a>> {
    let library = LIBRARIES.iter().any(|name| path.starts_with(&format!("crates/{name}/src/")));
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate().filter(|_| library) {
        let trimmed = line.trim_start();
        let is_function =
            ["pub fn ", "pub async fn ", "pub const fn "].iter().any(|one| trimmed.starts_with(one));
        let Some(name) = words(trimmed).skip_while(|word| *word != "fn").nth(1).filter(|_| is_function)
        else {
            continue;
        };
        let closing = format!("{}}}", &line[..line.len() - trimmed.len()]);
        let body = lines[at + 1..].iter().take_while(|line| **line != closing);
        let in_itself = body.flat_map(|line| called(line)).filter(|word| *word == name).count();
        found.push(Public { name, path, in_itself });
    }
    found
}
