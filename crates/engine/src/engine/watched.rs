//! Watched folders: the engine stores them and their ledger, `app` watches them.

use std::path::{Path, PathBuf};

use partway_core::FileIdentity;

use super::Engine;
use super::enqueue::Origin;
use crate::journal::{JournalError, destinations, watched};
use crate::record::{Batch, BatchId, Job, WatchedId};
use crate::refusal::Refusal;
use crate::scan::Intake;
use crate::watched::{Known, Seen, Watched};

impl Engine {
    /// The watched folders, oldest first.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn watched(&self) -> Result<Vec<Watched>, JournalError> {
        self.0.journal.read(watched::all).await
    }

    /// Starts watching a folder. If it was watched for this destination before, it keeps its id, and files
    /// sent then are not sent again.
    ///
    /// # Errors
    /// [`Refusal::NotThere`] for an unknown destination, [`Refusal::NotNow`] for a folder that is already
    /// watched.
    pub async fn add_watched(&self, new: Watched) -> Result<WatchedId, Refusal> {
        let now = self.0.clock.unix_ms();
        let added = self.0.journal.write(move |conn| {
            if destinations::get(conn, &new.destination)?.is_none_or(|found| found.removed) {
                return Ok(Err(Refusal::NotThere("such destination".into())));
            }
            if watched::all(conn)?.iter().any(|old| old.path == new.path) {
                return Ok(Err(Refusal::NotNow("This folder is watched already.".into())));
            }
            Ok(Ok(watched::add(conn, now, &new)?))
        });
        added.await?
    }

    /// Changes a watched folder: the destination, the fields, where files are moved, and whether it is
    /// active.
    ///
    /// # Errors
    /// [`Refusal::NotThere`] for an unknown folder or destination.
    pub async fn change_watched(&self, to: Watched) -> Result<(), Refusal> {
        let changed = self.0.journal.write(move |conn| {
            if destinations::get(conn, &to.destination)?.is_none_or(|found| found.removed) {
                return Ok(Err(Refusal::NotThere("such destination".into())));
            }
            if watched::get(conn, &to.id)?.is_none() {
                return Ok(Err(Refusal::NotThere("such watched folder".into())));
            }
            watched::change(conn, &to)?;
            Ok(Ok(()))
        });
        changed.await?
    }

    /// Stops watching a folder. Files already taken in continue, and sent files are remembered.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn remove_watched(&self, id: &WatchedId) -> Result<(), JournalError> {
        let (now, id) = (self.0.clock.unix_ms(), id.clone());
        self.0.journal.write(move |conn| watched::remove(conn, now, &id)).await
    }

    /// What the ledger knows of these files of a watched folder, each as just seen, in the given order.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn known(
        &self,
        id: &WatchedId,
        seen: Vec<(PathBuf, Seen)>,
    ) -> Result<Vec<(PathBuf, Seen, Known)>, JournalError> {
        let id = id.clone();
        self.0
            .journal
            .read(move |conn| {
                let known = |(file, seen): (PathBuf, Seen)| {
                    let known = watched::known(conn, &id, &file, &seen)?;
                    Ok((file, seen, known))
                };
                seen.into_iter().map(known).collect()
            })
            .await
    }

    /// Records files that were in a folder before it was watched: they are not sent until they change.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn lay_there(&self, id: &WatchedId, files: Vec<(PathBuf, Seen)>) -> Result<(), JournalError> {
        let id = id.clone();
        self.0
            .journal
            .write(move |conn| {
                for (file, seen) in files {
                    // Another name of a recorded file is recorded too.
                    if matches!(watched::by_path(conn, &id, &file, &seen)?, None | Some(Known::New)) {
                        watched::note(conn, &id, &file, &seen, None)?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// Marks the existing files as recorded: from now on new ones are sent.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn begin_watched(&self, id: &WatchedId) -> Result<(), JournalError> {
        let id = id.clone();
        self.0.journal.write(move |conn| watched::set_begun(conn, &id)).await
    }

    /// Records when these settled files were created and last changed.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn date(&self, id: &WatchedId, files: Vec<(PathBuf, Seen)>) -> Result<(), JournalError> {
        let id = id.clone();
        self.0
            .journal
            .write(move |conn| files.iter().try_for_each(|(file, seen)| watched::date(conn, &id, file, seen)))
            .await
    }

    /// Records that a settled file of a watched folder was renamed.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn renamed(&self, id: &WatchedId, from: PathBuf, to: PathBuf) -> Result<(), JournalError> {
        let id = id.clone();
        self.0.journal.write(move |conn| watched::rename(conn, &id, &from, &to)).await
    }

    /// Takes in files of a watched folder and records each in the same commit: it is sent once, whatever
    /// happens to the process.
    ///
    /// # Errors
    /// [`Refusal::NotThere`] if the folder is no longer watched.
    pub async fn add_from_watched(
        &self,
        id: &WatchedId,
        intake: Intake,
    ) -> Result<(Batch, Vec<Job>), Refusal> {
        let wanted = id.clone();
        let found = self.0.journal.read(move |conn| watched::get(conn, &wanted)).await?;
        let found = found.ok_or_else(|| Refusal::NotThere("such watched folder".into()))?;
        let folder = found.fields.folder.clone();
        let intake = Intake { set: found.fields, ..intake };
        let origin = Origin { watched: found.id, root: found.path };
        self.add_with(BatchId::new(), intake, &found.destination, folder, None, Some(origin)).await
    }

    /// Verified files of a watched folder that have not been moved yet, ordered, after `after`.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn to_move(
        &self,
        id: &WatchedId,
        after: &Path,
        limit: u32,
    ) -> Result<Vec<(PathBuf, FileIdentity)>, JournalError> {
        let (id, after) = (id.clone(), after.to_owned());
        self.0.journal.read(move |conn| watched::to_move(conn, &id, &after, limit)).await
    }

    /// Records that these files of a watched folder were moved or no longer exist.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn moved(&self, id: &WatchedId, files: Vec<PathBuf>) -> Result<(), JournalError> {
        let (now, id) = (self.0.clock.unix_ms(), id.clone());
        self.0
            .journal
            .write(move |conn| files.iter().try_for_each(|file| watched::moved(conn, now, &id, file)))
            .await
    }
}
