//! A provider for the in-memory server, with one flaw or none.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use partway_core::{
    ApiKey, Cause, Failure, FileReceipt, Limits, PartNumber, PartPlan, PartReceipt, RetryClass, SignedUrl,
    Step, Strength,
};
use partway_provider::{
    Capabilities, CheckReport, FileFacts, Finding, ListedPart, PartTarget, Planner, Provider, Session,
    Started,
};

use crate::flaws::Flaw;
use crate::server::{Kept, LIFE, Server, etag, failure, gone};

pub(crate) const KEY: &str = "the-secret-key";

const LIMITS: Limits =
    Limits { min_part: 4, max_part: 64, max_parts: 20, max_file: Some(1000), equal_parts: false };

pub(crate) struct MemoryProvider {
    pub(crate) server: Arc<Server>,
    pub(crate) key: ApiKey,
    pub(crate) flaw: Option<Flaw>,
    pub(crate) can_do_little: bool,
    /// Sessions that this instance opened; a correct provider does not need to know.
    pub(crate) opened: Mutex<Vec<String>>,
}

impl MemoryProvider {
    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    fn target(&self, session: &str, number: PartNumber, now: u64) -> PartTarget {
        let ends = now + LIFE;
        let url = format!("memory://{session}/{number}?ends={ends}&signature=5ec2e7{number}");
        PartTarget { number, url: SignedUrl::new(url), headers: Vec::new(), expires_at: Some(ends) }
    }

    /// The session's id; one that cannot be read is gone.
    fn id(&self, step: Step, session: &Session) -> Result<String, Failure> {
        let json: serde_json::Value = serde_json::from_str(&session.body).unwrap_or_default();
        let id = json["id"].as_str().ok_or_else(|| gone(step))?.to_owned();
        let foreign = self.has(Flaw::KnowsOnlyItsOwnSessions) && !self.opened.lock().unwrap().contains(&id);
        if foreign { Err(gone(step)) } else { Ok(id) }
    }

    fn cannot(&self, step: Step) -> Result<(), Failure> {
        if self.can_do_little { Err(failure(step, RetryClass::Refused, "it cannot do that")) } else { Ok(()) }
    }
}

#[async_trait]
impl Provider for MemoryProvider {
    fn capabilities(&self) -> Capabilities {
        let can = !self.can_do_little;
        Capabilities {
            planner: Planner::ClientBySize,
            refresh: can,
            list: can,
            abort: can,
            verify: can,
            wants_hash: None,
            start_repeatable: true,
            link_is_open: true,
            etag_is_md5: true,
            signs_links: false,
        }
    }

    fn limits(&self) -> Limits {
        LIMITS
    }

    fn host(&self) -> String {
        "memory".to_owned()
    }

    async fn check(&self) -> CheckReport {
        CheckReport {
            host: Finding::Good(0),
            clock_ahead: Finding::Good(0),
            key: Finding::CannotKnow("nobody is asked"),
        }
    }

    async fn start(&self, file: &FileFacts, plan: Option<PartPlan>) -> Result<Started, Failure> {
        if self.has(Flaw::AsksBeforeItLooks) {
            drop(self.server.asked());
        }
        let refused = |said: &str| failure(Step::Start, RetryClass::Refused, said);
        let plan = plan.ok_or_else(|| refused("there is no plan"))?;
        let kept = PartPlan::by_server(plan.file_size(), plan.part_size(), plan.count() as usize, &LIMITS);
        if !self.has(Flaw::TakesAnyPlan) && (kept.is_err() || plan.file_size() != file.size) {
            return Err(refused("the plan does not fit the file or the limits"));
        }
        if self.has(Flaw::HasNoEmptyPart) && file.size == 0 {
            return Err(refused("an empty file"));
        }
        let mut state = self.server.asked();
        if self.key.expose() != KEY {
            let refused = self.has(Flaw::TakesARefusedKeyForARefusedFile);
            let class = if refused { RetryClass::Refused } else { RetryClass::Credentials };
            return Err(Failure::new(Step::Start, class, Cause::KeyRefused, "the key is not known"));
        }
        let now = state.now;
        let had =
            state.sessions.iter().find(|(_, kept)| kept.file.name == file.name).map(|(id, _)| id.clone());
        let (id, began) = match had.filter(|_| self.has(Flaw::GivesTheOldSessionAgain)) {
            Some(id) => (id, 0),
            None if self.has(Flaw::MixesFiles) => (file.size.to_string(), now),
            None => (state.sessions.len().to_string(), now),
        };
        let fresh = Kept { file: file.clone(), plan, parts: Vec::new(), done: false };
        state.sessions.insert(id.clone(), fresh);
        self.opened.lock().unwrap().push(id.clone());
        let mut body = serde_json::json!({ "id": id });
        if self.has(Flaw::KeepsTheKeyInTheSession) {
            body["key"] = self.key.expose().into();
        }
        let session = Session { body: body.to_string(), expires_at: None };
        // If targets can be renewed, the first ones suffice.
        let first = if self.can_do_little { plan.count() as usize } else { 2 };
        let targets = plan.parts().take(first).map(|part| self.target(&id, part.number, began)).collect();
        Ok(Started { session, plan, targets, clock_ahead: None })
    }

