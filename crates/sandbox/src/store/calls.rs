//! The store's calls: create, list, complete, abort, head.

use http::{Method, header};
use jiff::Timestamp;

use super::client::Store;
use super::{Remote, Trouble};
use crate::sessions::session::Stored;
use crate::storage::xml::{Element, tag};

/// The most pages of a list: ten thousand parts in pages of a thousand, and some to spare.
const MOST_PAGES: usize = 100;

/// The object that an upload became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    /// Without quotes.
    pub(crate) etag: String,
    pub(crate) size: Option<u64>,
}

impl Store {
    /// Begins an upload for a key.
    pub(crate) fn create(&self, key: &str, content_type: &str) -> Result<Remote, Trouble> {
        let own = [("uploads", String::new())];
        let reply = self.ask(&Method::POST, key, &own, Some(content_type), String::new())?;
        let upload = reply.document("InitiateMultipartUploadResult")?.text_of("UploadId").to_owned();
        if upload.is_empty() {
            return Err(Trouble::unreadable("the reply names no UploadId"));
        }
        Ok(Remote { key: key.to_owned(), upload })
    }

    /// The stored parts, from all pages.
    pub(crate) fn parts(&self, remote: &Remote) -> Result<Vec<Stored>, Trouble> {
        let (mut all, mut marker) = (Vec::new(), None::<u32>);
        for _ in 0..MOST_PAGES {
            let mut own = vec![("uploadId", remote.upload.clone())];
            own.extend(marker.map(|marker| ("part-number-marker", marker.to_string())));
            let reply = self.ask(&Method::GET, &remote.key, &own, None, String::new())?;
            let root = reply.document("ListPartsResult")?;
            let parts: Option<Vec<_>> = root.all("Part").map(part).collect();
            let parts = parts.ok_or_else(|| Trouble::unreadable("a part of the list cannot be read"))?;
            let last = parts.iter().map(|part| part.part).max();
            all.extend(parts);
            if root.text_of("IsTruncated") != "true" || last.is_none() || last <= marker {
                return Ok(all);
            }
            marker = last;
        }
        Err(Trouble::unreadable("the list of parts has no end"))
    }

    /// Makes the object. A 200 can contain an error (AWS, "CompleteMultipartUpload").
    pub(crate) fn complete(&self, remote: &Remote, parts: &[Stored]) -> Result<Object, Trouble> {
        let one = |part: &Stored| {
            let (number, etag) = (part.part.to_string(), format!("\"{}\"", part.etag()));
            format!("<Part>{}{}</Part>", tag("PartNumber", number), tag("ETag", etag))
        };
        let all: String = parts.iter().map(one).collect();
        let body = format!("<CompleteMultipartUpload>{all}</CompleteMultipartUpload>");
        let own = [("uploadId", remote.upload.clone())];
        let reply = self.ask(&Method::POST, &remote.key, &own, Some("application/xml"), body)?;
        let etag =
            reply.document("CompleteMultipartUploadResult")?.text_of("ETag").trim_matches('"').to_owned();
        Ok(Object { etag, size: Some(parts.iter().map(|part| part.size).sum()) })
    }

    /// Aborts an upload.
    pub(crate) fn abort(&self, remote: &Remote) -> Result<(), Trouble> {
        let own = [("uploadId", remote.upload.clone())];
        self.ask(&Method::DELETE, &remote.key, &own, None, String::new())?.done()
    }

    /// The object with this key, if it exists.
    pub(crate) fn look(&self, key: &str) -> Result<Option<Object>, Trouble> {
        let reply = self.ask(&Method::HEAD, key, &[], None, String::new())?;
        if reply.status == 404 {
            return Ok(None);
        }
        reply.done()?;
        let text = |name| reply.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let etag = text(header::ETAG).trim_matches('"').to_owned();
        Ok(Some(Object { etag, size: text(header::CONTENT_LENGTH).parse().ok() }))
    }
}

fn part(element: &Element) -> Option<Stored> {
    let part = element.text_of("PartNumber").parse().ok()?;
    let size = element.text_of("Size").parse().ok()?;
    let etag = element.text_of("ETag").trim_matches('"').to_owned();
    let at: Option<Timestamp> = element.text_of("LastModified").parse().ok();
    Some(Stored { part, size, md5: etag, at: at.unwrap_or_default(), ..Stored::default() })
}
