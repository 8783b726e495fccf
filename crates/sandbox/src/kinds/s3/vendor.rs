//! How S3 speaks: its signature, what each call carries, its XML.

use std::sync::Arc;

use http::request::Parts;
use sha2::{Digest, Sha256};

use super::operation::Operation;
use super::place::Place;
use super::{BUCKET, KIND, access, bucket, object, reply, uploads};
use crate::faults::effect::Reply;
use crate::faults::grammar::Step;
use crate::kinds::fields::Wrong;
use crate::kinds::said::Said;
use crate::kinds::vendor::{Call, Carries, No, Noted, Takes, Vendor};
use crate::sessions::session::Session;
use crate::shared::Shared;
use crate::storage::authorization;
use crate::storage::refusal::Refusal;

/// One request of the kind.
pub(crate) struct S3 {
    pub(crate) operation: Operation,
    pub(crate) place: Place,
    /// The query, decoded.
    pub(crate) query: Vec<(String, String)>,
}

impl S3 {
    /// Whether the bucket is the one that there is.
    pub(crate) fn bucket(&self) -> Result<(), Refusal> {
        if self.place.bucket.is_empty() || self.place.bucket == BUCKET {
            return Ok(());
        }
        let message = "The specified bucket does not exist";
        Err(Refusal::new(http::StatusCode::NOT_FOUND, "NoSuchBucket", message)
            .with("BucketName", &self.place.bucket))
    }

    /// The upload that the request is about, of this key, while it takes parts or after.
    pub(crate) fn upload(&self, shared: &Shared) -> Result<Arc<Session>, Refusal> {
        let id = self.operation.upload().unwrap_or_default();
        let found = shared.shelf.find_of(KIND, id).filter(|session| {
            let about = &session.about;
            about.in_parts && about.key.as_deref() == Some(&self.place.key)
        });
        found.ok_or_else(|| Refusal::no_such_upload(id))
    }

    /// The same, while it takes parts.
    pub(crate) fn open(&self, shared: &Shared) -> Result<Arc<Session>, Refusal> {
        let session = self.upload(shared)?;
        if session.state().done.is_some() {
            return Err(Refusal::no_such_upload(&session.about.id));
        }
        Ok(session)
    }
}

impl Vendor for S3 {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn admit(&self, shared: &Shared, _: Step, head: &Parts) -> Result<(), No> {
        access::judge(&shared.s3, head, &self.query, shared.clock.now())?;
        if self.operation != Operation::CreateBucket {
            self.bucket()?;
        }
        Ok(())
    }

    fn takes(&self, _: Step) -> Takes {
        let body = match self.operation {
            Operation::Complete { .. } | Operation::CreateBucket => Carries::Text,
            _ => Carries::Nothing,
        };
        Takes { body, query: true }
    }

    /// Ten thousand parts with their checksums, and generously.
    fn longest(&self) -> u64 {
        4 * 1024 * 1024
    }

    fn session(&self, _: &Call) -> Option<String> {
        self.operation.upload().map(str::to_owned)
    }

    fn work(&self, shared: &Shared, call: &Call, noted: &mut Noted) -> Result<Said, No> {
        if call.head.headers.contains_key(http::header::AUTHORIZATION) {
            let told = authorization::payload(&call.head.headers)?;
            if told != crate::storage::sign::UNSIGNED && told != hex::encode(Sha256::digest(&call.body)) {
                return Err(Refusal::other_sha256().into());
            }
        }
        match &self.operation {
            Operation::Create => uploads::create(self, shared, call, noted),
            Operation::ListParts { .. } => uploads::list_parts(self, shared, call),
            Operation::ListUploads => uploads::list_uploads(self, shared),
            Operation::Complete { .. } => uploads::complete(self, shared, call, noted),
            Operation::Abort { .. } => uploads::abort(self, shared),
            Operation::Head => object::head(self, shared, noted),
            Operation::Delete => bucket::delete(self, shared),
            Operation::ListBuckets => Ok(bucket::all()),
            Operation::CreateBucket => Err(bucket::create(self).into()),
            Operation::HeadBucket => Ok(bucket::head()),
            Operation::Location => Ok(bucket::location()),
            Operation::ListObjects => bucket::list(self, shared),
            // Bodies come and go elsewhere.
            Operation::Part { .. } | Operation::Put | Operation::Get => {
                Err(No::new(500, "InternalError", "This is not a call"))
            }
        }
    }

    fn wrong(&self, wrong: Wrong) -> No {
        No::new(400, "InvalidRequest", wrong.0)
    }

    fn refusal(&self, no: &No) -> Said {
        reply::refusal(no)
    }

    fn spoil(&self, said: Said, step: Step, how: Reply) -> Said {
        reply::spoil(said, step, how)
    }
}
