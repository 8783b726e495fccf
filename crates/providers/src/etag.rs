//! The ETags of parts, and of what is put together from them.

use md5::{Digest, Md5};
use partway_core::{Etag, PartReceipt};
use partway_provider::ListedPart;

/// An ETag without the quotes that belong to the header only (RFC 9110, 8.8.3).
pub(crate) fn bare(etag: &str) -> &str {
    etag.trim().trim_matches('"')
}

/// The ETag that *complete* names for a part. Where the storage gave none (a proxy may cut it out), the MD5 of what was sent: it is
/// that nearly everywhere, and where it is not, the storage refuses it.
pub(crate) fn of_part(receipt: &PartReceipt) -> String {
    receipt.etag.as_ref().map_or_else(|| hex(&receipt.md5), |etag| bare(&etag.0).to_owned())
}

/// Whether the part that a vendor lists is the one of this receipt.
pub(crate) fn is_listed(part: &ListedPart, receipt: &PartReceipt) -> bool {
    let same = |etag: &Etag| bare(&etag.0).eq_ignore_ascii_case(&of_part(receipt));
    part.number == receipt.number && part.size == receipt.size && part.etag.as_ref().is_none_or(same)
}

/// The ETag that S3 and its kin give what is put together from parts, by custom: the MD5 of their MD5s, and their number.
pub(crate) fn of_whole(receipts: &[PartReceipt]) -> String {
    let mut md5 = Md5::new();
    receipts.iter().for_each(|receipt| md5.update(receipt.md5));
    format!("{}-{}", hex(&md5.finalize()), receipts.len())
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
