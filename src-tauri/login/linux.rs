//! The entry that Linux desktops read at login (freedesktop.org, "Desktop Application Autostart Specification" 0.5). Written here, because the
//! libraries for it look past `XDG_CONFIG_HOME`, quote nothing, and take an entry that was switched off for one that is on.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use tauri::AppHandle;

use super::arguments;

/// How the entry of a data folder that is not the usual one begins.
const BEGINS: &str = "partway-";

pub(super) fn plugin(builder: tauri::Builder<tauri::Wry>, _: &Path) -> tauri::Builder<tauri::Wry> {
    builder
}

pub(super) fn is_on(_: &AppHandle, data_dir: &Path) -> Option<bool> {
    let folder = folder()?;
    let mut entries = renamed(&folder, data_dir);
    entries.push(folder.join(name(data_dir)));
    // Nobody wrote one: it does not start.
    Some(entries.iter().any(|entry| fs::read_to_string(entry).is_ok_and(|text| starts(&text))))
}

pub(super) fn set(_: &AppHandle, data_dir: &Path, on: bool) -> io::Result<()> {
    let folder = folder().ok_or_else(|| io::Error::other("there is no home folder"))?;
    let file = folder.join(name(data_dir));
    for old in renamed(&folder, data_dir) {
        fs::remove_file(old)?;
    }
    if on {
        fs::create_dir_all(&folder)?;
        // Whole or not at all: a half entry would be one that the desktop cannot read.
        let half = file.with_extension("desktop.new");
        fs::write(&half, entry(&program()?, &arguments(data_dir)))?;
        return fs::rename(half, file);
    }
    match fs::remove_file(file) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    }
}

#[expect(clippy::disallowed_methods, reason = "that is where the desktop says where it looks")]
fn folder() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    Some(named("XDG_CONFIG_HOME").or_else(|| Some(named("HOME")?.join(".config")))?.join("autostart"))
}

/// Two data folders do not take each other's entry away.
fn name(data_dir: &Path) -> String {
    if super::is_usual(data_dir) {
        return "partway.desktop".into();
    }
    // FNV-1a. The standard library's hashes may change with it, and then nobody would find the entry again.
    let hash = data_dir.as_os_str().as_bytes().iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{BEGINS}{hash:016x}.desktop")
}

/// Entries of this data folder under names that they had in other versions: they start the same, and would do so twice.
fn renamed(folder: &Path, data_dir: &Path) -> Vec<PathBuf> {
    if super::is_usual(data_dir) {
        return Vec::new();
    }
    let arguments: Vec<_> = arguments(data_dir).iter().map(|argument| quoted(argument)).collect();
    let (ours, ends) = (name(data_dir), format!(" {}", arguments.join(" ")));
    let is_old = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let named = name.starts_with(BEGINS) && name.ends_with(".desktop") && *name != *ours;
        // Whoever may not be read is not ours.
        named
            && fs::read_to_string(path)
                .is_ok_and(|text| exec(&text).is_some_and(|exec| exec.ends_with(&ends)))
    };
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).filter(is_old).collect()
}

/// An AppImage lies elsewhere at each start; it tells where it really is.
#[expect(clippy::disallowed_methods, reason = "the only place where an AppImage says where it lies")]
fn program() -> io::Result<String> {
    let program = match std::env::var_os("APPIMAGE") {
        Some(image) => PathBuf::from(image),
        None => std::env::current_exe()?,
    };
    program.into_os_string().into_string().map_err(|_| io::Error::other("the program's path is no text"))
}

fn entry(program: &str, arguments: &[String]) -> String {
    let exec: Vec<_> =
        std::iter::once(program).chain(arguments.iter().map(String::as_str)).map(quoted).collect();
    format!(
        "[Desktop Entry]\nType=Application\nVersion=1.5\nName=Partway\nComment=Goes on with uploads\nExec={}\nIcon=partway\n\
        Terminal=false\nStartupNotify=false\nX-GNOME-Autostart-enabled=true\n",
        exec.join(" ")
    )
}

/// An argument of `Exec` as the Desktop Entry Specification 1.5 has it: quoted, with its own escapes inside those of every string value.
fn quoted(argument: &str) -> String {
    let mut quoted = String::from("\"");
    for c in argument.chars() {
        match c {
            '"' | '`' | '$' => quoted.extend(["\\\\", c.encode_utf8(&mut [0; 4])]),
            '\\' => quoted.push_str("\\\\\\\\"),
            '%' => quoted.push_str("%%"),
            '\n' => quoted.push_str("\\n"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether the desktop starts an entry: its own settings switch one off without removing it.
fn starts(text: &str) -> bool {
    exec(text).is_some()
        && value(text, "Hidden") != Some("true")
        && value(text, "X-GNOME-Autostart-enabled") != Some("false")
}

fn exec(text: &str) -> Option<&str> {
    value(text, "Exec")
}

fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let mut pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.find(|(name, _)| name.trim() == key).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_starts_it_hidden() {
        let text = entry("/usr/bin/partway", &["--hidden".into()]);
        assert!(text.contains("\nExec=\"/usr/bin/partway\" \"--hidden\"\n"), "{text}");
        assert!(text.starts_with("[Desktop Entry]\n"));
        assert!(starts(&text));
    }

    #[test]
    fn an_odd_path_is_quoted_as_the_specification_has_it() {
        assert_eq!(quoted("/opt/My Apps/partway"), "\"/opt/My Apps/partway\"");
        assert_eq!(quoted("a\"b$c`d"), r#""a\\"b\\$c\\`d""#);
        assert_eq!(quoted("100%"), "\"100%%\"");
        assert_eq!(quoted(r"a\b"), r#""a\\\\b""#);
    }

    #[test]
    fn an_entry_that_the_desktop_switched_off_is_off() {
        let text = entry("/usr/bin/partway", &[]);
        assert!(!starts(&format!("{text}Hidden=true\n")));
        let off = text.replace("X-GNOME-Autostart-enabled=true", "X-GNOME-Autostart-enabled=false");
        assert!(!starts(&off));
        assert!(!starts("[Desktop Entry]\nHidden=true\n"));
        assert!(!starts(""));
    }

    #[test]
    fn each_data_folder_has_an_entry_of_its_own() {
        let (one, other) = (name(Path::new("/a")), name(Path::new("/b")));
        assert_ne!(one, other);
        assert_eq!(one, name(Path::new("/a")));
        // Written down: an entry of a year ago must still be found.
        assert_eq!(one, "partway-07d66707b49cd92d.desktop");
    }

    #[test]
    fn an_entry_under_an_earlier_name_is_found_and_those_of_others_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = Path::new("/data/of mine");
        let write = |name: &str, arguments: &[String]| {
            let path = folder.path().join(name);
            fs::write(&path, entry("/usr/bin/partway", arguments)).unwrap();
            path
        };
        let old = write("partway-0123456789abcdef.desktop", &arguments(data_dir));
        write("partway-0123456789abcdee.desktop", &arguments(Path::new("/data/of mine/too")));
        write("somebody-elses.desktop", &arguments(data_dir));
        write("partway.desktop", &["--hidden".into()]);
        write(&name(data_dir), &arguments(data_dir));
        assert_eq!(renamed(folder.path(), data_dir), [old]);
    }
}
