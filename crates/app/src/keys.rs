//! Where a destination's key comes from, and how the engine gets a provider that has it.
//!
//! The journal knows the *source* of a key, never the key: the keychain, this session's memory, or the name of an environment variable.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use partway_core::{ApiKey, Cause, Failure, RetryClass, Step};
use partway_engine::{Destination, DestinationId, Providers};
use partway_http::ApiClient;
use partway_keychain::{Keychain, KeychainError};
use partway_provider::Provider;
use serde::{Deserialize, Serialize};

use crate::Variables;
use crate::practice::Practice;

/// Where a key is; this is what the journal keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kept", rename_all = "kebab-case")]
pub(crate) enum KeySource {
    /// In the system's keychain, under the destination's id.
    Keychain,
    /// In memory: gone when the process ends.
    ThisSession,
    /// In an environment variable of that name.
    Environment {
        /// The name.
        variable: String,
    },
    /// *Practice* has its own, which is good for nothing else.
    Practice,
}

impl KeySource {
    pub(crate) fn of(destination: &Destination) -> Self {
        serde_json::from_str(&destination.key_source).unwrap_or(Self::ThisSession)
    }

    /// As the journal keeps it.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Where it is, in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Keychain => "system keychain".into(),
            Self::ThisSession => "this session only".into(),
            Self::Environment { variable } => format!("environment variable {variable}"),
            Self::Practice => "this computer only".into(),
        }
    }
}

/// All keys at hand, and the way to providers.
pub(crate) struct Keys {
    pub(crate) keychain: Option<Arc<dyn Keychain>>,
    variables: Variables,
    http: ApiClient,
    practice: Practice,
    memory: Mutex<HashMap<DestinationId, ApiKey>>,
    lent: Mutex<HashMap<Option<String>, ApiKey>>,
}

impl Keys {
    pub(crate) fn new(
        keychain: Option<Arc<dyn Keychain>>,
        variables: Variables,
        http: ApiClient,
        practice: Practice,
    ) -> Self {
        Self { keychain, variables, http, practice, memory: Mutex::default(), lent: Mutex::default() }
    }

    /// Keeps a key for this session.
    pub(crate) fn remember(&self, id: &DestinationId, key: ApiKey) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), key);
    }

    /// Forgets a destination's key wherever it is, also one that was lent to it: another destination may get its name, at another host.
    pub(crate) async fn forget(&self, destination: &Destination) -> Result<(), KeychainError> {
        self.forget_lent(&destination.name);
        self.forget_at(&KeySource::of(destination), &destination.id).await
    }

    /// Forgets the key of a destination that lies at this source.
    pub(crate) async fn forget_at(
        &self,
        source: &KeySource,
        id: &DestinationId,
    ) -> Result<(), KeychainError> {
        match (&self.keychain, source) {
            (Some(keychain), KeySource::Keychain) => keychain.remove(&id.0).await,
            (_, KeySource::ThisSession) => {
                self.memory.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Forgets what was lent to the destination of that name.
    pub(crate) fn forget_lent(&self, name: &str) {
        self.lent.lock().unwrap_or_else(PoisonError::into_inner).remove(&Some(name.to_lowercase()));
    }

    /// A key lent by a front end until the process ends: for one destination by its name, or for those without another.
    pub(crate) fn lend(&self, name: Option<String>, key: ApiKey) {
        let name = name.map(|name| name.to_lowercase());
        self.lent.lock().unwrap_or_else(PoisonError::into_inner).insert(name, key);
    }

    fn lent(&self, name: Option<&str>) -> Option<ApiKey> {
        let name = name.map(str::to_lowercase);
        self.lent.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned()
    }

    async fn key(&self, destination: &Destination) -> Result<ApiKey, Failure> {
        let source = KeySource::of(destination);
        // Practice takes no key but its own, and must not learn another.
        if source != KeySource::Practice
            && let Some(key) = self.lent(Some(&destination.name))
        {
            return Ok(key);
        }
        let own = match source {
            KeySource::Keychain => match &self.keychain {
                Some(keychain) => {
                    keychain.get(&destination.id.0).await.map_err(|error| missing(&error.to_string()))?
                }
                None => None,
            },
            KeySource::ThisSession => {
                self.memory.lock().unwrap_or_else(PoisonError::into_inner).get(&destination.id).cloned()
            }
            KeySource::Environment { variable } => (self.variables)(&variable)
                .map(|key| key.trim().to_owned())
                .filter(|key| !key.is_empty())
                .map(ApiKey::new),
            KeySource::Practice => Some(self.practice.key().await.map_err(|why| practice_down(&why))?),
        };
        own.or_else(|| self.lent(None)).ok_or_else(|| missing("there is no key at hand"))
    }
}

fn missing(detail: &str) -> Failure {
    Failure::new(Step::Start, RetryClass::Credentials, Cause::KeyMissing, detail)
}

fn practice_down(why: &str) -> Failure {
    let cause = Cause::KeepsFailing { what: format!("Practice did not start: {why}") };
    Failure::new(Step::Start, RetryClass::Again, cause, why)
}

#[async_trait]
impl Providers for Keys {
    async fn provider(&self, destination: &Destination) -> Result<Arc<dyn Provider>, Failure> {
        let key = self.key(destination).await?;
        let settings = match KeySource::of(destination) {
            // Its port may be another one than last time.
            KeySource::Practice => self.practice.settings().await.map_err(|why| practice_down(&why))?,
            _ => serde_json::from_str(&destination.settings).unwrap_or_default(),
        };
        match partway_providers::open(&destination.kind, &settings, key.into(), self.http.clone()) {
            Ok(provider) => Ok(Arc::from(provider)),
            Err(error) => {
                let cause = Cause::Refused { said: error.to_string() };
                Err(Failure::new(Step::Start, RetryClass::Refused, cause, error.to_string()))
            }
        }
    }
}
