//! What is sent to a vendor's API, and which of its answers are accepted.

use std::net::SocketAddr;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use partway_core::{ApiKey, Cause, Failure, RetryClass, Step};
use partway_http::{ApiCall, ApiClient, ApiReply, HttpOptions, KeyHeader};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc::unbounded_channel;
use url::Url;

use crate::server::{always, answer, request, serve, soon};

pub(crate) async fn call(address: SocketAddr, step: Step) -> Result<ApiReply, Failure> {
    call_within(address, step, Duration::from_secs(15)).await
}

pub(crate) async fn call_within(
    address: SocketAddr,
    step: Step,
    timeout: Duration,
) -> Result<ApiReply, Failure> {
    let options = HttpOptions { clock: Some(std::sync::Arc::new(|| 1_714_557_600)), ..Default::default() };
    let call = ApiCall {
        step,
        method: Method::POST,
        url: &Url::parse(&format!("http://{address}/api/v1/x")).unwrap(),
        headers: vec![(HeaderName::from_static("x-more"), HeaderValue::from_static("yes"))],
        key: Some((KeyHeader::BEARER, &ApiKey::new("the-secret-key"))),
        body: Some(json!({"a": 1})),
        timeout,
    };
    soon(ApiClient::new(&options).unwrap().json(call)).await
}

#[tokio::test]
async fn a_call_carries_key_body_and_headers() {
    let (tell, mut told) = unbounded_channel();
    let address = serve(move |_, mut stream| {
        let tell = tell.clone();
        async move {
            tell.send(request(&mut stream).await.unwrap()).unwrap();
            let date = "date: Wed, 01 May 2024 10:20:00 GMT\r\n";
            stream.write_all(answer("200 OK", date, "{\"ok\": 2}").as_bytes()).await.unwrap();
        }
    })
    .await;
    let reply = call(address, Step::Start).await.unwrap();
    assert_eq!((reply.status, reply.json), (200, json!({"ok": 2})));
    assert_eq!((reply.server_unix_time, reply.clock_ahead), (Some(1_714_558_800), Some(1200)));
    let (head, body) = told.recv().await.unwrap();
    assert!(head.starts_with("POST /api/v1/x HTTP/1.1\r\n"), "{head}");
    for line in [
        "authorization: Bearer the-secret-key",
        "content-type: application/json",
        "x-more: yes",
        "accept-encoding: identity",
    ] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{line} is not in {head}");
    }
    for absent in ["cookie", "referer", "expect"] {
        assert!(!head.contains(absent), "{absent} is in {head}");
    }
    assert_eq!(body, b"{\"a\":1}");
}

#[tokio::test]
async fn an_empty_answer_is_null() {
    assert_eq!(call(always(answer("200 OK", "", "")).await, Step::Abort).await.unwrap().json, Value::Null);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_key_goes_nowhere_else() {
    let (tell, mut visited) = unbounded_channel::<()>();
    let other = serve(move |_, _| {
        let tell = tell.clone();
        async move { tell.send(()).unwrap() }
    })
    .await;
    for status in ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect"] {
        let location = format!("location: http://{other}/elsewhere?token=secret\r\n");
        let failure = call(always(answer(status, &location, "")).await, Step::Start).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::Refused);
        assert_eq!(failure.detail, format!("it wants to send us on to http://{other}/elsewhere"));
    }
    assert!(visited.try_recv().is_err(), "nobody may come to the other host");
}

#[tokio::test]
async fn a_reply_of_a_gigabyte_is_refused_after_32_mib() {
    for head in ["transfer-encoding: chunked\r\n", "content-length: 1073741824\r\n", "connection: close\r\n"]
    {
        let (tell, mut told) = unbounded_channel();
        let chunked = head.starts_with("transfer");
        let address = serve(move |_, mut stream| {
            let tell = tell.clone();
            async move {
                request(&mut stream).await.unwrap();
                stream.write_all(format!("HTTP/1.1 200 OK\r\n{head}\r\n").as_bytes()).await.unwrap();
                let mut block = vec![b' '; 1 << 16];
                if chunked {
                    block.splice(0..0, *b"10000\r\n");
                    block.extend(b"\r\n");
                }
                let mut sent = 0_u64;
                while sent < 1 << 30 && stream.write_all(&block).await.is_ok() {
                    sent += 1 << 16;
                }
                tell.send(sent).unwrap();
            }
        })
        .await;
        let failure = call(address, Step::Start).await.unwrap_err();
        let what = "the reply is longer than 32 MiB".to_owned();
        assert_eq!((failure.class, failure.cause), (RetryClass::Refused, Cause::BrokenReply { what }));
        // 32 MiB and what is in the sockets' buffers.
        assert!(soon(told.recv()).await.unwrap() < 48 << 20, "{head}");
    }
}

