//! Gjirafa Video Platform: the client names a number of parts, links can be renewed, parts listed, sessions
//! aborted; a finished file can be registered as a video.

mod kind;
mod reply;
mod request;
mod settings;
mod videos;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use http::Method;
use partway_core::{
    ApiKey, Cause, Credentials, Failure, FileReceipt, Limits, PartNumber, PartPlan, PartReceipt, RetryClass,
    Step,
};
use partway_http::{ApiCall, ApiClient, ApiReply};
use partway_provider::{
    Capabilities, CheckReport, FileFacts, Finding, ListedPart, PartTarget, Planner, Provider, Session,
    Started,
};
use serde_json::Value;
use url::Url;

pub(crate) use kind::kind;
pub use settings::{Encode, Settings};

use crate::expect::Field;
use crate::plan::{covered, own_plan};
use crate::web::{authority, endpoint};
use crate::{SettingsError, key, probe};
use request::Kept;
use videos::{Video, Videos};

/// A finished file's URL requires sign-in.
pub(crate) const LINK_IS_OPEN: bool = false;

/// No call tests a key.
const KEY_ONLY_AT_FIRST_UPLOAD: &str = "Gjirafa tells whether a key is good only at the first upload";

/// Signing 10,000 links takes a server a few seconds; after a minute the answer counts as lost.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Putting thousands of parts together may take minutes (AWS, `CompleteMultipartUpload`: "can take several minutes").
const COMPLETE_TIMEOUT: Duration = Duration::from_secs(300);

/// One Gjirafa destination.
pub struct Gjirafa {
    settings: Settings,
    key: ApiKey,
    http: ApiClient,
    videos: Videos,
}

impl Gjirafa {
    /// Opens a destination with these settings.
    ///
    /// # Errors
    /// [`SettingsError`] if a field cannot be used, or the key is plainly another service's.
    pub fn open(settings: &Value, credentials: Credentials, http: ApiClient) -> Result<Self, SettingsError> {
        let settings = Settings::read(settings)?;
        key::not_of_another(&credentials.key, "Gjirafa")?;
        Ok(Self { settings, key: credentials.key, http, videos: Videos::default() })
    }

    /// A URL within the project.
    fn at(&self, path: &[&str]) -> Url {
        endpoint(&self.settings.project, path)
    }

    async fn call(
        &self,
        step: Step,
        method: Method,
        url: &Url,
        body: Option<Value>,
        timeout: Duration,
    ) -> Result<ApiReply, Failure> {
        self.call_by(&self.http, step, method, url, body, timeout).await
    }

    async fn call_by(
        &self,
        http: &ApiClient,
        step: Step,
        method: Method,
        url: &Url,
        body: Option<Value>,
        timeout: Duration,
    ) -> Result<ApiReply, Failure> {
        let key = Some((self.settings.key_header(), &self.key));
        http.json(ApiCall { step, method, url, headers: Vec::new(), key, body, timeout }).await
    }

    /// One page of the list of parts. Its documentation does not say whether long lists are paged; its
    /// envelope can report it.
    async fn list(&self, step: Step, key: &str, page: u32, timeout: Duration) -> Result<ApiReply, Failure> {
        let mut url = self.at(&["uploads", "url", "multipart", key, "parts"]);
        if page > 1 {
            url.query_pairs_mut().append_pair("page", &page.to_string());
        }
        self.call(step, Method::GET, &url, None, timeout).await
    }

    async fn put_together(&self, kept: &Kept, receipts: &[PartReceipt]) -> Result<FileReceipt, Failure> {
        let (url, body) = (self.at(&["uploads", "multipart-complete"]), request::complete(kept, receipts));
        let answer = self.call(Step::Complete, Method::PUT, &url, Some(body), COMPLETE_TIMEOUT).await?;
        reply::completed(&answer, kept)
    }

    /// Registers the file as a video, unless that was done or may have been; returns the video's name.
    async fn register(
        &self,
        kept: &Kept,
        download: &str,
        encode: &Encode,
    ) -> Result<Option<String>, Failure> {
        let key = kept.segment();
        match self.videos.of(&key) {
            Some(Video::Done(name)) => return Ok(name),
            // This was reported when it happened.
            Some(Video::Perhaps) => return Ok(None),
            None => {}
        }
        // If this call is dropped half-way, it may have been sent.
        self.videos.set(&key, Some(Video::Perhaps));
        let body = request::encode(kept, download, encode);
        let answer = self.call(Step::Start, Method::POST, &self.at(&["encodes"]), Some(body), TIMEOUT).await;
        match answer.and_then(|answer| reply::registered(&answer)) {
            Ok(name) => {
                self.videos.set(&key, Some(Video::Done(name.clone())));
                Ok(name)
            }
            Err(failure) => {
                if !videos::perhaps_done(&failure) {
                    self.videos.set(&key, None);
                }
                Err(videos::told(failure))
            }
        }
    }
}

