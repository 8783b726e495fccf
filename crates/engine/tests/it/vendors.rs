//! The engine with the real providers of Gjirafa and S3 against the real sandbox.

use std::sync::Arc;

use async_trait::async_trait;
use partway_core::{ApiKey, Credentials, Failure, State};
use partway_engine::{Clock, Destination, Log, Providers, Which};
use partway_http::{ApiClient, HttpOptions};
use partway_provider::{IfExists, Provider};
use partway_providers::Kinds;
use partway_sandbox::{Options, Resume, Running};
use serde_json::{Value, json};

use crate::rig::{Rig, Under, bytes};

/// Two parts, and three, if the client plans.
pub(crate) const LARGE: usize = 17_000_000;
pub(crate) const LARGER: usize = 34_000_000;

/// One PUT.
pub(crate) const SMALL: usize = 100_000;

struct OfKind {
    kind: &'static str,
    settings: Value,
    key: String,
    http: ApiClient,
    secret: Option<String>,
}

#[async_trait]
impl Providers for OfKind {
    async fn provider(&self, _: &Destination) -> Result<Arc<dyn Provider>, Failure> {
        Ok(Arc::from(self.open()))
    }
}

impl OfKind {
    fn open(&self) -> Box<dyn Provider> {
        let secret = self.secret.as_ref().map(|secret| ApiKey::new(secret.as_str()));
        let key = Credentials { secret, ..ApiKey::new(self.key.as_str()).into() };
        Kinds::built_in().named(self.kind).unwrap().open(&self.settings, key, self.http.clone()).unwrap()
    }
}

/// A sandbox with these faults, and an engine with a destination of this kind in it.
pub(crate) async fn under(
    rig: &Rig,
    kind: &'static str,
    faults: &[&str],
    change: impl FnOnce(&mut Options, &mut Value),
) -> (Running, Under) {
    let mut options = Options::new(rig.folder.path().join("sandbox"));
    options.log = Some(rig.folder.path().join("log"));
    options.faults = faults.iter().map(|fault| (*fault).to_owned()).collect();
    let mut settings = json!({});
    change(&mut options, &mut settings);
    let running = partway_sandbox::start(options).await.unwrap();
    let providers = of_kind(&running, rig, kind, settings);
    let engine = rig.try_open(Arc::new(providers)).await.unwrap().engine;
    (running, Under::open(engine).await)
}

/// Providers for a destination of this kind.
fn of_kind(running: &Running, rig: &Rig, kind: &'static str, mut settings: Value) -> OfKind {
    let told = running.first_line.destinations.iter().find(|told| told.kind == kind).unwrap();
    settings["url"] = json!(told.url);
    for (name, value) in told.more.iter().filter(|(name, _)| **name != "secret") {
        settings[*name] = json!(value);
    }
    let secret = told.more.get("secret").cloned();
    let clock = Arc::clone(&rig.clock);
    let now = move || clock.unix_ms().div_euclid(1000);
    let options = HttpOptions {
        clock: Some(Arc::new(now)),
        watch_before_once: rig.watch_before_once,
        ..HttpOptions::default()
    };
    let http = ApiClient::new(&options).unwrap();
    OfKind { kind, settings, key: told.key.clone(), http, secret }
}

/// The provider of such a destination alone.
pub(crate) fn provider(
    running: &Running,
    rig: &Rig,
    kind: &'static str,
    settings: Value,
) -> Box<dyn Provider> {
    of_kind(running, rig, kind, settings).open()
}

/// The log's lines about a step.
pub(crate) fn lines(rig: &Rig, step: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(rig.folder.path().join("log")).unwrap_or_default();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["step"] == step).collect()
}

/// The content of all finished objects.
pub(crate) fn objects(rig: &Rig) -> Vec<Vec<u8>> {
    let folder = rig.folder.path().join("sandbox/objects");
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    files.filter(|file| file.file_type().is_file()).map(|file| std::fs::read(file.path()).unwrap()).collect()
}

#[tokio::test]
async fn a_file_arrives_at_s3_in_parts_and_by_one_put_through_each_of_these_faults() {
    for (size, fault) in [
        (0, "none"),
        (SMALL, "none"),
        (SMALL, "500-once@put"),
        (SMALL, "reset-after-success@put"),
        (LARGE, "reset-after-success@part"),
        (LARGE, "403-expired@part=2"),
        (LARGE, "complete-lost-answer"),
        (LARGE, "404-no-such-upload@part=2"),
    ] {
        let rig = Rig::new().await;
        let faults: &[&str] = if fault == "none" { &[] } else { &[fault] };
        let (_running, under) = under(&rig, "s3", faults, |_, _| {}).await;
        let id = under.add_one(rig.file("a.bin", size)).await;
        assert_eq!(under.ends(&id).await, State::Verified, "{size} {fault}: {:?}", under.log(&id).await);
        assert!(objects(&rig) == [bytes(size)], "{size} {fault}");
        if (size, fault) == (SMALL, "reset-after-success@put") {
            assert_eq!(lines(&rig, "put").len(), 2, "what took the name was compared, not sent once more");
        }
    }
}

