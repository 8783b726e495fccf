//! Detects http and https confused, either way: if a port gives no sensible answer, probes what it speaks, so
//! that the error can say so.
//!
//! Probes use separate connections and carry nothing: the first message of a handshake, and `HEAD /` without
//! a key or a query. A server that has answered properly before is not probed: then the line is broken, not
//! the address wrong.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::uri::Scheme;
use partway_core::{Cause, Failure, RetryClass, Step};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;
use url::Url;

use crate::page::is_data;
use crate::pool::Origin;
use crate::redact::redact_text;
use crate::{HttpError, HttpOptions, tls};

/// How long to wait for an answer to a probe; a server that speaks at all answers at once.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a result is valid: many parts may fail together.
const HOLDS: Duration = Duration::from_secs(10);

/// How many places are remembered.
const MOST_PLACES: usize = 256;

/// How much of an answer's head is read, bytes.
const LONGEST_HEAD: usize = 4 << 10;

/// Statuses with which TLS servers answer plain HTTP.
const SAID_TO_PLAIN: [u16; 4] = [400, 421, 426, 497];

/// A server to probe, and the expected protocol.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    secure: bool,
    host: &'a str,
    port: u16,
}

/// What a port speaks instead of the expected protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Plain HTTP where TLS was expected, or the other way round.
    TheOther,
    /// The network's sign-in page, which intercepts every port.
    SignIn,
}

/// What is known about places, and how to probe them.
pub(crate) struct Speaks {
    tls: Arc<ClientConfig>,
    patience: Duration,
    answered: Mutex<HashSet<String>>,
    /// One probe at a time: those that wait find the result.
    asked: tokio::sync::Mutex<HashMap<String, (Instant, Option<Seen>)>>,
}

impl<'a> Place<'a> {
    pub(crate) fn of_url(url: &'a Url) -> Option<Self> {
        Some(Self {
            secure: url.scheme() == "https",
            host: url.host_str()?,
            port: url.port_or_known_default()?,
        })
    }

    pub(crate) fn of_origin((scheme, authority): &'a Origin) -> Self {
        let secure = *scheme == Scheme::HTTPS;
        let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        Self { secure, host: authority.host(), port }
    }

    fn key(&self) -> String {
        format!("{}{}:{}", if self.secure { "s" } else { "" }, self.host, self.port)
    }

    /// A host as the resolver wants it: without the brackets of an IPv6 address.
    fn bare_host(&self) -> &'a str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }
}

impl Speaks {
    pub(crate) fn new(options: &HttpOptions) -> Result<Arc<Self>, HttpError> {
        let tls = Arc::new(tls::for_a_first_message()?);
        let patience = PATIENCE.min(options.connect_timeout);
        Ok(Arc::new(Self { tls, patience, answered: Mutex::default(), asked: tokio::sync::Mutex::default() }))
    }

    /// Records an answer in the expected protocol; if it may not be one, probes the port.
    ///
    /// # Errors
    /// The confusion that was seen.
    pub(crate) async fn answered(
        &self,
        place: Place<'_>,
        step: Step,
        status: u16,
        text: &str,
    ) -> Result<(), Failure> {
        if self.is_known(place) {
            return Ok(());
        }
        let doubtful = !place.secure && SAID_TO_PLAIN.contains(&status) && (!is_data(text) || says_so(text));
        if doubtful && self.seen(place).await == Some(Seen::TheOther) {
            return Err(confused(place, step));
        }
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if answered.len() >= MOST_PLACES {
            answered.clear();
        }
        answered.insert(place.key());
        Ok(())
    }

    /// The failure of an unanswered request, or what was seen instead of an answer.
    pub(crate) async fn instead(&self, place: Place<'_>, failure: Failure) -> Failure {
        let nothing_came = failure.status.is_none()
            && matches!(failure.class, RetryClass::Offline | RetryClass::Again | RetryClass::Unknown)
            && matches!(failure.cause, Cause::KeepsFailing { .. });
        if !nothing_came || self.is_known(place) {
            return failure;
        }
        match self.seen(place).await {
            None => failure,
            Some(Seen::TheOther) => confused(place, failure.step),
            Some(Seen::SignIn) => {
                let cause = Cause::BrokenReply { what: "a web page in place of data".to_owned() };
                let detail = format!("{}: a sign-in page of the network answered in its place", name(place));
                Failure::new(failure.step, RetryClass::Offline, cause, detail)
            }
        }
    }

    fn is_known(&self, place: Place<'_>) -> bool {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).contains(&place.key())
    }

    async fn seen(&self, place: Place<'_>) -> Option<Seen> {
        let mut asked = self.asked.lock().await;
        if let Some((when, seen)) = asked.get(&place.key()).filter(|(when, _)| when.elapsed() < HOLDS) {
            let _ = when;
            return *seen;
        }
        let seen = self.look(place).await;
        if asked.len() >= MOST_PLACES {
            asked.clear();
        }
        asked.insert(place.key(), (Instant::now(), seen));
        seen
    }

    async fn look(&self, place: Place<'_>) -> Option<Seen> {
        let to_hello = self.said(place, &self.hello(place)?).await;
        // A handshake, or an alert, which is TLS as well (RFC 8446, 5.1).
        if matches!(to_hello.as_slice(), [0x15 | 0x16, 3, ..]) {
            return (!place.secure).then_some(Seen::TheOther);
        }
        if !place.secure {
            return None;
        }
        if to_hello.starts_with(b"HTTP/") {
            return Some(of_plain(place, &to_hello));
        }
        let head =
            format!("HEAD / HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\n\r\n", place.host, place.port);
        let to_head = self.said(place, head.as_bytes()).await;
        // A TLS server that failed a moment ago answers this with 400.
        let plain = to_head.starts_with(b"HTTP/")
            && !status(&to_head).is_some_and(|status| SAID_TO_PLAIN.contains(&status));
        plain.then(|| of_plain(place, &to_head))
    }

