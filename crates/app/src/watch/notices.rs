//! The banners above the list.

use std::path::PathBuf;

use partway_api::{IfExists, Notice, NoticeAction, NoticeButton};
use partway_core::Hold;
use partway_engine::{Destination, JournalError, Standing};
use partway_keychain::KeychainError;

use crate::App;
use crate::away::places;
use crate::keys::KeySource;
use crate::support::unended;
use crate::{awake, set_aside, support, words};

/// One banner per cause.
pub(super) async fn all(app: &App, found: &[Destination]) -> Result<Vec<Notice>, JournalError> {
    let mut notices = Vec::new();
    let mut unread: Vec<(KeychainError, Vec<&Destination>)> = Vec::new();
    for one in found {
        if one.standing == Standing::Missing
            && let Some(error) = app.0.keys.unread(&one.id)
        {
            // Ignore differences in wording: one keychain is one cause.
            let same = |(other, _): &&mut (KeychainError, _)| {
                std::mem::discriminant(other) == std::mem::discriminant(&error)
            };
            match unread.iter_mut().find(same) {
                Some((_, destinations)) => destinations.push(one),
                None => unread.push((error, vec![one])),
            }
            continue;
        }
        let title = match one.standing {
            Standing::Refused => format!("{} no longer accepts this key.", one.name),
            Standing::Missing if KeySource::of(one) == KeySource::ThisSession => {
                format!("The key of {} was kept for one session only.", one.name)
            }
            Standing::Missing => format!("The key of {} is not at hand.", one.name),
            Standing::Unknown | Standing::Good => continue,
        };
        let waiting = app.0.engine.held(Hold::Credentials, &one.id).await?;
        let text = match waiting {
            0 => "Nothing is lost.".into(),
            some => format!("{}, nothing is lost.", words::count(some, "upload waits", "uploads wait")),
        };
        notices.push(Notice {
            id: format!("key-{}", one.id),
            title,
            text,
            urgent: true,
            buttons: vec![NoticeButton {
                words: "Replace key".into(),
                action: NoticeAction::ReplaceKey { destination: one.id.0.clone() },
            }],
        });
    }
    for (error, destinations) in unread {
        notices.push(keychain(app, &error, &destinations).await?);
    }
    for (batch, to, files) in app.0.engine.names_taken().await? {
        let to = found.iter().find(|one| one.id == to).map_or("The destination", |one| one.name.as_str());
        let (title, text) = words::names_taken(to, files);
        let settle = |words: &str, how| NoticeButton {
            words: words.into(),
            action: NoticeAction::SettleName { batch: batch.0.clone(), how },
        };
        notices.push(Notice {
            id: format!("names-{batch}"),
            title,
            text,
            urgent: true,
            buttons: vec![
                settle("Keep both", IfExists::Rename),
                settle("Replace", IfExists::Overwrite),
                settle("Skip", IfExists::Skip),
            ],
        });
    }
    let unwritable = app.0.engine.unwritable().borrow().as_ref().map(words::unwritable);
    if let Some(text) = unwritable {
        notices.push(Notice {
            id: "unwritable".into(),
            title: "Everything waits.".into(),
            text,
            urgent: true,
            buttons: Vec::new(),
        });
    }
    notices.extend(away(&app.0.engine.away().await?));
    if let Some(path) = set_aside::untold(app).await? {
        let (title, text) = words::set_aside(&path);
        notices.push(Notice {
            id: set_aside::NOTICE.into(),
            title,
            text,
            urgent: true,
            buttons: vec![NoticeButton {
                words: "Understood".into(),
                action: NoticeAction::Dismiss { notice: set_aside::NOTICE.into() },
            }],
        });
    }
    let report = support::untold(app).await?;
    let reported = report.is_some();
    if let Some((_, at)) = report {
        let (title, text) = words::crashed(&words::clock(at, app.now_ms()));
        notices.push(Notice {
            id: support::NOTICE.into(),
            title,
            text,
            urgent: false,
            buttons: vec![
                NoticeButton { words: "Show report".into(), action: NoticeAction::Diagnostics },
                NoticeButton {
                    words: "Understood".into(),
                    action: NoticeAction::Dismiss { notice: support::NOTICE.into() },
                },
            ],
        });
    }
    // An end that left a crash report is shown only as that.
    if let Some(at) = unended::untold(app).filter(|_| !reported) {
        let (title, text) = words::cut_off(&words::clock(at, app.now_ms()));
        notices.push(Notice {
            id: unended::NOTICE.into(),
            title,
            text,
            urgent: false,
            buttons: vec![
                NoticeButton { words: "Copy diagnostics".into(), action: NoticeAction::Diagnostics },
                NoticeButton {
                    words: "Understood".into(),
                    action: NoticeAction::Dismiss { notice: unended::NOTICE.into() },
                },
            ],
        });
    }
    notices.extend(awake::notice(app));
    Ok(notices)
}

/// Most missing places with a banner each; more share one.
const PLACES: usize = 3;

/// Missing drives and folders that files wait for.
fn away(paths: &[PathBuf]) -> Vec<Notice> {
    let places = places(paths);
    let notice = |id: String, (title, text)| Notice { id, title, text, urgent: true, buttons: Vec::new() };
    if places.len() > PLACES {
        let files = places.values().map(|away| away.files).sum();
        return vec![notice("away".into(), words::many_away(places.len(), files))];
    }
    let named = places.into_iter();
    named.map(|(key, one)| notice(format!("away-{key}"), words::away(&one.place, one.files))).collect()
}

/// One keychain is one cause, however many destinations keep keys in it.
async fn keychain(
    app: &App,
    error: &KeychainError,
    destinations: &[&Destination],
) -> Result<Notice, JournalError> {
    let mut waiting = 0;
    for one in destinations {
        waiting += app.0.engine.held(Hold::Credentials, &one.id).await?;
    }
    let names: Vec<_> = destinations.iter().map(|one| one.name.as_str()).collect();
    let (title, text) = words::unread(error, &names, waiting);
    let mut buttons = vec![NoticeButton {
        words: words::unlock(error).unwrap_or("Ask again").into(),
        action: NoticeAction::UnlockKeychain,
    }];
    if let [one] = destinations {
        let action = NoticeAction::ReplaceKey { destination: one.id.0.clone() };
        buttons.push(NoticeButton { words: "Give its key".into(), action });
    }
    Ok(Notice { id: "keychain".into(), title, text, urgent: true, buttons })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_places_are_a_banner_each_and_more_of_them_are_one() {
        let told = |places: usize| -> Vec<_> {
            let path = |n: usize| PathBuf::from(format!("/media/ada/T{}/{n}.mov", n % places));
            let notices = away(&(0..12).map(path).collect::<Vec<_>>());
            notices.into_iter().map(|notice| format!("{}: {}", notice.id, notice.title)).collect()
        };
        let one = |n| format!("away-/media/ada/T{n}: The drive T{n} is not there.");
        assert_eq!(told(3), [0, 1, 2].map(one));
        assert_eq!(told(4), ["away: 4 folders and drives are not there."]);
    }
}
