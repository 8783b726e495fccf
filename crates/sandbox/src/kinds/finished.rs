//! Completing a session for a vendor's call: what is made now, what was made before, and what cannot be.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::vendor::{No, Noted};
use crate::faults::step::Step;
use crate::front::Front;
use crate::options::AfterComplete;
use crate::sessions::choose::Denied;
use crate::sessions::finish::{Finish, Taken, finish};
use crate::sessions::session::{Done, Session, Stored};
use crate::store;
use crate::vault::Vault;

/// How a vendor refuses a complete.
pub(crate) struct Words {
    /// There is no such session, or not any more.
    pub(crate) gone: No,
    /// It is complete already, where `--after-complete 409` asks for that answer.
    pub(crate) again: No,
    /// Its parts make no object.
    pub(crate) denied: fn(&Denied) -> No,
}

/// Makes the object of the parts that `choose` picks, and tells the log. A session that is complete is answered as
/// `--after-complete` says.
pub(crate) fn complete(
    front: &Front,
    vault: &Vault,
    session: &Arc<Session>,
    noted: &mut Noted,
    taken: Taken,
    words: Words,
    choose: impl FnOnce(&BTreeMap<u32, Stored>) -> Result<Vec<Stored>, Denied>,
) -> Result<Done, No> {
    let now = front.clock.now();
    if session.state().done.is_none() && now > session.about.expires {
        return Err(words.gone);
    }
    let whole = front.faults.whole(Step::Complete);
    let finish = match &session.about.store {
        Some(remote) => store::session::finish(vault, session, remote, now, choose)?,
        None => finish(session, &vault.objects, now, (taken, whole), choose).map_err(|e| No::broken(&e))?,
    };
    let done = match finish {
        Finish::Now(done) => done,
        Finish::Before(done) => match vault.after_complete {
            AfterComplete::Same => done,
            AfterComplete::Gone => return Err(words.gone),
            AfterComplete::Conflict => return Err(words.again),
        },
        Finish::Denied(denied) => return Err((words.denied)(&denied)),
    };
    noted.object = Some(done.object.clone());
    noted.discarded = done.discarded;
    Ok(done)
}

/// 400 with storage's code, as vendors refuse that say nothing of their own.
pub(crate) fn denied(denied: &Denied) -> No {
    No::new(400, denied.code(), denied.to_string())
}
