//! The storage's XML: written by hand, and read strictly, so that a client's mistakes show.

use roxmltree::{Document, Node};

/// Deepest nesting of elements; the storage's own are three deep.
const DEEPEST: usize = 8;

/// Text as one element.
pub(crate) fn tag(name: &str, text: impl AsRef<str>) -> String {
    format!("<{name}>{}</{name}>", escape(text.as_ref()))
}

/// A document with this root around serialized content.
pub(crate) fn document(root: &str, inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inside}</{root}>"
    )
}

/// Escapes markup; characters that a parser would take for blanks become numeric references.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// A parsed element.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Without a prefix.
    pub(crate) name: String,
    /// Its own text, trimmed.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The children with this name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child with this name; empty if there is none.
    pub(crate) fn text_of(&self, name: &str) -> &str {
        self.all(name).next().map_or("", |child| &child.text)
    }
}

/// Parses a document; `None` if it is not well-formed, or has what no storage client needs: a DOCTYPE, an
/// instruction, CDATA.
pub(crate) fn read(text: &[u8]) -> Option<Element> {
    let text = std::str::from_utf8(text).ok()?;
    if text.contains("<![CDATA[") {
        return None;
    }
    let document = Document::parse(text).ok()?;
    if document.descendants().any(|node| node.is_pi()) {
        return None;
    }
    element(document.root_element(), DEEPEST)
}

fn element(node: Node<'_, '_>, depth: usize) -> Option<Element> {
    let depth = depth.checked_sub(1)?;
    let own: String = node.children().filter(Node::is_text).filter_map(|text| text.text()).collect();
    let children = node.children().filter(Node::is_element).map(|child| element(child, depth));
    Some(Element {
        name: node.tag_name().name().to_owned(),
        text: own.trim().to_owned(),
        children: children.collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn can_be_in_xml(c: char) -> bool {
        matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in "[^\u{0}\\s]([^\u{0}]*[^\u{0}\\s])?") {
            // Characters that XML 1.0 (2.2) excludes cannot be written, not even as a reference.
            let text: String = text.chars().filter(|c| can_be_in_xml(*c)).collect();
            let text = text.trim();
            let read = read(document("a", &tag("b", text)).as_bytes()).unwrap();
            prop_assert_eq!(&read.children[0].text, text);
        }

        #[test]
        fn no_text_breaks_the_reader(text in "[<>/a &;#x\"'=!\\-?]{0,40}") {
            let _ = read(text.as_bytes());
        }
    }

    #[test]
    fn forms_that_clients_send_are_read() {
        for text in [
            "<A><B>1</B></A>",
            "<?xml version=\"1.0\"?>\n<A xmlns=\"u\" >\n  <B>1</B><!-- x --></A>\n",
            "<n:A xmlns:n='u'><n:B>&#49;</n:B></n:A>",
        ] {
            let read = read(text.as_bytes()).unwrap();
            assert_eq!((read.name.as_str(), read.children.len()), ("A", 1), "{text}");
            assert_eq!(
                (read.children[0].name.as_str(), read.children[0].text.as_str()),
                ("B", "1"),
                "{text}"
            );
        }
        assert_eq!(read(b"<A/>").unwrap().name, "A");
    }

    #[test]
    fn what_is_not_well_formed_is_not_read() {
        let deep = format!("{}{}", "<a>".repeat(9), "</a>".repeat(9));
        for text in [
            "",
            "<A>",
            "<A></B>",
            "<A/><A/>",
            "<A>&x;</A>",
            "<A b></A>",
            "<!DOCTYPE A><A/>",
            "<A><?x y?></A>",
            "<A><![CDATA[x]]></A>",
            "<n:A/>",
            "<A>&#1;</A>",
            "<A",
            "x",
            &deep,
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}
