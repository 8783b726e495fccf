//! Storage's error bodies: XML as S3 writes it.

use axum::body::Body;
use http::{Response, StatusCode, header};
use jiff::Timestamp;

use crate::clock::iso_seconds;
use crate::settings::random_hex;

/// One refusal: status, code, sentence, and what else stands in the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) more: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal without anything else.
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), more: Vec::new() }
    }

    /// With another element in the body.
    #[must_use]
    pub(crate) fn with(mut self, tag: &'static str, text: impl Into<String>) -> Self {
        self.more.push((tag, text.into()));
        self
    }

    /// 400 with S3's code for an argument that makes no sense.
    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", message)
    }

    /// 403 for a link whose life is over.
    pub(crate) fn expired(life: u64, ended: Timestamp, now: Timestamp) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDenied", "Request has expired")
            .with("X-Amz-Expires", life.to_string())
            .with("Expires", iso_seconds(ended))
            .with("ServerTime", iso_seconds(now))
    }

    /// 404 for an upload that is not there any more, or never was.
    pub(crate) fn no_such_upload(upload: &str) -> Self {
        let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
        Self::new(StatusCode::NOT_FOUND, "NoSuchUpload", message).with("UploadId", upload)
    }

    /// The response. The connection ends with it, since the rest of the request was perhaps not read.
    pub(crate) fn response(&self) -> Response<Body> {
        let more: String =
            self.more.iter().map(|(tag, text)| format!("<{tag}>{}</{tag}>", escape(text))).collect();
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>{more}<RequestId>{}</RequestId><HostId>sandbox</HostId></Error>",
            self.code,
            escape(&self.message),
            random_hex(8).to_uppercase(),
        );
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/xml"));
        headers.insert(header::CONNECTION, http::HeaderValue::from_static("close"));
        response
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_message_stays_text() {
        assert_eq!(escape("<a b=\"c\">&"), "&lt;a b=&quot;c&quot;&gt;&amp;");
    }
}
