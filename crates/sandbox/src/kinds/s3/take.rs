//! Requests with bytes: a part of an upload, or a whole file.

use std::sync::Arc;

use axum::body::Body;
use http::request::Parts;
use http::{Response, StatusCode};

use super::attributes::Attributes;
use super::operation::Operation;
use super::request::S3Request;
use super::uploads::{about, denied, only_new};
use super::{KIND, access, reply};
use crate::faults::draw::Met;
use crate::faults::effect::{Effect, Whole};
use crate::faults::step::Step;
use crate::front::Front;
use crate::kinds::vendor::No;
use crate::log::Entry;
use crate::net::tap::Line;
use crate::sessions::finish::{Finish, Taken, finish};
use crate::sessions::session::Session;
use crate::state::Sandbox;
use crate::storage::digest::Promised;
use crate::storage::headers::length;
use crate::storage::keep::{Arriving, ENCRYPTION, at_head, keep, receipt, refuse};
use crate::storage::put::hold;
use crate::storage::refusal::Refusal;
use crate::vault::Vault;

/// A request that was found valid before its body is read.
struct Judged {
    arriving: Arriving,
    taken: Taken,
    /// Identifies this request's signature.
    signature: String,
}

/// Answers a part or a whole file. The signature is judged now, when the request starts, however long the
/// body then takes.
pub(crate) async fn take(
    sandbox: Sandbox,
    asked: S3Request,
    head: Parts,
    body: Body,
    line: &Line,
) -> Response<Body> {
    let (front, vault) = (&*sandbox.front, &*sandbox.vault);
    let step = asked.operation.step();
    let mut entry = front.log.entry(step.name(), KIND);
    let Judged { mut arriving, taken, signature } = match judge(front, vault, &asked, &head, &mut entry) {
        Ok(judged) => judged,
        Err(refusal) => return refuse(&refusal, line, &mut entry),
    };
    let session = arriving.session.clone();
    let whole = (!session.about.in_parts)
        .then(|| Leftover { vault: sandbox.vault.clone(), session: session.clone() });
    let named = whole.is_none().then_some(session.about.id.as_str());
    let met = Met { step, session: named, links: Some(&signature), part: asked.operation.part() };
    arriving.strike = front.faults.draw(&met);
    if let Some(response) = at_head(arriving.strike, front, &head, line, &mut entry) {
        return response;
    }
    let etag = match keep(front, vault, &arriving, body, line, &mut entry).await {
        Ok(etag) => etag,
        Err(response) => return response,
    };
    if whole.is_some()
        && let Err(no) = place(&sandbox, session, (taken, front.faults.whole(Step::Put)), &mut entry).await
    {
        entry.stored = false;
        entry.status = Some(no.status);
        entry.note = Some(no.code.to_owned());
        return reply::refusal(&no).response();
    }
    let encrypted = arriving.session.about.own[ENCRYPTION].as_str().map(str::to_owned);
    let mut response = receipt(front, &etag, arriving.strike, line, &mut entry).await;
    // Clients name at *complete* what they were told here (AWS, "UploadPart").
    if let Some((algorithm, sum)) = &arriving.promised.checksum
        && let Ok(name) = http::HeaderName::from_bytes(format!("x-amz-checksum-{algorithm}").as_bytes())
        && let Ok(sum) = sum.parse()
    {
        response.headers_mut().insert(name, sum);
    }
    let kms = matches!(arriving.strike.map(|strike| strike.effect), Some(Effect::Receipt(_)));
    if let Some(encrypted) = encrypted.filter(|_| !kms).and_then(|value| value.parse().ok()) {
        response.headers_mut().insert(ENCRYPTION, encrypted);
    }
    response
}

/// Judges signature, headers and target, in this order, as S3 does.
fn judge(
    front: &Front,
    vault: &Vault,
    asked: &S3Request,
    head: &Parts,
    entry: &mut Entry,
) -> Result<Judged, Refusal> {
    entry.is_about(asked.operation.upload());
    entry.part = asked.operation.part();
    let granted = access::judge(&asked.s3.signer, head, &asked.query, front.clock.now())?;
    asked.bucket()?;
    let length = length(&head.headers)?;
    let promised = Promised::read(&head.headers, &asked.query, granted.sha256)?;
    let (session, part, taken) = match asked.operation {
        Operation::Part { part, .. } => {
            if head.headers.contains_key("x-amz-copy-source") {
                return Err(Refusal::not_implemented("Header", "x-amz-copy-source"));
            }
            let session = asked.open(vault)?;
            hold(&session.about, part, length)?;
            // A link can carry one in its query, whatever its upload was begun for: then no body fits it but that one.
            if !asked.query.iter().any(|(name, _)| name.starts_with("x-amz-checksum-")) {
                promised.fits(session.about.checksum.as_deref())?;
            }
            (session, part, Taken::Replace)
        }
        _ => {
            let attributes = Attributes::read(&head.headers, &asked.query)?;
            let ignored = front.faults.ignores_conditions(Step::Put);
            let taken = if ignored { Taken::Replace } else { only_new(&head.headers)? };
            if taken == Taken::Deny && vault.objects.keys().contains_key(&asked.place.key) {
                return Err(Refusal::precondition("If-None-Match"));
            }
            let about = about(asked, &attributes, front.clock.now(), false);
            hold(&about, 1, length)?;
            let session = vault.shelf.begin(about).map_err(|e| Refusal::broken(&e))?;
            entry.session = Some(session.about.id.clone());
            (session, 1, taken)
        }
    };
    let arriving = Arriving { session, part, length, promised, strike: None };
    Ok(Judged { arriving, taken, signature: granted.signature })
}

/// Makes the object of a file that was sent whole.
async fn place(
    sandbox: &Sandbox,
    session: Arc<Session>,
    how: (Taken, Whole),
    entry: &mut Entry,
) -> Result<(), No> {
    let (vault, now) = (sandbox.vault.clone(), sandbox.front.clock.now());
    let placed = tokio::task::spawn_blocking(move || {
        let only = |stored: &std::collections::BTreeMap<_, _>| Ok(stored.values().cloned().collect());
        finish(&session, &vault.objects, now, how, only)
    });
    match placed.await {
        Ok(Ok(Finish::Now(done) | Finish::Before(done))) => {
            entry.object = Some(done.object);
            Ok(())
        }
        Ok(Ok(Finish::Denied(why))) => Err(denied(&why)),
        Ok(Err(e)) => Err(No::broken(&e)),
        Err(_) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR.as_u16();
            Err(No::new(status, "InternalError", "The sandbox broke at this call"))
        }
    }
}

/// Removes all traces of a file that did not arrive completely, however its request ended.
struct Leftover {
    vault: Arc<Vault>,
    session: Arc<Session>,
}

impl Drop for Leftover {
    fn drop(&mut self) {
        let _ = self.vault.shelf.abort(&self.session); // does nothing to a finished one
    }
}
