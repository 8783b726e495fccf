//! `partwayctl upload`: hands files over and waits for their end.

use std::path::Path;
use std::time::Duration;

use partway_api::{Answer, JobLine, RawPath, Request};
use partway_bridge::AskError;

use crate::args::Upload;
use crate::exit::{Exit, Stopped};
use crate::named::Named;
use crate::open;
use crate::target;
use crate::tracker::is_over;
use crate::work::{Followed, Work};

/// Runs the command.
///
/// # Errors
/// Sentences for the user, with the exit code that goes with them.
pub(crate) async fn run(folder: &Path, upload: Upload) -> Result<Exit, Stopped> {
    let named = Named::new(&upload.files)
        .map_err(|fault| Stopped::usage(format!("The current folder cannot be told: {fault}.")))?;
    let mut work = Work::new(folder, &upload.wait)?;
    let mut stop = work.stop.clone();
    let begun = tokio::select! {
        begun = begin(&mut work, &named, upload.to.as_deref()) => begun,
        why = stop.asked() => return work.stopped_before(named.all(), why),
    };
    match begun {
        Ok(followed) => work.until_the_end(followed).await,
        // What was asked was right and could not be done: the files end all the same.
        Err(stopped) if stopped.exit == Exit::Attention => {
            work.leave_out(named.all(), &stopped.sentence)?;
            Err(stopped)
        }
        Err(stopped) => Err(stopped),
    }
}

async fn begin(work: &mut Work<'_>, named: &Named, to: Option<&str>) -> Result<Followed, Stopped> {
    let mut followed = work.begin().await?;
    let (id, name) = match target::choose(&followed.destinations, to) {
        Ok(destination) => (destination.id.clone(), destination.name.clone()),
        Err(stopped) => {
            followed.front.close(Duration::ZERO).await;
            return Err(stopped);
        }
    };
    for paths in named.requests() {
        followed = hand_over(work, named, paths, (&id, &name), followed).await?;
    }
    Ok(followed)
}

/// Hands paths over. Where the holder ends before it answers, the list tells whether it had taken them in: a file that was named once is
/// not sent twice.
async fn hand_over(
    work: &mut Work<'_>,
    named: &Named,
    paths: Vec<RawPath>,
    (id, name): (&str, &str),
    mut followed: Followed,
) -> Result<Followed, Stopped> {
    let add = Request::Add { paths, destination: Some(id.to_owned()), countdown: false };
    loop {
        match followed.front.ask(add.clone()).await {
            Ok(Answer::Added { batch, jobs, left_out }) => {
                if let Some(batch) = batch {
                    work.tracker.own_batch(batch);
                }
                for job in &jobs {
                    work.wait_for(job, named.given(&job.file))?;
                }
                for (path, reason) in left_out {
                    work.leave_out(std::iter::once(named.given(&path)), &reason)?;
                }
                return Ok(followed);
            }
            Ok(_) => return Ok(followed),
            Err(AskError::HolderGone) => {
                followed = work.begin().await?;
                let jobs = open::list(&followed.front).await?;
                let taken: Vec<&JobLine> = jobs
                    .iter()
                    .filter(|job| job.destination == name && !is_over(job) && named.holds(&job.file))
                    .collect();
                for job in &taken {
                    work.wait_for(job, named.given(&job.file))?;
                }
                if !taken.is_empty() {
                    return Ok(followed);
                }
            }
            Err(error @ AskError::Api(_)) => {
                followed.front.close(Duration::ZERO).await;
                return Err(error.into());
            }
        }
    }
}
