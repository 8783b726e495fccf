//! Record360's calls: login, start, complete, and the record of a file.

use std::sync::Arc;

use serde_json::{Value, json};

use super::reply::{self, bad};
use super::token::{self, USER};
use super::{BASE, KIND, Record360, fields, sum, types};
use crate::clock::later;
use crate::front::Front;
use crate::kinds::begun;
use crate::kinds::file;
use crate::kinds::finished::{self, Words};
use crate::kinds::vendor::{Call, No, Noted};
use crate::random::random_hex;
use crate::sessions::choose;
use crate::sessions::finish::Taken;
use crate::sessions::session::{About, Session};
use crate::storage::put::{Issue, ROOT, link};
use crate::storage::sign::same;
use crate::vault::Vault;

/// Lifetime of links, and the deadline of complete: a day.
const LIFE: u64 = 86_400;

/// A token for the sandbox's user.
pub(crate) fn authenticate(at: &Record360, front: &Front, call: &Call) -> Result<Value, No> {
    let (name, password) = call.fields().and_then(fields::login).map_err(bad)?;
    let right = at.password.as_ref().unwrap_or(&at.account.password);
    if name != USER || !same(password.as_bytes(), right.as_bytes()) {
        return Err(No::new(401, "unauthorized", "User name or password is wrong"));
    }
    let token = token::issue(&at.account.secret, front.clock.now(), at.token_ttl);
    Ok(json!({"auth_token": token, "user": {"id": 1, "username": USER}}))
}

/// Begins an upload: a new one for each request, even for a file that has one; the log counts them.
pub(crate) fn start(
    at: &Record360,
    front: &Front,
    vault: &Vault,
    call: &Call,
    noted: &mut Noted,
) -> Result<Value, No> {
    let file_id = fields::file_id(call.param("file_id")).map_err(bad)?;
    let start = call.query().and_then(fields::start).map_err(bad)?;
    let before = of_file(vault, &file_id).len();
    if before > 0 {
        noted.note = Some(format!("start {} of this file_id", before + 1));
    }
    let started = front.clock.now();
    let ttl = LIFE.min(at.ttl);
    let id = format!("upl_{}", random_hex(12));
    let name = types::name(&file_id, start.content_type);
    let about = About {
        path: format!("{ROOT}/{KIND}/{name}"),
        content_type: start.content_type.to_owned(),
        parts: start.parts,
        expires: later(started, ttl),
        own: json!({"file_id": file_id}),
        ..About::new(KIND, id, name, started)
    };
    let session = begun::begin(vault, about, noted)?;
    let issue = Issue { at: started, ttl, poisoned: call.poisoned(), again: None };
    let links: Vec<_> =
        (1..=session.about.parts).map(|part| link(front, vault, &session, part, &issue)).collect();
    Ok(reply::start(&session, &file_id, &links))
}

/// Makes the object from all parts, by number and ETag. Repeated with the same two ids, it returns the same.
pub(crate) fn complete(
    at: &Record360,
    front: &Front,
    vault: &Vault,
    call: &Call,
    noted: &mut Noted,
) -> Result<Value, No> {
    let file_id = fields::file_id(call.param("file_id")).map_err(bad)?;
    let asked = call.fields().and_then(fields::complete).map_err(bad)?;
    let found = of_file(vault, &file_id).into_iter().find(|session| session.about.id == asked.upload_id);
    let session = found.ok_or_else(gone)?;
    let parts = session.about.parts;
    let choose = |stored: &_| {
        choose::names_all(&asked.parts, parts)?;
        choose::listed(stored, &asked.parts, at.rules)
    };
    let again = No::new(409, "completed", "The upload was completed already");
    let words = Words { gone: gone(), again, denied: finished::denied };
    let done = finished::complete(front, vault, &session, noted, Taken::Number, words, choose)?;
    let checksum = sum::of(&vault.objects.dir, &done, at.checksum);
    Ok(reply::complete(&file_id, &done, &file::url(front, BASE, &done), checksum))
}

/// Type and size of a finished file; of the last upload, if there were several.
pub(crate) fn upload(front: &Front, vault: &Vault, call: &Call, noted: &mut Noted) -> Result<Value, No> {
    let file_id = fields::file_id(call.param("file_id")).map_err(bad)?;
    let last = of_file(vault, &file_id).into_iter().rev().find_map(|session| {
        let done = session.state().done.clone()?;
        Some((session, done))
    });
    let (session, done) = last.ok_or_else(|| No::new(404, "not_found", "There is no such file"))?;
    noted.session = Some(session.about.id.clone());
    noted.object = Some(done.object.clone());
    Ok(reply::upload(&session, &file_id, &done, &file::url(front, BASE, &done)))
}

/// The uploads of a file, oldest first.
fn of_file(vault: &Vault, file_id: &str) -> Vec<Arc<Session>> {
    let mut all = vault.shelf.list_of(KIND);
    all.retain(|session| session.about.own["file_id"] == file_id);
    all
}

fn gone() -> No {
    No::new(404, "not_found", "There is no such upload, or it is over")
}
