//! Finds a destination's key and opens its provider for the engine.
//!
//! The journal stores the *source* of a key, never the key itself: the keychain, this session's memory, or
//! the name of an environment variable.

mod chain;
mod ini;
pub(crate) mod left;
mod source;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use partway_api::LentKey;
use partway_core::{ApiKey, Cause, Credentials, Failure, RetryClass, Step};
use partway_engine::{Destination, DestinationId, Providers};
use partway_http::{Clients, Pair, PartClient};
use partway_keychain::{Keychain, KeychainError};
use partway_provider::Provider;
use partway_providers::{Kinds, SettingsError};
use tokio::sync::Notify;

use crate::practice::Practice;
use crate::{Variables, words};

pub(crate) use source::{KeySource, accounts};

/// Larger than any such file, in bytes; a wrong path must not fill the memory.
const LONGEST_FILE: u64 = 1 << 20;

/// All available keys, and access to providers.
pub(crate) struct Keys {
    pub(crate) kinds: Kinds,
    pub(crate) keychain: Option<Arc<dyn Keychain>>,
    variables: Variables,
    clients: Clients,
    practice: Practice,
    memory: Mutex<HashMap<DestinationId, Credentials>>,
    lent: Mutex<HashMap<Option<String>, Credentials>>,
    /// Destinations whose key the keychain last failed to give to an upload, and why.
    unread: Mutex<HashMap<DestinationId, KeychainError>>,
    /// Notified when something waits for the keychain.
    pub(crate) wanted: Notify,
    /// Held while changing what is [`left`].
    pub(crate) leaving: tokio::sync::Mutex<()>,
}

impl Keys {
    pub(crate) fn new(
        kinds: Kinds,
        keychain: Option<Arc<dyn Keychain>>,
        variables: Variables,
        clients: Clients,
        practice: Practice,
    ) -> Self {
        Self {
            kinds,
            keychain,
            variables,
            clients,
            practice,
            memory: Mutex::default(),
            lent: Mutex::default(),
            unread: Mutex::default(),
            wanted: Notify::new(),
            leaving: tokio::sync::Mutex::default(),
        }
    }