#[tokio::test]
async fn json_that_breaks_off_is_named() {
    let cut = always(answer("200 OK", "", "{\"session_id\": \"s\", \"parts\": [\"http")).await;
    let failure = call(cut, Step::Start).await.unwrap_err();
    let what = "the reply breaks off after 35 bytes, in the middle of its JSON".to_owned();
    assert_eq!((failure.class, failure.cause), (RetryClass::Unknown, Cause::BrokenReply { what }));
    // As good as a lost answer: it may have been done, or come whole the next time.
    assert_eq!(call(cut, Step::Complete).await.unwrap_err().class, RetryClass::Unknown);
    let other = always(answer("200 OK", "", "welcome")).await;
    let failure = call(other, Step::Start).await.unwrap_err();
    assert_eq!(failure.detail, "the reply is not JSON (line 1, column 1)");
}

#[tokio::test]
async fn a_page_in_place_of_json_is_a_matter_of_the_network() {
    let by_type = answer("200 OK", "content-type: text/html; charset=utf-8\r\n", "sign in");
    let by_look =
        answer("200 OK", "content-type: application/json\r\n", "\n <!DOCTYPE HTML><title>x</title>");
    for page in [by_type, by_look] {
        let failure = call(always(page).await, Step::Start).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::Offline);
    }
}

#[tokio::test]
async fn each_shape_of_a_refusal_is_read() {
    let cases = [
        (r#"{"success":false,"error":"size must be positive"}"#, None, "size must be positive"),
        (
            r#"{"success":false,"error":"bad_size","message":"too small","code":"E42"}"#,
            Some("E42"),
            "too small",
        ),
        (r#"{"error":"bad_size","message":"too small"}"#, Some("bad_size"), "too small"),
        (r#"{"error":{"code":"quota","message":"full"}}"#, Some("quota"), "full"),
        (r#"{"errors":"nothing works"}"#, None, "nothing works"),
        (r#"{"errors":["first","second"]}"#, None, "first; second"),
        (r#"{"errors":[{"code":7,"message":"first"}]}"#, Some("7"), "first"),
        (r#"{"errors":["1","2","3","4","5","6"]}"#, None, "1; 2; 3; 4; 5"),
        (r#"{"success":false,"errors":[],"messages":["first",{"message":"second"}]}"#, None, "first; second"),
        (r#"{"title":"wrong","errors":{"size":["is text","is long"]}}"#, None, "size: is text; is long"),
        (r#"{"title":"wrong","errors":{}}"#, None, "wrong"),
        ("plain words", None, "plain words"),
        ("", None, "no explanation came with it"),
    ];
    for (body, code, detail) in cases {
        let failure =
            call(always(answer("422 Unprocessable", "", body)).await, Step::Start).await.unwrap_err();
        assert_eq!((failure.code.as_deref(), failure.detail.as_str()), (code, detail), "{body}");
        assert_eq!((failure.status, failure.class), (Some(422), RetryClass::Refused));
    }
}

#[tokio::test]
async fn a_key_that_the_vendor_repeats_is_taken_out_of_its_words() {
    let body = r#"{"error":"unknown key the-secret-key","code":"the-secret-key"}"#;
    for status in ["400 Bad Request", "401 Unauthorized", "500 Oh"] {
        let failure = call(always(answer(status, "", body)).await, Step::Start).await.unwrap_err();
        assert_eq!(failure.detail, "unknown key …");
        assert!(!format!("{failure:?}").contains("the-secret-key"));
    }
}
