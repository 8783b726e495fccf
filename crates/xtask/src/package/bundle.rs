//! The other kinds of package, by Tauri's bundler: it packs what `tauri.conf.json` says, and the programs beside the app.

use super::{Kind, folder, release::Release, tree};
use crate::binaries::{self, PROGRAMS, Profile};
use crate::leash;
use crate::machine::ask;
use crate::requirements::NPM;
use crate::stamp::Stamp;
use crate::stop::{Outcome, at, not_passed};
use crate::workspace::Workspace;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Bundlers fetch tools of their own the first time.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// Where software centres look for what it is.
const METAINFO: &str = "/usr/share/metainfo/app.partway.partway.metainfo.xml";

/// Packs the programs of `profile` that lie in the target folder.
pub(crate) fn bundle(workspace: &Workspace, profile: Profile, kind: Kind) -> Outcome<Vec<PathBuf>> {
    let tools = workspace.root.join("packaging");
    install(&tools)?;
    let place = folder(workspace);
    let programs = beside(workspace, profile, &place.join("beside"))?;
    let files = place.join("rpm");
    if kind == Kind::Rpm {
        tree::lay_out(workspace, profile, &Release::find(workspace)?, &files)?;
    }
    let config = place.join("bundle.json");
    fs::write(&config, additions(&workspace.root, kind, &programs, &files).to_string())
        .map_err(at(&config))?;
    let mut tauri = Command::new("node");
    tauri.arg(tools.join("node_modules/@tauri-apps/cli/tauri.js")).args(["bundle", "--bundles", name(kind)]);
    // Nothing in the app asks which bundle it came from, and what cargo built is left as it is.
    tauri.arg("--no-binary-patching").arg("--config").arg(&config).current_dir(&workspace.root);
    if profile == Profile::Dev {
        tauri.arg("--debug");
    }
    leash::succeed(&tauri, Some(LIMIT))?;
    let made = binaries::folder(workspace, profile).join("bundle").join(subfolder(kind));
    let names = fs::read_dir(&made).map_err(at(&made))?;
    Ok(names.flatten().map(|entry| entry.path()).collect())
}

/// What is added to `tauri.conf.json` for packing alone: `tauri-build` would want these files whenever the app is compiled.
fn additions(root: &Path, kind: Kind, programs: &[PathBuf], files: &Path) -> Value {
    let share = |place: &str| files.join("usr/share").join(place);
    let mut added = json!({ "bundle": { "externalBin": programs, "linux": { "rpm": { "files": {
        "/usr/share/man/man1": share("man/man1"),
        "/usr/share/bash-completion/completions/partwayctl": share("bash-completion/completions/partwayctl"),
        "/usr/share/zsh/site-functions/_partwayctl": share("zsh/vendor-completions/_partwayctl"),
        "/usr/share/fish/vendor_completions.d/partwayctl.fish": share("fish/vendor_completions.d/partwayctl.fish"),
        METAINFO: files.join(&METAINFO[1..]),
        "/usr/share/icons/hicolor/scalable/apps/partway.svg": share("icons/hicolor/scalable/apps/partway.svg"),
        "/usr/share/licenses/partway/LICENSE-APACHE": root.join("LICENSE-APACHE"),
        "/usr/share/licenses/partway/LICENSE-MIT": root.join("LICENSE-MIT"),
    } } } } });
    if matches!(kind, Kind::Rpm | Kind::Appimage) {
        // The entry is named after it, and must be named as the window's class is and as AppStream calls it.
        added["productName"] = json!("partway");
    }
    added
}

/// Tauri's command line. Its package names the program of each system by exact version, so the one line in `package.json` is the
/// lock; a written one holds only the systems that the registry knew of where it was written.
fn install(tools: &Path) -> Outcome<()> {
    let stamp = Stamp::read(&tools.join("node_modules"), &[tools.join("package.json")])?;
    if stamp.is_fresh() {
        return Ok(());
    }
    let mut npm = Command::new(NPM);
    npm.args(["install", "--no-package-lock", "--no-audit", "--no-fund"]).current_dir(tools);
    leash::succeed(&npm, Some(LIMIT))?;
    stamp.set()
}

/// Copies the programs beside the app to `to`, and names them as Tauri wants them told: it looks for that name with the target's
/// after it.
fn beside(workspace: &Workspace, profile: Profile, to: &Path) -> Outcome<Vec<PathBuf>> {
    let told = ask("rustc", &["-vV"]).unwrap_or_default();
    let target = told.lines().find_map(|line| line.strip_prefix("host: "));
    let target = target.ok_or_else(|| not_passed("rustc does not tell which target it builds for"))?;
    fs::create_dir_all(to).map_err(at(to))?;
    let mut named = Vec::new();
    for name in PROGRAMS.iter().filter(|name| **name != "partway") {
        let from = binaries::program(workspace, profile, name);
        let file = format!("{name}-{target}{}", std::env::consts::EXE_SUFFIX);
        fs::copy(&from, to.join(file)).map_err(at(&from))?;
        named.push(to.join(name));
    }
    Ok(named)
}

const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Deb => "deb",
        Kind::Rpm => "rpm",
        Kind::Appimage => "appimage",
        Kind::Nsis => "nsis",
        Kind::Msi => "msi",
        Kind::App => "app",
        Kind::Dmg => "dmg",
    }
}

/// The folder of its own that the bundler puts a kind into.
const fn subfolder(kind: Kind) -> &'static str {
    match kind {
        Kind::App => "macos",
        other => name(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_has_the_name_by_which_appstream_and_the_window_know_it() {
        let metainfo = include_str!("../../../../packaging/linux/app.partway.partway.metainfo.xml");
        let entry = include_str!("../../../../packaging/linux/partway.desktop");
        for kind in [Kind::Rpm, Kind::Appimage] {
            let added = additions(Path::new("/p"), kind, &[], Path::new("/f"));
            let name = added["productName"].as_str().unwrap();
            assert!(metainfo.contains(&format!("<launchable type=\"desktop-id\">{name}.desktop<")));
            assert!(entry.contains(&format!("StartupWMClass={name}\n")));
        }
        let added = additions(Path::new("/p"), Kind::Dmg, &[], Path::new("/f"));
        assert!(added.get("productName").is_none(), "elsewhere people see this name");
    }

    /// The bundler would want the tray's library on Linux, where nothing uses it.
    #[test]
    fn the_tray_of_other_systems_stands_where_the_bundler_does_not_read_it() {
        let manifest = include_str!("../../../../Cargo.toml");
        let lines: Vec<_> = manifest.lines().filter(|line| line.contains("tray-icon")).collect();
        assert!(matches!(lines[..], [line] if line.starts_with("dependencies = { ")), "{lines:?}");
    }
}
