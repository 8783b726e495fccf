//! Record360's answers.

use partway_core::{Cause, Failure, FileReceipt, PartPlan, PartReceipt, RetryClass, Step, Strength, proof};
use partway_http::{ApiReply, says_no};
use partway_provider::{FileFacts, Session, Started};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::expect::{Field, is_id};
use crate::link::web_link;
use crate::presigned;
use crate::refusal::said_no;

/// A session and its links live 24 hours, and *complete* must come before they expire.
const LIFE: u64 = 24 * 60 * 60;

/// What a session keeps: the client's own id, the server's in its original form, and the number of parts.
pub(crate) struct Kept {
    pub(crate) file_id: String,
    pub(crate) upload_id: Value,
    pub(crate) parts: u32,
}

impl Kept {
    pub(crate) fn read(session: &Session, step: Step) -> Result<Self, Failure> {
        // Through a shared reference: a mutable index panics if there is no object.
        let kept: Value = serde_json::from_str(&session.body).unwrap_or(Value::Null);
        // It becomes a path segment, so only ids that were made here are accepted.
        let file_id = kept["file_id"].as_str().and_then(|id| Uuid::parse_str(id).ok());
        let parts = kept["parts"].as_u64().and_then(|parts| u32::try_from(parts).ok());
        match (file_id, kept["upload_id"].clone(), parts) {
            (Some(file_id), upload_id, Some(parts)) if is_id(&upload_id) => {
                Ok(Self { file_id: file_id.to_string(), upload_id, parts })
            }
            _ => {
                let what = "the session in the journal names no upload";
                let cause = Cause::BrokenReply { what: what.to_owned() };
                Err(Failure::new(step, RetryClass::SessionGone, cause, what))
            }
        }
    }
}

/// Reads the session and its targets.
pub(crate) fn started(
    file: &FileFacts,
    file_id: &str,
    plan: PartPlan,
    answer: &ApiReply,
) -> Result<Started, Failure> {
    let reply = succeeded(Step::Start, answer)?;
    reply.object()?;
    let upload_id = reply.get("upload_id").id()?;
    let list = reply.get("presigned_urls");
    let links = list.items()?;
    if links.len() != plan.count() as usize {
        return Err(list.wrong(&format!("expected {} links, found {}", plan.count(), links.len())));
    }
    let ends = answer.server_unix_time.map(|now| now + LIFE);
    let targets = plan
        .parts()
        .zip(links)
        .map(|(part, link)| presigned::target(part.number, file.size, &link, Vec::new(), ends))
        .collect::<Result<Vec<_>, _>>()?;
    presigned::belong_together(&list, &targets)?;
    let expires_at = ends.or_else(|| targets.iter().filter_map(|target| target.expires_at).min());
    let body = json!({ "file_id": file_id, "upload_id": upload_id, "parts": plan.count() }).to_string();
    Ok(Started { session: Session { body, expires_at }, plan, targets, clock_ahead: answer.clock_ahead })
}

/// The receipt of a confirmed *complete*. Its checksum of the whole counts if it matches what was sent. A
/// mismatch says nothing: how it is made, and of what, is not documented. (The engine compares the size.)
pub(crate) fn completed(
    answer: &ApiReply,
    kept: &Kept,
    receipts: &[PartReceipt],
) -> Result<FileReceipt, Failure> {
    let reply = succeeded(Step::Complete, answer)?;
    reply.object()?;
    // All fields are optional. A field of an unexpected type means that this is another kind of record,
    // unless `success` is true.
    let strictly = reply.get("success").yes_or_no() != Ok(true);
    let text = |name| reply.get(name).text_or_none(strictly);
    let mut checksum = None;
    for (name, told) in [("checksum", text("checksum")?), ("etag", text("etag")?)] {
        let Some(told) = told else { continue };
        let told = proof::bare(&told);
        if proof::proves_whole(told, receipts) {
            checksum = Some(format!("md5:{told}"));
        } else {
            checksum = checksum.or_else(|| Some(format!("{name}:{told}")));
        }
    }
    Ok(FileReceipt {
        strength: Strength::Confirmed,
        id: text("id")?.or_else(|| Some(kept.file_id.clone())),
        name: None,
        link: text("location")?.and_then(|url| web_link(&url)),
        size: reply.get("filesize").whole_or_none(strictly)?,
        checksum,
    })
}

/// Possible names of the size in the record of a finished file: the page that describes it is not public.
const SIZES: [&str; 5] = ["filesize", "file_size", "size", "content_length", "byte_size"];

/// What the record of a finished file adds. Without a size it proves nothing: it may have existed since
/// *start*.
pub(crate) fn verified(answer: &ApiReply, receipt: FileReceipt) -> Result<FileReceipt, Failure> {
    let reply = succeeded(Step::Verify, answer)?;
    reply.object()?;
    let size = SIZES.iter().find_map(|name| reply.under("upload", name).whole().ok());
    Ok(match size {
        Some(size) => FileReceipt { strength: Strength::Confirmed, size: Some(size), ..receipt },
        None => receipt,
    })
}

/// A 200 that contains an error is a refusal.
fn succeeded(step: Step, answer: &ApiReply) -> Result<Field<'_>, Failure> {
    if says_no(&answer.json) { Err(said_no(step, answer, None)) } else { Ok(Field::root(step, answer)) }
}
