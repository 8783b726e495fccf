//! Where this machine gets its packages from, read from apt's own files: a clean system is made from the same.

use std::fs;
use std::path::{Path, PathBuf};

/// One place of packages, as a line of `sources.list` names it (sources.list(5)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// The mirror.
    pub(crate) address: String,
    /// The release, or a part of it such as its security updates.
    pub(crate) suite: String,
}

/// The places of the release `codename` itself; those of others (a vendor's tools, another release) are left out. The release
/// stands first, its updates after it.
pub(crate) fn sources(apt: &Path, codename: &str) -> Vec<Source> {
    let mut found: Vec<Source> = files(apt)
        .iter()
        .filter_map(|file| Some((file, fs::read_to_string(file).ok()?)))
        .flat_map(|(file, text)| match file.extension() {
            Some(ending) if ending == "sources" => stanzas(&text),
            _ => lines(&text),
        })
        .filter(|source| source.address.starts_with("http"))
        .filter(|source| {
            source.suite.strip_prefix(codename).is_some_and(|part| part.is_empty() || part.starts_with('-'))
        })
        .collect();
    found.sort_by_key(|source| source.suite != codename);
    found.dedup();
    found
}

fn files(apt: &Path) -> Vec<PathBuf> {
    let mut more: Vec<PathBuf> = fs::read_dir(apt.join("sources.list.d"))
        .map(|folder| folder.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    more.retain(|file| file.extension().is_some_and(|ending| ending == "list" || ending == "sources"));
    more.sort();
    more.insert(0, apt.join("sources.list"));
    more
}

/// The form of one line: `deb [options] address suite component…`.
fn lines(text: &str) -> Vec<Source> {
    text.lines().filter_map(line).collect()
}

fn line(text: &str) -> Option<Source> {
    let rest = text.trim().strip_prefix("deb ")?.trim_start();
    let rest = rest.strip_prefix('[').map_or(Some(rest), |options| Some(options.split_once(']')?.1))?;
    let mut words = rest.split_whitespace();
    let (address, suite) = (words.next()?, words.next()?);
    words
        .any(|component| component == "main")
        .then(|| Source { address: address.into(), suite: suite.into() })
}

/// The form of fields: `Types`, `URIs`, `Suites`, `Components`, a paragraph each.
fn stanzas(text: &str) -> Vec<Source> {
    let plain: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    plain.split(|line| line.trim().is_empty()).flat_map(stanza).collect()
}

fn stanza(lines: &[&str]) -> Vec<Source> {
    let words = |name: &str| -> Vec<String> {
        let field = lines
            .iter()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        field.map(|(_, value)| value.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
    };
    let has = |name: &str, word: &str| words(name).iter().any(|one| one == word);
    if !has("Types", "deb") || !has("Components", "main") || has("Enabled", "no") {
        return Vec::new();
    }
    let suites = words("Suites");
    let of = |address: String| {
        suites.clone().into_iter().map(move |suite| Source { address: address.clone(), suite })
    };
    words("URIs").into_iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(address: &str, suite: &str) -> Source {
        Source { address: address.into(), suite: suite.into() }
    }

    #[test]
    fn both_forms_are_read_and_strangers_left_out() {
        let apt = tempfile::tempdir().unwrap();
        let more = apt.path().join("sources.list.d");
        fs::create_dir(&more).unwrap();
        fs::write(
            apt.path().join("sources.list"),
            "# deb http://old.example/debian bookworm main\n\
             deb [signed-by=/k.gpg arch=amd64] http://security.example/debian bookworm-security main contrib\n\
             deb-src http://mirror.example/debian bookworm main\n",
        )
        .unwrap();
        fs::write(
            more.join("debian.sources"),
            "Types: deb deb-src\n# a date\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\n\
             Components: main\n\nTypes: deb\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\nEnabled: no\n",
        )
        .unwrap();
        fs::write(more.join("tools.list"), "deb http://tools.example/apt tools-bookworm main\n").unwrap();
        fs::write(more.join("next.list"), "deb http://mirror.example/debian trixie main\n").unwrap();
        fs::write(more.join("old.list.save"), "deb http://saved.example/debian bookworm main\n").unwrap();
        assert_eq!(
            sources(apt.path(), "bookworm"),
            [
                source("http://mirror.example/debian", "bookworm"),
                source("http://security.example/debian", "bookworm-security"),
                source("http://mirror.example/debian", "bookworm-updates"),
            ]
        );
    }

    #[test]
    fn without_apt_there_are_none() {
        assert_eq!(sources(Path::new("/nowhere"), "bookworm"), []);
    }
}
