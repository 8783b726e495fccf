//! What a package says of itself: version, moment, who made it.

use crate::machine::ask;
use crate::stop::{Outcome, at, not_passed};
use crate::workspace::Workspace;
use std::time::UNIX_EPOCH;

/// The Debian revision: the first packing of this version.
const REVISION: &str = "1";
/// Named by no one who packs for others; the domain is reserved for such (RFC 2606).
const NOBODY: (&str, &str) = ("The Partway contributors", "partway@partway.invalid");

/// One release.
pub(crate) struct Release {
    /// As in Cargo.toml.
    pub(crate) version: String,
    /// Seconds since 1970: the same sources make the same package.
    pub(crate) moment: u64,
    /// Name and address, as Debian's tools take them.
    pub(crate) maintainer: String,
}

impl Release {
    /// Of this checkout. Who packs for others says who he is as with Debian's own tools: DEBFULLNAME and DEBEMAIL.
    pub(crate) fn find(workspace: &Workspace) -> Outcome<Self> {
        let version = workspace.version().ok_or_else(|| not_passed("cargo metadata tells no version"))?;
        let said = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let name = said("DEBFULLNAME").unwrap_or_else(|| NOBODY.0.to_owned());
        let address = said("DEBEMAIL").unwrap_or_else(|| NOBODY.1.to_owned());
        Ok(Self { version, moment: moment(workspace)?, maintainer: format!("{name} <{address}>") })
    }

    /// The version as dpkg compares it: `1.0.0-rc.1` is older than `1.0.0`.
    pub(crate) fn debian(&self) -> String {
        debian_version(&self.version)
    }

    /// The moment as `date` writes it in `format`, in UTC.
    pub(crate) fn date(&self, format: &str) -> Outcome<String> {
        let moment = format!("@{}", self.moment);
        ask("date", &["--utc", "--date", &moment, format]).ok_or_else(|| not_passed("`date` gave no date"))
    }
}

/// SOURCE_DATE_EPOCH (reproducible-builds.org), else the last commit's time, else, where there is no git, the changelog's.
fn moment(workspace: &Workspace) -> Outcome<u64> {
    let root = workspace.root.to_string_lossy();
    let said = std::env::var("SOURCE_DATE_EPOCH").ok();
    let Some(said) = said.or_else(|| ask("git", &["-C", &root, "log", "-1", "--format=%ct"])) else {
        let changes = workspace.root.join("CHANGELOG.md");
        let changed = std::fs::metadata(&changes).and_then(|meta| meta.modified()).map_err(at(&changes))?;
        return Ok(changed.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()));
    };
    said.parse().map_err(|_| not_passed(format!("SOURCE_DATE_EPOCH is no number of seconds: {said}")))
}

/// `~` sorts before everything, the end included (deb-version(7)).
fn debian_version(version: &str) -> String {
    format!("{}-{REVISION}", version.replacen('-', "~", 1))
}

#[cfg(test)]
mod tests {
    use super::debian_version;

    #[test]
    fn a_candidate_is_older_than_what_it_becomes() {
        assert_eq!(debian_version("0.1.0"), "0.1.0-1");
        assert_eq!(debian_version("1.0.0-rc.1"), "1.0.0~rc.1-1");
    }
}
