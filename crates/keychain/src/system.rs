//! The system's keychain: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use keyring_core::{CredentialStore, Entry, Error};
use partway_core::ApiKey;

use crate::place;
use crate::question::Question;
use crate::store::{self, connect, entry, told};
use crate::worker::{Connection, Worker};
use crate::{Kept, Keychain, KeychainError, Look};

/// Stored briefly to test whether keys can be stored.
const PROBE: &str = "partway keychain probe";

/// Each probe differs: a keychain that returns an old one has not stored the new one.
static PROBES: AtomicU32 = AtomicU32::new(0);

/// Keys in the system's keychain, under one service name.
pub struct SystemKeychain {
    service: Arc<str>,
    timeout: Duration,
    worker: Worker,
    question: Question,
    /// It was seen to keep what is stored.
    proved: AtomicBool,
}

/// Whether the user may be prompted to unlock it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    /// Not needed: it is only inspected.
    Never,
    /// An upload needs it: prompt once until it was seen unlocked.
    Once,
    /// The user asked for it.
    Always,
}

impl SystemKeychain {
    /// Timeout of a call. A locked keyring prompts the user, and typing a password takes a moment; a window
    /// must not wait longer than this for an answer.
    pub const TIMEOUT: Duration = Duration::from_secs(10);

    /// How many times the timeout to wait for a user who asked to unlock it and has a password to type.
    const PATIENCE: u32 = 6;

    /// The keychain under this service name, which separates data folders, so that two of them never touch.
    /// Opens nothing yet.
    #[must_use]
    pub fn new(service: impl Into<Arc<str>>, timeout: Duration) -> Self {
        Self {
            service: service.into(),
            timeout,
            worker: Worker::new(),
            question: Question::default(),
            proved: AtomicBool::new(false),
        }
    }

    /// Checks that the keychain is usable, or prompts the user.
    async fn ready(&self, ask: Ask) -> Result<(), KeychainError> {
        match self.look().await {
            Look::Open | Look::CannotTell => Ok(()),
            Look::Shut(KeychainError::Locked) if ask == Ask::Once => {
                if self.question.was_asked() {
                    return Err(KeychainError::Locked);
                }
                self.question.ask(self.timeout).await
            }
            Look::Shut(KeychainError::Locked | KeychainError::Empty) if ask == Ask::Always => {
                self.question.was_asked();
                self.question.ask(self.timeout).await
            }
            Look::Shut(error) => Err(error),
        }
    }

    /// Runs `act` on an account's entry, on the keychain's thread.
    async fn with_entry<T: Send + 'static>(
        &self,
        account: &str,
        act: impl Fn(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let (service, account) = (Arc::clone(&self.service), account.to_owned());
        self.worker
            .run(self.timeout, move |connection| {
                let earlier = connection.is_some();
                let outcome = once(connection, &service, &account, &act);
                match outcome {
                    // The service behind an earlier connection may have restarted since.
                    Err(KeychainError::Refused { .. }) if earlier => {
                        *connection = None;
                        once(connection, &service, &account, &act)
                    }
                    outcome => outcome,
                }
            })
            .await
    }
}

fn once<T>(
    connection: &mut Connection,
    service: &str,
    account: &str,
    act: impl Fn(&Entry) -> Result<T, Error>,
) -> Result<T, KeychainError> {
    let store = match connection {
        Some(store) => store,
        None => connection.insert(connect()?),
    };
    entry(&**store, service, account).and_then(|entry| act(&entry)).map_err(|error| told(&error))
}

/// Stores a probe over one connection and reads it over another: what a service remembers only per connection
/// is not stored.
///
/// This cannot show that it is on disk: that shows when a later process finds its key.
fn round_trip(service: &str) -> Result<(), KeychainError> {
    // No other process uses this account: two that test at the same moment would take the entry from each
    // other.
    let account = format!("{PROBE} {}", std::process::id());
    let probe = format!("{PROBE} {}", PROBES.fetch_add(1, Ordering::SeqCst));
    let at = |store: &CredentialStore| entry(store, service, &account).map_err(|error| told(&error));
    let first = at(&*connect()?)?;
    first.set_password(&probe).map_err(|error| told(&error))?;
    drop(first);
    let second = at(&*connect()?)?;
    let read = second.get_password();
    let removed = second.delete_credential();
    match read {
        Err(Error::NoEntry) => Err(KeychainError::Forgets),
        Err(error) => Err(told(&error)),
        Ok(read) if read != probe => {
            Err(KeychainError::Refused { why: "it gave back something else than it was given".to_owned() })
        }
        Ok(_) => removed.map_err(|error| told(&error)),
    }
}

impl fmt::Debug for SystemKeychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemKeychain").field("service", &self.service).finish_non_exhaustive()
    }
}

#[async_trait]
impl Keychain for SystemKeychain {
    async fn get(&self, account: &str) -> Result<Option<ApiKey>, KeychainError> {
        self.ready(Ask::Once).await?;
        self.with_entry(account, |entry| match store::read(entry) {
            Ok(key) => Ok(Some(ApiKey::new(key))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    async fn set(&self, account: &str, key: &ApiKey) -> Result<(), KeychainError> {
        if let Some(most) = self.longest().filter(|most| key.expose().len() > *most) {
            return Err(KeychainError::TooLong { most });
        }
        self.ready(Ask::Always).await?;
        if !self.proved.load(Ordering::SeqCst) {
            self.status().await?;
        }
        let key = key.clone();
        self.with_entry(account, move |entry| store::write(entry, key.expose())).await
    }

    fn longest(&self) -> Option<usize> {
        store::LONGEST
    }

    async fn remove(&self, account: &str) -> Result<(), KeychainError> {
        self.ready(Ask::Never).await?;
        self.with_entry(account, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            outcome => outcome,
        })
        .await
    }

    async fn status(&self) -> Result<Kept, KeychainError> {
        self.ready(Ask::Never).await?;
        let service = Arc::clone(&self.service);
        let outcome = self.worker.run(self.timeout, move |_| round_trip(&service)).await;
        self.proved.store(outcome.is_ok(), Ordering::SeqCst);
        outcome.map(|()| Kept::System)
    }

    async fn unlock(&self) -> Result<(), KeychainError> {
        match self.look().await {
            Look::Shut(KeychainError::Locked | KeychainError::Empty) => {
                self.question.was_asked();
                self.question.ask(self.timeout * Self::PATIENCE).await
            }
            Look::Shut(error) => Err(error),
            Look::Open | Look::CannotTell => Ok(()),
        }
    }

    async fn look(&self) -> Look {
        let look = self.worker.run(self.timeout, |_| Ok(place::look())).await.unwrap_or_else(Look::Shut);
        if look == Look::Open {
            self.question.forget();
        }
        look
    }
}
