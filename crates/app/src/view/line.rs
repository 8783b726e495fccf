//! A job as programs see it.

use partway_api::{JobLine, ReceiptView, StateName};
use partway_core::{Cause, FileReceipt, Hold, State, proof};
use partway_engine::Job;
use partway_providers::web_link;

use super::Named;
use crate::away::place;
use crate::words;

/// The API name of a state.
pub(crate) const fn state(state: &State) -> StateName {
    match state {
        State::Waiting => StateName::Waiting,
        State::Checking => StateName::Checking,
        State::Uploading => StateName::Uploading,
        State::Finishing => StateName::Finishing,
        State::Uploaded => StateName::Uploaded,
        State::Verified => StateName::Verified,
        State::NeedsAttention(_) => StateName::NeedsAttention,
        State::Cancelling => StateName::Cancelling,
        State::Cancelled => StateName::Cancelled,
    }
}

/// The receipt of a job that has arrived.
pub(crate) fn receipt(job: &Job) -> Option<ReceiptView> {
    let told = job.receipt.as_ref()?;
    Some(ReceiptView {
        id: told.id.clone(),
        name: told.name.clone(),
        // An older journal may hold something that is not a web link.
        link: told.link.as_deref().and_then(web_link),
        size: job.identity.size,
        checksum: whole(told).or_else(|| job.checksum.clone()),
        parts: job.plan.map_or(0, |plan| plan.count()),
        finished_at: job.finished_at.unwrap_or_default(),
    })
}

/// The MD5 of the whole file, if the storage reports that: a file sent with one PUT has no MD5 of MD5s.
fn whole(told: &FileReceipt) -> Option<String> {
    let md5 = told.checksum.as_deref()?.strip_prefix("md5:")?;
    proof::is_md5(md5).then(|| md5.to_ascii_lowercase())
}

/// The reason, as a sentence, why a job is not simply progressing.
pub(crate) fn reason(job: &Job, to: &str) -> Option<String> {
    use partway_core::Strength;
    match &job.state {
        // The name was free when the file started.
        State::NeedsAttention(Cause::NameTaken { name }) if job.confirmed >= job.identity.size.max(1) => {
            Some(words::taken_at_the_end(name, &job.name, to))
        }
        State::NeedsAttention(cause) => Some(words::sentence(cause, &job.name, to)),
        State::Uploaded => Some(match job.receipt.as_ref().map(|receipt| receipt.strength) {
            Some(Strength::Presumed) => format!(
                "{} has most likely arrived, but {to} never confirmed it. Look there, then mark it as arrived or send it again.",
                job.name
            ),
            Some(Strength::NotFound) => format!(
                "{to} confirmed {}, but did not find it when asked for it. Look there, then mark it as arrived or send it again.",
                job.name
            ),
            Some(Strength::Unproved) => format!(
                "{to} has {} in its full size, but with a checksum that is not that of what was sent. Its storage may compute it in a way of its own, or somebody may have replaced the file. Look there, then mark it as arrived or send it again.",
                job.name
            ),
            Some(Strength::MarkedByUser) => {
                format!("{} was marked as arrived by you; {to} never confirmed it.", job.name)
            }
            _ if job.receipt.as_ref().is_some_and(|receipt| receipt.size.is_none()) => {
                format!("{to} confirmed {}, but does not tell its size; keep your original.", job.name)
            }
            _ => format!(
                "{to} confirmed {}, but gives no checksum for every part; keep your original.",
                job.name
            ),
        }),
        State::Cancelling | State::Cancelled if job.skipped => {
            Some(format!("{to} has a file named {} already; it was left as it was.", job.name))
        }
        State::Waiting | State::Finishing => waits_for(job, to),
        _ => None,
    }
}

/// Why it waits, in one sentence: the reason the user can do most about comes first.
fn waits_for(job: &Job, to: &str) -> Option<String> {
    let name = &job.name;
    Some(match job.holds.iter().next()? {
        Hold::User => format!("{name} is paused."),
        Hold::Credentials => {
            format!("{to} needs its key: it was refused, or is not at hand. {name} waits, nothing is lost.")
        }
        Hold::SourceMissing => {
            format!("The folder of {name} is not there. Plug its drive in again, and it goes on by itself.")
        }
        Hold::DriveSilent => {
            let drive = words::does_not_answer(&place(&job.path));
            format!(
                "{drive}. {name} goes on by itself as soon as it does; if it never does, look after the drive."
            )
        }
        Hold::Fetching => {
            format!(
                "{name} is kept in the cloud (OneDrive, iCloud or the like) and is still being downloaded to this computer. It goes on by itself; if it does not, open the cloud's own program and see whether it is signed in and online."
            )
        }
        Hold::Unread => {
            format!(
                "{name} could not be read just now. It is tried again by itself; what is confirmed is kept."
            )
        }
        Hold::InUse => {
            format!(
                "Another program is using {name} and lets nobody read it. It goes on by itself as soon as that program closes it."
            )
        }
        Hold::Offline => format!("{to} cannot be reached. {name} goes on by itself as soon as it can."),
        Hold::Throttled => format!("{name} could not go to {to} just now; it is tried again by itself."),
        Hold::Schedule => format!("{name} waits for the hours in which uploads may run."),
        Hold::Countdown => return None,
    })
}

/// One job as `partwayctl list --json` prints it.
pub(crate) fn job_line(job: &Job, to: &Named) -> JobLine {
    JobLine {
        id: job.id.0.clone(),
        file: job.path.to_string_lossy().into_owned(),
        destination: to.name.clone(),
        state: state(&job.state),
        holds: job.holds.iter().collect(),
        size: job.identity.size,
        confirmed: job.confirmed,
        parts: job.plan.map_or(0, |plan| plan.count()),
        parts_confirmed: job.parts_confirmed,
        reason: reason(job, &to.name),
        refused: matches!(&job.state, State::NeedsAttention(cause) if words::is_refusal(cause)),
        skipped: job.skipped && job.state == State::Cancelled,
        receipt: receipt(job),
    }
}
