//! Numbers longer than 64 bits, kept digit by digit: an id may have any length, and is sent back unchanged.
//!
//! `serde_json::Value` would round them. So they are read as an object with one field, and written as the
//! number that they are. The same pass repairs JSON of other languages that our parser rejects: `NaN`,
//! `Infinity`, half of a surrogate pair.

use std::borrow::Cow;

use serde_json::{Value, json};

/// The one field of such an object.
const LONG: &str = "partway:number";

/// The most long numbers in a reply: more than a reply of 10,000 parts can have.
const MOST: usize = 40_000;

/// The digits of a number that is too long for 64 bits.
#[must_use]
pub fn long_number(value: &Value) -> Option<&str> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    fields.get(LONG)?.as_str().filter(|digits| is_number(digits))
}

/// Serializes JSON, with long numbers as numbers.
pub(crate) fn written(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value);
    text
}

fn write(text: &mut String, value: &Value) {
    match value {
        Value::Array(list) => {
            text.push('[');
            for (at, value) in list.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                write(text, value);
            }
            text.push(']');
        }
        Value::Object(_) if long_number(value).is_some() => {
            text.push_str(long_number(value).unwrap_or_default());
        }
        Value::Object(fields) => {
            text.push('{');
            for (at, (name, value)) in fields.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                text.push_str(&json!(name).to_string());
                text.push(':');
                write(text, value);
            }
            text.push('}');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

/// Rewrites JSON that the parser would reject; `None` if too much of it needs rewriting.
pub(crate) fn spelt(json: &str) -> Option<Cow<'_, str>> {
    let bytes = json.as_bytes();
    let (mut out, mut copied, mut at, mut count) = (String::new(), 0, 0, 0);
    while at < bytes.len() {
        let (end, instead) = match bytes[at] {
            b'"' => {
                at = string(json, at + 1, &mut out, &mut copied);
                continue;
            }
            b'-' | b'0'..=b'9' | b'N' | b'I' => literal(json, at),
            _ => (at + 1, None),
        };
        if let Some(instead) = instead {
            count += 1;
            out.push_str(&json[copied..at]);
            out.push_str(&instead);
            copied = end;
        }
        if count > MOST {
            return None;
        }
        at = end;
    }
    if copied == 0 {
        return Some(Cow::Borrowed(json));
    }
    out.push_str(&json[copied..]);
    Some(Cow::Owned(out))
}

/// The end of a number or a word, and its replacement, if any.
fn literal(json: &str, at: usize) -> (usize, Option<String>) {
    let rest = &json[at..];
    let of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let length = rest.find(|c| !of_word(c)).unwrap_or(rest.len()).max(1);
    let word = &rest[..length];
    let instead = match word {
        "NaN" | "Infinity" | "-Infinity" => Some("null".to_owned()),
        number if is_number(number) && is_long(number) => Some(json!({ LONG: number }).to_string()),
        _ => None,
    };
    (at + length, instead)
}

/// Skips to the end of a string; half of a surrogate pair becomes the replacement character.
fn string(json: &str, mut at: usize, out: &mut String, copied: &mut usize) -> usize {
    let bytes = json.as_bytes();
    let unit = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => match unit(at) {
                Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
                Some(0xd800..=0xdfff) => {
                    out.push_str(&json[*copied..at]);
                    out.push('\u{fffd}');
                    at += 6;
                    *copied = at;
                }
                _ => at += 2,
            },
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Whether this is a JSON number (RFC 8259, 6).
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let bare = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) =
        bare.split_once(['e', 'E']).map_or((bare, None), |(mantissa, exponent)| (mantissa, Some(exponent)));
    let (whole, fraction) =
        mantissa.split_once('.').map_or((mantissa, None), |(whole, fraction)| (whole, Some(fraction)));
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// Whether 64 bits cannot hold it: an integer with too many digits, or a number beyond every float.
fn is_long(number: &str) -> bool {
    match number.contains(['.', 'e', 'E']) {
        true => number.parse::<f64>().is_ok_and(f64::is_infinite),
        false => number.parse::<u64>().is_err() && number.parse::<i64>().is_err(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::parse;

    #[test]
    fn a_number_of_any_length_goes_back_as_it_came() {
        for digits in [
            "123456789012345678901234567890",
            "-99999999999999999999999999",
            "18446744073709551616",
            "-9223372036854775809",
            "1e999",
            &"9".repeat(500),
        ] {
            let read = parse(&format!(r#"{{"id":{digits},"more":[{digits},1]}}"#)).unwrap();
            assert_eq!(long_number(&read["id"]), Some(digits));
            assert_eq!(written(&read), format!(r#"{{"id":{digits},"more":[{digits},1]}}"#));
            // Through the journal.
            let kept: Value = serde_json::from_str(&json!({ "id": read["id"] }).to_string()).unwrap();
            assert_eq!(written(&kept), format!(r#"{{"id":{digits}}}"#));
        }
        for plain in [
            r#"{"id":18446744073709551615,"a":[-9223372036854775808,1.5,"12345678901234567890123",true]}"#,
            "[]",
            "{}",
        ] {
            let read = parse(plain).unwrap();
            assert_eq!(read, serde_json::from_str::<Value>(plain).unwrap());
            assert_eq!(parse(&written(&read)).unwrap(), read);
        }
    }

    #[test]
    fn nothing_but_digits_is_ever_written_as_a_number() {
        for forged in [
            json!({ LONG: "1,\"a\":2" }),
            json!({ LONG: "" }),
            json!({ LONG: 7 }),
            json!({ LONG: "7", "b": 1 }),
            json!({ LONG: "07" }),
        ] {
            assert_eq!(long_number(&forged), None);
            assert_eq!(written(&forged), forged.to_string());
        }
    }

    #[test]
    fn what_other_languages_write_is_read() {
        let read = parse(
            r#"{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN \ud83d \ud83e\udd80 \\ud83d \"","d":"\udc00"}"#,
        )
        .unwrap();
        assert_eq!(
            read,
            json!({"a": null, "b": [null, null], "c": "NaN \u{fffd} \u{1f980} \\ud83d \"", "d": "\u{fffd}"})
        );
        for wrong in ["NaNo", "[01]", "[1.]", "Infinity1", "[--1]"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert!(parse(&format!("[{}1]", format!("{},", "9".repeat(30)).repeat(50_000))).is_err());
    }

    proptest! {
        #[test]
        fn what_can_be_read_anyway_is_left_as_it_is(text in "[\\[\\]{},:\"\\\\u0-9eE.+\\-adN ]{0,40}", odd: String) {
            for text in [text, odd] {
                if let (Ok(read), Some(spelt)) = (serde_json::from_str::<Value>(&text), spelt(&text)) {
                    // Only floats and integers that 64 bits round may differ.
                    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
                        prop_assert_eq!(serde_json::from_str::<Value>(&spelt).ok(), Some(read));
                    }
                }
            }
        }
    }
}
