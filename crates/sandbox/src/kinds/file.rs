//! A finished file at its public URL, so that a copied link opens.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use http::{HeaderValue, Response, header};

use crate::front::Front;
use crate::kinds::said::json;
use crate::sessions::session::Done;
use crate::storage::query;
use crate::storage::send::stretch;
use crate::vault::Vault;

/// The URL of a finished session's object, with `get` routed below the kind's base.
pub(crate) fn url(front: &Front, base: &str, done: &Done) -> String {
    let name = query::encode(done.name());
    format!("{}{base}/files/{}/{name}", front.origin, done.file_no)
}

/// Streams the object with this number. It is sent as an attachment: nothing that was uploaded may act as a
/// page here.
pub(crate) async fn get(
    State(vault): State<Arc<Vault>>,
    Path((file_no, _)): Path<(String, String)>,
) -> Response<Body> {
    let found = vault.shelf.list().into_iter().find_map(|session| {
        let done = session.state().done.clone()?;
        (done.file_no == file_no).then_some((done, session))
    });
    let gone = || json(404, Body::from(r#"{"success":false,"error":"There is no such file"}"#));
    let Some((done, session)) = found else { return gone() };
    if let (Some(remote), Some(store)) = (&session.about.store, &vault.store) {
        let mut response = json(307, Body::empty());
        if let Ok(place) = HeaderValue::try_from(store.read_link(&remote.key)) {
            response.headers_mut().insert(header::LOCATION, place);
        }
        return response;
    }
    let path = vault.objects.dir.join(&done.object);
    let Ok(size) = tokio::fs::metadata(&path).await.map(|about| about.len()) else { return gone() };
    let Ok(body) = stretch(&path, 0, size).await else { return gone() };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(&session.about.content_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    response
}
