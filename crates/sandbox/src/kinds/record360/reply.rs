//! Record360's replies, plain objects without an envelope, and its refusals in each form that clients must
//! read.

use serde_json::{Value, json};

use crate::faults::effect::Reply;
use crate::faults::step::Step;
use crate::kinds::fields::Wrong;
use crate::kinds::links::links_confused;
use crate::kinds::said::Said;
use crate::kinds::vendor::No;
use crate::sessions::session::{Done, Session};

/// A start's reply.
pub(crate) fn start(session: &Session, file_id: &str, links: &[String]) -> Value {
    let about = &session.about;
    json!({"id": file_id, "upload_id": about.id, "key": about.name, "presigned_urls": links})
}

/// A complete's reply.
pub(crate) fn complete(file_id: &str, done: &Done, location: &str, checksum: Option<String>) -> Value {
    let mut reply = json!({
        "id": file_id,
        "location": location,
        "etag": format!("\"{}\"", done.etag),
        "filesize": done.size,
    });
    if let Some(checksum) = checksum {
        reply["checksum"] = json!(checksum);
    }
    reply
}

/// The record of a finished file.
pub(crate) fn upload(session: &Session, file_id: &str, done: &Done, location: &str) -> Value {
    json!({
        "id": file_id,
        "key": session.about.name,
        "location": location,
        "content_type": session.about.content_type,
        "filesize": done.size,
        "etag": format!("\"{}\"", done.etag),
    })
}

/// The vendor does not document its refusals, so each of the three forms occurs.
pub(crate) fn refusal(no: &No) -> Said {
    let name = match no.status {
        401 | 403 => "error",
        400 | 422 => "errors",
        _ => "message",
    };
    Said::json(no.status, json!({ name: no.message }))
}

/// The refusal of an invalid request.
pub(crate) fn bad(wrong: Wrong) -> No {
    No::new(400, "bad_request", wrong.0)
}

/// Corrupts a reply.
pub(crate) fn spoil(mut reply: Value, step: Step, how: Reply) -> Value {
    let links = reply.get_mut("presigned_urls").and_then(Value::as_array_mut);
    match (how, links) {
        (Reply::TooFewParts, Some(links)) => {
            links.pop();
        }
        (Reply::TooManyParts, Some(links)) => {
            let again = links.last().cloned();
            links.extend(again);
        }
        (how @ (Reply::OneLinkTwice | Reply::LinksSwapped), Some(links)) => links_confused(links, how),
        (Reply::WrongTypes, _) if step == Step::Authenticate => reply = json!({"auth_token": 17, "user": []}),
        (Reply::WrongTypes, Some(_)) => {
            reply["upload_id"] = json!(17);
            reply["presigned_urls"] = json!({"1": true});
        }
        (Reply::WrongTypes, None) => {
            reply = json!({"id": 17, "location": {}, "etag": [], "filesize": "large"});
        }
        (Reply::ErrorWith200, _) => reply = json!({"errors": "The upload could not be completed"}),
        _ => {}
    }
    reply
}
