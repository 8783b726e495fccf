//! The fields of Record360's calls, read strictly.

use crate::kinds::fields::{Fields, Wrong, digits, list, object, string, whole, within};

use super::types;

/// The allowed number of parts: so no file exceeds 20 times 5 GB.
const PARTS: std::ops::RangeInclusive<u64> = 1..=20;

/// A start's fields.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) parts: u32,
    pub(crate) content_type: &'static str,
}

/// Parses a start's query.
pub(crate) fn start(mut query: Fields) -> Result<Start, Wrong> {
    let parts = query.need("part_count", within(PARTS, digits))?;
    let content_type = query.may("content_type", |value| {
        let given = string(value)?;
        types::taken(&given).ok_or_else(|| format!("{given:?} is not a type that is taken"))
    })?;
    query.end()?;
    Ok(Start { parts: narrow(parts), content_type: content_type.unwrap_or(types::UNTYPED) })
}

/// A UUID of version 4 in its usual form: the client generates it.
pub(crate) fn file_id(text: &str) -> Result<String, Wrong> {
    let id = uuid::Uuid::try_parse(text).ok().filter(|id| {
        let random = id.get_version_num() == 4 && id.get_variant() == uuid::Variant::RFC4122;
        random && id.hyphenated().to_string().eq_ignore_ascii_case(text)
    });
    id.map(|id| id.to_string()).ok_or_else(|| Wrong("The id of a file is a UUID of version 4".to_owned()))
}

/// A complete's fields.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Complete {
    pub(crate) upload_id: String,
    pub(crate) parts: Vec<(u32, String)>,
}

/// Parses a complete.
pub(crate) fn complete(mut fields: Fields) -> Result<Complete, Wrong> {
    let part = |item: &mut Fields| {
        let number = item.need("part_number", within(PARTS, whole))?;
        Ok((narrow(number), item.need("etag", string)?))
    };
    let complete =
        Complete { upload_id: fields.need("upload_id", string)?, parts: fields.need("parts", list(part))? };
    fields.end()?;
    Ok(complete)
}

/// Parses a login: user name and password.
pub(crate) fn login(mut fields: Fields) -> Result<(String, String), Wrong> {
    let user = fields.need("user", object)?;
    fields.end()?;
    let mut user = Fields::read(user.to_string().as_bytes())?;
    let login = (user.need("username", string)?, user.need("password", string)?);
    user.end()?;
    Ok(login)
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_start_has_a_count_and_perhaps_a_type() {
        let read = |query: &str| start(Fields::of_query(query).unwrap());
        assert_eq!(read("part_count=20"), Ok(Start { parts: 20, content_type: "application/octet-stream" }));
        let typed = read("part_count=1&content_type=VIDEO%2Fmp4");
        assert_eq!(typed, Ok(Start { parts: 1, content_type: "video/mp4" }));
        for bad in [
            "",
            "part_count=0",
            "part_count=21",
            "part_count=two",
            "part_count=1&content_type=text%2Fplain",
            "part_count=1&content_type=application%2Foctet-stream",
            "part_count=1&content_type=",
            "part_count=1&size=7",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_id_is_a_uuid_of_version_4() {
        assert!(file_id("0b0a9f3e-7f0e-4c5b-9d35-3c3f7a1e2b4d").is_ok());
        assert!(file_id("0B0A9F3E-7F0E-4C5B-9D35-3C3F7A1E2B4D").is_ok());
        for bad in [
            "",
            "x",
            "0b0a9f3e7f0e4c5b9d353c3f7a1e2b4d",
            "0198c0de-7f0e-7c5b-9d35-3c3f7a1e2b4d",
            "0b0a9f3e-7f0e-4c5b-cd35-3c3f7a1e2b4d",
            "00000000-0000-0000-0000-000000000000",
            "{0b0a9f3e-7f0e-4c5b-9d35-3c3f7a1e2b4d}",
        ] {
            assert!(file_id(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn bodies_are_read_to_the_last_field() {
        let fields = |value: &Value| Fields::read(value.to_string().as_bytes()).unwrap();
        let user = json!({"user": {"username": "u", "password": "p"}});
        assert_eq!(login(fields(&user)), Ok(("u".to_owned(), "p".to_owned())));
        assert!(login(fields(&json!({"username": "u", "password": "p"}))).is_err());
        assert!(login(fields(&json!({"user": {"username": "u"}}))).is_err());
        let part = json!({"part_number": 1, "etag": "e"});
        assert!(complete(fields(&json!({"upload_id": "u", "parts": [part]}))).is_ok());
        assert!(
            complete(fields(&json!({"upload_id": "u", "parts": [{"partNumber": 1, "eTag": "e"}]}))).is_err()
        );
        assert!(complete(fields(&json!({"upload_id": "u"}))).is_err());
    }
}
