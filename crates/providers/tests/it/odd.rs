//! Slightly deviating vendors and stores: details that do not matter for the request are not required.

use partway_core::{Cause, RetryClass, Step};
use partway_provider::{Provider, Session};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::server::{Asked, file, open, open_kind, serve};

const OK: &str = "200 OK";
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl";
const LONG: &str = "123456789012345678901234567890";

async fn autorender(replies: &[(&str, String)]) -> (Box<dyn Provider>, UnboundedReceiver<Asked>) {
    let (url, asked) = serve(replies).await;
    (open(&json!({ "url": url })), asked)
}

async fn gjirafa(replies: &[(&str, String)]) -> (Box<dyn Provider>, UnboundedReceiver<Asked>) {
    let (url, asked) = serve(replies).await;
    (open_kind("gjirafa", &json!({ "url": url, "project": "p" }), "key"), asked)
}

async fn record360(replies: &[(&str, String)]) -> (Box<dyn Provider>, UnboundedReceiver<Asked>) {
    let (url, asked) = serve(replies).await;
    (open_kind("record360", &json!({ "url": url }), TOKEN), asked)
}

fn link(query: &str) -> String {
    format!(
        "https://storage.example/bucket/key?{query}&X-Amz-Date=20240501T100000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host"
    )
}

/// The reply to *start* of each kind, with these links. The text `ID` stands for the id.
fn started(kind: &str, links: &[String]) -> String {
    let numbered = || {
        (1..)
            .zip(links)
            .map(|(number, link)| json!({ "partNumber": number, "presignedUrl": link }))
            .collect::<Vec<_>>()
    };
    match kind {
        "autorender" => json!({ "session_id": "ID", "part_size": 10_u64 << 20, "parts": links }),
        "gjirafa" => json!({ "success": true, "result": { "requestKey": "ID", "presignedUrl": numbered() } }),
        _ => json!({ "upload_id": "ID", "presigned_urls": links }),
    }
    .to_string()
}

async fn kind(name: &str, replies: &[(&str, String)]) -> (Box<dyn Provider>, UnboundedReceiver<Asked>) {
    match name {
        "autorender" => autorender(replies).await,
        "gjirafa" => gjirafa(replies).await,
        _ => record360(replies).await,
    }
}

const KINDS: [&str; 3] = ["autorender", "gjirafa", "record360"];

/// Two parts of 10 MiB.
const SIZE: u64 = 20 << 20;

fn plan() -> Option<partway_core::PartPlan> {
    partway_core::PartPlan::by_size(SIZE, 10 << 20, &partway_core::Limits::S3).ok()
}

