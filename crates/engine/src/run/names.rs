//! A file's name at its destination: reserved in the journal before anything is sent, or the next one if it
//! is taken.

use std::path::Path;
use std::sync::Arc;

use partway_core::{Cause, Failure};
use partway_provider::{FileFacts, IfExists};

use super::{Run, RunError, name_conflict};
use crate::journal::names::{self, Reserved};
use crate::state::names::BESIDE;

impl Run {
    /// The file with its reserved name: its own, or the next alternative that no other job has.
    pub(super) async fn named(&mut self, from: u32) -> Result<FileFacts, RunError> {
        let (file, provider, job) = (self.facts(), Arc::clone(&self.provider), self.job.clone());
        let asked = file.clone();
        let reserved = self
            .state
            .journal
            .write(move |conn| {
                names::reserve(conn, &job, from, |beside| {
                    provider.name(&FileFacts { beside, ..asked.clone() })
                })
            })
            .await?;
        match reserved {
            Reserved::Beside(beside) => Ok(FileFacts { beside, ..file }),
            Reserved::Nameless => Ok(file),
            Reserved::Taken(name, _) if self.renames() => Err(no_more(&name)),
            Reserved::Taken(name, other) => Err(RunError::Attention {
                detail: format!("another file of Partway's list goes there as {name}"),
                cause: Cause::NameShared { with: in_its_folder(&other) },
            }),
        }
    }

    /// Whether a start that failed because the name is taken is retried with the next alternative.
    pub(super) fn goes_beside(&self, failure: &Failure, file: &FileFacts) -> bool {
        name_conflict::says_so(failure) && self.renames() && self.provider.name(file).is_some()
    }

    /// The index of the next alternative name.
    pub(super) fn next_beside(&self, file: &FileFacts) -> Result<u32, RunError> {
        match self.provider.name(file) {
            Some(name) if file.beside >= BESIDE => Err(no_more(&name)),
            _ => Ok(file.beside + 1),
        }
    }

    fn renames(&self) -> bool {
        self.job.fields.if_exists == Some(IfExists::Rename)
    }
}

/// "day 1/cut.mov": the folder distinguishes files of the same name.
fn in_its_folder(path: &Path) -> String {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let folder = path.parent().and_then(name);
    let file = name(path).unwrap_or_default();
    folder.map_or_else(|| file.clone(), |folder| format!("{folder}/{file}"))
}

fn no_more(name: &str) -> RunError {
    let said = format!("“{name}” and the names before it are taken. Clear up there");
    RunError::Attention { detail: said.clone(), cause: Cause::Refused { said } }
}
