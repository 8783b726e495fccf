//! A front end's side: asks the holder, hears what happens, and notices when the holder is gone.

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

/// Events kept for a front end that is busy; beyond it hears that it lags. Answers never wait behind events, or a front end that asks
/// before it listens would wait for ever.
const KEPT_EVENTS: usize = 4096;
/// Requests that wait for the socket.
const WAITING_REQUESTS: usize = 16;

/// A connection to the holder. Cheap to clone; the connection ends with the last clone.
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

/// What the reading task and the askers share.
pub(crate) struct Shared(Mutex<Option<Live>>);

/// There only while the holder is.
struct Live {
    asked: HashMap<u64, oneshot::Sender<Result<Answer, ApiError>>>,
    events: broadcast::Sender<Heard>,
    ticks: Option<TickInbox>,
}

impl Shared {
    /// Does something with what is there while the holder is; `None` when it is gone.
    fn live<T>(&self, act: impl FnOnce(&mut Live) -> T) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(act)
    }

    fn end(&self) {
        // Dropping the senders is what tells everybody who waits.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Client {
    /// Connects to the holder of a data folder; `None` where nobody listens there.
    ///
    /// # Errors
    /// Where the socket is there but may not be used.
    pub async fn connect(data_dir: &Path) -> Result<Option<Self>, BridgeError> {
        Self::connect_telling(data_dir, Arc::new(|_| {})).await
    }

    /// The same, and tells where the holder does not answer any more, and when it does again.
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

    /// Asks the holder. An answer may take as long as what was asked for does; a holder that answers nothing at all meanwhile is told of.
    ///
    /// # Errors
    /// [`AskError::Api`] with the holder's sentence, or [`AskError::HolderGone`] where it ended before it answered.
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

    /// Waits until the holder answers nothing at all any more. One that is only busy with what was asked does not end this.
    pub async fn silent(&self) {
        self.connection.silence.begun(|| self.send(Request::Ping), || self.can_be_swallowed()).await;
    }

    /// Whether so much is asked for that the holder may not read on before some of it is answered.
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

    /// What happens from now on.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub async fn follow(&self) -> Result<ClientEvents, AskError> {
        let events =
            self.connection.shared.live(|live| live.events.subscribe()).ok_or(AskError::HolderGone)?;
        self.ask(Request::Follow).await?;
        Ok(ClientEvents(events))
    }

    /// What changes in that look. One look a connection: a second call ends the stream of the first.
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
            // A newer holder may tell things that this version does not know.
            Err(fault) => tracing::debug!(column = fault.column(), "a line that is not understood"),
        }
    }
}

impl Live {
    fn take(&mut self, message: ToFront) {
        match message {
            ToFront::Answer { id, result } => {
                if let Some(asker) = self.asked.remove(&id) {
                    // Who asked may have stopped waiting.
                    let _ = asker.send(result);
                }
            }
            ToFront::Event { event } => {
                // Nobody may be listening yet.
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
