//! Tests a destination: one line per finding, and a tick only for what can be verified.

use partway_api::{ApiError, CheckLine, DestinationDraft, Done, KeyDraft, Mark};
use partway_core::{Cause, Failure, RetryClass, Step};
use partway_engine::{Destination, DestinationId, Keeps, Providers as _};
use partway_http::{Pair, PartClient};
use partway_provider::{CheckReport, Fields, FileFacts, Finding, Provider};

use super::{draft, find, key};
use crate::App;
use crate::app::journal;
use crate::keychain;
use crate::keys::{KeySource, NoKey, clients};
use crate::trial;
use crate::words;

/// S3 and similar services refuse signatures more than 15 minutes off; 5 minutes (in seconds) leave a margin.
const CLOCK_MAY_DIFFER: u64 = 300;

/// Tests a destination before it is saved.
pub(in crate::commands) async fn check(
    app: &App,
    draft: &DestinationDraft,
    key: Option<KeyDraft>,
    upload: bool,
) -> Result<Done, ApiError> {
    let looked = draft::look(&app.0.kinds, draft)?;
    let key = key.ok_or_else(|| ApiError::field("key", "The key is missing."))?;
    let key = key::look(&looked.kind, &key)?;
    let credentials = match key.typed {
        Some(typed) => typed,
        // A key that is only named is not stored under a destination's id.
        None => match app.0.keys.at(&key.source, &DestinationId::new()).await {
            Ok(found) => found,
            Err(why) => return Err(ApiError::field("key", words::key_not_at_hand(&why))),
        },
    };
    let Pair { api, parts } = clients(&app.0.clients, &looked.settings);
    let provider = looked.kind.open(&looked.settings, credentials, api).map_err(draft::of_field)?;
    let mut lines = known(&*provider, draft.name.trim()).await;
    if !looked.said.is_empty() {
        let text = looked.said.join(" ");
        lines.insert(0, CheckLine { about: "typed".into(), mark: Mark::Good, text, refused: false });
    }
    match key.source {
        KeySource::Keychain { .. } => {
            let keychain = keychain::view(app).await;
            let mark = if keychain.works { Mark::Good } else { Mark::Bad };
            lines.push(CheckLine { about: "kept".into(), mark, text: keychain.text, refused: false });
        }
        KeySource::ThisSession => {}
        named => lines.push(kept(&named, Ok(()))),
    }
    if upload {
        let seen = tried(app, (&*provider, &parts), (draft.name.trim(), &looked.fields), &mut lines).await;
        lines.extend(guard(&*provider, seen));
        *app.0.seen.lock().await = Some((draft.kind.clone(), looked.settings, seen));
    } else {
        lines.extend(guard(&*provider, Keeps::default()));
    }
    Ok(Done::Checked { lines })
}

/// Tests a saved destination with the key its uploads use; with `upload`, sends a tiny file there.
pub(in crate::commands) async fn check_saved(app: &App, id: &str, upload: bool) -> Result<Done, ApiError> {
    let found = find(app, id).await?;
    let source = KeySource::of(&found);
    let kept = kept(&source, app.0.keys.at(&source, &found.id).await.map(drop));
    let provider = match app.0.keys.provider(&found).await {
        Ok(provider) => provider,
        Err(failure) => {
            return Ok(Done::Checked { lines: without_key(app, &found, &failure, kept, upload).await });
        }
    };
    let mut lines = known(&*provider, &found.name).await;
    lines.push(kept);
    if upload {
        let settings = serde_json::from_str(&found.settings).unwrap_or_default();
        let parts = clients(&app.0.clients, &settings).parts;
        let seen = tried(app, (&*provider, &parts), (&found.name, &found.fields), &mut lines).await;
        app.0.engine.learn(&found.id, seen).await.map_err(|error| journal(&error))?;
        lines.extend(guard(&*provider, found.keeps.and(seen)));
    } else {
        lines.extend(guard(&*provider, found.keeps));
    }
    Ok(Done::Checked { lines })
}

