//! How a key is encoded in Windows' Credential Manager, which holds at most 2,560 bytes per key.
//!
//! Windows' own programs write UTF-16, two bytes per code unit. So does Partway as long as the key fits: such
//! a key is readable there. A longer one, such as S3 session tokens, is written as UTF-8 after a mark, which
//! fits twice as many letters.

/// `CRED_MAX_CREDENTIAL_BLOB_SIZE` (wincred.h; "CREDENTIALW", `CredentialBlobSize`).
const MOST: usize = 5 * 512;

/// The UTF-8 mark (Unicode, 23.8); read as UTF-16, it is no letter of a key.
const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The longest key that fits, bytes of UTF-8.
pub(crate) const LONGEST: usize = MOST - MARK.len();

/// Encodes a key.
pub(crate) fn of(key: &str) -> Vec<u8> {
    let letters = key.encode_utf16().count();
    if letters * 2 <= MOST {
        key.encode_utf16().flat_map(u16::to_le_bytes).collect()
    } else {
        [&MARK, key.as_bytes()].concat()
    }
}

/// Decodes a key; `None` if the bytes are not one.
pub(crate) fn read(bytes: &[u8]) -> Option<String> {
    if let Some(text) = bytes.strip_prefix(&MARK) {
        return String::from_utf8(text.to_vec()).ok();
    }
    let (pairs, rest) = bytes.as_chunks::<2>();
    let letters: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    // Other programs may have written anything here.
    if rest.is_empty() { String::from_utf16(&letters).ok() } else { String::from_utf8(bytes.to_vec()).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_has_room_comes_back_as_it_went() {
        let long = "x".repeat(LONGEST);
        let umlauts = "ä".repeat(LONGEST / 2);
        for key in
            ["", "k", "sk_live_1", "zwei: ä\u{1f511}", &"x".repeat(1280), &"x".repeat(1281), &long, &umlauts]
        {
            let bytes = of(key);
            assert!(bytes.len() <= MOST, "{} of {}", bytes.len(), key.len());
            assert_eq!(read(&bytes).as_deref(), Some(key));
        }
    }

    #[test]
    fn a_key_that_its_own_programs_wrote_is_read_and_a_short_one_is_written_as_they_do() {
        assert_eq!(of("ab"), [b'a', 0, b'b', 0]);
        assert_eq!(read(&[b'a', 0, b'b', 0]).as_deref(), Some("ab"));
        assert_eq!(read(b"abc").as_deref(), Some("abc"), "an odd number of bytes is no UTF-16");
        assert_eq!(read(&[0x00, 0xd8]), None, "half of a letter");
    }
}
