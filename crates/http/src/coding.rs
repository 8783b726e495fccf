//! Undoes content codings: a server or a proxy may compress an answer without being asked.
//!
//! Every call sends `Accept-Encoding: identity`, and some compress all the same. The bytes decide: a body may
//! be compressed without a header, and may have the header without being compressed. The output is bounded,
//! because a kilobyte can expand to a gigabyte.

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

/// Codings can be stacked (RFC 9110, 8.4); no real reply has more layers than this.
const MOST_LAYERS: usize = 3;

/// How decoding ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// The body is complete.
    Whole,
    /// It is truncated or damaged: the bytes before that are there.
    Cut,
    /// It is longer than allowed.
    TooLong,
    /// Its coding is not supported; nothing was decoded.
    Unknown(String),
}

/// A decoded body.
#[derive(Debug)]
pub(crate) struct Unpacked<'a> {
    pub(crate) bytes: Cow<'a, [u8]>,
    pub(crate) end: End,
}

/// Undoes the codings of a body, up to `most` bytes of output.
pub(crate) fn unpack<'a>(headers: &HeaderMap, body: &'a [u8], most: usize) -> Unpacked<'a> {
    let named = named(headers);
    let mut bytes = Cow::Borrowed(body);
    for layer in 0..MOST_LAYERS {
        let coding = match coding(named.get(layer).map(String::as_str), &bytes) {
            Coding::None => break,
            Coding::Unknown(name) => return Unpacked { bytes, end: End::Unknown(name) },
            known => known,
        };
        let (unpacked, end) = undo(&coding, &bytes, most);
        if end == End::Cut && unpacked.is_empty() && layer == 0 && coding == Coding::Deflate {
            break; // declared, but not compressed
        }
        bytes = Cow::Owned(unpacked);
        if end != End::Whole {
            return Unpacked { bytes, end };
        }
    }
    let end = if bytes.len() > most { End::TooLong } else { End::Whole };
    Unpacked { bytes, end }
}

#[derive(Debug, PartialEq, Eq)]
enum Coding {
    None,
    Gzip,
    Zlib,
    /// Raw deflate, as some servers understood "deflate" (RFC 9110, 8.4.1.2).
    Deflate,
    Unknown(String),
}

/// The codings in the header, the last one first: it was applied last.
fn named(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(CONTENT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let mut all: Vec<_> = lines
        .flat_map(|line| line.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty() && name != "identity" && name != "none")
        .collect();
    all.reverse();
    all
}

/// The actual coding of these bytes, whatever was declared.
fn coding(named: Option<&str>, bytes: &[u8]) -> Coding {
    match (bytes, named) {
        ([], _) => Coding::None,
        // RFC 1952, 2.3.1: magic number and the only defined method.
        ([0x1f, 0x8b, 8, ..], _) => Coding::Gzip,
        // Readable text needs no decoding: a proxy undid it and left the header.
        (_, Some(_)) if is_readable(bytes) => Coding::None,
        (_, Some("deflate")) if is_zlib(bytes) => Coding::Zlib,
        (_, Some("deflate")) => Coding::Deflate,
        (_, Some(name @ ("br" | "zstd" | "compress" | "x-compress"))) => Coding::Unknown(name.to_owned()),
        _ => Coding::None,
    }
}

/// RFC 1950, 2.2: method 8, and a check of its two bytes.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [method, flags, ..] if method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31))
}

/// Whether it begins like JSON, XML or HTML: optional byte order mark and blanks, then a bracket or a quote,
/// and printable after that.
fn is_readable(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let start = &start[..start.len().min(16)];
    let plain =
        |byte: &u8| (0x20..0x7f).contains(byte) || matches!(byte, b'\t' | b'\r' | b'\n') || *byte >= 0x80;
    matches!(start, [] | [b'{' | b'[' | b'<' | b'"', ..]) && start.iter().all(plain)
}

