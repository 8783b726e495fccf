//! Record360 (API version 1): the client names 1 to 20 parts and its own id for the file; links cannot be renewed.

mod kind;
mod login;
mod reply;
mod settings;
mod types;
mod version;

use std::time::Duration;

use async_trait::async_trait;
use http::Method;
use http::header::AUTHORIZATION;
use partway_core::{
    Cause, Credentials, Failure, FileReceipt, Limits, PartNumber, PartPlan, PartReceipt, RetryClass, Step,
    proof,
};
use partway_http::{ApiCall, ApiClient, ApiReply, KeyHeader};
use partway_provider::{
    Capabilities, CheckReport, FileFacts, Finding, ListedPart, PartTarget, Planner, Provider, Session,
    Started,
};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

pub(crate) use kind::kind;
pub use settings::Settings;

use crate::plan::{covered, own_plan};
use crate::refusal::cannot;
use crate::web::{authority, endpoint};
use crate::{SettingsError, key, probe};
use login::Login;
use reply::Kept;
use version::accept;

/// A finished file's URL requires sign-in.
pub(crate) const LINK_IS_OPEN: bool = false;

/// A token can be tried, but an answer about a file that does not exist proves nothing.
const TOKEN_ONLY_AT_FIRST_UPLOAD: &str = "Record360 tells whether a token is good only at the first upload";

/// 20 parts of at least 5 MB, except the last, and at most 5 GB. The documentation does not say whether these
/// are decimal or binary, so the stricter of both is used.
const LIMITS: Limits = Limits {
    min_part: 5 * 1024 * 1024,
    max_part: 5_000_000_000,
    max_parts: 20,
    max_file: Some(100_000_000_000),
    equal_parts: false,
};

const TIMEOUT: Duration = Duration::from_secs(60);

/// Putting parts together may take minutes (AWS, `CompleteMultipartUpload`: "can take several minutes").
const COMPLETE_TIMEOUT: Duration = Duration::from_secs(300);

/// `Authorization: Token JWT`.
const TOKEN: KeyHeader = KeyHeader { name: AUTHORIZATION, prefix: "Token " };

/// One Record360 destination.
pub struct Record360 {
    users: Url,
    other_types: bool,
    etag_is_md5: bool,
    login: Login,
    http: ApiClient,
}

impl Record360 {
    /// Opens a destination with these settings.
    ///
    /// # Errors
    /// [`SettingsError`] if a field cannot be used, or the key is plainly another service's.
    pub fn open(settings: &Value, credentials: Credentials, http: ApiClient) -> Result<Self, SettingsError> {
        let Settings { url, user, other_types, etag_is_md5 } = Settings::read(settings)?;
        let users = endpoint(&url, &["api", "users"]);
        let given = credentials.key;
        let login = match user {
            Some(name) => {
                let authenticate = endpoint(&users, &["authenticate"]);
                Login::User { authenticate, name, password: given, token: Default::default() }
            }
            None => {
                key::not_of_another(&given, "Record360")?;
                if !key::is_jwt(&given) {
                    let sentence = "This is not a token of Record360: that has three parts with dots between. If it is a \
                                    password, enter the user name too.";
                    return Err(SettingsError::new("key", sentence));
                }
                Login::Token(given)
            }
        };
        Ok(Self { users, other_types, etag_is_md5, login, http })
    }

    /// Makes a call; a refused token is replaced by a fresh one, once. (A refusal proves that nothing was
    /// done.)
    async fn call(
        &self,
        step: Step,
        method: Method,
        url: &Url,
        body: Option<Value>,
        timeout: Duration,
    ) -> Result<ApiReply, Failure> {
        let mut token = self.login.token(step, &self.http, None).await?;
        let mut fresh = false;
        loop {
            let call = ApiCall {
                step,
                method: method.clone(),
                url,
                headers: vec![accept()],
                key: Some((TOKEN, &token)),
                body: body.clone(),
                timeout,
            };
            let answer = self.http.json(call).await;
            match if step == Step::Start { answer.map_err(perhaps_begun) } else { answer } {
                Err(failure) if is_refused(&failure) && self.login.can_renew() && !fresh => {
                    fresh = true;
                    token = self.login.token(step, &self.http, Some(&token)).await?;
                }
                outcome => return outcome,
            }
        }
    }
}

fn is_refused(failure: &Failure) -> bool {
    failure.class == RetryClass::Credentials && failure.status.is_some()
}

