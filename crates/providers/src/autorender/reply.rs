//! AutoRender's answers, in the documented shape and in the one that its libraries expect.

use partway_core::{
    Cause, Failure, FileReceipt, Limits, PartNumber, PartPlan, PlanError, RetryClass, Step, Strength,
};
use partway_http::{ApiReply, says_no, vendor_words};
use partway_provider::{FileFacts, PartTarget, Session, Started};
use serde_json::json;

use crate::expect::Field;
use crate::link::web_link;
use crate::presigned;
use crate::refusal::said_no;

/// Above this, an expiry cannot be in seconds (it would be the year 5138), so it is read as milliseconds.
const MILLISECONDS: u64 = 100_000_000_000;

/// A field of a reply: under `data`, as documented, else at the top, as the libraries expect it.
fn field<'a>(reply: &Field<'a>, name: &str) -> Field<'a> {
    reply.under("data", name)
}

/// The first of these fields that is present.
fn first<'a, T>(
    reply: &Field<'a>,
    names: &[&str],
    read: impl Fn(&Field<'a>) -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    names.iter().find_map(|name| read(&field(reply, name)).transpose()).transpose()
}

/// Reads the session, its plan and its targets.
pub(crate) fn started(file: &FileFacts, answer: &ApiReply, limits: &Limits) -> Result<Started, Failure> {
    succeeded(Step::Start, answer)?;
    let reply = Field::root(Step::Start, answer);
    reply.object()?;
    let id = field(&reply, "session_id").id()?;
    let parts = field(&reply, "parts");
    let links = parts.items()?;
    let size = field(&reply, "part_size");
    // Only an empty file can do without a part size.
    let part_size = if size.is_nothing() && file.size == 0 { 0 } else { size.whole()? };
    let plan =
        PartPlan::by_server(file.size, part_size, links.len(), limits).map_err(|error| match error {
            PlanError::FileTooLarge { limit, .. } => {
                let cause = Cause::TooLarge { limit: Some(limit) };
                Failure::new(Step::Start, RetryClass::Refused, cause, error.to_string())
            }
            PlanError::TooFewLinks { .. } | PlanError::TooManyLinks { .. } => parts.wrong(&error.to_string()),
            other => size.wrong(&other.to_string()),
        })?;

    let session_ends = field(&reply, "expire_at").whole().ok().filter(|at| *at > 0).map(in_seconds);
    let targets = plan
        .parts()
        .zip(links)
        .map(|(part, link)| target(part.number, part.len, &link, session_ends))
        .collect::<Result<Vec<_>, _>>()?;
    presigned::belong_together(&parts, &targets)?;
    let expires_at = session_ends.or_else(|| targets.iter().filter_map(|target| target.expires_at).min());
    let mut body = json!({ "session_id": id });
    if let Ok(uuid) = field(&reply, "uuid").text() {
        body["uuid"] = json!(uuid);
    }
    let session = Session { body: body.to_string(), expires_at };
    Ok(Started { session, plan, targets, clock_ahead: answer.clock_ahead })
}

const fn in_seconds(at: u64) -> u64 {
    if at >= MILLISECONDS { at / 1000 } else { at }
}

/// The target of one part. It may start until its link or the session expires, whichever is sooner.
fn target(
    number: PartNumber,
    size: u64,
    link: &Field<'_>,
    session_ends: Option<u64>,
) -> Result<PartTarget, Failure> {
    let headers = vec![("content-type".to_owned(), "application/octet-stream".to_owned())];
    presigned::target(number, size, link, headers, session_ends)
}

/// Fields that show a finished file.
const OF_A_FILE: [&str; 8] = ["id", "file_no", "name", "url", "path", "file_size", "size", "hash"];

/// The receipt of a confirmed *complete*.
pub(crate) fn receipt(answer: &ApiReply) -> Result<FileReceipt, Failure> {
    succeeded(Step::Complete, answer)?;
    let reply = Field::root(Step::Complete, answer);
    if !reply.is_nothing() {
        reply.object()?;
    }
    // All fields are optional. A field of an unexpected type means that this is another kind of record,
    // unless `success` is true.
    let strictly = field(&reply, "success").yes_or_no_if_any()? != Some(true);
    let shows_it = OF_A_FILE.iter().any(|name| !field(&reply, name).is_nothing());
    if strictly && !shows_it && vendor_words(&answer.json).1.is_some() {
        return Err(reply.wrong("it has words, and neither a yes nor a file"));
    }
    let text = |names: &[&str]| first(&reply, names, |field| field.text_or_none(strictly));
    Ok(FileReceipt {
        strength: Strength::Confirmed,
        id: text(&["id", "file_no"])?,
        name: text(&["name"])?,
        link: text(&["url"])?.and_then(|url| web_link(&url)),
        size: first(&reply, &["file_size", "size"], |field| field.whole_or_none(strictly))?,
        // The algorithm is unknown, so nothing is compared with it.
        checksum: text(&["hash"])?.map(|hash| format!("hash:{hash}")),
    })
}

/// A 200 may still be a refusal.
fn succeeded(step: Step, answer: &ApiReply) -> Result<(), Failure> {
    if says_no(&answer.json) { Err(said_no(step, answer, None)) } else { Ok(()) }
}
