//! The system keychain, and what happens when one that gave no key opens again.

use std::sync::Arc;
use std::time::Duration;

use partway_api::KeychainView;
use partway_engine::Standing;
use partway_keychain::{Kept, Keychain, KeychainError, Look, SystemKeychain};

use crate::keys::{KeySource, left};
use crate::{App, words};

/// The service name of our keychain entries; accounts are destination ids, unique across data folders.
const SERVICE: &str = "Partway";

/// Poll interval while locked: fast enough for a user who unlocks it, and only a few messages on the bus.
const LOOK: Duration = Duration::from_secs(2);

/// Longest poll interval for a keychain that looks open but gives no key.
const SELDOM: Duration = Duration::from_secs(120);

/// The keychain of this system, for [`AppOptions`](crate::AppOptions). Opens nothing before it is needed.
#[must_use]
pub fn system_keychain() -> Arc<dyn Keychain> {
    Arc::new(SystemKeychain::new(SERVICE, SystemKeychain::TIMEOUT))
}

/// Checks at startup that the keychain keeps what it stores, then resumes waiting uploads once it opens.
pub(crate) async fn serve(app: App) {
    let mut closed = app.0.closed.subscribe();
    tokio::select! {
        () = crate::app::closed(&mut closed) => {}
        () = follow(&app) => {}
    }
}

async fn follow(app: &App) {
    try_again(app).await;
    let Some(keychain) = app.0.keys.keychain.clone() else { return };
    view(app).await;
    if !left::names(app).await.is_empty() {
        app.0.keys.wanted.notify_one();
    }
    let mut pause = LOOK;
    loop {
        app.0.keys.wanted.notified().await;
        loop {
            tokio::time::sleep(pause).await;
            if !app.0.keys.waits_for_keychain() && left::names(app).await.is_empty() {
                break;
            }
            match keychain.look().await {
                Look::Open => {
                    pause = (pause * 2).min(SELDOM);
                    opened(app).await;
                    break;
                }
                Look::Shut(_) => pause = LOOK,
                // Left to the user's button.
                Look::CannotTell => break,
            }
        }
    }
}

/// Retries keys that were missing in an earlier process.
async fn try_again(app: &App) {
    let found = app.0.engine.destinations().await.unwrap_or_default();
    for one in found.iter().filter(|one| one.standing == Standing::Missing) {
        if KeySource::of(one) != KeySource::ThisSession
            && let Err(error) = app.0.engine.key_replaced(&one.id, None).await
        {
            tracing::warn!(%error, "a key could not be tried again");
        }
    }
}

/// Resumes uploads that waited for the keychain and removes entries left to delete.
pub(crate) async fn opened(app: &App) {
    for id in app.0.keys.take_unread() {
        if let Err(error) = app.0.engine.key_replaced(&id, None).await {
            tracing::warn!(%error, "uploads could not be set going");
        }
    }
    left::remove(app).await;
    app.touch();
}

/// Lets the keychain prompt the user, then checks again.
pub(crate) async fn unlock(app: &App) -> KeychainView {
    if let Some(keychain) = &app.0.keys.keychain
        && let Err(error) = keychain.unlock().await
    {
        return told(app, Err(error)).await;
    }
    view(app).await
}

/// Checks the keychain by storing, reading and removing a test entry.
pub(crate) async fn view(app: &App) -> KeychainView {
    let status = match &app.0.keys.keychain {
        None => Err(KeychainError::Absent { why: "none was handed in".into() }),
        Some(keychain) => keychain.status().await,
    };
    if status == Ok(Kept::System) {
        opened(app).await;
    }
    told(app, status).await
}

async fn told(app: &App, status: Result<Kept, KeychainError>) -> KeychainView {
    let (works, text, unlock) = match &status {
        Ok(Kept::System) => (true, "Working: a test entry was stored and read back".into(), None),
        Ok(Kept::ThisSession) => (false, "Keys are kept for this session only.".into(), None),
        Err(error) => (false, words::keychain(error), words::unlock(error)),
    };
    KeychainView { works, text, unlock: unlock.map(Into::into), left: left::names(app).await }
}
