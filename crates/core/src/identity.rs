//! What tells whether a file is still the one that was planned.

use serde::{Deserialize, Serialize};

/// Size, time of change and the file system's own id of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileIdentity {
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since the Unix epoch (negative before it).
    pub modified_ns: i128,
    /// Device and inode (Unix), volume serial and file index (Windows); `None` where the system has none.
    pub file_id: Option<(u64, u64)>,
}
