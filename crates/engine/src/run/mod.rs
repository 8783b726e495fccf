//! One job's way while it has a permit: check → session → parts → complete → settle. Reads like the row that shows it.

mod check;
mod checksum;
mod ends;
mod expiry;
mod finish;
mod flight;
mod halt;
mod hash;
mod links;
pub(crate) mod names;
mod on_line;
mod once;
mod part;
mod patience;
mod probe;
mod reconcile;
pub(crate) mod reread;
mod send;
mod session;
mod settle;
mod take_over;
mod taken;
mod turn;
mod vain;
mod watchdog;

use std::sync::Arc;

use partway_core::{Cause, Event, State};
use partway_http::PartClient;
use partway_provider::{PartTarget, Provider};
use tokio::sync::watch;

use crate::engine::{Inner, Stop};
use crate::happening::Happening;
use crate::job_file::JobFile;
use crate::journal::{JournalError, destinations, sessions};
use crate::log::Log;
use crate::progress::Live;
use crate::record::{Destination, Job};

pub(crate) use halt::Halt;

/// What a run holds in its hands.
pub(crate) struct Run {
    pub(crate) inner: Arc<Inner>,
    pub(crate) job: Job,
    pub(crate) destination: Destination,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) parts: PartClient,
    /// Which key the provider has.
    pub(crate) key: u32,
    pub(crate) live: Arc<Live>,
    pub(crate) stop: watch::Receiver<Stop>,
    /// Targets of a session that this run opened, where they are not written down.
    pub(crate) brought: Vec<PartTarget>,
    /// Whether it was told that the session may end before the file is through.
    pub(crate) told_short: bool,
}

/// Runs a job that was just given a permit, until it ends, is stopped or has to wait.
pub(crate) fn run(
    inner: &Arc<Inner>,
    job: Job,
    live: Arc<Live>,
    stop: watch::Receiver<Stop>,
) -> impl Future<Output = ()> + Send + 'static {
    let inner = Arc::clone(inner);
    async move {
        let (id, used) = (job.id.clone(), job.fields.if_exists);
        let key = (job.destination.clone(), inner.which_key(&job.destination));
        let outcome = go(&inner, job, key.1, live, stop).await;
        let outcome = outcome.map_err(|halt| match halt {
            Halt::Key { .. } if inner.which_key(&key.0) != key.1 => Halt::OldKey,
            other => other,
        });
        if let Err(halt) = outcome
            && let Err(error) = halt::carry_out(&inner, &id, used, halt).await
        {
            tracing::error!(%error, job = %id, "what stopped this job could not be written down");
        }
    }
}

async fn go(
    inner: &Arc<Inner>,
    job: Job,
    key: u32,
    live: Arc<Live>,
    stop: watch::Receiver<Stop>,
) -> Result<(), Halt> {
    let wanted = job.destination.clone();
    let destination = inner.journal.read(move |conn| destinations::get(conn, &wanted)).await?;
    let destination = destination.filter(|found| !found.removed).ok_or_else(|| Halt::Attention {
        cause: Cause::Refused { said: "its destination was removed".into() },
        detail: String::new(),
    })?;
    // A file that is not there is told even where the key is missing too: it is what the user can see.
    let checking = job.state == State::Checking;
    if checking {
        check::source(inner, &job).await?;
    }
    let provider =
        inner.providers.provider(&destination).await.map_err(|failure| Halt::from_failure(&failure))?;
    let parts = inner.providers.parts(&destination).unwrap_or_else(|| inner.parts.clone());
    let mut run = Run {
        inner: Arc::clone(inner),
        job,
        destination,
        provider,
        parts,
        key,
        live,
        stop,
        brought: Vec::new(),
        told_short: false,
    };
    if !checking {
        // Finishing: all is sent, only the answer is missing. The file itself is not needed for asking again.
        return match run.finish().await? {
            ends::Next::Settled => Ok(()),
            ends::Next::SendMore => run.send_again().await,
        };
    }
    let source = run.open_source().await?;
    run.accept_source(&source).await?;
    run.before_start(&source).await?;
    run.step(Event::Ready, None).await?;
    run.upload(source).await
}

impl Run {
    /// What can be known and done before a session is opened: it lives from then on, so nothing slow may come after.
    async fn before_start(&mut self, source: &Arc<JobFile>) -> Result<(), Halt> {
        let id = self.job.id.clone();
        if self.inner.journal.read(move |conn| sessions::current(conn, &id)).await?.is_some() {
            return Ok(());
        }
        self.pre_flight()?;
        if self.lacks_hash() { self.hash_in_peace(source).await } else { Ok(()) }
    }

    async fn upload(&mut self, source: Arc<JobFile>) -> Result<(), Halt> {
        loop {
            let session = self.session().await?;
            self.send(&session, &source).await?;
            self.step(Event::AllConfirmed, None).await?;
            match self.finish().await? {
                ends::Next::Settled => return Ok(()),
                ends::Next::SendMore => {}
            }
        }
    }

    /// From *finishing* back to sending: the file is needed after all.
    async fn send_again(&mut self) -> Result<(), Halt> {
        let source = self.open_source().await?;
        self.accept_source(&source).await?;
        self.upload(source).await
    }

    /// Applies an event to this job; where it has no meaning any more, somebody else has changed the job and this run is over.
    pub(crate) async fn step(&mut self, event: Event, log: Option<Log>) -> Result<(), Halt> {
        match self.inner.apply(&self.job.id, event, log).await? {
            Ok(applied) => {
                self.job = applied.job;
                // With a hold the job gave its permit back: it sends what is missing when the hold is lifted.
                if self.job.state == State::Waiting { Err(Halt::Overtaken) } else { Ok(()) }
            }
            Err(_) => Err(Halt::Overtaken),
        }
    }

    pub(crate) async fn reload(&mut self) -> Result<(), JournalError> {
        if let Ok(job) = self.inner.job(&self.job.id).await {
            self.job = job;
        }
        Ok(())
    }

    pub(crate) async fn log(&self, log: Log) -> Result<(), Halt> {
        Ok(self.inner.log(&self.job.id, log).await?)
    }

    pub(crate) fn tell_started(&self, resumed: u32) {
        self.inner.tell(Happening::Started { job: Arc::new(self.job.clone()), resumed });
    }

    /// The vendor's present, Unix seconds: it is the vendor who decides when a session ends.
    pub(crate) fn server_now_s(&self) -> u64 {
        let ahead = self.inner.clock_ahead(&self.provider.host()).unwrap_or(0);
        u64::try_from(self.inner.clock.unix_ms() / 1000 + ahead).unwrap_or(0)
    }

    /// Whether somebody wants this run to end.
    pub(crate) fn stopping(&self) -> Stop {
        *self.stop.borrow()
    }
}
