//! When a person is told something by a notification, and when not: a state machine without a clock, without words, without a desktop.
//!
//! What is absent: nothing is told to somebody who looks at the window, no success that took less than half a minute, no cause twice within
//! four hours, and nothing of before a restart again ([`Memory`] is journaled before anything is shown).

use std::collections::BTreeMap;

use super::memory::Memory;

/// Files that need a person are gathered for so long before they are told.
pub(crate) const GATHER_MS: i64 = 20_000;
/// A success that took no longer is not told.
const SHORT_SECONDS: u64 = 30;
/// Batches whose trouble is told in one notification; more are counted by the app's own list.
const MOST_BATCHES: usize = 50;
/// Batches that ended and are to be told at the next look.
const MOST_ENDED: usize = 20;

/// What the user wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Each batch, and what needs them.
    All,
    /// What needs them.
    Needs,
    /// Nothing.
    Never,
}

/// Names a notification while it may be replaced or withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// A batch that came to its end.
    Batch(String),
    /// Files that need a person.
    Files,
    /// Something that keeps many files, by its key.
    Cause(String),
    /// That it goes on although its window was closed.
    GoesOn,
}

/// How a batch stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its destination's name.
    pub(crate) destination: String,
    /// Whether that is *Practice*.
    pub(crate) practice: bool,
    /// Files that were dropped and are not merely ignored.
    pub(crate) files: u32,
    /// Verified.
    pub(crate) verified: u32,
    /// Uploaded, not verified.
    pub(crate) uploaded: u32,
    /// Given up by the user.
    pub(crate) cancelled: u32,
    /// Never taken in.
    pub(crate) left_out: u32,
    /// Need a person, each for a reason of its own.
    pub(crate) need: u32,
    /// Need a person for what is told as a cause.
    pub(crate) caused: u32,
}

impl Standing {
    /// Not sent.
    pub(crate) const fn left(&self) -> u32 {
        self.cancelled + self.left_out + self.need + self.caused
    }

    /// Not sent, and not because the user gave it up.
    const fn lost(&self) -> u32 {
        self.left() - self.cancelled
    }

    /// Nothing may arrive any more without a person.
    pub(crate) const fn ended(&self) -> bool {
        self.verified + self.uploaded + self.left() >= self.files
    }
}

/// Everything that the rules have to know at one look. `batches` holds those that [`Rules::batches`] asked for.
#[derive(Debug, Clone)]
pub(crate) struct Facts<C> {
    /// What keeps files until somebody does something, by its key.
    pub(crate) causes: BTreeMap<String, C>,
    /// Batches, by their ids.
    pub(crate) batches: BTreeMap<String, Standing>,
}

impl<C> Facts<C> {
    /// Of a calm moment.
    pub(crate) const fn none() -> Self {
        Self { causes: BTreeMap::new(), batches: BTreeMap::new() }
    }
}

/// What is to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Say<C> {
    /// A batch is through.
    Batch {
        /// Which.
        id: String,
        /// How it stands.
        standing: Standing,
    },
    /// Files need somebody.
    Files {
        /// Their batches.
        batches: Vec<(String, Standing)>,
    },
    /// Something keeps files.
    Cause {
        /// Its key.
        key: String,
        /// What it is.
        cause: C,
    },
}

/// What is to be done with notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turn<C> {
    /// Show one; one of the same tag is replaced.
    Say(Say<C>),
    /// Its reason is gone.
    Withdraw(Tag),
}

/// What was heard and not yet told.
#[derive(Debug)]
pub(crate) struct Rules {
    memory: Memory,
    /// Batches that ended, and how many seconds they took.
    ended: Vec<(String, u64)>,
    /// Batches in which files came to need a person, since the moment that the first did.
    gathering: Option<(i64, Vec<String>)>,
    /// Batches whose files the shown notification is about.
    shown: Vec<String>,
}

impl Rules {
    /// With what was told before.
    pub(crate) fn new(memory: Memory) -> Self {
        Self { memory, ended: Vec::new(), gathering: None, shown: Vec::new() }
    }

    /// What was told, to be kept.
    pub(crate) const fn memory(&self) -> &Memory {
        &self.memory
    }

    /// A file came to need a person, for a reason of its own.
    pub(crate) fn needs_you(&mut self, now: i64, batch: &str) {
        let (_, batches) = self.gathering.get_or_insert_with(|| (now, Vec::new()));
        if batches.len() < MOST_BATCHES && !batches.iter().any(|known| known == batch) {
            batches.push(batch.to_owned());
        }
    }

    /// A batch came to its end.
    pub(crate) fn batch_ended(&mut self, batch: &str, seconds: u64) {
        self.ended.retain(|(known, _)| known != batch);
        if self.ended.len() < MOST_ENDED {
            self.ended.push((batch.to_owned(), seconds));
        }
    }

    /// The batches that the next look has to know of.
    pub(crate) fn batches(&self) -> Vec<String> {
        let ended = self.ended.iter().map(|(id, _)| id);
        let gathered = self.gathering.iter().flat_map(|(_, batches)| batches);
        let mut wanted: Vec<_> = ended.chain(gathered).chain(&self.shown).cloned().collect();
        wanted.sort();
        wanted.dedup();
        wanted
    }

    /// Whether anything may have to be withdrawn when something changes.
    pub(crate) fn has_told(&self) -> bool {
        !self.shown.is_empty() || self.memory.any_standing()
    }

    /// When to look again although nothing happens.
    pub(crate) fn due<C>(&self, facts: &Facts<C>) -> Option<i64> {
        let gathered = self.gathering.as_ref().map(|(since, _)| since + GATHER_MS);
        let again = facts.causes.keys().filter_map(|key| self.memory.silent_until(key)).min();
        [gathered, again].into_iter().flatten().min()
    }

    /// What is to be told now. `seen`: the user looks at the window, which shows all of this.
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
                // Its end and what it left to do are one thing to tell. Where it only waits for what was told as a cause, it has no end yet.
                self.needs_you(now, &id);
            } else if standing.caused == 0 && !seen && wanted(standing, seconds, wish) {
                turns.push(Turn::Say(Say::Batch { id, standing: standing.clone() }));
            }
        }
        turns.extend(self.gathered(now, facts, seen || wish == Wish::Never));
        turns
    }

    /// Causes that are gone, and files that need nobody any more.
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
        // A clock that was set back must not let it wait for longer than that.
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

/// Whether somebody wants to hear that this batch is through.
const fn wanted(standing: &Standing, seconds: u64, wish: Wish) -> bool {
    match wish {
        Wish::Never => false,
        // What was never taken in stays behind unless somebody looks; what they gave up themselves does not.
        Wish::Needs => standing.left_out > 0,
        // Whoever gave up all of it knows that it ended.
        Wish::All => standing.lost() > 0 || (seconds >= SHORT_SECONDS && standing.cancelled < standing.files),
    }
}

#[cfg(test)]
mod tests;
