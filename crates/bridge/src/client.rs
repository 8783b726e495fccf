//! The client: sends requests to the holder, receives events, and notices when the holder is gone.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use interprocess::local_socket::tokio::Stream;
use partway_api::{Answer, ApiError, FromFront, Look, Request, Tick, ToFront};
use tokio::io::{BufReader, ReadHalf, WriteHalf};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::conversation::ASKED_AT_ONCE;
use crate::events::{ClientEvents, Heard};
use crate::lines::{ANSWER_LIMIT, Line, read_line, to_line, write_line};
use crate::silence::{OnSilence, Silence};
use crate::ticks::{ClientTicks, TickInbox};
use crate::{AskError, BridgeError, place};

/// Events kept for a busy front end; beyond that it receives `Lagged`. Answers never queue behind events: a
/// front end that asks before it listens would hang.
const KEPT_EVENTS: usize = 4096;
/// Requests that may wait for the socket.
const WAITING_REQUESTS: usize = 16;

/// A connection to the holder. Cheap to clone; it closes when the last clone is dropped.
#[derive(Clone)]
pub struct Client {
    connection: Arc<Connection>,
}

struct Connection {
    requests: mpsc::Sender<Vec<u8>>,
    shared: Arc<Shared>,
    silence: Arc<Silence>,
    next_id: AtomicU64,
    _end: DropGuard,
}

/// State shared by the reading task and the askers; `None` once the holder is gone.
pub(crate) struct Shared(Mutex<Option<Live>>);

/// Exists only while the holder does.
struct Live {
    asked: HashMap<u64, oneshot::Sender<Result<Answer, ApiError>>>,
    events: broadcast::Sender<Heard>,
    ticks: Option<TickInbox>,
}

impl Shared {
    /// Runs `act` on the live state; `None` when the holder is gone.
    fn live<T>(&self, act: impl FnOnce(&mut Live) -> T) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(act)
    }

    fn end(&self) {
        // Dropping the senders wakes everyone who waits.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Client {
    /// Connects to the holder of a data folder; `None` if nothing listens there.
    ///
    /// # Errors
    /// The socket exists but cannot be used.
    pub async fn connect(data_dir: &Path) -> Result<Option<Self>, BridgeError> {
        Self::connect_telling(data_dir, Arc::new(|_| {})).await
    }

    /// Like [`connect`](Self::connect); also reports when the holder stops answering, and when it answers
    /// again.
    pub(crate) async fn connect_telling(
        data_dir: &Path,
        on_silence: OnSilence,
    ) -> Result<Option<Self>, BridgeError> {
        let folder = match std::fs::canonicalize(data_dir) {
            Ok(folder) => folder,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(BridgeError::Folder { folder: data_dir.to_path_buf(), source }),
        };
        let stream = place::connect(&folder)
            .await
            .map_err(|source| BridgeError::Socket { folder: data_dir.to_path_buf(), source })?;
        Ok(stream.map(|stream| Self::over(stream, on_silence)))
    }

    fn over(stream: Stream, on_silence: OnSilence) -> Self {
        let (receive, send) = tokio::io::split(stream);
        let (requests, waiting) = mpsc::channel(WAITING_REQUESTS);
        let live = Live { asked: HashMap::new(), events: broadcast::Sender::new(KEPT_EVENTS), ticks: None };
        let shared = Arc::new(Shared(Mutex::new(Some(live))));
        let end = CancellationToken::new();
        tokio::spawn(write_all(send, waiting, end.clone()));
        let silence = Arc::new(Silence::new(on_silence));
        let (reading, ended, heard) = (Arc::clone(&shared), end.clone(), Arc::clone(&silence));
        tokio::spawn(async move {
            ended.run_until_cancelled(read_all(receive, &reading, &heard)).await;
            reading.end();
            ended.cancel();
        });
        let connection =
            Connection { requests, shared, silence, next_id: AtomicU64::new(1), _end: end.drop_guard() };
        Self { connection: Arc::new(connection) }
    }

    /// Sends a request to the holder. The answer may take as long as the request needs; a holder that answers
    /// nothing at all meanwhile is reported.
    ///
    /// # Errors
    /// [`AskError::Api`] with the holder's sentence, or [`AskError::HolderGone`] if it ended before it
    /// answered.
    pub async fn ask(&self, request: Request) -> Result<Answer, AskError> {
        let answer = self.send(request);
        tokio::pin!(answer);
        let silence = &self.connection.silence;
        tokio::select! {
            biased;
            answer = &mut answer => answer,
            never = silence.watch(|| self.send(Request::Ping), || self.can_be_swallowed()) => match never {},
        }
    }

    /// Resolves when the holder stops answering altogether. One that is only busy with a request does not
    /// count.
    pub async fn silent(&self) {
        self.connection.silence.begun(|| self.send(Request::Ping), || self.can_be_swallowed()).await;
    }

    /// Whether so many requests are open that the holder may not read on before it answers some.
    fn can_be_swallowed(&self) -> bool {
        // One is the ping itself.
        self.connection.shared.live(|live| live.asked.len()).is_some_and(|asked| asked > ASKED_AT_ONCE + 1)
    }

    async fn send(&self, request: Request) -> Result<Answer, AskError> {
        let id = self.connection.next_id.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        let line = to_line(&FromFront { id, request }).map_err(|_| AskError::HolderGone)?;
        self.connection.shared.live(|live| live.asked.insert(id, sender)).ok_or(AskError::HolderGone)?;
        self.connection.requests.send(line).await.map_err(|_| AskError::HolderGone)?;
        Ok(answer.await.map_err(|_| AskError::HolderGone)??)
    }

    /// Subscribes to events.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub async fn follow(&self) -> Result<ClientEvents, AskError> {
        let events =
            self.connection.shared.live(|live| live.events.subscribe()).ok_or(AskError::HolderGone)?;
        self.ask(Request::Follow).await?;
        Ok(ClientEvents(events))
    }

    /// Watches a look. There is one look per connection: a second call ends the stream of the first.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub async fn watch(&self, look: Look) -> Result<ClientTicks, AskError> {
        let (inbox, ticks) = ClientTicks::new(self.clone(), look.clone());
        self.connection.shared.live(|live| live.ticks = Some(inbox)).ok_or(AskError::HolderGone)?;
        self.ask(Request::Look { look }).await?;
        Ok(ticks)
    }
}

