//! Gjirafa Video Platform: uploads below a project, in a client's own number of parts, with a list, fresh links and an abort.

mod account;
mod fields;
mod register;
mod reply;
mod steps;
mod vendor;

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::{MethodFilter, get};

pub(crate) use self::account::Account;
use self::vendor::Gjirafa;
use super::call::on;
use super::{Destination, file};
use crate::faults::grammar::Step;
use crate::shared::{Share, Shared};

/// Its name.
pub(crate) const KIND: &str = "gjirafa";
/// Its base URL's path.
const BASE: &str = "/gjirafa";

/// What a client needs to use it.
pub(crate) fn destination(shared: &Shared) -> Destination {
    let account = &shared.settings.gjirafa;
    Destination {
        kind: KIND,
        url: format!("{}{BASE}", shared.origin),
        key: account.key.clone(),
        more: BTreeMap::from([("project", account.project.clone())]),
    }
}

/// Its routes.
pub(crate) fn routes() -> Router<Share> {
    let project = format!("{BASE}/api/projects/{{project}}");
    let uploads = format!("{project}/uploads");
    let post = |step| on(MethodFilter::POST, Gjirafa, step);
    let put = |step| on(MethodFilter::PUT, Gjirafa, step);
    let list = on(MethodFilter::GET, Gjirafa, Step::List);
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
