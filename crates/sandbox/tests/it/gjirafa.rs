//! Gjirafa as its clients see it.

mod books;
mod refusals;
mod upload;

use serde_json::{Value, json};

use crate::rig::{Answer, PART, Rig, etag, pieces};

/// A client of one project.
pub(crate) struct Client<'a> {
    pub(crate) rig: &'a Rig,
    pub(crate) base: String,
    pub(crate) key: String,
}

/// An upload as a client stores it: its request key, and its links by number.
pub(crate) struct Upload {
    pub(crate) key: String,
    pub(crate) links: Vec<(u64, String)>,
}

impl Upload {
    pub(crate) fn of(answer: &Answer) -> Self {
        let result = &answer.json()["result"];
        let mut links: Vec<_> = result["presignedUrl"].as_array().unwrap().iter().map(link).collect();
        links.sort();
        Self { key: result["requestKey"].as_str().unwrap().to_owned(), links }
    }

    pub(crate) fn link(&self, number: u64) -> &str {
        &self.links.iter().find(|(n, _)| *n == number).unwrap().1
    }
}

pub(crate) fn link(value: &Value) -> (u64, String) {
    (value["partNumber"].as_u64().unwrap(), value["presignedUrl"].as_str().unwrap().to_owned())
}

pub(crate) fn client(rig: &Rig) -> Client<'_> {
    let destination = rig.destination("gjirafa");
    let base = format!("{}/api/projects/{}", destination.url, destination.more["project"]);
    Client { rig, base, key: destination.key }
}

pub(crate) fn wanted(name: &str, size: usize, parts: usize) -> Value {
    json!({"partsNumber": parts, "fileName": name, "contentLength": size.to_string(), "mimeType": "video/mp4"})
}

pub(crate) fn listed(parts: &[(usize, &[u8])]) -> Value {
    parts.iter().map(|(number, data)| json!({"partNumber": number, "eTag": etag(data)})).collect()
}

pub(crate) fn all(data: &[u8]) -> Value {
    let parts: Vec<_> = (1..).zip(pieces(data)).collect();
    listed(&parts)
}

impl Client<'_> {
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let url = format!("{}/{path}", self.base);
        let answer = self.rig.ask(method, &url, &[("authorization", &self.key)], body).await.unwrap();
        let envelope = answer.json();
        for name in ["success", "errors", "messages", "result", "resultInfo", "statusCode"] {
            assert!(envelope.get(name).is_some(), "{name}: {envelope}");
        }
        assert_eq!(envelope["statusCode"], answer.status);
        answer
    }

    pub(crate) async fn begin(&self, name: &str, size: usize) -> Upload {
        let parts = size.div_ceil(PART).max(1);
        let answer = self.ask("POST", "uploads/multipart", &wanted(name, size, parts)).await;
        assert_eq!((answer.status, &answer.json()["success"]), (201, &json!(true)), "{}", answer.body);
        Upload::of(&answer)
    }

    pub(crate) async fn put_all(&self, upload: &Upload, data: &[u8]) {
        for (number, part) in (1..).zip(pieces(data)) {
            assert_eq!(self.rig.put(upload.link(number), part).await.unwrap().status, 200);
        }
    }

    pub(crate) async fn complete(&self, upload: &Upload, parts: Value, partial: Option<bool>) -> Answer {
        let mut body = json!({"requestKey": upload.key, "parts": parts});
        if let Some(partial) = partial {
            body["allowPartialComplete"] = json!(partial);
        }
        self.ask("PUT", "uploads/multipart-complete", &body).await
    }

    pub(crate) async fn send(&self, name: &str, data: &[u8]) -> Upload {
        let upload = self.begin(name, data.len()).await;
        self.put_all(&upload, data).await;
        let done = self.complete(&upload, all(data), Some(false)).await;
        assert_eq!((done.status, &done.json()["result"]), (200, &json!(true)), "{}", done.body);
        upload
    }

    pub(crate) async fn list(&self, upload: &Upload) -> Answer {
        self.ask("GET", &format!("uploads/url/multipart/{}/parts", upload.key), &Value::Null).await
    }

    pub(crate) async fn by_key(&self, method: &str, step: &str, upload: &Upload) -> Answer {
        self.ask(method, &format!("uploads/multipart-{step}"), &json!({"requestKey": upload.key})).await
    }

    pub(crate) async fn numbers(&self, upload: &Upload) -> Vec<u64> {
        let listed = self.list(upload).await.json();
        listed["result"].as_array().unwrap().iter().map(|part| part["partNumber"].as_u64().unwrap()).collect()
    }
}

pub(crate) fn lax(options: &mut partway_sandbox::Options) {
    options.min_part = 1;
}
