//! A finished object: its metadata, and its bytes.

use std::ops::Range;
use std::sync::Arc;

use axum::body::Body;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

use super::attributes::Attributes;
use super::request::S3Request;
use super::{KIND, access};
use crate::clock::http_date;
use crate::faults::step::Step;
use crate::kinds::said::Said;
use crate::kinds::vendor::{No, Noted};
use crate::net::tap::Line;
use crate::sessions::session::{Done, Session};
use crate::state::Sandbox;
use crate::storage::keep::{ENCRYPTION, KMS, refuse};
use crate::storage::refusal::Refusal;
use crate::storage::send::stretch;
use crate::vault::Vault;

/// The session that made this key's object.
fn find(asked: &S3Request, vault: &Vault) -> Result<(Arc<Session>, Done), Refusal> {
    let session = vault.objects.keys().get(&asked.place.key).cloned();
    let found = session.and_then(|session| {
        let done = session.state().done.clone()?;
        Some((session, done))
    });
    found.ok_or_else(|| {
        let message = "The specified key does not exist.";
        Refusal::new(StatusCode::NOT_FOUND, "NoSuchKey", message).with("Key", &asked.place.key)
    })
}

/// The headers of `HEAD` and `GET`. A multipart object dates from the beginning of its upload (AWS, "Working
/// with object metadata": Last-Modified).
fn headers(session: &Session, done: &Done) -> Vec<(HeaderName, HeaderValue)> {
    let attributes: Attributes = serde_json::from_value(session.about.own.clone()).unwrap_or_default();
    let mut all = attributes.give();
    all.extend(encryption(done).filter(|(name, _)| !all.iter().any(|(there, _)| there == name)));
    let from = if session.about.in_parts { session.about.started } else { done.at };
    all.push((header::ACCEPT_RANGES, HeaderValue::from_static("bytes")));
    for (name, value) in
        [(header::ETAG, format!("\"{}\"", done.etag)), (header::LAST_MODIFIED, http_date(from))]
    {
        all.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
    }
    all
}

/// The header for an object whose ETag is no checksum.
pub(crate) fn encryption(done: &Done) -> Option<(HeaderName, HeaderValue)> {
    done.opaque.then(|| (HeaderName::from_static(ENCRYPTION), HeaderValue::from_static(KMS)))
}

/// Its metadata.
pub(crate) fn head(asked: &S3Request, vault: &Vault, noted: &mut Noted) -> Result<Said, No> {
    let (session, done) = find(asked, vault)?;
    let mut all = headers(&session, &done);
    all.push((header::CONTENT_LENGTH, HeaderValue::from(done.size)));
    noted.session = Some(session.about.id.clone());
    noted.object = Some(done.object);
    noted.discarded = done.discarded;
    Ok(Said { headers: all, ..Said::empty(200) })
}

/// Its bytes, or a range of them.
pub(crate) async fn get(sandbox: &Sandbox, asked: &S3Request, head: &Parts, line: &Line) -> Response<Body> {
    let (front, vault) = (&*sandbox.front, &*sandbox.vault);
    let mut entry = front.log.entry(Step::Get.name(), KIND);
    let judged = || -> Result<_, Refusal> {
        access::judge(&asked.s3.signer, head, &asked.query, front.clock.now())?;
        asked.bucket()?;
        if head.headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0") {
            let message = "This call takes no body";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "InvalidRequest", message));
        }
        let (session, done) = find(asked, vault)?;
        if head.headers.get(header::IF_MATCH).is_some_and(|tag| tag.as_bytes() != quoted(&done).as_bytes()) {
            return Err(Refusal::precondition("If-Match"));
        }
        let range = range(&head.headers, done.size)?;
        Ok((session, done, range))
    };
    let (session, done, range) = match judged() {
        Ok(found) => found,
        Err(refusal) => return refuse(&refusal, line, &mut entry),
    };
    let all = 0..done.size;
    let part = range.clone().unwrap_or(all);
    let length = part.end - part.start;
    let body = match stretch(&vault.objects.dir.join(&done.object), part.start, length).await {
        Ok(body) => body,
        Err(e) => return refuse(&Refusal::broken(&e), line, &mut entry),
    };
    let mut response = Response::new(body);
    response.headers_mut().extend(headers(&session, &done));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if range.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let told = format!("bytes {}-{}/{}", part.start, part.end.saturating_sub(1), done.size);
        if let Ok(told) = HeaderValue::try_from(told) {
            response.headers_mut().insert(header::CONTENT_RANGE, told);
        }
    }
    entry.session = Some(session.about.id.clone());
    entry.object = Some(done.object);
    entry.status = Some(response.status().as_u16());
    response
}

fn quoted(done: &Done) -> String {
    format!("\"{}\"", done.etag)
}

/// One range of bytes (RFC 9110, 14.2). An invalid range, or several, means the whole, as at S3.
fn range(headers: &HeaderMap, size: u64) -> Result<Option<Range<u64>>, Refusal> {
    let text = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let Some((first, last)) = text.and_then(|text| text.strip_prefix("bytes=")?.split_once('-')) else {
        return Ok(None);
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), _) if last.is_empty() => first..size,
        (_, Ok(tail)) if first.is_empty() => size.saturating_sub(tail)..size,
        _ => return Ok(None),
    };
    if range.start >= range.end {
        let message = "The requested range is not satisfiable";
        return Err(Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", message)
            .with("ActualObjectSize", size.to_string()));
    }
    Ok(Some(range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_has_them() {
        let read = |text: &str| {
            let headers = [(header::RANGE, text.parse().unwrap())].into_iter().collect();
            range(&headers, 10).map_err(|refusal| refusal.code)
        };
        assert_eq!(read("bytes=0-0"), Ok(Some(0..1)));
        assert_eq!(read("bytes=3-"), Ok(Some(3..10)));
        assert_eq!(read("bytes=3-99"), Ok(Some(3..10)));
        assert_eq!(read("bytes=-4"), Ok(Some(6..10)));
        assert_eq!(read("bytes=-40"), Ok(Some(0..10)));
        for whole in ["bytes=5-3", "bytes=0-1,3-4", "bytes=x-", "lines=0-1", "bytes=-"] {
            assert_eq!(read(whole), Ok(None), "{whole}");
        }
        assert_eq!(read("bytes=10-"), Err("InvalidRange"));
        assert_eq!(read("bytes=-0"), Err("InvalidRange"));
    }
}
