//! Adding files, and the commands for a batch before it starts.

use std::path::PathBuf;

use partway_api::{Answer, ApiError, Code, Done, FieldsDraft, RawPath};
use partway_engine::{Batch, BatchId, Destination, DestinationId, Job, LeftOut, WhyLeftOut, paths};

use super::destinations::{chosen, find};
use super::fields::{fields_for, folder_of, mime_of};
use crate::App;
use crate::app::{journal, refusal};
use crate::keys::KeySource;
use crate::practice;
use crate::view::{self, Named, Names};
use crate::words;

/// Settings key for paths dropped before there was a destination.
const DROPPED: &str = "dropped";

/// Most paths in one request; a folder may hold more files.
const MOST_PATHS: usize = 100_000;

/// Overrides for one batch.
#[derive(Debug, Default)]
pub(super) struct Set {
    pub(super) fields: FieldsDraft,
    pub(super) mime: Option<String>,
}

pub(super) async fn add(
    app: &App,
    raw: Vec<RawPath>,
    destination: Option<String>,
    countdown: bool,
    batch: Option<String>,
    set: Set,
) -> Result<Answer, ApiError> {
    let batch = batch.map(id).transpose()?;
    if let Some(id) = &batch
        && let Some((batch, jobs)) = app.0.engine.taken_in(id).await.map_err(|e| journal(&e))?
    {
        // A retry, because the first answer got lost.
        let to = Names::default().get(&app.0.kinds, &app.0.engine, &batch.destination).await;
        return Ok(added(&batch, &jobs, &to, None));
    }
    if raw.len() > MOST_PATHS {
        return Err(ApiError::new(Code::Refused, "These are too many files at once.")
            .hint("Add their folder instead."));
    }
    let paths: Option<Vec<PathBuf>> = raw.iter().map(|path| Some(paths::from_bytes(path.bytes()?))).collect();
    let paths = paths.ok_or_else(|| ApiError::new(Code::Internal, "A path did not come through."))?;
    // A folder chosen in the header belongs to the destination chosen there.
    let (found, folder) = match destination {
        Some(name) => (Some(find(app, &name).await?), None),
        None => chosen(app).await?,
    };
    let Some(found) = found else {
        if countdown {
            // Dropped on the window before there is a destination: keep it while one is set up.
            return keep_dropped(app, paths).await;
        }
        return Err(ApiError::new(Code::NoDestination, "There is no destination yet.").hint("Add one first."));
    };
    take(app, paths, &found, folder, countdown, batch, &set).await
}

