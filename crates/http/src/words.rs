//! Extracts a vendor's own words from a refusal, in any of the usual forms.
//!
//! `{success:false, error, message?, code?}` (AutoRender), `{errors:[…], messages:[…]}` (Gjirafa),
//! `{errors}`, `{error}`, `{message}` (Record360), `{error:{code,message}}`, problem details (RFC 9457:
//! `title`, `detail`, `errors`) as .NET, Rails and Spring fill them, `{detail:[{loc,msg}]}` (FastAPI),
//! `{field:[…]}` (Django), `{fault:{faultstring}}` (Apigee), `{Message}` (AWS).

use serde_json::Value;

use crate::number::long_number;
use crate::redact::redact_text;

/// The most sentences of a vendor that are shown at once.
const MOST_SENTENCES: usize = 5;

/// How much is read of text in an unknown form, bytes.
const LONGEST_WORDS: usize = 16 << 10;

/// Fields that contain words, the best first.
const MESSAGES: [&str; 16] = [
    "message",
    "error",
    "errors",
    "messages",
    "detail",
    "details",
    "title",
    "msg",
    "error_description",
    "description",
    "errorMessage",
    "faultstring",
    "fault",
    "reason",
    "non_field_errors",
    "statusMessage",
];

/// Fields that contain the words of a nested object.
const OF_AN_ITEM: [&str; 9] =
    ["message", "msg", "description", "detail", "title", "reason", "faultstring", "error", "errorMessage"];

/// Code and message of a vendor's refusal.
#[must_use]
pub fn vendor_words(json: &Value) -> (Option<String>, Option<String>) {
    let (nested, errors) = (field(json, "error"), field(json, "errors"));
    let first = errors.as_array().and_then(|list| list.first()).unwrap_or(errors);
    let told = |worth: fn(&Value) -> bool| {
        MESSAGES.into_iter().map(|name| field(json, name)).filter(|value| worth(value)).find_map(said)
    };
    // Words that say more than "none" come first.
    let message =
        told(|value| !is_blank(value)).or_else(|| told(|_| true)).or_else(|| by_field(json)).or_else(|| {
            // A bare line, or a list of them.
            if json.is_object() { None } else { said(json) }
        });
    // If both are there, `error` is the code and `message` the words.
    let named = if field(json, "message").is_string() { nested } else { &Value::Null };
    let codes = [field(json, "code"), field(nested, "code"), field(first, "code"), named];
    let code = codes.into_iter().find_map(line).map(|code| redact_text(&code));
    // Some wrap their replies, the refusals too.
    let wrapped = Some(field(json, "data")).filter(|data| data.is_object() && code.is_none());
    match wrapped {
        Some(data) if message.is_none() => vendor_words(data),
        _ => (code, message),
    }
}

/// Whether a reply with a success status is a refusal, itself or in its `data`: `success` is false in any of
/// its forms, `error` or `errors` says that something is wrong, or `status` is one of a failure.
#[must_use]
pub fn says_no(json: &Value) -> bool {
    [json, field(json, "data")].into_iter().any(|reply| {
        truth(field(reply, "success")) == Some(false)
            || ["error", "errors"].into_iter().any(|name| !is_blank(field(reply, name)))
            || ["status", "statusCode"].into_iter().any(|name| is_of_failure(field(reply, name)))
    })
}

/// Whether a `status` is `false`, a word for a failure (JSend: `fail`, `error`), or one of HTTP's from 400 on.
fn is_of_failure(status: &Value) -> bool {
    let number = status.as_u64().or_else(|| status.as_str()?.trim().parse().ok());
    match number {
        Some(number) => (400..=599).contains(&number),
        None => !status.is_number() && truth(status) == Some(false),
    }
}

/// A boolean in any of its forms: literal, text, number.
#[must_use]
pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(told) => Some(*told),
        Value::Number(number) => match number.as_f64() {
            Some(1.0) => Some(true),
            Some(0.0) => Some(false),
            _ => None,
        },
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" | "ok" | "success" | "successful" | "complete" | "completed" | "done" => {
                Some(true)
            }
            "false" | "no" | "0" | "fail" | "failed" | "failure" | "error" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Plain text in place of a document.
pub(crate) fn plain_words(text: &str) -> Option<String> {
    let start = &text[..text.floor_char_boundary(LONGEST_WORDS)];
    Some(redact_text(start)).filter(|words| !words.is_empty())
}

/// Whether a field for errors says that nothing is wrong: null, no, none, zero, "ok", or a list or an object of
/// nothing else.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => {
            let text = text.trim().to_ascii_lowercase();
            matches!(
                text.as_str(),
                "" | "false"
                    | "no"
                    | "0"
                    | "none"
                    | "null"
                    | "nil"
                    | "ok"
                    | "success"
                    | "no error"
                    | "no errors"
            )
        }
        Value::Array(list) => list.iter().all(is_blank),
        Value::Object(fields) => {
            fields.iter().all(|(name, value)| is_blank(value) || is_of_success(name, value))
        }
        other => truth(other) == Some(false),
    }
}

