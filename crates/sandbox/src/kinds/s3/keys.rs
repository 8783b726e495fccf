//! Where an object is stored: any key as a path below `objects/`.

use crate::sessions::name;
use crate::storage::query;

/// Longest segment that is kept unchanged; a longer one is cut and made unique by a number.
const LONGEST: usize = 240;

/// Folder (segments joined by `/`, empty for none) and name. If a segment cannot be a file name, its odd
/// characters are written as percent signs and digits, and an empty one as a percent sign.
pub(crate) fn path(key: &str) -> (String, String) {
    let mut segments: Vec<String> = key.split('/').map(segment).collect();
    let name = segments.pop().unwrap_or_default();
    (segments.join("/"), name)
}

fn segment(text: &str) -> String {
    let short = &text[..text.floor_char_boundary(LONGEST)];
    let odd = short.contains('\0') || short == "." || short == "..";
    let encoded = match short {
        "" => "%".to_owned(),
        _ if odd => query::encode(short).replace('.', "%2E"),
        _ => short.to_owned(),
    };
    let encoded = &encoded[..encoded.floor_char_boundary(LONGEST)];
    name::file(encoded).unwrap_or_else(|_| "%".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_key_leaves_the_folder(key in "([./a\u{0}ü-]|\\PC){0,300}") {
            let (folder, last) = path(&key);
            let whole = format!("{folder}/{last}");
            prop_assert!(whole.strip_prefix('/').unwrap_or(&whole).split('/').all(|s| name::file(s).is_ok()), "{whole:?}");
        }
    }

    #[test]
    fn ordinary_keys_stay_what_they_are() {
        let both = |folder: &str, name: &str| (folder.to_owned(), name.to_owned());
        assert_eq!(path("x.mov"), both("", "x.mov"));
        assert_eq!(path("2026/räume/a b.mov"), both("2026/räume", "a b.mov"));
        assert_eq!(path("/a//../b/"), both("%/a/%/%2E%2E/b", "%"));
    }
}
