//! Commands about destinations: making, testing, choosing, removing them, and their keys.

use partway_api::{
    ApiError, CheckLine, Code, DestinationDraft, DestinationView, Done, FieldsDraft, KeyDraft, KindView, Mark,
};
use partway_core::ApiKey;
use partway_engine::{Destination, DestinationId, Standing};
use partway_provider::{Fields, Finding};
use partway_providers::Kind;
use serde_json::{Value, json};

use super::add::take_dropped;
use super::settings;
use crate::App;
use crate::app::{journal, refusal};
use crate::keys::KeySource;
use crate::view;
use crate::words;

/// Names are shown in rows: no longer than this.
const LONGEST_NAME: usize = 80;

/// Longer than any vendor's key; a pasted file is not one.
const LONGEST_KEY: usize = 16 << 10;

/// What a draft can hold so far; a kind that asks for more is not offered before its form is there.
const DRAFTED: [&str; 2] = ["url", "auth"];

pub(super) fn kinds() -> Done {
    let can_be_asked = |kind: &&Kind| kind.settings.iter().all(|setting| DRAFTED.contains(&setting.name));
    let kinds = partway_providers::kinds().iter().filter(can_be_asked).map(|kind| KindView {
        kind: kind.name.into(),
        name: kind.title.into(),
        about: kind.about.into(),
        key_help: kind.key_hint.into(),
        default_url: kind.default_url().map(Into::into),
    });
    Done::Kinds { kinds: kinds.collect() }
}

pub(super) async fn all(app: &App) -> Result<Vec<DestinationView>, ApiError> {
    let (chosen, folder) = chosen(app).await?;
    let found = app.0.engine.destinations().await.map_err(|e| journal(&e))?;
    let view = |one: &Destination| match &chosen {
        Some(chosen) if chosen.id == one.id => chosen_view(one, folder.clone()),
        _ => view::destination(one, false),
    };
    Ok(found.iter().map(view).collect())
}

/// The view of the destination that new files go to, with the folder that they go to.
fn chosen_view(found: &Destination, folder: Option<String>) -> DestinationView {
    let view = view::destination(found, true);
    DestinationView { folder_now: folder.or(view.folder_now), ..view }
}

/// Where new files go, and in which folder: what the user chose, else the only real destination, else the first. *Practice* is never
/// chosen by itself once there is a real one.
pub(super) async fn chosen(app: &App) -> Result<(Option<Destination>, Option<String>), ApiError> {
    let all = app.0.engine.destinations().await.map_err(|e| journal(&e))?;
    let setting = app.0.engine.setting("chosen").await.map_err(|e| journal(&e))?;
    let setting: Value = setting.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    let wanted = setting["id"].as_str();
    if let Some(found) = all.iter().find(|one| Some(one.id.0.as_str()) == wanted) {
        return Ok((Some(found.clone()), setting["folder"].as_str().map(Into::into)));
    }
    let real = all.iter().find(|one| KeySource::of(one) != KeySource::Practice);
    Ok((real.or(all.first()).cloned(), None))
}

pub(super) async fn choose(app: &App, id: &str, folder: Option<String>) -> Result<Done, ApiError> {
    let found = find(app, id).await?;
    let folder = folder.map(|folder| folder.trim().to_owned()).filter(|folder| !folder.is_empty());
    let json = json!({ "id": found.id.0, "folder": &folder }).to_string();
    app.0.engine.set_setting("chosen", json).await.map_err(|e| journal(&e))?;
    app.touch();
    Ok(Done::Destination { destination: chosen_view(&found, folder) })
}

/// A destination by its id or its name, whatever the case of its letters.
pub(super) async fn find(app: &App, text: &str) -> Result<Destination, ApiError> {
    let all = app.0.engine.destinations().await.map_err(|e| journal(&e))?;
    let wanted = text.to_lowercase();
    all.iter().find(|one| one.id.0 == text || one.name.to_lowercase() == wanted).cloned().ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|one| one.name.as_str()).collect();
        let hint = if names.is_empty() {
            "There is none yet.".into()
        } else {
            format!("There are: {}.", names.join(", "))
        };
        ApiError::new(Code::Refused, format!("There is no destination named {text}.")).hint(hint)
    })
}

