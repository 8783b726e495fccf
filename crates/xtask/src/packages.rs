//! Which system packages each command needs, and the line that installs them.

use crate::os::Family;

/// What a set of packages is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Compile the app and open it on a display that is there.
    Build,
    /// Compile it and pack it.
    Package,
    /// Compile it for other systems, in a system of its own.
    Cross,
    /// Open it on a display of our own and press its buttons.
    Window,
    /// Every test of the project.
    Tests,
}

/// Compile and open: the page's engine.
const BUILD: &[&str] = &["ca-certificates", "libwebkit2gtk-4.1-dev", "pkg-config"];

/// Pack: what finds the libraries that a program needs, and what strips it.
const PACKAGE: &[&str] = &["binutils", "dpkg-dev"];

/// What makes a system of its own.
const CROSS: &[&str] = &["debootstrap"];

/// A display, a window manager, a session bus, a pointer, a font, and the page's driver.
const WINDOW: &[&str] = &["dbus", "fonts-dejavu-core", "openbox", "webkit2gtk-driver", "xdotool", "xvfb"];

/// A file manager to drag from, a panel with a tray, a keychain, two notification services, Python for tools from PyPI, a second reader of S3, what makes lines
/// between network namespaces, and what reads a package: its pages, its texts, its completions, and a clean system to install it on.
const TESTS: &[&str] = &[
    "appstream",
    "chromium",
    "desktop-file-utils",
    "dunst",
    "fish",
    "gnome-keyring",
    "imagemagick",
    "iproute2",
    "libglib2.0-bin",
    "libsecret-tools",
    "man-db",
    "pcmanfm",
    "procps",
    "python3-dbusmock",
    "python3-venv",
    "rclone",
    "wmctrl",
    "xauth",
    "xfce4-notifyd",
    "xfce4-panel",
    "zsh",
];

/// Debian's names of all packages for `purpose`, each set holding the smaller ones.
pub(crate) fn debian(purpose: Purpose) -> Vec<&'static str> {
    let sets: &[&[&str]] = match purpose {
        Purpose::Build => &[BUILD],
        Purpose::Package => &[BUILD, PACKAGE],
        Purpose::Cross => &[CROSS],
        Purpose::Window => &[BUILD, WINDOW],
        Purpose::Tests => &[BUILD, PACKAGE, CROSS, WINDOW, TESTS],
    };
    sets.concat()
}

/// Those of `wanted` that `dpkg-query -W -f '${Package} ${db:Status-Status}\n'` does not call installed.
pub(crate) fn missing<'a>(wanted: &[&'a str], dpkg_query: &str) -> Vec<&'a str> {
    let installed: Vec<&str> =
        dpkg_query.lines().filter_map(|line| line.trim().strip_suffix(" installed")).collect();
    wanted.iter().copied().filter(|package| !installed.contains(package)).collect()
}

/// The two `apt-get` calls that install `packages`, as argument lists.
///
/// The time-out lets a freshly started machine finish its own package work (apt.conf: `DPkg::Lock::Timeout`).
pub(crate) fn apt_calls(packages: &[&str]) -> [Vec<String>; 2] {
    let update = ["apt-get", "update"];
    let install = ["apt-get", "-o", "DPkg::Lock::Timeout=600", "install", "-y", "--no-install-recommends"];
    [
        update.iter().map(|&word| word.to_owned()).collect(),
        install.iter().chain(packages).map(|&word| word.to_owned()).collect(),
    ]
}

/// The line to type, as root or with `sudo`.
pub(crate) fn apt_line(packages: &[&str], sudo: bool) -> String {
    let sudo = if sudo { "sudo " } else { "" };
    apt_calls(packages).map(|call| format!("{sudo}{}", call.join(" "))).join(" && ")
}

/// What to install where we cannot do it, in words.
pub(crate) fn advice(family: Family) -> &'static str {
    match family {
        Family::Debian => "",
        Family::Fedora => {
            "sudo dnf install gcc pkgconf-pkg-config webkit2gtk4.1-devel\n\
             (and, to run without a display: xorg-x11-server-Xvfb openbox xdotool dbus-daemon; Fedora has no \
             package of WebKitWebDriver for this engine)"
        }
        Family::Arch => {
            "sudo pacman -S --needed base-devel pkgconf webkit2gtk-4.1\n\
             (and, to run without a display: xorg-server-xvfb openbox xdotool dbus ttf-dejavu)"
        }
        Family::OtherUnix => {
            "a C compiler, pkg-config, and WebKitGTK with the 4.1 API with its development files\n\
             (`pkg-config --exists webkit2gtk-4.1` must succeed)"
        }
        Family::MacOs => "xcode-select --install        (the command line tools; WebKit is part of macOS)",
        Family::Windows => {
            "Visual Studio Build Tools with \"Desktop development with C++\" (MSVC and the Windows SDK), and the\n\
             WebView2 runtime (part of Windows 11; on Windows 10 the \"Evergreen Bootstrapper\")"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_exact() {
        assert_eq!(
            apt_line(&["pkg-config", "xvfb"], false),
            "apt-get update && apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends pkg-config xvfb"
        );
        assert_eq!(
            apt_line(&["xvfb"], true),
            "sudo apt-get update && sudo apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends xvfb"
        );
    }

    #[test]
    fn only_what_is_installed_counts() {
        let answer = "xvfb installed\nopenbox config-files\nlibwebkit2gtk-4.1-dev not-installed\n";
        assert_eq!(
            missing(&["xvfb", "openbox", "libwebkit2gtk-4.1-dev", "dbus"], answer),
            ["openbox", "libwebkit2gtk-4.1-dev", "dbus"]
        );
    }

    #[test]
    fn each_purpose_holds_the_smaller_ones() {
        let [build, window, tests] = [Purpose::Build, Purpose::Window, Purpose::Tests].map(debian);
        assert!(build.iter().all(|package| window.contains(package)));
        assert!(debian(Purpose::Cross).iter().all(|package| tests.contains(package)));
        assert!(debian(Purpose::Package).iter().all(|package| tests.contains(package)));
        assert!(window.iter().all(|package| tests.contains(package)));
        assert!(!build.contains(&"xvfb") && !window.contains(&"chromium"));
    }

    #[test]
    fn no_package_is_named_twice() {
        let mut all = debian(Purpose::Tests);
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn every_other_system_gets_an_advice() {
        for family in [Family::Fedora, Family::Arch, Family::OtherUnix, Family::MacOs, Family::Windows] {
            assert!(!advice(family).is_empty(), "{family:?}");
        }
    }
}
