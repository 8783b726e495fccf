//! What real services refuse, and this one too.

use serde_json::json;

use crate::rig::{PART, bytes, rig, until, wanted};

#[tokio::test]
async fn unknown_fields_wrong_types_and_absent_ones_are_unprocessable() {
    let rig = rig(|_| {}).await;
    let mut cases = vec![json!({}), json!([]), json!({"file_name": "x", "size": 1})];
    for (name, value) in
        [("sise", json!(1)), ("size", json!("1")), ("format", json!("mov")), ("file_name", json!("../x"))]
    {
        let mut body = wanted("x", 1);
        body[name] = value;
        cases.push(body);
    }
    for body in cases {
        let answer = rig.call("start", &body).await.unwrap();
        assert_eq!((answer.status, &answer.json()["success"]), (422, &json!(false)), "{body}");
    }
    let answer = rig.call("complete", &json!({"session_id": "x", "parts": []})).await.unwrap();
    assert_eq!(answer.status, 422);
}

/// Of two fields with one name, some parsers take the first and some the last.
#[tokio::test]
async fn a_field_that_stands_there_twice_is_refused() {
    let rig = rig(|_| {}).await;
    let url = format!("{}/api/v1/multipart/start", rig.running.base_url);
    let once = r#""file_name":"x","format":"video/mp4","metadata":{"a":1}"#;
    for (body, status) in [
        (format!("{{{once},\"size\":1}}"), 200),
        (format!("{{{once},\"size\":1,\"size\":1}}"), 400),
        (format!("{{{once},\"size\":1,\"size\":2}}"), 400),
        (format!("{{{once},\"size\":1}}").replace("{\"a\":1}", "{\"a\":1,\"a\":1}"), 400),
        (format!("{{{once},\"size\":1"), 400),
    ] {
        let post = rig.client.post(&url).bearer_auth(&rig.running.key);
        let answer = post.header("content-type", "application/json").body(body.clone()).send().await.unwrap();
        assert_eq!(answer.status(), status, "{body}");
    }
    assert_eq!(std::fs::read_dir(rig.object("sessions")).unwrap().count(), 1);
}

#[tokio::test]
async fn a_call_is_json_without_a_query() {
    let rig = rig(|_| {}).await;
    let url = format!("{}/api/v1/multipart/start", rig.running.base_url);
    let post = |url: &str, kind: &'static str| {
        let body = wanted("x", 1).to_string();
        rig.client.post(url).bearer_auth(&rig.running.key).header("content-type", kind).body(body).send()
    };
    assert_eq!(post(&url, "application/json; charset=utf-8").await.unwrap().status(), 200);
    assert_eq!(post(&url, "text/plain").await.unwrap().status(), 415);
    assert_eq!(post(&format!("{url}?a=b"), "application/json").await.unwrap().status(), 422);
    assert_eq!(rig.client.get(&url).send().await.unwrap().status(), 405);
    assert_eq!(rig.client.get(format!("{url}x")).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_life_is_asked_for_and_granted_up_to_the_servers_own() {
    let rig = rig(|options| options.ttl = 100).await;
    for (asked, granted) in [(None, 100), (Some(40), 40), (Some(400), 100)] {
        let mut body = wanted("x", 1);
        if let Some(asked) = asked {
            body["ttl_seconds"] = json!(asked);
        }
        let reply = rig.call("start", &body).await.unwrap().json();
        assert!(
            reply["parts"][0].as_str().unwrap().contains(&format!("X-Amz-Expires={granted}&")),
            "{reply}"
        );
    }
}

#[tokio::test]
async fn a_link_expires_and_says_when() {
    let rig = rig(|options| options.ttl = 60).await;
    let session = rig.begin("x.bin", 2).await;
    rig.advance(59);
    assert_eq!(rig.put(&session.parts[0], b"ab").await.unwrap().status, 200);
    rig.advance(3);
    let refused = rig.put(&session.parts[0], b"ab").await.unwrap();
    assert_eq!((refused.status, refused.xml("Code")), (403, "AccessDenied"));
    assert_eq!(refused.xml("Message"), "Request has expired");
    assert!(refused.xml("Expires") < refused.xml("ServerTime"), "{}", refused.body);
    let gone = rig.complete(&session).await.unwrap();
    assert_eq!((gone.status, &gone.json()["code"]), (404, &json!("session_expired")));
}

#[tokio::test]
async fn expiry_is_judged_when_the_request_starts() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let rig = rig(|options| options.ttl = 60).await;
    let session = rig.begin("x.bin", 2).await;
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", rig.running.port)).await.unwrap();
    let head = format!("{}Content-Length: 2\r\n\r\na", rig.head(&session.parts[0]));
    stream.write_all(head.as_bytes()).await.unwrap();
    let begun = rig.object(&format!("sessions/{}/data.partial", session.id));
    until(|| begun.metadata().is_ok_and(|data| data.len() == 1)).await;
    rig.advance(1000);
    stream.write_all(b"b").await.unwrap();
    let mut answer = [0; 15];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
}

