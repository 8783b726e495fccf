//! A text for support: what runs here, its state, and the latest log lines.
//!
//! It contains no keys and no file or folder names known as such. Destinations appear by kind and host,
//! uploads by the end of their ids.

use partway_core::State;
use partway_engine::{Destination, Job, JournalError, Show};
use partway_http::redact;

use super::clean::clean;
use super::{crash, log};
use crate::keys::KeySource;
use crate::{App, view};

/// How much of the log is included, in bytes: a screen or two.
const LOG: u64 = 16 << 10;

/// How many active uploads, and how many that need attention, are listed.
const MOST_JOBS: u32 = 20;

/// Variables that describe the desktop.
const DESKTOP: [&str; 3] = ["XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "LANG"];

/// The whole text; `keychain` describes the state of the keychain.
pub(crate) async fn diagnostics(app: &App, keychain: &str) -> Result<String, JournalError> {
    let mut text = String::from(
        "Keys are never in this text; names of files and folders are left out where Partway knows them. Nothing of it was sent anywhere.\n\n",
    );
    let mut say = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    say(format!("Partway {} on {}", env!("CARGO_PKG_VERSION"), system()));
    let variables = &app.0.support.variables;
    for name in DESKTOP {
        variables(name).into_iter().for_each(|value| say(format!("{name}: {}", clean(&value))));
    }
    say(format!("Keychain: {}", clean(keychain)));
    say(format!("Settings: {}", serde_json::to_string(&app.settings().await).unwrap_or_default()));
    say(format!("Practice: {}", if app.0.practice.is_there() { "there" } else { "not installed" }));

    let destinations = app.0.engine.destinations().await?;
    say(format!("\nDestinations: {}", destinations.len()));
    for (number, one) in destinations.iter().enumerate() {
        say(format!("{}. {}", number + 1, of_destination(app, one)));
    }

    let sums = app.0.engine.sums().await?;
    say(format!(
        "\nUploads: {} in all, {} uploading, {} waiting, {} paused, {} need attention, {} verified",
        sums.all, sums.active, sums.waiting, sums.paused, sums.attention, sums.verified
    ));
    let unwritable = app.0.engine.unwritable().borrow().is_some();
    if unwritable {
        say("The journal cannot be written at the moment.".into());
    }
    for show in [Show::Active, Show::Attention] {
        for job in app.0.engine.window(show, 0, MOST_JOBS).await? {
            say(of_job(&job, &destinations));
        }
    }

    if let Some(report) = crash::newest(&app.0.support.data_dir) {
        say(format!("\nThe last crash:\n{}", crash::read(&report).trim_end()));
    }
    say("\nThe log's last lines:".into());
    log::tail(&app.0.support.data_dir, LOG).into_iter().for_each(say);
    Ok(text)
}

fn of_destination(app: &App, one: &Destination) -> String {
    let view = view::destination(&app.0.keys, one, false);
    let url = if view.url.is_empty() { "no address".into() } else { redact(&view.url) };
    let key = match KeySource::of(one) {
        // The usual words would name a variable or profile, which may identify someone.
        KeySource::Environment { .. } => "an environment variable".into(),
        KeySource::Chain { .. } => "the usual places of S3".into(),
        source => source.words(),
    };
    format!("{} at {}, key: {key}, {:?}", one.kind, host(&url), one.standing)
}

/// Cuts an address to its host; the path may name a customer.
fn host(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

fn of_job(job: &Job, destinations: &[Destination]) -> String {
    let to = destinations.iter().position(|one| one.id == job.destination).map_or(0, |at| at + 1);
    let id = &job.id.0[job.id.0.len().saturating_sub(8)..];
    let parts = job.plan.as_ref().map_or_else(
        || "no parts yet".into(),
        |plan| format!("{} of {} parts of {} bytes", job.parts_confirmed, plan.count(), plan.part_size()),
    );
    let mut line = format!(
        "…{id} to {to}: {}, {} bytes, {parts}, {:?}, {} sessions ended",
        job.state.name(),
        job.identity.size,
        job.holds,
        job.sessions_ended,
    );
    if let State::NeedsAttention(cause) = &job.state {
        // Only the kind of cause: its contents may include a name.
        let cause = format!("{cause:?}");
        line.extend([", ", cause.split([' ', '(', '{']).next().unwrap_or_default()]);
    }
    if let Some(detail) = &job.detail {
        line.extend([", ", &clean(&detail.replace(&job.name, "‹name›"))]);
    }
    line
}

/// "Debian GNU/Linux 12 (bookworm), linux x86_64".
fn system() -> String {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let release = if cfg!(target_os = "linux") {
        std::fs::read_to_string("/etc/os-release")
    } else {
        Ok(String::new())
    };
    let release = release.unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.map_or_else(
        || format!("{os} {arch}"),
        |name| format!("{}, {os} {arch}", clean(name.trim_matches('"'))),
    )
}
