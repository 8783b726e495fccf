//! What lies in the package, read by the programs that will read it on a desktop.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{deb, names, said, unpacked};

const DESKTOP: &str = "usr/share/applications/partway.desktop";

/// The sizes of the hicolor theme that are there.
const SIZES: [u32; 9] = [16, 22, 24, 32, 48, 64, 128, 256, 512];

/// The flags in a text, such as `--data-dir`.
fn flags(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words.filter(|word| word.starts_with("--") && word.len() > 2).map(str::to_owned).collect()
}

/// A page as `man` shows it; it must have nothing to complain of.
fn page(file: &Path) -> String {
    let mut man = Command::new("man");
    man.args(["--warnings", "-E", "UTF-8", "-l"]).arg(file);
    let shown = man.env("LC_ALL", "C.UTF-8").env("MANWIDTH", "200").output().unwrap();
    let complaint = String::from_utf8_lossy(&shown.stderr);
    assert!(shown.status.success() && complaint.is_empty(), "{}: {complaint}", file.display());
    String::from_utf8(shown.stdout).unwrap()
}

#[test]
fn the_package_says_who_it_is() {
    let field = |name| said("dpkg-deb", ["-f", deb().to_str().unwrap(), name]).trim().to_owned();
    assert_eq!(field("Package"), "partway");
    assert_eq!(field("Version"), format!("{}-1", env!("CARGO_PKG_VERSION")));
    assert_eq!(field("Section"), "net");
    assert_eq!(field("Architecture"), said("dpkg", ["--print-architecture"]).trim());
    assert!(
        field("Maintainer").ends_with('>') && field("Maintainer").contains('@'),
        "{}",
        field("Maintainer")
    );
    let size: u64 = field("Installed-Size").parse().unwrap();
    let found: u64 = said("du", ["-sk", "--apparent-size", unpacked().to_str().unwrap()])
        .split_whitespace()
        .next()
        .and_then(|size| size.parse().ok())
        .unwrap();
    assert!(size.abs_diff(found) < 1024, "{size} KiB told, {found} KiB there");
    assert!(field("Description").lines().all(|line| line.len() <= 80), "{}", field("Description"));
}

#[test]
fn everything_belongs_to_root_and_nobody_else_may_write_it() {
    let list = said("dpkg-deb", ["-c", deb().to_str().unwrap()]);
    for line in list.lines() {
        let (mode, owner) = (&line[..10], line.split_whitespace().nth(1).unwrap());
        let program = line.contains(" ./usr/bin/partway");
        let wanted = match mode.as_bytes()[0] {
            b'd' => "drwxr-xr-x",
            _ if program => "-rwxr-xr-x",
            _ => "-rw-r--r--",
        };
        assert_eq!((mode, owner), (wanted, "root/root"), "{line}");
    }
    assert_eq!(names(&unpacked().join("usr/bin")), ["partway", "partway-sandbox", "partwayctl"]);
}

#[test]
fn the_desktop_entry_is_valid_and_takes_files() {
    let file = unpacked().join(DESKTOP);
    assert_eq!(said("desktop-file-validate", [file.to_str().unwrap()]), "");
    let text = fs::read_to_string(file).unwrap();
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{key}="))).unwrap();
    assert_eq!(value("Exec"), "partway %F");
    assert_eq!(value("Icon"), "partway");
    let types: Vec<_> = value("MimeType").trim_end_matches(';').split(';').collect();
    assert!(types.contains(&"video/mp4") && types.contains(&"image/jpeg"), "{types:?}");
    // Else it could become what opens folders, or any file that nobody knows.
    assert!(!types.iter().any(|one| one.starts_with("inode/") || *one == "application/octet-stream"));
}

#[test]
fn software_centres_can_read_what_it_is() {
    let folder = unpacked().join("usr/share/metainfo");
    assert_eq!(names(&folder), ["app.partway.partway.metainfo.xml"]);
    said(
        "appstreamcli",
        ["validate", "--no-net", "--pedantic", folder.join(&names(&folder)[0]).to_str().unwrap()],
    );
    // With the desktop entry and the icons that it names.
    said("appstreamcli", ["validate-tree", "--no-net", unpacked().to_str().unwrap()]);
    let text = fs::read_to_string(folder.join(&names(&folder)[0])).unwrap();
    assert!(
        text.contains(&format!("version=\"{}\"", env!("CARGO_PKG_VERSION"))) && !text.contains('@'),
        "{text}"
    );
}

