//! The keychain's prompt: never two at once, and not repeated by itself after it was dismissed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use crate::{KeychainError, place};

type Outcome = Option<Result<(), KeychainError>>;

/// Whether the user was prompted, and the prompt that is still open.
#[derive(Default)]
pub(crate) struct Question {
    asked: AtomicBool,
    open: Mutex<Option<watch::Receiver<Outcome>>>,
}

impl Question {
    /// The keychain was seen unlocked: the next time it is locked, it may prompt again.
    pub(crate) fn forget(&self) {
        self.asked.store(false, Ordering::SeqCst);
    }

    /// Whether it has prompted since it was last seen unlocked; marks it as prompted.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked.swap(true, Ordering::SeqCst)
    }

    /// Shows the prompt, or waits for the one that is open. It stays open when `patience` runs out.
    pub(crate) async fn ask(&self, patience: Duration) -> Result<(), KeychainError> {
        let mut outcome = self.put()?;
        let answered = outcome.wait_for(Option::is_some);
        match tokio::time::timeout(patience, answered).await {
            Ok(Ok(outcome)) => outcome.clone().unwrap_or(Err(KeychainError::Locked)),
            // Its thread ended, or the user has not answered yet.
            Ok(Err(_)) | Err(_) => Err(KeychainError::Locked),
        }
    }

    /// A prompt blocks its thread for as long as it is open, so it gets a separate one.
    fn put(&self) -> Result<watch::Receiver<Outcome>, KeychainError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(standing) = open.as_ref()
            && standing.has_changed().is_ok()
            && standing.borrow().is_none()
        {
            return Ok(standing.clone());
        }
        let (sender, outcome) = watch::channel(None);
        thread::Builder::new()
            .name("keychain question".to_owned())
            .spawn(move || drop(sender.send_replace(Some(place::unlock()))))
            .map_err(|error| KeychainError::Refused { why: error.to_string() })?;
        *open = Some(outcome.clone());
        Ok(outcome)
    }
}
