//! Placeholders in braces that are filled in per file: `{stem} of {date}`. They mean the same everywhere.
//!
//! A literal brace is doubled, as in Rust and Python.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::Fields;

/// The known placeholders.
pub const WORDS: [&str; 8] = ["name", "stem", "ext", "folder", "date", "year", "month", "day"];

/// The placeholders of a pattern for a whole name at the destination: adds `{path}`, the file's folder there.
pub const WORDS_OF_A_KEY: [&str; 9] =
    ["path", "name", "stem", "ext", "folder", "date", "year", "month", "day"];

/// What the placeholders stand for, for one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// `{name}`; `{stem}` and `{ext}` are what comes before and after its last dot.
    pub name: &'a str,
    /// `{folder}`: the name of its local parent folder.
    pub folder: &'a str,
    /// `{date}`: the local date on which it was added: "2026-11-21". `{year}`, `{month}` and `{day}` are its
    /// parts.
    pub date: &'a str,
    /// `{path}`: its folder at the destination; `None` while that is being computed.
    pub path: Option<&'a str>,
}

impl<'a> Origin<'a> {
    fn word(&self, word: &str) -> Option<&'a str> {
        let (stem, ext) = parted(self.name);
        let date = |nth| self.date.splitn(3, '-').nth(nth).unwrap_or_default();
        Some(match word {
            "name" => self.name,
            "stem" => stem,
            "ext" => ext.trim_start_matches('.'),
            "folder" => self.folder,
            "date" => self.date,
            "year" => date(0),
            "month" => date(1),
            "day" => date(2),
            "path" => self.path?,
            _ => return None,
        })
    }
}

/// Splits a name into stem and extension with its dot: "cut" and ".mov". A leading dot hides a file and
/// starts no extension.
#[must_use]
pub fn parted(name: &str) -> (&str, &str) {
    name.rfind('.').filter(|dot| *dot > 0).map_or((name, ""), |dot| name.split_at(dot))
}

/// An unknown placeholder; empty for an unclosed brace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoWord(pub String);

impl NoWord {
    /// What is wrong and what to do, given the allowed placeholders.
    #[must_use]
    pub fn sentence(&self, words: &[&str]) -> String {
        let what: Cow<'_, str> = match self.0.as_str() {
            "" => "A brace is open here and not closed.".into(),
            word => format!("There is no word {{{word}}} to be filled in.").into(),
        };
        let words: Vec<_> = words.iter().map(|word| format!("{{{word}}}")).collect();
        format!("{what} There are {}; a brace for itself is written twice.", words.join(", "))
    }
}

