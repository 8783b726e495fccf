//! Skips what precedes the first element of a document: blanks, byte order marks, declarations, comments.

/// How a document begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Begin<'a> {
    /// The content of its `<!DOCTYPE …>`, if it has one.
    pub(crate) doctype: Option<&'a str>,
    /// The first element's name, without its prefix.
    pub(crate) name: &'a str,
    /// The text from the first element's `<` on.
    pub(crate) rest: &'a str,
}

/// How this document begins; `None` if it has no markup.
pub(crate) fn begin(text: &str) -> Option<Begin<'_>> {
    let mut doctype = None;
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'));
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->")?.1;
        } else if rest.starts_with("<?") {
            rest = rest.split_once("?>")?.1;
        } else if let Some(declared) = rest.strip_prefix("<!") {
            let end = end_of_declaration(declared)?;
            if let Some(said) = after_word(declared, "doctype").filter(|_| doctype.is_none()) {
                doctype = Some(declared[..end].get(said..).unwrap_or_default().trim());
            }
            rest = &declared[end + 1..];
        } else {
            let tag = rest.strip_prefix('<')?;
            let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(tag.len());
            let name = tag[..end].rsplit(':').next().unwrap_or_default();
            let named = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
            // A page that is cut off after its doctype is still a page.
            return (named || doctype.is_some()).then_some(Begin { doctype, name, rest });
        }
        if rest.is_empty() && doctype.is_some() {
            return Some(Begin { doctype, name: "", rest });
        }
    }
}

/// The offset after this word, case-insensitively.
fn after_word(text: &str, word: &str) -> Option<usize> {
    text.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)).map(|start| start.len())
}

/// The `>` that ends a declaration, skipping square brackets and quotes.
fn end_of_declaration(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_u32, None);
    for (at, letter) in text.char_indices() {
        match (letter, quote) {
            (_, Some(open)) if letter == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(letter),
            ('[', None) => depth += 1,
            (']', None) => depth = depth.saturating_sub(1),
            ('>', None) if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Option<(Option<&str>, &str)> {
        begin(text).map(|begin| (begin.doctype, begin.name))
    }

    #[test]
    fn the_first_element_is_found_behind_whatever_may_stand_before_it() {
        for (text, name) in [
            ("<a/>", "a"),
            ("\u{feff} \r\n\0<a b='c'>", "a"),
            ("<?xml version=\"1.0\"?>\n<!-- <b> --><?php x ?><n:a\nx='1'>", "a"),
            ("<a", "a"),
        ] {
            assert_eq!(found(text), Some((None, name)), "{text}");
        }
        assert_eq!(
            found("<!DocType HTML PUBLIC \"-//>\" 'x'>\n<Head>"),
            Some((Some("HTML PUBLIC \"-//>\" 'x'"), "Head"))
        );
        assert_eq!(found("<!DOCTYPE a [<!ENTITY b 'c'>]><a>"), Some((Some("a [<!ENTITY b 'c'>]"), "a")));
        assert_eq!(found("<!doctype html>"), Some((Some("html"), "")));
        for text in ["", "  ", "{}", "a <b>", "<", "< b>", "<!-- <a>", "<?xml", "<1>", "</a>"] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_stumble(text in "(<!--|-->|<\\?|\\?>|<!doctype|<!|<|>|\\[|\\]|'|ä|a| ){0,16}", odd: String) {
            let _ = (begin(&text), begin(&odd));
        }
    }
}
