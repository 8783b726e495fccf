//! A finished file at its public URL, so that a copied link opens.

use axum::body::Body;
use axum::extract::{Path, State};
use bytes::Bytes;
use http::{HeaderValue, Response, header};
use tokio::io::AsyncReadExt;

use crate::kinds::said::json;
use crate::sessions::session::Done;
use crate::shared::{Share, Shared};
use crate::storage::query;

/// Bytes read at once.
const BLOCK: usize = 256 * 1024;

/// The URL of a finished session's object, where `get` stands below the kind's base.
pub(crate) fn url(shared: &Shared, base: &str, done: &Done) -> String {
    let name = query::encode(done.name());
    format!("{}{base}/files/{}/{name}", shared.origin, done.file_no)
}

/// Streams the object of this number. It comes as an attachment: nothing that was uploaded may act as a page here.
pub(crate) async fn get(
    State(shared): State<Share>,
    Path((file_no, _)): Path<(String, String)>,
) -> Response<Body> {
    let found = shared.shelf.list().into_iter().find_map(|session| {
        let done = session.state().done.clone()?;
        (done.file_no == file_no).then(|| (done, session.about.content_type.clone()))
    });
    let gone = || json(404, Body::from(r#"{"success":false,"error":"There is no such file"}"#));
    let Some((done, content_type)) = found else { return gone() };
    let Ok(file) = tokio::fs::File::open(shared.objects.dir.join(&done.object)).await else { return gone() };
    let Ok(size) = file.metadata().await.map(|about| about.len()) else { return gone() };
    let blocks = futures_util::stream::try_unfold(file, |mut file| async move {
        let mut block = vec![0; BLOCK];
        let n = file.read(&mut block).await?;
        block.truncate(n);
        std::io::Result::Ok((n > 0).then(|| (Bytes::from(block), file)))
    });
    let mut response = Response::new(Body::from_stream(blocks));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(&content_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    response
}
