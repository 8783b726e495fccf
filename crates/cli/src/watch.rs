//! `partwayctl watch add`, `list`, `change`, `remove` and `run`.

mod run;

use std::path::Path;

use partway_api::{Answer, Command, Done, RawPath, Request, WatchedChange, WatchedView};

use crate::args::{AddWatched, ChangeWatched, Watch};
use crate::destinations::in_flags;
use crate::exit::{Exit, Stopped};
use crate::print::{self, Tagged};
use crate::text::printable;
use crate::{named, open};

/// The end of an id is enough to name a folder.
const SHORT_ID: usize = 8;

/// Runs the command.
///
/// # Errors
/// Sentences for the user.
pub(crate) async fn run(folder: &Path, what: Watch) -> Result<Exit, Stopped> {
    match what {
        Watch::Run(options) => return run::run(folder, options).await,
        Watch::Add(add) => added(folder, *add).await?,
        Watch::Change(change) => changed(folder, change).await?,
        Watch::Remove { id } => {
            ask(folder, Request::Command { command: Command::RemoveWatched { id } }).await?;
            print::line("It is watched no longer. What was taken in goes on, and what went is remembered.")?;
        }
        Watch::List(list) => {
            let all = ask(folder, Request::Command { command: Command::WatchedFolders }).await?;
            if list.json {
                all.iter().try_for_each(|one| print::json(&Tagged { event: "watched", value: one }))?;
            } else if all.is_empty() {
                print::line("No folder is watched.")?;
            } else {
                all.iter().try_for_each(|one| print::line(&line(one)))?;
            }
        }
    }
    Ok(Exit::Good)
}

async fn added(folder: &Path, add: AddWatched) -> Result<(), Stopped> {
    let request = Request::AddWatched {
        path: raw(&add.path)?,
        destination: match add.to {
            Some(name) => Some(name),
            // The destination chosen in the window does not apply here.
            None => Some(only_destination(folder).await?),
        },
        done: add.done.as_deref().map(raw).transpose()?,
        fields: add.fields.draft(),
        existing: add.existing,
    };
    let all = ask(folder, request).await?;
    // If it was watched before, it is not the last one.
    let path = std::path::absolute(&add.path).unwrap_or(add.path).to_string_lossy().into_owned();
    if let Some(one) = all.iter().find(|one| one.path == path) {
        print::line(&line(one))?;
        hint(one);
    }
    Ok(())
}

async fn only_destination(folder: &Path) -> Result<String, Stopped> {
    match open::ask_once(folder, &Request::Command { command: Command::Destinations }).await? {
        Answer::Done { done: Done::Destinations { destinations } } => {
            Ok(crate::target::choose(&destinations, None)?.id.clone())
        }
        _ => Err(Stopped::here("The destinations could not be told.".to_owned())),
    }
}

async fn changed(folder: &Path, change: ChangeWatched) -> Result<(), Stopped> {
    let id = change.id.clone();
    let mut all = Vec::new();
    if let Some(done) = &change.done {
        all = ask(folder, Request::MoveWatched { id: id.clone(), done: raw(done)? }).await?;
    }
    let rest = WatchedChange {
        destination: change.to,
        fields: None,
        watching: (change.on || change.off).then_some(change.on),
        stay: change.stay,
    };
    if rest != WatchedChange::default() {
        let command = Command::ChangeWatched { id: id.clone(), change: rest };
        all = ask(folder, Request::Command { command }).await?;
    }
    match all.iter().find(|one| one.id.starts_with(&id) || one.id.ends_with(&id)) {
        Some(one) => print::line(&line(one)),
        None => Ok(()),
    }
}

/// Sends a request that returns the watched folders.
async fn ask(folder: &Path, request: Request) -> Result<Vec<WatchedView>, Stopped> {
    let answer = open::try_ask(folder, &request).await?.map_err(|error| in_flags(error, false))?;
    match answer {
        Answer::Done { done: Done::Watched { folders } } => Ok(folders),
        _ => Ok(Vec::new()),
    }
}

fn raw(path: &Path) -> Result<RawPath, Stopped> {
    let absolute = std::path::absolute(path);
    let absolute = absolute
        .map_err(|fault| Stopped::usage(format!("{} cannot be found from here: {fault}.", path.display())))?;
    Ok(named::raw_path(&absolute))
}

/// Points out that no process is watching.
fn hint(one: &WatchedView) {
    if one.watching && !one.watched {
        print::aside(
            "No Partway is watching on this data folder: open the window, or run 'partwayctl watch run'.",
        );
    }
}

fn line(one: &WatchedView) -> String {
    let short = one.id.len().checked_sub(SHORT_ID).and_then(|at| one.id.get(at..)).unwrap_or(&one.id);
    let done = match &one.done {
        Some(done) => format!("Verified files are moved to {}. ", printable(done)),
        None => String::new(),
    };
    let state = one.state.trim_end_matches('.');
    format!("{short}  {}  {}. {done}{}.", printable(&one.path), printable(&one.to), printable(state))
}

#[cfg(test)]
mod tests {
    use partway_api::FieldsDraft;

    use super::*;

    #[test]
    fn a_watched_folder_is_a_line() {
        let one = WatchedView {
            id: "0193d3c0-0000-7000-8000-0000deadbeef".into(),
            path: "/home/a/Exports/Finals".into(),
            destination: "d".into(),
            to: "New files go to Acme media, uploads/finals".into(),
            fields: FieldsDraft::default(),
            done: None,
            watching: true,
            watched: true,
            state: "Watching".into(),
            bad: false,
        };
        insta::assert_snapshot!(line(&one), @"deadbeef  /home/a/Exports/Finals  New files go to Acme media, uploads/finals. Watching.");
        let away = WatchedView {
            done: Some("/home/a/Exports/Done".into()),
            state: "The folder is not there: is its drive connected? Partway goes on when it is.".into(),
            bad: true,
            ..one
        };
        insta::assert_snapshot!(line(&away), @"deadbeef  /home/a/Exports/Finals  New files go to Acme media, uploads/finals. Verified files are moved to /home/a/Exports/Done. The folder is not there: is its drive connected? Partway goes on when it is.");
    }
}
