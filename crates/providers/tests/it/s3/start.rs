//! Opening an upload: a key that is free, and what is sent to the storage about the file.

use std::collections::BTreeMap;

use partway_core::{Cause, RetryClass, Strength};
use partway_provider::{Fields, FileFacts, IfExists, Planner};
use serde_json::{Value, json};

use super::{ABSENT, OK, PART, SIZE, answering, error, exists, number, plain, plan, seen, with};
use crate::server::file;

fn opened() -> (&'static str, String) {
    let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<InitiateMultipartUploadResult \
                xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>films</Bucket><Key>k</Key>\
                <UploadId>u/1+2=</UploadId></InitiateMultipartUploadResult>";
    (OK, body.to_owned())
}

#[tokio::test]
async fn an_upload_in_parts_looks_first_and_tells_everything_with_its_create() {
    let settings = json!({ "prefix": "/in/2024/", "storage_class": "STANDARD_IA", "acl": "private" });
    let (provider, mut asked) = answering(&[ABSENT, opened()], &settings).await;
    let fields = Fields {
        folder: Some("day 1".to_owned()),
        tags: vec!["raw".to_owned()],
        metadata: BTreeMap::from([("Scene".to_owned(), "12 a".to_owned())]),
        ..Fields::default()
    };
    let facts = FileFacts { fields, ..file(SIZE) };
    let started = provider.start(&facts, plan(SIZE)).await.unwrap();
    insta::assert_snapshot!(seen(&mut asked).await, @"HEAD /s3/films/in/2024/day%201/cut%20v7.mov?X-Amz-SignedHeaders=host");
    insta::assert_snapshot!(seen(&mut asked).await, @r"
    POST /s3/films/in/2024/day%201/cut%20v7.mov?X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-acl%3Bx-amz-meta-scene%3Bx-amz-storage-class%3Bx-amz-tagging&uploads=
      content-type: video/quicktime
      x-amz-acl: private
      x-amz-meta-scene: 12 a
      x-amz-storage-class: STANDARD_IA
      x-amz-tagging: raw=
    ");
    assert_eq!((started.plan.count(), started.clock_ahead), (3, Some(1200)));
    assert_eq!(started.session.expires_at, None);
    let kept: Value = serde_json::from_str(&started.session.body).unwrap();
    assert_eq!(
        kept,
        json!({ "key": "in/2024/day 1/cut v7.mov", "size": SIZE, "parts": 3, "upload_id": "u/1+2=",
                "only_if_free": true, "began": 1_714_558_800 })
    );
    for (target, wanted) in started.targets.iter().zip(1..) {
        assert_eq!(target.number, number(wanted));
        assert_eq!(target.headers, [], "the storage knows everything since the create");
        let url = plain(target.url.expose());
        let tail =
            format!("/cut%20v7.mov?X-Amz-SignedHeaders=host&partNumber={wanted}&uploadId=u%2F1%2B2%3D");
        assert!(url.ends_with(&tail), "{url}");
        // Twelve hours from 10:00 by the clock that signed.
        assert_eq!(target.expires_at, Some(1_714_557_600 + 12 * 3600));
    }
}

#[tokio::test]
async fn only_a_window_of_links_comes_with_the_session_and_a_plan_has_up_to_ten_thousand_parts() {
    let replacing = |size| with(size, Some(IfExists::Overwrite));
    let (provider, _) = answering(&[opened()], &json!({})).await;
    // 48 TiB: a size that no storage accepts today, but it is for the storage to say so.
    let size = 48 << 40;
    let most = partway_core::PartPlan::by_size(size, PART, &provider.limits()).unwrap();
    assert!(most.count() <= 10_000 && most.largest_part() <= 5 << 30);
    let started = provider.start(&replacing(size), Some(most)).await.unwrap();
    assert!((1..=100).contains(&started.targets.len()));
    assert_eq!(started.plan, most);
    let capabilities = provider.capabilities();
    assert_eq!(capabilities.planner, Planner::ClientBySize);
    assert!(capabilities.refresh && capabilities.list && capabilities.abort && capabilities.verify);
    assert!(provider.limits().equal_parts && provider.limits().max_file.is_none());

    // Without a given plan there is a default.
    let started = provider.start(&replacing(SIZE), None).await.unwrap();
    assert_eq!((started.plan.count(), started.plan.part_size()), (3, PART));
    let failure = provider.start(&replacing(60 << 40), None).await.unwrap_err();
    assert!(matches!(failure.cause, Cause::TooLarge { .. }), "{failure}");
}

#[tokio::test]
async fn a_small_file_goes_by_one_put_that_replaces_nothing() {
    for (size, if_exists, condition) in [
        (5, None, true),
        (0, Some(IfExists::Rename), true),
        (PART, Some(IfExists::Skip), true),
        (5, Some(IfExists::Overwrite), false),
    ] {
        let (provider, mut asked) = answering(&[ABSENT], &json!({ "acl": "private" })).await;
        let started = provider.start(&with(size, if_exists), plan(size)).await.unwrap();
        assert!(seen(&mut asked).await.starts_with("HEAD /s3/films/cut%20v7.mov?"));
        assert!(asked.try_recv().is_err(), "nothing is created");
        let [target] = &started.targets[..] else { unreachable!("one part") };
        let mut headers = vec![("content-type", "video/quicktime"), ("x-amz-acl", "private")];
        headers.extend(condition.then_some(("if-none-match", "*")));
        let own: Vec<_> =
            target.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(own, headers);
        let url = plain(target.url.expose());
        // Everything sent is signed: an unsigned x-amz-acl would be refused.
        let signed = if condition {
            "content-type%3Bhost%3Bif-none-match%3Bx-amz-acl"
        } else {
            "content-type%3Bhost%3Bx-amz-acl"
        };
        assert!(url.ends_with(&format!("/s3/films/cut%20v7.mov?X-Amz-SignedHeaders={signed}")), "{url}");
    }
}

#[tokio::test]
async fn a_taken_name_is_told_one_beside_it_is_used_or_it_is_replaced() {
    let (status, body) = exists(7, "etag: \"x\"");
    let there = (status.as_str(), body);
    for size in [5, SIZE] {
        for if_exists in [None, Some(IfExists::Ask), Some(IfExists::Skip), Some(IfExists::Rename)] {
            let (provider, mut asked) = answering(std::slice::from_ref(&there), &json!({})).await;
            let failure = provider.start(&with(size, if_exists), plan(size)).await.unwrap_err();
            assert_eq!(failure.cause, Cause::NameTaken { name: "cut v7.mov".to_owned() });
            assert_eq!(failure.class, RetryClass::Refused);
            assert!(asked.recv().await.is_some() && asked.try_recv().is_err(), "not a byte is sent");
        }
    }
    let beside = FileFacts { beside: 2, ..with(SIZE, Some(IfExists::Rename)) };
    let (provider, mut asked) = answering(&[ABSENT, opened()], &json!({})).await;
    assert_eq!(provider.name(&beside).as_deref(), Some("cut v7 (3).mov"));
    let started = provider.start(&beside, plan(SIZE)).await.unwrap();
    for _ in 0..2 {
        assert!(seen(&mut asked).await.contains("cut%20v7%20%283%29.mov?"));
    }
    assert!(started.targets[0].url.expose().contains("/cut%20v7%20%283%29.mov?"));

    let (provider, mut asked) = answering(&[opened()], &json!({})).await;
    provider.start(&with(SIZE, Some(IfExists::Overwrite)), plan(SIZE)).await.unwrap();
    assert!(seen(&mut asked).await.starts_with("POST "), "there is nothing to look for");
}

#[tokio::test]
async fn a_key_that_may_not_look_leaves_it_to_the_condition() {
    let denied = ("403 Forbidden", error("AccessDenied", "Access Denied"));
    let (provider, mut asked) = answering(&[("403 Forbidden", String::new()), denied], &json!({})).await;
    let started = provider.start(&file(5), plan(5)).await.unwrap();
    // A HEAD gives no reason; a GET of one byte does.
    assert!(seen(&mut asked).await.starts_with("HEAD "));
    insta::assert_snapshot!(seen(&mut asked).await, @r"
    GET /s3/films/cut%20v7.mov?X-Amz-SignedHeaders=host%3Brange
      range: bytes=0-0
    ");
    assert!(started.targets[0].headers.contains(&("if-none-match".to_owned(), "*".to_owned())));
    let receipt = provider.complete(&started.session, &super::receipts(5)).await.unwrap();
    assert_eq!(receipt.strength, Strength::Confirmed);
}

#[tokio::test]
async fn what_can_never_go_is_foreseen_and_nobody_is_asked() {
    let (provider, mut asked) = answering(&[ABSENT], &json!({})).await;
    let long = "x".repeat(1100);
    for (name, folder, metadata, says) in [
        (long.as_str(), "", ("a", "b"), "1100 bytes"),
        ("a", "../b", ("a", "b"), "“..”"),
        ("a", "", ("größe", "b"), "“größe”"),
        ("a", "", ("a", "ü"), "“a”"),
    ] {
        let metadata = BTreeMap::from([(metadata.0.to_owned(), metadata.1.to_owned())]);
        let fields = Fields { folder: Some(folder.to_owned()), metadata, ..Fields::default() };
        let facts = FileFacts { name: name.to_owned(), fields, ..file(5) };
        let Some(Cause::Refused { said }) = provider.refuses(&facts) else { unreachable!("{name}") };
        assert!(said.contains(says), "{said}");
        let failure = provider.start(&facts, plan(5)).await.unwrap_err();
        assert_eq!((failure.class, failure.detail), (RetryClass::Refused, said));
    }
    assert!(provider.refuses(&file(5)).is_none());
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn nothing_shows_a_link_or_half_of_a_key() {
    let (provider, _) = answering(&[ABSENT, opened()], &json!({})).await;
    let started = provider.start(&file(SIZE), plan(SIZE)).await.unwrap();
    let shown = format!("{started:?} {}", started.session.body);
    assert!(!shown.contains("X-Amz-Signature") && !shown.contains("wJalr"), "{shown}");
    assert!(started.targets[0].url.expose().contains("X-Amz-Signature="));
    assert!(!started.targets[0].url.expose().contains("wJalr"));
}

#[tokio::test]
async fn a_session_that_may_replace_what_is_there_is_the_same_in_all_else() {
    let (provider, _) = answering(&[ABSENT, opened()], &json!({})).await;
    let started = provider.start(&file(SIZE), plan(SIZE)).await.unwrap();
    let replacing = provider.replacing(&started.session).unwrap();
    let read = |body: &str| serde_json::from_str::<Value>(body).unwrap();
    let mut wanted = read(&started.session.body);
    wanted["only_if_free"] = json!(false);
    assert_eq!(read(&replacing.body), wanted);
}
