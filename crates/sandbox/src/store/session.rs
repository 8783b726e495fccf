//! A session whose parts are at the store: listing them, and making the object.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;

use super::calls::Object;
use super::client::Store;
use super::{Remote, Trouble};
use crate::disk::write_whole;
use crate::kinds::vendor::No;
use crate::random::random_hex;
use crate::sessions::choose::Denied;
use crate::sessions::finish::Finish;
use crate::sessions::session::{About, Done, Session, Stored};
use crate::vault::Vault;

impl From<Trouble> for No {
    fn from(trouble: Trouble) -> Self {
        Self::new(502, "store_unavailable", trouble.to_string())
    }
}

/// The key of a session's object: unique per session, so that nothing is ever replaced.
fn key(about: &About) -> String {
    let folder = if about.folder.is_empty() { String::new() } else { format!("{}/", about.folder) };
    format!("{}/{}/{folder}{}", about.kind, about.id, about.name)
}

/// Begins the upload behind a session.
pub(crate) fn begin(store: &Store, about: &About) -> Result<Remote, Trouble> {
    store.create(&key(about), &about.content_type)
}

/// Updates a session's parts from the store; does nothing if its parts are stored here.
pub(crate) fn look(vault: &Vault, session: &Session) -> Result<(), No> {
    let Some(remote) = session.about.store.as_ref().filter(|_| session.state().done.is_none()) else {
        return Ok(());
    };
    let parts = of(vault)?.parts(remote)?;
    session.state().parts = parts.into_iter().map(|part| (part.part, part)).collect();
    Ok(())
}

/// The store, for sessions that have one.
pub(crate) fn of(vault: &Vault) -> Result<&Store, No> {
    let missing = || {
        No::new(500, "store_missing", "The upload's parts lie at a store that was not named at this start")
    };
    vault.store.as_ref().ok_or_else(missing)
}

/// Makes the object at the store, from the stored parts that `choose` picks.
pub(crate) fn finish(
    vault: &Vault,
    session: &Arc<Session>,
    remote: &Remote,
    now: Timestamp,
    choose: impl FnOnce(&BTreeMap<u32, Stored>) -> Result<Vec<Stored>, Denied>,
) -> Result<Finish, No> {
    let _one = session.finishing.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(done) = session.state().done.clone() {
        return Ok(Finish::Before(done));
    }
    let store = of(vault)?;
    let object = match look(vault, session) {
        Ok(()) => {
            let chosen = planned(session).and_then(|()| choose(&session.state().parts));
            let chosen = match chosen {
                Ok(chosen) => chosen,
                Err(denied) => return Ok(Finish::Denied(denied)),
            };
            match store.complete(remote, &chosen) {
                Ok(object) => object,
                Err(trouble) => return refused(trouble),
            }
        }
        // Completed earlier, and killed before it was recorded. No other upload has this key.
        Err(no) => store.look(&remote.key)?.ok_or(no)?,
    };
    let done = record(store, session, remote, now, object).map_err(|e| No::broken(&e))?;
    session.state().done = Some(done.clone());
    Ok(Finish::Now(done))
}

/// Checks lengths that the server planned: the store did not know them.
fn planned(session: &Session) -> Result<(), Denied> {
    let state = session.state();
    let other = state
        .parts
        .values()
        .find(|stored| session.about.length(stored.part).is_some_and(|planned| planned != stored.size));
    other.map_or(Ok(()), |stored| Err(Denied::Part { part: stored.part }))
}

/// If the store will not put the parts together, that is the client's fault; any other error is not.
fn refused(trouble: Trouble) -> Result<Finish, No> {
    match (trouble.status, trouble.code.as_str()) {
        (400, "EntityTooSmall" | "InvalidPart" | "InvalidPartOrder") => {
            Ok(Finish::Denied(Denied::Store { message: trouble.to_string() }))
        }
        _ => Err(trouble.into()),
    }
}

fn record(
    store: &Store,
    session: &Session,
    remote: &Remote,
    now: Timestamp,
    object: Object,
) -> io::Result<Done> {
    let done = Done {
        object: format!("s3://{}/{}", store.bucket(), remote.key),
        file_no: random_hex(8),
        at: now,
        discarded: false,
        size: object.size.unwrap_or_default(),
        etag: object.etag,
        opaque: false,
    };
    write_whole(&session.dir.join("done.json"), &serde_json::to_vec(&done)?, false)?;
    Ok(done)
}
