//! A desktop of our own: an X server without a screen, a session bus, a window manager, and folders that are nobody's.

use super::wait::until;
use crate::leash::{Leash, Output};
use crate::stop::{Outcome, at, not_passed};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// X11 takes part of a second; a cold disk may take longer.
const START: Duration = Duration::from_secs(30);
/// Wide enough for the window's two columns and its details.
const SCREEN: &str = "1280x800x24";

/// A running desktop, ended when this is dropped.
pub(crate) struct Desktop {
    folder: PathBuf,
    surroundings: Vec<(&'static str, String)>,
    // In the order in which they end: what needs the others first.
    _manager: Leash,
    _bus: Leash,
    _server: Leash,
}

impl Desktop {
    /// Starts a desktop that keeps its files below `folder`.
    pub(crate) fn start(folder: &Path) -> Outcome<Self> {
        let mut surroundings = folders(folder)?;

        let mut server = Command::new("Xvfb");
        // It chooses a free number itself and prints it once it listens.
        server.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"]);
        let (server, number) = start_and_read(&server)?;
        surroundings.push(("DISPLAY", format!(":{number}")));

        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address=1"]).envs(surroundings.iter().cloned());
        let (bus, address) = start_and_read(&bus)?;
        surroundings.push(("DBUS_SESSION_BUS_ADDRESS", address));

        let mut manager = Command::new("openbox");
        manager.arg("--sm-disable").envs(surroundings.iter().cloned());
        let manager = Leash::start(&manager, Output::Into(log(folder, "openbox.log")?))?;

        let desktop = Self {
            folder: folder.to_path_buf(),
            surroundings,
            _manager: manager,
            _bus: bus,
            _server: server,
        };
        // A window that opens before its manager is neither placed nor given the keyboard.
        until("the window manager", START, || {
            desktop.xdotool(&["get_num_desktops"]).map_or(Ok(None), |n| Ok(Some(n)))
        })?;
        Ok(desktop)
    }

    /// Makes `command` run on this desktop and nowhere else.
    pub(crate) fn apply(&self, command: &mut Command) {
        command.envs(self.surroundings.iter().cloned()).env_remove("WAYLAND_DISPLAY");
    }

    /// Moves pointer and keyboard; answers what xdotool prints.
    pub(crate) fn xdotool(&self, arguments: &[&str]) -> Outcome<String> {
        let mut command = Command::new("xdotool");
        command.args(arguments);
        self.apply(&mut command);
        let answer = command.output().map_err(|cause| not_passed(format!("xdotool: {cause}")))?;
        if answer.status.success() {
            return Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned());
        }
        let said = String::from_utf8_lossy(&answer.stderr).trim().to_owned();
        Err(not_passed(format!("xdotool {}: {said}", arguments.join(" "))))
    }

    /// Opens the log `name` for a program on this desktop.
    pub(crate) fn log(&self, name: &str) -> Outcome<File> {
        log(&self.folder, name)
    }
}

/// Homes of all kinds below `folder`, so that nothing of the person is read or changed.
fn folders(folder: &Path) -> Outcome<Vec<(&'static str, String)>> {
    let names = [
        ("HOME", "home"),
        ("XDG_CONFIG_HOME", "home/.config"),
        ("XDG_DATA_HOME", "home/.local/share"),
        ("XDG_STATE_HOME", "home/.local/state"),
        ("XDG_CACHE_HOME", "home/.cache"),
        ("XDG_RUNTIME_DIR", "runtime"),
    ];
    let mut surroundings = vec![("GDK_BACKEND", "x11".to_owned()), ("NO_AT_BRIDGE", "1".to_owned())];
    for (variable, name) in names {
        let path = folder.join(name);
        std::fs::create_dir_all(&path).map_err(at(&path))?;
        owner_only(&path).map_err(at(&path))?;
        surroundings.push((variable, path.to_string_lossy().into_owned()));
    }
    Ok(surroundings)
}

/// The runtime folder must belong to its owner alone (XDG Base Directory Specification).
fn owner_only(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    }
    let _ = path;
    Ok(())
}

fn log(folder: &Path, name: &str) -> Outcome<File> {
    let path = folder.join(name);
    File::create(&path).map_err(at(&path))
}

/// Starts a program that tells in its first line how to reach it.
fn start_and_read(command: &Command) -> Outcome<(Leash, String)> {
    let mut leash = Leash::start(command, Output::Piped)?;
    let mut line = String::new();
    if let Some(output) = leash.output() {
        BufReader::new(output).read_line(&mut line).map_err(|cause| not_passed(cause.to_string()))?;
    }
    match line.trim() {
        "" => Err(not_passed(format!("{} did not start", command.get_program().to_string_lossy()))),
        line => Ok((leash, line.to_owned())),
    }
}
