//! The one place that builds an HTTP client: TLS, redaction, error to retry class.
//!
//! Two clients, because they must not share anything: [`ApiClient`] carries keys to the vendor's host, [`PartClient`]
//! carries bytes to presigned URLs and never sees a key. Neither follows a redirect, repeats a request or looks up a proxy.

mod api;
mod body;
mod call;
mod failure;
mod json;
mod options;
mod part;
mod pool;
mod redact;
mod reply;
mod storage_error;
mod tls;
mod wire;

pub use api::{ApiClient, without_key};
pub use call::{ApiAnswer, ApiCall, ApiReply, KeyHeader, Payload, Xml};
pub use failure::{broken_reply, from_answer};
pub use options::{Clock, HttpError, HttpOptions};
pub use part::{PartClient, PutAnswer, PutFailure};
pub use redact::{redact, redact_text};
pub use reply::vendor_words;
