//! Files of a crate know each other in one direction: where two do in both, none can be understood alone.
//!
//! A file knows another where it names something of it: by `use crate::…`, `use super::…` or in full. Where a name is passed on (`pub use`),
//! the file counts that has it. Tests of a file are left out.

use std::collections::{BTreeMap, BTreeSet};

use super::{Tracked, tracked};

/// The folders of the crates that are looked at.
const CRATES: [&str; 5] =
    ["crates/app/src", "crates/engine/src", "crates/providers/src", "crates/sandbox/src", "src-tauri"];

/// The circles that are left, by the folder of their crate: so many files lie in each, the largest first. None may come and none may grow.
/// Whoever makes one smaller writes that down here; the list is to be empty one day.
const LEFT: &[(&str, &[usize])] = &[
    // Around `App`, which has every feature and is known by every feature; and around the life of one watched folder.
    ("crates/app/src", &[19, 5]),
    // When the window may go; a notification and what shows it.
    ("src-tauri", &[11, 2]),
];

/// Which files of a crate know which, by their module's name.
type Arrows = BTreeMap<String, BTreeSet<String>>;

#[test]
fn files_know_each_other_in_no_more_circles_than_are_written_down() {
    let files = tracked();
    let mut wrong = Vec::new();
    for folder in CRATES {
        let found = circles(&arrows(folder, &files));
        let sizes: Vec<_> = found.iter().map(BTreeSet::len).collect();
        let left = LEFT.iter().find(|(of, _)| *of == folder).map_or(&[][..], |(_, sizes)| sizes);
        if sizes.len() > left.len() || sizes.iter().zip(left).any(|(now, before)| now > before) {
            wrong.push((folder, sizes, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The floors of a crate, lowest first: a file may name what lies on its own floor or below. Files on no floor serve all of them, so they
/// name nothing above the lowest.
const FLOORS: &[(&str, &[&str])] =
    &[("crates/engine/src", &["journal", "state", "run", "schedule", "engine"])];

#[test]
fn no_file_names_one_of_a_floor_above_its_own() {
    let files = tracked();
    for (folder, floors) in FLOORS {
        let floor = |module: &str| {
            let top = module.split("::").next().unwrap_or_default();
            floors.iter().position(|floor| *floor == top).unwrap_or_default()
        };
        let arrows = arrows(folder, &files);
        assert!(
            floors.iter().all(|floor| arrows.keys().any(|module| module.split("::").next() == Some(floor)))
        );
        let upwards: Vec<_> = arrows
            .iter()
            .flat_map(|(from, to)| to.iter().map(move |to| (from, to)))
            .filter(|(from, to)| floor(to) > floor(from))
            .collect();
        assert!(upwards.is_empty(), "{folder}: {upwards:?}");
    }
}

/// The module that a file is: `run::part` for `run/part.rs`, and `` for the root.
fn module(folder: &str, path: &str) -> Option<String> {
    let inside = path.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(".rs")?;
    let inside = inside.strip_suffix("/mod").unwrap_or(inside);
    let is_test = inside == "tests" || inside.ends_with("/tests") || inside == "build" || inside == "fences";
    let root = ["lib", "main"].contains(&inside);
    (!is_test).then(|| if root { String::new() } else { inside.replace('/', "::") })
}

fn arrows(folder: &str, files: &[Tracked]) -> Arrows {
    let modules: BTreeMap<String, &str> =
        files.iter().filter_map(|file| Some((module(folder, &file.path)?, code(&file.text)))).collect();
    let passed_on: BTreeMap<&str, BTreeMap<String, String>> =
        modules.iter().map(|(name, text)| (name.as_str(), passed_on(name, text))).collect();
    let known = |name: &String, text: &str| {
        let named = paths(name, text, false).into_iter().map(|path| home(&path, &modules, &passed_on));
        named.filter(|home| home != name && !home.is_empty()).collect::<BTreeSet<_>>()
    };
    modules.iter().map(|(name, text)| (name.clone(), known(name, text))).collect()
}

/// A file without its own tests and without comments.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}

/// The names that a module passes on, and the path of each.
fn passed_on(module: &str, text: &str) -> BTreeMap<String, String> {
    let paths = paths(module, text, true);
    paths.into_iter().filter_map(|path| Some((path.rsplit("::").next()?.to_owned(), path))).collect()
}

/// The paths from the crate's root that a file names: those that it passes on, or the others.
fn paths(module: &str, text: &str, passing_on: bool) -> Vec<String> {
    let mut found = Vec::new();
    for statement in text.split(';') {
        let lines: String = statement
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join(" ");
        let (head, used) =
            match lines.rsplit_once("use ").filter(|(head, _)| head.trim_end().is_empty() || is_use(head)) {
                Some(found) => found,
                None if passing_on => continue,
                None => {
                    found.extend(in_full(&lines));
                    continue;
                }
            };
        if head.trim_end().ends_with("pub") || head.trim_end().ends_with(')') {
            if passing_on {
                tree(module, used.trim(), "", &mut found);
            }
        } else if !passing_on {
            tree(module, used.trim(), "", &mut found);
        }
    }
    found
}

/// Whether what stands before `use ` belongs to it.
fn is_use(head: &str) -> bool {
    let head = head.trim_end();
    head.ends_with("pub")
        || head.ends_with(')') && head.contains("pub(")
        || head.ends_with(']')
        || head.ends_with('}')
}

/// `crate::a::b` in the middle of code.
fn in_full(code: &str) -> Vec<String> {
    let ends = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
    code.split("crate::").skip(1).filter_map(|rest| rest.split(ends).next()).map(str::to_owned).collect()
}

/// Every path of a `use`, whose braces may lie in one another.
fn tree(module: &str, used: &str, before: &str, found: &mut Vec<String>) {
    let Some((head, inside)) = used.split_once('{') else {
        let name = used.split(" as ").next().unwrap_or_default().trim();
        found.extend(from_root(module, &format!("{before}{name}")));
        return;
    };
    let inside = inside.trim_end().strip_suffix('}').unwrap_or(inside);
    let (mut depth, mut from) = (0_i32, 0);
    for (at, c) in inside.char_indices().chain([(inside.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let one = inside[from..at].trim();
                if !one.is_empty() {
                    tree(module, one, &format!("{before}{}", head.trim()), found);
                }
                from = at + 1;
            }
            _ => {}
        }
    }
}

/// The path without `crate`, `super` and `self`; nothing where it leads out of the crate.
fn from_root(module: &str, path: &str) -> Option<String> {
    let mut base: Vec<&str> = module.split("::").filter(|name| !name.is_empty()).collect();
    let mut names = path.split("::").peekable();
    match names.peek().copied()? {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            while names.next_if_eq(&"super").is_some() {
                base.pop();
            }
            return Some(
                base.into_iter().chain(names.filter(|name| *name != "self")).collect::<Vec<_>>().join("::"),
            );
        }
        // A name of another crate, or of a module below.
        _ => {
            return Some(
                base.into_iter().chain(names.filter(|name| *name != "self")).collect::<Vec<_>>().join("::"),
            );
        }
    }
    let names = names.skip(1).filter(|name| *name != "self");
    Some(base.into_iter().chain(names).collect::<Vec<_>>().join("::"))
}

/// The module in which the thing lies that a path names.
fn home(
    path: &str,
    modules: &BTreeMap<String, &str>,
    passed_on: &BTreeMap<&str, BTreeMap<String, String>>,
) -> String {
    let mut at = path.to_owned();
    // A name may be passed on several times.
    for _ in 0..8 {
        let mut module = String::new();
        let mut names = at.split("::").peekable();
        while let Some(name) = names.peek() {
            let next = if module.is_empty() { (*name).to_owned() } else { format!("{module}::{name}") };
            if !modules.contains_key(&next) {
                break;
            }
            module = next;
            names.next();
        }
        let on = names.next().and_then(|name| passed_on.get(module.as_str())?.get(name));
        match on {
            Some(path) if *path != at => at.clone_from(path),
            _ => return module,
        }
    }
    at
}

/// The sets of files that reach each other, the largest first.
fn circles(arrows: &Arrows) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|from| (from.as_str(), reach(from, arrows))).collect();
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for (from, to) in &reached {
        let circle: BTreeSet<String> = to
            .iter()
            .filter(|other| reached.get(*other).is_some_and(|back| back.contains(from)))
            .map(|other| (*other).to_owned())
            .collect();
        if circle.len() > 1 && !found.contains(&circle) {
            found.push(circle);
        }
    }
    found.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    found
}

fn reach<'a>(from: &'a str, arrows: &'a Arrows) -> BTreeSet<&'a str> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(at) = open.pop() {
        for next in arrows.get(at).into_iter().flatten() {
            if seen.insert(next.as_str()) {
                open.push(next);
            }
        }
    }
    seen
}

#[test]
fn a_circle_is_found_whatever_way_a_file_is_named() {
    let file = |path: &str, text: &str| Tracked { path: path.to_owned(), text: text.to_owned() };
    let files = [
        file("x/lib.rs", "//! Root.\nmod a;\nmod b;\nmod c;\npub use b::B;\npub(crate) use c::{C, D};\n"),
        file("x/a.rs", "//! A.\nuse crate::B;\npub struct A;\n"),
        file("x/b.rs", "//! B.\nuse std::fmt;\nuse super::{C};\npub struct B;\n"),
        file("x/c.rs", "//! C.\npub struct C;\nfn go() { let it = crate::a::A; }\n"),
        file("x/d.rs", "//! D, which knows all and is known by nobody.\nuse crate::{a::A, b::{self, B}};\n"),
        file("x/e.rs", "//! E.\npub struct E;\n#[cfg(test)]\nmod tests {\n    use crate::d::D;\n}\n"),
    ];
    let found = circles(&arrows("x", &files));
    assert_eq!(found, [["a", "b", "c"].map(str::to_owned).into()]);
}
