//! The fields of Gjirafa's calls, read strictly.

use serde::{Deserialize, Serialize};

use crate::kinds::fields::{Fields, Wrong, boolean, digits, list, mime, name, string, whole, within};
use crate::options::LARGEST_OBJECT;
use crate::sessions::session::MOST_PARTS;

/// The lifetime that a client may request for links, hours: a week at most.
const HOURS: std::ops::RangeInclusive<u64> = 1..=168;

/// A start's fields.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) parts: u64,
    pub(crate) file_name: String,
    pub(crate) length: u64,
    pub(crate) mime: String,
    /// The hash for the duplicate check; `None` if the check was not requested.
    pub(crate) look_for: Option<String>,
    pub(crate) hash: Option<String>,
    pub(crate) hours: Option<u64>,
}

/// What a session stores for Gjirafa's replies.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Own {
    pub(crate) upload_id: String,
    pub(crate) details_id: String,
    pub(crate) hash: Option<String>,
}

/// Parses a start. `contentLength` is a string; `enableDuplicateCheck` and `fileHash` come together.
pub(crate) fn start(mut fields: Fields) -> Result<Start, Wrong> {
    let parts = fields.need("partsNumber", within(1..=MOST_PARTS, whole))?;
    let file_name = fields.need("fileName", name)?;
    let length = fields.need("contentLength", within(0..=LARGEST_OBJECT, digits))?;
    let mime = fields.need("mimeType", mime)?;
    let check = fields.may("enableDuplicateCheck", boolean)?;
    let hash = fields.may("fileHash", string)?;
    let hours = fields.may("presignedUrlExpiryTimeHours", within(HOURS, whole))?;
    fields.end()?;
    if check.is_some() != hash.is_some() {
        return Err(Wrong("enableDuplicateCheck and fileHash are needed together".to_owned()));
    }
    if hash.as_deref() == Some("") {
        return Err(Wrong("fileHash is empty".to_owned()));
    }
    let look_for = hash.clone().filter(|_| check == Some(true));
    Ok(Start { parts, file_name, length, mime, look_for, hash, hours })
}

/// A complete's fields.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Complete {
    pub(crate) request: String,
    pub(crate) partial: bool,
    pub(crate) parts: Vec<(u32, String)>,
}

/// Parses a complete. `allowPartialComplete` defaults to true, as at the vendor.
pub(crate) fn complete(mut fields: Fields) -> Result<Complete, Wrong> {
    let part = |item: &mut Fields| {
        let number = item.need("partNumber", within(1..=MOST_PARTS, whole))?;
        Ok((u32::try_from(number).unwrap_or(u32::MAX), item.need("eTag", string)?))
    };
    let complete = Complete {
        request: fields.need("requestKey", string)?,
        partial: fields.may("allowPartialComplete", boolean)?.unwrap_or(true),
        parts: fields.need("parts", list(part))?,
    };
    fields.end()?;
    Ok(complete)
}

/// Parses a request for fresh links: the upload, and the lifetime in hours.
pub(crate) fn resume(mut fields: Fields) -> Result<(String, Option<u64>), Wrong> {
    let asked = (
        fields.need("requestKey", string)?,
        fields.may("presignedUrlExpiryTimeHours", within(HOURS, whole))?,
    );
    fields.end()?;
    Ok(asked)
}

/// Parses an abort.
pub(crate) fn abort(mut fields: Fields) -> Result<String, Wrong> {
    let request = fields.need("requestKey", string)?;
    fields.end()?;
    Ok(request)
}

/// The fields that register a video.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Encode {
    pub(crate) download_url: String,
    pub(crate) callback: String,
    pub(crate) title: Option<String>,
    pub(crate) author: Option<String>,
}

/// Parses a registration.
pub(crate) fn encode(mut fields: Fields) -> Result<Encode, Wrong> {
    let encode = Encode {
        download_url: fields.need("downloadUrl", string)?,
        callback: fields.need("callBackUrl", |value| {
            let url = string(value)?;
            let web = ["http://", "https://"]
                .iter()
                .any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
            web.then_some(url).ok_or_else(|| "must be a web address".to_owned())
        })?,
        title: fields.may("title", string)?,
        author: fields.may("author", string)?,
    };
    fields.end()?;
    Ok(encode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read<T>(reader: impl Fn(Fields) -> Result<T, Wrong>, all: &Value) -> Result<T, Wrong> {
        reader(Fields::read(all.to_string().as_bytes()).unwrap())
    }

    fn changed(change: &[(&str, Value)]) -> Result<Start, Wrong> {
        let mut all =
            json!({"partsNumber": 2, "fileName": "x.mp4", "contentLength": "7", "mimeType": "video/mp4"});
        for (name, value) in change {
            all[*name] = value.clone();
        }
        read(start, &all)
    }

    #[test]
    fn a_length_is_a_string_and_a_count_is_none() {
        let plain = changed(&[]).unwrap();
        assert_eq!((plain.parts, plain.length, plain.hours, plain.hash), (2, 7, None, None));
        let bad = [
            ("contentLength", json!(7)),
            ("contentLength", json!("7.0")),
            ("contentLength", json!("")),
            ("contentLength", json!("-1")),
            ("partsNumber", json!("2")),
            ("partsNumber", json!(0)),
            ("partsNumber", json!(10_001)),
            ("mimeType", json!("mp4")),
            ("fileName", json!("a/b")),
            ("presignedUrlExpiryTimeHours", json!(0)),
            ("presignedUrlExpiryTimeHours", json!(169)),
            ("presignedUrlExpiryTimeHours", json!("12")),
            ("partSize", json!(5)),
        ];
        for (name, value) in bad {
            let told = changed(&[(name, value.clone())]).unwrap_err();
            assert!(told.0.contains(name), "{name} = {value}: {told:?}");
        }
    }

    #[test]
    fn a_check_needs_a_hash_and_a_hash_a_check() {
        let both = |on| changed(&[("enableDuplicateCheck", json!(on)), ("fileHash", json!("h"))]).unwrap();
        assert_eq!(both(true).look_for.as_deref(), Some("h"));
        assert_eq!((both(false).look_for, both(false).hash.as_deref()), (None, Some("h")));
        assert!(changed(&[("enableDuplicateCheck", json!(true))]).is_err());
        assert!(changed(&[("fileHash", json!("h"))]).is_err());
        assert!(changed(&[("enableDuplicateCheck", json!(true)), ("fileHash", json!(""))]).is_err());
    }

    #[test]
    fn what_is_not_said_about_partial_means_yes() {
        let read = |more: Value| {
            let mut all = json!({"requestKey": "r", "parts": [{"partNumber": 1, "eTag": "e"}]});
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            read(complete, &all)
        };
        let plain = read(json!({})).unwrap();
        assert_eq!((plain.partial, plain.parts), (true, vec![(1, "e".to_owned())]));
        assert!(!read(json!({"allowPartialComplete": false})).unwrap().partial);
        for bad in [
            json!({"parts": [{"partNumber": 0, "eTag": "e"}]}),
            json!({"parts": [{"partNumber": 1}]}),
            json!({"parts": [{"partNumber": 1, "eTag": "e", "etag": "e"}]}),
            json!({"allowPartialComplete": "false"}),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_video_has_a_place_to_call_back() {
        let read = |callback: Value| read(encode, &json!({"downloadUrl": "u", "callBackUrl": callback}));
        assert!(read(json!("https://example.com/done")).is_ok());
        for bad in [json!(null), json!(""), json!("https://"), json!("ftp://example.com")] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
