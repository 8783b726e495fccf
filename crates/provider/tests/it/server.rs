//! The vendor's server and its storage, in memory.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard};

use partway_core::{Cause, Etag, Failure, PartPlan, PartReceipt, RetryClass, Step};
use partway_provider::{Fields, FileFacts};

use crate::flaws::Flaw;

/// Lifetime of a link, seconds.
pub(crate) const LIFE: u64 = 3600;

#[derive(Default)]
pub(crate) struct Server(Mutex<State>);

#[derive(Default)]
pub(crate) struct State {
    pub(crate) now: u64,
    pub(crate) requests: u64,
    pub(crate) sessions: BTreeMap<String, Kept>,
    pub(crate) objects: BTreeMap<String, Object>,
}

/// A finished file.
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    pub(crate) mime: String,
    pub(crate) fields: Fields,
}

/// A session, open or completed.
pub(crate) struct Kept {
    pub(crate) file: FileFacts,
    pub(crate) plan: PartPlan,
    /// Number and bytes, in order of arrival.
    pub(crate) parts: Vec<(u32, Vec<u8>)>,
    pub(crate) done: bool,
}

impl Server {
    /// The state, counting one request.
    pub(crate) fn asked(&self) -> MutexGuard<'_, State> {
        let mut state = self.look();
        state.requests += 1;
        state
    }

    pub(crate) fn look(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    /// Accepts a part if its link has not expired.
    pub(crate) fn put(
        &mut self,
        session: &str,
        number: u32,
        ends: u64,
        bytes: &[u8],
        flaw: Option<Flaw>,
    ) -> Result<Etag, Failure> {
        if self.now > ends {
            let broken = flaw == Some(Flaw::TakesExpiredForBroken);
            let class = if broken { RetryClass::LinkBroken } else { RetryClass::LinkExpired };
            return Err(failure(Step::Part, class, "the link ran out"));
        }
        let kept = self.sessions.get_mut(session).ok_or_else(|| gone(Step::Part))?;
        match kept.parts.iter_mut().find(|(had, _)| *had == number) {
            Some(_) if flaw == Some(Flaw::KeepsTheFirst) => {}
            Some((_, had)) if flaw == Some(Flaw::AppendsWhatComesAgain) => had.extend_from_slice(bytes),
            Some((_, had)) => *had = bytes.to_vec(),
            None => kept.parts.push((number, bytes.to_vec())),
        }
        Ok(etag(bytes))
    }

    /// Puts the parts together.
    pub(crate) fn complete(
        &mut self,
        id: &str,
        receipts: &[PartReceipt],
        flaw: Option<Flaw>,
    ) -> Result<u64, Failure> {
        let conflict = failure(Step::Complete, RetryClass::Conflict, "no such session, or it is done");
        let kept = self.sessions.get_mut(id).ok_or_else(|| conflict.clone())?;
        if kept.done {
            return Err(if flaw == Some(Flaw::ForgetsWhatIsDone) { gone(Step::Complete) } else { conflict });
        }
        let mut parts = kept.parts.clone();
        if flaw != Some(Flaw::JoinsAsItArrived) {
            parts.sort_by_key(|(number, _)| *number);
        }
        let told = |number: u32, bytes: &[u8]| {
            receipts.iter().any(|one| one.number.get() == number && one.etag.as_ref() == Some(&etag(bytes)))
        };
        let whole = match flaw {
            Some(Flaw::JoinsWhatIsThere) => true,
            Some(Flaw::BelievesReceipts) => receipts.len() == kept.plan.count() as usize,
            Some(Flaw::KeepsTheFirst | Flaw::AppendsWhatComesAgain) => true,
            _ => {
                parts.len() == kept.plan.count() as usize
                    && parts.iter().all(|(number, bytes)| told(*number, bytes))
            }
        };
        if !whole {
            return Err(failure(Step::Complete, RetryClass::PartsMissing, "a part is missing or other"));
        }
        kept.done = true;
        let bytes: Vec<u8> = parts.into_iter().flat_map(|(_, bytes)| bytes).collect();
        let size = bytes.len() as u64;
        let (mut fields, mut name) = (kept.file.fields.clone(), kept.file.name.clone());
        match flaw {
            Some(Flaw::LosesTags) => fields.tags.clear(),
            Some(Flaw::LosesOtherScripts) => name.retain(|letter| letter.is_ascii()),
            _ => {}
        }
        self.objects.insert(name, Object { bytes, mime: kept.file.mime.clone(), fields });
        Ok(size)
    }
}

pub(crate) fn etag(bytes: &[u8]) -> Etag {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    Etag(format!("{:x}", hasher.finish()))
}

pub(crate) fn gone(step: Step) -> Failure {
    failure(step, RetryClass::SessionGone, "no such session")
}

pub(crate) fn failure(step: Step, class: RetryClass, said: &str) -> Failure {
    Failure::new(step, class, Cause::Refused { said: said.to_owned() }, said)
}