enum Piece<'a> {
    Text(&'a str),
    Word(&'a str),
    Lonely,
}

/// Checks that every placeholder is one of these.
///
/// # Errors
/// The first that is not.
pub fn check(text: &str, words: &[&str]) -> Result<(), NoWord> {
    let mut outcome = Ok(());
    pieces(text, |piece| {
        let wrong = match piece {
            Piece::Word(word) if !words.contains(&word) => word,
            Piece::Lonely => "",
            _ => return,
        };
        if outcome.is_ok() {
            outcome = Err(NoWord(wrong.to_owned()));
        }
    });
    outcome
}

/// Whether a text contains this placeholder.
#[must_use]
pub fn has(text: &str, word: &str) -> bool {
    let mut found = false;
    pieces(text, |piece| found |= matches!(piece, Piece::Word(other) if other == word));
    found
}

/// Fills in the placeholders; unknown ones stay as written.
#[must_use]
pub fn fill(text: &str, origin: &Origin<'_>) -> String {
    let mut filled = String::with_capacity(text.len());
    pieces(text, |piece| match piece {
        Piece::Text(text) => filled.push_str(text),
        Piece::Word(word) => match origin.word(word) {
            Some(stands_for) => filled.push_str(stands_for),
            None => filled.extend(["{", word, "}"]),
        },
        Piece::Lonely => filled.push('{'),
    });
    filled
}

/// Fills in a path. A segment that becomes empty is dropped; one that was typed empty stays, to be refused.
#[must_use]
pub fn fill_path(path: &str, origin: &Origin<'_>) -> String {
    let filled = path.split('/').filter_map(|typed| {
        let filled = fill(typed, origin);
        (typed.is_empty() || !filled.is_empty()).then_some(filled)
    });
    filled.collect::<Vec<_>>().join("/")
}

fn pieces<'a>(mut text: &'a str, mut each: impl FnMut(Piece<'a>)) {
    while let Some(at) = text.find(['{', '}']) {
        each(Piece::Text(&text[..at]));
        let (brace, rest) = text[at..].split_at(1);
        if let Some(rest) = rest.strip_prefix(brace) {
            each(Piece::Text(brace));
            text = rest;
        } else if brace == "}" {
            // A lone `}` closes nothing and is unambiguous, so it stands for itself.
            each(Piece::Text(brace));
            text = rest;
        } else if let Some((word, rest)) = rest.split_once('}') {
            each(Piece::Word(word));
            text = rest;
        } else {
            each(Piece::Lonely);
            text = rest;
        }
    }
    each(Piece::Text(text));
}

impl Fields {
    /// These fields, with unset ones taken from `below`. Metadata is merged name by name; an empty value
    /// removes that name from `below`, case-insensitively: S3's names have no case, and two spellings of one
    /// name are hardly intended.
    #[must_use]
    pub fn over(self, below: &Self) -> Self {
        let below = below.clone();
        Self {
            folder: self.folder.or(below.folder),
            tags: if self.tags.is_empty() { below.tags } else { self.tags },
            metadata: over(self.metadata, below.metadata),
            custom_id: self.custom_id.or(below.custom_id),
            title: self.title.or(below.title),
            if_exists: self.if_exists.or(below.if_exists),
            random_prefix: self.random_prefix.or(below.random_prefix),
            ttl_seconds: self.ttl_seconds.or(below.ttl_seconds),
        }
    }

    /// Fills in all placeholders for a file.
    #[must_use]
    pub fn filled(self, origin: &Origin<'_>) -> Self {
        let fill = |text: String| if text.contains(['{', '}']) { fill(&text, origin) } else { text };
        Self {
            folder: self.folder.map(|folder| fill_path(&folder, origin)),
            tags: self.tags.into_iter().map(fill).collect(),
            metadata: self.metadata.into_iter().map(|(name, value)| (name, fill(value))).collect(),
            custom_id: self.custom_id.map(fill),
            title: self.title.map(fill),
            ..self
        }
    }
}

fn over(set: BTreeMap<String, String>, mut below: BTreeMap<String, String>) -> BTreeMap<String, String> {
    below.retain(|name, _| !set.keys().any(|other| other.eq_ignore_ascii_case(name)));
    below.extend(set.into_iter().filter(|(_, value)| !value.is_empty()));
    below
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: Origin<'_> =
        Origin { name: "take 3.final.mov", folder: "A001", date: "2026-11-21", path: None };

    #[test]
    fn words_are_filled_in_and_everything_else_stays() {
        for (text, filled) in [
            ("{name}", "take 3.final.mov"),
            ("{stem} ({ext}) of {date}, {folder}", "take 3.final (mov) of 2026-11-21, A001"),
            ("plain", "plain"),
            ("", ""),
            ("{{name}}", "{name}"),
            ("a } b", "a } b"),
            ("{year}/{month}-{day}", "2026/11-21"),
            ("{path}", "{path}"),
            ("{nope}", "{nope}"),
            ("open { end", "open { end"),
            ("ä{stem}ß", "ätake 3.finalß"),
        ] {
            assert_eq!(fill(text, &ORIGIN), filled, "{text}");
        }
        let name = |name| Origin { name, ..ORIGIN };
        assert_eq!(fill("{stem}|{ext}", &name(".profile")), ".profile|");
        assert_eq!(fill("{stem}|{ext}", &name("none")), "none|");
    }

    #[test]
    fn a_word_that_is_none_is_found_where_it_is_typed() {
        for good in ["", "{name}{stem}{ext}{folder}{date}", "{year}{month}{day}", "{{anything}}", "a } b"] {
            assert_eq!(check(good, &WORDS), Ok(()), "{good}");
        }
        assert_eq!(check("{path}", &WORDS), Err(NoWord("path".to_owned())));
        assert_eq!(check("{path}", &WORDS_OF_A_KEY), Ok(()));
        for (bad, word) in [("{nope}", "nope"), ("{name} {Name}", "Name"), ("a { b", ""), ("{}", "")] {
            assert_eq!(check(bad, &WORDS), Err(NoWord(word.to_owned())), "{bad}");
        }
    }

    #[test]
    fn a_folder_whose_words_come_out_empty_is_left_out() {
        let origin = Origin { name: "README", folder: "", date: "2026-11-21", path: None };
        for (folder, filled) in [
            ("a/{ext}/b", "a/b"),
            ("{ext}", ""),
            ("{folder}/{stem}", "README"),
            ("a//b", "a//b"),
            ("{ext}//b", "/b"),
        ] {
            let fields = Fields { folder: Some(folder.into()), ..Fields::default() }.filled(&origin);
            assert_eq!(fields.folder.as_deref(), Some(filled), "{folder}");
        }
    }

    #[test]
    fn metadata_is_set_name_by_name_and_nothing_takes_it_away() {
        let fields = |metadata: &[(&str, &str)]| Fields {
            metadata: metadata.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
            ..Fields::default()
        };
        let below = fields(&[("camera", "B"), ("crew", "2"), ("take", "")]);
        let set = fields(&[("camera", "C"), ("crew", ""), ("scene", "12")]);
        assert_eq!(set.over(&below), fields(&[("camera", "C"), ("scene", "12"), ("take", "")]));
        let other_case = fields(&[("CAMERA", "D"), ("Scene", "")]);
        assert_eq!(other_case.over(&below), fields(&[("CAMERA", "D"), ("crew", "2"), ("take", "")]));
    }

    #[test]
    fn what_is_set_goes_over_what_lies_below_and_every_text_is_filled() {
        let below = Fields {
            folder: Some("up".into()),
            tags: vec!["a".into()],
            metadata: [("k".to_owned(), "{ext}".to_owned())].into(),
            ttl_seconds: Some(60),
            ..Fields::default()
        };
        let set = Fields {
            folder: Some("{date}/{folder}".into()),
            title: Some("{stem}".into()),
            custom_id: Some("id-{name}".into()),
            tags: vec!["{folder}".into(), "b".into()],
            ..Fields::default()
        };
        let both = set.over(&below).filled(&ORIGIN);
        assert_eq!(
            both,
            Fields {
                folder: Some("2026-11-21/A001".into()),
                tags: vec!["A001".into(), "b".into()],
                metadata: [("k".to_owned(), "mov".to_owned())].into(),
                title: Some("take 3.final".into()),
                custom_id: Some("id-take 3.final.mov".into()),
                ttl_seconds: Some(60),
                ..Fields::default()
            }
        );
    }
}
