//! The vendors' APIs, a module each, in front of one storage.

pub(crate) mod autorender;
pub(crate) mod begun;
pub(crate) mod call;
pub(crate) mod fields;
pub(crate) mod file;
pub(crate) mod finished;
pub(crate) mod gjirafa;
pub(crate) mod json;
mod links;
pub(crate) mod record360;
pub(crate) mod s3;
pub(crate) mod said;
pub(crate) mod vendor;

use std::collections::BTreeMap;

use axum::Router;
use serde::Serialize;

use crate::shared::{Share, Shared};

/// One entry of the first line: what a client needs to use this kind.
#[derive(Debug, Clone, Serialize)]
pub struct Destination {
    /// The vendor, as in `partwayctl destinations add --kind`.
    pub kind: &'static str,
    /// The base URL of its API.
    pub url: String,
    /// The API key.
    pub key: String,
    /// What this kind needs besides, named as the flags of `partwayctl destinations add`.
    #[serde(flatten)]
    pub more: BTreeMap<&'static str, String>,
}

/// What every kind offers.
pub(crate) fn destinations(shared: &Shared) -> Vec<Destination> {
    vec![
        autorender::destination(shared),
        gjirafa::destination(shared),
        record360::destination(shared),
        s3::destination(shared),
    ]
}

/// The routes of every kind.
pub(crate) fn routes() -> Router<Share> {
    Router::new().merge(autorender::routes()).merge(gjirafa::routes()).merge(record360::routes())
}
