//! Chooses the parts that make the object, judged as the storage does when an upload is completed.

use std::collections::{BTreeMap, BTreeSet};

use md5::{Digest, Md5};

use super::session::Stored;
use crate::faults::effect::Whole;

/// Rules for parts that the storage enforces only at complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Smallest part except the last, bytes.
    pub(crate) least_part: u64,
    /// Whether all parts but the last have one size, and the last is no larger (Cloudflare R2, "Multipart
    /// upload").
    pub(crate) equal_parts: bool,
}

/// Why the parts make no object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    #[error("The upload was aborted")]
    Aborted,
    #[error("{} of {of} parts are missing: {}", parts.len(), some(parts))]
    Missing { parts: Vec<u32>, of: u32 },
    #[error("The list of parts is empty")]
    Empty,
    #[error("Part {part} is not after the one before it in the list")]
    Order { part: u32 },
    #[error("Part {part} was not found. It may not have been uploaded, or its ETag is another")]
    Part { part: u32 },
    #[error("Part {part} has {size} bytes, and all but the last must have at least {least}")]
    TooSmall { part: u32, size: u64, least: u64 },
    #[error("The parts have {size} bytes together, and {told} were told at the start")]
    Length { size: u64, told: u64 },
    #[error("{message}")]
    Store { message: String },
    #[error("At least one of the pre-conditions you specified did not hold")]
    Exists,
    #[error("Part {part} has another size than the first; all but the last must have the same")]
    Unequal { part: u32 },
    #[error(
        "The upload was created using a {name} checksum. The complete request must include the checksum for each part. It was missing for part {part} in the request."
    )]
    NoChecksum { part: u32, name: String },
}

impl Denied {
    /// The storage's code for it (AWS, "CompleteMultipartUpload", Errors).
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Aborted => "NoSuchUpload",
            Self::Missing { .. }
            | Self::Part { .. }
            | Self::Unequal { .. }
            | Self::Length { .. }
            | Self::Store { .. } => "InvalidPart",
            Self::Empty => "MalformedXML",
            Self::Exists => "PreconditionFailed",
            Self::NoChecksum { .. } => "InvalidRequest",
            Self::Order { .. } => "InvalidPartOrder",
            Self::TooSmall { .. } => "EntityTooSmall",
        }
    }
}

/// All parts of a plan, for a vendor that planned them itself.
pub(crate) fn all(stored: &BTreeMap<u32, Stored>, parts: u32) -> Result<Vec<Stored>, Denied> {
    let missing: Vec<u32> = (1..=parts).filter(|part| !stored.contains_key(part)).collect();
    if missing.is_empty() {
        Ok(stored.values().cloned().collect())
    } else {
        Err(Denied::Missing { parts: missing, of: parts })
    }
}

/// Checks that a list names every part, for vendors that know how many there are.
pub(crate) fn names_all(list: &[(u32, String)], parts: u32) -> Result<(), Denied> {
    let named: BTreeSet<u32> = list.iter().map(|(part, _)| *part).collect();
    let missing: Vec<u32> = (1..=parts).filter(|part| !named.contains(part)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Denied::Missing { parts: missing, of: parts }) }
}

/// The parts that the client lists, by number and by the ETag that it got (with or without quotes).
pub(crate) fn listed(
    stored: &BTreeMap<u32, Stored>,
    list: &[(u32, String)],
    rules: Rules,
) -> Result<Vec<Stored>, Denied> {
    let mut chosen: Vec<Stored> = Vec::with_capacity(list.len());
    for (part, etag) in list {
        if chosen.last().is_some_and(|before| before.part >= *part) {
            return Err(Denied::Order { part: *part });
        }
        let found = stored.get(part).filter(|stored| stored.etag() == etag.trim_matches('"'));
        chosen.push(found.ok_or(Denied::Part { part: *part })?.clone());
    }
    let Some((last, others)) = chosen.split_last() else { return Err(Denied::Empty) };
    let least = rules.least_part;
    if let Some(small) = others.iter().find(|stored| stored.size < least) {
        return Err(Denied::TooSmall { part: small.part, size: small.size, least });
    }
    if let Some(first) = others.first().filter(|_| rules.equal_parts) {
        let other = others.iter().find(|stored| stored.size != first.size);
        if let Some(other) = other.or((last.size > first.size).then_some(last)) {
            return Err(Denied::Unequal { part: other.part });
        }
    }
    Ok(chosen)
}

/// The same parts, where they are named with the checksums that they came with. Where that of the whole is made of theirs, none may be
/// left out (AWS, "CompletedPart").
pub(crate) fn with_checksums(
    chosen: Vec<Stored>,
    named: &BTreeMap<u32, (String, String)>,
    begun_for: Option<&str>,
) -> Result<Vec<Stored>, Denied> {
    let Some(begun_for) = begun_for else { return Ok(chosen) };
    for stored in &chosen {
        let part = stored.part;
        match named.get(&part) {
            None if begun_for == "crc64nvme" => {}
            None => return Err(Denied::NoChecksum { part, name: begun_for.to_owned() }),
            Some((name, sum)) if name == begun_for && stored.checksum.as_ref() == Some(sum) => {}
            Some(_) => return Err(Denied::Part { part }),
        }
    }
    Ok(chosen)
}

