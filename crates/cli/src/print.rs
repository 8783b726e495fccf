//! Writes to standard output, and reports when that fails.

use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

use crate::exit::Stopped;
use crate::text::{printable_json, printable_lines};

/// Pause between attempts when another program made the pipe or terminal non-blocking.
const PAUSE: Duration = Duration::from_millis(10);

/// Output that could not be written. It goes first if standard output accepts data again: no line is lost,
/// duplicated or cut in two.
static UNWRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Writes a line for people.
///
/// # Errors
/// Standard output cannot be written, or is no longer read.
pub(crate) fn line(text: &str) -> Result<(), Stopped> {
    let mut unwritten = UNWRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    unwritten.extend_from_slice(printable_lines(text).as_bytes());
    unwritten.push(b'\n');
    write_out(&mut unwritten).map_err(|fault| stopped(&fault))
}

/// Bypasses the standard library's writer, which treats a standard output that is not open for writing as one
/// that accepts everything.
#[cfg(unix)]
fn write_out(unwritten: &mut Vec<u8>) -> io::Result<()> {
    use std::fs::File;
    use std::os::fd::AsFd as _;
    use std::sync::OnceLock;

    static OUT: OnceLock<Option<File>> = OnceLock::new();
    match OUT.get_or_init(|| Some(File::from(io::stdout().as_fd().try_clone_to_owned().ok()?))) {
        Some(out) => drain(&mut &*out, unwritten),
        None => drain(&mut io::stdout().lock(), unwritten),
    }
}

/// Uses the standard library's writer, which handles a console's encoding.
#[cfg(not(unix))]
fn write_out(unwritten: &mut Vec<u8>) -> io::Result<()> {
    drain(&mut io::stdout().lock(), unwritten)
}

/// Writes all of it; what could not be written stays.
fn drain(out: &mut impl Write, unwritten: &mut Vec<u8>) -> io::Result<()> {
    while !unwritten.is_empty() {
        match out.write(unwritten) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => drop(unwritten.drain(..written)),
            Err(fault) => wait_or(fault)?,
        }
    }
    while let Err(fault) = out.flush() {
        wait_or(fault)?;
    }
    Ok(())
}

/// Waits if writing may succeed in a moment, else returns the error.
fn wait_or(fault: io::Error) -> io::Result<()> {
    match fault.kind() {
        ErrorKind::Interrupted => {}
        ErrorKind::WouldBlock => std::thread::sleep(PAUSE),
        _ => return Err(fault),
    }
    Ok(())
}

/// How a command ends when standard output cannot be written.
pub(crate) fn stopped(fault: &io::Error) -> Stopped {
    let why = match fault.kind() {
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => return Stopped::unread(),
        ErrorKind::StorageFull => "the disk that it goes to is full. Make room there",
        ErrorKind::QuotaExceeded => "your share of the disk that it goes to is used up. Make room there",
        ErrorKind::FileTooLarge => "the file that it goes to may not grow any more. Begin another one",
        ErrorKind::PermissionDenied => "it may not be written to. Allow it",
        _ => "the system does not take it. See that it is open for writing and that its drive is connected",
    };
    Stopped::here(format!(
        "Standard output cannot be written: {why}, or send the output elsewhere. Nothing that is confirmed is lost; \
         'partwayctl resume' goes on with what is unfinished."
    ))
}

/// Writes one JSON object for programs.
///
/// # Errors
/// Standard output cannot be written, or is no longer read.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Stopped> {
    let text = serde_json::to_string(value).map_err(|fault| Stopped::here(fault.to_string()))?;
    line(&printable_json(&text))
}

/// Writes a line to standard error; if that is closed, there is nothing to do.
pub(crate) fn aside(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", printable_lines(text));
}

/// A `--json` object that is not an event; it has an `event` field all the same.
#[derive(Serialize)]
pub(crate) struct Tagged<'a, T> {
    pub(crate) event: &'static str,
    #[serde(flatten)]
    pub(crate) value: &'a T,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns these results, then accepts everything.
    struct Odd {
        answers: Vec<io::Result<usize>>,
        took: Vec<u8>,
    }

    impl Write for Odd {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let most = if self.answers.is_empty() { bytes.len() } else { self.answers.remove(0)? };
            let bytes = &bytes[..most.min(bytes.len())];
            self.took.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn odd(answers: Vec<io::Result<usize>>) -> Odd {
        Odd { answers, took: Vec::new() }
    }

    #[test]
    fn a_pipe_that_takes_nothing_just_now_is_waited_for() {
        let busy = || Err(ErrorKind::WouldBlock.into());
        let mut out = odd(vec![busy(), Ok(3), busy(), Err(ErrorKind::Interrupted.into())]);
        drain(&mut out, &mut b"one line\n".to_vec()).unwrap();
        assert_eq!(out.took, b"one line\n");
    }

    #[test]
    fn what_could_not_be_written_goes_first_and_once_when_it_can() {
        let mut out = odd(vec![Ok(3), Err(ErrorKind::StorageFull.into())]);
        let mut unwritten = b"first\n".to_vec();
        assert_eq!(drain(&mut out, &mut unwritten).unwrap_err().kind(), ErrorKind::StorageFull);
        unwritten.extend_from_slice(b"second\n");
        drain(&mut out, &mut unwritten).unwrap();
        assert_eq!(out.took, b"first\nsecond\n");
    }

    #[test]
    fn only_where_nobody_reads_there_is_no_word() {
        for kind in [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset] {
            assert_eq!(stopped(&kind.into()), Stopped::unread());
        }
        for kind in
            [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::PermissionDenied, ErrorKind::Other]
        {
            let stopped = stopped(&kind.into());
            assert_eq!(stopped.exit.number(), 1);
            assert!(
                stopped.sentence.starts_with("Standard output cannot be written: "),
                "{}",
                stopped.sentence
            );
        }
    }
}
