//! AutoRender's protocol: key, start, complete, refusals.

use http::header;
use http::request::Parts;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::fields::{self, Own};
use super::{AutoRender, BASE, KIND, reply};
use crate::clock::later;
use crate::faults::effect::Reply;
use crate::faults::step::Step;
use crate::front::Front;
use crate::kinds::begun;
use crate::kinds::file;
use crate::kinds::finished::{self, Words};
use crate::kinds::said::Said;
use crate::kinds::vendor::{Call, No, Noted, Vendor};
use crate::random::random_hex;
use crate::sessions::choose;
use crate::sessions::finish::Taken;
use crate::sessions::name;
use crate::sessions::session::{About, plan};
use crate::storage::put::{Issue, ROOT, link};
use crate::storage::sign::same;
use crate::vault::Vault;

impl Vendor for AutoRender {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// Either header will do; if both are sent, both must be right.
    fn admit(&self, _: Timestamp, _: Step, head: &Parts) -> Result<(), No> {
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
        if given.iter().all(|key| same(key, self.key.as_bytes())) {
            Ok(())
        } else {
            Err(No::new(401, "unauthorized", "The API key is not valid"))
        }
    }

    fn session(&self, call: &Call) -> Option<String> {
        let named = fields::complete(call.fields().ok()?).ok()?.session_id;
        Some(named)
    }

    fn work(&self, front: &Front, vault: &Vault, call: &Call, noted: &mut Noted) -> Result<Said, No> {
        let said = match call.step {
            Step::Complete => self.complete(front, vault, call, noted),
            _ => self.start(front, vault, call, noted),
        };
        said.map(|value| Said::json(200, value))
    }

    /// `{success:false, error, message, code}`, as documented.
    fn refusal(&self, no: &No) -> Said {
        let (message, code) = (&no.message, no.code);
        Said::json(no.status, json!({"success": false, "error": message, "message": message, "code": code}))
    }

    fn spoil(&self, said: Said, step: Step, how: Reply) -> Said {
        said.change(|reply| reply::spoil(reply, step, how))
    }
}

impl AutoRender {
    fn start(&self, front: &Front, vault: &Vault, call: &Call, noted: &mut Noted) -> Result<Value, No> {
        let start = fields::start(call.fields()?, uuid::Uuid::new_v4().to_string())?;
        let (part_size, parts) = plan(start.size, self.part_size);
        let ttl = start.ttl_seconds.map_or(self.ttl, |asked| asked.min(self.ttl));
        let started = front.clock.now();
        let id = format!("ses_{}", random_hex(12));
        let name = match start.random_prefix {
            true => name::prefixed(&start.file_name, &random_hex(4)),
            false => start.file_name.clone(),
        };
        let folder = if start.folder.is_empty() { String::new() } else { format!("/{}", start.folder) };
        let about = About {
            path: format!("{ROOT}/{}{folder}/{name}", self.workspace),
            folder: start.folder,
            size: Some(start.size),
            content_type: start.format,
            part_size: Some(part_size),
            parts,
            expires: later(started, ttl),
            own: serde_json::to_value(&start.own).unwrap_or_default(),
            ..About::new(KIND, id, name, started)
        };
        let session = begun::begin(vault, about, noted)?;
        let issue = Issue { at: started, ttl, poisoned: call.poisoned(), again: None };
        let links: Vec<_> =
            (1..=session.about.parts).map(|part| link(front, vault, &session, part, &issue)).collect();
        Ok(reply::start(self, &session, &start.own, &links))
    }

    fn complete(&self, front: &Front, vault: &Vault, call: &Call, noted: &mut Noted) -> Result<Value, No> {
        let asked = fields::complete(call.fields()?)?;
        let gone = || No::new(404, "session_not_found", "There is no such upload session");
        let session = vault.shelf.find_of(KIND, &asked.session_id).ok_or_else(gone)?;
        let own: Own = serde_json::from_value(session.about.own.clone())
            .map_err(|e| No::new(500, "internal_error", e.to_string()))?;
        if asked.uuid.is_some_and(|uuid| uuid != own.uuid) {
            return Err(No::new(422, "unprocessable", "uuid is not this session's"));
        }
        if session.state().done.is_none() && front.clock.now() > session.about.expires {
            return Err(No::new(404, "session_expired", "The upload session has expired"));
        }
        let words = Words {
            gone: gone(),
            again: No::new(409, "session_completed", "The upload session was completed already"),
            denied: |denied| No::new(400, "parts_missing", denied.to_string()),
        };
        let planned = |stored: &_| choose::all(stored, session.about.parts);
        let done = finished::complete(front, vault, &session, noted, Taken::Number, words, planned)?;
        Ok(reply::complete(self, &session, &own, &done, &file::url(front, BASE, &done)))
    }
}
