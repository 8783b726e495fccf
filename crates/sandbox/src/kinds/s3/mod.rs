//! S3 itself, at the root of the server: one bucket, by path or by host, every request signed.

mod access;
mod account;
mod attributes;
mod bucket;
mod keys;
mod listed;
mod object;
mod operation;
mod parts;
mod place;
mod reply;
mod take;
mod uploads;
mod vendor;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::middleware::Next;
use http::{Request, Response};

pub(crate) use self::account::Account;
use self::operation::Operation;
use self::vendor::S3;
use super::Destination;
use super::call::call;
use crate::elsewhere::nowhere;
use crate::faults::carry;
use crate::net::tap::Line;
use crate::shared::{Share, Shared};
use crate::storage::keep::refuse;
use crate::storage::refusal::Refusal;
use crate::storage::sign::REGION;
use crate::storage::{presigned, query};

/// Its name.
pub(crate) const KIND: &str = "s3";
/// The one bucket.
pub(crate) const BUCKET: &str = "sandbox";

/// What a client needs to use it.
pub(crate) fn destination(shared: &Shared) -> Destination {
    let account = &shared.settings.s3;
    let mut more = BTreeMap::from([
        ("region", REGION.to_owned()),
        ("bucket", BUCKET.to_owned()),
        ("style", "path".to_owned()),
        ("secret", account.secret.clone()),
    ]);
    more.extend(shared.s3.token.clone().map(|token| ("session_token", token)));
    Destination { kind: KIND, url: shared.origin.clone(), key: account.key.clone(), more }
}

/// Takes what is meant for the bucket by its path or its host, before any other kind can.
pub(crate) async fn door(State(shared): State<Share>, request: Request<Body>, next: Next) -> Response<Body> {
    let (head, body) = request.into_parts();
    let ours = place::is_ours(&head);
    let request = Request::from_parts(head, body);
    if ours { answer(shared, request).await } else { next.run(request).await }
}

/// Takes what nobody else does, if it is signed as S3 wants it: the list of buckets, and buckets that are not there.
pub(crate) async fn elsewhere(State(shared): State<Share>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let signed = place::is_signed(&head);
    let request = Request::from_parts(head, body);
    if signed { answer(shared, request).await } else { nowhere().await }
}

async fn answer(shared: Share, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Some(line) = head.extensions.get::<Line>().cloned() else { return carry::hang_up() };
    let read = || -> Result<S3, Refusal> {
        let query = query::pairs(head.uri.query().unwrap_or("")).ok_or_else(presigned::unreadable)?;
        let place = place::of(&head)?;
        let operation = operation::of(&head.method, &place, &query)?;
        Ok(S3 { operation, place, query })
    };
    let asked = match read() {
        Ok(asked) => asked,
        Err(refusal) => {
            let mut entry = shared.log.entry("request", KIND);
            return refuse(&refusal, &line, &mut entry);
        }
    };
    match asked.operation {
        Operation::Part { .. } | Operation::Put => take::take(shared, asked, head, body, &line).await,
        Operation::Get => object::get(shared, &asked, &head, &line).await,
        _ => {
            let step = asked.operation.step();
            call(Arc::new(asked), shared, step, Request::from_parts(head, body)).await
        }
    }
}
