//! What the package says it needs, held against what the programs are linked with.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::{deb, names, said, unpacked};

/// What no program is linked with, and why it is needed all the same: servers' certificates are checked against it.
const NOT_LINKED: &str = "ca-certificates";

/// The names in a field such as `a (>= 1), b | c`, first choices only.
fn first_choices(field: &str) -> BTreeSet<String> {
    let text = said("dpkg-deb", ["-f", deb().to_str().unwrap(), field]);
    text.split(',').map(|one| one.split_whitespace().next().unwrap().to_owned()).collect()
}

/// The libraries that a program asks for by itself.
fn asked_for(program: &Path) -> BTreeSet<String> {
    let text = said("readelf", ["-d", program.to_str().unwrap()]);
    let names = text.lines().filter(|line| line.contains("(NEEDED)"));
    names.filter_map(|line| Some(line.split_once('[')?.1.trim_end_matches(']').to_owned())).collect()
}

/// The package that a library of this machine belongs to.
fn owner(library: &str) -> String {
    let known = said("/sbin/ldconfig", ["-p"]);
    let line = known.lines().find(|line| line.trim_start().starts_with(&format!("{library} ")));
    let path =
        line.and_then(|line| line.split_once("=> ")).unwrap_or_else(|| panic!("{library} is not here")).1;
    let real = std::fs::canonicalize(path).unwrap();
    // dpkg knows files by the name that they were installed under, which may lie behind /usr's links.
    let asked = format!("*{}", real.to_str().unwrap().trim_start_matches("/usr"));
    let text = said("dpkg-query", ["-S", &asked]);
    text.split(':').next().unwrap().to_owned()
}

#[test]
fn every_library_is_asked_for_and_nothing_else() {
    let programs = unpacked().join("usr/bin");
    let libraries: BTreeSet<_> =
        names(&programs).iter().flat_map(|name| asked_for(&programs.join(name))).collect();
    let mut owners: BTreeSet<_> = libraries.iter().map(|library| owner(library)).collect();
    owners.insert(NOT_LINKED.to_owned());
    assert_eq!(first_choices("Depends"), owners);
}

#[test]
fn what_it_can_do_without_is_only_recommended() {
    let recommended = first_choices("Recommends");
    let depends = first_choices("Depends");
    for package in ["gnome-keyring", "notification-daemon", "xdg-utils"] {
        assert!(recommended.contains(package) && !depends.contains(package), "{package}");
    }
    // The tray speaks over the session's bus: a library for it would be installed for nothing.
    assert!(!recommended.iter().any(|package| package.contains("appindicator")), "{recommended:?}");
}
