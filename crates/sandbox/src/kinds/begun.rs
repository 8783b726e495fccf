//! Begins a session for a vendor's call: here, or at the store.

use std::sync::Arc;

use super::vendor::{No, Noted};
use crate::sessions::session::{About, Session};
use crate::store;
use crate::vault::Vault;

/// Begins a session and logs it. When this returns, the session survives a kill.
pub(crate) fn begin(vault: &Vault, mut about: About, noted: &mut Noted) -> Result<Arc<Session>, No> {
    if let Some(at) = &vault.store {
        about.store = Some(store::session::begin(at, &about)?);
    }
    noted.session = Some(about.id.clone());
    vault.shelf.begin(about).map_err(|e| No::broken(&e))
}
