//! One TLS setting for both clients: ring, the system's trust, and the roots that were handed in.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::HttpError;

/// Trusts what the operating system trusts (so a company's own roots work) and `extra_roots_pem`.
///
/// A machine without any root certificates (a bare container) gets Mozilla's, else not even a client could be built there.
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
    // The verifier loses the system's roots silently where there are none but extra ones: those are still trusted.
    match Verifier::new_with_extra_roots(extra.iter().cloned(), Arc::clone(&ring)) {
        Ok(verifier) => Ok(builder(ring)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth()),
        Err(rustls::Error::General(_)) if extra.is_empty() => {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
            Ok(builder(ring)?.with_root_certificates(roots).with_no_client_auth())
        }
        Err(error) => Err(error.into()),
    }
}

/// For the first message of a handshake that is never ended: nobody's certificate is looked at, so nobody need be trusted.
pub(crate) fn for_a_first_message() -> Result<ClientConfig, HttpError> {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    Ok(builder(ring)?.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn builder(
    ring: Arc<CryptoProvider>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_details(ring, Arc::new(Present)).with_safe_default_protocol_versions()
}

/// The present, by which certificates are judged. A clock before 1970 says 1970, when none of today's was valid yet: rustls' own would panic.
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
