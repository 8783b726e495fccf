//! Checks that every parser reads a JSON body alike: well-formed, and no duplicate fields.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::fields::Wrong;

/// Returns what is wrong. Of two fields with one name, some parsers take the first and some the last (RFC
/// 8259, 4).
pub(crate) fn judge(body: &[u8]) -> Result<(), Wrong> {
    let read: Result<Once, _> = serde_json::from_slice(body);
    read.map(drop).map_err(|e| Wrong(format!("The body is not JSON: {e}")))
}

/// Any value, parsed and discarded.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Look)
    }
}

struct Look;

impl<'de> Visitor<'de> for Look {
    type Value = Once;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_str<E>(self, _: &str) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_unit<E>(self) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Once, A::Error> {
        while items.next_element::<Once>()?.is_some() {}
        Ok(Once)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Once, A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = fields.next_key::<String>()? {
            fields.next_value::<Once>()?;
            if let Some(twice) = seen.replace(name) {
                return Err(A::Error::custom(format_args!("the field {twice:?} stands there twice")));
            }
        }
        Ok(Once)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_may_stand_there_once() {
        for good in ["{}", r#"{"a":1,"b":{"a":[null,true,-1,1.5,"a"]}}"#, "[]", "7", r#"[{"a":1},{"a":1}]"#] {
            assert_eq!(judge(good.as_bytes()), Ok(()), "{good}");
        }
        for bad in [r#"{"a":1,"a":1}"#, r#"{"x":[{"a":1,"b":2,"a":3}]}"#, r#"{"a":1,"\u0061":2}"#] {
            let told = judge(bad.as_bytes()).unwrap_err().0;
            assert!(told.contains("the field \"a\" stands there twice"), "{bad}: {told}");
        }
        for bad in ["", "{", "{}x", "{a:1}"] {
            assert!(judge(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