/// What can be checked without a key: server and clock do not depend on it. A key that was read but cannot
/// be used gets its own line.
async fn without_key(
    app: &App,
    found: &Destination,
    failure: &Failure,
    kept: CheckLine,
    upload: bool,
) -> Vec<CheckLine> {
    let settings = serde_json::from_str(&found.settings).unwrap_or_default();
    let reached = match KeySource::of(found) {
        // It is not running, so there is no server to reach.
        KeySource::Practice => None,
        _ => match app.0.kinds.named(&found.kind) {
            Ok(kind) => kind.reach(&settings, clients(&app.0.clients, &settings).api).await.ok(),
            Err(_) => None,
        },
    };
    let mut lines = reached.map_or_else(Vec::new, |report| told(&report, &found.name));
    if kept.mark != Mark::Bad {
        lines.retain(|line| line.about != "key");
        let text = words::key_unusable(failure);
        lines.push(CheckLine { about: "key".into(), mark: Mark::Bad, text, refused: true });
    }
    lines.push(kept);
    if upload {
        let text = "No file was sent: that needs a key that can be used".into();
        lines.push(CheckLine { about: "upload".into(), mark: Mark::Unknown, text, refused: false });
    }
    lines
}

/// Sends a tiny file; what that shows about the key replaces the earlier finding.
async fn tried(
    app: &App,
    (provider, parts): (&dyn Provider, &PartClient),
    (name, fields): (&str, &Fields),
    lines: &mut Vec<CheckLine>,
) -> Keeps {
    let sent = trial::upload(app, (provider, parts), name, fields).await;
    let known_now = sent.key_accepted.map(|accepted| {
        let refused = || Failure::new(Step::Start, RetryClass::Credentials, Cause::KeyRefused, "");
        if accepted { Finding::Good(()) } else { Finding::Bad(refused()) }
    });
    if let Some(known) = known_now
        && let Some(key) = lines.iter_mut().find(|line| line.about == "key")
    {
        *key = key_line(&known, name);
    }
    let mark = if sent.arrived { Mark::Good } else { Mark::Bad };
    lines.push(CheckLine { about: "upload".into(), mark, text: sent.text, refused: sent.refused });
    sent.keeps
}

/// Whether the destination silently replaces existing files, for kinds where names can collide.
fn guard(provider: &dyn Provider, keeps: Keeps) -> Option<CheckLine> {
    let file = FileFacts { name: "a".into(), size: 1, ..FileFacts::default() };
    provider.name(&file)?;
    let good = keeps == Keeps { one_put: Some(true), parts: Some(true) };
    let mark = if good { Mark::Good } else { Mark::Unknown };
    Some(CheckLine { about: "replace".into(), mark, text: words::keeps(keeps), refused: false })
}

/// What can be checked without sending a file.
async fn known(provider: &dyn Provider, name: &str) -> Vec<CheckLine> {
    told(&provider.check().await, name)
}

/// One line each for host, clock and key.
fn told(report: &CheckReport, name: &str) -> Vec<CheckLine> {
    let mut clock = line("clock", &report.clock_ahead, name, |ahead| clock_words(*ahead));
    if let Finding::Good(ahead) = &report.clock_ahead
        && ahead.unsigned_abs() > CLOCK_MAY_DIFFER
    {
        clock.mark = Mark::Bad;
    }
    vec![
        line("host", &report.host, name, |ms| format!("Server reached in {ms} ms")),
        clock,
        key_line(&report.key, name),
    ]
}

fn key_line(finding: &Finding<()>, name: &str) -> CheckLine {
    line("key", finding, name, |()| "The key is accepted".into())
}

/// Whether the key can be read from where it is kept.
fn kept(source: &KeySource, read: Result<(), NoKey>) -> CheckLine {
    let (mark, text) = match read {
        Ok(()) => (Mark::Good, words::key_kept(source)),
        Err(why) => (Mark::Bad, words::key_not_at_hand(&why)),
    };
    CheckLine { about: "kept".into(), mark, text, refused: false }
}

fn line<T>(about: &str, finding: &Finding<T>, name: &str, good: impl Fn(&T) -> String) -> CheckLine {
    let (mark, text) = match finding {
        Finding::Good(value) => (Mark::Good, good(value)),
        Finding::Bad(failure) => (Mark::Bad, words::check_failed(failure, name)),
        Finding::CannotKnow(sentence) => (Mark::Unknown, (*sentence).to_owned()),
    };
    let refused = matches!(finding, Finding::Bad(failure) if words::is_refusal(&failure.cause));
    CheckLine { about: about.into(), mark, text, refused }
}

fn clock_words(ahead: i64) -> String {
    match ahead.unsigned_abs() {
        0..=1 => "Clock agrees within 1 s".into(),
        near @ 2..=CLOCK_MAY_DIFFER => format!("Clock agrees within {near} s"),
        far => {
            let way = if ahead > 0 { "behind" } else { "ahead" };
            format!(
                "This computer's clock is {} {way}. Set it, or links may be refused.",
                words::duration(far)
            )
        }
    }
}
