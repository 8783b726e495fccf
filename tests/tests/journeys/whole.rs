//! Files of every size and name arrive, byte for byte.

use std::collections::BTreeSet;
use std::path::Path;

use md5::{Digest as _, Md5};

use crate::support::{Chance, House, Made, heavy, of};

const GIB: u64 = 1 << 30;

#[test]
fn a_gib_arrives_byte_for_byte() {
    let _turn = heavy();
    let house = House::with(&[]);
    let file = house.file("take 3.mov", GIB, &mut Chance::of("a_gib"));
    let ran = house.begin(["upload", "take 3.mov", "--to", "Acme", "--json"]).end();
    ran.assert_verified();
    let end = ran.finished("take 3.mov");
    assert_eq!((end["receipt"]["size"].as_u64(), end["receipt"]["parts"].as_u64()), (Some(GIB), Some(64)));
    file.assert_arrived(&house.sandbox.object("take 3.mov"));

    let log = house.sandbox.log();
    assert_eq!(log.iter().filter(|line| line.step == "start").count(), 1);
    let parts: Vec<_> = log.iter().filter(|line| line.step == "part").collect();
    assert!(parts.iter().all(|line| line.stored), "{}", house.sandbox.words());
    assert_eq!(parts.len(), 64, "nothing is sent twice where nothing goes wrong");
    assert_eq!(parts.iter().map(|line| line.bytes).sum::<u64>(), GIB);
}

#[test]
fn the_checksum_of_the_receipt_is_that_of_the_bytes_on_disk() {
    const PART: u64 = 1 << 20;
    let house = House::with(&["--part-size", &PART.to_string()]);
    let file = house.file("a.mov", 3 * PART + 7, &mut Chance::of("checksum"));
    let ran = house.begin(["upload", "a.mov", "--json"]).end();
    ran.assert_verified();
    let mut whole = Md5::new();
    for part in std::fs::read(&file.path).unwrap().chunks(1 << 20) {
        whole.update(Md5::digest(part));
    }
    assert_eq!(ran.finished("a.mov")["receipt"]["checksum"], format!("{}-4", hex::encode(whole.finalize())));
}

/// Bytes a part here; the sizes below lie around it.
const PART: u64 = 100_000;

/// Sizes at which counting goes wrong.
const SIZES: [u64; 7] = [0, 1, PART - 1, PART, PART + 1, 5 * PART, 5 * PART + 1];

#[test]
fn files_of_every_size_and_name_arrive() {
    let house = House::with(&["--part-size", &PART.to_string()]);
    let mut chance = Chance::of("every_size_and_name");
    let card = house.files().join("Karte Ä 01");
    let clips = card.join("clips, day 2");
    std::fs::create_dir_all(&clips).unwrap();
    let mut made: Vec<Made> = Vec::new();
    for size in SIZES {
        made.push(Made::at(&card.join(format!("{size} bytes.bin")), size, &mut chance));
    }
    for name in names() {
        made.push(Made::at(&clips.join(name), 2 * PART + 3, &mut chance));
    }
    let alone = ["-dash first.mov", "plain.mov"];
    for name in alone {
        made.push(house.file(name, 77, &mut chance));
    }

    let ran = house.begin(["upload", "--json", "--", "Karte Ä 01", alone[0], alone[1]]).end();
    ran.assert_verified();
    let ends = of(&ran.events, "finished");
    assert_eq!(ends.len(), made.len(), "each file ends once");
    let ids: BTreeSet<_> = ends.iter().map(|end| end["id"].as_str()).collect();
    assert_eq!(ids.len(), made.len());
    assert_eq!(house.sandbox.objects().len(), made.len(), "{:#?}", house.sandbox.objects());
    for file in &made {
        assert_eq!(house.sandbox.copies_of(&file.path), 1, "{}", file.path.display());
    }
    assert_eq!(stored(&house, 0), vec![(1, 0)], "a file of no bytes is one part of no bytes");
    for name in alone {
        Made { path: house.files().join(name), size: 77 }.assert_arrived(&house.sandbox.object(name));
    }
}

/// Parts and their bytes of the file that has this size in whole.
fn stored(house: &House, size: u64) -> Vec<(u64, u64)> {
    let log = house.sandbox.log();
    let of_session = |session: &Option<String>| -> Vec<(u64, u64)> {
        let lines = log.iter().filter(|line| line.stored && line.session == *session);
        lines.map(|line| (line.part.unwrap(), line.bytes)).collect()
    };
    let sessions = log.iter().filter(|line| line.step == "start").map(|line| &line.session);
    let mut found =
        sessions.map(of_session).filter(|parts| parts.iter().map(|part| part.1).sum::<u64>() == size);
    let parts = found.next().unwrap();
    assert!(found.next().is_none(), "several files of {size} bytes");
    parts
}

#[cfg(unix)]
fn names() -> Vec<std::ffi::OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    let long = format!("{}.mov", "x".repeat(251));
    let texts = [
        "täglich – 日本語 🎬.mov",
        "caf\u{e9}.mov",
        "cafe\u{301}.mov",
        "  spaces  .mov",
        "it's \"quoted\" `so`.mov",
        "two\nlines.mov",
        "tab\tand \u{7}bell.mov",
        "back\\slash.mov",
        "100% #1 ?&=+.mov",
        "..two dots",
        "$HOME; rm *.mov",
        "no type",
        long.as_str(),
    ];
    let mut names: Vec<_> = texts.iter().map(std::ffi::OsString::from).collect();
    names.push(std::ffi::OsString::from_vec(b"not \xff\xfe utf-8.mov".to_vec()));
    names
}

#[cfg(not(unix))]
fn names() -> Vec<std::ffi::OsString> {
    ["täglich – 日本語 🎬.mov", "it's.mov", "100% #1 &=+.mov", "..two dots", "no type"].map(Into::into).into()
}

/// The same content under the same name twice: both arrive, none replaces the other.
#[test]
fn equal_names_in_two_folders_are_two_objects() {
    let house = House::with(&[]);
    let mut chance = Chance::of("equal_names");
    for folder in ["one", "two"] {
        std::fs::create_dir(house.files().join(folder)).unwrap();
        house.file(&Path::new(folder).join("a.mov").to_string_lossy(), 500, &mut chance);
    }
    let ran = house.begin(["upload", "one", "two", "--json"]).end();
    ran.assert_verified();
    assert_eq!(house.sandbox.objects().len(), 2);
    for folder in ["one", "two"] {
        assert_eq!(house.sandbox.copies_of(&house.files().join(folder).join("a.mov")), 1);
    }
}
