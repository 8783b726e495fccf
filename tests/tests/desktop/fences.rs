//! What the page cannot do, whoever wrote it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::support::{Desk, Driven, bounded};

/// What the window manager and the graphics driver keep for themselves.
const OF_OTHERS: [&str; 2] = ["openbox", "mesa_shader_cache"];

#[tokio::test]
async fn the_page_has_no_rights_but_its_own() {
    bounded(2, async {
        let desk = Desk::set_up().await;
        let app = Driven::start(&desk, &[]).await;

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

        let fetched = app.outcome("fetch('http://127.0.0.1:9/')").await;
        assert!(fetched["no"].is_string(), "{fetched}");
        assert_eq!(app.ask("return typeof eval").await, "function");
        assert_eq!(app.ask("try { return eval('1') } catch { return 'refused' }").await, "refused");
    })
    .await;
}

#[tokio::test]
async fn the_page_is_led_nowhere_else_and_opens_no_window() {
    bounded(2, async {
        let desk = Desk::set_up().await;
        let app = Driven::start(&desk, &[]).await;
        let home = app.address().await;
        let (url, mut asked) = foreign().await;
        let windows = (app.windows().await, desk.windows().await);
        app.ask("window.same = true; return 0").await;

        let by_script = [
            format!("location.href = '{url}'"),
            format!("location.replace('{url}')"),
            format!("document.body.append(Object.assign(document.createElement('iframe'), {{ src: '{url}' }}))"),
            format!("document.head.append(Object.assign(document.createElement('meta'), {{ httpEquiv: 'refresh', content: '0;{url}' }}))"),
            format!("window.open('{url}')"),
            "location.href = 'file:///etc/passwd'".to_owned(),
            "location.href = 'data:text/html,hello'".to_owned(),
        ];
        for led in by_script {
            app.ask(&format!("{led}; return 0")).await;
            stays(&app, &home, &led).await;
        }
        // What only a real click may do.
        let by_click = [
            format!("const it = Object.assign(document.createElement('a'), {{ href: '{url}' }})"),
            format!("const it = Object.assign(document.createElement('a'), {{ href: '{url}', target: '_blank' }})"),
            format!("const it = document.createElement('button'); it.onclick = () => {{ window.opened = window.open('{url}') }}"),
            "const it = document.createElement('button'); it.onclick = () => { window.opened = window.open('') }".to_owned(),
        ];
        for led in by_click {
            app.ask(&format!(
                "{led}; document.getElementById('led')?.remove(); it.id = 'led'; it.textContent = 'elsewhere'; \
                it.style = 'position: fixed; inset: 0 auto auto 0; z-index: 999; padding: 20px'; document.body.append(it); return 0"
            ))
            .await;
            app.press_at("//*[@id='led']").await;
            stays(&app, &home, &led).await;
        }
        assert_eq!(app.ask("return window.opened === null").await, true, "a window was given to the page");
        assert_eq!((app.windows().await, desk.windows().await), windows, "there is another window");
        let asked = tokio::time::timeout(Duration::from_secs(1), asked.recv()).await;
        assert!(asked.is_err(), "the foreign address was asked: {asked:?}");
    })
    .await;
}

/// A foreign address, and what it is asked. A connection on which nothing is asked does not count: WebKit opens one when a link is pressed,
/// before anybody is asked whether it may be followed.
async fn foreign() -> (String, mpsc::UnboundedReceiver<String>) {
    let (tell, asked) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            let tell = tell.clone();
            tokio::spawn(async move {
                let mut bytes = [0; 200];
                if let Ok(read @ 1..) = caller.read(&mut bytes).await {
                    // Nobody listens any more once the journey is over.
                    let _ = tell.send(String::from_utf8_lossy(&bytes[..read]).into_owned());
                }
            });
        }
    });
    (url, asked)
}

/// The page is where it was, and was not loaded anew. Navigation begins a moment after the script that asks for it, so the page is asked only
/// after a timer of its own and a way through the app.
async fn stays(app: &Driven, home: &str, led: &str) {
    let through = "new Promise(later => setTimeout(later, 50)) \
        .then(() => window.__TAURI_INTERNALS__.invoke('call', {command: {do: 'settings'}})) \
        .then(() => window.same === true)";
    assert_eq!(app.outcome(through).await["ok"], true, "{led}");
    assert_eq!(app.address().await, home, "{led}");
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
