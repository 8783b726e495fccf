//! The sandbox's account at Gjirafa: a project and its key.

use http::HeaderMap;
use http::header;
use serde::{Deserialize, Serialize};

use crate::kinds::vendor::No;
use crate::random::random_hex;
use crate::storage::sign::same;

/// Stored with the folder's settings.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) project: String,
    pub(crate) key: String,
}

impl Account {
    /// Creates a new account.
    pub(crate) fn invent() -> Self {
        Self { project: format!("prj-{}", random_hex(4)), key: format!("gjk_{}", random_hex(16)) }
    }

    /// Judges `Authorization`. The vendor does not document the prefix of the key, so any one word is
    /// accepted, or none.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> Result<(), No> {
        let Some(given) = headers.get(header::AUTHORIZATION) else {
            return Err(No::new(401, "Unauthorized", "Authorization is missing"));
        };
        let given = given.as_bytes();
        let bare = given.splitn(2, |byte| *byte == b' ').last().unwrap_or(given);
        let right = [given, bare].into_iter().any(|key| same(key, self.key.as_bytes()));
        right.then_some(()).ok_or_else(|| No::new(401, "Unauthorized", "The key is not one of this project"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_comes_bare_or_after_one_word() {
        let account = Account { project: "p".to_owned(), key: "k".to_owned() };
        let admit = |value: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.extend(value.map(|value| (header::AUTHORIZATION, value.parse().unwrap())));
            account.admit(&headers).is_ok()
        };
        for good in ["k", "Bearer k", "Token k", "ApiKey k"] {
            assert!(admit(Some(good)), "{good}");
        }
        for bad in [None, Some(""), Some("x"), Some("Bearer"), Some("Bearer x"), Some("a b k"), Some("k k2")]
        {
            assert!(!admit(bad), "{bad:?}");
        }
    }
}
