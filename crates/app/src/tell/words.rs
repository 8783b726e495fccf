//! The text and buttons of notifications.

use partway_engine::{BatchId, DestinationId, Show};

use super::facts::Need;
use super::rules::{Say, Standing, Tag};
use crate::App;
use crate::view::{self, Named, Names};
use crate::words::{away, bytes, clock, count, short, unlock, unread};

/// What a press does. None of it contains a path or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Show the window, filtered to this batch.
    Show {
        /// The batch; `None` for all.
        batch: Option<String>,
    },
    /// Show the window, filtered to what needs attention.
    Review,
    /// Show the window and ask for another key.
    ReplaceKey {
        /// The destination.
        destination: String,
    },
    /// Let the keychain prompt the user.
    Unlock,
    /// Quit the app.
    Quit,
    /// Copy the addresses of a batch's files to the clipboard.
    CopyLinks {
        /// The batch.
        batch: String,
    },
    /// Retry what needs attention in these batches.
    Retry {
        /// The batches.
        batches: Vec<String>,
    },
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Its label.
    pub words: String,
    /// What it does.
    pub press: Press,
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Identifies it for replacing or withdrawing.
    pub tag: Tag,
    /// The bold line, plain text.
    pub title: String,
    /// The rest, plain text; may be empty.
    pub text: String,
    /// Whether the user is needed.
    pub needs: bool,
    /// Its buttons, most important first.
    pub buttons: Vec<Button>,
    /// What pressing the notification itself does.
    pub press: Press,
}

/// Builds the message, adding details from the journal.
pub(super) async fn message(app: &App, say: Say<Need>) -> Message {
    match say {
        Say::Batch { id, standing } => {
            let links = links(app, &id, &standing).await;
            batch(id, &standing, links)
        }
        Say::Files { batches } => {
            let only = if need(&batches) == 1 { only(app).await } else { None };
            files(batches, only)
        }
        Say::Cause { key, cause } => stands(key, cause, app.now_ms()),
    }
}

/// Whether a batch's addresses open without a sign-in; `None` if it has none worth copying.
async fn links(app: &App, id: &str, standing: &Standing) -> Option<bool> {
    let id = BatchId(id.to_owned());
    if standing.practice || !app.0.engine.has_link(&id).await.ok()? {
        return None;
    }
    let (batch, _) = app.0.engine.batch(&id).await.ok()??;
    Some(named(app, &batch.destination).await.link_is_open)
}

async fn named(app: &App, id: &DestinationId) -> Named {
    Names::default().get(&app.0.kinds, &app.0.engine, id).await
}

/// The only file that needs attention: its name and the reason as a sentence.
async fn only(app: &App) -> Option<(String, String)> {
    let found = app.0.engine.window(Show::Attention, 0, 2).await.ok()?;
    let [job] = found.as_slice() else { return None };
    let to = named(app, &job.destination).await;
    Some((job.name.clone(), view::reason(job, &to.name)?))
}

fn batch(id: String, standing: &Standing, links: Option<bool>) -> Message {
    let (title, text) = through(standing);
    let sent = standing.verified + standing.uploaded;
    let mut buttons = Vec::new();
    if let Some(open) = links {
        let words = match (open, sent) {
            (true, 1) => "Copy link",
            (true, _) => "Copy links",
            (false, 1) => "Copy location (sign-in needed)",
            (false, _) => "Copy locations (sign-in needed)",
        };
        buttons.push(Button { words: words.into(), press: Press::CopyLinks { batch: id.clone() } });
    }
    let press = Press::Show { batch: Some(id.clone()) };
    buttons.push(Button { words: "Show".into(), press: press.clone() });
    Message { tag: Tag::Batch(id), title, text, needs: standing.left() > 0, buttons, press }
}

/// Counts against what was dropped; "all" only when it is all.
fn through(standing: &Standing) -> (String, String) {
    const KEEP: &str = "Keep the originals.";
    let Standing { files, verified, uploaded, practice, .. } = *standing;
    let (to, left) = (short(&standing.destination), standing.left());
    if left > 0 {
        let sent = if practice { "practised" } else { "verified" };
        let mut counts = Vec::new();
        if verified > 0 {
            counts.push(format!("{verified} {sent}"));
        }
        if uploaded > 0 {
            counts.push(format!("{uploaded} uploaded but not verified"));
        }
        counts.push(format!("{left} not sent"));
        return (counts.join(", "), KEEP.into());
    }
    if practice {
        let title = "Practice finished, not uploaded".into();
        return (title, format!("{} on this computer only.", count(files, "file", "files")));
    }
    match (files, uploaded) {
        (1, 0) => (format!("1 file verified at {to}"), String::new()),
        (files, 0) => (format!("All {files} verified at {to}"), String::new()),
        (_, uploaded) if verified == 0 => {
            (format!("{} uploaded to {to}, not verified", count(uploaded, "file", "files")), KEEP.into())
        }
        (_, uploaded) => {
            (format!("{verified} verified at {to}, {uploaded} uploaded but not verified"), KEEP.into())
        }
    }
}

