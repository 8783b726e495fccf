//! A made-up vendor, whose abilities and refusals are scripted.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use md5::{Digest, Md5};
use partway_core::{
    Cause, Etag, Failure, FileReceipt, Limits, PartNumber, PartPlan, PartReceipt, RetryClass, SignedUrl,
    Step, Strength,
};
use partway_engine::{Destination, Providers};
use partway_provider::{
    Capabilities, CheckReport, FileFacts, Finding, ListedPart, PartTarget, Planner, Provider, Session,
    Started,
};
use tokio::sync::watch;

use crate::storage::Storage;

/// Contained in every link, so that a search for it finds links that should be gone.
pub(crate) const SIGNATURE: &str = "X-Made-Up-Signature";

/// Calls to the vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    Start(String),
    Targets(Vec<u32>),
    List,
    Verify(String),
    Complete(String),
    Abort(String),
}

/// What a test configures.
pub(crate) struct Script {
    pub(crate) capabilities: Capabilities,
    pub(crate) part_size: u64,
    /// Lifetime of links and sessions in seconds, by the injected clock.
    pub(crate) life: Option<u64>,
    /// Failures of the next calls, first come, first served.
    pub(crate) key: VecDeque<Failure>,
    pub(crate) start: VecDeque<Failure>,
    pub(crate) targets: VecDeque<Failure>,
    pub(crate) list: VecDeque<Failure>,
    pub(crate) complete: VecDeque<Failure>,
    /// Why no file is accepted.
    pub(crate) refuses: Option<Cause>,
    /// The facts that each start was given.
    pub(crate) told: Vec<FileFacts>,
    /// Results of looking up the finished file; when empty, it is there as it is.
    pub(crate) verify: VecDeque<Result<FileReceipt, Failure>>,
    pub(crate) abort: VecDeque<Failure>,
    /// How many links come with a start; the others have to be requested.
    pub(crate) first_links: u32,
    /// Gives links only for parts that the storage does not have.
    pub(crate) only_missing: bool,
    /// Listed instead of the storage's parts.
    pub(crate) list_says: Option<Vec<ListedPart>>,
    pub(crate) complete_panics: bool,
    /// Headers of every part.
    pub(crate) headers: Vec<(String, String)>,
    /// Holds one file per name.
    pub(crate) names: bool,
    /// A session can be changed to replace the existing file.
    pub(crate) replaces: bool,
    /// Whether the receipt contains the size.
    pub(crate) tells_size: bool,
    sizes: Vec<u64>,
    pub(crate) lie: u64,
    asked: Vec<Asked>,
}

/// The vendor, as the engine reaches it.
pub(crate) struct Vendor {
    pub(crate) storage: Arc<Storage>,
    script: Mutex<Script>,
    gate: watch::Sender<bool>,
    asked: watch::Sender<usize>,
    now_s: partway_http::Clock,
}

impl Vendor {
    pub(crate) async fn start(now_s: partway_http::Clock) -> Arc<Self> {
        Arc::new(Self {
            storage: Storage::start().await,
            script: Mutex::new(Script {
                capabilities: Capabilities {
                    planner: Planner::Server,
                    refresh: false,
                    list: false,
                    abort: false,
                    verify: false,
                    wants_hash: None,
                    start_repeatable: true,
                    link_is_open: true,
                    etag_is_md5: true,
                    signs_links: false,
                },
                part_size: 1000,
                life: None,
                key: VecDeque::new(),
                start: VecDeque::new(),
                targets: VecDeque::new(),
                list: VecDeque::new(),
                complete: VecDeque::new(),
                refuses: None,
                told: Vec::new(),
                verify: VecDeque::new(),
                abort: VecDeque::new(),
                first_links: u32::MAX,
                only_missing: false,
                list_says: None,
                complete_panics: false,
                headers: Vec::new(),
                names: false,
                replaces: false,
                tells_size: true,
                sizes: Vec::new(),
                lie: 0,
                asked: Vec::new(),
            }),
            gate: watch::channel(true).0,
            asked: watch::channel(0).0,
            now_s,
        })
    }