#[test]
fn every_icon_has_the_size_of_its_folder() {
    let theme = unpacked().join("usr/share/icons/hicolor");
    let mut folders: Vec<_> = SIZES.iter().map(|size| format!("{size}x{size}")).collect();
    folders.push("scalable".to_owned());
    folders.sort();
    assert_eq!(names(&theme), folders);
    for size in SIZES {
        let bytes = fs::read(theme.join(format!("{size}x{size}/apps/partway.png"))).unwrap();
        // PNG: width and height are the first two numbers of the first chunk, which begins at byte 16.
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!((number(16), number(20)), (size, size));
    }
}

#[test]
fn every_command_has_a_page_without_a_fault() {
    let folder = unpacked().join("usr/share/man/man1");
    let pages = names(&folder);
    for command in
        ["partway", "partway-sandbox", "partwayctl", "partwayctl-upload", "partwayctl-destinations-add"]
    {
        assert!(pages.contains(&format!("{command}.1.gz")), "{command}");
    }
    for name in pages {
        let shown = page(&folder.join(&name));
        let command = name.trim_end_matches(".1.gz");
        // What `man -k` and `apropos` find it by.
        let found = said("lexgrog", [folder.join(&name)]);
        assert!(found.contains(&format!("\"{command} - ")), "{found}");
        assert!(shown.contains("OPTIONS"), "{shown}");
    }
}

#[test]
fn the_pages_written_by_hand_name_the_options_that_there_are() {
    let folder = unpacked().join("usr/share/man/man1");
    let help = said(unpacked().join("usr/bin/partway").to_str().unwrap(), ["--help"]);
    assert_eq!(flags(&page(&folder.join("partway.1.gz"))), flags(&help));
    // The sandbox's has the main ones.
    let help = said(unpacked().join("usr/bin/partway-sandbox").to_str().unwrap(), ["--help"]);
    assert!(flags(&page(&folder.join("partway-sandbox.1.gz"))).is_subset(&flags(&help)));
}

#[test]
fn three_shells_complete_its_words() {
    let share = unpacked().join("usr/share");
    let place = |name: &str| share.join(name).to_str().unwrap().to_owned();
    let script = "source \"$1\"; COMP_WORDS=(partwayctl up); COMP_CWORD=1; _partwayctl partwayctl up partwayctl; \
        printf '%s\\n' \"${COMPREPLY[@]}\"";
    let bash = ["--norc", "-c", script, "-", &place("bash-completion/completions/partwayctl")];
    assert_eq!(said("bash", bash), "upload\n");

    let fish = format!(
        "source {}; complete -C 'partwayctl destinations che'",
        place("fish/vendor_completions.d/partwayctl.fish")
    );
    assert!(said("fish", ["--no-config", "-c", &fish]).starts_with("check\t"));

    // Found by its name in the folder where zsh looks, read whole, and bound to the command.
    let script = "fpath=($1 $fpath); autoload -Uz compinit; compinit -u -D; autoload +X _partwayctl; print $_comps[partwayctl]";
    let zsh = ["--no-rcs", "-c", script, "-", &place("zsh/vendor-completions")];
    assert_eq!(said("zsh", zsh), "_partwayctl\n");
}

#[test]
fn what_the_law_wants_is_there() {
    let folder = unpacked().join("usr/share/doc/partway");
    assert_eq!(names(&folder), ["changelog.Debian.gz", "changelog.gz", "copyright"]);
    let text = fs::read_to_string(folder.join("copyright")).unwrap();
    assert!(
        text.contains("without restriction") && text.contains("Apache-2.0") && !text.contains('@'),
        "{text}"
    );
    assert!(text.lines().all(|line| !line.trim().is_empty() || line.is_empty()));
    let version = said(
        "dpkg-parsechangelog",
        ["-l", folder.join("changelog.Debian.gz").to_str().unwrap(), "-S", "Version"],
    );
    assert_eq!(version.trim(), format!("{}-1", env!("CARGO_PKG_VERSION")));
}
