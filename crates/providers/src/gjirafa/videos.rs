//! Which files were registered as videos: a registration that may have been done is not sent again.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use partway_core::{Cause, Failure, RetryClass, Step};

/// How many are remembered; a repeated request for an upload comes soon after it.
const REMEMBERED: usize = 1000;

/// The outcome of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Video {
    /// It was sent, and its outcome is unknown.
    Perhaps,
    /// It was done; the video's name.
    Done(Option<String>),
}

/// What was registered since this destination was opened. Lost with the process: Gjirafa has no call that
/// finds a video by its file, and a session cannot be changed after its start.
#[derive(Debug, Default)]
pub(crate) struct Videos(Mutex<VecDeque<(String, Video)>>);

impl Videos {
    pub(crate) fn of(&self, key: &str) -> Option<Video> {
        let videos = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        videos.iter().find(|(known, _)| known == key).map(|(_, video)| video.clone())
    }

    /// `None`: it failed, so it may be sent again.
    pub(crate) fn set(&self, key: &str, video: Option<Video>) {
        let mut videos = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        videos.retain(|(known, _)| known != key);
        videos.extend(video.map(|video| (key.to_owned(), video)));
        if videos.len() > REMEMBERED {
            videos.pop_front();
        }
    }
}

/// Whether a failed registration may have been done all the same. It was sent as a start, so a lost answer is
/// `Unknown`.
pub(crate) fn perhaps_done(failure: &Failure) -> bool {
    let broke = failure.class == RetryClass::Again && matches!(failure.status, Some(500 | 502 | 504));
    let unread =
        matches!(failure.cause, Cause::BrokenReply { .. }) && matches!(failure.status, Some(200..=299));
    failure.class == RetryClass::Unknown || broke || unread
}

/// The failure to report for a registration that did not succeed; the file itself has arrived.
pub(crate) fn told(failure: Failure) -> Failure {
    if perhaps_done(&failure) {
        let said = "the file is there, but whether it was registered as a video was not answered; look there before you \
                    register it by hand"
            .to_owned();
        return Failure {
            step: Step::Verify,
            class: RetryClass::Refused,
            cause: Cause::Refused { said },
            ..failure
        };
    }
    let cause = match failure.cause {
        Cause::Refused { said } => Cause::Refused {
            said: format!("the file is there, but it was not registered as a video: {said}"),
        },
        other => other,
    };
    Failure { step: Step::Verify, cause, ..failure }
}
