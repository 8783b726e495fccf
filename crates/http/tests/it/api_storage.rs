//! Calls to a storage's own API: XML out, any answer back, `<Error>` understood whatever the status.

use std::net::SocketAddr;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use partway_core::{Cause, Etag, Failure, RetryClass, Step};
use partway_http::{ApiAnswer, ApiCall, ApiClient, HttpOptions, Xml};
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc::unbounded_channel;
use url::Url;

use crate::server::{always, answer, request, serve, soon};

fn url(address: SocketAddr) -> Url {
    Url::parse(&format!("http://{address}/bucket/a%20b?uploads=&X-Amz-Signature=secret")).unwrap()
}

async fn ask(
    address: SocketAddr,
    step: Step,
    method: Method,
    body: Option<Xml>,
) -> Result<ApiAnswer, Failure> {
    let options = HttpOptions { clock: Some(std::sync::Arc::new(|| 1_714_557_600)), ..Default::default() };
    let headers = vec![(HeaderName::from_static("if-none-match"), HeaderValue::from_static("*"))];
    let (url, timeout) = (url(address), Duration::from_secs(15));
    let call = ApiCall { step, method, url: &url, headers, key: None, body, timeout };
    assert!(!format!("{call:?}").contains("secret"));
    let client = ApiClient::new(&options).unwrap();
    assert_eq!(client.now(), Some(1_714_557_600));
    soon(client.answer(call)).await
}

#[tokio::test]
async fn a_document_goes_out_and_a_post_without_one_has_a_length_all_the_same() {
    let (tell, mut told) = unbounded_channel();
    let address = serve(move |_, mut stream| {
        let tell = tell.clone();
        async move {
            tell.send(request(&mut stream).await.unwrap()).unwrap();
            stream.write_all(answer("200 OK", "etag: \"abc\"\r\n", "<Done/>").as_bytes()).await.unwrap();
        }
    })
    .await;
    let reply = ask(address, Step::Complete, Method::POST, Some(Xml("<A/>".to_owned()))).await.unwrap();
    assert_eq!((reply.status, reply.body.as_slice()), (200, &b"<Done/>"[..]));
    assert_eq!(reply.etag(), Some(Etag("abc".to_owned())));
    let (head, body) = told.recv().await.unwrap();
    assert!(head.starts_with("POST /bucket/a%20b?uploads=&X-Amz-Signature=secret HTTP/1.1\r\n"), "{head}");
    for line in ["content-type: application/xml", "content-length: 4", "if-none-match: *"] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{line} is not in {head}");
    }
    assert_eq!(body, b"<A/>");

    // S3 answers 411 to a POST without a length.
    ask(address, Step::Start, Method::POST, None).await.unwrap();
    let (head, _) = told.recv().await.unwrap();
    assert!(head.contains("\r\ncontent-length: 0\r\n"), "{head}");
}

#[tokio::test]
async fn a_head_tells_of_a_file_of_any_size() {
    let length = "content-length: 5000000000000\r\n";
    let address = always(format!("HTTP/1.1 200 OK\r\n{length}\r\n")).await;
    let reply = ask(address, Step::Verify, Method::HEAD, None).await.unwrap();
    assert_eq!(reply.headers["content-length"], "5000000000000");
    assert!(reply.body.is_empty());
}

#[tokio::test]
async fn an_error_document_is_a_no_whatever_the_status() {
    let document = |code: &str, message: &str| {
        format!("  <?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>")
    };
    for (status, body, class, cause) in [
        ("200 OK", document("InternalError", "again"), RetryClass::Again, None),
        (
            "403 Forbidden",
            document("InvalidAccessKeyId", "no"),
            RetryClass::Credentials,
            Some(Cause::KeyRefused),
        ),
        ("403 Forbidden", String::new(), RetryClass::Refused, Some(Cause::PermissionRefused)),
        (
            "404 Not Found",
            document("NoSuchUpload", "gone"),
            RetryClass::Conflict,
            Some(Cause::NeverConfirmed),
        ),
        ("503 Busy", document("SlowDown", "slow"), RetryClass::Throttled { after: None }, None),
    ] {
        let address = always(answer(status, "date: Wed, 01 May 2024 10:20:00 GMT\r\n", &body)).await;
        let reply = ask(address, Step::Complete, Method::POST, None).await.unwrap();
        let failure = reply.of_storage(Step::Complete).unwrap_err();
        assert_eq!((failure.class, failure.clock_ahead), (class, Some(1200)), "{body}");
        if let Some(cause) = cause {
            assert_eq!(failure.cause, cause, "{body}");
        }
    }
    let page = always(answer("200 OK", "content-type: text/html\r\n", "<p>sign in</p>")).await;
    let reply = ask(page, Step::Start, Method::POST, None).await.unwrap();
    assert_eq!(reply.of_storage(Step::Start).unwrap_err().class, RetryClass::Offline);
}

#[tokio::test]
async fn etags_that_are_no_checksums_are_known_by_their_headers() {
    for (headers, encrypted) in [
        ("", false),
        ("x-amz-server-side-encryption: AES256\r\n", false),
        ("x-amz-server-side-encryption: aws:kms\r\n", true),
        ("x-amz-server-side-encryption: aws:kms:dsse\r\n", true),
        ("x-amz-server-side-encryption-customer-algorithm: AES256\r\n", true),
    ] {
        let reply = ask(always(answer("200 OK", headers, "")).await, Step::Verify, Method::GET, None).await;
        assert_eq!(reply.unwrap().is_encrypted(), encrypted, "{headers}");
    }
}
