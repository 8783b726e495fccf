//! A sandbox as a destination of the conformance suite, for any kind.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::Full;
use jiff::{SignedDuration, Timestamp};
use partway_core::{ApiKey, Credentials, Failure};
use partway_http::{ApiClient, HttpOptions, PartClient, PutFailure};
use partway_provider::conformance::{Destination, Object, Refusal, Seen, Sent, Taken};
use partway_provider::{Fields, PartTarget, Provider};
use partway_sandbox::{Clock, Options, Running};
use serde_json::Value;
use tempfile::TempDir;

use crate::kinds::named;

/// Lifetime of links, seconds; the clock is moved by more.
const LIFE: u64 = 3600;

/// What differs between the kinds.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) part_size: u64,
    pub(super) mime: &'static str,
    /// The sandbox's id of a session, from its sessions folder and the provider's stored session.
    pub(super) session: fn(&Path, &Value) -> Option<String>,
    /// A key that has the right form and is wrong.
    pub(super) wrong_key: &'static str,
    /// Settings beyond those in the sandbox's first line.
    pub(super) settings: &'static [(&'static str, &'static str)],
    /// Fields to set and read back.
    pub(super) fields: fn() -> Fields,
    /// Those fields, from the sandbox's record of the session.
    pub(super) arrived: fn(&Value) -> Fields,
    pub(super) refusals: fn() -> Vec<Refusal>,
    /// Options of the sandbox beyond the common ones.
    pub(super) options: fn(&mut Options),
}

/// A sandbox in a separate folder, with a clock that server and client share.
pub(super) struct Sandbox {
    kind: Kind,
    running: Running,
    dir: TempDir,
    ahead: Arc<AtomicU64>,
    seed: u64,
    parts: PartClient,
}

impl Sandbox {
    pub(super) async fn start(kind: Kind) -> Self {
        Self::with(kind, |_| {}).await
    }

    pub(super) async fn with(kind: Kind, change: impl FnOnce(&mut Options)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ahead = Arc::new(AtomicU64::new(0));
        let servers = ahead.clone();
        let mut options = Options::new(dir.path().join("d"));
        options.part_size = kind.part_size;
        options.ttl = LIFE;
        options.log = Some(dir.path().join("log"));
        options.clock = Clock::of(move || {
            let moved = SignedDuration::from_secs(servers.load(Ordering::SeqCst).cast_signed());
            Timestamp::try_from(SystemTime::now()).unwrap() + moved
        });
        (kind.options)(&mut options);
        change(&mut options);
        let running = partway_sandbox::start(options).await.unwrap();
        let parts = PartClient::new(&http(&ahead)).unwrap();
        Self { kind, running, dir, ahead, seed: super::seed(), parts }
    }

    /// The kind's entry in the first line: everything but the key is a setting with that name.
    fn entry(&self) -> Value {
        let entries = serde_json::to_value(&self.running.first_line.destinations).unwrap();
        let mut entries = entries.as_array().unwrap().iter();
        entries.find(|entry| entry["kind"] == self.kind.name).unwrap().clone()
    }

    fn open_with(&self, key: &str) -> Box<dyn Provider> {
        let mut settings = self.entry();
        let object = settings.as_object_mut().unwrap();
        object.remove("kind");
        object.remove("key");
        object.extend(self.kind.settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
        let secret = object.remove("secret").map(|secret| ApiKey::new(secret.as_str().unwrap()));
        let credentials = Credentials { key: ApiKey::new(key), secret, session_token: None };
        let client = ApiClient::new(&http(&self.ahead)).unwrap();
        named(self.kind.name).open(&settings, credentials, client).unwrap()
    }

    /// A file in the sandbox's folder of a session.
    fn kept(&self, id: &str, name: &str) -> Option<Value> {
        let text = std::fs::read(self.running.dir.join("sessions").join(id).join(name)).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

fn http(ahead: &Arc<AtomicU64>) -> HttpOptions {
    let ahead = ahead.clone();
    let now = move || {
        let real = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        (real + ahead.load(Ordering::SeqCst)).cast_signed()
    };
    HttpOptions { clock: Some(Arc::new(now)), ..HttpOptions::default() }
}

#[async_trait]
impl Destination for Sandbox {
    async fn open(&self) -> Box<dyn Provider> {
        self.open_with(self.entry()["key"].as_str().unwrap())
    }

    async fn put(&self, target: &PartTarget, bytes: &[u8]) -> Result<Taken, Failure> {
        let body = Full::new(Bytes::copy_from_slice(bytes));
        match self.parts.put(&target.url, &target.headers, body).await {
            Ok(answer) => Ok(Taken { etag: answer.etag, comparable: answer.comparable }),
            Err(PutFailure::Wire(failure)) => Err(failure),
            Err(PutFailure::Body(fault)) => panic!("a body in memory cannot break: {fault}"),
        }
    }

    async fn read(&self, sent: &Sent<'_>) -> Seen {
        let session: Value = serde_json::from_str(&sent.session.body).unwrap();
        let id = (self.kind.session)(&self.running.dir.join("sessions"), &session);
        let Some(id) = id else { return Seen::Nothing };
        let Some(done) = self.kept(&id, "done.json") else { return Seen::Nothing };
        let about = self.kept(&id, "session.json").unwrap();
        let object = Path::new(done["object"].as_str().unwrap());
        let Ok(bytes) = std::fs::read(self.running.dir.join(object)) else { return Seen::Nothing };
        Seen::Object(Object {
            bytes,
            mime: about["content_type"].as_str().map(str::to_owned),
            fields: (self.kind.arrived)(&about),
        })
    }

    fn part_size(&self) -> u64 {
        self.kind.part_size
    }

    fn seed(&self) -> u64 {
        self.seed
    }

    fn secrets(&self) -> Vec<String> {
        let entry = self.entry();
        let secret = if entry["secret"].is_string() { &entry["secret"] } else { &entry["key"] };
        vec![secret.as_str().unwrap().to_owned()]
    }

    fn mime(&self) -> &'static str {
        self.kind.mime
    }

    fn fields(&self) -> Fields {
        (self.kind.fields)()
    }

    async fn requests(&self) -> Option<u64> {
        let log = std::fs::read_to_string(self.dir.path().join("log")).unwrap();
        Some(log.lines().count() as u64)
    }

    async fn expire_links(&self) -> bool {
        self.ahead.fetch_add(LIFE + 1, Ordering::SeqCst);
        true
    }

    async fn with_wrong_key(&self) -> Option<Box<dyn Provider>> {
        Some(self.open_with(self.kind.wrong_key))
    }

    fn refusals(&self) -> Vec<Refusal> {
        (self.kind.refusals)()
    }

    async fn refusing(&self, refusal: &Refusal) -> Option<Box<dyn Destination>> {
        let fault = refusal.name.to_owned();
        Some(Box::new(Self::with(self.kind, |options| options.faults.push(fault)).await))
    }
}
