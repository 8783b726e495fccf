//! Desktop notifications for a user who is not looking at the window.
//!
//! `rules.rs` decides when to notify and `words.rs` what to say; this module feeds them engine events and the
//! journal. The front end only shows, replaces and withdraws notifications, and reports presses.

mod facts;
mod memory;
mod rules;
mod words;

use std::time::Duration;

use partway_api::Notify;
use partway_core::{Hold, State};
use partway_engine::EngineEvent;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, sleep_until};

use self::facts::{Need, is_common};
use self::memory::Memory;
use self::rules::{Facts, Rules, Turn, Wish};
use crate::App;

pub use self::rules::Tag;
pub use self::words::{Button, Message, Press};

/// Thousands of files can stop within a moment at one refused key: wait until that is over.
const SETTLE: Duration = Duration::from_secs(1);
/// Sessions approach their end without any event.
const MINUTE: Duration = Duration::from_secs(60);
/// Settings key for what was reported.
const TOLD: &str = "told";
/// Settings key for the notifications on screen.
const STANDING: &str = "notifications";

/// An instruction for the front end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Show this notification, replacing one with the same tag.
    Show(Message),
    /// Withdraw it: its reason is gone.
    Withdraw(Tag),
}

/// A stream of [`Order`]s that also records shown notifications: they outlive the process, but their buttons
/// do not.
pub struct Telling {
    orders: mpsc::Receiver<Order>,
    app: App,
}

impl Telling {
    /// The next order; `None` after the app closed.
    pub async fn next(&mut self) -> Option<Order> {
        self.orders.recv().await
    }

    /// Places of notifications left by a process that did not shut down cleanly, as the front end recorded
    /// them.
    pub async fn left(&self) -> Vec<String> {
        let kept = self.app.0.engine.setting(STANDING).await.ok().flatten();
        kept.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
    }

    /// Records where notifications are shown, for the next process.
    pub async fn stand(&self, places: &[String]) {
        let Ok(json) = serde_json::to_string(places) else { return };
        // If this fails, a notification may outlive a crash; nothing else depends on it.
        if let Err(error) = self.app.0.engine.set_setting(STANDING, json).await {
            tracing::warn!(%error, "it could not be written down which notifications stand");
        }
    }
}

impl App {
    /// Starts notifications. `seen` returns whether the user is looking at the window; then none are needed.
    #[must_use]
    pub fn tell(&self, seen: impl Fn() -> bool + Send + Sync + 'static) -> Telling {
        let (orders, telling) = mpsc::channel(16);
        tokio::spawn(follow(self.clone(), orders, seen));
        Telling { orders: telling, app: self.clone() }
    }
}

