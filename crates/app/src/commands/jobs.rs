//! Commands about jobs.

use std::collections::HashSet;
use std::sync::PoisonError;

use partway_api::{Answer, ApiError, Code, Done, JobLine, RawPath, Selection};
use partway_core::{Hold, State};
use partway_engine::{BatchId, Job, JobId, Unanswered, Which};
use partway_providers::web_link;

use crate::App;
use crate::app::{journal, refusal};
use crate::view::{self, Names};
use crate::words::{drive_silent, short};

/// How many jobs are read from the journal at a time.
const PAGE: u32 = 1000;

fn touched(count: Result<u32, partway_engine::Refusal>) -> Result<Done, ApiError> {
    Ok(Done::Jobs { touched: count.map_err(refusal)? })
}

/// `all` is what "all" means for this command.
async fn which(app: &App, selection: &Selection, all: Which) -> Result<Which, ApiError> {
    Ok(match selection {
        Selection::Job(text) => Which::Job(job(app, text).await?),
        Selection::Batch(id) => Which::Batch(BatchId(id.clone())),
        Selection::All => all,
    })
}

/// The one job whose id equals, begins with or ends with the text.
pub(super) async fn job(app: &App, text: &str) -> Result<JobId, ApiError> {
    let text = text.trim();
    let found =
        if text.is_empty() { Vec::new() } else { app.0.engine.find(text).await.map_err(|e| journal(&e))? };
    match found.as_slice() {
        [one] => Ok(one.clone()),
        // The text may be anything the user typed, so it is shortened.
        [] => Err(ApiError::new(Code::Refused, format!("There is no upload with the id {}.", short(text)))
            .hint("The list shows the ids.")),
        _ => {
            Err(ApiError::new(Code::Refused, format!("More than one upload has an id with {}.", short(text)))
                .hint("Write more of it; ids differ most at their end."))
        }
    }
}

/// The path of a job's file.
pub(super) async fn file_of(app: &App, text: &str) -> Result<Answer, ApiError> {
    let job = app.0.engine.job(&job(app, text).await?).await.map_err(refusal)?;
    let path = job.path.clone();
    // The caller is about to show the file; checking here avoids blocking it on a drive that hangs.
    let gone = format!("{} is not there any more.", job.path.display());
    match app.0.engine.on_drive(&job.path, move |_| path.try_exists()).await {
        Ok(Ok(false)) => return Err(ApiError::new(Code::Refused, gone)),
        Err(Unanswered::Silent) => {
            return Err(ApiError::new(Code::Refused, drive_silent(&job.path.to_string_lossy())));
        }
        Ok(_) | Err(Unanswered::Fault(_)) => {}
    }
    Ok(Answer::File { path: RawPath::from_bytes(&partway_engine::paths::to_bytes(&job.path)) })
}

pub(super) async fn pause(app: &App, jobs: &Selection) -> Result<Done, ApiError> {
    touched(app.0.engine.pause(&which(app, jobs, Which::Open).await?).await)
}

pub(super) async fn stop_now(app: &App, jobs: &Selection) -> Result<Done, ApiError> {
    touched(app.0.engine.stop_now(&which(app, jobs, Which::Open).await?).await)
}

pub(super) async fn resume(app: &App, jobs: &Selection) -> Result<Done, ApiError> {
    touched(app.0.engine.resume(&which(app, jobs, Which::Open).await?).await)
}

pub(super) async fn cancel(app: &App, jobs: &Selection) -> Result<Done, ApiError> {
    touched(app.0.engine.cancel(&which(app, jobs, Which::Open).await?).await)
}

pub(super) async fn retry(app: &App, jobs: &Selection) -> Result<Done, ApiError> {
    touched(app.0.engine.retry(&which(app, jobs, Which::Open).await?).await)
}

pub(super) async fn remove(app: &App, jobs: &Selection) -> Result<Done, ApiError> {
    touched(app.0.engine.remove(&which(app, jobs, Which::Ended).await?).await)
}

