//! Gjirafa: the request of each call, and the result of each answer.

mod broken;
mod check;
mod complete;
mod renew;
mod sandbox;
mod settings;
mod start;
mod videos;

use partway_core::{Etag, PartNumber, PartPlan, PartReceipt};
use partway_provider::{Provider, Session};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::server::{Asked, KEY, open_kind, serve};

const OK: &str = "200 OK";

/// The envelope of a success.
fn yes(result: &Value) -> String {
    json!({ "success": true, "errors": [], "messages": [], "result": result, "resultInfo": null, "statusCode": 200 })
        .to_string()
}

/// The envelope of a refusal.
fn no(status: u16, said: &str) -> String {
    json!({ "success": false, "errors": [said], "messages": [], "result": null, "statusCode": status })
        .to_string()
}

/// A destination whose server gives these replies, with further settings.
async fn answering(
    replies: &[(&str, String)],
    settings: &Value,
) -> (Box<dyn Provider>, UnboundedReceiver<Asked>) {
    let (url, asked) = serve(replies).await;
    let mut all = json!({ "url": format!("{url}/vp"), "project": "p-7" });
    for (name, value) in settings.as_object().unwrap() {
        all[name] = value.clone();
    }
    (open_kind("gjirafa", &all, KEY), asked)
}

fn link(number: u32) -> Value {
    json!(format!(
        "https://storage.example/bucket/key?partNumber={number}&X-Amz-Date=20240501T100000Z&X-Amz-Expires=43200\
         &X-Amz-SignedHeaders=host&X-Amz-Signature=abc{number}"
    ))
}

/// The result of *start*, with links in this order.
fn opened(numbers: &[u32]) -> Value {
    let links: Vec<_> =
        numbers.iter().map(|number| json!({ "partNumber": number, "presignedUrl": link(*number) })).collect();
    json!({ "requestKey": "rk/1", "uploadId": "u-1", "uploadFileDetailsId": 42, "presignedUrl": links })
}

/// Three parts of 10 MiB and one of 5 bytes.
const SIZE: u64 = 3 * (10 << 20) + 5;

fn plan() -> PartPlan {
    PartPlan::by_size(SIZE, 10 << 20, &partway_core::Limits::S3).unwrap()
}

fn session() -> Session {
    let body = json!({ "requestKey": "rk/1", "parts": 4, "uploadId": "u-1", "uploadFileDetailsId": 42, "title": "A day" });
    Session { body: body.to_string(), expires_at: None }
}

fn number(number: u32) -> PartNumber {
    PartNumber::new(number).unwrap()
}

fn receipts() -> Vec<PartReceipt> {
    let receipt = |part: partway_core::Part| PartReceipt {
        number: part.number,
        size: part.len,
        md5: [part.number.get() as u8; 16],
        etag: Some(Etag(format!("e{}", part.number))),
        compared: false,
        checksum: None,
    };
    plan().parts().map(receipt).collect()
}