    async fn targets(&self, session: &Session, parts: &[PartNumber]) -> Result<Vec<PartTarget>, Failure> {
        self.cannot(Step::Refresh)?;
        let id = self.id(Step::Refresh, session)?;
        let state = self.server.asked();
        let now = if self.has(Flaw::RenewsWithOldLinks) { 0 } else { state.now };
        state.sessions.get(&id).ok_or_else(|| gone(Step::Refresh))?;
        Ok(parts.iter().map(|number| self.target(&id, *number, now)).collect())
    }

    async fn list_parts(&self, session: &Session) -> Result<Vec<ListedPart>, Failure> {
        self.cannot(Step::List)?;
        if self.has(Flaw::DeclaresAListItHasNot) {
            return Err(failure(Step::List, RetryClass::Refused, "it cannot do that"));
        }
        let id = self.id(Step::List, session)?;
        let state = self.server.asked();
        let kept = state.sessions.get(&id).ok_or_else(|| gone(Step::List))?;
        let size = |bytes: &[u8]| bytes.len() as u64 + u64::from(self.has(Flaw::ListsWhatWasNotSent));
        let listed = kept.parts.iter().filter_map(|(number, bytes)| {
            Some(ListedPart {
                number: PartNumber::new(*number)?,
                size: Some(size(bytes)),
                etag: Some(etag(bytes)),
            })
        });
        Ok(listed.collect())
    }

    async fn complete(&self, session: &Session, receipts: &[PartReceipt]) -> Result<FileReceipt, Failure> {
        let id = match self.id(Step::Complete, session) {
            Err(_) if self.has(Flaw::CompletesAnything) => return Ok(FileReceipt::unknown()),
            id => id?,
        };
        let size = self.server.asked().complete(&id, receipts, self.flaw)?;
        Ok(FileReceipt { strength: Strength::Confirmed, size: Some(size), ..FileReceipt::unknown() })
    }

    async fn verify(
        &self,
        session: &Session,
        _: &[PartReceipt],
        receipt: FileReceipt,
    ) -> Result<FileReceipt, Failure> {
        if self.can_do_little {
            return Ok(receipt);
        }
        let id = self.id(Step::Verify, session)?;
        let state = self.server.asked();
        match state.sessions.get(&id) {
            Some(kept) if kept.done => Ok(FileReceipt { strength: Strength::Confirmed, ..receipt }),
            _ => Err(failure(Step::Verify, RetryClass::Conflict, "no such file")),
        }
    }

    async fn abort(&self, session: &Session) -> Result<(), Failure> {
        self.cannot(Step::Abort)?;
        let id = self.id(Step::Abort, session)?;
        let mut state = self.server.asked();
        if self.has(Flaw::AbortsOnlyInWord) {
            return Ok(());
        }
        let had = state.sessions.remove(&id).is_some();
        if had || !self.has(Flaw::CannotAbortTwice) { Ok(()) } else { Err(gone(Step::Abort)) }
    }
}
