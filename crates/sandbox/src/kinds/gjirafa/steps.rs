//! Gjirafa's calls about an upload: start, fresh links, list, complete, abort, and its outcome.

use std::sync::Arc;

use serde_json::{Value, json};

use super::fields::{self, Own};
use super::reply::{self, bad};
use super::{BASE, Gjirafa, KIND};
use crate::clock::later;
use crate::faults::effect::{Effect, Reply};
use crate::front::Front;
use crate::kinds::begun;
use crate::kinds::fields::{Wrong, digits, within};
use crate::kinds::file;
use crate::kinds::finished::{self, Words};
use crate::kinds::said::Said;
use crate::kinds::vendor::{Call, No, Noted};
use crate::options::{LONGEST_TTL, Resume};
use crate::random::random_hex;
use crate::sessions::choose::{self, Denied};
use crate::sessions::finish::Taken;
use crate::sessions::session::{About, Session, Stored};
use crate::storage::put::{Issue, ROOT};
use crate::store;
use crate::store::session::look;
use crate::vault::Vault;

/// Default lifetime of links: twelve hours.
const HOURS: u64 = 12;

/// Begins an upload, or reports that a file with this hash exists already.
pub(crate) fn start(
    at: &Gjirafa,
    front: &Front,
    vault: &Vault,
    call: &Call,
    noted: &mut Noted,
) -> Result<Said, No> {
    let start = call.fields().and_then(fields::start).map_err(bad)?;
    if let Some(session) = start.look_for.as_ref().and_then(|hash| known(vault, hash)) {
        return duplicate(&session, noted);
    }
    let started = front.clock.now();
    let id = format!("req_{}", random_hex(12));
    let own = Own {
        upload_id: random_hex(16),
        details_id: uuid::Uuid::new_v4().to_string(),
        hash: start.hash.map(|hash| hash.to_ascii_lowercase()),
    };
    let about = About {
        path: format!("{ROOT}/{}/{id}/{}", at.account.project, start.file_name),
        size: Some(start.length),
        content_type: start.mime,
        parts: u32::try_from(start.parts).unwrap_or(u32::MAX),
        // The links live for hours, the upload itself for a week: that is what fresh links are for.
        expires: later(started, LONGEST_TTL),
        own: serde_json::to_value(&own).unwrap_or_default(),
        ..About::new(KIND, id, start.file_name, started)
    };
    let session = begun::begin(vault, about, noted)?;
    let issue = Issue { at: started, ttl: life(at, start.hours), poisoned: call.poisoned(), again: None };
    let result = reply::links((front, vault), &session, &own, 1..=session.about.parts, &issue);
    Ok(reply::said(201, &result, &Value::Null))
}

fn life(at: &Gjirafa, hours: Option<u64>) -> u64 {
    (hours.unwrap_or(HOURS) * 3600).min(at.ttl)
}

/// The finished upload of a file with this hash.
fn known(vault: &Vault, hash: &str) -> Option<Arc<Session>> {
    vault.shelf.list_of(KIND).into_iter().find(|session| {
        let same = session.about.own["hash"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(hash));
        same && session.state().done.is_some()
    })
}

/// Shaped like a start's reply, with the upload that brought the file, and no links.
fn duplicate(session: &Session, noted: &mut Noted) -> Result<Said, No> {
    let own = own(session)?;
    noted.session = Some(session.about.id.clone());
    noted.object = session.state().done.as_ref().map(|done| done.object.clone());
    noted.note = Some("duplicate".to_owned());
    let result = json!({
        "requestKey": session.about.id,
        "uploadId": own.upload_id,
        "uploadFileDetailsId": own.details_id,
        "presignedUrl": [],
        "isDuplicate": true,
    });
    let said = reply::said(200, &result, &Value::Null);
    Ok(said.change(|mut reply| {
        reply["messages"] = json!(["A file with this hash is here already"]);
        reply
    }))
}

/// Fresh links for an unfinished session: for all of its parts, or for the missing ones.
pub(crate) fn resume(at: &Gjirafa, front: &Front, vault: &Vault, call: &Call) -> Result<Said, No> {
    let (request, hours) = call.fields().and_then(fields::resume).map_err(bad)?;
    let session = open(front, vault, &request)?;
    let own = own(&session)?;
    let again = random_hex(4);
    let issue =
        Issue { at: front.clock.now(), ttl: life(at, hours), poisoned: call.poisoned(), again: Some(&again) };
    let there: Vec<u32> = match at.resume {
        Resume::All => Vec::new(),
        Resume::Missing => {
            look(vault, &session)?;
            session.state().parts.keys().copied().collect()
        }
    };
    let parts = (1..=session.about.parts).filter(|part| there.binary_search(part).is_err());
    let result = reply::links((front, vault), &session, &own, parts, &issue);
    Ok(reply::said(200, &result, &Value::Null))
}

