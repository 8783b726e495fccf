//! Commands about destinations: listing, adding, choosing and removing them.

mod check;
mod draft;
mod key;
mod practice;

use partway_api::{ApiError, Code, DestinationDraft, DestinationView, Done, KeyDraft};
use partway_engine::{Destination, DestinationId, Keeps, Standing};
use serde_json::{Value, json};

use super::add::take_dropped;
use super::fields::folder_of;
use crate::App;
use crate::app::{journal, refusal};
use crate::keys::{KeySource, NotForgotten, left};
use crate::view;
use crate::words;

pub(super) use check::{check, check_saved};
pub(super) use draft::{kind, of_field};
pub(super) use key::{lend, replace_key};
pub(super) use practice::{empty_practice, practice};

pub(super) async fn all(app: &App) -> Result<Vec<DestinationView>, ApiError> {
    let (chosen, folder) = chosen(app).await?;
    let found = app.0.engine.destinations().await.map_err(|e| journal(&e))?;
    let view = |one: &Destination| match &chosen {
        Some(chosen) if chosen.id == one.id => chosen_view(app, one, folder.clone()),
        _ => view::destination(&app.0.keys, one, false),
    };
    Ok(found.iter().map(view).collect())
}

/// The view of the chosen destination, with the folder that new files go to.
fn chosen_view(app: &App, found: &Destination, folder: Option<String>) -> DestinationView {
    let view = view::destination(&app.0.keys, found, true);
    DestinationView { folder_now: folder.or(view.folder_now), ..view }
}

/// Where new files go, and in which folder: the user's choice, else the first real destination, else the
/// first. *Practice* is never the default once there is a real one.
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
    let folder = folder_of(&app.0.kinds, &found, folder)?.filter(|folder| !folder.is_empty());
    let json = json!({ "id": found.id.0, "folder": &folder }).to_string();
    app.0.engine.set_setting("chosen", json).await.map_err(|e| journal(&e))?;
    app.touch();
    Ok(Done::Destination { destination: chosen_view(app, &found, folder), amended: None, not_taken: None })
}

/// Finds a destination by id or case-insensitive name.
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

pub(super) async fn add(app: &App, draft: &DestinationDraft, key: KeyDraft) -> Result<Done, ApiError> {
    let looked = draft::look(&app.0.kinds, draft)?;
    let name = draft.name.trim().to_owned();
    let all = app.0.engine.destinations().await.map_err(|e| journal(&e))?;
    if all.iter().any(|one| one.name.to_lowercase() == name.to_lowercase()) {
        return Err(refusal(partway_engine::Refusal::NameTaken(name)));
    }
    let id = DestinationId::new();
    let source = key::keep(app, &id, (&looked.kind, &looked.settings), &key).await?;
    let keeps = match &*app.0.seen.lock().await {
        Some((kind, settings, seen)) if *kind == draft.kind && *settings == looked.settings => *seen,
        _ => Keeps::default(),
    };
    let new = Destination {
        id,
        name,
        kind: draft.kind.clone(),
        settings: looked.settings.to_string(),
        fields: looked.fields,
        key_source: source.json(),
        standing: Standing::Unknown,
        keeps,
        removed: false,
    };
    let amended = (!looked.said.is_empty()).then(|| looked.said.join(" "));
    save(app, new, amended).await
}

async fn save(app: &App, new: Destination, amended: Option<String>) -> Result<Done, ApiError> {
    if let Err(error) = app.0.engine.add_destination(&new).await {
        if let Err(not) = app.0.keys.forget(&new).await {
            left::remember(app, &new.name, not.accounts).await;
        }
        return Err(refusal(error));
    }
    if KeySource::of(&new) != KeySource::Practice {
        leave_practice(app).await?;
    }
    let not_taken = take_dropped(app, &new.id).await?;
    let chosen = chosen(app).await?.0.is_some_and(|one| one.id == new.id);
    Ok(Done::Destination { destination: view::destination(&app.0.keys, &new, chosen), amended, not_taken })
}

/// After the first real destination is added, *Practice* stops being where new files go, even if chosen.
async fn leave_practice(app: &App) -> Result<(), ApiError> {
    let was_practice = chosen(app).await?.0.is_some_and(|found| KeySource::of(&found) == KeySource::Practice);
    if was_practice {
        app.0.engine.set_setting("chosen", Value::Null.to_string()).await.map_err(|e| journal(&e))?;
    }
    Ok(())
}

pub(super) async fn remove(app: &App, id: &str) -> Result<Done, ApiError> {
    let found = find(app, id).await?;
    app.0.engine.remove_destination(&found.id).await.map_err(refusal)?;
    let left = match app.0.keys.forget(&found).await {
        Ok(()) => None,
        Err(NotForgotten { accounts, why }) => {
            left::remember(app, &found.name, accounts).await;
            Some(words::key_left(&found.name, &why))
        }
    };
    Ok(Done::Removed { left })
}
