//! Where things lie: the checkout, the target folder, and the test targets, as cargo itself tells them.

use crate::stop::{Outcome, not_passed};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout as `cargo metadata` describes it.
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where cargo builds, `CARGO_TARGET_DIR` and configuration taken into account.
    pub(crate) target: PathBuf,
    metadata: Value,
}

impl Workspace {
    /// Asks cargo; works offline and before any dependency is there.
    pub(crate) fn find() -> Outcome<Self> {
        // Set by cargo for what it runs; the fallback serves a binary that is started by hand.
        let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
        let answer = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(here)
            .output()
            .map_err(|cause| not_passed(format!("cargo could not be started: {cause}")))?;
        if !answer.status.success() {
            return Err(not_passed(format!(
                "cargo metadata: {}",
                String::from_utf8_lossy(&answer.stderr).trim()
            )));
        }
        let metadata: Value = serde_json::from_slice(&answer.stdout)
            .map_err(|cause| not_passed(format!("cargo metadata answered something else: {cause}")))?;
        let path = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .ok_or_else(|| not_passed(format!("cargo metadata tells no {key}")))
        };
        Ok(Self { root: path("workspace_root")?, target: path("target_directory")?, metadata })
    }

    /// The UI's folder.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// The Python environment that the tests use.
    pub(crate) fn venv(&self) -> PathBuf {
        self.target.join("venv")
    }

    /// The version of all that is built here.
    pub(crate) fn version(&self) -> Option<String> {
        let packages = self.metadata["packages"].as_array()?;
        packages.iter().find(|package| package["name"] == "partway")?["version"].as_str().map(str::to_owned)
    }

    /// Names of the integration-test targets of the package `name`.
    pub(crate) fn tests_of(&self, name: &str) -> Vec<String> {
        test_targets(&self.metadata, |package| package == name)
    }

    /// Names of the integration-test targets of all packages but those named.
    pub(crate) fn tests_without(&self, names: &[&str]) -> Vec<String> {
        test_targets(&self.metadata, |package| !names.contains(&package))
    }

    /// Shortens a path below the checkout, for people.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

/// The cargo that runs us, so that a chosen toolchain stays chosen.
pub(crate) fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

fn test_targets(metadata: &Value, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut names: Vec<String> = list(&metadata["packages"])
        .iter()
        .filter(|package| package["name"].as_str().is_some_and(&wanted))
        .flat_map(|package| list(&package["targets"]))
        .filter(|target| list(&target["kind"]).iter().any(|kind| kind == "test"))
        .filter_map(|target| target["name"].as_str().map(str::to_owned))
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_targets_are_told_apart_by_package() {
        let metadata = serde_json::json!({"packages": [
            {"name": "partway-engine", "targets": [
                {"name": "partway_engine", "kind": ["lib"]}, {"name": "engine", "kind": ["test"]}]},
            {"name": "partway-journeys", "targets": [
                {"name": "headless", "kind": ["test"]}, {"name": "desktop", "kind": ["test"]}]},
        ]});
        assert_eq!(test_targets(&metadata, |name| name == "partway-journeys"), ["desktop", "headless"]);
        assert_eq!(test_targets(&metadata, |name| name != "partway-journeys"), ["engine"]);
    }
}
