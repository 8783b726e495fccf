//! Child processes that never outlive us: each runs in a group of its own, and the group ends when we do.
//!
//! On Unix a small shell stands between. It reads a pipe that only we hold: when we end, however we end
//! (Ctrl-C and `kill -9` too), the pipe closes and the shell ends its own group. So no signal handler,
//! no unsafe code, and nothing is ever killed by name.

use crate::stop::{Outcome, not_passed};
use std::fs::File;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Seconds between asking a group to end and ending it. The app's orderly end takes less.
#[cfg(unix)]
const GRACE: &str = "5";
/// How often a child is asked whether it has ended.
const LOOK: Duration = Duration::from_millis(50);

/// Runs "$@"; ends the whole group when standard input closes, which it also does once "$@" has ended.
/// The guard holds no output open, or whoever reads ours would wait for its grace to pass.
#[cfg(unix)]
const SHELL: &str = r#"
exec 3<&0
"$@" 3<&- </dev/null &
job=$!
(
  read -r _ <&3
  trap '' TERM
  kill -s TERM -- "-$$"
  sleep "$LEASH_GRACE"
  kill -s KILL -- "-$$"
) >/dev/null 2>&1 &
exec 3<&-
wait "$job"
"#;

/// Where a child's output goes.
pub(crate) enum Output {
    /// To the person.
    Shown,
    /// Its standard output to us, the rest to the person.
    Piped,
    /// All of it into a file.
    Into(File),
}

/// A running child, ended with its whole group when this is dropped.
pub(crate) struct Leash {
    child: Child,
    name: String,
}

impl Leash {
    /// Starts `command` on a leash, with nothing on its standard input.
    pub(crate) fn start(command: &Command, output: Output) -> Outcome<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let failed = |cause| not_passed(format!("{name} could not be started: {cause}"));
        let mut leashed = on_leash(command);
        match output {
            Output::Shown => {}
            Output::Piped => {
                leashed.stdout(Stdio::piped());
            }
            Output::Into(file) => {
                leashed.stderr(file.try_clone().map_err(failed)?).stdout(file);
            }
        }
        let child = leashed.spawn().map_err(failed)?;
        Ok(Self { child, name })
    }

    /// The child's output, once, if it was started with [`Output::Piped`].
    pub(crate) fn output(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Waits for the end; after `limit` the group is ended and the sentence says so.
    pub(crate) fn wait(mut self, limit: Option<Duration>) -> Outcome<ExitStatus> {
        let begun = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) => {}
                Err(cause) => return Err(not_passed(format!("{}: {cause}", self.name))),
            }
            if let Some(limit) = limit.filter(|limit| begun.elapsed() > *limit) {
                let minutes = limit.as_secs().div_ceil(60);
                return Err(not_passed(format!("{} was ended: no end after {minutes} min", self.name)));
            }
            std::thread::sleep(LOOK);
        }
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        // Closing the pipe is the request to end; the shell does the rest and is then waited for.
        drop(self.child.stdin.take());
        if !cfg!(unix) {
            // The child may have ended already, which is what is wanted.
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// Runs `command` to a good end within `limit`, or says that it ended otherwise.
pub(crate) fn succeed(command: &Command, limit: Option<Duration>) -> Outcome<()> {
    let status = Leash::start(command, Output::Shown)?.wait(limit)?;
    if status.success() {
        Ok(())
    } else {
        Err(not_passed(format!("`{}` ended with {status}", shown(command))))
    }
}

/// The command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

#[cfg(unix)]
fn on_leash(command: &Command) -> Command {
    use std::os::unix::process::CommandExt;
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", SHELL, "leash"]).arg(command.get_program()).args(command.get_args());
    copy_surroundings(command, &mut shell);
    shell.env("LEASH_GRACE", GRACE).stdin(Stdio::piped()).process_group(0);
    shell
}

#[cfg(not(unix))]
fn on_leash(command: &Command) -> Command {
    let mut same = Command::new(command.get_program());
    same.args(command.get_args()).stdin(Stdio::null());
    copy_surroundings(command, &mut same);
    same
}

fn copy_surroundings(from: &Command, to: &mut Command) {
    for (name, value) in from.get_envs() {
        match value {
            Some(value) => to.env(name, value),
            None => to.env_remove(name),
        };
    }
    if let Some(folder) = from.get_current_dir() {
        to.current_dir(folder);
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::io::Read;

    fn script(text: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", text]);
        command
    }

    /// Alive, and not merely a zombie that its new parent has not collected.
    fn alive(pid: &str) -> bool {
        let state = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap();
        let state = String::from_utf8(state.stdout).unwrap();
        !state.trim().is_empty() && !state.starts_with('Z')
    }

    fn first_line(leash: &mut Leash) -> String {
        let mut text = String::new();
        let mut output = leash.output().unwrap();
        let mut byte = [0];
        while output.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
            text.push(byte[0].into());
        }
        text
    }

    #[test]
    fn the_exit_code_passes_through() {
        let status = Leash::start(&script("exit 7"), Output::Shown).unwrap().wait(None).unwrap();
        assert_eq!(status.code(), Some(7));
    }

    #[test]
    fn a_step_that_fails_is_named() {
        let stop = succeed(&script("exit 3"), None).unwrap_err();
        assert_eq!(stop.sentence, "`sh -c exit 3` ended with exit status: 3");
    }

    #[test]
    fn letting_go_ends_children_of_the_child() {
        let mut leash = Leash::start(&script("sleep 600 & echo $!; wait"), Output::Piped).unwrap();
        let grandchild = first_line(&mut leash);
        assert!(alive(&grandchild), "{grandchild} should have been started");
        drop(leash);
        let begun = Instant::now();
        while alive(&grandchild) {
            assert!(begun.elapsed() < Duration::from_secs(20), "{grandchild} outlived its leash");
            std::thread::sleep(LOOK);
        }
    }

    #[test]
    fn what_a_child_left_behind_ends_with_it() {
        let mut leash = Leash::start(&script("sleep 600 & echo $!"), Output::Piped).unwrap();
        let left_behind = first_line(&mut leash);
        leash.wait(None).unwrap();
        let begun = Instant::now();
        while alive(&left_behind) {
            assert!(begun.elapsed() < Duration::from_secs(20), "{left_behind} was left behind");
            std::thread::sleep(LOOK);
        }
    }

    #[test]
    fn the_end_holds_no_output_open() {
        let mut leash = Leash::start(&script("echo over"), Output::Piped).unwrap();
        let mut output = leash.output().unwrap();
        leash.wait(None).unwrap();
        let begun = Instant::now();
        let mut said = String::new();
        output.read_to_string(&mut said).unwrap();
        assert_eq!(said, "over\n");
        assert!(begun.elapsed() < Duration::from_secs(3), "waited for the guard");
    }

    #[test]
    fn a_limit_ends_what_hangs() {
        let begun = Instant::now();
        let stop = Leash::start(&script("sleep 600"), Output::Shown)
            .unwrap()
            .wait(Some(Duration::from_millis(200)))
            .unwrap_err();
        assert!(stop.sentence.contains("was ended"), "{}", stop.sentence);
        assert!(begun.elapsed() < Duration::from_secs(30));
    }
}
