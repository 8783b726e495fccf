//! The exact words of notifications.

use partway_keychain::KeychainError;

use super::*;
use crate::away::Place;

fn standing(files: u32, verified: u32, uploaded: u32) -> Standing {
    Standing {
        destination: "Dailies".into(),
        files,
        verified,
        uploaded,
        cancelled: files - verified - uploaded,
        ..Standing::default()
    }
}

fn said(message: &Message) -> String {
    let buttons: Vec<_> = message.buttons.iter().map(|button| format!("[{}]", button.words)).collect();
    format!("{}|{}|{}", message.title, message.text, buttons.join(" "))
}

fn told(standing: &Standing, links: Option<bool>) -> String {
    said(&batch("b".into(), standing, links))
}

#[test]
fn all_is_said_only_when_it_is_all() {
    assert_eq!(told(&standing(145, 145, 0), Some(true)), "All 145 verified at Dailies||[Copy links] [Show]");
    assert_eq!(told(&standing(1, 1, 0), Some(true)), "1 file verified at Dailies||[Copy link] [Show]");
    assert_eq!(told(&standing(145, 142, 0), None), "142 verified, 3 not sent|Keep the originals.|[Show]");
    assert_eq!(told(&standing(2, 0, 0), None), "2 not sent|Keep the originals.|[Show]");
    assert_eq!(
        told(&standing(145, 140, 2), None),
        "140 verified, 2 uploaded but not verified, 3 not sent|Keep the originals.|[Show]"
    );
}

#[test]
fn an_address_that_wants_a_sign_in_is_no_link() {
    assert_eq!(
        told(&standing(3, 3, 0), Some(false)),
        "All 3 verified at Dailies||[Copy locations (sign-in needed)] [Show]"
    );
    assert_eq!(
        told(&standing(1, 1, 0), Some(false)),
        "1 file verified at Dailies||[Copy location (sign-in needed)] [Show]"
    );
}

#[test]
fn uploaded_is_never_called_verified_and_practice_never_an_upload() {
    assert_eq!(
        told(&standing(3, 0, 3), None),
        "3 files uploaded to Dailies, not verified|Keep the originals.|[Show]"
    );
    assert_eq!(
        told(&standing(3, 1, 2), None),
        "1 verified at Dailies, 2 uploaded but not verified|Keep the originals.|[Show]"
    );
    let practice = Standing { practice: true, ..standing(2, 2, 0) };
    assert_eq!(
        told(&practice, None),
        "Practice finished, not uploaded|2 files on this computer only.|[Show]"
    );
    let short = Standing { practice: true, ..standing(2, 1, 0) };
    assert_eq!(told(&short, None), "1 practised, 1 not sent|Keep the originals.|[Show]");
}

#[test]
fn files_that_need_somebody_are_counted_against_their_batches() {
    let need = |files, verified, need| Standing { need, cancelled: 0, ..standing(files, verified, 0) };
    let one = |standing| vec![("b".to_owned(), standing)];
    assert_eq!(
        said(&files(one(need(145, 142, 3)), None)),
        "3 of 145 need you|142 verified at Dailies. Keep the originals.|[Retry] [Review]"
    );
    assert_eq!(
        said(&files(one(need(145, 12, 3)), None)),
        "3 of 145 need you|The others go on.|[Retry] [Review]"
    );
    let why = Some(("cut_v7.mov".to_owned(), "cut_v7.mov is too large for Dailies.".to_owned()));
    assert_eq!(
        said(&files(one(need(2, 1, 1)), why.clone())),
        "1 of 2 needs you|cut_v7.mov is too large for Dailies. 1 verified at Dailies. Keep the originals.|[Retry] [Review]"
    );
    assert_eq!(
        said(&files(one(need(1, 0, 1)), why)),
        "cut_v7.mov needs you|cut_v7.mov is too large for Dailies.|[Retry] [Review]"
    );
    let two = vec![("b".to_owned(), need(145, 142, 3)), ("c".to_owned(), need(15, 0, 2))];
    let message = files(two, None);
    assert_eq!(said(&message), "5 of 160 need you|The others go on.|[Retry] [Review]");
    assert_eq!(message.buttons[0].press, Press::Retry { batches: vec!["b".into(), "c".into()] });
}

#[test]
fn what_keeps_many_files_says_that_nothing_is_lost_and_what_to_do() {
    let causes = [
        Need::Key { destination: "d".into(), name: "Acme".into(), refused: true, files: 12 },
        Need::Key { destination: "d".into(), name: "Acme".into(), refused: false, files: 1 },
        Need::Keychain {
            error: KeychainError::Locked,
            names: vec!["Acme".into(), "Dailies".into()],
            files: 3,
        },
        Need::Keychain {
            error: KeychainError::Refused { why: "no".into() },
            names: vec!["Acme".into()],
            files: 1,
        },
        Need::Away { place: Place { name: "T7".into(), drive: true }, files: 3 },
        Need::Away { place: Place { name: "day 1".into(), drive: false }, files: 1 },
        Need::Quota { name: "Acme".into(), files: 2, batches: vec!["b".into()] },
        Need::Unwritable("The disk that holds Partway's data folder is full.".into()),
    ];
    let all: Vec<_> = causes.into_iter().map(|cause| said(&stands("k".into(), cause, 0))).collect();
    insta::assert_snapshot!(all.join("\n"), @r"
    Acme no longer accepts this key.|12 uploads wait, nothing is lost.|[Replace key]
    Acme needs its key.|1 upload waits, nothing is lost.|[Give the key]
    The keychain is locked.|Acme and Dailies need their keys: 3 uploads wait, nothing is lost.|[Unlock]
    The keychain did not let Partway in.|Acme needs its key: 1 upload waits, nothing is lost.|[Ask again]
    The drive T7 is not there.|3 uploads wait, nothing is lost. They go on when it is plugged in again.|[Show]
    The folder day 1 is not there.|1 upload waits, nothing is lost. It goes on when it is back.|[Show]
    Acme has no room left.|2 uploads wait, nothing is lost. Make room or enlarge the plan there, then retry.|[Retry] [Review]
    Everything waits.|The disk that holds Partway's data folder is full.|[Show]
    ");
}

#[test]
fn a_session_that_ends_says_until_when_what_was_sent_is_kept() {
    let ending = |files| Need::Ending {
        name: "Acme".into(),
        file: "ep12_master.mov".into(),
        files,
        confirmed: 17_600_000_000,
        expires_s: 3_600,
    };
    let until = clock(3_600_000, 0);
    let again =
        "Acme's session ends then, and what was sent must be sent again. Resume to be through before.";
    assert_eq!(
        said(&stands("k".into(), ending(1), 0)),
        format!("ep12_master.mov: 17.6 GB kept until {until}|{again}|[Show]")
    );
    assert_eq!(
        said(&stands("k".into(), ending(3), 0)),
        format!("3 files: 17.6 GB kept until {until} at the soonest|{again}|[Show]")
    );
}

#[test]
fn names_that_other_people_chose_are_bounded() {
    let long = Standing { destination: "D".repeat(5_000), ..standing(2, 2, 0) };
    assert!(batch("b".into(), &long, None).title.chars().count() < 100);
    let away = Need::Away { place: Place { name: "x\n".repeat(5_000), drive: true }, files: 1 };
    let message = stands("k".into(), away, 0);
    assert!(message.title.chars().count() < 100 && !message.title.contains('\n'));
}
