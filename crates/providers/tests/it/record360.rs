//! Record360: the request of each call, and the result of each answer.

mod broken;
mod check;
mod complete;
mod login;
mod sandbox;
mod settings;
mod start;

use partway_core::{Etag, PartPlan, PartReceipt};
use partway_provider::{FileFacts, Provider, Session};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::server::{Asked, file, open_kind, serve};

const OK: &str = "200 OK";

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl";

const FILE_ID: &str = "0b6c1f5e-8a55-4bd3-9a0c-6f6f7c1d2e3f";

const PART: u64 = 6 << 20;

/// A destination with a token whose server gives these replies, with further settings.
async fn answering(
    replies: &[(&str, String)],
    settings: &Value,
) -> (Box<dyn Provider>, UnboundedReceiver<Asked>) {
    with_key(replies, settings, TOKEN).await
}

async fn with_key(
    replies: &[(&str, String)],
    settings: &Value,
    key: &str,
) -> (Box<dyn Provider>, UnboundedReceiver<Asked>) {
    let (url, asked) = serve(replies).await;
    let mut all = json!({ "url": url });
    for (name, value) in settings.as_object().unwrap() {
        all[name] = value.clone();
    }
    (open_kind("record360", &all, key), asked)
}

fn link(number: u32) -> String {
    format!(
        "https://storage.example/k?partNumber={number}&X-Amz-Date=20240501T100000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host"
    )
}

/// The reply to *start*.
fn opened(links: u32) -> Value {
    let links: Vec<_> = (1..=links).map(link).collect();
    json!({ "id": "ignored", "upload_id": "up-1", "key": "u/k", "presigned_urls": links })
}

/// Two parts of 6 MiB and one of 5 bytes.
fn facts() -> FileFacts {
    file(2 * PART + 5)
}

fn plan() -> PartPlan {
    PartPlan::by_size(facts().size, PART, &partway_core::Limits::S3).unwrap()
}

fn session() -> Session {
    session_of(3)
}

fn session_of(parts: u32) -> Session {
    let body = json!({ "file_id": FILE_ID, "upload_id": "up-1", "parts": parts });
    Session { body: body.to_string(), expires_at: None }
}

/// Receipts whose ETags are their MD5s, compared.
fn receipts() -> Vec<PartReceipt> {
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
    plan().parts().map(receipt).collect()
}
