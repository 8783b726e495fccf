//! `partwayctl destinations add`, `list` and `remove`.

use std::path::Path;

use partway_api::{
    Answer, ApiError, Code, Command, DestinationDraft, DestinationState, DestinationView, Done, FieldsDraft,
    KeyDraft, Request,
};

use crate::args::{AddDestination, Auth, Destinations};
use crate::exit::{Exit, Stopped};
use crate::print::{self, Tagged};
use crate::text::printable;
use crate::{keys, open, target};

/// Runs the command.
///
/// # Errors
/// Sentences for the user.
pub(crate) async fn run(folder: &Path, what: Destinations) -> Result<Exit, Stopped> {
    match what {
        Destinations::Add(add) => {
            let (draft, key) = draft(add, || keys::from_input(std::io::stdin().lock()))?;
            let command = Command::AddDestination { draft, key };
            let answer = open::try_ask(folder, &Request::Command { command }).await?.map_err(instead)?;
            if let Answer::Done { done: Done::Destination { destination } } = answer {
                print::line(&format!("Added {}", line(&destination)))?;
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
        Destinations::Remove { name } => {
            let all = all(folder).await?;
            let found = target::by_name(&all, &name)?;
            let command = Command::RemoveDestination { id: found.id.clone() };
            open::ask_once(folder, &Request::Command { command }).await?;
            print::line(&format!("Removed {} and its key.", printable(&found.name)))?;
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

/// The hint for a window is to keep the key for its session; a command's session ends at once.
fn instead(mut error: ApiError) -> Stopped {
    if error.code == Code::Keychain {
        error = error.hint(
            "Nothing was kept. Name an environment variable that holds the key instead: --key-env VAR.",
        );
    }
    error.into()
}

/// What was written, as a draft. `read_key` is called only where the key comes from standard input.
fn draft(
    add: AddDestination,
    read_key: impl FnOnce() -> Result<String, Stopped>,
) -> Result<(DestinationDraft, KeyDraft), Stopped> {
    let key = match add.key_env {
        // Only the name is kept, so it need not be set now.
        Some(variable) if variable_name(&variable) => KeyDraft::Environment { variable },
        Some(_) => {
            // Not repeated: it may be the key itself, written here by mistake.
            return Err(Stopped::usage(
                "--key-env takes the name of an environment variable (letters, digits and _), not the key itself.",
            ));
        }
        None => KeyDraft::Keychain { key: read_key()? },
    };
    let fields = FieldsDraft {
        folder: add.folder,
        tags: add.tags,
        metadata: add.metadata.into_iter().collect(),
        custom_id: add.custom_id,
        random_prefix: add.random_prefix.then_some(true),
        ttl_seconds: add.ttl.map(Into::into),
    };
    let auth = add.auth.map(|auth| match auth {
        Auth::Bearer => "bearer".to_owned(),
        Auth::XApiKey => "x-api-key".to_owned(),
    });
    Ok((DestinationDraft { name: add.name, kind: add.kind, url: add.url, auth, fields }, key))
}

/// The portable names of POSIX (Base Definitions, 8.1), in either case.
fn variable_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
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
    format!(
        "{} ({}, {}){into}. Key: {}; {known}.",
        printable(&destination.name),
        destination.kind_name,
        printable(&destination.url),
        printable(&destination.key_kept)
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::{Args, Command as Word};
    use crate::target::tests::destination;

    fn drafted(line: &str) -> Result<(DestinationDraft, KeyDraft), Stopped> {
        let args = Args::try_parse_from(line.split(' ')).unwrap();
        let Word::Destinations { what: Destinations::Add(add) } = args.command else {
            panic!("not add: {line}")
        };
        draft(add, || Ok("k-123".to_owned()))
    }

    #[test]
    fn every_field_reaches_the_draft() {
        let (draft, key) = drafted(
            "partwayctl destinations add Acme --kind autorender --url http://127.0.0.1:9/ --key-stdin --folder up/v --tag a --tag b \
             --metadata k=v=w --custom-id c1 --random-prefix --ttl 3600 --auth x-api-key",
        )
        .unwrap();
        insta::assert_json_snapshot!(draft, @r#"
        {
          "name": "Acme",
          "kind": "autorender",
          "url": "http://127.0.0.1:9/",
          "auth": "x-api-key",
          "fields": {
            "folder": "up/v",
            "tags": [
              "a",
              "b"
            ],
            "metadata": {
              "k": "v=w"
            },
            "custom_id": "c1",
            "random_prefix": true,
            "ttl_seconds": 3600
          }
        }
        "#);
        assert!(matches!(key, KeyDraft::Keychain { key } if key == "k-123"));
    }

    #[test]
    fn what_is_not_set_stays_unset_and_a_variable_is_only_named() {
        let (draft, key) =
            drafted("partwayctl destinations add Acme --kind autorender --key-env ACME_KEY").unwrap();
        assert_eq!(draft.fields, FieldsDraft::default());
        assert_eq!((draft.url, draft.auth), (None, None));
        assert!(matches!(key, KeyDraft::Environment { variable } if variable == "ACME_KEY"));
    }

    #[test]
    fn a_key_in_place_of_a_name_is_not_repeated() {
        let stopped =
            drafted("partwayctl destinations add Acme --kind autorender --key-env sk-live-123").unwrap_err();
        assert_eq!(stopped.exit, Exit::Usage);
        assert!(!stopped.sentence.contains("sk-live"), "{}", stopped.sentence);
    }

    #[test]
    fn a_destination_is_a_line() {
        insta::assert_snapshot!(line(&destination("Acme media")), @"Acme media (AutoRender, https://upload.autorender.io). Key: environment variable ACME_KEY; not used yet.");
        let mut refused = destination("Acme media");
        refused.state = DestinationState::KeyRefused;
        refused.fields.folder = Some("uploads/videos".to_owned());
        insta::assert_snapshot!(line(&refused), @"Acme media (AutoRender, https://upload.autorender.io), into uploads/videos. Key: environment variable ACME_KEY; key refused.");
    }
}
