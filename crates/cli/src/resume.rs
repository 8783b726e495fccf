//! `partwayctl resume`: takes up all unfinished work and waits for its end.

use std::path::Path;
use std::time::{Duration, SystemTime};

use partway_api::{Answer, JobLine, Request};
use partway_bridge::AskError;

use crate::args::Resume;
use crate::exit::{Exit, Stopped};
use crate::open;
use crate::stop::GRACE;
use crate::tracker::is_over;
use crate::work::{Followed, Work};

/// Runs the command.
///
/// # Errors
/// Sentences for the user, with the matching exit code.
pub(crate) async fn run(folder: &Path, resume: Resume) -> Result<Exit, Stopped> {
    let since = now_ms();
    let mut work = Work::new(folder, &resume.wait)?;
    let mut stop = work.stop.clone();
    let begun = tokio::select! {
        begun = begin(&mut work, since) => begun,
        why = stop.asked() => return work.stopped_before(Vec::new(), why),
    };
    let begun = begun.map_err(|stopped| work.broken_off(stopped))?;
    if work.tracker.is_empty() {
        work.show.aside(if work.lacks_some() {
            "Nothing else is unfinished."
        } else {
            "Nothing is unfinished."
        });
    }
    work.until_the_end(begun).await
}

async fn begin(work: &mut Work<'_>, since: i64) -> Result<Followed, Stopped> {
    loop {
        let followed = work.begin().await?;
        match take_up(work, &followed, since).await {
            Ok(shown) => {
                if let Err(stopped) = shown {
                    followed.front.close(GRACE).await;
                    return Err(stopped);
                }
                return Ok(followed);
            }
            Err(AskError::HolderGone) => {}
            Err(error @ AskError::Api(_)) => {
                followed.front.close(Duration::ZERO).await;
                return Err(error.into());
            }
        }
    }
}

/// Waits for what is taken up, what the holder already runs, and what ended since this command began: the
/// engine starts as soon as the folder is opened, and a file that lacked only its last answer may end before
/// we can ask.
async fn take_up(
    work: &mut Work<'_>,
    followed: &Followed,
    since: i64,
) -> Result<Result<(), Stopped>, AskError> {
    let (mut jobs, set_aside) = match followed.front.ask(Request::TakeUp { since: Some(since) }).await? {
        Answer::Jobs { jobs, set_aside } => (jobs, set_aside),
        _ => (Vec::new(), None),
    };
    if let Some(sentence) = set_aside {
        work.something_is_missing(&sentence);
    }
    let listed = open::list(&followed.front).await?;
    jobs.extend(listed.iter().filter(|job| !is_over(job) || ended_since(job, since)).cloned());
    Ok(wait_for(work, &jobs, &listed))
}

fn wait_for(work: &mut Work<'_>, jobs: &[JobLine], listed: &[JobLine]) -> Result<(), Stopped> {
    let mut shown = Ok(());
    for job in jobs {
        shown = shown.and(work.wait_for(job, job.file.clone()));
    }
    let ended = work.tracker.catch_up(listed);
    shown.and(work.tell(&ended))
}

/// Whether it ended since then, Unix milliseconds.
pub(crate) fn ended_since(job: &JobLine, since: i64) -> bool {
    job.receipt.as_ref().is_some_and(|receipt| receipt.finished_at >= since)
}

/// Unix milliseconds, as the journal counts.
#[expect(clippy::disallowed_methods, reason = "a program, which compares with what the journal says")]
pub(crate) fn now_ms() -> i64 {
    let ms = |apart: Duration| i64::try_from(apart.as_millis()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => ms(since),
        Err(before) => -ms(before.duration()),
    }
}
