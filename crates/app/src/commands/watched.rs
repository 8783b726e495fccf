//! Commands about watched folders: listing, adding, changing and removing them.

use std::path::{Path, PathBuf};

use partway_api::{ApiError, Code, Done, FieldsDraft, RawPath, WatchedChange, WatchedView};
use partway_engine::{Destination, JournalError, Refusal, Unanswered, Watched, WatchedId, paths};

use super::destinations::{chosen, find};
use super::fields::fields_for;
use crate::app::{journal, refusal};
use crate::{App, view, watched, words};

/// A folder to watch.
pub(super) struct New {
    pub(super) path: RawPath,
    pub(super) destination: Option<String>,
    pub(super) done: Option<RawPath>,
    pub(super) fields: FieldsDraft,
    pub(super) existing: bool,
}

/// The watched folders, oldest first, with their status.
pub(crate) async fn all(app: &App) -> Result<Vec<WatchedView>, JournalError> {
    let found = app.0.engine.watched().await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let destinations = app.0.engine.destinations().await?;
    let mut views = Vec::with_capacity(found.len());
    for one in found {
        let to = destinations.iter().find(|to| to.id == one.destination);
        let status = watched::status(app, &one.id).await;
        views.push(view_of(one, to, status.as_ref()));
    }
    Ok(views)
}

fn view_of(one: Watched, to: Option<&Destination>, status: Option<&watched::Status>) -> WatchedView {
    let folder = one.fields.folder.clone().or_else(|| to.and_then(|to| to.fields.folder.clone()));
    let (state, bad) = match status {
        None => (words::not_watched(one.watching), false),
        Some(status) => words::watched(status),
    };
    WatchedView {
        id: one.id.0,
        path: one.path.to_string_lossy().into_owned(),
        destination: one.destination.0,
        to: words::watched_to(to.map_or("its destination", |to| &to.name), folder.as_deref(), &one.fields),
        fields: view::to_draft(&one.fields),
        done: one.done.map(|done| done.to_string_lossy().into_owned()),
        watching: one.watching,
        watched: status.is_some(),
        state,
        bad,
    }
}

pub(super) async fn list(app: &App) -> Result<Done, ApiError> {
    Ok(Done::Watched { folders: all(app).await.map_err(|e| journal(&e))? })
}

/// Starts watching; does nothing when idle.
pub(super) async fn start(app: &App) -> Result<(), ApiError> {
    if app.0.idle {
        return Ok(());
    }
    watched::start(app).await.map_err(|e| journal(&e))
}

pub(super) async fn add(app: &App, new: New) -> Result<Done, ApiError> {
    let to = match &new.destination {
        Some(name) => Some(find(app, name).await?),
        None => chosen(app).await?.0,
    };
    let to = to.ok_or_else(|| {
        ApiError::new(Code::NoDestination, "There is no destination yet.").hint("Add one first.")
    })?;
    let fields = fields_for(&app.0.kinds, &to, &new.fields)?;
    let path = path_of(&new.path)?;
    let done = new.done.as_ref().map(path_of).transpose()?;
    look_at(app, &path, done.as_deref()).await?;
    let id = WatchedId::new();
    let folder = Watched { id, path, destination: to.id, fields, done, watching: true, begun: new.existing };
    let id = app.0.engine.add_watched(folder).await.map_err(refusal)?;
    // Before answering, so that whatever is put there afterwards counts as new.
    watched::begin(app, &id).await.map_err(|e| journal(&e))?;
    changed(app).await
}

pub(super) async fn change(app: &App, id: &str, change: WatchedChange) -> Result<Done, ApiError> {
    let mut one = get(app, id).await?;
    let to = find(app, change.destination.as_deref().unwrap_or(&one.destination.0)).await?;
    one.destination = to.id.clone();
    // The new destination may not accept fields set for the old one.
    let draft = change.fields.unwrap_or_else(|| view::to_draft(&one.fields));
    one.fields = fields_for(&app.0.kinds, &to, &draft)?;
    one.watching = change.watching.unwrap_or(one.watching);
    if change.stay {
        one.done = None;
    }
    app.0.engine.change_watched(one).await.map_err(refusal)?;
    changed(app).await
}

/// Moves verified files to `done` from now on.
pub(super) async fn move_to(app: &App, id: &str, done: &RawPath) -> Result<Done, ApiError> {
    let mut one = get(app, id).await?;
    let done = path_of(done)?;
    look_at_done(app, &one.path, &done).await?;
    one.done = Some(done);
    app.0.engine.change_watched(one).await.map_err(refusal)?;
    changed(app).await
}