#[async_trait]
impl Provider for Record360 {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            planner: Planner::ClientByCount,
            refresh: false,
            list: false,
            abort: false,
            verify: true,
            wants_hash: None,
            // The start is a GET that creates something: never repeat it without the user.
            start_repeatable: false,
            // Whether the location is open is not documented.
            link_is_open: LINK_IS_OPEN,
            etag_is_md5: self.etag_is_md5,
            signs_links: false,
        }
    }

    fn limits(&self) -> Limits {
        LIMITS
    }

    fn host(&self) -> String {
        authority(&self.users)
    }

    async fn check(&self) -> CheckReport {
        // An unused id, in the form that an id must have.
        let url = endpoint(&self.users, &["uploads", &Uuid::new_v4().to_string()]);
        // A password that obtained a token is proved by it.
        let accepted = match self.login {
            Login::User { .. } => Finding::Good(()),
            Login::Token(_) => Finding::CannotKnow(TOKEN_ONLY_AT_FIRST_UPLOAD),
        };
        probe::probe(self.call(Step::Check, Method::GET, &url, None, probe::TIMEOUT), accepted).await
    }

    fn refuses(&self, file: &FileFacts) -> Option<Cause> {
        let refused = types::taken(&file.mime).is_none() && !self.other_types;
        refused.then(|| Cause::TypeRefused { mime: file.mime.clone() })
    }

    async fn start(&self, file: &FileFacts, plan: Option<PartPlan>) -> Result<Started, Failure> {
        if let Some(cause) = self.refuses(file) {
            let detail = format!("{} is not one of the types that Record360 takes", file.mime);
            return Err(Failure::new(Step::Start, RetryClass::Refused, cause, detail));
        }
        let plan = own_plan(plan, file, &self.limits())?;
        // The id is the client's, new for each session. Random from the system: only uniqueness matters.
        let file_id = Uuid::new_v4().to_string();
        let mut url = endpoint(&self.users, &["multipart_upload_start", &file_id]);
        url.query_pairs_mut().append_pair("part_count", &plan.count().to_string());
        // If omitted, the type is application/octet-stream; sending that would be answered with 400.
        if let Some(mime) = types::taken(&file.mime) {
            url.query_pairs_mut().append_pair("content_type", mime);
        }
        let answer = self.call(Step::Start, Method::GET, &url, None, TIMEOUT).await;
        let answer = answer.map_err(|failure| failure.with_type(&file.mime))?;
        reply::started(file, &file_id, plan, &answer)
    }

    async fn targets(&self, _: &Session, _: &[PartNumber]) -> Result<Vec<PartTarget>, Failure> {
        Err(cannot(Step::Refresh, "Record360 cannot renew links"))
    }

    async fn list_parts(&self, _: &Session) -> Result<Vec<ListedPart>, Failure> {
        Err(cannot(Step::List, "Record360 does not tell which parts it has"))
    }

    async fn complete(&self, session: &Session, receipts: &[PartReceipt]) -> Result<FileReceipt, Failure> {
        let kept = Kept::read(session, Step::Complete)?;
        covered(kept.parts, receipts)?;
        let part = |receipt: &PartReceipt| json!({ "part_number": receipt.number.get(), "etag": proof::named_at_complete(receipt) });
        let parts: Vec<_> = receipts.iter().map(part).collect();
        let url = endpoint(&self.users, &["multipart_upload_complete", &kept.file_id]);
        let body = json!({ "upload_id": kept.upload_id, "parts": parts });
        let answer = self.call(Step::Complete, Method::POST, &url, Some(body), COMPLETE_TIMEOUT).await?;
        reply::completed(&answer, &kept, receipts)
    }

    async fn verify(
        &self,
        session: &Session,
        _: &[PartReceipt],
        receipt: FileReceipt,
    ) -> Result<FileReceipt, Failure> {
        let kept = Kept::read(session, Step::Verify)?;
        let url = endpoint(&self.users, &["uploads", &kept.file_id]);
        reply::verified(&self.call(Step::Verify, Method::GET, &url, None, TIMEOUT).await?, receipt)
    }

    async fn abort(&self, _: &Session) -> Result<(), Failure> {
        Err(cannot(Step::Abort, "Record360 cannot delete sent parts; they expire on their own"))
    }
}

/// A start that was answered with a server error, a conflict or a web page: none of them proves that nothing
/// was begun, and a retry begins another upload with a new id. Only a refusal (another 4xx) proves it, and an
/// explicit request to wait. A conflict (409) may be with what this very request began, if something in
/// between sent it twice.
fn perhaps_begun(failure: Failure) -> Failure {
    let Some(status) = failure.status else { return failure };
    // A page with a success status is from the network: the server behind it may have had the request.
    let page = failure.class == RetryClass::Offline;
    let patience = matches!(failure.class, RetryClass::Throttled { .. });
    let conflict = status == 409;
    if patience || (status < 500 && !page && !conflict) {
        return failure;
    }
    Failure { class: RetryClass::Unknown, ..failure }
}
