//! The sandbox's account at Record360: one user, and the token of the first line.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::token;
use crate::random::random_hex;

/// Stored with the folder's settings.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    /// The user's password, unless the sandbox is started with another.
    pub(crate) password: String,
    /// The secret that signs tokens.
    pub(crate) secret: String,
    /// The token of the first line, the same at every start for as long as it is valid.
    pub(crate) token: String,
}

impl Account {
    /// Creates a new account, without a token yet.
    pub(crate) fn invent() -> Self {
        Self { password: random_hex(8), secret: random_hex(32), token: String::new() }
    }

    /// Replaces the first line's token if it is no longer valid.
    pub(crate) fn renew(&mut self, now: Timestamp, life: u64) {
        if !token::good(&self.secret, &self.token, now, life) {
            self.token = token::issue(&self.secret, now, life);
        }
    }
}
