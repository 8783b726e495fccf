//! The states of `list` in words.

use partway_api::{HoldName, JobLine, StateName};

/// A job's state, or what it waits for.
pub(crate) fn state(job: &JobLine) -> &'static str {
    match (job.state, job.holds.first()) {
        (StateName::Waiting, Some(HoldName::User)) => "Paused",
        (StateName::Waiting, Some(HoldName::Countdown)) => "Waiting to start",
        (StateName::Waiting, Some(HoldName::Offline)) => "Waiting for the network",
        (StateName::Waiting, Some(HoldName::Credentials)) => "Waiting for the key",
        (StateName::Waiting, Some(HoldName::SourceMissing)) => "Waiting for the file",
        (StateName::Waiting, Some(HoldName::Schedule)) => "Waiting for its hours",
        (StateName::Waiting, Some(HoldName::Throttled)) => "Slowed",
        (StateName::Waiting, Some(HoldName::DriveSilent)) => "The drive does not answer",
        (StateName::Waiting, Some(HoldName::Fetching)) => "Being downloaded from the cloud",
        (StateName::Waiting, Some(HoldName::InUse)) => "In use by another program",
        (StateName::Waiting, Some(HoldName::Unread)) => "Waiting to read it again",
        (StateName::Waiting, None) => "Waiting",
        (StateName::Checking, _) => "Checking",
        (StateName::Uploading, _) => "Uploading",
        (StateName::Finishing, _) => "Finishing",
        (StateName::Uploaded, _) => "Uploaded, not verified",
        (StateName::Verified, _) => "Verified",
        (StateName::NeedsAttention, _) => "Needs attention",
        (StateName::Cancelling, _) => "Cancelling",
        (StateName::Cancelled, _) => "Cancelled",
    }
}
