//! The conversation with one front end.

use std::sync::Arc;

use interprocess::local_socket::tokio::Stream;
use partway_api::{Answer, ApiError, Code, FromFront, Look, Request, ToFront};
use tokio::io::{BufReader, WriteHalf};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use crate::lines::{ANSWER_LIMIT, Line, REQUEST_LIMIT, read_line, to_line, write_line};
use crate::{Answers, EventSource, TickSource};

/// Messages queued for a slow front end. Further events are dropped at the source and reported as `Lagged`.
const WAITING_MESSAGES: usize = 64;
/// Concurrent requests of one front end; reading pauses until one is answered.
pub(crate) const ASKED_AT_ONCE: usize = 16;

/// Brings the window forward, or shows a message in it; returns `false` if the process has none.
pub(crate) type OnShow = Arc<dyn Fn(Option<ApiError>) -> bool + Send + Sync>;

/// What all conversations share.
pub(crate) struct Host<A> {
    pub(crate) answers: A,
    pub(crate) on_show: OnShow,
    pub(crate) following: watch::Sender<usize>,
}

/// Talks to one front end until it hangs up. Dropping the future ends everything that belongs to it.
pub(crate) async fn converse<A: Answers>(stream: Stream, host: Arc<Host<A>>) {
    let (receive, send) = tokio::io::split(stream);
    let mut reader = BufReader::new(receive);
    let (out, waiting) = mpsc::channel(WAITING_MESSAGES);
    // Dropped with this future, along with everything spawned here.
    let mut streams = JoinSet::new();
    let mut asked = JoinSet::new();
    let mut writer = JoinSet::new();
    writer.spawn(write_all(send, waiting));

    let room = Arc::new(Semaphore::new(ASKED_AT_ONCE));
    let mut looks: Option<watch::Sender<Look>> = None;
    let mut follows = false;
    loop {
        let line = match read_line(&mut reader, REQUEST_LIMIT).await {
            Ok(Line::Whole(line)) if line.is_empty() => continue,
            Ok(Line::Whole(line)) => line,
            Ok(Line::TooLong) => {
                let words = format!("This request is longer than {} MiB.", REQUEST_LIMIT >> 20);
                if refuse(&out, 0, words).await.is_err() {
                    break;
                }
                continue;
            }
            Ok(Line::End) | Err(_) => break,
        };
        let FromFront { id, request } = match serde_json::from_slice(&line) {
            Ok(asked) => asked,
            Err(fault) => {
                let words = format!(
                    "This request is not understood; it may come from another version of Partway ({}).",
                    place_of(&fault)
                );
                if refuse(&out, id_of(&line), words).await.is_err() {
                    break;
                }
                continue;
            }
        };
        // Subscribe here rather than in a task, so that the effects of later requests are included.
        match request {
            Request::Follow if !follows => {
                follows = true;
                streams.spawn(forward_events(
                    host.answers.follow(),
                    out.clone(),
                    Following::new(&host.following),
                ));
            }
            Request::Look { look } => match &looks {
                Some(looks) => {
                    looks.send_replace(look);
                }
                None => {
                    let (sender, changes) = watch::channel(look.clone());
                    looks = Some(sender);
                    streams.spawn(forward_ticks(host.answers.watch(look), changes, out.clone()));
                }
            },
            Request::Follow | Request::Ping => {}
            Request::Show if (host.on_show)(None) => {}
            Request::Tell { what } if (host.on_show)(Some(what.clone())) => {}
            Request::Show | Request::Tell { .. } => {
                if out.send(ToFront::Answer { id, result: Err(no_window()) }).await.is_err() {
                    break;
                }
                continue;
            }
            request => {
                let Ok(place) = Arc::clone(&room).acquire_owned().await else { break };
                let (answers, out) = (host.answers.clone(), out.clone());
                asked.spawn(async move {
                    let result = answers.ask(request).await;
                    let _ = out.send(ToFront::Answer { id, result }).await;
                    drop(place);
                });
                while asked.try_join_next().is_some() {}
                continue;
            }
        }
        if out.send(ToFront::Answer { id, result: Ok(Answer::Ok) }).await.is_err() {
            break;
        }
    }
    // The peer may have closed only its sending side: still answer its requests.
    streams.shutdown().await;
    while asked.join_next().await.is_some() {}
    drop(out);
    writer.join_next().await;
}

/// The answer to `Show` from a holder without a window: the asker may open its own on the folder.
pub(crate) fn no_window() -> ApiError {
    ApiError::new(Code::Refused, "The Partway that holds this data folder has no window.")
}

async fn refuse(
    out: &mpsc::Sender<ToFront>,
    id: u64,
    words: String,
) -> Result<(), mpsc::error::SendError<ToFront>> {
    out.send(ToFront::Answer { id, result: Err(ApiError::new(Code::Refused, words)) }).await
}

/// The id of a JSON line that is not a valid request, so that its sender gets the answer; 0 if there is none.
fn id_of(line: &[u8]) -> u64 {
    let value: Option<serde_json::Value> = serde_json::from_slice(line).ok();
    value.and_then(|value| value.get("id")?.as_u64()).unwrap_or(0)
}

/// Where the parser stopped. Not its message: that can quote the line, and a line can hold a key.
fn place_of(fault: &serde_json::Error) -> String {
    format!("line {}, column {}", fault.line(), fault.column())
}

async fn write_all(mut send: WriteHalf<Stream>, mut waiting: mpsc::Receiver<ToFront>) {
    while let Some(message) = waiting.recv().await {
        let Ok(mut line) = to_line(&message) else { continue };
        if line.len() > ANSWER_LIMIT {
            let ToFront::Answer { id, .. } = message else { continue };
            let words = format!("The answer is longer than {} MiB.", ANSWER_LIMIT >> 20);
            let refusal = ToFront::Answer { id, result: Err(ApiError::new(Code::Internal, words)) };
            let Ok(short) = to_line(&refusal) else { continue };
            line = short;
        }
        if write_line(&mut send, &line).await.is_err() {
            return;
        }
    }
}

async fn forward_events(mut events: impl EventSource, out: mpsc::Sender<ToFront>, _counted: Following) {
    while let Some(next) = events.next().await {
        let message = match next {
            Ok(event) => ToFront::Event { event },
            Err(_) => ToFront::Lagged,
        };
        if out.send(message).await.is_err() {
            return;
        }
    }
}

async fn forward_ticks(
    mut ticks: impl TickSource,
    mut looks: watch::Receiver<Look>,
    out: mpsc::Sender<ToFront>,
) {
    loop {
        tokio::select! {
            changed = looks.changed() => match changed {
                Ok(()) => ticks.look(looks.borrow_and_update().clone()),
                Err(_) => return,
            },
            tick = ticks.next() => {
                let Some(tick) = tick else { return };
                if out.send(ToFront::Tick { tick: Box::new(tick) }).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Counts a front end as following until dropped.
struct Following(watch::Sender<usize>);

impl Following {
    fn new(count: &watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count.clone())
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
