//! S3's answers: XML, and how to corrupt it.

use http::StatusCode;

use crate::faults::effect::Reply;
use crate::faults::step::Step;
use crate::kinds::said::{Said, Words};
use crate::kinds::vendor::No;
use crate::storage::refusal::Refusal;
use crate::storage::xml;

/// A document with this root.
pub(crate) fn said(root: &str, inside: &str) -> Said {
    text(200, xml::document(root, inside))
}

fn text(status: u16, text: String) -> Said {
    Said { status, words: Words::Text("application/xml", text), headers: Vec::new() }
}

/// A refusal. The generic words of calls and faults are translated to S3's.
pub(crate) fn refusal(no: &No) -> Said {
    let (status, code) = match no.code {
        "length_required" => (411, "MissingContentLength"),
        "payload_too_large" => (400, "MaxMessageLengthExceeded"),
        "internal_error" => (500, "InternalError"),
        // S3 has no 401: an unknown key is forbidden.
        "unauthorized" => (403, "InvalidAccessKeyId"),
        "quota_exceeded" => (no.status, "QuotaExceeded"),
        code => (no.status, code),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let refusal = Refusal { status, code, message: no.message.clone(), more: no.more.clone() };
    text(status.as_u16(), refusal.xml())
}

/// Corrupts a reply. Missing or changed parts of a list were produced with the list.
pub(crate) fn spoil(said: Said, step: Step, how: Reply) -> Said {
    match how {
        Reply::ErrorWith200 => {
            let message = "We encountered an internal error. Please try again.";
            Said { status: 200, ..refusal(&No::new(500, "InternalError", message)) }
        }
        // Well-formed, with an element where text is expected.
        Reply::WrongTypes => {
            let root = match step {
                Step::Start => "InitiateMultipartUploadResult",
                Step::Complete => "CompleteMultipartUploadResult",
                Step::List => "ListPartsResult",
                Step::Uploads => "ListMultipartUploadsResult",
                _ => return said,
            };
            let wrong = |name: &str| format!("<{name}><Value>17</Value></{name}>");
            let names = ["UploadId", "Key", "ETag", "Part", "Upload", "IsTruncated"];
            self::said(root, &names.map(wrong).concat())
        }
        Reply::OtherDocument => self::said("ListBucketResult", "<Name>sandbox</Name>"),
        _ => said,
    }
}