#[tokio::test]
async fn links_that_cannot_all_be_meant_are_refused_at_start_with_the_figures() {
    for (links, says) in [
        (
            ["partNumber=1&uploadId=u", "partNumber=1&uploadId=u"],
            "the link that it gave for part 2 is for part 1",
        ),
        (
            ["partNumber=2&uploadId=u", "partNumber=1&uploadId=u"],
            "the link that it gave for part 1 is for part 2",
        ),
        (["PartNumber=0", "PartNumber=1"], "the link that it gave for part 1 is for part 0"),
        (["partNumber=one", "partNumber=two"], "the link that it gave for part 1 is for part one"),
        (["a=b", "a=b"], "it gave one link for two parts (1 and 2)"),
        (["a=b&X-Amz-Signature=1", "X-Amz-Signature=2&a=b"], "it gave one link for two parts (1 and 2)"),
        (
            ["partNumber=1&uploadId=u", "partNumber=2&uploadId=v"],
            "its links for the parts 1 and 2 belong to two uploads",
        ),
    ] {
        for name in KINDS {
            let (provider, _asked) = kind(name, &[(OK, started(name, &links.map(link)))]).await;
            let failure = provider.start(&file(SIZE), plan()).await.unwrap_err();
            assert_eq!(
                (failure.step, failure.class.clone()),
                (Step::Start, RetryClass::Refused),
                "{name} {failure}"
            );
            assert!(
                matches!(&failure.cause, Cause::LinksUnusable { what } if what == says),
                "{name} {:?}",
                failure.cause
            );
        }
    }
    for links in
        [["partNumber=1&uploadId=u", "partNumber=2&uploadId=u"], ["token=a", "token=b"], ["part=7", "part=8"]]
    {
        for name in KINDS {
            let (provider, _asked) = kind(name, &[(OK, started(name, &links.map(link)))]).await;
            assert_eq!(
                provider.start(&file(SIZE), plan()).await.unwrap().targets.len(),
                2,
                "{name} {links:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_id_that_is_a_number_of_any_length_goes_back_digit_by_digit() {
    for digits in [LONG, "18446744073709551616", "42"] {
        let two = ["partNumber=1", "partNumber=2"].map(link);
        for (name, field) in
            [("autorender", "session_id"), ("gjirafa", "requestKey"), ("record360", "upload_id")]
        {
            let opened = started(name, &two).replace("\"ID\"", digits);
            let done = json!({ "success": true, "result": true }).to_string();
            let (provider, mut asked) = kind(name, &[(OK, opened), (OK, done)]).await;
            let begun = provider.start(&file(SIZE), plan()).await.unwrap();
            asked.recv().await.unwrap();
            // Through the journal.
            let session = Session { body: begun.session.body.clone(), expires_at: None };
            let receipts: Vec<_> = begun.plan.parts().map(receipt).collect();
            provider.complete(&session, &receipts).await.unwrap();
            let (_, body) = asked.recv().await.unwrap();
            let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
            assert!(text.contains(&format!("\"{field}\":{digits}")), "{name}: {text}");
        }
    }
    let opened = started("gjirafa", &["partNumber=1", "partNumber=2"].map(link)).replace("\"ID\"", LONG);
    let list = json!({ "success": true, "result": [] }).to_string();
    let (provider, mut asked) = gjirafa(&[(OK, opened), (OK, list)]).await;
    let begun = provider.start(&file(SIZE), plan()).await.unwrap();
    asked.recv().await.unwrap();
    provider.list_parts(&begun.session).await.unwrap();
    assert!(asked.recv().await.unwrap().0.contains(&format!("/multipart/{LONG}/parts ")));
}

fn receipt(part: partway_core::Part) -> partway_core::PartReceipt {
    partway_core::PartReceipt {
        number: part.number,
        size: part.len,
        md5: [7; 16],
        etag: None,
        compared: false,
        checksum: None,
    }
}

#[tokio::test]
async fn a_yes_in_each_of_its_forms_is_one_and_what_nobody_needs_is_passed_over() {
    let session = Session { body: r#"{"session_id":"s"}"#.to_owned(), expires_at: None };
    for yes in [json!(true), json!("true"), json!(1), json!("1"), json!("yes")] {
        for (name, odd) in [
            ("file_size", json!("large")),
            ("url", json!({ "a": 1 })),
            ("id", json!(["f"])),
            ("name", json!(true)),
        ] {
            let reply = json!({ "success": yes, "data": { "id": 5, name: odd } });
            let (provider, _asked) = autorender(&[(OK, reply.to_string())]).await;
            let receipt = provider.complete(&session, &[]).await.unwrap();
            assert_eq!(receipt.size, None, "{reply}");
        }
        let reply = json!({ "success": yes, "id": ["f"], "location": 7.5, "filesize": {}, "checksum": [], "etag": {} });
        let (provider, _asked) = record360(&[(OK, reply.to_string())]).await;
        let body = json!({ "file_id": "0b6c1f5e-8a55-4bd3-9a0c-6f6f7c1d2e3f", "upload_id": "u", "parts": 1 });
        let kept = Session { body: body.to_string(), expires_at: None };
        let plan = partway_core::PartPlan::by_size(5, 5, &partway_core::Limits::UNKNOWN).unwrap();
        let receipts: Vec<_> = plan.parts().map(receipt).collect();
        provider.complete(&kept, &receipts).await.unwrap();
        let (provider, _asked) =
            gjirafa(&[(OK, json!({ "success": yes, "result": yes, "errors": 7 }).to_string())]).await;
        let kept = Session { body: json!({ "requestKey": "r", "parts": 1 }).to_string(), expires_at: None };
        provider.complete(&kept, &receipts).await.unwrap();
    }
    for no in [json!(false), json!("false"), json!(0), json!("no")] {
        let reply =
            json!({ "success": no, "detail": [{ "loc": ["body", "x"], "msg": "no room" }] }).to_string();
        for name in KINDS {
            let (provider, _asked) = kind(name, &[(OK, reply.clone())]).await;
            let failure = provider.start(&file(SIZE), plan()).await.unwrap_err();
            assert_eq!(
                (failure.class.clone(), failure.detail.as_str()),
                (RetryClass::Refused, "x: no room"),
                "{name} {reply}"
            );
        }
    }
}

#[tokio::test]
async fn a_list_without_etags_tells_which_parts_are_there() {
    let kept = Session { body: json!({ "requestKey": "r", "parts": 3 }).to_string(), expires_at: None };
    for etag in [Value::Null, json!(""), json!("\"\""), json!([]), json!(" ")] {
        let list = json!({ "success": true, "result": [{ "partNumber": 2, "size": 7, "eTag": etag }, { "partNumber": 3, "size": "8" }] });
        let (provider, _asked) = gjirafa(&[(OK, list.to_string())]).await;
        let listed = provider.list_parts(&kept).await.unwrap();
        let told: Vec<_> =
            listed.iter().map(|part| (part.number.get(), part.size, part.etag.clone())).collect();
        assert_eq!(told, [(2, Some(7), None), (3, Some(8), None)], "{etag}");
    }
}