fn need(batches: &[(String, Standing)]) -> u32 {
    batches.iter().map(|(_, standing)| standing.need).sum()
}

fn files(batches: Vec<(String, Standing)>, only: Option<(String, String)>) -> Message {
    let (need, all) = (need(&batches), batches.iter().map(|(_, standing)| standing.files).sum::<u32>());
    let title = match (&only, need) {
        (Some((name, _)), _) if all == 1 => format!("{} needs you", short(name)),
        (_, 1) => format!("1 of {all} needs you"),
        _ => format!("{need} of {all} need you"),
    };
    let others = match batches.as_slice() {
        [(_, one)] if one.ended() => {
            let verified = if one.practice { "practised" } else { "verified" };
            match (one.verified, one.uploaded) {
                (0, 0) => String::new(),
                (some, 0) => format!("{some} {verified} at {}. Keep the originals.", short(&one.destination)),
                (some, more) => {
                    format!("{} sent to {}. Keep the originals.", some + more, short(&one.destination))
                }
            }
        }
        _ if batches.iter().all(|(_, standing)| standing.ended()) => "Keep the originals.".into(),
        _ => "The others go on.".into(),
    };
    let text = match only {
        Some((_, sentence)) if others.is_empty() => sentence,
        Some((_, sentence)) => format!("{sentence} {others}"),
        None => others,
    };
    let retry = Press::Retry { batches: batches.into_iter().map(|(id, _)| id).collect() };
    Message {
        tag: Tag::Files,
        title,
        text,
        needs: true,
        buttons: vec![
            Button { words: "Retry".into(), press: retry },
            Button { words: "Review".into(), press: Press::Review },
        ],
        press: Press::Review,
    }
}

/// "3 uploads wait".
fn waits(files: u32) -> String {
    count(files, "upload waits", "uploads wait")
}

fn stands(key: String, cause: Need, now_ms: i64) -> Message {
    let all = || Press::Show { batch: None };
    let button = |words: &str, press| vec![Button { words: words.into(), press }];
    let (title, text, buttons, press) = match cause {
        Need::Key { destination, name, refused, files } => {
            let name = short(&name);
            let title = if refused {
                format!("{name} no longer accepts this key.")
            } else {
                format!("{name} needs its key.")
            };
            let press = Press::ReplaceKey { destination };
            let text = format!("{}, nothing is lost.", waits(files));
            (title, text, button(if refused { "Replace key" } else { "Give the key" }, press.clone()), press)
        }
        // Same words as the banner: it is the same cause.
        Need::Keychain { error, names, files } => {
            let names: Vec<_> = names.iter().map(|name| short(name)).collect();
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            let (title, text) = unread(&error, &names, files);
            (title, text, button(unlock(&error).unwrap_or("Ask again"), Press::Unlock), all())
        }
        Need::Away { place, files } => {
            let (title, text) = away(&place, files);
            (title, text, button("Show", all()), all())
        }
        Need::Quota { name, files, batches } => {
            let name = short(&name);
            let text = format!(
                "{}, nothing is lost. Make room or enlarge the plan there, then retry.",
                waits(files)
            );
            let mut buttons = button("Retry", Press::Retry { batches });
            buttons.extend(button("Review", Press::Review));
            (format!("{name} has no room left."), text, buttons, Press::Review)
        }
        Need::Ending { name, file, files, confirmed, expires_s } => {
            let until = clock(i64::try_from(expires_s).unwrap_or(0).saturating_mul(1_000), now_ms);
            let kept = bytes(confirmed);
            let title = match files {
                1 => format!("{}: {kept} kept until {until}", short(&file)),
                some => format!("{some} files: {kept} kept until {until} at the soonest"),
            };
            let text = format!(
                "{}'s session ends then, and what was sent must be sent again. Resume to be through before.",
                short(&name)
            );
            (title, text, button("Show", all()), all())
        }
        Need::Unwritable(text) => ("Everything waits.".into(), text, button("Show", all()), all()),
    };
    Message { tag: Tag::Cause(key), title, text, needs: true, buttons, press }
}

#[cfg(test)]
mod tests;
