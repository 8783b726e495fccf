//! An API with canned replies that reports the requests it got.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use partway_core::{ApiKey, Credentials, Failure};
use partway_http::{ApiClient, HttpOptions};
use partway_provider::{FileFacts, Provider};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::kinds::named;

pub(crate) const KEY: &str = "the-secret-key";

/// A request: its head, and its JSON; any other text as a string.
pub(crate) type Asked = (String, Value);

/// A server that gives these replies in turn (status and the rest of its head, body), and repeats the last.
pub(crate) async fn serve(replies: &[(&str, String)]) -> (String, UnboundedReceiver<Asked>) {
    let date = "date: Wed, 01 May 2024 10:20:00 GMT\r\n";
    let whole = |(status, body): &(&str, String)| {
        // The answer to a HEAD has a length but no body.
        let told = status.contains("content-length:");
        let length = if told { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        format!("HTTP/1.1 {status}\r\n{date}{length}\r\n{body}")
    };
    let replies: Arc<Mutex<VecDeque<String>>> = Arc::new(Mutex::new(replies.iter().map(whole).collect()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (tell, replies) = (tell.clone(), Arc::clone(&replies));
            tokio::spawn(async move {
                while let Some(asked) = request(&mut stream).await {
                    // Not every test looks at the requests.
                    let _ = tell.send(asked);
                    let text = {
                        let mut replies = replies.lock().unwrap();
                        if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() }
                    };
                    stream.write_all(text.unwrap().as_bytes()).await.unwrap();
                }
            });
        }
    });
    (url, told)
}

/// An AutoRender destination whose server always gives this answer.
pub(crate) async fn answering(status: &str, body: &str) -> (Box<dyn Provider>, UnboundedReceiver<Asked>) {
    let (url, told) = serve(&[(status, body.to_owned())]).await;
    (open(&json!({ "url": format!("{url}/autorender") })), told)
}

/// An AutoRender destination whose client's clock says 2024-05-01 10:00.
pub(crate) fn open(settings: &Value) -> Box<dyn Provider> {
    open_kind("autorender", settings, KEY)
}

/// A destination of any kind, with such a client.
pub(crate) fn open_kind(kind: &str, settings: &Value, key: &str) -> Box<dyn Provider> {
    open_with(kind, settings, ApiKey::new(key).into())
}

/// The same, if a key alone is not enough.
pub(crate) fn open_with(kind: &str, settings: &Value, credentials: Credentials) -> Box<dyn Provider> {
    let options = HttpOptions { clock: Some(Arc::new(|| 1_714_557_600)), ..HttpOptions::default() };
    let http = ApiClient::new(&options).unwrap();
    named(kind).open(settings, credentials, http).unwrap()
}

/// A failure, as printed in a snapshot.
pub(crate) fn told(failure: &Failure) -> String {
    let code = failure.code.as_deref().unwrap_or("–");
    format!(
        "{:?}, {}\n  code {code}; {}\n",
        failure.class,
        serde_json::to_string(&failure.cause).unwrap(),
        failure.detail
    )
}

async fn request(stream: &mut TcpStream) -> Option<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).await.ok()?;
    let text = String::from_utf8(body).unwrap();
    let other = if text.is_empty() { Value::Null } else { json!(text) };
    // A number with more digits than a float holds would lose them.
    let digits = |c: &[u8]| c[0] == b':' && c[1..].iter().all(u8::is_ascii_digit);
    if text.as_bytes().windows(20).any(digits) {
        return Some((head, other));
    }
    Some((head, serde_json::from_str(&text).unwrap_or(other)))
}

/// A file of `size` bytes with nothing else set.
pub(crate) fn file(size: u64) -> FileFacts {
    FileFacts {
        name: "cut v7.mov".to_owned(),
        size,
        mime: "video/quicktime".to_owned(),
        ..FileFacts::default()
    }
}
