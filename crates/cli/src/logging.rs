//! Logs to stderr if `PARTWAY_LOG` is set, and to the data folder's log if this process holds the folder.

use std::sync::OnceLock;

use partway_app::LogFile;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt, registry};

/// One per process, like the subscriber.
static LOG: OnceLock<LogFile> = OnceLock::new();

/// Starts logging.
pub(crate) fn start() {
    let wanted = crate::keys::environment("PARTWAY_LOG").filter(|wanted| !wanted.is_empty());
    let loud = wanted.map(|wanted| {
        let filter = EnvFilter::builder().parse_lossy(wanted);
        fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(filter)
    });
    // It can only be set once; this is the only call.
    let _ = registry().with(loud).with(file().layer()).try_init();
}

/// The data folder's log, for the app that opens the folder.
pub(crate) fn file() -> LogFile {
    LOG.get_or_init(LogFile::default).clone()
}
