//! Decodes a body to text, whatever its encoding.
//!
//! JSON is UTF-8 (RFC 8259, 8.1) and XML declares its encoding (XML 1.0, appendix F), but servers send both
//! otherwise. Four encodings matter: UTF-8, UTF-16 in both byte orders, and the single-byte one of older
//! systems; any other keeps only its ASCII.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The text, without a byte order mark.
pub(crate) fn text<'a>(headers: &HeaderMap, body: &'a [u8]) -> Cow<'a, str> {
    let text = decoded(headers, body);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(unmarked(text)),
        Cow::Owned(text) if text.starts_with('\u{feff}') => Cow::Owned(unmarked(&text).to_owned()),
        owned => owned,
    }
}

/// Some servers add a mark to text that has one already.
fn unmarked(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
}

fn decoded<'a>(headers: &HeaderMap, body: &'a [u8]) -> Cow<'a, str> {
    match body {
        [0xff, 0xfe, 0, 0, rest @ ..] => utf32(rest, u32::from_le_bytes).into(),
        [0, 0, 0xfe, 0xff, rest @ ..] => utf32(rest, u32::from_be_bytes).into(),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes).into(),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes).into(),
        // If the text begins with an ASCII letter, its zero bytes show the encoding.
        [first, 0, ..] if *first != 0 => utf16(body, u16::from_le_bytes).into(),
        [0, second, ..] if *second != 0 => utf16(body, u16::from_be_bytes).into(),
        _ => match std::str::from_utf8(body) {
            Ok(text) => text.into(),
            Err(_) if is_one_byte(headers, body) => {
                body.iter().map(|byte| western(*byte)).collect::<String>().into()
            }
            Err(_) => String::from_utf8_lossy(body),
        },
    }
}

fn utf16(body: &[u8], read: fn([u8; 2]) -> u16) -> String {
    let units = body.as_chunks::<2>().0.iter().map(|pair| read(*pair));
    char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn utf32(body: &[u8], read: fn([u8; 4]) -> u32) -> String {
    let units = body.as_chunks::<4>().0.iter().map(|four| read(*four));
    units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Whether the content type or the XML declaration names a single-byte encoding.
fn is_one_byte(headers: &HeaderMap, body: &[u8]) -> bool {
    let declared = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let start = String::from_utf8_lossy(&body[..body.len().min(200)]);
    let prolog = start.split_once("?>").map_or("", |(prolog, _)| prolog);
    [declared, prolog].iter().any(|said| {
        let said = said.to_ascii_lowercase();
        ["iso-8859-", "iso8859-", "latin1", "latin-1", "windows-125", "cp125", "us-ascii"]
            .iter()
            .any(|name| said.contains(name))
    })
}

/// Windows-1252, which is ISO 8859-1 with letters in place of control characters (WHATWG, "Encoding").
fn western(byte: u8) -> char {
    const LETTERS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => LETTERS[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SAID: &str = "{\"a\":\"ü€ \u{1f980}\"}";

    fn of(kind: &str, body: &[u8]) -> String {
        let mut headers = HeaderMap::new();
        if !kind.is_empty() {
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        }
        text(&headers, body).into_owned()
    }

    fn units(text: &str, write: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(write).collect()
    }

    #[test]
    fn every_encoding_that_can_be_told_is_read_and_no_mark_is_left() {
        let marked = format!("\u{feff}{SAID}");
        let wide =
            |write: fn(u32) -> [u8; 4]| marked.chars().flat_map(|c| write(u32::from(c))).collect::<Vec<u8>>();
        for body in [
            SAID.as_bytes().to_vec(),
            marked.as_bytes().to_vec(),
            format!("\u{feff}{marked}").into_bytes(),
            units(&marked, u16::to_le_bytes),
            units(&marked, u16::to_be_bytes),
            units(SAID, u16::to_le_bytes),
            units(SAID, u16::to_be_bytes),
            wide(u32::to_le_bytes),
            wide(u32::to_be_bytes),
        ] {
            assert_eq!(of("application/json; charset=utf-16", &body), SAID, "{body:x?}");
        }
    }

    #[test]
    fn one_byte_a_letter_is_read_where_it_is_said_and_never_where_it_is_utf_8() {
        let old = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xfc \x80</a>";
        assert!(of("", old).ends_with("<a>ü €</a>"));
        assert_eq!(of("text/plain; charset=windows-1252", b"\xfc"), "ü");
        assert_eq!(of("text/plain; charset=iso-8859-1", "ü".as_bytes()), "ü");
        assert_eq!(of("", b"a\xfcb"), "a\u{fffd}b");
        assert_eq!((of("", b""), of("", b"\xff\xfe")), (String::new(), String::new()));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_stumble(body: Vec<u8>) {
            of("text/plain; charset=latin1", &body);
            let marked = of("", &body).starts_with('\u{feff}');
            prop_assert!(!marked);
        }
    }
}
