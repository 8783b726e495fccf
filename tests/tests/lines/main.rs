//! Uploads over emulated lines: real TCP between two network namespaces, slow, or breaking again and again. Needs root and `/dev/net/tun`;
//! `cargo xtask test --only lines` says what is missing. `PARTWAY_LINES=all` tries every slow line with 24 MiB, which takes half an hour;
//! `PARTWAY_LINES=50000,100000` those that carry so many bytes a second, and `PARTWAY_KINDS=s3` only that kind.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "a test is a program: it reads its environment")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a journey that cannot go on has nothing else to say")]

mod line;
mod upload;

use std::time::Duration;

use line::Line;
use upload::{Course, upload};

const MIB: u64 = 1 << 20;

/// Every kind of the sandbox, each over a line of its own, at the same time.
fn every_kind(line: &Line, size: u64, part: u64) -> Vec<Course> {
    let asked = std::env::var("PARTWAY_KINDS").ok();
    let kinds = ["autorender", "gjirafa", "record360", "s3"].into_iter();
    let kinds =
        kinds.filter(|kind| asked.as_ref().is_none_or(|asked| asked.split(',').any(|one| one == *kind)));
    std::thread::scope(|scope| {
        let all: Vec<_> = kinds.map(|kind| scope.spawn(move || upload(line, kind, size, part))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

/// The slow lines that are asked for, by what they carry; `None` where a short look is enough.
fn asked_lines() -> Option<Vec<u64>> {
    let asked = std::env::var("PARTWAY_LINES").ok()?;
    let all = [50_000, 31_250, 100_000, 200_000, 400_000];
    Some(if asked == "all" {
        all.into()
    } else {
        asked.split(',').map(|rate| rate.parse().unwrap()).collect()
    })
}

/// Arrives, with little sent twice, and a part is confirmed every two minutes where one can be: a part and its answer, and what a look takes.
fn arrives_over_a_slow_line(bytes_per_second: u64, size: u64, part: u64) {
    let line = Line { bytes_per_second, ..Line::default() };
    for course in every_kind(&line, size, part) {
        println!("{line:?}: {course:?}");
        assert!(course.sent * 10 < size * 11, "{line:?}: {course:?}");
        let one = course.largest_part.div_ceil(bytes_per_second) * 11 / 10;
        let at_most = Duration::from_secs(one.max(120) + 5);
        assert!(course.longest_wait <= at_most, "{line:?}: {course:?}");
    }
}

fn arrives_although_it_breaks(bytes_per_second: u64, on: u32, off: u32) {
    let line = Line { bytes_per_second, breaks: Some((on, off)), ..Line::default() };
    for course in every_kind(&line, 16 * MIB, 5 * MIB) {
        println!("{line:?}: {course:?}");
        assert!(course.sent < 2 * 16 * MIB, "{line:?}: {course:?}");
    }
}

#[test]
fn a_file_arrives_at_every_kind_over_a_slow_line() {
    let Some(lines) = asked_lines() else { return arrives_over_a_slow_line(50_000, 6 * MIB, MIB) };
    for bytes_per_second in lines {
        arrives_over_a_slow_line(bytes_per_second, 24 * MIB, 16 * MIB);
    }
}

#[test]
fn a_file_arrives_at_every_kind_over_a_line_that_breaks_for_seconds() {
    arrives_although_it_breaks(500_000, 20, 3);
}

#[test]
fn a_file_arrives_at_every_kind_over_a_line_that_is_away_half_of_the_time() {
    arrives_although_it_breaks(2_000_000, 10, 10);
}
