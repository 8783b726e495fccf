//! What sizes, MD5s and ETags prove, for any bytes and any number of parts.

use partway_core::proof::{self, Proof, Verdict};
use partway_core::{Etag, FileReceipt, PartNumber, PartReceipt, Strength};
use proptest::prelude::*;

fn part(number: u32, size: u64, md5: [u8; 16], compared: bool) -> PartReceipt {
    let etag = compared.then(|| Etag(proof::hex(&md5)));
    PartReceipt {
        number: PartNumber::new(number).unwrap_or(PartNumber::FIRST),
        size,
        md5,
        etag,
        compared,
        checksum: None,
    }
}

fn parts(md5s: &[[u8; 16]], compared: bool) -> Vec<PartReceipt> {
    (1..).zip(md5s).map(|(number, md5)| part(number, 5, *md5, compared)).collect()
}

fn told(size: Option<u64>, checksum: Option<String>) -> FileReceipt {
    FileReceipt { strength: Strength::Confirmed, size, checksum, ..FileReceipt::unknown() }
}

fn written(text: &str, how: u8) -> String {
    match how % 4 {
        0 => text.to_owned(),
        1 => format!("\"{text}\""),
        2 => format!("W/\"{}\"", text.to_uppercase()),
        _ => format!(" \"{}\" ", text.to_uppercase()),
    }
}

#[test]
fn the_custom_of_amazon_is_computed() {
    // printf 1 | openssl md5 -binary; printf 2 | openssl md5 -binary; both piped into md5sum.
    let md5 = |text: &str| proof::md5_in(text).unwrap();
    let two = [md5("c4ca4238a0b923820dcc509a6f75849b"), md5("c81e728d9d4c2f636f067f89cc14862c")];
    assert_eq!(proof::of_parts(&parts(&two, false)), "62be021ce84139205cdaf464abcd82ff-2");
}

#[test]
fn only_32_hex_digits_have_the_form_of_an_md5() {
    for text in [
        "",
        "g".repeat(32).as_str(),
        "a".repeat(31).as_str(),
        "a".repeat(33).as_str(),
        "ä".repeat(16).as_str(),
    ] {
        assert!(!proof::is_md5(text) && proof::md5_in(text).is_none(), "{text}");
    }
}

#[test]
fn the_same_checksum_proves_the_bytes_and_another_says_nothing() {
    let two = parts(&[[1; 16], [2; 16]], true);
    let whole = proof::of_parts(&two);
    let other = proof::of_parts(&parts(&[[3; 16], [2; 16]], true));
    for checksum in
        [Some(format!("md5:{other}")), Some(format!("etag:{}", "ab".repeat(16))), Some("hash:x".into()), None]
    {
        assert_eq!(
            proof::verdict(&told(Some(10), checksum.clone()), 10, &two),
            Verdict::Equal,
            "{checksum:?}"
        );
        assert_eq!(proof::verdict(&told(None, checksum.clone()), 10, &two), Verdict::Open, "without a size");
        let not_compared = parts(&[[1; 16], [2; 16]], false);
        assert_eq!(proof::verdict(&told(Some(10), checksum), 10, &not_compared), Verdict::Open);
    }
    let not_compared = parts(&[[1; 16], [2; 16]], false);
    assert_eq!(
        proof::verdict(&told(Some(10), Some(format!("etag:{whole}"))), 10, &not_compared),
        Verdict::Equal
    );
    assert_eq!(
        proof::verdict(&told(Some(10), Some(format!("hash:{whole}"))), 10, &not_compared),
        Verdict::Open,
        "nobody says which algorithm that is"
    );
}

#[test]
fn a_whole_contradicts_only_where_all_parts_were_equal_and_its_form_is_amazons() {
    let (all, some) = (parts(&[[1; 16], [2; 16]], true), parts(&[[1; 16], [2; 16]], false));
    let etag = |text: &str| told(Some(10), Some(format!("etag:{text}")));
    let (ours, other) = (proof::of_parts(&all), format!("{}-2", "ab".repeat(16)));
    assert_eq!(proof::contradicted_by(&etag(&other), &all), Some(other.as_str()));
    assert_eq!(proof::contradicted_by(&etag(&format!("{}-3", &ours[..32])), &all).map(str::len), Some(34));
    assert_eq!(proof::contradicted_by(&etag(&other), &some), None, "a storage that encrypts");
    let replaced = FileReceipt { strength: Strength::Unproved, ..etag(&other) };
    assert_eq!(proof::contradicted_by(&replaced, &all), None, "it is told apart already");
    for silent in [
        ours.clone(),
        ours.to_uppercase(),
        "ab".repeat(16),
        "opaque".into(),
        "ab-2".into(),
        format!("{other}x"),
    ] {
        assert_eq!(proof::contradicted_by(&etag(&silent), &all), None, "{silent}");
    }
    assert_eq!(proof::contradicted_by(&told(Some(10), Some(format!("hash:{other}"))), &all), None);
    assert_eq!(proof::contradicted_by(&told(Some(10), None), &all), None);

    assert!(proof::shows_amazons_way(&etag(&ours), &some));
    assert!(!proof::shows_amazons_way(&etag(&other), &all));
    let one = parts(&[[1; 16]], true);
    assert!(
        !proof::shows_amazons_way(&etag(&proof::of_parts(&one)), &one),
        "it may be told without being looked at"
    );
}

