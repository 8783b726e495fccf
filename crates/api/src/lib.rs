//! Plain types that every front end speaks: commands, views, events, errors.
//!
//! The window, `partwayctl` and any other front end know Partway through these types only. They are plain data; sentences in them are
//! ready to be shown. The TypeScript of the window is generated from here (`ui/src/lib/api/`), committed, and checked for drift by this crate's test.

mod command;
mod destination;
mod error;
mod event;
mod fields;
mod job;
mod key;
mod kind;
mod list;
mod settings;
mod watched;
mod wire;

pub use command::{Command, Done, Selection};
pub use destination::{CheckLine, DestinationDraft, DestinationState, DestinationView, Mark};
pub use error::{ApiError, Code};
pub use event::{Event, FinishedState, ReceiptView};
pub use fields::FieldsDraft;
pub use job::{Action, Fact, JobDetail, JobRow, LogLine, StateName};
pub use key::{KeyDraft, LentKey};
pub use kind::{Choice, KindView, SettingForm, SettingView};
pub use list::{
    Batch, Counts, Filter, Footer, Intake, Look, Notice, NoticeAction, NoticeButton, RowsChange, Tick, Visit,
};
pub use partway_core::{FieldsChange, Hold as HoldName, IfExists};
pub use settings::{KeychainView, NotificationsView, Notify, Settings};
pub use watched::{WatchedChange, WatchedView};
pub use wire::{Answer, FromFront, JobLine, RawPath, Request, ToFront};