#[async_trait]
impl Provider for Gjirafa {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            planner: Planner::ClientByCount,
            refresh: true,
            list: true,
            abort: true,
            verify: true,
            wants_hash: self.settings.duplicates,
            // A start whose answer was lost leaves a session without bytes, and its key is unknown, so it
            // cannot be aborted.
            start_repeatable: true,
            // Whether the download path is open is not documented.
            link_is_open: LINK_IS_OPEN,
            etag_is_md5: self.settings.etag_is_md5,
            signs_links: false,
        }
    }

    fn limits(&self) -> Limits {
        Limits::S3
    }

    fn host(&self) -> String {
        authority(&self.settings.project)
    }

    async fn check(&self) -> CheckReport {
        let call = self.list(Step::Check, probe::NOBODYS, 1, probe::TIMEOUT);
        probe::probe(call, Finding::CannotKnow(KEY_ONLY_AT_FIRST_UPLOAD)).await
    }

    async fn start(&self, file: &FileFacts, plan: Option<PartPlan>) -> Result<Started, Failure> {
        let plan = own_plan(plan, file, &self.limits())?;
        let (url, body) = (self.at(&["uploads", "multipart"]), request::start(file, &plan, &self.settings));
        // A registration is also sent as a start, but must not be sent twice.
        let http = self.http.clone().with_repeatable_starts();
        let answer = self.call_by(&http, Step::Start, Method::POST, &url, Some(body), TIMEOUT).await;
        let answer = answer.map_err(|failure| failure.with_type(&file.mime))?;
        reply::started(file, plan, &answer, &self.settings)
    }

    async fn targets(&self, session: &Session, parts: &[PartNumber]) -> Result<Vec<PartTarget>, Failure> {
        let kept = Kept::read(session, Step::Refresh)?;
        let (url, body) = (self.at(&["uploads", "multipart-resume"]), request::resume(&kept, &self.settings));
        let answer = self.call(Step::Refresh, Method::POST, &url, Some(body), TIMEOUT).await?;
        let (targets, without) = reply::targets(Step::Refresh, &answer, &kept, parts, &self.settings, 1)?;
        if without.is_empty() {
            return Ok(targets);
        }
        // All links, or only those of missing parts: the documentation does not say. Parts that it has need
        // none.
        let has = match self.list_parts(session).await {
            Ok(has) => has,
            // If it cannot list parts, this reply is the only evidence of what it has.
            Err(failure) if lists_nothing(&failure) => return Ok(targets),
            Err(failure) => return Err(failure),
        };
        match without.iter().find(|number| has.iter().all(|part| part.number != **number)) {
            None => Ok(targets),
            Some(number) => Err(reply::no_link(&Field::root(Step::Refresh, &answer).get("result"), *number)),
        }
    }

    async fn list_parts(&self, session: &Session) -> Result<Vec<ListedPart>, Failure> {
        let kept = Kept::read(session, Step::List)?;
        let (mut parts, mut page) = (BTreeMap::new(), 1);
        while reply::page(&self.list(Step::List, &kept.segment(), page, TIMEOUT).await?, &mut parts)? {
            page += 1;
        }
        Ok(parts.into_values().collect())
    }

    async fn complete(&self, session: &Session, receipts: &[PartReceipt]) -> Result<FileReceipt, Failure> {
        let kept = Kept::read(session, Step::Complete)?;
        covered(kept.parts, receipts)?;
        let failure = match self.put_together(&kept, receipts).await {
            Ok(receipt) => return Ok(receipt),
            Err(failure) => failure,
        };
        // How it words a missing part is not documented, but which parts it has can be asked.
        let plain_no = failure.class == RetryClass::Refused && matches!(failure.cause, Cause::Refused { .. });
        if plain_no && let Ok(has) = self.list_parts(session).await {
            let there = |receipt: &PartReceipt| has.iter().any(|part| part.is(receipt));
            if !receipts.iter().all(there) {
                return Err(Failure { class: RetryClass::PartsMissing, ..failure });
            }
        }
        Err(failure)
    }

    async fn verify(
        &self,
        session: &Session,
        _: &[PartReceipt],
        receipt: FileReceipt,
    ) -> Result<FileReceipt, Failure> {
        let kept = Kept::read(session, Step::Verify)?;
        let url = self.at(&["uploads", "success", &kept.segment()]);
        let download = reply::download(&self.call(Step::Verify, Method::POST, &url, None, TIMEOUT).await?)?;
        let mut receipt = reply::there(receipt, &download, &kept);
        if let Some(encode) = &self.settings.encode {
            receipt.name = self.register(&kept, &download, encode).await?.or(receipt.name);
        }
        Ok(receipt)
    }

    async fn abort(&self, session: &Session) -> Result<(), Failure> {
        let kept = Kept::read(session, Step::Abort)?;
        let url = self.at(&["uploads", "multipart-abort"]);
        let answer = self.call(Step::Abort, Method::PUT, &url, Some(request::abort(&kept)), TIMEOUT).await;
        match answer.and_then(|answer| reply::aborted(&answer)) {
            Err(failure) if failure.class == RetryClass::SessionGone => Ok(()),
            outcome => outcome,
        }
    }
}

/// Whether this failure means that parts can never be listed: it is neither transient, nor is the upload
/// gone.
fn lists_nothing(failure: &Failure) -> bool {
    let never =
        matches!(failure.status, Some(404 | 405 | 501)) || matches!(failure.cause, Cause::BrokenReply { .. });
    never && !matches!(failure.class, RetryClass::SessionGone | RetryClass::Conflict)
}
