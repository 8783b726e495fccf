//! The state of a job in words: a label, and the short line under it.

use std::time::Duration;

use partway_core::{Hold, State, time_left, visible};
use partway_engine::{Job, LiveView, Trouble, WhyLeftOut};

use super::causes::not_its_size;
use super::{bytes, clock, count, does_not_answer, duration, waits_for_place};
use crate::away::{named, place};

/// The question about names taken at the destination, asked once per batch.
pub(crate) fn names_taken(to: &str, files: u32) -> (String, String) {
    let title = match files {
        1 => format!("The name of a file is taken at {to}."),
        some => format!("The names of {some} files are taken at {to}."),
    };
    (title, "Keep both under different names, replace what is there, or skip what you added.".into())
}

/// The label: "Uploading", "Paused", "Waiting for the key", "Verified".
pub(crate) fn label(job: &Job, live: Option<&LiveView>, practice: bool) -> String {
    let words = match &job.state {
        State::Waiting => match job.holds.iter().next() {
            Some(Hold::User) if pausing(job, live).is_some() => "Pausing",
            Some(Hold::User) => "Paused",
            Some(Hold::Credentials) => "Waiting for the key",
            Some(Hold::Offline) => "Waiting for the network",
            Some(Hold::SourceMissing) => return waits_for_place(&place(&job.path)),
            Some(Hold::DriveSilent) => return does_not_answer(&place(&job.path)),
            Some(Hold::Fetching) => "Being downloaded from the cloud",
            Some(Hold::InUse) => "In use by another program",
            Some(Hold::Unread) => "Waiting to read it again",
            Some(Hold::Throttled) => "Slowed",
            _ => "Waiting",
        },
        State::Checking => "Checking",
        State::Uploading => match live.and_then(|live| live.trouble) {
            Some(Trouble::Network) => "Waiting for the network",
            Some(Trouble::Throttled(_)) => "Slowed",
            _ => "Uploading",
        },
        State::Finishing => "Finishing",
        State::Uploaded | State::Verified if practice => "Practice finished",
        State::Uploaded => "Uploaded",
        State::Verified => "Verified",
        State::NeedsAttention(_) => "Needs attention",
        State::Cancelling => "Stopping",
        State::Cancelled => "Cancelled",
    };
    words.to_owned()
}

/// The parts of a paused job that are still in flight.
pub(crate) struct Pausing {
    parts: u32,
    /// Bytes to send again if those parts are dropped.
    taken: u64,
    /// Time until the last of them is done, at the current speed.
    left: Option<Duration>,
}

/// The parts a pause still waits for; `None` if there are none.
pub(crate) fn pausing(job: &Job, live: Option<&LiveView>) -> Option<Pausing> {
    let held = job.state == State::Waiting && job.holds.contains(Hold::User);
    let (live, plan) = (live.filter(|live| held && !live.flying.is_empty())?, job.plan?);
    let whole: u64 = live.flying.iter().filter_map(|part| plan.part(part.number)).map(|part| part.len).sum();
    #[expect(clippy::cast_precision_loss, reason = "a speed in bytes a second is far below 2^52")]
    let left = time_left(whole.saturating_sub(live.on_the_way), live.speed as f64);
    Some(Pausing {
        parts: u32::try_from(live.flying.len()).unwrap_or(u32::MAX),
        taken: live.on_the_way,
        left,
    })
}

impl Pausing {
    /// A line such as "after 2 parts, about 3 min".
    fn sub(&self) -> String {
        let parts = count(self.parts, "part", "parts");
        match self.left {
            Some(left) => format!("after {parts}, {}", duration(left.as_secs().max(1))),
            None => format!("after {parts}"),
        }
    }

    /// What stopping now costs.
    pub(crate) fn sentence(&self) -> String {
        let what = if self.parts == 1 { "A part is" } else { "Parts are" };
        format!("{what} nearly through. Stop now, and {} is sent again later.", bytes(self.taken))
    }
}

