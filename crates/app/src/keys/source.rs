//! Where a destination's key is kept, which is all the journal stores about it.

use partway_core::Credentials;
use partway_engine::{Destination, DestinationId};
use serde::{Deserialize, Serialize};

/// Where a key is kept, as stored in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kept", rename_all = "kebab-case")]
pub(crate) enum KeySource {
    /// In the system keychain, under the destination's id.
    Keychain {
        /// Whether the secret is there, too.
        #[serde(default)]
        secret: bool,
        /// Whether a session token is there, too.
        #[serde(default)]
        session_token: bool,
    },
    /// In memory; lost when the process ends.
    ThisSession,
    /// In environment variables.
    Environment {
        /// The key's variable.
        variable: String,
        /// The secret's.
        #[serde(default)]
        secret_variable: Option<String>,
        /// The session token's.
        #[serde(default)]
        session_token_variable: Option<String>,
    },
    /// Where S3 tools look by themselves ([`chain`](super::chain)).
    Chain {
        /// The profile, if one was named.
        profile: Option<String>,
    },
    /// *Practice*'s own key, which works nowhere else.
    Practice,
}

impl KeySource {
    pub(crate) fn of(destination: &Destination) -> Self {
        serde_json::from_str(&destination.key_source).unwrap_or(Self::ThisSession)
    }

    /// The keychain as the source of this key.
    pub(crate) const fn keychain(key: &Credentials) -> Self {
        Self::Keychain { secret: key.secret.is_some(), session_token: key.session_token.is_some() }
    }

    /// Serializes it for the journal.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The keychain accounts that belong to it.
    pub(crate) fn accounts(&self, id: &DestinationId) -> Vec<String> {
        let Self::Keychain { secret, session_token } = self else { return Vec::new() };
        let [key, of_secret, of_token] = accounts(id);
        let further = [(*secret).then_some(of_secret), (*session_token).then_some(of_token)];
        std::iter::once(key).chain(further.into_iter().flatten()).collect()
    }

    /// Describes it in words.
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

/// A destination's keychain accounts: key, secret, session token.
pub(crate) fn accounts(id: &DestinationId) -> [String; 3] {
    [id.0.clone(), format!("{}/secret", id.0), format!("{}/session-token", id.0)]
}
