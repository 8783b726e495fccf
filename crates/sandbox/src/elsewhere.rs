//! Paths that no client should reach: redirect targets, and unknown ones.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, Request, Response, header};
use http_body_util::BodyExt;

use crate::front::Front;
use crate::kinds::said::json;

/// The target of redirects. Logs whether a client sent its key or a body there.
pub(crate) async fn any(State(front): State<Arc<Front>>, request: Request<Body>) -> Response<Body> {
    let mut entry = front.log.entry("elsewhere", "sandbox");
    entry.note = Some(if key_in(request.headers()) { "with a key" } else { "without a key" }.to_owned());
    let mut body = request.into_body();
    while let Some(Ok(frame)) = body.frame().await {
        entry.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
    }
    entry.status = Some(404);
    json(404, Body::from(r#"{"success":false,"error":"Nobody should have come here"}"#))
}

/// The answer for unknown paths.
pub(crate) async fn nowhere() -> Response<Body> {
    json(404, Body::from(r#"{"success":false,"error":"There is no such call","code":"not_found"}"#))
}

fn key_in(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || headers.contains_key("x-api-key")
}
