//! Receives and stores a body: writing it to disk, the faults that strike it there, and its receipt.

use std::sync::{Arc, PoisonError};

use axum::body::Body;
use http::request::Parts;
use http::{HeaderValue, Response, header};

use super::digest::{Digests, Promised};
use super::receive::{End, receive};
use super::refusal::Refusal;
use crate::faults::carry;
use crate::faults::draw::Strike;
use crate::faults::effect::{Effect, Receipt, Reply};
use crate::faults::spell;
use crate::front::Front;
use crate::log::Entry;
use crate::net::tap::Line;
use crate::random::random_hex;
use crate::sessions::part::Incoming;
use crate::sessions::session::Session;
use crate::vault::Vault;

/// The header for encryption by the storage.
pub(crate) const ENCRYPTION: &str = "x-amz-server-side-encryption";
/// Encrypted with a KMS key, so that its ETag is no checksum.
pub(crate) const KMS: &str = "aws:kms";

/// A part that may be sent: everything but its body was found valid.
pub(crate) struct Arriving {
    pub(crate) session: Arc<Session>,
    pub(crate) part: u32,
    pub(crate) length: u64,
    pub(crate) promised: Promised,
    pub(crate) strike: Option<Strike>,
}

/// A refusal, also logged.
pub(crate) fn refuse(refusal: &Refusal, line: &Line, entry: &mut Entry) -> Response<Body> {
    line.drain_on_close();
    entry.status = Some(refusal.status.as_u16());
    entry.note = Some(refusal.code.to_owned());
    refusal.response()
}

/// What happens before the body is read.
pub(crate) fn at_head(
    strike: Option<Strike>,
    front: &Front,
    head: &Parts,
    line: &Line,
    entry: &mut Entry,
) -> Option<Response<Body>> {
    entry.fault = strike.map(|strike| strike.name);
    match strike?.effect {
        Effect::RefuseFor(reason, _) if !reason.fits(&head.headers) => None,
        Effect::Refuse(answer) | Effect::RefuseFor(_, answer) => {
            let mut response = refuse(&carry::refusal(answer, front), line, entry);
            carry::retry_after(&mut response, answer, front);
            Some(response)
        }
        Effect::RefuseNamespaced(answer) => {
            let refusal = carry::refusal(answer, front);
            let mut response = refuse(&refusal, line, entry);
            *response.body_mut() = Body::from(spell::namespaced(&refusal.xml()));
            Some(response)
        }
        Effect::ResetBeforeHeaders => {
            line.arm_reset();
            Some(carry::hang_up())
        }
        Effect::Redirect(redirect) => {
            line.drain_on_close();
            let response = carry::redirect(redirect, head, front);
            entry.status = Some(response.status().as_u16());
            Some(response)
        }
        Effect::InFront(answer) => {
            line.drain_on_close();
            entry.status = Some(answer.status);
            Some(carry::in_front(answer))
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

/// Reads the body and keeps the part. Returns its ETag without quotes, or the answer if nothing was kept.
pub(crate) async fn keep(
    front: &Front,
    vault: &Vault,
    arriving: &Arriving,
    mut body: Body,
    line: &Line,
    entry: &mut Entry,
) -> Result<String, Response<Body>> {
    let effect = arriving.strike.map(|strike| strike.effect);
    let session = &arriving.session;
    let broken = |e: std::io::Error, line: &Line, entry: &mut Entry| {
        // Completed or aborted while the part was in flight.
        let refusal = match *session.closed.read().unwrap_or_else(PoisonError::into_inner) {
            true => Refusal::no_such_upload(&session.about.id),
            false => Refusal::broken(&e),
        };
        refuse(&refusal, line, entry)
    };
    let mut incoming = match Incoming::open(session, arriving.part, vault.objects.discard) {
        Ok(incoming) => incoming,
        Err(e) => return Err(broken(e, line, entry)),
    };
    let mut digests = Digests::new(arriving.promised.clone());
    let mut trouble = None;
    let end = receive(&mut body, arriving.length, effect, line, |data| {
        digests.update(data);
        trouble = incoming.write(data).err();
        entry.bytes = incoming.size();
        trouble.is_none()
    })
    .await;
    match (end, trouble) {
        (_, Some(e)) => return Err(broken(e, line, entry)),
        (End::Whole, None) => {}
        (End::Reset, None) => {
            line.arm_reset();
            return Err(carry::hang_up());
        }
        (End::Stalled, None) => {
            drop(incoming); // another attempt may have its place
            entry.write();
            return std::future::pending().await;
        }
        (End::Swallowed | End::CutShort | End::Refused, None) => return Err(carry::hang_up()),
    }
    if let Err(refusal) = digests.end(&incoming.md5()) {
        return Err(refuse(&refusal, line, entry));
    }
    if let Some(Effect::RefuseAfterBody(answer)) = effect {
        return Err(refuse(&carry::refusal(answer, front), line, entry));
    }
    // With KMS an ETag is opaque, but still looks like an MD5.
    let unmarked = effect == Some(Effect::Receipt(Receipt::Other));
    let opaque = (unmarked || effect == Some(Effect::Receipt(Receipt::Kms))).then(|| random_hex(16));
    let checksum = arriving.promised.checksum.clone().map(|(_, value)| value);
    let etag = match incoming.keep(opaque.clone(), unmarked, checksum, front.clock.now()) {
        Ok(md5) => opaque.unwrap_or(md5),
        Err(e) => return Err(broken(e, line, entry)),
    };
    entry.stored = true;
    entry.discarded = vault.objects.discard;
    Ok(etag)
}

/// The answer to a part that was kept.
pub(crate) async fn receipt(
    front: &Front,
    etag: &str,
    strike: Option<Strike>,
    line: &Line,
    entry: &mut Entry,
) -> Response<Body> {
    let wrong = match strike.map(|strike| strike.effect) {
        Some(Effect::ResetAfterSuccess) => {
            line.arm_reset();
            return carry::hang_up();
        }
        Some(Effect::Slow) => {
            tokio::time::sleep(front.slow).await;
            None
        }
        Some(Effect::CloseKept) => {
            line.close_at_next_byte();
            None
        }
        Some(Effect::Receipt(receipt)) => Some(receipt),
        _ => None,
    };
    entry.status = Some(200);
    let etag = match wrong {
        None | Some(Receipt::Absent | Receipt::Kms | Receipt::Other) => format!("\"{etag}\""),
        Some(Receipt::Wrong) => format!("\"{}\"", etag.chars().rev().collect::<String>()),
        Some(Receipt::Unquoted) => etag.to_owned(),
    };
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    if let (Ok(etag), true) = (HeaderValue::from_str(&etag), wrong != Some(Receipt::Absent)) {
        headers.insert(header::ETAG, etag);
    }
    if let Some(Effect::Spell(how)) = strike.map(|strike| strike.effect) {
        let body = spell::spell(headers, Vec::new(), how);
        *response.body_mut() = Body::from(body);
        return response;
    }
    if wrong == Some(Receipt::Kms) {
        headers.insert(ENCRYPTION, HeaderValue::from_static(KMS));
    }
    response
}
