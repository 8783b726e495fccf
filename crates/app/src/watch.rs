//! Ticks: changes in what a front end looks at, at most ten a second, and none while it is hidden.

mod lists;
mod notices;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use partway_api::{Batch, Counts, Footer, Intake, JobRow, Look, Notice, RowsChange, StateName, Tick};
use partway_engine::{BatchId, EngineEvent, Job, JobId, LiveView, Sums};
use tokio::sync::{broadcast, mpsc, watch};

use crate::App;
use crate::view::{self, Around, Names};
use crate::words;

/// Interval between ticks.
const TICK: Duration = Duration::from_millis(100);

/// Most rows in one look.
const MOST_ROWS: u32 = 500;

/// A stream of [`Tick`]s for one look.
pub struct Watch {
    look: watch::Sender<Look>,
    ticks: mpsc::Receiver<Tick>,
}

impl Watch {
    pub(crate) fn start(app: App, look: Look) -> Self {
        let (look, looks) = watch::channel(look);
        // One tick may wait for a slow front end; meanwhile changes collect for the next one.
        let (sender, ticks) = mpsc::channel(1);
        tokio::spawn(serve(app, looks, sender));
        Self { look, ticks }
    }

    /// The next tick; `None` after the app closed. Cancel-safe.
    pub async fn next(&mut self) -> Option<Tick> {
        self.ticks.recv().await
    }

    /// Changes the look; the next tick contains everything in it.
    pub fn look(&self, look: Look) {
        self.look.send_replace(look);
    }
}

async fn serve(app: App, mut looks: watch::Receiver<Look>, ticks: mpsc::Sender<Tick>) {
    let mut happened = app.0.engine.follow();
    let mut changed = app.0.changed.subscribe();
    let mut closed = app.0.closed.subscribe();
    let mut timer = tokio::time::interval(TICK);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut shown = Shown::default();
    let mut stale = true;
    loop {
        tokio::select! {
            () = crate::app::closed(&mut closed) => return,
            () = ticks.closed() => return,
            gone = looks.changed() => {
                if gone.is_err() {
                    return;
                }
                shown.look_elsewhere();
                stale = true;
            }
            _ = changed.changed() => stale = true,
            happening = happened.recv() => match happening {
                Ok(happening) => {
                    shown.note(&happening);
                    stale = true;
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    shown.names.clear();
                    stale = true;
                }
                Err(broadcast::error::RecvError::Closed) => return,
            },
            _ = timer.tick() => {
                let look = looks.borrow().clone();
                // Countdowns, speeds and parts in flight change without events.
                let moving = !shown.batches.as_ref().is_none_or(Vec::is_empty) || shown.was_live;
                if look.hidden || !(stale || moving || !app.0.engine.live().is_empty()) {
                    continue;
                }
                stale = false;
                let tick = shown.tick(&app, &look).await;
                match tick {
                    Ok(tick) if tick != Tick::default() => {
                        if ticks.send(tick).await.is_err() {
                            return;
                        }
                    }
                    Ok(_) => {}
                    Err(error) => tracing::error!(%error, "the list could not be read"),
                }
            }
        }
    }
}

/// What this front end was last shown.
#[derive(Default)]
struct Shown {
    names: Names,
    rows: HashMap<String, JobRow>,
    order: Option<(u32, u32, Vec<String>)>,
    detail: Option<Option<partway_api::JobDetail>>,
    counts: Option<Counts>,
    footer: Option<Footer>,
    notices: Option<Vec<Notice>>,
    batches: Option<Vec<Batch>>,
    destinations: Option<Vec<partway_api::DestinationView>>,
    settings: Option<partway_api::Settings>,
    intake: Option<Intake>,
    watched: Option<Vec<partway_api::WatchedView>>,
    partly: HashMap<String, Arc<Partly>>,
    was_live: bool,
    announced: HashMap<String, (StateName, u64)>,
    announce: Vec<String>,
}

/// Which parts of an idle, partly sent file are confirmed, and until when they are kept.
#[derive(Default)]
struct Partly {
    /// Confirmed parts and bytes, and ended sessions: the version this was read for.
    of: (u32, u64, u32),
    confirmed: Vec<bool>,
    kept_until: Option<u64>,
}

/// Returns a value for the tick if it differs from what was shown.
fn differ<T: Clone + PartialEq>(shown: &mut Option<T>, now: T) -> Option<T> {
    if shown.as_ref() == Some(&now) {
        return None;
    }
    *shown = Some(now.clone());
    Some(now)
}

impl Shown {
    fn look_elsewhere(&mut self) {
        (self.rows, self.order, self.detail) = (HashMap::new(), None, None);
        self.partly.clear();
    }

    fn note(&mut self, happening: &EngineEvent) {
        if matches!(happening, EngineEvent::Destination { .. }) {
            self.names.clear();
        }
    }

    async fn tick(&mut self, app: &App, look: &Look) -> Result<Tick, partway_engine::JournalError> {
        let engine = &app.0.engine;
        let live = engine.live();
        self.was_live = !live.is_empty();
        let sums = engine.sums().await?;
        let mut tick = Tick { rows: self.rows(app, look, &sums, &live).await?, ..Tick::default() };
        // Too many to listen to; the counts summarize them.
        tick.announce = std::mem::take(&mut self.announce);
        tick.announce.truncate(5);
        tick.detail = self.details(app, look, &live).await;
        tick.counts = differ(&mut self.counts, lists::counts(&sums));
        tick.footer = differ(&mut self.footer, lists::footer(app, &sums, &live));
        tick.batches = {
            let batches = self.held(app).await?;
            differ(&mut self.batches, batches)
        };
        let found = engine.destinations().await?;
        tick.notices = {
            let notices = notices::all(app, &found).await?;
            differ(&mut self.notices, notices)
        };
        if let Ok(partway_api::Answer::Done { done: partway_api::Done::Destinations { destinations } }) =
            app.ask(partway_api::Request::Command { command: partway_api::Command::Destinations }).await
        {
            tick.destinations = differ(&mut self.destinations, destinations);
        }
        tick.settings = differ(&mut self.settings, app.settings().await);
        let paths = crate::commands::add::count_dropped(app).await.unwrap_or(0);
        tick.intake = differ(&mut self.intake, Intake { paths });
        tick.watched = differ(&mut self.watched, crate::commands::watched::all(app).await?);
        Ok(tick)
    }