async fn write_all(
    mut send: WriteHalf<Stream>,
    mut waiting: mpsc::Receiver<Vec<u8>>,
    end: CancellationToken,
) {
    let write = async {
        while let Some(line) = waiting.recv().await {
            if write_line(&mut send, &line).await.is_err() {
                return;
            }
        }
    };
    end.run_until_cancelled(write).await;
}

async fn read_all(receive: ReadHalf<Stream>, shared: &Shared, silence: &Silence) {
    let mut reader = BufReader::new(receive);
    loop {
        let line = match read_line(&mut reader, ANSWER_LIMIT).await {
            Ok(Line::Whole(line)) => line,
            Ok(Line::TooLong) => continue,
            Ok(Line::End) | Err(_) => return,
        };
        silence.end();
        match serde_json::from_slice(&line) {
            Ok(message) => {
                if shared.live(|live| live.take(message)).is_none() {
                    return;
                }
            }
            // A newer holder may send messages that this version does not know.
            Err(fault) => tracing::debug!(column = fault.column(), "a line that is not understood"),
        }
    }
}

impl Live {
    fn take(&mut self, message: ToFront) {
        match message {
            ToFront::Answer { id, result } => {
                if let Some(asker) = self.asked.remove(&id) {
                    // The asker may have stopped waiting.
                    let _ = asker.send(result);
                }
            }
            ToFront::Event { event } => {
                // There may be no listener yet.
                let _ = self.events.send(Heard::Event(event));
            }
            ToFront::Tick { tick } => self.put_tick(*tick),
            ToFront::Lagged => {
                let _ = self.events.send(Heard::Lagged);
            }
        }
    }

    fn put_tick(&mut self, tick: Tick) {
        if let Some(inbox) = &self.ticks
            && inbox.put(tick).is_err()
        {
            self.ticks = None;
        }
    }
}
