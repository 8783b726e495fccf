//! *Complete*, the check before it, and the look at the finished object.

use std::sync::atomic::Ordering;
use std::time::Duration;

use http::Method;
use md5::{Digest, Md5};
use partway_core::{Cause, Etag, Failure, FileReceipt, PartReceipt, RetryClass, Step, Strength, proof};
use partway_http::xml::child;
use partway_http::{ApiAnswer, Xml};

use super::ask::{Ask, Look, Seen, document};
use super::object::Object;
use super::session::{Kept, Way};
use super::start::{NOTHING_THERE, taken};
use super::{S3, key, xml};
use crate::plan::covered;

/// Putting thousands of parts together may take minutes (AWS, `CompleteMultipartUpload`: "can take several minutes").
const COMPLETE_TIMEOUT: Duration = Duration::from_secs(300);

/// Reading back a file that was sent whole takes as long as sending it did.
const READ_TIMEOUT: Duration = Duration::from_secs(300);

/// Files up to this size are read back; a reply has at most 32 MiB, and a single PUT at most 16.
const READ_BACK: u64 = 31 << 20;

/// The failure's words if nothing is at the key.
const ABSENT: &str = "the storage has no such object";

/// What is at the key when the parts are put together and nothing may be replaced.
enum Place {
    Free,
    /// What we sent, from a *complete* whose answer was lost.
    Ours,
    Taken,
}

impl S3 {
    /// Puts the parts together, or confirms what one PUT stored.
    pub(crate) async fn finish(&self, kept: &Kept, receipts: &[PartReceipt]) -> Result<FileReceipt, Failure> {
        covered(kept.parts, receipts)?;
        // A single PUT was confirmed by its answer.
        let Way::UploadId(id) = &kept.way else { return Ok(self.receipt(kept, receipts, None)) };
        if kept.only_if_free {
            match self.place(kept, id, receipts).await {
                Place::Free => {}
                Place::Ours => return Ok(self.receipt(kept, receipts, None)),
                Place::Taken => return Err(taken(Step::Complete, &kept.key)),
            }
        }
        let answer = match self.complete_call(kept, id, receipts, kept.only_if_free).await {
            Err(failure) if kept.only_if_free => self.without_condition(kept, id, receipts, failure).await?,
            other => Some(other?),
        };
        match answer {
            Some(answer) => self.put_together(kept, receipts, &answer),
            None => Ok(self.receipt(kept, receipts, None)),
        }
    }

    /// Looks at the key just before the parts are put together. Some storages silently ignore the condition
    /// (Ceph's gateway at *complete*, s3rver), and there only this keeps another's file from being replaced.
    async fn place(&self, kept: &Kept, upload_id: &str, receipts: &[PartReceipt]) -> Place {
        let Ok(Look { seen: Seen::There(object), .. }) = self.look(Step::Complete, &kept.key).await else {
            // Without permission or an answer, only the condition protects.
            return Place::Free;
        };
        if object.size == Some(kept.size) && object.is_proved(receipts) {
            return Place::Ours;
        }
        if !object.may_be(kept) {
            return Place::Taken;
        }
        // A *complete* whose answer was lost may have created it: then the upload is over, and completing
        // again says so.
        if self.is_over(kept, upload_id).await { Place::Free } else { Place::Taken }
    }

    /// Whether the upload is known to have been completed or aborted.
    async fn is_over(&self, kept: &Kept, upload_id: &str) -> bool {
        let asked = self.page(Step::Complete, &kept.key, upload_id, None, 1).await;
        asked.err().is_some_and(|failure| is_over(&failure))
    }

