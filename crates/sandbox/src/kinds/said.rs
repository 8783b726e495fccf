//! The answer to a call: a status, a JSON or XML body, and headers.

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::Value;

/// The size of `json-huge`: a gigabyte, in blocks of a mebibyte.
const HUGE_BLOCKS: usize = 1024;
const JSON_BEGINS: &str = r#"{"success":true,"session_id":"huge","part_size":1,"parts":[""#;
const JSON_ENDS: &str = r#""]}"#;
const XML_BEGINS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Result><UploadId>";
const XML_ENDS: &str = "</UploadId></Result>";

/// A vendor's answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) words: Words,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

/// The body of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Words {
    Json(Value),
    /// Serialized JSON or XML, with its type.
    Text(&'static str, String),
    None,
}

impl Said {
    /// JSON with a status.
    pub(crate) fn json(status: u16, value: Value) -> Self {
        Self { status, words: Words::Json(value), headers: Vec::new() }
    }

    /// A status without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, words: Words::None, headers: Vec::new() }
    }

    /// The same with its JSON changed; an empty body counts as `null`.
    #[must_use]
    pub(crate) fn change(mut self, change: impl FnOnce(Value) -> Value) -> Self {
        self.words = match self.words {
            Words::Json(value) => Words::Json(change(value)),
            Words::None => Words::Json(change(Value::Null)),
            text @ Words::Text(..) => text,
        };
        self
    }

    /// The first half of it.
    #[must_use]
    pub(crate) fn cut(mut self) -> Self {
        let (kind, mut text) = match self.words {
            Words::Json(value) => ("application/json", value.to_string()),
            Words::Text(kind, text) => (kind, text),
            Words::None => return self,
        };
        text.truncate(text.floor_char_boundary(text.len() / 2));
        self.words = Words::Text(kind, text);
        self
    }

    /// The HTTP response.
    pub(crate) fn response(self) -> Response<Body> {
        let mut response = match self.words {
            Words::Json(value) => json(self.status, Body::from(value.to_string())),
            Words::Text(kind, text) => {
                let mut response = json(self.status, Body::from(text));
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
                response
            }
            Words::None => {
                let mut response = json(self.status, Body::empty());
                response.headers_mut().remove(header::CONTENT_TYPE);
                response
            }
        };
        response.headers_mut().extend(self.headers);
        response
    }
}

/// A JSON response.
pub(crate) fn json(status: u16, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A gigabyte that begins like a reply and is valid until its end.
pub(crate) fn huge(instead_of: &Said) -> Response<Body> {
    let (kind, begin, end) = match instead_of.words {
        Words::Text(kind, _) => (kind, XML_BEGINS, XML_ENDS),
        _ => ("application/json", JSON_BEGINS, JSON_ENDS),
    };
    let block = Bytes::from(vec![b'a'; 1024 * 1024]);
    let all = std::iter::once(Bytes::from_static(begin.as_bytes()))
        .chain(std::iter::repeat_n(block, HUGE_BLOCKS))
        .chain(std::iter::once(Bytes::from_static(end.as_bytes())));
    let mut response = json(200, Body::from_stream(stream::iter(all.map(Ok::<_, std::convert::Infallible>))));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
