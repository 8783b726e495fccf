//! One TLS setting for both clients: ring, the system's trust, and the roots that were handed in.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
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

fn builder(
    ring: Arc<CryptoProvider>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions()
}
