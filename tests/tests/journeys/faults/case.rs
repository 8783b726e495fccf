//! One file through one fault, and what must hold whatever the fault: the oracle.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::support::{Chance, DataCopy, House, Line, Made, Ran, of};

/// What is tried.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// As `--fault` takes it.
    pub(super) fault: String,
    /// What the sandbox is told besides.
    pub(super) options: Vec<&'static str>,
    /// Bytes a part.
    pub(super) part: u64,
    /// Bytes of the file.
    pub(super) size: u64,
}

/// What came of it.
pub(super) struct Outcome {
    pub(super) house: House,
    pub(super) file: Made,
    pub(super) ran: Ran,
    pub(super) log: Vec<Line>,
}

/// The file of every case.
pub(super) const NAME: &str = "take 3.mov";

impl Case {
    /// Five parts of 64 KiB and one that is shorter: the slowest fault reads 8 kB a second.
    pub(super) fn of(fault: &str) -> Self {
        Self { fault: fault.to_owned(), options: vec!["--slow", "1"], part: 1 << 16, size: (5 << 16) + 7 }
    }

    /// With these options, too.
    pub(super) fn with(mut self, options: &[&'static str]) -> Self {
        self.options.extend(options);
        self
    }

    /// Runs it and holds what must always hold.
    pub(super) fn run(&self) -> Outcome {
        let part = self.part.to_string();
        let mut options = vec!["--fault", &self.fault, "--part-size", &part];
        options.extend(&self.options);
        let house = House::with(&options);
        let file = house.file(NAME, self.size, &mut Chance::of(&self.fault));
        let ran = house.begin(["upload", NAME, "--json", "--max-wait", "110"]).end();
        let log = house.sandbox.log();
        let outcome = Outcome { house, file, ran, log };
        outcome.hold();
        outcome
    }
}

impl Outcome {
    /// `state` of the end.
    pub(super) fn state(&self) -> &str {
        self.ran.finished(NAME)["state"].as_str().unwrap()
    }

    /// `reason` of the end.
    pub(super) fn reason(&self) -> &str {
        self.ran.finished(NAME)["reason"].as_str().unwrap_or_default()
    }

    /// Sessions that the service opened and whose opening it could tell.
    pub(super) fn sessions(&self) -> BTreeSet<&str> {
        let opened = self.log.iter().filter(|line| line.step == "start" && line.status == Some(200));
        opened.filter_map(|line| line.session.as_deref()).collect()
    }

    fn hold(&self) {
        let (state, reason) = (self.state(), self.reason());
        let whole = self.house.sandbox.copies_of(&self.file.path);
        match state {
            "verified" | "uploaded" => {
                assert_eq!(whole, 1, "{state}, and the object is not the file");
                assert_eq!(self.house.sandbox.objects().len(), 1, "{:?}", self.house.sandbox.objects());
            }
            "needs-attention" => {
                assert!(!reason.starts_with("still waiting"), "{reason}");
                assert!(reason.contains(NAME), "the sentence does not name the file: {reason:?}");
                let list = self.house.list();
                assert_eq!((list.len(), list[0]["state"].as_str()), (1, Some(state)), "{list:?}");
                assert_eq!(list[0]["reason"], reason);
            }
            _ => panic!("no end for a file: {state}"),
        }
        assert!(of(&self.ran.events, "finished").len() == 1, "one end");
        assert!(
            self.log.iter().all(|line| line.step != "elsewhere"),
            "a redirect was followed: {:#?}",
            self.log
        );
        self.nothing_twice_without_need();
        self.nothing_left_unmentioned();
    }

    /// A part whose receipt came back in order is not sent again in the same session.
    fn nothing_twice_without_need(&self) {
        let mut taken = BTreeMap::new();
        for line in self.log.iter().filter(|line| line.step == "part") {
            let place = (line.session.as_deref(), line.part);
            assert!(
                !taken.contains_key(&place),
                "{place:?} was confirmed and is sent again: {:#?}",
                self.log
            );
            let believed = !matches!(line.fault.as_deref(), Some("wrong-etag" | "part-etag-other"));
            if line.stored && line.status == Some(200) && believed {
                taken.insert(place, ());
            }
        }
    }

    /// Every session in which the service keeps bytes that are no object yet stands in the journal.
    fn nothing_left_unmentioned(&self) {
        let sessions_of = |wanted: fn(&Line) -> bool| -> BTreeSet<&str> {
            self.log.iter().filter(|line| wanted(line)).filter_map(|line| line.session.as_deref()).collect()
        };
        let (kept, done) = (sessions_of(|line| line.stored), sessions_of(|line| line.object.is_some()));
        let open = kept.difference(&done).count();
        let journal = DataCopy::of(&self.house.data());
        let conn = Connection::open(journal.path().join("journal.db")).unwrap();
        let known: usize = conn
            .query_row("SELECT count(*) FROM session WHERE status <> 'ended'", [], |row| row.get(0))
            .unwrap();
        assert!(known >= open, "{open} sessions are open at the service, {known} are known here");
    }
}
