//! *Complete*, and the look at the finished object: its size, and its ETag against what was sent.

use std::time::Duration;

use http::Method;
use partway_core::{Cause, Etag, Failure, FileReceipt, PartReceipt, RetryClass, Step, Strength};
use partway_http::xml::child;
use partway_http::{ApiAnswer, Xml};

use super::ask::{Ask, Look, Seen, document};
use super::object::{Match, Object, checksum, compare, is_md5};
use super::session::{Kept, Way};
use super::start::{NOTHING_THERE, taken};
use super::{S3, key, xml};
use crate::plan::covered;

/// Putting thousands of parts together may take minutes (AWS, `CompleteMultipartUpload`: "can take several minutes").
const COMPLETE_TIMEOUT: Duration = Duration::from_secs(300);

impl S3 {
    /// Puts the parts together, or confirms what one PUT stored.
    pub(crate) async fn finish(&self, kept: &Kept, receipts: &[PartReceipt]) -> Result<FileReceipt, Failure> {
        covered(kept.parts, receipts)?;
        // One PUT was confirmed when it was answered.
        let Way::UploadId(id) = &kept.way else { return Ok(self.receipt(kept, receipts, None)) };
        let answer = match self.complete_call(kept, id, receipts, kept.only_if_free).await {
            Err(failure) if kept.only_if_free => self.without_condition(kept, id, receipts, failure).await?,
            other => Some(other?),
        };
        match answer {
            Some(answer) => self.put_together(kept, receipts, &answer),
            None => Ok(self.receipt(kept, receipts, None)),
        }
    }

    async fn complete_call(
        &self,
        kept: &Kept,
        upload_id: &str,
        receipts: &[PartReceipt],
        condition: bool,
    ) -> Result<ApiAnswer, Failure> {
        let free = [(NOTHING_THERE.0.to_owned(), NOTHING_THERE.1.to_owned())];
        self.ask(Ask {
            query: &[("uploadId", upload_id)],
            headers: if condition { &free } else { &[] },
            body: Some(Xml(xml::complete(receipts))),
            timeout: COMPLETE_TIMEOUT,
            ..Ask::new(Step::Complete, Method::POST, Some(&kept.key))
        })
        .await
    }

    /// The condition was not met, or not understood. `None`: what is there is ours, of a *complete* whose answer was lost.
    async fn without_condition(
        &self,
        kept: &Kept,
        upload_id: &str,
        receipts: &[PartReceipt],
        failure: Failure,
    ) -> Result<Option<ApiAnswer>, Failure> {
        let not_met = matches!(failure.cause, Cause::NameTaken { .. });
        if !not_met && !is_not_understood(&failure) {
            return Err(failure);
        }
        let seen = self.look(Step::Complete, &kept.key).await?.seen;
        match seen {
            Seen::There(object) if compare(object.etag.as_ref(), receipts, true) == Match::Same => Ok(None),
            Seen::Absent if !not_met => self.complete_call(kept, upload_id, receipts, false).await.map(Some),
            Seen::Hidden(_) if !not_met => Err(failure),
            _ => Err(Failure {
                status: failure.status,
                code: failure.code,
                ..taken(Step::Complete, &kept.key)
            }),
        }
    }

    fn put_together(
        &self,
        kept: &Kept,
        receipts: &[PartReceipt],
        answer: &ApiAnswer,
    ) -> Result<FileReceipt, Failure> {
        let what = "the reply is no CompleteMultipartUploadResult";
        let etag = document(Step::Complete, answer, "CompleteMultipartUploadResult", what, |root| {
            Some(child(root, "ETag").map(|etag| Etag(etag.trim_matches('"').to_owned())))
        })?;
        let etag = etag.filter(|_| !answer.is_encrypted());
        if compare(etag.as_ref(), receipts, true) == Match::Other {
            return Err(differs(Step::Complete, etag.as_ref(), receipts, true));
        }
        Ok(FileReceipt {
            checksum: etag.map(|Etag(etag)| named(&etag)),
            ..self.receipt(kept, receipts, None)
        })
    }

