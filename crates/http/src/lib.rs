//! The one place that builds an HTTP client: TLS, redaction, error to retry class.
//!
//! There are two clients, because they must share nothing: [`ApiClient`] carries keys to the vendor's host,
//! [`PartClient`] carries bytes to presigned URLs and never sees a key. Neither follows a redirect or looks
//! up a proxy. Neither retries a request, except at once on a new connection if an idle one turned out to be
//! closed, and never a request that must not be sent twice.

mod acknowledged;
mod api;
mod body;
mod call;
mod clients;
mod coding;
mod failure;
mod json;
mod kept;
mod kernel;
mod mend;
mod number;
mod options;
mod page;
mod part;
mod pool;
mod prolog;
mod redact;
mod reply;
mod roots;
mod route;
mod speaks;
mod storage_error;
mod tcp;
mod text;
mod tls;
mod transport;
mod unpooled;
mod wire;
mod words;
pub mod xml;

pub use acknowledged::Acknowledged;
pub use api::{ApiClient, without_key};
pub use call::{ApiAnswer, ApiCall, ApiReply, KeyHeader, Payload, Xml};
pub use clients::{Clients, Pair};
pub use failure::{broken_reply, cut_reply, from_answer};
pub use number::long_number;
pub use options::{Clock, HttpError, HttpOptions};
pub use part::{PartClient, PutAnswer, PutFailure};
pub use pool::PART_BUFFER;
pub use redact::{redact, redact_text};
pub use roots::{MOST_ROOTS_TEXT, RootsError, roots};
pub use words::{says_no, truth, vendor_words};
pub use xml::Read;