fn undo(coding: &Coding, bytes: &[u8], most: usize) -> (Vec<u8>, End) {
    match coding {
        Coding::Gzip => read(MultiGzDecoder::new(bytes), most),
        Coding::Zlib => read(ZlibDecoder::new(bytes), most),
        _ => read(DeflateDecoder::new(bytes), most),
    }
}

fn read(mut from: impl Read, most: usize) -> (Vec<u8>, End) {
    let (mut bytes, mut block) = (Vec::new(), [0; 16 << 10]);
    loop {
        match from.read(&mut block) {
            Ok(0) => return (bytes, End::Whole),
            Ok(count) => {
                let room = most.saturating_sub(bytes.len());
                bytes.extend_from_slice(&block[..count.min(room)]);
                if count > room {
                    return (bytes, End::TooLong);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return (bytes, End::Cut),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    const TEXT: &[u8] =
        br#"{"success":true,"text":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    fn deflate(text: &[u8]) -> Vec<u8> {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    fn says(coding: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if !coding.is_empty() {
            headers.insert(CONTENT_ENCODING, coding.parse().unwrap());
        }
        headers
    }

    #[test]
    fn what_the_bytes_are_decides_and_not_what_is_said_of_them() {
        for (said, body) in [
            ("gzip", gzip(TEXT)),
            ("GZIP", gzip(TEXT)),
            ("x-gzip", gzip(TEXT)),
            ("", gzip(TEXT)),
            ("identity", gzip(TEXT)),
            ("deflate", zlib(TEXT)),
            ("deflate", deflate(TEXT)),
            ("deflate, gzip", gzip(&zlib(TEXT))),
            ("gzip, gzip", gzip(&gzip(TEXT))),
            ("", TEXT.to_vec()),
            ("gzip", TEXT.to_vec()),
            ("deflate", TEXT.to_vec()),
            ("br", TEXT.to_vec()),
            ("nonsense", TEXT.to_vec()),
        ] {
            let unpacked = unpack(&says(said), &body, 1000);
            assert_eq!((unpacked.bytes.as_ref(), unpacked.end), (TEXT, End::Whole), "{said}");
        }
        for said in ["gzip", "deflate", "br", ""] {
            assert_eq!(unpack(&says(said), b"", 10).end, End::Whole, "{said}");
        }
        assert_eq!(unpack(&says("gzip"), &gzip(b""), 10).bytes.as_ref(), b"");
        assert_eq!(unpack(&says("br"), b"\x8b\x02\x80{}\x03", 1000).end, End::Unknown("br".to_owned()));
    }

    #[test]
    fn a_packed_body_that_breaks_off_or_is_damaged_says_so() {
        let whole = gzip(TEXT);
        let cut = unpack(&says("gzip"), &whole[..whole.len() - 12], 1000);
        assert_eq!(cut.end, End::Cut);
        assert!(TEXT.starts_with(&cut.bytes));
        let mut damaged = whole;
        let last = damaged.len() - 6;
        damaged[last] ^= 1;
        assert_eq!(unpack(&says("gzip"), &damaged, 1000).end, End::Cut);
    }

    #[test]
    fn a_bomb_is_unpacked_to_the_bound_and_no_further() {
        let bomb = gzip(&vec![b' '; 64 << 20]);
        assert!(bomb.len() < 100_000);
        let unpacked = unpack(&says("gzip"), &bomb, 1 << 20);
        assert_eq!((unpacked.bytes.len(), unpacked.end), (1 << 20, End::TooLong));
        // And nested ones.
        let nested = gzip(&gzip(&gzip(&bomb)));
        let unpacked = unpack(&says("gzip, gzip, gzip, gzip"), &nested, 1 << 20);
        assert!(unpacked.bytes.len() <= 1 << 20);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_stumble(body: Vec<u8>, said in "(gzip|deflate|br|, ){0,4}") {
            for start in [&b""[..], &[0x1f, 0x8b, 8][..], &[0x78, 0x9c][..]] {
                let body = [start, &body].concat();
                prop_assert!(unpack(&says(&said), &body, 100).bytes.len() <= body.len().max(100));
            }
        }
    }
}