/// The stored parts. Paged only if a fault or a client asks for it: then in two pages, whatever their size.
pub(crate) fn list(front: &Front, vault: &Vault, call: &Call) -> Result<Said, No> {
    let asked = call.query().and_then(|mut query| {
        let page = query.may("page", within(1..=u64::MAX, digits))?;
        query.end().map(|()| page)
    });
    let page = asked.map_err(bad)?.or((call.effect == Some(Effect::Reply(Reply::ListPaged))).then_some(1));
    let session = open(front, vault, call.param("request"))?;
    look(vault, &session)?;
    let all: Vec<_> = session.state().parts.values().map(reply::part).collect();
    let Some(page) = page else { return Ok(reply::said(200, &json!(all), &Value::Null)) };
    let size = all.len().div_ceil(2).max(1);
    let skip = usize::try_from(page - 1).unwrap_or(usize::MAX).saturating_mul(size);
    let some: Vec<_> = all.iter().skip(skip).take(size).collect();
    let info = json!({"page": page, "perPage": size, "count": some.len(), "totalCount": all.len()});
    Ok(reply::said(200, &json!(some), &info))
}

/// Makes the object. With `allowPartialComplete`, missing or differing parts are silently left out, as at the
/// vendor. Without it, all parts must be there and add up to the length given at the start.
pub(crate) fn complete(
    at: &Gjirafa,
    front: &Front,
    vault: &Vault,
    call: &Call,
    noted: &mut Noted,
) -> Result<Said, No> {
    let asked = call.fields().and_then(fields::complete).map_err(bad)?;
    let session = find(front, vault, &asked.request)?;
    let (parts, told) = (session.about.parts, session.about.size.unwrap_or_default());
    let choose = |stored: &std::collections::BTreeMap<u32, Stored>| {
        if asked.partial {
            let there = |(part, etag): &&(u32, String)| {
                stored.get(part).is_some_and(|stored| stored.etag() == etag.trim_matches('"'))
            };
            let some: Vec<_> = asked.parts.iter().filter(there).cloned().collect();
            return choose::listed(stored, &some, at.rules);
        }
        choose::names_all(&asked.parts, parts)?;
        let chosen = choose::listed(stored, &asked.parts, at.rules)?;
        let size = chosen.iter().map(|stored| stored.size).sum();
        if size == told { Ok(chosen) } else { Err(Denied::Length { size, told }) }
    };
    let again = No::new(409, "AlreadyCompleted", "The upload was completed already");
    let words = Words { gone: gone(), again, denied: finished::denied };
    finished::complete(front, vault, &session, noted, Taken::Number, words, choose)?;
    Ok(reply::said(200, &json!(true), &Value::Null))
}

/// Aborts an unfinished upload. A second abort, or one after complete, is refused.
pub(crate) fn abort(front: &Front, vault: &Vault, call: &Call) -> Result<Said, No> {
    let request = call.fields().and_then(fields::abort).map_err(bad)?;
    let session = open(front, vault, &request)?;
    if let Some(remote) = &session.about.store {
        store::session::of(vault)?.abort(remote)?;
    }
    let aborted = vault.shelf.abort(&session).map_err(|e| No::broken(&e))?;
    aborted.then(|| reply::said(200, &json!(true), &Value::Null)).ok_or_else(gone)
}

/// The URL of a finished upload's file.
pub(crate) fn success(front: &Front, vault: &Vault, call: &Call, noted: &mut Noted) -> Result<Said, No> {
    if !call.body.is_empty() {
        call.fields().and_then(crate::kinds::fields::Fields::end).map_err(bad)?;
    }
    let session = find(front, vault, call.param("request"))?;
    let Some(done) = session.state().done.clone() else {
        return Err(bad(Wrong("The upload is not completed".to_owned())));
    };
    let result =
        json!({"downloadPath": file::url(front, BASE, &done), "contentType": session.about.content_type});
    noted.object = Some(done.object);
    Ok(reply::said(200, &result, &Value::Null))
}

/// The upload with this request key, until it expires.
fn find(front: &Front, vault: &Vault, request: &str) -> Result<Arc<Session>, No> {
    let session = vault.shelf.find_of(KIND, request).ok_or_else(gone)?;
    let over = session.state().done.is_none() && front.clock.now() > session.about.expires;
    if over { Err(gone()) } else { Ok(session) }
}

/// The same, if unfinished.
fn open(front: &Front, vault: &Vault, request: &str) -> Result<Arc<Session>, No> {
    find(front, vault, request).and_then(|session| match session.state().done.is_some() {
        true => Err(gone()),
        false => Ok(session.clone()),
    })
}

fn own(session: &Session) -> Result<Own, No> {
    serde_json::from_value(session.about.own.clone())
        .map_err(|e| No::new(500, "internal_error", e.to_string()))
}

fn gone() -> No {
    No::new(404, "UploadNotFound", "There is no such upload, or it is over")
}
