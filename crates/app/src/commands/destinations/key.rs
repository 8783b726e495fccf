//! A destination's key: validated, stored, replaced, lent.

use partway_api::{ApiError, Code, Done, KeyDraft, LentKey};
use partway_core::{ApiKey, Credentials};
use partway_engine::{DestinationId, Standing};
use partway_keychain::{Keychain, KeychainError};
use partway_providers::{About, Kind};
use serde_json::Value;

use super::{chosen, draft, find};
use crate::App;
use crate::app::{journal, refusal};
use crate::keys::{KeySource, NoKey, accounts, clients, left};
use crate::view;
use crate::words;

/// Longer than any vendor's key, in bytes, but short enough to reject a pasted file.
const LONGEST_KEY: usize = 16 << 10;

/// Longer than any variable or profile name, in bytes.
const LONGEST_NAME: usize = 200;

/// A valid key draft: where to keep the key, and the key itself if it was typed.
pub(super) struct Looked {
    pub(super) source: KeySource,
    pub(super) typed: Option<Credentials>,
}

/// Validates a key for a kind without contacting the vendor.
pub(super) fn look(kind: &Kind, draft: &KeyDraft) -> Result<Looked, ApiError> {
    match draft {
        KeyDraft::Keychain { key, secret, session_token } => {
            let typed = typed(kind, key, secret.as_deref(), session_token.as_deref())?;
            Ok(Looked { source: KeySource::keychain(&typed), typed: Some(typed) })
        }
        KeyDraft::ThisSession { key, secret, session_token } => {
            let typed = typed(kind, key, secret.as_deref(), session_token.as_deref())?;
            Ok(Looked { source: KeySource::ThisSession, typed: Some(typed) })
        }
        KeyDraft::Environment { variable, secret_variable, session_token_variable } => {
            let name = |field: &str, name: &String| variable_name(field, name).map(|()| name.clone());
            let further = |field: &str, value: &Option<String>| {
                value.as_ref().map(|variable| name(field, variable)).transpose()
            };
            halves(kind, secret_variable.is_some(), session_token_variable.is_some())?;
            let source = KeySource::Environment {
                variable: name("key", variable)?,
                secret_variable: further("secret", secret_variable)?,
                session_token_variable: further("session_token", session_token_variable)?,
            };
            Ok(Looked { source, typed: None })
        }
        KeyDraft::Chain { profile } => {
            if kind.about().secret_label.is_none() {
                let title = &kind.about().title;
                return Err(ApiError::field(
                    "key",
                    format!(
                        "{title} has a key of its own: give it, or the name of a variable that holds it."
                    ),
                ));
            }
            let profile = profile.as_deref().map(str::trim).filter(|profile| !profile.is_empty());
            if profile.is_some_and(|name| name.len() > LONGEST_NAME || name.chars().any(char::is_control)) {
                return Err(ApiError::field("profile", "This cannot be the name of a profile."));
            }
            Ok(Looked { source: KeySource::Chain { profile: profile.map(Into::into) }, typed: None })
        }
    }
}

/// Checks that the key has the parts its kind requires.
fn halves(kind: &Kind, secret: bool, session_token: bool) -> Result<(), ApiError> {
    let About { title, secret_label, .. } = kind.about();
    match secret_label {
        Some(label) if !secret => {
            Err(ApiError::field("secret", format!("The key has a second part: the {}.", mid_sentence(label))))
        }
        None if secret => Err(ApiError::field("secret", format!("The key of {title} has one part only."))),
        None if session_token => {
            Err(ApiError::field("session_token", format!("{title} knows no session token.")))
        }
        _ => Ok(()),
    }
}

/// Parses a typed key; empty parts count as absent.
fn typed(
    kind: &Kind,
    key: &str,
    secret: Option<&str>,
    session_token: Option<&str>,
) -> Result<Credentials, ApiError> {
    let present = |part: Option<&str>| part.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned);
    let (secret, session_token) = (present(secret), present(session_token));
    let key = part("key", &kind.about().key_label, key)?;
    halves(kind, secret.is_some(), session_token.is_some())?;
    let label = kind.about().secret_label.as_deref().unwrap_or_default();
    Ok(Credentials {
        key,
        secret: secret.map(|secret| part("secret", label, &secret)).transpose()?,
        session_token: session_token
            .map(|token| part("session_token", "session token", &token))
            .transpose()?,
    })
}

fn part(field: &str, label: &str, text: &str) -> Result<ApiKey, ApiError> {
    let text = text.trim();
    let label = mid_sentence(label);
    if text.is_empty() {
        return Err(ApiError::field(field, format!("The {label} is missing.")));
    }
    // The provider checks the rest: a key is one word, but a password may have several.
    if text.len() > LONGEST_KEY || text.chars().any(char::is_control) {
        return Err(ApiError::field(
            field,
            format!("This is no {label}: it is too long, or has more than one line. Copy it again."),
        ));
    }
    Ok(ApiKey::new(text))
}

