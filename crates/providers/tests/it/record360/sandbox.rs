//! A file's whole path through the sandbox's Record360.

use partway_core::{Etag, FileReceipt, RetryClass, Strength};
use partway_provider::{FileFacts, Finding, Provider, Session};
use partway_sandbox::{AfterComplete, Checksum};
use serde_json::{Value, json};

use crate::rig::{Sandbox, bytes, sandbox};
use crate::server::file;

fn open(sandbox: &Sandbox, settings: &Value) -> Box<dyn Provider> {
    sandbox.provider("record360", settings, None)
}

const SIZE: u64 = 2 * (5 << 20) + 77;

fn plan(provider: &dyn Provider, size: u64) -> Option<partway_core::PartPlan> {
    Some(partway_core::PartPlan::by_count(size, 20, &provider.limits()).unwrap())
}

#[tokio::test]
async fn a_file_arrives_and_what_is_told_of_it_agrees() {
    let bytes = bytes(SIZE);
    for (checksum, tls) in [
        (Checksum::Md5, false),
        (Checksum::Sha256, false),
        (Checksum::Etag, false),
        (Checksum::None, false),
        (Checksum::Md5, true),
    ] {
        let sandbox = sandbox(|options| {
            options.tls = tls;
            options.checksum = checksum;
        })
        .await;
        let provider = open(&sandbox, &json!({}));
        let started = provider.start(&file(SIZE), plan(&*provider, SIZE)).await.unwrap();
        assert_eq!(started.plan.count(), 3);
        assert!(started.session.expires_at.is_some());
        let receipts = sandbox.send(&started, &bytes).await;
        let receipt = provider.complete(&started.session, &receipts).await.unwrap();
        assert_eq!((receipt.strength, receipt.size), (Strength::Confirmed, Some(SIZE)));
        assert!(receipt.checksum.as_ref().is_some_and(|sum| sum.starts_with("md5:") && sum.ends_with("-3")));
        let verified = provider.verify(&started.session, &receipts, receipt.clone()).await.unwrap();
        assert_eq!(verified, receipt);
        assert!(sandbox.objects().contains(&bytes), "{checksum:?} {tls}");
    }
}

#[tokio::test]
async fn files_of_0_bytes_of_one_part_and_without_a_type_arrive() {
    let sandbox = sandbox(|_| {}).await;
    let provider = open(&sandbox, &json!({ "other_types": "octet-stream" }));
    for (bytes, mime) in [(&b""[..], "video/mp4"), (b"hello", "IMAGE/jpeg"), (b"other", "video/x-matroska")] {
        let facts = FileFacts { mime: mime.to_owned(), ..file(bytes.len() as u64) };
        let started = provider.start(&facts, None).await.unwrap();
        let receipts = sandbox.send(&started, bytes).await;
        let receipt = provider.complete(&started.session, &receipts).await.unwrap();
        assert_eq!(receipt.size, Some(bytes.len() as u64));
        assert!(sandbox.objects().contains(&bytes.to_vec()), "{mime}");
    }
}

#[tokio::test]
async fn a_session_goes_on_elsewhere_and_complete_is_asked_again_with_the_same_ids() {
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
        let started = open(&sandbox, &json!({})).start(&file(5), None).await.unwrap();
        let receipts = sandbox.send(&started, b"hello").await;
        let session = Session { body: started.session.body.clone(), expires_at: None };
        let provider = open(&sandbox, &json!({}));
        let before = provider.verify(&session, &receipts, FileReceipt::unknown()).await.unwrap_err();
        assert_eq!(before.class, RetryClass::Conflict);
        let lost = provider.complete(&session, &receipts).await.unwrap_err();
        assert_eq!(lost.class, RetryClass::Unknown);
        let again = provider.complete(&session, &receipts).await;
        assert_eq!(again.err().map(|failure| failure.class), class, "{after:?}");
        let receipt = provider.verify(&session, &receipts, FileReceipt::unknown()).await.unwrap();
        assert_eq!((receipt.strength, receipt.size), (Strength::Confirmed, Some(5)));
    }
}

