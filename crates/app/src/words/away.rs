//! Words about missing drives and folders.

use partway_core::visible;

use super::{count, short};
use crate::away::{Place, named};

/// A title, and what waits.
pub(crate) fn away(place: &Place, files: u32) -> (String, String) {
    let name = short(&place.name);
    let (title, go) = if place.drive {
        (format!("The drive {name} is not there."), "when it is plugged in again")
    } else {
        (format!("The folder {name} is not there."), "when it is back")
    };
    (title, waits(files, go))
}

/// The same for too many places to list one by one.
pub(crate) fn many_away(places: usize, files: u32) -> (String, String) {
    (format!("{places} folders and drives are not there."), waits(files, "when they are back"))
}

fn waits(files: u32, go: &str) -> String {
    let them = if files == 1 { "It goes on" } else { "They go on" };
    format!("{}, nothing is lost. {them} {go}.", count(files, "upload waits", "uploads wait"))
}

/// "Waiting for drive T7".
pub(crate) fn waits_for_place(place: &Place) -> String {
    format!("Waiting for {} {}", if place.drive { "drive" } else { "folder" }, short(&place.name))
}

/// "The drive T7 does not answer".
pub(crate) fn does_not_answer(place: &Place) -> String {
    let name = short(&place.name);
    if place.drive {
        format!("The drive {name} does not answer")
    } else {
        format!("The drive of folder {name} does not answer")
    }
}

/// The same as a sentence, for a named path.
pub(crate) fn drive_silent(path: &str) -> String {
    format!("{}.", does_not_answer(&named(&visible(path))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_named() {
        let place = |name: &str, drive| Place { name: name.into(), drive };
        let said = |(title, text): (String, String)| format!("{title} {text}");
        let all = [
            said(away(&place("T7", true), 3)),
            said(away(&place("day 1", false), 1)),
            said(many_away(12, 40)),
            waits_for_place(&place("T7", true)),
            waits_for_place(&place("day 1", false)),
            does_not_answer(&place("T7", true)),
            does_not_answer(&place("day 1", false)),
        ];
        insta::assert_snapshot!(all.join("\n"), @r"
        The drive T7 is not there. 3 uploads wait, nothing is lost. They go on when it is plugged in again.
        The folder day 1 is not there. 1 upload waits, nothing is lost. It goes on when it is back.
        12 folders and drives are not there. 40 uploads wait, nothing is lost. They go on when they are back.
        Waiting for drive T7
        Waiting for folder day 1
        The drive T7 does not answer
        The drive of folder day 1 does not answer
        ");
    }

    #[test]
    fn a_name_of_any_length_fits() {
        for drive in [true, false] {
            let place = Place { name: "x\n".repeat(5_000), drive };
            for said in [away(&place, 1).0, waits_for_place(&place), does_not_answer(&place)] {
                assert!(said.chars().count() < 100 && !said.contains('\n'), "{said}");
            }
        }
    }
}
