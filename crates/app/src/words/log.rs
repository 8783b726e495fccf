//! The history of a job, line by line.

use partway_engine::{Again, Log};

use super::{bytes, clock, count, duration};

/// One line of a job's history. `to` is the destination's name.
pub(crate) fn line(log: &Log, to: &str, now_ms: i64) -> String {
    match log {
        Log::Started { parts: 1 } => "Started in one part".into(),
        Log::Started { parts } => format!("Started in {parts} parts"),
        Log::Resumed { confirmed, parts: 1 } => format!("Going on: {confirmed} of 1 part was there already"),
        Log::Resumed { confirmed, parts } => {
            format!("Going on: {confirmed} of {parts} parts were there already")
        }
        Log::PartAgain { part, how, .. } => {
            let what = match how {
                Again::Network => "The connection broke",
                Again::OpenFiles => "Too many files and connections were open on this computer",
                Again::Stalled => "The connection stood still",
                Again::Differs => "The checksum in the answer differed",
                Again::Service => &format!("{to} was busy"),
                Again::Page => {
                    "A web page came in place of the answer, from a sign-in page of the network or a proxy"
                }
            };
            format!("{what}; part {part} is being sent again")
        }
        Log::PutOff { seconds } => format!("{to} does not answer properly, trying again in {seconds} s"),
        Log::OpenFiles { seconds } => {
            format!("Too many files and connections are open on this computer, trying again in {seconds} s")
        }
        Log::InVain { bytes: sent, seconds, why } => format!(
            "{} went to {to} in vain within an hour ({}); waiting {} before more is sent",
            bytes(*sent),
            why.trim_end_matches('.'),
            duration(*seconds)
        ),
        Log::PartsMissing { parts } => {
            format!("{to} misses {} of those it had taken; sending again", count(*parts, "part", "parts"))
        }
        Log::SourceReplaced { bytes: 0 } => "The file has another size now; starting over with it".into(),
        Log::SourceReplaced { bytes: sent } => {
            format!(
                "The file has another size now. All must be sent again, also the {} that were there",
                bytes(*sent)
            )
        }
        Log::Elsewhere { bytes: size } => {
            format!(
                "The file is only in the cloud: {} are downloaded to this computer as it is sent",
                bytes(*size)
            )
        }
        Log::SourceAway => "The file's folder is not there; going on as soon as it is back".into(),
        Log::Fetching => "Still being downloaded from the cloud; going on as soon as it is here".into(),
        Log::DriveSilent => "The file's drive does not answer; going on as soon as it does".into(),
        Log::Unread { why, seconds } => {
            format!("The file could not be read: {}. Trying again in {seconds} s", why.trim_end_matches('.'))
        }
        Log::NetworkLost => "Network lost; going on as soon as it is back".into(),
        Log::Page => {
            format!(
                "A web page came in place of {to}'s answer, as networks send it that want a sign-in; trying again"
            )
        }
        Log::NetworkBack => "Network back, going on".into(),
        Log::Throttled { seconds } => format!("{to} asked us to slow down, going on in {seconds} s"),
        Log::LinksRenewed => format!("{to} renewed the session"),
        Log::SessionLost { bytes: 0, expired: true } => format!("{to}'s session ended; starting a new one"),
        Log::SessionLost { bytes: sent, expired: true } => {
            format!("{to}'s session ended. All must be sent again, also the {} that were there", bytes(*sent))
        }
        Log::SessionLost { bytes: 0, expired: false } => {
            format!("{to} no longer knows this upload; starting a new one")
        }
        Log::SessionLost { bytes: sent, expired: false } => {
            format!(
                "{to} no longer knows this upload. All must be sent again, also the {} that were there",
                bytes(*sent)
            )
        }
        Log::ShortLife { needs_seconds, lives_seconds } => format!(
            "At this speed it takes {}; {to}'s session lives {}",
            duration(*needs_seconds),
            duration(*lives_seconds)
        ),
        Log::SourceCompared { same, differ: 0 } => {
            let same = count(*same, "sent part was", "sent parts were");
            format!("The file was touched; {same} compared and found the same")
        }
        Log::SourceCompared { same, differ } => {
            let again = count(*differ, "is", "are");
            format!("The file changed; of {} sent parts {again} sent again", same + differ)
        }
        Log::CompleteUnanswered => {
            format!("All is sent, but {to} has not confirmed. Asking again; do not upload again yet")
        }
        Log::CompleteUnclear { expected } => format!(
            "All is sent, but what {to} answered is not what was expected ({}). Asking again; do not upload again yet",
            expected.trim_end_matches('.')
        ),
        Log::Verified => "Verified: every part's checksum matches".into(),
        Log::Uploaded => {
            format!("{to} confirmed the file; keep your original, not every byte could be compared")
        }
        Log::Unproved => format!(
            "{to} has the file in its size, but with a checksum that is not that of what was sent; keep your original"
        ),
        Log::Presumed => format!(
            "{to} knows the upload no longer, so it has most likely arrived. Look there before you delete the original"
        ),
        Log::NotFound => format!(
            "{to} confirmed the file, but did not find it when asked for it. Look there before you delete the original"
        ),
        Log::NotLookedUp { .. } => {
            format!("{to} confirmed the file, but could not be asked about it afterwards")
        }
        Log::CouldReplace => format!(
            "{to} replaces what is there without asking: Partway looked before, but what somebody else put under this name in the last moment \
             would have been replaced"
        ),
        Log::MarkedArrived => "Marked as arrived by you".into(),
        Log::Attention => "Stopped: needs attention".into(),
        Log::Paused => "Paused".into(),
        Log::GoingOn => "Going on".into(),
        Log::Skipped => {
            format!("{to} has a file of this name already; it was left as it was, and this one was not sent")
        }
        Log::Cancelled => "Cancelled".into(),
        Log::LeftBehind { until: Some(until) } => {
            let until = i64::try_from(*until).unwrap_or(0).saturating_mul(1000);
            format!("{to} cannot delete sent parts; they expire on their own at {}", clock(until, now_ms))
        }
        Log::LeftBehind { until: None } => format!("{to} cannot delete sent parts; they expire on their own"),
    }
}

#[cfg(test)]
mod tests;
