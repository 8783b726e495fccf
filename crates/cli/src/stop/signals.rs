//! Listens for signals on a separate thread, which no hanging read or write elsewhere can block.

use std::sync::mpsc;

use tokio::sync::watch;

use crate::exit::Exit;

/// Reports the first signal, and calls `at_once` at the second deliberate one. Listening has started when
/// this returns; if there is no room for a thread or handlers, the system's default applies, and everything
/// can be resumed.
pub(super) fn attend(asked: watch::Sender<Option<Exit>>, at_once: impl FnOnce(Exit) + Send + 'static) {
    let (ready, listens) = mpsc::channel::<()>();
    let thread = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        let second = runtime.block_on(async {
            let mut signals = system::Signals::listen()?;
            drop(ready);
            let mut first = true;
            loop {
                let exit = signals.next().await;
                asked.send_if_modified(|asked| asked.is_none() && asked.replace(exit).is_none());
                // Shells and service managers send SIGHUP along with SIGTERM: that is not an impatient user.
                if exit != Exit::HungUp && !std::mem::take(&mut first) {
                    return Some(exit);
                }
            }
        });
        if let Some(exit) = second {
            at_once(exit);
        }
    });
    if thread.is_ok() {
        // Returns an error when the other side is dropped.
        let _ = listens.recv();
    }
}

#[cfg(unix)]
mod system {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::Exit;

    pub(super) struct Signals {
        interrupt: Signal,
        terminate: Signal,
        hangup: Option<Signal>,
    }

    impl Signals {
        pub(super) fn listen() -> Option<Self> {
            let interrupt = signal(SignalKind::interrupt()).ok()?;
            let terminate = signal(SignalKind::terminate()).ok()?;
            // Not if it may be ignored: listening would undo `nohup`.
            let wanted = partway_app::hangup_ignored() == Some(false);
            let hangup = wanted.then(|| signal(SignalKind::hangup()).ok()).flatten();
            Some(Self { interrupt, terminate, hangup })
        }

        pub(super) async fn next(&mut self) -> Exit {
            let hangup = async {
                match &mut self.hangup {
                    Some(hangup) => hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = self.interrupt.recv() => Exit::Interrupted,
                _ = self.terminate.recv() => Exit::Terminated,
                _ = hangup => Exit::HungUp,
            }
        }
    }
}

#[cfg(windows)]
mod system {
    //! Windows announces the end of a user's session either by these events or, to a program that has loaded
    //! `user32.dll`, as most do through some library, only by messages to a window, which this program does
    //! not have ("`SetConsoleCtrlHandler`", Remarks). It is then terminated, which the journal survives.

    use tokio::signal::windows::{
        CtrlBreak, CtrlC, CtrlClose, CtrlLogoff, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_logoff,
        ctrl_shutdown,
    };

    use super::Exit;

    pub(super) struct Signals {
        interrupt: CtrlC,
        terminate: CtrlBreak,
        close: CtrlClose,
        logoff: CtrlLogoff,
        shutdown: CtrlShutdown,
    }

    impl Signals {
        pub(super) fn listen() -> Option<Self> {
            Some(Self {
                interrupt: ctrl_c().ok()?,
                terminate: ctrl_break().ok()?,
                close: ctrl_close().ok()?,
                logoff: ctrl_logoff().ok()?,
                shutdown: ctrl_shutdown().ok()?,
            })
        }

        /// Closing the console corresponds to a terminal hangup elsewhere.
        pub(super) async fn next(&mut self) -> Exit {
            tokio::select! {
                _ = self.interrupt.recv() => Exit::Interrupted,
                _ = self.terminate.recv() => Exit::Terminated,
                _ = self.close.recv() => Exit::HungUp,
                _ = self.logoff.recv() => Exit::HungUp,
                _ = self.shutdown.recv() => Exit::HungUp,
            }
        }
    }
}
