//! Correct answers in unusual encodings: declared as pages, compressed, with a byte order mark, in a
//! namespace.

use std::io::Write;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::BodyExt;

use crate::net::serve::HangUp;
use crate::options::Spelling;

/// Longer bodies are left alone, bytes: only messages are re-encoded, not files.
const LONGEST: u64 = 8 << 20;

/// Re-encodes every answer of the server.
pub(crate) async fn all(State(how): State<Option<Spelling>>, request: Request, next: Next) -> Response<Body> {
    let asks_for_a_file =
        request.method() == http::Method::GET && request.headers().contains_key(header::RANGE);
    let response = next.run(request).await;
    match how.filter(|_| !asks_for_a_file) {
        Some(how) => spelt(response, how).await,
        None => response,
    }
}

/// Re-encodes one answer.
pub(crate) async fn spelt(response: Response<Body>, how: Spelling) -> Response<Body> {
    let long = http_body::Body::size_hint(response.body()).exact().is_none_or(|length| length > LONGEST);
    if long || response.extensions().get::<HangUp>().is_some() {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(body) = body.collect().await else { return Response::from_parts(head, Body::empty()) };
    let body = spell(&mut head.headers, body.to_bytes().to_vec(), how);
    Response::from_parts(head, Body::from(body))
}

/// Re-encodes a body and adjusts its headers.
pub(crate) fn spell(headers: &mut HeaderMap, body: Vec<u8>, how: Spelling) -> Vec<u8> {
    // A HEAD has the length of the body that a GET would return.
    if body.is_empty() && headers.contains_key(header::CONTENT_LENGTH) {
        return body;
    }
    headers.remove(header::CONTENT_LENGTH);
    match how {
        Spelling::Html => {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
            text(body, |text| match text.split_once("?>") {
                Some((declared, rest)) if declared.starts_with("<?xml") => rest.trim_start().to_owned(),
                _ => text,
            })
        }
        Spelling::Namespaced => text(body, |text| namespaced(&text)),
        Spelling::Gzip => {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            gzip(&body)
        }
        Spelling::Bom if body.is_empty() => body,
        Spelling::Bom => [b"\xef\xbb\xbf".as_slice(), &body].concat(),
        Spelling::Utf16 if body.is_empty() => body,
        Spelling::Utf16 => {
            let text = String::from_utf8_lossy(&body);
            format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
        }
    }
}

/// The storage's error in Amazon's namespace, with a prefix, a comment before it and its code in CDATA.
pub(crate) fn namespaced(xml: &str) -> String {
    let Some(at) = xml.find("<Error>") else { return xml.to_owned() };
    let inside = xml[at..].replace("<Code>", "<Code><![CDATA[").replace("</Code>", "]]></Code>");
    let prefixed = inside
        .replace("</", "</s3:")
        .replace('<', "<s3:")
        .replace("<s3:/s3:", "</s3:")
        .replace("<s3:![", "<![");
    let root =
        prefixed.replacen("<s3:Error>", "<s3:Error xmlns:s3=\"http://s3.amazonaws.com/doc/2006-03-01/\">", 1);
    format!("<?xml version='1.0' encoding='UTF-8'?>\n<!-- <Error><Code>None</Code></Error> -->{root}")
}

fn text(body: Vec<u8>, change: impl FnOnce(String) -> String) -> Vec<u8> {
    match String::from_utf8(body) {
        Ok(text) => change(text).into_bytes(),
        Err(other) => other.into_bytes(),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    let packed = packer.write_all(bytes).and_then(|()| packer.finish());
    packed.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::xml;

    #[test]
    fn an_error_keeps_its_words_in_its_namespace() {
        let told = namespaced(
            "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Message>no &lt;a></Message></Error>",
        );
        assert!(
            told.contains(
                "<s3:Code><![CDATA[NoSuchKey]]></s3:Code><s3:Message>no &lt;a></s3:Message></s3:Error>"
            ),
            "{told}"
        );
        assert_eq!(namespaced("<Other/>"), "<Other/>");
        assert!(xml::read(namespaced("<Error><Message>a</Message></Error>").as_bytes()).is_some());
    }

    #[test]
    fn each_spelling_changes_nothing_but_itself() {
        let body = b"<?xml version=\"1.0\"?>\n<A>b</A>".to_vec();
        let with = |how| {
            let mut headers = HeaderMap::new();
            let spelt = spell(&mut headers, body.clone(), how);
            (headers, spelt)
        };
        let (headers, spelt) = with(Spelling::Html);
        assert_eq!(
            (headers[header::CONTENT_TYPE].as_bytes(), spelt.as_slice()),
            (&b"text/html; charset=UTF-8"[..], &b"<A>b</A>"[..])
        );
        let (headers, spelt) = with(Spelling::Gzip);
        assert!(headers[header::CONTENT_ENCODING] == "gzip" && spelt.starts_with(&[0x1f, 0x8b]));
        assert!(with(Spelling::Bom).1.ends_with(&body));
        assert!(with(Spelling::Utf16).1.starts_with(&[0xff, 0xfe, b'<', 0]));
        let mut of_a_head: HeaderMap = [(header::CONTENT_LENGTH, HeaderValue::from(5))].into_iter().collect();
        assert!(spell(&mut of_a_head, Vec::new(), Spelling::Gzip).is_empty() && of_a_head.len() == 1);
    }
}
