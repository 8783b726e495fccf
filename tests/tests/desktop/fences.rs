//! What the page cannot do, whoever wrote it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::support::{Desk, Driven, bounded};

/// What the page gets to show something on a machine that is busy.
const UP: Duration = Duration::from_secs(30);
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
            // The page's own scheme, where nothing of it lies: the window would be dead.
            "location.href = 'tauri://evil.example/x.html'".to_owned(),
            "location.href = 'tauri://localhost:1/index.html'".to_owned(),
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

/// What a script in the page may try to reach an address with, each a promise that says what came of it.
const REACHES: [(&str, &str); 17] = [
    ("fetch", "fetch(URL)"),
    ("fetch without an answer", "fetch(URL, { mode: 'no-cors', method: 'POST', body: 'x' })"),
    (
        "XMLHttpRequest",
        "new Promise((yes, no) => { const it = new XMLHttpRequest(); it.onload = yes; it.onerror = no; it.open('GET', URL); it.send() })",
    ),
    (
        "WebSocket",
        "new Promise((yes, no) => { const it = new WebSocket(URL.replace('http', 'ws')); it.onopen = yes; it.onerror = no; it.onclose = no })",
    ),
    (
        "EventSource",
        "new Promise((yes, no) => { const it = new EventSource(URL); it.onopen = yes; it.onerror = () => { it.close(); no('closed') } })",
    ),
    ("beacon", "Promise.resolve().then(() => { navigator.sendBeacon(URL, 'x'); throw 'sent into nothing' })"),
    (
        "image",
        "new Promise((yes, no) => { const it = new Image(); it.onload = yes; it.onerror = no; it.src = URL + 'x.png' })",
    ),
    (
        "script",
        "new Promise((yes, no) => { const it = document.createElement('script'); it.onload = yes; it.onerror = no; it.src = URL + 'x.js'; document.head.append(it) })",
    ),
    ("module", "import(URL + 'x.js')"),
    (
        "style",
        "new Promise((yes, no) => { const it = document.createElement('link'); it.rel = 'stylesheet'; it.onload = yes; it.onerror = no; it.href = URL + 'x.css'; document.head.append(it) })",
    ),
    ("font", "new FontFace('x', `url(${URL}x.woff2)`).load()"),
    (
        "video",
        "new Promise((yes, no) => { const it = document.createElement('video'); it.onloadeddata = yes; it.onerror = no; it.src = URL + 'x.mp4'; it.load() })",
    ),
    (
        "object",
        "new Promise((yes, no) => { const it = document.createElement('object'); it.onload = yes; it.onerror = no; it.data = URL; document.body.append(it); setTimeout(no, 300) })",
    ),
    (
        "embed",
        "new Promise((yes, no) => { const it = document.createElement('embed'); it.onload = () => no('nothing'); it.onerror = no; it.src = URL; document.body.append(it); setTimeout(no, 300) })",
    ),
    (
        "worker",
        "new Promise((yes, no) => { const it = new Worker(URL + 'x.js'); it.onmessage = yes; it.onerror = no })",
    ),
    (
        "service worker",
        "navigator.serviceWorker ? navigator.serviceWorker.register(URL + 'x.js') : Promise.reject('there is none')",
    ),
    (
        "form",
        "new Promise((yes, no) => { const it = document.createElement('form'); it.action = URL; it.method = 'post'; document.body.append(it); it.submit(); setTimeout(no, 300) })",
    ),
];

