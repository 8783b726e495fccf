//! Valid answers that are compressed, marked, typed or encoded differently: their content counts, at every
//! step and for both clients.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use partway_core::{Cause, Failure, RetryClass, Step};
use partway_http::{ApiAnswer, ApiCall, ApiClient, HttpOptions, PutFailure, Read, Xml, long_number, xml};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use url::Url;

use crate::api::call;
use crate::put::{client, put};
use crate::server::{request, serve, soon};

const STEPS: [Step; 7] =
    [Step::Start, Step::Refresh, Step::Complete, Step::List, Step::Abort, Step::Verify, Step::Check];

/// Answers every request with these bytes.
async fn bytes(head: &str, body: impl Into<Vec<u8>>) -> SocketAddr {
    let body = body.into();
    let mut answer = format!("HTTP/1.1 {head}content-length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend(body);
    raw(answer).await
}

async fn raw(answer: Vec<u8>) -> SocketAddr {
    serve(move |_, mut stream| {
        let answer = answer.clone();
        async move {
            while request(&mut stream).await.is_some() {
                stream.write_all(&answer).await.unwrap();
            }
        }
    })
    .await
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

async fn storage(address: SocketAddr, step: Step) -> Result<ApiAnswer, Failure> {
    let url = Url::parse(&format!("http://{address}/bucket/a")).unwrap();
    let timeout = Duration::from_secs(15);
    let (headers, body) = (Vec::new(), Some(Xml("<A/>".to_owned())));
    let call = ApiCall { step, method: http::Method::POST, url: &url, headers, key: None, body, timeout };
    soon(ApiClient::new(&HttpOptions::default()).unwrap().answer(call)).await?.of_storage(step)
}

async fn part(address: SocketAddr) -> Result<Option<String>, Failure> {
    match put(&client(), address, "hello").await {
        Ok(answer) => Ok(answer.etag.map(|etag| etag.0)),
        Err(PutFailure::Wire(failure)) => Err(failure),
        Err(PutFailure::Body(fault)) => panic!("{fault}"),
    }
}

#[tokio::test]
async fn json_is_read_whatever_it_is_wrapped_in() {
    let text = r#"{"id":123456789012345678901234567890,"name":"ü"}"#;
    let marked = format!("\u{feff}{text}");
    let chunks = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4;a=\"b\";c\r\n{}\r\n{:x};x\r\n{}\r\n0;end\r\n\r\n",
        &text[..4],
        text.len() - 4,
        &text[4..]
    );
    for address in [
        bytes("200 OK\r\ncontent-type: text/html\r\n", text).await,
        bytes("200 OK\r\ncontent-type: text/html; charset=utf-8\r\n", marked.as_bytes()).await,
        bytes("200 OK\r\n", marked.as_bytes()).await,
        bytes("200 OK\r\ncontent-encoding: gzip\r\n", gzip(text.as_bytes())).await,
        bytes("200 OK\r\n", gzip(marked.as_bytes())).await,
        bytes("200 OK\r\ncontent-encoding: gzip\r\n", text).await,
        bytes("200 OK\r\n", utf16(text)).await,
        raw(chunks.into_bytes()).await,
    ] {
        for step in STEPS {
            let reply = call(address, step).await.unwrap();
            assert_eq!(long_number(&reply.json["id"]), Some("123456789012345678901234567890"));
            assert_eq!(reply.json["name"], json!("ü"));
        }
    }
}

#[tokio::test]
async fn a_document_is_read_whatever_it_is_wrapped_in() {
    let text = "<Result xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Id>a</Id></Result>";
    let prefixed =
        "<?xml version=\"1.0\"?><!-- a --><s3:Result xmlns:s3=\"x\"><s3:Id><![CDATA[a]]></s3:Id></s3:Result>";
    for address in [
        bytes("200 OK\r\ncontent-type: text/html\r\n", text).await,
        bytes("200 OK\r\ncontent-type: text/html\r\n", prefixed).await,
        bytes("200 OK\r\ncontent-type: application/json\r\n", format!("\u{feff}{text}")).await,
        bytes("200 OK\r\ncontent-encoding: gzip\r\n", gzip(prefixed.as_bytes())).await,
        bytes("200 OK\r\n", utf16(text)).await,
    ] {
        for step in STEPS {
            let answer = storage(address, step).await.unwrap();
            assert_eq!(answer.document("Result", |root| xml::child(root, "Id")), Read::Found("a".to_owned()));
        }
    }
}

#[tokio::test]
async fn a_storages_error_is_one_however_it_is_written_and_at_every_step() {
    let plain = "<Error><Code>SlowDown</Code><Message>slow</Message></Error>";
    let named = "<Error xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Code>SlowDown</Code><Message>slow</Message></Error>";
    for body in [
        plain.as_bytes().to_vec(),
        named.as_bytes().to_vec(),
        format!("\u{feff}<?xml version=\"1.0\"?>\n{named}").into_bytes(),
        named.replace("Error", "s:Error").replace("xmlns=", "xmlns:s=").into_bytes(),
        gzip(named.as_bytes()),
        utf16(named),
        br#"{"error":{"code":"SlowDown","message":"slow"}}"#.to_vec(),
    ] {
        for head in ["200 OK\r\n", "503 Busy\r\n", "400 Bad\r\ncontent-type: text/html\r\n"] {
            let address = bytes(head, body.clone()).await;
            // A refusal in a form other than a storage's is not a success either.
            let failure = part(address).await.unwrap_err();
            assert_eq!(
                (failure.code.as_deref(), failure.detail.as_str()),
                (Some("SlowDown"), "slow"),
                "{head}"
            );
            assert!(matches!(failure.class, RetryClass::Throttled { .. }), "{head} {failure}");
            if head.starts_with("200") && body.starts_with(b"{") {
                continue;
            }
            for step in STEPS {
                let failure = storage(address, step).await.unwrap_err();
                assert!(matches!(failure.class, RetryClass::Throttled { .. }), "{head} {step:?} {failure}");
                let failure = call(address, step).await.unwrap_err();
                assert_eq!(
                    (failure.code.as_deref(), failure.detail.as_str()),
                    (Some("SlowDown"), "slow"),
                    "{head} {step:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_part_that_was_taken_is_so_whatever_the_answer_says_of_its_type() {
    for body in [
        "",
        "\r\n",
        "OK",
        "{\"kind\":\"storage#object\"}",
        "<CopyPartResult xmlns='x'/>",
        "{\"error\":null,\"success\":\"true\"}",
    ] {
        for kind in
            ["", "content-type: text/html; charset=UTF-8\r\n", "content-type: application/octet-stream\r\n"]
        {
            let address = bytes(&format!("200 OK\r\netag: \"abc\"\r\n{kind}"), body).await;
            assert_eq!(part(address).await.unwrap().as_deref(), Some("abc"), "{kind} {body}");
        }
    }
    assert_eq!(part(bytes("200 OK\r\ncontent-type: text/html\r\n", "").await).await.unwrap(), None);
    assert_eq!(
        part(bytes("200 OK\r\netag: \"a\"\r\n", gzip(b"")).await).await.unwrap().as_deref(),
        Some("a")
    );
    for no in [
        "{\"success\":\"false\",\"message\":\"no room\"}",
        "{\"error\":\"no room\"}",
        "<Error xmlns='x'><Message>no room</Message></Error>",
    ] {
        let failure = part(bytes("200 OK\r\netag: \"abc\"\r\n", no).await).await.unwrap_err();
        assert_eq!((failure.class, failure.detail.as_str()), (RetryClass::Refused, "no room"), "{no}");
    }
}

#[tokio::test]
async fn a_sign_in_page_is_one_whatever_it_says_of_its_type() {
    let page = "<!doctype html>\n<HTML><title>Welcome to the hotel</title>";
    let xhtml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- x --><html xmlns=\"http://www.w3.org/1999/xhtml\"/>";
    for (head, body) in [
        ("200 OK\r\n", page.as_bytes().to_vec()),
        (
            "200 OK\r\ncontent-type: text/plain\r\netag: \"x\"\r\n",
            format!("\u{feff}\r\n {page}").into_bytes(),
        ),
        ("200 OK\r\ncontent-type: application/json\r\n", xhtml.as_bytes().to_vec()),
        (
            "200 OK\r\ncontent-type: text/html\r\ncontent-encoding: gzip\r\netag: \"x\"\r\n",
            gzip(page.as_bytes()),
        ),
        ("200 OK\r\n", utf16(page)),
        ("302 Found\r\nlocation: http://login.example/\r\ncontent-type: text/html\r\n", Vec::new()),
    ] {
        let address = bytes(head, body).await;
        assert_eq!(part(address).await.unwrap_err().class, RetryClass::Offline, "{head}");
        for step in STEPS {
            assert_eq!(call(address, step).await.unwrap_err().class, RetryClass::Offline, "{head} {step:?}");
            assert_eq!(
                storage(address, step).await.unwrap_err().class,
                RetryClass::Offline,
                "{head} {step:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_answer_that_grows_without_end_is_refused_and_one_that_breaks_off_is_as_good_as_lost() {
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000);
    let address = bytes("200 OK\r\ncontent-encoding: gzip\r\n", bomb).await;
    let failure = call(address, Step::Start).await.unwrap_err();
    let what = "the reply is longer than 32 MiB".to_owned();
    assert_eq!((failure.class, failure.cause), (RetryClass::Refused, Cause::BrokenReply { what }));
    assert_eq!(part(address).await.unwrap(), None, "of a part's answer only the beginning matters");

    let mut cut = gzip(br#"{"session_id":"abcdefghijklmnopqrstuvwxyz"}"#);
    cut.truncate(cut.len() - 12);
    let packed = bytes("200 OK\r\ncontent-encoding: gzip\r\n", cut).await;
    let plain = bytes("200 OK\r\n", r#"{"session_id":"abc"#).await;
    for address in [packed, plain] {
        for step in STEPS {
            let class = match step {
                Step::Start | Step::Complete => RetryClass::Unknown,
                _ => RetryClass::Again,
            };
            assert_eq!(call(address, step).await.unwrap_err().class, class, "{step:?}");
        }
    }
    let other = bytes("200 OK\r\ncontent-encoding: br\r\n", b"\x8b\x02\x80{}\x03".to_vec()).await;
    let failure = call(other, Step::Start).await.unwrap_err();
    assert_eq!(failure.detail, "the reply is packed in a way that nobody asked for (br)");
}

#[tokio::test]
async fn what_a_server_says_is_shown_bounded_and_clean() {
    for (body, told) in [
        (
            "{\"detail\":[{\"loc\":[\"body\",\"size\"],\"msg\":\"field required\"}]}".as_bytes().to_vec(),
            "size: field required",
        ),
        (gzip(b"{\"title\":\"Bad\",\"detail\":\"no size\"}"), "no size"),
        ("the \u{202e}disk\u{2028}is\0full".as_bytes().to_vec(), "the disk is full"),
        (utf16("plain words"), "plain words"),
    ] {
        let address = bytes("422 No\r\n", body).await;
        assert_eq!(call(address, Step::Start).await.unwrap_err().detail, told);
        assert_eq!(part(address).await.unwrap_err().detail, told);
        assert_eq!(storage(address, Step::Start).await.unwrap_err().detail, told);
    }
}
