//! The steps of `cargo xtask test`, in their order: what is cheap and what others need comes first.

use super::Context;
use crate::binaries::{self, PACKAGES, Profile};
use crate::machine::{ask, is_root};
use crate::os::{self, Family};
use crate::packages::Purpose;
use crate::stop::Outcome;
use crate::workspace::cargo;
use crate::{cross, install, leash, package, ui, venv};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A cold compile takes 12 minutes on two slow cores, all journeys about as long; what takes this long hangs.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// The crate of journeys across the parts.
const JOURNEYS: &str = "partway-journeys";
/// Those of its test targets that open windows, and so need a Linux desktop's programs.
const DESKTOP: &str = "desktop";
/// The one that looks at a package.
const PACKAGE: &str = "package";
/// The one that uploads over emulated lines.
const LINES: &str = "lines";
/// The one that uploads from a drive that does not answer.
const DRIVES: &str = "drives";

/// One step.
pub(crate) struct Step {
    /// For `--only`.
    pub(crate) name: &'static str,
    /// For the heading and `--list`.
    pub(crate) about: &'static str,
    /// Does it.
    pub(crate) work: fn(&Context) -> Outcome<()>,
}

/// All steps.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "packages", about: "system packages for all tests", work: packages },
    Step { name: "fmt", about: "cargo fmt --check", work: fmt },
    Step { name: "xtask", about: "tests of cargo xtask itself", work: xtask },
    Step { name: "npm", about: "npm packages, exactly as locked", work: npm },
    Step { name: "ui-format", about: "prettier", work: |context| ui_script(context, "format:check") },
    Step { name: "ui-lint", about: "eslint and stylelint", work: |context| ui_script(context, "lint") },
    Step {
        name: "ui-check",
        about: "svelte-check and TypeScript",
        work: |context| ui_script(context, "check"),
    },
    Step { name: "ui-test", about: "the UI's own tests", work: |context| ui_script(context, "test") },
    Step {
        name: "ui-build",
        about: "the UI that the app bundles",
        work: |context| ui_script(context, "build"),
    },
    Step { name: "ui-e2e", about: "the UI in a real browser", work: |context| ui_script(context, "e2e") },
    Step { name: "venv", about: "Python tools of the tests, in target/venv", work: python },
    Step { name: "clippy", about: "cargo clippy, warnings as errors", work: clippy },
    Step { name: "doc", about: "cargo doc, warnings as errors", work: doc },
    Step { name: "compile", about: "all programs and all tests", work: compile },
    Step { name: "crates", about: "tests of each crate", work: crates },
    Step { name: "doctest", about: "examples in the documentation", work: doctest },
    Step { name: "journeys", about: "journeys across the parts, without a window", work: journeys },
    Step { name: "lines", about: "uploads over slow and breaking lines, emulated", work: lines },
    Step { name: "drives", about: "uploads from a drive that does not answer", work: drives },
    Step { name: "desktop", about: "journeys through the real window", work: desktop },
    Step { name: "package", about: "the .deb, installed on a clean system", work: pack },
    Step {
        name: "cross",
        about: "everything compiled for Windows, and some of its tests under Wine",
        work: others,
    },
];

/// The names for `--only`.
pub(crate) fn names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

fn packages(context: &Context) -> Outcome<()> {
    install::install(Purpose::Tests, context.yes)
}

fn fmt(context: &Context) -> Outcome<()> {
    run_cargo(context, &["fmt", "--all", "--check"])
}

/// Selected alone it uses what compiling `cargo xtask` has left.
fn xtask(context: &Context) -> Outcome<()> {
    run_cargo(context, &["test", "--package", "partway-xtask"])
}

fn npm(context: &Context) -> Outcome<()> {
    ui::install(&context.workspace)
}

fn ui_script(context: &Context, name: &str) -> Outcome<()> {
    if ui::has_script(&context.workspace, name)? {
        return ui::script(&context.workspace, name);
    }
    println!("ui/package.json has no script {name}");
    Ok(())
}

fn python(context: &Context) -> Outcome<()> {
    venv::make(&context.workspace)
}