/// The provider's settings of a draft, looked at.
fn settings_of(draft: &DestinationDraft) -> Result<Value, ApiError> {
    let name = draft.name.trim();
    if name.is_empty() {
        return Err(ApiError::field("name", "Give it a name; rows show it."));
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(ApiError::field(
            "name",
            format!("A name has at most {LONGEST_NAME} letters, on one line."),
        ));
    }
    if draft.fields.ttl_seconds == Some(0) {
        return Err(ApiError::field(
            "ttl_seconds",
            "A session lives at least a second. Leave it empty for the vendor's own.",
        ));
    }
    let mut settings = json!({});
    for (field, value) in [("url", &draft.url), ("auth", &draft.auth)] {
        if let Some(value) = value.as_deref().map(str::trim).filter(|value| !value.is_empty()) {
            settings[field] = value.into();
        }
    }
    partway_providers::validate(&draft.kind, &settings)
        .map_err(|error| ApiError::field(error.field, error.sentence))?;
    Ok(settings)
}

/// A typed key, looked at without being told to anyone.
fn typed(key: &str) -> Result<ApiKey, ApiError> {
    let key = key.trim();
    if key.is_empty() {
        return Err(ApiError::field("key", "The key is missing."));
    }
    // Anything else cannot stand in a header (RFC 9110, 5.5), and no vendor's key has it.
    if key.len() > LONGEST_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ApiError::field(
            "key",
            "This is not a key: it holds spaces, line breaks or letters that no key has. Copy it again.",
        ));
    }
    Ok(ApiKey::new(key))
}

async fn keep_key(app: &App, id: &DestinationId, draft: KeyDraft) -> Result<KeySource, ApiError> {
    match draft {
        KeyDraft::Keychain { key } => {
            let key = typed(&key)?;
            let no = |why: String| {
                ApiError::new(Code::Keychain, why).hint(
                    "Keep the key for this session only, or name an environment variable that holds it.",
                )
            };
            let keychain = app
                .0
                .keys
                .keychain
                .as_ref()
                .ok_or_else(|| no("This computer has no keychain that Partway can use.".into()))?;
            keychain.set(&id.0, &key).await.map_err(|error| no(settings::keychain_words(&error)))?;
            let back = keychain.get(&id.0).await.map_err(|error| no(settings::keychain_words(&error)))?;
            if back.as_ref() != Some(&key) {
                return Err(no("The keychain did not give the key back that was just stored.".into()));
            }
            Ok(KeySource::Keychain)
        }
        KeyDraft::ThisSession { key } => {
            app.0.keys.remember(id, typed(&key)?);
            Ok(KeySource::ThisSession)
        }
        KeyDraft::Environment { variable } => {
            let good = !variable.is_empty()
                && !variable.starts_with(|c: char| c.is_ascii_digit())
                && variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !good {
                return Err(ApiError::field(
                    "key",
                    format!("{variable} cannot be the name of an environment variable."),
                ));
            }
            Ok(KeySource::Environment { variable })
        }
    }
}

pub(super) async fn add(app: &App, draft: &DestinationDraft, key: KeyDraft) -> Result<Done, ApiError> {
    let settings = settings_of(draft)?;
    let name = draft.name.trim().to_owned();
    if app
        .0
        .engine
        .destinations()
        .await
        .map_err(|e| journal(&e))?
        .iter()
        .any(|one| one.name.to_lowercase() == name.to_lowercase())
    {
        return Err(refusal(partway_engine::Refusal::NameTaken(name)));
    }
    let id = DestinationId::new();
    let source = keep_key(app, &id, key).await?;
    let new = Destination {
        id: id.clone(),
        name,
        kind: draft.kind.clone(),
        settings: settings.to_string(),
        fields: from_draft(&draft.fields),
        key_source: source.json(),
        standing: Standing::Unknown,
        removed: false,
    };
    save(app, new).await
}

