//! XML as storage speaks it: written by hand, and read strictly, since a client's mistake is to be seen.

/// Elements may lie so deep in one another; storage's own lie three deep.
const DEEPEST: usize = 8;

/// What is said as one element.
pub(crate) fn tag(name: &str, text: impl AsRef<str>) -> String {
    format!("<{name}>{}</{name}>", escape(text.as_ref()))
}

/// A document with this root, which holds what is written already.
pub(crate) fn document(root: &str, inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inside}</{root}>"
    )
}

/// Text that is no markup; characters that a parser would take for blanks are numbered.
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

/// An element as it was read.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Without a prefix.
    pub(crate) name: String,
    /// Its own text, blanks at the ends gone.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The children of this name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of this name; empty where there is none.
    pub(crate) fn text_of(&self, name: &str) -> &str {
        self.all(name).next().map_or("", |child| &child.text)
    }
}

/// Reads a document; nothing where it is not well-formed, or has a DOCTYPE.
pub(crate) fn read(text: &[u8]) -> Option<Element> {
    let text = std::str::from_utf8(text).ok()?;
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(after) = rest.strip_prefix("<?xml ") {
        rest = after.split_once("?>")?.1;
    }
    let rest = blank(rest)?;
    let (root, rest) = element(rest, DEEPEST)?;
    blank(rest)?.is_empty().then_some(root)
}

/// Leaves out blanks and comments.
fn blank(mut rest: &str) -> Option<&str> {
    loop {
        rest = rest.trim_start();
        match rest.strip_prefix("<!--") {
            Some(comment) => rest = comment.split_once("-->")?.1,
            None => return Some(rest),
        }
    }
}

/// One element from its `<` on, and what follows it.
fn element(text: &str, depth: usize) -> Option<(Element, &str)> {
    let depth = depth.checked_sub(1)?;
    let (full, mut rest) = name(text.strip_prefix('<')?)?;
    let local = full.rsplit(':').next().unwrap_or(full).to_owned();
    let mut read = Element { name: local, ..Element::default() };
    loop {
        let trimmed = rest.trim_start();
        if let Some(after) = trimmed.strip_prefix("/>") {
            return Some((read, after));
        }
        if let Some(after) = trimmed.strip_prefix('>') {
            rest = after;
            break;
        }
        if trimmed.len() == rest.len() {
            return None; // an attribute stands after a blank
        }
        rest = attribute(trimmed)?;
    }
    loop {
        let (text, after) = rest.split_at(rest.find('<')?);
        read.text.push_str(&unescape(text)?);
        rest = after;
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->")?.1;
        } else if let Some(end) = rest.strip_prefix("</") {
            let (closing, after) = name(end)?;
            let after = after.trim_start().strip_prefix('>')?;
            read.text = read.text.trim().to_owned();
            return (closing == full).then_some((read, after));
        } else {
            let (child, after) = element(rest, depth)?;
            read.children.push(child);
            rest = after;
        }
    }
}

fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || "_-.:".contains(c)))?;
    let (name, rest) = text.split_at(end);
    name.starts_with(|c: char| c.is_alphabetic() || c == '_').then_some((name, rest))
}

/// Passes over one attribute: those that S3's clients send are namespaces only.
fn attribute(text: &str) -> Option<&str> {
    let (_, rest) = name(text)?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| "\"'".contains(*c))?;
    let (value, rest) = rest[1..].split_once(quote)?;
    unescape(value).filter(|_| !value.contains('<')).map(|_| rest)
}

fn unescape(mut text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    while let Some((before, after)) = text.split_once('&') {
        out.push_str(before);
        let (entity, rest) = after.split_once(';')?;
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = entity.strip_prefix('#')?;
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        });
        text = rest;
    }
    out.push_str(text);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in "[^\u{0}\\s]([^\u{0}]*[^\u{0}\\s])?") {
            let read = read(document("a", &tag("b", &text)).as_bytes()).unwrap();
            prop_assert_eq!(&read.children[0].text, &text);
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
            "<A",
            "x",
            &deep,
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}
