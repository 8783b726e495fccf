//! Reads a vendor's reply field by field. An unexpected value is reported with its field's path, never with
//! its text.

use partway_core::{Failure, Step};
use partway_http::{ApiReply, broken_reply, long_number, truth};
use serde_json::Value;

use crate::number::whole;

/// Longest id, name or address: what is kept of a reply is bounded (2,000 is what browsers accept as an
/// address).
const LONGEST_TEXT: usize = 2000;

/// No plan has more parts (S3's bound); a longer list is refused before any of it is kept.
pub(crate) const MOST_ITEMS: usize = 10_000;

/// One place in a reply, present or not.
#[derive(Debug, Clone)]
pub(crate) struct Field<'a> {
    step: Step,
    answer: &'a ApiReply,
    value: &'a Value,
    path: String,
}

impl<'a> Field<'a> {
    /// The whole reply, `$`.
    pub(crate) fn root(step: Step, answer: &'a ApiReply) -> Self {
        Self { step, answer, value: &answer.json, path: "$".to_owned() }
    }

    /// The field with that name; a missing one reads as null.
    pub(crate) fn get(&self, name: &str) -> Self {
        Self { value: &self.value[name], path: format!("{}.{name}", self.path), ..self.clone() }
    }

    /// The field with that name under `parent`, else here: some vendors wrap their replies.
    pub(crate) fn under(&self, parent: &str, name: &str) -> Self {
        let nested = self.get(parent).get(name);
        if nested.is_nothing() { self.get(name) } else { nested }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.value.is_null()
    }

    /// Whether it is null, `false`, or an empty container or text.
    pub(crate) fn is_blank(&self) -> bool {
        match self.value {
            Value::Null | Value::Bool(false) => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(true) | Value::Number(_) => false,
        }
    }

    /// A whole number, in any of its forms.
    pub(crate) fn whole(&self) -> Result<u64, Failure> {
        whole(self.value).ok_or_else(|| self.unexpected("a whole number"))
    }

    /// True or false, in any of their forms.
    pub(crate) fn yes_or_no(&self) -> Result<bool, Failure> {
        truth(self.value).ok_or_else(|| self.unexpected("true or false"))
    }

    /// Non-empty text of any length.
    pub(crate) fn text(&self) -> Result<&'a str, Failure> {
        match self.value {
            Value::String(text) if !text.is_empty() => Ok(text),
            _ => Err(self.unexpected("text")),
        }
    }

    /// An id in its original form, text or a number: it is sent back in that form.
    pub(crate) fn id(&self) -> Result<&'a Value, Failure> {
        match self.short().is_some() {
            true => Ok(self.value),
            false => Err(self.unexpected("text or a number")),
        }
    }

    /// Text or a number, if short enough to be kept; anything else counts as missing.
    pub(crate) fn short(&self) -> Option<String> {
        match self.value {
            Value::String(text) if !text.is_empty() && text.len() <= LONGEST_TEXT => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            other => long_number(other).filter(|digits| digits.len() <= LONGEST_TEXT).map(str::to_owned),
        }
    }

    /// Optional text or number; if `strictly`, any other type is an error.
    pub(crate) fn text_or_none(&self, strictly: bool) -> Result<Option<String>, Failure> {
        if strictly { self.text_if_any() } else { Ok(self.short()) }
    }

    /// Optional whole number; if `strictly`, anything else is an error.
    pub(crate) fn whole_or_none(&self, strictly: bool) -> Result<Option<u64>, Failure> {
        if strictly { self.whole_if_any() } else { Ok(self.whole().ok()) }
    }

    /// Optional text or number; any other type is an error.
    pub(crate) fn text_if_any(&self) -> Result<Option<String>, Failure> {
        match self.value {
            long if long_number(long).is_some() => Ok(self.short()),
            Value::Array(_) | Value::Object(_) | Value::Bool(true) => {
                Err(self.unexpected("text or a number"))
            }
            _ => Ok(self.short()),
        }
    }

    /// Optional whole number.
    pub(crate) fn whole_if_any(&self) -> Result<Option<u64>, Failure> {
        if self.is_blank() { Ok(None) } else { self.whole().map(Some) }
    }

    /// Optional true or false.
    pub(crate) fn yes_or_no_if_any(&self) -> Result<Option<bool>, Failure> {
        if self.is_nothing() { Ok(None) } else { self.yes_or_no().map(Some) }
    }

    /// Checks that it is an object.
    pub(crate) fn object(&self) -> Result<(), Failure> {
        if self.value.is_object() { Ok(()) } else { Err(self.unexpected("an object")) }
    }

    /// The items of a list, at most 10,000.
    pub(crate) fn items(&self) -> Result<impl ExactSizeIterator<Item = Self>, Failure> {
        let Value::Array(items) = self.value else { return Err(self.unexpected("a list")) };
        if items.len() > MOST_ITEMS {
            return Err(self.wrong(&format!("expected at most {MOST_ITEMS} items, found {}", items.len())));
        }
        Ok(items.iter().enumerate().map(|(at, value)| Self {
            value,
            path: format!("{}[{at}]", self.path),
            ..self.clone()
        }))
    }

    /// A failure for a value of another type than expected.
    pub(crate) fn unexpected(&self, expected: &str) -> Failure {
        self.wrong(&format!("expected {expected}, found {}", found(self.value)))
    }

    /// A failure for a value that cannot be right.
    pub(crate) fn wrong(&self, what: &str) -> Failure {
        let said = format!("{}: {what}", self.path);
        broken_reply(self.step, self.answer.status, self.answer.clock_ahead, &said)
    }
}

