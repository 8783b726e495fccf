//! Events for front ends: engine events with names, paths and sentences.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::Duration;

use partway_api::{Event, FinishedState};
use partway_core::State;
use partway_engine::{EngineEvent, Job, JobId};
use tokio::sync::{broadcast, watch};

use crate::App;
use crate::view::{self, Named, Names};
use crate::words;

/// What is broadcast to every subscriber.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    /// An event.
    Event(Event),
    /// This many engine events were dropped; ask for the list.
    Missed(u64),
}

/// A stream of [`Event`]s.
pub struct Events {
    receiver: broadcast::Receiver<Told>,
    closed: watch::Receiver<bool>,
}

impl Events {
    pub(crate) fn new(receiver: broadcast::Receiver<Told>, closed: watch::Receiver<bool>) -> Self {
        Self { receiver, closed }
    }

    /// The next event; `Err(n)` when `n` were dropped because the reader was too slow, `None` after the app
    /// closed.
    pub async fn next(&mut self) -> Option<Result<Event, u64>> {
        // Events first, so that those from before the end are still delivered.
        tokio::select! {
            biased;
            received = self.receiver.recv() => match received {
                Ok(Told::Event(event)) => Some(Ok(event)),
                Ok(Told::Missed(missed)) => Some(Err(missed)),
                Err(broadcast::error::RecvError::Lagged(missed)) => Some(Err(missed)),
                Err(broadcast::error::RecvError::Closed) => None,
            },
            () = crate::app::closed(&mut self.closed) => None,
        }
    }
}

/// How many speeds are kept, one a second.
const SPEEDS: usize = 60;

/// Cached destination names, and paths and sizes of current jobs; ended jobs are dropped.
#[derive(Default)]
struct Known {
    names: Names,
    jobs: HashMap<JobId, (String, u64)>,
}

/// Translates until the app closes.
pub(crate) async fn translate(app: App, mut happened: broadcast::Receiver<EngineEvent>) {
    let mut known = Known::default();
    let mut closed = app.0.closed.subscribe();
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let mut unwritable = app.0.engine.unwritable();
    loop {
        tokio::select! {
            received = happened.recv() => match received {
                Ok(happening) => {
                    for event in known.tell(&app, happening).await {
                        let _ = app.0.events.send(Told::Event(event));
                    }
                }
                Err(broadcast::error::RecvError::Lagged(missed)) => {
                    let _ = app.0.events.send(Told::Missed(missed));
                }
                Err(broadcast::error::RecvError::Closed) => return,
            },
            // An error means that the journal is gone, and everything with it.
            Ok(()) = unwritable.changed() => {
                let text = unwritable.borrow_and_update().as_ref().map(words::unwritable);
                let _ = app.0.events.send(Told::Event(Event::Trouble { text }));
                app.touch();
            }
            _ = second.tick() => known.progress(&app).await,
            () = crate::app::closed(&mut closed) => return,
        }
    }
}

