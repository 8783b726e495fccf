//! S3's `<Error>` document, as far as it is needed.
//!
//! Four flat elements of a reply of at most 64 KiB are looked up, so a scan serves: a whole XML parser would be one more reader
//! of untrusted input, for nothing. What the scan does not find is simply not there; nothing depends on its being complete.

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
    Some(plain.trim().to_owned()).filter(|plain| !plain.is_empty())
}
