//! Gjirafa Video Platform: the client names a number of parts, links can be renewed, parts listed, sessions thrown away; a finished
//! file can be registered as a video.

mod reply;
mod request;
mod settings;
mod videos;

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

pub use settings::{Encode, Settings};

use crate::expect::Field;
use crate::plan::own_plan;
use crate::settings::{authority, endpoint};
use crate::{Kind, SettingsError, etag, key, probe};
use request::Kept;
use videos::{Video, Videos};

/// There is no call that reads a key.
const KEY_ONLY_AT_FIRST_UPLOAD: &str = "Gjirafa tells whether a key is good only at the first upload";

/// What a person is told before setting one up.
pub(crate) const KIND: Kind = Kind {
    name: "gjirafa",
    title: "Gjirafa",
    about: "Video platform",
    key_label: "API key",
    key_hint: "The key for the platform's API that belongs to the project",
    secret_label: None,
    settings: settings::ASKED,
    file_fields: &["title"],
    cannot_know: &[
        KEY_ONLY_AT_FIRST_UPLOAD,
        "Gjirafa tells neither size nor checksum of the finished file",
        "Gjirafa has no way to see whether a file was registered as a video already",
    ],
};

/// Signing 10,000 links takes a server a few seconds; a minute is long enough to call the answer lost.
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
    /// A destination with these settings.
    ///
    /// # Errors
    /// [`SettingsError`] where a field cannot be used, or the key is plainly somebody else's.
    pub fn open(settings: &Value, credentials: Credentials, http: ApiClient) -> Result<Self, SettingsError> {
        let settings = Settings::read(settings)?;
        key::not_of_another(&credentials.key, "Gjirafa")?;
        Ok(Self { settings, key: credentials.key, http, videos: Videos::default() })
    }

    async fn call(
        &self,
        step: Step,
        method: Method,
        path: &[&str],
        body: Option<Value>,
        timeout: Duration,
    ) -> Result<ApiReply, Failure> {
        let url = endpoint(&self.settings.project, path);
        let key = Some((self.settings.key_header(), &self.key));
        self.http.json(ApiCall { step, method, url: &url, headers: Vec::new(), key, body, timeout }).await
    }

    async fn list(&self, step: Step, key: &str, timeout: Duration) -> Result<ApiReply, Failure> {
        let path = ["uploads", "url", "multipart", key, "parts"];
        self.call(step, Method::GET, &path, None, timeout).await
    }

    async fn put_together(&self, kept: &Kept, receipts: &[PartReceipt]) -> Result<FileReceipt, Failure> {
        let (path, body) = (["uploads", "multipart-complete"], request::complete(kept, receipts));
        let answer = self.call(Step::Complete, Method::PUT, &path, Some(body), COMPLETE_TIMEOUT).await?;
        reply::completed(&answer, kept)
    }

    /// Registers the file as a video, unless that was done or may have been; the name that the video has.
    async fn register(
        &self,
        kept: &Kept,
        download: &str,
        encode: &Encode,
    ) -> Result<Option<String>, Failure> {
        let key = kept.segment();
        match self.videos.of(&key) {
            Some(Video::Done(name)) => return Ok(name),
            // That was told when it happened.
            Some(Video::Perhaps) => return Ok(None),
            None => {}
        }
        // Whoever lets go of this call half-way leaves it sent.
        self.videos.set(&key, Some(Video::Perhaps));
        let body = request::encode(kept, download, encode);
        let answer = self.call(Step::Start, Method::POST, &["encodes"], Some(body), TIMEOUT).await;
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
            // A start whose answer was lost leaves a session without bytes, and nobody has its key to throw it away.
            start_repeatable: true,
            // Nothing says whether the download path is open.
            link_is_open: false,
        }
    }

    fn limits(&self) -> Limits {
        Limits::S3
    }

    fn host(&self) -> String {
        authority(&self.settings.project)
    }

    async fn check(&self) -> CheckReport {
        let call = self.list(Step::Check, probe::NOBODYS, probe::TIMEOUT);
        probe::probe(call, Finding::CannotKnow(KEY_ONLY_AT_FIRST_UPLOAD)).await
    }

    async fn start(&self, file: &FileFacts, plan: Option<PartPlan>) -> Result<Started, Failure> {
        let plan = own_plan(plan, file, &self.limits())?;
        let (path, body) = (["uploads", "multipart"], request::start(file, &plan, &self.settings));
        let answer = self.call(Step::Start, Method::POST, &path, Some(body), TIMEOUT).await;
        let answer = answer.map_err(|failure| failure.with_type(&file.mime))?;
        reply::started(file, plan, &answer, &self.settings)
    }

    async fn targets(&self, session: &Session, parts: &[PartNumber]) -> Result<Vec<PartTarget>, Failure> {
        let kept = Kept::read(session, Step::Refresh)?;
        let (path, body) = (["uploads", "multipart-resume"], request::resume(&kept, &self.settings));
        let answer = self.call(Step::Refresh, Method::POST, &path, Some(body), TIMEOUT).await?;
        let (targets, without) = reply::targets(Step::Refresh, &answer, &kept, parts, &self.settings, 1)?;
        if without.is_empty() {
            return Ok(targets);
        }
        // All links or only those of missing parts: its documents do not say. What it has needs none.
        let has = self.list_parts(session).await?;
        match without.iter().find(|number| has.iter().all(|part| part.number != **number)) {
            None => Ok(targets),
            Some(number) => Err(reply::no_link(&Field::root(Step::Refresh, &answer).get("result"), *number)),
        }
    }

    async fn list_parts(&self, session: &Session) -> Result<Vec<ListedPart>, Failure> {
        let kept = Kept::read(session, Step::List)?;
        reply::listed(&self.list(Step::List, &kept.segment(), TIMEOUT).await?)
    }

    async fn complete(&self, session: &Session, receipts: &[PartReceipt]) -> Result<FileReceipt, Failure> {
        let kept = Kept::read(session, Step::Complete)?;
        let failure = match self.put_together(&kept, receipts).await {
            Ok(receipt) => return Ok(receipt),
            Err(failure) => failure,
        };
        // How it words a missing part is not documented; which parts it has can be asked.
        let plain_no = failure.class == RetryClass::Refused && matches!(failure.cause, Cause::Refused { .. });
        if plain_no && let Ok(has) = self.list_parts(session).await {
            let there = |receipt: &PartReceipt| has.iter().any(|part| etag::is_listed(part, receipt));
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
        let path = ["uploads", "success", &kept.segment()];
        let download = reply::download(&self.call(Step::Verify, Method::POST, &path, None, TIMEOUT).await?)?;
        let mut receipt = reply::there(receipt, &download, &kept);
        if let Some(encode) = &self.settings.encode {
            receipt.name = self.register(&kept, &download, encode).await?.or(receipt.name);
        }
        Ok(receipt)
    }

    async fn abort(&self, session: &Session) -> Result<(), Failure> {
        let kept = Kept::read(session, Step::Abort)?;
        let path = ["uploads", "multipart-abort"];
        let answer = self.call(Step::Abort, Method::PUT, &path, Some(request::abort(&kept)), TIMEOUT).await;
        match answer.and_then(|answer| reply::aborted(&answer)) {
            Err(failure) if failure.class == RetryClass::SessionGone => Ok(()),
            outcome => outcome,
        }
    }
}