impl Known {
    async fn tell(&mut self, app: &App, happening: EngineEvent) -> Vec<Event> {
        match happening {
            EngineEvent::Added { jobs, .. } => {
                let mut events = Vec::with_capacity(jobs.len());
                for job in jobs.iter() {
                    let to = self.names.get(&app.0.kinds, &app.0.engine, &job.destination).await;
                    let (id, file, size) = (job.id.0.clone(), path(job), job.identity.size);
                    events.push(Event::Added { id, file, size, destination: to.name });
                }
                events
            }
            EngineEvent::Changed { job } => {
                tracing::info!(job = %job.id, state = job.state.name(), holds = ?job.holds, "changed");
                let to = self.names.get(&app.0.kinds, &app.0.engine, &job.destination).await;
                let over = job.state.is_end() || matches!(job.state, State::NeedsAttention(_));
                if over {
                    self.jobs.remove(&job.id);
                } else {
                    self.jobs.insert(job.id.clone(), (path(&job), job.identity.size));
                }
                let mut events = vec![Event::State {
                    id: job.id.0.clone(),
                    file: path(&job),
                    state: view::state(&job.state),
                    holds: job.holds.iter().collect(),
                    reason: view::reason(&job, &to.name),
                }];
                events.extend(finished(&job, &to));
                events
            }
            EngineEvent::Started { job, resumed } => job.plan.map_or_else(Vec::new, |plan| {
                let (parts, part_size) = (plan.count(), plan.part_size());
                vec![Event::Started { id: job.id.0.clone(), file: path(&job), parts, part_size, resumed }]
            }),
            EngineEvent::Confirmed { job, part, confirmed } => {
                let (file, size) = self.file(app, &job).await;
                vec![Event::Part { id: job.0, file, part, confirmed, size }]
            }
            EngineEvent::Logged { job, log } => {
                let (file, _) = self.file(app, &job).await;
                let to = match app.0.engine.job(&job).await {
                    Ok(found) => self.names.get(&app.0.kinds, &app.0.engine, &found.destination).await.name,
                    Err(_) => String::new(),
                };
                vec![Event::Note { id: job.0, file, text: words::line(&log, &to, app.now_ms()) }]
            }
            EngineEvent::BatchFinished { batch, count } => {
                let to = self.names.get(&app.0.kinds, &app.0.engine, &batch.destination).await;
                vec![Event::BatchFinished {
                    id: batch.id.0.clone(),
                    destination: to.name,
                    files: count.files + u32::try_from(not_ignored(&batch)).unwrap_or(0),
                    verified: count.verified,
                    uploaded: count.uploaded,
                    left: count.attention + count.cancelled + u32::try_from(not_ignored(&batch)).unwrap_or(0),
                    seconds: u64::try_from((app.now_ms() - batch.created_at) / 1000).unwrap_or(0),
                    practice: to.practice,
                }]
            }
            EngineEvent::Destination { .. } => {
                self.names.clear();
                Vec::new()
            }
            EngineEvent::BatchChanged { .. } | EngineEvent::Removed { .. } | EngineEvent::Setting { .. } => {
                Vec::new()
            }
        }
    }

    async fn file(&mut self, app: &App, id: &JobId) -> (String, u64) {
        if let Some(known) = self.jobs.get(id) {
            return known.clone();
        }
        match app.0.engine.job(id).await {
            Ok(job) => (path(&job), job.identity.size),
            Err(_) => (String::new(), 0),
        }
    }

    async fn progress(&mut self, app: &App) {
        let live = app.0.engine.live();
        {
            let mut speeds = app.0.speeds.lock().unwrap_or_else(PoisonError::into_inner);
            speeds.push_back(live.values().map(|live| live.speed).sum());
            while speeds.len() > SPEEDS {
                speeds.pop_front();
            }
        }
        if app.0.events.receiver_count() == 0 {
            return;
        }
        for (id, live) in live {
            let Ok(job) = app.0.engine.job(&id).await else { continue };
            let left = job.identity.size.saturating_sub(job.confirmed).saturating_sub(live.on_the_way);
            #[expect(clippy::cast_precision_loss, reason = "a speed in bytes a second is far below 2^52")]
            let seconds_left = partway_core::time_left(left, live.speed as f64).map(|left| left.as_secs());
            let _ = app.0.events.send(Told::Event(Event::Progress {
                id: id.0.clone(),
                file: path(&job),
                confirmed: job.confirmed,
                on_the_way: live.on_the_way,
                size: job.identity.size,
                speed: live.speed,
                seconds_left,
            }));
        }
    }
}

fn path(job: &Job) -> String {
    job.path.to_string_lossy().into_owned()
}

fn not_ignored(batch: &partway_engine::Batch) -> usize {
    batch.left_out.iter().filter(|left| left.why != partway_engine::WhyLeftOut::Ignored).count()
}

/// The `Finished` event for a job that has ended, which commands wait for.
fn finished(job: &Job, to: &Named) -> Option<Event> {
    let (state, refused) = match &job.state {
        State::Verified => (FinishedState::Verified, false),
        State::Uploaded => (FinishedState::Uploaded, false),
        State::Cancelled => (FinishedState::Cancelled, false),
        State::NeedsAttention(cause) => (FinishedState::NeedsAttention, words::is_refusal(cause)),
        _ => return None,
    };
    Some(Event::Finished {
        id: Some(job.id.0.clone()),
        file: path(job),
        state,
        receipt: view::receipt(job),
        reason: view::reason(job, &to.name),
        refused,
        skipped: job.skipped && state == FinishedState::Cancelled,
    })
}
