//! Starting a sandbox, and stopping it in order.

use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

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
use crate::faults::grammar::{self, Step};
use crate::faults::spell;
use crate::first_line::FirstLine;
use crate::kinds::{self, s3};
use crate::log::Log;
use crate::net::{serve, tls};
use crate::options::Options;
use crate::sessions::choose::Rules;
use crate::sessions::finish::Objects;
use crate::sessions::shelf::Shelf;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::storage::put;
use crate::storage::sign::Signer;
use crate::store::client::Store;

/// The folder's own port is tried so often before another is taken: three seconds, longer than an orderly stop lasts.
const PATIENCE: u32 = 60;
/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// A sandbox that runs. Dropped, it ends at once, as if killed; `stop` ends it in order.
#[derive(Debug)]
pub struct Running {
    /// AutoRender's base URL.
    pub base_url: String,
    /// AutoRender's API key.
    pub key: String,
    /// The folder; finished objects lie in `objects` below it.
    pub dir: PathBuf,
    /// The port it listens on.
    pub port: u16,
    /// The admin endpoints, if they were asked for.
    pub admin: Option<Admin>,
    /// The certificate (PEM) to trust, with TLS.
    pub ca: Option<PathBuf>,
    /// Seed of the faults that come by chance.
    pub seed: u64,
    /// What the command prints first.
    pub first_line: FirstLine,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Takes no more connections, lets the requests under way end for two seconds, and returns when all is over.
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

/// Starts a sandbox on the current tokio runtime. When this returns, it takes connections.
///
/// # Errors
/// See [`Error`]: a folder that cannot be used, a port that is taken, a fault that does not exist.
pub async fn start(options: Options) -> Result<Running, Error> {
    options.check()?;
    let asked: Result<Vec<_>, _> = options.faults.iter().map(|fault| grammar::parse(fault)).collect();
    let asked = asked.map_err(Error::Fault)?;
    fs::create_dir_all(options.dir.join("objects")).map_err(Error::at(&options.dir))?;
    // What Windows calls the canonical path begins with `\\?\`: no path for people, and one by which files get names that no program
    // can open.
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
    let shared = Arc::new(Shared {
        signer: Signer::new(settings.access_key.clone(), settings.secret.clone()),
        store: store.transpose()?,
        s3: settings.s3.signer(options.session_token.clone()),
        objects: Objects::new(dir.clone(), options.discard, shelf.list()),
        shelf,
        faults,
        log: Log::open(options.log.as_deref(), options.clock.clone())?,
        clock: clock.clone(),
        origin: format!("{}://{host}", if options.tls { "https" } else { "http" }),
        host,
        part_size: options.part_size,
        rules: Rules { least_part: options.min_part, equal_parts: options.equal_parts },
        ttl: options.ttl,
        after_complete: options.after_complete,
        resume: options.resume,
        checksum: options.checksum,
        token_ttl: options.token_ttl,
        password: options.password.clone(),
        slow: options.slow,
        settings,
    });

    if !leftovers.is_empty() {
        let shared = shared.clone();
        // What is left at the store is paid for. One try: where it fails, the store's own rules must do.
        tokio::task::spawn_blocking(move || {
            for remote in leftovers {
                let _ = shared.store.as_ref().map(|store| store.abort(&remote));
            }
        });
    }
    let admin = options.admin.then(|| Admin::new(&shared));
    let destinations = kinds::destinations(&shared);
    let first_line = FirstLine { admin: admin.clone(), dir: dir.clone(), destinations, ca: ca.clone(), seed };
    let mut router = kinds::routes()
        .route(&format!("{}/{{*key}}", put::ROOT), any(put::put))
        .route("/elsewhere/{*path}", any(elsewhere::any));
    if let Some(admin) = &admin {
        router = router.merge(admin::routes(admin));
    }
    let router =
        router.fallback(s3::elsewhere).layer(middleware::from_fn_with_state(shared.clone(), s3::door));
    let router = router.layer(middleware::from_fn_with_state(options.spell, spell::all));
    let router: Router = router.with_state(shared.clone());
    let (stop, stopped) = watch::channel(false);
    let key = shared.settings.key.clone();
    let closes = move || {
        let strike = shared.faults.draw(&Met::at(Step::Connection));
        if let Some(strike) = strike {
            shared.log.entry(Step::Connection.name(), "sandbox").fault = Some(strike.name);
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

/// The port asked for; else that of last time if it is free, since links from then name it; else any.
async fn listen(address: Ipv4Addr, asked: Option<u16>, last: u16) -> Result<TcpListener, Error> {
    let on = |port: u16| async move {
        TcpListener::bind((address, port)).await.map_err(|source| Error::Port { address, port, source })
    };
    match asked.filter(|port| *port != 0) {
        Some(port) => on(port).await,
        None if last == 0 => on(0).await,
        None => {
            // The one before may be ending still: it was killed a moment ago, or told to stop.
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
