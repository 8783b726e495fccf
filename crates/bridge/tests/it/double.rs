//! A stand-in for the app: answers from a script, and sends what the test says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use partway_api::{Answer, ApiError, Code, Event, JobLine, Look, Request, StateName, Tick};
use partway_bridge::{Answers, EventSource, TickSource};
use tokio::sync::{Notify, broadcast, mpsc};

/// Events that the stand-in keeps for a slow reader, like the app's own.
pub(crate) const KEPT: usize = 16;

#[derive(Clone)]
pub(crate) struct Double(Arc<Inner>);

struct Inner {
    events: broadcast::Sender<Event>,
    ticks: Mutex<Vec<mpsc::UnboundedSender<Tick>>>,
    pub(crate) looks: broadcast::Sender<Look>,
    asked: Mutex<Vec<String>>,
    gate: Notify,
    closed: Mutex<Option<Duration>>,
}

impl Double {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            events: broadcast::Sender::new(KEPT),
            ticks: Mutex::default(),
            looks: broadcast::Sender::new(16),
            asked: Mutex::default(),
            gate: Notify::new(),
            closed: Mutex::default(),
        }))
    }

    pub(crate) fn tell(&self, number: u32) {
        let _ = self.0.events.send(note(number));
    }

    pub(crate) fn tick(&self, words: &str) {
        let tick = Tick { announce: vec![words.to_owned()], ..Tick::default() };
        self.0.ticks.lock().unwrap().retain(|ticks| ticks.send(tick.clone()).is_ok());
    }

    pub(crate) fn looks(&self) -> broadcast::Receiver<Look> {
        self.0.looks.subscribe()
    }

    /// Answers one `TakeUp`.
    #[cfg(unix)] // only used on Unix
    pub(crate) fn open_gate(&self) {
        self.0.gate.notify_one();
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.0.asked.lock().unwrap().clone()
    }

    pub(crate) fn closed(&self) -> Option<Duration> {
        *self.0.closed.lock().unwrap()
    }
}

/// A recognizable event.
pub(crate) fn note(number: u32) -> Event {
    Event::Note { id: "job".to_owned(), file: "/f".to_owned(), text: number.to_string() }
}

pub(crate) fn job(id: &str) -> JobLine {
    JobLine {
        id: id.to_owned(),
        file: "/f".to_owned(),
        destination: "Acme".to_owned(),
        state: StateName::Waiting,
        holds: vec![],
        size: 1,
        confirmed: 0,
        parts: 0,
        parts_confirmed: 0,
        reason: None,
        refused: false,
        skipped: false,
        receipt: None,
    }
}

impl Answers for Double {
    type Events = Events;
    type Ticks = Ticks;

    async fn ask(&self, request: Request) -> Result<Answer, ApiError> {
        self.0.asked.lock().unwrap().push(format!("{request:?}"));
        match request {
            Request::List => Ok(Answer::Jobs { jobs: vec![job("one")], set_aside: None }),
            // Answered only when the test says so.
            Request::TakeUp { .. } => {
                self.0.gate.notified().await;
                Ok(Answer::Jobs { jobs: vec![], set_aside: None })
            }
            // An answer as long as the test wants.
            Request::Add { destination: Some(length), .. } => {
                let jobs = vec![JobLine { file: "x".repeat(length.parse().unwrap()), ..job("long") }];
                Ok(Answer::Jobs { jobs, set_aside: None })
            }
            _ => Err(ApiError::new(Code::Refused, "That cannot be done.").hint("Do something else.")),
        }
    }

    fn follow(&self) -> Events {
        Events(self.0.events.subscribe())
    }

    fn watch(&self, look: Look) -> Ticks {
        let (sender, ticks) = mpsc::unbounded_channel();
        self.0.ticks.lock().unwrap().push(sender);
        let _ = self.0.looks.send(look);
        Ticks { ticks, looks: self.0.looks.clone() }
    }

    async fn close(&self, grace: Duration) {
        *self.0.closed.lock().unwrap() = Some(grace);
    }
}

pub(crate) struct Events(broadcast::Receiver<Event>);

impl EventSource for Events {
    async fn next(&mut self) -> Option<Result<Event, u64>> {
        match self.0.recv().await {
            Ok(event) => Some(Ok(event)),
            Err(broadcast::error::RecvError::Lagged(n)) => Some(Err(n)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

pub(crate) struct Ticks {
    ticks: mpsc::UnboundedReceiver<Tick>,
    looks: broadcast::Sender<Look>,
}

impl TickSource for Ticks {
    async fn next(&mut self) -> Option<Tick> {
        self.ticks.recv().await
    }

    fn look(&self, look: Look) {
        let _ = self.looks.send(look);
    }
}
