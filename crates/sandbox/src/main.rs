//! The command `partway-sandbox`: starts the server, prints its first line, runs until told to stop.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use partway_sandbox::{Cli, Options, Running, start};

#[tokio::main]
async fn main() -> ExitCode {
    let running = match start(Options::from(Cli::parse())).await {
        Ok(running) => running,
        Err(error) => {
            eprintln!("partway-sandbox: {error}");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = announce(&running) {
        eprintln!("partway-sandbox: nobody reads the first line: {error}");
        return ExitCode::FAILURE;
    }
    told_to_stop().await;
    running.stop().await;
    ExitCode::SUCCESS
}

fn announce(running: &Running) -> std::io::Result<()> {
    let line = serde_json::to_string(&running.first_line)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut term) => {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    let _ = tokio::signal::ctrl_c().await;
}
