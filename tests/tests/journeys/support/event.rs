//! Lines of `--json`, and what is asked of them.

use serde_json::Value;

/// Whether it is this event.
pub(crate) fn is(event: &Value, name: &str) -> bool {
    event["event"] == name
}

/// Those of this name.
pub(crate) fn of<'a>(events: &'a [Value], name: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| is(event, name)).collect()
}

/// The one end of a file. A file that ends twice, or not at all, is a fault of its own.
pub(crate) fn finished<'a>(events: &'a [Value], file: &str) -> &'a Value {
    let ends: Vec<_> = of(events, "finished").into_iter().filter(|end| end["file"] == file).collect();
    assert_eq!(ends.len(), 1, "{file} must end exactly once: {events:#?}");
    ends[0]
}