/// Lowercases "Access key id" for use within a sentence; "API key" stays as it is.
fn mid_sentence(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(std::iter::once(second)).chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

/// Checks for a portable POSIX name (Base Definitions, 8.1), in either case.
fn variable_name(field: &str, name: &str) -> Result<(), ApiError> {
    let good = (1..=LONGEST_NAME).contains(&name.len())
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if good {
        return Ok(());
    }
    // Not repeated in the message: it may be the key itself.
    Err(ApiError::field(
        field,
        "This cannot be the name of an environment variable: it has letters, digits and _ only.",
    ))
}

/// Stores a key where the draft says and verifies it. A key that is plainly of another kind is refused and
/// not stored.
pub(super) async fn keep(
    app: &App,
    id: &DestinationId,
    (kind, settings): (&Kind, &Value),
    draft: &KeyDraft,
) -> Result<KeySource, ApiError> {
    let Looked { source, typed } = look(kind, draft)?;
    if let Some(key) = &typed {
        kind.open(settings, key.clone(), clients(&app.0.clients, settings).api).map_err(draft::of_field)?;
    }
    match (&source, typed) {
        (KeySource::Keychain { .. }, Some(key)) => into_keychain(app, id, &source, &key).await?,
        (KeySource::ThisSession, Some(key)) => app.0.keys.remember(id, key),
        _ => {}
    }
    Ok(source)
}

async fn into_keychain(
    app: &App,
    id: &DestinationId,
    source: &KeySource,
    key: &Credentials,
) -> Result<(), ApiError> {
    let no = |code: Code, why: String| {
        ApiError::new(code, why)
            .hint("Keep the key for this session only, or name an environment variable that holds it.")
    };
    let keychain = app.0.keys.keychain.as_ref();
    let keychain = keychain.ok_or_else(|| no(Code::Keychain, words::NO_KEYCHAIN.into()))?;
    let stored = store(&**keychain, id, key).await;
    let back = match stored {
        Ok(()) => app.0.keys.at(source, id).await,
        Err(error) => Err(NoKey::Unread(error)),
    };
    match back {
        Ok(back) if back == *key => Ok(()),
        Err(NoKey::Unread(error)) => {
            let code = if error == KeychainError::Locked { Code::KeychainLocked } else { Code::Keychain };
            Err(no(code, words::keychain(&error)))
        }
        Ok(_) | Err(_) => {
            Err(no(Code::Keychain, "The keychain did not give the key back that was just stored.".into()))
        }
    }
}

async fn store(keychain: &dyn Keychain, id: &DestinationId, key: &Credentials) -> Result<(), KeychainError> {
    let parts = [Some(&key.key), key.secret.as_ref(), key.session_token.as_ref()];
    // Check all parts before storing the first: half a key is useless.
    let longest = parts.iter().flatten().map(|part| part.expose().len()).max();
    if let Some(most) = keychain.longest().filter(|most| longest > Some(*most)) {
        return Err(KeychainError::TooLong { most });
    }
    for (account, part) in accounts(id).iter().zip(parts) {
        if let Some(part) = part {
            keychain.set(account, part).await?;
        }
    }
    Ok(())
}

pub(in crate::commands) async fn replace_key(app: &App, id: &str, key: KeyDraft) -> Result<Done, ApiError> {
    let mut found = find(app, id).await?;
    let old = KeySource::of(&found);
    if old == KeySource::Practice {
        return Err(ApiError::new(
            Code::Refused,
            format!("{} has a key of its own and needs no other.", found.name),
        ));
    }
    let settings = serde_json::from_str(&found.settings).unwrap_or_default();
    let new = keep(app, &found.id, (draft::kind(&app.0.kinds, &found.kind)?, &settings), &key).await?;
    // A lent key takes precedence over a destination's own, so drop it when the key is replaced.
    app.0.keys.forget_lent(&found);
    app.0.engine.key_replaced(&found.id, Some(new.json())).await.map_err(refusal)?;
    if let Err(not) = app.0.keys.forget_at(&old, Some(&new), &found.id).await {
        left::remember(app, &found.name, not.accounts).await;
    }
    found.key_source = new.json();
    found.standing = Standing::Unknown;
    let chosen = chosen(app).await?.0.is_some_and(|one| one.id == found.id);
    Ok(Done::Destination {
        destination: view::destination(&app.0.keys, &found, chosen),
        amended: None,
        not_taken: None,
    })
}

pub(in crate::commands) async fn lend(app: &App, name: Option<String>, key: LentKey) -> Result<(), ApiError> {
    let lent_to = match &name {
        Some(name) => vec![find(app, name).await?],
        None => app.0.engine.destinations().await.map_err(|e| journal(&e))?,
    };
    // Kept under the name as the journal spells it, whatever the case it was typed in.
    app.0.keys.lend(name.and(lent_to.first().map(|one| one.name.clone())), key);
    for one in lent_to {
        if matches!(one.standing, Standing::Missing | Standing::Refused) {
            app.0.engine.key_replaced(&one.id, None).await.map_err(refusal)?;
        }
    }
    Ok(())
}
