//! The window's page through WebKitWebDriver: find, press, read, photograph (W3C WebDriver, level 2).

use super::desktop::Desktop;
use super::http::request;
use super::wait::until;
use crate::leash::{Leash, Output};
use crate::stop::{Outcome, at, not_passed};
use base64::Engine;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The driver listens within a second; a cold disk may take longer.
const START: Duration = Duration::from_secs(30);
/// The key under which WebDriver hands out an element (W3C WebDriver, "web element identifier").
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An open window, closed with its driver when this is dropped.
pub(crate) struct Window {
    port: u16,
    session: String,
    _driver: Leash,
}

impl Window {
    /// Opens `app` with `arguments` on `desktop`.
    pub(crate) fn open(desktop: &Desktop, app: &Path, arguments: &[&str]) -> Outcome<Self> {
        let port = free_port()?;
        let mut driver = Command::new("WebKitWebDriver");
        driver.arg(format!("--port={port}"));
        // Without it the app's engine does not answer its driver, and starting a session waits for ever.
        driver.env("TAURI_WEBVIEW_AUTOMATION", "true");
        desktop.apply(&mut driver);
        let driver = Leash::start(&driver, Output::Into(desktop.log("driver.log")?))?;
        until("WebKitWebDriver", START, || Ok(request(port, "GET", "/status", None).ok()))?;
        let options = json!({"binary": app, "args": arguments});
        let wanted = json!({"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}});
        let answer = value(port, "POST", "/session", Some(&wanted))?;
        let session =
            answer["sessionId"].as_str().ok_or_else(|| not_passed("the driver opened no window"))?;
        Ok(Self { port, session: session.to_owned(), _driver: driver })
    }

    /// Presses the first element that `css` finds, waiting for it up to `limit`.
    pub(crate) fn press(&self, css: &str, limit: Duration) -> Outcome<()> {
        until(css, limit, || {
            let Some(element) = self.find(css)? else { return Ok(None) };
            // A window that is still drawing may cover what was found; then ask again.
            Ok(self.post(&format!("element/{element}/click"), &json!({})).ok())
        })
        .map(|_| ())
    }

    /// The text of the first element that `css` finds, if there is one.
    pub(crate) fn text(&self, css: &str) -> Outcome<Option<String>> {
        let Some(element) = self.find(css)? else { return Ok(None) };
        let text = value(self.port, "GET", &self.path(&format!("element/{element}/text")), None)?;
        Ok(text.as_str().map(str::to_owned))
    }

    /// Saves what the window shows as a PNG.
    pub(crate) fn photograph(&self, to: &Path) -> Outcome<()> {
        let picture = value(self.port, "GET", &self.path("screenshot"), None)?;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(picture.as_str().unwrap_or_default())
            .map_err(|cause| not_passed(format!("the driver's picture cannot be read: {cause}")))?;
        std::fs::write(to, bytes).map_err(at(to))
    }

    fn find(&self, css: &str) -> Outcome<Option<String>> {
        let found = self.post("elements", &json!({"using": "css selector", "value": css}))?;
        Ok(found[0][ELEMENT].as_str().map(str::to_owned))
    }

    fn post(&self, command: &str, body: &Value) -> Outcome<Value> {
        value(self.port, "POST", &self.path(command), Some(body))
    }

    fn path(&self, command: &str) -> String {
        format!("/session/{}/{command}", self.session)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // Where the window does not close on request, the end of the driver's group closes it.
        let _ = request(self.port, "DELETE", &format!("/session/{}", self.session), None);
    }
}

/// The `value` of a good answer; a bad one says what the driver said.
fn value(port: u16, method: &str, path: &str, body: Option<&Value>) -> Outcome<Value> {
    let (status, mut answer) = request(port, method, path, body)?;
    let value = answer["value"].take();
    if status == 200 {
        return Ok(value);
    }
    Err(not_passed(format!("{method} {path}: {status} {}", value["message"].as_str().unwrap_or_default())))
}

/// A port that was free a moment ago.
fn free_port() -> Outcome<u16> {
    let refused = |cause| not_passed(format!("no free port: {cause}"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(refused)?;
    Ok(listener.local_addr().map_err(refused)?.port())
}
