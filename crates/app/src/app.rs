//! The application object that front ends hold.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partway_api::{Answer, ApiError, Code, Look, Request, Settings};
use partway_engine::{Bounds, Clock, Engine, EngineOptions, GRACE, JobId, Keeps, Refusal};
use partway_http::Clients;
use partway_providers::Kinds;
use tokio::sync::{broadcast, watch};

use crate::awake::{self, Sleep};
use crate::events::{self, Events, Told};
use crate::keys::Keys;
use crate::practice::Practice;
use crate::support::unended::{self, Runs};
use crate::support::{self, Support};
use crate::system::{SystemChance, SystemClock, bounds, keeps_connections, raise_open_files};
use crate::watch::Watch;
use crate::watched::{self, Watchers};
use crate::{AppOptions, OpenError, commands, keychain};

/// A running Partway on one data folder. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) engine: Engine,
    /// The supported kinds of destinations.
    pub(crate) kinds: Kinds,
    pub(crate) keys: Arc<Keys>,
    pub(crate) clients: Clients,
    pub(crate) practice: Practice,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: broadcast::Sender<Told>,
    pub(crate) closed: watch::Sender<bool>,
    /// Speeds of the last minute, one a second, oldest first.
    pub(crate) speeds: Mutex<VecDeque<u64>>,
    /// How many dropped paths wait for a first destination; `None` until first read from the journal.
    pub(crate) dropped: tokio::sync::Mutex<Option<u32>>,
    /// Jobs that were unfinished when the folder was opened, until `TakeUp` takes them.
    pub(crate) unfinished: Mutex<Vec<JobId>>,
    /// Kind, settings and result of the last test upload to a destination that is not saved yet.
    pub(crate) seen: tokio::sync::Mutex<Option<(String, serde_json::Value, Keeps)>>,
    /// Sleep state of this computer.
    pub(crate) sleep: Mutex<Sleep>,
    /// Path of the most recent damaged journal that was set aside.
    pub(crate) set_aside: Option<PathBuf>,
    /// The newest crash report found at startup.
    pub(crate) crash: Option<PathBuf>,
    /// State of this run and the previous one.
    pub(crate) runs: Mutex<Runs>,
    pub(crate) support: Support,
    /// The data folder.
    pub(crate) data_dir: PathBuf,
    /// Whether this instance starts no uploads.
    pub(crate) idle: bool,
    pub(crate) watchers: Watchers,
    /// Bumped when something visible changes without an engine event.
    pub(crate) changed: watch::Sender<u64>,
}

impl App {
    /// Opens the journal, takes up unfinished work and starts the engine. The caller holds the folder's lock.
    ///
    /// # Errors
    /// A sentence: the journal is from a newer version, the folder cannot be written, …
    pub async fn open(options: AppOptions) -> Result<Self, OpenError> {
        let open_files = if options.idle { None } else { raise_open_files() };
        let bounds = bounds(open_files);
        // More than the default is the user's choice, provided enough files can be opened.
        let most = if bounds == Bounds::default() { usize::MAX } else { bounds.parts };
        let clock: Arc<dyn Clock> = options.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let support = Support {
            data_dir: options.data_dir.clone(),
            log: options.log,
            variables: Arc::clone(&options.variables),
        };
        let mut http_options = options.http;
        http_options.keep &= keeps_connections(open_files);
        let time = Arc::clone(&clock);
        http_options.clock.get_or_insert_with(|| Arc::new(move || time.unix_ms().div_euclid(1000)));
        let clients = Clients::new(http_options).map_err(|error| OpenError(error.to_string()))?;
        let practice = Practice::new(options.sandbox, &options.data_dir);
        let keys = Arc::new(Keys::new(
            options.kinds.clone(),
            options.keychain,
            options.variables,
            clients.clone(),
            practice.clone(),
        ));
        // Before the engine opens; otherwise work it takes up would find a destination without a key.
        for (name, key) in options.lent {
            keys.lend(name, key);
        }
        let last_sign = unended::last_sign(&options.data_dir);
        let engine = Engine::open(
            &options.data_dir,
            EngineOptions {
                clock: Arc::clone(&clock),
                chance: Arc::new(SystemChance),
                providers: Arc::clone(&keys) as _,
                parts: clients.usual().parts.clone(),
                bounds,
                grace: GRACE,
                headless: options.headless,
                idle: options.idle,
                gate: None,
                elsewhere: None,
            },
        )
        .await
        .map_err(|error| OpenError(sentence(&error.to_string())))?;
        // Everything works without a log; the journal reports a folder that cannot be written.
        if !options.idle {
            let _ = support.log.open(&options.data_dir);
        }
        tracing::info!(version = env!("CARGO_PKG_VERSION"), unfinished = engine.unfinished.len(), "opened");
        let app = Self(Arc::new(Inner {
            engine: engine.engine,
            kinds: options.kinds,
            keys,
            clients,
            practice,
            clock,
            events: broadcast::channel(4096).0,
            closed: watch::channel(false).0,
            speeds: Mutex::default(),
            dropped: tokio::sync::Mutex::default(),
            unfinished: Mutex::new(engine.unfinished),
            seen: tokio::sync::Mutex::default(),
            sleep: Mutex::default(),
            set_aside: engine.set_aside,
            crash: support::newest(&options.data_dir),
            runs: Mutex::default(),
            support,
            data_dir: options.data_dir,
            idle: options.idle,
            watchers: Watchers::default(),
            changed: watch::channel(0).0,
        }));
        let settings = app.settings().await;
        let parts = settings.parts_at_once.map(|parts| (parts as usize).min(most));
        app.0.engine.set_parts_at_once(parts);
        if !options.idle {
            // The journal reports its own write errors, and this can wait.
            let _ = unended::begin(&app, last_sign, options.headless).await;
            app.close_panels(&settings).await.map_err(|error| OpenError(sentence(&error.to_string())))?;
        }
        tokio::spawn(events::translate(app.clone(), app.0.engine.follow()));
        if !options.idle {
            tokio::spawn(awake::serve(app.clone(), options.awake));
        }
        // A command ends when a key cannot be read, so it needs no keychain service. It doesn't watch folders
        // either: an `upload` that ends with its own files must not begin others. `watch run` asks for it.
        if !options.idle && !options.headless {
            tokio::spawn(keychain::serve(app.clone()));
            watched::start(&app).await.map_err(|error| OpenError(sentence(&error.to_string())))?;
        }
        Ok(app)
    }

