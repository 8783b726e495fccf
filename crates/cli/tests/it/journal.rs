//! A journal that cannot be read: nobody may be told that all is well.

use crate::run::Place;

/// What is said, without the folder and the time in it.
fn said(place: &Place, text: &str) -> String {
    let text = text.replace(&place.data().canonicalize().unwrap().display().to_string(), "DATA");
    text.replace(&place.data().display().to_string(), "DATA")
        .replace(|letter: char| letter.is_ascii_digit(), "")
}

#[test]
fn uploads_that_are_not_known_any_more_are_told_until_the_damaged_file_is_taken_away() {
    let place = Place::new();
    std::fs::create_dir(place.data()).unwrap();
    std::fs::write(place.data().join("journal.db"), "no journal ".repeat(1000)).unwrap();
    let resumed = place.run(&["resume"], &[]);
    assert_eq!(resumed.code, 1, "{}", resumed.err);
    insta::assert_snapshot!(said(&place, &resumed.err), @r"
    The record of your uploads could not be read. It was put aside as DATA/journal.damaged-.db and a new one begun; nothing was deleted. Add unfinished files again, then move that file elsewhere.
    Nothing else is unfinished.
    ");
    // The first to look is not the only one who has to know.
    for words in [&["list"][..], &["list", "--json"], &["resume", "--json"]] {
        let ran = place.run(words, &[]);
        assert_eq!(ran.code, 1, "{words:?}: {}", ran.err);
        assert!(ran.err.starts_with("The record of your uploads could not be read."), "{}", ran.err);
    }
    for entry in std::fs::read_dir(place.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("journal.damaged-") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let good = place.run(&["resume"], &[]);
    assert_eq!((good.code, good.err.trim()), (0, "Nothing is unfinished."));
    assert_eq!(place.run(&["list"], &[]).code, 0);
}
