//! Files already known under another name: renamed, or with two names that are both sent.

use std::path::Path;

use partway_core::FileIdentity;
use partway_engine::scan::Found;
use partway_engine::{Known, Seen, at};

use super::Trouble;
use super::folder::Folder;

/// Whether a file sent as `from` was renamed since. Blocks.
pub(super) fn was_renamed(root: &Path, file: &Path, from: &Path, moved: bool, now: &FileIdentity) -> bool {
    let first = at::look_at_itself(&root.join(from)).ok();
    if first.is_some_and(|first| first.seen.identity.file_id == now.file_id) {
        return false;
    }
    // If that file was moved to the done folder, this may be a second name of it.
    !(moved && has_more_names(&root.join(file)))
}

fn has_more_names(file: &Path) -> bool {
    at::look_at_itself(file).is_ok_and(|found| found.names.is_some_and(|names| names > 1))
}

/// Handles a file known under another name: records a rename in the journal. Returns `false` if the file has
/// two names and this one is new.
pub(super) async fn renamed(
    folder: &Folder,
    file: &Path,
    seen: &Seen,
    from: &Path,
    moved: bool,
) -> Result<bool, Trouble> {
    let (name, first, identity) = (file.to_owned(), from.to_owned(), seen.identity);
    let looked = folder.on_drive(move |root, _| was_renamed(root, &name, &first, moved, &identity));
    if !looked.await? {
        return Ok(false);
    }
    let noted = folder.app.0.engine.renamed(&folder.watched.id, from.to_owned(), file.to_owned()).await;
    noted.map_err(|error| Trouble::journal(&error))?;
    Ok(true)
}

/// The last check before files are taken in: drops those that were sent under another name since they were
/// judged.
pub(super) async fn leave_out_renamed(folder: &mut Folder, files: &mut Vec<Found>) -> Result<(), Trouble> {
    let root = folder.watched.path.clone();
    let below = |path: &Path| path.strip_prefix(&root).unwrap_or(path).to_owned();
    let seen = |found: &Found| Seen { identity: found.identity, born_ns: found.born_ns };
    let asked = files.iter().map(|found| (below(&found.path), seen(found))).collect();
    let known = folder.app.0.engine.known(&folder.watched.id, asked).await;
    let mut gone = Vec::new();
    for (file, seen, known) in known.map_err(|error| Trouble::journal(&error))? {
        if let Known::Renamed { from, moved } = known
            && renamed(folder, &file, &seen, &from, moved).await?
        {
            folder.pending.forget(&file);
            gone.push(root.join(file));
        }
    }
    files.retain(|found| !gone.contains(&found.path));
    Ok(())
}

#[cfg(test)]
mod tests {
    use partway_engine::source;

    use super::*;

    #[test]
    fn a_second_name_is_no_new_name() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        let renamed = |file: &str, from: &str, moved| {
            let now = source::identify(&root.join(file)).unwrap();
            was_renamed(root, Path::new(file), Path::new(from), moved, &now)
        };
        std::fs::write(root.join("a"), "a").unwrap();
        std::fs::hard_link(root.join("a"), root.join("b")).unwrap();
        assert!(!renamed("b", "a", false), "both are there");
        std::fs::remove_file(root.join("a")).unwrap();
        assert!(renamed("b", "a", false));
        // Another file has taken the first name.
        std::fs::write(root.join("a"), "a").unwrap();
        assert!(renamed("b", "a", false));
        // The first name is in the done folder.
        std::fs::create_dir(root.join("done")).unwrap();
        std::fs::rename(root.join("a"), root.join("done/a")).unwrap();
        std::fs::hard_link(root.join("done/a"), root.join("c")).unwrap();
        assert!(!renamed("c", "a", true));
        std::fs::remove_file(root.join("done/a")).unwrap();
        assert!(renamed("c", "a", true), "moved back under another name");
    }
}
