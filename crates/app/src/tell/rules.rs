//! When to notify the user: a state machine without a clock, words or a desktop.
//!
//! There is no notification while the user is looking at the window, for a success that took less than half a
//! minute, twice within four hours for one cause, or again after a restart ([`Memory`] is journaled before
//! anything is shown).

use std::collections::BTreeMap;

use super::memory::Memory;

/// How long files that need attention are gathered before they are reported.
pub(crate) const GATHER_MS: i64 = 20_000;
/// A success that took less than this is not reported.
const SHORT_SECONDS: u64 = 30;
/// Most batches in one notification; the app's own list counts the rest.
const MOST_BATCHES: usize = 50;
/// Most ended batches kept for the next look.
const MOST_ENDED: usize = 20;

/// What the user wants to be notified of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Every batch, and whatever needs attention.
    All,
    /// Only what needs attention.
    Needs,
    /// Nothing.
    Never,
}

/// Identifies a notification while it can be replaced or withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// A batch that ended.
    Batch(String),
    /// Files that need attention.
    Files,
    /// Something that blocks many files, by its key.
    Cause(String),
    /// Uploads continue although the window was closed.
    GoesOn,
}

/// The status of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its destination's name.
    pub(crate) destination: String,
    /// Whether that is *Practice*.
    pub(crate) practice: bool,
    /// Files that were dropped, without ignored ones.
    pub(crate) files: u32,
    /// Verified.
    pub(crate) verified: u32,
    /// Uploaded, not verified.
    pub(crate) uploaded: u32,
    /// Cancelled by the user.
    pub(crate) cancelled: u32,
    /// Never added.
    pub(crate) left_out: u32,
    /// Need attention individually.
    pub(crate) need: u32,
    /// Need attention for a reason that is reported as a cause.
    pub(crate) caused: u32,
}

impl Standing {
    /// Number of files not sent.
    pub(crate) const fn left(&self) -> u32 {
        self.cancelled + self.left_out + self.need + self.caused
    }

    /// Number of files not sent, without those the user cancelled.
    const fn lost(&self) -> u32 {
        self.left() - self.cancelled
    }

    /// Whether nothing more can arrive without the user.
    pub(crate) const fn ended(&self) -> bool {
        self.verified + self.uploaded + self.left() >= self.files
    }
}

/// Everything the rules need for one look. `batches` holds those that [`Rules::batches`] asked for.
#[derive(Debug, Clone)]
pub(crate) struct Facts<C> {
    /// What blocks files until the user acts, by key.
    pub(crate) causes: BTreeMap<String, C>,
    /// Batches by id.
    pub(crate) batches: BTreeMap<String, Standing>,
}

impl<C> Facts<C> {
    /// Nothing to report.
    pub(crate) const fn none() -> Self {
        Self { causes: BTreeMap::new(), batches: BTreeMap::new() }
    }
}

/// What to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Say<C> {
    /// A batch has ended.
    Batch {
        /// The batch id.
        id: String,
        /// Its status.
        standing: Standing,
    },
    /// Files need attention.
    Files {
        /// Their batches.
        batches: Vec<(String, Standing)>,
    },
    /// Something blocks files.
    Cause {
        /// Its key.
        key: String,
        /// What it is.
        cause: C,
    },
}

/// An instruction about notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turn<C> {
    /// Show one, replacing one with the same tag.
    Say(Say<C>),
    /// Withdraw it: its reason is gone.
    Withdraw(Tag),
}

/// Events not reported yet.
#[derive(Debug)]
pub(crate) struct Rules {
    memory: Memory,
    /// Ended batches and how many seconds they took.
    ended: Vec<(String, u64)>,
    /// Batches with files that came to need attention, and when the first did.
    gathering: Option<(i64, Vec<String>)>,
    /// Batches with files in the notification on screen.
    shown: Vec<String>,
}

impl Rules {
    /// Creates rules with what was reported before.
    pub(crate) fn new(memory: Memory) -> Self {
        Self { memory, ended: Vec::new(), gathering: None, shown: Vec::new() }
    }

    /// What was reported, for saving.
    pub(crate) const fn memory(&self) -> &Memory {
        &self.memory
    }

    /// A file came to need attention individually.
    pub(crate) fn needs_you(&mut self, now: i64, batch: &str) {
        let (_, batches) = self.gathering.get_or_insert_with(|| (now, Vec::new()));
        if batches.len() < MOST_BATCHES && !batches.iter().any(|known| known == batch) {
            batches.push(batch.to_owned());
        }
    }

