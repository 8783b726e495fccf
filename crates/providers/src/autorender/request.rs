//! The bodies of AutoRender's requests.

use partway_core::{Cause, Failure, RetryClass, Step};
use partway_provider::{FileFacts, Session};
use serde_json::{Map, Value, json};

/// The body of *start*; unset fields are left out.
pub(crate) fn start(file: &FileFacts) -> Value {
    let fields = &file.fields;
    let mut body = Map::new();
    body.insert("file_name".to_owned(), json!(file.name));
    body.insert("size".to_owned(), json!(file.size));
    body.insert("format".to_owned(), json!(file.mime));
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    set("folder", fields.folder.as_ref().map(|folder| json!(folder)));
    set("tags", (!fields.tags.is_empty()).then(|| json!(fields.tags)));
    set("metadata", (!fields.metadata.is_empty()).then(|| json!(fields.metadata)));
    set("custom_id", fields.custom_id.as_ref().map(|id| json!(id)));
    set("random_prefix", fields.random_prefix.map(Value::Bool));
    set("ttl_seconds", fields.ttl_seconds.map(Value::from));
    Value::Object(body)
}

/// The body of *complete*, with the session's id in the form in which it came, a string or a number.
pub(crate) fn complete(session: &Session) -> Result<Value, Failure> {
    let kept: Value = serde_json::from_str(&session.body).unwrap_or(Value::Null);
    match &kept["session_id"] {
        Value::Null => {
            let what = "the session in the journal names no id";
            let cause = Cause::BrokenReply { what: what.to_owned() };
            Err(Failure::new(Step::Complete, RetryClass::SessionGone, cause, what))
        }
        id => Ok(json!({ "session_id": id })),
    }
}
