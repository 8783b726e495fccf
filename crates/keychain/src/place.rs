//! Where the Secret Service would store a key: inspected over D-Bus without prompting the user, and unlocked
//! on request.
//!
//! Names, paths and the alias "session" (a collection that is gone after the session) are from the Secret
//! Service API, version 0.2 (freedesktop.org). macOS and Windows reveal nothing of the kind without a request
//! for a key.

#[cfg(not(all(unix, not(target_os = "macos"))))]
use crate::{KeychainError, Look};

#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) use secret_service::{look, unlock};

/// The state is unknown.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(crate) fn look() -> Look {
    Look::CannotTell
}

/// The system prompts by itself, at the next call that needs it.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(crate) fn unlock() -> Result<(), KeychainError> {
    Ok(())
}

#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service {
    use std::collections::HashMap;

    use zbus::blocking::connection::Connection;
    use zbus::blocking::proxy::{Builder, Proxy};
    use zbus::proxy::CacheProperties;
    use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

    use crate::{KeychainError, Look};

    const NAME: &str = "org.freedesktop.secrets";
    const SERVICE: &str = "/org/freedesktop/secrets";
    /// "No object": no such collection, or no prompt needed.
    const NOTHING: &str = "/";
    /// The label that libsecret gives a first keyring.
    const LABEL: &str = "Default keyring";

    /// The current state.
    pub(crate) fn look() -> Look {
        match connect().and_then(|bus| collection(&bus).map_err(|error| told(&error))) {
            Ok(Collection::Open) => Look::Open,
            Ok(Collection::Locked(_)) => Look::Shut(KeychainError::Locked),
            Ok(Collection::None) => Look::Shut(KeychainError::Empty),
            Ok(Collection::OfTheSession) => Look::Shut(KeychainError::Forgets),
            Err(error) => Look::Shut(error),
        }
    }

    /// Makes the service prompt its user, and waits for the answer, however long it takes.
    pub(crate) fn unlock() -> Result<(), KeychainError> {
        let bus = connect()?;
        let prompt = match collection(&bus).map_err(|error| told(&error))? {
            Collection::Open => return Ok(()),
            Collection::OfTheSession => return Err(KeychainError::Forgets),
            Collection::Locked(path) => unlocking(&bus, &path).map_err(|error| told(&error))?,
            Collection::None => making(&bus).map_err(|error| told(&error))?,
        };
        if prompt.as_str() != NOTHING && !answered(&bus, &prompt).map_err(|error| told(&error))? {
            return Err(KeychainError::Locked);
        }
        match collection(&bus).map_err(|error| told(&error))? {
            Collection::Open => Ok(()),
            Collection::OfTheSession => Err(KeychainError::Forgets),
            Collection::Locked(_) => Err(KeychainError::Locked),
            Collection::None => Err(KeychainError::Empty),
        }
    }

    /// Where a key would be stored.
    enum Collection {
        None,
        OfTheSession,
        Locked(OwnedObjectPath),
        Open,
    }

    /// If no bus can be reached, there is no service.
    fn connect() -> Result<Connection, KeychainError> {
        Connection::session().map_err(|error| KeychainError::Absent { why: error.to_string() })
    }

    fn at<'a>(bus: &Connection, path: &'a str, interface: &'a str) -> zbus::Result<Proxy<'a>> {
        // No cached properties: they may have changed since.
        Builder::new(bus)
            .destination(NAME)?
            .path(path)?
            .interface(interface)?
            .cache_properties(CacheProperties::No)
            .build()
    }

    fn service(bus: &Connection) -> zbus::Result<Proxy<'static>> {
        at(bus, SERVICE, "org.freedesktop.Secret.Service")
    }

    fn collection(bus: &Connection) -> zbus::Result<Collection> {
        let service = service(bus)?;
        let alias = |name: &str| service.call::<_, _, OwnedObjectPath>("ReadAlias", &(name,));
        let path = alias("default")?;
        if path.as_str() == NOTHING {
            return Ok(Collection::None);
        }
        // A service without such a collection may answer that it knows no such alias.
        if alias("session").is_ok_and(|session| session == path) || path.ends_with("/collection/session") {
            return Ok(Collection::OfTheSession);
        }
        let found = at(bus, path.as_str(), "org.freedesktop.Secret.Collection")?;
        let locked: bool = found.get_property("Locked")?;
        drop(found);
        Ok(if locked { Collection::Locked(path) } else { Collection::Open })
    }

    /// The prompt to answer first, or [`NOTHING`].
    fn unlocking(bus: &Connection, path: &ObjectPath<'_>) -> zbus::Result<OwnedObjectPath> {
        let (_, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            service(bus)?.call("Unlock", &(vec![path],))?;
        Ok(prompt)
    }

    /// The same for a keyring that does not exist yet.
    fn making(bus: &Connection) -> zbus::Result<OwnedObjectPath> {
        let properties = HashMap::from([("org.freedesktop.Secret.Collection.Label", Value::from(LABEL))]);
        let (_, prompt): (OwnedObjectPath, OwnedObjectPath) =
            service(bus)?.call("CreateCollection", &(properties, "default"))?;
        Ok(prompt)
    }

    /// Shows the prompt; returns whether it was answered, not dismissed.
    fn answered(bus: &Connection, prompt: &ObjectPath<'_>) -> zbus::Result<bool> {
        let prompt = at(bus, prompt.as_str(), "org.freedesktop.Secret.Prompt")?;
        let mut completed = prompt.receive_signal("Completed")?;
        prompt.call::<_, _, ()>("Prompt", &("",))?;
        let Some(signal) = completed.next() else { return Ok(false) };
        let (dismissed, _): (bool, OwnedValue) = signal.body().deserialize()?;
        Ok(!dismissed)
    }

    /// If no service has that name or can be started, there is no keychain. An error from a running service
    /// is a refusal.
    fn told(error: &zbus::Error) -> KeychainError {
        let why = error.to_string();
        let nobody = match error {
            zbus::Error::InputOutput(_) => true,
            zbus::Error::MethodError(name, ..) => is_absence(name.as_str()),
            zbus::Error::FDO(error) => {
                use zbus::DBusError as _;
                is_absence(error.name().as_str())
            }
            _ => false,
        };
        if nobody { KeychainError::Absent { why } } else { KeychainError::Refused { why } }
    }

    /// The D-Bus specification's error names that mean that no service answers.
    fn is_absence(name: &str) -> bool {
        let known = ["ServiceUnknown", "NameHasNoOwner", "NoReply", "Disconnected", "NoServer"];
        name.strip_prefix("org.freedesktop.DBus.Error.")
            .is_some_and(|name| known.contains(&name) || name.starts_with("Spawn."))
    }
}
