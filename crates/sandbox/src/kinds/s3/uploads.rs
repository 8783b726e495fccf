//! Multipart uploads: create, list, complete, abort.

use jiff::Timestamp;

use super::attributes::Attributes;
use super::paging::{encoding, page_size};
use super::request::S3Request;
use super::{BUCKET, KIND, keys, listed, object, parts, reply};
use crate::faults::step::Step;
use crate::front::Front;
use crate::kinds::finished::{self, Words};
use crate::kinds::said::Said;
use crate::kinds::vendor::{Call, No, Noted};
use crate::random::random_hex;
use crate::sessions::choose::{self, Denied};
use crate::sessions::finish::Taken;
use crate::sessions::session::{About, MOST_PARTS};
use crate::storage::digest::begun_for;
use crate::storage::query;
use crate::storage::refusal::Refusal;
use crate::storage::xml::tag;
use crate::vault::Vault;

/// What is known about an object before its bytes arrive.
pub(crate) fn about(asked: &S3Request, attributes: &Attributes, now: Timestamp, in_parts: bool) -> About {
    let (folder, name) = keys::path(&asked.place.key);
    About {
        path: format!("/{BUCKET}/{}", asked.place.key),
        folder,
        content_type: attributes.content_type().to_owned(),
        parts: if in_parts { u32::try_from(MOST_PARTS).unwrap_or(u32::MAX) } else { 1 },
        // An upload lives until it is completed or aborted. A whole file is stored or not: a restart forgets
        // the rest.
        expires: if in_parts { Timestamp::MAX } else { now },
        key: Some(asked.place.key.clone()),
        in_parts,
        own: serde_json::to_value(attributes).unwrap_or_default(),
        ..About::new(KIND, random_hex(24), name, now)
    }
}

/// Begins an upload.
pub(crate) fn create(
    asked: &S3Request,
    front: &Front,
    vault: &Vault,
    call: &Call,
    noted: &mut Noted,
) -> Result<Said, No> {
    let attributes = Attributes::read(&call.head.headers, &asked.query)?;
    let checksum = begun_for(&call.head.headers)?;
    let about = About { checksum, ..about(asked, &attributes, front.clock.now(), true) };
    let session = vault.shelf.begin(about).map_err(|e| No::broken(&e))?;
    noted.session = Some(session.about.id.clone());
    let inside = [
        tag("Bucket", &asked.place.bucket),
        tag("Key", &asked.place.key),
        tag("UploadId", &session.about.id),
    ];
    Ok(reply::said("InitiateMultipartUploadResult", &inside.concat()))
}

/// A page of the stored parts.
pub(crate) fn list_parts(asked: &S3Request, vault: &Vault, call: &Call) -> Result<Said, No> {
    let session = asked.open(vault)?;
    let page = parts::Page::read(&asked.query, call.effect)?;
    let stored: Vec<_> = session.state().parts.values().cloned().collect();
    let attributes: Attributes = serde_json::from_value(session.about.own.clone()).unwrap_or_default();
    let own = [
        tag("Bucket", &asked.place.bucket),
        tag("Key", &asked.place.key),
        tag("UploadId", &session.about.id),
        tag("StorageClass", attributes.storage_class()),
    ];
    Ok(reply::said("ListPartsResult", &(own.concat() + &page.of(stored))))
}

