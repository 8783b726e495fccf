//! One job's way while it has a permit: check → session → parts → complete → settle. Reads like the row
//! that shows it.

mod answer;
mod check;
mod checksum;
mod ends;
mod error;
mod expiry;
mod finish;
mod hash;
mod in_flight;
mod name_conflict;
pub(crate) mod names;
mod on_line;
mod pacing;
mod part;
mod probe;
mod reconcile;
pub(crate) mod reread;
mod retry;
mod send;
mod session;
mod settle;
mod start_guard;
mod take_over;
mod targets;
mod vain;
mod watchdog;

use std::sync::Arc;

use partway_core::{Cause, Event, State};
use partway_http::PartClient;
use partway_provider::{PartTarget, Provider};
use tokio::sync::watch;

use crate::event::EngineEvent;
use crate::job_file::JobFile;
use crate::journal::{JournalError, destinations, sessions};
use crate::log::Log;
use crate::progress::Live;
use crate::record::{Destination, Job};
use crate::state::{EngineState, Stop};

pub(crate) use error::RunError;

/// The context of a run.
pub(crate) struct Run {
    pub(crate) state: Arc<EngineState>,
    pub(crate) job: Job,
    pub(crate) destination: Destination,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) parts: PartClient,
    /// The version of the provider's key.
    pub(crate) key: u32,
    pub(crate) live: Arc<Live>,
    pub(crate) stop: watch::Receiver<Stop>,
    /// Targets of a session that this run opened, if they are not journaled.
    pub(crate) brought: Vec<PartTarget>,
    /// Whether it was reported that the session may expire before the file is done.
    pub(crate) told_short: bool,
}

/// Runs a job that was just given a permit until it ends, is stopped or has to wait.
pub(crate) fn run(
    state: &Arc<EngineState>,
    job: Job,
    live: Arc<Live>,
    stop: watch::Receiver<Stop>,
) -> impl Future<Output = ()> + Send + 'static {
    let state = Arc::clone(state);
    async move {
        let (id, used) = (job.id.clone(), job.fields.if_exists);
        let key = (job.destination.clone(), state.which_key(&job.destination));
        let outcome = go(&state, job, key.1, live, stop).await;
        let outcome = outcome.map_err(|halt| match halt {
            RunError::Key { .. } if state.which_key(&key.0) != key.1 => RunError::OldKey,
            other => other,
        });
        if let Err(halt) = outcome
            && let Err(error) = error::carry_out(&state, &id, used, halt).await
        {
            tracing::error!(%error, job = %id, "what stopped this job could not be written down");
        }
    }
}

async fn go(
    state: &Arc<EngineState>,
    job: Job,
    key: u32,
    live: Arc<Live>,
    stop: watch::Receiver<Stop>,
) -> Result<(), RunError> {
    let wanted = job.destination.clone();
    let destination = state.journal.read(move |conn| destinations::get(conn, &wanted)).await?;
    let destination = destination.filter(|found| !found.removed).ok_or_else(|| RunError::Attention {
        cause: Cause::Refused { said: "its destination was removed".into() },
        detail: String::new(),
    })?;
    // A missing file is reported even if the key is missing too, since the user can see it.
    let checking = job.state == State::Checking;
    if checking {
        check::source(state, &job).await?;
    }
    let provider =
        state.providers.provider(&destination).await.map_err(|failure| RunError::from_failure(&failure))?;
    let parts = state.providers.parts(&destination).unwrap_or_else(|| state.parts.clone());
    let mut run = Run {
        state: Arc::clone(state),
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
        // Finishing: all parts are sent, only the answer is missing. Asking again does not need the file.
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
    /// Everything that can be done before a session is opened: its lifetime starts then, so nothing slow
    /// may follow.
    async fn before_start(&mut self, source: &Arc<JobFile>) -> Result<(), RunError> {
        let id = self.job.id.clone();
        if self.state.journal.read(move |conn| sessions::current(conn, &id)).await?.is_some() {
            return Ok(());
        }
        self.pre_flight()?;
        if self.lacks_hash() { self.hash_in_peace(source).await } else { Ok(()) }
    }

    async fn upload(&mut self, source: Arc<JobFile>) -> Result<(), RunError> {
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
    async fn send_again(&mut self) -> Result<(), RunError> {
        let source = self.open_source().await?;
        self.accept_source(&source).await?;
        self.upload(source).await
    }

    /// Applies an event to this job. If it no longer applies, the job was changed otherwise and this run is
    /// over.
    pub(crate) async fn step(&mut self, event: Event, log: Option<Log>) -> Result<(), RunError> {
        match self.state.apply(&self.job.id, event, log).await? {
            Ok(applied) => {
                self.job = applied.job;
                // With a hold the job returned its permit; it sends the rest once the hold is released.
                if self.job.state == State::Waiting { Err(RunError::Overtaken) } else { Ok(()) }
            }
            Err(_) => Err(RunError::Overtaken),
        }
    }

    pub(crate) async fn reload(&mut self) -> Result<(), JournalError> {
        if let Ok(job) = self.state.job(&self.job.id).await {
            self.job = job;
        }
        Ok(())
    }

    pub(crate) async fn log(&self, log: Log) -> Result<(), RunError> {
        Ok(self.state.log(&self.job.id, log).await?)
    }

    pub(crate) fn tell_started(&self, resumed: u32) {
        self.state.tell(EngineEvent::Started { job: Arc::new(self.job.clone()), resumed });
    }

    /// The vendor's current time, Unix seconds: the vendor decides when a session expires.
    pub(crate) fn server_now_s(&self) -> u64 {
        let ahead = self.state.clock_ahead(&self.provider.host()).unwrap_or(0);
        u64::try_from(self.state.clock.unix_ms() / 1000 + ahead).unwrap_or(0)
    }

    /// How urgently this run is to stop.
    pub(crate) fn stopping(&self) -> Stop {
        *self.stop.borrow()
    }
}
