//! One TLS configuration for both clients: ring, the system's trust, and the given roots.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::HttpError;
use crate::transport::is_self_made;

/// Trusts what the operating system trusts (so a company's own roots work) and `extra_roots_pem`.
///
/// A machine without any root certificates (a bare container) gets Mozilla's; otherwise not even a client
/// could be built there.
pub(crate) fn client_config(extra_roots_pem: &[Vec<u8>]) -> Result<ClientConfig, HttpError> {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let mut extra = Vec::new();
    for pem in extra_roots_pem {
        let before = extra.len();
        for root in CertificateDer::pem_slice_iter(pem) {
            extra.push(root.map_err(|error| HttpError::Root(format!("{error:?}")))?);
        }
        if extra.len() == before {
            return Err(HttpError::Root("it holds no certificate in PEM form".to_owned()));
        }
    }
    // The verifier silently ignores a lack of system roots if there are extra ones: those are still trusted.
    match Verifier::new_with_extra_roots(extra.iter().cloned(), Arc::clone(&ring)) {
        Ok(verifier) => {
            let verifier: Arc<dyn ServerCertVerifier> = match extra.is_empty() {
                true => Arc::new(verifier),
                false => Arc::new(OrItself { verifier, extra }),
            };
            Ok(builder(ring)?.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
        }
        Err(rustls::Error::General(_)) if extra.is_empty() => {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
            Ok(builder(ring)?.with_root_certificates(roots).with_no_client_auth())
        }
        Err(error) => Err(error.into()),
    }
}

/// For the first message of a handshake that is never completed: no certificate is checked, so no root is
/// needed.
pub(crate) fn for_a_first_message() -> Result<ClientConfig, HttpError> {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    Ok(builder(ring)?.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn builder(
    ring: Arc<CryptoProvider>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_details(ring, Arc::new(Present)).with_safe_default_protocol_versions()
}

/// The time by which certificates are judged. A clock before 1970 counts as 1970, when no current certificate
/// was valid yet: rustls' own would panic.
#[derive(Debug)]
struct Present;

impl TimeProvider for Present {
    #[expect(
        clippy::disallowed_methods,
        reason = "whether a certificate is valid, no test and nobody else decides by another clock"
    )]
    fn current_time(&self) -> Option<UnixTime> {
        Some(since_1970(SystemTime::now()))
    }
}

fn since_1970(now: SystemTime) -> UnixTime {
    UnixTime::since_unix_epoch(now.duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// Also trusts a server whose own certificate is one of those that were given.
///
/// A certificate made with one command (`openssl req -x509`) is an authority's and a server's at once, and
/// the verifier does not accept an authority's certificate for a server. It reports that only after the dates
/// were right; what remains to be checked is the name.
#[derive(Debug)]
struct OrItself {
    verifier: Verifier,
    extra: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for OrItself {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(rustls::Error::InvalidCertificate(bad))
                if is_self_made(&bad) && self.extra.iter().any(|own| own == end_entity) =>
            {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            outcome => outcome,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_judged_by_a_clock_that_is_never_before_1970() {
        let hour = std::time::Duration::from_secs(3600);
        assert_eq!(since_1970(UNIX_EPOCH - hour).as_secs(), 0);
        assert_eq!(since_1970(UNIX_EPOCH + hour).as_secs(), 3600);
        let now = Present.current_time().unwrap().as_secs();
        assert!(now > 0, "{now}");
    }
}
