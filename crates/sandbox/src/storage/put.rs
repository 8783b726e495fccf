//! `PUT` of a part at its presigned link.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use jiff::Timestamp;

use super::digest::Promised;
use super::keep::{Arriving, at_head, keep, receipt, refuse};
use super::link::{self, Target};
use super::refusal::Refusal;
use super::{headers, query};
use crate::faults::carry;
use crate::faults::draw::Met;
use crate::faults::step::Step;
use crate::front::Front;
use crate::log::Entry;
use crate::net::tap::Line;
use crate::options::LARGEST_PART;
use crate::sessions::session::{About, Session};
use crate::state::Sandbox;
use crate::vault::Vault;

/// Path prefix of links.
pub(crate) const ROOT: &str = "/storage";

/// How links are issued.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Issue<'a> {
    /// The beginning of their validity.
    pub(crate) at: Timestamp,
    /// Their lifetime, seconds.
    pub(crate) ttl: u64,
    /// Whether they accept no body.
    pub(crate) poisoned: bool,
    /// Distinguishes links that were issued again from earlier ones.
    pub(crate) again: Option<&'a str>,
}

/// The link for a part of a session, here or at the store.
pub(crate) fn link(front: &Front, vault: &Vault, session: &Session, part: u32, issue: &Issue<'_>) -> String {
    let about = &session.about;
    let mut own = vec![("partNumber", part.to_string()), ("uploadId", about.id.clone())];
    if issue.poisoned {
        own.push(("x-amz-checksum-crc32", link::EMPTY_CHECKSUM.to_owned()));
        own.push(("x-amz-sdk-checksum-algorithm", "CRC32".to_owned()));
    }
    if let (Some(remote), Some(store)) = (&about.store, &vault.store) {
        own[1].1.clone_from(&remote.upload);
        return store.link("PUT", &remote.key, &own, issue.at, issue.ttl);
    }
    if let Some(again) = issue.again {
        own.push((link::AGAIN, again.to_owned()));
    }
    let query = vault.signer.presign("PUT", &front.host, &about.path, &own, issue.at, issue.ttl);
    format!("{}{}?{query}", front.origin, query::encode_path(&about.path))
}

/// Answers a part. Expiry is judged now, when the request starts, however long the body then takes.
pub(crate) async fn put(State(sandbox): State<Sandbox>, request: Request<Body>) -> Response<Body> {
    let (front, vault) = (&*sandbox.front, &*sandbox.vault);
    let began = front.clock.now();
    let (head, body) = request.into_parts();
    let Some(line) = head.extensions.get::<Line>().cloned() else { return carry::hang_up() };
    let mut entry = front.log.entry(Step::Part.name(), "storage");

    let target = link::judge(
        &vault.signer,
        head.method.as_str(),
        head.uri.path(),
        head.uri.query().unwrap_or(""),
        &head.headers,
        began,
    );
    let judged = target.and_then(|target| {
        let arriving = accept(vault, &head, &target, &mut entry)?;
        Ok((arriving, target))
    });
    let (mut arriving, target) = match judged {
        Ok(judged) => judged,
        Err(refusal) => return refuse(&refusal, &line, &mut entry),
    };
    let met = Met {
        step: Step::Part,
        session: Some(&target.upload),
        links: target.again.as_deref(),
        part: Some(target.part),
    };
    arriving.strike = front.faults.draw(&met);
    if let Some(response) = at_head(arriving.strike, front, &head, &line, &mut entry) {
        return response;
    }
    match keep(front, vault, &arriving, body, &line, &mut entry).await {
        Ok(etag) => receipt(front, &etag, arriving.strike, &line, &mut entry).await,
        Err(response) => response,
    }
}

/// Checks a part against its session, and its headers against the rules.
fn accept(vault: &Vault, head: &Parts, target: &Target, entry: &mut Entry) -> Result<Arriving, Refusal> {
    entry.session = Some(target.upload.clone());
    entry.part = Some(target.part);
    let length = headers::judge(&head.headers, &target.signed)?;
    let promised = Promised::read(&head.headers, &target.query, None)?;
    let session = open(vault, &target.upload)?;
    entry.kind.clone_from(&session.about.kind);
    hold(&session.about, target.part, length)?;
    Ok(Arriving { session, part: target.part, length, promised, strike: None })
}

/// The session with this id, if it still accepts parts.
pub(crate) fn open(vault: &Vault, id: &str) -> Result<Arc<Session>, Refusal> {
    let session = vault.shelf.find(id).filter(|session| session.state().done.is_none());
    session.ok_or_else(|| Refusal::no_such_upload(id))
}

/// Checks a part's number and length against the plan; without one, against the storage's limits.
pub(crate) fn hold(about: &About, part: u32, length: u64) -> Result<(), Refusal> {
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
