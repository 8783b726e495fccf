//! Declares the window's commands to Tauri and sees to it that there is a page to bundle.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

/// Every command of the window. Commands that are not named here would be open to any page; those that are need `allow-NAME` in
/// `capabilities/main.json`.
const COMMANDS: &[&str] = &[
    "add_files",
    "add_folder",
    "call",
    "copy_text",
    "hide",
    "keep_screen",
    "kept_screen",
    "look",
    "move_watched",
    "notifications",
    "quit",
    "show_file",
    "start_at_login",
    "starts_at_login",
    "take_refused",
    "take_visit",
    "watch",
    "watch_folder",
];

/// What the page is made from, beside the sources in `ui/src`.
const UI_SOURCES: &[&str] = &["ui/src", "ui/index.html", "ui/package-lock.json", "ui/vite.config.ts"];

const DIST: &str = "ui/dist";

/// Shown by debug builds until the page is made. `generate_context!` needs one to compile at all.
const PLACEHOLDER: &str = "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Partway</title>\n\
    <body style=\"font: 15px system-ui; display: grid; place-items: center; height: 90vh\">\n\
    <p>The window's page is not built yet: run <code>cargo xtask build</code>, or <code>npm run build</code> in ui/.</p>\n";

#[expect(clippy::disallowed_methods, reason = "Cargo tells a build script everything in its environment")]
fn main() -> ExitCode {
    // Cargo takes a path that is not there for one that always changed.
    for path in UI_SOURCES.iter().chain([&DIST]).filter(|path| Path::new(path).exists()) {
        println!("cargo:rerun-if-changed={path}");
    }
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if let Err(sentence) = page(release) {
        eprintln!("{sentence}");
        return ExitCode::FAILURE;
    }
    let attributes =
        tauri_build::Attributes::new().app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        eprintln!("{error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// A release without its page, or with that of yesterday, would open blank or old: it is not built at all.
fn page(release: bool) -> Result<(), String> {
    let index = Path::new(DIST).join("index.html");
    let built = fs::metadata(&index).and_then(|meta| meta.modified());
    match built {
        Err(_) if release => {
            Err("There is no page in ui/dist to put into the release. Run `cargo xtask build`, which makes both.".into())
        }
        Err(_) => fs::create_dir_all(DIST)
            .and_then(|()| fs::write(&index, PLACEHOLDER))
            .map_err(|why| format!("ui/dist/index.html could not be written: {why}")),
        Ok(built) if release && newest(UI_SOURCES).is_some_and(|source| source > built) => Err(
            "The page in ui/dist is older than its sources in ui/. Run `cargo xtask build`, which makes both.".into(),
        ),
        Ok(_) => Ok(()),
    }
}

fn newest(paths: &[&str]) -> Option<SystemTime> {
    paths.iter().filter_map(|path| newest_under(Path::new(path)).ok().flatten()).max()
}

fn newest_under(path: &Path) -> io::Result<Option<SystemTime>> {
    let meta = fs::metadata(path)?;
    if !meta.is_dir() {
        return meta.modified().map(Some);
    }
    let mut newest = None;
    for entry in fs::read_dir(path)? {
        newest = newest.max(newest_under(&entry?.path())?);
    }
    Ok(newest)
}
