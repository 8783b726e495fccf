//! The routes of Gjirafa's calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodFilter, get};

use super::{BASE, Gjirafa, KIND};
use crate::faults::step::Step;
use crate::front::Front;
use crate::kinds::call::on;
use crate::kinds::destination::Destination;
use crate::kinds::file;
use crate::state::Sandbox;

/// What a client needs to use it.
pub(crate) fn destination(vendor: &Gjirafa, front: &Front) -> Destination {
    let account = &vendor.account;
    Destination {
        kind: KIND,
        url: format!("{}{BASE}", front.origin),
        key: account.key.clone(),
        more: BTreeMap::from([("project", account.project.clone())]),
    }
}

/// Its routes.
pub(crate) fn routes(vendor: &Arc<Gjirafa>) -> Router<Sandbox> {
    let project = format!("{BASE}/api/projects/{{project}}");
    let uploads = format!("{project}/uploads");
    let post = |step| on(MethodFilter::POST, vendor.clone(), step);
    let put = |step| on(MethodFilter::PUT, vendor.clone(), step);
    let list = on(MethodFilter::GET, vendor.clone(), Step::List);
    Router::new()
        .route(&format!("{uploads}/multipart"), post(Step::Start))
        .route(&format!("{uploads}/multipart-resume"), post(Step::Refresh))
        .route(&format!("{uploads}/multipart-complete"), put(Step::Complete))
        .route(&format!("{uploads}/multipart-abort"), put(Step::Abort))
        .route(&format!("{uploads}/url/multipart/{{request}}/parts"), list)
        .route(&format!("{uploads}/success/{{request}}"), post(Step::Verify))
        .route(&format!("{project}/encodes"), post(Step::Register))
        .route(&format!("{BASE}/files/{{file_no}}/{{name}}"), get(file::get))
}
