//! Reads settings one by one, as the user entered them.

use serde_json::Value;

use crate::setting::{Choices, SettingsError};

/// A line of text; empty or blank means unset.
pub(crate) fn text(settings: &Value, field: &'static str) -> Result<Option<String>, SettingsError> {
    let typed = match &settings[field] {
        Value::Null => return Ok(None),
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(SettingsError::new(field, "This is a line of text.")),
    };
    if typed.chars().any(char::is_control) {
        return Err(SettingsError::new(field, "This is one line, without tabs and line breaks."));
    }
    Ok(Some(typed).filter(|typed| !typed.is_empty()))
}

/// One of the values on offer; by default the first.
pub(crate) fn choice(
    settings: &Value,
    field: &'static str,
    offered: Choices,
) -> Result<&'static str, SettingsError> {
    let typed = text(settings, field)?;
    let chosen = match &typed {
        None => offered.first(),
        Some(typed) => offered.iter().find(|(value, _)| value.eq_ignore_ascii_case(typed)),
    };
    chosen.map(|(value, _)| *value).ok_or_else(|| {
        let values: Vec<_> = offered.iter().map(|(value, _)| *value).collect();
        SettingsError::new(field, format!("Choose one of: {}.", values.join(", ")))
    })
}

/// On or off; off by default.
pub(crate) fn switch(settings: &Value, field: &'static str) -> Result<bool, SettingsError> {
    let wrong = || SettingsError::new(field, "This is either true or false.");
    match &settings[field] {
        Value::Bool(on) => Ok(*on),
        Value::Null => Ok(false),
        Value::String(text) => match text.trim() {
            "true" => Ok(true),
            "false" | "" => Ok(false),
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_is_trimmed_and_what_is_blank_is_not_set() {
        for (typed, read) in [
            (json!(null), Ok(None)),
            (json!("  "), Ok(None)),
            (json!(" a b "), Ok(Some("a b".to_owned()))),
            (json!(12), Ok(Some("12".to_owned()))),
        ] {
            assert_eq!(text(&json!({ "x": typed }), "x"), read, "{typed}");
        }
        for typed in [json!(["a"]), json!(true), json!("a\nb")] {
            assert_eq!(text(&json!({ "x": typed }), "x").unwrap_err().field, "x", "{typed}");
        }
    }

    #[test]
    fn a_switch_is_off_unless_told() {
        for (typed, read) in [
            (json!(null), Some(false)),
            (json!(""), Some(false)),
            (json!("true"), Some(true)),
            (json!(true), Some(true)),
            (json!("yes"), None),
            (json!(1), None),
        ] {
            assert_eq!(switch(&json!({ "x": typed }), "x").ok(), read, "{typed}");
        }
    }
}
