//! Tests the rules with a simulated clock, one by one and then together as properties.

use proptest::prelude::*;

use super::*;
use crate::tell::memory::AGAIN_MS;

const MINUTE: i64 = 60_000;

fn ended(files: u32, verified: u32, need: u32) -> Standing {
    Standing { files, verified, need, ..Standing::default() }
}

fn facts(causes: &[&str], batches: &[(&str, Standing)]) -> Facts<()> {
    Facts {
        causes: causes.iter().map(|key| ((*key).to_owned(), ())).collect(),
        batches: batches.iter().map(|(id, standing)| ((*id).to_owned(), standing.clone())).collect(),
    }
}

/// Short form: `+` shown, `-` withdrawn.
fn told(turns: Vec<Turn<()>>) -> Vec<String> {
    let told = |turn| match turn {
        Turn::Say(Say::Batch { id, .. }) => format!("+batch {id}"),
        Turn::Say(Say::Files { batches }) => {
            let need: u32 = batches.iter().map(|(_, standing)| standing.need).sum();
            let files: u32 = batches.iter().map(|(_, standing)| standing.files).sum();
            format!("+{need} of {files}")
        }
        Turn::Say(Say::Cause { key, .. }) => format!("+{key}"),
        Turn::Withdraw(Tag::Files) => "-files".into(),
        Turn::Withdraw(Tag::Cause(key)) => format!("-{key}"),
        Turn::Withdraw(Tag::Batch(id)) => format!("-batch {id}"),
        Turn::Withdraw(Tag::GoesOn) => "-goes on".into(),
    };
    turns.into_iter().map(told).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_batch_is_told_once_and_not_to_somebody_who_sees_it() {
    let mut rules = Rules::new(Memory::default());
    let through = facts(&[], &[("b", ended(145, 145, 0))]);
    rules.batch_ended("b", 600);
    assert_eq!(rules.batches(), ["b"]);
    assert_eq!(told(rules.look(0, &through, false, Wish::All)), ["+batch b"]);
    assert_eq!(told(rules.look(1, &through, false, Wish::All)), NOTHING);
    rules.batch_ended("b", 600);
    assert_eq!(told(rules.look(2, &through, true, Wish::All)), NOTHING);
    assert_eq!(told(rules.look(3, &through, false, Wish::All)), NOTHING, "seen is told");
}

#[test]
fn a_success_under_half_a_minute_is_not_told_and_what_was_left_is() {
    let mut rules = Rules::new(Memory::default());
    let all = facts(&[], &[("b", ended(2, 2, 0))]);
    rules.batch_ended("b", 29);
    assert_eq!(told(rules.look(0, &all, false, Wish::All)), NOTHING);
    rules.batch_ended("b", 30);
    assert_eq!(told(rules.look(0, &all, false, Wish::All)), ["+batch b"]);
    let left = facts(&[], &[("b", Standing { left_out: 1, ..ended(3, 2, 0) })]);
    rules.batch_ended("b", 2);
    assert_eq!(told(rules.look(0, &left, false, Wish::All)), ["+batch b"]);
}

#[test]
fn what_the_user_gave_up_is_not_told_and_what_went_beside_it_is() {
    let told_of = |standing: Standing, seconds| {
        let mut rules = Rules::new(Memory::default());
        rules.batch_ended("b", seconds);
        told(rules.look(0, &facts(&[], &[("b", standing)]), false, Wish::All))
    };
    let gave_up = |files, verified, cancelled| Standing { cancelled, ..ended(files, verified, 0) };
    assert_eq!(told_of(gave_up(1, 0, 1), 2), NOTHING);
    assert_eq!(told_of(gave_up(3, 0, 3), 600), NOTHING, "all of it, after however long");
    assert_eq!(told_of(gave_up(3, 2, 1), 2), NOTHING, "short, and the user's own doing");
    assert_eq!(told_of(gave_up(3, 2, 1), 600), ["+batch b"]);
    assert_eq!(told_of(Standing { left_out: 1, ..gave_up(3, 1, 1) }, 2), ["+batch b"]);
}

#[test]
fn failures_are_gathered_over_20_seconds_into_one() {
    let mut rules = Rules::new(Memory::default());
    rules.needs_you(1_000, "b");
    let one = facts(&[], &[("b", ended(145, 10, 1))]);
    assert_eq!(told(rules.look(1_500, &one, false, Wish::All)), NOTHING);
    assert_eq!(rules.due(&one), Some(21_000));
    rules.needs_you(15_000, "b");
    rules.needs_you(16_000, "c");
    let more = facts(&[], &[("b", ended(145, 10, 3)), ("c", ended(15, 0, 2))]);
    assert_eq!(told(rules.look(20_999, &more, false, Wish::All)), NOTHING);
    assert_eq!(told(rules.look(21_000, &more, false, Wish::All)), ["+5 of 160"]);
    assert_eq!(rules.due(&more), None);
    // Another file joins: the same notification counts it too.
    rules.needs_you(90_000, "c");
    let again = facts(&[], &[("b", ended(145, 142, 3)), ("c", ended(15, 0, 3))]);
    assert_eq!(told(rules.look(110_000, &again, false, Wish::All)), ["+6 of 160"]);
}

#[test]
fn the_end_of_a_batch_and_what_it_left_to_do_are_one_notification() {
    let mut rules = Rules::new(Memory::default());
    let end = facts(&[], &[("b", ended(145, 142, 3))]);
    rules.needs_you(0, "b");
    rules.batch_ended("b", 600);
    assert_eq!(told(rules.look(5_000, &end, false, Wish::All)), NOTHING);
    assert_eq!(told(rules.look(20_000, &end, false, Wish::All)), ["+3 of 145"]);
    // Retried and all verified: report that, and withdraw the earlier notification.
    rules.batch_ended("b", 900);
    let through = facts(&[], &[("b", ended(145, 145, 0))]);
    assert_eq!(told(rules.look(60_000, &through, false, Wish::All)), ["-files", "+batch b"]);
}

#[test]
fn a_batch_that_waits_for_a_cause_is_not_told_beside_it() {
    let mut rules = Rules::new(Memory::default());
    let full = facts(&["quota"], &[("b", Standing { caused: 3, ..ended(145, 142, 0) })]);
    rules.batch_ended("b", 600);
    assert_eq!(told(rules.look(0, &full, false, Wish::All)), ["+quota"]);
    let through = facts(&[], &[("b", ended(145, 145, 0))]);
    rules.batch_ended("b", 900);
    assert_eq!(told(rules.look(1_000, &through, false, Wish::All)), ["-quota", "+batch b"]);
}

#[test]
fn what_needs_nobody_any_more_when_it_would_be_told_is_not_told() {
    let mut rules = Rules::new(Memory::default());
    rules.needs_you(0, "b");
    assert_eq!(told(rules.look(20_000, &facts(&[], &[("b", ended(3, 0, 0))]), false, Wish::All)), NOTHING);
    rules.needs_you(30_000, "gone");
    assert_eq!(told(rules.look(60_000, &facts(&[], &[]), false, Wish::All)), NOTHING);
}

#[test]
fn a_cause_is_told_at_once_once_and_withdrawn() {
    let mut rules = Rules::new(Memory::default());
    let (refused, fine) = (facts(&["key"], &[]), facts(&[], &[]));
    assert_eq!(told(rules.look(0, &refused, false, Wish::Needs)), ["+key"]);
    assert_eq!(told(rules.look(10 * AGAIN_MS, &refused, false, Wish::Needs)), NOTHING, "once a cause");
    assert_eq!(told(rules.look(10 * AGAIN_MS, &fine, false, Wish::Needs)), ["-key"]);
    assert!(!rules.has_told());
}

#[test]
fn a_cause_that_comes_and_goes_is_told_at_most_every_four_hours() {
    let mut rules = Rules::new(Memory::default());
    let (away, there) = (facts(&["T7"], &[]), facts(&[], &[]));
    assert_eq!(told(rules.look(0, &away, false, Wish::All)), ["+T7"]);
    assert_eq!(told(rules.look(MINUTE, &there, false, Wish::All)), ["-T7"]);
    assert_eq!(told(rules.look(2 * MINUTE, &away, false, Wish::All)), NOTHING);
    assert_eq!(rules.due(&away), Some(AGAIN_MS));
    assert_eq!(told(rules.look(AGAIN_MS - 1, &away, false, Wish::All)), NOTHING);
    assert_eq!(told(rules.look(AGAIN_MS, &away, false, Wish::All)), ["+T7"], "it still stands");
}

#[test]
fn a_restart_repeats_nothing() {
    let mut rules = Rules::new(Memory::default());
    assert_eq!(told(rules.look(0, &facts(&["key"], &[]), false, Wish::All)), ["+key"]);
    let kept = serde_json::to_string(rules.memory()).unwrap();
    let mut again = Rules::new(serde_json::from_str(&kept).unwrap());
    assert_eq!(told(again.look(MINUTE, &facts(&["key", "T7"], &[]), false, Wish::All)), ["+T7"]);
    assert_eq!(told(again.look(2 * MINUTE, &facts(&["T7"], &[]), false, Wish::All)), ["-key"]);
    let mut third =
        Rules::new(serde_json::from_str(&serde_json::to_string(again.memory()).unwrap()).unwrap());
    assert_eq!(told(third.look(3 * MINUTE, &facts(&["key", "T7"], &[]), false, Wish::All)), NOTHING);
}

#[test]
fn who_wants_to_be_told_nothing_is_told_nothing_and_later_nothing_old() {
    let mut rules = Rules::new(Memory::default());
    let all = facts(&["key"], &[("b", ended(3, 1, 2))]);
    rules.needs_you(0, "b");
    rules.batch_ended("b", 900);
    assert_eq!(told(rules.look(30_000, &all, false, Wish::Never)), NOTHING);
    assert_eq!(told(rules.look(90_000, &all, false, Wish::All)), NOTHING);
}

#[test]
fn who_wants_only_what_needs_them_hears_of_no_success() {
    let mut rules = Rules::new(Memory::default());
    let batches = [
        ("all", ended(3, 3, 0)),
        ("given up", Standing { cancelled: 1, ..ended(3, 2, 0) }),
        ("left out", Standing { left_out: 1, ..ended(3, 2, 0) }),
    ];
    for (id, _) in &batches {
        rules.batch_ended(id, 900);
    }
    assert_eq!(told(rules.look(0, &facts(&[], &batches), false, Wish::Needs)), ["+batch left out"]);
}

#[test]
fn a_clock_that_was_set_back_silences_nothing_for_long() {
    let mut rules = Rules::new(Memory::default());
    let far = 1_000 * AGAIN_MS;
    let (away, there) = (facts(&["T7"], &[]), facts(&[], &[]));
    rules.look(far, &away, false, Wish::All);
    rules.look(far, &there, false, Wish::All);
    assert_eq!(told(rules.look(0, &away, false, Wish::All)), NOTHING);
    assert_eq!(told(rules.look(AGAIN_MS, &away, false, Wish::All)), ["+T7"]);
    rules.needs_you(far, "b");
    assert_eq!(told(rules.look(0, &facts(&["T7"], &[("b", ended(2, 1, 1))]), false, Wish::All)), ["+1 of 2"]);
}

#[derive(Debug, Clone)]
enum Happens {
    Needs(u8),
    Ended(u8, u64),
    Look { causes: u8, need: [u8; 3], seen: bool, wish: Wish },
    Restart,
}

fn happens() -> impl Strategy<Value = (i64, Happens)> {
    let wish = prop_oneof![Just(Wish::All), Just(Wish::All), Just(Wish::Needs), Just(Wish::Never)];
    let what = prop_oneof![
        2 => (0..3_u8).prop_map(Happens::Needs),
        2 => (0..3_u8, 0..100_u64).prop_map(|(batch, seconds)| Happens::Ended(batch, seconds)),
        5 => (0..8_u8, any::<[bool; 3]>(), any::<bool>(), wish).prop_map(|(causes, need, seen, wish)| {
            Happens::Look { causes, need: need.map(u8::from), seen, wish }
        }),
        1 => Just(Happens::Restart),
    ];
    (prop_oneof![0..5_000_i64, 0..AGAIN_MS], what)
}

proptest! {
    /// In any order of events: no notification while the user looks, no cause twice within four hours or when
    /// it is not active; only shown notifications are withdrawn, and files that need no attention are not
    /// reported.
    #[test]
    fn the_rules_hold(story in proptest::collection::vec(happens(), 1..120)) {
        let mut rules = Rules::new(Memory::default());
        let mut now = 0;
        let mut told_at = BTreeMap::<String, i64>::new();
        let mut shown = false;
        for (later, what) in story {
            now += later;
            match what {
                Happens::Needs(batch) => rules.needs_you(now, &batch.to_string()),
                Happens::Ended(batch, seconds) => rules.batch_ended(&batch.to_string(), seconds),
                Happens::Restart => {
                    let kept = serde_json::to_string(rules.memory()).unwrap();
                    rules = Rules::new(serde_json::from_str(&kept).unwrap());
                    shown = false;
                }
                Happens::Look { causes, need, seen, wish } => {
                    let wanted = rules.batches();
                    let mut facts = facts(&[], &[]);
                    for bit in 0..3 {
                        if causes & (1 << bit) != 0 {
                            facts.causes.insert(format!("cause {bit}"), ());
                        }
                    }
                    for id in wanted {
                        let need = u32::from(need[id.parse::<usize>().unwrap()]);
                        facts.batches.insert(id, ended(5, 5 - need, need));
                    }
                    for turn in rules.look(now, &facts, seen, wish) {
                        match turn {
                            Turn::Say(say) => {
                                prop_assert!(!seen && wish != Wish::Never, "told to somebody who sees it: {say:?}");
                                match say {
                                    Say::Cause { key, .. } => {
                                        prop_assert!(facts.causes.contains_key(&key));
                                        let before = told_at.insert(key, now);
                                        prop_assert!(before.is_none_or(|at| now - at >= AGAIN_MS), "told again too soon");
                                    }
                                    Say::Files { batches } => {
                                        prop_assert!(batches.iter().all(|(_, standing)| standing.need > 0));
                                        shown = true;
                                    }
                                    Say::Batch { standing, .. } => {
                                        prop_assert!(wish == Wish::All && standing.need == 0);
                                    }
                                }
                            }
                            Turn::Withdraw(Tag::Cause(key)) => prop_assert!(!facts.causes.contains_key(&key)),
                            Turn::Withdraw(Tag::Files) => prop_assert!(std::mem::take(&mut shown), "nothing was shown"),
                            Turn::Withdraw(Tag::Batch(_) | Tag::GoesOn) => prop_assert!(false, "a success is not taken back"),
                        }
                    }
                    prop_assert!(rules.due(&facts).is_none_or(|due| due > now), "it would look for ever");
                }
            }
        }
    }
}
