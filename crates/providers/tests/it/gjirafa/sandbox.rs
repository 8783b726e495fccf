//! A file's whole path through the sandbox's Gjirafa.

use partway_core::{Etag, FileReceipt, Limits, PartPlan, RetryClass, Strength};
use partway_provider::{Fields, FileFacts, FileHash, Finding, HashAlgorithm, Provider, Session};
use partway_sandbox::{AfterComplete, Resume};
use serde_json::{Value, json};

use super::number;
use crate::rig::{Sandbox, bytes, sandbox};
use crate::server::file;

const PART: u64 = 1 << 20;

fn open(sandbox: &Sandbox, settings: &Value) -> Box<dyn Provider> {
    sandbox.provider("gjirafa", settings, None)
}

/// Parts of a MiB, which the sandbox accepts here.
fn plan(size: u64) -> Option<PartPlan> {
    Some(PartPlan::by_size(size, 5 << 20, &Limits::S3).unwrap())
}

const SIZE: u64 = 2 * (5 << 20) + 77;

#[tokio::test]
async fn a_file_arrives_and_is_registered_in_every_form_of_the_key_with_and_without_tls() {
    let bytes = bytes(SIZE);
    for (auth, tls) in [
        ("bare", false),
        ("bearer", false),
        ("token", false),
        ("apikey", false),
        ("basic", false),
        ("bare", true),
    ] {
        let sandbox = sandbox(|options| options.tls = tls).await;
        let settings = json!({
            "auth": auth, "encode": "true", "callback": "https://me.example/x", "author": "Ana", "url_hours": "2",
        });
        let provider = open(&sandbox, &settings);
        let fields = Fields { title: Some("A day".to_owned()), ..Fields::default() };
        let facts = FileFacts { fields, ..file(SIZE) };
        let started = provider.start(&facts, plan(SIZE)).await.unwrap();
        assert_eq!(started.plan.count(), 3);
        let receipts = sandbox.send(&started, &bytes).await;
        let receipt = provider.complete(&started.session, &receipts).await.unwrap();
        let receipt = provider.verify(&started.session, &receipts, receipt).await.unwrap();
        assert_eq!(receipt.strength, Strength::Confirmed);
        assert_eq!(receipt.name.as_deref(), Some("A day"));
        assert!(receipt.link.is_some_and(|link| link.contains("/gjirafa/files/")));
        assert!(sandbox.objects().contains(&bytes), "{auth} {tls}");
        let registered = std::fs::read_to_string(sandbox.running.dir.join("registered.ndjson")).unwrap();
        assert_eq!(registered.lines().count(), 1);
    }
}

#[tokio::test]
async fn an_empty_file_arrives() {
    let sandbox = sandbox(|_| {}).await;
    let provider = open(&sandbox, &json!({}));
    let started = provider.start(&file(0), plan(0)).await.unwrap();
    let receipts = sandbox.send(&started, b"").await;
    provider.complete(&started.session, &receipts).await.unwrap();
    assert!(sandbox.objects().contains(&Vec::new()));
}

#[tokio::test]
async fn a_session_goes_on_elsewhere_with_fresh_links_and_the_list_agrees() {
    let bytes = bytes(SIZE);
    for (resume, paged) in [(Resume::All, false), (Resume::Missing, false), (Resume::Missing, true)] {
        let sandbox = sandbox(|options| {
            options.resume = resume;
            options.faults.extend(paged.then(|| "list-paged".to_owned()));
        })
        .await;
        let started = open(&sandbox, &json!({})).start(&file(SIZE), plan(SIZE)).await.unwrap();
        let mut receipts = Vec::new();
        for target in &started.targets[..2] {
            receipts.push(sandbox.send_part(&started, target, &bytes).await);
        }

        // Another process, which has only the journal's data.
        let provider = open(&sandbox, &json!({ "url_hours": "1" }));
        let session = Session { body: started.session.body.clone(), expires_at: None };
        let listed = provider.list_parts(&session).await.unwrap();
        let told: Vec<_> =
            listed.iter().map(|part| (part.number, part.size.unwrap(), part.etag.clone())).collect();
        let kept: Vec<_> =
            receipts.iter().map(|receipt| (receipt.number, receipt.size, receipt.etag.clone())).collect();
        assert_eq!(told, kept);
        let all: Vec<_> = started.plan.parts().map(|part| part.number).collect();
        let fresh = provider.targets(&session, &all).await.unwrap();
        let last = fresh.iter().find(|target| target.number == number(3)).unwrap();
        assert_ne!(last.url, started.targets[2].url);
        receipts.push(sandbox.send_part(&started, last, &bytes).await);
        provider.complete(&session, &receipts).await.unwrap();
        assert!(sandbox.objects().contains(&bytes));
    }
}

