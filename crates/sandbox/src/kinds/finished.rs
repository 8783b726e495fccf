//! Completes a session for a vendor's call: now, earlier, or not at all.

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

/// A vendor's refusals of a complete.
pub(crate) struct Words {
    /// The session does not exist, or no longer.
    pub(crate) gone: No,
    /// It is complete already, with `--after-complete 409`.
    pub(crate) again: No,
    /// Its parts make no object.
    pub(crate) denied: fn(&Denied) -> No,
}

/// Makes the object from the parts that `choose` picks, and logs it. A session that is complete already is
/// answered according to `--after-complete`.
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

/// 400 with the storage's code, for vendors that do not document their refusals.
pub(crate) fn denied(denied: &Denied) -> No {
    No::new(400, denied.code(), denied.to_string())
}