    pub(crate) fn script<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        change(&mut self.script.lock().unwrap())
    }

    /// Holds back calls.
    pub(crate) fn shut(&self) {
        self.gate.send_replace(false);
    }

    /// Answers calls.
    pub(crate) fn open(&self) {
        self.gate.send_replace(true);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script(|script| script.asked.clone())
    }

    /// How many calls match.
    pub(crate) fn count(&self, like: impl Fn(&Asked) -> bool) -> usize {
        self.asked().iter().filter(|asked| like(asked)).count()
    }

    /// Waits until this many calls match.
    pub(crate) async fn was_asked(&self, times: usize, like: impl Fn(&Asked) -> bool) {
        let mut asked = self.asked.subscribe();
        let enough = asked.wait_for(|_| self.count(&like) >= times);
        let waited = tokio::time::timeout(crate::rig::PATIENCE, enough).await;
        assert!(waited.is_ok(), "the vendor was only asked {:?}", self.asked());
    }

    /// Makes receipts report one byte less than there is.
    pub(crate) fn lie_about_size(&self) {
        self.script(|script| script.lie = 1);
    }

    async fn ask(&self, asked: Asked) {
        self.script(|script| script.asked.push(asked));
        self.asked.send_modify(|count| *count += 1);
        let _ = self.gate.subscribe().wait_for(|open| *open).await;
    }

    fn links(
        &self,
        session: usize,
        parts: impl Iterator<Item = u32>,
        expires_at: Option<u64>,
    ) -> Vec<PartTarget> {
        let (port, headers) = (self.storage.port, self.script(|script| script.headers.clone()));
        let link = |part: u32| PartTarget {
            number: PartNumber::new(part).unwrap(),
            url: SignedUrl::new(format!("http://127.0.0.1:{port}/{session}/{part}?{SIGNATURE}=abc")),
            headers: headers.clone(),
            expires_at,
        };
        parts.map(link).collect()
    }
}

/// A failure of a vendor's call.
pub(crate) fn failure(class: RetryClass, cause: Cause) -> Failure {
    Failure::new(Step::Start, class, cause, "said the vendor")
}

/// "The service keeps failing."
pub(crate) fn busy() -> Cause {
    Cause::KeepsFailing { what: "busy".into() }
}

/// Provides the vendor for any destination.
pub(crate) struct Way(pub(crate) Arc<Vendor>);

#[async_trait]
impl Providers for Way {
    async fn provider(&self, _: &Destination) -> Result<Arc<dyn Provider>, Failure> {
        match self.0.script(|script| script.key.pop_front()) {
            Some(failure) => Err(failure),
            None => Ok(Arc::new(Made(Arc::clone(&self.0)))),
        }
    }
}

struct Made(Arc<Vendor>);

#[async_trait]
impl Provider for Made {
    fn capabilities(&self) -> Capabilities {
        self.0.script(|script| script.capabilities)
    }

    fn limits(&self) -> Limits {
        Limits::UNKNOWN
    }

    fn host(&self) -> String {
        "made.up".into()
    }

    fn refuses(&self, _: &FileFacts) -> Option<Cause> {
        self.0.script(|script| script.refuses.clone())
    }

    fn name(&self, file: &FileFacts) -> Option<String> {
        let name = match file.beside {
            0 => file.name.clone(),
            beside => format!("{} ({})", file.name, beside + 1),
        };
        self.0.script(|script| script.names).then_some(name)
    }

    fn replacing(&self, session: &Session) -> Option<Session> {
        self.0.script(|script| script.replaces).then(|| session.clone())
    }

    async fn check(&self) -> CheckReport {
        CheckReport { host: Finding::Good(1), clock_ahead: Finding::Good(0), key: Finding::Good(()) }
    }

