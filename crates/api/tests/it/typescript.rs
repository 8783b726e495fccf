//! The window's types in `ui/src/lib/api/` are generated from this crate, and this test holds them to it.
//!
//! The derive's own `#[ts(export)]` is not used: it writes into the source tree on every `cargo test`, which would repair a drift unseen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use partway_api::{ApiError, Command, Done, Look, NotificationsView, Tick, Visit};
use ts_rs::{Config, ExportError, TS};

/// Set to write the files anew instead of comparing them.
const WRITE: &str = "PARTWAY_WRITE_TYPES";
/// Printed above every generated file, so that nobody edits one.
const HEAD: &str =
    "// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.\n";

/// The files as they ought to be, by name.
fn generated() -> Result<BTreeMap<String, String>, ExportError> {
    let dir = tempfile::tempdir().map_err(ExportError::Io)?;
    let config = Config::new().with_out_dir(dir.path());
    // Everything else hangs on these.
    Command::export_all(&config)?;
    Done::export_all(&config)?;
    Look::export_all(&config)?;
    Tick::export_all(&config)?;
    ApiError::export_all(&config)?;
    NotificationsView::export_all(&config)?;
    Visit::export_all(&config)?;
    let mut files = read(dir.path()).map_err(ExportError::Io)?;
    for text in files.values_mut() {
        let body = text.split_once('\n').map_or("", |(_their_head, body)| body);
        *text = format!("{HEAD}{body}");
    }
    let index = files
        .keys()
        .filter_map(|name| name.strip_suffix(".ts"))
        .map(|name| format!("export type {{ {name} }} from \"./{name}\";\n"))
        .collect::<String>();
    files.insert("index.ts".to_owned(), format!("{HEAD}\n{index}"));
    Ok(files)
}

/// The TypeScript files of a folder, by name.
fn read(dir: &Path) -> std::io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "ts")
            && let Some(name) = path.file_name().and_then(|n| n.to_str())
        {
            // A checkout on Windows may carry CRLF.
            files.insert(name.to_owned(), std::fs::read_to_string(&path)?.replace("\r\n", "\n"));
        }
    }
    Ok(files)
}

/// Asked at run time: two checkouts that share a target folder share this binary, and each means its own files.
fn committed_dir() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).join("../../ui/src/lib/api")
}

#[test]
fn committed_types_are_the_generated_ones() {
    let wanted = generated().unwrap();
    let dir = committed_dir();
    if std::env::var_os(WRITE).is_some() {
        std::fs::create_dir_all(&dir).unwrap();
        for name in read(&dir).unwrap().keys().filter(|name| !wanted.contains_key(*name)) {
            std::fs::remove_file(dir.join(name)).unwrap();
        }
        for (name, text) in &wanted {
            std::fs::write(dir.join(name), text).unwrap();
        }
    }
    let found = read(&dir).unwrap();
    let differ: BTreeSet<&String> =
        wanted.keys().chain(found.keys()).filter(|name| wanted.get(*name) != found.get(*name)).collect();
    assert!(
        differ.is_empty(),
        "{differ:?} in ui/src/lib/api differ from crates/api: run `{WRITE}=1 cargo test -p partway-api` and commit what it writes"
    );
}
