//! What S3 stores besides a file's bytes: tags and metadata, checked on input and again when a file starts.

use std::collections::{BTreeMap, BTreeSet};

use partway_provider::Fields;

use super::{Settings, key};
use crate::fields::{self, Wrong, sample};

/// AWS, "Categorizing your objects using tags": the most tags, and the most characters in a tag's key and
/// value.
const MOST_TAGS: usize = 10;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

/// AWS, "Working with object metadata": the most bytes for the names and values of user metadata together.
const MOST_METADATA: usize = 2 * 1024;

/// Prefix of tags that only AWS may set (the same page).
const RESERVED: &str = "aws:";

/// Checks that a file with these fields can go to this bucket.
pub(crate) fn looked_at(settings: &Settings, given: &Fields) -> Result<(), Wrong> {
    fields::folder(given)?;
    key::key(settings, &sample(given)).map_err(|said| ("folder", said))?;
    of(given)
}

/// Checks tags and metadata.
pub(crate) fn of(given: &Fields) -> Result<(), Wrong> {
    tags(&given.tags).map_err(|said| ("tags", said))?;
    metadata(&given.metadata).map_err(|said| ("metadata", said))
}

/// Splits a tag into name and value: "camera=B" has a value, "raw" has none.
pub(crate) fn parted(tag: &str) -> (&str, &str) {
    let (name, value) = tag.split_once('=').unwrap_or((tag, ""));
    (name.trim(), value.trim())
}

fn tags(tags: &[String]) -> Result<(), String> {
    if tags.len() > MOST_TAGS {
        return Err(format!("there are {} tags, and S3 takes {MOST_TAGS}. Leave some out", tags.len()));
    }
    let mut seen = BTreeSet::new();
    for tag in tags {
        let (name, value) = parted(tag);
        let (letters, more) = (name.chars().count(), value.chars().count());
        if name.is_empty() {
            return Err("a tag has no name. Write it as name or name=value".to_owned());
        }
        if letters > LONGEST_KEY {
            return Err(format!(
                "the name of the tag “{}” has {letters} letters, and S3 takes {LONGEST_KEY}. Shorten it",
                shown(name)
            ));
        }
        if more > LONGEST_VALUE {
            return Err(format!(
                "the value of the tag “{}” has {more} letters, and S3 takes {LONGEST_VALUE}. Shorten it",
                shown(name)
            ));
        }
        if name.get(..RESERVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED)) {
            return Err(format!(
                "the tag “{}” begins with aws:, which S3 keeps for itself. Rename it",
                shown(name)
            ));
        }
        if !seen.insert(name) {
            return Err(format!("the tag “{}” is there twice. Leave one of them out", shown(name)));
        }
    }
    Ok(())
}

/// Metadata is sent in headers, so only what a header carries unchanged is accepted: it reads back as
/// written.
fn metadata(metadata: &BTreeMap<String, String>) -> Result<(), String> {
    let bytes: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > MOST_METADATA {
        return Err(format!(
            "the metadata has {bytes} bytes, names and values together, and S3 takes {MOST_METADATA}. Shorten it, or leave some out"
        ));
    }
    let mut seen = BTreeSet::new();
    for (name, value) in metadata {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        {
            return Err(format!(
                "metadata is called “{}”, and S3 takes only letters without accents, digits, hyphens and dots in its names. \
                 Rename it",
                shown(name)
            ));
        }
        if !can_be_sent(value) {
            return Err(format!(
                "the metadata “{name}” holds what S3 cannot carry. Use letters without accents, digits and punctuation, \
                 without line breaks and without blanks at the ends"
            ));
        }
        // Names that differ only in case are one header, and a storage would merge their values or drop them.
        if !seen.insert(name.to_ascii_lowercase()) {
            return Err(format!(
                "the metadata “{name}” is there twice; upper and lower case are the same to S3. Leave one of them out"
            ));
        }
    }
    Ok(())
}

/// Whether a header carries it unchanged (RFC 9110, 5.5: visible ASCII and inner blanks); S3's signature
/// collapses several blanks into one.
pub(crate) fn can_be_sent(value: &str) -> bool {
    value.trim() == value
        && !value.contains("  ")
        && value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

/// Shortens other people's words for a sentence.
pub(crate) fn shown(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    if text.chars().count() > 40 { text.chars().take(39).chain(['…']).collect() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tags: &[&str], metadata: &[(&str, &str)]) -> Result<(), Wrong> {
        of(&Fields {
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            metadata: metadata.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect(),
            ..Fields::default()
        })
    }

    #[test]
    fn tags_have_their_bounds() {
        let (long, longer) = ("ü".repeat(128), "ü".repeat(256));
        let most: Vec<_> = (0..10).map(|at| format!("t{at}")).collect();
        let mut most: Vec<_> = most.iter().map(String::as_str).collect();
        let full = format!("{long}={longer}");
        for fine in [&[][..], &["a", "A", "b=", "c=d=e"], &[&full], &most] {
            assert_eq!(told(fine, &[]), Ok(()));
        }
        most.push("one more");
        let (name, value) = (&*format!("{long}x"), &*format!("a={longer}x"));
        for (bad, says) in [
            (&most[..], "11 tags"),
            (&[name], "129 letters"),
            (&[value], "257 letters"),
            (&[""], "no name"),
            (&[" =b"], "no name"),
            (&["AWS:x=1"], "begins with aws:"),
            (&["a=1", "a=2"], "twice"),
        ] {
            let (field, said) = told(bad, &[]).unwrap_err();
            assert!(field == "tags" && said.contains(says), "{said}");
        }
    }

    #[test]
    fn metadata_that_http_cannot_carry_is_told() {
        assert_eq!(told(&[], &[("Scene", "12 a"), ("take_2", "")]), Ok(()));
        // Names and values count, to the byte.
        let most = "v".repeat(2048 - 5);
        assert_eq!(told(&[], &[("Scene", &most)]), Ok(()));
        let (field, said) = told(&[], &[("Scene", &most), ("b", "")]).unwrap_err();
        assert!(field == "metadata" && said.contains("2049 bytes"), "{said}");
        for (name, value) in [
            ("", "a"),
            ("two words", "a"),
            ("größe", "a"),
            ("a:b", "a"),
            ("a", "ü"),
            ("a", " a"),
            ("a", "a\n"),
            ("a", "a  b"),
        ] {
            assert_eq!(told(&[], &[(name, value)]).unwrap_err().0, "metadata", "{name:?} {value:?}");
        }
        assert!(told(&[], &[("a", "1"), ("A", "2")]).unwrap_err().1.contains("twice"));
    }
}
