//! What can be wrong with a provider, and the case that finds it.

use std::fmt::Write as _;

use partway_provider::conformance::{CASES, NotHeld, judge, run};

use crate::destination::Memory;

/// One defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    JoinsAsItArrived,
    MixesFiles,
    AppendsWhatComesAgain,
    KeepsTheFirst,
    KnowsOnlyItsOwnSessions,
    TakesExpiredForBroken,
    RenewsWithOldLinks,
    GivesTheOldSessionAgain,
    ListsWhatWasNotSent,
    CannotAbortTwice,
    AbortsOnlyInWord,
    ForgetsWhatIsDone,
    JoinsWhatIsThere,
    BelievesReceipts,
    CompletesAnything,
    HasNoEmptyPart,
    TakesAnyPlan,
    AsksBeforeItLooks,
    LosesOtherScripts,
    LosesTags,
    TakesARefusedKeyForARefusedFile,
    DeclaresAListItHasNot,
    KeepsTheKeyInTheSession,
}

use Flaw::*;

/// Each flaw with a case that must find it; every case is listed.
const FOUND_BY: &[(Flaw, &str)] = &[
    (JoinsAsItArrived, "parts_arrive_in_any_order"),
    (MixesFiles, "two_files_at_once_do_not_mix"),
    (AppendsWhatComesAgain, "a_part_sent_again_changes_nothing"),
    (KeepsTheFirst, "of_two_bodies_of_a_part_the_last_holds"),
    (KnowsOnlyItsOwnSessions, "a_session_goes_on_in_a_new_process"),
    (TakesExpiredForBroken, "expired_links_are_renewed"),
    (TakesExpiredForBroken, "after_expired_links_a_new_session_works"),
    (RenewsWithOldLinks, "expired_links_are_renewed"),
    (GivesTheOldSessionAgain, "after_expired_links_a_new_session_works"),
    (ListsWhatWasNotSent, "the_list_tells_what_was_sent"),
    (CannotAbortTwice, "an_aborted_session_is_gone"),
    (AbortsOnlyInWord, "an_aborted_session_is_gone"),
    (ForgetsWhatIsDone, "a_second_complete_is_yes_or_conflict"),
    (JoinsWhatIsThere, "a_missing_part_never_makes_a_shorter_file"),
    (BelievesReceipts, "a_missing_part_never_makes_a_shorter_file"),
    (CompletesAnything, "a_session_that_cannot_be_read_is_told"),
    (HasNoEmptyPart, "every_size_arrives"),
    (TakesAnyPlan, "what_is_beyond_the_limits_is_refused_before_anything_is_sent"),
    (AsksBeforeItLooks, "what_is_beyond_the_limits_is_refused_before_anything_is_sent"),
    (LosesOtherScripts, "names_in_any_script_arrive"),
    (LosesTags, "fields_arrive"),
    (TakesARefusedKeyForARefusedFile, "every_refusal_is_decoded"),
    (TakesARefusedKeyForARefusedFile, "a_wrong_key_is_told_as_such"),
    (DeclaresAListItHasNot, "capabilities_are_honest"),
    (KeepsTheKeyInTheSession, "nothing_shows_a_key_or_a_signed_link"),
];

#[tokio::test]
async fn each_flaw_is_found_by_its_case_and_told_in_a_sentence() {
    let mut told = String::new();
    for (flaw, name) in FOUND_BY {
        let case = CASES.iter().find(|case| case.name == *name).unwrap();
        match (case.run)(&Memory::new(Some(*flaw))).await {
            Err(NotHeld::Broken(why)) => writeln!(told, "{flaw:?}, {name}\n  {why}").unwrap(),
            other => panic!("{name} does not find {flaw:?}: {other:?}"),
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn every_case_finds_a_flaw() {
    for case in CASES {
        assert!(FOUND_BY.iter().any(|(_, name)| *name == case.name), "{}", case.name);
    }
}

#[tokio::test]
async fn a_report_names_what_is_skipped_and_what_is_broken() {
    let report = run(&Memory::that_can_do_little()).await;
    let skipping =
        ["expired_links_are_renewed", "the_list_tells_what_was_sent", "an_aborted_session_is_gone"];
    assert_eq!(report.complaints(&skipping), Vec::<String>::new());
    assert_eq!(report.complaints(&[]).len(), 3);
    assert!(report.to_string().contains("fields_arrive: holds\n"), "{report}");
    assert!(report.to_string().contains("the_list_tells_what_was_sent: skipped: "), "{report}");
    assert!(report.to_string().ends_with("seed 7"), "{report}");
}

#[test]
fn a_skip_must_be_named_and_must_be_one() {
    let skipped = Err(NotHeld::Skipped("it cannot"));
    assert!(judge("a", &skipped, 7, &["a"]).is_ok() && judge("a", &Ok(()), 7, &[]).is_ok());
    assert!(judge("a", &skipped, 7, &["b"]).unwrap_err().contains("it cannot"));
    assert!(judge("a", &Ok(()), 7, &["a"]).is_err());
    let broken = judge("a", &Err(NotHeld::Broken("so".to_owned())), 7, &["a"]).unwrap_err();
    assert_eq!(broken, "a does not hold (seed 7): so");
}
