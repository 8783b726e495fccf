//! What the page cannot do, whoever wrote it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Desk, Driven, bounded};

/// What the window manager and the graphics driver keep for themselves.
const OF_OTHERS: [&str; 2] = ["openbox", "mesa_shader_cache"];

#[tokio::test]
async fn the_page_has_no_rights_but_its_own() {
    bounded(2, async {
        let desk = Desk::set_up().await;
        let app = Driven::start(&desk, &[]).await;
        let home = app.address().await;

        for foreign in [
            "plugin:dialog|open",
            "plugin:opener|open_path",
            "plugin:fs|read_file",
            "plugin:window|create",
            "plugin:event|emit",
        ] {
            let said = app.outcome(&format!("window.__TAURI_INTERNALS__.invoke({foreign:?}, {{}})")).await;
            assert!(said["no"].as_str().is_some_and(|no| no.contains("not allowed")), "{foreign}: {said}");
        }
        let own = app.outcome("window.__TAURI_INTERNALS__.invoke('call', {command: {do: 'settings'}})").await;
        assert_eq!(own["ok"]["done"], "settings", "{own}");

        for elsewhere in ["https://example.com/", "file:///etc/passwd", "data:text/html,hello"] {
            app.ask(&format!("location.href = {elsewhere:?}; return 0")).await;
            assert_eq!(app.address().await, home, "led to {elsewhere}");
        }
        let fetched = app.outcome("fetch('http://127.0.0.1:9/')").await;
        assert!(fetched["no"].is_string(), "{fetched}");
        assert_eq!(app.ask("return typeof eval").await, "function");
        assert_eq!(app.ask("try { return eval('1') } catch { return 'refused' }").await, "refused");
    })
    .await;
}

#[tokio::test]
async fn everything_lies_under_the_data_folder_and_is_private() {
    bounded(2, async {
        let desk = Desk::set_up().await;
        let app = Driven::start_with_practice(&desk).await;
        drop(app);
        for folder in [desk.data(), desk.data().join("webview")] {
            let mode = fs::metadata(&folder).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o700, "{}", folder.display());
        }
        let mut written = Vec::new();
        for kept in [".config", ".local", ".cache"] {
            let entries = fs::read_dir(desk.folder("home").join(kept)).into_iter().flatten().flatten();
            written.extend(
                entries
                    .map(|entry| entry.file_name())
                    .filter(|name| !OF_OTHERS.iter().any(|other| name == other)),
            );
        }
        assert!(written.is_empty(), "outside of the data folder: {written:?}");
    })
    .await;
}
