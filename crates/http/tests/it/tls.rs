//! Certificates: which ones the clients trust, and that a refusal is reported as one.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use partway_core::{Cause, Failure, RetryClass, SignedUrl, Step};
use partway_http::{ApiCall, ApiClient, Clients, HttpError, HttpOptions, PartClient, PutFailure};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::server::{serve, soon};

/// The certificate that a server presents, and its key.
struct Shown {
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
    /// The issuer's certificate, PEM.
    authority: Vec<u8>,
}

/// A certificate for that name, issued by a new authority, changed before it is issued.
fn issued(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Shown {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    change(&mut params);
    let certificate = params.signed_by(&key, &authority).unwrap();
    Shown {
        certificate: certificate.der().clone(),
        key: key.serialize_der(),
        authority: authority.pem().into_bytes(),
    }
}

/// A self-issued certificate for that name, as `openssl req -x509` makes them: an authority's and a server's
/// at once.
fn self_made(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Shown {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "a server that issued itself");
    change(&mut params);
    let certificate = params.self_signed(&key).unwrap();
    Shown {
        certificate: certificate.der().clone(),
        key: key.serialize_der(),
        authority: certificate.pem().into_bytes(),
    }
}

fn expired(params: &mut CertificateParams) {
    params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    params.not_after = rcgen::date_time_ymd(2001, 1, 1);
}

fn not_yet(params: &mut CertificateParams) {
    params.not_before = rcgen::date_time_ymd(2900, 1, 1);
    params.not_after = rcgen::date_time_ymd(2901, 1, 1);
}

fn acceptor(shown: &Shown) -> TlsAcceptor {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![shown.certificate.clone()],
            PrivateKeyDer::try_from(shown.key.clone()).unwrap(),
        )
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// A server that presents it.
async fn server(shown: &Shown) -> SocketAddr {
    let acceptor = acceptor(shown);
    serve(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let mut seen = Vec::new();
            while !seen.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { return };
                seen.push(byte);
            }
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
        }
    })
    .await
}

/// A server that closes a connection right after its handshake.
async fn ending_after_the_handshake(shown: &Shown) -> SocketAddr {
    let acceptor = acceptor(shown);
    serve(move |_, stream| {
        let acceptor = acceptor.clone();
        async move { drop(acceptor.accept(stream).await.unwrap()) }
    })
    .await
}

fn trusting(roots: Vec<Vec<u8>>) -> HttpOptions {
    HttpOptions { extra_roots_pem: roots, ..HttpOptions::default() }
}

async fn call(options: &HttpOptions, address: SocketAddr) -> Result<(), Failure> {
    call_by(&ApiClient::new(options).unwrap(), address).await
}

async fn call_by(client: &ApiClient, address: SocketAddr) -> Result<(), Failure> {
    let call = ApiCall {
        step: Step::Start,
        method: http::Method::POST,
        url: &Url::parse(&format!("https://localhost:{}/", address.port())).unwrap(),
        headers: Vec::new(),
        key: None,
        body: None,
        timeout: std::time::Duration::from_secs(10),
    };
    soon(client.json(call)).await.map(drop)
}

async fn put(options: &HttpOptions, address: SocketAddr) -> Result<(), Failure> {
    put_by(&PartClient::new(options).unwrap(), address).await
}

async fn put_by(client: &PartClient, address: SocketAddr) -> Result<(), Failure> {
    let url = SignedUrl::new(format!("https://localhost:{}/x?X-Amz-Signature=a", address.port()));
    match soon(client.put(&url, &[], Full::<Bytes>::default())).await {
        Ok(_) => Ok(()),
        Err(PutFailure::Wire(failure)) => Err(failure),
        Err(PutFailure::Body(fault)) => panic!("{fault}"),
    }
}

#[tokio::test]
async fn a_root_that_was_handed_in_is_trusted_by_both_clients() {
    for shown in [issued("localhost", |_| {}), self_made("localhost", |_| {})] {
        let address = server(&shown).await;
        let options = trusting(vec![shown.authority]);
        call(&options, address).await.unwrap();
        put(&options, address).await.unwrap();
    }
}

