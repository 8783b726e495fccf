//! A file's whole path at a real server. Everything sent here together stays below 64 MiB.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use partway_core::{Cause, FileReceipt, PartReceipt, RetryClass, Strength};
use partway_provider::{Fields, FileFacts, Finding, IfExists, Session, Started};
use serde_json::json;

use super::number;
use super::weed::{PART, Weed, named, now, plan, put, send, upload};
use crate::rig::bytes;

const SIZE: u64 = 2 * PART + 77;

fn if_exists(name: &str, size: u64, if_exists: IfExists) -> FileFacts {
    let fields = Fields { if_exists: Some(if_exists), ..Fields::default() };
    FileFacts { fields, ..named(name, size) }
}

#[tokio::test]
async fn parts_go_in_any_order_and_again_and_another_process_completes() {
    let weed = Weed::new("parts");
    let provider = weed.provider(&json!({ "prefix": "in" }));
    let bytes = bytes(SIZE);
    let started = provider.start(&named("cut v7.mov", SIZE), plan(SIZE)).await.unwrap();
    assert_eq!((started.plan.count(), started.targets.len()), (3, 3));
    assert!(provider.list_parts(&started.session).await.unwrap().is_empty());
    let mut receipts = send(&started, &[3, 1], &bytes).await;
    // Sent twice, with other bytes at first: the last one counts.
    put(&started, &started.targets[1], &vec![7; SIZE as usize]).await.unwrap();

    // Another process has only the journal's data.
    let provider = weed.provider(&json!({ "prefix": "in" }));
    let session = Session { body: started.session.body.clone(), expires_at: None };
    let listed = provider.list_parts(&session).await.unwrap();
    assert_eq!(listed.iter().map(|part| part.number.get()).collect::<Vec<_>>(), [1, 2, 3]);
    let fresh = provider.targets(&session, &[number(2)]).await.unwrap();
    let second = put(&started, &fresh[0], &bytes).await.unwrap();
    assert!(second.compared);
    receipts.insert(1, second);
    // If one part was sent twice within a second, this server lists either, and puts together the one that is
    // named.
    let listed = provider.list_parts(&session).await.unwrap();
    let told: Vec<_> =
        listed.iter().map(|part| (part.number, part.size.unwrap(), part.etag.clone())).collect();
    let sent: Vec<_> =
        receipts.iter().map(|receipt| (receipt.number, receipt.size, receipt.etag.clone())).collect();
    assert_eq!((told.len(), &told[0], &told[2]), (3, &sent[0], &sent[2]));

    let done = provider.complete(&session, &receipts).await.unwrap();
    let verified = provider.verify(&session, &receipts, done).await.unwrap();
    assert_eq!((verified.strength, verified.size), (Strength::Confirmed, Some(SIZE)));
    assert_eq!(verified.id.as_deref(), Some("in/cut v7.mov"));
    assert!(verified.link.unwrap().ends_with("/in/cut%20v7.mov"));
    assert!(verified.checksum.unwrap().ends_with("-3"));

    // The second call succeeds again or says that it is over, and never that everything must be sent again.
    if let Err(failure) = provider.complete(&session, &receipts).await {
        assert_eq!(failure.class, RetryClass::Conflict, "{failure}");
    }
    let again = provider.verify(&session, &receipts, FileReceipt::unknown()).await.unwrap();
    assert_eq!((again.strength, again.size), (Strength::Confirmed, Some(SIZE)));
}

