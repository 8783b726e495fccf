//! One call to a vendor's API and its answer, as plain data.

use std::fmt;
use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use partway_core::{Answer, ApiKey, Etag, Failure, Step};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

use crate::json::parse;
use crate::redact::{redact, redact_text};
use crate::storage_error::{refusal, storage_error};
use crate::{failure, reply};

/// Of an error's body in an unknown form so much is looked at for words, bytes.
const LONGEST_WORDS: usize = 16 << 10;

/// In which header a key goes, and what stands before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHeader {
    /// The header.
    pub name: HeaderName,
    /// What stands before the key, with its blank.
    pub prefix: &'static str,
}

impl KeyHeader {
    /// `Authorization: Bearer KEY`.
    pub const BEARER: Self = Self { name: AUTHORIZATION, prefix: "Bearer " };
    /// `x-api-key: KEY`.
    pub const X_API_KEY: Self = Self { name: HeaderName::from_static("x-api-key"), prefix: "" };
}

/// What a call can carry.
pub trait Payload {
    /// Its `Content-Type`.
    const TYPE: &'static str;

    /// The text that is sent.
    fn text(self) -> String;
}

impl Payload for Value {
    const TYPE: &'static str = "application/json";

    fn text(self) -> String {
        self.to_string()
    }
}

/// An XML document, written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Xml(pub String);

impl Payload for Xml {
    const TYPE: &'static str = "application/xml";

    fn text(self) -> String {
        self.0
    }
}

/// One call.
pub struct ApiCall<'a, B = Value> {
    /// For which step, so that a lost answer is judged rightly.
    pub step: Step,
    /// The method.
    pub method: Method,
    /// Where to. Where it is signed, it is a password.
    pub url: &'a Url,
    /// Further headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The key and where it goes; it is sent to this URL's host and nowhere else.
    pub key: Option<(KeyHeader, &'a ApiKey)>,
    /// What to send.
    pub body: Option<B>,
    /// How long the whole call may take, connecting included.
    pub timeout: Duration,
}

impl<B> fmt::Debug for ApiCall<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiCall")
            .field("step", &self.step)
            .field("method", &self.method)
            .field("url", &redact(self.url.as_str()))
            .finish_non_exhaustive()
    }
}

/// A 2xx answer in JSON.
#[derive(Debug)]
pub struct ApiReply {
    /// The HTTP status.
    pub status: u16,
    /// Its body; `Null` where it was empty.
    pub json: Value,
    /// The server's clock, Unix seconds, where the answer told it.
    pub server_unix_time: Option<u64>,
    /// By how many seconds the server's clock is ahead of ours.
    pub clock_ahead: Option<i64>,
}

/// An answer that came whole, whatever it says.
pub struct ApiAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, at most 32 MiB.
    pub body: Vec<u8>,
    /// The server's clock, Unix seconds, where the answer told it.
    pub server_unix_time: Option<u64>,
    /// By how many seconds the server's clock is ahead of ours.
    pub clock_ahead: Option<i64>,
    /// The right to have a long body in memory, held as long as it is there.
    pub(crate) room: Option<OwnedSemaphorePermit>,
}

impl fmt::Debug for ApiAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers and body may hold links.
        f.debug_struct("ApiAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}

impl ApiAnswer {
    /// The ETag, without quotes and without a leading `W/`.
    #[must_use]
    pub fn etag(&self) -> Option<Etag> {
        reply::etag(&self.headers)
    }

    /// Whether a key of its own makes the storage's ETags something else than checksums (KMS, SSE-C).
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        reply::is_encrypted(&self.headers)
    }

    /// Itself, where it is a storage's yes: 2xx and no `<Error>` in its body, which S3 sends with 200 too.
    ///
    /// # Errors
    /// [`Failure`] with what the storage said.
    pub fn of_storage(self, step: Step) -> Result<Self, Failure> {
        let html = reply::is_html(&self.headers, &self.body);
        let said = storage_error(&self.body);
        if (200..300).contains(&self.status) && !html && said.code.is_none() {
            return Ok(self);
        }
        Err(refusal(step, self.status, &self.headers, html, &said, self.clock_ahead))
    }

    /// Its JSON, where it is a vendor's yes.
    pub(crate) fn json(self, step: Step) -> Result<ApiReply, Failure> {
        let Self { status, headers, body, server_unix_time, clock_ahead, room: _room } = self;
        let html = reply::is_html(&headers, &body);
        if (200..300).contains(&status) && !html {
            return match parse(&body) {
                Ok(json) => Ok(ApiReply { status, json, server_unix_time, clock_ahead }),
                Err(what) => Err(failure::broken_reply(step, status, clock_ahead, &what)),
            };
        }
        let json = parse(&body).unwrap_or(Value::Null);
        let (code, message) = reply::vendor_words(&json);
        let redirect = || (300..400).contains(&status).then(|| reply::redirect_target(&headers)).flatten();
        let message = message.or_else(redirect).or_else(|| {
            Some(redact_text(&String::from_utf8_lossy(&body[..body.len().min(LONGEST_WORDS)])))
                .filter(|text| !text.is_empty())
        });
        let answer = Answer {
            status,
            code: code.as_deref(),
            message: message.as_deref(),
            html,
            retry_after: reply::retry_after(&headers),
        };
        Err(failure::from_answer(step, &answer, clock_ahead))
    }
}
