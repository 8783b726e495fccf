//! What sizes and checksums prove of the bytes that were sent: the rules behind *verified*, pure.
//!
//! Sources: AWS, "Object" (`ETag`) and "Checking object integrity" for when an ETag is an MD5 and how that of an object in parts is
//! made; RFC 9110, 8.8.3 for its form. Why these rules: docs/decisions.md, "What *verified* needs".

use md5::{Digest, Md5};

use crate::{Etag, FileReceipt, PartReceipt, Strength};

/// What an ETag says of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It is their MD5.
    Same,
    /// It has the form of an MD5 and is another.
    Other,
    /// It says nothing of them.
    Silent,
}

/// What the vendor's word on the whole file proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Size and bytes are those that were sent.
    Equal,
    /// Nothing speaks against it.
    Open,
    /// The vendor has a file of another size, bytes.
    OtherSize(u64),
}

/// Whether an ETag has the form of a checksum: an MD5, or one with the number of parts after it.
#[must_use]
pub fn has_form_of_checksum(etag: &str) -> bool {
    is_md5(etag.split_once('-').map_or(etag, |(digits, _)| digits))
}

/// Whether a text has the form of an MD5: 32 hex digits.
#[must_use]
pub fn is_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The MD5 that a text of hex digits is.
#[must_use]
pub fn md5_in(text: &str) -> Option<[u8; 16]> {
    is_md5(text).then_some(())?;
    let mut md5 = [0; 16];
    for (byte, digits) in md5.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(md5)
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An ETag without the quotes and the mark of a weak one, which belong to the header only (RFC 9110, 8.8.3).
#[must_use]
pub fn bare(etag: &str) -> &str {
    let etag = etag.trim();
    etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"')
}

/// Whether two ETags are one, however they are written.
#[must_use]
pub fn same_etag(one: &str, other: &str) -> bool {
    bare(one).eq_ignore_ascii_case(bare(other))
}

/// What the ETag that a storage gave for a part, or for a file that came whole, says of the bytes that were sent.
#[must_use]
pub fn of_part(etag: Option<&Etag>, md5: &[u8; 16]) -> Proof {
    match etag.and_then(|etag| md5_in(bare(&etag.0))) {
        Some(found) if found == *md5 => Proof::Same,
        Some(_) => Proof::Other,
        None => Proof::Silent,
    }
}

/// The ETag that *complete* names for a part. Where the storage gave none (a proxy may cut it out), the MD5 of what was sent: it is
/// that nearly everywhere, and where it is not, the storage refuses it.
#[must_use]
pub fn named_at_complete(receipt: &PartReceipt) -> String {
    receipt.etag.as_ref().map_or_else(|| hex(&receipt.md5), |etag| bare(&etag.0).to_owned())
}

/// The ETag that Amazon, and by custom its kin, give what is put together from parts: the MD5 of their MD5s, and their number.
#[must_use]
pub fn of_parts(parts: &[PartReceipt]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(part.md5);
    }
    format!("{}-{}", hex(&md5.finalize()), parts.len())
}

/// Whether a checksum of the whole is that of what was sent: the MD5 of the one part's bytes, or Amazon's MD5 of as many MD5s.
///
/// One that is *not* says nothing by itself, whatever its form: how the ETag of a whole is made only Amazon defines, for itself. See
/// [`contradicted_by`].
#[must_use]
pub fn proves_whole(told: &str, parts: &[PartReceipt]) -> bool {
    let told = bare(told);
    let single = match parts {
        [single] => md5_in(told) == Some(single.md5),
        _ => false,
    };
    single || (!parts.is_empty() && told.eq_ignore_ascii_case(&of_parts(parts)))
}

/// Whether a receipt's checksum of the whole is that of what was sent. Only one that may be made of MD5s is looked at ("md5:…",
/// "etag:…"); the algorithm of any other nobody tells.
fn proved_by_checksum(receipt: &FileReceipt, parts: &[PartReceipt]) -> bool {
    told_of_whole(receipt).is_some_and(|told| proves_whole(told, parts))
}

fn told_of_whole(receipt: &FileReceipt) -> Option<&str> {
    let told = receipt.checksum.as_deref()?;
    told.strip_prefix("md5:").or_else(|| told.strip_prefix("etag:"))
}

/// The vendor's word on the whole against what was sent: its size, and the bytes, proved either part by part or by a checksum of all.
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

/// Whether the parts of a receipt's file were put together as Amazon's kin do: the storage's own checksum of the whole is the MD5 of their
/// MD5s. One part is not enough, because the MD5 of its bytes may be told for it.
#[must_use]
pub fn shows_amazons_way(receipt: &FileReceipt, parts: &[PartReceipt]) -> bool {
    let whole = told_of_whole(receipt);
    parts.len() > 1 && whole.is_some_and(|told| bare(told).eq_ignore_ascii_case(&of_parts(parts)))
}

/// The checksum of the whole that speaks against what was sent, of a storage that is known to build it in Amazon's way
/// ([`shows_amazons_way`]): every part was compared and equal, and what was made of them has another checksum of that form.
///
/// A storage that nothing is known of is contradicted by nothing, nor is one that encrypts: there the parts' ETags are no MD5s.
#[must_use]
pub fn contradicted_by<'a>(receipt: &'a FileReceipt, parts: &[PartReceipt]) -> Option<&'a str> {
    let told = bare(told_of_whole(receipt)?);
    let (digits, count) = told.split_once('-')?;
    let of_that_form = is_md5(digits) && !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    let compared = receipt.strength == Strength::Confirmed && parts.iter().all(|part| part.compared);
    (of_that_form && compared && !proves_whole(told, parts)).then_some(told)
}

/// Whether size and checksum of what lies at the destination prove that it is what was sent, whoever put it there.
#[must_use]
pub fn is_that_file(receipt: &FileReceipt, size: u64, parts: &[PartReceipt]) -> bool {
    receipt.size == Some(size) && proved_by_checksum(receipt, parts)
}

/// Whether the part of a vendor's list, with this size and ETag, is the one of a receipt. The ETag is a mark, not a checksum: it must be
/// the one that was given. Where none was given, one of an MD5's form must be that of what was sent; where none is listed, the size
/// is all there is, and where that is not told either, nothing speaks against it.
#[must_use]
pub fn is_listed(size: Option<u64>, etag: Option<&Etag>, receipt: &PartReceipt) -> bool {
    let marked = match (etag, &receipt.etag) {
        (None, _) => true,
        (Some(told), Some(given)) => same_etag(&told.0, &given.0),
        (Some(_), None) => of_part(etag, &receipt.md5) != Proof::Other,
    };
    size.is_none_or(|size| size == receipt.size) && marked
}
