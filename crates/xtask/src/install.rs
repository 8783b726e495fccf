//! Installs the system packages that are missing, or says exactly what to install.

use crate::machine::{ask, can_ask, is_ci, is_root};
use crate::os::{self, Family};
use crate::packages::{Purpose, advice, apt_calls, apt_line, debian, missing};
use crate::stop::{Outcome, not_ready};
use std::io::Write;
use std::process::Command;

/// Makes sure that the packages for `purpose` are there. `yes`: the person agreed beforehand.
pub(crate) fn install(purpose: Purpose, yes: bool) -> Outcome<()> {
    match os::this() {
        Family::Debian => install_on_debian(purpose, yes),
        family => look_elsewhere(family),
    }
}

fn install_on_debian(purpose: Purpose, yes: bool) -> Outcome<()> {
    let wanted = debian(purpose);
    let lacking = missing(&wanted, &installed(&wanted));
    if lacking.is_empty() {
        return Ok(());
    }
    let root = is_root();
    let sudo = !root && ask("sudo", &["--version"]).is_some();
    println!("Missing system packages. The line that installs them:\n\n  {}\n", apt_line(&lacking, sudo));
    if !root {
        if !sudo {
            return Err(not_ready("Nothing was changed. Run that line as root (there is no sudo here)."));
        }
        if !(yes || is_ci()) {
            agree()?;
        }
    }
    for call in apt_calls(&lacking) {
        apt_get(&call, sudo)?;
    }
    let still = missing(&wanted, &installed(&wanted));
    if still.is_empty() {
        return Ok(());
    }
    Err(not_ready(format!("Still missing after the installation: {}", still.join(" "))))
}

/// What dpkg knows of `packages`; a package that it has never heard of makes it end with 1, the rest is printed all
/// the same.
fn installed(packages: &[&str]) -> String {
    let answer = Command::new("dpkg-query")
        .args(["-W", "-f", "${Package} ${db:Status-Status}\n"])
        .args(packages)
        .output();
    answer.map(|answer| String::from_utf8_lossy(&answer.stdout).into_owned()).unwrap_or_default()
}

/// Asks the person, if there is one; Return alone is a yes, anything unclear is a no.
fn agree() -> Outcome<()> {
    if !can_ask() {
        return Err(not_ready("Nothing was changed. Run that line, or say --yes to have it done."));
    }
    eprint!("Install them now? [Y/n] ");
    let mut answer = String::new();
    let read = std::io::stderr().flush().and_then(|()| std::io::stdin().read_line(&mut answer));
    let heard = read.is_ok_and(|bytes| bytes > 0);
    if heard && matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes") {
        return Ok(());
    }
    Err(not_ready("Nothing was changed. Run that line yourself, then this command again."))
}

/// Runs one `apt-get` in the foreground, where `sudo` can ask for its password.
fn apt_get(call: &[String], sudo: bool) -> Outcome<()> {
    let mut words = call.to_vec();
    if sudo {
        words.insert(0, "sudo".to_owned());
    }
    let status = Command::new(&words[0]).args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive").status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(not_ready(format!("`{}` ended with {status}", words.join(" ")))),
        Err(cause) => Err(not_ready(format!("`{}` could not be started: {cause}", words.join(" ")))),
    }
}

/// Elsewhere nothing is installed: go on where what is needed is there, or may be; else say what to install.
fn look_elsewhere(family: Family) -> Outcome<()> {
    let ready = match family {
        Family::MacOs | Family::Windows => true,
        _ => ask("pkg-config", &["--exists", "webkit2gtk-4.1"]).is_some(),
    };
    if ready {
        println!(
            "Nothing is installed on this system by itself. If something is missing below:\n{}\n",
            advice(family)
        );
        return Ok(());
    }
    Err(not_ready(format!("Partway's window needs WebKitGTK. Install this first:\n\n{}", advice(family))))
}
