//! A real S3 server that stores the vendors' parts instead of the sandbox: uploads are created, signed,
//! listed and completed there, as the vendors do it.

pub(crate) mod calls;
pub(crate) mod client;
pub(crate) mod session;

use serde::{Deserialize, Serialize};

/// The upload at the store behind a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remote {
    pub(crate) key: String,
    pub(crate) upload: String,
}

/// The store's refusal, or that it could not be reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the store says {code} ({status}): {message}")]
pub(crate) struct Trouble {
    /// 0 where there was no answer.
    pub(crate) status: u16,
    /// S3's code, or a word of the sandbox's.
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Trouble {
    /// No answer, or one that is not S3's.
    pub(crate) fn unreadable(why: &str) -> Self {
        Self { status: 0, code: "unreadable".to_owned(), message: why.to_string() }
    }
}
