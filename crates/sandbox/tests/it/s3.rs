//! S3 as its clients see it.

mod clients;
mod conditions;
mod faults;
mod keeping;
mod lists;
mod objects;
mod refusals;
mod sign;
mod signatures;
mod upload;

use std::time::SystemTime;

use jiff::Timestamp;
use md5::{Digest, Md5};
use serde_json::{Value, json};
use sha2::Sha256;

use self::sign::{Keys, Request, encode, query};
use crate::rig::{Answer, PART, Rig, pieces};

/// A client of the bucket that signs requests in their headers, or makes links.
pub(crate) struct Client {
    http: reqwest::Client,
    /// `127.0.0.1:PORT`
    pub(crate) host: String,
    pub(crate) keys: Keys,
    pub(crate) bucket: String,
}

/// The client for a sandbox, from its first line.
pub(crate) fn client(rig: &Rig) -> Client {
    Client::of(&serde_json::to_value(rig.destination("s3")).unwrap())
}

/// The input of a signed request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) key: &'a str,
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a [u8],
}

pub(crate) fn asked<'a>(method: &'a str, key: &'a str) -> Asked<'a> {
    Asked { method, key, query: &[], headers: &[], body: &[] }
}

/// The current time as `20261121T030000Z`.
pub(crate) fn date() -> String {
    Timestamp::try_from(SystemTime::now()).unwrap().strftime("%Y%m%dT%H%M%SZ").to_string()
}

impl Client {
    /// From an entry of the first line.
    pub(crate) fn of(entry: &Value) -> Self {
        let text = |name: &str| entry[name].as_str().map(str::to_owned);
        let keys = Keys {
            key: text("key").unwrap(),
            secret: text("secret").unwrap(),
            region: text("region").unwrap(),
            token: text("session_token"),
        };
        let host = text("url").unwrap().split_once("//").unwrap().1.to_owned();
        assert_eq!((&entry["kind"], &entry["style"]), (&json!("s3"), &json!("path")));
        Self { http: crate::rig::client().build().unwrap(), host, keys, bucket: text("bucket").unwrap() }
    }

    /// For another bucket.
    pub(crate) fn elsewhere(self, bucket: &str) -> Self {
        Self { bucket: bucket.to_owned(), ..self }
    }

    pub(crate) fn path(&self, key: &str) -> String {
        if key.is_empty() { format!("/{}", self.bucket) } else { format!("/{}/{key}", self.bucket) }
    }

    /// The headers that sign a request.
    pub(crate) fn signed(&self, asked: Asked<'_>) -> Vec<(String, String)> {
        let (host, path, date) = (&self.host, self.path(asked.key), date());
        let Asked { method, query, headers, body, .. } = asked;
        let request = Request { method, host, path: &path, query, headers, date: &date };
        self.keys.by_header(&request, &hex::encode(Sha256::digest(body)))
    }

    pub(crate) fn url(&self, asked: Asked<'_>) -> String {
        let path = encode(&self.path(asked.key), "/");
        let query = query(asked.query);
        let mark = if query.is_empty() { "" } else { "?" };
        format!("http://{}{path}{mark}{query}", self.host)
    }

    /// Sends a request signed in its headers.
    pub(crate) async fn send(&self, asked: Asked<'_>) -> Answer {
        self.send_with(asked, self.signed(asked)).await
    }

    /// Sends a request with these headers.
    pub(crate) async fn send_with(&self, asked: Asked<'_>, headers: Vec<(String, String)>) -> Answer {
        self.try_with(asked, headers).await.unwrap()
    }

    pub(crate) async fn try_with(
        &self,
        asked: Asked<'_>,
        headers: Vec<(String, String)>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self.http.request(asked.method.parse().unwrap(), self.url(asked));
        for (name, value) in headers.iter().filter(|(name, _)| name != "host") {
            request = request.header(name, value);
        }
        if matches!(asked.method, "PUT" | "POST") {
            request = request.header("content-length", asked.body.len());
        }
        crate::rig::answer(request.body(asked.body.to_vec()).send().await?).await
    }

