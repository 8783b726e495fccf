//! Sends requests to the store: one signed request, one answer, within bounds.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;

use super::Trouble;
use crate::clock::Clock;
use crate::error::Error;
use crate::options::Store as Asked;
use crate::storage::query;
use crate::storage::sign::Signer;
use crate::storage::xml::{self, Element};

/// Longest answer, bytes: a page of a thousand parts stays far below it.
const LONGEST: usize = 4 * 1024 * 1024;
/// Putting ten thousand parts together may take minutes (AWS, "CompleteMultipartUpload").
const PATIENCE: Duration = Duration::from_secs(300);
/// Lifetime of the sandbox's own signatures, seconds: its requests are sent at once.
const LIFE: u64 = 300;

/// The store.
pub(crate) struct Store {
    http: Client<HttpConnector, Full<Bytes>>,
    signer: Signer,
    /// Host and port, as signed.
    host: String,
    bucket: String,
    /// The right time, whatever the fault `clock-skew` does to the server's.
    clock: Clock,
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    /// The expected document.
    pub(crate) fn document(&self, root: &str) -> Result<Element, Trouble> {
        let read = xml::read(&self.body);
        if let Some(read) = read.as_ref().filter(|read| read.name == root && self.status == 200) {
            return Ok(read.clone());
        }
        Err(self.trouble(read.as_ref()))
    }

    /// Success, without a body.
    pub(crate) fn done(&self) -> Result<(), Trouble> {
        if (200..300).contains(&self.status) {
            Ok(())
        } else {
            Err(self.trouble(xml::read(&self.body).as_ref()))
        }
    }

    fn trouble(&self, read: Option<&Element>) -> Trouble {
        match read.filter(|read| read.name == "Error") {
            Some(error) => {
                let (code, message) = (error.text_of("Code").to_owned(), error.text_of("Message").to_owned());
                Trouble { status: self.status, code, message }
            }
            None => Trouble { status: self.status, ..Trouble::unreadable("the answer is none of S3's") },
        }
    }
}

impl Store {
    /// The store from the options.
    pub(crate) fn new(asked: &Asked, clock: Clock) -> Result<Self, Error> {
        let wrong = |why: &str| Error::Option(format!("--store-s3: {why}"));
        let url: Uri = asked.url.parse().map_err(|_| wrong("this is no address"))?;
        if url.scheme_str() != Some("http") || !matches!(url.path(), "" | "/") || url.query().is_some() {
            return Err(wrong("the address is http://HOST:PORT, and nothing after it"));
        }
        let host = url.authority().map(ToString::to_string).filter(|host| !host.contains('@'));
        let host = host.ok_or_else(|| wrong("the address names no host"))?;
        if [&asked.bucket, &asked.region, &asked.key, &asked.secret].iter().any(|text| text.is_empty()) {
            return Err(wrong("bucket, region and both keys are needed"));
        }
        let signer = Signer::new(asked.key.clone(), asked.secret.clone()).in_region(&asked.region);
        let http = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
        Ok(Self { http, signer, host, bucket: asked.bucket.clone(), clock })
    }

    pub(crate) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// A presigned link to a key at the store.
    pub(crate) fn link(
        &self,
        method: &str,
        key: &str,
        own: &[(&str, String)],
        at: Timestamp,
        life: u64,
    ) -> String {
        let path = format!("/{}/{key}", self.bucket);
        let query = self.signer.presign(method, &self.host, &path, own, at, life);
        format!("http://{}{}?{query}", self.host, query::encode_path(&path))
    }

    /// A presigned link to read a key, valid from now for a while.
    pub(crate) fn read_link(&self, key: &str) -> String {
        self.link("GET", key, &[], self.clock.now(), LIFE)
    }

    /// Sends one request. Blocking: only for threads that may block.
    pub(crate) fn ask(
        &self,
        method: &Method,
        key: &str,
        own: &[(&str, String)],
        content_type: Option<&str>,
        body: String,
    ) -> Result<Reply, Trouble> {
        let link = self.link(method.as_str(), key, own, self.clock.now(), LIFE);
        let mut request = Request::builder().method(method).uri(link);
        if let Some(content_type) = content_type {
            request = request.header(http::header::CONTENT_TYPE, content_type);
        }
        let request = request
            .header(http::header::CONTENT_LENGTH, body.len())
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| Trouble::unreadable("the request could not be made"))?;
        let exchange = async {
            // The error is reported without the link, which is as sensitive as a password.
            let response = self.http.request(request).await;
            let response = response.map_err(|_| Trouble::unreadable("it could not be reached"))?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, LONGEST).collect().await;
            let body = body.map_err(|_| Trouble::unreadable("the answer broke off, or is far too long"))?;
            Ok(Reply { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes() })
        };
        let handle = tokio::runtime::Handle::try_current();
        let handle = handle.map_err(|_| Trouble::unreadable("there is nothing to ask it with"))?;
        handle
            .block_on(tokio::time::timeout(PATIENCE, exchange))
            .unwrap_or_else(|_| Err(Trouble::unreadable("it did not answer")))
    }
}
