//! Redacts log lines for sharing: URLs are cut to their host, and paths are removed.

use partway_http::redact_text;

/// Replaces a path. Names of files and folders reveal what someone is working on.
const PATH: &str = "‹path›";

/// Redacts a line and cuts it to 500 characters.
pub(super) fn clean(line: &str) -> String {
    let line = hosts_only(&redact_text(line));
    let mut out = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some((before, path)) = path_in(rest) {
        out.push_str(before);
        out.push_str(PATH);
        rest = after(path);
    }
    out.push_str(rest);
    out
}

/// Cuts URLs to their host: in a store's URL the path is the file's name.
fn hosts_only(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, from_host) = rest.split_at(at + "://".len());
        out.push_str(before);
        let ends = |c: char| c.is_whitespace() || "\"'`<>)".contains(c);
        let url = &from_host[..from_host.find(ends).unwrap_or(from_host.len())];
        match url.split_once('/') {
            Some((host, _)) => out.extend([host, "/…"]),
            None => out.push_str(url),
        }
        rest = &from_host[url.len()..];
    }
    out.push_str(rest);
    out
}

/// Splits where the first path begins: `/a…` or `C:\…`, at the start of a word or after a quotation mark, a
/// bracket, an equals sign or a colon.
fn path_in(text: &str) -> Option<(&str, &str)> {
    let mut previous = ' ';
    for (at, letter) in text.char_indices() {
        let begins = previous.is_whitespace() || "\"'`([={:".contains(previous);
        if begins && (is_unix(&text[at..]) || is_windows(&text[at..])) {
            return Some(text.split_at(at));
        }
        previous = letter;
    }
    None
}

/// `//` is part of a URL.
fn is_unix(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next() == Some('/') && letters.next().is_some_and(|next| next != '/' && !next.is_whitespace())
}

fn is_windows(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.starts_with(r"\\")
        || (bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && bytes[2] == b'\\')
}

/// The text after a path. A quoted path ends at its closing quote. Any other may contain blanks, so
/// everything up to the next log field (` name=`) goes with it: no name of ours contains one.
fn after(path: &str) -> &str {
    let end = path.find(['"', '\'', '`', '>']).or_else(|| field(path)).unwrap_or(path.len());
    &path[end..]
}

/// The start of the next ` name=` in a log line.
fn field(text: &str) -> Option<usize> {
    let equals = text.find('=')?;
    let blank = text[..equals].rfind(' ')?;
    let named = text[blank + 1..equals].chars().all(|c| c.is_ascii_lowercase() || c == '_');
    (named && equals > blank + 1).then_some(blank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_queries_do_not_stay() {
        let cases = [
            (r#"cannot read "/home/ada/secret film.mov" now"#, r#"cannot read "‹path›" now"#),
            ("cannot read /home/ada/secret film.mov: gone", "cannot read ‹path›"),
            ("detail=/a/secret b.mov tries=3", "detail=‹path› tries=3"),
            (r"cannot read C:\Users\Ada\secret.mov", "cannot read ‹path›"),
            (r"cannot read \\nas\secret", "cannot read ‹path›"),
            ("PUT https://host/bucket/secret?X-Amz-Signature=secret", "PUT https://host/…"),
            ("<Url>http://h:81/secret.mov</Url> of http://h", "<Url>http://h:81/…</Url> of http://h"),
            ("1 / 2 and 3/4 stay", "1 / 2 and 3/4 stay"),
            ("at https://host/a, then /b", "at https://host/… then ‹path›"),
        ];
        for (said, kept) in cases {
            assert_eq!(clean(said), kept);
        }
    }
}
