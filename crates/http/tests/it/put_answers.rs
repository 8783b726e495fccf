//! How a storage's answer to a part, or its silence, is interpreted.

use std::time::Duration;

use partway_core::{Cause, Failure, RetryClass};
use partway_http::{HttpOptions, PartClient, PutFailure};
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc::unbounded_channel;

use crate::put::{client, put};
use crate::server::{always, answer, head, nobody, request, reset, serve, soon};

/// The failure caused by a storage that always gives this answer.
async fn refused(text: String) -> Failure {
    wire(put(&client(), always(text).await, "hello").await)
}

fn wire<T: std::fmt::Debug>(outcome: Result<T, PutFailure>) -> Failure {
    match outcome {
        Err(PutFailure::Wire(failure)) => failure,
        other => panic!("the storage or the network should have refused: {other:?}"),
    }
}

#[tokio::test]
async fn an_etag_loses_its_quotes_and_tells_whether_it_is_an_md5() {
    const MD5: &str = "5d41402abc4b2a76b9719d911017c592";
    let cases = [
        (format!("etag: \"{MD5}\"\r\n"), Some(MD5), true),
        (format!("ETag: {MD5}\r\n"), Some(MD5), true),
        (format!("etag: W/\"{MD5}\"\r\n"), Some(MD5), true),
        (format!("etag: \"{MD5}-2\"\r\n"), Some("5d41402abc4b2a76b9719d911017c592-2"), false),
        (format!("etag: \"{MD5}\"\r\nx-amz-server-side-encryption: AES256\r\n"), Some(MD5), true),
        (format!("etag: \"{MD5}\"\r\nx-amz-server-side-encryption: aws:kms\r\n"), Some(MD5), false),
        (format!("etag: \"{MD5}\"\r\nx-amz-server-side-encryption: aws:kms:dsse\r\n"), Some(MD5), false),
        (
            format!("etag: \"{MD5}\"\r\nx-amz-server-side-encryption-customer-algorithm: AES256\r\n"),
            Some(MD5),
            false,
        ),
        ("etag: \"\"\r\n".to_owned(), None, false),
        (String::new(), None, false),
    ];
    for (headers, etag, comparable) in cases {
        let got = put(&client(), always(answer("200 OK", &headers, "")).await, "hello").await.unwrap();
        assert_eq!(got.etag.as_ref().map(|etag| etag.0.as_str()), etag, "{headers}");
        assert_eq!(got.comparable, comparable, "{headers}");
    }
}

#[tokio::test]
async fn an_expired_link_tells_the_storages_clock() {
    let body = "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message>\
                <Expires>2024-05-01T09:00:00Z</Expires><ServerTime>2024-05-01T10:00:00Z</ServerTime></Error>";
    let address = always(answer("403 Forbidden", "content-type: application/xml\r\n", body)).await;
    let slow_clock =
        HttpOptions { clock: Some(std::sync::Arc::new(|| 1_714_557_600 - 1200)), ..Default::default() };
    let failure = wire(put(&PartClient::new(&slow_clock).unwrap(), address, "hello").await);
    assert_eq!(failure.class, RetryClass::LinkExpired);
    assert_eq!(failure.code.as_deref(), Some("AccessDenied"));
    assert_eq!(failure.detail, "Request has expired");
    assert_eq!(failure.clock_ahead, Some(1200));
}

#[tokio::test]
async fn a_header_that_was_not_signed_is_named() {
    let body = "<Error><Code>AccessDenied</Code><Message>There were headers present which were not signed</Message>\
                <HeadersNotSigned>x-amz-acl</HeadersNotSigned></Error>";
    let failure = refused(answer("403 Forbidden", "", body)).await;
    assert_eq!(failure.class, RetryClass::LinkBroken);
    assert!(failure.detail.ends_with("(header x-amz-acl)"), "{}", failure.detail);
}

#[tokio::test]
async fn a_storage_that_asks_to_wait_says_how_long() {
    let body = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";
    let failure = refused(answer("503 Slow Down", "retry-after: 7\r\n", body)).await;
    assert_eq!(failure.class, RetryClass::Throttled { after: Some(Duration::from_secs(7)) });
    let date = "date: Wed, 01 May 2024 10:00:00 GMT\r\nretry-after: Wed, 01 May 2024 10:00:30 GMT\r\n";
    let failure = refused(answer("429 Too Many Requests", date, "")).await;
    assert_eq!(failure.class, RetryClass::Throttled { after: Some(Duration::from_secs(30)) });
}

