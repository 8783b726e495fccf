//! Beginning a session for a vendor's call: here, or at the store.

use std::sync::Arc;

use super::vendor::{No, Noted};
use crate::sessions::session::{About, Session};
use crate::shared::Shared;
use crate::store;

/// Begins a session and tells the log. When this returns, it survives a kill.
pub(crate) fn begin(shared: &Shared, mut about: About, noted: &mut Noted) -> Result<Arc<Session>, No> {
    if let Some(at) = &shared.store {
        about.store = Some(store::session::begin(at, &about)?);
    }
    noted.session = Some(about.id.clone());
    shared.shelf.begin(about).map_err(|e| No::broken(&e))
}
