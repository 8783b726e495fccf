//! What ends a wait early: Ctrl-C, SIGTERM or `--max-wait`. A second signal ends the process at once.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::exit::Exit;

/// What parts in flight get at an orderly end.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// The same once `--max-wait` is over.
const IN_A_HURRY: Duration = Duration::from_millis(300);

/// Why a wait ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// A signal, and the exit code that goes with it.
    Signal(Exit),
    /// `--max-wait` is over; its seconds.
    TooLong(u64),
}

impl Why {
    /// What parts in flight, and whatever else is waited for at the end, get. `--max-wait` was all that was granted: it ends within a
    /// second, also while a call hangs.
    pub(crate) const fn grace(self) -> Duration {
        match self {
            Self::Signal(_) => GRACE,
            Self::TooLong(_) => IN_A_HURRY,
        }
    }
}

/// Tells when a wait is to end early.
#[derive(Clone)]
pub(crate) struct Stop {
    signal: watch::Receiver<Option<Exit>>,
    limit: Option<(Instant, u64)>,
}

impl Stop {
    /// Listens, and counts, from now on. SIGHUP keeps its meaning: handling it would undo `nohup`, and whatever it ends can be resumed.
    pub(crate) fn listen(max_wait: Option<u64>) -> Self {
        let (asked, signal) = watch::channel(None);
        tokio::spawn(async move {
            let Some(mut signals) = system::Signals::listen() else { return std::future::pending().await };
            asked.send_replace(Some(signals.next().await));
            #[expect(
                clippy::disallowed_methods,
                reason = "at once is what was asked for; all that counts is in the journal"
            )]
            std::process::exit(signals.next().await.number().into());
        });
        let limit = max_wait.and_then(|seconds| {
            // More than the clock can count is as good as no limit.
            Some((Instant::now().checked_add(Duration::from_secs(seconds))?, seconds))
        });
        Self { signal, limit }
    }

    /// Waits until it is to end, and says why. Cancel-safe.
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

    /// Waits for a signal only.
    pub(crate) async fn signalled(&mut self) -> Exit {
        match self.signal.wait_for(Option::is_some).await.map(|exit| *exit) {
            Ok(Some(exit)) => exit,
            _ => std::future::pending().await,
        }
    }
}

#[cfg(unix)]
mod system {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::Exit;

    pub(super) struct Signals {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Signals {
        /// `None` where the system has no room for handlers; its own way holds then, and everything can be resumed.
        pub(super) fn listen() -> Option<Self> {
            let interrupt = signal(SignalKind::interrupt()).ok()?;
            Some(Self { interrupt, terminate: signal(SignalKind::terminate()).ok()? })
        }

        pub(super) async fn next(&mut self) -> Exit {
            tokio::select! {
                _ = self.interrupt.recv() => Exit::Interrupted,
                _ = self.terminate.recv() => Exit::Terminated,
            }
        }
    }
}

#[cfg(windows)]
mod system {
    use tokio::signal::windows::{CtrlBreak, CtrlC, ctrl_break, ctrl_c};

    use super::Exit;

    pub(super) struct Signals {
        interrupt: CtrlC,
        terminate: CtrlBreak,
    }

    impl Signals {
        pub(super) fn listen() -> Option<Self> {
            Some(Self { interrupt: ctrl_c().ok()?, terminate: ctrl_break().ok()? })
        }

        pub(super) async fn next(&mut self) -> Exit {
            tokio::select! {
                _ = self.interrupt.recv() => Exit::Interrupted,
                _ = self.terminate.recv() => Exit::Terminated,
            }
        }
    }
}
