//! AutoRender's replies: the documented shape and the one its libraries expect, in one object.

use serde_json::{Value, json};

use super::AutoRender;
use super::fields::Own;
use crate::faults::effect::Reply;
use crate::faults::step::Step;
use crate::kinds::links::links_confused;
use crate::options::LEAST_PART;
use crate::sessions::session::{Done, Session};

/// A start's reply.
pub(crate) fn start(at: &AutoRender, session: &Session, own: &Own, links: &[String]) -> Value {
    let about = &session.about;
    json!({
        "success": true,
        "session_id": about.id,
        "part_size": about.part_size,
        "parts": links,
        "expire_at": about.expires.as_second(),
        "min_part_size": about.part_size.map(|size| size.min(LEAST_PART)),
        "policy": {
            "folder": about.folder,
            "format": about.content_type,
            "size": about.size,
            "tags": own.tags,
        },
        "public_key": at.public_key,
        "uuid": own.uuid,
        "workspace_id": at.workspace,
    })
}

/// A complete's reply.
pub(crate) fn complete(at: &AutoRender, session: &Session, own: &Own, done: &Done, url: &str) -> Value {
    let about = &session.about;
    let name = done.name();
    let path = done.object.strip_prefix("objects/").unwrap_or(&done.object);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    json!({
        "success": true,
        "data": {
            "id": own.uuid,
            "file_no": done.file_no,
            "name": name,
            "url": url,
            "path": path,
            "width": null,
            "height": null,
            "format": about.content_type,
            "file_size": about.size,
            "workspace_no": at.workspace,
        },
        "id": own.uuid,
        "created_at": done.at.to_string(),
        "custom_id": own.custom_id,
        "extension": extension,
        "file_no": done.file_no,
        "folder_no": null,
        "height": null,
        "is_duplicate": false,
        "metadata": own.metadata,
        "mime_type": about.content_type,
        "name": name,
        "path": path,
        "size": about.size,
        "tags": own.tags,
        "thumbnail": url,
        "upload_source": "api",
        "url": url,
        "width": null,
        "workspace_id": at.workspace,
        "format": about.content_type,
        "is_private": false,
    })
}

/// Corrupts a reply.
pub(crate) fn spoil(mut reply: Value, step: Step, how: Reply) -> Value {
    let parts = reply.get_mut("parts").and_then(Value::as_array_mut);
    match (how, parts) {
        (Reply::TooFewParts, Some(parts)) => {
            parts.pop();
        }
        (Reply::TooManyParts, Some(parts)) => {
            let again = parts.last().cloned();
            parts.extend(again);
        }
        (how @ (Reply::OneLinkTwice | Reply::LinksSwapped), Some(parts)) => links_confused(parts, how),
        (Reply::PartSizeZero, _) => reply["part_size"] = json!(0),
        (Reply::PartSizeAbsurd, _) => reply["part_size"] = json!(1_000_000_000_000_000_000_u64),
        (Reply::WrongTypes, _) if step == Step::Start => {
            reply["session_id"] = json!(17);
            reply["part_size"] = json!("large");
            reply["parts"] = json!({"1": true});
        }
        (Reply::WrongTypes, _) => {
            reply = json!({"success": [], "data": [], "id": 17, "size": "large", "url": {}, "path": 3});
        }
        (Reply::ErrorWith200, _) => {
            reply = json!({
                "success": false,
                "error": "InternalError",
                "message": "We encountered an internal error. Please try again.",
                "code": "InternalError",
            });
        }
        _ => {}
    }
    reply
}
