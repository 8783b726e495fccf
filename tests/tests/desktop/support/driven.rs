//! The app with its page driven from outside, as a user with a keyboard and a pointer would.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::process::Child;

use super::process::{program, stop};
use super::wait::until;
use super::{Desk, Made};

/// What the window gets to come up on a machine that is busy.
const UP: Duration = Duration::from_secs(60);

/// What a page asks for that looks at the beginning of its list.
const LOOK: &str = "{ filter: 'all', offset: 0, limit: 20, selected: null, hidden: false }";

/// How many rows the list has.
const ROWS: &str = "return Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') ?? 0)";

/// Writes down, by the page's clock, when a drop was seen there, when the first rows stood, and when all of them were counted.
const TIME_DROP: &str = "const rows = arguments[0]; const times = window.times = {}; \
    const look = () => { const now = performance.now(); const there = what => document.querySelector(what) !== null; \
    if (there('[data-testid=drop]')) times.over = now; \
    else if (times.over !== undefined) times.dropped ??= now; \
    if (times.dropped === undefined) return; \
    if (there('[data-testid=row]')) times.first ??= now; \
    if (there(`[role=grid][aria-rowcount='${rows}']`)) times.all ??= now; }; \
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true }); return 0";

/// A running app and the way to its page.
pub(crate) struct Driven {
    page: Client,
    _driver: Child,
}

impl Driven {
    /// Starts the app on the desk's data folder and waits for its page.
    pub(crate) async fn start(desk: &Desk, args: &[&str]) -> Self {
        let port = free_port();
        let driver = desk
            .command("WebKitWebDriver")
            .arg(format!("--port={port}"))
            // Without it the app opens no door to its page, and the session hangs.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(desk.said())
            .stderr(desk.said())
            .spawn()
            .unwrap();
        let address = format!("127.0.0.1:{port}");
        until("the driver", UP, async || tokio::net::TcpStream::connect(&address).await.ok()).await;
        let data = desk.data();
        let args: Vec<_> =
            ["--data-dir", data.to_str().unwrap()].into_iter().chain(args.iter().copied()).collect();
        let options = json!({ "webkitgtk:browserOptions": { "binary": program("partway"), "args": args } });
        let Value::Object(options) = options else { panic!("an object") };
        let options: Capabilities = options;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let url = format!("http://{address}");
        let session = builder.capabilities(options).connect(&url);
        let page = tokio::time::timeout(UP, session)
            .await
            .unwrap_or_else(|_| panic!("no session within {UP:?}"))
            .unwrap();
        let driven = Self { page, _driver: driver };
        let loaded = "return document.readyState === 'complete'";
        until("the page", UP, async || {
            driven.page.execute(loaded, vec![]).await.ok()?.as_bool().filter(|loaded| *loaded)
        })
        .await;
        driven
    }

    /// Everything that the page shows; `None` while it is not there.
    pub(crate) async fn text(&self) -> Option<String> {
        let text =
            self.page.execute("return document.body ? document.body.innerText : ''", vec![]).await.ok()?;
        text.as_str().map(str::to_owned)
    }

    /// Waits until the page shows this.
    pub(crate) async fn shows(&self, words: &str, bound: Duration) {
        until(&format!("“{words}” in the window"), bound, async || {
            self.text().await.filter(|text| text.contains(words))
        })
        .await;
    }

    /// Presses the button with these words.
    pub(crate) async fn press(&self, words: &str) {
        self.press_at(&format!("//button[normalize-space()={words:?}]")).await;
    }

    /// Presses what lies at this XPath.
    pub(crate) async fn press_at(&self, path: &str) {
        // One that the page just draws anew, or moves, cannot be pressed yet; then nothing was pressed.
        until(&format!("the button {path}"), UP, async || {
            let button = self.page.find(Locator::XPath(path)).await.ok()?;
            button.is_enabled().await.ok()?.then_some(())?;
            button.click().await.ok()
        })
        .await;
    }

    /// The first start, with *Practice* chosen.
    pub(crate) async fn start_with_practice(desk: &Desk) -> Self {
        Self::start_with_practice_and(desk, &[]).await
    }

    /// The same with arguments.
    pub(crate) async fn start_with_practice_and(desk: &Desk, args: &[&str]) -> Self {
        let app = Self::start(desk, args).await;
        app.press("Practice on this computer").await;
        app.shows("Drop files or folders anywhere", UP).await;
        app
    }

