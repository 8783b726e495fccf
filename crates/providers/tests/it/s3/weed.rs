//! A destination at a real server (SeaweedFS), and parts sent to it.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::Full;
use md5::{Digest, Md5};
use partway_core::{Failure, FileReceipt, Limits, PartPlan, PartReceipt};
use partway_http::{ApiClient, HttpOptions, PartClient, PutFailure};
use partway_provider::{FileFacts, PartTarget, Provider, Started};
use serde_json::{Value, json};

use super::{number, pair};
use crate::kinds;
use crate::server::file;

/// The smallest part except the last.
pub(super) const PART: u64 = 5 << 20;

pub(super) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed()
}

fn options(clock: impl Fn() -> i64 + Send + Sync + 'static) -> HttpOptions {
    HttpOptions { clock: Some(std::sync::Arc::new(clock)), ..HttpOptions::default() }
}

/// A separate bucket at this process's server.
pub(super) struct Weed {
    pub(super) url: String,
    pub(super) bucket: String,
}

impl Weed {
    /// The bucket gets this name and a random suffix, so that tests do not collide.
    pub(super) fn new(name: &str) -> Self {
        let server = partway_seaweed::server().unwrap();
        let bucket = format!("{name}-{}", uuid::Uuid::new_v4().simple());
        server.bucket(&bucket).unwrap();
        Self { url: server.url.clone(), bucket }
    }

    pub(super) fn provider(&self, settings: &Value) -> Box<dyn Provider> {
        self.open(settings, partway_seaweed::SECRET, now)
    }

    /// With another secret, or another clock.
    pub(super) fn open(
        &self,
        settings: &Value,
        secret: &str,
        clock: impl Fn() -> i64 + Send + Sync + 'static,
    ) -> Box<dyn Provider> {
        let mut all = json!({ "url": self.url, "bucket": self.bucket });
        for (name, value) in settings.as_object().unwrap() {
            all[name] = value.clone();
        }
        let http = ApiClient::new(&options(clock)).unwrap();
        kinds::named("s3").open(&all, pair(partway_seaweed::KEY, secret), http).unwrap()
    }
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn plan(size: u64) -> Option<PartPlan> {
    Some(PartPlan::by_size(size, PART, &Limits::S3).unwrap())
}

pub(super) fn named(name: &str, size: u64) -> FileFacts {
    FileFacts { name: name.to_owned(), ..file(size) }
}

/// The failure from the storage or the network; a body in memory cannot fail.
fn wire(failure: PutFailure) -> Failure {
    let PutFailure::Wire(failure) = failure else { unreachable!("{failure}") };
    failure
}

/// Sends one part, or says why not.
pub(super) async fn put(
    started: &Started,
    target: &PartTarget,
    bytes: &[u8],
) -> Result<PartReceipt, Failure> {
    let part = started.plan.part(target.number).unwrap();
    let bytes = Bytes::copy_from_slice(&bytes[part.offset as usize..(part.offset + part.len) as usize]);
    let md5: [u8; 16] = Md5::digest(&bytes).into();
    let client = PartClient::new(&options(now)).unwrap();
    let answer = client.put(&target.url, &target.headers, Full::new(bytes)).await.map_err(wire)?;
    let compared = answer.comparable && answer.etag.as_ref().is_some_and(|etag| etag.0 == hex(&md5));
    Ok(PartReceipt {
        number: target.number,
        size: part.len,
        md5,
        etag: answer.etag,
        compared,
        checksum: None,
    })
}

/// Sends the parts in this order; receipts are in the order of their numbers.
pub(super) async fn send(started: &Started, order: &[u32], bytes: &[u8]) -> Vec<PartReceipt> {
    let mut receipts = Vec::new();
    for wanted in order {
        let target = started.targets.iter().find(|target| target.number == number(*wanted)).unwrap();
        receipts.push(put(started, target, bytes).await.unwrap());
    }
    receipts.sort_by_key(|receipt| receipt.number);
    receipts
}

/// A file's whole path.
pub(super) async fn upload(provider: &dyn Provider, facts: &FileFacts, bytes: &[u8]) -> FileReceipt {
    let started = provider.start(facts, plan(facts.size)).await.unwrap();
    let all: Vec<_> = (1..=started.plan.count()).collect();
    let receipts = send(&started, &all, bytes).await;
    assert!(receipts.iter().all(|receipt| receipt.compared));
    let receipt = provider.complete(&started.session, &receipts).await.unwrap();
    provider.verify(&started.session, &receipts, receipt).await.unwrap()
}
