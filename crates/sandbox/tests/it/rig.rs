//! A sandbox in a separate folder, and a client that does exactly what the test asks.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use md5::{Digest, Md5};
use partway_sandbox::{Clock, Destination, Options, Running, start};
use reqwest::{Client, Response, redirect};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Part size in these tests, bytes.
pub(crate) const PART: usize = 1000;

/// How long a test waits for something immediate.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// A sandbox under test.
pub(crate) struct Rig {
    pub(crate) running: Running,
    pub(crate) client: Client,
    folder: TempDir,
    ahead: Arc<AtomicI64>,
}

/// An answer, fully read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// The text of an element of an XML error.
    pub(crate) fn xml(&self, tag: &str) -> &str {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        let rest = self.body.split_once(&open).map_or("", |(_, rest)| rest);
        rest.split_once(&close).map_or("", |(text, _)| text)
    }
}

/// A client without redirects, pools or retries.
pub(crate) fn client() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
        .timeout(PATIENCE)
        .no_proxy()
}

/// A sandbox with this fault.
pub(crate) async fn with(fault: &str) -> Rig {
    rig(|options| options.faults.push(fault.to_owned())).await
}

/// A sandbox with changed options.
pub(crate) async fn rig(change: impl FnOnce(&mut Options)) -> Rig {
    let folder = TempDir::new().unwrap();
    let ahead = Arc::new(AtomicI64::new(0));
    let hands = ahead.clone();
    let mut options = Options::new(folder.path().join("d"));
    options.part_size = PART as u64;
    options.log = Some(folder.path().join("log"));
    options.clock = Clock::of(move || {
        let now = Timestamp::try_from(SystemTime::now()).unwrap();
        now + SignedDuration::from_secs(hands.load(Ordering::SeqCst))
    });
    change(&mut options);
    let running = start(options).await.unwrap();
    Rig { running, client: client().build().unwrap(), folder, ahead }
}

impl Rig {
    /// Moves the server's clock.
    pub(crate) fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Calls the API with the key.
    pub(crate) async fn call(&self, step: &str, body: &Value) -> Result<Answer, reqwest::Error> {
        let url = format!("{}/api/v1/multipart/{step}", self.running.base_url);
        let sent = self.client.post(url).bearer_auth(&self.running.key).json(body).send().await?;
        answer(sent).await
    }

    /// A start that must succeed.
    pub(crate) async fn begin(&self, name: &str, size: usize) -> Session {
        let answer = self.call("start", &wanted(name, size)).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        Session::of(&answer.json())
    }

    /// Sends one part.
    pub(crate) async fn put(&self, url: &str, bytes: &[u8]) -> Result<Answer, reqwest::Error> {
        // Set explicitly: for an empty body this client would omit the length.
        let put = self.client.put(url).header("content-length", bytes.len()).body(bytes.to_vec());
        answer(put.send().await?).await
    }

    /// Completes a session.
    pub(crate) async fn complete(&self, session: &Session) -> Result<Answer, reqwest::Error> {
        self.call("complete", &json!({"session_id": session.id})).await
    }

    /// Sends all parts of a session; each must be accepted.
    pub(crate) async fn put_all(&self, session: &Session, data: &[u8]) {
        for (url, part) in session.parts.iter().zip(pieces(data)) {
            let answer = self.put(url, part).await.unwrap();
            assert_eq!((answer.status, answer.header("etag")), (200, etag(part).as_str()), "{}", answer.body);
        }
    }

    /// Any request: method, URL, headers, and a body of JSON unless it is null.
    pub(crate) async fn ask(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self.client.request(method.parse().unwrap(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        answer(request.send().await?).await
    }

    /// The first line's entry for a kind.
    pub(crate) fn destination(&self, kind: &str) -> Destination {
        let all = &self.running.first_line.destinations;
        all.iter().find(|destination| destination.kind == kind).unwrap().clone()
    }

    /// The lines of the log.
    pub(crate) fn log(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The last line of the log.
    pub(crate) fn last(&self) -> Value {
        self.log().pop().unwrap_or_default()
    }

    /// Waits until the log has such a line: the server may notice the end of a connection after the client
    /// does.
    pub(crate) async fn logged(&self, like: impl Fn(&Value) -> bool) -> Value {
        let find = || self.log().into_iter().rev().find(|line| like(line));
        until(|| find().is_some()).await;
        find().unwrap()
    }

    /// A finished object's path.
    pub(crate) fn object(&self, relative: &str) -> PathBuf {
        self.running.dir.join(relative)
    }

    /// Sends raw bytes and reads to the end, or to the reset.
    pub(crate) async fn raw(&self, request: &[u8]) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.running.port)).await?;
        stream.write_all(request).await?;
        let mut text = Vec::new();
        let read = stream.read_to_end(&mut text);
        tokio::time::timeout(PATIENCE, read)
            .await
            .unwrap_or_else(|_| panic!("the server neither answers nor closes"))?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// The head of a `PUT` to a link, without a length and without the empty line.
    pub(crate) fn head(&self, url: &str) -> String {
        let host = format!("127.0.0.1:{}", self.running.port);
        let path = url.split_once(&host).unwrap().1;
        format!("PUT {path} HTTP/1.1\r\nHost: {host}\r\n")
    }
}

/// A session as a client stores it.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) part_size: u64,
    pub(crate) parts: Vec<String>,
}

impl Session {
    /// Parses a start's reply.
    pub(crate) fn of(reply: &Value) -> Self {
        let parts = reply["parts"].as_array().unwrap();
        Self {
            id: reply["session_id"].as_str().unwrap().to_owned(),
            part_size: reply["part_size"].as_u64().unwrap(),
            parts: parts.iter().map(|part| part.as_str().unwrap().to_owned()).collect(),
        }
    }
}

/// Waits, for five seconds at most, for something that the server does in the background.
pub(crate) async fn until(done: impl Fn() -> bool) {
    for _ in 0..500 {
        if done() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("waited in vain");
}

/// The smallest start.
pub(crate) fn wanted(name: &str, size: usize) -> Value {
    json!({"file_name": name, "size": size, "format": "application/octet-stream"})
}

/// Bytes that differ everywhere.
pub(crate) fn bytes(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..size).map(|_| next()).collect()
}

/// The data in parts; no data is one empty part.
pub(crate) fn pieces(data: &[u8]) -> Vec<&[u8]> {
    if data.is_empty() { vec![data] } else { data.chunks(PART).collect() }
}

/// The ETag that these bytes must get.
pub(crate) fn etag(data: &[u8]) -> String {
    format!("\"{}\"", hex::encode(Md5::digest(data)))
}

/// Reads an answer to its end.
pub(crate) async fn answer(response: Response) -> Result<Answer, reqwest::Error> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Answer { status, headers, body: response.text().await? })
}
