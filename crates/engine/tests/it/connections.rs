//! Connections that end when used: kept ones, and new ones that are closed right after being accepted. For
//! every kind.

use std::path::PathBuf;
use std::time::Duration;

use partway_core::State;
use partway_sandbox::Options;
use serde_json::{Value, json};

use crate::rig::Rig;
use crate::vendors::{lines, under};

const KINDS: [&str; 4] = ["autorender", "gjirafa", "record360", "s3"];

fn settings(kind: &str, settings: &mut Value) {
    if kind == "record360" {
        settings["other_types"] = json!("octet-stream");
    }
}

/// Sends `small` small files and one of several parts; each must arrive without user action.
async fn all_arrive(rig: Rig, kind: &'static str, faults: &[&str], small: usize) -> Rig {
    let with = |options: &mut Options, told: &mut Value| {
        options.part_size = 100_000;
        settings(kind, told);
    };
    let (_running, under) = under(&rig, kind, faults, with).await;
    let mut paths: Vec<PathBuf> = (0..small).map(|n| rig.file(&format!("{n}.bin"), 1000 + n)).collect();
    paths.push(rig.file("large.bin", 17_000_000));
    let (_, ids) = under.add(&paths, None).await;
    for id in ids {
        let state = under.ends(&id).await;
        let arrived = matches!(state, State::Verified | State::Uploaded);
        assert!(arrived, "{kind}: {state:?} {:?}", under.log(&id).await);
    }
    rig
}

#[tokio::test]
async fn files_arrive_although_every_kept_connection_is_closed_under_its_next_request() {
    for kind in KINDS {
        let steps = ["start", "part", "put", "complete", "list", "refresh", "verify", "uploads"];
        let faults: Vec<String> = steps.iter().map(|step| format!("keepalive-closed@{step}")).collect();
        let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
        let rig = all_arrive(Rig::new().await, kind, &faults, 12).await;
        assert!(lines(&rig, "start").len() <= 13, "{kind}: no start was sent twice");
        let completes = lines(&rig, "complete").len();
        assert_eq!(completes, if kind == "s3" { 1 } else { 13 }, "{kind}: nor was a complete");
    }
}

/// Nothing was requested over such a connection, so nothing was started: even a non-repeatable start needs
/// no decision.
#[tokio::test]
async fn files_arrive_although_connections_are_closed_as_soon_as_they_are_accepted() {
    for kind in KINDS {
        let mut rig = Rig::new().await;
        // However late a busy machine lets the sandbox accept.
        rig.watch_before_once = Duration::from_secs(3);
        let rig = all_arrive(rig, kind, &["accept-close:every3"], 6).await;
        assert!(!lines(&rig, "connection").is_empty(), "{kind}");
        if kind == "record360" {
            assert_eq!(lines(&rig, "start").len(), 7, "each was begun once");
        }
    }
}