/// `"code": 200`, beside a message that is blank.
fn is_of_success(name: &str, value: &Value) -> bool {
    ["code", "status"].contains(&name) && value.as_u64().is_some_and(|code| (200..300).contains(&code))
}

/// A field, its name case-insensitive.
fn field<'a>(value: &'a Value, name: &str) -> &'a Value {
    let Value::Object(fields) = value else { return &Value::Null };
    let other_case = || fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    fields.get(name).or_else(other_case).unwrap_or(&Value::Null)
}

/// Words in any of their forms: a line, a list of them, an object with a message, lines per field.
fn said(value: &Value) -> Option<String> {
    said_within(value, 4)
}

fn said_within(value: &Value, depth: u32) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let sentences: Vec<String> = match value {
        Value::Array(list) => {
            list.iter().filter_map(|item| said_within(item, depth)).take(MOST_SENTENCES).collect()
        }
        Value::Object(fields) if long_number(value).is_none() => {
            let message = OF_AN_ITEM.into_iter().find_map(|name| line(field(value, name)));
            let within = || {
                ["errors", "error", "details"]
                    .into_iter()
                    .find_map(|name| said_within(field(value, name), depth))
            };
            match message.or_else(within) {
                Some(message) => vec![placed(value, message)],
                None => {
                    let words = |(name, value): (&String, &Value)| {
                        Some(format!("{name}: {}", said_within(value, depth)?))
                    };
                    fields
                        .iter()
                        .filter(|(_, value)| is_words(value))
                        .filter_map(words)
                        .take(MOST_SENTENCES)
                        .collect()
                }
            }
        }
        single => line(single).into_iter().collect(),
    };
    (!sentences.is_empty()).then(|| redact_text(&sentences.join("; ")))
}

/// Adds the field that the message is about, if named (FastAPI: `loc`, whose first piece is where the field
/// came from).
fn placed(item: &Value, message: String) -> String {
    let place = field(item, "loc").as_array().and_then(|place| line(place.last()?));
    match place.or_else(|| field(item, "field").as_str().map(str::to_owned)) {
        Some(place) if !place.is_empty() => format!("{place}: {message}"),
        _ => message,
    }
}

/// `{field: [words, …]}` without any known field (Django).
fn by_field(json: &Value) -> Option<String> {
    let Value::Object(fields) = json else { return None };
    let lists =
        fields.iter().filter(|(_, value)| value.as_array().is_some_and(|list| list.iter().all(is_sentence)));
    let words: Vec<_> = lists
        .filter_map(|(name, value)| Some(format!("{name}: {}", said(value)?)))
        .take(MOST_SENTENCES)
        .collect();
    (!words.is_empty()).then(|| redact_text(&words.join("; ")))
}

