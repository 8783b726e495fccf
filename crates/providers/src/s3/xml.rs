//! S3's documents: a few elements are read, one is written.

use partway_core::PartReceipt;
use roxmltree::{Document, Node, ParsingOptions};

use crate::etag;

/// A page of 1,000 parts has some 8,000 nodes; whoever sends more than this means no list of parts.
const MOST_NODES: u32 = 200_000;

/// Reads a document and hands its root to `read`; `None` where it is no XML or its root has another name.
///
/// Names are compared without their namespace: servers write AWS's, their own or none. Document types, and so entities that
/// grow, are refused by the reader.
pub(crate) fn document<T>(
    body: &[u8],
    root: &str,
    read: impl FnOnce(Node<'_, '_>) -> Option<T>,
) -> Option<T> {
    // While it puts parts together AWS sends blanks first, so that the connection lives.
    let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}').trim();
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).ok()?;
    let node = document.root_element();
    (node.tag_name().name() == root).then(|| read(node))?
}

/// The text of a child, without blanks around it; `None` where it is missing or empty.
pub(crate) fn child(node: Node<'_, '_>, name: &str) -> Option<String> {
    let text = children(node, name).next()?.text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The children of that name.
pub(crate) fn children<'a, 'd: 'a>(node: Node<'a, 'd>, name: &str) -> impl Iterator<Item = Node<'a, 'd>> {
    node.children().filter(move |child| child.tag_name().name() == name)
}

/// The list of parts that *complete* sends.
pub(crate) fn complete(receipts: &[PartReceipt]) -> String {
    let mut text =
        String::from("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for part in receipts {
        let (number, etag) = (part.number, escaped(&etag::of_part(part)));
        text.push_str(&format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>&quot;{etag}&quot;</ETag></Part>"
        ));
    }
    text.push_str("</CompleteMultipartUpload>");
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
