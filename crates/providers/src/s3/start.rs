//! Opens an upload: finds a key that is free or may be replaced, then opens a session, or uses a single PUT
//! for what fits into one.

use std::time::Duration;

use base64::Engine;
use http::Method;
use jiff::Timestamp;
use partway_core::{Cause, Checksum, Etag, Failure, PartNumber, PartPlan, RetryClass, SignedUrl, Step};
use partway_http::{ApiAnswer, xml};
use partway_provider::{FileFacts, IfExists, PartTarget, Started};

use super::ask::{Ask, Look, Seen, document};
use super::parts::is_no_list;
use super::session::{Kept, Way};
use super::sign::{Request, signed};
use super::{S3, headers, key};

/// How many targets come with the session; signing costs nothing, so the others are signed when they are
/// needed.
const WINDOW: usize = 64;

/// The condition that nothing be replaced (RFC 9110, 13.1.2; AWS, "How to prevent object overwrites with
/// conditional writes").
pub(crate) const NOTHING_THERE: (&str, &str) = ("if-none-match", "*");

/// A storage may take a while to open an upload when it is busy.
const START_TIMEOUT: Duration = Duration::from_secs(60);

impl S3 {
    /// Opens an upload.
    pub(crate) async fn open_upload(&self, file: &FileFacts, plan: PartPlan) -> Result<Started, Failure> {
        let key = key::key(&self.settings, file).map_err(refused)?;
        let headers = headers::of(&self.settings, file).map_err(refused)?;
        let only_if_free = file.fields.if_exists != Some(IfExists::Overwrite);
        let one_put = plan.count() <= 1;
        let (key, look) = match file.fields.if_exists {
            Some(IfExists::Overwrite) if !one_put => (key, None),
            // Nothing else is requested before the single PUT, so this proves key and clock.
            Some(IfExists::Overwrite) => {
                let look = self.look(Step::Start, &key).await?;
                (key, Some(look))
            }
            _ => self.free(key).await?,
        };
        let mut clock_ahead = look.as_ref().and_then(|look| look.clock_ahead);
        let mut began = look.as_ref().and_then(|look| look.server_unix_time);
        let way = if one_put {
            Way::OnePut(headers)
        } else {
            let (answer, id) = self.create(&key, &headers).await?;
            clock_ahead = answer.clock_ahead.or(clock_ahead);
            began = answer.server_unix_time.or(began);
            Way::UploadId(id)
        };
        let checksum = if one_put { None } else { self.begun_for() };
        let kept = Kept { key, size: file.size, parts: plan.count(), way, only_if_free, began, checksum };
        let first: Vec<_> = plan.parts().map(|part| part.number).take(WINDOW).collect();
        let only = if only_if_free { Only::IfFree } else { Only::Always };
        let targets = self.sign(Step::Start, &kept, &only, &first)?;
        Ok(Started { session: kept.session(Step::Start)?, plan, targets, clock_ahead })
    }

    /// Opens a multipart upload; returns its id.
    pub(crate) async fn create(
        &self,
        key: &str,
        headers: &[(String, String)],
    ) -> Result<(ApiAnswer, String), Failure> {
        let headers: Vec<_> = headers.iter().cloned().chain(self.algorithm()).collect();
        let create = Ask {
            query: &[("uploads", "")],
            headers: &headers,
            timeout: START_TIMEOUT,
            ..Ask::new(Step::Start, Method::POST, Some(key))
        };
        let answer = self.ask(create).await?;
        let what = "InitiateMultipartUploadResult.UploadId: expected text";
        let id = document(Step::Start, &answer, "InitiateMultipartUploadResult", what, |root| {
            xml::child(root, "UploadId")
        })?;
        Ok((answer, id))
    }

    /// The key, if nothing is there. Without permission to look, only the condition at the end protects.
    async fn free(&self, key: String) -> Result<(String, Option<Look>), Failure> {
        let look = self.look(Step::Start, &key).await?;
        match look.seen {
            Seen::Absent | Seen::Hidden(_) => Ok((key, Some(look))),
            Seen::There(_) => Err(taken(Step::Start, &key)),
        }
    }

