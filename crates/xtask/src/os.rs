//! Which system this is, as far as packages differ between systems.

use std::path::Path;

/// Systems that name and install packages alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Debian, Ubuntu and what is made from them.
    Debian,
    /// Fedora, RHEL and what is made from them.
    Fedora,
    /// Arch and what is made from it.
    Arch,
    /// Any other Linux or BSD.
    OtherUnix,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

/// The system we run on.
pub(crate) fn this() -> Family {
    match std::env::consts::OS {
        "macos" => Family::MacOs,
        "windows" => Family::Windows,
        // Both places: os-release(5).
        _ => os_release().map_or(Family::OtherUnix, |text| family(&text)),
    }
}

/// The name of the release that we run on, such as `bookworm`.
pub(crate) fn codename() -> Option<String> {
    value(&os_release()?, "VERSION_CODENAME")
}

fn os_release() -> Option<String> {
    ["/etc/os-release", "/usr/lib/os-release"]
        .iter()
        .find_map(|path| std::fs::read_to_string(Path::new(path)).ok())
}

/// Reads the family from the text of an `os-release` file: `ID` first, then `ID_LIKE`, nearest relative first
/// (os-release(5)).
fn family(os_release: &str) -> Family {
    let own = value(os_release, "ID");
    let like = value(os_release, "ID_LIKE");
    own.iter()
        .chain(&like)
        .flat_map(|names| names.split_whitespace())
        .find_map(|name| match name {
            "debian" | "ubuntu" => Some(Family::Debian),
            "fedora" | "rhel" | "centos" => Some(Family::Fedora),
            "arch" => Some(Family::Arch),
            _ => None,
        })
        .unwrap_or(Family::OtherUnix)
}

fn value(os_release: &str, key: &str) -> Option<String> {
    os_release.lines().find_map(|line| {
        let (name, value) = line.trim().split_once('=')?;
        (name == key).then(|| value.trim_matches(['"', '\'']).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_says_so_itself() {
        assert_eq!(
            family("PRETTY_NAME=\"Debian GNU/Linux 12\"\nVERSION_ID=\"12\"\nID=debian\n"),
            Family::Debian
        );
    }

    #[test]
    fn relatives_are_found_by_id_like() {
        assert_eq!(family("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), Family::Debian);
        assert_eq!(family("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"), Family::Fedora);
        assert_eq!(family("ID_LIKE=arch\nID=endeavouros\n"), Family::Arch);
        assert_eq!(family("ID='ubuntu'\nID_LIKE='debian'\n"), Family::Debian);
    }

    #[test]
    fn an_own_name_wins_over_relatives() {
        assert_eq!(family("ID_LIKE=debian\nID=arch\n"), Family::Arch);
    }

    #[test]
    fn strangers_and_empty_files_are_other() {
        assert_eq!(family("ID=alpine\n"), Family::OtherUnix);
        assert_eq!(family(""), Family::OtherUnix);
        assert_eq!(family("VERSION_ID=debian\nBUILD_ID=debian\n"), Family::OtherUnix);
    }
}
