//! Repairs XML that is not well-formed: drops attributes, prefixes, comments and instructions, and closes
//! what is cut off.
//!
//! Some servers write a bare `&`, HTML entities or undeclared prefixes, and an answer may be cut off
//! mid-document. If it is a refusal, it counts all the same. The normal parser reads the result, and nothing
//! in it can grow.

use crate::prolog::begin;

/// Deepest nesting of elements; S3's are four deep.
const DEEPEST: usize = 64;

/// A document that the parser will accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mended {
    pub(crate) text: String,
    /// Whether its root was closed by the server, not by the repair.
    pub(crate) whole: bool,
}

/// Makes a document well-formed; `None` if that is impossible, or if it declares entities, which could grow.
pub(crate) fn mended(document: &str) -> Option<Mended> {
    let begin = begin(document)?;
    if begin.doctype.is_some_and(|doctype| doctype.contains('[')) {
        return None;
    }
    let (mut text, mut open, mut rest) = (String::new(), Vec::new(), begin.rest);
    let (mut whole, mut tags_end) = (false, 0);
    while let Some(at) = rest.find('<') {
        push_text(&mut text, &rest[..at]);
        rest = &rest[at..];
        let Some(after) = step(&mut text, &mut open, rest)? else {
            break;
        };
        rest = after;
        if text.ends_with('>') {
            tags_end = text.len();
        }
        if open.is_empty() {
            whole = true;
            break;
        }
    }
    if !whole {
        // Half a code may be another code, so unfinished text is dropped.
        text.truncate(tags_end);
    }
    for name in open.iter().rev() {
        text.push_str(&format!("</{name}>"));
    }
    Some(Mended { text, whole })
}

/// Consumes the markup at this `<` and returns what follows: `Some(None)` if the document is cut off in it,
/// `None` if it is beyond repair.
fn step<'a>(text: &mut String, open: &mut Vec<&'a str>, at: &'a str) -> Option<Option<&'a str>> {
    let after = |text: &'a str, end: &str| text.split_once(end).map(|(_, after)| after);
    if let Some(comment) = at.strip_prefix("<!--") {
        return Some(after(comment, "-->"));
    }
    if let Some(data) = at.strip_prefix("<![CDATA[") {
        let (inside, rest) =
            data.split_once("]]>").map_or((data, None), |(inside, rest)| (inside, Some(rest)));
        push_clean(text, &inside.replace('&', "&amp;").replace('<', "&lt;"));
        return Some(rest);
    }
    if at.starts_with("<?") {
        return Some(after(at, "?>"));
    }
    if at.starts_with("<!") {
        return None;
    }
    let tag = &at[1..];
    let Some(end) = end_of_tag(tag) else { return Some(None) };
    let (inside, rest) = (&tag[..end], &tag[end + 1..]);
    if let Some(closing) = inside.strip_prefix('/') {
        let name = open.pop().filter(|name| *name == local(closing))?;
        text.push_str(&format!("</{name}>"));
        return Some(Some(rest));
    }
    let name = local(inside);
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if open.len() == DEEPEST
        || !is_name
        || !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
    {
        return None;
    }
    if inside.ends_with('/') {
        text.push_str(&format!("<{name}/>"));
    } else {
        text.push_str(&format!("<{name}>"));
        open.push(name);
    }
    Some(Some(rest))
}

/// The name of a tag without its prefix and its attributes.
fn local(tag: &str) -> &str {
    let end = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
    tag[..end].rsplit(':').next().unwrap_or_default()
}

/// The `>` that ends a tag, skipping quoted attributes.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in tag.char_indices() {
        match (letter, quote) {
            (_, Some(open)) if letter == open => quote = None,
            ('"' | '\'', None) => quote = Some(letter),
            ('>', None) => return Some(at),
            _ => {}
        }
    }
    None
}

/// Escapes text for XML: an ampersand that begins no XML entity is escaped, and control characters are
/// dropped.
fn push_text(text: &mut String, plain: &str) {
    let mut rest = plain;
    while let Some(at) = rest.find('&') {
        push_clean(text, &rest[..at]);
        text.push('&');
        rest = &rest[at + 1..];
        if !is_entity(rest) {
            text.push_str("amp;");
        }
    }
    push_clean(text, rest);
}

fn push_clean(text: &mut String, plain: &str) {
    // The end of a CDATA section must not appear in text (XML 1.0, 2.4).
    let taken = |c: &char| !(c.is_control() && !c.is_whitespace() || matches!(c, '\u{fffe}' | '\u{ffff}'));
    let plain = plain.replace(']', "&#93;").replace('>', "&gt;");
    text.extend(plain.chars().filter(taken).map(|c| if c.is_control() { ' ' } else { c }));
}

/// Whether an ampersand is followed by an entity that every XML parser knows.
fn is_entity(after: &str) -> bool {
    let Some((name, _)) = after.split_once(';').filter(|(name, _)| name.len() <= 8) else { return false };
    let number = || {
        let digits = name.strip_prefix('#')?;
        let number = match digits.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => digits.parse().ok()?,
        };
        char::from_u32(number).filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'))
    };
    matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") || number().is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use roxmltree::Document;

    use super::*;

    #[test]
    fn what_is_nearly_xml_becomes_it() {
        for (document, text, whole) in [
            ("<a><b>c</b></a>", "<a><b>c</b></a>", true),
            (
                "<?xml version='1.0'?> <n:a x='>'><n:b y=\"&\">c & d&nbsp;e</n:b></n:a>\0junk",
                "<a><b>c &amp; d&amp;nbsp;e</b></a>",
                true,
            ),
            ("<a><!-- <b> --><?x?><![CDATA[<&]]></a>", "<a>&lt;&amp;</a>", true),
            ("<a><c>d</c><b>cut", "<a><c>d</c><b></b></a>", false),
            ("<a><b>cut</b", "<a><b></b></a>", false),
            ("<a><b>c</b><d><![CDATA[cut", "<a><b>c</b><d></d></a>", false),
            ("<a/>", "<a/>", true),
            ("<a>&#65;&#xD800;&#0;&lt;</a>", "<a>&#65;&amp;#xD800;&amp;#0;&lt;</a>", true),
        ] {
            let mended = mended(document).unwrap();
            assert_eq!((mended.text.as_str(), mended.whole), (text, whole), "{document}");
        }
        for beyond in [
            "",
            "{}",
            "<a></b>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
            "<a><!DOCTYPE b></a>",
            "<a><1/></a>",
        ] {
            assert_eq!(mended(beyond), None, "{beyond}");
        }
        assert_eq!(mended(&"<a>".repeat(100)), None);
    }

    proptest! {
        #[test]
        fn the_reader_takes_whatever_comes_of_it(
            inside in "(<b>|</b>|<b/>|<b c=\"&>\">|<!--|-->|<!\\[CDATA\\[|\\]\\]>|&|&lt;|&#1;|;|\\PC|\u{1}|\n){0,20}",
        ) {
            if let Some(mended) = mended(&format!("<a>{inside}")) {
                prop_assert!(Document::parse(&mended.text).is_ok(), "{}", mended.text);
            }
        }
    }
}
