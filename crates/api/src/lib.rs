//! Plain types that every front end speaks: commands, views, events, errors.
//!
//! The window, `partwayctl` and any other front end know Partway through these types only. They are plain data; sentences in them are
//! ready to be shown. The TypeScript of the window is generated from here (`ui/src/lib/api/`), committed, and checked for drift by this crate's test.

mod command;
mod destination;
mod error;
mod event;
mod job;
mod list;
mod settings;
mod wire;

pub use command::{Command, Done, Selection};
pub use destination::{
    CheckLine, DestinationDraft, DestinationState, DestinationView, FieldsDraft, KeyDraft, KindView, Mark,
};
pub use error::{ApiError, Code};
pub use event::{Event, FinishedState, ReceiptView};
pub use job::{Action, Fact, HoldName, JobDetail, JobRow, LogLine, StateName};
pub use list::{Batch, Counts, Filter, Footer, Intake, Look, Notice, NoticeAction, RowsChange, Tick};
pub use settings::{KeychainView, Settings};
pub use wire::{Answer, FromFront, JobLine, LentKey, RawPath, Request, ToFront};
