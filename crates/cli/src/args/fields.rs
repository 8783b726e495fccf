//! Per-file fields: a destination's defaults, or for one upload.

use std::num::NonZeroU64;

use clap::{Args as Arguments, ValueEnum};
use partway_api::FieldsDraft;

#[derive(Debug, Clone, Default, Arguments)]
#[command(
    next_help_heading = "For the files, where the service takes it ({name}, {stem}, {ext}, {folder}, {date}, {year}, {month} and {day} are filled in)"
)]
pub(crate) struct FileFields {
    /// The folder there.
    #[arg(long, value_name = "F")]
    folder: Option<String>,
    /// A tag for every file; repeatable.
    #[arg(long = "tag", value_name = "T")]
    tags: Vec<String>,
    /// Metadata for every file, added to the destination's; K= with nothing after it takes one away; repeatable.
    #[arg(long = "metadata", value_name = "K=V", value_parser = key_value)]
    metadata: Vec<(String, String)>,
    /// Your own id for the files.
    #[arg(long, value_name = "ID")]
    custom_id: Option<String>,
    /// The title that people read there.
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,
    /// What to do where a name is taken; unless told, such a file needs attention.
    #[arg(long, value_name = "HOW")]
    if_exists: Option<IfExists>,
    /// Put random characters before each name, so that equal names do not meet.
    #[arg(long)]
    random_prefix: bool,
    /// How long a session shall live, in seconds.
    #[arg(long, value_name = "S")]
    ttl: Option<NonZeroU64>,
}

/// What to do where a name is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum IfExists {
    /// Ask: such a file needs attention, whatever the destination's rule is.
    Ask,
    /// Replace what is there.
    Overwrite,
    /// Take a free name beside it.
    Rename,
    /// Leave it, and do not send the file.
    Skip,
}

impl FileFields {
    /// Converts to the API's type.
    pub(crate) fn draft(self) -> FieldsDraft {
        FieldsDraft {
            folder: self.folder,
            tags: self.tags,
            metadata: self.metadata.into_iter().collect(),
            custom_id: self.custom_id,
            title: self.title,
            if_exists: self.if_exists.map(|how| match how {
                IfExists::Ask => partway_api::IfExists::Ask,
                IfExists::Overwrite => partway_api::IfExists::Overwrite,
                IfExists::Rename => partway_api::IfExists::Rename,
                IfExists::Skip => partway_api::IfExists::Skip,
            }),
            random_prefix: self.random_prefix.then_some(true),
            ttl_seconds: self.ttl.map(Into::into),
        }
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as KEY=VALUE".to_owned()),
    }
}