    /// Why the keychain last failed to give a destination's key to an upload.
    pub(crate) fn unread(&self, id: &DestinationId) -> Option<KeychainError> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Whether anything waits for a keychain that may open again without being asked.
    pub(crate) fn waits_for_keychain(&self) -> bool {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).values().any(KeychainError::may_pass)
    }

    /// Takes all destinations whose key was not given, to retry them.
    pub(crate) fn take_unread(&self) -> Vec<DestinationId> {
        std::mem::take(&mut *self.unread.lock().unwrap_or_else(PoisonError::into_inner)).into_keys().collect()
    }

    fn note(&self, id: &DestinationId, outcome: &Result<Credentials, NoKey>) {
        let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Err(NoKey::Unread(error)) => {
                unread.insert(id.clone(), error.clone());
                self.wanted.notify_one();
            }
            _ => drop(unread.remove(id)),
        }
    }

    /// Whether a session-only key still has to be entered.
    pub(crate) fn has_to_be_given(&self, destination: &Destination) -> bool {
        let at_hand =
            || self.memory.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&destination.id);
        KeySource::of(destination) == KeySource::ThisSession
            && !at_hand()
            && self.lent_to(destination).is_none()
            && self.lent(None).is_none()
    }

    /// Keeps a key for this session.
    pub(crate) fn remember(&self, id: &DestinationId, key: Credentials) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), key);
    }

    /// Forgets a destination's key everywhere, including one lent to it: its name may be reused for another
    /// host.
    pub(crate) async fn forget(&self, destination: &Destination) -> Result<(), NotForgotten> {
        self.forget_lent(destination);
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).remove(&destination.id);
        self.forget_at(&KeySource::of(destination), None, &destination.id).await
    }

    /// Forgets the key at a source, except what the source in its place `now` still uses.
    pub(crate) async fn forget_at(
        &self,
        source: &KeySource,
        now: Option<&KeySource>,
        id: &DestinationId,
    ) -> Result<(), NotForgotten> {
        if *source == KeySource::ThisSession && now != Some(source) {
            self.memory.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        }
        let Some(keychain) = &self.keychain else { return Ok(()) };
        let stays = now.map(|now| now.accounts(id)).unwrap_or_default();
        let (mut accounts, mut why) = (Vec::new(), None);
        for account in source.accounts(id).into_iter().filter(|account| !stays.contains(account)) {
            // A failed removal must not keep the others.
            if let Err(error) = keychain.remove(&account).await {
                accounts.push(account);
                why.get_or_insert(error);
            }
        }
        why.map_or(Ok(()), |why| Err(NotForgotten { accounts, why }))
    }

    /// Forgets the key lent to this destination.
    pub(crate) fn forget_lent(&self, destination: &Destination) {
        let mut lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        lent.remove(&Some(destination.name.to_lowercase()));
        lent.remove(&Some(destination.id.0.to_lowercase()));
    }

    /// Lends a key until the process ends: to one destination by its name or id, or to all without a key.
    pub(crate) fn lend(&self, name: Option<String>, key: LentKey) {
        let key = Credentials {
            key: ApiKey::new(key.key),
            secret: key.secret.map(ApiKey::new),
            session_token: key.session_token.map(ApiKey::new),
        };
        let name = name.map(|name| name.to_lowercase());
        self.lent.lock().unwrap_or_else(PoisonError::into_inner).insert(name, key);
    }

    fn lent(&self, name: Option<&str>) -> Option<Credentials> {
        let name = name.map(str::to_lowercase);
        self.lent.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned()
    }

    /// The key lent to this destination, by name or id: keys may be lent before a journal maps ids to names.
    fn lent_to(&self, destination: &Destination) -> Option<Credentials> {
        self.lent(Some(&destination.name)).or_else(|| self.lent(Some(&destination.id.0)))
    }

    /// A destination's key: one lent to it, its own, or one lent to all.
    async fn key(&self, destination: &Destination) -> Result<Credentials, Failure> {
        let source = KeySource::of(destination);
        // Practice only uses its own key, and must not see another.
        if source != KeySource::Practice
            && let Some(key) = self.lent_to(destination)
        {
            return Ok(key);
        }
        let own = self.at(&source, &destination.id).await;
        self.note(&destination.id, &own);
        // Only when there is none: a key that cannot be read now must not be replaced by one meant for
        // others.
        match own {
            Err(NoKey::None(_)) if let Some(key) = self.lent(None) => Ok(key),
            own => own.map_err(NoKey::failure),
        }
    }

    /// Reads the key at a source. All parts must be present, or there is no key.
    ///
    /// # Errors
    /// Why it is not available.
    pub(crate) async fn at(&self, source: &KeySource, id: &DestinationId) -> Result<Credentials, NoKey> {
        let none = || NoKey::None("there is no key at hand".to_owned());
        match source {
            KeySource::Keychain { secret, session_token } => {
                let keychain = self.keychain.as_ref().ok_or_else(none)?;
                let read = async |account: &str| match keychain.get(account).await {
                    Ok(found) => {
                        found.ok_or_else(|| NoKey::None("the keychain does not hold it any more".into()))
                    }
                    Err(error) => Err(NoKey::Unread(error)),
                };
                let [key, of_secret, of_token] = accounts(id);
                Ok(Credentials {
                    key: read(&key).await?,
                    secret: if *secret { Some(read(&of_secret).await?) } else { None },
                    session_token: if *session_token { Some(read(&of_token).await?) } else { None },
                })
            }
            KeySource::ThisSession => {
                let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
                memory.get(id).cloned().ok_or_else(none)
            }
            KeySource::Environment { variable, secret_variable, session_token_variable } => {
                let read = |name: &str| {
                    (self.variables)(name)
                        .map(|key| key.trim().to_owned())
                        .filter(|key| !key.is_empty())
                        .map(ApiKey::new)
                        .ok_or_else(|| NoKey::None(format!("the environment variable {name} is not set")))
                };
                Ok(Credentials {
                    key: read(variable)?,
                    secret: secret_variable.as_deref().map(read).transpose()?,
                    session_token: session_token_variable.as_deref().map(read).transpose()?,
                })
            }
            KeySource::Chain { profile } => {
                let (variables, profile) = (Arc::clone(&self.variables), profile.clone());
                let found = tokio::task::spawn_blocking(move || {
                    chain::find(&*variables, &read_file, profile.as_deref())
                });
                found.await.map_err(|_| none())?.map_err(NoKey::None)
            }
            KeySource::Practice => self.practice.key().await.map(Credentials::from).map_err(NoKey::Practice),
        }
    }
}

