//! What was named at a start, by "open with" or in a script: paths, and addresses of files on this computer.

use std::ffi::OsStr;
use std::path::PathBuf;

use tauri::Url;

/// Files and folders, and what is no path here: as it was named, and the sentence.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) left_out: Vec<(String, String)>,
}

impl Named {
    /// Of arguments. The process that takes a file in has another current folder, so paths are made absolute.
    pub(crate) fn of<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Self {
        let mut named = Self::default();
        for argument in arguments {
            let argument = argument.as_ref();
            match path(argument) {
                Some(path) => named.paths.push(path),
                None => {
                    let text = argument.to_string_lossy().into_owned();
                    let sentence = sentence(&text);
                    named.left_out.push((text, sentence));
                }
            }
        }
        named
    }
}

impl From<Vec<PathBuf>> for Named {
    fn from(paths: Vec<PathBuf>) -> Self {
        Self { paths, left_out: Vec::new() }
    }
}

fn path(argument: &OsStr) -> Option<PathBuf> {
    match argument.to_str().and_then(address) {
        Some(url) => url.to_file_path().ok(),
        None => std::path::absolute(argument).ok(),
    }
}

/// The address of a file (RFC 8089), where it is one.
fn address(text: &str) -> Option<Url> {
    let is_file = text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("file:/"));
    if !is_file {
        return None;
    }
    // Whoever writes an address by hand writes names as they are. In the address of a file these have no other meaning, and cut off at
    // one of them it would be another file's.
    let whole: String =
        text.chars().map(|c| if TAKEN_AWAY.contains(&c) { escaped(c) } else { c.to_string() }).collect();
    Url::parse(&whole).ok()
}

/// What would end the path, or be taken away or read as something else, where it is not written with a percent sign.
const TAKEN_AWAY: &[char] =
    if cfg!(windows) { &['#', '?', ' ', '\t', '\n', '\r'] } else { &['#', '?', ' ', '\t', '\n', '\r', '\\'] };

fn escaped(c: char) -> String {
    format!("%{:02X}", u32::from(c))
}

fn sentence(text: &str) -> String {
    if text.is_empty() {
        return "A file without a name was named, so it was not sent. Check what starts Partway.".into();
    }
    format!("{text} is not on this computer. Copy it here first, then add it.")
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    fn paths(arguments: &[&str]) -> Vec<String> {
        Named::of(arguments).paths.into_iter().map(|path| path.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn addresses_of_files_are_read_with_their_percent_signs() {
        let named = [
            "file:///tmp/a%20b.mov",
            "FILE:///tmp/%C3%BC.mov",
            "file://localhost/tmp/c.mov",
            "file:/tmp/d.mov",
            "file:///tmp/100%25.mov",
        ];
        assert_eq!(
            paths(&named),
            ["/tmp/a b.mov", "/tmp/ü.mov", "/tmp/c.mov", "/tmp/d.mov", "/tmp/100%.mov"]
        );
        assert_eq!(Named::of(["file:///tmp/%FF.mov"]).paths[0].as_os_str().as_bytes(), b"/tmp/\xff.mov");
    }

    #[test]
    fn one_that_was_written_by_hand_is_the_file_that_it_looks_like() {
        for path in [
            "/tmp/take #1.mov",
            "/tmp/what?.mov",
            "/tmp/a\\b",
            "/tmp/end ",
            "/tmp/a\tb",
            "/tmp/a\nb",
            "/tmp/a\rb",
        ] {
            assert_eq!(paths(&[&format!("file://{path}")]), [path]);
        }
    }

    #[test]
    fn paths_stay_what_they_are() {
        let here = std::env::current_dir().unwrap();
        let named = Named::of(["/tmp/a%20b.mov", "files/x.mov", "file.mov"]);
        assert_eq!(named.paths, ["/tmp/a%20b.mov".into(), here.join("files/x.mov"), here.join("file.mov")]);
        let odd = OsStr::from_bytes(b"/tmp/\xff.mov");
        assert_eq!(Named::of([odd]).paths, [PathBuf::from(odd)]);
    }

    #[test]
    fn what_is_on_another_computer_or_has_no_name_is_told() {
        let named = Named::of(["file://server/share/x.mov", "", "/tmp/a"]);
        assert_eq!(named.paths, [PathBuf::from("/tmp/a")]);
        let said: Vec<_> = named.left_out.iter().map(|(text, said)| (text.as_str(), said.as_str())).collect();
        assert_eq!(
            said,
            [
                (
                    "file://server/share/x.mov",
                    "file://server/share/x.mov is not on this computer. Copy it here first, then add it."
                ),
                ("", "A file without a name was named, so it was not sent. Check what starts Partway.")
            ]
        );
    }
}