#[tokio::test]
async fn small_files_go_by_one_put_and_empty_ones_too() {
    let weed = Weed::new("small");
    let provider = weed.provider(&json!({}));
    for size in [0, 1, 1000] {
        let name = format!("{size}.bin");
        let started = provider.start(&named(&name, size), plan(size)).await.unwrap();
        assert!(!started.targets[0].url.expose().contains("uploadId"));
        let receipts = send(&started, &[1], &bytes(size)).await;
        let listed = provider.list_parts(&started.session).await.unwrap();
        assert_eq!((listed.len(), listed[0].size.unwrap()), (1, size));
        let done = provider.complete(&started.session, &receipts).await.unwrap();
        assert_eq!(done.strength, Strength::Confirmed);
        let verified = provider.verify(&started.session, &receipts, done).await.unwrap();
        assert_eq!(verified.size, Some(size));
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_told_before_a_byte_is_sent_or_another_is_taken() {
    let weed = Weed::new("taken");
    let provider = weed.provider(&json!({}));
    for size in [5, PART + 1] {
        let name = format!("{size}.a.mov");
        let sum = |receipt: FileReceipt| receipt.checksum.unwrap();
        let first = sum(upload(provider.as_ref(), &named(&name, size), &bytes(size)).await);
        for facts in [named(&name, size), if_exists(&name, size, IfExists::Skip)] {
            let failure = provider.start(&facts, plan(size)).await.unwrap_err();
            assert_eq!(failure.cause, Cause::NameTaken { name: name.clone() }, "{failure}");
        }
        let facts = FileFacts { beside: 1, ..if_exists(&name, size, IfExists::Rename) };
        let beside = upload(provider.as_ref(), &facts, &bytes(size)).await;
        assert_eq!(beside.name, Some(format!("{size}.a (2).mov")));
        let other = vec![9; size as usize];
        let second = upload(provider.as_ref(), &if_exists(&name, size, IfExists::Overwrite), &other).await;
        assert_eq!(second.name, Some(name));
        assert_ne!(first, sum(second));
    }
}

#[tokio::test]
async fn a_name_that_is_taken_meanwhile_is_not_replaced() {
    let weed = Weed::new("meanwhile");
    let provider = weed.provider(&json!({}));
    for size in [5, PART + 1] {
        let facts = named(&format!("{size}.mov"), size);
        let started = provider.start(&facts, plan(size)).await.unwrap();
        let theirs = vec![9; size as usize];
        upload(provider.as_ref(), &facts, &theirs).await;
        let all: Vec<_> = (1..=started.plan.count()).collect();
        let failure = if size == 5 {
            let failure = put(&started, &started.targets[0], &bytes(size)).await.unwrap_err();
            assert_eq!(failure.class, RetryClass::LinkBroken, "{failure}");
            // It may be ours, so it may be sent once more; but only with exactly the same bytes.
            let fresh = provider.targets(&started.session, &[number(1)]).await.unwrap();
            let failure = put(&started, &fresh[0], &bytes(size)).await.unwrap_err();
            assert_eq!(failure.code.as_deref(), Some("BadDigest"), "{failure}");
            let same = put(&started, &fresh[0], &theirs).await.unwrap();
            assert!(same.compared);
            failure
        } else {
            let receipts = send(&started, &all, &bytes(size)).await;
            let failure = provider.complete(&started.session, &receipts).await.unwrap_err();
            assert!(matches!(failure.cause, Cause::NameTaken { .. }), "{failure}");
            provider.abort(&started.session).await.unwrap();
            failure
        };
        assert_ne!(failure.class, RetryClass::Conflict);
    }
}

#[tokio::test]
async fn a_long_list_comes_in_pages_and_an_upload_is_thrown_away_once_and_again() {
    let weed = Weed::new("list");
    let provider = weed.provider(&json!({}));
    // The server's limit for a part shows only when they are put together.
    let size = 1001 * PART;
    let started = provider.start(&named("long.mov", size), plan(size)).await.unwrap();
    assert_eq!(started.plan.count(), 1001);
    assert!(started.targets.len() < 1001, "links are signed when they are needed");
    for wanted in [1, 500, 1001] {
        let target = provider.targets(&started.session, &[number(wanted)]).await.unwrap().remove(0);
        let client = partway_http::PartClient::new(&partway_http::HttpOptions::default()).unwrap();
        let body = http_body_util::Full::new(bytes::Bytes::from_static(b"part"));
        client.put(&target.url, &target.headers, body).await.unwrap();
    }
    let listed = provider.list_parts(&started.session).await.unwrap();
    let numbers: Vec<_> = listed.iter().map(|part| (part.number.get(), part.size.unwrap())).collect();
    assert_eq!(numbers, [(1, 4), (500, 4), (1001, 4)]);
    for _ in 0..2 {
        provider.abort(&started.session).await.unwrap();
    }
    let gone = provider.list_parts(&started.session).await.unwrap_err();
    assert_eq!(gone.class, RetryClass::SessionGone, "{gone}");
    let gone = provider.targets(&started.session, &[number(1)]).await.unwrap_err();
    assert_eq!(gone.class, RetryClass::SessionGone, "{gone}");
    let gone = put(&started, &started.targets[0], &bytes(PART)).await.unwrap_err();
    assert_eq!(gone.class, RetryClass::SessionGone, "{gone}");
}

#[tokio::test]
async fn what_was_cut_or_never_came_is_told_at_complete() {
    let weed = Weed::new("cut");
    let provider = weed.provider(&json!({}));
    let bytes = bytes(SIZE);
    let started = provider.start(&named("a.mov", SIZE), plan(SIZE)).await.unwrap();
    let receipts = send(&started, &[1, 2, 3], &bytes).await;
    let failure = provider.complete(&started.session, &receipts[..2]).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::PartsMissing);
    let mut other = receipts.clone();
    other[1].etag = Some(partway_core::Etag("00".repeat(16)));
    let failure = provider.complete(&started.session, &other).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::PartsMissing, "{failure}");
    provider.complete(&started.session, &receipts).await.unwrap();
}