#[tokio::test]
async fn a_page_with_200_is_no_receipt() {
    let page = "<!DOCTYPE html><html><body>Welcome to the hotel</body></html>";
    let failure = refused(answer("200 OK", "etag: \"x\"\r\n", page)).await;
    assert_eq!(failure.class, RetryClass::Offline);
}

#[tokio::test]
async fn a_200_with_an_error_in_its_body_is_no_receipt() {
    let body =
        "<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>";
    let failure = refused(answer("200 OK", "", body)).await;
    assert_eq!((failure.class, failure.code.as_deref()), (RetryClass::Again, Some("InternalError")));
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let (tell, mut visited) = unbounded_channel::<()>();
    let other = serve(move |_, _| {
        let tell = tell.clone();
        async move { tell.send(()).unwrap() }
    })
    .await;
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let location = format!("location: http://{other}/elsewhere?X-Amz-Signature=secret\r\n");
        let failure = refused(answer(status, &location, "")).await;
        assert_eq!(failure.class, RetryClass::Refused, "{status}");
        assert_eq!(failure.detail, format!("it wants to send us on to http://{other}/elsewhere"));
    }
    assert!(visited.try_recv().is_err(), "nobody may come to the other host");
}

#[tokio::test]
async fn a_reset_or_an_end_without_an_answer_is_tried_again() {
    let resetting = serve(|_, mut stream| async move {
        head(&mut stream).await;
        reset(stream);
    })
    .await;
    assert_eq!(wire(put(&client(), resetting, "hello").await).class, RetryClass::Again);
    let closing = serve(|_, mut stream| async move {
        request(&mut stream).await;
    })
    .await;
    assert_eq!(wire(put(&client(), closing, "hello").await).class, RetryClass::Again);
    let babbling = always("SSH-2.0-OpenSSH_9.2\r\n").await;
    assert_eq!(wire(put(&client(), babbling, "hello").await).class, RetryClass::Again);
}

#[tokio::test]
async fn nobody_at_the_address_is_offline_and_the_words_hold_no_signature() {
    let failure = wire(put(&client(), nobody().await, "hello").await);
    assert_eq!(failure.class, RetryClass::Offline);
    let all = format!("{failure:?} {failure}");
    assert!(!all.contains("Signature") && !all.contains("abc%2Bdef"), "{all}");
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let (tell, mut told) = unbounded_channel();
    let address = serve(move |_, mut stream| {
        let tell = tell.clone();
        async move {
            request(&mut stream).await.unwrap();
            stream.write_all(b"HTTP/1.1 500 Oh\r\ncontent-length: 99999999999\r\n\r\n").await.unwrap();
            let mut sent = 0_u64;
            while stream.write_all(&[b'x'; 65536]).await.is_ok() {
                sent += 65536;
            }
            tell.send(sent).unwrap();
        }
    })
    .await;
    let failure = wire(put(&client(), address, "hello").await);
    assert_eq!(failure.class, RetryClass::Again);
    // What is in the sockets' buffers has been written too.
    assert!(soon(told.recv()).await.unwrap() < 16 << 20);
}

#[tokio::test]
async fn links_that_lead_nowhere_are_told_as_such() {
    for link in ["", "/relative", "ftp://host/x", "http://user:pass@host/x", "http://ho st/"] {
        let url = partway_core::SignedUrl::new(link);
        let body = http_body_util::Full::<bytes::Bytes>::default();
        let failure = wire(client().put(&url, &[], body).await);
        assert_eq!(failure.class, RetryClass::LinkBroken, "{link}");
        assert!(matches!(failure.cause, Cause::LinksUnusable { .. }));
    }
}

#[tokio::test]
async fn a_json_answer_that_says_that_nothing_is_wrong_is_a_yes() {
    let headers = "etag: \"5d41402abc4b2a76b9719d911017c592\"\r\ncontent-type: application/json\r\n";
    for body in [
        r#"{"error":{"code":0,"message":"OK"}}"#,
        r#"{"errors":[null]}"#,
        r#"{"error":"none"}"#,
        r#"{"success":"done"}"#,
    ] {
        let got = put(&client(), always(answer("200 OK", headers, body)).await, "hello").await.unwrap();
        assert!(got.comparable, "{body}");
    }
}