fn clippy(context: &Context) -> Outcome<()> {
    run_cargo(context, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
}

fn doc(context: &Context) -> Outcome<()> {
    let mut command = prepared(context, "doc");
    command.args(PACKAGES).arg("--no-deps").env("RUSTDOCFLAGS", "-D warnings");
    leash::succeed(&command, Some(LIMIT))
}

/// Programs and tests in one go. With `--tests` cargo joins the same features as `cargo test` does, so that Tauri and
/// tokio are compiled once; `--bins` alone would compile them a second time.
fn compile(context: &Context) -> Outcome<()> {
    let mut command = prepared(context, "build");
    command.args(PACKAGES).args(["--bins", "--tests"]);
    leash::succeed(&command, Some(LIMIT))
}

fn crates(context: &Context) -> Outcome<()> {
    let mut command = tests(context, &context.workspace.tests_without(&[JOURNEYS, "partway-xtask"]));
    command.args(["--lib", "--bins"]);
    leash::succeed(&command, Some(LIMIT))
}

fn doctest(context: &Context) -> Outcome<()> {
    let mut command = tests(context, &[]);
    command.arg("--doc");
    leash::succeed(&command, Some(LIMIT))
}

fn journeys(context: &Context) -> Outcome<()> {
    let mut targets = context.workspace.tests_of(JOURNEYS);
    targets.retain(|target| ![DESKTOP, PACKAGE, LINES, DRIVES].contains(&target.as_str()));
    run_tests(context, &targets)
}

/// Lines are made of network namespaces and TUN devices, which only root may have, and not everywhere.
fn lines(context: &Context) -> Outcome<()> {
    let why = if !cfg!(target_os = "linux") {
        "emulated lines, which are made on Linux only."
    } else if !is_root() {
        "emulated lines. Only root may make them: run this step as root."
    } else if !Path::new("/dev/net/tun").exists() || ask("unshare", &["--net", "ip", "tuntap"]).is_none() {
        "emulated lines. This machine gives root no network namespace, no /dev/net/tun or no `ip`."
    } else {
        return run_tests(context, &[LINES.to_owned()]);
    };
    context.leave_out(why);
    Ok(())
}

/// A drive that does not answer is a file system of the test's own, which only root may mount, and not everywhere.
fn drives(context: &Context) -> Outcome<()> {
    let why = if !cfg!(target_os = "linux") {
        "drives that do not answer, which are made on Linux only."
    } else if !is_root() {
        "drives that do not answer. Only root may mount them: run this step as root."
    } else if !Path::new("/dev/fuse").exists() || ask("unshare", &["--mount", "true"]).is_none() {
        "drives that do not answer. This machine gives root no /dev/fuse or no namespace for mounts."
    } else {
        return run_tests(context, &[DRIVES.to_owned()]);
    };
    context.leave_out(why);
    Ok(())
}

fn desktop(context: &Context) -> Outcome<()> {
    if !cfg!(target_os = "linux") {
        context.leave_out("the real window, which is driven on Linux only.");
        return Ok(());
    }
    let mut targets = context.workspace.tests_of(JOURNEYS);
    targets.retain(|target| target == DESKTOP);
    run_tests(context, &targets)
}

/// Packs what was compiled for the other tests. Where no clean system can be had, all but installing it is tried, and that is said.
fn pack(context: &Context) -> Outcome<()> {
    if os::this() != Family::Debian {
        context.leave_out("the .deb, which is made and tried on Debian and its relatives only.");
        return Ok(());
    }
    let deb = package::deb(&context.workspace, Profile::Dev)?;
    let mut command = tests(context, &[PACKAGE.to_owned()]);
    command.env("PARTWAY_DEB", deb);
    match package::clean::system(&context.workspace)? {
        Ok(root) => {
            command.env("PARTWAY_CLEAN_SYSTEM", root);
        }
        Err(absent) => {
            context.leave_out(&format!("installing the package on a clean system. {}", absent.sentence()));
            command.args(["--", "--skip", "installed::"]);
        }
    }
    leash::succeed(&command, Some(LIMIT))
}

/// Another system, as far as there is time for it on every run.
fn others(context: &Context) -> Outcome<()> {
    if os::this() != Family::Debian {
        context.leave_out("Windows and macOS, which are compiled for on Debian and its relatives only.");
        return Ok(());
    }
    match cross::quick(&context.workspace)? {
        None => context.leave_out("most of the tests under Wine, and macOS. `cargo xtask cross` tries them."),
        Some(absent) => context.leave_out(&format!("Windows and macOS. {}", absent.sentence())),
    }
    Ok(())
}

fn run_tests(context: &Context, targets: &[String]) -> Outcome<()> {
    if targets.is_empty() {
        println!("there are none");
        return Ok(());
    }
    leash::succeed(&tests(context, targets), Some(LIMIT))
}

/// `cargo test` over the one selection of packages, with those integration tests. Plain `cargo test`, because a bare
/// machine has no other runner; told where the programs and the Python tools lie.
fn tests(context: &Context, targets: &[String]) -> Command {
    let mut command = prepared(context, "test");
    command.args(PACKAGES).arg("--no-fail-fast");
    for target in targets {
        command.args(["--test", target]);
    }
    command
        .env("PARTWAY_BIN_DIR", binaries::folder(&context.workspace, Profile::Dev))
        .env("PARTWAY_VENV", context.workspace.venv());
    command
}

fn run_cargo(context: &Context, arguments: &[&str]) -> Outcome<()> {
    let mut command = prepared(context, arguments[0]);
    command.args(&arguments[1..]);
    leash::succeed(&command, Some(LIMIT))
}

fn prepared(context: &Context, subcommand: &str) -> Command {
    let mut command = Command::new(cargo());
    command.arg(subcommand).current_dir(&context.workspace.root);
    command
}

#[cfg(test)]
mod tests {
    use super::STEPS;

    #[test]
    fn every_step_has_a_name_of_its_own() {
        let mut names = super::names();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }

    #[test]
    fn what_the_shell_bundles_is_built_before_it_is_compiled() {
        let place = |name| STEPS.iter().position(|step| step.name == name).unwrap();
        assert!(place("ui-build") < place("clippy"));
        assert!(["journeys", "lines", "drives"].iter().all(|step| place("compile") < place(step)));
        assert!(place("venv") < place("crates"));
        assert!(place("desktop") < place("package"), "the package is made from binaries that were tried");
    }
}
