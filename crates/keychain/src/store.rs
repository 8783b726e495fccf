//! This system's store (Secret Service, Keychain, Credential Manager), and what its errors mean here.

#[cfg(all(unix, not(target_os = "macos")))]
use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};

use crate::KeychainError;

/// Opens a new connection: what an earlier one knows may be stale.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) fn connect() -> Result<Arc<CredentialStore>, KeychainError> {
    let store = zbus_secret_service_keyring_store::Store::new();
    // A store that cannot be connected to counts as absent, whatever the reason.
    store.map(|store| store as _).map_err(|error| KeychainError::Absent { why: error.to_string() })
}

/// Opens a new connection.
#[cfg(target_os = "macos")]
pub(crate) fn connect() -> Result<Arc<CredentialStore>, KeychainError> {
    let store = apple_native_keyring_store::keychain::Store::new();
    store.map(|store| store as _).map_err(|error| KeychainError::Absent { why: error.to_string() })
}

/// Opens a new connection.
#[cfg(windows)]
pub(crate) fn connect() -> Result<Arc<CredentialStore>, KeychainError> {
    let store = windows_native_keyring_store::Store::new();
    store.map(|store| store as _).map_err(|error| KeychainError::Absent { why: error.to_string() })
}

/// The entry of an account.
pub(crate) fn entry(store: &CredentialStore, service: &str, account: &str) -> Result<Entry, Error> {
    // Shown in the system's list of passwords; the other systems have their own form.
    #[cfg(all(unix, not(target_os = "macos")))]
    let label = HashMap::from([("label", "Partway: the key of a destination")]);
    #[cfg(all(unix, not(target_os = "macos")))]
    let modifiers = Some(&label);
    #[cfg(any(target_os = "macos", windows))]
    let modifiers = None;
    store.build(service, account, modifiers)
}

/// The longest key, bytes; the other systems have no limit.
pub(crate) const LONGEST: Option<usize> = {
    #[cfg(windows)]
    let longest = Some(crate::blob::LONGEST);
    #[cfg(not(windows))]
    let longest = None;
    longest
};

/// Reads the key of an entry.
#[cfg(not(windows))]
pub(crate) fn read(entry: &Entry) -> Result<String, Error> {
    entry.get_password()
}

/// Stores a key in an entry.
#[cfg(not(windows))]
pub(crate) fn write(entry: &Entry, key: &str) -> Result<(), Error> {
    entry.set_password(key)
}

/// Reads the key of an entry.
#[cfg(windows)]
pub(crate) fn read(entry: &Entry) -> Result<String, Error> {
    crate::blob::read(&entry.get_secret()?).ok_or_else(|| Error::BadEncoding(Vec::new()))
}

/// Stores a key in an entry.
#[cfg(windows)]
pub(crate) fn write(entry: &Entry, key: &str) -> Result<(), Error> {
    entry.set_secret(&crate::blob::of(key))
}

/// Maps the store's error. The variants that carry a secret's bytes drop them.
pub(crate) fn told(error: &Error) -> KeychainError {
    match error {
        Error::NoDefaultStore => KeychainError::Absent { why: error.to_string() },
        Error::NoStorageAccess(_) => KeychainError::Locked,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeychainError::Refused { why: "what it holds for this account is not a key".to_owned() }
        }
        Error::Ambiguous(_) => {
            KeychainError::Refused { why: "it holds several keys for this account".to_owned() }
        }
        Error::TooLong(_, most) => {
            KeychainError::TooLong { most: usize::try_from(*most).unwrap_or(usize::MAX) }
        }
        other => KeychainError::Refused { why: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_store_says_is_told_without_the_secret() {
        let secret = b"the-secret".to_vec();
        let not_a_key =
            KeychainError::Refused { why: "what it holds for this account is not a key".to_owned() };
        assert_eq!(told(&Error::BadEncoding(secret.clone())), not_a_key);
        assert_eq!(told(&Error::BadDataFormat(secret, "the-secret".into())), not_a_key);
        assert_eq!(told(&Error::NoStorageAccess("prompt".into())), KeychainError::Locked);
        assert!(matches!(told(&Error::PlatformFailure("x".into())), KeychainError::Refused { .. }));
    }
}
