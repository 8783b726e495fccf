//! Gjirafa's replies: one envelope for all, and its content.

use serde_json::{Value, json};

use super::fields::Own;
use crate::faults::effect::Reply;
use crate::faults::step::Step;
use crate::front::Front;
use crate::kinds::fields::Wrong;
use crate::kinds::links::links_confused;
use crate::kinds::said::Said;
use crate::kinds::vendor::No;
use crate::sessions::session::{Session, Stored};
use crate::storage::put::{Issue, link};
use crate::vault::Vault;

/// A success.
pub(crate) fn said(status: u16, result: &Value, info: &Value) -> Said {
    Said::json(
        status,
        json!({
            "success": true, "errors": [], "messages": [], "result": result, "resultInfo": info, "statusCode": status,
        }),
    )
}

/// A refusal. The vendor does not document `errors` and `messages`: here objects and sentences.
pub(crate) fn refusal(no: &No) -> Said {
    Said::json(
        no.status,
        json!({
            "success": false,
            "errors": [{"code": no.code, "message": no.message}],
            "messages": [no.message],
            "result": null,
            "resultInfo": null,
            "statusCode": no.status,
        }),
    )
}

/// The refusal of an invalid request.
pub(crate) fn bad(wrong: Wrong) -> No {
    No::new(400, "ValidationError", wrong.0)
}

/// The links of a session's parts, from the last to the first: a client must go by their numbers.
pub(crate) fn links(
    (front, vault): (&Front, &Vault),
    session: &Session,
    own: &Own,
    parts: impl DoubleEndedIterator<Item = u32>,
    issue: &Issue<'_>,
) -> Value {
    let one = |part| json!({"partNumber": part, "presignedUrl": link(front, vault, session, part, issue)});
    json!({
        "requestKey": session.about.id,
        "uploadId": own.upload_id,
        "uploadFileDetailsId": own.details_id,
        "presignedUrl": parts.rev().map(one).collect::<Vec<_>>(),
    })
}

/// A stored part.
pub(crate) fn part(stored: &Stored) -> Value {
    json!({
        "size": stored.size,
        "lastModified": stored.at.to_string(),
        "partNumber": stored.part,
        "eTag": format!("\"{}\"", stored.etag()),
    })
}

/// Corrupts a reply.
pub(crate) fn spoil(mut reply: Value, step: Step, how: Reply) -> Value {
    match (how, step) {
        (Reply::WrongTypes, Step::Start | Step::Refresh) => {
            reply["result"]["requestKey"] = json!(17);
            reply["result"]["presignedUrl"] = json!({"1": true});
        }
        (Reply::WrongTypes, _) => {
            reply["success"] = json!([]);
            reply["result"] = json!([17]);
        }
        // A good envelope around a bad result: success needs both.
        (Reply::ErrorWith200, _) => {
            let error = json!({"code": "InternalError", "message": "The upload could not be completed"});
            reply = json!({
                "success": true, "errors": [error], "messages": [], "result": false, "resultInfo": null, "statusCode": 200,
            });
        }
        (Reply::TooFewParts | Reply::TooManyParts, _) => {
            let parts = reply["result"]["presignedUrl"].as_array_mut();
            // The first of the list is the part with the highest number.
            let last = parts.as_ref().and_then(|parts| parts.first().cloned());
            if let (Some(parts), Some(mut last)) = (parts, last) {
                if how == Reply::TooFewParts {
                    parts.remove(0);
                } else {
                    last["partNumber"] = json!(last["partNumber"].as_u64().unwrap_or(0) + 1);
                    parts.insert(0, last);
                }
            }
        }
        (Reply::OtherDocument, _) => reply = json!({"status": "ok"}),
        (Reply::OneLinkTwice | Reply::LinksSwapped, _) => {
            if let Some(parts) = reply["result"]["presignedUrl"].as_array_mut() {
                let mut links: Vec<_> = parts.iter().map(|part| part["presignedUrl"].clone()).collect();
                links_confused(&mut links, how);
                for (part, link) in parts.iter_mut().zip(links) {
                    part["presignedUrl"] = link;
                }
            }
        }
        (Reply::ListWithoutEtag, _) => {
            let parts = reply["result"].as_array_mut().into_iter().flatten();
            parts.filter_map(Value::as_object_mut).for_each(|part| drop(part.remove("eTag")));
        }
        (Reply::ListMissing | Reply::ListShort | Reply::ListWrongEtag, _) => {
            if let Some(parts) = reply["result"].as_array_mut().filter(|parts| !parts.is_empty()) {
                spoil_list(parts, how);
            }
        }
        _ => {}
    }
    reply
}

fn spoil_list(parts: &mut Vec<Value>, how: Reply) {
    match how {
        Reply::ListMissing => {
            parts.remove(0);
        }
        Reply::ListShort => {
            parts[0]["size"] = json!(parts[0]["size"].as_u64().unwrap_or(0).saturating_sub(1));
        }
        _ => {
            let etag: String = parts[0]["eTag"].as_str().unwrap_or("").chars().rev().collect();
            parts[0]["eTag"] = json!(etag);
        }
    }
}
