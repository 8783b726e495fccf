//! The .deb, by Debian's own tools: dpkg-shlibdeps finds what the programs need, dpkg-deb packs.

use super::release::Release;
use super::tree::{self, LIMIT};
use super::{depends, folder};
use crate::binaries::Profile;
use crate::leash;
use crate::machine::ask;
use crate::stop::{Outcome, at, not_passed, not_ready};
use crate::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Packs the programs of `profile` that lie in the target folder.
pub(crate) fn make(workspace: &Workspace, profile: Profile) -> Outcome<PathBuf> {
    let architecture = ask("dpkg", &["--print-architecture"])
        .ok_or_else(|| not_ready("There is no dpkg here, and so no .deb can be made."))?;
    let release = Release::find(workspace)?;
    let place = folder(workspace);
    let root = place.join("deb");
    let programs = tree::lay_out(workspace, profile, &release, &root)?;
    let control = control(&Fields {
        version: &release.debian(),
        architecture: &architecture,
        maintainer: &release.maintainer,
        installed_kib: kib_below(&root)?,
        depends: &depends::depends(&programs, &place.join("depends"))?,
    });
    let sums = sums(&root)?;
    modes(&root)?;
    let debian = root.join("DEBIAN");
    fs::create_dir(&debian).map_err(at(&debian))?;
    fs::write(debian.join("control"), control).map_err(at(&debian))?;
    fs::write(debian.join("md5sums"), sums).map_err(at(&debian))?;
    let made = place.join(format!("partway_{}_{architecture}.deb", release.debian()));
    let mut pack = Command::new("dpkg-deb");
    // Debug binaries are only packed to be tried: there the time counts, not the size.
    let level = if profile == Profile::Dev { "-z1" } else { "-z6" };
    pack.args(["--root-owner-group", "-Zxz", level, "--build"]).arg(&root).arg(&made);
    pack.env("SOURCE_DATE_EPOCH", release.moment.to_string());
    leash::succeed(&pack, Some(LIMIT))?;
    Ok(made)
}

struct Fields<'a> {
    version: &'a str,
    architecture: &'a str,
    maintainer: &'a str,
    installed_kib: u64,
    depends: &'a str,
}

/// The text of `DEBIAN/control` (deb-control(5)).
fn control(fields: &Fields<'_>) -> String {
    format!(
        "Package: partway\nVersion: {}\nArchitecture: {}\nMaintainer: {}\nInstalled-Size: {}\nDepends: {}\nRecommends: {}\n\
         Section: net\nPriority: optional\nDescription: upload manager for files that are too big to lose\n \
         Files and folders are dropped on the window. Partway sends them in parts to\n \
         a media platform (AutoRender, Gjirafa, Record360) or an S3-compatible store,\n \
         and whatever happens in between, it goes on from part way: after a crash, a\n \
         lost network or an expired link.\n .\n \
         The package holds the app, partwayctl for terminals and scripts, and the\n \
         server on this computer behind its Practice destination.\n",
        fields.version,
        fields.architecture,
        fields.maintainer,
        fields.installed_kib,
        fields.depends,
        depends::RECOMMENDS.join(", "),
    )
}

/// Every file below `root`, in order.
fn files(root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(at(&folder))? {
            let path = entry.map_err(at(&folder))?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// As dpkg counts: each file rounded up to 1 KiB, and 1 KiB for each that is none (deb-substvars(5)).
fn kib_below(root: &Path) -> Outcome<u64> {
    files(root)?
        .iter()
        .try_fold(0, |sum, file| Ok(sum + fs::metadata(file).map_err(at(file))?.len().div_ceil(1024)))
}

/// What `DEBIAN/md5sums` says (deb-md5sums(5)).
fn sums(root: &Path) -> Outcome<String> {
    let names: Vec<PathBuf> =
        files(root)?.iter().map(|file| file.strip_prefix(root).unwrap_or(file).to_path_buf()).collect();
    let answer = Command::new("md5sum").args(&names).current_dir(root).output().map_err(at(root))?;
    if !answer.status.success() {
        return Err(not_passed(format!("md5sum: {}", String::from_utf8_lossy(&answer.stderr).trim())));
    }
    Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
}

/// Whatever this machine gives new files: everybody reads, nobody but root writes, programs run.
fn modes(root: &Path) -> Outcome<()> {
    let mut chmod = Command::new("chmod");
    chmod.args(["-R", "u=rwX,go=rX"]).arg(root);
    leash::succeed(&chmod, Some(LIMIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_control_file_is_a_field_or_goes_on_with_one() {
        let text = control(&Fields {
            version: "0.1.0-1",
            architecture: "amd64",
            maintainer: "A <a@example.org>",
            installed_kib: 12,
            depends: "libc6",
        });
        for line in text.lines() {
            assert!(line.len() <= 300 && !line.trim().is_empty(), "{line}");
            let field = line.split_once(": ").is_some_and(|(name, _)| !name.contains(' '));
            assert!(field || line.starts_with(' '), "{line}");
        }
        assert!(text.contains("\nInstalled-Size: 12\nDepends: libc6\nRecommends: "));
    }

    #[test]
    fn sizes_are_rounded_up_for_each_file() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("a")).unwrap();
        fs::write(place.path().join("a/one"), [0; 1025]).unwrap();
        fs::write(place.path().join("two"), [0; 1]).unwrap();
        assert_eq!(kib_below(place.path()), Ok(3));
        let sums = sums(place.path()).unwrap();
        assert_eq!(sums.lines().map(|line| &line[32..]).collect::<Vec<_>>(), ["  a/one", "  two"]);
    }
}
