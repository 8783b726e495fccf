//! The routes of AutoRender's calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodFilter, get};

use super::{AutoRender, BASE, KIND};
use crate::faults::step::Step;
use crate::front::Front;
use crate::kinds::call::on;
use crate::kinds::destination::Destination;
use crate::kinds::file;
use crate::state::Sandbox;

/// What a client needs to use it.
pub(crate) fn destination(vendor: &AutoRender, front: &Front) -> Destination {
    Destination {
        kind: KIND,
        url: format!("{}{BASE}", front.origin),
        key: vendor.key.clone(),
        more: BTreeMap::new(),
    }
}

/// Its routes.
pub(crate) fn routes(vendor: &Arc<AutoRender>) -> Router<Sandbox> {
    let post = |step| on(MethodFilter::POST, vendor.clone(), step);
    Router::new()
        .route(&format!("{BASE}/api/v1/multipart/start"), post(Step::Start))
        .route(&format!("{BASE}/api/v1/multipart/complete"), post(Step::Complete))
        .route(&format!("{BASE}/files/{{file_no}}/{{name}}"), get(file::get))
}
