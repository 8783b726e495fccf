//! HTTPS with a private certificate authority, kept in the sandbox's folder so that a restart is trusted too.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::disk::write_whole;
use crate::error::Error;

/// The names in the server's certificate, besides the address that it listens on.
const NAMES: [&str; 3] = ["127.0.0.1", "localhost", "::1"];

/// A TLS acceptor, and the path of the certificate (PEM) that a client must trust.
pub(crate) fn acceptor(dir: &Path, address: Ipv4Addr) -> Result<(TlsAcceptor, PathBuf), Error> {
    let ca = dir.join("ca.pem");
    let (chain, key) = (dir.join("tls-cert.pem"), dir.join("tls-key.pem"));
    if !(ca.exists() && chain.exists() && key.exists()) {
        make(&ca, &chain, &key, address)?;
    }
    let wrong = |e: &dyn std::fmt::Display| Error::Certificate(e.to_string());
    let chain = CertificateDer::pem_file_iter(&chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| wrong(&e))?;
    let key = PrivateKeyDer::from_pem_file(&key).map_err(|e| wrong(&e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| wrong(&e))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|e| wrong(&e))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let ca = fs::canonicalize(&ca).map_err(Error::at(ca))?;
    Ok((TlsAcceptor::from(Arc::new(config)), ca))
}

fn make(ca_path: &Path, chain_path: &Path, key_path: &Path, address: Ipv4Addr) -> Result<(), Error> {
    let wrong = |e: rcgen::Error| Error::Certificate(e.to_string());
    let mut ca = CertificateParams::new(Vec::new()).map_err(wrong)?;
    ca.distinguished_name.push(DnType::CommonName, "partway-sandbox");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_key = KeyPair::generate().map_err(wrong)?;
    let ca_cert = ca.self_signed(&ca_key).map_err(wrong)?;

    let mut names: Vec<String> = NAMES.iter().map(ToString::to_string).collect();
    if address != Ipv4Addr::LOCALHOST {
        names.push(address.to_string());
    }
    let leaf = CertificateParams::new(names).map_err(wrong)?;
    let leaf_key = KeyPair::generate().map_err(wrong)?;
    let leaf = leaf.signed_by(&leaf_key, &Issuer::from_params(&ca, &ca_key)).map_err(wrong)?;

    let put = |path: &Path, text: String, private| {
        write_whole(path, text.as_bytes(), private).map_err(Error::at(path))
    };
    put(ca_path, ca_cert.pem(), false)?;
    put(chain_path, leaf.pem(), false)?;
    put(key_path, leaf_key.serialize_pem(), true)
}
