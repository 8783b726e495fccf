//! What can be learned about an AutoRender destination without sending a file.

use partway_core::Step;
use partway_provider::{CheckReport, Finding};
use serde_json::json;

use super::AutoRender;
use crate::probe::{NOBODYS, TIMEOUT, probe};

/// No call tests a key, so only an upload proves it.
pub(crate) const KEY_ONLY_AT_FIRST_UPLOAD: &str =
    "AutoRender tells whether a key is good only at the first upload";

/// Asks to complete a session that does not exist.
pub(crate) async fn check(provider: &AutoRender) -> CheckReport {
    let nobodys = json!({ "session_id": NOBODYS });
    let call = provider.post(Step::Check, &provider.complete, nobodys, TIMEOUT);
    probe(call, Finding::CannotKnow(KEY_ONLY_AT_FIRST_UPLOAD)).await
}
