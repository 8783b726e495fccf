//! The log in the data folder. Only the process that holds the folder writes it.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

use super::clean::clean;
use super::rotating::{self, Bound, Rotating};

/// A few days of ordinary work, and little disk space.
const BOUND: Bound = Bound { bytes: 2_000_000, files: 5 };

/// The log's target. Silent until the app opens it, and in a front end that does not hold the folder.
#[derive(Debug, Clone, Default)]
pub struct LogFile(Arc<Mutex<Option<Rotating>>>);

impl LogFile {
    /// The layer for a program's subscriber: Partway's own messages at *info* and above, each line redacted.
    #[must_use]
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        fmt::layer()
            .with_ansi(false)
            .with_writer(self.clone())
            .with_filter(Targets::new().with_target("partway", LevelFilter::INFO))
    }

    /// Starts writing under `logs` in the data folder.
    pub(crate) fn open(&self, data_dir: &Path) -> io::Result<()> {
        *self.kept() = Some(Rotating::open(&data_dir.join("logs"), BOUND)?);
        Ok(())
    }

    /// Stops writing: another process may hold the folder.
    pub(crate) fn close(&self) {
        *self.kept() = None;
    }

    fn kept(&self) -> MutexGuard<'_, Option<Rotating>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line(self.clone())
    }
}

/// The last lines of a data folder's log, up to this many bytes.
pub(super) fn tail(data_dir: &Path, bytes: u64) -> Vec<String> {
    rotating::tail(&data_dir.join("logs"), bytes).unwrap_or_default()
}

/// Writer for one event; the subscriber writes it in a single call.
#[derive(Debug)]
pub struct Line(LogFile);

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Some(log) = self.0.kept().as_mut() {
            // The journal reports a full disk; a log that cannot be written stops nothing.
            let _ = log.line(&clean(&String::from_utf8_lossy(line)));
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// What the log contains after `said`.
    fn logged(said: impl FnOnce(&LogFile)) -> String {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::default();
        log.open(folder.path()).unwrap();
        let subscriber = tracing_subscriber::registry().with(log.layer());
        tracing::subscriber::with_default(subscriber, || said(&log));
        std::fs::read_to_string(folder.path().join("logs/partway.log")).unwrap()
    }

    #[test]
    fn our_own_words_are_kept_and_nobody_elses() {
        let text = logged(|_| {
            tracing::info!(job = "01", "a part did not go");
            tracing::debug!("too much");
            tracing::error!(target: "hyper", "theirs");
        });
        assert!(text.contains("INFO") && text.contains("a part did not go") && text.contains("01"), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }

    #[test]
    fn what_must_not_be_read_is_not_written() {
        let text = logged(|_| {
            tracing::warn!("PUT https://h/a?X-Amz-Signature=5EC2E7 of \"/home/ada/film.mov\"\nsecond line");
        });
        assert!(!text.contains("5EC2E7") && !text.contains("film"), "{text}");
        assert!(text.contains("https://h/…") && text.contains("second line"), "{text}");
        assert_eq!(text.lines().count(), 1, "one event is one line: {text}");
    }

    #[test]
    fn it_is_silent_before_it_is_opened_and_after_it_was_closed() {
        let text = logged(|log| {
            log.close();
            tracing::info!("unheard");
        });
        assert_eq!(text, "");
    }
}
