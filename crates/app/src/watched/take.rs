//! Takes in files that are still and not being written; those that arrived together become one batch.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use partway_core::FileIdentity;
use partway_engine::{Refusal, Which};

use super::folder::Folder;
use super::pending::{Errand, Ready, Why};
use super::{Trouble, busy, names, scan, twofold};
use crate::keys::KeySource;
use crate::practice;

/// Delay before looking again at a file that is open for writing.
const WHILE_OPEN: Duration = Duration::from_secs(5);

/// Delay for one that cannot be taken for another reason.
const WHILE_UNFIT: Duration = Duration::from_secs(60);

/// Delay before retrying all after a journal error.
const AFTER_TROUBLE: Duration = Duration::from_secs(10);

/// Takes in everything that is ready.
pub(super) async fn all_ready(folder: &mut Folder) -> Result<(), Trouble> {
    loop {
        let ready = folder.pending.ready(folder.now());
        if ready.is_empty() {
            return Ok(());
        }
        let free = unwritten(folder, ready).await?;
        let mut new = Vec::new();
        for ready in free {
            let Errand::Resume(job) = ready.errand else {
                new.push(ready);
                continue;
            };
            folder.pending.forget(&ready.file);
            match folder.app.0.engine.retry(&Which::Job(job)).await {
                // It was already resumed or is gone, which is as good.
                Ok(_) | Err(Refusal::NotNow(_) | Refusal::NotThere(_)) => {}
                Err(error) => return Err(Trouble::Engine(error.to_string())),
            }
        }
        if !new.is_empty() {
            take(folder, new).await?;
        }
    }
}

/// Files that are unchanged and not known to be written. The others are put off.
async fn unwritten(folder: &mut Folder, ready: Vec<Ready>) -> Result<Vec<Ready>, Trouble> {
    let looked = folder.on_drive(move |root, pulse| {
        let files: Vec<PathBuf> = ready.iter().map(|ready| root.join(&ready.file)).collect();
        let written = busy::written(root, &files, || pulse.beat());
        let beside: Vec<_> = files.iter().map(|file| names::companion(file)).collect();
        let written: Vec<_> = written.into_iter().zip(beside).collect();
        // Last, so that any write until now shows.
        let now = scan::again(root, ready.iter().map(|ready| ready.file.clone()).collect(), || pulse.beat());
        (ready, written, now)
    });
    let (ready, written, now) = looked.await?;
    let at = folder.now();
    let mut free = Vec::new();
    for ((ready, (open, half)), (file, now)) in ready.into_iter().zip(written).zip(now) {
        match now {
            None => folder.pending.forget(&file),
            Some(now) if now != ready.identity => {
                folder.pending.see(file, now, ready.errand, at);
            }
            Some(_) if open => folder.pending.put_off(&file, Why::Open, at + WHILE_OPEN),
            Some(_) => match half {
                Some(half) => folder.pending.lies_beside(&file, half, at + WHILE_OPEN),
                None => free.push(ready),
            },
        }
    }
    Ok(free)
}

async fn take(folder: &mut Folder, new: Vec<Ready>) -> Result<(), Trouble> {
    let engine = folder.app.0.engine.clone();
    let files: Vec<PathBuf> = new.iter().map(|ready| ready.file.clone()).collect();
    let look =
        folder.on_drive(move |root, pulse| partway_engine::scan::look_below(root, &files, || pulse.beat()));
    let mut intake = look.await?;
    let mut judged: HashMap<PathBuf, FileIdentity> =
        new.into_iter().map(|ready| (folder.watched.path.join(ready.file), ready.identity)).collect();
    let to = engine.destination(&folder.watched.destination).await.map_err(|e| Trouble::journal(&e))?;
    let is_practice = to.is_some_and(|to| KeySource::of(&to) == KeySource::Practice);
    let mut too_large = Vec::new();
    let mut changed = Vec::new();
    intake.files.retain(|found| {
        if judged.remove(&found.path) != Some(found.identity) {
            changed.push(found.path.clone());
            return false;
        }
        let large = is_practice && found.identity.size > practice::LARGEST;
        if large {
            too_large.push(found.path.clone());
        }
        !large
    });
    let now = folder.now();
    let root = folder.watched.path.clone();
    let below = |path: &PathBuf| path.strip_prefix(&root).unwrap_or(path).to_owned();
    // Whatever remains was expected but missing from the intake: it could not be opened.
    let unread: Vec<_> = judged.keys().map(below).collect();
    let too_large: Vec<_> = too_large.iter().map(below).collect();
    let changed: Vec<_> = changed.iter().map(below).collect();
    for (files, why, later) in [
        (&unread, Why::Unread, WHILE_UNFIT),
        (&too_large, Why::TooLarge, WHILE_UNFIT),
        (&changed, Why::Growing, Duration::ZERO),
    ] {
        files.iter().for_each(|file| folder.pending.put_off(file, why, now + later));
    }
    twofold::leave_out_renamed(folder, &mut intake.files).await?;
    // The folder's status reports those, and they are retried: a batch's list of left-out files that grows
    // each minute would help no user.
    intake.left_out.clear();
    let taken: Vec<_> = intake.files.iter().map(|found| below(&found.path)).collect();
    if taken.is_empty() {
        return Ok(());
    }
    match engine.add_from_watched(&folder.watched.id, intake).await {
        Ok(_) => {
            taken.iter().for_each(|file| folder.pending.goes(file, now));
            Ok(())
        }
        Err(error) => {
            taken.iter().for_each(|file| folder.pending.put_off(file, Why::Growing, now + AFTER_TROUBLE));
            Err(Trouble::Engine(error.to_string()))
        }
    }
}
