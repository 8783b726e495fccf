//! Keychain entries of removed destinations that could not be deleted yet: their accounts are recorded, and
//! deleted as soon as possible.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::KeySource;
use crate::App;

/// Settings key for them.
const SETTING: &str = "keys_to_remove";

/// Most entries kept; the oldest are dropped.
const MOST: usize = 1000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Left {
    /// The name of the destination it belonged to.
    name: String,
    account: String,
}

async fn all(app: &App) -> Vec<Left> {
    let json = app.0.engine.setting(SETTING).await.ok().flatten();
    json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

async fn write(app: &App, left: &[Left]) {
    let json = serde_json::to_string(left).unwrap_or_default();
    if let Err(error) = app.0.engine.set_setting(SETTING, json).await {
        tracing::warn!(%error, "keys that are not needed could not be written down");
    }
}

/// Records accounts to remove later.
pub(crate) async fn remember(app: &App, name: &str, accounts: Vec<String>) {
    let _turn = app.0.keys.leaving.lock().await;
    let mut left = all(app).await;
    left.extend(accounts.into_iter().map(|account| Left { name: name.to_owned(), account }));
    let from = left.len().saturating_sub(MOST);
    write(app, &left[from..]).await;
    app.0.keys.wanted.notify_one();
}

/// The names of the destinations they belonged to, without duplicates.
pub(crate) async fn names(app: &App) -> Vec<String> {
    let mut seen = HashSet::new();
    all(app).await.into_iter().map(|one| one.name).filter(|name| seen.insert(name.clone())).collect()
}

/// Removes the entries that the keychain lets go now.
pub(crate) async fn remove(app: &App) {
    let Some(keychain) = &app.0.keys.keychain else { return };
    let _turn = app.0.keys.leaving.lock().await;
    let left = all(app).await;
    if left.is_empty() {
        return;
    }
    // A destination whose key is in the keychain again needs its entry.
    let Ok(found) = app.0.engine.destinations().await else { return };
    let needed: HashSet<String> = found.iter().flat_map(|one| KeySource::of(one).accounts(&one.id)).collect();
    let mut stay = Vec::new();
    for one in left {
        if !needed.contains(&one.account) && keychain.remove(&one.account).await.is_err() {
            stay.push(one);
        }
    }
    write(app, &stay).await;
    app.touch();
}