#[tokio::test]
async fn names_in_any_script_arrive() {
    let weed = Weed::new("names");
    let provider = weed.provider(&json!({}));
    for name in [
        "cut v7 (final) [2].mov",
        "nfc-\u{fc}\u{e9}.mov",
        "nfd-u\u{308}e\u{301}.mov",
        "👩\u{200d}👧 🏳\u{fe0f}\u{200d}🌈.mp4",
        "ملف فيديو ١٢.mp4",
        "映像 最終版.mov",
        "'single' and \"double\".mov",
        "100% a%20b %2F %zz.mov",
        "a+b=c & d;e,f.mov",
        "what? #7!.mov",
        "<tag> {brace} ^~`|$@.mov",
        ".hidden",
        "  spaces around  ",
    ] {
        let receipt = upload(provider.as_ref(), &named(name, 3), b"abc").await;
        assert_eq!((receipt.name.as_deref(), receipt.size), (Some(name), Some(3)));
    }
}

fn never_sent(started: &Started) -> Vec<PartReceipt> {
    let receipt = |part: partway_core::Part| PartReceipt {
        number: part.number,
        size: part.len,
        md5: [0; 16],
        etag: None,
        compared: false,
        checksum: None,
    };
    started.plan.parts().map(receipt).collect()
}

#[tokio::test]
async fn a_link_that_ran_out_a_wrong_secret_and_a_wrong_clock_are_told() {
    let weed = Weed::new("wrong");
    let provider = weed.provider(&json!({}));
    let long_ago = weed.open(&json!({ "link_hours": "1" }), partway_seaweed::SECRET, || now() - 3700);
    let started = provider.start(&named("late.mov", SIZE), plan(SIZE)).await.unwrap();
    let failure = long_ago.targets(&started.session, &[number(1)]).await.unwrap_err();
    assert!(
        matches!(failure.cause, Cause::ClockWrong { ahead_seconds } if ahead_seconds > 3600),
        "{failure}"
    );

    // The clock is right while the upload is looked up, and an hour behind when the link is signed.
    let asked = AtomicUsize::new(0);
    let slips = move || if asked.fetch_add(1, Relaxed) < 2 { now() } else { now() - 3700 };
    let slipping = weed.open(&json!({ "link_hours": "1" }), partway_seaweed::SECRET, slips);
    let late = slipping.targets(&started.session, &[number(1)]).await.unwrap().remove(0);
    assert!(late.expires_at.is_some_and(|end| end.cast_signed() < now()));
    let failure = put(&started, &late, &bytes(SIZE)).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::LinkExpired, "{failure}");

    let wrong = weed.open(&json!({}), "not the secret at all, really", now);
    for failure in [
        wrong.start(&named("a.mov", SIZE), plan(SIZE)).await.unwrap_err(),
        wrong.start(&named("a.mov", 5), plan(5)).await.unwrap_err(),
        wrong.list_parts(&started.session).await.unwrap_err(),
        wrong.complete(&started.session, &never_sent(&started)).await.unwrap_err(),
    ] {
        assert_eq!(failure.class, RetryClass::Credentials, "{failure}");
        assert_eq!(failure.code.as_deref(), Some("SignatureDoesNotMatch"));
    }
    provider.abort(&started.session).await.unwrap();
}

#[tokio::test]
async fn the_check_proves_a_good_key_and_says_what_is_wrong() {
    let weed = Weed::new("check");
    let good = weed.provider(&json!({})).check().await;
    assert!(matches!(good.host, Finding::Good(_)), "{good:?}");
    assert!(matches!(good.clock_ahead, Finding::Good(-2..=2)), "{good:?}");
    // It may read; a request cannot show whether it may write.
    assert!(matches!(good.key, Finding::CannotKnow(_)), "{:?}", good.key);
    let wrong = weed.open(&json!({}), "not the secret at all, really", now).check().await;
    assert!(matches!(wrong.host, Finding::Good(_)), "{wrong:?}");
    assert!(
        matches!(&wrong.key, Finding::Bad(failure) if failure.class == RetryClass::Credentials),
        "{wrong:?}"
    );
    let nowhere = weed.provider(&json!({ "bucket": "nobody-has-this-bucket" })).check().await;
    assert!(matches!(&nowhere.key, Finding::Bad(failure) if failure.detail.contains("ucket")), "{nowhere:?}");
}