    /// The first message of a handshake.
    fn hello(&self, place: Place<'_>) -> Option<Vec<u8>> {
        let name = ServerName::try_from(place.bare_host().to_owned()).ok()?;
        let mut hello = Vec::new();
        ClientConnection::new(Arc::clone(&self.tls), name).ok()?.write_tls(&mut hello).ok()?;
        Some(hello)
    }

    /// The answer to these bytes: its head, or what came before it fell silent.
    async fn said(&self, place: Place<'_>, bytes: &[u8]) -> Vec<u8> {
        let mut said = Vec::new();
        let talk = async {
            let mut stream = TcpStream::connect((place.bare_host(), place.port)).await.ok()?;
            stream.write_all(bytes).await.ok()?;
            let mut block = [0; 1024];
            loop {
                let count = stream.read(&mut block).await.ok().filter(|count| *count > 0)?;
                said.extend_from_slice(&block[..count]);
                let tls = said.first().is_some_and(|first| *first < 0x20) && said.len() > 1;
                if tls || said.len() > LONGEST_HEAD || said.windows(4).any(|end| end == b"\r\n\r\n") {
                    return Some(());
                }
            }
        };
        // Silence is an answer, too.
        let _ = tokio::time::timeout(self.patience, talk).await;
        said
    }
}

/// Whether a service's own error message says that it wants TLS.
fn says_so(text: &str) -> bool {
    let text = text[..text.floor_char_boundary(LONGEST_HEAD)].to_ascii_lowercase();
    ["https server", "https port", "requires tls", "ssl-enabled"].iter().any(|words| text.contains(words))
}

/// What a plain answer means where TLS was expected.
fn of_plain(place: Place<'_>, head: &[u8]) -> Seen {
    let head = String::from_utf8_lossy(head);
    let location = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    });
    let elsewhere =
        location.and_then(|to| Url::parse(&to).ok()).is_some_and(|to| to.host_str() != Some(place.host));
    match status(head.as_bytes()) {
        Some(511) => Seen::SignIn,
        Some(300..=399) if elsewhere => Seen::SignIn,
        _ => Seen::TheOther,
    }
}

fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|byte| *byte == b'\r').next()?;
    std::str::from_utf8(line).ok()?.split(' ').nth(1)?.parse().ok()
}

fn name(place: Place<'_>) -> String {
    redact_text(&format!("{}:{}", place.host, place.port))
}

/// The failure to report, with what to change.
fn confused(place: Place<'_>, step: Step) -> Failure {
    let (speaks, says, write) =
        if place.secure { ("plain HTTP", "https", "http") } else { ("https", "http", "https") };
    let name = name(place);
    if step == Step::Part {
        let what = format!("{name} speaks {speaks} at that port, and the link says {says}");
        return Failure::new(step, RetryClass::LinkBroken, Cause::LinksUnusable { what: what.clone() }, what);
    }
    let what = format!(
        "{name} speaks {speaks} at that port, and the address says {says}. Write {write}:// in it, or name the port at which it speaks {says}"
    );
    Failure::new(step, RetryClass::Refused, Cause::BrokenReply { what: what.clone() }, what)
}

/// Whether a server redirects plain http to itself by https, which means the same.
pub(crate) fn sent_on_to_https(url: &Url, location: &str) -> bool {
    let to = url.join(location).ok();
    url.scheme() == "http" && to.is_some_and(|to| to.scheme() == "https" && to.host_str() == url.host_str())
}

/// The failure for such a server.
pub(crate) fn https_only(url: &Url, step: Step, status: u16) -> Failure {
    let name = redact_text(url.host_str().unwrap_or_default());
    let what =
        format!("{name} sends everything on to https, and the address says http. Write https:// in it");
    let failure = Failure::new(step, RetryClass::Refused, Cause::BrokenReply { what: what.clone() }, what);
    Failure { status: Some(status), ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_page_is_told_from_a_server_that_speaks_plainly() {
        let place = Place { secure: true, host: "storage.example", port: 443 };
        for (head, seen) in [
            ("HTTP/1.1 400 Bad Request\r\n\r\n", Seen::TheOther),
            ("HTTP/1.0 200 OK\r\n\r\n", Seen::TheOther),
            ("HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n", Seen::TheOther),
            ("HTTP/1.1 301 Moved\r\nlocation: https://storage.example/x\r\n\r\n", Seen::TheOther),
            ("HTTP/1.1 302 Found\r\nLocation: http://login.hotel.example/\r\n\r\n", Seen::SignIn),
            ("HTTP/1.1 511 Network Authentication Required\r\n\r\n", Seen::SignIn),
        ] {
            assert_eq!(of_plain(place, head.as_bytes()), seen, "{head}");
        }
    }

    #[test]
    fn a_place_is_where_a_link_and_an_address_lead() {
        let url = Url::parse("https://[::1]:8443/a?b=c").unwrap();
        let place = Place::of_url(&url).unwrap();
        assert_eq!((place.secure, place.bare_host(), place.port), (true, "::1", 8443));
        let url = Url::parse("http://h/").unwrap();
        assert_eq!(Place::of_url(&url).unwrap().port, 80);
        assert!(sent_on_to_https(&url, "https://h/x") && !sent_on_to_https(&url, "https://other/"));
        assert!(!sent_on_to_https(&url, "/x"));
    }
}
