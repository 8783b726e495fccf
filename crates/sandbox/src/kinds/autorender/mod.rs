//! AutoRender: `POST /api/v1/multipart/start` and `/complete`, parts at presigned links, files by their public URL.

mod fields;
mod file;
mod reply;
mod vendor;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::{get, post};
use http::Request;

use self::vendor::AutoRender;
use super::Destination;
use super::call::call;
use crate::faults::grammar::Step;
use crate::shared::{Share, Shared};

/// Its name.
pub(crate) const KIND: &str = "autorender";
/// Its base URL's path: later kinds get their own beside it.
const BASE: &str = "/autorender";

/// What a client needs to use it.
pub(crate) fn destination(shared: &Shared) -> Destination {
    Destination { kind: KIND, url: format!("{}{BASE}", shared.origin), key: shared.settings.key.clone() }
}

/// Its routes.
pub(crate) fn routes() -> Router<Share> {
    Router::new()
        .route(&format!("{BASE}/api/v1/multipart/start"), post(start))
        .route(&format!("{BASE}/api/v1/multipart/complete"), post(complete))
        .route(&format!("{BASE}/files/{{file_no}}/{{name}}"), get(file::get))
}

async fn start(State(shared): State<Share>, request: Request<Body>) -> http::Response<Body> {
    call(Arc::new(AutoRender), shared, Step::Start, request).await
}

async fn complete(State(shared): State<Share>, request: Request<Body>) -> http::Response<Body> {
    call(Arc::new(AutoRender), shared, Step::Complete, request).await
}
