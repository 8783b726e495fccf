//! Tracks all files, for a command that runs forever: each file still ends exactly once, and old ones are
//! forgotten.

use partway_api::{Event, FinishedState, StateName};

use super::{File, Tracker};

/// How many ended files are remembered: more than the events kept for a busy command, so that none of them
/// comes up later.
const REMEMBERED: usize = 5_000;

impl Tracker {
    /// Like [`take`](Self::take) for all files: starts waiting for an unknown one.
    pub(crate) fn take_any(&mut self, event: Event) -> Option<Event> {
        let (id, file, size) = match &event {
            Event::BatchFinished { .. } => return Some(event),
            Event::Added { id, file, size, .. } => (id, file, *size),
            Event::State { id, file, .. } | Event::Finished { id: Some(id), file, .. } => (id, file, 0),
            _ => return self.take(event),
        };
        if self.by_id.contains_key(id) {
            return self.take(event);
        }
        if self.files.len() >= self.forget_at.max(2 * REMEMBERED) {
            self.forget();
        }
        self.by_id.insert(id.clone(), self.files.len());
        self.open += 1;
        let (id, name) = (Some(id.clone()), file.clone());
        self.files.push(File {
            id,
            name,
            state: StateName::Waiting,
            reason: None,
            note: None,
            confirmed: 0,
            size,
            ended: None,
        });
        match &event {
            Event::Added { .. } => Some(event),
            _ => self.take(event),
        }
    }

    /// Forgets files that ended for good, except the latest. One that needs attention can be resumed, and
    /// must not end again.
    fn forget(&mut self) {
        let over = |file: &File| file.ended.is_some_and(|ended| ended.state != FinishedState::NeedsAttention);
        let mut surplus = self.files.iter().filter(|file| over(file)).count().saturating_sub(REMEMBERED);
        self.files.retain(|file| {
            let goes = surplus > 0 && over(file);
            surplus -= usize::from(goes);
            !goes
        });
        let files = self.files.iter().enumerate();
        self.by_id = files.filter_map(|(at, file)| Some((file.id.clone()?, at))).collect();
        // If most files stay, don't search all of them for each new one.
        self.forget_at = 2 * self.files.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Ending;
    use crate::tracker::finished;

    fn added(id: &str) -> Event {
        Event::Added { id: id.into(), file: format!("/in/{id}"), size: 1, destination: "Acme".into() }
    }

    fn end(id: &str, state: FinishedState) -> Event {
        let ending = Ending { state, refused: false, skipped: false };
        finished(Some(id.into()), format!("/in/{id}"), ending, None, None)
    }

    #[test]
    fn whatever_comes_is_told_and_ends_once_also_what_was_under_way_before() {
        let mut tracker = Tracker::default();
        assert!(tracker.take_any(added("a")).is_some());
        assert!(tracker.take_any(end("a", FinishedState::NeedsAttention)).is_some());
        // Retried by someone.
        assert!(tracker.take_any(end("a", FinishedState::Verified)).is_none());
        assert!(tracker.take_any(end("b", FinishedState::Verified)).is_some());
        assert!(tracker.take_any(end("b", FinishedState::Verified)).is_none());
        tracker.take_any(added("c"));
        let left = tracker.give_up(str::to_owned);
        assert!(matches!(&left[..], [Event::Finished { id: Some(id), .. }] if id == "c"), "{left:?}");
    }

    #[test]
    fn what_ended_long_ago_is_forgotten_and_what_needs_attention_is_not() {
        let mut tracker = Tracker::default();
        tracker.take_any(added("open"));
        tracker.take_any(end("attention", FinishedState::NeedsAttention));
        for n in 0..20 * REMEMBERED {
            let id = n.to_string();
            tracker.take_any(added(&id));
            assert!(tracker.take_any(end(&id, FinishedState::Verified)).is_some());
            assert!(tracker.files.len() <= 2 * REMEMBERED + 4, "{}", tracker.files.len());
        }
        assert_eq!(tracker.open(), 1);
        assert!(tracker.take_any(end("attention", FinishedState::Verified)).is_none());
        let last = (20 * REMEMBERED - 1).to_string();
        assert!(tracker.take_any(end(&last, FinishedState::Verified)).is_none());
        assert_eq!(tracker.give_up(str::to_owned).len(), 1);
    }
}
