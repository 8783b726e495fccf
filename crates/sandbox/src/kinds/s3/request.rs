//! One S3 request, parsed from its line and query.

use std::sync::Arc;

use super::operation::Operation;
use super::place::Place;
use super::{BUCKET, KIND, S3};
use crate::sessions::session::Session;
use crate::storage::refusal::Refusal;
use crate::vault::Vault;

/// One S3 request.
pub(crate) struct S3Request {
    pub(crate) s3: Arc<S3>,
    pub(crate) operation: Operation,
    pub(crate) place: Place,
    /// The query, decoded.
    pub(crate) query: Vec<(String, String)>,
}

impl S3Request {
    /// Checks that the bucket is the existing one.
    pub(crate) fn bucket(&self) -> Result<(), Refusal> {
        if self.place.bucket.is_empty() || self.place.bucket == BUCKET {
            return Ok(());
        }
        let message = "The specified bucket does not exist";
        Err(Refusal::new(http::StatusCode::NOT_FOUND, "NoSuchBucket", message)
            .with("BucketName", &self.place.bucket))
    }

    /// The upload of this key that the request refers to, open or finished.
    pub(crate) fn upload(&self, vault: &Vault) -> Result<Arc<Session>, Refusal> {
        let id = self.operation.upload().unwrap_or_default();
        let found = vault.shelf.find_of(KIND, id).filter(|session| {
            let about = &session.about;
            about.in_parts && about.key.as_deref() == Some(&self.place.key)
        });
        found.ok_or_else(|| Refusal::no_such_upload(id))
    }

    /// The same, if still open.
    pub(crate) fn open(&self, vault: &Vault) -> Result<Arc<Session>, Refusal> {
        let session = self.upload(vault)?;
        if session.state().done.is_some() {
            return Err(Refusal::no_such_upload(&session.about.id));
        }
        Ok(session)
    }
}
