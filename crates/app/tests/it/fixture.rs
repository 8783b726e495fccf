//! Keeps the kinds in the window's fixture in sync with this crate, so that screenshots and browser tests
//! show the forms that users get.

use std::path::{Path, PathBuf};

/// Set to rewrite the file instead of comparing it.
const WRITE: &str = "PARTWAY_WRITE_KINDS";
/// Header that warns against editing.
const HEAD: &str = "\
// Generated from crates/app by `PARTWAY_WRITE_KINDS=1 cargo test -p partway-app fixture`. Not to be edited.

import type { KindView } from \"../../api\";

/** Kinds of destination as the providers describe them, for a window that has none. */
export const kinds: KindView[] = ";

/// Read at run time: two checkouts with a shared target folder share this binary, but each has its own file.
fn committed() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).join("../../ui/src/lib/backend/fixture/kinds.ts")
}

#[test]
fn the_fixtures_kinds_are_those_that_there_are() {
    let kinds = serde_json::to_string(&partway_app::built_in_kinds()).unwrap();
    // A line for each kind and each of its settings.
    let lines = kinds.replace("{\"kind\":", "\n  {\"kind\":").replace("{\"name\":", "\n    {\"name\":");
    let wanted = format!("{HEAD}{lines};\n");
    let file = committed();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&file, &wanted).unwrap();
    }
    // A checkout on Windows may contain CRLF.
    let found = std::fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
    assert!(
        found == wanted,
        "{} differs from what crates/app tells: run `{WRITE}=1 cargo test -p partway-app fixture` and commit what it writes",
        file.display()
    );
}
