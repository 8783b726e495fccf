//! How a file's key is built: a path with placeholders in braces (`partway_provider::template`).

use partway_provider::FileFacts;
use partway_provider::template::{self, WORDS_OF_A_KEY};

use crate::SettingsError;
use crate::fields::{beside, unreachable};

/// The folder at the destination, and the name, unchanged.
pub(crate) const USUAL: &str = "{path}/{name}";

/// A pattern for keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(String);

impl Template {
    /// The given template, or the usual one.
    ///
    /// # Errors
    /// [`SettingsError`] if a placeholder is unknown, or if every file would have the same key.
    pub(crate) fn read(typed: Option<String>) -> Result<Self, SettingsError> {
        let typed = typed.unwrap_or_else(|| USUAL.to_owned());
        let typed = typed.trim_start_matches('/');
        if let Some(said) = unreachable(typed) {
            return Err(beside(("object", said)));
        }
        template::check(typed, &WORDS_OF_A_KEY).map_err(|none| wrong(none.sentence(&WORDS_OF_A_KEY)))?;
        let last = typed.rsplit('/').next().unwrap_or(typed);
        if !["name", "stem"].iter().any(|word| template::has(last, word)) {
            return Err(wrong(
                "What comes after the last slash holds {name} or {stem}, or files would replace each other.",
            ));
        }
        Ok(Self(typed.to_owned()))
    }

    /// The key of a file. Empty folders are left out.
    pub(crate) fn fill(&self, file: &FileFacts) -> String {
        template::fill_path(&self.0, &file.origin())
    }
}

fn wrong(sentence: impl Into<String>) -> SettingsError {
    SettingsError::new("object", sentence)
}

#[cfg(test)]
mod tests {
    use partway_provider::Fields;

    use super::*;

    fn filled(template: &str, folder: &str, name: &str) -> String {
        let file = FileFacts {
            name: name.to_owned(),
            fields: Fields { folder: Some(folder.to_owned()), ..Fields::default() },
            lies_in: "card 1".to_owned(),
            added_on: "2024-05-01".to_owned(),
            ..FileFacts::default()
        };
        Template::read(Some(template.to_owned())).unwrap().fill(&file)
    }

    #[test]
    fn each_word_is_filled_and_empty_folders_are_left_out() {
        for (template, folder, name, key) in [
            (USUAL, "a/b", "c.mov", "a/b/c.mov"),
            (USUAL, "", "c.mov", "c.mov"),
            (USUAL, "/a b/", " {name} ", "a b/ {name} "),
            ("{year}/{month}/{day}/{name}", "x", "c.mov", "2024/05/01/c.mov"),
            ("in-{date}/{stem} raw.{ext}", "x", "a.b.mov", "in-2024-05-01/a.b raw.mov"),
            ("{folder}/{path}/{name}", "x/y", "c.mov", "card 1/x/y/c.mov"),
            ("/{path}/{path}x/{stem}", "", ".hidden", "x/.hidden"),
            ("{{{stem}}}-{{name}} a}b", "", "c.mov", "{c}-{name} a}b"),
        ] {
            assert_eq!(filled(template, folder, name), key, "{template}");
        }
    }

    #[test]
    fn a_template_that_cannot_be_meant_is_refused_with_a_sentence() {
        for (template, says) in [
            ("{path}/{nme}", "{path}, {name}"),
            ("{path}/{name", "not closed"),
            ("{path}/film.mov", "{name}"),
            ("{name}/film.mov", "{name}"),
            ("{path}/{{name}}", "{name}"),
            ("{name}/", "{name}"),
            ("a/../{name}", "“..”"),
            ("./{name}", "“.”"),
            ("{path}//{name}", "two slashes"),
        ] {
            let error = Template::read(Some(template.to_owned())).unwrap_err();
            assert!(error.field == "object" && error.sentence.contains(says), "{template}: {error}");
        }
    }
}
