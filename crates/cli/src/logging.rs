//! What goes to stderr when `PARTWAY_LOG` asks for it; off by default.

use tracing_subscriber::EnvFilter;

/// Starts logging, where it is asked for.
pub(crate) fn start() {
    let Some(wanted) = crate::keys::environment("PARTWAY_LOG").filter(|wanted| !wanted.is_empty()) else {
        return;
    };
    let filter = EnvFilter::builder().parse_lossy(wanted);
    // It can only be set once, and this is that once.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
}
