//! An app on its own folder, with a sandbox to send to.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use partway_api::{
    Answer, ApiError, Command, DestinationDraft, DestinationView, Done, FieldsDraft, JobLine, KeyDraft,
    LentKey, RawPath, Request, Selection, StateName,
};
use partway_app::{App, AppOptions, KeepAwake, LogFile};
use partway_engine::Clock;
use partway_http::HttpOptions;
use partway_keychain::Keychain;
use partway_sandbox::{Options, Running};
use tempfile::TempDir;

/// How long to wait for what should happen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A data folder, a sandbox, and the app's options.
pub(crate) struct Rig {
    pub(crate) folder: TempDir,
    pub(crate) sandbox: Running,
    pub(crate) lent: Vec<(Option<String>, LentKey)>,
    pub(crate) keychain: Option<Arc<dyn Keychain>>,
    pub(crate) variables: HashMap<String, String>,
    pub(crate) practice: Option<PathBuf>,
    pub(crate) headless: bool,
    pub(crate) awake: Option<Arc<dyn KeepAwake>>,
    pub(crate) clock: Option<Arc<dyn Clock>>,
}

impl Rig {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// Uses a sandbox with changed options.
    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::new(folder.path().join("sandbox"));
        options.part_size = 1_000;
        change(&mut options);
        let sandbox = partway_sandbox::start(options).await.unwrap();
        Self {
            folder,
            sandbox,
            lent: Vec::new(),
            keychain: None,
            variables: HashMap::new(),
            practice: None,
            headless: false,
            awake: None,
            clock: None,
        }
    }

    pub(crate) async fn open(&self) -> App {
        self.open_at(self.data()).await
    }

    pub(crate) async fn open_at(&self, data_dir: PathBuf) -> App {
        self.open_with(data_dir, LogFile::default()).await
    }

    pub(crate) async fn open_logged(&self, log: LogFile) -> App {
        self.open_with(self.data(), log).await
    }

    async fn open_with(&self, data_dir: PathBuf, log: LogFile) -> App {
        let variables = self.variables.clone();
        let options = AppOptions {
            data_dir,
            kinds: partway_app::Kinds::built_in(),
            variables: Arc::new(move |name| variables.get(name).cloned()),
            lent: self.lent.clone(),
            keychain: self.keychain.clone(),
            http: HttpOptions::default(),
            sandbox: self.practice.clone(),
            log,
            awake: self.awake.clone(),
            clock: self.clock.clone(),
            headless: self.headless,
            idle: false,
        };
        App::open(options).await.unwrap()
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn file(&self, name: &str, size: usize) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, vec![b'a'; size]).unwrap();
        path
    }

    pub(crate) fn draft(&self, name: &str) -> DestinationDraft {
        DestinationDraft {
            name: name.into(),
            kind: "autorender".into(),
            settings: [("url".into(), self.sandbox.base_url.clone())].into(),
            fields: FieldsDraft::default(),
        }
    }

    pub(crate) fn key(&self) -> KeyDraft {
        typed_key(&self.sandbox.key)
    }

    /// Adds a destination with the sandbox's key, for this session.
    pub(crate) async fn destination(&self, app: &App, name: &str) -> DestinationView {
        add_destination(app, self.draft(name), self.key()).await.unwrap()
    }
}

/// A typed key of one part, for this session.
pub(crate) fn typed_key(key: &str) -> KeyDraft {
    KeyDraft::ThisSession { key: key.into(), secret: None, session_token: None }
}

/// A typed key of one part, for the keychain.
pub(crate) fn in_keychain(key: &str) -> KeyDraft {
    KeyDraft::Keychain { key: key.into(), secret: None, session_token: None }
}

/// A key of one part in this variable.
pub(crate) fn in_variable(variable: &str) -> KeyDraft {
    KeyDraft::Environment { variable: variable.into(), secret_variable: None, session_token_variable: None }
}

pub(crate) async fn tell(app: &App, command: Command) -> Result<Done, ApiError> {
    match app.ask(Request::Command { command }).await? {
        Answer::Done { done } => Ok(done),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn add_destination(
    app: &App,
    draft: DestinationDraft,
    key: KeyDraft,
) -> Result<DestinationView, ApiError> {
    Ok(added(app, draft, key).await?.0)
}

/// Adds a destination; also returns the message about waiting files that could not be added.
pub(crate) async fn added(
    app: &App,
    draft: DestinationDraft,
    key: KeyDraft,
) -> Result<(DestinationView, Option<String>), ApiError> {
    match tell(app, Command::AddDestination { draft, key }).await? {
        Done::Destination { destination, not_taken, .. } => Ok((destination, not_taken)),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn destinations(app: &App) -> Vec<DestinationView> {
    match tell(app, Command::Destinations).await.unwrap() {
        Done::Destinations { destinations } => destinations,
        other => panic!("{other:?}"),
    }
}

/// Adds files: returns the batch, its jobs, and what was left out.
pub(crate) async fn add(
    app: &App,
    paths: &[PathBuf],
    to: Option<&str>,
    countdown: bool,
) -> Result<(Option<String>, Vec<JobLine>, Vec<(String, String)>), ApiError> {
    add_with(app, paths, to, countdown, FieldsDraft::default(), None).await
}

/// The same with fields and a MIME type.
pub(crate) async fn add_with(
    app: &App,
    paths: &[PathBuf],
    to: Option<&str>,
    countdown: bool,
    fields: FieldsDraft,
    mime: Option<&str>,
) -> Result<(Option<String>, Vec<JobLine>, Vec<(String, String)>), ApiError> {
    let paths =
        paths.iter().map(|path| RawPath::from_bytes(&partway_engine::paths::to_bytes(path))).collect();
    match app
        .ask(Request::Add {
            paths,
            destination: to.map(Into::into),
            countdown,
            batch: None,
            fields,
            mime: mime.map(Into::into),
        })
        .await?
    {
        Answer::Added { batch, jobs, left_out, .. } => Ok((batch, jobs, left_out)),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn list(app: &App) -> Vec<JobLine> {
    match app.ask(Request::List).await.unwrap() {
        Answer::Jobs { jobs, .. } => jobs,
        other => panic!("{other:?}"),
    }
}

/// Waits until the job with that id matches.
pub(crate) async fn until(app: &App, id: &str, wanted: impl Fn(&JobLine) -> bool) -> JobLine {
    let mut events = app.follow();
    let found = tokio::time::timeout(PATIENCE, async {
        loop {
            let line = list(app).await.into_iter().find(|line| line.id == id).unwrap();
            if wanted(&line) {
                return line;
            }
            events.next().await;
        }
    });
    match found.await {
        Ok(line) => line,
        Err(_) => panic!("waited in vain: {:#?}", list(app).await),
    }
}

pub(crate) async fn ends(app: &App, id: &str) -> JobLine {
    let over = [StateName::Verified, StateName::Uploaded, StateName::Cancelled, StateName::NeedsAttention];
    until(app, id, |line| over.contains(&line.state)).await
}

pub(crate) fn one(id: &str) -> Selection {
    Selection::Job(id.to_owned())
}
