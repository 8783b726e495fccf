//! The entry that Linux desktops read at login (freedesktop.org, "Desktop Application Autostart Specification" 0.5). Written here, because the
//! libraries for it look past `XDG_CONFIG_HOME`, quote nothing, and take an entry that was switched off for one that is on.

use std::fs;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::io;
use std::path::{Path, PathBuf};

use tauri::AppHandle;

use super::arguments;

pub(super) fn plugin(builder: tauri::Builder<tauri::Wry>, _: &Path) -> tauri::Builder<tauri::Wry> {
    builder
}

pub(super) fn is_on(_: &AppHandle, data_dir: &Path) -> Option<bool> {
    let entry = folder()?.join(name(data_dir));
    // Nobody wrote one: it does not start.
    Some(fs::read_to_string(entry).is_ok_and(|text| starts(&text)))
}

pub(super) fn set(_: &AppHandle, data_dir: &Path, on: bool) -> io::Result<()> {
    let folder = folder().ok_or_else(|| io::Error::other("there is no home folder."))?;
    let file = folder.join(name(data_dir));
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
    // The same in every process: this hasher has no key of its own.
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(data_dir);
    format!("partway-{hash:016x}.desktop")
}

/// An AppImage lies elsewhere at each start; it tells where it really is.
#[expect(clippy::disallowed_methods, reason = "the only place where an AppImage says where it lies")]
fn program() -> io::Result<String> {
    let program = match std::env::var_os("APPIMAGE") {
        Some(image) => PathBuf::from(image),
        None => std::env::current_exe()?,
    };
    program.into_os_string().into_string().map_err(|_| io::Error::other("the program's path is no text."))
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
    let value = |key: &str| {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .find(|(name, _)| name.trim() == key)
            .map(|(_, v)| v.trim())
    };
    value("Exec").is_some()
        && value("Hidden") != Some("true")
        && value("X-GNOME-Autostart-enabled") != Some("false")
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
        assert!(one.starts_with("partway-") && one.ends_with(".desktop"), "{one}");
    }
}