    async fn rows(
        &mut self,
        app: &App,
        look: &Look,
        sums: &Sums,
        live: &HashMap<JobId, LiveView>,
    ) -> Result<Option<RowsChange>, partway_engine::JournalError> {
        let limit = look.limit.min(MOST_ROWS);
        let (jobs, total) = match look.batch.clone().map(BatchId) {
            Some(batch) => {
                let files = app.0.engine.batch(&batch).await?.map_or(0, |(_, count)| count.files);
                (app.0.engine.window_of(&batch, look.offset, limit).await?, files)
            }
            None => {
                let jobs = app.0.engine.window(lists::show(look.filter), look.offset, limit).await?;
                (jobs, lists::total(look.filter, sums))
            }
        };
        let now_ms = app.now_ms();
        let mut order = Vec::with_capacity(jobs.len());
        let mut changed = Vec::new();
        let mut ahead = None;
        for job in &jobs {
            let to = self.names.get(&app.0.kinds, &app.0.engine, &job.destination).await;
            let waits = job.state == partway_core::State::Waiting && job.holds.is_empty();
            if waits {
                ahead = match ahead {
                    Some(before) => Some(before + 1),
                    None => Some(app.0.engine.ahead(job.position).await?),
                };
            }
            let running = live.get(&job.id);
            if running.is_some() {
                self.partly.remove(&job.id.0);
            }
            let still_partly = running.is_none() && job.parts_confirmed > 0 && !job.state.is_end();
            let partly = if still_partly { self.partly(app, job).await } else { Arc::default() };
            let around = Around {
                to: &to,
                live: running,
                confirmed: &partly.confirmed,
                ahead: if waits { ahead } else { None },
                kept_until: partly.kept_until,
                now_ms,
            };
            let row = view::row(job, &around);
            order.push(row.id.clone());
            self.announce(&row);
            if self.rows.get(&row.id) != Some(&row) {
                self.rows.insert(row.id.clone(), row.clone());
                changed.push(row);
            }
        }
        let place = (total, look.offset, order.clone());
        if changed.is_empty() && self.order.as_ref() == Some(&place) {
            return Ok(None);
        }
        // Drop rows that are no longer visible, so that memory does not grow with the queue.
        self.rows.retain(|id, _| order.contains(id));
        self.partly.retain(|id, _| order.contains(id));
        self.announced.retain(|id, _| order.contains(id));
        self.order = Some(place);
        Ok(Some(RowsChange { total, offset: look.offset, order, changed }))
    }

    /// Announces state changes and quarters of visible rows for screen readers; a row's first appearance is
    /// not announced.
    fn announce(&mut self, row: &JobRow) {
        let quarter = row.confirmed * 4 / row.size.max(1);
        let now = (row.state, quarter);
        match self.announced.insert(row.id.clone(), now) {
            Some((state, _)) if state != row.state => {
                self.announce.push(format!("{}: {}", row.name, row.label));
            }
            Some((_, before)) if before < quarter && quarter < 4 => {
                self.announce.push(format!("{}: {} percent", row.name, quarter * 25));
            }
            _ => {}
        }
    }

    /// The parts of an idle, partly sent file. Read only on changes: each of five hundred rows may have ten
    /// thousand.
    async fn partly(&mut self, app: &App, job: &Job) -> Arc<Partly> {
        let of = (job.parts_confirmed, job.confirmed, job.sessions_ended);
        if let Some(known) = self.partly.get(&job.id.0).filter(|known| known.of == of) {
            return Arc::clone(known);
        }
        let found = app.0.engine.detail(&job.id).await;
        let found = found.map(|detail| (detail.confirmed, detail.session_until));
        let (confirmed, kept_until) = found.unwrap_or_default();
        let partly = Arc::new(Partly { of, confirmed, kept_until });
        self.partly.insert(job.id.0.clone(), Arc::clone(&partly));
        partly
    }

    async fn details(
        &mut self,
        app: &App,
        look: &Look,
        live: &HashMap<JobId, LiveView>,
    ) -> Option<partway_api::JobDetail> {
        let id = JobId(look.selected.clone()?);
        let found = app.0.engine.detail(&id).await.ok()?;
        let to = self.names.get(&app.0.kinds, &app.0.engine, &found.job.destination).await;
        let now = view::detail(&found, &to, live.get(&id), app.now_ms());
        differ(&mut self.detail, Some(now)).flatten()
    }

    async fn held(&mut self, app: &App) -> Result<Vec<Batch>, partway_engine::JournalError> {
        let now = app.now_ms();
        let mut batches = Vec::new();
        for (batch, count) in app.0.engine.counting_down().await? {
            let to = self.names.get(&app.0.kinds, &app.0.engine, &batch.destination).await;
            let starts_in = batch.starts_at.map(|at| u32::try_from((at - now + 999) / 1000).unwrap_or(0));
            batches.push(Batch {
                id: batch.id.0,
                files: count.files,
                size: count.size,
                destination: to.name,
                destination_id: batch.destination.0,
                folder: batch.folder,
                starts_in,
                left_out: words::left_out_of_batch(&batch.left_out),
            });
        }
        Ok(batches)
    }
}