#[tokio::test]
async fn a_password_signs_in_and_again_when_the_token_is_over() {
    let sandbox = sandbox(|options| {
        options.password = Some("pass word".to_owned());
        options.faults.push("401-key@start:1".to_owned());
    })
    .await;
    let user = json!({ "user": "partway" });
    let provider = sandbox.provider("record360", &user, Some("pass word"));
    let started = provider.start(&file(5), None).await.unwrap();
    let receipts = sandbox.send(&started, b"hello").await;
    provider.complete(&started.session, &receipts).await.unwrap();
    assert_eq!(provider.check().await.key, Finding::Good(()));

    let wrong = sandbox.provider("record360", &user, Some("wrong"));
    assert_eq!(wrong.start(&file(5), None).await.unwrap_err().class, RetryClass::Credentials);
    assert!(matches!(wrong.check().await.key, Finding::Bad(_)));
}

#[tokio::test]
async fn a_part_that_is_other_is_refused_at_complete() {
    let sandbox = sandbox(|_| {}).await;
    let provider = open(&sandbox, &json!({}));
    let started = provider.start(&file(5), None).await.unwrap();
    let mut receipts = sandbox.send(&started, b"hello").await;
    receipts[0].etag = Some(Etag("00".repeat(16)));
    let failure = provider.complete(&started.session, &receipts).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::Refused, "{failure}");
    assert!(sandbox.objects().is_empty());
}

#[tokio::test]
async fn each_fault_of_the_sandbox_has_its_class() {
    for (fault, class) in [
        ("html-instead-of-json@start", RetryClass::Unknown),
        ("json-cut@start", RetryClass::Unknown),
        ("json-huge@start", RetryClass::Refused),
        ("json-wrong-types@start", RetryClass::Refused),
        ("parts-too-few@start", RetryClass::Refused),
        ("parts-too-many@start", RetryClass::Refused),
        ("poisoned-checksum@start", RetryClass::Refused),
        ("redirect-other-host@start", RetryClass::Refused),
        ("401-key@start", RetryClass::Credentials),
        ("403-permission@start", RetryClass::Refused),
        ("415-type@start", RetryClass::Refused),
        ("500-once@start", RetryClass::Unknown),
        ("503@start", RetryClass::Unknown),
        ("502@start", RetryClass::Unknown),
        ("504@start", RetryClass::Unknown),
        ("409-conflict@start", RetryClass::Unknown),
        ("reset-after-success@start", RetryClass::Unknown),
        ("complete-200-with-error", RetryClass::Refused),
        ("complete-409", RetryClass::Conflict),
        ("complete-twice", RetryClass::Again),
        ("json-cut@complete", RetryClass::Unknown),
        ("404-no-such-upload@complete", RetryClass::Conflict),
    ] {
        let sandbox = sandbox(|options| options.faults.push(fault.to_owned())).await;
        let provider = open(&sandbox, &json!({}));
        let failure = match provider.start(&file(5), None).await {
            Err(failure) => failure,
            Ok(started) => {
                let receipts = sandbox.send(&started, b"hello").await;
                provider.complete(&started.session, &receipts).await.expect_err(fault)
            }
        };
        assert_eq!(failure.class, class, "{fault}: {failure}");
    }
}

#[tokio::test]
async fn a_storage_that_encrypts_or_gives_no_etag_is_no_riddle() {
    let bytes = bytes(SIZE);
    for (fault, compared) in [("kms-etag", false), ("no-etag", false), ("unquoted-etag", true)] {
        let sandbox = sandbox(|options| options.faults.push(fault.to_owned())).await;
        let provider = open(&sandbox, &json!({}));
        let started = provider.start(&file(SIZE), plan(&*provider, SIZE)).await.unwrap();
        let receipts = sandbox.send(&started, &bytes).await;
        assert!(receipts.iter().all(|receipt| receipt.compared == compared), "{fault}");
        let outcome = provider.complete(&started.session, &receipts).await;
        assert_eq!(outcome.unwrap().size, Some(SIZE), "{fault}");
    }
}

#[tokio::test]
async fn a_wrong_token_is_seen_by_the_check_and_a_good_one_never_is() {
    let sandbox = sandbox(|_| {}).await;
    let wrong = sandbox.provider("record360", &json!({}), Some("a.b.c")).check().await;
    assert!(matches!(wrong.key, Finding::Bad(_)), "{wrong:?}");
    let good = open(&sandbox, &json!({})).check().await;
    assert!(matches!(good.host, Finding::Good(_)), "{good:?}");
    assert!(matches!(good.key, Finding::CannotKnow(_)), "{good:?}");
}
