//! Why no connection was established, in words that need no knowledge of networks: the one place for them.
//!
//! Libraries report it in nested errors (reqwest, hyper, rustls, the system). Their own text goes to Details
//! at most.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError};

/// What prevented a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// The server's certificate, and what is wrong with it.
    Certificate(&'static str),
    /// No common way to encrypt, and why.
    Encryption(&'static str),
    /// This computer lets Partway open no more files and connections.
    OpenFiles,
    /// This computer has no port left for another connection.
    Ports,
    /// Anything else on the way.
    Network(&'static str),
}

/// What prevented a connection, as far as the errors show.
pub(crate) fn obstacle(error: &(dyn Error + 'static)) -> Obstacle {
    if let Some(found) = walk(error, &mut |error| error.downcast_ref::<rustls::Error>().and_then(of_tls)) {
        return found;
    }
    if let Some(found) = walk(error, &mut |error| error.downcast_ref::<io::Error>().and_then(of_the_system)) {
        return found;
    }
    // The resolver's error has no public type.
    let says =
        |words: &str| walk(error, &mut |error| error.to_string().contains(words).then_some(())).is_some();
    if says("dns error") || says("failed to lookup address") {
        return Obstacle::Network("no server of that name was found");
    }
    let timed_out = |error: &(dyn Error + 'static)| {
        error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
            || error.to_string().contains("timed out")
            || error.to_string().contains("came about in time")
    };
    if walk(error, &mut |error| timed_out(error).then_some(())).is_some() {
        return Obstacle::Network("the server did not answer in time");
    }
    Obstacle::Network("no connection came about")
}

impl Obstacle {
    /// The words, as the end of a sentence.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Certificate(words) | Self::Encryption(words) | Self::Network(words) => words,
            Self::OpenFiles => "too many files and connections are open on this computer",
            Self::Ports => "this computer has no port left for another connection",
        }
    }
}

fn of_tls(error: &rustls::Error) -> Option<Obstacle> {
    use rustls::Error as Tls;
    const NOTHING_IN_COMMON: &str =
        "it and Partway have no version of encryption in common (TLS 1.2 or later is needed)";
    Some(match error {
        Tls::InvalidCertificate(bad) => Obstacle::Certificate(of_certificate(bad)),
        Tls::NoCertificatesPresented => Obstacle::Certificate("it showed no certificate"),
        Tls::PeerIncompatible(_) => Obstacle::Encryption(NOTHING_IN_COMMON),
        Tls::AlertReceived(alert) => match alert {
            AlertDescription::ProtocolVersion
            | AlertDescription::HandshakeFailure
            | AlertDescription::InsufficientSecurity
            | AlertDescription::NoApplicationProtocol => Obstacle::Encryption(NOTHING_IN_COMMON),
            AlertDescription::CertificateRequired
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied => Obstacle::Encryption(
                "it asks this computer for a certificate, which Partway has no way to give",
            ),
            AlertDescription::UnrecognisedName => {
                Obstacle::Encryption("it does not know itself by the name in the address")
            }
            // A server that is just restarting says such things, too.
            _ => return None,
        },
        _ => return None,
    })
}

/// What is wrong with a certificate.
fn of_certificate(bad: &CertificateError) -> &'static str {
    use CertificateError as Bad;
    match bad {
        Bad::Expired | Bad::ExpiredContext { .. } => {
            "its certificate has run out, or this computer's clock is wrong"
        }
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
            "its certificate is not valid yet, or this computer's clock is wrong"
        }
        Bad::UnknownIssuer => "nobody this computer trusts has issued its certificate",
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => "its certificate is for another host",
        Bad::Revoked => "its certificate was revoked",
        Bad::InvalidPurpose | Bad::InvalidPurposeContext { .. } => "its certificate is not meant for servers",
        other if is_other(other, "EkuError") => "its certificate is not meant for servers",
        Bad::BadEncoding => "its certificate is damaged",
        Bad::BadSignature => {
            "its certificate was issued by another than the authority of that name, or changed since"
        }
        other if is_self_made(other) => {
            "its certificate was made by itself, and nobody this computer trusts has issued it"
        }
        _ => "its certificate has a form that cannot be checked",
    }
}

/// Whether a server presents an authority's certificate as its own, as many do that were set up with one
/// command.
pub(crate) fn is_self_made(bad: &CertificateError) -> bool {
    is_other(bad, "CaUsedAsEndEntity")
}

/// Whether it is this error of webpki or of the platform's verifier, which have no type that could be named
/// here.
fn is_other(bad: &CertificateError, name: &str) -> bool {
    matches!(bad, CertificateError::Other(other) if format!("{other:?}").contains(name))
}

