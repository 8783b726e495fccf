//! `PUT` of a part at its presigned link.

use std::sync::{Arc, PoisonError};

use axum::body::Body;
use axum::extract::State;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use jiff::Timestamp;

use super::link::{self, Target};
use super::receive::{End, receive};
use super::refusal::Refusal;
use super::{headers, query};
use crate::faults::carry;
use crate::faults::draw::{Met, Strike};
use crate::faults::effect::{Effect, Receipt, Reply};
use crate::faults::grammar::Step;
use crate::log::Entry;
use crate::net::tap::Line;
use crate::options::LARGEST_PART;
use crate::sessions::part::Incoming;
use crate::sessions::session::{About, Session};
use crate::settings::random_hex;
use crate::shared::{Share, Shared};

/// Where links begin.
pub(crate) const ROOT: &str = "/storage";

/// How links are issued.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Issue<'a> {
    /// From when they are good.
    pub(crate) at: Timestamp,
    /// For so many seconds.
    pub(crate) ttl: u64,
    /// They take no body.
    pub(crate) poisoned: bool,
    /// What tells links that were issued again from those before.
    pub(crate) again: Option<&'a str>,
}

/// The link for a part of a session.
pub(crate) fn link(shared: &Shared, session: &Session, part: u32, issue: &Issue<'_>) -> String {
    let about = &session.about;
    let mut own = vec![("partNumber", part.to_string()), ("uploadId", about.id.clone())];
    if let Some(again) = issue.again {
        own.push((link::AGAIN, again.to_owned()));
    }
    if issue.poisoned {
        own.push(("x-amz-checksum-crc32", link::EMPTY_CHECKSUM.to_owned()));
        own.push(("x-amz-sdk-checksum-algorithm", "CRC32".to_owned()));
    }
    let query = shared.signer.presign("PUT", &shared.host, &about.path, &own, issue.at, issue.ttl);
    format!("{}{}?{query}", shared.origin, query::encode_path(&about.path))
}

/// Answers a part. Expiry is judged now, when the request starts, however long the body then takes.
pub(crate) async fn put(State(shared): State<Share>, request: Request<Body>) -> Response<Body> {
    let began = shared.clock.now();
    let (head, body) = request.into_parts();
    let Some(line) = head.extensions.get::<Line>().cloned() else { return carry::hang_up() };
    let mut entry = shared.log.entry("part", "storage");

    let target = link::judge(
        &shared.signer,
        head.method.as_str(),
        head.uri.path(),
        head.uri.query().unwrap_or(""),
        &head.headers,
        began,
    );
    let judged = target.and_then(|target| accept(&shared, &head, target, &mut entry));
    let (session, target, length) = match judged {
        Ok(judged) => judged,
        Err(refusal) => return refuse(&refusal, &line, &mut entry),
    };
    let met = Met {
        step: Step::Part,
        session: Some(&session.about.id),
        links: target.again.as_deref(),
        part: Some(target.part),
    };
    let strike = shared.faults.draw(&met);
    entry.fault = strike.map(|strike| strike.name);
    let at_head = strike.and_then(|strike| before_body(strike, &shared, &head, &line, &mut entry));
    match at_head {
        Some(response) => response,
        None => {
            let part = Part { session, target, length, strike };
            take(&shared, part, body, &line, &mut entry).await
        }
    }
}

/// Holds a part against its session and its headers against the rules.
fn accept(
    shared: &Shared,
    head: &Parts,
    target: Target,
    entry: &mut Entry,
) -> Result<(Arc<Session>, Target, u64), Refusal> {
    entry.session = Some(target.upload.clone());
    entry.part = Some(target.part);
    let length = headers::judge(&head.headers, &target.signed)?;
    let session = shared.shelf.find(&target.upload).filter(|s| s.state().done.is_none());
    let session = session.ok_or_else(|| Refusal::no_such_upload(&target.upload))?;
    entry.kind.clone_from(&session.about.kind);
    hold(&session.about, target.part, length)?;
    Ok((session, target, length))
}

/// Holds a part's number and length against what was planned, or where nothing was, against what storage takes at all.
fn hold(about: &About, part: u32, length: u64) -> Result<(), Refusal> {
    if !(1..=about.parts).contains(&part) {
        return Err(Refusal::argument(format!("This upload has {} parts", about.parts))
            .with("ArgumentName", "partNumber"));
    }
    let (code, message) = match about.length(part) {
        Some(planned) if length != planned => {
            let code = if length > planned { "EntityTooLarge" } else { "EntityTooSmall" };
            (code, format!("Part {part} of this upload has {planned} bytes"))
        }
        None if length > LARGEST_PART => {
            ("EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.".to_owned())
        }
        _ => return Ok(()),
    };
    Err(Refusal::new(StatusCode::BAD_REQUEST, code, message).with("ProposedSize", length.to_string()))
}

