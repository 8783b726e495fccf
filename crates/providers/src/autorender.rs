//! AutoRender: the server sets the part size, hands out all links at once, and wants no ETags.
//!
//! Documented in `upload.autorender.io`'s API reference; where its own client libraries expect other replies,
//! both forms are read.

mod check;
mod kind;
mod reply;
mod request;
mod settings;

use std::time::Duration;

use async_trait::async_trait;
use http::Method;
use partway_core::{
    ApiKey, Cause, Credentials, Failure, FileReceipt, Limits, PartNumber, PartPlan, PartReceipt, Step,
};
use partway_http::{ApiCall, ApiClient, ApiReply};
use partway_provider::{
    Capabilities, CheckReport, FileFacts, ListedPart, PartTarget, Planner, Provider, Session, Started,
};
use serde_json::Value;
use url::Url;

pub(crate) use kind::kind;
pub use settings::{Auth, Settings};

use crate::refusal::cannot;
use crate::web::{authority, endpoint};
use crate::{SettingsError, fields, key};

/// Anyone with a finished file's URL can open it.
pub(crate) const LINK_IS_OPEN: bool = true;

/// Signing 10,000 links takes a server a few seconds; after a minute the answer counts as lost.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// Putting thousands of parts together may take minutes (AWS, `CompleteMultipartUpload`: "can take several minutes").
const COMPLETE_TIMEOUT: Duration = Duration::from_secs(300);

/// One AutoRender destination.
pub struct AutoRender {
    start: Url,
    complete: Url,
    auth: Auth,
    etag_is_md5: bool,
    key: ApiKey,
    http: ApiClient,
}

impl AutoRender {
    /// Opens a destination with these settings.
    ///
    /// # Errors
    /// [`SettingsError`] if a field cannot be used.
    pub fn open(settings: &Value, credentials: Credentials, http: ApiClient) -> Result<Self, SettingsError> {
        let Settings { url, auth, etag_is_md5 } = Settings::read(settings)?;
        key::not_of_another(&credentials.key, "AutoRender")?;
        key::no_token(&credentials.key, "AutoRender")?;
        let key = credentials.key;
        let at = |step| endpoint(&url, &["api", "v1", "multipart", step]);
        let http = http.with_repeatable_starts();
        Ok(Self { start: at("start"), complete: at("complete"), auth, etag_is_md5, key, http })
    }

    async fn post(&self, step: Step, url: &Url, body: Value, timeout: Duration) -> Result<ApiReply, Failure> {
        let call = ApiCall {
            step,
            method: Method::POST,
            url,
            headers: Vec::new(),
            key: Some((self.auth.header(), &self.key)),
            body: Some(body),
            timeout,
        };
        self.http.json(call).await
    }
}

#[async_trait]
impl Provider for AutoRender {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            planner: Planner::Server,
            refresh: false,
            list: false,
            abort: false,
            verify: false,
            wants_hash: None,
            // A start whose answer was lost leaves an empty session behind until it expires: no bytes, no
            // cost, and its id is unknown, so the only thing to do is to start another.
            start_repeatable: true,
            link_is_open: LINK_IS_OPEN,
            etag_is_md5: self.etag_is_md5,
            signs_links: false,
        }
    }

    fn limits(&self) -> Limits {
        Limits::UNKNOWN
    }

    fn host(&self) -> String {
        authority(&self.start)
    }

    async fn check(&self) -> CheckReport {
        check::check(self).await
    }

    fn refuses(&self, file: &FileFacts) -> Option<Cause> {
        fields::folder(&file.fields).err().map(|(_, said)| Cause::Refused { said })
    }

    async fn start(&self, file: &FileFacts, _plan: Option<PartPlan>) -> Result<Started, Failure> {
        let answer = self.post(Step::Start, &self.start, request::start(file), START_TIMEOUT).await;
        let answer = answer.map_err(|failure| failure.with_type(&file.mime))?;
        reply::started(file, &answer, &self.limits())
    }

    async fn targets(&self, _: &Session, _: &[PartNumber]) -> Result<Vec<PartTarget>, Failure> {
        Err(cannot(Step::Refresh, "AutoRender cannot renew links"))
    }

    async fn list_parts(&self, _: &Session) -> Result<Vec<ListedPart>, Failure> {
        Err(cannot(Step::List, "AutoRender does not tell which parts it has"))
    }

    async fn complete(&self, session: &Session, _: &[PartReceipt]) -> Result<FileReceipt, Failure> {
        let body = request::complete(session)?;
        let answer = self.post(Step::Complete, &self.complete, body, COMPLETE_TIMEOUT).await?;
        reply::receipt(&answer)
    }

    async fn abort(&self, _: &Session) -> Result<(), Failure> {
        Err(cannot(Step::Abort, "AutoRender cannot delete sent parts; they expire on their own"))
    }
}
