//! How AutoRender speaks: key, start, complete, refusals.

use http::header;
use http::request::Parts;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::fields::{self, Own};
use super::{KIND, reply};
use crate::faults::effect::{Effect, Reply};
use crate::faults::grammar::Step;
use crate::kinds::call::{Call, No, Noted, Vendor};
use crate::kinds::fields::Wrong;
use crate::options::AfterComplete;
use crate::sessions::finish::{Finish, finish};
use crate::sessions::name;
use crate::sessions::session::{About, plan};
use crate::settings::random_hex;
use crate::shared::Shared;
use crate::storage::put::ROOT;
use crate::storage::sign::same;

/// More of an invented session's name is not logged.
const LONGEST_ID: usize = 64;

/// The kind.
pub(crate) struct AutoRender;

impl Vendor for AutoRender {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// Either header will do; where both come, both must be right.
    fn admit(&self, shared: &Shared, head: &Parts) -> Result<(), No> {
        let bearer = head.headers.get(header::AUTHORIZATION).map(|value| {
            let value = value.as_bytes();
            value.split_at_checked(7).filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"bearer "))
        });
        let bearer = bearer.map(|value| value.map_or(&b""[..], |(_, key)| key));
        let plain = head.headers.get("x-api-key").map(http::HeaderValue::as_bytes);
        let given: Vec<_> = bearer.into_iter().chain(plain).collect();
        if given.is_empty() {
            return Err(No::new(401, "unauthorized", "An API key is needed"));
        }
        if given.iter().all(|key| same(key, shared.settings.key.as_bytes())) {
            Ok(())
        } else {
            Err(No::new(401, "unauthorized", "The API key is not valid"))
        }
    }

    fn session(&self, body: &[u8]) -> Option<String> {
        let named = fields::complete(body).ok()?.session_id;
        Some(named.chars().take(LONGEST_ID).collect())
    }

    fn work(&self, shared: &Shared, step: Step, call: &Call, noted: &mut Noted) -> Result<Value, No> {
        match step {
            Step::Complete => complete(shared, &call.body, noted),
            Step::Start | Step::Part => start(shared, call, noted),
        }
    }

    /// `{success:false, error, message, code}`, as documented.
    fn refusal(&self, no: &No) -> Value {
        json!({"success": false, "error": no.message, "message": no.message, "code": no.code})
    }

    fn spoil(&self, reply: Value, step: Step, how: Reply) -> Value {
        reply::spoil(reply, step, how)
    }
}

fn start(shared: &Shared, call: &Call, noted: &mut Noted) -> Result<Value, No> {
    let start = fields::start(&call.body, uuid::Uuid::new_v4().to_string()).map_err(unprocessable)?;
    let (part_size, parts) = plan(start.size, shared.part_size);
    let ttl = start.ttl_seconds.map_or(shared.ttl, |asked| asked.min(shared.ttl));
    let started = shared.clock.now();
    let id = format!("ses_{}", random_hex(12));
    let name = match start.random_prefix {
        true => name::prefixed(&start.file_name, &random_hex(4)),
        false => start.file_name.clone(),
    };
    let folder = if start.folder.is_empty() { String::new() } else { format!("/{}", start.folder) };
    let about = About {
        path: format!("{ROOT}/{}{folder}/{name}", shared.settings.workspace),
        id: id.clone(),
        kind: KIND.to_owned(),
        folder: start.folder,
        name,
        size: start.size,
        content_type: start.format,
        part_size,
        parts,
        started,
        expires: started.checked_add(SignedDuration::from_secs(ttl.cast_signed())).unwrap_or(started),
        own: serde_json::to_value(&start.own).unwrap_or_default(),
    };
    let session = shared.shelf.begin(about).map_err(|e| broken(&e))?;
    noted.session = Some(id);
    Ok(reply::start(shared, &session, &start.own, ttl, call.effect == Some(Effect::Poison)))
}

fn complete(shared: &Shared, body: &[u8], noted: &mut Noted) -> Result<Value, No> {
    let asked = fields::complete(body).map_err(unprocessable)?;
    let gone = || No::new(404, "session_not_found", "There is no such upload session");
    let session = shared.shelf.find(&asked.session_id).filter(|s| s.about.kind == KIND).ok_or_else(gone)?;
    let own: Own = serde_json::from_value(session.about.own.clone())
        .map_err(|e| No::new(500, "internal_error", e.to_string()))?;
    if asked.uuid.is_some_and(|uuid| uuid != own.uuid) {
        return Err(No::new(422, "unprocessable", "uuid is not this session's"));
    }
    let now = shared.clock.now();
    if session.state().done.is_none() && now > session.about.expires {
        return Err(No::new(404, "session_expired", "The upload session has expired"));
    }
    let done = match finish(&session, &shared.objects, now).map_err(|e| broken(&e))? {
        Finish::Now(done) => done,
        Finish::Before(done) => match shared.after_complete {
            AfterComplete::Same => done,
            AfterComplete::Gone => return Err(gone()),
            AfterComplete::Conflict => {
                return Err(No::new(409, "session_completed", "The upload session was completed already"));
            }
        },
        Finish::Missing(parts) => {
            let some: Vec<_> = parts.iter().take(10).map(ToString::to_string).collect();
            let message =
                format!("{} of {} parts are missing: {}", parts.len(), session.about.parts, some.join(", "));
            return Err(No::new(400, "parts_missing", message));
        }
    };
    noted.object = Some(done.object.clone());
    noted.discarded = done.discarded;
    Ok(reply::complete(shared, &session, &own, &done))
}

fn unprocessable(wrong: Wrong) -> No {
    No::new(422, "unprocessable", wrong.0)
}

fn broken(e: &std::io::Error) -> No {
    No::new(500, "internal_error", e.to_string())
}
