//! S3's protocol: its signature, what each call carries, its XML.

use http::request::Parts;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::operation::Operation;
use super::request::S3Request;
use super::{KIND, access, bucket, object, reply, uploads};
use crate::faults::effect::Reply;
use crate::faults::step::Step;
use crate::front::Front;
use crate::kinds::fields::Wrong;
use crate::kinds::said::Said;
use crate::kinds::vendor::{Call, Carries, No, Noted, Takes, Vendor};
use crate::storage::authorization;
use crate::storage::refusal::Refusal;
use crate::vault::Vault;

impl Vendor for S3Request {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn admit(&self, now: Timestamp, _: Step, head: &Parts) -> Result<(), No> {
        access::judge(&self.s3.signer, head, &self.query, now)?;
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

    /// Enough for ten thousand parts with their checksums.
    fn longest(&self) -> u64 {
        4 * 1024 * 1024
    }

    fn session(&self, _: &Call) -> Option<String> {
        self.operation.upload().map(str::to_owned)
    }

    fn work(&self, front: &Front, vault: &Vault, call: &Call, noted: &mut Noted) -> Result<Said, No> {
        if call.head.headers.contains_key(http::header::AUTHORIZATION) {
            let told = authorization::payload(&call.head.headers)?;
            if told != crate::storage::sign::UNSIGNED && told != hex::encode(Sha256::digest(&call.body)) {
                return Err(Refusal::other_sha256().into());
            }
        }
        match &self.operation {
            Operation::Create => uploads::create(self, front, vault, call, noted),
            Operation::ListParts { .. } => uploads::list_parts(self, vault, call),
            Operation::ListUploads => uploads::list_uploads(self, vault),
            Operation::Complete { .. } => uploads::complete(self, front, vault, call, noted),
            Operation::Abort { .. } => uploads::abort(self, vault),
            Operation::Head => object::head(self, vault, noted),
            Operation::Delete => bucket::delete(self, vault),
            Operation::ListBuckets => Ok(bucket::all()),
            Operation::CreateBucket => Err(bucket::create(self).into()),
            Operation::HeadBucket => Ok(bucket::head()),
            Operation::Location => Ok(bucket::location()),
            Operation::ListObjects => bucket::list(self, vault),
            // Bodies are handled elsewhere.
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
