//! Percent-encoding and query strings, as Signature Version 4 requires them.

/// Encodes all but `A-Z a-z 0-9 - . _ ~` (AWS, "Create a signed request", `UriEncode`).
pub(crate) fn encode(text: &str) -> String {
    encode_but(text, b"")
}

/// The same for a path, keeping slashes.
pub(crate) fn encode_path(text: &str) -> String {
    encode_but(text, b"/")
}

fn encode_but(text: &str, kept: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend(
                [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])),
            );
        }
    }
    out
}

/// Decodes; `None` if the encoding or its UTF-8 is broken.
pub(crate) fn decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == b'%' {
            let digits = text.get(i + 1..i + 3)?;
            out.extend(hex::decode(digits).ok()?);
            i += 3;
        } else {
            out.push(bytes[i]);
            i += 1;
        }
    }
    String::from_utf8(out).ok()
}

/// The pairs of a query, decoded, in order. `None` if one is broken.
pub(crate) fn pairs(query: &str) -> Option<Vec<(String, String)>> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

/// The value of this name, if it occurs exactly once.
pub(crate) fn one<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = pairs.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
    found.next().filter(|_| found.next().is_none())
}

/// The canonical query: encoded, sorted, joined.
pub(crate) fn canonical(pairs: &[(String, String)]) -> String {
    let mut encoded: Vec<_> = pairs.iter().map(|(name, value)| (encode(name), encode(value))).collect();
    encoded.sort();
    let joined: Vec<_> = encoded.iter().map(|(name, value)| format!("{name}={value}")).collect();
    joined.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_encoded_decodes_again(text in any::<String>()) {
            prop_assert_eq!(decode(&encode(&text)), Some(text.clone()));
            prop_assert_eq!(decode(&encode_path(&text)), Some(text));
        }

        #[test]
        fn the_order_of_a_query_does_not_matter(mut all in proptest::collection::vec((any::<String>(), any::<String>()), 0..6)) {
            let forth = canonical(&all);
            all.reverse();
            prop_assert_eq!(canonical(&all), forth);
        }

        #[test]
        fn no_query_breaks_the_reader(text in any::<String>()) {
            let _ = pairs(&text);
        }
    }

    #[test]
    fn a_broken_encoding_is_not_guessed_at() {
        assert_eq!(decode("%4"), None);
        assert_eq!(decode("%zz"), None);
        assert_eq!(decode("%ff"), None);
    }
}
