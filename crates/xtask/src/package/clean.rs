//! A clean system of the same release as this machine, without anything of the project: what a package is tried on.

use crate::chroot::{self, Absent};
use crate::mirror::Source;
use crate::stop::{Outcome, at};
use crate::workspace::Workspace;
use std::fs;
use std::path::PathBuf;

/// The system's folder, made unless it is there from the same sources; or why there is none.
pub(crate) fn system(workspace: &Workspace) -> Outcome<Result<PathBuf, Absent>> {
    let sources = match chroot::sources() {
        Ok(sources) => sources,
        Err(absent) => return Ok(Err(absent)),
    };
    let root = super::folder(workspace).join("clean");
    let list = list(&sources);
    // Written last, so a system that was left half made is made again.
    let mark = root.join("etc/apt/sources.list");
    if fs::read_to_string(&mark).is_ok_and(|text| text == list) {
        println!("{} is as it should be", workspace.shown(&root));
        return Ok(Ok(root));
    }
    chroot::make(&root, &sources[0])?;
    fs::write(&mark, list).map_err(at(&mark))?;
    Ok(Ok(root))
}

/// Begins with a line that debootstrap does not write, whose own list would else be the same where there is one source.
fn list(sources: &[Source]) -> String {
    let lines = sources.iter().map(|source| format!("deb {} {} main\n", source.address, source.suite));
    std::iter::once("# made to its end\n".to_owned()).chain(lines).collect()
}
