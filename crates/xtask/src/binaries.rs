//! The three programs that Partway consists of, and how they are compiled.

use crate::leash;
use crate::stop::Outcome;
use crate::workspace::{Workspace, cargo};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The programs, as they lie in the target folder; those without a window first, for what is wrong there shows early.
pub(crate) const PROGRAMS: [&str; 3] = ["partwayctl", "partway-sandbox", "partway"];

/// All packages but this one, which runs and so cannot be replaced everywhere. Always the same selection: cargo joins
/// the features of what is selected, and another selection would compile half of the dependencies once more.
pub(crate) const PACKAGES: [&str; 3] = ["--workspace", "--exclude", "partway-xtask"];

/// How fast to compile, or how fast the result shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Compiles in half the time.
    Dev,
    /// What people get.
    Release,
}

/// The folder in which cargo leaves programs of this profile.
pub(crate) fn folder(workspace: &Workspace, profile: Profile) -> PathBuf {
    workspace.target.join(match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    })
}

/// The path of the program `name`.
pub(crate) fn program(workspace: &Workspace, profile: Profile, name: &str) -> PathBuf {
    folder(workspace, profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Compiles all three programs, the two without a window first. The UI must have been built.
pub(crate) fn compile(workspace: &Workspace, profile: Profile) -> Outcome<()> {
    for name in PROGRAMS {
        let mut command = Command::new(cargo());
        command.arg("build").args(PACKAGES).args(["--bin", name]).current_dir(&workspace.root);
        if profile == Profile::Release {
            command.arg("--release");
            if let Some(home) = cargo_home(|name| std::env::var_os(name)) {
                command.arg("--config").arg(without_home(&home));
            }
        }
        leash::succeed(&command, None)?;
    }
    Ok(())
}

/// Where cargo keeps the sources of other crates (The Cargo Book, "Cargo Home").
fn cargo_home(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let named = variable("CARGO_HOME").map(PathBuf::from);
    let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    named.or_else(|| Some(PathBuf::from(variable(home)?).join(".cargo"))).filter(|home| home.is_absolute())
}

/// cargo's setting by which programs do not name the home of whoever compiled them: they would tell it to everybody who has them, and no
/// two people would get the same. It is joined to what is configured, and yields to RUSTFLAGS. (`trim-paths` is not in stable cargo.)
fn without_home(home: &Path) -> String {
    let flag = format!("--remap-path-prefix={}=/cargo", home.display());
    format!("build.rustflags=[{}]", serde_json::Value::String(flag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_of_whoever_compiles_is_not_told() {
        assert_eq!(
            without_home(Path::new("/home/a b/.cargo")),
            r#"build.rustflags=["--remap-path-prefix=/home/a b/.cargo=/cargo"]"#
        );
        let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let folder = std::env::temp_dir();
        let only = |given: &'static str| {
            let folder = folder.clone();
            move |name: &str| (name == given).then(|| folder.clone().into_os_string())
        };
        assert_eq!(cargo_home(only("CARGO_HOME")), Some(folder.clone()));
        assert_eq!(cargo_home(only(home)), Some(folder.join(".cargo")));
        assert_eq!(cargo_home(only("ELSE")), None);
    }
}
