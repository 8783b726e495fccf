//! Lists the parts that a storage has of an upload, page by page, and aborts uploads.

use http::Method;
use partway_core::{Cause, Etag, Failure, PartNumber, RetryClass, Step, proof};
use partway_http::{broken_reply, xml};
use partway_provider::ListedPart;
use roxmltree::Node;

use super::S3;
use super::ask::{Ask, Seen, document};
use super::session::{Kept, Way};

/// The most parts per page (AWS, `ListParts`).
const PAGE: u32 = 1000;

/// The most parts in an upload.
const MOST_PARTS: u32 = 10_000;

/// The document that lists parts.
const LIST: &str = "ListPartsResult";

/// One page of the list.
pub(crate) struct Page {
    parts: Vec<ListedPart>,
    /// The part after which the next page begins.
    next: Option<u32>,
}

impl S3 {
    /// Every part that the storage has.
    pub(crate) async fn all_parts(&self, kept: &Kept) -> Result<Vec<ListedPart>, Failure> {
        let id = match &kept.way {
            Way::UploadId(id) => id,
            Way::OnePut(_) => return self.the_one(&kept.key).await,
        };
        let mut all: Vec<ListedPart> = Vec::new();
        let mut after = None;
        loop {
            let page = self.page(Step::List, &kept.key, id, after, PAGE).await?;
            all.extend(page.parts);
            match page.next {
                None if all.len() <= MOST_PARTS as usize => break,
                // The markers must grow, up to the last part's number, or the list would never end.
                Some(next) if next <= MOST_PARTS && after.is_none_or(|after| next > after) => {
                    after = Some(next);
                }
                _ => return Err(broken_reply(Step::List, 200, None, "the list of parts has no end")),
            }
        }
        all.sort_by_key(|part| part.number);
        all.dedup_by_key(|part| part.number);
        Ok(all)
    }

    /// After a single PUT, the part is the object itself.
    async fn the_one(&self, key: &str) -> Result<Vec<ListedPart>, Failure> {
        Ok(match self.look(Step::List, key).await?.seen {
            Seen::There(object) => {
                vec![ListedPart { number: PartNumber::FIRST, size: object.size, etag: object.etag }]
            }
            Seen::Absent => Vec::new(),
            Seen::Hidden(failure) => return Err(failure),
        })
    }

    pub(crate) async fn page(
        &self,
        step: Step,
        key: &str,
        upload_id: &str,
        after: Option<u32>,
        most: u32,
    ) -> Result<Page, Failure> {
        let (after, most) = (after.unwrap_or(0).to_string(), most.to_string());
        let mut query = vec![("max-parts", most.as_str()), ("uploadId", upload_id)];
        if after != "0" {
            query.push(("part-number-marker", after.as_str()));
        }
        let asked = self.ask(Ask { query: &query, ..Ask::new(step, Method::GET, Some(key)) }).await;
        let answer =
            asked.map_err(|failure| if is_no_list(&failure) { no_list(failure) } else { failure })?;
        let what = format!("the reply is no {LIST}");
        // Never `Unknown`, whatever the step: listing puts nothing together. A truncated list may come whole
        // the next time.
        let broken = |failure: Failure| match failure.class {
            RetryClass::Again => failure,
            _ => no_list(failure),
        };
        let read = document(step, &answer, LIST, &what, |root| Some(page(root))).map_err(broken)?;
        read.map_err(|what| no_list(broken_reply(step, answer.status, answer.clock_ahead, &what)))
    }

    /// Aborts an upload; one that is gone already is no failure. What one PUT stored is a whole object, and
    /// stays.
    pub(crate) async fn abort_upload(&self, kept: &Kept) -> Result<(), Failure> {
        let Way::UploadId(id) = &kept.way else { return Ok(()) };
        let query = [("uploadId", id.as_str())];
        let ask = Ask { query: &query, ..Ask::new(Step::Abort, Method::DELETE, Some(&kept.key)) };
        match self.ask(ask).await {
            Err(failure) if failure.class == RetryClass::SessionGone => Ok(()),
            other => other.map(drop),
        }
    }
}

/// Whether an answer means that this storage lists no parts (405, 501, a page, "no such key" from one that
/// mistook the request), and says nothing about the upload, the key or the clock. Only *NoSuchUpload* means
/// that an upload is gone.
pub(crate) fn is_no_list(failure: &Failure) -> bool {
    let plain = !matches!(
        failure.cause,
        Cause::KeyRefused | Cause::PermissionRefused | Cause::ClockWrong { .. } | Cause::QuotaRefused
    );
    let page = matches!(failure.cause, Cause::BrokenReply { .. });
    let by_name = [
        "NoSuchUpload",
        "NoSuchBucket",
        "AuthorizationHeaderMalformed",
        "PermanentRedirect",
        "IllegalLocationConstraintException",
        "InvalidRegion",
    ];
    let named = failure.code.as_deref().is_some_and(|code| by_name.contains(&code));
    let status = matches!(failure.status, Some(400 | 404 | 405 | 406 | 411 | 415 | 422 | 501));
    let unknown = matches!(failure.code.as_deref(), Some("NotImplemented" | "MethodNotAllowed"));
    plain && !named && (page || unknown || (status && !matches!(failure.class, RetryClass::Throttled { .. })))
}

/// The list is unavailable, and a retry would bring the same.
fn no_list(failure: Failure) -> Failure {
    Failure { class: RetryClass::Refused, ..failure }
}

/// Parses a page of the list; the error is the path of what is unexpected.
fn page(root: Node<'_, '_>) -> Result<Page, String> {
    let parts: Vec<_> = (1..).zip(xml::children(root, "Part")).map(part).collect::<Result<_, _>>()?;
    let more = xml::child(root, "IsTruncated").is_some_and(|told| told == "true");
    // A page that is not the last must say how to continue; the number of its last part means the same.
    let told = || xml::child(root, "NextPartNumberMarker").and_then(|next| next.parse().ok());
    let last = || parts.last().map(|part| part.number.get());
    match told().or_else(last).filter(|_| more) {
        None if more => Err(format!("{LIST}.NextPartNumberMarker: expected the number of a part")),
        next => Ok(Page { parts, next }),
    }
}

fn part((at, node): (u32, Node<'_, '_>)) -> Result<ListedPart, String> {
    let read = |name: &str, expected: &str| {
        xml::child(node, name).ok_or_else(|| format!("{LIST}.Part[{at}].{name}: expected {expected}"))
    };
    let wrong = |name: &str, expected: &str| format!("{LIST}.Part[{at}].{name}: expected {expected}");
    let number = read("PartNumber", "the number of a part")?.parse().ok().and_then(PartNumber::new);
    Ok(ListedPart {
        number: number.ok_or_else(|| wrong("PartNumber", "the number of a part"))?,
        // The number is enough: *complete* names each ETag, and the storage checks it.
        size: xml::child(node, "Size").and_then(|size| size.trim().parse().ok()),
        etag: xml::child(node, "ETag")
            .map(|etag| proof::bare(&etag).to_owned())
            .filter(|etag| !etag.is_empty())
            .map(Etag),
    })
}