async fn save(app: &App, new: Destination) -> Result<Done, ApiError> {
    if let Err(error) = app.0.engine.add_destination(&new).await {
        if let Err(left) = app.0.keys.forget(&new).await {
            tracing::warn!(%left, "a key that is not needed could not be taken out of the keychain");
        }
        return Err(refusal(error));
    }
    if KeySource::of(&new) != KeySource::Practice {
        leave_practice(app).await?;
    }
    take_dropped(app, &new.id).await?;
    let chosen = chosen(app).await?.0.is_some_and(|one| one.id == new.id);
    Ok(Done::Destination { destination: view::destination(&new, chosen) })
}

/// With the first real destination *Practice* is no longer where new files go by themselves, also where it was chosen before.
async fn leave_practice(app: &App) -> Result<(), ApiError> {
    let was_practice = chosen(app).await?.0.is_some_and(|found| KeySource::of(&found) == KeySource::Practice);
    if was_practice {
        app.0.engine.set_setting("chosen", Value::Null.to_string()).await.map_err(|e| journal(&e))?;
    }
    Ok(())
}

pub(super) async fn replace_key(app: &App, id: &str, key: KeyDraft) -> Result<Done, ApiError> {
    let mut found = find(app, id).await?;
    if KeySource::of(&found) == KeySource::Practice {
        return Err(ApiError::new(
            Code::Refused,
            format!("{} has a key of its own and needs no other.", found.name),
        ));
    }
    let (old, new) = (KeySource::of(&found), keep_key(app, &found.id, key).await?);
    // A lent key goes before a destination's own, so it must not outlive the wish for another one.
    app.0.keys.forget_lent(&found.name);
    app.0.engine.key_replaced(&found.id, Some(new.json())).await.map_err(refusal)?;
    if old != new
        && let Err(left) = app.0.keys.forget_at(&old, &found.id).await
    {
        tracing::warn!(%left, "a key that is not needed could not be taken out of the keychain");
    }
    found.key_source = new.json();
    found.standing = Standing::Unknown;
    let chosen = chosen(app).await?.0.is_some_and(|one| one.id == found.id);
    Ok(Done::Destination { destination: view::destination(&found, chosen) })
}

pub(super) async fn remove(app: &App, id: &str) -> Result<Done, ApiError> {
    let found = find(app, id).await?;
    app.0.engine.remove_destination(&found.id).await.map_err(refusal)?;
    app.0.keys.forget(&found).await.map_err(|error| {
        ApiError::new(
            Code::Keychain,
            format!("{} was removed, but its key is still in the keychain.", found.name),
        )
        .hint(settings::keychain_words(&error))
    })?;
    Ok(Done::Jobs { touched: 1 })
}

pub(super) async fn lend(app: &App, name: Option<String>, key: ApiKey) -> Result<(), ApiError> {
    let lent_to = match &name {
        Some(name) => vec![find(app, name).await?],
        None => app.0.engine.destinations().await.map_err(|e| journal(&e))?,
    };
    // Kept under the name as it is written in the journal, however it was typed.
    app.0.keys.lend(name.and(lent_to.first().map(|one| one.name.clone())), key);
    for one in lent_to {
        if matches!(one.standing, Standing::Missing | Standing::Refused) {
            app.0.engine.key_replaced(&one.id, None).await.map_err(refusal)?;
        }
    }
    Ok(())
}

pub(super) async fn practice(app: &App) -> Result<Done, ApiError> {
    let all = app.0.engine.destinations().await.map_err(|e| journal(&e))?;
    if let Some(found) = all.iter().find(|one| KeySource::of(one) == KeySource::Practice) {
        return choose(app, &found.id.0.clone(), None).await;
    }
    let (url, _) = app.0.practice.ensure().await.map_err(|why| {
        ApiError::new(Code::Internal, format!("Practice did not start: {why}."))
            .hint("Reinstall Partway, or add a real destination.")
    })?;
    let new = Destination {
        id: DestinationId::new(),
        name: "Practice".into(),
        kind: "autorender".into(),
        settings: json!({ "url": url }).to_string(),
        fields: Fields::default(),
        key_source: KeySource::Practice.json(),
        standing: Standing::Good,
        removed: false,
    };
    save(app, new).await
}