    /// The first start with *Practice*, and a file that goes there and gets no further before the helper, whose number is given back, is woken
    /// up: so an upload lasts exactly as long as a journey needs it.
    pub(crate) async fn start_with_held(desk: &Desk, made: &Made) -> (Self, Vec<u32>) {
        let app = Self::start_with_practice(desk).await;
        let helper = desk.helper().await;
        stop(&helper);
        desk.hand_over(&made.path).await;
        app.has_rows(1, UP).await;
        (app, helper)
    }

    /// New files go to *Practice* from now on, whether it was there or not.
    pub(crate) async fn use_practice(&self) {
        self.command(&json!({ "do": "practice" })).await;
        let all = self.command(&json!({ "do": "destinations" })).await;
        let practice =
            all["destinations"].as_array().unwrap().iter().find(|one| one["practice"] == true).unwrap();
        self.command(&json!({ "do": "use-destination", "id": practice["id"], "folder": null })).await;
    }

    /// Whether the switch at this XPath is on; empty while it is not there.
    pub(crate) async fn pressed(&self, path: &str) -> String {
        let Ok(switch) = self.page.find(Locator::XPath(path)).await else { return String::new() };
        switch.attr("aria-checked").await.ok().flatten().unwrap_or_default()
    }

    /// What a script in the page returns, or that it could not be asked.
    pub(crate) async fn ask(&self, script: &str) -> Value {
        self.page.execute(script, vec![]).await.unwrap()
    }

    /// What a promise in the page comes to: `{ok}` or `{no}`.
    pub(crate) async fn outcome(&self, promise: &str) -> Value {
        let script = format!(
            "const done = arguments[0]; ({promise}).then(ok => done({{ok: ok ?? true}}), no => done({{no: String(no)}}))"
        );
        self.page.execute_async(&script, vec![]).await.unwrap()
    }

    /// What the app answers to a command of the page.
    pub(crate) async fn command(&self, command: &Value) -> Value {
        let answer = self
            .outcome(&format!("window.__TAURI_INTERNALS__.invoke('call', {{ command: {command} }})"))
            .await;
        assert!(answer["ok"].is_object(), "{command}: {answer}");
        answer["ok"].clone()
    }

    /// Whether what closing does was said, by the settings.
    pub(crate) async fn was_told_of_hiding(&self) -> bool {
        self.command(&json!({ "do": "settings" })).await["settings"]["told_of_hiding"] == true
    }

    /// An account at a vendor, whose key is kept for this session only; new files go there. Gives back its id.
    pub(crate) async fn use_vendor(&self, name: &str, url: &str, key: &str) -> String {
        let draft = json!({ "name": name, "kind": "autorender", "settings": { "url": url }, "fields": {} });
        let key = json!({ "from": "this-session", "key": key });
        let added = self.command(&json!({ "do": "add-destination", "draft": draft, "key": key })).await;
        let id = added["destination"]["id"].as_str().unwrap().to_owned();
        self.command(&json!({ "do": "use-destination", "id": id, "folder": null })).await;
        id
    }

