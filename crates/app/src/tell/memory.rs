//! Which causes were reported and when; kept in the journal, so that a restart repeats none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Minimum time between reports of one cause.
pub(super) const AGAIN_MS: i64 = 4 * 3_600_000;

/// Most causes remembered; the oldest are dropped first.
const MOST: usize = 100;

/// A reported cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    /// When it was reported, Unix milliseconds.
    at: i64,
    /// Whether it has persisted ever since.
    stands: bool,
}

/// Reported causes by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Memory(BTreeMap<String, Told>);

impl Memory {
    /// Whether to report this active cause now; if so, records it.
    pub(crate) fn tell(&mut self, now: i64, key: &str) -> bool {
        if let Some(told) = self.0.get_mut(key) {
            // A clock that was set back must not silence it for longer than intended.
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

    /// Reported causes that are no longer active, each returned once.
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

    /// When this active cause may be reported again; `None` if its report still stands, or there was none.
    pub(crate) fn silent_until(&self, key: &str) -> Option<i64> {
        self.0.get(key).filter(|told| !told.stands).map(|told| told.at + AGAIN_MS)
    }

    /// Whether a reported cause is still active.
    pub(crate) fn any_standing(&self) -> bool {
        self.0.values().any(|told| told.stands)
    }
}