/// The ETag of an object made of these parts: by custom the MD5 of the parts' ETags, which are their MD5s, and their
/// number. With KMS they are something else, and so is this.
pub(crate) fn etag(parts: &[Stored]) -> String {
    let mut all = Md5::new();
    for stored in parts {
        all.update(hex::decode(stored.etag()).unwrap_or_default());
    }
    format!("{}-{}", hex::encode(all.finalize()), parts.len())
}

/// The ETag of an object that was sent whole: its MD5, or what replaces it.
pub(crate) fn only(parts: &[Stored]) -> String {
    parts.first().map(|stored| stored.etag().to_owned()).unwrap_or_default()
}

/// The ETag of the object: as Amazon computes it, or another instead.
pub(crate) fn whole(parts: &[Stored], in_parts: bool, how: Whole) -> String {
    let own = if in_parts { etag(parts) } else { only(parts) };
    let other = || hex::encode(Md5::digest(format!("another {own}")));
    match how {
        Whole::Own => own,
        Whole::Other if in_parts => format!("{}-{}", other(), parts.len()),
        Whole::Other | Whole::Plain => other(),
    }
}

fn some(parts: &[u32]) -> String {
    let some: Vec<_> = parts.iter().take(10).map(ToString::to_string).collect();
    some.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAX: Rules = Rules { least_part: 0, equal_parts: false };

    fn shelf(sizes: &[u64]) -> BTreeMap<u32, Stored> {
        let stored =
            |part: u32, size: u64| Stored { part, size, md5: format!("{part:032x}"), ..Stored::default() };
        (1..).zip(sizes).map(|(part, size)| (part, stored(part, *size))).collect()
    }

    fn list(parts: &[u32]) -> Vec<(u32, String)> {
        parts.iter().map(|part| (*part, format!("\"{part:032x}\""))).collect()
    }

    fn chosen(sizes: &[u64], parts: &[u32], rules: Rules) -> Result<Vec<u32>, Denied> {
        listed(&shelf(sizes), &list(parts), rules).map(|all| all.iter().map(|stored| stored.part).collect())
    }

    #[test]
    fn what_is_listed_is_taken_and_nothing_else() {
        assert_eq!(chosen(&[5, 5, 5], &[1, 2, 3], LAX), Ok(vec![1, 2, 3]));
        assert_eq!(chosen(&[5, 5, 5], &[1, 3], LAX), Ok(vec![1, 3]));
        assert_eq!(chosen(&[5, 5], &[2, 1], LAX), Err(Denied::Order { part: 1 }));
        assert_eq!(chosen(&[5, 5], &[1, 1], LAX), Err(Denied::Order { part: 1 }));
        assert_eq!(chosen(&[5, 5], &[1, 3], LAX), Err(Denied::Part { part: 3 }));
        assert_eq!(chosen(&[5, 5], &[], LAX), Err(Denied::Empty));
    }

    #[test]
    fn a_list_can_have_to_be_whole() {
        assert_eq!(names_all(&list(&[1, 2, 3]), 3), Ok(()));
        assert_eq!(names_all(&list(&[1, 3]), 4), Err(Denied::Missing { parts: vec![2, 4], of: 4 }));
    }

    #[test]
    fn etags_are_compared_with_quotes_or_without() {
        let stored = shelf(&[5]);
        let take = |etag: &str| listed(&stored, &[(1, etag.to_owned())], LAX).is_ok();
        let right = format!("{:032x}", 1);
        assert!(take(&right) && take(&format!("\"{right}\"")));
        assert!(!take("") && !take(&right[1..]) && !take(&format!("{:032x}", 2)));
    }

    #[test]
    fn every_part_but_the_last_has_a_least_size() {
        let rules = Rules { least_part: 5, equal_parts: false };
        assert_eq!(chosen(&[5, 9, 1], &[1, 2, 3], rules), Ok(vec![1, 2, 3]));
        assert_eq!(chosen(&[4], &[1], rules), Ok(vec![1]));
        let small = Denied::TooSmall { part: 2, size: 4, least: 5 };
        assert_eq!(chosen(&[5, 4, 5], &[1, 2, 3], rules), Err(small));
    }

    #[test]
    fn parts_can_have_to_be_equal() {
        let rules = Rules { least_part: 0, equal_parts: true };
        assert_eq!(chosen(&[5, 5, 3], &[1, 2, 3], rules), Ok(vec![1, 2, 3]));
        assert_eq!(chosen(&[5, 5, 5], &[1, 2, 3], rules), Ok(vec![1, 2, 3]));
        assert_eq!(chosen(&[5, 6, 3], &[1, 2, 3], rules), Err(Denied::Unequal { part: 2 }));
        assert_eq!(chosen(&[5, 5, 6], &[1, 2, 3], rules), Err(Denied::Unequal { part: 3 }));
        assert_eq!(chosen(&[9], &[1], rules), Ok(vec![1]));
    }

    /// Two parts of the letter `a`, once and twice: computed with Python's hashlib.
    #[test]
    fn the_etag_of_the_whole_is_the_md5_of_md5s() {
        let md5 = |text: &str| hex::encode(Md5::digest(text));
        let stored = |part, text| Stored { part, size: 1, md5: md5(text), ..Stored::default() };
        assert_eq!(etag(&[stored(1, "a"), stored(2, "aa")]), "2bcd2fcd05e7cfb63290ab3e3527b282-2");
    }
}
