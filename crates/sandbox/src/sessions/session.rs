//! One session: its plan, and the state that grows while parts arrive.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::store::Remote;

/// The most parts (AWS, "Amazon S3 multipart upload limits").
pub(crate) const MOST_PARTS: u64 = 10_000;

/// What does not change after the start. Written to `session.json` before the start is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct About {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// The path in the links, decoded.
    pub(crate) path: String,
    /// The object's folder below `objects/`, segments joined by `/`; already sanitized.
    pub(crate) folder: String,
    /// The object's name; already sanitized.
    pub(crate) name: String,
    /// Total size, bytes, if the client gives it at the start.
    pub(crate) size: Option<u64>,
    pub(crate) content_type: String,
    /// Bytes of every part but the last, if the server sets them. Otherwise a part is as long as what
    /// arrives.
    pub(crate) part_size: Option<u64>,
    /// The highest part number allowed.
    pub(crate) parts: u32,
    pub(crate) started: Timestamp,
    pub(crate) expires: Timestamp,
    /// The object's key in the bucket, if it has one: then it can replace another.
    #[serde(default)]
    pub(crate) key: Option<String>,
    /// Whether the object comes in parts; false if one request brings it whole.
    #[serde(default = "in_parts")]
    pub(crate) in_parts: bool,
    /// The upload at the store, if its parts are stored there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) store: Option<Remote>,
    /// The checksum that each part brings, by its name in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) checksum: Option<String>,
    /// What the kind wants to remember besides.
    pub(crate) own: Value,
}

fn in_parts() -> bool {
    true
}

impl About {
    /// A session that begins now, has one part, and expires at once; the kind sets the rest.
    pub(crate) fn new(kind: &str, id: String, name: String, started: Timestamp) -> Self {
        Self {
            id,
            kind: kind.to_owned(),
            path: String::new(),
            folder: String::new(),
            name,
            size: None,
            content_type: String::new(),
            part_size: None,
            parts: 1,
            started,
            expires: started,
            key: None,
            in_parts: true,
            store: None,
            checksum: None,
            own: Value::Null,
        }
    }

    /// A part's offset in the object, if the server planned it.
    pub(crate) fn offset(&self, part: u32) -> Option<u64> {
        Some(u64::from(part.saturating_sub(1)) * self.part_size?)
    }

    /// A part's length, if the server planned it.
    pub(crate) fn length(&self, part: u32) -> Option<u64> {
        Some(self.part_size?.min(self.size?.saturating_sub(self.offset(part)?)))
    }
}

/// The part size for a file (at least the wanted one, more if 10,000 parts would not suffice), and the number
/// of parts. An empty file has one empty part: so there is a link to send to, and an answer to wait for.
pub(crate) fn plan(size: u64, wanted: u64) -> (u64, u32) {
    let part_size = wanted.max(size.div_ceil(MOST_PARTS)).max(1);
    let parts = size.div_ceil(part_size).max(1);
    (part_size, u32::try_from(parts).unwrap_or(u32::MAX))
}

/// A stored part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) part: u32,
    pub(crate) size: u64,
    /// Hex, without quotes.
    pub(crate) md5: String,
    /// The file beside the object that holds it, if it was not written to its place directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) aside: Option<String>,
    /// Its ETag, if that is not its MD5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) opaque: Option<String>,
    /// Whether no header says that this ETag is opaque.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unmarked: bool,
    /// The checksum that came with it, in Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) checksum: Option<String>,
    /// When it was kept.
    #[serde(default)]
    pub(crate) at: Timestamp,
}

impl Stored {
    /// Its ETag, without quotes.
    pub(crate) fn etag(&self) -> &str {
        self.opaque.as_deref().unwrap_or(&self.md5)
    }
}

/// The result of completing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    /// Relative to the sandbox's folder, with `/`.
    pub(crate) object: String,
    /// The record's number.
    pub(crate) file_no: String,
    pub(crate) at: Timestamp,
    /// Whether the bytes were discarded, as requested.
    pub(crate) discarded: bool,
    /// Size of the object, bytes.
    #[serde(default)]
    pub(crate) size: u64,
    /// The object's ETag, without quotes.
    #[serde(default)]
    pub(crate) etag: String,
    /// Whether its ETag is no checksum, as with a KMS key.
    #[serde(default)]
    pub(crate) opaque: bool,
}

impl Done {
    /// The object's name, without its folders.
    pub(crate) fn name(&self) -> &str {
        self.object.rsplit('/').next().unwrap_or(&self.object)
    }
}

/// The mutable state.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) parts: BTreeMap<u32, Stored>,
    /// Parts that are currently being written to their place in the object.
    pub(crate) in_place: HashSet<u32>,
    pub(crate) done: Option<Done>,
}

/// A session while the server runs.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) about: About,
    pub(crate) dir: PathBuf,
    state: Mutex<State>,
    /// Held shared for every write to the object, exclusively while it is finished; true once no write may
    /// follow.
    pub(crate) closed: RwLock<bool>,
    /// One complete at a time.
    pub(crate) finishing: Mutex<()>,
}

impl Session {
    /// A session with its known state.
    pub(crate) fn new(about: About, dir: PathBuf, state: State) -> Self {
        let closed = RwLock::new(state.done.is_some());
        Self { about, dir, state: Mutex::new(state), closed, finishing: Mutex::new(()) }
    }

    /// Locks the state. A panic elsewhere leaves it usable: each change is one step.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The object while it grows.
    pub(crate) fn data(&self) -> PathBuf {
        self.dir.join("data.partial")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_plan_covers_the_file_once(size in 0..=50_000_000_000_000_u64, wanted in 1..=100_000_000_u64) {
            let (part_size, parts) = plan(size, wanted);
            prop_assert!((1..=10_000).contains(&parts));
            prop_assert!(part_size >= wanted);
            prop_assert!(u64::from(parts) * part_size >= size);
            prop_assert!(u64::from(parts - 1) * part_size < size.max(1));
        }
    }

    #[test]
    fn nothing_is_one_part_of_nothing() {
        assert_eq!(plan(0, 10), (10, 1));
        assert_eq!(plan(10, 10), (10, 1));
        assert_eq!(plan(11, 10), (10, 2));
    }
}