    /// Types into the field with this label.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        // One in a fold that just opens takes nothing yet.
        until(&format!("the field “{label}” to type into"), UP, async || {
            self.field(label).await.send_keys(text).await.ok()
        })
        .await;
    }

    /// Pastes what is on the real clipboard into the field with this label, with the real keyboard, and gives it back once it begins so.
    pub(crate) async fn pasted(&self, desk: &Desk, label: &str, begins: &str) -> String {
        let holds = async || self.field(label).await.prop("value").await.ok().flatten();
        until(&format!("the field “{label}” to click into"), UP, async || {
            self.field(label).await.click().await.ok()
        })
        .await;
        desk.press_keys("ctrl+v").await;
        until(&format!("{begins}… in “{label}”"), UP, async || {
            holds().await.filter(|value| value.starts_with(begins))
        })
        .await
    }

    /// Fills in and sends the form of a first account, “Dailies”, at a vendor.
    pub(crate) async fn set_up_account(&self, url: &str, key: &str) {
        self.press("Add your first destination").await;
        self.fill("Name", "Dailies").await;
        self.fill("API key", key).await;
        self.press("Advanced").await;
        self.fill("Server", url).await;
        self.press_at("//form//button[@type='submit']").await;
    }

    /// The field with this label.
    pub(crate) async fn field(&self, label: &str) -> Element {
        let path = format!("//label[normalize-space()={label:?}]/following::input[1]");
        until(&format!("the field “{label}”"), UP, async || {
            self.page.find(Locator::XPath(&path)).await.ok()
        })
        .await
    }

    /// Takes the ticks from the page and counts them from now on; the page itself is told nothing any more.
    pub(crate) async fn count_ticks(&self) {
        let script = "const tauri = window.__TAURI_INTERNALS__; window.ticks = 0; \
            const channel = '__CHANNEL__:' + tauri.transformCallback(() => { window.ticks += 1 });";
        self.ask(&format!("{script} tauri.invoke('watch', {{ look: {LOOK}, channel }}); return 0")).await;
    }

    /// Has the page say that it is looking.
    pub(crate) async fn look_on(&self) {
        let looked =
            self.outcome(&format!("window.__TAURI_INTERNALS__.invoke('look', {{ look: {LOOK} }})")).await;
        assert_eq!(looked["ok"], true);
    }

    /// How many there were.
    pub(crate) async fn ticks(&self) -> u64 {
        self.ask("return window.ticks").await.as_u64().unwrap()
    }

    /// From now on the page takes the time from a drop to its rows.
    pub(crate) async fn time_drop(&self, rows: u64) {
        self.page.execute(TIME_DROP, vec![rows.into()]).await.unwrap();
    }

    /// From the drop to the first rows in the page, and to all of them in its count. After [`time_drop`](Self::time_drop).
    pub(crate) async fn drop_times(&self) -> (Duration, Duration) {
        let times = self.ask("return window.times").await;
        let at = |what: &str| times[what].as_f64().unwrap_or_else(|| panic!("no “{what}” in {times}"));
        let since = |what| Duration::from_secs_f64((at(what) - at("dropped")) / 1_000.0);
        (since("first"), since("all"))
    }

    /// How many pages the app has.
    pub(crate) async fn windows(&self) -> usize {
        self.page.windows().await.unwrap().len()
    }

    /// Where the page is.
    pub(crate) async fn address(&self) -> String {
        self.page.current_url().await.unwrap().to_string()
    }

    /// Keeps a picture of the window.
    pub(crate) async fn picture(&self, name: &str) {
        let folder = pictures();
        fs::create_dir_all(&folder).unwrap();
        // What the page says already is painted two frames later.
        self.outcome("new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)))")
            .await;
        fs::write(folder.join(format!("{name}.png")), self.page.screenshot().await.unwrap()).unwrap();
    }

    /// Waits until so many rows of the list show this.
    pub(crate) async fn rows_show(&self, words: &str, rows: usize, bound: Duration) {
        let script = "return [...document.querySelectorAll('[role=row]')].map(row => row.innerText)";
        until(&format!("{rows} rows with “{words}”"), bound, async || {
            let texts = self.page.execute(script, vec![]).await.ok()?;
            let showing = texts
                .as_array()?
                .iter()
                .filter(|text| text.as_str().is_some_and(|text| text.contains(words)));
            (showing.count() == rows).then_some(())
        })
        .await;
    }

    /// Waits until the page says that something is dragged over it, or no longer.
    pub(crate) async fn has_overlay(&self, there: bool, bound: Duration) {
        let script = "return document.querySelector('[data-testid=drop]') !== null";
        until(&format!("the overlay's being there: {there}"), bound, async || {
            (self.page.execute(script, vec![]).await.ok()? == there).then_some(())
        })
        .await;
    }

    /// How many rows the list has, whether they are mounted or not.
    pub(crate) async fn rows(&self) -> u64 {
        self.ask(ROWS).await.as_u64().unwrap()
    }

    /// Waits until the list has so many rows, whether they are mounted or not.
    pub(crate) async fn has_rows(&self, rows: u64, bound: Duration) {
        until(&format!("{rows} rows"), bound, async || {
            let count = self.page.execute(ROWS, vec![]).await.ok()?.as_f64()?;
            (count >= rows as f64).then_some(())
        })
        .await;
    }
}

/// Where pictures are kept.
pub(crate) fn pictures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots/desktop")
}

/// A port that nobody has, for a program that cannot choose one itself.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