#[tokio::test]
async fn the_page_reaches_no_other_host_and_no_file() {
    bounded(2, async {
        let desk = Desk::set_up().await;
        let app = Driven::start(&desk, &[]).await;
        let home = app.address().await;
        app.ask("window.same = true; return 0").await;
        let (url, mut connected) = listener().await;
        for address in [url.as_str(), "file:///etc/passwd"] {
            for (how, reach) in REACHES {
                let said = app.outcome(&reach.replace("URL", &format!("'{address}'"))).await;
                assert!(said.get("no").is_some(), "{how} of {address}: {said}");
                stays(&app, &home, how).await;
            }
        }
        let seen = tokio::time::timeout(Duration::from_secs(1), connected.recv()).await;
        assert!(seen.is_err(), "somebody connected");

        // The page's own scheme gives out what was bundled, by whatever name something else is asked for.
        for path in ["../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "//etc/passwd"] {
            let image = "new Promise((yes, no) => { const it = new Image(); it.onload = yes; it.onerror = no; it.src = 'PATH' })";
            let said = app.outcome(&image.replace("PATH", &format!("tauri://localhost/{path}"))).await;
            assert!(said.get("no").is_some(), "{path}: {said}");
            let said = app.outcome(&format!("fetch('tauri://localhost/{path}').then(it => it.text())")).await;
            assert!(said.get("no").is_some(), "{path}: {said}");
        }
    })
    .await;
}

#[tokio::test]
async fn text_never_becomes_a_program_in_the_page() {
    bounded(2, async {
        let desk = Desk::set_up().await;
        let app = Driven::start(&desk, &[]).await;
        let text = "window.ran = true";
        let ran = "new Promise(later => setTimeout(() => { const ran = window.ran === true; delete window.ran; later(ran) }, 100))";
        // What the page may do is seen, also where it comes by a message; else a row below would prove nothing.
        for allowed in [
            "window.ran = true",
            "Promise.resolve().then(() => { window.ran = true })",
            "const it = new MessageChannel(); it.port1.onmessage = () => { window.ran = true }; it.port2.postMessage('')",
            "const it = document.body.appendChild(new Image()); it.onload = () => { window.ran = true }; \
                it.src = 'data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs='",
        ] {
            app.ask(&format!("{allowed}; return 0")).await;
            assert_eq!(app.outcome(ran).await["ok"], true, "not seen: {allowed}");
        }
        for run in [
            format!("eval('{text}')"),
            format!("new Function('{text}')()"),
            format!("(async () => {{}}).constructor('{text}')()"),
            format!("setTimeout('{text}', 0)"),
            format!("document.body.append(Object.assign(document.createElement('script'), {{ textContent: '{text}' }}))"),
            format!("document.body.insertAdjacentHTML('beforeend', `<img src=x onerror=\"{text}\">`)"),
            format!("document.body.append(Object.assign(document.createElement('script'), {{ src: 'data:text/javascript,{text}' }}))"),
            format!("document.body.append(Object.assign(document.createElement('script'), {{ src: URL.createObjectURL(new Blob(['{text}'])) }}))"),
            // A worker has no window of its own: the page hears of it by a message.
            "const it = new Worker(URL.createObjectURL(new Blob(['postMessage(0)']))); it.onmessage = () => { window.ran = true }".to_owned(),
            format!("document.body.append(Object.assign(document.createElement('iframe'), {{ srcdoc: `<script>parent.ran = true</script>` }})); '{text}'"),
            format!("location.href = 'javascript:{text}'"),
        ] {
            app.ask(&format!("try {{ {run} }} catch {{}} return 0")).await;
            assert_eq!(app.outcome(ran).await["ok"], false, "{run}");
        }
        // Nor does text become a style, which could read what is typed.
        let seen = "const it = document.createElement('p'); document.body.append(it); \
            const was = getComputedStyle(it).position; it.style.position = 'fixed'; return was + ' ' + getComputedStyle(it).position";
        assert_eq!(app.ask(seen).await, "static fixed", "a style that the page sets itself is seen");
        let styled = "document.body.insertAdjacentHTML('beforeend', '<p id=styled style=\"position: fixed\"><style>#styled { display: none }</style>'); \
            const it = getComputedStyle(document.getElementById('styled')); return it.position + ' ' + it.display";
        assert_eq!(app.ask(styled).await, "static block");
    })
    .await;
}

