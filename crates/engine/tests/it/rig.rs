//! An engine under test: a data folder, an adjustable clock, and files to send.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use partway_core::State;
use partway_engine::{
    Batch, BatchId, Bounds, Chance, Clock, Destination, DestinationId, Engine, EngineOptions, GRACE, Gate,
    Job, JobId, Log, OpenEngine, Providers, Standing,
    scan::{self, Intake},
};
use partway_http::{HttpOptions, PartClient};
use partway_provider::Fields;
use tempfile::TempDir;

use crate::vendor::{Vendor, Way};

/// How long to wait for what should happen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The system's clock, advanced manually.
#[derive(Debug)]
pub(crate) struct Hands {
    begun: Instant,
    ahead_ms: AtomicI64,
}

impl Hands {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { begun: Instant::now(), ahead_ms: AtomicI64::new(0) })
    }

    pub(crate) fn forward(&self, by: Duration) {
        self.ahead_ms.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn back(&self, by: Duration) {
        self.ahead_ms.fetch_sub(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn unix_ms(&self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        i64::try_from(now.as_millis()).unwrap() + self.ahead_ms.load(Ordering::SeqCst)
    }

    fn steady(&self) -> Duration {
        self.begun.elapsed()
    }

    fn date_of(&self, _: i64) -> String {
        "2026-11-21".into()
    }
}

/// Always the shortest jitter.
struct Low;

impl Chance for Low {
    fn next(&self) -> f64 {
        0.0
    }
}

/// A data folder with what an engine on it needs.
pub(crate) struct Rig {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<Hands>,
    pub(crate) vendor: Arc<Vendor>,
    pub(crate) bounds: Bounds,
    pub(crate) grace: Duration,
    pub(crate) headless: bool,
    pub(crate) gate: Option<Gate>,
    /// Files to treat as stored elsewhere.
    pub(crate) elsewhere: Option<fn(&std::path::Path) -> bool>,
    pub(crate) watch_before_once: Duration,
}

impl Rig {
    pub(crate) async fn new() -> Self {
        let clock = Hands::new();
        let hands = Arc::clone(&clock);
        let now_s: partway_http::Clock = Arc::new(move || hands.unix_ms().div_euclid(1000));
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock,
            vendor: Vendor::start(now_s).await,
            bounds: Bounds { parts_at_first: 16, ..Bounds::default() },
            grace: GRACE,
            headless: false,
            gate: None,
            elsewhere: None,
            watch_before_once: HttpOptions::default().watch_before_once,
        }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Opens an engine on the folder, with its destination.
    pub(crate) async fn open(&self) -> Under {
        let providers = Arc::new(Way(Arc::clone(&self.vendor)));
        Under::open(self.try_open(providers).await.unwrap().engine).await
    }

    pub(crate) async fn try_open(
        &self,
        providers: Arc<dyn Providers>,
    ) -> Result<OpenEngine, partway_engine::JournalError> {
        let hands = Arc::clone(&self.clock);
        let now_s: partway_http::Clock = Arc::new(move || hands.unix_ms().div_euclid(1000));
        let http = HttpOptions { clock: Some(now_s), ..HttpOptions::default() };
        let options = EngineOptions {
            clock: Arc::clone(&self.clock) as _,
            chance: Arc::new(Low),
            providers,
            parts: PartClient::new(&http).unwrap(),
            bounds: self.bounds,
            grace: self.grace,
            headless: self.headless,
            idle: false,
            gate: self.gate.clone(),
            elsewhere: self.elsewhere,
        };
        Engine::open(&self.data(), options).await
    }

    /// The current time, Unix milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.unix_ms()
    }

    /// The current time, Unix seconds.
    pub(crate) fn now_s(&self) -> i64 {
        self.clock.unix_ms() / 1000
    }

    /// A file of `size` bytes, all different from part to part.
    pub(crate) fn file(&self, name: &str, size: usize) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes(size)).unwrap();
        path
    }

    /// A large file that takes no space.
    pub(crate) fn sparse(&self, name: &str, size: u64) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::File::create(&path).unwrap().set_len(size).unwrap();
        path
    }

    /// The content of all files in the data folder, to be searched.
    pub(crate) fn everything(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(self.data()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                all.extend(std::fs::read(path).unwrap());
            }
        }
        all
    }
}

/// Bytes in which no two blocks of two thousand are the same.
pub(crate) fn bytes(size: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..size).map(|_| next()).collect()
}

pub(crate) fn contains(all: &[u8], text: &str) -> bool {
    all.windows(text.len()).any(|window| window == text.as_bytes())
}

pub(crate) fn destination(name: &str) -> Destination {
    Destination {
        id: DestinationId(format!("destination-{name}")),
        name: name.into(),
        kind: "made-up".into(),
        settings: "{}".into(),
        fields: Fields::default(),
        key_source: "{}".into(),
        standing: Standing::Unknown,
        keeps: Default::default(),
        removed: false,
    }
}

/// An engine and its one destination.
pub(crate) struct Under {
    pub(crate) engine: Engine,
    pub(crate) to: DestinationId,
}

impl Under {
    pub(crate) async fn open(engine: Engine) -> Self {
        let to = destination("Acme");
        if engine.destination(&to.id).await.unwrap().is_none() {
            engine.add_destination(&to).await.unwrap();
        }
        Self { engine, to: to.id }
    }

    pub(crate) async fn add(&self, paths: &[PathBuf], countdown_ms: Option<i64>) -> (Batch, Vec<JobId>) {
        let (batch, jobs) = self.take_in(scan::look(paths), countdown_ms).await;
        (batch, jobs.into_iter().map(|job| job.id).collect())
    }

    pub(crate) async fn take_in(&self, intake: Intake, countdown_ms: Option<i64>) -> (Batch, Vec<Job>) {
        self.engine.add_as(BatchId::new(), intake, &self.to, None, countdown_ms).await.unwrap()
    }

    pub(crate) async fn add_one(&self, path: PathBuf) -> JobId {
        self.add(&[path], None).await.1.remove(0)
    }

    pub(crate) async fn job(&self, id: &JobId) -> Job {
        self.engine.job(id).await.unwrap()
    }

    /// Waits until a job is as wanted.
    pub(crate) async fn until(&self, id: &JobId, wanted: impl Fn(&Job) -> bool) -> Job {
        let mut happened = self.engine.follow();
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                let job = self.job(id).await;
                if wanted(&job) {
                    return job;
                }
                // A missed event is as good as a received one: the job is read again.
                let _ = happened.recv().await;
            }
        });
        match found.await {
            Ok(job) => job,
            Err(_) => panic!("waited in vain: {:#?}\n{:?}", self.job(id).await, self.log(id).await),
        }
    }

    pub(crate) async fn ends(&self, id: &JobId) -> State {
        self.until(id, |job| job.state.is_end() || matches!(job.state, State::NeedsAttention(_))).await.state
    }

    /// Waits until the job has no run.
    pub(crate) async fn rests(&self, id: &JobId) {
        let rests = async {
            while self.engine.live().contains_key(id) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, rests).await.expect("it goes on and on");
    }

    /// The log, oldest first.
    pub(crate) async fn log(&self, id: &JobId) -> Vec<Log> {
        let mut log: Vec<_> =
            self.engine.detail(id).await.unwrap().log.into_iter().map(|(_, line)| line).collect();
        log.reverse();
        log
    }
}
