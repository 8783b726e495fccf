//! Parses XML properly, for every step: the parser handles namespaces, prefixes, comments, CDATA and
//! entities.
//!
//! Names are compared without their namespace: servers write AWS's, their own or none. The parser refuses
//! document types, and so entities that grow.

use roxmltree::{Document, Node, ParsingOptions};

use crate::mend::mended;
use crate::prolog::begin;

/// The most nodes. A page of 1,000 parts has some 8,000; no list of parts has more than this.
const MOST_NODES: u32 = 200_000;

/// The result of reading a body as a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read<T> {
    /// The expected document, and what was read of it.
    Found(T),
    /// It is truncated.
    Cut,
    /// Something else, or the expected document without its essential content.
    Other,
}

impl<T> Read<T> {
    /// The content, if it was found.
    pub fn found(self) -> Option<T> {
        match self {
            Self::Found(found) => Some(found),
            Self::Cut | Self::Other => None,
        }
    }
}

/// Parses a document whose root has this name and passes that root to `read`.
pub(crate) fn document<T>(text: &str, root: &str, read: impl FnOnce(Node<'_, '_>) -> Option<T>) -> Read<T> {
    let found = |document: &Document<'_>| {
        let node = document.root_element();
        let found = is_named(node, root).then(|| read(node)).flatten();
        found.map_or(Read::Other, Read::Found)
    };
    let bare = without_declaration(text);
    if let Ok(document) = parsed(bare) {
        return found(&document);
    }
    match mended(bare) {
        Some(mended) if mended.whole => parsed(&mended.text).map_or(Read::Other, |document| found(&document)),
        // A truncated list would be taken for a shorter one.
        Some(_) if begin(bare).is_some_and(|begin| begin.name.eq_ignore_ascii_case(root)) => Read::Cut,
        _ => Read::Other,
    }
}

/// Passes an `<Error>` to `read`, as the root or nested, complete or not.
pub(crate) fn error<T>(text: &str, read: impl FnOnce(Node<'_, '_>) -> T) -> Option<T> {
    let bare = without_declaration(text);
    let found = |document: &Document<'_>| error_in(document.root_element()).map(read);
    match parsed(bare) {
        Ok(document) => found(&document),
        Err(_) => found(&parsed(&mended(bare)?.text).ok()?),
    }
}

/// Whether the document is an `<Error>`, even if nothing of it can be read.
pub(crate) fn is_error(text: &str) -> bool {
    begin(text).is_some_and(|begin| begin.name.eq_ignore_ascii_case("Error"))
}

/// Amazon's older services and compatible ones wrap it in an `<ErrorResponse>`, or in `<Errors>` in a
/// `<Response>`.
fn error_in<'a, 'd: 'a>(root: Node<'a, 'd>) -> Option<Node<'a, 'd>> {
    let mut node = Some(root);
    for _ in 0..3 {
        let at = node?;
        if is_named(at, "Error") {
            return Some(at);
        }
        let within = ["Error", "Errors"];
        node = at.children().find(|child| within.iter().any(|name| is_named(*child, name)));
    }
    None
}

/// The trimmed text of a child; `None` if it is missing or empty.
pub fn child(node: Node<'_, '_>, name: &str) -> Option<String> {
    // A comment in the middle splits the text into two nodes.
    let pieces =
        children(node, name).next()?.children().filter(Node::is_text).filter_map(|piece| piece.text());
    let text: String = pieces.collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The children with that name.
pub fn children<'a, 'd: 'a>(node: Node<'a, 'd>, name: &str) -> impl Iterator<Item = Node<'a, 'd>> {
    node.children().filter(move |child| is_named(*child, name))
}

fn is_named(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name().eq_ignore_ascii_case(name)
}

fn parsed(text: &str) -> Result<Document<'_>, roxmltree::Error> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options)
}

