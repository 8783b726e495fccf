//! What is kept of an open upload, so that another process can resume it.

use partway_core::{Cause, Checksum, Failure, RetryClass, Step};
use partway_provider::Session;
use serde::{Deserialize, Serialize};

/// One upload in progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The object's key.
    pub(crate) key: String,
    /// Bytes of the file.
    pub(crate) size: u64,
    /// The number of its parts.
    pub(crate) parts: u32,
    /// How it is sent.
    #[serde(flatten)]
    pub(crate) way: Way,
    /// Whether an existing object must not be replaced.
    pub(crate) only_if_free: bool,
    /// When it began, Unix seconds by the storage's clock, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) began: Option<u64>,
    /// Which checksum the upload was begun for: each of its parts brings it, and *complete* names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) checksum: Option<Checksum>,
}

/// How a file is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// As a multipart upload with this id.
    UploadId(String),
    /// By a single PUT with these headers.
    OnePut(Vec<(String, String)>),
}

impl Kept {
    pub(crate) fn session(&self, step: Step) -> Result<Session, Failure> {
        let body = serde_json::to_string(self).map_err(|_| unreadable(step))?;
        // An upload's lifetime is unknown: a bucket may have a rule that ends it, which only its owner can
        // read.
        Ok(Session { body, expires_at: None })
    }

    pub(crate) fn read(session: &Session, step: Step) -> Result<Self, Failure> {
        serde_json::from_str(&session.body).map_err(|_| unreadable(step))
    }

    pub(crate) fn in_parts(&self) -> bool {
        matches!(self.way, Way::UploadId(_))
    }
}

fn unreadable(step: Step) -> Failure {
    let what = "the session in the journal cannot be read";
    Failure::new(step, RetryClass::SessionGone, Cause::BrokenReply { what: what.to_owned() }, what)
}
