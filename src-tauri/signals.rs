//! The system's wish that the process ends: fulfilled in order.

/// Waits for the first such wish.
#[cfg(unix)]
pub(crate) async fn end_is_wanted() {
    use tokio::signal::unix::{SignalKind, signal};
    // SIGHUP: the session or the terminal it was started from has ended.
    let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
    let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = kinds.map(signal) else {
        // Without handlers the system ends the process at once, which the journal survives.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
}

/// Waits for the first such wish.
#[cfg(windows)]
pub(crate) async fn end_is_wanted() {
    use tokio::signal::windows;
    let (Ok(mut interrupt), Ok(mut stop), Ok(mut close), Ok(mut logoff), Ok(mut shutdown)) = (
        windows::ctrl_c(),
        windows::ctrl_break(),
        windows::ctrl_close(),
        windows::ctrl_logoff(),
        windows::ctrl_shutdown(),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = stop.recv() => {}
        _ = close.recv() => {}
        _ = logoff.recv() => {}
        _ = shutdown.recv() => {}
    }
}
