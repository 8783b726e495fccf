//! Gjirafa's answers: an envelope `{success, errors, messages, result, resultInfo, statusCode}` around
//! results.

use std::collections::BTreeMap;

use partway_core::{
    Cause, Etag, Failure, FileReceipt, PartNumber, PartPlan, RetryClass, Step, Strength, proof,
};
use partway_http::{ApiReply, vendor_words};
use partway_provider::{FileFacts, ListedPart, PartTarget, Session, Started};

use super::Settings;
use super::request::Kept;
use crate::expect::{self, Field};
use crate::link::web_link;
use crate::presigned;
use crate::refusal::said_no;

/// Lifetime of links, hours, if none was requested and the links do not carry one.
const HOURS: u32 = 12;

/// The result of a successful reply: status 200 or 201, *and* `success`.
fn result(step: Step, answer: &ApiReply) -> Result<Field<'_>, Failure> {
    let reply = Field::root(step, answer);
    if !matches!(answer.status, 200 | 201) {
        return Err(
            reply.wrong(&format!("expected an answer with status 200 or 201, found {}", answer.status))
        );
    }
    reply.object()?;
    if reply.get("success").yes_or_no()? {
        return Ok(reply.get("result"));
    }
    let status = reply.get("statusCode").whole().ok().and_then(|status| u16::try_from(status).ok());
    Err(said_no(step, answer, status))
}

/// Reads the session and its targets.
pub(crate) fn started(
    file: &FileFacts,
    plan: PartPlan,
    answer: &ApiReply,
    settings: &Settings,
) -> Result<Started, Failure> {
    let result = result(Step::Start, answer)?;
    result.object()?;
    let id = |name| result.get(name).id().cloned().unwrap_or_default();
    let request_key = result.get("requestKey");
    let kept = Kept {
        request_key: request_key.id()?.clone(),
        parts: plan.count(),
        details_id: id("uploadFileDetailsId"),
        title: file.fields.title.clone().filter(|_| settings.encode.is_some()),
    };
    // It becomes a path segment, where these two would lead elsewhere.
    if matches!(kept.segment().as_str(), "." | "..") {
        return Err(request_key.wrong("expected a key, found dots"));
    }
    if settings.duplicates.is_some() && is_duplicate(&result) {
        return Err(duplicate(answer));
    }
    let all: Vec<_> = plan.parts().map(|part| part.number).collect();
    let (targets, missing) = targets(Step::Start, answer, &kept, &all, settings, file.size)?;
    if let Some(number) = missing.first() {
        return Err(no_link(&result, *number));
    }
    let session = Session { body: kept.write(&id("uploadId")), expires_at: None };
    Ok(Started { session, plan, targets, clock_ahead: answer.clock_ahead })
}

/// The answer to the duplicate check is not documented: if the check was requested, a success without a
/// single link can mean nothing else.
fn is_duplicate(result: &Field<'_>) -> bool {
    result.get("isDuplicate").yes_or_no() == Ok(true) || result.get("presignedUrl").is_blank()
}

fn duplicate(answer: &ApiReply) -> Failure {
    let (_, words) = vendor_words(&answer.json);
    let said = words.unwrap_or_else(|| "it has a file with these bytes already".to_owned());
    let failure = Failure::new(Step::Start, RetryClass::Refused, Cause::Refused { said: said.clone() }, said);
    Failure { status: Some(answer.status), clock_ahead: answer.clock_ahead, ..failure }
}

/// The targets for these parts, matched by number, and the parts that got no link.
pub(crate) fn targets(
    step: Step,
    answer: &ApiReply,
    kept: &Kept,
    parts: &[PartNumber],
    settings: &Settings,
    size: u64,
) -> Result<(Vec<PartTarget>, Vec<PartNumber>), Failure> {
    let result = result(step, answer)?;
    let links = links(&result, kept.parts)?;
    let life = u64::from(settings.url_hours.unwrap_or(HOURS)) * 3600;
    let latest = answer.server_unix_time.map(|now| now + life);
    let (mut targets, mut without) = (Vec::new(), Vec::new());
    for number in parts {
        let Some(link) = links.get(number) else {
            without.push(*number);
            continue;
        };
        let target = presigned::target(*number, size, link, Vec::new(), None)?;
        targets.push(PartTarget { expires_at: target.expires_at.or(latest), ..target });
    }
    presigned::belong_together(&result.get("presignedUrl"), &targets)?;
    Ok((targets, without))
}

