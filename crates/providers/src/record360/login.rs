//! The token that authorizes a call: given, or obtained with a user name and a password.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::Method;
use partway_core::{ApiKey, Cause, Failure, RetryClass, Step};
use partway_http::{ApiCall, ApiClient, without_key};
use serde_json::json;
use url::Url;

use super::version::accept;
use crate::expect::Field;

/// Signing in is quick.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What authorizes the calls.
pub(crate) enum Login {
    /// A given token. Its behaviour after expiry is known only to the vendor.
    Token(ApiKey),
    /// A user's credentials; the token that they obtain is kept in memory only.
    User { authenticate: Url, name: String, password: ApiKey, token: Mutex<Option<ApiKey>> },
}

impl Login {
    /// The token for the next call. A `refused` one is not returned again: a fresh one is obtained if
    /// possible.
    pub(crate) async fn token(
        &self,
        step: Step,
        http: &ApiClient,
        refused: Option<&ApiKey>,
    ) -> Result<ApiKey, Failure> {
        match self {
            Self::Token(token) => Ok(token.clone()),
            Self::User { authenticate, name, password, token } => {
                let kept = token.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if let Some(kept) = kept.filter(|kept| Some(kept) != refused) {
                    return Ok(kept);
                }
                let fresh = sign_in(http, authenticate, name, password).await;
                let fresh =
                    fresh.map_err(|failure| Failure { step, ..without_key(failure, Some(password)) })?;
                *token.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
                Ok(fresh)
            }
        }
    }

    /// Whether a refused token can be replaced by a fresh one.
    pub(crate) const fn can_renew(&self) -> bool {
        matches!(self, Self::User { .. })
    }
}

/// Sent as a check: it creates nothing, so a lost answer does no harm.
async fn sign_in(http: &ApiClient, url: &Url, name: &str, password: &ApiKey) -> Result<ApiKey, Failure> {
    let body = json!({ "user": { "username": name, "password": password.expose() } });
    let call = ApiCall {
        step: Step::Check,
        method: Method::POST,
        url,
        headers: vec![accept()],
        key: None,
        body: Some(body),
        timeout: TIMEOUT,
    };
    let answer = http.json(call).await.map_err(|failure| match failure.status {
        Some(401 | 403 | 422) => {
            Failure { class: RetryClass::Credentials, cause: Cause::KeyRefused, ..failure }
        }
        _ => failure,
    })?;
    let token = Field::root(Step::Check, &answer).get("auth_token").text().map(ApiKey::new);
    // A success without a token, whatever else it says, is a failure.
    token.map_err(|failure| Failure { class: RetryClass::Refused, ..failure })
}
