//! Commands in that system: the checkout at `/mnt`, what they make in folders of their own, and none of them outlives its call.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// Where things lie for whoever is inside.
pub(super) const CHECKOUT: &str = "/mnt";
const OUT: &str = "/out";
const CARGO: &str = "/cargo";
const WINE: &str = "/wine";
const TOOLS: &str = "/tools";

/// All places that something of ours is mounted at.
pub(super) const PLACES: [&str; 5] = [CHECKOUT, OUT, CARGO, WINE, TOOLS];

/// Mounts what is told in pairs, then runs the command. The mounts and all processes end with the namespaces, Wine's too.
const ENTER: &str = r#"
set -e
root=$1
shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
  mount --bind "$1" "$root$2"
  shift 2
done
shift
# Not in this shell's place: the first process of a namespace is everybody's parent, which sid's `timeout` takes for the loss of its own.
chroot "$root" "$@"
"#;

/// A way in.
pub(super) struct Inside {
    /// The system.
    pub(super) root: PathBuf,
    /// The checkout.
    pub(super) checkout: PathBuf,
    /// Where everything lies that is made.
    pub(super) folder: PathBuf,
}

impl Inside {
    /// What cargo makes, as it lies outside.
    pub(super) fn out(&self) -> PathBuf {
        self.folder.join("out")
    }

    /// Wine's own drive C.
    pub(super) fn wine(&self) -> PathBuf {
        self.folder.join("wine")
    }

    /// Programs of ours that the compilers find.
    pub(super) fn tools(&self) -> PathBuf {
        self.folder.join("tools")
    }

    /// The folders that commands inside write into; they outlive the system.
    pub(super) fn folders(&self) -> [PathBuf; 4] {
        [self.out(), self.folder.join("cargo"), self.wine(), self.tools()]
    }

    /// A command of these words, run in the checkout with these variables and no others of ours.
    pub(super) fn command(&self, words: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "enter"])
            .arg(&self.root);
        let [out, cargo, wine, tools] = self.folders();
        for (from, to) in [self.checkout.clone(), out, cargo, wine, tools].iter().zip(PLACES) {
            command.arg(from).arg(to);
        }
        command.args(["--", "/usr/bin/env", "-i", &format!("--chdir={CHECKOUT}")]);
        for (name, value) in SURROUNDINGS.iter().chain(variables) {
            command.arg(format!("{name}={value}"));
        }
        command.args(of_the_network(std::env::vars_os())).args(words);
        command
    }
}

/// Without debug information, which nobody reads there: a third less to write.
const SURROUNDINGS: &[(&str, &str)] = &[
    ("HOME", "/root"),
    ("PATH", "/tools:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"),
    ("LANG", "C.UTF-8"),
    ("XDG_RUNTIME_DIR", "/tmp"),
    ("CARGO_HOME", CARGO),
    ("CARGO_TARGET_DIR", OUT),
    ("CARGO_INCREMENTAL", "0"),
    ("CARGO_PROFILE_DEV_DEBUG", "0"),
    ("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"),
    // The library is built from its sources, which stable compilers do not offer otherwise (`-Zbuild-std`).
    ("RUSTC_BOOTSTRAP", "1"),
];

/// How this machine reaches registries: its proxies, and what cargo is told by variables.
fn of_the_network(all: impl Iterator<Item = (OsString, OsString)>) -> Vec<OsString> {
    let counts = |name: &str| {
        name.to_ascii_lowercase().ends_with("_proxy")
            || ["CARGO_HTTP_", "CARGO_NET_", "CARGO_SOURCE_"].iter().any(|begin| name.starts_with(begin))
    };
    all.filter(|(name, _)| name.to_str().is_some_and(counts))
        .map(|(name, value)| [name, "=".into(), value].into_iter().collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_our_own_variables_only_those_of_the_network_are_handed_in() {
        let all = [
            ("HTTPS_PROXY", "p"),
            ("no_proxy", "n"),
            ("CARGO_NET_OFFLINE", "true"),
            ("CARGO_HOME", "/h"),
            ("LD_PRELOAD", "x"),
        ];
        let all = all.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        assert_eq!(
            of_the_network(all.into_iter()),
            ["HTTPS_PROXY=p", "no_proxy=n", "CARGO_NET_OFFLINE=true"]
        );
    }
}
