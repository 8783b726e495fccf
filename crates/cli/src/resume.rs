//! `partwayctl resume`: takes up all that is unfinished and waits for its end.

use std::path::Path;
use std::time::Duration;

use partway_api::{Answer, Request};
use partway_bridge::AskError;

use crate::args::Resume;
use crate::exit::{Exit, Stopped};
use crate::open;
use crate::tracker::is_over;
use crate::work::{Followed, Work};

/// Runs the command.
///
/// # Errors
/// Sentences for the user, with the exit code that goes with them.
pub(crate) async fn run(folder: &Path, resume: Resume) -> Result<Exit, Stopped> {
    let mut work = Work::new(folder, &resume.wait)?;
    let mut stop = work.stop.clone();
    let begun = tokio::select! {
        begun = begin(&mut work) => begun?,
        why = stop.asked() => return work.stopped_before(std::iter::empty(), why),
    };
    if work.tracker.is_empty() {
        work.show.aside("Nothing is unfinished.");
    }
    work.until_the_end(begun).await
}

async fn begin(work: &mut Work<'_>) -> Result<Followed, Stopped> {
    loop {
        let followed = work.begin().await?;
        match take_up(work, &followed).await {
            Ok(shown) => {
                shown?;
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

/// What is taken up, and what runs already in the process that holds the folder.
async fn take_up(work: &mut Work<'_>, followed: &Followed) -> Result<Result<(), Stopped>, AskError> {
    let mut jobs = match followed.front.ask(Request::TakeUp).await? {
        Answer::Jobs { jobs } => jobs,
        _ => Vec::new(),
    };
    jobs.extend(open::list(&followed.front).await?.into_iter().filter(|job| !is_over(job)));
    Ok(jobs.iter().try_for_each(|job| work.wait_for(job, job.file.clone())))
}
