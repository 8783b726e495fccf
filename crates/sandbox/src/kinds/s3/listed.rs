//! Parses the XML of a complete's parts.

use std::collections::BTreeMap;

use crate::storage::refusal::Refusal;
use crate::storage::xml::{self, Element};

/// Number and ETag of each part, in document order (AWS, "CompleteMultipartUpload").
pub(crate) fn parts(body: &[u8]) -> Result<Vec<(u32, String)>, Refusal> {
    let root = xml::read(body).filter(|root| root.name == "CompleteMultipartUpload" && root.text.is_empty());
    let root = root.ok_or_else(Refusal::malformed_xml)?;
    let parts: Option<Vec<_>> = root.children.iter().map(part).collect();
    parts.filter(|parts| (1..=10_000).contains(&parts.len())).ok_or_else(Refusal::malformed_xml)
}

/// The checksum that is named for each part, by its name in lower case.
pub(crate) fn checksums(body: &[u8]) -> BTreeMap<u32, (String, String)> {
    let parts = xml::read(body).map(|root| root.children).unwrap_or_default();
    let one = |element: &Element| {
        let (number, _) = part(element)?;
        let (name, sum) = element.children.iter().find_map(|child| {
            child.name.strip_prefix("Checksum").map(|name| (name.to_ascii_lowercase(), child.text.clone()))
        })?;
        Some((number, (name, sum)))
    };
    parts.iter().filter_map(one).collect()
}

fn part(element: &Element) -> Option<(u32, String)> {
    let one = |name: &str| {
        let mut found = element.children.iter().filter(|child| child.name == name);
        found.next().filter(|child| found.next().is_none() && child.children.is_empty())
    };
    let known = |child: &Element| {
        matches!(child.name.as_str(), "PartNumber" | "ETag") || child.name.starts_with("Checksum")
    };
    if element.name != "Part" || !element.children.iter().all(known) {
        return None;
    }
    let number = &one("PartNumber")?.text;
    let plain = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let number = number.parse().ok().filter(|number| plain && (1..=10_000).contains(number))?;
    Some((number, one("ETag")?.text.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inside: &str) -> Result<Vec<(u32, String)>, &'static str> {
        let text = format!("<CompleteMultipartUpload>{inside}</CompleteMultipartUpload>");
        parts(text.as_bytes()).map_err(|refusal| refusal.code)
    }

    #[test]
    fn parts_are_read_in_their_order() {
        let two = "<Part><ETag>&quot;a&quot;</ETag><PartNumber>2</PartNumber></Part> \
                   <Part><PartNumber>1</PartNumber><ETag>b</ETag><ChecksumCRC32>x</ChecksumCRC32></Part>";
        assert_eq!(read(two), Ok(vec![(2, "\"a\"".to_owned()), (1, "b".to_owned())]));
    }

    #[test]
    fn anything_else_is_malformed() {
        for bad in [
            "",
            "x",
            "<Part/>",
            "<Part><PartNumber>1</PartNumber></Part>",
            "<Part><PartNumber>0</PartNumber><ETag>a</ETag></Part>",
            "<Part><PartNumber>+1</PartNumber><ETag>a</ETag></Part>",
            "<Part><PartNumber>10001</PartNumber><ETag>a</ETag></Part>",
            "<Part><PartNumber>1</PartNumber><ETag>a</ETag><ETag>a</ETag></Part>",
            "<Part><PartNumber>1</PartNumber><ETag>a</ETag><Size>1</Size></Part>",
            "<part><PartNumber>1</PartNumber><ETag>a</ETag></part>",
        ] {
            assert_eq!(read(bad), Err("MalformedXML"), "{bad}");
        }
        assert!(parts(b"<Other/>").is_err() && parts(b"{}").is_err());
    }
}
