//! Pages of a list: their size, and the encoding of keys.

use crate::storage::query;
use crate::storage::refusal::Refusal;

/// The most ids or keys per page (AWS, "ListParts", "ListMultipartUploads", "ListObjectsV2").
pub(crate) const LONGEST_PAGE: usize = 1000;

/// The requested page size.
pub(crate) fn page_size(pairs: &[(String, String)], name: &'static str) -> Result<usize, Refusal> {
    let Some(text) = query::one(pairs, name) else { return Ok(LONGEST_PAGE) };
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let asked: Option<usize> = text.parse().ok().filter(|n| plain && i32::try_from(*n).is_ok());
    asked.map(|n| n.min(LONGEST_PAGE)).ok_or_else(|| {
        Refusal::argument(format!("{name} must be a whole number from 0 up")).with("ArgumentName", name)
    })
}

/// How keys are written in a list: as they are, or encoded, which is the only way for characters that XML
/// cannot hold.
pub(crate) fn encoding(pairs: &[(String, String)]) -> Result<fn(&str) -> String, Refusal> {
    match query::one(pairs, "encoding-type") {
        None => Ok(str::to_owned),
        Some("url") => Ok(query::encode_path),
        Some(_) => Err(Refusal::argument("Invalid Encoding Method specified in Request")
            .with("ArgumentName", "encoding-type")),
    }
}
