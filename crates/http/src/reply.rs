//! What an answer's head and body say: its time, whether it is HTML, how long to wait, in whose words.

use http::HeaderMap;
use http::header::{CONTENT_TYPE, DATE, ETAG, LOCATION, RETRY_AFTER};
use partway_core::Etag;
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

/// The ETag, without quotes and without a leading `W/`.
pub(crate) fn etag(headers: &HeaderMap) -> Option<Etag> {
    let value = headers.get(ETAG)?.to_str().ok()?.trim();
    let bare = value.strip_prefix("W/").unwrap_or(value).trim_matches('"');
    (!bare.is_empty()).then(|| Etag(bare.to_owned()))
}

pub(crate) fn is_md5(etag: &Etag) -> bool {
    etag.0.len() == 32 && etag.0.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// With KMS or a customer's key the ETag is 32 hex digits all the same, but no MD5 (AWS, "Object": ETag).
pub(crate) fn is_encrypted(headers: &HeaderMap) -> bool {
    headers.contains_key("x-amz-server-side-encryption-customer-algorithm")
        || headers
            .get("x-amz-server-side-encryption")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("aws:kms"))
}

/// Code and message of a vendor's error reply, read leniently:
/// `{success:false, error, message?, code?}` (AutoRender), `{errors:[…], messages:[…]}` (Gjirafa), `{errors}`, `{error}`, `{message}`
/// (Record360), `{error:{code,message}}`, and `{title, errors:{field:[…]}}` (RFC 9457, as .NET and Rails fill it).
#[must_use]
pub fn vendor_words(json: &Value) -> (Option<String>, Option<String>) {
    let nested = &json["error"];
    let errors = &json["errors"];
    let first = errors.as_array().and_then(|list| list.first()).unwrap_or(errors);
    let message = ["message", "error", "errors", "messages", "detail", "title"]
        .into_iter()
        .find_map(|name| said(&json[name]));
    // Where both are there, `error` is the code and `message` the words.
    let named = if json["message"].is_string() { nested } else { &Value::Null };
    let code = [&json["code"], &nested["code"], &first["code"], named].into_iter().find_map(line);
    (code, message)
}

/// More of what a vendor says at once nobody reads.
const MOST_SENTENCES: usize = 5;

/// Words in any of the forms in which they come: a line, a list of them, an object with a message, a list of lines for each field.
fn said(value: &Value) -> Option<String> {
    let sentences: Vec<String> = match value {
        Value::Array(list) => list.iter().filter_map(said).take(MOST_SENTENCES).collect(),
        Value::Object(object) => {
            let message =
                ["message", "description", "detail"].into_iter().find_map(|name| line(&value[name]));
            let lists = || object.iter().filter(|(_, value)| value.is_array());
            let fields = || lists().filter_map(|(name, value)| Some(format!("{name}: {}", said(value)?)));
            message.map_or_else(|| fields().take(MOST_SENTENCES).collect(), |message| vec![message])
        }
        single => line(single).into_iter().collect(),
    };
    (!sentences.is_empty()).then(|| redact_text(&sentences.join("; ")))
}

fn line(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(redact_text(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
