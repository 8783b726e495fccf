//! Reads a request's JSON strictly: every field by name and type, and no unknown ones.

use serde_json::{Map, Value};

use crate::sessions::name;
use crate::storage::query;

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong(pub(crate) String);

/// The fields of one object. Each is removed when it is read; what is left at the end is unknown.
#[derive(Debug)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Parses an object from a body.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Wrong> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(other) => Err(Wrong(format!("The body must be an object, not {}", type_of(&other)))),
            Err(e) => Err(Wrong(format!("The body is not JSON: {e}"))),
        }
    }

    /// Parses a query, whose fields are strings. A repeated field is refused, since servers do not agree on
    /// its meaning.
    pub(crate) fn of_query(text: &str) -> Result<Self, Wrong> {
        let pairs =
            query::pairs(text).ok_or_else(|| Wrong("The query is not encoded properly".to_owned()))?;
        let mut fields = Map::new();
        for (name, value) in pairs {
            let twice = Wrong(format!("{name} stands twice in the query"));
            if fields.insert(name, Value::String(value)).is_some() {
                return Err(twice);
            }
        }
        Ok(Self(fields))
    }

    /// A required field.
    pub(crate) fn need<T>(
        &mut self,
        name: &str,
        read: impl Fn(&Value) -> Result<T, String>,
    ) -> Result<T, Wrong> {
        self.may(name, read)?.ok_or_else(|| Wrong(format!("{name} is missing")))
    }

    /// An optional field. `null` does not count as absent.
    pub(crate) fn may<T>(
        &mut self,
        name: &str,
        read: impl Fn(&Value) -> Result<T, String>,
    ) -> Result<Option<T>, Wrong> {
        self.0
            .remove(name)
            .map(|value| read(&value).map_err(|why| Wrong(format!("{name} {why}"))))
            .transpose()
    }

    /// Refuses fields that were not read.
    pub(crate) fn end(self) -> Result<(), Wrong> {
        let names: Vec<_> = self.0.keys().map(String::as_str).collect();
        if names.is_empty() { Ok(()) } else { Err(Wrong(format!("Unknown fields: {}", names.join(", ")))) }
    }
}

/// A string.
pub(crate) fn string(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(format!("must be a string, not {}", type_of(other))),
    }
}

/// A file's name.
pub(crate) fn name(value: &Value) -> Result<String, String> {
    name::file(&string(value)?).map_err(str::to_owned)
}

/// A whole number from 0 up, written as an integer: `1.0` is none.
pub(crate) fn whole(value: &Value) -> Result<u64, String> {
    value.as_u64().ok_or_else(|| format!("must be a whole number from 0 up, not {}", type_of(value)))
}

/// A whole number from 0 up, written as a string of digits.
pub(crate) fn digits(value: &Value) -> Result<u64, String> {
    let text = string(value)?;
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    plain
        .then(|| text.parse().ok())
        .flatten()
        .ok_or_else(|| format!("must be a whole number in digits, not {text:?}"))
}

/// A number within bounds, parsed by `read`.
pub(crate) fn within(
    bounds: std::ops::RangeInclusive<u64>,
    read: impl Fn(&Value) -> Result<u64, String>,
) -> impl Fn(&Value) -> Result<u64, String> {
    move |value| {
        let number = read(value)?;
        let (least, most) = (bounds.start(), bounds.end());
        if bounds.contains(&number) {
            Ok(number)
        } else {
            Err(format!("must be between {least} and {most}, not {number}"))
        }
    }
}

/// A list of objects, each read by its fields.
pub(crate) fn list<T>(
    read: impl Fn(&mut Fields) -> Result<T, Wrong>,
) -> impl Fn(&Value) -> Result<Vec<T>, String> {
    let one = move |value: &Value| {
        let Value::Object(fields) = value else {
            return Err(format!("must hold objects, not {}", type_of(value)));
        };
        let mut fields = Fields(fields.clone());
        let item = read(&mut fields).and_then(|item| fields.end().map(|()| item));
        item.map_err(|wrong| format!("holds an item that cannot be read: {}", wrong.0))
    };
    move |value| match value {
        Value::Array(items) => items.iter().map(&one).collect(),
        other => Err(format!("must be a list, not {}", type_of(other))),
    }
}

