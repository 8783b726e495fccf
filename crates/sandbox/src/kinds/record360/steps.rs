//! Record360's calls: login, start, complete, and what is known of a file.

use std::sync::Arc;

use serde_json::{Value, json};

use super::account::USER;
use super::vendor::bad;
use super::{KIND, fields, reply, sum, token, types};
use crate::clock::later;
use crate::kinds::begun;
use crate::kinds::finished::{self, Words};
use crate::kinds::vendor::{Call, No, Noted};
use crate::sessions::choose;
use crate::sessions::finish::Taken;
use crate::sessions::session::{About, Session};
use crate::settings::random_hex;
use crate::shared::Shared;
use crate::storage::put::{Issue, ROOT};
use crate::storage::sign::same;

/// How long links live, and how soon complete must come: a day.
const LIFE: u64 = 86_400;

/// A token for the sandbox's user.
pub(crate) fn authenticate(shared: &Shared, call: &Call) -> Result<Value, No> {
    let (name, password) = call.fields().and_then(fields::login).map_err(bad)?;
    let account = &shared.settings.record360;
    let right = shared.password.as_ref().unwrap_or(&account.password);
    if name != USER || !same(password.as_bytes(), right.as_bytes()) {
        return Err(No::new(401, "unauthorized", "User name or password is wrong"));
    }
    let token = token::issue(&account.secret, shared.clock.now(), shared.token_ttl);
    Ok(json!({"auth_token": token, "user": {"id": 1, "username": USER}}))
}

/// Begins an upload: another one each time it is asked, also for a file that has one, and the log counts them.
pub(crate) fn start(shared: &Shared, call: &Call, noted: &mut Noted) -> Result<Value, No> {
    let file_id = fields::file_id(call.param("file_id")).map_err(bad)?;
    let start = call.query().and_then(fields::start).map_err(bad)?;
    let before = of_file(shared, &file_id).len();
    if before > 0 {
        noted.note = Some(format!("start {} of this file_id", before + 1));
    }
    let started = shared.clock.now();
    let ttl = LIFE.min(shared.ttl);
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
    let session = begun::begin(shared, about, noted)?;
    let issue = Issue { at: started, ttl, poisoned: call.poisoned(), again: None };
    Ok(reply::start(shared, &session, &file_id, &issue))
}

/// Makes the object of all parts, by number and ETag. Asked again with the same two ids it says the same.
pub(crate) fn complete(shared: &Shared, call: &Call, noted: &mut Noted) -> Result<Value, No> {
    let file_id = fields::file_id(call.param("file_id")).map_err(bad)?;
    let asked = call.fields().and_then(fields::complete).map_err(bad)?;
    let found = of_file(shared, &file_id).into_iter().find(|session| session.about.id == asked.upload_id);
    let session = found.ok_or_else(gone)?;
    let parts = session.about.parts;
    let choose = |stored: &_| {
        choose::names_all(&asked.parts, parts)?;
        choose::listed(stored, &asked.parts, shared.rules)
    };
    let again = No::new(409, "completed", "The upload was completed already");
    let words = Words { gone: gone(), again, denied: finished::denied };
    let done = finished::complete(shared, &session, noted, Taken::Number, words, choose)?;
    let checksum = sum::of(&shared.objects.dir, &done, shared.checksum);
    Ok(reply::complete(shared, &file_id, &done, checksum))
}

/// Type and size of a finished file: of the last upload, where there were several.
pub(crate) fn upload(shared: &Shared, call: &Call, noted: &mut Noted) -> Result<Value, No> {
    let file_id = fields::file_id(call.param("file_id")).map_err(bad)?;
    let last = of_file(shared, &file_id).into_iter().rev().find_map(|session| {
        let done = session.state().done.clone()?;
        Some((session, done))
    });
    let (session, done) = last.ok_or_else(|| No::new(404, "not_found", "There is no such file"))?;
    noted.session = Some(session.about.id.clone());
    noted.object = Some(done.object.clone());
    Ok(reply::upload(shared, &session, &file_id, &done))
}

/// The uploads of a file, oldest first.
fn of_file(shared: &Shared, file_id: &str) -> Vec<Arc<Session>> {
    let mut all = shared.shelf.list_of(KIND);
    all.retain(|session| session.about.own["file_id"] == file_id);
    all
}

fn gone() -> No {
    No::new(404, "not_found", "There is no such upload, or it is over")
}
