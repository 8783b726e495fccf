//! Where a destination's key is: the one thing of it that the journal keeps.

use partway_core::Credentials;
use partway_engine::{Destination, DestinationId};
use serde::{Deserialize, Serialize};

/// Where a key is; this is what the journal keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kept", rename_all = "kebab-case")]
pub(crate) enum KeySource {
    /// In the system's keychain, under the destination's id.
    Keychain {
        /// Its other half is there, too.
        #[serde(default)]
        secret: bool,
        /// A session token is there, too.
        #[serde(default)]
        session_token: bool,
    },
    /// In memory: gone when the process ends.
    ThisSession,
    /// In environment variables of these names.
    Environment {
        /// The key's.
        variable: String,
        /// Its other half's.
        #[serde(default)]
        secret_variable: Option<String>,
        /// The session token's.
        #[serde(default)]
        session_token_variable: Option<String>,
    },
    /// Where the tools for S3 look by themselves ([`chain`](super::chain)).
    Chain {
        /// The profile that was named.
        profile: Option<String>,
    },
    /// *Practice* has its own, which is good for nothing else.
    Practice,
}

impl KeySource {
    pub(crate) fn of(destination: &Destination) -> Self {
        serde_json::from_str(&destination.key_source).unwrap_or(Self::ThisSession)
    }

    /// The keychain, for such a key.
    pub(crate) const fn keychain(key: &Credentials) -> Self {
        Self::Keychain { secret: key.secret.is_some(), session_token: key.session_token.is_some() }
    }

    /// As the journal keeps it.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The keychain's accounts that belong to it.
    pub(crate) fn accounts(&self, id: &DestinationId) -> Vec<String> {
        let Self::Keychain { secret, session_token } = self else { return Vec::new() };
        let [key, of_secret, of_token] = accounts(id);
        let further = [(*secret).then_some(of_secret), (*session_token).then_some(of_token)];
        std::iter::once(key).chain(further.into_iter().flatten()).collect()
    }

    /// Where it is, in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Keychain { .. } => "system keychain".into(),
            Self::ThisSession => "this session only".into(),
            Self::Environment { variable, secret_variable: None, .. } => {
                format!("environment variable {variable}")
            }
            Self::Environment { variable, secret_variable: Some(secret), .. } => {
                format!("environment variables {variable} and {secret}")
            }
            Self::Chain { profile: None } => "AWS environment or default profile".into(),
            Self::Chain { profile: Some(profile) } => format!("AWS profile {profile}"),
            Self::Practice => "this computer only".into(),
        }
    }
}

/// The keychain's accounts of a destination: its key, the key's other half, its session token.
pub(crate) fn accounts(id: &DestinationId) -> [String; 3] {
    [id.0.clone(), format!("{}/secret", id.0), format!("{}/session-token", id.0)]
}