    /// A link for a request, valid for `life` seconds.
    pub(crate) fn link(&self, asked: Asked<'_>, life: &str) -> String {
        let (host, path, date) = (&self.host, self.path(asked.key), date());
        let Asked { method, query, headers, .. } = asked;
        let request = Request { method, host, path: &path, query, headers, date: &date };
        format!("http://{host}{}?{}", encode(&path, "/"), self.keys.presigned(&request, life))
    }

    /// The link for a part.
    pub(crate) fn part_link(&self, key: &str, id: &str, part: usize) -> String {
        let part = part.to_string();
        self.link(Asked { query: &[("partNumber", &part), ("uploadId", id)], ..asked("PUT", key) }, "600")
    }

    /// Begins an upload, which must succeed, and returns its id.
    pub(crate) async fn create(&self, key: &str) -> String {
        let answer = self.send(Asked { query: &[("uploads", "")], ..asked("POST", key) }).await;
        assert_eq!((answer.status, answer.xml("Key").is_empty()), (200, false), "{}", answer.body);
        answer.xml("UploadId").to_owned()
    }

    /// Sends one part, by a link.
    pub(crate) async fn put_part(&self, key: &str, id: &str, part: usize, data: &[u8]) -> Answer {
        let put = self.http.put(self.part_link(key, id, part)).header("content-length", data.len());
        crate::rig::answer(put.body(data.to_vec()).send().await.unwrap()).await.unwrap()
    }

    /// Sends all parts; each must be accepted.
    pub(crate) async fn put_all(&self, key: &str, id: &str, data: &[u8]) {
        for (part, piece) in (1..).zip(pieces(data)) {
            let answer = self.put_part(key, id, part, piece).await;
            assert_eq!((answer.status, answer.header("etag")), (200, crate::rig::etag(piece).as_str()));
        }
    }

    pub(crate) async fn complete(&self, key: &str, id: &str, body: &str) -> Answer {
        let body = body.as_bytes();
        self.send(Asked { query: &[("uploadId", id)], body, ..asked("POST", key) }).await
    }

    pub(crate) async fn upload(&self, key: &str, data: &[u8]) -> Answer {
        let id = self.create(key).await;
        self.put_all(key, &id, data).await;
        self.complete(key, &id, &listed(data)).await
    }

    pub(crate) async fn get(&self, key: &str) -> Vec<u8> {
        let link = self.link(asked("GET", key), "60");
        let got = self.http.get(link).send().await.unwrap();
        assert_eq!(got.status(), 200);
        got.bytes().await.unwrap().to_vec()
    }

    pub(crate) async fn abort(&self, key: &str, id: &str) -> Answer {
        self.send(Asked { query: &[("uploadId", id)], ..asked("DELETE", key) }).await
    }
}

/// The XML of a complete.
pub(crate) fn parts(list: &[(usize, &str)]) -> String {
    let one = |(number, etag): &(usize, &str)| {
        format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
    };
    let all: String = list.iter().map(one).collect();
    format!(
        "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{all}</CompleteMultipartUpload>"
    )
}

/// The XML of a complete with all parts of this data.
pub(crate) fn listed(data: &[u8]) -> String {
    let etags: Vec<_> = pieces(data).iter().map(|piece| crate::rig::etag(piece)).collect();
    parts(&(1..).zip(&etags).map(|(part, etag)| (part, etag.as_str())).collect::<Vec<_>>())
}

/// The ETag that an object of these bytes must get.
pub(crate) fn whole(data: &[u8]) -> String {
    let sums: Vec<u8> = data.chunks(PART).flat_map(|part| Md5::digest(part).to_vec()).collect();
    format!("\"{}-{}\"", hex::encode(Md5::digest(sums)), data.chunks(PART).len())
}

/// Small parts will do for a test.
pub(crate) fn lax(options: &mut partway_sandbox::Options) {
    options.min_part = 1;
}

/// Status and code of a refusal.
pub(crate) fn code(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.xml("Code"))
}
