//! URLs and other people's words, without what must not be read.

/// The most characters of anybody's words that are kept for Details.
const LONGEST_DETAIL: usize = 500;

/// Scheme, host and path of a URL: no query (there the signature stands), no user, no fragment.
#[must_use]
pub fn redact(url: &str) -> String {
    let Ok(url) = url::Url::parse(url) else { return "an address that cannot be read".to_owned() };
    let Some(host) = url.host_str() else { return format!("{}:…", url.scheme()) };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

/// Somebody's words for Details: on one line, at most 500 characters, URLs without their query, signing values cut out.
#[must_use]
pub fn redact_text(text: &str) -> String {
    let mut out = String::new();
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
            // One character less, so that the mark of the cut is within the bound.
            let end = out[..end].char_indices().last().map_or(0, |(last, _)| last);
            format!("{}…", &out[..end])
        }
        None => out,
    }
}

/// A word is cut where a query begins in a URL, or where a signing parameter of S3 begins; what follows it up to the
/// next delimiter is left out.
fn push_word(out: &mut String, word: &str) {
    let lower = word.to_ascii_lowercase();
    let query = lower.find("://").and_then(|at| lower[at..].find('?').map(|query| at + query));
    let signing = ["x-amz-", "awsaccesskeyid=", "signature="]
        .iter()
        .filter_map(|name| lower.find(name).filter(|at| lower[*at..].contains('=')))
        .min();
    match query.into_iter().chain(signing).min() {
        Some(cut) => {
            out.push_str(&word[..cut]);
            out.push('…');
            let rest = &word[cut..];
            if let Some(end) = rest.find(['"', '\'', '<', '>', ')']) {
                push_word(out, &rest[end..]);
            }
        }
        None => out.push_str(word),
    }
}