fn refuse(refusal: &Refusal, line: &Line, entry: &mut Entry) -> Response<Body> {
    line.drain_on_close();
    entry.status = Some(refusal.status.as_u16());
    entry.note = Some(refusal.code.to_owned());
    refusal.response()
}

/// What happens before anything of the body is read.
fn before_body(
    strike: Strike,
    shared: &Shared,
    head: &Parts,
    line: &Line,
    entry: &mut Entry,
) -> Option<Response<Body>> {
    match strike.effect {
        Effect::Refuse(answer) => {
            let mut response = refuse(&carry::refusal(answer, shared), line, entry);
            carry::retry_after(&mut response, answer, shared);
            Some(response)
        }
        Effect::ResetBeforeHeaders => {
            line.arm_reset();
            Some(carry::hang_up())
        }
        Effect::Redirect(redirect) => {
            line.drain_on_close();
            let response = carry::redirect(redirect, head, shared);
            entry.status = Some(response.status().as_u16());
            Some(response)
        }
        Effect::Reply(Reply::Html) => {
            line.drain_on_close();
            let mut response = carry::portal();
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            entry.status = Some(200);
            Some(response)
        }
        _ => None,
    }
}

struct Part {
    session: Arc<Session>,
    target: Target,
    length: u64,
    strike: Option<Strike>,
}

/// Reads the body, keeps the part, answers with its receipt.
async fn take(shared: &Shared, part: Part, mut body: Body, line: &Line, entry: &mut Entry) -> Response<Body> {
    let effect = part.strike.map(|strike| strike.effect);
    let broken = |e: std::io::Error, line: &Line, entry: &mut Entry| {
        // Completed or aborted while the part was on its way.
        let refusal = match *part.session.closed.read().unwrap_or_else(PoisonError::into_inner) {
            true => Refusal::no_such_upload(&part.session.about.id),
            false => Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", e.to_string()),
        };
        refuse(&refusal, line, entry)
    };
    let mut incoming = match Incoming::open(&part.session, part.target.part, shared.objects.discard) {
        Ok(incoming) => incoming,
        Err(e) => return broken(e, line, entry),
    };
    let mut trouble = None;
    let end = receive(&mut body, part.length, effect, line, |data| {
        trouble = incoming.write(data).err();
        entry.bytes = incoming.size();
        trouble.is_none()
    })
    .await;
    match (end, trouble) {
        (_, Some(e)) => return broken(e, line, entry),
        (End::Whole, None) => {}
        (End::Reset, None) => {
            line.arm_reset();
            return carry::hang_up();
        }
        (End::Stalled, None) => {
            drop(incoming); // another attempt may have its place
            entry.write();
            return std::future::pending().await;
        }
        (End::Swallowed | End::CutShort | End::Refused, None) => return carry::hang_up(),
    }
    if part.target.poisoned && part.length > 0 {
        let message = "The CRC32 you specified did not match the calculated checksum.";
        let refusal = Refusal::new(StatusCode::BAD_REQUEST, "BadDigest", message);
        return refuse(&refusal, line, entry);
    }
    if let Some(Effect::RefuseAfterBody(answer)) = effect {
        return refuse(&carry::refusal(answer, shared), line, entry);
    }
    // With KMS an ETag is opaque, but still looks like an MD5.
    let opaque = (effect == Some(Effect::Receipt(Receipt::Kms))).then(|| random_hex(16));
    let etag = match incoming.keep(opaque.clone(), shared.clock.now()) {
        Ok(md5) => opaque.unwrap_or(md5),
        Err(e) => return broken(e, line, entry),
    };
    entry.stored = true;
    entry.discarded = shared.objects.discard;
    match effect {
        Some(Effect::ResetAfterSuccess) => {
            line.arm_reset();
            return carry::hang_up();
        }
        Some(Effect::Slow) => tokio::time::sleep(shared.slow).await,
        _ => {}
    }
    entry.status = Some(200);
    receipt(&etag, effect)
}

fn receipt(etag: &str, effect: Option<Effect>) -> Response<Body> {
    let wrong = match effect {
        Some(Effect::Receipt(receipt)) => Some(receipt),
        _ => None,
    };
    let etag = match wrong {
        None | Some(Receipt::Absent | Receipt::Kms) => format!("\"{etag}\""),
        Some(Receipt::Wrong) => format!("\"{}\"", etag.chars().rev().collect::<String>()),
        Some(Receipt::Unquoted) => etag.to_owned(),
    };
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    if let (Ok(etag), true) = (HeaderValue::from_str(&etag), wrong != Some(Receipt::Absent)) {
        headers.insert(header::ETAG, etag);
    }
    if wrong == Some(Receipt::Kms) {
        headers.insert("x-amz-server-side-encryption", HeaderValue::from_static("aws:kms"));
    }
    response
}
