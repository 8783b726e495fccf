//! A file's whole path through the real sandbox, sent with the real client for parts.

use partway_core::RetryClass;
use partway_provider::{Fields, FileFacts, Finding, Provider};
use partway_sandbox::AfterComplete;
use serde_json::json;

use crate::rig::{Sandbox, bytes, sandbox};
use crate::server::file;

const PART: u64 = 1 << 20;

fn open(sandbox: &Sandbox, auth: &str) -> Box<dyn Provider> {
    sandbox.provider("autorender", &json!({ "auth": auth }), None)
}

#[tokio::test]
async fn a_file_arrives_with_either_header_with_and_without_tls() {
    let bytes = bytes(PART * 2 + 77);
    for (auth, tls) in [("bearer", false), ("x-api-key", false), ("bearer", true)] {
        let sandbox = sandbox(|options| options.tls = tls).await;
        let provider = open(&sandbox, auth);
        let fields = Fields { tags: vec!["a".to_owned()], ttl_seconds: Some(600), ..Fields::default() };
        let facts = FileFacts { fields, ..file(bytes.len() as u64) };
        let started = provider.start(&facts, None).await.unwrap();
        assert_eq!(started.plan.count(), 3);
        assert!(started.session.expires_at.is_some());
        let receipts = sandbox.send(&started, &bytes).await;
        assert!(receipts.iter().all(|receipt| receipt.compared));
        let receipt = provider.complete(&started.session, &[]).await.unwrap();
        assert_eq!(receipt.size, Some(bytes.len() as u64));
        assert!(receipt.link.is_some() && receipt.id.is_some());
        assert!(sandbox.objects().contains(&bytes), "{auth} {tls}");
    }
}

#[tokio::test]
async fn an_empty_file_arrives() {
    let sandbox = sandbox(|_| {}).await;
    let provider = open(&sandbox, "bearer");
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
        let provider = open(&sandbox, "bearer");
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
        ("json-cut@start", RetryClass::Unknown),
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
        let provider = open(&sandbox, "bearer");
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
    let wrong = sandbox.provider("autorender", &json!({}), Some("wrong")).check().await;
    assert!(matches!(wrong.key, Finding::Bad(_)), "{wrong:?}");
    let good = open(&sandbox, "bearer").check().await;
    assert!(matches!(good.host, Finding::Good(_)), "{good:?}");
    assert!(matches!(good.key, Finding::CannotKnow(_)), "{good:?}");
}