/// Keys that the keychain did not remove.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotForgotten {
    /// Their accounts.
    pub(crate) accounts: Vec<String>,
    /// Why.
    pub(crate) why: KeychainError,
}

/// Why a key is not available.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// There is none; where it was looked for, as the end of a sentence.
    None(String),
    /// The keychain does not give it.
    Unread(KeychainError),
    /// *Practice* did not start; why.
    Practice(String),
}

impl NoKey {
    fn failure(self) -> Failure {
        match self {
            Self::None(why) => missing(&why),
            Self::Unread(error) => {
                let cause = Cause::KeyUnread { said: words::keychain(&error) };
                Failure::new(Step::Start, RetryClass::Credentials, cause, error.to_string())
            }
            Self::Practice(why) => practice_down(&why),
        }
    }
}

fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut text = Vec::new();
    std::fs::File::open(path)?.take(LONGEST_FILE).read_to_end(&mut text)?;
    Ok(text)
}

/// The clients for a destination with these settings. Certificates were validated when entered; if reading
/// them fails here, opening the provider reports it.
pub(crate) fn clients(clients: &Clients, settings: &serde_json::Value) -> Pair {
    let roots = partway_providers::ca(settings).ok().flatten();
    clients.trusting(roots.as_deref()).unwrap_or_else(|_| clients.usual().clone())
}

fn missing(detail: &str) -> Failure {
    let cause = Cause::KeyMissing { looked: Some(detail.to_owned()) };
    Failure::new(Step::Start, RetryClass::Credentials, cause, detail)
}

fn refused(error: &SettingsError) -> Failure {
    let cause = Cause::Refused { said: error.to_string() };
    Failure::new(Step::Start, RetryClass::Refused, cause, error.to_string())
}

fn practice_down(why: &str) -> Failure {
    let cause = Cause::KeepsFailing { what: format!("Practice did not start: {why}") };
    Failure::new(Step::Start, RetryClass::Again, cause, why)
}

#[async_trait]
impl Providers for Keys {
    async fn provider(&self, destination: &Destination) -> Result<Arc<dyn Provider>, Failure> {
        let key = self.key(destination).await?;
        let kind = self.kinds.named(&destination.kind).map_err(|error| refused(&error))?;
        if kind.about().secret_label.is_some() && key.secret.is_none() {
            return Err(missing("only one of the key's two parts is at hand"));
        }
        let settings = match KeySource::of(destination) {
            // Its port may have changed since last time.
            KeySource::Practice => self.practice.settings().await.map_err(|why| practice_down(&why))?,
            _ => serde_json::from_str(&destination.settings).unwrap_or_default(),
        };
        match kind.open(&settings, key, clients(&self.clients, &settings).api) {
            Ok(provider) => Ok(Arc::from(provider)),
            // The user must give another key; until then nothing is sent. The service was never asked, so
            // this is not its refusal.
            Err(error) if ["key", "secret", "session_token"].contains(&&*error.field) => {
                let cause = Cause::KeyUnusable { said: error.to_string() };
                Err(Failure::new(Step::Start, RetryClass::Credentials, cause, error.to_string()))
            }
            Err(error) => Err(refused(&error)),
        }
    }

    fn parts(&self, destination: &Destination) -> Option<PartClient> {
        let settings = serde_json::from_str(&destination.settings).unwrap_or_default();
        Some(clients(&self.clients, &settings).parts)
    }

    fn forget_connections(&self) {
        self.clients.forget_connections();
    }
}
