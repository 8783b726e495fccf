//! What AutoRender answers, in the documented shape and in the one that its libraries expect.

use partway_core::{
    Answer, Cause, Failure, FileReceipt, Limits, PartNumber, PartPlan, PlanError, RetryClass, SignedUrl,
    Step, Strength, classify,
};
use partway_http::{ApiReply, broken_reply, redact, redact_text, vendor_words};
use partway_provider::{FileFacts, PartTarget, Session, Started};
use serde_json::{Value, json};

use crate::number::whole;
use crate::presigned;

/// No plan has more parts (S3's bound); a longer list is refused before any of it is kept.
const MOST_PARTS: usize = 10_000;

/// Above this an expiry cannot be in seconds (it would be the year 5138), so it is read as milliseconds.
const MILLISECONDS: u64 = 100_000_000_000;

/// A field of a reply: under `data`, where the documentation has it, then at the top, where the libraries have it.
fn field<'a>(json: &'a Value, name: &str) -> &'a Value {
    match &json["data"][name] {
        Value::Null => &json[name],
        nested => nested,
    }
}

/// Ids, names and addresses that are longer are none: what is kept of a reply is bounded (2,000 is what browsers take as an address).
const LONGEST_TEXT: usize = 2000;

fn text(json: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match field(json, name) {
        Value::String(text) if !text.is_empty() && text.len() <= LONGEST_TEXT => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// The session, its plan and its targets.
pub(crate) fn started(file: &FileFacts, answer: &ApiReply, limits: &Limits) -> Result<Started, Failure> {
    let json = &answer.json;
    succeeded(Step::Start, answer)?;
    let broken = |what: &str| broken(Step::Start, answer, what);

    let id = field(json, "session_id");
    let usable = |id: &str| !id.is_empty() && id.len() <= LONGEST_TEXT;
    if !matches!(id, Value::Number(_)) && !id.as_str().is_some_and(usable) {
        return Err(broken("the reply names no session"));
    }
    let Value::Array(links) = field(json, "parts") else {
        return Err(broken("the reply holds no list of links"));
    };
    if links.len() > MOST_PARTS {
        return Err(broken(&format!("the reply holds {} links, more than {MOST_PARTS}", links.len())));
    }
    let part_size = part_size(field(json, "part_size"), file.size).map_err(|what| broken(&what))?;
    let plan =
        PartPlan::by_server(file.size, part_size, links.len(), limits).map_err(|error| match error {
            PlanError::FileTooLarge { limit, .. } => {
                let cause = Cause::TooLarge { limit: Some(limit) };
                Failure::new(Step::Start, RetryClass::Refused, cause, error.to_string())
            }
            other => broken(&other.to_string()),
        })?;

    let session_ends = whole(field(json, "expire_at")).filter(|at| *at > 0).map(in_seconds);
    let targets = plan
        .parts()
        .zip(links)
        .map(|(part, link)| target(part.number, part.len, link, session_ends, answer))
        .collect::<Result<Vec<_>, _>>()?;
    let expires_at = session_ends.or_else(|| targets.iter().filter_map(|target| target.expires_at).min());
    let mut body = json!({ "session_id": id });
    if let Value::String(uuid) = field(json, "uuid") {
        body["uuid"] = json!(uuid);
    }
    let session = Session { body: body.to_string(), expires_at };
    Ok(Started { session, plan, targets, clock_ahead: answer.clock_ahead })
}

/// The part size that the reply names; only an empty file can do without.
fn part_size(value: &Value, file_size: u64) -> Result<u64, String> {
    match whole(value) {
        Some(size) => Ok(size),
        None if value.is_null() && file_size == 0 => Ok(0),
        None if value.is_null() => Err("the reply names no part size".to_owned()),
        None => Err(format!("the reply names a part size of {}", redact_text(&value.to_string()))),
    }
}

const fn in_seconds(at: u64) -> u64 {
    if at >= MILLISECONDS { at / 1000 } else { at }
}

/// Where one part goes. It may start until its link ends or the session does, whichever is sooner.
fn target(
    number: PartNumber,
    size: u64,
    link: &Value,
    session_ends: Option<u64>,
    answer: &ApiReply,
) -> Result<PartTarget, Failure> {
    let Value::String(link) = link else {
        return Err(broken(Step::Start, answer, &format!("the link of part {number} is not text")));
    };
    let headers = vec![("content-type".to_owned(), "application/octet-stream".to_owned())];
    if let Some(what) = presigned::fault(link, size, &headers) {
        let cause = Cause::LinksUnusable { what: what.clone() };
        let failure = Failure::new(Step::Start, RetryClass::Refused, cause, format!("part {number}: {what}"));
        return Err(Failure { status: Some(answer.status), clock_ahead: answer.clock_ahead, ..failure });
    }
    let expires_at = presigned::expires_at(link).into_iter().chain(session_ends).min();
    Ok(PartTarget { number, url: SignedUrl::new(link.as_str()), headers, expires_at })
}

/// The receipt of a confirmed *complete*.
pub(crate) fn receipt(answer: &ApiReply) -> Result<FileReceipt, Failure> {
    succeeded(Step::Complete, answer)?;
    let json = &answer.json;
    if !json.is_object() && !json.is_null() {
        return Err(broken(Step::Complete, answer, "the reply is no record of a file"));
    }
    Ok(FileReceipt {
        strength: Strength::Confirmed,
        id: text(json, &["id", "file_no"]),
        name: text(json, &["name"]),
        link: text(json, &["url"]).map(|url| open_link(&url)),
        size: whole(field(json, "file_size")).or_else(|| whole(field(json, "size"))),
        // Which algorithm it is nobody says, so nothing is compared with it.
        checksum: text(json, &["hash"]).map(|hash| format!("hash:{hash}")),
    })
}

/// The address of the file; should it be a presigned one against all word, its signature is not kept.
fn open_link(url: &str) -> String {
    let lower = url.to_ascii_lowercase();
    if lower.contains("x-amz-") || lower.contains("signature=") { redact(url) } else { url.to_owned() }
}

/// A 200 may still say no.
fn succeeded(step: Step, answer: &ApiReply) -> Result<(), Failure> {
    if answer.json["success"] != Value::Bool(false) {
        return Ok(());
    }
    let (code, message) = vendor_words(&answer.json);
    // A storage behind it may have had a fault that passes: then nothing was done, and asking again is right.
    let words = Answer { status: answer.status, code: code.as_deref(), ..Answer::default() };
    let class = match classify(step, &words).0 {
        passing @ (RetryClass::Again | RetryClass::Throttled { .. }) => passing,
        _ => RetryClass::Refused,
    };
    let said = message.or_else(|| code.clone()).unwrap_or_else(|| "no reason was given".to_owned());
    let failure = Failure::new(step, class, Cause::Refused { said: said.clone() }, said);
    Err(Failure { status: Some(answer.status), code, clock_ahead: answer.clock_ahead, ..failure })
}

fn broken(step: Step, answer: &ApiReply, what: &str) -> Failure {
    broken_reply(step, answer.status, answer.clock_ahead, what)
}
