//! The default data folder, used unless `--data-dir` is given: the same for every front end.

use std::ffi::OsString;
use std::path::PathBuf;

/// The platform's data folder; `None` if the environment does not say. `system` is [`std::env::consts::OS`],
/// and `variable` looks up an environment variable: both are injected, because library code reads neither.
///
/// Linux and the BSDs: the XDG Base Directory Specification, which also says to ignore a relative path.
/// macOS: Apple's File System Programming Guide, "Application Support". Windows: the local application data,
/// because a database must not roam between computers.
#[must_use]
pub fn default_folder(system: &str, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    match system {
        "macos" => Some(folder("HOME")?.join("Library/Application Support/Partway")),
        // Backslash paths are not absolute when this is tested on another system.
        "windows" => {
            let local =
                variable("LOCALAPPDATA").map(PathBuf::from).filter(|path| !path.as_os_str().is_empty())?;
            Some(local.join("Partway"))
        }
        _ => match folder("XDG_DATA_HOME") {
            Some(data) => Some(data.join("partway")),
            None => Some(folder("HOME")?.join(".local/share/partway")),
        },
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn at(system: &str, set: &[(&str, &str)]) -> Option<PathBuf> {
        default_folder(system, |name| set.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn each_platform_has_its_place() {
        let home = ("HOME", "/home/ada");
        assert_eq!(at("linux", &[home]), Some("/home/ada/.local/share/partway".into()));
        assert_eq!(at("linux", &[home, ("XDG_DATA_HOME", "/data")]), Some("/data/partway".into()));
        assert_eq!(
            at("linux", &[home, ("XDG_DATA_HOME", "data")]),
            Some("/home/ada/.local/share/partway".into())
        );
        assert_eq!(at("macos", &[home]), Some("/home/ada/Library/Application Support/Partway".into()));
        assert_eq!(at("windows", &[("LOCALAPPDATA", "/ada")]), Some("/ada/Partway".into()));
        assert_eq!(at("linux", &[]), None);
        assert_eq!(at("windows", &[home]), None);
    }
}
