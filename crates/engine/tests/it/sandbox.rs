//! The engine with the real AutoRender provider against the real sandbox.

use std::sync::Arc;

use async_trait::async_trait;
use partway_core::{ApiKey, Failure, State, Strength};
use partway_engine::{Destination, Log, Providers};
use partway_http::{ApiClient, HttpOptions};
use partway_provider::Provider;
use partway_providers::Kinds;
use partway_sandbox::{AfterComplete, Options, Running};

use crate::rig::{Rig, Under, bytes};

struct AutoRender {
    url: String,
    key: String,
}

#[async_trait]
impl Providers for AutoRender {
    async fn provider(&self, _: &Destination) -> Result<Arc<dyn Provider>, Failure> {
        let settings = serde_json::json!({ "url": self.url });
        let http = ApiClient::new(&HttpOptions::default()).unwrap();
        Ok(Arc::from(
            Kinds::built_in()
                .named("autorender")
                .unwrap()
                .open(&settings, ApiKey::new(&self.key).into(), http)
                .unwrap(),
        ))
    }
}

async fn sandbox(rig: &Rig, change: impl FnOnce(&mut Options)) -> Running {
    let mut options = Options::new(rig.folder.path().join("sandbox"));
    options.part_size = 100_000;
    options.log = Some(rig.folder.path().join("log"));
    change(&mut options);
    partway_sandbox::start(options).await.unwrap()
}

async fn open(rig: &Rig, running: &Running) -> Under {
    let providers = AutoRender { url: running.base_url.clone(), key: running.key.clone() };
    Under::open(rig.try_open(Arc::new(providers)).await.unwrap().engine).await
}

/// The log's lines about a step.
fn lines(rig: &Rig, step: &str) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(rig.folder.path().join("log")).unwrap_or_default();
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.filter(|line| line["step"] == step).collect()
}

/// The one finished object.
fn object(rig: &Rig) -> Vec<u8> {
    let complete = lines(rig, "complete").into_iter().find(|line| line["object"].is_string()).unwrap();
    std::fs::read(rig.folder.path().join("sandbox").join(complete["object"].as_str().unwrap())).unwrap()
}

#[tokio::test]
async fn a_file_arrives_through_each_of_the_faults_that_pass() {
    for fault in [
        "500-once@part",
        "500-once@start",
        "503-slowdown@part",
        "reset-mid-body@part",
        "reset-after-success@part",
        "403-expired@part",
        "complete-lost-answer",
        "wrong-etag@part:1",
    ] {
        let rig = Rig::new().await;
        let running = sandbox(&rig, |options| options.faults.push(fault.to_owned())).await;
        let under = open(&rig, &running).await;
        let id = under.add_one(rig.file("a.bin", 450_000)).await;
        assert_eq!(under.ends(&id).await, State::Verified, "{fault}");
        assert!(object(&rig) == bytes(450_000), "{fault}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_settled_in_each_way_in_which_the_vendor_may_answer_the_next_one() {
    for (after, state, strength) in [
        (AfterComplete::Same, State::Verified, Strength::Confirmed),
        (AfterComplete::Gone, State::Uploaded, Strength::Presumed),
        (AfterComplete::Conflict, State::Uploaded, Strength::Presumed),
    ] {
        let rig = Rig::new().await;
        let running = sandbox(&rig, |options| {
            options.after_complete = after;
            options.faults.push("complete-lost-answer".into());
        })
        .await;
        let under = open(&rig, &running).await;
        let id = under.add_one(rig.file("a.bin", 150_000)).await;
        assert_eq!(under.ends(&id).await, state, "{after:?}");
        assert_eq!(under.job(&id).await.receipt.unwrap().strength, strength);
        assert!(object(&rig) == bytes(150_000));
        assert_eq!(lines(&rig, "part").len(), 2, "no part went twice");
    }
}

#[tokio::test]
async fn a_session_that_expires_is_replaced_and_the_first_one_is_listed_until_it_ends() {
    let rig = Rig::new().await;
    let running = sandbox(&rig, |options| options.faults.push("403-expired@part=3:session".into())).await;
    let under = open(&rig, &running).await;
    let id = under.add_one(rig.file("a.bin", 450_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    assert!(under.log(&id).await.iter().any(|line| matches!(line, Log::SessionLost { expired: true, .. })));
    assert_eq!(lines(&rig, "start").len(), 2);
    let mut happened = under.engine.follow();
    while !under.log(&id).await.iter().any(|line| matches!(line, Log::LeftBehind { .. })) {
        happened.recv().await.unwrap();
    }
    assert_eq!(under.engine.detail(&id).await.unwrap().left_behind.len(), 1);
}

#[tokio::test]
async fn neither_key_nor_signature_lies_in_the_data_folder_after_a_run_with_faults() {
    let rig = Rig::new().await;
    let running = sandbox(&rig, |options| {
        options.faults.extend(["500-once@part:every3".into(), "403-expired@part=2:session".into()]);
    })
    .await;
    let under = open(&rig, &running).await;
    let id = under.add_one(rig.file("a.bin", 950_000)).await;
    assert_eq!(under.ends(&id).await, State::Verified);
    under.engine.close(std::time::Duration::from_secs(5)).await;
    let all = rig.everything();
    assert!(!crate::rig::contains(&all, "X-Amz-Signature"));
    assert!(!crate::rig::contains(&all, &running.key));
}
