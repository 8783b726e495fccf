//! Record360: a GET that begins an upload under the client's own UUID, complete with ETags, tokens that end.

mod account;
mod fields;
mod reply;
mod steps;
mod sum;
mod token;
mod types;
mod vendor;

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::{MethodFilter, get};

pub(crate) use self::account::Account;
use self::vendor::Record360;
use super::call::on;
use super::{Destination, file};
use crate::faults::grammar::Step;
use crate::shared::{Share, Shared};

/// Its name.
pub(crate) const KIND: &str = "record360";
/// Its base URL's path.
const BASE: &str = "/record360";

/// What a client needs to use it.
pub(crate) fn destination(shared: &Shared) -> Destination {
    Destination {
        kind: KIND,
        url: format!("{}{BASE}", shared.origin),
        key: shared.settings.record360.token.clone(),
        more: BTreeMap::new(),
    }
}

/// Its routes.
pub(crate) fn routes() -> Router<Share> {
    let users = format!("{BASE}/api/users");
    let post = |step| on(MethodFilter::POST, Record360, step);
    let read = |step| on(MethodFilter::GET, Record360, step);
    Router::new()
        .route(&format!("{users}/authenticate"), post(Step::Authenticate))
        .route(&format!("{users}/multipart_upload_start/{{file_id}}"), read(Step::Start))
        .route(&format!("{users}/multipart_upload_complete/{{file_id}}"), post(Step::Complete))
        .route(&format!("{users}/uploads/{{file_id}}"), read(Step::Verify))
        .route(&format!("{BASE}/files/{{file_no}}/{{name}}"), get(file::get))
}