/// Validates a batch id made by a front end.
fn id(text: String) -> Result<BatchId, ApiError> {
    let good = (16..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if good { Ok(BatchId(text)) } else { Err(ApiError::new(Code::Internal, "This is no id for a batch.")) }
}

fn added(batch: &Batch, jobs: &[Job], to: &Named, elsewhere: Option<String>) -> Answer {
    Answer::Added {
        batch: Some(batch.id.0.clone()),
        jobs: jobs.iter().map(|job| view::job_line(job, to)).collect(),
        left_out: told(&batch.left_out),
        elsewhere,
    }
}

/// Paths left out and why, without files that the rules ignore, such as those systems leave behind.
fn told(left: &[LeftOut]) -> Vec<(String, String)> {
    let real = left.iter().filter(|left| left.why != WhyLeftOut::Ignored);
    real.map(|left| (left.path.clone(), words::left_out(&left.path, &left.why))).collect()
}

async fn take(
    app: &App,
    paths: Vec<PathBuf>,
    to: &Destination,
    folder: Option<String>,
    countdown: bool,
    id: Option<BatchId>,
    set: &Set,
) -> Result<Answer, ApiError> {
    let fields = fields_for(&app.0.kinds, to, &set.fields)?;
    let mime = set.mime.as_deref().map(mime_of).transpose()?;
    let folder = fields.folder.clone().or(folder);
    let mut intake = app.0.engine.look(paths).await;
    intake.set = fields;
    if let Some(mime) = mime {
        intake.files.iter_mut().for_each(|found| found.mime = mime.to_owned());
    }
    let is_practice = KeySource::of(to) == KeySource::Practice;
    if is_practice {
        let (fits, too_large): (Vec<_>, Vec<_>) =
            intake.files.into_iter().partition(|file| file.identity.size <= practice::LARGEST);
        intake.files = fits;
        intake.left_out.extend(too_large.into_iter().map(|file| LeftOut {
            path: file.path.to_string_lossy().into_owned(),
            why: WhyLeftOut::TooLarge(practice::LARGEST),
        }));
    }
    if intake.files.is_empty() {
        let left_out = told(&intake.left_out);
        return Ok(Answer::Added { batch: None, jobs: Vec::new(), left_out, elsewhere: None });
    }
    let elsewhere = words::elsewhere(intake.files.iter().filter(|file| file.elsewhere));
    let seconds = i64::from(app.settings().await.countdown_seconds);
    let wait = (countdown && seconds > 0).then_some(seconds * 1000);
    let id = id.unwrap_or_default();
    let (batch, jobs) = app.0.engine.add_as(id, intake, &to.id, folder, wait).await.map_err(refusal)?;
    Ok(added(&batch, &jobs, &Named::of(&app.0.kinds, to.clone()), elsewhere))
}

/// Adds what was dropped before there was a destination. Returns a sentence about what could not be added.
pub(crate) async fn take_dropped(app: &App, to: &DestinationId) -> Result<Option<String>, ApiError> {
    let raw = dropped(app).await?;
    if raw.is_empty() {
        return Ok(None);
    }
    let paths = raw.iter().filter_map(|path| Some(paths::from_bytes(path.bytes()?))).collect();
    let to = find(app, &to.0).await?;
    let answer = take(app, paths, &to, None, true, None, &Set::default()).await?;
    set_dropped(app, &[]).await?;
    Ok(words::not_taken(&answer, Vec::new()))
}

/// Paths waiting for a first destination. Kept in the journal, so that they survive the process.
pub(crate) async fn dropped(app: &App) -> Result<Vec<RawPath>, ApiError> {
    let json = app.0.engine.setting(DROPPED).await.map_err(|e| journal(&e))?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}

/// Counts those paths. Called ten times a second, so the count is cached until the next change.
pub(crate) async fn count_dropped(app: &App) -> Result<u32, ApiError> {
    let mut known = app.0.dropped.lock().await;
    if let Some(paths) = *known {
        return Ok(paths);
    }
    let paths = u32::try_from(dropped(app).await?.len()).unwrap_or(u32::MAX);
    *known = Some(paths);
    Ok(paths)
}

/// Reports unusable paths now: later it would be unclear which drop they belonged to.
async fn keep_dropped(app: &App, paths: Vec<PathBuf>) -> Result<Answer, ApiError> {
    let (good, left) = app.0.engine.sift(paths).await;
    if !good.is_empty() {
        let mut all = dropped(app).await?;
        all.extend(good.iter().map(|path| RawPath::from_bytes(&paths::to_bytes(path))));
        all.truncate(MOST_PATHS);
        set_dropped(app, &all).await?;
    }
    Ok(Answer::Kept { kept: good.len(), left_out: told(&left) })
}

/// Replaces the waiting paths.
async fn set_dropped(app: &App, left: &[RawPath]) -> Result<(), ApiError> {
    let json =
        serde_json::to_string(left).map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
    {
        let mut known = app.0.dropped.lock().await;
        *known = None;
        app.0.engine.set_setting(DROPPED, json).await.map_err(|e| journal(&e))?;
    }
    app.touch();
    Ok(())
}

pub(super) async fn start_now(app: &App, batch: String) -> Result<Done, ApiError> {
    app.0.engine.start_now(&BatchId(batch)).await.map_err(refusal)?;
    Ok(Done::Jobs { touched: 1 })
}

pub(super) async fn undo(app: &App, batch: String) -> Result<Done, ApiError> {
    Ok(Done::Jobs { touched: app.0.engine.undo(&BatchId(batch)).await.map_err(refusal)? })
}

pub(super) async fn change(
    app: &App,
    batch: String,
    destination: String,
    folder: Option<String>,
) -> Result<Done, ApiError> {
    let to = find(app, &destination).await?;
    let folder = folder_of(&app.0.kinds, &to, folder)?;
    let wait = i64::from(app.settings().await.countdown_seconds.max(1)) * 1000;
    app.0.engine.redirect(&BatchId(batch), &to.id, folder, wait).await.map_err(refusal)?;
    Ok(Done::Jobs { touched: 1 })
}

pub(super) async fn keep(app: &App, batch: String, keep: bool) -> Result<Done, ApiError> {
    let wait = (!keep).then_some(i64::from(app.settings().await.countdown_seconds.max(1)) * 1000);
    app.0.engine.set_countdown(&BatchId(batch), wait).await.map_err(refusal)?;
    Ok(Done::Jobs { touched: 1 })
}
