//! A storage's error: S3's `<Error>`, or another's JSON or plain text.

use http::HeaderMap;
use partway_core::{Answer, Failure, Step};
use serde_json::Value;

use crate::json::parse;
use crate::redact::redact_text;
use crate::words::{plain_words, says_no, vendor_words};
use crate::{failure, reply, xml};

/// What the storage said about a refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StorageError {
    /// Whether it is an error, whatever the status: S3 sends `<Error>` with 200, too.
    pub(crate) is_no: bool,
    /// `<Code>`.
    pub(crate) code: Option<String>,
    /// `<Message>`.
    pub(crate) message: Option<String>,
    /// `<HeadersNotSigned>`: the header that the link does not allow.
    pub(crate) headers_not_signed: Option<String>,
    /// `<ServerTime>`, Unix seconds.
    pub(crate) server_time: Option<u64>,
}

/// Reads a storage's error: an `<Error>`, else JSON, else plain text that is no web page.
pub(crate) fn storage_error(text: &str) -> StorageError {
    if let Some(error) = error_document(text) {
        return error;
    }
    if xml::is_error(text) {
        return StorageError { is_no: true, ..StorageError::default() };
    }
    match parse(text) {
        Ok(Value::Null) => StorageError::default(),
        Ok(json) => {
            let (code, message) = vendor_words(&json);
            StorageError { is_no: says_no(&json), code, message, ..StorageError::default() }
        }
        Err(_) => StorageError { message: plain_words(text), ..StorageError::default() },
    }
}

/// The `<Error>` of a reply.
pub(crate) fn error_document(text: &str) -> Option<StorageError> {
    xml::error(text, |error| {
        // A storage may quote the link that it refused, and a link is as sensitive as a password.
        let said =
            |name| xml::child(error, name).map(|said| redact_text(&said)).filter(|said| !said.is_empty());
        StorageError {
            is_no: true,
            code: said("Code"),
            message: said("Message"),
            headers_not_signed: said("HeadersNotSigned"),
            server_time: said("ServerTime").and_then(|time| {
                let time: jiff::Timestamp = time.parse().ok()?;
                u64::try_from(time.as_second()).ok()
            }),
        }
    })
}

/// The failure for a storage's error.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_link_in_a_message_loses_its_signature() {
        let said = storage_error(
            "<Error><Code>AccessDenied</Code><Message>no PUT https://h/o?X-Amz-Date=1&amp;X-Amz-Signature=abc here</Message></Error>",
        );
        let message = said.message.unwrap();
        assert!(!message.contains("X-Amz-Signature") && !message.contains("abc"), "{message}");
        assert!(message.contains("https://h/o") && message.ends_with("here"), "{message}");
    }

    #[test]
    fn the_four_elements_are_read() {
        let said = storage_error(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code>\
              <Message>a &lt;b&gt; &amp;lt; c</Message><HeadersNotSigned> x-amz-acl </HeadersNotSigned>\
              <ServerTime>2024-05-01T10:00:00.123Z</ServerTime></Error>",
        );
        assert_eq!(
            said,
            StorageError {
                is_no: true,
                code: Some("AccessDenied".to_owned()),
                message: Some("a <b> &lt; c".to_owned()),
                headers_not_signed: Some("x-amz-acl".to_owned()),
                server_time: Some(1_714_557_600),
            }
        );
    }

    #[test]
    fn an_error_is_a_no_also_where_it_says_nothing() {
        for body in [
            "<Error><Code></Code></Error>",
            "<Error xmlns='x'/>",
            "<Error><Code>&",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><Error>&b;</Error>",
        ] {
            let said = storage_error(body);
            assert!(said.is_no && said.code.is_none() && said.message.is_none(), "{body}: {said:?}");
        }
    }

    #[test]
    fn a_storage_that_speaks_json_or_plainly_is_understood_too() {
        let json =
            storage_error(r#"{"statusCode":"403","error":"InvalidSignature","message":"it does not match"}"#);
        assert_eq!(
            (json.code.as_deref(), json.message.as_deref()),
            (Some("InvalidSignature"), Some("it does not match"))
        );
        assert!(json.is_no);
        for yes in [
            "",
            "<Code>x</Code>",
            r#"{"kind":"storage#object","etag":"a"}"#,
            r#"{"error":null,"message":"stored"}"#,
            "OK",
            "[]",
            "1",
        ] {
            assert!(!storage_error(yes).is_no, "{yes}");
        }
        assert_eq!(storage_error("The disk is full").message.as_deref(), Some("The disk is full"));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_stumble(body: String, text in "(<Error>|<Code>|</Code>|ä|<){0,12}") {
            storage_error(&body);
            storage_error(&text);
        }
    }
}