    async fn start(&self, file: &FileFacts, _: Option<PartPlan>) -> Result<Started, Failure> {
        self.0.ask(Asked::Start(file.name.clone())).await;
        let (session, part_size, life) = self.0.script(|script| {
            script.told.push(file.clone());
            if let Some(failure) = script.start.pop_front() {
                return Err(failure);
            }
            script.sizes.push(file.size);
            Ok((script.sizes.len(), script.part_size, script.life))
        })?;
        let expires_at = life.map(|life| (self.0.now_s)().cast_unsigned() + life);
        let links = usize::try_from(file.size.div_ceil(part_size)).unwrap().max(1);
        let plan = PartPlan::by_server(file.size, part_size, links, &Limits::UNKNOWN).unwrap();
        let first = self.0.script(|script| script.first_links).min(plan.count());
        let targets = self.0.links(session, 1..=first, expires_at);
        Ok(Started {
            session: Session { body: session.to_string(), expires_at },
            plan,
            targets,
            clock_ahead: None,
        })
    }

    async fn targets(&self, session: &Session, parts: &[PartNumber]) -> Result<Vec<PartTarget>, Failure> {
        let numbers: Vec<u32> = parts.iter().map(|part| part.get()).collect();
        self.0.ask(Asked::Targets(numbers.clone())).await;
        let (failure, life, only_missing) =
            self.0.script(|script| (script.targets.pop_front(), script.life, script.only_missing));
        if let Some(failure) = failure {
            return Err(failure);
        }
        let has: Vec<u32> = self.0.storage.kept(&session.body).into_iter().map(|(part, _)| part).collect();
        let wanted = numbers.into_iter().filter(|part| !only_missing || !has.contains(part));
        let expires_at = life.map(|life| (self.0.now_s)().cast_unsigned() + life);
        Ok(self.0.links(session.body.parse().unwrap(), wanted, expires_at))
    }

    async fn list_parts(&self, session: &Session) -> Result<Vec<ListedPart>, Failure> {
        self.0.ask(Asked::List).await;
        let (failure, told) = self.0.script(|script| (script.list.pop_front(), script.list_says.clone()));
        if let Some(failure) = failure {
            return Err(failure);
        }
        let listed = |(number, bytes): (u32, Vec<u8>)| ListedPart {
            number: PartNumber::new(number).unwrap(),
            size: Some(bytes.len() as u64),
            etag: Some(Etag(hex::encode(Md5::digest(&bytes)))),
        };
        Ok(told.unwrap_or_else(|| self.0.storage.kept(&session.body).into_iter().map(listed).collect()))
    }

    async fn complete(&self, session: &Session, _: &[PartReceipt]) -> Result<FileReceipt, Failure> {
        self.0.ask(Asked::Complete(session.body.clone())).await;
        assert!(!self.0.script(|script| script.complete_panics), "told to panic");
        if let Some(failure) = self.0.script(|script| script.complete.pop_front()) {
            return Err(failure);
        }
        let index: usize = session.body.parse().unwrap();
        let size = self.0.script(|script| script.tells_size.then(|| script.sizes[index - 1] - script.lie));
        Ok(FileReceipt {
            strength: Strength::Confirmed,
            id: Some(format!("file-{}", session.body)),
            name: None,
            link: Some(format!("https://made.up/{}", session.body)),
            size,
            checksum: None,
        })
    }

    async fn verify(
        &self,
        session: &Session,
        _: &[PartReceipt],
        receipt: FileReceipt,
    ) -> Result<FileReceipt, Failure> {
        self.0.ask(Asked::Verify(session.body.clone())).await;
        let told = self.0.script(|script| script.verify.pop_front());
        told.unwrap_or(Ok(FileReceipt { strength: Strength::Confirmed, ..receipt }))
    }

    async fn abort(&self, session: &Session) -> Result<(), Failure> {
        self.0.ask(Asked::Abort(session.body.clone())).await;
        self.0.script(|script| script.abort.pop_front()).map_or(Ok(()), Err)
    }
}
