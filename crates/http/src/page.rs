//! Detects a web page where data is expected: the content decides, and the declared type only helps.
//!
//! Valid answers come as `text/html` (PHP and some stores declare everything so), and a hotel's sign-in page
//! comes as anything.

use http::HeaderMap;
use http::header::{CONTENT_TYPE, ETAG};

use crate::prolog::{Begin, begin};

/// Elements with which a page may begin, and the one with which a network's sign-in page addresses programs
/// (WISPr).
const OF_PAGES: [&str; 38] = [
    "a",
    "article",
    "b",
    "base",
    "body",
    "br",
    "center",
    "div",
    "font",
    "form",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "img",
    "input",
    "link",
    "main",
    "meta",
    "nav",
    "noscript",
    "p",
    "pre",
    "script",
    "section",
    "span",
    "strong",
    "style",
    "table",
    "title",
    "ul",
    "wispaccessgatewayparam",
];

/// How far to look for a page that begins in the middle, bytes.
const LOOKED_THROUGH: usize = 4 << 10;

/// Whether a service's answer is a page.
pub(crate) fn is_page(status: u16, headers: &HeaderMap, text: &str) -> bool {
    if looks_like_one(text) {
        return true;
    }
    // An empty answer is no page, unless it is a redirect: there the network's sign-in page comes next.
    says_html(headers) && !is_data(text) && (!text.trim().is_empty() || (300..400).contains(&status))
}

/// The same for a storage's answer to bytes: if it gives an ETag, it received them.
pub(crate) fn is_page_for_bytes(status: u16, headers: &HeaderMap, text: &str) -> bool {
    let receipt = (200..300).contains(&status) && headers.contains_key(ETAG);
    if receipt { looks_like_one(text) } else { is_page(status, headers, text) }
}

/// Whether an answer's headers declare a page.
pub(crate) fn says_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.trim_start().to_ascii_lowercase();
    kind.starts_with("text/html") || kind.starts_with("application/xhtml")
}

fn looks_like_one(text: &str) -> bool {
    match begin(text) {
        Some(Begin { doctype, name, .. }) => doctype.is_some_and(of_html) || of_pages(name),
        // Text followed by a page.
        None if !is_data(text) => {
            let start = text[..text.floor_char_boundary(LOOKED_THROUGH)].to_ascii_lowercase();
            ["<!doctype html", "<html", "<body"].iter().any(|tag| start.contains(tag))
        }
        None => false,
    }
}

fn of_html(doctype: &str) -> bool {
    let end = doctype.find(|c: char| c.is_whitespace() || c == '[').unwrap_or(doctype.len());
    doctype[..end].eq_ignore_ascii_case("html")
}

fn of_pages(name: &str) -> bool {
    OF_PAGES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether this is meant as data, complete or not: JSON, or XML whose root is no HTML element.
pub(crate) fn is_data(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    start.starts_with(['{', '[', '"'])
        || matches!(start.trim_end(), "true" | "false" | "null")
        || begin(text).is_some_and(|begin| !of_pages(begin.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(kind: &str, etag: bool) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if !kind.is_empty() {
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        }
        if etag {
            headers.insert(ETAG, "\"abc\"".parse().unwrap());
        }
        headers
    }

    const KINDS: [&str; 5] = ["", "text/plain", "application/json", "text/html; charset=utf-8", "TEXT/HTML"];

    #[test]
    fn a_page_is_a_page_whatever_it_says_of_itself() {
        for page in [
            "<!DOCTYPE html><html>",
            "<!doctype HTML PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\"><html>",
            "\u{feff}\r\n <html>",
            "<HTML><HEAD>",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\">",
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
            "<!-- a comment of more than five hundred letters --><!-- <Error> --><title>Sign in</title>",
            "<script>location.href='http://login.example/'</script>",
            "<meta http-equiv=\"refresh\" content=\"0; url=/login\">",
            "<h1>403 Forbidden</h1>",
            "<?xml version=\"1.0\"?><WISPAccessGatewayParam>",
            "Warning: something\n<html><body>",
        ] {
            for kind in KINDS {
                for status in [200, 302, 403, 404, 503] {
                    assert!(is_page(status, &headers(kind, false), page), "{kind} {page}");
                    assert!(is_page_for_bytes(status, &headers(kind, true), page), "{kind} {page}");
                }
            }
        }
    }

    #[test]
    fn what_is_data_is_none_whatever_it_says_of_itself() {
        for data in [
            "",
            "  \n",
            "{\"a\":1}",
            "[1",
            "null",
            "true",
            "\"text\"",
            "<Error><Code>a</Code></Error>",
            "<?xml version='1.0'?><InitiateMultipartUploadResult xmlns='x'>",
            "<ns:ListPartsResult xmlns:ns='x'>",
            "<!DOCTYPE Error><Error/>",
            "{\"html\":\"<html><body>\"}",
        ] {
            for kind in KINDS {
                assert!(!is_page(200, &headers(kind, false), data), "{kind} {data}");
                assert!(!is_page(404, &headers(kind, false), data), "{kind} {data}");
                assert!(!is_page_for_bytes(200, &headers(kind, true), data), "{kind} {data}");
            }
        }
    }

    #[test]
    fn what_could_be_either_is_what_it_says_and_an_etag_speaks_for_a_storage() {
        assert!(is_page(200, &headers("text/html", false), "sign in"));
        assert!(!is_page(200, &headers("text/plain", false), "sign in"));
        assert!(is_page(302, &headers("text/html", false), ""));
        assert!(is_page_for_bytes(200, &headers("text/html", false), "sign in"));
        assert!(!is_page_for_bytes(200, &headers("text/html", true), "OK"));
        assert!(is_page_for_bytes(403, &headers("text/html", true), "no"));
    }
}
