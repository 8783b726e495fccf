//! Which signatures are accepted, by header or by link.

use super::{Asked, Request, asked, client, code, lax};
use crate::rig::rig;

/// Replaces part of the value of the header `name`.
fn changed(headers: &[(String, String)], name: &str, from: &str, to: &str) -> Vec<(String, String)> {
    let mut headers = headers.to_vec();
    for (_, value) in headers.iter_mut().filter(|(n, _)| n == name) {
        assert!(value.contains(from), "{value}");
        *value = value.replace(from, to);
    }
    headers
}

#[tokio::test]
async fn a_header_that_was_changed_lets_nobody_in() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let put = Asked { headers: &[("x-amz-meta-a", "b")], body: b"ab", ..asked("PUT", "k") };
    let good = client.signed(put);
    assert_eq!(client.send_with(put, good.clone()).await.status, 200);
    let key = client.keys.key.clone();
    let day = &super::date()[..8];
    let cases = [
        ("authorization", "Signature=", "Signature=0", (403, "SignatureDoesNotMatch")),
        ("x-amz-meta-a", "b", "c", (403, "SignatureDoesNotMatch")),
        ("authorization", key.as_str(), "AKIAOTHER", (403, "InvalidAccessKeyId")),
        ("authorization", "us-east-1", "eu-west-1", (400, "AuthorizationHeaderMalformed")),
        ("authorization", "/s3/", "/sqs/", (400, "AuthorizationHeaderMalformed")),
        ("authorization", day, "20200101", (400, "AuthorizationHeaderMalformed")),
        ("authorization", "SignedHeaders=", "Headers=", (400, "AuthorizationHeaderMalformed")),
        ("authorization", "AWS4-HMAC-SHA256", "AWS", (400, "InvalidRequest")),
        ("x-amz-date", "T", "t", (403, "AccessDenied")),
    ];
    for (name, from, to, expected) in cases {
        let answer = client.send_with(put, changed(&good, name, from, to)).await;
        assert_eq!(code(&answer), expected, "{name}: {to}");
        assert_eq!(answer.header("content-type"), "application/xml");
    }
    let other = Asked { body: b"xy", ..put };
    assert_eq!(code(&client.send_with(other, good.clone()).await), (400, "XAmzContentSHA256Mismatch"));
    assert_eq!(client.get("k").await, b"ab");
    let create = Asked { query: &[("uploads", "")], ..asked("POST", "k") };
    let moved = Asked { key: "l", ..create };
    assert_eq!(code(&client.send_with(moved, client.signed(create)).await), (403, "SignatureDoesNotMatch"));
    let other = Asked { query: &[("uploads", ""), ("x-id", "a")], ..create };
    assert_eq!(code(&client.send_with(other, client.signed(create)).await), (403, "SignatureDoesNotMatch"));
    assert_eq!(code(&client.send_with(create, Vec::new()).await), (403, "AccessDenied"));
}

#[tokio::test]
async fn a_region_that_is_wrong_is_told_with_the_right_one() {
    let rig = rig(lax).await;
    let mut client = client(&rig);
    client.keys.region = "eu-central-1".to_owned();
    let refused = client.send(asked("HEAD", "")).await;
    assert_eq!(refused.status, 400);
    let refused = client.send(asked("GET", "")).await;
    assert_eq!((code(&refused), refused.xml("Region")), ((400, "AuthorizationHeaderMalformed"), "us-east-1"));
    let link = client.link(asked("GET", "k"), "60");
    let refused = rig.ask("GET", &link, &[], &serde_json::Value::Null).await.unwrap();
    assert_eq!(
        (code(&refused), refused.xml("Region")),
        ((400, "AuthorizationQueryParametersError"), "us-east-1")
    );
}

#[tokio::test]
async fn clocks_may_differ_by_a_quarter_of_an_hour() {
    let rig = rig(lax).await;
    let client = client(&rig);
    for ahead in [890, -1780] {
        rig.advance(ahead); // 890 ahead, then as much behind
        assert_eq!(client.send(asked("GET", "")).await.status, 200, "{ahead}");
    }
    rig.advance(890 - 910);
    rig.advance(0);
    let behind = client.send(asked("GET", "")).await;
    assert_eq!(code(&behind), (403, "RequestTimeTooSkewed"));
    assert_eq!(behind.xml("MaxAllowedSkewMilliseconds"), "900000");
    assert!(behind.xml("ServerTime").ends_with('Z') && behind.xml("RequestTime").ends_with('Z'));
    rig.advance(2 * 910);
    assert_eq!(code(&client.send(asked("GET", "")).await), (403, "RequestTimeTooSkewed"));
}

