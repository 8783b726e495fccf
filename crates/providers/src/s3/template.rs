//! How a key is made of a file: words, and places that each file fills. The places have the names that they have in a file's fields
//! (`partway_provider::template`); here `{folder}` is the file's folder at the destination, filled in already.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use partway_provider::FileFacts;

use crate::SettingsError;
use crate::fields::{beside, unreachable};

/// Folder and name, as they are.
pub(crate) const USUAL: &str = "{folder}/{name}";

/// What a place is called, and what fills it.
const PLACES: [(&str, Place); 8] = [
    ("folder", Place::Folder),
    ("name", Place::Name),
    ("stem", Place::Stem),
    ("ext", Place::Ext),
    ("date", Place::Date("%Y-%m-%d")),
    ("year", Place::Date("%Y")),
    ("month", Place::Date("%m")),
    ("day", Place::Date("%d")),
];

/// A pattern for keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// What stands between slashes.
    segments: Vec<Vec<Piece>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Place(Place),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Folder,
    Name,
    /// The name without its ending.
    Stem,
    /// The ending, without its dot.
    Ext,
    /// The time of the start, UTC, in this form.
    Date(&'static str),
}

impl Template {
    /// The template that was typed, or the usual one.
    ///
    /// # Errors
    /// [`SettingsError`] where a place is not known, or where every file would have one key.
    pub(crate) fn read(typed: Option<String>) -> Result<Self, SettingsError> {
        let typed = typed.unwrap_or_else(|| USUAL.to_owned());
        if let Some(said) = unreachable(typed.trim_start_matches('/')) {
            return Err(beside(("object", said)));
        }
        let segments = typed.split('/').map(pieces).collect::<Result<Vec<_>, _>>()?;
        let names = |piece: &Piece| matches!(piece, Piece::Place(Place::Name | Place::Stem));
        if !segments.last().is_some_and(|last| last.iter().any(names)) {
            return Err(wrong(
                "What comes after the last slash holds {name} or {stem}, or files would replace each other.",
            ));
        }
        Ok(Self { segments })
    }

    /// The key of a file that starts now. Folders that come out empty are left out.
    pub(crate) fn fill(&self, file: &FileFacts, now: Timestamp) -> String {
        let fill = |pieces: &Vec<Piece>| pieces.iter().map(|piece| piece.fill(file, now)).collect::<String>();
        let segments: Vec<_> = self.segments.iter().map(fill).filter(|segment| !segment.is_empty()).collect();
        segments.join("/")
    }
}

fn pieces(segment: &str) -> Result<Vec<Piece>, SettingsError> {
    let (mut pieces, mut words, mut rest) = (Vec::new(), String::new(), segment);
    while let Some(at) = rest.find(['{', '}']) {
        words.push_str(&rest[..at]);
        let (brace, after) = rest[at..].split_at(1);
        // Written twice it stands for itself; one that closes nothing does too.
        let twice = after.strip_prefix(brace);
        if brace == "}" || twice.is_some() {
            words.push_str(brace);
            rest = twice.unwrap_or(after);
            continue;
        }
        let (name, after) = after.split_once('}').ok_or_else(|| wrong("A { has no } after it."))?;
        let place = PLACES.iter().find(|(known, _)| *known == name).map(|(_, place)| *place);
        let place = place.ok_or_else(|| {
            let known: Vec<_> = PLACES.iter().map(|(name, _)| format!("{{{name}}}")).collect();
            wrong(format!("There is no place of this name. Choose from: {}.", known.join(", ")))
        })?;
        pieces.extend((!words.is_empty()).then(|| Piece::Words(std::mem::take(&mut words))));
        pieces.push(Piece::Place(place));
        rest = after;
    }
    words.push_str(rest);
    pieces.extend((!words.is_empty()).then_some(Piece::Words(words)));
    Ok(pieces)
}

impl Piece {
    fn fill(&self, file: &FileFacts, now: Timestamp) -> String {
        match self {
            Self::Words(words) => words.clone(),
            Self::Place(place) => match place {
                Place::Folder => {
                    file.fields.folder.as_deref().unwrap_or_default().trim_matches('/').to_owned()
                }
                Place::Name => file.name.clone(),
                Place::Stem => parted(&file.name).0.to_owned(),
                Place::Ext => parted(&file.name).1.trim_start_matches('.').to_owned(),
                Place::Date(form) => now.to_zoned(TimeZone::UTC).strftime(form).to_string(),
            },
        }
    }
}

/// A name and its ending with the dot: "cut" and ".mov". A dot at the beginning hides a file, and begins no ending.
pub(crate) fn parted(name: &str) -> (&str, &str) {
    name.rfind('.').filter(|dot| *dot > 0).map_or((name, ""), |dot| name.split_at(dot))
}

fn wrong(sentence: impl Into<String>) -> SettingsError {
    SettingsError::new("object", sentence)
}

#[cfg(test)]
mod tests {
    use partway_provider::Fields;

    use super::*;

    fn filled(template: &str, folder: &str, name: &str) -> String {
        let fields = Fields { folder: Some(folder.to_owned()), ..Fields::default() };
        let file =
            FileFacts { name: name.to_owned(), size: 1, mime: String::new(), hash: None, fields, beside: 0 };
        // 2024-05-01 10:00 UTC.
        let now = Timestamp::from_second(1_714_557_600).unwrap();
        Template::read(Some(template.to_owned())).unwrap().fill(&file, now)
    }

    #[test]
    fn each_place_is_filled_and_empty_folders_are_left_out() {
        for (template, folder, name, key) in [
            (USUAL, "a/b", "c.mov", "a/b/c.mov"),
            (USUAL, "", "c.mov", "c.mov"),
            (USUAL, "/a b/", " {name} ", "a b/ {name} "),
            ("{year}/{month}/{day}/{name}", "x", "c.mov", "2024/05/01/c.mov"),
            ("in-{date}/{stem} raw.{ext}", "x", "a.b.mov", "in-2024-05-01/a.b raw.mov"),
            ("/{folder}/{folder}x/{stem}", "", ".hidden", "x/.hidden"),
            ("{{{stem}}}-{{name}} a}b", "", "c.mov", "{c}-{name} a}b"),
        ] {
            assert_eq!(filled(template, folder, name), key, "{template}");
        }
    }

    #[test]
    fn a_template_that_cannot_be_meant_is_told() {
        for (template, says) in [
            ("{folder}/{nme}", "{folder}, {name}"),
            ("{folder}/{name", "no }"),
            ("{folder}/film.mov", "{name}"),
            ("{name}/film.mov", "{name}"),
            ("{name}/", "{name}"),
            ("a/../{name}", "“..”"),
            ("./{name}", "“.”"),
            ("{folder}//{name}", "two slashes"),
        ] {
            let error = Template::read(Some(template.to_owned())).unwrap_err();
            assert!(error.field == "object" && error.sentence.contains(says), "{template}: {error}");
        }
    }
}
