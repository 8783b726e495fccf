//! The real sandbox, and parts sent to it with the real client for parts.

use bytes::Bytes;
use http_body_util::Full;
use md5::{Digest, Md5};
use partway_core::{ApiKey, PartReceipt};
use partway_http::{ApiClient, HttpOptions, PartClient};
use partway_provider::{PartTarget, Provider, Started};
use partway_sandbox::{Options, Running};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::kinds::named;

pub(crate) struct Sandbox {
    pub(crate) running: Running,
    _dir: TempDir,
}

pub(crate) async fn sandbox(change: impl FnOnce(&mut Options)) -> Sandbox {
    let dir = tempfile::tempdir().unwrap();
    let mut options = Options::new(dir.path());
    options.part_size = 1 << 20;
    // Parts of a MiB, so that several fit into a test.
    options.min_part = 1;
    change(&mut options);
    Sandbox { running: partway_sandbox::start(options).await.unwrap(), _dir: dir }
}

impl Sandbox {
    pub(crate) fn http(&self) -> HttpOptions {
        let roots = self.running.ca.iter().map(|ca| std::fs::read(ca).unwrap()).collect();
        HttpOptions { extra_roots_pem: roots, ..HttpOptions::default() }
    }

    /// A destination as listed in the sandbox's first line, with further settings, and with another key if
    /// one is given.
    pub(crate) fn provider(&self, kind: &str, settings: &Value, key: Option<&str>) -> Box<dyn Provider> {
        let told = self.running.first_line.destinations.iter().find(|told| told.kind == kind).unwrap();
        let mut all = json!({ "url": told.url });
        for (name, value) in &told.more {
            all[*name] = json!(value);
        }
        for (name, value) in settings.as_object().unwrap() {
            all[name] = value.clone();
        }
        let key = ApiKey::new(key.unwrap_or(&told.key));
        let http = ApiClient::new(&self.http()).unwrap();
        named(kind).open(&all, key.into(), http).unwrap()
    }

    /// Sends all parts, the last first.
    pub(crate) async fn send(&self, started: &Started, bytes: &[u8]) -> Vec<PartReceipt> {
        let mut receipts = Vec::new();
        for target in started.targets.iter().rev() {
            receipts.push(self.send_part(started, target, bytes).await);
        }
        receipts.reverse();
        receipts
    }

    pub(crate) async fn send_part(
        &self,
        started: &Started,
        target: &PartTarget,
        bytes: &[u8],
    ) -> PartReceipt {
        let part = started.plan.part(target.number).unwrap();
        let bytes = Bytes::copy_from_slice(&bytes[part.offset as usize..(part.offset + part.len) as usize]);
        let md5: [u8; 16] = Md5::digest(&bytes).into();
        let client = PartClient::new(&self.http()).unwrap();
        let answer = client.put(&target.url, &target.headers, Full::new(bytes)).await.unwrap();
        let compared = answer.comparable;
        PartReceipt {
            number: target.number,
            size: part.len,
            md5,
            etag: answer.etag,
            compared,
            checksum: None,
        }
    }

    /// The bytes of all finished objects.
    pub(crate) fn objects(&self) -> Vec<Vec<u8>> {
        fn walk(dir: &std::path::Path, found: &mut Vec<Vec<u8>>) {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { walk(&path, found) } else { found.push(std::fs::read(path).unwrap()) }
            }
        }
        let mut found = Vec::new();
        walk(&self.running.dir.join("objects"), &mut found);
        found
    }
}

/// `size` bytes, each unlike its neighbours.
pub(crate) fn bytes(size: u64) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8).collect()
}