#[tokio::test]
async fn the_page_itself_needs_nothing_that_the_policy_forbids() {
    bounded(3, async {
        let desk = Desk::set_up().await;
        let app = Driven::start_with_practice(&desk).await;
        app.ask("window.refused = []; document.addEventListener('securitypolicyviolation', it => window.refused.push(`${it.violatedDirective} ${it.blockedURI} ${it.sourceFile}:${it.lineNumber}`)); return 0").await;
        app.press("Settings").await;
        app.shows("In the background", UP).await;
        app.press_at("//button[starts-with(@aria-label, 'Notify me')]").await;
        app.shows("If something needs me", UP).await;
        app.press_at("//*[@role='option'][contains(., 'Never')]").await;
        app.press("Add destination").await;
        app.field("API key").await;
        app.press("Advanced").await;
        app.press_at("//nav//button[contains(., 'All')] | //aside//button[contains(., 'All')]").await;
        assert_eq!(app.ask("return window.refused").await, serde_json::json!([]));
    })
    .await;
}

#[tokio::test]
async fn no_command_takes_a_path_and_none_but_ours_is_there() {
    bounded(2, async {
        let desk = Desk::set_up().await;
        let app = Driven::start_with_practice(&desk).await;
        let invoke = async |name: &str, args: &str| {
            app.outcome(&format!("window.__TAURI_INTERNALS__.invoke('{name}', {args})")).await
        };
        for foreign in FOREIGN {
            let said = invoke(foreign, "{ path: '/etc/passwd', url: 'https://example.com' }").await;
            let no = said["no"].as_str().unwrap_or_default();
            assert!(no.contains("not allowed") || no.contains("not found"), "{foreign}: {said}");
        }

        for crafted in [
            "{ command: { do: 'add', paths: ['/etc/passwd'] } }",
            "{ command: { ask: 'add', paths: ['L2V0Yy9wYXNzd2Q='], countdown: false } }",
            "{ command: { do: 'detail', job: '/etc/passwd', path: '/etc/passwd' } }",
            "{ command: { do: 'detail', job: '../../etc/passwd' } }",
            "{ command: { do: 'retry', jobs: { of: 'path', id: '/etc/passwd' } } }",
            "{ request: { ask: 'take-up' } }",
            "{ command: { do: 'detail', job: 'x'.repeat(20_000_000) } }",
            "{}",
        ] {
            let said = invoke("call", crafted).await;
            assert!(said.get("no").is_some(), "{crafted}: {said}");
        }
        for (name, args) in [
            ("show_file", "{ job: '/etc/passwd' }"),
            ("show_file", "{ job: '', path: '/etc/passwd' }"),
            ("copy_text", "{ text: 'x'.repeat(70_000_000) }"),
            ("copy_text", "{ path: '/etc/passwd' }"),
        ] {
            let said = invoke(name, args).await;
            assert!(said.get("no").is_some(), "{name} {args}: {said}");
        }
        assert_eq!(app.rows().await, 0, "something was taken in");
        let own = invoke("call", "{ command: { do: 'settings' } }").await;
        assert_eq!(own["ok"]["done"], "settings", "{own}");
        assert_eq!(app.ask("return '__TAURI__' in window").await, false, "the shell is no global");
    })
    .await;
}

/// What the shell's parts could do for a page that was allowed to ask.
const FOREIGN: [&str; 28] = [
    "nothing_of_that_name",
    "plugin:app|version",
    "plugin:app|app_hide",
    "plugin:autostart|enable",
    "plugin:clipboard-manager|read_text",
    "plugin:dialog|message",
    "plugin:dialog|open",
    "plugin:dialog|save",
    "plugin:event|emit",
    "plugin:event|emit_to",
    "plugin:fs|read_file",
    "plugin:image|from_path",
    "plugin:menu|new",
    "plugin:notification|notify",
    "plugin:opener|open_path",
    "plugin:opener|open_url",
    "plugin:opener|reveal_item_in_dir",
    "plugin:path|resolve_directory",
    "plugin:process|exit",
    "plugin:resources|close",
    "plugin:shell|execute",
    "plugin:tray|new",
    "plugin:webview|create_webview_window",
    "plugin:webview|internal_toggle_devtools",
    "plugin:window|close",
    "plugin:window|create",
    "plugin:window|set_title",
    "plugin:window-state|save_window_state",
];

/// An address at which every connection is noticed.
async fn listener() -> (String, mpsc::UnboundedReceiver<()>) {
    let (tell, connected) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            // Nobody listens any more once the journey is over.
            let _ = tell.send(());
        }
    });
    (url, connected)
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