#[test]
fn what_may_have_been_replaced_is_never_equal_by_its_parts_alone() {
    let all = parts(&[[1; 16], [2; 16]], true);
    let unproved = |checksum| FileReceipt { strength: Strength::Unproved, ..told(Some(10), checksum) };
    assert_eq!(proof::verdict(&unproved(None), 10, &all), Verdict::Open);
    assert_eq!(
        proof::verdict(&unproved(Some(format!("etag:{}", proof::of_parts(&all)))), 10, &all),
        Verdict::Equal
    );
}

#[test]
fn a_part_without_an_etag_counts_by_its_size() {
    let sent = part(1, 5, [1; 16], true);
    assert!(proof::is_listed(Some(5), None, &sent));
    assert!(!proof::is_listed(Some(4), None, &sent));
    assert!(proof::is_listed(None, None, &sent), "a list that tells no size");
}

proptest! {
    #[test]
    fn hex_is_read_back(md5: [u8; 16], how: u8) {
        prop_assert_eq!(proof::md5_in(&proof::hex(&md5)), Some(md5));
        let etag = Etag(written(&proof::hex(&md5), how));
        prop_assert_eq!(proof::of_part(Some(&etag), &md5), Proof::Same);
        prop_assert!(proof::same_etag(&etag.0, &proof::hex(&md5)));
    }

    #[test]
    fn another_md5_is_told_and_anything_else_is_silent(md5: [u8; 16], other: [u8; 16], text in "\\PC{0,40}", how: u8) {
        let etag = |text: &str| Etag(written(text, how));
        if other != md5 {
            prop_assert_eq!(proof::of_part(Some(&etag(&proof::hex(&other))), &md5), Proof::Other);
        }
        if !proof::is_md5(proof::bare(&text)) {
            prop_assert_eq!(proof::of_part(Some(&Etag(text)), &md5), Proof::Silent);
        }
        prop_assert_eq!(proof::of_part(None, &md5), Proof::Silent);
    }

    #[test]
    fn the_checksum_of_a_whole_proves_these_parts_and_no_others(
        md5s in prop::collection::vec(any::<[u8; 16]>(), 1..20),
        others in prop::collection::vec(any::<[u8; 16]>(), 1..20),
        how: u8,
    ) {
        let sent = parts(&md5s, false);
        prop_assert!(proof::proves_whole(&written(&proof::of_parts(&sent), how), &sent));
        prop_assert_eq!(proof::proves_whole(&proof::of_parts(&parts(&others, false)), &sent), md5s == others);
        prop_assert_eq!(proof::proves_whole(&proof::hex(&md5s[0]), &sent), md5s.len() == 1);
    }

    /// Verified always requires a size that fits and a proof of every byte.
    #[test]
    fn equal_needs_the_size_and_a_proof_of_every_part(
        md5s in prop::collection::vec(any::<[u8; 16]>(), 1..8),
        compared in prop::collection::vec(any::<bool>(), 8),
        size in prop::option::of(0_u64..4),
        strength in prop::sample::select(vec![Strength::Confirmed, Strength::Presumed, Strength::Unproved]),
        whole: bool,
    ) {
        let sent: Vec<_> = (1..).zip(&md5s).zip(&compared).map(|((n, md5), c)| part(n, 5, *md5, *c)).collect();
        let checksum = whole.then(|| format!("etag:{}", proof::of_parts(&sent)));
        let receipt = FileReceipt { strength, ..told(size, checksum) };
        let all = sent.iter().all(|part| part.compared) && strength != Strength::Unproved;
        let due = match size {
            Some(told) if told != 2 => Verdict::OtherSize(told),
            Some(_) if all || whole => Verdict::Equal,
            _ => Verdict::Open,
        };
        prop_assert_eq!(proof::verdict(&receipt, 2, &sent), due);
        prop_assert_eq!(proof::is_that_file(&receipt, 2, &sent), size == Some(2) && whole);
        prop_assert_eq!(proof::contradicted_by(&receipt, &sent), None, "what proves never contradicts");
    }

    #[test]
    fn a_listed_part_is_the_one_that_was_marked_so(md5: [u8; 16], mark in "[a-z0-9-]{1,40}", other in "[a-z0-9-]{1,40}", how: u8) {
        let sent = PartReceipt { etag: Some(Etag(mark.clone())), ..part(1, 5, md5, false) };
        prop_assert!(proof::is_listed(Some(5), Some(&Etag(written(&mark, how))), &sent));
        prop_assert!(!proof::is_listed(Some(6), Some(&Etag(mark.clone())), &sent));
        prop_assert!(proof::is_listed(None, Some(&Etag(mark.clone())), &sent));
        prop_assert_eq!(proof::is_listed(Some(5), Some(&Etag(other.clone())), &sent), mark == other);
        let unmarked = part(1, 5, md5, false);
        prop_assert!(proof::is_listed(Some(5), Some(&Etag(proof::hex(&md5))), &unmarked));
        prop_assert_eq!(proof::is_listed(Some(5), Some(&Etag("00".repeat(16))), &unmarked), md5 == [0; 16]);
    }
}
