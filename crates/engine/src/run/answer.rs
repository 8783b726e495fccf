//! What a storage's answer to a part proves, and what a part's target demands of the storage.

use partway_core::proof::{self, Proof};
use partway_http::PutAnswer;
use partway_provider::PartTarget;

/// Checks a storage's answer against what was sent: `Some(compared)` if nothing contradicts it, `None` if
/// the checksums differ. `etag_is_md5` is false if this storage's ETags are known not to be MD5s.
pub(super) fn compare(answer: &PutAnswer, md5: [u8; 16], etag_is_md5: bool) -> Option<bool> {
    if !answer.comparable {
        return Some(false);
    }
    match proof::of_part(answer.etag.as_ref(), &md5) {
        Proof::Same => Some(true),
        Proof::Other if etag_is_md5 => None,
        Proof::Other | Proof::Silent => Some(false),
    }
}

/// Whether a target is a conditional write.
pub(super) fn is_conditional(target: &PartTarget) -> bool {
    target
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("if-none-match") || name.eq_ignore_ascii_case("if-match"))
}

#[cfg(test)]
mod tests {
    use partway_core::Etag;

    use super::*;

    #[test]
    fn a_checksum_that_differs_is_no_receipt_and_one_that_is_no_md5_is_not_compared() {
        let answer = |etag: &str, comparable| PutAnswer {
            etag: Some(Etag(etag.into())),
            comparable,
            server_unix_time: None,
        };
        let empty = "D41D8CD98F00B204E9800998ECF8427E";
        let md5 = hex::decode(empty).unwrap().try_into().unwrap();
        for etag_is_md5 in [true, false] {
            assert_eq!(compare(&answer(empty, true), md5, etag_is_md5), Some(true));
            assert_eq!(compare(&answer("kms-etag", false), md5, etag_is_md5), Some(false));
            let other = compare(&answer("d41d8cd98f00b204e9800998ecf8427f", true), md5, etag_is_md5);
            assert_eq!(other, if etag_is_md5 { None } else { Some(false) });
        }
    }
}
