//! What ends a wait early: Ctrl-C, SIGTERM, SIGHUP or `--max-wait`. A second Ctrl-C or SIGTERM ends the
//! process at once.

mod signals;

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::exit::Exit;

/// Time for parts in flight in an orderly shutdown.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// The same when the console is closed on Windows, which ends a program 5 s after notifying it
/// ("`HandlerRoutine`"); the journal has to be closed in that time, too.
const WHILE_CLOSING: Duration = Duration::from_secs(2);

/// The same after `--max-wait`.
const IN_A_HURRY: Duration = Duration::from_millis(300);

/// Why a wait ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// A signal, with its exit code.
    Signal(Exit),
    /// `--max-wait` is over; its seconds.
    TooLong(u64),
}

impl Why {
    /// Time for parts in flight and anything else that is waited for at the end. `--max-wait` was the whole
    /// allowance: the command ends within a second, even while a call hangs.
    pub(crate) const fn grace(self) -> Duration {
        match self {
            Self::Signal(Exit::HungUp) if cfg!(windows) => WHILE_CLOSING,
            Self::Signal(_) => GRACE,
            Self::TooLong(_) => IN_A_HURRY,
        }
    }
}

/// Signals when a wait should end early.
#[derive(Clone)]
pub(crate) struct Stop {
    signal: watch::Receiver<Option<Exit>>,
    limit: Option<(Instant, u64)>,
}

impl Stop {
    /// Starts listening for signals and counting the time.
    pub(crate) fn listen(max_wait: Option<u64>) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "at once is what was asked for; all that counts is in the journal"
        )]
        Self::listen_and(max_wait, |exit| std::process::exit(exit.number().into()))
    }

    /// The same, with what a second signal does.
    fn listen_and(max_wait: Option<u64>, at_once: impl FnOnce(Exit) + Send + 'static) -> Self {
        let (asked, signal) = watch::channel(None);
        signals::attend(asked, at_once);
        let limit = max_wait.and_then(|seconds| {
            // More than the clock can count is as good as no limit.
            Some((Instant::now().checked_add(Duration::from_secs(seconds))?, seconds))
        });
        Self { signal, limit }
    }

    /// Resolves with the reason when the wait should end. Cancel-safe.
    pub(crate) async fn asked(&mut self) -> Why {
        let limit = self.limit;
        let too_long = async {
            match limit {
                Some((at, seconds)) => {
                    tokio::time::sleep_until(at).await;
                    seconds
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            exit = self.signalled() => Why::Signal(exit),
            seconds = too_long => Why::TooLong(seconds),
        }
    }

    /// Resolves at a signal only.
    pub(crate) async fn signalled(&mut self) -> Exit {
        match self.signal.wait_for(Option::is_some).await.map(|exit| *exit) {
            Ok(Some(exit)) => exit,
            _ => std::future::pending().await,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn signal_self(name: &str) {
        let id = std::process::id().to_string();
        let sent = std::process::Command::new("kill").args([name, &id]).status();
        assert!(sent.is_ok_and(|status| status.success()));
    }

    #[test]
    fn a_second_ctrl_c_ends_at_once_where_nothing_else_moves_and_a_hangup_is_none() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (ended, end) = mpsc::channel();
        let mut stop =
            runtime.block_on(async { Stop::listen_and(None, move |exit| ended.send(exit).unwrap()) });
        signal_self("-INT");
        assert_eq!(runtime.block_on(stop.signalled()), Exit::Interrupted);
        // From here on the runtime is idle, as if all its threads hung in a read.
        signal_self("-HUP");
        signal_self("-INT");
        assert_eq!(end.recv_timeout(Duration::from_secs(60)), Ok(Exit::Interrupted));
    }
}
