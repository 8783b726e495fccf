//! An API of canned replies that tells what it was asked.

use partway_core::ApiKey;
use partway_http::{ApiClient, HttpOptions};
use partway_provider::{Fields, FileFacts, Provider};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

pub(crate) const KEY: &str = "the-secret-key";

/// A request: its head, its JSON.
pub(crate) type Asked = (String, Value);

/// An AutoRender destination whose server always answers so.
pub(crate) async fn answering(status: &str, body: &str) -> (Box<dyn Provider>, UnboundedReceiver<Asked>) {
    let date = "date: Wed, 01 May 2024 10:20:00 GMT\r\n";
    let text = format!("HTTP/1.1 {status}\r\n{date}content-length: {}\r\n\r\n{body}", body.len());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/autorender", listener.local_addr().unwrap());
    let (tell, told) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (tell, text) = (tell.clone(), text.clone());
            tokio::spawn(async move {
                while let Some(asked) = request(&mut stream).await {
                    // Not every test looks at what was asked.
                    let _ = tell.send(asked);
                    stream.write_all(text.as_bytes()).await.unwrap();
                }
            });
        }
    });
    (open(&json!({ "url": url })), told)
}

/// That destination, by a client whose clock says 2024-05-01 10:00.
pub(crate) fn open(settings: &Value) -> Box<dyn Provider> {
    let options =
        HttpOptions { clock: Some(std::sync::Arc::new(|| 1_714_557_600)), ..HttpOptions::default() };
    let http = ApiClient::new(&options).unwrap();
    partway_providers::open("autorender", settings, ApiKey::new(KEY).into(), http).unwrap()
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
    Some((head, serde_json::from_slice(&body).unwrap_or(Value::Null)))
}

/// A file of so many bytes with nothing else set.
pub(crate) fn file(size: u64) -> FileFacts {
    FileFacts {
        name: "cut v7.mov".to_owned(),
        size,
        mime: "video/quicktime".to_owned(),
        hash: None,
        fields: Fields::default(),
    }
}