#[tokio::test]
async fn a_changed_link_is_not_a_link() {
    let rig = rig(|_| {}).await;
    let session = rig.begin("x.bin", 2 * PART).await;
    let url = &session.parts[0];
    let swapped = url.replace("partNumber=1", "partNumber=2");
    let refused = rig.put(&swapped, &bytes(PART)).await.unwrap();
    assert_eq!((refused.status, refused.xml("Code")), (403, "SignatureDoesNotMatch"));
    let bare = url.split_once('?').unwrap().0;
    assert_eq!(rig.put(bare, b"").await.unwrap().status, 403);
    let got = rig.client.get(url).send().await.unwrap();
    assert_eq!(got.status(), 403);
}

#[tokio::test]
async fn a_part_has_the_planned_size_and_number() {
    let rig = rig(|_| {}).await;
    let session = rig.begin("x.bin", PART + 5).await;
    for (part, size, code) in [
        (0, PART - 1, "EntityTooSmall"),
        (0, PART + 1, "EntityTooLarge"),
        (1, 6, "EntityTooLarge"),
        (0, 0, "EntityTooSmall"),
    ] {
        let refused = rig.put(&session.parts[part], &bytes(size)).await.unwrap();
        assert_eq!((refused.status, refused.xml("Code")), (400, code), "{size}");
    }
    assert_eq!(rig.put(&session.parts[1], &bytes(5)).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_finished_upload_takes_no_more_parts() {
    let rig = rig(|_| {}).await;
    let session = rig.begin("x.bin", 2).await;
    rig.put_all(&session, b"ab").await;
    rig.complete(&session).await.unwrap();
    let refused = rig.put(&session.parts[0], b"cd").await.unwrap();
    assert_eq!((refused.status, refused.xml("Code")), (404, "NoSuchUpload"));
    assert_eq!(std::fs::read(rig.object("objects/x.bin")).unwrap(), b"ab");
}

#[tokio::test]
async fn headers_that_do_not_belong_on_a_part_are_refused() {
    let rig = rig(|_| {}).await;
    let session = rig.begin("x.bin", 2).await;
    let head = rig.head(&session.parts[0]);
    let cases = [
        ("x-amz-acl: private", 403, "HeadersNotSigned>x-amz-acl"),
        ("Content-MD5: x", 403, "HeadersNotSigned>content-md5"),
        ("Authorization: Bearer k", 400, "InvalidArgument"),
        ("x-api-key: k", 400, "InvalidRequest"),
        ("Cookie: a=b", 400, "InvalidRequest"),
        ("Expect: 100-continue", 417, "InvalidRequest"),
    ];
    for (header, status, says) in cases {
        let answer =
            rig.raw(format!("{head}{header}\r\nContent-Length: 2\r\n\r\nab").as_bytes()).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{header}: {answer}");
        assert!(answer.contains(says) && answer.contains("application/xml"), "{header}: {answer}");
        assert_eq!(
            (&rig.last()["stored"], &rig.last()["status"]),
            (&json!(false), &json!(status)),
            "{header}"
        );
    }
    let length = rig.raw(format!("{head}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
    assert!(length.starts_with("HTTP/1.1 411 "), "{length}");
    let chunked =
        rig.raw(format!("{head}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n").as_bytes()).await;
    assert!(chunked.as_ref().unwrap().starts_with("HTTP/1.1 501 "), "{chunked:?}");
    let good = format!("{head}Content-Type: video/mp4\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab");
    assert!(rig.raw(good.as_bytes()).await.unwrap().starts_with("HTTP/1.1 200 "));
}

/// A refusal comes before the body is read. A sender that keeps writing must get to read it all the same.
#[tokio::test]
async fn an_early_refusal_reaches_a_sender_that_goes_on_writing() {
    const SIZE: usize = 20 * 1024 * 1024;
    let rig = rig(|options| options.part_size = SIZE as u64).await;
    let session = rig.begin("x.bin", SIZE).await;
    for _ in 0..5 {
        let mut request =
            format!("{}x-api-key: k\r\nContent-Length: {SIZE}\r\n\r\n", rig.head(&session.parts[0]))
                .into_bytes();
        request.resize(request.len() + SIZE, 7);
        let answer = rig.raw(&request).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
}
