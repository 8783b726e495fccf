//! A thread that owns one connection and runs closures on it, committing those that wait together as a
//! group.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{JournalError, Result, Unwritable};

/// Maximum writes per transaction: enough for every part in flight, few enough to keep waits short.
const GROUP: usize = 256;

/// A closure and the channel for its result.
trait Task: Send {
    fn run(&mut self, conn: &Connection) -> bool;
    fn answer(self: Box<Self>, committed: std::result::Result<(), Uncommitted>);
    fn own_transaction(&self) -> bool;
    /// The disk error it ran into, if any.
    fn disk(&self) -> Option<Unwritable>;
}

struct Work<T, F> {
    work: Option<F>,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
    outside: bool,
}

impl<T: Send, F: FnOnce(&Connection) -> Result<T> + Send> Task for Work<T, F> {
    fn run(&mut self, conn: &Connection) -> bool {
        let result = match self.work.take() {
            Some(work) => work(conn),
            None => Err(JournalError::Closed),
        };
        let good = result.is_ok();
        self.result = Some(result);
        good
    }

    fn answer(self: Box<Self>, committed: std::result::Result<(), Uncommitted>) {
        let result = match (self.result, committed) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Err(error)), Ok(())) => Err(error),
            (None, Ok(())) => Err(JournalError::Closed),
            // A disk error is reported to the whole group, including those that did not run.
            (_, Err(Uncommitted { disk: Some(disk), .. })) => Err(JournalError::Unwritable(disk)),
            (Some(Err(error)), Err(_)) => Err(error),
            (_, Err(why)) => Err(JournalError::Damaged(format!("a commit did not succeed: {}", why.words))),
        };
        // The caller may be gone; the write stands all the same.
        let _ = self.reply.send(result);
    }

    fn own_transaction(&self) -> bool {
        self.outside
    }

    fn disk(&self) -> Option<Unwritable> {
        match &self.result {
            Some(Err(JournalError::Unwritable(disk))) => Some(disk.clone()),
            _ => None,
        }
    }
}

/// Why a group of writes was not committed.
#[derive(Clone)]
struct Uncommitted {
    disk: Option<Unwritable>,
    words: String,
}

impl From<rusqlite::Error> for Uncommitted {
    fn from(error: rusqlite::Error) -> Self {
        Self { disk: Unwritable::of(&error), words: error.to_string() }
    }
}

enum Message {
    Task(Box<dyn Task>),
    Close(oneshot::Sender<()>),
}

/// A handle to such a thread. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Lane {
    sender: mpsc::Sender<Message>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Lane {
    /// Starts the thread. A `grouped` lane wraps closures in transactions, the other one runs each as it
    /// is.
    pub(crate) fn start(name: &str, conn: Connection, grouped: bool) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || serve(&conn, &receiver, grouped))?;
        Ok(Self { sender, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.send(work, false).await
    }

    /// Runs a closure outside of any transaction (pragmas that refuse to run inside one).
    pub(crate) async fn outside<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.send(work, true).await
    }

    async fn send<T, F>(&self, work: F, outside: bool) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task = Box::new(Work { work: Some(work), result: None, reply, outside });
        self.sender.send(Message::Task(task)).map_err(|_| JournalError::Closed)?;
        answer.await.map_err(|_| JournalError::Closed)?
    }

    pub(crate) async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.sender.send(Message::Close(reply)).is_ok() {
            let _ = answer.await;
        }
        let thread = self.thread.lock().ok().and_then(|mut slot| slot.take());
        if let Some(thread) = thread {
            // The thread has answered and is leaving its loop, so this does not block for long.
            let _ = thread.join();
        }
    }
}

fn serve(conn: &Connection, receiver: &mpsc::Receiver<Message>, grouped: bool) {
    let mut kept = None;
    while let Some(message) = kept.take().or_else(|| receiver.recv().ok()) {
        match message {
            Message::Close(reply) => {
                let _ = reply.send(());
                return;
            }
            Message::Task(mut task) if !grouped || task.own_transaction() => {
                task.run(conn);
                task.answer(Ok(()));
            }
            Message::Task(first) => kept = commit_group(conn, first, receiver),
        }
    }
}

/// Runs the first task and all that are already waiting in one transaction; returns the message that does
/// not belong to the group.
fn commit_group(
    conn: &Connection,
    first: Box<dyn Task>,
    receiver: &mpsc::Receiver<Message>,
) -> Option<Message> {
    let mut group = Vec::new();
    let mut kept = None;
    let begun = conn.execute_batch("BEGIN IMMEDIATE");
    let mut next = Some(first);
    // On a full disk SQLite ends the whole transaction itself (sqlite.org/lang_transaction.html): a later
    // task would be committed separately, yet be reported as failed.
    let mut open = begun.is_ok();
    while let Some(mut task) = next.take() {
        if open {
            run_in_savepoint(conn, task.as_mut());
            open = !conn.is_autocommit();
        }
        group.push(task);
        if group.len() < GROUP {
            match receiver.try_recv() {
                Ok(Message::Task(task)) if !task.own_transaction() => next = Some(task),
                Ok(other) => kept = Some(other),
                Err(_) => {}
            }
        }
    }
    let committed = begun.and_then(|()| conn.execute_batch("COMMIT")).map_err(|error| {
        let _ = conn.execute_batch("ROLLBACK");
        let why = Uncommitted::from(error);
        Uncommitted { disk: why.disk.or_else(|| group.iter().find_map(|task| task.disk())), ..why }
    });
    for task in group {
        task.answer(committed.clone());
    }
    kept
}

fn run_in_savepoint(conn: &Connection, task: &mut dyn Task) {
    let opened = conn.execute_batch("SAVEPOINT task").is_ok();
    let end = if task.run(conn) { "RELEASE task" } else { "ROLLBACK TO task; RELEASE task" };
    if opened && let Err(error) = conn.execute_batch(end) {
        tracing::error!(%error, "a savepoint of the journal did not end");
    }
}

#[cfg(test)]
mod tests;
