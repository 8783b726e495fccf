//! Files that changed soon after they were sent: their writer pauses for longer than the wait, so the
//! next wait is longer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file that changes later than this was not being written when it was sent.
const SOON: Duration = Duration::from_secs(600);

/// Most files remembered; beyond that, newly sent files get no longer wait.
const MOST: usize = 20_000;

/// Recently sent files: (rewrites since, last seen).
#[derive(Debug, Default)]
pub(super) struct Restless(BTreeMap<PathBuf, (u32, Duration)>);

impl Restless {
    /// Records that a file is sent.
    pub(super) fn goes(&mut self, file: &Path, at: Duration) {
        let changes = self.changes(file, at);
        if self.0.len() >= MOST {
            self.0.retain(|_, (_, seen)| at.saturating_sub(*seen) <= SOON);
        }
        if self.0.len() < MOST || self.0.contains_key(file) {
            self.0.insert(file.to_owned(), (changes, at));
        }
    }

    /// How often a file, now seen changed, has changed soon after being sent.
    pub(super) fn changes(&mut self, file: &Path, now: Duration) -> u32 {
        match self.0.get_mut(file) {
            Some((changes, seen)) if now.saturating_sub(*seen) <= SOON => {
                // The period continues while the file is waited for.
                *seen = now;
                changes.saturating_add(1)
            }
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn each_stage_of_a_file_that_goes_on_being_written_counts_and_a_new_version_later_does_not() {
        let mut restless = Restless::default();
        let file = Path::new("a.mov");
        assert_eq!(restless.changes(file, s(0)), 0);
        restless.goes(file, s(2));
        assert_eq!(restless.changes(file, s(5)), 1);
        // Kept changing for half an hour, every few seconds.
        for at in (5..1_800).step_by(3) {
            assert_eq!(restless.changes(file, s(at)), 1);
        }
        restless.goes(file, s(1_800));
        assert_eq!(restless.changes(file, s(1_810)), 2);
        assert_eq!(restless.changes(file, s(1_810 + 601)), 0, "saved anew");
        assert_eq!(restless.changes(Path::new("b.mov"), s(5)), 0);
    }

    #[test]
    fn no_more_are_remembered_than_there_is_room_for() {
        let mut restless = Restless::default();
        for number in 0..=MOST {
            restless.goes(Path::new(&number.to_string()), s(0));
        }
        assert_eq!(restless.0.len(), MOST);
        restless.goes(Path::new("later"), s(601));
        assert_eq!(restless.0.len(), 1);
    }
}
