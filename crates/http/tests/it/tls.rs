//! Certificates: whom the clients trust, and that a refusal is told as one.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use partway_core::{Cause, Failure, RetryClass, SignedUrl, Step};
use partway_http::{ApiCall, ApiClient, HttpError, HttpOptions, PartClient, PutFailure};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::server::{serve, soon};

/// A server for that name with a certificate of its own authority, and the authority's PEM.
async fn server(name: &str, expired: bool) -> (SocketAddr, Vec<u8>) {
    let (acceptor, root) = acceptor(name, expired);
    let address = serve(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let mut seen = Vec::new();
            while !seen.ends_with(b"\r\n\r\n") {
                seen.push(stream.read_u8().await.unwrap());
            }
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
        }
    })
    .await;
    (address, root)
}

/// A server that is done with a connection once its handshake is.
async fn ending_after_the_handshake() -> (SocketAddr, Vec<u8>) {
    let (acceptor, root) = acceptor("localhost", false);
    let address = serve(move |_, stream| {
        let acceptor = acceptor.clone();
        async move { drop(acceptor.accept(stream).await.unwrap()) }
    })
    .await;
    (address, root)
}

fn acceptor(name: &str, expired: bool) -> (TlsAcceptor, Vec<u8>) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if expired {
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    }
    let certificate = params.signed_by(&key, &authority).unwrap();
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
    (TlsAcceptor::from(Arc::new(config)), authority.pem().into_bytes())
}

fn trusting(roots: Vec<Vec<u8>>) -> HttpOptions {
    HttpOptions { extra_roots_pem: roots, ..HttpOptions::default() }
}

async fn call(options: &HttpOptions, address: SocketAddr) -> Result<(), Failure> {
    let call = ApiCall {
        step: Step::Start,
        method: http::Method::POST,
        url: &Url::parse(&format!("https://localhost:{}/", address.port())).unwrap(),
        headers: Vec::new(),
        key: None,
        body: None,
        timeout: std::time::Duration::from_secs(10),
    };
    soon(ApiClient::new(options).unwrap().json(call)).await.map(drop)
}

async fn put(options: &HttpOptions, address: SocketAddr) -> Result<(), Failure> {
    let url = SignedUrl::new(format!("https://localhost:{}/x?X-Amz-Signature=a", address.port()));
    let client = PartClient::new(options).unwrap();
    match soon(client.put(&url, &[], Full::<Bytes>::default())).await {
        Ok(_) => Ok(()),
        Err(PutFailure::Wire(failure)) => Err(failure),
        Err(PutFailure::Body(fault)) => panic!("{fault}"),
    }
}

#[tokio::test]
async fn a_root_that_was_handed_in_is_trusted_by_both_clients() {
    let (address, root) = server("localhost", false).await;
    let options = trusting(vec![root]);
    call(&options, address).await.unwrap();
    put(&options, address).await.unwrap();
}

#[tokio::test]
async fn a_certificate_that_cannot_be_trusted_is_told_and_never_tried_again() {
    let (stranger, _) = server("localhost", false).await;
    let (other, others_root) = server("elsewhere.example", false).await;
    let (old, olds_root) = server("localhost", true).await;
    for (address, roots, words) in [
        (stranger, vec![], "nobody this computer trusts has issued its certificate"),
        (other, vec![others_root], "its certificate is for another host"),
        (old, vec![olds_root], "its certificate has run out, or this computer's clock is wrong"),
    ] {
        let options = trusting(roots);
        for failure in [call(&options, address).await.unwrap_err(), put(&options, address).await.unwrap_err()]
        {
            assert_eq!(failure.class, RetryClass::Refused);
            assert_eq!(failure.cause, Cause::CertificateRefused { what: words.to_owned() });
        }
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_not_taken_for_an_untrusted_one() {
    let plain = serve(|_, mut stream| async move {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        drop(stream.read_u8().await);
    })
    .await;
    let failure = call(&HttpOptions::default(), plain).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::Refused, "{failure}");
    assert!(matches!(failure.cause, Cause::BrokenReply { .. }), "{failure:?}");
}

#[test]
fn a_root_that_cannot_be_read_is_named() {
    for pem in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n"] {
        let outcome = ApiClient::new(&trusting(vec![pem.as_bytes().to_vec()]));
        assert!(matches!(outcome, Err(HttpError::Root(_))), "{pem:?}");
    }
}

/// A connection that ended before its handshake did carried no byte of a request, nor did one that ended right after it.
#[tokio::test]
async fn a_start_that_met_no_tls_or_one_that_ended_at_once_was_not_asked() {
    let closed = serve(|_, stream| async move { drop(stream) }).await;
    let failure = call(&HttpOptions::default(), closed).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::Offline, "{failure}");

    let (address, root) = ending_after_the_handshake().await;
    let failure = call(&trusting(vec![root]), address).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::Again, "{failure}");
}
