//! The storage's error bodies: XML as S3 writes it.

use axum::body::Body;
use http::{Response, StatusCode, header};
use jiff::Timestamp;

use super::xml::tag;
use crate::clock::iso_seconds;
use crate::random::random_hex;

/// One refusal: status, code, sentence, and further elements of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) more: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal without further elements.
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), more: Vec::new() }
    }

    /// Adds an element to the body.
    #[must_use]
    pub(crate) fn with(mut self, tag: &'static str, text: impl Into<String>) -> Self {
        self.more.push((tag, text.into()));
        self
    }

    /// 400 with S3's code for an invalid argument.
    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", message)
    }

    /// 403 for an expired link.
    pub(crate) fn expired(life: u64, ended: Timestamp, now: Timestamp) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDenied", "Request has expired")
            .with("X-Amz-Expires", life.to_string())
            .with("Expires", iso_seconds(ended))
            .with("ServerTime", iso_seconds(now))
    }

    /// 404 for an upload that no longer exists, or never did.
    pub(crate) fn no_such_upload(upload: &str) -> Self {
        let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
        Self::new(StatusCode::NOT_FOUND, "NoSuchUpload", message).with("UploadId", upload)
    }

    /// 500 for an internal error of the sandbox.
    pub(crate) fn broken(e: &std::io::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", e.to_string())
    }

    /// 501 for a header or a parameter that asks for something that is not implemented.
    pub(crate) fn not_implemented(what: &'static str, name: impl Into<String>) -> Self {
        let message =
            format!("A {} you provided implies functionality that is not implemented", what.to_lowercase());
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message).with(what, name)
    }

    /// 400 for a body that is not the expected XML.
    pub(crate) fn malformed_xml() -> Self {
        let message =
            "The XML you provided was not well-formed or did not validate against our published schema";
        Self::new(StatusCode::BAD_REQUEST, "MalformedXML", message)
    }

    /// 400 for a body whose SHA-256 differs from the signed one.
    pub(crate) fn other_sha256() -> Self {
        let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
        Self::new(StatusCode::BAD_REQUEST, "XAmzContentSHA256Mismatch", message)
    }

    /// 412 for a condition that does not hold.
    pub(crate) fn precondition(condition: &'static str) -> Self {
        let message = "At least one of the pre-conditions you specified did not hold";
        Self::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message).with("Condition", condition)
    }

    /// The body.
    pub(crate) fn xml(&self) -> String {
        let more: String = self.more.iter().map(|(name, text)| tag(name, text)).collect();
        let (code, message) = (tag("Code", self.code), tag("Message", &self.message));
        let id = tag("RequestId", random_hex(8).to_uppercase());
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>{code}{message}{more}{id}<HostId>sandbox</HostId></Error>"
        )
    }

    /// The response. It closes the connection, since the rest of the request may be unread.
    pub(crate) fn response(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.xml()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/xml"));
        headers.insert(header::CONNECTION, http::HeaderValue::from_static("close"));
        response
    }
}