/// The short line: "next", "assembling 212 parts", "17.6 GB kept until 15:00", "14:02".
pub(crate) fn sub(
    job: &Job,
    live: Option<&LiveView>,
    ahead: Option<u32>,
    kept_until: Option<u64>,
    practice: bool,
    now_ms: i64,
) -> String {
    let kept = || match (job.confirmed, kept_until) {
        (0, _) => String::new(),
        (sent, Some(until)) => {
            let until = i64::try_from(until).unwrap_or(0).saturating_mul(1000);
            format!("{} kept until {}", bytes(sent), clock(until, now_ms))
        }
        (sent, None) => format!("{} kept", bytes(sent)),
    };
    let when = || job.finished_at.map(|at| clock(at, now_ms)).unwrap_or_default();
    match &job.state {
        State::Waiting if job.holds.contains(Hold::Countdown) => "starts in a moment".into(),
        // The history says why: the service asked for it, was busy, or this computer ran out of open files.
        State::Waiting if job.holds.contains(Hold::Throttled) => "trying again soon".into(),
        State::Waiting if !job.holds.is_empty() => {
            pausing(job, live).map_or_else(kept, |pausing| pausing.sub())
        }
        State::Waiting => match ahead {
            Some(0) => "next".into(),
            Some(more) => format!("{more} ahead"),
            None => String::new(),
        },
        State::Finishing => match job.plan.map(|plan| plan.count()) {
            Some(parts) if parts > 1 => format!("assembling {parts} parts"),
            _ => "being confirmed".into(),
        },
        State::Uploaded | State::Verified if practice => "not uploaded".into(),
        State::Uploaded => format!("not verified · {}", when()),
        State::Verified | State::Cancelled => when(),
        State::NeedsAttention(_) => kept(),
        State::Checking => live
            .and_then(|live| live.read)
            .map_or_else(String::new, |read| format!("{} of {} read", bytes(read), bytes(job.identity.size))),
        State::Uploading | State::Cancelling => String::new(),
    }
}

/// Why a path was not added.
pub(crate) fn left_out(path: &str, why: &WhyLeftOut) -> String {
    let path = &*visible(path);
    let name = path.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).unwrap_or(path);
    match why {
        WhyLeftOut::Missing => format!("{name} was not found at {path}. Check the path."),
        WhyLeftOut::NotAFile => format!("{name} is neither a file nor a folder, so it was not sent."),
        WhyLeftOut::NotItsSize(told) => not_its_size(name, *told),
        WhyLeftOut::LinkToFolder => format!(
            "{name} is a link to a folder. Links in a folder are not followed; to send what it leads to, add it by itself."
        ),
        WhyLeftOut::DeadLink => {
            format!("{name} is a link to something that is not there, so there is nothing to send.")
        }
        WhyLeftOut::Unreadable(why) => {
            format!("{name} cannot be read: {}. Change that, then add it again.", why.trim_end_matches('.'))
        }
        WhyLeftOut::DriveSilent => {
            format!("{}, so {name} was not added. Add it again when it does.", does_not_answer(&named(path)))
        }
        WhyLeftOut::EmptyFolder => format!("{name} is a folder without files, so there is nothing to send."),
        WhyLeftOut::Ignored => format!("{name} is a file that systems leave behind; it was not sent."),
        WhyLeftOut::OwnData => format!(
            "{path} is where Partway keeps its own data, which changes all the time; it was not sent."
        ),
        WhyLeftOut::TooLarge(limit) => {
            format!("{name} is too large: this destination takes up to {} a file.", bytes(*limit))
        }
    }
}

/// "3 not sent: …" for a batch's bar; ignored files are only counted.
pub(crate) fn left_out_of_batch(left: &[partway_engine::LeftOut]) -> Option<String> {
    let ignored = left.iter().filter(|left| left.why == WhyLeftOut::Ignored).count();
    let others: Vec<_> = left.iter().filter(|left| left.why != WhyLeftOut::Ignored).collect();
    let ignored = u32::try_from(ignored).unwrap_or(u32::MAX);
    let mut words = Vec::new();
    if let Some(first) = others.first() {
        words.push(left_out(&first.path, &first.why));
        if others.len() > 1 {
            words.push(format!("{} more cannot be sent.", others.len() - 1));
        }
    }
    if ignored > 0 {
        words.push(format!("{} ignored.", count(ignored, "system file", "system files")));
    }
    (!words.is_empty()).then(|| words.join(" "))
}

/// The disk cannot be written.
pub(crate) fn unwritable(why: &partway_engine::Unwritable) -> String {
    let what = if why.open_files {
        "Too many files and connections are open on this computer, so nothing can be written down. Close other programs, or allow more \
         (on Linux: ulimit -n)"
            .to_owned()
    } else if why.full {
        "The disk that holds Partway's data folder is full. Make room there".to_owned()
    } else {
        format!("Partway's data folder cannot be written ({}). Look after its disk", why.why)
    };
    format!(
        "{what}: uploads go on by themselves. What is confirmed is kept, and until then nothing new is confirmed."
    )
}

/// Title and text about a journal that could not be read, and where it is now.
pub(crate) fn set_aside(path: &std::path::Path) -> (String, String) {
    let text = format!(
        "It was put aside as {} and a new one begun; nothing was deleted. Add unfinished files again, then move that file elsewhere.",
        path.display()
    );
    ("The record of your uploads could not be read.".into(), text)
}

#[cfg(test)]
mod tests;
