//! Stamps: what a folder was made from, kept in it word for word, so that it is made again only when that changed.

use crate::stop::{Outcome, at};
use std::path::{Path, PathBuf};

/// The stamp's name inside the folder. It vanishes with the folder, so a deleted folder is made again.
const NAME: &str = ".made-from";

/// What a folder was, or is to be, made from.
pub(crate) struct Stamp {
    file: PathBuf,
    sources: Vec<u8>,
}

impl Stamp {
    /// Reads `sources`, from which `folder` is made.
    pub(crate) fn read(folder: &Path, sources: &[PathBuf]) -> Outcome<Self> {
        let mut all = Vec::new();
        for source in sources {
            let text = std::fs::read(source).map_err(at(source))?;
            // Lengths first, so that no text can move from one file to the next unnoticed.
            all.extend_from_slice(format!("{} bytes\n", text.len()).as_bytes());
            all.extend_from_slice(&text);
        }
        Ok(Self { file: folder.join(NAME), sources: all })
    }

    /// Whether the folder was made from the same sources.
    pub(crate) fn is_fresh(&self) -> bool {
        std::fs::read(&self.file).is_ok_and(|stamped| stamped == self.sources)
    }

    /// Records, after the folder was made, what it was made from.
    pub(crate) fn set(&self) -> Outcome<()> {
        std::fs::write(&self.file, &self.sources).map_err(at(&self.file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn fresh_until_a_source_changes_or_the_folder_goes() {
        let place = tempfile::tempdir().unwrap();
        let made = place.path().join("made");
        let sources = [place.path().join("a"), place.path().join("b")];
        fs::create_dir(&made).unwrap();
        fs::write(&sources[0], "one").unwrap();
        fs::write(&sources[1], "two").unwrap();
        let read = || Stamp::read(&made, &sources).unwrap();

        assert!(!read().is_fresh(), "never made");
        read().set().unwrap();
        assert!(read().is_fresh());

        fs::write(&sources[1], "three").unwrap();
        assert!(!read().is_fresh(), "a source changed");
        read().set().unwrap();
        assert!(read().is_fresh());

        fs::remove_dir_all(&made).unwrap();
        assert!(!read().is_fresh(), "the folder went");
    }

    #[test]
    fn text_that_moves_from_one_source_to_the_next_is_a_change() {
        let place = tempfile::tempdir().unwrap();
        let sources = [place.path().join("a"), place.path().join("b")];
        fs::write(&sources[0], "one").unwrap();
        fs::write(&sources[1], "two").unwrap();
        let before = Stamp::read(place.path(), &sources).unwrap();
        before.set().unwrap();
        fs::write(&sources[0], "onet").unwrap();
        fs::write(&sources[1], "wo").unwrap();
        assert!(!Stamp::read(place.path(), &sources).unwrap().is_fresh());
    }

    #[test]
    fn a_missing_source_is_named() {
        let place = tempfile::tempdir().unwrap();
        let gone = place.path().join("package-lock.json");
        let Err(stop) = Stamp::read(place.path(), std::slice::from_ref(&gone)) else {
            panic!("read a file that is not there")
        };
        assert!(stop.sentence.starts_with(&gone.display().to_string()), "{}", stop.sentence);
    }
}