#[tokio::test]
async fn a_session_is_thrown_away_once_and_again() {
    let sandbox = sandbox(|_| {}).await;
    let provider = open(&sandbox, &json!({}));
    let started = provider.start(&file(5), plan(5)).await.unwrap();
    let receipts = sandbox.send(&started, b"hello").await;
    for _ in 0..2 {
        provider.abort(&started.session).await.unwrap();
    }
    let gone = provider.list_parts(&started.session).await.unwrap_err();
    assert_eq!(gone.class, RetryClass::SessionGone);
    let gone = provider.targets(&started.session, &[number(1)]).await.unwrap_err();
    assert_eq!(gone.class, RetryClass::SessionGone);
    let gone = provider.complete(&started.session, &receipts).await.unwrap_err();
    assert_eq!(gone.class, RetryClass::Conflict);
    let gone = provider.verify(&started.session, &receipts, FileReceipt::unknown()).await.unwrap_err();
    assert_eq!(gone.class, RetryClass::Conflict);
    assert!(sandbox.objects().is_empty());
}

#[tokio::test]
async fn a_part_that_is_missing_or_other_is_seen_and_nothing_is_cut() {
    let sandbox = sandbox(|_| {}).await;
    let provider = open(&sandbox, &json!({}));
    let bytes = bytes(SIZE);
    let started = provider.start(&file(SIZE), plan(SIZE)).await.unwrap();
    let mut receipts = sandbox.send(&started, &bytes).await;
    receipts[1].etag = Some(Etag("00".repeat(16)));
    let failure = provider.complete(&started.session, &receipts).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::PartsMissing, "{failure}");
    let short = provider.complete(&started.session, &receipts[..2]).await.unwrap_err();
    assert!(matches!(short.class, RetryClass::PartsMissing | RetryClass::Refused), "{short}");
    assert!(sandbox.objects().is_empty());
    receipts[1] = sandbox.send_part(&started, &started.targets[1], &bytes).await;
    provider.complete(&started.session, &receipts).await.unwrap();
    assert!(sandbox.objects().contains(&bytes));
}

#[tokio::test]
async fn a_complete_whose_answer_was_lost_is_settled_by_asking_again_or_afterwards() {
    for (after, class) in [
        (AfterComplete::Same, None),
        (AfterComplete::Gone, Some(RetryClass::Conflict)),
        (AfterComplete::Conflict, Some(RetryClass::Conflict)),
    ] {
        let sandbox = sandbox(|options| {
            options.after_complete = after;
            options.faults.push("complete-lost-answer".to_owned());
        })
        .await;
        let provider = open(&sandbox, &json!({}));
        let started = provider.start(&file(5), plan(5)).await.unwrap();
        let receipts = sandbox.send(&started, b"hello").await;
        let lost = provider.complete(&started.session, &receipts).await.unwrap_err();
        assert_eq!(lost.class, RetryClass::Unknown);
        let again = provider.complete(&started.session, &receipts).await;
        assert_eq!(again.err().map(|failure| failure.class), class, "{after:?}");
        let receipt = provider.verify(&started.session, &receipts, FileReceipt::unknown()).await.unwrap();
        assert_eq!(receipt.strength, Strength::Confirmed);
    }
}

#[tokio::test]
async fn a_file_that_is_not_complete_is_not_taken_for_one() {
    let sandbox = sandbox(|_| {}).await;
    let provider = open(&sandbox, &json!({}));
    let started = provider.start(&file(5), plan(5)).await.unwrap();
    let receipts = sandbox.send(&started, b"hello").await;
    assert!(provider.verify(&started.session, &receipts, FileReceipt::unknown()).await.is_err());
}

#[tokio::test]
async fn a_duplicate_is_told_before_a_byte_is_sent() {
    let sandbox = sandbox(|_| {}).await;
    let provider = open(&sandbox, &json!({ "duplicates": "sha256" }));
    let hash = Some(FileHash { algorithm: HashAlgorithm::Sha256, hex: "ab".repeat(32) });
    let facts = FileFacts { hash, ..file(5) };
    let started = provider.start(&facts, plan(5)).await.unwrap();
    let receipts = sandbox.send(&started, b"hello").await;
    provider.complete(&started.session, &receipts).await.unwrap();
    let failure = provider.start(&facts, plan(5)).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::Refused);
    assert_eq!(failure.detail, "A file with this hash is here already");
}

