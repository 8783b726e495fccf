//! Where the data folder is, unless `--data-dir` says otherwise.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::exit::Stopped;

/// The folder that was named, or the platform's place for it, as an absolute path.
///
/// # Errors
/// Where the environment does not tell, or the path is empty.
pub(crate) fn choose(named: Option<PathBuf>) -> Result<PathBuf, Stopped> {
    let folder = match named {
        Some(folder) => folder,
        None => default(std::env::consts::OS, |name| std::env::var_os(name)).ok_or_else(|| {
            Stopped::usage(
                "There is no home folder to keep Partway's data in. Name a folder with --data-dir.",
            )
        })?,
    };
    std::path::absolute(&folder)
        .map_err(|fault| Stopped::usage(format!("--data-dir {}: {fault}", folder.display())))
}

/// Linux and the BSDs: the XDG Base Directory Specification, which also says that a relative path counts as none.
fn default(system: &str, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    match system {
        "macos" => Some(folder("HOME")?.join("Library/Application Support/Partway")),
        // Backslash paths are no absolute ones where this is tested on another system.
        "windows" => Some(
            variable("APPDATA")
                .map(PathBuf::from)
                .filter(|path| !path.as_os_str().is_empty())?
                .join("Partway"),
        ),
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
        default(system, |name| set.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into()))
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
        assert_eq!(at("windows", &[("APPDATA", "/ada")]), Some("/ada/Partway".into()));
        assert_eq!(at("linux", &[]), None);
        assert_eq!(at("windows", &[home]), None);
    }
}