    /// Looks at the finished object.
    pub(crate) async fn look_at_finished(
        &self,
        kept: &Kept,
        receipts: &[PartReceipt],
        receipt: FileReceipt,
    ) -> Result<FileReceipt, Failure> {
        let confirmed = receipt.strength == Strength::Confirmed;
        if confirmed && receipt.size.is_some() {
            return Ok(receipt);
        }
        let Look { seen, .. } = self.look(Step::Verify, &kept.key).await?;
        let object = match seen {
            Seen::There(object) => object,
            Seen::Absent => return Err(not_there("the storage has no such object")),
            Seen::Hidden(failure) => return Err(failure),
        };
        if !confirmed && !self.is_ours(kept, receipts, &object).await? {
            return Err(not_there("the object that is there is another one"));
        }
        // Its ETag is compared by whoever reads the receipt.
        Ok(self.receipt(kept, receipts, Some(&object)))
    }

    /// Whether an object came of this upload, whose *complete* nobody answered: an older one may have its key.
    async fn is_ours(&self, kept: &Kept, receipts: &[PartReceipt], object: &Object) -> Result<bool, Failure> {
        match compare(object.etag.as_ref(), receipts, kept.in_parts()) {
            Match::Same => return Ok(true),
            Match::Other => return Ok(false),
            Match::CannotSay => {}
        }
        if !object.may_be(kept) {
            return Ok(false);
        }
        let Way::UploadId(id) = &kept.way else { return Ok(true) };
        // An upload that is still open was not put together.
        match self.page(Step::Verify, &kept.key, id, None, 1).await {
            Ok(_) => Ok(false),
            Err(failure) if failure.code.as_deref() == Some("NoSuchUpload") => Ok(true),
            Err(failure) => Err(failure),
        }
    }

    fn receipt(&self, kept: &Kept, receipts: &[PartReceipt], object: Option<&Object>) -> FileReceipt {
        let etag = match object {
            Some(object) => object.etag.as_ref().map(|Etag(etag)| etag.clone()),
            None => checksum(receipts, kept.in_parts()).filter(|_| receipts.iter().all(|part| part.compared)),
        };
        FileReceipt {
            strength: Strength::Confirmed,
            id: Some(kept.key.clone()),
            name: Some(key::name(&kept.key).to_owned()),
            link: Some(self.settings.bucket.object_url(&kept.key).into()),
            size: object.and_then(|object| object.size),
            checksum: etag.map(|etag| named(&etag)),
        }
    }
}

/// A server that does not know the condition says so in one of these ways.
fn is_not_understood(failure: &Failure) -> bool {
    const CODES: [&str; 4] = ["NotImplemented", "InvalidArgument", "InvalidRequest", "InvalidHeader"];
    failure.status == Some(501)
        || (failure.status == Some(400) && failure.code.as_deref().is_some_and(|code| CODES.contains(&code)))
}

/// An ETag as a checksum: one of MD5s' form is compared by whoever reads the receipt.
fn named(etag: &str) -> String {
    let digits = etag.split_once('-').map_or(etag, |(digits, _)| digits);
    if is_md5(digits) { format!("md5:{etag}") } else { format!("etag:{etag}") }
}

fn not_there(what: &str) -> Failure {
    Failure::new(Step::Verify, RetryClass::Conflict, Cause::NeverConfirmed, what)
}

fn differs(step: Step, etag: Option<&Etag>, receipts: &[PartReceipt], in_parts: bool) -> Failure {
    let found = etag.map_or("none", |Etag(etag)| etag.as_str());
    let due = checksum(receipts, in_parts).unwrap_or_default();
    let said = format!("what it has there is not what was sent: its checksum is {found}, and {due} was due");
    Failure::new(step, RetryClass::Refused, Cause::Refused { said: said.clone() }, said)
}
