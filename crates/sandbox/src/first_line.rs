//! The first line of standard output: what a program that starts the sandbox needs to know.

use std::path::PathBuf;

use serde::Serialize;

use crate::admin::Admin;
use crate::kinds::destination::Destination;

/// `{"admin":…,"dir":"D","destinations":[…]}`. New kinds add entries and fields; none are removed.
#[derive(Debug, Clone, Serialize)]
pub struct FirstLine {
    /// The admin endpoints; `null` unless enabled.
    pub admin: Option<Admin>,
    /// The folder.
    pub dir: PathBuf,
    /// One entry per kind.
    pub destinations: Vec<Destination>,
    /// The certificate (PEM) to trust, with `--tls`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// The seed for random faults.
    pub seed: u64,
}
