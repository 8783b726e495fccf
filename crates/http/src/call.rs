//! One call to a vendor's API and its answer, as plain data.

use std::fmt;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_RANGE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use partway_core::{Answer, ApiKey, Etag, Failure, Step};
use roxmltree::Node;
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

use crate::coding::unpack;
use crate::json::parse;
use crate::page::{is_page, is_page_for_bytes};
use crate::redact::redact;
use crate::storage_error::{error_document, refusal, storage_error};
use crate::text::text;
use crate::words::{plain_words, vendor_words};
use crate::{Read, failure, number, page, reply, xml};

/// The longest answer to a part that is read, bytes; S3's error documents have about 1 kB.
const LONGEST_TO_PART: usize = 64 << 10;

/// The header for a key, and its prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHeader {
    /// The header.
    pub name: HeaderName,
    /// The prefix of the key, including its blank.
    pub prefix: &'static str,
}

impl KeyHeader {
    /// `Authorization: Bearer KEY`.
    pub const BEARER: Self = Self { name: AUTHORIZATION, prefix: "Bearer " };
    /// `x-api-key: KEY`.
    pub const X_API_KEY: Self = Self { name: HeaderName::from_static("x-api-key"), prefix: "" };
}

/// A body that a call can carry.
pub trait Payload {
    /// Its `Content-Type`.
    const TYPE: &'static str;

    /// The text to send.
    fn text(self) -> String;
}

impl Payload for Value {
    const TYPE: &'static str = "application/json";

    fn text(self) -> String {
        number::written(&self)
    }
}

/// A serialized XML document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Xml(pub String);

impl Payload for Xml {
    const TYPE: &'static str = "application/xml";

    fn text(self) -> String {
        self.0
    }
}

/// One API call.
pub struct ApiCall<'a, B = Value> {
    /// The step, which decides what a lost answer means.
    pub step: Step,
    /// The method.
    pub method: Method,
    /// The URL. If signed, as sensitive as a password.
    pub url: &'a Url,
    /// Additional headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The key and its header; sent to this URL's host and nowhere else.
    pub key: Option<(KeyHeader, &'a ApiKey)>,
    /// The body.
    pub body: Option<B>,
    /// Timeout of the whole call, including connecting.
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
    /// Its body; `Null` if empty.
    pub json: Value,
    /// The server's clock, Unix seconds, if the answer carried it.
    pub server_unix_time: Option<u64>,
    /// By how many seconds the server's clock is ahead of ours.
    pub clock_ahead: Option<i64>,
}

/// A complete answer, whatever its status.
pub struct ApiAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, at most 32 MiB, decompressed if needed.
    pub body: Vec<u8>,
    /// The server's clock, Unix seconds, if the answer carried it.
    pub server_unix_time: Option<u64>,
    /// By how many seconds the server's clock is ahead of ours.
    pub clock_ahead: Option<i64>,
    /// A permit for a long body, held as long as the body is in memory.
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

    /// Whether encryption with a separate key makes the storage's ETags something other than checksums (KMS,
    /// SSE-C).
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        reply::is_encrypted(&self.headers)
    }

    /// Passes it on if the storage reports success: 2xx and no `<Error>` in the body, which S3 sends with 200
    /// too.
    ///
    /// # Errors
    /// [`Failure`] with the storage's words.
    pub fn of_storage(self, step: Step) -> Result<Self, Failure> {
        if self.is_piece() {
            return Ok(self);
        }
        let text = self.text();
        let html = is_page(self.status, &self.headers, &text);
        let success = (200..300).contains(&self.status);
        // The caller reads the document that it asked for.
        let said = if success && !xml::is_error(&text) { None } else { Some(storage_error(&text)) };
        if success && !html && said.is_none() {
            drop(text);
            return Ok(self);
        }
        Err(refusal(step, self.status, &self.headers, html, &said.unwrap_or_default(), self.clock_ahead))
    }

    /// Reads its XML document, whose root has this name in any namespace, and passes the root to `read`.
    pub fn document<T>(&self, root: &str, read: impl FnOnce(Node<'_, '_>) -> Option<T>) -> Read<T> {
        xml::document(&self.text(), root, read)
    }

    /// The text of an element of its `<Error>`.
    #[must_use]
    pub fn error_says(&self, element: &str) -> Option<String> {
        xml::error(&self.text(), |error| xml::child(error, element)).flatten()
    }

    /// Whether its headers declare a web page: for an answer without a body this is the only sign.
    #[must_use]
    pub fn says_html(&self) -> bool {
        page::says_html(&self.headers)
    }

    /// Whether its body is a range of a file: that says nothing, whatever it contains.
    fn is_piece(&self) -> bool {
        self.status == 206 && self.headers.contains_key(CONTENT_RANGE)
    }

    /// Its body as text.
    pub(crate) fn text(&self) -> std::borrow::Cow<'_, str> {
        text(&self.headers, &self.body)
    }

    /// Its JSON, if the vendor reports success.
    pub(crate) fn json(self, step: Step) -> Result<ApiReply, Failure> {
        let Self { status, headers, body, server_unix_time, clock_ahead, room: _room } = self;
        let text = text(&headers, &body);
        let html = is_page(status, &headers, &text);
        // A script that died before its first word. (204 and 205 have no body.)
        if (200..=203).contains(&status) && text.trim().is_empty() && page::says_html(&headers) {
            let what = "an empty web page in place of data";
            return Err(failure::broken_reply(step, status, clock_ahead, what));
        }
        let read = if html { Ok(Value::Null) } else { parse(&text) };
        // A vendor may pass on its storage's refusal unchanged.
        let error = if html || read.is_ok() { None } else { error_document(&text) };
        if (200..300).contains(&status) && !html && error.is_none() {
            return match read {
                Ok(json) => Ok(ApiReply { status, json, server_unix_time, clock_ahead }),
                Err(unread) if unread.cut => Err(failure::cut_reply(step, status, clock_ahead, &unread.what)),
                Err(unread) => Err(failure::broken_reply(step, status, clock_ahead, &unread.what)),
            };
        }
        let (code, message) = match (error, read) {
            (Some(error), _) => (error.code, error.message),
            (None, Ok(json)) => vendor_words(&json),
            (None, Err(_)) => (None, None),
        };
        let redirect = || (300..400).contains(&status).then(|| reply::redirect_target(&headers)).flatten();
        let message = message.or_else(redirect).or_else(|| plain_words(&text));
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

/// A storage's reply to the bytes of a part.
pub(crate) struct SaidToPart {
    pub(crate) html: bool,
    pub(crate) error: crate::storage_error::StorageError,
}

/// Reads a storage's answer to the bytes of a part.
pub(crate) fn said_to_part(status: u16, headers: &HeaderMap, body: &[u8]) -> SaidToPart {
    // A long one is read only in part, and a compressed one may be damaged: what is readable counts.
    let body = unpack(headers, body, LONGEST_TO_PART).bytes;
    let text = text(headers, &body);
    SaidToPart { html: is_page_for_bytes(status, headers, &text), error: storage_error(&text) }
}