/// Whether this is an id: text, or a number of any length.
pub(crate) fn is_id(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_)) || long_number(value).is_some()
}

/// An id as text, without the quotes of JSON.
pub(crate) fn id_text(id: &Value) -> String {
    id.as_str().or_else(|| long_number(id)).map_or_else(|| id.to_string(), ToOwned::to_owned)
}

/// Describes a value without its text, which may be a link.
fn found(value: &Value) -> String {
    match value {
        long if long_number(long).is_some() => "a number of more digits than are kept".to_owned(),
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) if text.is_empty() => "empty text".to_owned(),
        Value::String(text) if text.len() > LONGEST_TEXT => format!("text of {} bytes", text.len()),
        Value::String(_) => "text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use partway_core::RetryClass;
    use serde_json::json;

    use super::*;

    fn reply(json: Value) -> ApiReply {
        ApiReply { status: 200, json, server_unix_time: None, clock_ahead: None }
    }

    #[test]
    fn what_is_not_as_expected_is_told_with_its_path_and_without_its_text() {
        let answer = reply(json!({ "result": { "links": [
            { "number": "one", "link": "" }, { "number": -1, "link": ["https://h/a?secret"] }, { "link": "x".repeat(3000) },
        ] } }));
        let root = Field::root(Step::Start, &answer);
        let links: Vec<_> = root.get("result").get("links").items().unwrap().collect();
        let told: Vec<_> = [
            links[0].get("number").whole().map(drop),
            links[1].get("number").whole().map(drop),
            links[2].get("number").whole().map(drop),
            links[0].get("link").text().map(drop),
            links[1].get("link").text().map(drop),
            links[2].get("link").id().map(drop),
            root.get("result").get("links").yes_or_no().map(drop),
            root.get("result").items().map(drop),
            links[2].get("link").object(),
        ]
        .into_iter()
        .map(|outcome| outcome.unwrap_err().detail)
        .collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        $.result.links[0].number: expected a whole number, found text
        $.result.links[1].number: expected a whole number, found -1
        $.result.links[2].number: expected a whole number, found nothing
        $.result.links[0].link: expected text, found empty text
        $.result.links[1].link: expected text, found a list
        $.result.links[2].link: expected text or a number, found text of 3000 bytes
        $.result.links: expected true or false, found a list
        $.result: expected a list, found an object
        $.result.links[2].link: expected an object, found text of 3000 bytes
        ");
    }

    #[test]
    fn a_list_that_no_plan_could_have_is_refused_and_at_complete_it_leaves_open_what_was_done() {
        let answer = reply(json!(vec![0; 10_001]));
        let told = Field::root(Step::Start, &answer).items().map(drop).unwrap_err();
        assert_eq!(told.detail, "$: expected at most 10000 items, found 10001");
        assert_eq!(told.class, RetryClass::Refused);
        let told = Field::root(Step::Complete, &answer).items().map(drop).unwrap_err();
        assert_eq!(told.class, RetryClass::Unknown);
    }
}
