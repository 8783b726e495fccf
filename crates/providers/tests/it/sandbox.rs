//! The whole way of a file through the real sandbox, sent with the real client for parts.

use bytes::Bytes;
use http_body_util::Full;
use partway_core::{ApiKey, RetryClass};
use partway_http::{ApiClient, HttpOptions, PartClient};
use partway_provider::{Fields, FileFacts, Finding, Provider, Started};
use partway_sandbox::{AfterComplete, Options, Running};
use serde_json::json;
use tempfile::TempDir;

use crate::server::file;

const PART: u64 = 1 << 20;

struct Sandbox {
    running: Running,
    _dir: TempDir,
}

async fn sandbox(change: impl FnOnce(&mut Options)) -> Sandbox {
    let dir = tempfile::tempdir().unwrap();
    let mut options = Options::new(dir.path());
    options.part_size = PART;
    change(&mut options);
    Sandbox { running: partway_sandbox::start(options).await.unwrap(), _dir: dir }
}

impl Sandbox {
    fn http(&self) -> HttpOptions {
        let roots = self.running.ca.iter().map(|ca| std::fs::read(ca).unwrap()).collect();
        HttpOptions { extra_roots_pem: roots, ..HttpOptions::default() }
    }

    fn provider(&self, auth: &str, key: &str) -> Box<dyn Provider> {
        let settings = json!({ "url": self.running.base_url, "auth": auth });
        let http = ApiClient::new(&self.http()).unwrap();
        partway_providers::open("autorender", &settings, ApiKey::new(key).into(), http).unwrap()
    }

    async fn send(&self, started: &Started, bytes: &[u8]) {
        let client = PartClient::new(&self.http()).unwrap();
        for (part, target) in started.plan.parts().zip(&started.targets) {
            let range = part.offset as usize..(part.offset + part.len) as usize;
            let body = Full::new(Bytes::copy_from_slice(&bytes[range]));
            let answer = client.put(&target.url, &target.headers, body).await.unwrap();
            assert!(answer.comparable);
        }
    }

    fn objects(&self) -> Vec<Vec<u8>> {
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

#[tokio::test]
async fn a_file_arrives_with_either_header_with_and_without_tls() {
    let bytes: Vec<u8> = (0..PART * 2 + 77).map(|at| (at % 251) as u8).collect();
    for (auth, tls) in [("bearer", false), ("x-api-key", false), ("bearer", true)] {
        let sandbox = sandbox(|options| options.tls = tls).await;
        let provider = sandbox.provider(auth, &sandbox.running.key);
        let fields = Fields { tags: vec!["a".to_owned()], ttl_seconds: Some(600), ..Fields::default() };
        let facts = FileFacts { fields, ..file(bytes.len() as u64) };
        let started = provider.start(&facts, None).await.unwrap();
        assert_eq!(started.plan.count(), 3);
        assert!(started.session.expires_at.is_some());
        sandbox.send(&started, &bytes).await;
        let receipt = provider.complete(&started.session, &[]).await.unwrap();
        assert_eq!(receipt.size, Some(bytes.len() as u64));
        assert!(receipt.link.is_some() && receipt.id.is_some());
        assert!(sandbox.objects().contains(&bytes), "{auth} {tls}");
    }
}

#[tokio::test]
async fn an_empty_file_arrives() {
    let sandbox = sandbox(|_| {}).await;
    let provider = sandbox.provider("bearer", &sandbox.running.key);
    let started = provider.start(&file(0), None).await.unwrap();
    sandbox.send(&started, b"").await;
    assert_eq!(provider.complete(&started.session, &[]).await.unwrap().size, Some(0));
    assert!(sandbox.objects().contains(&Vec::new()));
}

#[tokio::test]
async fn a_second_complete_is_answered_in_each_of_three_ways() {
    for (after, class) in [
        (AfterComplete::Same, None),
        (AfterComplete::Gone, Some(RetryClass::Conflict)),
        (AfterComplete::Conflict, Some(RetryClass::Conflict)),
    ] {
        let sandbox = sandbox(|options| options.after_complete = after).await;
        let provider = sandbox.provider("bearer", &sandbox.running.key);
        let started = provider.start(&file(5), None).await.unwrap();
        sandbox.send(&started, b"hello").await;
        provider.complete(&started.session, &[]).await.unwrap();
        let again = provider.complete(&started.session, &[]).await;
        assert_eq!(again.err().map(|failure| failure.class), class, "{after:?}");
    }
}

#[tokio::test]
async fn each_broken_reply_of_the_sandbox_is_refused() {
    for (fault, class) in [
        ("html-instead-of-json@start", RetryClass::Offline),
        ("json-cut@start", RetryClass::Refused),
        ("json-huge@start", RetryClass::Refused),
        ("parts-too-few@start", RetryClass::Refused),
        ("parts-too-many@start", RetryClass::Refused),
        ("part-size-zero@start", RetryClass::Refused),
        ("part-size-absurd@start", RetryClass::Refused),
        ("poisoned-checksum@start", RetryClass::Refused),
        ("401-key@start", RetryClass::Credentials),
        ("complete-lost-answer", RetryClass::Unknown),
    ] {
        let sandbox = sandbox(|options| options.faults.push(fault.to_owned())).await;
        let provider = sandbox.provider("bearer", &sandbox.running.key);
        let failure = match provider.start(&file(PART + 1), None).await {
            Err(failure) => failure,
            Ok(started) => {
                sandbox.send(&started, &[7; PART as usize + 1]).await;
                provider.complete(&started.session, &[]).await.expect_err(fault)
            }
        };
        assert_eq!(failure.class, class, "{fault}: {failure}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_seen_by_the_check_and_a_good_one_never_is() {
    let sandbox = sandbox(|_| {}).await;
    let wrong = sandbox.provider("bearer", "wrong").check().await;
    assert!(matches!(wrong.key, Finding::Bad(_)), "{wrong:?}");
    let good = sandbox.provider("bearer", &sandbox.running.key).check().await;
    assert!(matches!(good.host, Finding::Good(_)), "{good:?}");
    assert!(matches!(good.key, Finding::CannotKnow(_)), "{good:?}");
}
