//! Faults at S3's own steps.

use serde_json::json;

use super::{Asked, asked, client, code, listed, parts};
use crate::rig::{Rig, bytes, etag, rig};

async fn with(fault: &str) -> Rig {
    rig(|options| {
        options.min_part = 1;
        options.faults.push(fault.to_owned());
    })
    .await
}

#[tokio::test]
async fn refusals_come_in_s3s_own_words() {
    for (fault, expected) in [
        ("500-once@start", (500, "InternalError")),
        ("503-slowdown@start", (503, "SlowDown")),
        ("401-key@start", (403, "InvalidAccessKeyId")),
        ("403-permission@start", (403, "AccessDenied")),
        ("409-conflict@start", (409, "OperationAborted")),
    ] {
        let rig = with(fault).await;
        let client = client(&rig);
        let create = Asked { query: &[("uploads", "")], ..asked("POST", "k") };
        let answer = client.send(create).await;
        assert_eq!((code(&answer), answer.header("content-type")), (expected, "application/xml"), "{fault}");
        assert_eq!(rig.last()["fault"], json!(fault.split_once('@').unwrap().0));
    }
    let rig = with("502@put:1").await;
    let client = client(&rig);
    let put = Asked { body: b"ab", ..asked("PUT", "k") };
    assert_eq!((client.send(put).await.status, client.send(put).await.status), (502, 200));
}

#[tokio::test]
async fn a_complete_that_was_done_and_not_answered_is_known_afterwards() {
    for fault in ["complete-lost-answer", "complete-twice"] {
        let rig = with(fault).await;
        let client = client(&rig);
        let id = client.create("k").await;
        client.put_all("k", &id, b"ab").await;
        let body = listed(b"ab");
        let complete = Asked { query: &[("uploadId", &id)], body: body.as_bytes(), ..asked("POST", "k") };
        let first = client.try_with(complete, client.signed(complete)).await;
        assert!(first.is_err() || first.unwrap().status == 500, "{fault}");
        assert_eq!(client.get("k").await, b"ab");
        assert_eq!(client.send(complete).await.status, 200);
    }
}

#[tokio::test]
async fn a_complete_may_fail_with_200() {
    let rig = with("complete-200-with-error").await;
    let client = client(&rig);
    let id = client.create("k").await;
    client.put_all("k", &id, b"ab").await;
    let answer = client.complete("k", &id, &listed(b"ab")).await;
    assert_eq!(code(&answer), (200, "InternalError"));
    assert_eq!(client.send(asked("HEAD", "k")).await.status, 404, "nothing was done");
    assert_eq!(client.complete("k", &id, &listed(b"ab")).await.xml("Key"), "k");
}

#[tokio::test]
async fn receipts_are_wrong_as_asked_and_complete_goes_by_what_was_told() {
    for (fault, told) in [("no-etag", ""), ("unquoted-etag", etag(b"ab").trim_matches('"'))] {
        let rig = with(fault).await;
        let client = client(&rig);
        let id = client.create("k").await;
        assert_eq!(client.put_part("k", &id, 1, b"ab").await.header("etag"), told);
    }
    let rig = with("kms-etag").await;
    let client = client(&rig);
    let id = client.create("k").await;
    let part = client.put_part("k", &id, 1, b"ab").await;
    assert_eq!(part.header("x-amz-server-side-encryption"), "aws:kms");
    assert_ne!(part.header("etag"), etag(b"ab"));
    let done = client.complete("k", &id, &parts(&[(1, part.header("etag"))])).await;
    assert_eq!(done.status, 200, "{}", done.body);
    // Neither is a checksum of the whole, and each answer says so.
    let head = client.send(asked("HEAD", "k")).await;
    assert_ne!(head.header("etag"), super::whole(b"ab"));
    for answer in [done, head] {
        assert_eq!(answer.header("x-amz-server-side-encryption"), "aws:kms");
    }
    let rig = with("kms-etag@put").await;
    let client = super::client(&rig);
    let put = client.send(Asked { body: b"ab", ..asked("PUT", "k") }).await;
    let head = client.send(asked("HEAD", "k")).await;
    assert!(put.header("etag") == head.header("etag") && put.header("etag") != etag(b"ab"));
    assert_eq!(head.header("x-amz-server-side-encryption"), "aws:kms");
}

