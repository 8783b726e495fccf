//! Files of a watched folder that were seen but not taken yet: since when each is still, and when to look
//! again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use partway_core::{Calm, FileIdentity, Look, MOST_AT_ONCE, Verdict, gathered, judge};
use partway_engine::{JobId, Sum};

use super::restless::Restless;

/// Most files remembered; others are seen at a later walk, once some of these were taken.
pub(super) const MOST: usize = 20_000;

/// Limits on one comparison before the journal is updated: files and bytes. A single file may be larger.
const MOST_COMPARED: (usize, u64) = (200, 1_000_000_000);

/// Most files in one batch: a journal commit must take them, and followers must keep up with their events.
const MOST_A_BATCH: usize = 1_000;

/// Why a file that was seen is not taken yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// It has not been still for long enough.
    Growing,
    /// A program has it open for writing.
    Open,
    /// A partial file of its name is beside it.
    Beside,
    /// It cannot be read.
    Unread,
    /// It is too large for the destination.
    TooLarge,
    /// It is being compared with what was sent.
    Compared,
}

/// What to do with a file once it is still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Errand {
    /// Send it.
    Take,
    /// Resume this job.
    Resume(JobId),
    /// It was sent and touched since: compare it with what was sent.
    Compare(Sum),
}

#[derive(Debug)]
struct Waiting {
    calm: Calm,
    errand: Errand,
    why: Why,
    still: bool,
    look_at: Duration,
    not_before: Duration,
    /// The partial file beside it.
    beside: Option<PathBuf>,
}

/// A file to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ready {
    pub(super) file: PathBuf,
    pub(super) identity: FileIdentity,
    pub(super) errand: Errand,
}

/// All pending files of a folder.
#[derive(Debug, Default)]
pub(super) struct Pending {
    waiting: BTreeMap<PathBuf, Waiting>,
    restless: Restless,
}

impl Pending {
    /// Records a look at a file with work to do. Returns `false` if there is no room for another one.
    pub(super) fn see(
        &mut self,
        file: PathBuf,
        identity: FileIdentity,
        errand: Errand,
        at: Duration,
    ) -> bool {
        if self.waiting.len() >= MOST && !self.waiting.contains_key(&file) {
            return false;
        }
        let before = self.waiting.remove(&file);
        let (calm, verdict) = judge(
            before.as_ref().map(|waiting| waiting.calm),
            Some(Look { identity, changes: self.restless.changes(&file, at), at }),
        );
        let Some(calm) = calm else { return true };
        let same = before.filter(|waiting| waiting.calm.identity() == identity);
        // A known difference stays: the journal does not record it yet.
        let differs = same.as_ref().is_some_and(|waiting| waiting.errand == Errand::Take);
        let errand = if differs && matches!(errand, Errand::Compare(_)) { Errand::Take } else { errand };
        let (why, not_before, beside) = same.map_or((Why::Growing, Duration::ZERO, None), |waiting| {
            (waiting.why, waiting.not_before, waiting.beside)
        });
        let look_at = match verdict {
            Verdict::NotYet { until } => until.max(not_before),
            _ => not_before.max(at),
        };
        let still = verdict == Verdict::Still && not_before <= at;
        self.waiting.insert(file, Waiting { calm, errand, why, still, look_at, not_before, beside });
        true
    }

    /// It was taken.
    pub(super) fn goes(&mut self, file: &Path, at: Duration) {
        self.forget(file);
        self.restless.goes(file, at);
    }

