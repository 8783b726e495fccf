//! The map is true: what ARCHITECTURE.md says lies somewhere lies there.

use super::tracked;

/// What is no file of ours: it lies in a data folder.
const ELSEWHERE: [&str; 2] = ["window.json", "logs/partway.log"];

#[test]
fn every_file_and_folder_on_the_map_is_there() {
    let files = tracked();
    let map = files.iter().find(|file| file.path == "ARCHITECTURE.md").unwrap();
    // The map leaves out what is the same everywhere.
    let short: Vec<_> = files
        .iter()
        .map(|file| format!("/{}", file.path).replace("/src/", "/").replace("/crates/", "/"))
        .collect();
    let there = |named: &str| {
        let (file, folder) = (format!("/{named}"), format!("/{}/", named.trim_end_matches('/')));
        let long = |path: &str| format!("/{path}");
        short.iter().any(|path| path.ends_with(&file) || path.contains(&folder))
            || files.iter().any(|one| long(&one.path).ends_with(&file) || long(&one.path).contains(&folder))
    };
    // `name`
    let named = map.text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let plain = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    let ending = [".rs", ".sql", ".ts", ".toml", ".json", "/"];
    let named: Vec<_> = named.filter(plain).filter(|name| super::ends(name, &ending)).collect();
    assert!(named.len() > 100, "only {} are named", named.len());
    let missing: Vec<_> =
        named.into_iter().filter(|name| !ELSEWHERE.contains(name) && !there(name)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_readme_begins_with_the_name_of_the_project() {
    let files = tracked();
    let readme = files.iter().find(|file| file.path == "README.md").unwrap();
    assert_eq!(readme.text.lines().next(), Some("# Partway"));
}
