//! The routes of Record360's calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodFilter, get};

use super::{BASE, KIND, Record360};
use crate::faults::step::Step;
use crate::front::Front;
use crate::kinds::call::on;
use crate::kinds::destination::Destination;
use crate::kinds::file;
use crate::state::Sandbox;

/// What a client needs to use it.
pub(crate) fn destination(vendor: &Record360, front: &Front) -> Destination {
    Destination {
        kind: KIND,
        url: format!("{}{BASE}", front.origin),
        key: vendor.account.token.clone(),
        more: BTreeMap::new(),
    }
}

/// Its routes.
pub(crate) fn routes(vendor: &Arc<Record360>) -> Router<Sandbox> {
    let users = format!("{BASE}/api/users");
    let post = |step| on(MethodFilter::POST, vendor.clone(), step);
    let read = |step| on(MethodFilter::GET, vendor.clone(), step);
    Router::new()
        .route(&format!("{users}/authenticate"), post(Step::Authenticate))
        .route(&format!("{users}/multipart_upload_start/{{file_id}}"), read(Step::Start))
        .route(&format!("{users}/multipart_upload_complete/{{file_id}}"), post(Step::Complete))
        .route(&format!("{users}/uploads/{{file_id}}"), read(Step::Verify))
        .route(&format!("{BASE}/files/{{file_no}}/{{name}}"), get(file::get))
}
