//! The router's state. A handler takes the half that it needs.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::front::Front;
use crate::vault::Vault;

/// A running sandbox.
#[derive(Clone)]
pub(crate) struct Sandbox {
    pub(crate) front: Arc<Front>,
    pub(crate) vault: Arc<Vault>,
}

impl FromRef<Sandbox> for Arc<Front> {
    fn from_ref(sandbox: &Sandbox) -> Self {
        sandbox.front.clone()
    }
}

impl FromRef<Sandbox> for Arc<Vault> {
    fn from_ref(sandbox: &Sandbox) -> Self {
        sandbox.vault.clone()
    }
}