#[tokio::test]
async fn a_link_lives_as_long_as_it_says() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let link = client.link(asked("PUT", "k"), "60");
    assert_eq!(rig.put(&link, b"ab").await.unwrap().status, 200);
    rig.advance(70);
    let over = rig.put(&link, b"ab").await.unwrap();
    assert_eq!((code(&over), over.xml("Message")), ((403, "AccessDenied"), "Request has expired"));
    assert!(!over.xml("Expires").is_empty() && over.xml("Expires") < over.xml("ServerTime"), "{}", over.body);
    rig.advance(-70 - 910);
    let early = rig.put(&client.link(asked("PUT", "k"), "60"), b"ab").await.unwrap();
    assert_eq!((code(&early), early.xml("Message")), ((403, "AccessDenied"), "Request is not yet valid"));
    rig.advance(910);
    for life in ["0", "604801", "-1", "x", ""] {
        let refused = rig.put(&client.link(asked("PUT", "k"), life), b"ab").await.unwrap();
        assert_eq!(code(&refused), (400, "AuthorizationQueryParametersError"), "{life}");
    }
    assert_eq!(rig.put(&client.link(asked("PUT", "k"), "604800"), b"ab").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_link_is_for_what_it_signs_and_carries_nothing_else() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let link = client.link(asked("PUT", "k"), "60");
    let get = rig.client.get(&link).send().await.unwrap();
    assert_eq!(get.status(), 403);
    let moved = rig.put(&link.replace("/sandbox/k", "/sandbox/l"), b"ab").await.unwrap();
    assert_eq!(code(&moved), (403, "SignatureDoesNotMatch"));
    let head = rig.head(&link);
    for (header, status, says) in [
        ("x-amz-acl: private", 403, "HeadersNotSigned>x-amz-acl"),
        ("Content-MD5: x", 403, "HeadersNotSigned>content-md5"),
        ("Authorization: Bearer k", 400, "InvalidArgument"),
        ("x-api-key: k", 400, "InvalidRequest"),
        ("Cookie: a=b", 400, "InvalidRequest"),
        ("Expect: 100-continue", 417, "InvalidRequest"),
    ] {
        let answer =
            rig.raw(format!("{head}{header}\r\nContent-Length: 2\r\n\r\nab").as_bytes()).await.unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(says),
            "{header}: {answer}"
        );
    }
    // Signed headers must be sent, and exactly as signed.
    let typed =
        Asked { headers: &[("content-type", "video/mp4"), ("x-amz-meta-a", "b")], ..asked("PUT", "k") };
    let link = client.link(typed, "60");
    assert_eq!(code(&rig.put(&link, b"ab").await.unwrap()), (403, "SignatureDoesNotMatch"));
    let sent =
        rig.client.put(link).header("content-type", "video/mp4").header("x-amz-meta-a", "b").body("ab");
    assert_eq!(sent.send().await.unwrap().status(), 200);
    assert_eq!(client.send(asked("HEAD", "k")).await.header("x-amz-meta-a"), "b");
}

#[tokio::test]
async fn temporary_keys_come_with_their_token() {
    let rig = rig(|options| options.session_token = Some("tok/en==".to_owned())).await;
    let mut client = client(&rig);
    let put = Asked { body: b"ab", ..asked("PUT", "k") };
    assert_eq!(client.send(put).await.status, 200);
    assert_eq!(rig.put(&client.link(asked("PUT", "k"), "60"), b"cd").await.unwrap().status, 200);
    assert_eq!(client.get("k").await, b"cd");
    for (token, expected) in [(Some("other"), (400, "InvalidToken")), (None, (403, "InvalidAccessKeyId"))] {
        client.keys.token = token.map(str::to_owned);
        assert_eq!(code(&client.send(put).await), expected);
        assert_eq!(code(&rig.put(&client.link(asked("PUT", "k"), "60"), b"cd").await.unwrap()), expected);
    }
}

#[tokio::test]
async fn a_host_that_is_not_signed_lets_nobody_in() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let (path, date) = (client.path("k"), super::date());
    let headers = &[("user-agent", "x")];
    for (host, expected) in [("", 403), ("127.0.0.1:1", 403), (client.host.as_str(), 200)] {
        let request = Request { method: "PUT", host, path: &path, query: &[], headers, date: &date };
        let url = format!("http://{}{path}?{}", client.host, client.keys.presigned(&request, "60"));
        let sent = rig.client.put(url).header("user-agent", "x").body("ab").send().await.unwrap();
        assert_eq!(sent.status(), expected, "{host}");
        let says = sent.text().await.unwrap();
        assert!(expected == 200 || says.contains("SignatureDoesNotMatch"), "{says}");
    }
}
