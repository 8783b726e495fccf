//! The public URL of a finished file, as far as it is safe to show and open: a vendor's text is no link until
//! it parses as one.

use std::net::Ipv4Addr;

use partway_http::redact;
use url::{Host, Url};

/// No browser accepts a longer one.
const LONGEST: usize = 8 << 10;

/// The URL as a browser would normalize it; `None` if it is unsafe to open: a scheme other than http and
/// https, a user name and password, a host written so that it reads like another, invisible characters. A
/// plain path is left as it is. If it is a presigned URL after all, its signature is dropped.
#[must_use]
pub fn web_link(text: &str) -> Option<String> {
    let text = text.trim_matches(' ');
    if text.len() > LONGEST || text.chars().any(is_unseen) {
        return None;
    }
    if is_path(text) {
        return Some(unsigned(text));
    }
    let (scheme, rest) = text.split_once("://")?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // A browser takes a backslash for a slash, and what precedes an @ for a user name.
    if authority.is_empty() || authority.contains(['@', '\\', '%', ' ']) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    match url.host()? {
        Host::Domain(name) => name.chars().any(|letter| letter != '.').then_some(())?,
        Host::Ipv4(address) => {
            // 0x7f.1, 017700000001, 2130706433 and １２７.0.0.1 are all the same to a browser, and none of them
            // to a reader.
            let written = authority.split(':').next().unwrap_or_default();
            (written == address.to_string() && leads_somewhere(address)).then_some(())?;
        }
        Host::Ipv6(address) => {
            let within = address.to_ipv4_mapped();
            let local = address.is_unspecified() || address.is_multicast() || address.is_unicast_link_local();
            (within.is_none() && !local).then_some(())?;
        }
    }
    Some(unsigned(url.as_str()))
}

/// A path at the vendor, as some report it: it names no host and no scheme, so it leads nowhere else.
fn is_path(text: &str) -> bool {
    !text.is_empty() && !text.starts_with("//") && !text.contains([':', '\\'])
}

fn unsigned(link: &str) -> String {
    let lower = link.to_ascii_lowercase();
    if lower.contains("x-amz-") || lower.contains("signature=") { redact(link) } else { link.to_owned() }
}

/// Excludes broadcast and multicast, link-local (where clouds keep their machines' secrets) and unspecified
/// addresses.
const fn leads_somewhere(address: Ipv4Addr) -> bool {
    !(address.is_unspecified() || address.is_broadcast() || address.is_link_local() || address.is_multicast())
}

/// Controls, blanks other than the plain space, and marks that have no width or change the direction of the
/// text around them (Unicode, UAX #9).
fn is_unseen(letter: char) -> bool {
    let blank = letter.is_whitespace() && letter != ' ';
    let mark = matches!(
        letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    letter.is_control() || blank || mark
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_of_the_web_is_a_link() {
        for (told, link) in [
            ("https://cdn.example/a/b.mov?v=2#t=1", "https://cdn.example/a/b.mov?v=2#t=1"),
            ("HTTP://Cdn.Example:8080/a b.mov", "http://cdn.example:8080/a%20b.mov"),
            ("http://127.0.0.1:4000/files/x", "http://127.0.0.1:4000/files/x"),
            ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
            ("https://xn--mnchen-3ya.example/x", "https://xn--mnchen-3ya.example/x"),
            ("https://münchen.example/ü", "https://xn--mnchen-3ya.example/%C3%BC"),
            (" https://cdn.example/x ", "https://cdn.example/x"),
            ("videos/a b.mov", "videos/a b.mov"),
        ] {
            assert_eq!(web_link(told).as_deref(), Some(link), "{told}");
        }
        let signed = web_link("https://s.example/k?X-Amz-Signature=abc").unwrap();
        assert!(!signed.contains("abc"), "{signed}");
    }

    #[test]
    fn anything_else_is_none() {
        for told in [
            "",
            "//cdn.example/x",
            "http:cdn.example/x",
            "http:/cdn.example/x",
            "javascript:alert(1)",
            "JavaScript://cdn.example/%0aalert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://cdn.example/x",
            "blob:https://cdn.example/x",
            "view-source:https://cdn.example/x",
            "vscode://cdn.example/x",
            "https://",
            "https:///x",
            "https://./x",
            "https://user@cdn.example/x",
            "https://user:pass@cdn.example/x",
            "https://@cdn.example/x",
            "https://cdn.example\\@evil.example/x",
            "https://cdn.example\\x",
            "https://cdn%2eexample/x",
            "https://cdn.example/a\nb",
            "https://cdn.example/a\u{0}b",
            "https://cdn.example/a\u{7f}b",
            "https://cdn.example/\u{202e}vom.b",
            "https://cdn.example/\u{2066}x",
            "https://cdn\u{200b}.example/x",
            "https://cdn.example/\u{2028}x",
            "https://cdn.example/\u{a0}x",
            "http://2130706433/x",
            "http://0x7f000001/x",
            "http://0x7f.1/x",
            "http://0177.0.0.1/x",
            "http://127.1/x",
            "http://１２７.0.0.1/x",
            "http://127.0.0.1./x",
            "http://0.0.0.0/x",
            "http://169.254.169.254/latest",
            "http://255.255.255.255/x",
            "http://[::ffff:127.0.0.1]/x",
            "http://[::]/x",
            "http://[fe80::1]/x",
            "http://[fe80::1%25eth0]/x",
            "http://cdn.example:99999/x",
        ] {
            assert_eq!(web_link(told), None, "{told:?}");
        }
        assert_eq!(web_link(&format!("https://cdn.example/{}", "x".repeat(LONGEST))), None);
    }

    proptest! {
        #[test]
        fn what_is_a_link_is_plain_ascii_and_stays_one(told in "(https?://)?[\\PC]{0,40}", host in "\\PC{0,20}") {
            for told in [told, format!("https://{host}/x")] {
                if let Some(link) = web_link(&told) {
                    let plain = link.bytes().all(|byte| byte.is_ascii_graphic());
                    prop_assert!(plain || is_path(&link), "{}", link);
                    prop_assert_eq!(web_link(&link), Some(link.clone()));
                }
            }
        }
    }
}
