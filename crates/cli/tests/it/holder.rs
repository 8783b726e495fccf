//! A Partway that holds the folder and never answers requests to add files: the command has to find out what
//! became of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use partway_api::{Answer, ApiError, Look, RawPath, Request};
use partway_app::{App, AppOptions};
use partway_bridge::{Answers, FolderLock, Server};
use tokio::sync::Notify;

/// Answers everything but [`Request::Add`].
#[derive(Clone)]
struct Mute {
    app: App,
    asked: Arc<Notify>,
}

impl Answers for Mute {
    type Events = partway_app::Events;
    type Ticks = partway_app::Watch;

    async fn ask(&self, request: Request) -> Result<Answer, ApiError> {
        if matches!(request, Request::Add { .. }) {
            self.asked.notify_one();
            return std::future::pending().await;
        }
        self.app.ask(request).await
    }

    fn follow(&self) -> Self::Events {
        self.app.follow()
    }

    fn watch(&self, look: Look) -> Self::Ticks {
        self.app.watch(look)
    }

    async fn close(&self, grace: Duration) {
        self.app.close(grace).await;
    }
}

async fn open(data_dir: &Path) -> App {
    let options = AppOptions {
        data_dir: data_dir.to_path_buf(),
        kinds: partway_app::Kinds::built_in(),
        variables: Arc::new(|_| None),
        lent: Vec::new(),
        keychain: None,
        http: Default::default(),
        sandbox: None,
        log: partway_app::LogFile::default(),
        awake: None,
        clock: None,
        headless: true,
        idle: true,
    };
    App::open(options).await.unwrap()
}

#[cfg(unix)]
fn raw(path: &Path) -> RawPath {
    use std::os::unix::ffi::OsStrExt as _;
    RawPath::from_bytes(path.as_os_str().as_bytes())
}

#[cfg(windows)]
fn raw(path: &Path) -> RawPath {
    use std::os::windows::ffi::OsStrExt as _;
    RawPath::from_bytes(&path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect::<Vec<_>>())
}

/// Adds one file and starts nothing.
pub(crate) async fn take_in(data_dir: &Path, file: &Path) {
    let lock = FolderLock::take(data_dir).unwrap().unwrap();
    let app = open(data_dir).await;
    let paths = vec![raw(file)];
    let add = Request::Add {
        paths,
        destination: Some("Acme".into()),
        countdown: false,
        batch: None,
        fields: Default::default(),
        mime: None,
    };
    let answer = app.ask(add).await.unwrap();
    assert!(matches!(&answer, Answer::Added { jobs, .. } if jobs.len() == 1), "{answer:?}");
    app.close(Duration::ZERO).await;
    drop(lock);
}

/// The holder, in this process.
pub(crate) struct Holder {
    mute: Mute,
    server: Server,
}

impl Holder {
    pub(crate) async fn on(data_dir: &Path) -> Self {
        let lock = FolderLock::take(data_dir).unwrap().unwrap();
        let mute = Mute { app: open(data_dir).await, asked: Arc::default() };
        let server = Server::start(mute.clone(), lock, |_| false).unwrap();
        Self { mute, server }
    }

    /// Waits for a request to add files.
    pub(crate) async fn asked(&self) {
        self.mute.asked.notified().await;
    }

    /// Ends without an answer.
    pub(crate) async fn end(self) {
        let lock = self.server.stop().await;
        self.mute.app.close(Duration::ZERO).await;
        drop(lock);
    }
}