    pub(crate) async fn complete_call(
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
            body: Some(Xml(xml::complete(receipts, kept.checksum))),
            timeout: COMPLETE_TIMEOUT,
            ..Ask::new(Step::Complete, Method::POST, Some(&kept.key))
        })
        .await
    }

    /// The condition was not met, or not understood. `None`: the object is ours, from a *complete* whose
    /// answer was lost.
    async fn without_condition(
        &self,
        kept: &Kept,
        upload_id: &str,
        receipts: &[PartReceipt],
        failure: Failure,
    ) -> Result<Option<ApiAnswer>, Failure> {
        let not_met = matches!(failure.cause, Cause::NameTaken { .. });
        if !not_met && !failure.may_be_the_condition() {
            return Err(failure);
        }
        let seen = self.look(Step::Complete, &kept.key).await?.seen;
        match seen {
            Seen::There(object) if object.is_proved(receipts) => Ok(None),
            Seen::Absent if !not_met => {
                let answer = self.complete_call(kept, upload_id, receipts, false).await?;
                self.unconditional.store(true, Ordering::Relaxed);
                Ok(Some(answer))
            }
            Seen::Hidden(_) if !not_met => Err(failure),
            // It may be ours: if the upload is over, an earlier *complete* put it together.
            Seen::There(object) if not_met && object.may_be(kept) && self.is_over(kept, upload_id).await => {
                Err(Failure { class: RetryClass::Conflict, cause: Cause::NeverConfirmed, ..failure })
            }
            _ => Err(Failure {
                status: failure.status,
                code: failure.code,
                ..taken(Step::Complete, &kept.key)
            }),
        }
    }

    pub(crate) fn put_together(
        &self,
        kept: &Kept,
        receipts: &[PartReceipt],
        answer: &ApiAnswer,
    ) -> Result<FileReceipt, Failure> {
        let what = "the reply is no CompleteMultipartUploadResult";
        let etag = document(Step::Complete, answer, "CompleteMultipartUploadResult", what, |root| {
            Some(child(root, "ETag").map(|etag| Etag(proof::bare(&etag).to_owned())))
        })?;
        let etag = etag.filter(|_| !answer.is_encrypted());
        Ok(FileReceipt {
            checksum: etag.map(|Etag(etag)| named(&etag, receipts)),
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
            Seen::Absent => return Err(not_there(ABSENT)),
            Seen::Hidden(failure) => return Err(failure),
        };
        let found = self.receipt(kept, receipts, Some(&object));
        if !confirmed {
            return self.found_after_a_lost_answer(kept, receipts, &object, found).await;
        }
        // An ETag that is no checksum still identifies the object: if it is not the one that the storage
        // gave, the object has changed.
        let given = match &kept.way {
            Way::OnePut(_) => {
                receipts.first().and_then(|part| part.etag.as_ref()).map(|etag| etag.0.as_str())
            }
            Way::UploadId(_) => {
                receipt.checksum.as_deref().and_then(|told| told.split_once(':')).map(|told| told.1)
            }
        };
        let told = object.etag.as_ref().map(|etag| etag.0.as_str());
        let another = given.zip(told).is_some_and(|(given, told)| !proof::same_etag(given, told));
        if another && !object.is_proved(receipts) {
            return Ok(FileReceipt { strength: Strength::Unproved, ..found });
        }
        Ok(found)
    }

    /// Judges an object found after a request whose answer was lost: it may be an older one, or another
    /// client's.
    async fn found_after_a_lost_answer(
        &self,
        kept: &Kept,
        receipts: &[PartReceipt],
        object: &Object,
        found: FileReceipt,
    ) -> Result<FileReceipt, Failure> {
        if object.is_proved(receipts) {
            return Ok(found);
        }
        let another = || not_there("the object that is there is another one");
        if !object.may_be(kept) {
            return Err(another());
        }
        let Way::UploadId(id) = &kept.way else {
            // Only its bytes can show.
            let Some(md5) = self.read_back(kept).await? else {
                return Ok(FileReceipt { strength: Strength::Unproved, ..found });
            };
            let same = receipts.first().is_some_and(|part| part.md5 == md5);
            let checksum = Some(format!("md5:{}", proof::hex(&md5)));
            return if same { Ok(FileReceipt { checksum, ..found }) } else { Err(another()) };
        };
        // An upload that is still open was not put together.
        match self.page(Step::Verify, &kept.key, id, None, 1).await {
            Ok(_) => Err(another()),
            // The upload is over, and size and time fit: so it was put together. A differing checksum may be
            // computed in this storage's own way, or be that of a file that replaced ours.
            Err(failure) if is_over(&failure) => {
                let strength = if object.has_checksum() { Strength::Unproved } else { Strength::Confirmed };
                Ok(FileReceipt { strength, ..found })
            }
            Err(failure) => Err(failure),
        }
    }

    /// The MD5 of the stored object; `None` if it cannot be compared: it is too long to be read, or was
    /// unpacked on the way.
    async fn read_back(&self, kept: &Kept) -> Result<Option<[u8; 16]>, Failure> {
        if kept.size > READ_BACK {
            return Ok(None);
        }
        let get = Ask { timeout: READ_TIMEOUT, ..Ask::new(Step::Verify, Method::GET, Some(&kept.key)) };
        let answer = self.answer(get).await?;
        let (length, declared) = (answer.body.len() as u64, Object::read(&answer).size);
        // An object may look like a page or a refusal; one in the file's length is the object all the same.
        let in_length = length == kept.size || declared == Some(kept.size);
        let answer = if answer.status == 200 && in_length {
            answer
        } else {
            self.successful(Step::Verify, answer).map_err(|failure| match failure.code.as_deref() {
                Some("NoSuchKey") => not_there(ABSENT),
                _ => failure,
            })?
        };
        // The client unpacks what looks packed, as a .gz does: these are not the object's bytes.
        let unpacked = length != kept.size && declared.is_none_or(|declared| declared == kept.size);
        Ok((!unpacked).then(|| Md5::digest(&answer.body).into()))
    }

    fn receipt(&self, kept: &Kept, receipts: &[PartReceipt], object: Option<&Object>) -> FileReceipt {
        let etag = match object {
            Some(object) => object.etag.as_ref().map(|Etag(etag)| etag.clone()),
            None => due(kept, receipts).filter(|_| receipts.iter().all(|part| part.compared)),
        };
        FileReceipt {
            strength: Strength::Confirmed,
            id: Some(kept.key.clone()),
            name: Some(key::name(&kept.key).to_owned()),
            link: Some(self.settings.bucket.object_url(&kept.key).into()),
            size: object.and_then(|object| object.size),
            checksum: etag.map(|etag| named(&etag, receipts)),
        }
    }
}

/// The ETag that Amazon would give.
fn due(kept: &Kept, receipts: &[PartReceipt]) -> Option<String> {
    match receipts {
        [] => None,
        parts if kept.in_parts() => Some(proof::of_parts(parts)),
        [one] => Some(proof::hex(&one.md5)),
        _ => None,
    }
}

/// Whether the upload was completed or aborted.
fn is_over(failure: &Failure) -> bool {
    failure.code.as_deref() == Some("NoSuchUpload")
}

/// An ETag as a checksum: called an MD5 only if it matches what was sent.
fn named(etag: &str, receipts: &[PartReceipt]) -> String {
    if proof::proves_whole(etag, receipts) { format!("md5:{etag}") } else { format!("etag:{etag}") }
}

fn not_there(what: &str) -> Failure {
    Failure::new(Step::Verify, RetryClass::Conflict, Cause::NeverConfirmed, what)
}
