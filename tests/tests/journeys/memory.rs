//! Memory does not grow with the file.
//!
//! Linux only: elsewhere the system does not tell the peak of a process in a file that anybody can read.

#![cfg(target_os = "linux")]

use std::time::Duration;

use crate::support::{House, Made, Peak, heavy};

const MIB: u64 = 1 << 20;

/// The most that a process may take, and how far two sizes may be apart.
const MOST: u64 = 64 * MIB;
const APART: u64 = 10 * MIB;

#[test]
fn two_gib_take_no_more_memory_than_a_hundred_mib() {
    let _turn = heavy();
    let (small, large) = (peak_of(100 * MIB), peak_of(2048 * MIB));
    println!("peak memory: {} KiB for 100 MiB, {} KiB for 2 GiB", small / 1024, large / 1024);
    assert!(small.abs_diff(large) <= APART, "{small} and {large} bytes");
    assert!(small.max(large) < MOST, "{small} and {large} bytes");
}

fn peak_of(size: u64) -> u64 {
    let house = House::with(&["--discard"]);
    Made::sparse(&house.files().join("sparse.mov"), size);
    let upload = house.begin(["upload", "sparse.mov", "--json"]);
    let peak = Peak::follow(upload.pid());
    let ran = upload.end_within(Duration::from_secs(300));
    ran.assert_verified();
    peak.end()
}

#[test]
fn a_terabyte_that_is_mostly_hole_is_planned_and_not_read_into_memory() {
    // 10,000 parts: the server raises the part's size.
    let house = House::with(&["--discard"]);
    Made::sparse(&house.files().join("sparse.mov"), 1 << 40);
    let mut upload = house.begin(["upload", "sparse.mov", "--json"]);
    let peak = Peak::follow(upload.pid());
    let started = upload.until_event("started");
    assert!(started["parts"].as_u64().is_some_and(|parts| parts > 1000 && parts <= 10_000), "{started}");
    upload.until_event("progress");
    upload.kill();
    assert!(peak.end() < MOST);
}
