//! Parses a reply's JSON within a memory limit.
//!
//! A value costs far more in memory than in text: 32 MiB of `[{"a":[]},…` would become 2.4 GB. So every value
//! is charged before it is kept, and a reply that costs too much is refused.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::number;

/// The memory budget for all values of a reply, without the letters of their texts, bytes. The largest valid
/// reply names 10,000 parts (DESIGN.md, "Invariants"), each an object of up to six fields: about 12 MB.
const MOST: usize = 24 << 20;

/// The cost of a value in a list or an object, including its slot. serde_json's `Value` has 32 bytes, and
/// lists grow by doubling.
const VALUE: usize = 64;

/// The cost of a non-empty object: a B-tree leaf allocates eleven names and values at once.
const OBJECT: usize = 640;

/// Why a reply cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unread {
    /// Whether it is only truncated: then it may come whole the next time.
    pub(crate) cut: bool,
    /// A sentence.
    pub(crate) what: String,
}

/// Parses a reply; an empty one is `Null`.
///
/// # Errors
/// [`Unread`]: it is truncated, it is not JSON, or it holds more values than any reply needs.
pub(crate) fn parse(text: &str) -> Result<Value, Unread> {
    let unread = |cut, what| Unread { cut, what };
    let given = text.trim_start_matches('\u{feff}');
    if given.trim().is_empty() {
        return Ok(Value::Null);
    }
    let Some(text) = number::spelt(given) else { return Err(unread(false, TOO_MANY.to_owned())) };
    let left = Cell::new(MOST);
    let mut reader = serde_json::Deserializer::from_str(&text);
    let read =
        Charged { left: &left }.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| {
        if left.get() == 0 {
            unread(false, TOO_MANY.to_owned())
        } else if error.is_eof() {
            unread(
                true,
                format!("the reply breaks off after {} bytes, in the middle of its JSON", given.len()),
            )
        } else {
            unread(false, format!("the reply is not JSON (line {}, column {})", error.line(), error.column()))
        }
    })
}

/// The words for a reply that costs too much.
const TOO_MANY: &str = "the reply holds more values than a reply can need";

/// Parses one value and everything in it, and charges for each.
#[derive(Clone, Copy)]
struct Charged<'a> {
    left: &'a Cell<usize>,
}

impl Charged<'_> {
    fn charge<E: serde::de::Error>(self, cost: usize) -> Result<(), E> {
        let Some(left) = self.left.get().checked_sub(cost).filter(|left| *left > 0) else {
            self.left.set(0);
            return Err(E::custom("too many values"));
        };
        self.left.set(left);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Charged<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.charge::<D::Error>(VALUE)?;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Charged<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            if values.is_empty() {
                self.charge(OBJECT)?;
            }
            values.insert(name, object.next_value_seed(self)?);
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_reply_is_read_as_serde_json_would() {
        let text = r#"{"a":[1,-2,3.5,true,null,"ü\n"],"b":{"c":{}},"a2":18446744073709551615,"b":1}"#;
        assert_eq!(parse(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(parse(" \r\n").unwrap(), Value::Null);
    }

    #[test]
    fn what_is_no_json_is_told() {
        assert_eq!(
            parse(r#"{"a":[1,"#).unwrap_err(),
            Unread {
                cut: true,
                what: "the reply breaks off after 8 bytes, in the middle of its JSON".to_owned()
            }
        );
        let what = "the reply is not JSON (line 1, column 5)".to_owned();
        assert_eq!(parse("[1] [2]").unwrap_err(), Unread { cut: false, what });
        assert!(parse(&"[".repeat(4096)).unwrap_err().what.starts_with("the reply is not JSON"));
    }

    #[test]
    fn the_largest_honest_reply_is_read() {
        let part = |number: u32| json!({"partNumber": number, "presignedUrl": "u".repeat(1500), "eTag": "e", "size": "1", "lastModified": "", "more": null});
        let parts: Vec<_> = (1..=10_000).map(part).collect();
        let reply = json!({"success": true, "result": {"presignedUrl": parts}});
        assert_eq!(parse(&reply.to_string()).unwrap(), reply);
    }

    #[test]
    fn a_reply_of_very_many_values_is_refused() {
        for (one, times) in [("0", 1 << 20), (r#"{"a":[]}"#, 1 << 16), ("[]", 1 << 20)] {
            let text = format!("[{}]", vec![one; times].join(","));
            assert_eq!(parse(&text).unwrap_err().what, "the reply holds more values than a reply can need");
        }
    }
}
