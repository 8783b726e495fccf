//! Starts a sandbox, and stops it in order.

use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::routing::any;
use axum::{Router, middleware};
use rand::Rng;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::admin::{self, Admin};
use crate::elsewhere;
use crate::error::Error;
use crate::faults::draw::{Faults, Met};
use crate::faults::grammar;
use crate::faults::spell;
use crate::faults::step::Step;
use crate::first_line::FirstLine;
use crate::front::Front;
use crate::kinds::Kinds;
use crate::kinds::autorender::AutoRender;
use crate::kinds::gjirafa::Gjirafa;
use crate::kinds::record360::Record360;
use crate::kinds::s3::{self, S3};
use crate::log::Log;
use crate::net::{serve, tls};
use crate::options::Options;
use crate::sessions::choose::Rules;
use crate::sessions::finish::Objects;
use crate::sessions::shelf::Shelf;
use crate::settings::Settings;
use crate::state::Sandbox;
use crate::storage::put;
use crate::storage::sign::Signer;
use crate::store::Remote;
use crate::store::client::Store;
use crate::vault::Vault;

/// How many times the folder's own port is tried before another is taken: three seconds, longer than an
/// orderly stop takes.
const PATIENCE: u32 = 60;
/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// A running sandbox. Dropping it ends it at once, as if killed; `stop` ends it in order.
#[derive(Debug)]
pub struct Running {
    /// AutoRender's base URL.
    pub base_url: String,
    /// AutoRender's API key.
    pub key: String,
    /// The folder; finished objects are in `objects` below it.
    pub dir: PathBuf,
    /// The port it listens on.
    pub port: u16,
    /// The admin endpoints, if enabled.
    pub admin: Option<Admin>,
    /// The certificate (PEM) to trust, with TLS.
    pub ca: Option<PathBuf>,
    /// The seed for random faults.
    pub seed: u64,
    /// The first line that the command prints.
    pub first_line: FirstLine,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Stops accepting connections, gives the requests in flight two seconds, and returns when everything has
    /// ended.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let _ = (&mut self.task).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts a sandbox on the current tokio runtime. When this returns, it accepts connections.
///
/// # Errors
/// See [`Error`]: a folder that cannot be used, a port that is taken, a fault that does not exist.
pub async fn start(options: Options) -> Result<Running, Error> {
    options.check()?;
    let asked: Result<Vec<_>, _> = options.faults.iter().map(|fault| grammar::parse(fault)).collect();
    let asked = asked.map_err(Error::Fault)?;
    fs::create_dir_all(options.dir.join("objects")).map_err(Error::at(&options.dir))?;
    // On Windows, canonical paths begin with `\\?\`: unreadable for people, and they create files with names
    // that no program can open.
    let whole =
        if cfg!(windows) { std::path::absolute(&options.dir) } else { fs::canonicalize(&options.dir) };
    let dir = whole.map_err(Error::at(&options.dir))?;
    let mut settings = Settings::load(&dir)?;
    let listener = listen(options.address, options.port, settings.port).await?;
    let port = listener
        .local_addr()
        .map_err(|source| Error::Port { address: options.address, port: 0, source })?
        .port();
    settings.port = port;
    settings.record360.renew(options.clock.now(), options.token_ttl);
    settings.save(&dir)?;

    let (tls, ca) = match options.tls {
        true => tls::acceptor(&dir, options.address).map(|(acceptor, ca)| (Some(acceptor), Some(ca)))?,
        false => (None, None),
    };
    let seed = options.seed.unwrap_or_else(|| rand::rng().random());
    let faults = Arc::new(Faults::new(asked, seed));
    let skewed = faults.clone();
    let clock = options.clock.clone().wrong_by(options.skew, move || skewed.skewed());
    let host = format!("{}:{port}", options.address);
    let store = options.store.as_ref().map(|asked| Store::new(asked, options.clock.clone()));
    let mut leftovers = Vec::new();
    let shelf = Shelf::open(dir.join("sessions"), options.clock.now(), |about| {
        leftovers.extend(about.store.clone());
    })?;
    let front = Arc::new(Front {
        origin: format!("{}://{host}", if options.tls { "https" } else { "http" }),
        host,
        clock: clock.clone(),
        log: Log::open(options.log.as_deref(), options.clock.clone())?,
        faults,
        slow: options.slow,
    });
    let vault = Arc::new(Vault {
        objects: Objects::new(dir.clone(), options.discard, shelf.list()),
        shelf,
        signer: Signer::new(settings.access_key.clone(), settings.secret.clone()),
        store: store.transpose()?,
        after_complete: options.after_complete,
    });
    forget_leftovers(&vault, leftovers);
    let key = settings.key.clone();
    let kinds = set_up(settings, &options);
    let admin = options.admin.then(|| Admin::new(&front));
    let destinations = kinds.destinations(&front);
    let first_line = FirstLine { admin: admin.clone(), dir: dir.clone(), destinations, ca: ca.clone(), seed };
    let router = router(&kinds, Sandbox { front: front.clone(), vault }, &options, admin.as_ref());
    let (stop, stopped) = watch::channel(false);
    let closes = move || {
        let strike = front.faults.draw(&Met::at(Step::Connection));
        if let Some(strike) = strike {
            front.log.entry(Step::Connection.name(), "sandbox").fault = Some(strike.name);
        }
        strike.is_some()
    };
    let task = tokio::spawn(serve::serve(listener, tls, router, clock, closes, stopped));
    Ok(Running {
        base_url: first_line.destinations.first().map(|d| d.url.clone()).unwrap_or_default(),
        key,
        dir,
        port,
        admin,
        ca,
        seed,
        first_line,
        stop,
        task,
    })
}

/// Configures each kind from the settings and options.
fn set_up(settings: Settings, options: &Options) -> Kinds {
    let rules = Rules { least_part: options.min_part, equal_parts: options.equal_parts };
    let signer = settings.s3.signer(options.session_token.clone());
    Kinds {
        autorender: Arc::new(AutoRender {
            key: settings.key,
            public_key: settings.public_key,
            workspace: settings.workspace,
            part_size: options.part_size,
            ttl: options.ttl,
        }),
        gjirafa: Arc::new(Gjirafa {
            account: settings.gjirafa,
            ttl: options.ttl,
            resume: options.resume,
            rules,
        }),
        record360: Arc::new(Record360 {
            account: settings.record360,
            password: options.password.clone(),
            token_ttl: options.token_ttl,
            ttl: options.ttl,
            checksum: options.checksum,
            rules,
        }),
        s3: Arc::new(S3 { account: settings.s3, signer, rules }),
    }
}

/// All routes, with S3's door in front of them.
fn router(kinds: &Kinds, sandbox: Sandbox, options: &Options, admin: Option<&Admin>) -> Router {
    let mut router = kinds
        .routes()
        .route(&format!("{}/{{*key}}", put::ROOT), any(put::put))
        .route("/elsewhere/{*path}", any(elsewhere::any));
    if let Some(admin) = admin {
        router = router.merge(admin::routes(admin));
    }
    let (s3, door) = (kinds.s3.clone(), (kinds.s3.clone(), sandbox.clone()));
    router
        .fallback(move |State(sandbox): State<Sandbox>, request| s3::elsewhere(s3, sandbox, request))
        .layer(middleware::from_fn_with_state(door, s3::door))
        .layer(middleware::from_fn_with_state(options.spell, spell::all))
        .with_state(sandbox)
}

/// Aborts what forgotten sessions left at the store, because storing it costs money. One try: if it fails,
/// the store's own rules must clean up.
fn forget_leftovers(vault: &Arc<Vault>, leftovers: Vec<Remote>) {
    if leftovers.is_empty() {
        return;
    }
    let vault = vault.clone();
    tokio::task::spawn_blocking(move || {
        for remote in leftovers {
            let _ = vault.store.as_ref().map(|store| store.abort(&remote));
        }
    });
}

/// The requested port; else the last one if it is free, since earlier links name it; else any.
async fn listen(address: Ipv4Addr, asked: Option<u16>, last: u16) -> Result<TcpListener, Error> {
    let on = |port: u16| async move {
        TcpListener::bind((address, port)).await.map_err(|source| Error::Port { address, port, source })
    };
    match asked.filter(|port| *port != 0) {
        Some(port) => on(port).await,
        None if last == 0 => on(0).await,
        None => {
            // The previous instance may still be ending: it was killed a moment ago, or is stopping.
            for _ in 0..PATIENCE {
                if let Ok(listener) = on(last).await {
                    return Ok(listener);
                }
                tokio::time::sleep(PAUSE).await;
            }
            on(0).await
        }
    }
}