/// `true` or `false`.
pub(crate) fn boolean(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("must be true or false, not {}", type_of(value)))
}

/// An object, unchanged.
pub(crate) fn object(value: &Value) -> Result<Value, String> {
    if value.is_object() {
        Ok(value.clone())
    } else {
        Err(format!("must be an object, not {}", type_of(value)))
    }
}

/// A list of strings.
pub(crate) fn strings(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(items) => items.iter().map(string).collect(),
        other => Err(format!("must be a list of strings, not {}", type_of(other))),
    }
}

/// A MIME type: two tokens and a slash, parameters after a semicolon (RFC 9110, 8.3.1).
pub(crate) fn mime(value: &Value) -> Result<String, String> {
    let text = string(value)?;
    let token = |t: &str| {
        !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    let essence = text.split(';').next().unwrap_or("").trim_end();
    match essence.split_once('/') {
        Some((kind, sub)) if token(kind) && token(sub) && text.is_ascii() && text.len() <= 255 => Ok(text),
        _ => Err("must be a MIME type such as video/mp4".to_owned()),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(n) if n.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn fields(value: &Value) -> Fields {
        Fields::read(&serde_json::to_vec(value).unwrap()).unwrap()
    }

    #[test]
    fn what_nobody_took_is_refused() {
        let mut all = fields(&json!({"a": "x", "b": 1}));
        assert_eq!(all.need("a", string), Ok("x".to_owned()));
        assert_eq!(all.end(), Err(Wrong("Unknown fields: b".to_owned())));
    }

    #[test]
    fn absent_is_not_null() {
        assert_eq!(fields(&json!({})).may("a", string), Ok(None));
        assert_eq!(fields(&json!({})).need("a", string), Err(Wrong("a is missing".to_owned())));
        let null = fields(&json!({"a": null})).may("a", string);
        assert_eq!(null, Err(Wrong("a must be a string, not null".to_owned())));
    }

    #[test]
    fn types_are_not_bent() {
        assert!(whole(&json!(1.0)).is_err() && whole(&json!(-1)).is_err() && whole(&json!("1")).is_err());
        assert_eq!(whole(&json!(u64::MAX)), Ok(u64::MAX));
        assert!(boolean(&json!("true")).is_err() && boolean(&json!(1)).is_err());
        assert!(strings(&json!(["a", 1])).is_err() && strings(&json!("a")).is_err());
        assert!(object(&json!([])).is_err());
    }

    #[test]
    fn a_query_is_read_as_strings_and_no_name_comes_twice() {
        let mut query = Fields::of_query("n=20&kind=video%2Fmp4").unwrap();
        assert_eq!(query.need("n", within(1..=20, digits)), Ok(20));
        assert_eq!(query.may("kind", string), Ok(Some("video/mp4".to_owned())));
        assert_eq!(query.end(), Ok(()));
        assert!(Fields::of_query("n=1&n=2").is_err() && Fields::of_query("n=%zz").is_err());
        for bad in ["n=0", "n=21", "n=", "n=+1", "n=1.0", "n=99999999999999999999"] {
            assert!(Fields::of_query(bad).unwrap().need("n", within(1..=20, digits)).is_err(), "{bad}");
        }
    }

    #[test]
    fn items_of_a_list_are_read_as_strictly() {
        let read = |value: Value| list(|item| item.need("n", whole))(&value);
        assert_eq!(read(json!([{"n": 1}, {"n": 2}])), Ok(vec![1, 2]));
        for bad in [json!({"n": 1}), json!([1]), json!([{}]), json!([{"n": 1, "m": 2}])] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn mime_types_have_two_halves() {
        for good in ["video/mp4", "application/vnd.x+json", "text/plain; charset=utf-8"] {
            assert!(mime(&json!(good)).is_ok(), "{good}");
        }
        for bad in ["", "mp4", "video/", "/mp4", "a b/c", "vidéo/mp4"] {
            assert!(mime(&json!(bad)).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_body_breaks_the_reader(body in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Fields::read(&body);
        }
    }
}
