//! Expands `*.mov` on Windows, where shells do not: each program does it itself ("Command-Line Arguments" of
//! the C runtime).
//!
//! As there, only the last component of a path may have wildcards, which no file name contains; case is
//! ignored.

use std::path::{Component, Path, PathBuf};

/// The given paths, with every pattern replaced by its matches in name order, and the patterns without
/// matches.
pub(crate) fn written_out(files: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    if !cfg!(windows) {
        return (files, Vec::new());
    }
    write_out(files)
}

fn write_out(files: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut whole, mut nothing) = (Vec::new(), Vec::new());
    for file in files {
        match pattern(&file) {
            None => whole.push(file),
            Some(pattern) => match found(&file, &pattern) {
                names if names.is_empty() => nothing.push(file),
                names => whole.extend(names),
            },
        }
    }
    (whole, nothing)
}

/// The pattern in the last component, in lower case.
fn pattern(file: &Path) -> Option<Vec<char>> {
    let Some(Component::Normal(name)) = file.components().next_back() else { return None };
    let name = name.to_string_lossy().to_lowercase();
    // Means "all", including names without a dot.
    let name = if name == "*.*" { "*" } else { name.as_str() };
    name.contains(['*', '?']).then(|| name.chars().collect())
}

fn found(file: &Path, pattern: &[char]) -> Vec<PathBuf> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let Ok(entries) = std::fs::read_dir(folder.unwrap_or(Path::new("."))) else { return Vec::new() };
    let mut names: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name()))
        .filter(|name| matches(pattern, &name.to_string_lossy().to_lowercase().chars().collect::<Vec<_>>()))
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| folder.map_or_else(|| PathBuf::from(&name), |folder| folder.join(&name)))
        .collect()
}

/// Whether a name matches this pattern. Takes at most the product of both lengths in steps.
fn matches(pattern: &[char], name: &[char]) -> bool {
    // For each prefix of the name: whether the pattern so far matches it.
    let mut fits = vec![false; name.len() + 1];
    fits[0] = true;
    for letter in pattern {
        let mut next = vec![false; fits.len()];
        for end in 0..fits.len() {
            next[end] = match letter {
                '*' => fits[end] || (end > 0 && next[end - 1]),
                '?' => end > 0 && fits[end - 1],
                letter => end > 0 && fits[end - 1] && name[end - 1] == *letter,
            };
        }
        fits = next;
    }
    fits.last().is_some_and(|whole| *whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_what_its_letters_say() {
        let is = |pattern: &str, name: &str| {
            matches(&pattern.chars().collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>())
        };
        for (pattern, name) in [
            ("*", "a"),
            ("*.mov", "a.mov"),
            ("*.mov", ".mov"),
            ("a*b*c", "a--b--b--c"),
            ("take?.mov", "take3.mov"),
            ("*ü?.m*", "fü1.mov"),
        ] {
            assert!(is(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("*.mov", "a.mp4"),
            ("*.mov", "a.mov.part"),
            ("take?.mov", "take12.mov"),
            ("?", ""),
            ("a*b", "a"),
        ] {
            assert!(!is(pattern, name), "{pattern} {name}");
        }
        // Trying every way one after the other would take years.
        assert!(!is(&"*a".repeat(40), &"a".repeat(200).replace("aa", "ab")[..60]));
    }

    #[test]
    fn patterns_are_written_out_in_the_order_of_the_names_and_what_means_nothing_is_told() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.MOV", "a.mov", "c.mp4", "none"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        let of = |names: &[&str]| names.iter().map(|name| dir.path().join(name)).collect::<Vec<_>>();
        let (whole, nothing) = write_out(of(&["c.mp4", "*.mov", "*.avi", "?one"]));
        assert_eq!(whole, of(&["c.mp4", "a.mov", "b.MOV", "none"]));
        assert_eq!(nothing, of(&["*.avi"]));
        assert_eq!(write_out(of(&["*.*"])).0, of(&["a.mov", "b.MOV", "c.mp4", "none"]));
        assert_eq!(write_out(of(&["no/*.mov"])), (Vec::new(), of(&["no/*.mov"])));
    }

    #[test]
    fn what_is_no_pattern_stays_as_it_was_written() {
        let files: Vec<PathBuf> = ["a.mov", r"\\?\C:\a.mov", "a*b/c.mov", ".."].map(PathBuf::from).into();
        if cfg!(windows) {
            assert_eq!(written_out(files.clone()), (files, Vec::new()));
        } else {
            let files = vec![PathBuf::from("a*.mov")];
            assert_eq!(written_out(files.clone()), (files, Vec::new()), "the shell did that");
        }
    }
}