/// A page of the open uploads, by key and then by id.
pub(crate) fn list_uploads(asked: &S3Request, vault: &Vault) -> Result<Said, No> {
    let one = |name| query::one(&asked.query, name).unwrap_or_default();
    let (prefix, after) = (one("prefix"), (one("key-marker"), one("upload-id-marker")));
    let most = page_size(&asked.query, "max-uploads")?;
    let encode = encoding(&asked.query)?;
    let mut open = vault.shelf.list_of(KIND);
    open.retain(|session| {
        let key = session.about.key.as_deref().unwrap_or_default();
        // Without an id, the marker's key itself is skipped with all its uploads.
        let later = if after.1.is_empty() { key > after.0 } else { (key, session.about.id.as_str()) > after };
        let unfinished = session.about.in_parts && session.state().done.is_none();
        unfinished && key.starts_with(prefix) && (later || after.0.is_empty())
    });
    open.sort_by(|a, b| (&a.about.key, &a.about.id).cmp(&(&b.about.key, &b.about.id)));
    let more = open.len() > most;
    open.truncate(most);
    let key =
        |session: &crate::sessions::session::Session| encode(session.about.key.as_deref().unwrap_or(""));
    let mut inside = [
        tag("Bucket", BUCKET),
        tag("Prefix", encode(prefix)),
        tag("KeyMarker", encode(after.0)),
        tag("UploadIdMarker", after.1),
        tag("MaxUploads", most.to_string()),
        tag("IsTruncated", more.to_string()),
    ]
    .concat();
    if let Some(last) = open.last().filter(|_| more) {
        inside += &tag("NextKeyMarker", key(last));
        inside += &tag("NextUploadIdMarker", &last.about.id);
    }
    for session in &open {
        let about = &session.about;
        let one = [
            tag("Key", key(session)),
            tag("UploadId", &about.id),
            tag("Initiated", about.started.to_string()),
        ];
        inside += &format!("<Upload>{}</Upload>", one.concat());
    }
    Ok(reply::said("ListMultipartUploadsResult", &inside))
}

/// Makes the object of the named parts.
pub(crate) fn complete(
    asked: &S3Request,
    front: &Front,
    vault: &Vault,
    call: &Call,
    noted: &mut Noted,
) -> Result<Said, No> {
    let session = asked.upload(vault)?;
    let list = listed::parts(&call.body)?;
    let gone: No = Refusal::no_such_upload(&session.about.id).into();
    let again = No::new(409, "OperationAborted", "The upload was completed already");
    let ignored = front.faults.ignores_conditions(Step::Complete);
    let taken = if ignored { Taken::Replace } else { only_new(&call.head.headers)? };
    let words = Words { gone, again, denied };
    let sums = listed::checksums(&call.body);
    let choose = |stored: &_| {
        let chosen = choose::listed(stored, &list, asked.s3.rules)?;
        choose::with_checksums(chosen, &sums, session.about.checksum.as_deref())
    };
    let done = finished::complete(front, vault, &session, noted, taken, words, choose)?;
    let inside = [
        tag("Location", format!("{}/{BUCKET}/{}", front.origin, query::encode_path(&asked.place.key))),
        tag("Bucket", BUCKET),
        tag("Key", &asked.place.key),
        tag("ETag", format!("\"{}\"", done.etag)),
    ];
    let mut said = reply::said("CompleteMultipartUploadResult", &inside.concat());
    said.headers.extend(object::encryption(&done));
    Ok(said)
}

/// Whether an object may replace another: not with `If-None-Match: *`, the only value that S3 accepts there.
pub(crate) fn only_new(headers: &http::HeaderMap) -> Result<Taken, Refusal> {
    match headers.get(http::header::IF_NONE_MATCH).map(http::HeaderValue::as_bytes) {
        None => Ok(Taken::Replace),
        Some(b"*") => Ok(Taken::Deny),
        Some(_) => Err(Refusal::not_implemented("Header", "If-None-Match")),
    }
}

/// Why the parts make no object, in S3's words.
pub(crate) fn denied(denied: &Denied) -> No {
    let no = |more| No { more, ..finished::denied(denied) };
    match denied {
        Denied::Exists => No { status: 412, ..no(vec![("Condition", "If-None-Match".to_owned())]) },
        Denied::Aborted => No { status: 404, ..no(Vec::new()) },
        Denied::TooSmall { part, size, least } => no(vec![
            ("ProposedSize", size.to_string()),
            ("MinSizeAllowed", least.to_string()),
            ("PartNumber", part.to_string()),
        ]),
        Denied::Part { part } | Denied::Unequal { part } => no(vec![("PartNumber", part.to_string())]),
        _ => no(Vec::new()),
    }
}

/// Aborts an upload and deletes its parts.
pub(crate) fn abort(asked: &S3Request, vault: &Vault) -> Result<Said, No> {
    let session = asked.open(vault)?;
    let aborted = vault.shelf.abort(&session).map_err(|e| No::broken(&e))?;
    let gone = || Refusal::no_such_upload(&session.about.id).into();
    aborted.then(|| Said::empty(204)).ok_or_else(gone)
}