#[tokio::test]
async fn roots_of_one_destination_are_trusted_for_it_alone() {
    let (one, other) = (issued("localhost", |_| {}), self_made("localhost", |_| {}));
    let (at_one, at_other) = (server(&one).await, server(&other).await);
    let clients = Clients::new(HttpOptions::default()).unwrap();
    let roots = |shown: &Shown| String::from_utf8(shown.authority.clone()).unwrap();
    let (for_one, for_other) = (roots(&one), roots(&other));
    for (address, own, others) in [(at_one, &for_one, &for_other), (at_other, &for_other, &for_one)] {
        let trusting = clients.trusting(Some(own)).unwrap();
        call_by(&trusting.api, address).await.unwrap();
        put_by(&trusting.parts, address).await.unwrap();
        for pair in [clients.trusting(Some(others)).unwrap(), clients.trusting(None).unwrap()] {
            assert_eq!(call_by(&pair.api, address).await.unwrap_err().class, RetryClass::Refused);
            assert_eq!(put_by(&pair.parts, address).await.unwrap_err().class, RetryClass::Refused);
        }
    }
}

#[tokio::test]
async fn a_certificate_that_cannot_be_trusted_is_told_and_never_tried_again() {
    let nothing = |_: &mut CertificateParams| {};
    let help = ". If it is a server of your own, give the destination the certificate of its authority \
                (“Certificate authority” in its settings, --ca on the command line)";
    let others = self_made("localhost", nothing).authority;
    for (shown, trusted, words, helps) in [
        (issued("localhost", nothing), false, "nobody this computer trusts has issued its certificate", true),
        (
            self_made("localhost", nothing),
            false,
            "its certificate was made by itself, and nobody this computer trusts has issued it",
            true,
        ),
        (issued("elsewhere.example", nothing), true, "its certificate is for another host", false),
        (self_made("elsewhere.example", nothing), true, "its certificate is for another host", false),
        (
            issued("localhost", expired),
            true,
            "its certificate has run out, or this computer's clock is wrong",
            false,
        ),
        (
            self_made("localhost", expired),
            true,
            "its certificate has run out, or this computer's clock is wrong",
            false,
        ),
        (
            issued("localhost", not_yet),
            true,
            "its certificate is not valid yet, or this computer's clock is wrong",
            false,
        ),
        (
            issued("localhost", |params| {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
            }),
            true,
            "its certificate is not meant for servers",
            false,
        ),
    ] {
        let address = server(&shown).await;
        let options = trusting(vec![if trusted { shown.authority } else { others.clone() }]);
        for failure in [call(&options, address).await.unwrap_err(), put(&options, address).await.unwrap_err()]
        {
            assert_eq!(failure.class, RetryClass::Refused);
            let what = format!("{words}{}", if helps { help } else { "" });
            assert_eq!(failure.cause, Cause::CertificateRefused { what }, "{failure}");
        }
    }
}

#[tokio::test]
async fn a_server_with_nothing_in_common_is_told_as_such() {
    // A server that knows only TLS 1.0 answers with this alert: protocol_version (RFC 5246, 7.2.2).
    let old = serve(|_, mut stream| async move {
        let mut hello = [0; 5];
        if stream.read_exact(&mut hello).await.is_ok() {
            let mut rest = vec![0; usize::from(u16::from_be_bytes([hello[3], hello[4]]))];
            let _ = stream.read_exact(&mut rest).await;
        }
        stream.write_all(&[21, 3, 1, 0, 2, 2, 70]).await.unwrap();
        drop(stream.read_u8().await);
    })
    .await;
    let options = HttpOptions::default();
    for failure in [call(&options, old).await.unwrap_err(), put(&options, old).await.unwrap_err()] {
        assert_eq!(failure.class, RetryClass::Refused, "{failure}");
        assert!(
            matches!(&failure.cause, Cause::Blocked { what } if what.contains("no version of encryption in common")),
            "{failure:?}"
        );
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

/// A connection that ended before its handshake did carried no byte of a request, nor did one that ended
/// right after it.
#[tokio::test]
async fn a_start_that_met_no_tls_or_one_that_ended_at_once_was_not_asked() {
    let closed = serve(|_, stream| async move { drop(stream) }).await;
    let failure = call(&HttpOptions::default(), closed).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::Offline, "{failure}");

    let shown = issued("localhost", |_| {});
    let address = ending_after_the_handshake(&shown).await;
    let failure = call(&trusting(vec![shown.authority]), address).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::Again, "{failure}");
}
