//! AutoRender: `POST /api/v1/multipart/start` and `/complete`, parts at presigned links, files by their public URL.

mod fields;
mod reply;
mod vendor;

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::{MethodFilter, get};

use self::vendor::AutoRender;
use super::Destination;
use super::call::on;
use super::file;
use crate::faults::grammar::Step;
use crate::shared::{Share, Shared};

/// Its name.
pub(crate) const KIND: &str = "autorender";
/// Its base URL's path: later kinds get their own beside it.
const BASE: &str = "/autorender";

/// What a client needs to use it.
pub(crate) fn destination(shared: &Shared) -> Destination {
    Destination {
        kind: KIND,
        url: format!("{}{BASE}", shared.origin),
        key: shared.settings.key.clone(),
        more: BTreeMap::new(),
    }
}

/// Its routes.
pub(crate) fn routes() -> Router<Share> {
    let post = |step| on(MethodFilter::POST, AutoRender, step);
    Router::new()
        .route(&format!("{BASE}/api/v1/multipart/start"), post(Step::Start))
        .route(&format!("{BASE}/api/v1/multipart/complete"), post(Step::Complete))
        .route(&format!("{BASE}/files/{{file_no}}/{{name}}"), get(file::get))
}
