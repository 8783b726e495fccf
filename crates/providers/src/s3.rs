//! S3: any store that speaks Amazon's protocol. Links are signed locally, so no server is asked for them.
//!
//! Rules: AWS, "Amazon S3 API Reference" and "Uploading and copying objects using multipart upload";
//! deviations of compatible storages are noted where they matter.

mod address;
mod ask;
mod check;
mod checksum;
mod credentials;
mod explain;
mod fields;
mod finish;
mod headers;
mod keeps;
mod key;
mod kind;
mod object;
mod parts;
mod session;
mod settings;
mod sign;
mod start;
mod template;
mod xml;

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use partway_core::{
    Cause, Checksum, Credentials, Failure, FileReceipt, Limits, PartNumber, PartPlan, PartReceipt, Step,
};
use partway_http::ApiClient;
use partway_provider::{
    Capabilities, CheckReport, Fields, FileFacts, ListedPart, PartTarget, Planner, Provider, Session, Started,
};
use serde_json::Value;

pub use settings::Settings;
pub use template::Template;

pub(crate) use kind::kind;

use credentials::Pair;
use session::Kept;

use crate::SettingsError;
use crate::fields::beside;
use crate::plan::own_plan;
use crate::web::authority;

/// A finished file's URL requires sign-in.
pub(crate) const LINK_IS_OPEN: bool = false;

/// Default part size, if no plan is given.
const PART: u64 = 16 << 20;

/// The settings, if a file can have the keys that they make. A file without any fields has the shortest key.
fn checked(settings: &Value) -> Result<Settings, SettingsError> {
    let read = Settings::read(settings)?;
    match fields::looked_at(&read, &Fields::default()) {
        Ok(()) => Ok(read),
        Err((_, said)) => Err(beside((if read.prefix.is_empty() { "object" } else { "prefix" }, said))),
    }
}

/// One bucket at one server.
pub struct S3 {
    settings: Settings,
    host: String,
    pair: Pair,
    http: ApiClient,
    /// Whether it put parts together only without the condition that nothing be replaced.
    unconditional: AtomicBool,
}

impl S3 {
    /// Opens a destination with these settings.
    ///
    /// # Errors
    /// [`SettingsError`] if a field or one half of the key cannot be used.
    pub fn open(settings: &Value, credentials: &Credentials, http: ApiClient) -> Result<Self, SettingsError> {
        let settings = checked(settings)?;
        let pair = Pair::read(credentials)?;
        let host = authority(settings.bucket.base_url());
        let http = http.with_repeatable_starts();
        Ok(Self { settings, host, pair, http, unconditional: AtomicBool::new(false) })
    }
}

#[async_trait]
impl Provider for S3 {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            planner: Planner::ClientBySize,
            refresh: true,
            list: true,
            abort: true,
            verify: true,
            wants_hash: None,
            // A start whose answer was lost leaves an upload without parts: no bytes, no cost.
            start_repeatable: true,
            link_is_open: LINK_IS_OPEN,
            etag_is_md5: self.settings.etag_is_md5,
            signs_links: true,
        }
    }

    fn limits(&self) -> Limits {
        Limits { equal_parts: true, ..Limits::S3 }
    }

    fn host(&self) -> String {
        self.host.clone()
    }

    async fn check(&self) -> CheckReport {
        check::check(self).await
    }

    fn refuses(&self, file: &FileFacts) -> Option<Cause> {
        let key = key::key(&self.settings, file).map(drop);
        let said = key.and_then(|()| headers::of(&self.settings, file).map(drop)).err()?;
        Some(Cause::Refused { said })
    }

    fn name(&self, file: &FileFacts) -> Option<String> {
        key::key(&self.settings, file).ok()
    }

    fn replacing(&self, session: &Session) -> Option<Session> {
        let kept = Kept { only_if_free: false, ..Kept::read(session, Step::Complete).ok()? };
        kept.session(Step::Complete).ok()
    }

    async fn start(&self, file: &FileFacts, plan: Option<PartPlan>) -> Result<Started, Failure> {
        let limits = self.limits();
        let plan = plan.or_else(|| PartPlan::by_size(file.size, PART, &limits).ok());
        let plan = own_plan(plan, file, &limits)?;
        self.open_upload(file, plan).await
    }

    async fn targets(&self, session: &Session, parts: &[PartNumber]) -> Result<Vec<PartTarget>, Failure> {
        self.more_targets(&Kept::read(session, Step::Refresh)?, parts).await
    }

    async fn explain(&self, failure: Failure) -> Failure {
        self.explained(failure).await
    }

    fn part_checksum(&self, session: &Session) -> Option<Checksum> {
        let kept = Kept::read(session, Step::Part).ok()?;
        self.checksum_of(&kept)
    }

    fn with_checksum(
        &self,
        session: &Session,
        target: PartTarget,
        checksum: Checksum,
        sum: &[u8],
    ) -> Result<PartTarget, Failure> {
        self.sealed(&Kept::read(session, Step::Part)?, target, checksum, sum)
    }

    async fn list_parts(&self, session: &Session) -> Result<Vec<ListedPart>, Failure> {
        self.all_parts(&Kept::read(session, Step::List)?).await
    }

    async fn complete(&self, session: &Session, receipts: &[PartReceipt]) -> Result<FileReceipt, Failure> {
        self.finish(&Kept::read(session, Step::Complete)?, receipts).await
    }

    fn went_unconditionally(&self) -> bool {
        self.unconditional.load(Ordering::Relaxed)
    }

    async fn once_more(&self, session: &Session) -> Result<Option<Session>, Failure> {
        let more = self.upload_once_more(Kept::read(session, Step::Check)?).await?;
        more.map(|kept| kept.session(Step::Check)).transpose()
    }

    async fn is_kept(&self, session: &Session, receipts: &[PartReceipt]) -> Result<bool, Failure> {
        self.refuses_to_replace(&Kept::read(session, Step::Check)?, receipts).await
    }

    async fn verify(
        &self,
        session: &Session,
        receipts: &[PartReceipt],
        receipt: FileReceipt,
    ) -> Result<FileReceipt, Failure> {
        self.look_at_finished(&Kept::read(session, Step::Verify)?, receipts, receipt).await
    }

    async fn abort(&self, session: &Session) -> Result<(), Failure> {
        self.abort_upload(&Kept::read(session, Step::Abort)?).await
    }
}
