//! A real server (SeaweedFS) as a destination of the conformance suite.

use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::Full;
use partway_core::{ApiKey, Credentials, Failure};
use partway_http::{ApiClient, HttpOptions, PartClient, PutFailure};
use partway_provider::conformance::{Destination, Object, Seen, Sent, Taken};
use partway_provider::{Fields, PartTarget, Provider};
use serde_json::{Value, json};

use crate::kinds::named;

/// A separate bucket.
pub(super) struct Weed {
    bucket: String,
    seed: u64,
    parts: PartClient,
}

fn http() -> HttpOptions {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
    HttpOptions { clock: Some(std::sync::Arc::new(now)), ..HttpOptions::default() }
}

impl Weed {
    pub(super) fn new() -> Self {
        let bucket = format!("conformance-{}", uuid::Uuid::new_v4().simple());
        partway_seaweed::server().unwrap().bucket(&bucket).unwrap();
        Self { bucket, seed: super::seed(), parts: PartClient::new(&http()).unwrap() }
    }

    fn open_with(&self, secret: &str) -> Box<dyn Provider> {
        let settings = json!({ "url": partway_seaweed::server().unwrap().url, "bucket": self.bucket });
        let key = ApiKey::new(partway_seaweed::KEY);
        let credentials = Credentials { key, secret: Some(ApiKey::new(secret)), session_token: None };
        named("s3").open(&settings, credentials, ApiClient::new(&http()).unwrap()).unwrap()
    }
}

#[async_trait]
impl Destination for Weed {
    async fn open(&self) -> Box<dyn Provider> {
        self.open_with(partway_seaweed::SECRET)
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
        let (bucket, key) = (self.bucket.clone(), session["key"].as_str().unwrap().to_owned());
        // Its filer takes a backslash for a slash, whichever way it is asked.
        let found =
            move || partway_seaweed::server().unwrap().object(&bucket, &key.replace('\\', "/")).unwrap();
        match tokio::task::spawn_blocking(found).await.unwrap() {
            None => Seen::Nothing,
            Some(object) => {
                let metadata = object.headers.iter().filter_map(|(name, value)| {
                    Some((name.strip_prefix("x-amz-meta-")?.to_owned(), value.clone()))
                });
                let fields = Fields { metadata: metadata.collect(), ..Fields::default() };
                let mime = object.header("content-type");
                Seen::Object(Object { bytes: object.bytes, mime, fields })
            }
        }
    }

    fn part_size(&self) -> u64 {
        5 << 20
    }

    fn seed(&self) -> u64 {
        self.seed
    }

    fn secrets(&self) -> Vec<String> {
        vec![partway_seaweed::SECRET.to_owned()]
    }

    fn mime(&self) -> &'static str {
        "video/quicktime"
    }

    fn fields(&self) -> Fields {
        let metadata = [("scene".to_owned(), "12 b".to_owned())].into_iter().collect();
        Fields { metadata, ..Fields::default() }
    }

    async fn with_wrong_key(&self) -> Option<Box<dyn Provider>> {
        Some(self.open_with("not the secret of anybody, and no other either"))
    }
}