pub(super) async fn empty_practice(app: &App) -> Result<Done, ApiError> {
    app.0.practice.empty().await.map_err(|why| {
        ApiError::new(Code::Refused, format!("Practice could not be emptied: {why}."))
            .hint("Close what has its files open, then try again.")
    })?;
    Ok(Done::Jobs { touched: 0 })
}

/// A line each: what was seen, and never a tick for what cannot be known.
pub(super) async fn check(
    app: &App,
    draft: &DestinationDraft,
    key: Option<KeyDraft>,
) -> Result<Done, ApiError> {
    let settings = settings_of(draft)?;
    let (key, keep) = match key {
        Some(KeyDraft::Keychain { key }) => (typed(&key)?, true),
        Some(KeyDraft::ThisSession { key }) => (typed(&key)?, false),
        Some(KeyDraft::Environment { .. }) | None => {
            return Err(ApiError::field("key", "The key is missing."));
        }
    };
    let provider = partway_providers::open(&draft.kind, &settings, key.into(), app.0.http.clone())
        .map_err(|error| ApiError::field(error.field, error.sentence))?;
    let report = provider.check().await;
    let name = draft.name.trim();
    let mut lines = vec![
        line("host", &report.host, name, |ms| format!("Server reached in {ms} ms")),
        line("clock", &report.clock_ahead, name, |ahead| clock_words(*ahead)),
        line("key", &report.key, name, |()| "The key is accepted".into()),
    ];
    if let Finding::Good(ahead) = &report.clock_ahead
        && ahead.unsigned_abs() > 300
    {
        // S3 and its kin refuse what is signed more than 15 minutes away; 5 leave room for the way there.
        lines[1].mark = Mark::Bad;
    }
    if keep {
        let keychain = settings::keychain(app).await;
        let mark = if keychain.works { Mark::Good } else { Mark::Bad };
        lines.push(CheckLine { about: "keychain".into(), mark, text: keychain.text });
    }
    Ok(Done::Checked { lines })
}

fn line<T>(about: &str, finding: &Finding<T>, name: &str, good: impl Fn(&T) -> String) -> CheckLine {
    let (mark, text) = match finding {
        Finding::Good(value) => (Mark::Good, good(value)),
        Finding::Bad(failure) => (Mark::Bad, words::check_failed(failure, name)),
        Finding::CannotKnow(sentence) => (Mark::Unknown, (*sentence).to_owned()),
    };
    CheckLine { about: about.into(), mark, text }
}

fn clock_words(ahead: i64) -> String {
    match ahead.unsigned_abs() {
        0..=1 => "Clock agrees within 1 s".into(),
        2..=300 => format!("Clock agrees within {} s", ahead.unsigned_abs()),
        far => {
            let way = if ahead > 0 { "behind" } else { "ahead" };
            format!(
                "This computer's clock is {} {way}. Set it, or links may be refused.",
                words::duration(far)
            )
        }
    }
}

fn from_draft(draft: &FieldsDraft) -> Fields {
    let text = |value: &Option<String>| {
        value.as_deref().map(str::trim).filter(|value| !value.is_empty()).map(Into::into)
    };
    Fields {
        folder: text(&draft.folder)
            .map(|folder: String| folder.trim_matches('/').to_owned())
            .filter(|folder| !folder.is_empty()),
        tags: draft.tags.iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect(),
        metadata: draft.metadata.clone(),
        custom_id: text(&draft.custom_id),
        random_prefix: draft.random_prefix,
        ttl_seconds: draft.ttl_seconds,
        ..Fields::default()
    }
}