/// The links of a reply, by the number beside each. A repeated or unknown number is an error.
fn links<'a>(result: &Field<'a>, parts: u32) -> Result<BTreeMap<PartNumber, Field<'a>>, Failure> {
    let mut links = BTreeMap::new();
    for item in result.get("presignedUrl").items()? {
        let at = item.get("partNumber");
        let told = at.whole()?;
        let number = u32::try_from(told).ok().filter(|number| *number <= parts).and_then(PartNumber::new);
        let number =
            number.ok_or_else(|| at.wrong(&format!("expected a number from 1 to {parts}, found {told}")))?;
        let link = item.get("presignedUrl");
        link.text()?;
        if links.insert(number, link).is_some() {
            return Err(at.wrong(&format!("expected each number once, found {told} again")));
        }
    }
    Ok(links)
}

/// A part has no link, and Gjirafa does not have the part either.
pub(crate) fn no_link(result: &Field<'_>, number: PartNumber) -> Failure {
    result.get("presignedUrl").wrong(&format!("expected a link for part {number}, found none"))
}

/// Adds a page of the list to the parts of earlier pages; returns whether more are to come.
pub(crate) fn page(answer: &ApiReply, parts: &mut BTreeMap<PartNumber, ListedPart>) -> Result<bool, Failure> {
    let list = result(Step::List, answer)?;
    let items = list.items()?;
    let some = items.len() > 0;
    for item in items {
        let at = item.get("partNumber");
        let number = u32::try_from(at.whole()?).ok().and_then(PartNumber::new);
        let number = number.ok_or_else(|| at.unexpected("the number of a part"))?;
        // The number is enough: *complete* names each ETag, and the storage checks it.
        let etag = item.get("eTag").short().map(|etag| proof::bare(&etag).to_owned());
        let etag = etag.filter(|etag| !etag.is_empty()).map(Etag);
        let part = ListedPart { number, size: item.get("size").whole().ok(), etag };
        if parts.insert(number, part).is_some() {
            return Err(at.wrong(&format!("expected each number once, found {number} again")));
        }
    }
    let total = Field::root(Step::List, answer).get("resultInfo").get("totalCount").whole().unwrap_or(0);
    Ok(some && total > parts.len() as u64 && parts.len() < expect::MOST_ITEMS)
}

/// The receipt of a *complete* that succeeded in three places: status, `success` and `result`.
pub(crate) fn completed(answer: &ApiReply, kept: &Kept) -> Result<FileReceipt, Failure> {
    if !result(Step::Complete, answer)?.yes_or_no()? {
        return Err(said_no(Step::Complete, answer, None));
    }
    Ok(FileReceipt { strength: Strength::Confirmed, id: Some(kept.file_id()), ..FileReceipt::unknown() })
}

/// Checks that the session was aborted.
pub(crate) fn aborted(answer: &ApiReply) -> Result<(), Failure> {
    result(Step::Abort, answer).map(drop)
}

/// The path of the finished file, unchanged: it may be signed.
pub(crate) fn download(answer: &ApiReply) -> Result<String, Failure> {
    let result = result(Step::Verify, answer)?;
    result.object()?;
    Ok(result.get("downloadPath").text()?.to_owned())
}

/// The receipt of a file whose path is known.
pub(crate) fn there(receipt: FileReceipt, download: &str, kept: &Kept) -> FileReceipt {
    let (id, link) = (Some(kept.file_id()), web_link(download));
    FileReceipt { strength: Strength::Confirmed, id, link, ..receipt }
}

/// The name of the video that a file was registered as.
pub(crate) fn registered(answer: &ApiReply) -> Result<Option<String>, Failure> {
    Ok(result(Step::Verify, answer)?.get("name").short())
}
