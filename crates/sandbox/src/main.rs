//! The command `partway-sandbox`: starts the server, prints its first line, runs until stopped.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use partway_sandbox::{Cli, Running, start};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let end_with_stdin = cli.end_with_stdin;
    #[expect(
        clippy::disallowed_methods,
        reason = "a program: from here the library is handed its environment"
    )]
    let begun = match cli.options(|name| std::env::var(name).ok()) {
        Ok(options) => start(options).await,
        Err(error) => Err(error),
    };
    let running = match begun {
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
    tokio::select! {
        () = told_to_stop() => {}
        () = stdin_closed(), if end_with_stdin => {}
    }
    running.stop().await;
    ExitCode::SUCCESS
}

/// The system closes a pipe also when its other end is killed: so a child ends with its parent, however that
/// ends.
async fn stdin_closed() {
    let (sender, closed) = tokio::sync::oneshot::channel();
    // A separate thread: a read of standard input cannot be cancelled, and must not keep the runtime from
    // ending.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = sender.send(());
    });
    let _ = closed.await;
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
