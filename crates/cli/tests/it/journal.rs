//! A journal that cannot be read: no command may claim that all is well.

use crate::run::Place;

/// The message, without the folder and the time in it.
fn said(place: &Place, text: &str) -> String {
    let text = text.replace(&place.data().canonicalize().unwrap().display().to_string(), "DATA");
    text.replace(&place.data().display().to_string(), "DATA")
        .replace(|letter: char| letter.is_ascii_digit(), "")
        .replace('\\', "/")
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
    // Not only the first command reports it.
    std::fs::write(place.files().join("a.mov"), "a").unwrap();
    for (words, code) in
        [(&["list"][..], 1), (&["list", "--json"], 1), (&["resume", "--json"], 1), (&["upload", "a.mov"], 2)]
    {
        let ran = place.run(words, &[]);
        assert_eq!(ran.code, code, "{words:?}: {}", ran.err);
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

/// A file size limit stands for a full disk: writes past it fail.
#[cfg(unix)]
#[test]
fn files_that_cannot_be_written_down_are_not_taken_in_and_that_is_told() {
    let place = Place::new().with_destination("Acme");
    let folder = place.files().join("many");
    std::fs::create_dir(&folder).unwrap();
    for n in 0..1500 {
        std::fs::write(folder.join(format!("{n}.mov")), "").unwrap();
    }
    let script = format!(
        "trap '' XFSZ; ulimit -f 400; exec '{}' --data-dir '{}' upload many --json --max-wait 60",
        env!("CARGO_BIN_EXE_partwayctl"),
        place.data().display()
    );
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &script]).env("ACME_KEY", "k").current_dir(place.files());
    let ran = crate::run::Ran::from(shell.output().unwrap());
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("The data folder cannot be written"), "{}", ran.err);
    let ends = ran.finished();
    assert_eq!((ends.len(), ends[0]["file"].as_str()), (1, Some("many")), "{}", ran.out);
    assert_eq!(place.run(&["list", "--json"], &[]).out, "", "half of them were taken in");
}
