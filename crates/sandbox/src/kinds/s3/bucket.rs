//! The bucket: its existence, its content, and deleting objects.

use std::fs;
use std::io;
use std::ops::Bound;

use http::{HeaderName, HeaderValue, StatusCode};

use super::paging::{encoding, page_size};
use super::request::S3Request;
use super::{BUCKET, KIND, reply};
use crate::kinds::said::Said;
use crate::kinds::vendor::No;
use crate::sessions::session::Session;
use crate::storage::query;
use crate::storage::refusal::Refusal;
use crate::storage::sign::REGION;
use crate::storage::xml::{escape, tag};
use crate::vault::Vault;

/// The list of buckets, with one in it.
pub(crate) fn all() -> Said {
    let bucket = tag("Name", BUCKET) + &tag("CreationDate", "2026-01-01T00:00:00Z");
    reply::said("ListAllMyBucketsResult", &format!("<Buckets><Bucket>{bucket}</Bucket></Buckets>"))
}

/// No bucket can be created: there is exactly one.
pub(crate) fn create(asked: &S3Request) -> Refusal {
    match asked.bucket() {
        Ok(()) => {
            let message =
                "Your previous request to create the named bucket succeeded and you already own it.";
            Refusal::new(StatusCode::CONFLICT, "BucketAlreadyOwnedByYou", message).with("BucketName", BUCKET)
        }
        Err(_) => Refusal::new(StatusCode::FORBIDDEN, "AccessDenied", "Access Denied"),
    }
}

/// The bucket exists.
pub(crate) fn head() -> Said {
    let region = (HeaderName::from_static("x-amz-bucket-region"), HeaderValue::from_static(REGION));
    Said { headers: vec![region], ..Said::empty(200) }
}

/// The bucket's region. AWS's first region has no name here.
pub(crate) fn location() -> Said {
    reply::said("LocationConstraint", if REGION == "us-east-1" { "" } else { REGION })
}

/// A page of the bucket's content, in either version of the call. With a delimiter, keys with a common prefix
/// are merged.
pub(crate) fn list(asked: &S3Request, vault: &Vault) -> Result<Said, No> {
    let one = |name| query::one(&asked.query, name).unwrap_or_default();
    let second = match one("list-type") {
        "2" => true,
        "" => false,
        _ => return Err(Refusal::argument("list-type must be 2").with("ArgumentName", "list-type").into()),
    };
    let most = page_size(&asked.query, "max-keys")?;
    let encode = encoding(&asked.query)?;
    let (prefix, delimiter) = (one("prefix"), one("delimiter"));
    let token = one("continuation-token");
    let after = match (second, token) {
        (false, _) => one("marker").to_owned(),
        (true, "") => one("start-after").to_owned(),
        (true, token) => {
            let text = hex::decode(token).ok().and_then(|text| String::from_utf8(text).ok());
            let wrong = || Refusal::argument("The continuation token provided is incorrect");
            text.ok_or_else(|| wrong().with("ArgumentName", "continuation-token"))?
        }
    };
    let (mut rows, mut count, mut last, mut more) = (String::new(), 0, String::new(), false);
    let keys = vault.objects.keys();
    for (key, session) in keys.range::<str, _>((Bound::Excluded(after.as_str()), Bound::Unbounded)) {
        let Some(rest) = key.strip_prefix(prefix) else { continue };
        let common = rest.find(delimiter).filter(|_| !delimiter.is_empty());
        let common = common.map(|at| &key[..prefix.len() + at + delimiter.len()]);
        if common.is_some_and(|common| after.starts_with(common) || last == common) {
            continue;
        }
        if count == most {
            more = most > 0;
            break;
        }
        count += 1;
        last = common.unwrap_or(key).to_owned();
        rows += &match common {
            Some(common) => format!("<CommonPrefixes>{}</CommonPrefixes>", tag("Prefix", encode(common))),
            None => row(session, &encode(key)),
        };
    }
    drop(keys);
    let mut inside = [
        tag("Name", BUCKET),
        tag("Prefix", encode(prefix)),
        tag("MaxKeys", most.to_string()),
        tag("IsTruncated", more.to_string()),
    ]
    .concat();
    if !delimiter.is_empty() {
        inside += &tag("Delimiter", encode(delimiter));
    }
    if query::one(&asked.query, "encoding-type").is_some() {
        inside += &tag("EncodingType", "url");
    }
    if second {
        inside += &tag("KeyCount", count.to_string());
    }
    match (more, second) {
        (true, true) => inside += &tag("NextContinuationToken", hex::encode(&last)),
        (true, false) => inside += &tag("NextMarker", encode(&last)),
        _ => {}
    }
    Ok(reply::said("ListBucketResult", &(inside + &rows)))
}

fn row(session: &Session, key: &str) -> String {
    let Some(done) = session.state().done.clone() else { return String::new() };
    let attributes: super::attributes::Attributes =
        serde_json::from_value(session.about.own.clone()).unwrap_or_default();
    format!(
        "<Contents><Key>{}</Key>{}{}{}{}</Contents>",
        escape(key),
        tag("LastModified", done.at.to_string()),
        tag("ETag", format!("\"{}\"", done.etag)),
        tag("Size", done.size.to_string()),
        tag("StorageClass", attributes.storage_class()),
    )
}

/// Deletes an object; a missing one counts as deleted.
pub(crate) fn delete(asked: &S3Request, vault: &Vault) -> Result<Said, No> {
    let mut keys = vault.objects.keys();
    let key = asked.place.key.as_str();
    let Some(session) = keys.get(key) else { return Ok(Said::empty(204)) };
    let object = session.state().done.clone().map(|done| done.object);
    // The versions that it replaced are deleted too, and first: otherwise, after a kill, an older one would
    // be the object again.
    let mut all = vault.shelf.list_of(KIND);
    all.retain(|session| session.about.key.as_deref() == Some(key) && session.state().done.is_some());
    let work = || -> io::Result<()> {
        for session in &all {
            vault.shelf.forget(session)?;
        }
        match object.map(|object| fs::remove_file(vault.objects.dir.join(object))) {
            Some(Err(e)) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    };
    work().map_err(|e| No::broken(&e))?;
    keys.remove(key);
    Ok(Said::empty(204))
}
