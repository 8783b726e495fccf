//! The bodies of Gjirafa's requests.

use partway_core::{Cause, Failure, PartPlan, PartReceipt, RetryClass, Step, proof};
use partway_provider::{FileFacts, Session};
use serde_json::{Map, Value, json};

use super::Settings;
use super::settings::Encode;
use crate::expect::{id_text, is_id};

/// The body of *start*. `contentLength` is text; it and `mimeType` are always sent, because older servers
/// require them. Newer fields are sent only if set. The two fields of the duplicate check are sent together
/// or not at all.
pub(crate) fn start(file: &FileFacts, plan: &PartPlan, settings: &Settings) -> Value {
    let mut body = json!({
        "partsNumber": plan.count(),
        "fileName": file.name,
        "contentLength": file.size.to_string(),
        "mimeType": if file.mime.is_empty() { "application/octet-stream" } else { &file.mime },
    });
    let hash = file.hash.as_ref().filter(|hash| Some(hash.algorithm) == settings.duplicates);
    if let Some(hash) = hash {
        body["enableDuplicateCheck"] = json!(true);
        body["fileHash"] = json!(hash.hex);
    }
    with_hours(body, settings)
}

/// The body of *resume*.
pub(crate) fn resume(kept: &Kept, settings: &Settings) -> Value {
    with_hours(json!({ "requestKey": kept.request_key }), settings)
}

fn with_hours(mut body: Value, settings: &Settings) -> Value {
    if let Some(hours) = settings.url_hours {
        body["presignedUrlExpiryTimeHours"] = json!(hours);
    }
    body
}

/// The body of *complete*. `allowPartialComplete` defaults to true, and then a missing part silently gives a
/// truncated video: so it is always sent, as false.
pub(crate) fn complete(kept: &Kept, receipts: &[PartReceipt]) -> Value {
    let part = |receipt: &PartReceipt| json!({ "partNumber": receipt.number.get(), "eTag": proof::named_at_complete(receipt) });
    let parts: Vec<_> = receipts.iter().map(part).collect();
    json!({ "requestKey": kept.request_key, "allowPartialComplete": false, "parts": parts })
}

/// The body of *abort*.
pub(crate) fn abort(kept: &Kept) -> Value {
    json!({ "requestKey": kept.request_key })
}

/// The body of *encodes*.
pub(crate) fn encode(kept: &Kept, download: &str, encode: &Encode) -> Value {
    let mut body = Map::new();
    body.insert("downloadUrl".to_owned(), json!(download));
    body.insert("callBackUrl".to_owned(), json!(encode.callback));
    let set = [("title", &kept.title), ("author", &encode.author)];
    body.extend(set.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?)))));
    Value::Object(body)
}

/// What a session keeps: Gjirafa's ids, and what is needed after *complete*.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// In its original form, text or a number.
    pub(crate) request_key: Value,
    /// The number of parts.
    pub(crate) parts: u32,
    /// The id of the file's record, if it was given.
    pub(crate) details_id: Value,
    /// The title of the video.
    pub(crate) title: Option<String>,
}

impl Kept {
    pub(crate) fn write(&self, upload_id: &Value) -> String {
        let mut body = json!({ "requestKey": self.request_key, "parts": self.parts });
        let title = self.title.as_ref().map_or(Value::Null, |title| json!(title));
        for (name, value) in
            [("uploadId", upload_id), ("uploadFileDetailsId", &self.details_id), ("title", &title)]
        {
            if !value.is_null() {
                body[name] = value.clone();
            }
        }
        body.to_string()
    }

    pub(crate) fn read(session: &Session, step: Step) -> Result<Self, Failure> {
        // Through a shared reference: a mutable index panics if there is no object.
        let kept: Value = serde_json::from_str(&session.body).unwrap_or(Value::Null);
        let parts = kept["parts"].as_u64().and_then(|parts| u32::try_from(parts).ok());
        match (kept["requestKey"].clone(), parts) {
            (request_key, Some(parts)) if is_id(&request_key) => Ok(Self {
                request_key,
                parts,
                details_id: kept["uploadFileDetailsId"].clone(),
                title: kept["title"].as_str().map(ToOwned::to_owned),
            }),
            _ => {
                let what = "the session in the journal names no request key";
                let cause = Cause::BrokenReply { what: what.to_owned() };
                Err(Failure::new(step, RetryClass::SessionGone, cause, what))
            }
        }
    }

    /// The request key as a path segment.
    pub(crate) fn segment(&self) -> String {
        id_text(&self.request_key)
    }

    /// The finished file's id at the vendor: its record's id, else the request key.
    pub(crate) fn file_id(&self) -> String {
        id_text(if self.details_id.is_null() { &self.request_key } else { &self.details_id })
    }
}
