//! Removes secrets from URLs and other people's words.

use std::borrow::Cow;

/// The most characters of others' words that are kept for Details.
const LONGEST_DETAIL: usize = 500;

/// How many bytes of them are read: enough for 500 characters between signed URLs of the usual 2 kB.
const LONGEST_READ: usize = 16 << 10;

/// Scheme, host and path of a URL: without the query (which has the signature), user and fragment.
#[must_use]
pub fn redact(url: &str) -> String {
    let Ok(url) = url::Url::parse(url) else { return "an address that cannot be read".to_owned() };
    let Some(host) = url.host_str() else { return format!("{}:…", url.scheme()) };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

/// Other people's words for Details: on one line, at most 500 characters, URLs without their query, signing
/// values removed.
///
/// Only the beginning is read: external text may be a web page of 32 MiB.
#[must_use]
pub fn redact_text(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(LONGEST_READ)];
    let mut out = String::new();
    let text: Cow<'_, str> = if text.contains(turns) {
        text.chars().filter(|c| !turns(*c)).collect::<String>().into()
    } else {
        text.into()
    };
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        push_word(&mut out, word);
        if out.len() > LONGEST_DETAIL * 4 {
            break;
        }
    }
    match out.char_indices().nth(LONGEST_DETAIL) {
        Some((end, _)) => {
            // One character less, so that the ellipsis is within the bound.
            let end = out[..end].char_indices().last().map_or(0, |(last, _)| last);
            format!("{}…", &out[..end])
        }
        None => out,
    }
}

/// Marks that change the direction of the text around them, and zero-width marks: they would make words look
/// like others.
const fn turns(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
}

/// Cuts a word where a URL's query begins, or where an S3 signing parameter begins; what follows is dropped
/// up to the next delimiter.
fn push_word(out: &mut String, mut word: &str) {
    while let Some(cut) = cut_at(word) {
        out.push_str(&word[..cut]);
        out.push('…');
        let rest = &word[cut..];
        match rest.find(['"', '\'', '<', '>', ')']) {
            Some(end) if out.len() <= LONGEST_DETAIL * 4 => word = &rest[end..],
            _ => return,
        }
    }
    out.push_str(word);
}

fn cut_at(word: &str) -> Option<usize> {
    let lower = word.to_ascii_lowercase();
    let query = lower.find("://").and_then(|at| lower[at..].find('?').map(|query| at + query));
    let signing = ["x-amz-", "awsaccesskeyid=", "signature="]
        .iter()
        .filter_map(|name| lower.find(name).filter(|at| lower[*at..].contains('=')))
        .min();
    query.into_iter().chain(signing).min()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_url_keeps_scheme_host_and_path() {
        assert_eq!(redact("https://h:81/a/b?X-Amz-Signature=1#f"), "https://h:81/a/b");
        assert_eq!(redact("https://user:pass@h/a"), "https://h/a");
        assert_eq!(redact("mailto:a@b?body=secret"), "mailto:…");
        assert_eq!(redact("not a url?secret"), "an address that cannot be read");
    }

    #[test]
    fn words_lose_queries_and_signing_values() {
        let cases = [
            ("see https://h/a?b=secret now", "see https://h/a… now"),
            ("(\"https://h/a?b=secret\") now", "(\"https://h/a…\") now"),
            (
                "<Url>http://h/a?x=secret</Url><Url>http://h/b?y=secret</Url>",
                "<Url>http://h/a…</Url><Url>http://h/b…</Url>",
            ),
            ("/key?partNumber=1&X-Amz-Signature=secret gone", "/key?partNumber=1&… gone"),
            ("header x-amz-acl", "header x-amz-acl"),
            ("Signature=secret", "…"),
            ("two\n\tlines\0here", "two lines here"),
            ("it is \u{202e}ton\u{2028}good", "it is ton good"),
            ("Is it there? Yes", "Is it there? Yes"),
            ("a\u{202e}b\u{2066}c\u{200b}\u{feff}d\u{2028}e", "abcd e"),
            ("X-Amz\u{200b}-Signature=secret", "…"),
        ];
        for (said, kept) in cases {
            assert_eq!(redact_text(said), kept);
        }
    }

    #[test]
    fn long_words_are_cut_within_the_bound() {
        assert_eq!(redact_text(&"ä".repeat(2000)).chars().count(), LONGEST_DETAIL);
        assert_eq!(redact_text(&"ä".repeat(LONGEST_DETAIL)), "ä".repeat(LONGEST_DETAIL));
    }

    #[test]
    fn a_flood_of_signing_values_neither_overflows_the_stack_nor_takes_long() {
        for flood in ["x-amz-=>", "https://h/a?b=c<", "signature=)", "\""] {
            let kept = redact_text(&flood.repeat(4 << 20));
            assert!(kept.chars().count() <= LONGEST_DETAIL, "{kept}");
        }
    }

    proptest! {
        #[test]
        fn no_signature_survives(before in "\\PC{0,80}", path in "[a-z/]{0,20}", after in "[ \"'<>)\\PC]{0,80}") {
            let said = format!("{before} https://host/{path}?X-Amz-Credential=AKIDSECRET&X-Amz-Signature=5EC2E7{after}");
            let kept = redact_text(&said);
            prop_assert!(!kept.contains("AKIDSECRET") && !kept.contains("5EC2E7"), "{kept}");
            prop_assert!(kept.chars().count() <= LONGEST_DETAIL);
        }
    }
}
