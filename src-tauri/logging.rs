//! What goes to stderr when `PARTWAY_LOG` asks for it, off by default, and what the holder of a folder writes into its log.

use std::sync::OnceLock;

use partway_app::LogFile;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt, registry};

/// One a process, as the subscriber beside it is.
static LOG: OnceLock<LogFile> = OnceLock::new();

/// Starts logging.
#[expect(clippy::disallowed_methods, reason = "a program: from here the library is handed its environment")]
pub(crate) fn start() {
    let wanted = std::env::var("PARTWAY_LOG").ok().filter(|wanted| !wanted.is_empty());
    let loud = wanted.map(|wanted| {
        let filter = EnvFilter::builder().parse_lossy(wanted);
        fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(filter)
    });
    // It can only be set once, and this is that once.
    let _ = registry().with(loud).with(file().layer()).try_init();
}

/// The log of the data folder, for the app that opens the folder.
pub(crate) fn file() -> LogFile {
    LOG.get_or_init(LogFile::default).clone()
}