    /// Targets for these parts of an upload in progress.
    pub(crate) async fn more_targets(
        &self,
        kept: &Kept,
        parts: &[PartNumber],
    ) -> Result<Vec<PartTarget>, Failure> {
        let only = match &kept.way {
            // Signing alone would go on forever with an upload, a key or a clock that the storage refuses.
            Way::UploadId(id) => {
                match self.page(Step::Refresh, &kept.key, id, None, 1).await {
                    // The request is not permitted, not supported, or fails for now: then a part itself is
                    // refused.
                    Err(failure) if !says_nothing(&failure) => return Err(failure),
                    _ => Only::Always,
                }
            }
            Way::OnePut(_) => {
                let look = self.look(Step::Refresh, &kept.key).await?;
                condition(kept, look.seen)?
            }
        };
        self.sign(Step::Refresh, kept, &only, parts)
    }

    fn sign(
        &self,
        step: Step,
        kept: &Kept,
        only: &Only,
        parts: &[PartNumber],
    ) -> Result<Vec<PartTarget>, Failure> {
        let now = self.now(step)?;
        let target = |number: PartNumber| {
            let headers = match &kept.way {
                Way::UploadId(_) => Vec::new(),
                Way::OnePut(given) => given.iter().cloned().chain(only.headers()).collect(),
            };
            self.target(now, kept, number, headers)
        };
        Ok(parts.iter().copied().map(target).collect())
    }

    /// The target of a part, with these headers and no others.
    pub(crate) fn target(
        &self,
        now: Timestamp,
        kept: &Kept,
        number: PartNumber,
        headers: Vec<(String, String)>,
    ) -> PartTarget {
        let life = self.settings.link_life;
        let expires_at = u64::try_from(now.as_second()).ok().and_then(|now| now.checked_add(life.as_secs()));
        let part = number.to_string();
        let query: &[(&str, &str)] = match &kept.way {
            Way::UploadId(id) => &[("partNumber", &part), ("uploadId", id)],
            Way::OnePut(_) => &[],
        };
        let request =
            Request { method: &Method::PUT, object: Some(&kept.key), query, headers: &headers, life };
        let url = signed(&self.settings.bucket, &self.pair, now, request);
        PartTarget { number, url: SignedUrl::new(String::from(url)), headers, expires_at }
    }
}

/// Whether a failure to look up an upload says nothing about it: the key may write but not look, the storage
/// lists no parts, or has a fault of its own there.
fn says_nothing(failure: &Failure) -> bool {
    failure.cause == Cause::PermissionRefused
        || is_no_list(failure)
        || (failure.class == RetryClass::Again && failure.status.is_some_and(|status| status >= 500))
}

/// The condition under which a single PUT may store the file.
enum Only {
    Always,
    /// Nothing is there.
    IfFree,
    /// The object there, with this ETag, has exactly the bytes that are sent.
    IfSame(Etag, [u8; 16]),
}

impl Only {
    fn headers(&self) -> Vec<(String, String)> {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        match self {
            Self::Always => Vec::new(),
            Self::IfFree => vec![header(NOTHING_THERE.0, NOTHING_THERE.1)],
            Self::IfSame(Etag(etag), md5) => {
                let md5 = base64::engine::general_purpose::STANDARD.encode(md5);
                vec![header(Checksum::Md5.header(), &md5), header("if-match", &format!("\"{etag}\""))]
            }
        }
    }
}

/// The condition for a PUT that is retried, by what is there now.
fn condition(kept: &Kept, seen: Seen) -> Result<Only, Failure> {
    match seen {
        _ if !kept.only_if_free => Ok(Only::Always),
        // Just looked, so send it without the condition: a storage that does not support it would refuse
        // forever.
        Seen::Absent => Ok(Only::Always),
        Seen::Hidden(_) => Ok(Only::IfFree),
        // An earlier PUT whose answer was lost may have stored it. Only its bytes can show, and their
        // checksum is unknown before they are read. So they are sent once more, and the storage accepts them
        // only if they are the same (RFC 1864, `Content-MD5`).
        Seen::There(object) => match (object.may_be(kept), object.md5()) {
            (true, Some((etag, md5))) => Ok(Only::IfSame(etag, md5)),
            _ => Err(taken(Step::Refresh, &kept.key)),
        },
    }
}

/// A file that cannot be sent, known without a request.
pub(crate) fn refused(said: String) -> Failure {
    Failure::new(Step::Start, RetryClass::Refused, Cause::Refused { said: said.clone() }, said)
}

/// The key is taken.
pub(crate) fn taken(step: Step, key: &str) -> Failure {
    let cause = Cause::NameTaken { name: key.to_owned() };
    Failure::new(step, RetryClass::Refused, cause, format!("there is an object {key} already"))
}