async fn follow(app: App, orders: mpsc::Sender<Order>, seen: impl Fn() -> bool + Send + Sync) {
    let mut happened = app.0.engine.follow();
    let mut unwritable = app.0.engine.unwritable();
    let mut closed = app.0.closed.subscribe();
    let mut minute = tokio::time::interval(MINUTE);
    minute.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut rules = begin(&app).await;
    let mut facts = Facts::none();
    let mut look_at: Option<Instant> = None;
    // Each look reads every file that needs attention: limit it to a twentieth of the time.
    let mut not_before = Instant::now();
    loop {
        let due = rules.due(&facts).map(|due| {
            let wait = u64::try_from(due - app.now_ms()).unwrap_or(0);
            Instant::now() + Duration::from_millis(wait)
        });
        let next = [look_at, due].into_iter().flatten().min().map(|at| at.max(not_before));
        let wait = async {
            match next {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let soon = |look_at: Option<Instant>, after: Duration| {
            let at = Instant::now() + after;
            Some(look_at.map_or(at, |before| before.min(at)))
        };
        tokio::select! {
            () = crate::app::closed(&mut closed) => return,
            () = orders.closed() => return,
            received = happened.recv() => {
                let look = match received {
                    Ok(happening) => hear(&app, &mut rules, &happening),
                    // A batch end among dropped events still shows in the list: something may be missed,
                    // never invented.
                    Err(broadcast::error::RecvError::Lagged(_)) => Some(SETTLE),
                    Err(broadcast::error::RecvError::Closed) => return,
                };
                if let Some(after) = look {
                    look_at = soon(look_at, after);
                }
            }
            Ok(()) = unwritable.changed() => look_at = soon(look_at, SETTLE),
            _ = minute.tick() => look_at = soon(look_at, SETTLE),
            () = wait => {
                look_at = None;
                let begun = Instant::now();
                match facts::read(&app, &rules.batches()).await {
                    Ok(now) => facts = now,
                    Err(error) => {
                        tracing::error!(%error, "what needs somebody could not be read");
                        look_at = soon(None, MINUTE);
                        not_before = Instant::now() + SETTLE;
                        continue;
                    }
                }
                not_before = Instant::now() + begun.elapsed() * 20;
                for order in look(&app, &mut rules, &facts, seen()).await {
                    if orders.send(order).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

/// Loads what was reported before. If nothing was recorded, current causes count as reported: the window
/// shows them.
async fn begin(app: &App) -> Rules {
    let kept = app.0.engine.setting(TOLD).await.ok().flatten();
    let memory: Option<Memory> = kept.and_then(|json| serde_json::from_str(&json).ok());
    let known = memory.is_some();
    let mut rules = Rules::new(memory.unwrap_or_default());
    if !known && let Ok(facts) = facts::read(app, &[]).await {
        rules.look(app.now_ms(), &facts, true, Wish::Never);
        keep(app, &rules).await;
    }
    rules
}

/// Passes an event to the rules; returns how long to wait before the next look.
fn hear(app: &App, rules: &mut Rules, happening: &EngineEvent) -> Option<Duration> {
    match happening {
        EngineEvent::BatchFinished { batch, .. } => {
            let seconds = u64::try_from((app.now_ms() - batch.created_at) / 1000).unwrap_or(0);
            rules.batch_ended(&batch.id.0, seconds);
            Some(Duration::ZERO)
        }
        EngineEvent::Changed { job } => {
            if let State::NeedsAttention(cause) = &job.state {
                if !is_common(cause) {
                    rules.needs_you(app.now_ms(), &job.batch.0);
                }
                return Some(SETTLE);
            }
            let kept = job.holds.contains(Hold::Credentials) || job.holds.contains(Hold::SourceMissing);
            (kept || rules.has_told()).then_some(SETTLE)
        }
        EngineEvent::Destination { .. } | EngineEvent::Removed { .. } => Some(SETTLE),
        _ => None,
    }
}

/// The orders due now. The journal is written first: a crash may lose a notification, never repeat one.
async fn look(app: &App, rules: &mut Rules, facts: &Facts<Need>, seen: bool) -> Vec<Order> {
    let before = rules.memory().clone();
    let wish = match app.settings().await.notify {
        Notify::All => Wish::All,
        Notify::Needs => Wish::Needs,
        Notify::Never => Wish::Never,
    };
    let turns = rules.look(app.now_ms(), facts, seen, wish);
    if *rules.memory() != before {
        keep(app, rules).await;
    }
    let mut orders = Vec::with_capacity(turns.len());
    for turn in turns {
        orders.push(match turn {
            Turn::Say(say) => Order::Show(words::message(app, say).await),
            Turn::Withdraw(tag) => Order::Withdraw(tag),
        });
    }
    orders
}

async fn keep(app: &App, rules: &Rules) {
    let Ok(json) = serde_json::to_string(rules.memory()) else { return };
    // A full disk is still reported; a restart may then report it again.
    if let Err(error) = app.0.engine.set_setting(TOLD, json).await {
        tracing::warn!(%error, "what was told could not be written down");
    }
}
