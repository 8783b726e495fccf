//! A clean system to install on: a copy of the one that `cargo xtask test` made, thrown away at the end.
//!
//! Each command in it has a mount and a process namespace of its own. So nothing is ever mounted where it could be removed by mistake,
//! and whatever a command started ends with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use super::{told, well};

/// What a command in there needs around it. The command is not the first process of its namespace, which would have to collect others'
/// children and would not hear signals.
const ENTER: &str = r#"
set -e
root=$1; shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mkdir -p "$root/tmp/.X11-unix"
if [ -d /tmp/.X11-unix ]; then mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"; fi
chroot "$root" "$@" &
wait "$!"
"#;

/// Somebody who is not root.
const USER: &str = "somebody";
/// That one's home.
pub(crate) const HOME: &str = "/home/somebody";

/// The system.
pub(crate) struct Clean {
    root: PathBuf,
}

/// A command that runs in it; ended when this is dropped.
pub(crate) struct Running(pub(crate) Child);

impl Clean {
    /// A fresh one, with a user.
    pub(crate) fn system() -> Self {
        let model = told("PARTWAY_CLEAN_SYSTEM");
        let root = model.with_file_name("installed");
        let clean = Self { root };
        clean.remove();
        well("cp", &Command::new("cp").arg("-a").arg(&model).arg(&clean.root).output().unwrap());
        clean.root(&["useradd", "--create-home", USER]);
        clean
    }

    /// A path in it, from outside.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside.trim_start_matches('/'))
    }

    /// Runs a command as root, which must end well; what it printed.
    pub(crate) fn root(&self, words: &[&str]) -> String {
        well(&words.join(" "), &self.as_root(words))
    }

    /// Runs a command as root.
    pub(crate) fn as_root(&self, words: &[&str]) -> Output {
        let mut command = self.enter();
        command.env("DEBIAN_FRONTEND", "noninteractive").args(words).output().unwrap()
    }

    /// Runs a command as the user, which must end well; what it printed.
    pub(crate) fn user(&self, variables: &[(&str, &str)], words: &[&str]) -> String {
        well(&words.join(" "), &self.as_user(variables, words).output().unwrap())
    }

    /// Starts a command as the user and lets it run; what it prints goes to `output`.
    pub(crate) fn start(&self, variables: &[(&str, &str)], words: &[&str], output: Stdio) -> Running {
        let mut command = self.as_user(variables, words);
        Running(command.stdin(Stdio::null()).stdout(output).spawn().unwrap())
    }

    fn as_user(&self, variables: &[(&str, &str)], words: &[&str]) -> Command {
        let mut command = self.enter();
        command.args([
            "setpriv",
            "--reuid",
            USER,
            "--regid",
            USER,
            "--init-groups",
            "--reset-env",
            "env",
            "-C",
            HOME,
        ]);
        command.args(variables.iter().map(|(name, value)| format!("{name}={value}"))).args(words);
        command
    }

    fn enter(&self) -> Command {
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "--pid", "--fork", "--kill-child", "--", "sh", "-c", ENTER, "enter"])
            .arg(&self.root);
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LC_ALL", "C.UTF-8");
        command
    }

    fn remove(&self) {
        // Every mount lay in a namespace that is gone, so this is only its own files.
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
        let root = self.root.to_str().unwrap();
        assert!(
            !mounts.contains(&format!(" {root}/")),
            "something is mounted below {root}; nothing was removed"
        );
        let gone = Command::new("rm").args(["-rf", "--one-file-system"]).arg(Path::new(root)).status();
        assert!(gone.unwrap().success());
    }
}

impl Drop for Clean {
    fn drop(&mut self) {
        // While a test falls it is left to be looked at.
        if !std::thread::panicking() {
            self.remove();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The namespace's first process ends with `unshare`, and everything in it with that one.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
