//! What can be changed about files before they start: fields and MIME type.

use std::sync::Arc;

use partway_core::{FieldsChange, State};
use partway_provider::Fields;
use partway_provider::template::{self, Origin};

use super::commands::ids;
use super::{Engine, Which};
use crate::event::EngineEvent;
use crate::journal::{batches, fields, jobs, sessions};
use crate::record::Job;
use crate::refusal::Refusal;

/// Limit for all fields of a file as JSON, in bytes. Far more than any vendor accepts.
const LONGEST: usize = 64 * 1024;

impl Engine {
    /// Changes files that have not started, of which the vendor knows nothing yet. Placeholders in braces
    /// are filled in per file. Returns how many were changed; files of a batch that have started are left
    /// as they are.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] if none can be changed any more, [`Refusal::NotUsable`] for an invalid MIME type
    /// or too much text.
    pub async fn change_fields(&self, which: &Which, change: FieldsChange) -> Result<u32, Refusal> {
        if let Some(mime) = change.mime.as_deref().filter(|mime| !is_mime(mime)) {
            let shown: String = mime.chars().take(80).collect();
            return Err(Refusal::NotUsable(format!("{shown} is not a type: one looks like video/mp4")));
        }
        let ids = ids(&self.0.journal, which).await?;
        let (batch, clock) = (which.clone(), Arc::clone(&self.0.clock));
        let changed = self
            .0
            .journal
            .write(move |conn| {
                let mut changed = Vec::new();
                for id in ids {
                    let Some(mut job) = jobs::get(conn, &id)?.filter(|job| is_open(&job.state)) else {
                        continue;
                    };
                    if sessions::current(conn, &id)?.is_some() {
                        continue;
                    }
                    let date = clock.date_of(job.created_at);
                    let filled = fields::File::of(&job).origin(&date, |origin| filled(&change, origin));
                    apply(&mut job, &filled, matches!(batch, Which::Batch(_)));
                    if !jobs::set_fields(conn, &job, LONGEST)? {
                        return Ok(Err(Refusal::NotUsable("these are too many or too long".into())));
                    }
                    changed.push(job);
                }
                if let (Which::Batch(batch), Some(folder), false) =
                    (&batch, &change.folder, changed.is_empty())
                {
                    batches::set_folder(conn, batch, folder)?;
                }
                Ok(Ok(changed))
            })
            .await??;
        if changed.is_empty() {
            return Err(Refusal::NotNow("This has started already, so it can no longer be changed.".into()));
        }
        let touched = u32::try_from(changed.len()).unwrap_or(u32::MAX);
        if let Which::Batch(batch) = which {
            self.0.tell(EngineEvent::BatchChanged { batch: batch.clone() });
        }
        for job in changed {
            self.0.tell(EngineEvent::Changed { job: Arc::new(job) });
        }
        Ok(touched)
    }
}

/// Whether the vendor knows nothing of a file in this state, if it has no session.
const fn is_open(state: &State) -> bool {
    matches!(state, State::Waiting | State::NeedsAttention(_))
}

/// Fills in every placeholder in braces for a file.
fn filled(change: &FieldsChange, origin: &Origin<'_>) -> FieldsChange {
    let fill = |text: &String| template::fill(text, origin);
    FieldsChange {
        folder: change.folder.as_ref().map(|folder| template::fill_path(folder, origin)),
        tags: change.tags.as_ref().map(|tags| tags.iter().map(fill).collect()),
        metadata: change
            .metadata
            .as_ref()
            .map(|metadata| metadata.iter().map(|(name, value)| (name.clone(), fill(value))).collect()),
        custom_id: change.custom_id.as_ref().map(fill),
        title: change.title.as_ref().map(fill),
        if_exists: change.if_exists,
        mime: change.mime.clone(),
    }
}

fn apply(job: &mut Job, change: &FieldsChange, of_batch: bool) {
    let text = |field: &mut Option<String>, to: &Option<String>| {
        if let Some(to) = to {
            *field = Some(to.clone()).filter(|to| !to.is_empty());
        }
    };
    if let Some(folder) = &change.folder {
        let inside = if of_batch { job.folders.as_str() } else { "" };
        job.fields.folder = fields::folder(folder, inside);
    }
    let fields: &mut Fields = &mut job.fields;
    text(&mut fields.custom_id, &change.custom_id);
    text(&mut fields.title, &change.title);
    if let Some(tags) = &change.tags {
        fields.tags.clone_from(tags);
    }
    if let Some(metadata) = &change.metadata {
        fields.metadata.clone_from(metadata);
    }
    fields.if_exists = change.if_exists.or(fields.if_exists);
    if let Some(mime) = &change.mime {
        job.mime.clone_from(mime);
    }
}

/// Whether `text` is a MIME type: `type/subtype` with the characters and the length that RFC 6838 (4.2)
/// allows.
#[must_use]
pub fn is_mime(text: &str) -> bool {
    let name = |part: &str| {
        (1..=127).contains(&part.len())
            && part.starts_with(|first: char| first.is_ascii_alphanumeric())
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || "!#$&-^_.+".contains(letter))
    };
    text.split_once('/').is_some_and(|(kind, sub)| name(kind) && name(sub))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_two_names_with_a_stroke_between() {
        for good in ["video/mp4", "application/vnd.oasis.opendocument.text", "image/svg+xml"] {
            assert!(is_mime(good), "{good}");
        }
        for bad in
            ["", "video", "video/", "/mp4", "video/mp4; codecs=x", "video/mp4\r\nx: y", "vidéo/mp4", "a/b/c"]
        {
            assert!(!is_mime(bad), "{bad}");
        }
    }
}
