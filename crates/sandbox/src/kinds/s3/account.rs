//! The keys of the sandbox's bucket.

use serde::{Deserialize, Serialize};

use crate::random::random_hex;
use crate::storage::sign::Signer;

/// Stored with the folder's settings.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    /// The access key's id.
    pub(crate) key: String,
    pub(crate) secret: String,
}

impl Account {
    /// Creates a new account.
    pub(crate) fn invent() -> Self {
        Self { key: format!("S3BOX{}", random_hex(8).to_uppercase()), secret: random_hex(20) }
    }

    /// The signer of its requests; with a token, the keys are temporary.
    pub(crate) fn signer(&self, token: Option<String>) -> Signer {
        Signer::new(self.key.clone(), self.secret.clone()).with_token(token)
    }
}