/// A link contains the second in which it was signed, so one from the same second is identical and no
/// renewal.
#[tokio::test]
async fn a_link_signed_anew_within_the_second_costs_no_session_and_no_confirmed_part() {
    for fault in ["403-expired@part=3", "403-expired-r2@part=3", "400-expired-token@part=3"] {
        let rig = Rig::new().await;
        let (_running, under) = under(&rig, "s3", &[fault], |_, _| {}).await;
        let id = under.add_one(rig.file("a.bin", LARGER)).await;
        assert_eq!(under.ends(&id).await, State::Verified, "{fault}: {:?}", under.log(&id).await);
        assert_eq!(lines(&rig, "start").len(), 1, "{fault}");
        let lost = |line: &Log| matches!(line, Log::SessionLost { .. });
        assert!(!under.log(&id).await.iter().any(lost), "{fault}");
    }
}

#[tokio::test]
async fn a_name_that_is_taken_at_s3_waits_for_one_word() {
    for (how, files) in [(IfExists::Overwrite, 1), (IfExists::Rename, 2), (IfExists::Skip, 1)] {
        let rig = Rig::new().await;
        let (_running, under) = under(&rig, "s3", &[], |_, _| {}).await;
        let path = rig.file("a.bin", SMALL);
        let first = under.add_one(path.clone()).await;
        assert_eq!(under.ends(&first).await, State::Verified);
        std::fs::write(&path, b"another").unwrap();
        let (batch, ids) = under.add(&[path], None).await;
        let state = under.ends(&ids[0]).await;
        assert!(matches!(state, State::NeedsAttention(partway_core::Cause::NameTaken { .. })), "{state:?}");
        assert_eq!(under.engine.settle_names(&batch.id, how).await.unwrap(), 1);
        let ended = under.until(&ids[0], |job| job.state.is_end()).await;
        assert_eq!(ended.state, if how == IfExists::Skip { State::Cancelled } else { State::Verified });
        let objects = objects(&rig);
        assert_eq!(objects.len(), files);
        assert_eq!(objects.contains(&b"another".to_vec()), how != IfExists::Skip);
    }
}

#[tokio::test]
async fn a_file_arrives_at_gjirafa_with_its_links_renewed_and_its_answers_lost() {
    for (fault, resume) in [
        ("403-expired@part=2", Resume::All),
        ("403-expired@part=2", Resume::Missing),
        ("reset-after-success@part=2", Resume::Missing),
        ("complete-lost-answer", Resume::All),
        ("404-no-such-upload@part=2", Resume::All),
    ] {
        let rig = Rig::new().await;
        let (_running, under) = under(&rig, "gjirafa", &[fault], |options, _| options.resume = resume).await;
        let id = under.add_one(rig.file("a.bin", LARGE)).await;
        // It reports neither size nor checksum of the whole.
        assert_eq!(under.ends(&id).await, State::Uploaded, "{fault}: {:?}", under.log(&id).await);
        assert!(objects(&rig).contains(&bytes(LARGE)), "{fault}");
        assert!(!lines(&rig, "verify").is_empty(), "the path of the finished file was asked for");
    }
}

#[tokio::test]
async fn a_vendor_that_gives_links_for_missing_parts_only_and_lists_nothing_is_gone_on_with() {
    for no_list in ["no-list@list", "no-list-405@list", "no-list-other@list"] {
        let rig = Rig::new().await;
        // Part 2 is there, its answer was lost, and its link has expired since.
        let faults = ["reset-after-success@part=2", "403-expired@part=2", no_list];
        let missing = |options: &mut Options, _: &mut Value| options.resume = Resume::Missing;
        let (_running, under) = under(&rig, "gjirafa", &faults, missing).await;
        let id = under.add_one(rig.file("a.bin", LARGE)).await;
        assert_eq!(under.ends(&id).await, State::Uploaded, "{no_list}: {:?}", under.log(&id).await);
        assert!(objects(&rig) == [bytes(LARGE)], "{no_list}");
        assert_eq!(lines(&rig, "start").len(), 1, "{no_list}: in one session");
        assert!(!lines(&rig, "list").is_empty(), "{no_list}: a link was missing, so the list was asked for");
    }
}

#[tokio::test]
async fn a_list_that_disagrees_with_the_journal_makes_those_parts_go_again() {
    for fault in ["list-missing-part@list", "list-short-part@list", "list-wrong-etag@list"] {
        let mut rig = Rig::new().await;
        rig.bounds.parts_per_job = 1;
        let (_running, under) = under(&rig, "gjirafa", &[fault, "500-n-then-ok@part=3:4"], |_, _| {}).await;
        let id = under.add_one(rig.file("a.bin", LARGER)).await;
        under.until(&id, |job| job.parts_confirmed == 2).await;
        under.engine.pause(&Which::Open).await.unwrap();
        under.rests(&id).await;
        under.engine.resume(&Which::Open).await.unwrap();
        assert_eq!(under.ends(&id).await, State::Uploaded, "{fault}");
        let told = under.log(&id).await.into_iter().any(|line| matches!(line, Log::PartsMissing { .. }));
        assert!(told, "{fault}");
        assert!(objects(&rig).contains(&bytes(LARGER)), "{fault}");
    }
}

#[tokio::test]
async fn gjirafa_gets_the_hash_of_the_file_where_duplicates_are_looked_for() {
    let rig = Rig::new().await;
    let with = |_: &mut Options, settings: &mut Value| settings["duplicates"] = json!("sha256");
    let (_running, under) = under(&rig, "gjirafa", &[], with).await;
    let id = under.add_one(rig.file("a.bin", SMALL)).await;
    assert_eq!(under.ends(&id).await, State::Uploaded);
    let hash = under.job(&id).await.hash.unwrap();
    assert_eq!(hash.hex, hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes(SMALL))));
}