    /// Restarts the countdown of batches that an open panel was holding when the process ended.
    async fn close_panels(&self, settings: &Settings) -> Result<(), Refusal> {
        let wait_ms = i64::from(settings.countdown_seconds.max(1)) * 1000;
        for (batch, _) in self.0.engine.counting_down().await? {
            if batch.starts_at.is_none() {
                self.0.engine.set_countdown(&batch.id, Some(wait_ms)).await?;
            }
        }
        Ok(())
    }

    /// Answers one request.
    ///
    /// # Errors
    /// An [`ApiError`] ready to be shown.
    pub async fn ask(&self, request: Request) -> Result<Answer, ApiError> {
        commands::answer(self, request).await
    }

    /// Subscribes to events from now on.
    #[must_use]
    pub fn follow(&self) -> Events {
        Events::new(self.0.events.subscribe(), self.0.closed.subscribe())
    }

    /// Ticks for a look, at most one every 100 ms and only when something in it changed.
    #[must_use]
    pub fn watch(&self, look: Look) -> Watch {
        Watch::start(self.clone(), look)
    }

    /// Shuts down in order: starts no new part, gives those in flight `grace`, then closes the journal.
    /// Everything stays resumable.
    pub async fn close(&self, grace: Duration) {
        watched::stop(self).await;
        unended::end(self).await;
        self.0.engine.close(grace).await;
        self.0.practice.stop().await;
        tracing::info!("closed in order");
        self.0.support.log.close();
        self.0.closed.send_replace(true);
    }

    pub(crate) async fn settings(&self) -> Settings {
        let json = self.0.engine.setting("settings").await.ok().flatten();
        json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.0.clock.unix_ms()
    }

    /// Signals that something visible changed.
    pub(crate) fn touch(&self) {
        self.0.changed.send_modify(|count| *count += 1);
    }
}

/// Resolves once the app has closed.
pub(crate) async fn closed(signal: &mut watch::Receiver<bool>) {
    // An error means the app is gone, which amounts to the same.
    let _ = signal.wait_for(|closed| *closed).await;
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), letters.as_str().trim_end_matches('.'))
    })
}

/// Converts an engine refusal for front ends.
pub(crate) fn refusal(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::Journal(error) => journal(&error),
        Refusal::NameTaken(name) => ApiError::field(
            "name",
            format!("There is a destination named {name} already. Choose another name."),
        ),
        other => ApiError::new(Code::Refused, sentence(&other.to_string())),
    }
}

/// Converts a journal error for front ends.
pub(crate) fn journal(error: &partway_engine::JournalError) -> ApiError {
    ApiError::new(Code::Internal, sentence(&error.to_string()))
        .hint("Nothing that was confirmed is lost. Check that the disk has room and the data folder can be written.")
}
