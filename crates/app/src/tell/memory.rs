//! Which causes a person was told of and when: kept in the journal, so that a restart repeats none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One cause is told of at most once in that time.
pub(super) const AGAIN_MS: i64 = 4 * 3_600_000;

/// More causes than these are not remembered; the oldest go first.
const MOST: usize = 100;

/// One cause that was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    /// When, Unix milliseconds.
    at: i64,
    /// Whether it has stood ever since.
    stands: bool,
}

/// What was told, by the causes' keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Memory(BTreeMap<String, Told>);

impl Memory {
    /// Whether this cause, which stands, is to be told now; then it counts as told.
    pub(crate) fn tell(&mut self, now: i64, key: &str) -> bool {
        if let Some(told) = self.0.get_mut(key) {
            // A clock that was set back must not silence it for longer than the time that is meant.
            told.at = told.at.min(now);
            if told.stands || now - told.at < AGAIN_MS {
                return false;
            }
        }
        self.0.insert(key.to_owned(), Told { at: now, stands: true });
        while self.0.len() > MOST {
            let oldest = self.0.iter().min_by_key(|(_, told)| (told.stands, told.at));
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            self.0.remove(&oldest);
        }
        true
    }

    /// Causes that were told and stand no longer: each once.
    pub(crate) fn resolve(&mut self, now: i64, stands: impl Fn(&str) -> bool) -> Vec<String> {
        let mut gone = Vec::new();
        self.0.retain(|key, told| {
            if told.stands && !stands(key) {
                told.stands = false;
                gone.push(key.clone());
            }
            told.stands || now - told.at < AGAIN_MS
        });
        gone
    }

    /// When this cause, which stands and was told before, may be told again; `None` where it was told for good, or never.
    pub(crate) fn silent_until(&self, key: &str) -> Option<i64> {
        self.0.get(key).filter(|told| !told.stands).map(|told| told.at + AGAIN_MS)
    }

    /// Whether something that was told still stands.
    pub(crate) fn any_standing(&self) -> bool {
        self.0.values().any(|told| told.stands)
    }
}
