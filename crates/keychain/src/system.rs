//! The system's keychain: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use keyring::v1::{Entry, Error};
use partway_core::ApiKey;

use crate::worker::Worker;
use crate::{Kept, Keychain, KeychainError};

/// What is kept for a moment, to see whether keys can be.
const PROBE: &str = "partway keychain probe";

/// An account that no destination has, and no other process: two that looked at the same moment would take the entry from each other.
fn probe_account() -> String {
    format!("{PROBE} {}", std::process::id())
}

/// Keys in the system's keychain, under one service name.
pub struct SystemKeychain {
    service: String,
    worker: Worker,
}

impl SystemKeychain {
    /// How long a call may take. A locked keyring asks the user, and somebody who types a password needs a moment;
    /// longer than this a window must not wait for an answer.
    pub const TIMEOUT: Duration = Duration::from_secs(10);

    /// Opens the keychain and sees that it keeps what it is given.
    ///
    /// `service` tells data folders apart, so that two of them never touch.
    ///
    /// # Errors
    /// [`KeychainError`] where there is none, where it is locked, refuses, or takes longer than `timeout`.
    pub async fn open(service: impl Into<String>, timeout: Duration) -> Result<Self, KeychainError> {
        let keychain = Self { service: service.into(), worker: Worker::start(timeout)? };
        keychain.status().await?;
        Ok(keychain)
    }

    /// Does something with an account's entry, on the keychain's thread.
    async fn with_entry<T: Send + 'static>(
        &self,
        account: &str,
        act: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let (service, account) = (self.service.clone(), account.to_owned());
        self.worker
            .run(move || {
                let entry = Entry::new(&service, &account).map_err(|error| told(&error))?;
                act(&entry).map_err(|error| told(&error))
            })
            .await
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
        self.with_entry(account, |entry| match entry.get_password() {
            Ok(key) => Ok(Some(ApiKey::new(key))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    async fn set(&self, account: &str, key: &ApiKey) -> Result<(), KeychainError> {
        let key = key.clone();
        self.with_entry(account, move |entry| entry.set_password(key.expose())).await
    }

    async fn remove(&self, account: &str) -> Result<(), KeychainError> {
        self.with_entry(account, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            outcome => outcome,
        })
        .await
    }

    async fn status(&self) -> Result<Kept, KeychainError> {
        let read = self
            .with_entry(&probe_account(), |entry| {
                entry.set_password(PROBE)?;
                let read = entry.get_password()?;
                entry.delete_credential()?;
                Ok(read)
            })
            .await?;
        if read == PROBE {
            Ok(Kept::System)
        } else {
            Err(KeychainError::Refused { why: "it gave back something else than it was given".to_owned() })
        }
    }
}

/// What the keyring's error means here. The variants that carry a secret's bytes lose them.
fn told(error: &Error) -> KeychainError {
    match error {
        // The cause of that is told only beside the error.
        Error::NoDefaultStore => KeychainError::Absent {
            why: match Entry::store_status() {
                Err(cause) => cause.to_string(),
                Ok(()) => error.to_string(),
            },
        },
        Error::NoStorageAccess(_) => KeychainError::Locked,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeychainError::Refused { why: "what it holds for this account is not a key".to_owned() }
        }
        Error::Ambiguous(_) => {
            KeychainError::Refused { why: "it holds several keys for this account".to_owned() }
        }
        other => KeychainError::Refused { why: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_keyring_says_is_told_without_the_secret() {
        let secret = b"the-secret".to_vec();
        let not_a_key =
            KeychainError::Refused { why: "what it holds for this account is not a key".to_owned() };
        assert_eq!(told(&Error::BadEncoding(secret.clone())), not_a_key);
        assert_eq!(told(&Error::BadDataFormat(secret, "the-secret".into())), not_a_key);
        assert_eq!(told(&Error::NoStorageAccess("prompt".into())), KeychainError::Locked);
        assert!(matches!(told(&Error::PlatformFailure("x".into())), KeychainError::Refused { .. }));
    }
}