#[tokio::test]
async fn a_list_disagrees_as_asked() {
    for (fault, count, size, paged) in [
        ("list-missing-part", 2, "4", "false"),
        ("list-short-part", 3, "3", "false"),
        ("list-paged", 2, "4", "true"),
    ] {
        let rig = with(fault).await;
        let client = client(&rig);
        let id = client.create("k").await;
        for part in 1..=3 {
            client.put_part("k", &id, part, &bytes(4)).await;
        }
        let list = client.send(Asked { query: &[("uploadId", &id)], ..asked("GET", "k") }).await;
        assert_eq!(list.body.matches("<Part>").count(), count, "{fault}");
        assert_eq!((list.xml("Size"), list.xml("IsTruncated")), (size, paged), "{fault}");
    }
    let rig = with("list-wrong-etag").await;
    let client = client(&rig);
    let id = client.create("k").await;
    client.put_part("k", &id, 1, b"ab").await;
    let list = client.send(Asked { query: &[("uploadId", &id)], ..asked("GET", "k") }).await;
    let told = list.xml("ETag").replace("&quot;", "\"");
    assert_ne!(told, etag(b"ab"));
    assert_eq!(told.len(), 34);
}

#[tokio::test]
async fn a_link_that_is_over_stays_so_and_the_next_is_good() {
    let rig = with("403-expired").await;
    let client = client(&rig);
    let id = client.create("k").await;
    let first = client.part_link("k", &id, 1);
    for _ in 0..2 {
        let refused = rig.put(&first, b"ab").await.unwrap();
        assert_eq!((code(&refused), refused.xml("Message")), ((403, "AccessDenied"), "Request has expired"));
    }
    assert_eq!(client.put_part("k", &id, 2, b"ab").await.status, 200);
    let rig = with("404-no-such-upload@part").await;
    let client = super::client(&rig);
    let (one, other) = (client.create("k").await, client.create("k").await);
    assert_eq!(code(&client.put_part("k", &one, 1, b"a").await), (404, "NoSuchUpload"));
    assert_eq!(client.put_part("k", &other, 1, b"a").await.status, 200);
}

#[tokio::test]
async fn replies_are_broken_as_asked() {
    let rig = with("json-wrong-types@start:1").await;
    let client = client(&rig);
    let create = Asked { query: &[("uploads", "")], ..asked("POST", "k") };
    assert!(client.send(create).await.body.contains("<UploadId><Value>17</Value></UploadId>"));
    let rig = with("json-cut@start:1").await;
    let client = super::client(&rig);
    let cut = client.send(create).await;
    assert!(
        cut.status == 200 && cut.body.starts_with("<?xml") && !cut.body.contains("</Initiate"),
        "{}",
        cut.body
    );
    let rig = with("html-instead-of-json@put").await;
    let client = super::client(&rig);
    let page = client.send(Asked { body: b"ab", ..asked("PUT", "k") }).await;
    assert!(page.status == 200 && page.body.contains("<html>"));
    assert_eq!(client.send(asked("HEAD", "k")).await.status, 404);
    crate::rig::until(|| std::fs::read_dir(rig.object("sessions")).unwrap().count() == 0).await;
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_nothing() {
    for fault in [
        "reset-mid-body@put:1",
        "half-close@put:1",
        "reset-before-headers@put:1",
        "400-incomplete-body@put:1",
    ] {
        let rig = with(fault).await;
        let client = client(&rig);
        let data = bytes(100_000);
        let put = Asked { body: &data, ..asked("PUT", "k") };
        let first = client.try_with(put, client.signed(put)).await;
        assert!(first.is_err() || first.unwrap().status == 400, "{fault}");
        crate::rig::until(|| std::fs::read_dir(rig.object("sessions")).unwrap().count() == 0).await;
        assert_eq!(client.send(put).await.status, 200);
    }
    let rig = with("reset-after-success@put:1").await;
    let client = client(&rig);
    let put = Asked { body: b"ab", ..asked("PUT", "k") };
    assert!(client.try_with(put, client.signed(put)).await.is_err());
    assert_eq!(client.get("k").await, b"ab");
}