pub(super) async fn send_again(app: &App, text: &str) -> Result<Done, ApiError> {
    touched(app.0.engine.send_again(&job(app, text).await?).await)
}

pub(super) async fn mark_arrived(app: &App, text: &str) -> Result<Done, ApiError> {
    app.0.engine.mark_arrived(&job(app, text).await?).await.map_err(refusal)?;
    Ok(Done::Jobs { touched: 1 })
}

pub(super) async fn detail(app: &App, text: &str) -> Result<Done, ApiError> {
    let id = job(app, text).await?;
    let found = app.0.engine.detail(&id).await.map_err(refusal)?;
    let to = Names::default().get(&app.0.kinds, &app.0.engine, &found.job.destination).await;
    let live = app.0.engine.live();
    Ok(Done::Detail { detail: Box::new(view::detail(&found, &to, live.get(&id), app.now_ms())) })
}

/// The address of one finished file, or `name<TAB>address` lines.
pub(super) async fn link(app: &App, jobs: &Selection) -> Result<Done, ApiError> {
    let ids = match which(app, jobs, Which::Ended).await? {
        Which::Job(id) => vec![id],
        Which::Batch(batch) => app.0.engine.jobs_of(&batch).await.map_err(|e| journal(&e))?,
        Which::Open | Which::Ended => Vec::new(),
    };
    let mut links = Vec::new();
    for id in ids {
        let job = app.0.engine.job(&id).await.map_err(refusal)?;
        if let Some(link) = job.receipt.and_then(|receipt| web_link(&receipt.link?)) {
            links.push((job.name, link));
        }
    }
    let line = |(name, link): &(String, String)| {
        // A name may contain tabs or line breaks.
        format!("{}\t{link}", name.replace(|letter: char| letter.is_control(), " "))
    };
    match links.as_slice() {
        [] => Err(ApiError::new(Code::Refused, "There is no link: the destination has not told one.")),
        // Just the address, whether asked for the file or its batch, so that it can be pasted into a browser.
        [(_, link)] => Ok(Done::Link { text: link.clone() }),
        several => Ok(Done::Link { text: several.iter().map(line).collect::<Vec<_>>().join("\n") }),
    }
}

async fn each<F: FnMut(&Job) -> bool>(app: &App, mut wanted: F) -> Result<Vec<JobLine>, ApiError> {
    let (mut lines, mut names, mut after) = (Vec::new(), Names::default(), i64::MIN);
    loop {
        let page = app.0.engine.page(after, PAGE).await.map_err(|e| journal(&e))?;
        let Some(last) = page.last() else { return Ok(lines) };
        after = last.position;
        for job in page.iter().filter(|job| wanted(job)) {
            lines.push(view::job_line(job, &names.get(&app.0.kinds, &app.0.engine, &job.destination).await));
        }
    }
}

pub(super) async fn list(app: &App) -> Result<Vec<JobLine>, ApiError> {
    each(app, |_| true).await
}

/// Takes up all unfinished jobs: retries those that were stopped, or needed attention before `since`.
pub(super) async fn take_up(app: &App, since: Option<i64>) -> Result<Vec<JobLine>, ApiError> {
    let engine = &app.0.engine;
    for destination in engine.destinations().await.map_err(|e| journal(&e))? {
        engine.release_destination(&destination.id, Hold::Credentials).await.map_err(refusal)?;
        engine.release_destination(&destination.id, Hold::Countdown).await.map_err(refusal)?;
    }
    engine.resume(&Which::Open).await.map_err(refusal)?;
    engine.retry_from_before(since.unwrap_or(i64::MAX)).await.map_err(refusal)?;
    // A file may have ended between opening the folder and this call; report its end to this caller.
    let at_start: HashSet<JobId> =
        std::mem::take(&mut *app.0.unfinished.lock().unwrap_or_else(PoisonError::into_inner))
            .into_iter()
            .collect();
    let open = |job: &Job| !job.state.is_end() && job.state != State::Cancelling;
    each(app, |job| open(job) || at_start.contains(&job.id)).await
}