/// Text that is no address: a list of links is no list of words.
fn is_sentence(value: &Value) -> bool {
    let scheme = |text: &str| text.trim_start().split_once("://").map(|(scheme, _)| scheme.to_owned());
    value.as_str().is_some_and(|text| {
        scheme(text).is_none_or(|scheme| !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https"))
    })
}

/// Lists and lines in an object of fields; numbers and flags beside them do not count.
fn is_words(value: &Value) -> bool {
    matches!(value, Value::Array(_)) || value.as_str().is_some_and(|text| text.contains(' '))
}

fn line(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(redact_text(text)),
        Value::Number(number) => Some(number.to_string()),
        other => long_number(other).map(redact_text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_words_of_frameworks_are_found() {
        for (reply, code, message) in [
            (
                json!({"detail": [{"loc": ["body", "size"], "msg": "field required", "type": "value_error.missing"}]}),
                None,
                "size: field required",
            ),
            (json!({"detail": "Not authenticated"}), None, "Not authenticated"),
            (
                json!({"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "size is missing"}),
                None,
                "size is missing",
            ),
            (json!({"title": "Bad Request", "status": 400}), None, "Bad Request"),
            (
                json!({"errors": [{"title": "Wrong", "detail": "size is missing", "code": "E1"}]}),
                Some("E1"),
                "size is missing",
            ),
            (json!({"Message": "User is not authorized"}), None, "User is not authorized"),
            (json!({"errors": {"size": "is too small"}}), None, "size: is too small"),
            (
                json!({"size": ["This field is required."], "name": ["Too long."]}),
                None,
                "name: Too long.; size: This field is required.",
            ),
            (json!({"non_field_errors": ["Nothing works."]}), None, "Nothing works."),
            (
                json!({"fault": {"faultstring": "Rate limit", "detail": {"errorcode": "x"}}}),
                None,
                "Rate limit",
            ),
            (json!({"error": "invalid_request", "error_description": "no size"}), None, "invalid_request"),
            (
                json!({"error": {"code": 403, "errors": [{"message": "no such bucket", "reason": "notFound"}]}}),
                Some("403"),
                "no such bucket",
            ),
            (json!({"status": "fail", "msg": "no room"}), None, "no room"),
            (json!(["one", "two"]), None, "one; two"),
            (json!("Not found"), None, "Not found"),
        ] {
            let (told_code, told) = vendor_words(&reply);
            assert_eq!((told_code.as_deref(), told.as_deref()), (code, Some(message)), "{reply}");
        }
        for nothing in [
            json!(null),
            json!({}),
            json!({"id": 7}),
            json!({"message": ""}),
            json!({"message": {"a": {"b": {"c": {"d": "e"}}}}}),
        ] {
            assert_eq!(vendor_words(&nothing), (None, None), "{nothing}");
        }
    }

    #[test]
    fn yes_and_no_are_read_in_every_form() {
        for no in [json!(false), json!("false"), json!("False "), json!(0), json!("0"), json!("no")] {
            assert_eq!(truth(&no), Some(false), "{no}");
            assert!(says_no(&json!({"success": no})));
        }
        for yes in [json!(true), json!("true"), json!("TRUE"), json!(1), json!(1.0), json!("1"), json!("yes")]
        {
            assert_eq!(truth(&yes), Some(true), "{yes}");
            assert!(!says_no(&json!({"success": yes, "error": null, "errors": []})));
        }
        for neither in [json!(null), json!("perhaps"), json!(2), json!([]), json!({})] {
            assert_eq!(truth(&neither), None, "{neither}");
        }
        for blank in
            [json!(null), json!(""), json!(false), json!(0), json!([]), json!({}), json!([null]), json!("no")]
        {
            assert!(!says_no(&json!({"error": blank})), "{blank}");
        }
        for blank in [
            json!("none"),
            json!("OK"),
            json!(" Success"),
            json!("NULL"),
            json!("0"),
            json!("no error"),
            json!([[], { "base": [] }]),
            json!({ "code": 0, "message": "OK" }),
            json!({ "code": 200, "message": "OK" }),
        ] {
            for name in ["error", "errors", "Error"] {
                assert!(!says_no(&json!({ name: blank })), "{name} {blank}");
                assert!(!says_no(&json!({ "data": { name: blank }, "success": true })), "{name} {blank}");
            }
        }
        for no in [
            json!({ "data": { "success": false, "error": "disk full" } }),
            json!({ "data": { "errors": ["disk full"] } }),
            json!({ "status": "error", "message": "disk full" }),
            json!({ "status": "Failed" }),
            json!({ "status": false }),
            json!({ "status": 507, "message": "disk full" }),
            json!({ "statusCode": "500" }),
            json!({ "data": { "status": "fail" } }),
        ] {
            assert!(says_no(&no), "{no}");
        }
        for yes in [
            json!({ "status": "ok" }),
            json!({ "status": 0 }),
            json!({ "status": 200 }),
            json!({ "data": { "status": "processing" } }),
            json!({ "data": ["error"] }),
        ] {
            assert!(!says_no(&yes), "{yes}");
        }
        for yes in ["completed", "Done", "complete"] {
            assert_eq!(truth(&json!(yes)), Some(true), "{yes}");
        }
        for fault in
            [json!("it is full"), json!(["x"]), json!({"a": "b"}), json!(5), json!(true), json!("error")]
        {
            assert!(says_no(&json!({"errors": fault})), "{fault}");
        }
    }

    #[test]
    fn words_under_data_are_found_and_a_list_of_links_is_no_words() {
        let nested = json!({ "data": { "success": false, "error": "disk full", "code": "E5" } });
        assert_eq!(vendor_words(&nested), (Some("E5".to_owned()), Some("disk full".to_owned())));
        let links =
            json!({ "errors": [null], "presigned_urls": ["https://s.example/secret/key?X-Amz-Signature=a"] });
        assert_eq!(vendor_words(&links), (None, None));
        assert_eq!(vendor_words(&json!({ "data": links })), (None, None));
        let both = json!({ "error": { "code": 0, "message": "OK" }, "message": "disk full" });
        assert_eq!(vendor_words(&both).1.as_deref(), Some("disk full"));
    }

    proptest! {
        #[test]
        fn words_are_bounded_and_on_one_line(text: String) {
            for reply in [json!({"detail": [{"msg": text}]}), json!(text), json!({"x": [text]}), json!({"errors": {"x": text}})] {
                if let (_, Some(told)) = vendor_words(&reply) {
                    prop_assert!(told.chars().count() <= 500 && !told.contains('\n'));
                }
            }
        }
    }
}
