//! The entry of S3's requests: before any other kind for its bucket, after all others for requests with an S3
//! signature.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::middleware::Next;
use http::{Request, Response};

use super::operation::Operation;
use super::request::S3Request;
use super::{BUCKET, KIND, S3, object, operation, place, take};
use crate::elsewhere::nowhere;
use crate::faults::carry;
use crate::front::Front;
use crate::kinds::call::call;
use crate::kinds::destination::Destination;
use crate::net::tap::Line;
use crate::state::Sandbox;
use crate::storage::keep::refuse;
use crate::storage::refusal::Refusal;
use crate::storage::sign::REGION;
use crate::storage::{presigned, query};

/// What a client needs to use it.
pub(crate) fn destination(s3: &S3, front: &Front) -> Destination {
    let mut more = BTreeMap::from([
        ("region", REGION.to_owned()),
        ("bucket", BUCKET.to_owned()),
        ("style", "path".to_owned()),
        ("secret", s3.account.secret.clone()),
    ]);
    more.extend(s3.signer.token.clone().map(|token| ("session_token", token)));
    Destination { kind: KIND, url: front.origin.clone(), key: s3.account.key.clone(), more }
}

/// Takes requests for the bucket, by path or by host, before any other kind can.
pub(crate) async fn door(
    State((s3, sandbox)): State<(Arc<S3>, Sandbox)>,
    request: Request<Body>,
    next: Next,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let ours = place::is_ours(&head);
    let request = Request::from_parts(head, body);
    if ours { answer(s3, sandbox, request).await } else { next.run(request).await }
}

/// Takes unclaimed requests that have an S3 signature: the list of buckets, and buckets that do not exist.
pub(crate) async fn elsewhere(s3: Arc<S3>, sandbox: Sandbox, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let signed = place::is_signed(&head);
    let request = Request::from_parts(head, body);
    if signed { answer(s3, sandbox, request).await } else { nowhere().await }
}

async fn answer(s3: Arc<S3>, sandbox: Sandbox, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Some(line) = head.extensions.get::<Line>().cloned() else { return carry::hang_up() };
    let read = move |head: &http::request::Parts| -> Result<S3Request, Refusal> {
        let query = query::pairs(head.uri.query().unwrap_or("")).ok_or_else(presigned::unreadable)?;
        let place = place::of(head)?;
        let operation = operation::of(&head.method, &place, &query)?;
        Ok(S3Request { s3, operation, place, query })
    };
    let asked = match read(&head) {
        Ok(asked) => asked,
        Err(refusal) => {
            let mut entry = sandbox.front.log.entry("request", KIND);
            return refuse(&refusal, &line, &mut entry);
        }
    };
    match asked.operation {
        Operation::Part { .. } | Operation::Put => take::take(sandbox, asked, head, body, &line).await,
        Operation::Get => object::get(&sandbox, &asked, &head, &line).await,
        _ => {
            let step = asked.operation.step();
            call(Arc::new(asked), sandbox, step, Request::from_parts(head, body)).await
        }
    }
}
