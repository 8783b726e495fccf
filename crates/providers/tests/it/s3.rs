//! S3: the request of each call, the result of each answer, and whether a real server agrees.

mod broken;
mod check;
mod clock;
mod complete;
mod keys;
mod list;
mod odd;
mod one_put;
mod read_back;
mod readers;
mod real;
mod settings;
mod start;
mod weed;

use partway_core::{ApiKey, Credentials, Etag, Limits, PartNumber, PartPlan, PartReceipt};
use partway_provider::{Fields, FileFacts, IfExists, Provider, Session};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::server::{Asked, file, open_with, serve};

/// The pair from AWS's own examples.
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

const OK: &str = "200 OK";
const ABSENT: (&str, String) = ("404 Not Found", String::new());

/// Two parts of 16 MiB and one of 5 bytes.
const PART: u64 = 16 << 20;
const SIZE: u64 = 2 * PART + 5;

fn number(number: u32) -> PartNumber {
    PartNumber::new(number).unwrap()
}

fn pair(key: &str, secret: &str) -> Credentials {
    Credentials { key: ApiKey::new(key), secret: Some(ApiKey::new(secret)), session_token: None }
}

/// A destination whose server gives these replies, with further settings.
async fn answering(
    replies: &[(&str, String)],
    settings: &Value,
) -> (Box<dyn Provider>, UnboundedReceiver<Asked>) {
    let (url, asked) = serve(replies).await;
    let mut all = json!({ "url": format!("{url}/s3"), "bucket": "films", "region": "eu-west-1" });
    for (name, value) in settings.as_object().unwrap() {
        all[name] = value.clone();
    }
    (open_with("s3", &all, pair(KEY, SECRET)), asked)
}

/// The request: method, path and query without its signature, relevant headers, body.
async fn seen(asked: &mut UnboundedReceiver<Asked>) -> String {
    let (head, body) = asked.recv().await.unwrap();
    let mut lines = head.lines();
    let line = plain(lines.next().unwrap().trim_end_matches(" HTTP/1.1"));
    let own = ["host:", "accept:", "accept-encoding:", "user-agent:", "content-length: 0"];
    let headers = lines.filter(|line| !line.is_empty() && !own.iter().any(|own| line.starts_with(own)));
    let body = body.as_str().map(ToOwned::to_owned);
    headers.map(ToOwned::to_owned).chain(body).fold(line, |all, line| format!("{all}\n  {line}"))
}

/// A URL without what changes from day to day, but with the list of signed headers.
fn plain(url: &str) -> String {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let kept = |pair: &&str| !pair.starts_with("X-Amz-") || pair.starts_with("X-Amz-SignedHeaders");
    let query: Vec<_> = query.split('&').filter(kept).collect();
    format!("{path}?{}", query.join("&"))
}

fn exists(size: u64, headers: &str) -> (String, String) {
    (format!("200 OK\r\ncontent-length: {size}\r\n{headers}").trim_end().to_owned(), String::new())
}

fn error(code: &str, message: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>{message}</Message><RequestId>1</RequestId></Error>"
    )
}

fn plan(size: u64) -> Option<PartPlan> {
    Some(PartPlan::by_size(size, PART, &Limits::S3).unwrap())
}

fn with(size: u64, if_exists: Option<IfExists>) -> FileFacts {
    FileFacts { fields: Fields { if_exists, ..Fields::default() }, ..file(size) }
}

/// A multipart upload, begun at 10:20 by the storage's clock.
fn in_parts(only_if_free: bool) -> Session {
    let body = json!({ "key": "in/a b.mov", "size": SIZE, "parts": 3, "upload_id": "u/1", "only_if_free": only_if_free,
                       "began": 1_714_558_800 });
    Session { body: body.to_string(), expires_at: None }
}

/// One PUT of 5 bytes.
fn by_one_put(only_if_free: bool) -> Session {
    let body = json!({ "key": "a.mov", "size": 5, "parts": 1, "one_put": [["content-type", "video/mp4"]],
                       "only_if_free": only_if_free, "began": 1_714_558_800 });
    Session { body: body.to_string(), expires_at: None }
}

/// Receipts whose ETags are their MD5s, compared.
fn receipts(size: u64) -> Vec<PartReceipt> {
    let receipt = |part: partway_core::Part| {
        let byte = part.number.get() as u8;
        let etag = Some(Etag(format!("{byte:02x}").repeat(16)));
        PartReceipt {
            number: part.number,
            size: part.len,
            md5: [byte; 16],
            etag,
            compared: true,
            checksum: None,
        }
    };
    plan(size).unwrap().parts().map(receipt).collect()
}