    /// It is gone, or no longer wanted.
    pub(super) fn forget(&mut self, file: &Path) {
        self.waiting.remove(file);
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// What to do with a pending file.
    pub(super) fn errand(&self, file: &Path) -> Option<Errand> {
        self.waiting.get(file).map(|waiting| waiting.errand.clone())
    }

    /// Still files to compare now: within the limits, but at least one.
    pub(super) fn to_compare(&self) -> Vec<(PathBuf, FileIdentity, Sum)> {
        let (most, mut room) = MOST_COMPARED;
        let still = self.waiting.iter().filter(|(_, waiting)| waiting.still);
        let mut compared = Vec::new();
        for (file, waiting) in still {
            let Errand::Compare(sum) = &waiting.errand else { continue };
            let identity = waiting.calm.identity();
            if compared.len() == most || (!compared.is_empty() && identity.size > room) {
                break;
            }
            room = room.saturating_sub(identity.size);
            compared.push((file.clone(), identity, sum.clone()));
        }
        compared
    }

    /// The file, with this identity when compared, differs from what was sent: send it.
    pub(super) fn differs(&mut self, file: &Path, identity: &FileIdentity, at: Duration) {
        if let Some(waiting) = self.waiting.get_mut(file).filter(|one| one.calm.identity() == *identity) {
            (waiting.errand, waiting.why) = (Errand::Take, Why::Growing);
            (waiting.not_before, waiting.look_at) = (at, at);
        }
    }

    /// It is still but cannot be taken; look again at `until`.
    pub(super) fn put_off(&mut self, file: &Path, why: Why, until: Duration) {
        if let Some(waiting) = self.waiting.get_mut(file) {
            (waiting.why, waiting.still, waiting.not_before, waiting.look_at) = (why, false, until, until);
        }
    }

    /// It is still but this partial file is beside it; look again at `until`.
    pub(super) fn lies_beside(&mut self, file: &Path, half: PathBuf, until: Duration) {
        self.put_off(file, Why::Beside, until);
        if let Some(waiting) = self.waiting.get_mut(file) {
            waiting.beside = Some(half);
        }
    }

    /// The name of a partial file that a file waits for.
    pub(super) fn half(&self) -> Option<String> {
        let mut waiting = self.waiting.values().filter(|waiting| waiting.why == Why::Beside);
        let name = waiting.find_map(|waiting| waiting.beside.as_ref()?.file_name());
        name.map(|name| name.to_string_lossy().into_owned())
    }

    /// Files due for another look.
    pub(super) fn due(&self, now: Duration) -> Vec<PathBuf> {
        let due = self.waiting.iter().filter(|(_, waiting)| !waiting.still && waiting.look_at <= now);
        due.take(MOST_AT_ONCE).map(|(file, _)| file.clone()).collect()
    }

    /// Files to take together now; none while others that are nearly still are expected.
    pub(super) fn ready(&self, now: Duration) -> Vec<Ready> {
        let goes = |waiting: &Waiting| waiting.still && !matches!(waiting.errand, Errand::Compare(_));
        let still = || self.waiting.iter().filter(|(_, waiting)| goes(waiting));
        let first = still().map(|(_, waiting)| waiting.calm.until().max(waiting.not_before)).min();
        let growing = self.waiting.values().filter(|waiting| !waiting.still && waiting.why == Why::Growing);
        let next = growing.map(|waiting| waiting.look_at).min();
        if !first.is_some_and(|first| gathered(still().count(), first, next, now)) {
            return Vec::new();
        }
        let ready = |(file, waiting): (&PathBuf, &Waiting)| Ready {
            file: file.clone(),
            identity: waiting.calm.identity(),
            errand: waiting.errand.clone(),
        };
        still().take(MOST_A_BATCH).map(ready).collect()
    }

    /// When to act next if nothing changes: for a look, or the end of gathering.
    pub(super) fn next(&self, now: Duration) -> Option<Duration> {
        let soon = now + Duration::from_millis(500);
        self.waiting.values().map(|waiting| if waiting.still { soon } else { waiting.look_at }).min()
    }

    /// How many wait for that reason.
    pub(super) fn count(&self, why: Why) -> u32 {
        let count = self.waiting.values().filter(|waiting| waiting.why == why).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use partway_core::FileTime;

    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn of(size: u64) -> FileIdentity {
        FileIdentity { size, modified: FileTime(7), changed: None, file_id: None }
    }

    fn names(ready: &[Ready]) -> Vec<&str> {
        ready.iter().map(|ready| ready.file.to_str().unwrap()).collect()
    }

    #[test]
    fn files_that_come_together_go_together_and_one_that_grows_does_not_keep_them_for_ever() {
        let mut pending = Pending::default();
        pending.see("a".into(), of(1), Errand::Take, s(0));
        pending.see("b".into(), of(1), Errand::Take, s(1));
        assert_eq!(pending.next(s(1)), Some(s(2)));
        assert_eq!(pending.due(s(2)), [PathBuf::from("a")]);
        pending.see("a".into(), of(1), Errand::Take, s(2));
        assert!(pending.ready(s(2)).is_empty(), "b is nearly still");
        pending.see("b".into(), of(1), Errand::Take, s(3));
        assert_eq!(names(&pending.ready(s(3))), ["a", "b"]);

        // A third one is being written all the time.
        for second in 0..=7 {
            pending.see("c".into(), of(100 + second), Errand::Take, s(second));
        }
        assert_eq!(pending.count(Why::Growing), 3);
        assert_eq!(names(&pending.ready(s(7))), ["a", "b"], "c would be still in 2 s, but a waited for 5 s");
        pending.forget(Path::new("a"));
        pending.forget(Path::new("b"));
        assert!(pending.ready(s(8)).is_empty());
    }

    #[test]
    fn one_that_is_open_is_looked_at_later_and_begins_anew_when_it_changes() {
        let mut pending = Pending::default();
        pending.see("a".into(), of(1), Errand::Take, s(0));
        pending.see("a".into(), of(1), Errand::Take, s(2));
        assert_eq!(names(&pending.ready(s(2))), ["a"]);
        pending.put_off(Path::new("a"), Why::Open, s(7));
        assert_eq!((pending.count(Why::Open), pending.next(s(2))), (1, Some(s(7))));
        // A walk in between sees it, which must not shorten the wait.
        pending.see("a".into(), of(1), Errand::Take, s(4));
        assert!(pending.ready(s(4)).is_empty() && pending.due(s(4)).is_empty());
        pending.see("a".into(), of(1), Errand::Take, s(7));
        assert_eq!(names(&pending.ready(s(7))), ["a"]);
        pending.see("a".into(), of(2), Errand::Take, s(8));
        assert_eq!((pending.count(Why::Open), pending.count(Why::Growing)), (0, 1));
    }

    #[test]
    fn one_whose_half_lies_beside_it_names_that() {
        let mut pending = Pending::default();
        pending.see("a".into(), of(1), Errand::Take, s(0));
        pending.see("a".into(), of(1), Errand::Take, s(2));
        assert_eq!(pending.half(), None);
        pending.lies_beside(Path::new("a"), "/in/a.part".into(), s(7));
        pending.see("a".into(), of(1), Errand::Take, s(4));
        assert_eq!((pending.count(Why::Beside), pending.half().as_deref()), (1, Some("a.part")));
        assert_eq!((pending.count(Why::Open), pending.count(Why::Growing)), (0, 0));
    }

    #[test]
    fn one_that_changed_after_it_went_is_waited_for_twice_as_long() {
        let mut pending = Pending::default();
        // A writer whose open file cannot be detected writes every 3 seconds.
        let mut went = Vec::new();
        for second in 0..60 {
            let written = second / 3 * 3;
            pending.see("a".into(), of(1 + written), Errand::Take, s(second));
            if !pending.ready(s(second)).is_empty() {
                pending.goes(Path::new("a"), s(second));
                went.push(second);
            }
        }
        assert_eq!(went, [2], "each stage would have gone");
        pending.see("a".into(), of(100), Errand::Take, s(60));
        pending.see("a".into(), of(100), Errand::Take, s(64));
        assert_eq!(names(&pending.ready(s(64))), ["a"], "all of it, once it is still");
    }

    #[test]
    fn touched_files_are_compared_some_at_a_time_and_go_only_where_they_differ() {
        let mut pending = Pending::default();
        let sum = || Sum { checksum: "x-1".into(), part_size: 1 };
        let large = MOST_COMPARED.1 - 1;
        let files = [("a", large), ("b", 2), ("c", 1)];
        for at in [s(0), s(30)] {
            for (name, size) in files {
                pending.see(name.into(), of(size), Errand::Compare(sum()), at);
            }
        }
        assert!(pending.ready(s(30)).is_empty(), "what is only to be compared does not go");
        let compared: Vec<_> = pending.to_compare().into_iter().map(|(file, ..)| file).collect();
        assert_eq!(compared, [PathBuf::from("a")], "b is more than may be read at once");
        pending.put_off(Path::new("a"), Why::Compared, s(3_630));
        assert_eq!(pending.count(Why::Compared), 1);
        assert_eq!(pending.to_compare().len(), 2);
        // The comparison predates its latest change, so it proves nothing.
        pending.differs(Path::new("a"), &of(7), s(31));
        assert_eq!(pending.count(Why::Compared), 1);
        pending.differs(Path::new("a"), &of(large), s(31));
        pending.see("a".into(), of(large), Errand::Compare(sum()), s(31));
        assert_eq!(names(&pending.ready(s(31))), ["a"], "whatever the journal still says of it");
    }

    #[test]
    fn no_more_are_remembered_than_there_is_room_for() {
        let mut pending = Pending::default();
        for number in 0..MOST {
            assert!(pending.see(format!("{number}").into(), of(1), Errand::Take, s(0)));
        }
        assert!(!pending.see("one more".into(), of(1), Errand::Take, s(0)));
        assert!(pending.see("7".into(), of(1), Errand::Take, s(2)), "one that is known is looked at again");
        for number in 0..MOST {
            pending.see(format!("{number}").into(), of(1), Errand::Take, s(2));
        }
        assert_eq!(pending.ready(s(2)).len(), MOST_A_BATCH);
    }
}
