//! A plan covers the file exactly once, in order, within limits, for any size.

use partway_core::{Limits, Part, PartNumber, PartPlan, PlanError};
use proptest::prelude::*;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TB: u64 = 1_000_000_000_000;

/// Sizes of real files, and the edges where arithmetic breaks.
fn sizes() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0..=50 * TB,
        2 => 0..=64 * MIB,
        1 => 0..=3_u64,
        1 => (u64::MAX - 3)..=u64::MAX,
        1 => any::<u64>(),
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    let any_limits = (any::<u64>(), any::<u64>(), any::<u32>(), any::<Option<u64>>(), any::<bool>());
    let sane = (0..10 * MIB, MIB..10 * GIB, 1..20_000_u32, Just(None), any::<bool>());
    prop_oneof![2 => Just(Limits::S3), 2 => Just(Limits::UNKNOWN), 3 => sane.prop_map(of), 2 => any_limits.prop_map(of)]
}

fn of((min_part, max_part, max_parts, max_file, equal_parts): (u64, u64, u32, Option<u64>, bool)) -> Limits {
    Limits { min_part, max_part, max_parts, max_file, equal_parts }
}

/// Invariants of every plan that is not refused.
fn sound(plan: &PartPlan, file_size: u64, limits: &Limits) -> Result<(), TestCaseError> {
    let parts: Vec<Part> = plan.parts().collect();
    prop_assert_eq!(parts.len(), plan.count() as usize);
    prop_assert_eq!(plan.parts().len(), parts.len());
    prop_assert_eq!(plan.file_size(), file_size);
    prop_assert!(plan.count() <= 10_000 && plan.count() <= limits.max_parts.max(1));
    prop_assert!(limits.max_file.is_none_or(|most| file_size <= most));
    prop_assert_eq!(plan.largest_part(), parts.iter().map(|part| part.len).max().unwrap_or(0));

    let mut end = 0_u128;
    for (number, part) in (1..).zip(&parts) {
        prop_assert_eq!(part.number.get(), number);
        prop_assert_eq!(u128::from(part.offset), end, "no gap and no overlap before part {}", number);
        prop_assert!(part.len <= limits.max_part);
        prop_assert!(part.len > 0 || file_size == 0);
        let last = number == plan.count();
        prop_assert!(last || part.len == plan.part_size(), "only the last part is smaller");
        prop_assert!(last || part.len >= limits.min_part);
        prop_assert_eq!(plan.part(part.number), Some(*part));
        end += u128::from(part.len);
    }
    prop_assert_eq!(end, u128::from(file_size));
    prop_assert_eq!(PartNumber::new(plan.count() + 1).and_then(|beyond| plan.part(beyond)), None);
    prop_assert!(plan.parts().rev().eq(parts.into_iter().rev()));
    prop_assert_eq!(PartPlan::restore(file_size, plan.part_size(), plan.count()), Ok(*plan));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn by_size_is_sound_or_refused(size in sizes(), wished in any::<u64>(), small in 0..64 * MIB, limits in limits()) {
        for wished in [wished, small] {
            if let Ok(plan) = PartPlan::by_size(size, wished, &limits) {
                sound(&plan, size, &limits)?;
                prop_assert!(plan.count() >= 1, "an empty file is one empty part");
            }
        }
    }

    #[test]
    fn by_count_is_sound_or_refused(size in sizes(), wished in any::<u32>(), small in 0..64_u32, limits in limits()) {
        for wished in [wished, small] {
            if let Ok(plan) = PartPlan::by_count(size, wished, &limits) {
                sound(&plan, size, &limits)?;
                prop_assert!(plan.count() >= 1);
            }
        }
    }

    #[test]
    fn by_server_is_sound_or_refused(
        size in sizes(),
        part_size in prop_oneof![any::<u64>(), 0..64 * MIB, 0..=4_u64],
        links in prop_oneof![0..12_000_usize, any::<usize>()],
        limits in limits(),
    ) {
        // The right number of links, and others.
        let right = usize::try_from(size.checked_div(part_size).unwrap_or(0)).unwrap_or(0);
        for links in [links, right, right.saturating_add(1)] {
            if let Ok(plan) = PartPlan::by_server(size, part_size, links, &limits) {
                sound(&plan, size, &limits)?;
                prop_assert_eq!(plan.count() as usize, links);
                prop_assert_eq!(plan.part_size(), part_size);
            }
        }
    }

    /// Every file up to 50 TB that fits at all gets a plan, whatever size or count was wished.
    #[test]
    fn what_fits_is_planned(size in 0..=50 * TB, wished in any::<u64>(), count in any::<u32>()) {
        let fits = size <= 10_000 * 5 * GIB;
        prop_assert_eq!(PartPlan::by_size(size, wished, &Limits::S3).is_ok(), fits);
        prop_assert_eq!(PartPlan::by_count(size, count, &Limits::S3).is_ok(), fits);
    }

    /// A journal may hold anything.
    #[test]
    fn restore_believes_only_what_belongs_together(size in sizes(), part_size in any::<u64>(), count in any::<u32>()) {
        let free = Limits { min_part: 0, max_part: u64::MAX, max_parts: u32::MAX, max_file: None, equal_parts: false };
        if let Ok(plan) = PartPlan::restore(size, part_size, count) {
            sound(&plan, size, &free)?;
        }
    }
}

#[test]
fn fifty_terabytes_fit_into_the_limits_of_s3() {
    let plan = PartPlan::by_size(50 * TB, 8 * MIB, &Limits::S3).unwrap();
    assert_eq!(plan.part_size() % MIB, 0, "a size that had to grow is whole MiB");
    assert_eq!(plan.count(), 9_999);
}

