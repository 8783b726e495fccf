//! A page of an upload's parts.

use super::paging::{LONGEST_PAGE, page_size};
use crate::faults::effect::{Effect, Reply};
use crate::sessions::session::Stored;
use crate::storage::query;
use crate::storage::refusal::Refusal;
use crate::storage::xml::tag;

/// The requested page, and the fault that changes it.
pub(crate) struct Page {
    after: u32,
    most: usize,
    effect: Option<Effect>,
}

impl Page {
    /// Parses the query.
    pub(crate) fn read(pairs: &[(String, String)], effect: Option<Effect>) -> Result<Self, Refusal> {
        let after = match query::one(pairs, "part-number-marker") {
            None => 0,
            Some(text) => text.parse().map_err(|_| {
                Refusal::argument("part-number-marker must be a whole number from 0 up")
                    .with("ArgumentName", "part-number-marker")
            })?,
        };
        Ok(Self { after, most: page_size(pairs, "max-parts")?, effect })
    }

    /// The page as XML.
    pub(crate) fn of(&self, mut parts: Vec<Stored>) -> String {
        let mut most = self.most;
        match (self.effect, parts.first_mut()) {
            (Some(Effect::Reply(Reply::ListPaged)), _) => most = parts.len().div_ceil(2).clamp(1, most),
            (Some(Effect::Reply(Reply::ListMissing)), Some(_)) => drop(parts.remove(0)),
            (Some(Effect::Reply(Reply::ListShort)), Some(part)) => part.size = part.size.saturating_sub(1),
            (Some(Effect::Reply(Reply::ListWrongEtag)), Some(part)) => {
                part.opaque = Some(part.etag().chars().rev().collect());
            }
            _ => {}
        }
        parts.retain(|part| part.part > self.after);
        let more = parts.len() > most;
        parts.truncate(most);
        let last = parts.last().map_or(self.after, |part| part.part);
        let mut inside = [
            tag("PartNumberMarker", self.after.to_string()),
            tag("NextPartNumberMarker", last.to_string()),
            tag("MaxParts", self.most.min(LONGEST_PAGE).to_string()),
            tag("IsTruncated", more.to_string()),
        ]
        .concat();
        for part in &parts {
            let without = self.effect == Some(Effect::Reply(Reply::ListWithoutEtag));
            let etag = if without { String::new() } else { format!("\"{}\"", part.etag()) };
            let one = [
                tag("PartNumber", part.part.to_string()),
                tag("LastModified", part.at.to_string()),
                tag("ETag", etag),
                tag("Size", part.size.to_string()),
            ];
            inside += &format!("<Part>{}</Part>", one.concat());
        }
        inside
    }
}