/// Whether trusting more certificates would help: then the message mentions that setting.
pub(crate) fn wants_roots(error: &(dyn Error + 'static)) -> bool {
    walk(error, &mut |error| match error.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(bad) => {
            use CertificateError::{BadSignature, UnknownIssuer};
            Some(matches!(bad, UnknownIssuer | BadSignature) || is_self_made(bad))
        }
        _ => None,
    }) == Some(true)
}

/// Matches too many open files by raw numbers, because `io::ErrorKind` has no stable name for them.
pub(crate) fn is_open_files(error: &io::Error) -> bool {
    const EMFILE: i32 = 24; // POSIX errno on Linux and macOS
    const ENFILE: i32 = 23;
    const WSAEMFILE: i32 = 10024; // Windows Sockets error codes
    let number = error.raw_os_error();
    number == Some(WSAEMFILE) || (cfg!(unix) && (number == Some(EMFILE) || number == Some(ENFILE)))
}

fn of_the_system(error: &io::Error) -> Option<Obstacle> {
    use io::ErrorKind as K;
    if is_open_files(error) {
        return Some(Obstacle::OpenFiles);
    }
    Some(match error.kind() {
        K::AddrNotAvailable => Obstacle::Ports,
        K::ConnectionRefused => Obstacle::Network("nothing answers at that address and port"),
        K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe | K::UnexpectedEof | K::NotConnected => {
            Obstacle::Network("the server closed the connection at once")
        }
        K::HostUnreachable | K::NetworkUnreachable | K::NetworkDown => {
            Obstacle::Network("there is no way to that server from this network")
        }
        K::TimedOut => Obstacle::Network("the server did not answer in time"),
        K::PermissionDenied => {
            Obstacle::Network("this computer does not let Partway connect there (a firewall, perhaps)")
        }
        _ => return None,
    })
}

/// Visits each error of the chain, also inside an [`io::Error`], until something is found.
fn walk<T>(
    error: &(dyn Error + 'static),
    look: &mut dyn FnMut(&(dyn Error + 'static)) -> Option<T>,
) -> Option<T> {
    if let Some(found) = look(error) {
        return Some(found);
    }
    // `source` of an io::Error skips the error that it holds and returns that one's source.
    if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return walk(inner, look);
    }
    error.source().and_then(|error| walk(error, look))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nested, as libraries pass it on.
    #[derive(Debug, thiserror::Error)]
    #[error("error sending request")]
    struct Wrapped(#[source] io::Error);

    fn told(error: io::Error) -> &'static str {
        obstacle(&Wrapped(io::Error::other(Wrapped(error)))).words()
    }

    #[cfg(unix)]
    #[test]
    fn no_word_of_a_library_or_a_system_is_left() {
        for number in 1..=133 {
            let words = told(io::Error::from_raw_os_error(number));
            assert!(!words.contains("os error") && !words.contains("error"), "{number}: {words}");
        }
        // ENFILE and EMFILE by number; ECONNREFUSED has a different number on each system, so by its kind.
        for number in [23, 24] {
            assert_eq!(told(io::Error::from_raw_os_error(number)), Obstacle::OpenFiles.words());
        }
    }

    #[test]
    fn every_kind_of_obstacle_has_its_words() {
        use io::ErrorKind as K;
        for (kind, words) in [
            (K::ConnectionRefused, "nothing answers at that address and port"),
            (K::ConnectionReset, "the server closed the connection at once"),
            (K::UnexpectedEof, "the server closed the connection at once"),
            (K::NetworkUnreachable, "there is no way to that server from this network"),
            (K::TimedOut, "the server did not answer in time"),
            (K::AddrNotAvailable, "this computer has no port left for another connection"),
            (K::Other, "no connection came about"),
        ] {
            assert_eq!(told(kind.into()), words, "{kind:?}");
        }
        let tls = |error: rustls::Error| told(io::Error::new(K::InvalidData, error));
        for (error, words) in [
            (
                rustls::Error::AlertReceived(AlertDescription::ProtocolVersion),
                "no version of encryption in common",
            ),
            (
                rustls::Error::AlertReceived(AlertDescription::CertificateRequired),
                "asks this computer for a certificate",
            ),
            (
                rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer),
                "nobody this computer trusts",
            ),
            (
                rustls::Error::InvalidCertificate(CertificateError::BadSignature),
                "another than the authority of that name",
            ),
            (
                rustls::Error::InvalidCertificate(CertificateError::UnhandledCriticalExtension),
                "a form that cannot be checked",
            ),
        ] {
            let told = tls(error);
            assert!(told.contains(words), "{told}");
        }
    }
}
