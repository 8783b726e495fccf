//! What *Practice* keeps on disk, seen from outside: its log, its objects; and what the app's journal holds of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::{Desk, Made, files_in, journal};

/// A part of a file, by the vendor's session and its number.
type Part = (String, u64);

/// *Practice* of one data folder.
pub(crate) struct Practice {
    data: PathBuf,
}

impl Practice {
    /// That of a desk's app.
    pub(crate) fn of(desk: &Desk) -> Self {
        Self { data: desk.data() }
    }

    /// Every line of its log so far. A line that is being written is not there yet.
    pub(crate) fn log(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.data.join("practice/log.ndjson")).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// How often each part was stored, in these lines of the log.
    pub(crate) fn stored(lines: &[Value]) -> BTreeMap<Part, usize> {
        let mut stored = BTreeMap::new();
        for line in lines.iter().filter(|line| line["step"] == "part" && line["stored"] == true) {
            *stored.entry(part(line)).or_default() += 1;
        }
        stored
    }

    /// Every part that was sent, whether it was stored or not, in these lines of the log.
    pub(crate) fn sent(lines: &[Value]) -> BTreeSet<Part> {
        lines.iter().filter(|line| line["step"] == "part").map(part).collect()
    }

    /// How many sessions were begun, in these lines of the log.
    pub(crate) fn started(lines: &[Value]) -> usize {
        lines.iter().filter(|line| line["step"] == "start" && line["status"] == 200).count()
    }

    /// The most sessions that were open at once.
    pub(crate) fn most_open(lines: &[Value]) -> usize {
        let (mut open, mut most) = (BTreeSet::new(), 0);
        for line in lines.iter().filter(|line| line["status"] == 200) {
            let session = line["session"].as_str().unwrap_or_default();
            match line["step"].as_str() {
                Some("start") => open.insert(session),
                Some("complete" | "abort") => open.remove(session),
                _ => continue,
            };
            most = most.max(open.len());
        }
        most
    }

    /// Parts whose receipt is in the journal.
    pub(crate) fn receipts(&self) -> BTreeSet<u64> {
        let parts = journal::look(&self.data, |journal| {
            let mut rows = journal.prepare("SELECT part FROM receipt")?;
            rows.query_map([], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()
        });
        parts.into_iter().flatten().filter_map(|part| u64::try_from(part).ok()).collect()
    }

    /// Whether one of its objects holds the bytes of that file.
    pub(crate) fn has(&self, made: &Made) -> bool {
        files_in(&self.data.join("practice/objects")).iter().any(|object| made.equals(object))
    }

    /// How many objects it has.
    pub(crate) fn objects(&self) -> usize {
        files_in(&self.data.join("practice/objects")).len()
    }
}

fn part(line: &Value) -> Part {
    (line["session"].as_str().unwrap_or_default().to_owned(), line["part"].as_u64().unwrap_or_default())
}