    /// A batch ended.
    pub(crate) fn batch_ended(&mut self, batch: &str, seconds: u64) {
        self.ended.retain(|(known, _)| known != batch);
        if self.ended.len() < MOST_ENDED {
            self.ended.push((batch.to_owned(), seconds));
        }
    }

    /// The batches needed for the next look.
    pub(crate) fn batches(&self) -> Vec<String> {
        let ended = self.ended.iter().map(|(id, _)| id);
        let gathered = self.gathering.iter().flat_map(|(_, batches)| batches);
        let mut wanted: Vec<_> = ended.chain(gathered).chain(&self.shown).cloned().collect();
        wanted.sort();
        wanted.dedup();
        wanted
    }

    /// Whether a change may require withdrawing something.
    pub(crate) fn has_told(&self) -> bool {
        !self.shown.is_empty() || self.memory.any_standing()
    }

    /// When to look again even without events.
    pub(crate) fn due<C>(&self, facts: &Facts<C>) -> Option<i64> {
        let gathered = self.gathering.as_ref().map(|(since, _)| since + GATHER_MS);
        let again = facts.causes.keys().filter_map(|key| self.memory.silent_until(key)).min();
        [gathered, again].into_iter().flatten().min()
    }

    /// What to report now. `seen`: the user is looking at the window, which shows all of this.
    pub(crate) fn look<C: Clone>(
        &mut self,
        now: i64,
        facts: &Facts<C>,
        seen: bool,
        wish: Wish,
    ) -> Vec<Turn<C>> {
        let mut turns = self.resolved(now, facts);
        for (key, cause) in &facts.causes {
            if self.memory.tell(now, key) && !seen && wish != Wish::Never {
                turns.push(Turn::Say(Say::Cause { key: key.clone(), cause: cause.clone() }));
            }
        }
        for (id, seconds) in std::mem::take(&mut self.ended) {
            let Some(standing) = facts.batches.get(&id) else { continue };
            if standing.need > 0 {
                // Report its end together with its open files. While it only waits for a reported cause, it
                // has not ended.
                self.needs_you(now, &id);
            } else if standing.caused == 0 && !seen && wanted(standing, seconds, wish) {
                turns.push(Turn::Say(Say::Batch { id, standing: standing.clone() }));
            }
        }
        turns.extend(self.gathered(now, facts, seen || wish == Wish::Never));
        turns
    }

    /// Withdraws causes that are gone, and files that no longer need attention.
    fn resolved<C>(&mut self, now: i64, facts: &Facts<C>) -> Vec<Turn<C>> {
        let gone = self.memory.resolve(now, |key| facts.causes.contains_key(key));
        let mut turns: Vec<_> = gone.into_iter().map(|key| Turn::Withdraw(Tag::Cause(key))).collect();
        let was = !self.shown.is_empty();
        self.shown.retain(|id| facts.batches.get(id).is_some_and(|standing| standing.need > 0));
        if was && self.shown.is_empty() {
            turns.push(Turn::Withdraw(Tag::Files));
        }
        turns
    }

    fn gathered<C>(&mut self, now: i64, facts: &Facts<C>, silent: bool) -> Option<Turn<C>> {
        // A clock that was set back must not prolong the wait.
        let since = |since: i64| now - since;
        let (since_ms, _) = self.gathering.as_ref().map(|(at, batches)| (since(*at), batches))?;
        if (0..GATHER_MS).contains(&since_ms) {
            return None;
        }
        let (_, mut about) = self.gathering.take()?;
        about.extend(self.shown.iter().cloned());
        about.sort();
        about.dedup();
        let standing = |id: String| Some((id.clone(), facts.batches.get(&id)?.clone()));
        let batches: Vec<_> =
            about.into_iter().filter_map(standing).filter(|(_, standing)| standing.need > 0).collect();
        if silent || batches.is_empty() {
            return None;
        }
        self.shown = batches.iter().map(|(id, _)| id.clone()).take(MOST_BATCHES).collect();
        Some(Turn::Say(Say::Files { batches }))
    }
}

/// Whether the user wants to be notified of this batch's end.
const fn wanted(standing: &Standing, seconds: u64, wish: Wish) -> bool {
    match wish {
        Wish::Never => false,
        // Files never added stay behind unless the user looks; those they cancelled don't need a look.
        Wish::Needs => standing.left_out > 0,
        // A user who cancelled all of it knows that it ended.
        Wish::All => standing.lost() > 0 || (seconds >= SHORT_SECONDS && standing.cancelled < standing.files),
    }
}

#[cfg(test)]
mod tests;
