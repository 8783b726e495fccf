//! What an answer's head and body say: its time, whether it is HTML, how long to wait, in whose words.

use http::HeaderMap;
use http::header::{CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER};
use serde_json::Value;

use crate::redact::{redact, redact_text};

/// The server's clock by its `Date` header, Unix seconds.
pub(crate) fn server_time(headers: &HeaderMap) -> Option<u64> {
    partway_core::http_date(headers.get(DATE)?.to_str().ok()?)
}

/// `Retry-After`, read against the server's own clock; without a `Date` only its form in seconds is understood.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<std::time::Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    partway_core::retry_after(value, server_time(headers).unwrap_or(u64::MAX))
}

/// Whether a page for people came: by its type, or because it begins like one (XML begins with `<?xml`, S3's also with `<Error`).
pub(crate) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let declared = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let text = String::from_utf8_lossy(&body[..body.len().min(512)]);
    let start = text.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    let page = start.starts_with("<!doctype html") || start.starts_with("<html");
    page || (declared.to_ascii_lowercase().starts_with("text/html") && !start.starts_with("<?xml"))
}

/// Where an unwanted redirect points, without its query.
pub(crate) fn redirect_target(headers: &HeaderMap) -> Option<String> {
    let location = headers.get(LOCATION)?.to_str().ok()?;
    Some(format!("it wants to send us on to {}", redact(location)))
}

/// Code and message of a vendor's error reply, read leniently:
/// `{success:false, error, message?, code?}` (AutoRender), `{errors}` (Gjirafa, Record360), `{error:{code,message}}`.
#[must_use]
pub fn vendor_words(json: &Value) -> (Option<String>, Option<String>) {
    let nested = &json["error"];
    let first = match &json["errors"] {
        Value::Array(list) => list.first().unwrap_or(&Value::Null),
        other => other,
    };
    let text = |value: &Value| match value {
        Value::String(text) if !text.trim().is_empty() => Some(redact_text(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let message = [&json["message"], nested, &nested["message"], first, &first["message"], &json["detail"]]
        .into_iter()
        .find_map(text);
    // Where both are there, `error` is the code and `message` the words.
    let named = if json["message"].is_string() { nested } else { &Value::Null };
    let code = [&json["code"], &nested["code"], &first["code"], named].into_iter().find_map(text);
    (code, message)
}
