//! The vendors' APIs, one module each, in front of one storage.

pub(crate) mod autorender;
pub(crate) mod begun;
pub(crate) mod call;
pub(crate) mod destination;
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

use std::sync::Arc;

use axum::Router;

use self::autorender::AutoRender;
use self::destination::Destination;
use self::gjirafa::Gjirafa;
use self::record360::Record360;
use self::s3::S3;
use crate::front::Front;
use crate::state::Sandbox;

/// Every kind, configured for one sandbox.
pub(crate) struct Kinds {
    pub(crate) autorender: Arc<AutoRender>,
    pub(crate) gjirafa: Arc<Gjirafa>,
    pub(crate) record360: Arc<Record360>,
    pub(crate) s3: Arc<S3>,
}

impl Kinds {
    /// The destination of each kind.
    pub(crate) fn destinations(&self, front: &Front) -> Vec<Destination> {
        vec![
            autorender::destination(&self.autorender, front),
            gjirafa::destination(&self.gjirafa, front),
            record360::destination(&self.record360, front),
            s3::destination(&self.s3, front),
        ]
    }

    /// The routes of every kind that has some; S3 gets its bucket's requests through `s3::door`.
    pub(crate) fn routes(&self) -> Router<Sandbox> {
        Router::new()
            .merge(autorender::routes(&self.autorender))
            .merge(gjirafa::routes(&self.gjirafa))
            .merge(record360::routes(&self.record360))
    }
}
