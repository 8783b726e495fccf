//! What may be sent in vain.

use partway_core::{MaySend, Vain};
use proptest::prelude::*;

const MIB: u64 = 1 << 20;
const PART: u64 = 16 * MIB;
const FILE: u64 = 100 * PART;

fn judged(vain: Vain) -> MaySend {
    vain.may_send(PART, PART, FILE)
}

#[test]
fn a_part_that_is_refused_again_and_again_comes_to_its_end() {
    let sent = |times: u64| Vain { part_bytes: times * PART, file_bytes: times * PART, ..Vain::default() };
    assert_eq!(judged(sent(31)), MaySend::GoOn);
    assert_eq!(judged(sent(32)), MaySend::Enough);
    // An early refusal costs little, so it may happen more often.
    assert_eq!(judged(Vain { part_times: 1000, part_bytes: 31 * PART, ..Vain::default() }), MaySend::GoOn);
}

#[test]
fn many_parts_that_are_refused_a_few_times_each_come_to_their_end_together() {
    let file = |bytes| judged(Vain { part_bytes: PART, file_bytes: bytes, ..Vain::default() });
    assert_eq!(file(8 * FILE), MaySend::GoOn);
    assert_eq!(file(8 * FILE + 33 * PART), MaySend::Enough);
}

#[test]
fn a_line_that_breaks_is_never_the_end_and_an_hour_of_it_is_bounded() {
    let broke = |gib: u64, confirmed: u64| {
        judged(Vain { hour_bytes: gib << 30, hour_confirmed: confirmed << 30, ..Vain::default() })
    };
    assert_eq!(broke(1, 0), MaySend::GoOn);
    assert_eq!(broke(2, 0), MaySend::NextHour);
    assert_eq!(broke(2, 1), MaySend::GoOn);
    assert_eq!(broke(400, 100), MaySend::GoOn, "what gets through pays for what does not");
}

#[test]
fn nothing_sent_is_nothing_in_vain_even_of_an_empty_file() {
    assert_eq!(Vain::default().may_send(0, 0, 0), MaySend::GoOn);
}

proptest! {
    /// A line that gets one part through for each two that it loses is never held up, whatever its speed.
    #[test]
    fn twice_its_size_is_always_allowed(bytes in 0_u64..1 << 60, part in 0_u64..1 << 40, file in 0_u64..1 << 60) {
        let vain = Vain { hour_bytes: bytes, hour_confirmed: bytes / 2, bytes, ..Vain::default() };
        prop_assert_eq!(vain.may_send(part, part, file), MaySend::GoOn);
    }

    #[test]
    fn no_figure_makes_it_stumble(a in any::<u64>(), b in any::<u64>(), c in any::<u64>(), d in any::<u64>()) {
        let vain = Vain { part_bytes: a, file_bytes: b, hour_bytes: c, hour_confirmed: d, ..Vain::default() };
        let _ = vain.may_send(d, c, b);
    }
}
