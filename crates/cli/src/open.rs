//! Opens the data folder: as its holder with its own app, or as a guest of the process that holds it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use partway_api::{Answer, ApiError, Command, DestinationView, Done, JobLine, Request};
use partway_app::{App, AppOptions};
use partway_bridge::{AskError, BridgeError, Front};

use crate::exit::Stopped;
use crate::keys::Lent;
use crate::print;
use crate::show::Tell;
use crate::text::printable;

/// A holder may end just when it is asked; then the next one is found, or this process becomes it. More often
/// than this is no coincidence.
pub(crate) const TRIES: u32 = 5;

/// What a command needs the folder for, if it becomes the holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Running unfinished work and waiting for it.
    Work,
    /// Reading or changing something: starts nothing that would only be interrupted.
    Look,
}

/// Opens the folder. If this process holds it, `keys` are lent from the start; another holder has to be
/// asked. `tell` reports when another holder does not answer, now or at a later request.
///
/// # Errors
/// Sentences for the user.
pub(crate) async fn front(
    folder: &Path,
    purpose: Purpose,
    keys: &[Lent],
    tell: Tell,
) -> Result<Front, BridgeError> {
    let options = options(folder, purpose, keys);
    // There is no window to bring forward.
    let name = folder.to_path_buf();
    let on_silence = move |silent| tell(&if silent { silent_words(&name) } else { ANSWERS_AGAIN.to_owned() });
    Front::open_telling(folder, || App::open(options), |_| false, on_silence).await
}

fn options(folder: &Path, purpose: Purpose, keys: &[Lent]) -> AppOptions {
    AppOptions {
        data_dir: folder.to_path_buf(),
        kinds: partway_app::Kinds::built_in(),
        variables: Arc::new(crate::keys::environment),
        lent: keys.to_vec(),
        keychain: Some(partway_app::system_keychain()),
        http: Default::default(),
        sandbox: sandbox(),
        log: crate::logging::file(),
        awake: None,
        clock: None,
        headless: true,
        idle: purpose == Purpose::Look,
    }
}

const ANSWERS_AGAIN: &str = "It answers again.";

fn silent_words(folder: &Path) -> String {
    format!(
        "The Partway that holds the data folder {} does not answer: it may be suspended (Ctrl-Z) or frozen. Continue it ('fg' in its \
         terminal) or end it; this command waits for it.",
        printable(&folder.display().to_string())
    )
}

/// The bundled sandbox, for *Practice*, beside this binary.
fn sandbox() -> Option<PathBuf> {
    let name = format!("partway-sandbox{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::current_exe().ok()?.parent()?.join(name);
    path.is_file().then_some(path)
}

/// Opens the folder, sends one request and closes it again.
///
/// # Errors
/// Sentences for the user.
pub(crate) async fn ask_once(folder: &Path, request: &Request) -> Result<Answer, Stopped> {
    Ok(try_ask(folder, request).await??)
}

/// Like [`ask_once`], but returns a refusal for inspection.
///
/// # Errors
/// The request could not be sent.
pub(crate) async fn try_ask(folder: &Path, request: &Request) -> Result<Result<Answer, ApiError>, Stopped> {
    let mut tries = 0;
    loop {
        let front = front(folder, Purpose::Look, &[], Box::new(print::aside)).await?;
        let answer = front.ask(request.clone()).await;
        front.close(Duration::ZERO).await;
        tries += 1;
        match answer {
            Ok(answer) => return Ok(Ok(answer)),
            Err(AskError::Api(error)) => return Ok(Err(error)),
            Err(AskError::HolderGone) if tries < TRIES => {}
            Err(gone) => return Err(gone.into()),
        }
    }
}

/// The existing destinations.
///
/// # Errors
/// As [`Front::ask`].
pub(crate) async fn destinations(front: &Front) -> Result<Vec<DestinationView>, AskError> {
    match front.ask(Request::Command { command: Command::Destinations }).await? {
        Answer::Done { done: Done::Destinations { destinations } } => Ok(destinations),
        _ => Ok(Vec::new()),
    }
}

/// Every job.
///
/// # Errors
/// As [`Front::ask`].
pub(crate) async fn list(front: &Front) -> Result<Vec<JobLine>, AskError> {
    match front.ask(Request::List).await? {
        Answer::Jobs { jobs, .. } => Ok(jobs),
        _ => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_holds_the_folder_has_the_keys_that_are_lent_before_anything_runs() {
        let keys = [(Some("Acme".to_owned()), "k-1".to_owned().into()), (None, "k-2".to_owned().into())];
        let lent = options(Path::new("data"), Purpose::Work, &keys).lent;
        let lent: Vec<_> = lent.iter().map(|(name, key)| (name.as_deref(), key.key.as_str())).collect();
        assert_eq!(lent, [(Some("Acme"), "k-1"), (None, "k-2")]);
    }
}