pub(super) async fn remove(app: &App, id: &str) -> Result<Done, ApiError> {
    let one = get(app, id).await?;
    app.0.engine.remove_watched(&one.id).await.map_err(|e| journal(&e))?;
    changed(app).await
}

async fn changed(app: &App) -> Result<Done, ApiError> {
    watched::renew(app).await.map_err(|e| journal(&e))?;
    app.touch();
    list(app).await
}

/// Finds a watched folder by its id, or a unique prefix or suffix of it.
async fn get(app: &App, text: &str) -> Result<Watched, ApiError> {
    let all = app.0.engine.watched().await.map_err(|e| journal(&e))?;
    let mut meant = all
        .into_iter()
        .filter(|one| !text.is_empty() && (one.id.0.starts_with(text) || one.id.0.ends_with(text)));
    match (meant.next(), meant.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(refusal(Refusal::NotThere("watched folder of that id".into()))),
        (Some(_), Some(_)) => {
            Err(ApiError::new(Code::Refused, "Several watched folders have such an id. Write more of it."))
        }
    }
}

fn path_of(raw: &RawPath) -> Result<PathBuf, ApiError> {
    let path = raw.bytes().map(paths::from_bytes).filter(|path| path.is_absolute());
    path.ok_or_else(|| ApiError::new(Code::Internal, "A path did not come through."))
}

/// Refuses folders that cannot be watched or would send unintended files.
async fn look_at(app: &App, path: &Path, done: Option<&Path>) -> Result<(), ApiError> {
    let all = app.0.engine.watched().await.map_err(|e| journal(&e))?;
    let folder = path.to_owned();
    if !app.0.engine.on_drive(path, move |_| folder.is_dir()).await.map_err(|why| unseen(path, &why))? {
        return Err(refused(format!("{} is no folder, or is not there.", path.display())));
    }
    let mut paths = vec![path.to_owned(), app.0.data_dir.clone()];
    paths.extend(all.into_iter().map(|one| one.path));
    let real = watched::real(app, paths).await;
    let [real, data, others @ ..] = real.as_slice() else { return Ok(()) };
    if real.starts_with(data) {
        return Err(refused("Partway keeps its own data there. Choose another folder.".into()));
    }
    if others.contains(real) {
        return Err(refused("This folder is watched already.".into()));
    }
    match done {
        Some(done) => look_at_done(app, path, done).await,
        None => Ok(()),
    }
}

async fn look_at_done(app: &App, root: &Path, done: &Path) -> Result<(), ApiError> {
    let (folder, to) = (root.to_owned(), done.to_owned());
    let looked = app.0.engine.on_drive(done, move |_| for_what_is_done(&folder, &to)).await;
    looked.map_err(|why| unseen(done, &why))?
}

/// Checks that verified files can be moved to `done`, creating it if missing. Blocks.
fn for_what_is_done(root: &Path, done: &Path) -> Result<(), ApiError> {
    std::fs::create_dir_all(done).map_err(|error| {
        let why = partway_engine::plain(&error);
        refused(format!("Verified files cannot be moved to {}: {why}.", done.display()))
    })?;
    if real(root) == real(done) {
        return Err(refused(
            "Verified files are in the watched folder already. Choose another folder for them.".into(),
        ));
    }
    if !same_drive(root, done) {
        return Err(refused(format!("{} is on another drive than the watched folder.", done.display()))
            .hint("Choose a folder on the same one: there a file of any size is moved at once."));
    }
    Ok(())
}

#[cfg(unix)]
fn same_drive(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let drive = |path: &Path| std::fs::metadata(path).map(|meta| meta.dev()).ok();
    // Unknown while a drive is missing; checked again when a file is moved.
    drive(one).zip(drive(other)).is_none_or(|(one, other)| one == other)
}

#[cfg(not(unix))]
fn same_drive(one: &Path, other: &Path) -> bool {
    real(one).components().next() == real(other).components().next()
}

fn real(path: &Path) -> PathBuf {
    partway_engine::real(path).unwrap_or_else(|_| path.to_owned())
}

fn refused(sentence: String) -> ApiError {
    ApiError::new(Code::Refused, sentence)
}

fn unseen(path: &Path, why: &Unanswered) -> ApiError {
    match why {
        Unanswered::Silent => ApiError::new(Code::Refused, words::drive_silent(&path.to_string_lossy()))
            .hint("Try again when it does."),
        Unanswered::Fault(_) => ApiError::new(Code::Internal, "The folder could not be looked at."),
    }
}
