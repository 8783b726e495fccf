//! `partwayctl destinations add`, `list`, `check` and `remove`.

mod added;
mod checked;

use std::path::Path;

use added::draft;
use checked::checked;
use partway_api::{Answer, Command, DestinationState, DestinationView, Done, KeyDraft, Request};

use crate::args::Destinations;
use crate::exit::{Exit, Stopped};
use crate::print::{self, Tagged};
use crate::text::printable;
use crate::{keys, open, target};

pub(crate) use added::in_flags;

/// Runs the command.
///
/// # Errors
/// Sentences for the user.
pub(crate) async fn run(folder: &Path, what: Destinations) -> Result<Exit, Stopped> {
    match what {
        Destinations::Add(add) => {
            let (draft, key) = draft(*add, |parts| keys::from_input(std::io::stdin().lock(), parts))?;
            let from_input = matches!(key, KeyDraft::Keychain { .. });
            let command = Command::AddDestination { draft, key };
            let answer = open::try_ask(folder, &Request::Command { command }).await?;
            let answer = answer.map_err(|error| in_flags(error, from_input))?;
            if let Answer::Done { done: Done::Destination { destination, amended, not_taken } } = answer {
                if let Some(sentence) = amended {
                    print::line(&printable(&sentence))?;
                }
                print::line(&format!("Added {}", line(&destination)))?;
                if let Some(sentence) = not_taken {
                    print::line(&printable(&sentence))?;
                }
            }
        }
        Destinations::List(list) => {
            let all = all(folder).await?;
            if list.json {
                all.iter().try_for_each(|d| print::json(&Tagged { event: "destination", value: d }))?;
            } else if all.is_empty() {
                print::line("There is no destination yet.")?;
            } else {
                all.iter().try_for_each(|d| print::line(&line(d)))?;
            }
        }
        Destinations::Check(check) => return checked(folder, check).await,
        Destinations::Remove { name } => {
            let all = all(folder).await?;
            let found = target::by_name(&all, &name)?;
            let command = Command::RemoveDestination { id: found.id.clone() };
            match open::ask_once(folder, &Request::Command { command }).await? {
                Answer::Done { done: Done::Removed { left: Some(left) } } => print::line(&printable(&left))?,
                _ => print::line(&format!("Removed {} and its key.", printable(&found.name)))?,
            }
        }
    }
    Ok(Exit::Good)
}

async fn all(folder: &Path) -> Result<Vec<DestinationView>, Stopped> {
    match open::ask_once(folder, &Request::Command { command: Command::Destinations }).await? {
        Answer::Done { done: Done::Destinations { destinations } } => Ok(destinations),
        _ => Ok(Vec::new()),
    }
}

fn line(destination: &DestinationView) -> String {
    let known = match destination.state {
        DestinationState::Good => "key accepted at the last upload",
        DestinationState::Unknown => "not used yet",
        DestinationState::KeyRefused => "key refused",
        DestinationState::KeyMissing => "key not at hand",
    };
    let into = match &destination.fields.folder {
        Some(folder) => format!(", into {}", printable(folder)),
        None => String::new(),
    };
    let note = destination.note.as_ref().map_or_else(String::new, |note| format!(" {}.", printable(note)));
    format!(
        "{} ({}, {}){into}. Key: {}; {known}.{note}",
        printable(&destination.name),
        destination.kind_name,
        printable(&destination.url),
        printable(&destination.key_kept)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::tests::destination;

    #[test]
    fn a_destination_is_a_line() {
        insta::assert_snapshot!(line(&destination("Acme media")), @"Acme media (AutoRender, https://upload.autorender.io). Key: environment variable ACME_KEY; not used yet.");
        let mut refused = destination("Acme media");
        refused.state = DestinationState::KeyRefused;
        refused.fields.folder = Some("uploads/videos".to_owned());
        insta::assert_snapshot!(line(&refused), @"Acme media (AutoRender, https://upload.autorender.io), into uploads/videos. Key: environment variable ACME_KEY; key refused.");
    }
}
