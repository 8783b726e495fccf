//! The system's keychain, and what follows when one that gave no key is open again.

use std::sync::Arc;
use std::time::Duration;

use partway_api::KeychainView;
use partway_engine::Standing;
use partway_keychain::{Kept, Keychain, KeychainError, Look, SystemKeychain};

use crate::keys::{KeySource, left};
use crate::{App, words};

/// The name under which keys stand in the keychain; accounts are the destinations' ids, which no two data folders share.
const SERVICE: &str = "Partway";

/// Who unlocks a keychain looks at the window: this is soon enough, and costs a few messages on the bus.
const LOOK: Duration = Duration::from_secs(2);

/// One that looks open and gives no key is tried ever more rarely.
const SELDOM: Duration = Duration::from_secs(120);

/// The keychain of this system, for [`AppOptions`](crate::AppOptions). Nothing of it is opened before it is needed.
#[must_use]
pub fn system_keychain() -> Arc<dyn Keychain> {
    Arc::new(SystemKeychain::new(SERVICE, SystemKeychain::TIMEOUT))
}

/// At the start it is seen whether the keychain keeps what it is given; then uploads that wait for it are set going when it is open again.
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
                // Whoever presses a button asks it.
                Look::CannotTell => break,
            }
        }
    }
}

/// A key that was not at hand in an earlier process may be there in this one.
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

/// What waited for the keychain goes on, and what had to stay in it leaves.
pub(crate) async fn opened(app: &App) {
    for id in app.0.keys.take_unread() {
        if let Err(error) = app.0.engine.key_replaced(&id, None).await {
            tracing::warn!(%error, "uploads could not be set going");
        }
    }
    left::remove(app).await;
    app.touch();
}

/// Has the keychain ask its user, and looks again.
pub(crate) async fn unlock(app: &App) -> KeychainView {
    if let Some(keychain) = &app.0.keys.keychain
        && let Err(error) = keychain.unlock().await
    {
        return told(app, Err(error)).await;
    }
    view(app).await
}

/// Seen by storing, reading and removing a test entry.
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
