//! Moves verified files to the done folder, if one was chosen.

use std::path::{Path, PathBuf};

use super::Trouble;
use super::done::{self, Moved};
use super::folder::Folder;

/// How many files are moved before the journal is updated.
const AT_ONCE: u32 = 200;

/// Moves all verified files, but none that are only uploaded or were cancelled. Returns what went wrong.
pub(super) async fn move_all(folder: &Folder) -> Option<Trouble> {
    let done = folder.watched.done.clone()?;
    let mut after = PathBuf::new();
    let mut unmoved: Option<(u32, String)> = None;
    loop {
        let asked = folder.app.0.engine.to_move(&folder.watched.id, &after, AT_ONCE).await;
        let files = match asked {
            Ok(files) => files,
            Err(error) => return Some(Trouble::journal(&error)),
        };
        let Some((last, _)) = files.last() else { break };
        after.clone_from(last);
        let to = done.clone();
        let moved = folder.on_drive(move |root, pulse| {
            let put = |(file, went): (PathBuf, _)| (done::put(root, &file, &to, &went), file);
            files.into_iter().take_while(|_| pulse.beat()).map(put).collect::<Vec<_>>()
        });
        let moved = match moved.await {
            Ok(moved) => moved,
            Err(why) => return Some(why.into()),
        };
        let mut through = Vec::new();
        for (moved, file) in moved {
            match moved {
                Moved::To(_) | Moved::NotThat => through.push(file),
                Moved::Later => {}
                Moved::Not(why) => unmoved = Some((unmoved.map_or(0, |(count, _)| count) + 1, why)),
            }
        }
        if let Err(error) = folder.app.0.engine.moved(&folder.watched.id, through).await {
            return Some(Trouble::journal(&error));
        }
    }
    unmoved.map(|(count, why)| Trouble::Unmoved { count, to: shown(&done), why })
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
