//! What sizes and checksums prove about the bytes that were sent: the rules behind *verified*, pure.
//!
//! Sources: AWS, "Object" (`ETag`) and "Checking object integrity" for when an ETag is an MD5 and how a
//! multipart ETag is computed; RFC 9110, 8.8.3 for its form. Why these rules: docs/decisions.md, "What
//! *verified* needs".

use md5::{Digest, Md5};

use crate::{Etag, FileReceipt, PartReceipt, Strength};

/// What an ETag says about bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It is their MD5.
    Same,
    /// It has the form of an MD5 and differs.
    Other,
    /// It says nothing about them.
    Silent,
}

/// What the provider's report on the whole file proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Size and bytes match what was sent.
    Equal,
    /// Nothing contradicts it.
    Open,
    /// The provider has a file of another size, bytes.
    OtherSize(u64),
}

/// Whether an ETag has the form of a checksum: an MD5, optionally followed by the number of parts.
#[must_use]
pub fn has_form_of_checksum(etag: &str) -> bool {
    is_md5(etag.split_once('-').map_or(etag, |(digits, _)| digits))
}

/// Whether a text has the form of an MD5: 32 hex digits.
#[must_use]
pub fn is_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Parses an MD5 from hex digits.
#[must_use]
pub fn md5_in(text: &str) -> Option<[u8; 16]> {
    is_md5(text).then_some(())?;
    let mut md5 = [0; 16];
    for (byte, digits) in md5.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(md5)
}

/// Formats bytes as lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An ETag without its quotes and weak marker, which belong to the header only (RFC 9110, 8.8.3).
#[must_use]
pub fn bare(etag: &str) -> &str {
    let etag = etag.trim();
    etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"')
}

/// Whether two ETags are equal, in whatever notation.
#[must_use]
pub fn same_etag(one: &str, other: &str) -> bool {
    bare(one).eq_ignore_ascii_case(bare(other))
}

/// What a storage's ETag for a part, or for a file sent whole, says about the bytes that were sent.
#[must_use]
pub fn of_part(etag: Option<&Etag>, md5: &[u8; 16]) -> Proof {
    match etag.and_then(|etag| md5_in(bare(&etag.0))) {
        Some(found) if found == *md5 => Proof::Same,
        Some(_) => Proof::Other,
        None => Proof::Silent,
    }
}

/// The ETag to name for a part at *complete*. If the storage gave none (a proxy may strip it), the MD5 of
/// what was sent: nearly everywhere that is the ETag, and where it is not, the storage refuses it.
#[must_use]
pub fn named_at_complete(receipt: &PartReceipt) -> String {
    receipt.etag.as_ref().map_or_else(|| hex(&receipt.md5), |etag| bare(&etag.0).to_owned())
}

/// The multipart ETag of Amazon and, by custom, compatible storages: the MD5 of the parts' MD5s, and their
/// number.
#[must_use]
pub fn of_parts(parts: &[PartReceipt]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(part.md5);
    }
    format!("{}-{}", hex(&md5.finalize()), parts.len())
}

/// Whether a checksum of the whole matches what was sent: the MD5 of a single part's bytes, or Amazon's MD5
/// of MD5s.
///
/// A mismatch proves nothing by itself, whatever its form: only Amazon defines how its multipart ETags are
/// computed. See [`contradicted_by`].
#[must_use]
pub fn proves_whole(told: &str, parts: &[PartReceipt]) -> bool {
    let told = bare(told);
    let single = match parts {
        [single] => md5_in(told) == Some(single.md5),
        _ => false,
    };
    single || (!parts.is_empty() && told.eq_ignore_ascii_case(&of_parts(parts)))
}

/// Whether a receipt's checksum of the whole matches what was sent. Only checksums that may be built from
/// MD5s are considered ("md5:…", "etag:…"); the algorithm of any other is unknown.
fn proved_by_checksum(receipt: &FileReceipt, parts: &[PartReceipt]) -> bool {
    told_of_whole(receipt).is_some_and(|told| proves_whole(told, parts))
}

fn told_of_whole(receipt: &FileReceipt) -> Option<&str> {
    let told = receipt.checksum.as_deref()?;
    told.strip_prefix("md5:").or_else(|| told.strip_prefix("etag:"))
}

/// Judges the provider's report on the whole file: its size, and its bytes, proved either part by part or by
/// a checksum of the whole.
#[must_use]
pub fn verdict(receipt: &FileReceipt, size: u64, parts: &[PartReceipt]) -> Verdict {
    if let Some(other) = receipt.size.filter(|told| *told != size) {
        return Verdict::OtherSize(other);
    }
    let part_by_part = receipt.strength != Strength::Unproved && parts.iter().all(|part| part.compared);
    if receipt.size.is_some() && (part_by_part || proved_by_checksum(receipt, parts)) {
        Verdict::Equal
    } else {
        Verdict::Open
    }
}

/// Whether the storage computes multipart ETags in Amazon's way: its checksum of this receipt's file is the
/// MD5 of the parts' MD5s. Takes at least two parts, because a single part's ETag may be the plain MD5 of its
/// bytes.
#[must_use]
pub fn shows_amazons_way(receipt: &FileReceipt, parts: &[PartReceipt]) -> bool {
    let whole = told_of_whole(receipt);
    parts.len() > 1 && whole.is_some_and(|told| bare(told).eq_ignore_ascii_case(&of_parts(parts)))
}

/// The checksum of the whole that contradicts what was sent, for a storage known to compute it in Amazon's
/// way ([`shows_amazons_way`]): every part was compared and equal, but the result has another checksum of
/// that form.
///
/// An unknown storage is contradicted by nothing, nor is one that encrypts: its parts' ETags are no MD5s.
#[must_use]
pub fn contradicted_by<'a>(receipt: &'a FileReceipt, parts: &[PartReceipt]) -> Option<&'a str> {
    let told = bare(told_of_whole(receipt)?);
    let (digits, count) = told.split_once('-')?;
    let of_that_form = is_md5(digits) && !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    let compared = receipt.strength == Strength::Confirmed && parts.iter().all(|part| part.compared);
    (of_that_form && compared && !proves_whole(told, parts)).then_some(told)
}

/// Whether size and checksum of the file at the destination prove that it is what was sent, no matter who put
/// it there.
#[must_use]
pub fn is_that_file(receipt: &FileReceipt, size: u64, parts: &[PartReceipt]) -> bool {
    receipt.size == Some(size) && proved_by_checksum(receipt, parts)
}

/// Whether a listed part with this size and ETag is the one of a receipt. The ETag is an identifier, not a
/// checksum: it must equal the one that was given. If none was given, a listed ETag in the form of an MD5
/// must be that of what was sent. If none is listed, only the size counts, and if that is missing too, the
/// part passes.
#[must_use]
pub fn is_listed(size: Option<u64>, etag: Option<&Etag>, receipt: &PartReceipt) -> bool {
    let marked = match (etag, &receipt.etag) {
        (None, _) => true,
        (Some(told), Some(given)) => same_etag(&told.0, &given.0),
        (Some(_), None) => of_part(etag, &receipt.md5) != Proof::Other,
    };
    size.is_none_or(|size| size == receipt.size) && marked
}