/// Strips the blanks that AWS sends first while it puts parts together, and the declaration, whose version
/// and encoding are meaningless by now.
fn without_declaration(text: &str) -> &str {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'));
    let declared = bare.strip_prefix("<?xml").filter(|rest| rest.starts_with(char::is_whitespace));
    declared.and_then(|rest| rest.split_once("?>")).map_or(bare, |(_, rest)| rest.trim_start())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> Option<String> {
        error(text, |node| child(node, "Code")).flatten()
    }

    fn id(text: &str) -> Read<String> {
        document(text, "Result", |root| child(root, "Id"))
    }

    #[test]
    fn an_error_is_read_however_it_is_written() {
        for text in [
            "<Error><Code>SlowDown</Code></Error>",
            "\n <?xml version=\"1.1\" encoding='latin1' standalone=\"yes\"?>\n<Error xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Code>SlowDown</Code></Error>",
            "<s3:Error xmlns:s3='x'><s3:Code>SlowDown</s3:Code></s3:Error>",
            "<s3:Error><s3:Code>SlowDown</s3:Code></s3:Error>",
            "<!-- a --><Error><!-- <Code>no</Code> --><Code><![CDATA[SlowDown]]></Code></Error><!-- b -->",
            "<?xml version='1.0'?><?style x?><Error a='b'><Code x=\"y\">Slow<!-- - -->Down</Code></Error>",
            "<Error><Code>&#83;low&#x44;own</Code></Error>",
            "<Error><Message>a & b &nbsp; c?d=1&e=2</Message><Code>SlowDown</Code></Error>",
            "<ErrorResponse><Error><Code>SlowDown</Code></Error><RequestId/></ErrorResponse>",
            "<Response><Errors><Error><Code>SlowDown</Code></Error></Errors></Response>",
            "<Error><Code>SlowDown</Code><Message>it breaks",
            "<Error><RequestId/><Code>SlowDown</Code><Mess",
            "<error><code> SlowDown\n</code></error>",
            "<Error><Code>SlowDown</Code></Error>\0\0",
            "<!DOCTYPE Error><Error><Code>SlowDown</Code></Error>",
        ] {
            assert_eq!(code(text).as_deref(), Some("SlowDown"), "{text}");
        }
    }

    #[test]
    fn what_grows_is_not_read_and_known_for_an_error_all_the_same() {
        let bomb =
            "<!DOCTYPE Error [<!ENTITY a 'SlowDown'><!ENTITY b '&a;&a;'>]><Error><Code>&b;</Code></Error>";
        assert_eq!(code(bomb), None);
        assert!(is_error(bomb) && !is_error("<Other/>"));
        let outside =
            "<!DOCTYPE Error [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><Error><Code>&a;</Code></Error>";
        assert_eq!(code(outside), None);
        let many = format!("<Error>{}<Code>a</Code></Error>", "<x/>".repeat(MOST_NODES as usize));
        assert_eq!(code(&many), None);
        assert_eq!(code("<Other><Code>a</Code></Other>"), None);
        assert_eq!(code("{\"Code\":\"a\"}"), None);
        assert_eq!(code("<Error><Code>InvalidPart"), None, "it may be InvalidPartOrder");
    }

    #[test]
    fn a_yes_that_breaks_off_is_no_yes_and_one_that_is_nearly_xml_is() {
        assert_eq!(id("<Result xmlns='x'><Id>a</Id></Result>"), Read::Found("a".to_owned()));
        assert_eq!(id("<r:Result><r:Id>a</r:Id><Key>b&c</Key></r:Result>"), Read::Found("a".to_owned()));
        assert_eq!(id("<Result><Id>a</Id>"), Read::Cut);
        assert_eq!(id("<Result><I"), Read::Cut);
        for other in [
            "<Result/>",
            "<Other><Id>a</Id></Other>",
            "<Other><Id>a",
            "",
            "{}",
            "<!DOCTYPE Result [<!ENTITY a 'b'>]><Result><Id>&a;</Id></Result>",
        ] {
            assert_eq!(id(other), Read::Other, "{other}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_stumble(text in "(<Error>|</Error>|<Code>|</Code>|<!--|-->|&|a|<){0,12}", odd: String) {
            let _ = (code(&text), id(&text), code(&odd), id(&odd));
        }
    }
}