#[tokio::test]
async fn a_registration_whose_answer_was_lost_is_not_sent_again() {
    for fault in ["reset-after-success@register", "504@register:1"] {
        let sandbox = sandbox(|options| options.faults.push(fault.to_owned())).await;
        let settings = json!({ "encode": "true", "callback": "https://me.example/x" });
        let provider = open(&sandbox, &settings);
        let started = provider.start(&file(5), plan(5)).await.unwrap();
        let receipts = sandbox.send(&started, b"hello").await;
        let receipt = provider.complete(&started.session, &receipts).await.unwrap();
        let lost = provider.verify(&started.session, &receipts, receipt.clone()).await.unwrap_err();
        assert_eq!(lost.class, RetryClass::Refused, "{fault}: {lost}");
        provider.verify(&started.session, &receipts, receipt).await.unwrap();
        let registered = std::fs::read_to_string(sandbox.running.dir.join("registered.ndjson"));
        assert!(registered.unwrap_or_default().lines().count() <= 1, "{fault}");
    }
}

#[tokio::test]
async fn each_fault_of_the_sandbox_has_its_class() {
    for (fault, class) in [
        ("html-instead-of-json@start", RetryClass::Offline),
        ("json-cut@start", RetryClass::Unknown),
        ("json-huge@start", RetryClass::Refused),
        ("json-wrong-types@start", RetryClass::Refused),
        ("parts-too-few@start", RetryClass::Refused),
        ("parts-too-many@start", RetryClass::Refused),
        ("poisoned-checksum@start", RetryClass::Refused),
        ("redirect-other-host@start", RetryClass::Refused),
        ("401-key@start", RetryClass::Credentials),
        ("402-quota@start", RetryClass::Refused),
        ("500-once@start", RetryClass::Again),
        ("reset-after-success@start", RetryClass::Unknown),
        ("complete-200-with-error", RetryClass::Again),
        ("complete-409", RetryClass::Again),
        ("complete-twice", RetryClass::Again),
        ("json-cut@complete", RetryClass::Unknown),
        ("json-wrong-types@complete", RetryClass::Unknown),
        ("404-no-such-upload@complete", RetryClass::Conflict),
    ] {
        let sandbox = sandbox(|options| options.faults.push(fault.to_owned())).await;
        let provider = open(&sandbox, &json!({}));
        let failure = match provider.start(&file(PART + 1), plan(PART + 1)).await {
            Err(failure) => failure,
            Ok(started) => {
                let receipts = sandbox.send(&started, &[7; PART as usize + 1]).await;
                provider.complete(&started.session, &receipts).await.expect_err(fault)
            }
        };
        assert_eq!(failure.class, class, "{fault}: {failure}");
    }
}

#[tokio::test]
async fn a_list_that_disagrees_is_told_as_it_is() {
    for fault in ["list-missing-part", "list-short-part", "list-wrong-etag"] {
        let sandbox = sandbox(|options| options.faults.push(fault.to_owned())).await;
        let provider = open(&sandbox, &json!({}));
        let started = provider.start(&file(5), plan(5)).await.unwrap();
        let receipts = sandbox.send(&started, b"hello").await;
        let listed = provider.list_parts(&started.session).await.unwrap();
        let same = |part: &partway_provider::ListedPart| {
            part.size == Some(receipts[0].size) && part.etag == receipts[0].etag
        };
        assert!(!listed.iter().any(same), "{fault}");
        assert!(provider.list_parts(&started.session).await.unwrap().iter().all(same));
    }
}

#[tokio::test]
async fn a_wrong_key_is_seen_by_the_check_and_a_good_one_never_is() {
    let sandbox = sandbox(|_| {}).await;
    let wrong = sandbox.provider("gjirafa", &json!({}), Some("wrong")).check().await;
    assert!(matches!(wrong.key, Finding::Bad(_)), "{wrong:?}");
    let good = open(&sandbox, &json!({})).check().await;
    assert!(matches!(good.host, Finding::Good(_)), "{good:?}");
    assert!(matches!(good.key, Finding::CannotKnow(_)), "{good:?}");
}
