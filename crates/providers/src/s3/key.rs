//! The object key of a file: prefix, folder and name, byte for byte.

use partway_provider::FileFacts;
use partway_provider::template::parted;

use super::Settings;
use crate::fields::unreachable;

/// AWS, "Naming Amazon S3 objects": at most 1,024 bytes of UTF-8.
const LONGEST: usize = 1024;

/// The key of a file, or why it cannot be one.
///
/// Unicode is not normalized: "é" in one code point and in two are two keys, as they are two file names.
pub(crate) fn key(settings: &Settings, file: &FileFacts) -> Result<String, String> {
    let (prefix, own) = (&settings.prefix, settings.object.fill(file));
    let key = if prefix.is_empty() { own } else { format!("{prefix}/{own}") };
    let key = if file.beside == 0 { key } else { beside(&key, file.beside.saturating_add(1)) };
    if file.name.is_empty() || file.name.ends_with('/') {
        return Err("it has no name. Give it one".to_owned());
    }
    if let Some(said) = unreachable(&key) {
        return Err(said);
    }
    if key.len() > LONGEST {
        return Err(format!(
            "a name with all its folders has {} bytes, and S3 takes {LONGEST}. Shorten it",
            key.len()
        ));
    }
    Ok(key)
}

/// The last segment of a key: the file's name.
pub(crate) fn name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// The alternative for a taken key: "cut (2).mov" for "cut.mov".
fn beside(key: &str, number: u32) -> String {
    let at = key.len() - name(key).len();
    let (folder, name) = key.split_at(at);
    let (stem, ending) = parted(name);
    format!("{folder}{stem} ({number}){ending}")
}

#[cfg(test)]
mod tests {
    use partway_provider::Fields;
    use serde_json::json;

    use super::*;

    fn of(prefix: &str, folder: &str, name: &str) -> Result<String, String> {
        let settings = Settings::read(&json!({ "bucket": "films", "prefix": prefix })).unwrap();
        let fields = Fields { folder: Some(folder.to_owned()), ..Fields::default() };
        let file = FileFacts { name: name.to_owned(), fields, ..FileFacts::default() };
        key(&settings, &file)
    }

    #[test]
    fn a_key_is_prefix_folder_and_name_with_every_letter_as_it_was() {
        assert_eq!(of("in/2024", "/day 3/", "cut.mov").unwrap(), "in/2024/day 3/cut.mov");
        assert_eq!(of("", "", "cut.mov").unwrap(), "cut.mov");
        let (composed, decomposed) = ("caf\u{e9}.mov", "cafe\u{301}.mov");
        assert_eq!(of("", "", composed).unwrap(), composed);
        assert_eq!(of("", "", decomposed).unwrap(), decomposed);
    }

    #[test]
    fn what_cannot_be_a_key_is_told() {
        for (prefix, folder, name, says) in [
            ("", "", "", "no name"),
            ("", "..", "a", "“..”"),
            ("", "a/./b", "c", "“.”"),
            ("", "a//b", "c", "two slashes"),
            ("", "", "..", "“..”"),
            ("", "", &"é".repeat(513), "1026 bytes"),
        ] {
            let why = of(prefix, folder, name).unwrap_err();
            assert!(why.contains(says), "{why}");
        }
        assert!(of("", "", &"é".repeat(512)).is_ok());
        for fine in ["...", "a..b", "%2e%2e", "a\\..\\b", "#?&+", " "] {
            assert!(of("", "", fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn a_free_name_stands_before_the_ending() {
        for (key, next) in [
            ("a.b/cut.mov", "a.b/cut (2).mov"),
            ("a.b/README", "a.b/README (2)"),
            ("x.tar.gz", "x.tar (2).gz"),
            (".profile", ".profile (2)"),
        ] {
            assert_eq!(beside(key, 2), next);
        }
    }
}
