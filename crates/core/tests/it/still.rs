//! A file is sent once it is stable: never before, and always eventually.

use std::time::Duration;

use partway_core::{Calm, FileIdentity, FileTime, Look, MOST_AT_ONCE, Verdict, calm_time, gathered, judge};
use proptest::prelude::*;

fn identity(size: u64, changed: i64) -> FileIdentity {
    FileIdentity { size, modified: FileTime(0), changed: Some(FileTime(changed)), file_id: Some((1, 2)) }
}

/// The verdicts for these looks, in order.
fn judged(looks: &[Option<Look>]) -> Vec<Verdict> {
    let mut calm: Option<Calm> = None;
    looks
        .iter()
        .map(|look| {
            let (next, verdict) = judge(calm, *look);
            calm = next;
            verdict
        })
        .collect()
}

prop_compose! {
    /// Looks at a file that is written, left alone or removed; some time passes between them.
    fn looks()(steps in prop::collection::vec((0u64..20_000, prop::option::weighted(0.9, (0u64..3, 0i64..3))), 1..60))
        -> Vec<Option<Look>>
    {
        let mut at = Duration::ZERO;
        let sizes = [0, 1_000, 40_000_000_000];
        steps.into_iter().map(|(ms, seen)| {
            at += Duration::from_millis(ms);
            seen.map(|(size, modified)| Look { identity: identity(sizes[size as usize], modified), changes: 0, at })
        }).collect()
    }
}

proptest! {
    #[test]
    fn still_is_exactly_what_was_seen_unchanged_for_its_calm_time(looks in looks()) {
        let verdicts = judged(&looks);
        for (end, verdict) in verdicts.iter().enumerate() {
            let Some(last) = looks[end] else {
                prop_assert_eq!(*verdict, Verdict::Gone);
                continue;
            };
            // The same rule, stated backwards: go back through the looks while each saw the same file.
            let same = looks[..=end].iter().rev().map_while(|look| look.filter(|look| look.identity == last.identity));
            let since = same.last().map_or(last.at, |first| first.at);
            let calm = calm_time(last.identity.size, 0);
            let expected = if last.at - since >= calm { Verdict::Still } else { Verdict::NotYet { until: since + calm } };
            prop_assert_eq!(*verdict, expected);
        }
    }

    #[test]
    fn a_file_that_is_let_be_goes_at_the_moment_that_was_told(looks in looks()) {
        let mut calm = None;
        for look in &looks {
            calm = judge(calm, *look).0;
        }
        if let Some(known) = calm {
            let at = known.until().max(looks.last().copied().flatten().map_or(Duration::ZERO, |look| look.at));
            let (_, verdict) = judge(calm, Some(Look { identity: known.identity(), changes: 0, at }));
            prop_assert_eq!(verdict, Verdict::Still);
        }
    }

    #[test]
    fn a_larger_file_is_never_waited_for_a_shorter_time(a in 1u64.., b in 1u64.., changes in 0u32..) {
        let (small, large) = (a.min(b), a.max(b));
        prop_assert!(calm_time(small, changes) <= calm_time(large, changes));
        prop_assert!(calm_time(small, changes) >= Duration::from_secs(2));
        prop_assert!(calm_time(large, changes) <= Duration::from_secs(60));
        let twice = (calm_time(a, changes) * 2).min(Duration::from_secs(60));
        prop_assert_eq!(calm_time(a, changes.saturating_add(1)), twice, "twice as long after each change");
    }

    #[test]
    fn nothing_that_is_still_waits_longer_than_five_seconds_for_others(
        files in 1usize..10_000, first in 0u64..10_000, next in prop::option::of(0u64..20_000), now in 0u64..20_000,
    ) {
        let ms = Duration::from_millis;
        let over = gathered(files, ms(first), next.map(ms), ms(now));
        if now >= first + 5_000 || files >= MOST_AT_ONCE || next.is_none() {
            prop_assert!(over);
        }
        // One that will be stable in a moment is waited for.
        if files < MOST_AT_ONCE && now < first + 5_000 && next.is_some_and(|next| next <= now + 2_000) {
            prop_assert!(!over);
        }
        prop_assert!(!gathered(0, ms(first), None, ms(now)), "nothing is handed over where nothing is still");
    }
}

#[test]
fn the_calm_time_grows_with_the_size() {
    let table: Vec<_> =
        [0, 1, 10_000_000, 1_000_000_000, 10_000_000_000, 29_000_000_000, 96_000_000_000, u64::MAX]
            .iter()
            .map(|size| (*size, calm_time(*size, 0).as_secs()))
            .collect();
    insta::assert_debug_snapshot!(table, @r"
    [
        (
            0,
            10,
        ),
        (
            1,
            2,
        ),
        (
            10000000,
            2,
        ),
        (
            1000000000,
            4,
        ),
        (
            10000000000,
            22,
        ),
        (
            29000000000,
            60,
        ),
        (
            96000000000,
            60,
        ),
        (
            18446744073709551615,
            60,
        ),
    ]
    ");
}
