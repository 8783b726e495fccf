//! An object as its storage shows it, and whether it is what was sent.

use partway_core::{Etag, PartReceipt};
use partway_http::ApiAnswer;

use super::session::Kept;
use crate::etag;

/// Two clocks of one storage may differ by so many seconds.
const SKEW: u64 = 2;

/// What a HEAD tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Object {
    /// Bytes.
    pub(crate) size: Option<u64>,
    /// Its ETag; `None` where it has none, or where a server-side key makes it something else than a checksum.
    pub(crate) etag: Option<Etag>,
    /// When it was written, Unix seconds; of an object of several parts, when its upload began.
    pub(crate) modified: Option<u64>,
}

/// What an ETag says of what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// It is the checksum of what was sent.
    Same,
    /// It is the checksum of something else.
    Other,
    /// It is no checksum that can be computed here.
    CannotSay,
}

impl Object {
    /// From the headers of the answer to a HEAD, or to a GET of its first byte.
    pub(crate) fn read(answer: &ApiAnswer) -> Self {
        let header = |name| answer.headers.get(name)?.to_str().ok();
        let size = match header("content-range") {
            Some(range) => range.rsplit('/').next(),
            None => header("content-length"),
        };
        Self {
            size: size.and_then(|size| size.parse().ok()),
            etag: answer.etag().filter(|_| !answer.is_encrypted()),
            modified: header("last-modified").and_then(partway_core::http_date),
        }
    }

    /// Whether this upload may have brought it: it has the file's size, and is not known to be older.
    pub(crate) fn may_be(&self, kept: &Kept) -> bool {
        let older = kept.began.zip(self.modified).is_some_and(|(began, written)| written + SKEW < began);
        self.size == Some(kept.size) && !older
    }

    /// Its ETag and the MD5 that this is, where it is one.
    pub(crate) fn md5(&self) -> Option<(Etag, [u8; 16])> {
        let etag = self.etag.as_ref()?;
        let md5 = hex::decode(&etag.0).ok()?.try_into().ok()?;
        Some((etag.clone(), md5))
    }
}

/// Compares an object's ETag with what was sent: the MD5 of one PUT, or by custom the MD5 of the parts' MD5s and their number
/// (AWS, "Checking object integrity": "ETags for multipart uploads").
pub(crate) fn compare(etag: Option<&Etag>, receipts: &[PartReceipt], in_parts: bool) -> Match {
    let Some(Etag(found)) = etag else { return Match::CannotSay };
    let found = found.to_ascii_lowercase();
    let has_form = match found.split_once('-') {
        Some((digits, number)) => in_parts && is_md5(digits) && number.parse::<u32>().is_ok(),
        None => !in_parts && is_md5(&found),
    };
    match (has_form, checksum(receipts, in_parts)) {
        (true, Some(due)) if found == due => Match::Same,
        (true, Some(_)) => Match::Other,
        _ => Match::CannotSay,
    }
}

/// The ETag that is due.
pub(crate) fn checksum(receipts: &[PartReceipt], in_parts: bool) -> Option<String> {
    match receipts {
        [] => None,
        parts if in_parts => Some(etag::of_whole(parts)),
        [one] => Some(etag::hex(&one.md5)),
        _ => None,
    }
}

pub(crate) fn is_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use md5::{Digest, Md5};
    use partway_core::PartNumber;

    use super::*;

    fn receipts(count: u32) -> Vec<PartReceipt> {
        let part = |number| PartReceipt {
            number: PartNumber::new(number).unwrap(),
            size: 5,
            md5: Md5::digest(number.to_string()).into(),
            etag: None,
            compared: true,
        };
        (1..=count).map(part).collect()
    }

    fn said(etag: &str, count: u32, in_parts: bool) -> Match {
        compare(Some(&Etag(etag.to_owned())), &receipts(count), in_parts)
    }

    #[test]
    fn the_custom_of_s3_is_computed() {
        // printf 1 | md5sum and so on; `printf 1 | openssl md5 -binary; printf 2 | openssl md5 -binary` piped into md5sum.
        assert_eq!(checksum(&receipts(1), false).unwrap(), "c4ca4238a0b923820dcc509a6f75849b");
        assert_eq!(checksum(&receipts(2), true).unwrap(), "62be021ce84139205cdaf464abcd82ff-2");
        assert_eq!(checksum(&[], true), None);
    }

    #[test]
    fn an_etag_is_the_same_another_or_says_nothing() {
        let due = checksum(&receipts(2), true).unwrap();
        assert_eq!(said(&due, 2, true), Match::Same);
        assert_eq!(said(&due.to_uppercase(), 2, true), Match::Same);
        assert_eq!(said("c4ca4238a0b923820dcc509a6f75849b-2", 2, true), Match::Other);
        assert_eq!(said("c4ca4238a0b923820dcc509a6f75849b", 1, false), Match::Same);
        assert_eq!(said("c81e728d9d4c2f636f067f89cc14862c", 1, false), Match::Other);
        // Google's form, a whole file's MD5 for several parts, a version's number.
        for etag in ["-CKicn4fknIwDEAE=", "c4ca4238a0b923820dcc509a6f75849b", "v1", ""] {
            assert_eq!(said(etag, 2, true), Match::CannotSay, "{etag}");
        }
        assert_eq!(said("c4ca4238a0b923820dcc509a6f75849b-1", 1, false), Match::CannotSay);
        assert_eq!(compare(None, &receipts(1), false), Match::CannotSay);
        assert_eq!(compare(Some(&Etag(due)), &[], true), Match::CannotSay);
    }
}
