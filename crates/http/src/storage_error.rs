//! S3's `<Error>` document, as far as it is needed.
//!
//! Four flat elements of a reply of at most 64 KiB are looked up, so a scan serves: a whole XML parser would be one more reader
//! of untrusted input, for nothing. What the scan does not find is simply not there; nothing depends on its being complete.

use http::HeaderMap;
use partway_core::{Answer, Failure, Step};

use crate::redact::redact_text;
use crate::{failure, reply};

/// What the storage said of a part that it refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StorageError {
    /// `<Code>`.
    pub(crate) code: Option<String>,
    /// `<Message>`.
    pub(crate) message: Option<String>,
    /// `<HeadersNotSigned>`: the header that the link does not allow.
    pub(crate) headers_not_signed: Option<String>,
    /// `<ServerTime>`, Unix seconds.
    pub(crate) server_time: Option<u64>,
}

/// Reads the `<Error>` document of a reply; all is `None` where it is none.
pub(crate) fn storage_error(body: &[u8]) -> StorageError {
    let text = String::from_utf8_lossy(body);
    let Some(error) = text.find("<Error>").map(|at| &text[at..]) else { return StorageError::default() };
    StorageError {
        code: element(error, "Code"),
        message: element(error, "Message"),
        headers_not_signed: element(error, "HeadersNotSigned"),
        server_time: element(error, "ServerTime").and_then(|time| {
            let time: jiff::Timestamp = time.parse().ok()?;
            u64::try_from(time.as_second()).ok()
        }),
    }
}

/// What a storage's answer means that was not the one hoped for.
pub(crate) fn refusal(
    step: Step,
    status: u16,
    headers: &HeaderMap,
    html: bool,
    said: &StorageError,
    clock_ahead: Option<i64>,
) -> Failure {
    let message = match (&said.message, &said.headers_not_signed) {
        (Some(message), Some(header)) => Some(format!("{message} (header {header})")),
        (None, Some(header)) => Some(format!("header {header}")),
        (Some(message), None) => Some(message.clone()),
        (None, None) if (300..400).contains(&status) => reply::redirect_target(headers),
        (None, None) => None,
    };
    let answer = Answer {
        status,
        code: said.code.as_deref(),
        message: message.as_deref(),
        html,
        retry_after: reply::retry_after(headers),
    };
    failure::from_answer(step, &answer, clock_ahead)
}

fn element(text: &str, name: &str) -> Option<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let start = text.find(&open)? + open.len();
    let end = text[start..].find(&close)?;
    let plain = text[start..start + end]
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&"); // last, or "&amp;lt;" would be read twice
    // A storage may quote the link that it refused, and a link is a password.
    Some(redact_text(plain.trim())).filter(|plain| !plain.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_link_in_a_message_loses_its_signature() {
        let said = storage_error(
            b"<Error><Code>AccessDenied</Code><Message>no PUT https://h/o?X-Amz-Date=1&amp;X-Amz-Signature=abc here</Message></Error>",
        );
        let message = said.message.unwrap();
        assert!(!message.contains("X-Amz-Signature") && !message.contains("abc"), "{message}");
        assert!(message.contains("https://h/o") && message.ends_with("here"), "{message}");
    }

    #[test]
    fn the_four_elements_are_read() {
        let said = storage_error(
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code>\
              <Message>a &lt;b&gt; &amp;lt; c</Message><HeadersNotSigned> x-amz-acl </HeadersNotSigned>\
              <ServerTime>2024-05-01T10:00:00.123Z</ServerTime></Error>",
        );
        assert_eq!(
            said,
            StorageError {
                code: Some("AccessDenied".to_owned()),
                message: Some("a <b> &lt; c".to_owned()),
                headers_not_signed: Some("x-amz-acl".to_owned()),
                server_time: Some(1_714_557_600),
            }
        );
    }

    #[test]
    fn what_is_no_error_document_says_nothing() {
        for body in
            ["", "<Code>x</Code>", "{\"error\":1}", "<Error><Code>cut", "<Error><Code></Code></Error>"]
        {
            assert_eq!(storage_error(body.as_bytes()), StorageError::default(), "{body}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_stumble(body: Vec<u8>, text in "(<Error>|<Code>|</Code>|ä|<){0,12}") {
            storage_error(&body);
            storage_error(text.as_bytes());
        }
    }
}
