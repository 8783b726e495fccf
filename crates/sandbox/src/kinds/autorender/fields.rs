//! The fields of AutoRender's calls, read strictly.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kinds::fields::{Fields, Wrong, boolean, mime, name, object, string, strings, whole, within};
use crate::options::{LARGEST_OBJECT, LONGEST_TTL};
use crate::sessions::name::folder;

/// A start's fields.
#[derive(Debug, PartialEq)]
pub(crate) struct Start {
    pub(crate) file_name: String,
    pub(crate) size: u64,
    pub(crate) format: String,
    pub(crate) folder: String,
    pub(crate) random_prefix: bool,
    pub(crate) ttl_seconds: Option<u64>,
    pub(crate) own: Own,
}

/// What a session stores for AutoRender's replies.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Own {
    pub(crate) uuid: String,
    pub(crate) tags: Vec<String>,
    pub(crate) metadata: Option<Value>,
    pub(crate) custom_id: Option<String>,
}

/// A complete's fields.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Complete {
    pub(crate) session_id: String,
    pub(crate) uuid: Option<String>,
}

/// Parses a start.
pub(crate) fn start(mut fields: Fields, uuid: String) -> Result<Start, Wrong> {
    let start = Start {
        file_name: fields.need("file_name", name)?,
        size: fields.need("size", within(0..=LARGEST_OBJECT, whole))?,
        format: fields.need("format", mime)?,
        folder: fields
            .may("folder", |value| folder(&string(value)?).map_err(str::to_owned))?
            .unwrap_or_default(),
        random_prefix: fields.may("random_prefix", boolean)?.unwrap_or(false),
        ttl_seconds: fields.may("ttl_seconds", within(1..=LONGEST_TTL, whole))?,
        own: Own {
            uuid,
            tags: fields.may("tags", tags)?.unwrap_or_default(),
            metadata: fields.may("metadata", object)?,
            custom_id: fields.may("custom_id", string)?,
        },
    };
    fields.end()?;
    Ok(start)
}

/// A list, or one string with commas: the vendor's libraries send either.
fn tags(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::String(text) => {
            Ok(text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect())
        }
        other => strings(other),
    }
}

/// Parses a complete.
pub(crate) fn complete(mut fields: Fields) -> Result<Complete, Wrong> {
    let complete =
        Complete { session_id: fields.need("session_id", string)?, uuid: fields.may("uuid", string)? };
    fields.end()?;
    Ok(complete)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(change: &[(&str, Value)]) -> Result<Start, Wrong> {
        let mut all = json!({"file_name": "x.mov", "size": 7, "format": "video/quicktime"});
        for (name, value) in change {
            all[*name] = value.clone();
        }
        start(Fields::read(all.to_string().as_bytes())?, "u".to_owned())
    }

    #[test]
    fn three_fields_are_enough() {
        let start = read(&[]).unwrap();
        assert_eq!((start.file_name.as_str(), start.size, start.ttl_seconds), ("x.mov", 7, None));
        assert_eq!((start.folder.as_str(), start.random_prefix), ("", false));
    }

    #[test]
    fn each_of_the_three_is_needed() {
        for name in ["file_name", "size", "format"] {
            let mut all = json!({"file_name": "x.mov", "size": 7, "format": "video/quicktime"});
            all.as_object_mut().unwrap().remove(name);
            let wrong = start(Fields::read(all.to_string().as_bytes()).unwrap(), String::new()).unwrap_err();
            assert_eq!(wrong, Wrong(format!("{name} is missing")));
        }
    }

    #[test]
    fn every_field_has_its_type_and_its_bounds() {
        let bad = [
            ("file_name", json!("../x")),
            ("file_name", json!("")),
            ("file_name", json!(7)),
            ("size", json!("7")),
            ("size", json!(-1)),
            ("size", json!(7.5)),
            ("size", json!(LARGEST_OBJECT + 1)),
            ("format", json!("mov")),
            ("folder", json!("a/../../b")),
            ("folder", json!(null)),
            ("tags", json!([1])),
            ("tags", json!({})),
            ("metadata", json!("{}")),
            ("custom_id", json!(1)),
            ("random_prefix", json!("true")),
            ("ttl_seconds", json!(0)),
            ("ttl_seconds", json!(LONGEST_TTL + 1)),
            ("ttl_seconds", json!(60.5)),
            ("fileName", json!("x")),
        ];
        for (name, value) in bad {
            let told = read(&[(name, value.clone())]).unwrap_err();
            assert!(told.0.contains(name), "{name} = {value}: {told:?}");
        }
    }

    #[test]
    fn tags_come_in_both_forms() {
        assert_eq!(read(&[("tags", json!("a, b,"))]).unwrap().own.tags, ["a", "b"]);
        assert_eq!(read(&[("tags", json!(["a", "b"]))]).unwrap().own.tags, ["a", "b"]);
    }

    #[test]
    fn a_complete_names_its_session() {
        let read = |body: &str| complete(Fields::read(body.as_bytes()).unwrap());
        assert!(read("{}").is_err() && read(r#"{"session_id":7}"#).is_err());
        assert!(read(r#"{"session_id":"s","parts":[]}"#).is_err());
        assert_eq!(read(r#"{"session_id":"s"}"#).unwrap().session_id, "s");
    }
}
