//! http and https confused, either way: the error says so, for API calls and for parts, and no call waits
//! forever.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use partway_core::{Cause, Failure, RetryClass, SignedUrl, Step};
use partway_http::{ApiCall, ApiClient, HttpOptions, PartClient, PutFailure};
use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::server::{serve, soon};

async fn call(scheme: &str, address: SocketAddr) -> Failure {
    let call = ApiCall {
        step: Step::Start,
        method: http::Method::POST,
        url: &Url::parse(&format!("{scheme}://localhost:{}/", address.port())).unwrap(),
        headers: Vec::new(),
        key: None,
        body: Some(serde_json::json!({})),
        timeout: Duration::from_secs(15),
    };
    soon(ApiClient::new(&options()).unwrap().json(call)).await.unwrap_err()
}

async fn put(scheme: &str, address: SocketAddr) -> Failure {
    let url = SignedUrl::new(format!("{scheme}://localhost:{}/x?X-Amz-Signature=a", address.port()));
    let client = PartClient::new(&options()).unwrap();
    match soon(client.put(&url, &[], Full::<Bytes>::from("hello"))).await {
        Err(PutFailure::Wire(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

fn options() -> HttpOptions {
    HttpOptions { connect_timeout: Duration::from_secs(2), ..HttpOptions::default() }
}

#[track_caller]
fn told(failure: &Failure, address: SocketAddr, speaks: &str, says: &str) {
    let port = address.port();
    if failure.step == Step::Part {
        let what = format!("localhost:{port} speaks {speaks} at that port, and the link says {says}");
        assert_eq!(
            (&failure.class, &failure.cause),
            (&RetryClass::LinkBroken, &Cause::LinksUnusable { what })
        );
        return;
    }
    assert_eq!(failure.class, RetryClass::Refused, "{failure}");
    let begins =
        format!("localhost:{port} speaks {speaks} at that port, and the address says {says}. Write ");
    assert!(
        matches!(&failure.cause, Cause::BrokenReply { what } if what.starts_with(&begins)),
        "{failure:?}"
    );
}

/// How servers without TLS react to the beginning of a handshake.
#[derive(Clone, Copy, Debug)]
enum Plain {
    /// 400, as most.
    Refuses,
    /// Closes at once.
    Closes,
    /// Waits for the end of the line.
    Waits,
}

async fn plain(how: Plain) -> SocketAddr {
    serve(move |_, mut stream| async move {
        let mut block = [0; 4096];
        let count = stream.read(&mut block).await.unwrap_or(0);
        let answer = if block[..count].ends_with(b"\r\n\r\n") {
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
        } else {
            match how {
                Plain::Refuses => {
                    "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                }
                Plain::Closes => return,
                Plain::Waits => {
                    let _ = stream.read(&mut block).await;
                    return;
                }
            }
        };
        let _ = stream.write_all(answer.as_bytes()).await;
    })
    .await
}

#[tokio::test]
async fn a_port_that_speaks_plainly_where_https_is_asked_for_is_told_as_one() {
    for how in [Plain::Refuses, Plain::Closes, Plain::Waits] {
        let address = plain(how).await;
        told(&call("https", address).await, address, "plain HTTP", "https");
        told(&put("https", address).await, address, "plain HTTP", "https");
    }
}

/// How servers with TLS react to a request without it.
#[derive(Clone, Copy, Debug)]
enum Secure {
    /// An alert, like OpenSSL.
    Alert,
    /// Closes, like Node.
    Closes,
    /// nginx.
    Page,
    /// Go.
    Words,
    /// Like MinIO: in its own language.
    Document,
}

async fn secure(how: Secure) -> SocketAddr {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    serve(move |_, mut stream: TcpStream| {
        let acceptor = acceptor.clone();
        async move {
            let mut first = [0];
            if stream.peek(&mut first).await.unwrap_or(0) == 1 && first[0] == 0x16 {
                drop(acceptor.accept(stream).await);
                return;
            }
            let _ = stream.read(&mut [0; 4096]).await;
            let bad = |kind: &str, body: &str| {
                format!("HTTP/1.1 400 Bad Request\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).into_bytes()
            };
            let answer = match how {
                Secure::Alert => vec![0x15, 3, 1, 0, 2, 2, 70],
                Secure::Closes => return,
                Secure::Page => bad("text/html", "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>"),
                Secure::Words => bad("text/plain", "Client sent an HTTP request to an HTTPS server.\n"),
                Secure::Document => bad("application/xml", "<Error><Code>BadRequest</Code><Message>Client sent an HTTP request to an HTTPS server.</Message></Error>"),
            };
            let _ = stream.write_all(&answer).await;
        }
    })
    .await
}

#[tokio::test]
async fn a_port_that_speaks_https_where_http_is_asked_for_is_told_as_one() {
    for how in [Secure::Alert, Secure::Closes, Secure::Page, Secure::Words, Secure::Document] {
        let address = secure(how).await;
        told(&call("http", address).await, address, "https", "http");
        told(&put("http", address).await, address, "https", "http");
    }
}

#[tokio::test]
async fn a_broken_line_is_not_taken_for_a_confusion() {
    // It speaks TLS, but failed the first handshake.
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let behind = secure(Secure::Page).await;
    let unwell = serve(move |number, mut stream| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            if number == 0 {
                return;
            }
            let mut to = TcpStream::connect(behind).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut to).await;
        }
    })
    .await;
    assert_eq!(call("https", unwell).await.class, RetryClass::Offline);
    assert!(asked.load(Ordering::SeqCst) >= 2, "it was asked what it speaks");

    // It speaks neither.
    let other = serve(|_, mut stream| async move {
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await;
        let _ = stream.read(&mut [0; 64]).await;
    })
    .await;
    assert_eq!(call("https", other).await.class, RetryClass::Offline);
    // It answered properly before, so now its line is broken.
    let once = serve(|number, mut stream| async move {
        let mut first = [0; 4096];
        let _ = stream.read(&mut first).await;
        let answer: &[u8] = match (number, first[0]) {
            (0, _) => b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            (_, 0x16) => &[0x16, 3, 3],
            _ => b"",
        };
        let _ = stream.write_all(answer).await;
    })
    .await;
    let client = PartClient::new(&options()).unwrap();
    let url = SignedUrl::new(format!("http://localhost:{}/x", once.port()));
    for _ in 0..2 {
        match soon(client.put(&url, &[], Full::<Bytes>::from("hello"))).await {
            Err(PutFailure::Wire(failure)) => assert_eq!(failure.class, RetryClass::Again, "{failure}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_sign_in_page_that_takes_every_port_is_the_networks() {
    let portal = serve(|_, mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
        let answer = "HTTP/1.1 302 Found\r\nLocation: http://login.hotel.example/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let _ = stream.write_all(answer.as_bytes()).await;
    })
    .await;
    for failure in [call("https", portal).await, put("https", portal).await] {
        assert_eq!(failure.class, RetryClass::Offline);
        assert!(matches!(failure.cause, Cause::BrokenReply { .. }), "{failure:?}");
    }
}

#[tokio::test]
async fn a_server_that_sends_everything_on_to_https_is_told_as_one() {
    let address = serve(|_, mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
        let answer = "HTTP/1.1 301 Moved\r\nLocation: https://localhost/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let _ = stream.write_all(answer.as_bytes()).await;
    })
    .await;
    let failure = call("http", address).await;
    assert_eq!(failure.class, RetryClass::Refused);
    assert_eq!(
        failure.plain(),
        "localhost sends everything on to https, and the address says http. Write https:// in it"
    );
}