#[test]
fn one_byte_too_many_makes_the_parts_grow() {
    let full = 10_000 * 8 * MIB;
    assert_eq!(PartPlan::by_size(full, 8 * MIB, &Limits::S3).unwrap().part_size(), 8 * MIB);
    assert_eq!(PartPlan::by_size(full + 1, 8 * MIB, &Limits::S3).unwrap().part_size(), 9 * MIB);
}

#[test]
fn a_wished_size_is_kept_where_it_can_be() {
    let plan = PartPlan::by_size(GIB + 1, 8 * MIB + 1, &Limits::S3).unwrap();
    assert_eq!((plan.part_size(), plan.count()), (8 * MIB + 1, 128));
}

#[test]
fn a_wished_size_stays_within_the_limits() {
    assert_eq!(PartPlan::by_size(GIB, 1, &Limits::S3).unwrap().part_size(), 5 * MIB);
    assert_eq!(PartPlan::by_size(GIB, u64::MAX, &Limits::S3).unwrap().part_size(), 5 * GIB);
}

#[test]
fn a_count_may_come_out_lower_or_higher_than_wished() {
    let free = Limits::UNKNOWN;
    let sizes = |plan: PartPlan| plan.parts().map(|part| part.len).collect::<Vec<_>>();
    assert_eq!(sizes(PartPlan::by_count(10, 3, &free).unwrap()), [4, 4, 2]);
    assert_eq!(
        sizes(PartPlan::by_count(10, 6, &free).unwrap()),
        [2; 5],
        "five parts of 2 leave nothing for a sixth"
    );
    assert_eq!(sizes(PartPlan::by_count(10, 0, &free).unwrap()), [10]);
    assert_eq!(
        PartPlan::by_count(12 * MIB, 20, &Limits::S3).unwrap().count(),
        3,
        "parts have at least 5 MiB"
    );
    assert_eq!(
        PartPlan::by_count(100 * GIB, 1, &Limits::S3).unwrap().count(),
        20,
        "parts have at most 5 GiB"
    );
}

#[test]
fn an_empty_file_is_one_empty_part() {
    let empty = Part { number: PartNumber::FIRST, offset: 0, len: 0 };
    for plan in [PartPlan::by_size(0, 8 * MIB, &Limits::S3), PartPlan::by_count(0, 20, &Limits::S3)] {
        assert_eq!(plan.unwrap().parts().collect::<Vec<_>>(), [empty]);
    }
}

#[test]
fn an_empty_file_takes_none_or_one_link_from_the_server() {
    for part_size in [0, 1, 8 * MIB, 64 * GIB] {
        let plan = |links| PartPlan::by_server(0, part_size, links, &Limits::UNKNOWN);
        assert_eq!(plan(0).unwrap().count(), 0);
        assert_eq!(plan(1).unwrap().count(), 1);
        assert_eq!(plan(2), Err(PlanError::TooManyLinks { given: 2, needed: 1 }));
    }
}

#[test]
fn a_server_that_cannot_mean_it_is_refused_with_the_figures() {
    let server = |size, part_size, links| {
        PartPlan::by_server(size, part_size, links, &Limits::S3).unwrap_err().to_string()
    };
    let said = [
        server(1, 0, 1),
        server(1, 1_000_000_000_000_000_000, 1),
        server(0, u64::MAX, 1),
        server(17 * MIB, 8 * MIB, 2),
        server(17 * MIB, 8 * MIB, 4),
        server(17 * MIB, 8 * MIB, 0),
        server(100 * MIB, MIB, 100),
        server(50 * TB, 5 * MIB, 10_000),
        server(7 * GIB, 6 * GIB, 2),
    ];
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_large_part_size_is_refused_only_where_a_part_is_that_large() {
    let plan = PartPlan::by_server(GIB, 6 * GIB, 1, &Limits::S3).unwrap();
    assert_eq!((plan.count(), plan.largest_part()), (1, GIB));
}

#[test]
fn a_single_part_may_be_smaller_than_the_limit() {
    assert!(PartPlan::by_server(MIB, MIB, 1, &Limits::S3).is_ok());
    assert!(PartPlan::by_server(MIB + 1, MIB, 2, &Limits::S3).is_err());
}

#[test]
fn a_file_above_the_limit_is_refused() {
    let limits = Limits { max_file: Some(100), ..Limits::UNKNOWN };
    let too_large = Err(PlanError::FileTooLarge { size: 101, limit: 100 });
    assert_eq!(PartPlan::by_size(101, 10, &limits), too_large);
    assert_eq!(PartPlan::by_count(101, 10, &limits), too_large);
    assert_eq!(PartPlan::by_server(101, 101, 1, &limits), too_large);
    assert!(PartPlan::by_size(100, 10, &limits).is_ok());
}

#[test]
fn a_journal_that_contradicts_itself_is_not_believed() {
    for (size, part_size, count) in
        [(10, 4, 2), (10, 4, 4), (10, 0, 1), (10, 10, 0), (0, 4, 2), (10_001, 1, 10_001)]
    {
        let inconsistent = PlanError::Inconsistent { file_size: size, part_size, count };
        assert_eq!(PartPlan::restore(size, part_size, count), Err(inconsistent));
    }
}

#[test]
fn part_numbers_begin_at_one_everywhere() {
    assert_eq!(PartNumber::new(0), None);
    assert_eq!(serde_json::to_string(&PartNumber::new(7).unwrap()).unwrap(), "7");
    assert_eq!(serde_json::from_str::<PartNumber>("7").unwrap().to_string(), "7");
    assert!(serde_json::from_str::<PartNumber>("0").is_err());
}
