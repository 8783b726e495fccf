//! The files of a Linux package, laid out as on the system that it is installed on.

use super::release::Release;
use crate::binaries::{self, PROGRAMS, Profile};
use crate::leash;
use crate::stop::{Outcome, at, not_passed};
use crate::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Stripping and packing take seconds.
pub(crate) const LIMIT: Duration = Duration::from_secs(10 * 60);
/// The command line's program, which writes its own pages and completions.
const CTL: &str = "partwayctl";

/// The hicolor theme's sizes that we draw (Icon Theme Specification), and the file of each in `icons/`.
const ICONS: [(&str, &str); 9] = [
    ("16x16", "16x16.png"),
    ("22x22", "22x22.png"),
    ("24x24", "24x24.png"),
    ("32x32", "32x32.png"),
    ("48x48", "48x48.png"),
    ("64x64", "64x64.png"),
    ("128x128", "128x128.png"),
    ("256x256", "128x128@2x.png"),
    ("512x512", "icon.png"),
];

/// The folder's name in `usr/share` and where a shell's completions of packages lie (Debian's and the shells' own manuals).
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "bash-completion/completions/partwayctl"),
    ("zsh", "zsh/vendor-completions/_partwayctl"),
    ("fish", "fish/vendor_completions.d/partwayctl.fish"),
];

/// Lays everything out below `root`, which is made anew, and names the programs in it.
pub(crate) fn lay_out(
    workspace: &Workspace,
    profile: Profile,
    release: &Release,
    root: &Path,
) -> Outcome<Vec<PathBuf>> {
    if root.exists() {
        fs::remove_dir_all(root).map_err(at(root))?;
    }
    let programs = programs(workspace, profile, root)?;
    let share = root.join("usr/share");
    let linux = workspace.root.join("packaging/linux");
    copy(&linux.join("partway.desktop"), &share.join("applications/partway.desktop"))?;
    let metainfo = "app.partway.partway.metainfo.xml";
    write(&share.join("metainfo").join(metainfo), &filled(&linux.join(metainfo), release)?)?;
    icons(&workspace.root.join("icons"), &share.join("icons/hicolor"))?;
    pages(&linux, &binaries::program(workspace, profile, CTL), release, &share.join("man/man1"))?;
    for (shell, place) in COMPLETIONS {
        let text = generated(&binaries::program(workspace, profile, CTL), &["completions", shell])?;
        write(&share.join(place), &text)?;
    }
    documents(workspace, release, &share.join("doc/partway"))?;
    Ok(programs)
}

fn programs(workspace: &Workspace, profile: Profile, root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut programs = Vec::new();
    for name in PROGRAMS {
        let to = root.join("usr/bin").join(name);
        copy(&binaries::program(workspace, profile, name), &to)?;
        let mut strip = Command::new("strip");
        strip.args(["--strip-unneeded", "--remove-section=.comment", "--remove-section=.note"]).arg(&to);
        leash::succeed(&strip, Some(LIMIT))?;
        programs.push(to);
    }
    Ok(programs)
}

fn icons(from: &Path, to: &Path) -> Outcome<()> {
    for (size, file) in ICONS {
        copy(&from.join(file), &to.join(size).join("apps/partway.png"))?;
    }
    copy(&from.join("icon.svg"), &to.join("scalable/apps/partway.svg"))
}

/// partwayctl's pages come from its own words, the two others are written by hand.
fn pages(linux: &Path, ctl: &Path, release: &Release, to: &Path) -> Outcome<()> {
    fs::create_dir_all(to).map_err(at(to))?;
    generated(ctl, &["man", &to.to_string_lossy()])?;
    for name in ["partway.1", "partway-sandbox.1"] {
        write(&to.join(name), &filled(&linux.join(name), release)?)?;
    }
    for page in fs::read_dir(to).map_err(at(to))? {
        compress(&page.map_err(at(to))?.path())?;
    }
    Ok(())
}

fn documents(workspace: &Workspace, release: &Release, to: &Path) -> Outcome<()> {
    let mit = workspace.root.join("LICENSE-MIT");
    let mit = fs::read_to_string(&mit).map_err(at(&mit))?;
    let copyright = filled(&workspace.root.join("packaging/linux/copyright"), release)?;
    write(&to.join("copyright"), &copyright.replace("@MIT@", &license_paragraphs(&mit)))?;
    let changes = to.join("changelog");
    copy(&workspace.root.join("CHANGELOG.md"), &changes)?;
    compress(&changes)?;
    let changes = to.join("changelog.Debian");
    write(&changes, &debian_changelog(release)?)?;
    compress(&changes)
}

/// One entry: what changed in the program stands in its own changelog.
fn debian_changelog(release: &Release) -> Outcome<String> {
    Ok(format!(
        "partway ({}) unstable; urgency=medium\n\n  * Version {}; changelog.gz beside this tells what is new.\n\n -- {}  {}\n",
        release.debian(),
        release.version,
        release.maintainer,
        release.date("+%a, %d %b %Y %H:%M:%S %z")?
    ))
}

/// A licence's text as a field of many lines holds it: its own heading and copyright line stand elsewhere in the file, each line
/// begins with a space, and a dot stands for an empty one.
fn license_paragraphs(text: &str) -> String {
    let body = text.find("Permission is hereby").map_or(text, |start| &text[start..]);
    let lines = body
        .trim_end()
        .lines()
        .map(|line| if line.is_empty() { " .".to_owned() } else { format!(" {line}") });
    lines.collect::<Vec<_>>().join("\n")
}

/// The text of `file` with version and date filled in.
fn filled(file: &Path, release: &Release) -> Outcome<String> {
    let text = fs::read_to_string(file).map_err(at(file))?;
    Ok(text.replace("@VERSION@", &release.version).replace("@DATE@", &release.date("+%Y-%m-%d")?))
}

/// What `partwayctl generate` prints.
fn generated(ctl: &Path, words: &[&str]) -> Outcome<String> {
    let answer = Command::new(ctl).arg("generate").args(words).output().map_err(at(ctl))?;
    if answer.status.success() {
        return Ok(String::from_utf8_lossy(&answer.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&answer.stderr).trim().to_owned();
    Err(not_passed(format!("partwayctl generate {}: {said}", words.join(" "))))
}

/// As Debian wants its pages: the best compression, and nothing in it that differs from one run to the next.
fn compress(file: &Path) -> Outcome<()> {
    let mut gzip = Command::new("gzip");
    gzip.args(["-9", "--no-name", "--force"]).arg(file);
    leash::succeed(&gzip, Some(LIMIT))
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    folder_of(to)?;
    fs::copy(from, to).map(drop).map_err(at(from))
}

fn write(to: &Path, text: &str) -> Outcome<()> {
    folder_of(to)?;
    fs::write(to, text).map_err(at(to))
}

fn folder_of(file: &Path) -> Outcome<()> {
    file.parent().map_or(Ok(()), |folder| fs::create_dir_all(folder).map_err(at(folder)))
}

#[cfg(test)]
mod tests {
    use super::license_paragraphs;

    #[test]
    fn a_licence_becomes_a_field_of_many_lines() {
        let text =
            "MIT License\n\nCopyright (c) somebody\n\nPermission is hereby granted\n\nwithout warranty\n";
        assert_eq!(license_paragraphs(text), " Permission is hereby granted\n .\n without warranty");
    }
}
