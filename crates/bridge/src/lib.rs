//! The API over the data folder's local socket: one folder, one process, many front ends.
//!
//! The process with the folder's [`FolderLock`] runs the [`App`](partway_app::App) and a [`Server`] on a
//! socket in that folder; every other front end is a [`Client`] of it. A front end holds a [`Front`], which
//! is one or the other, and opens a new one when the holder is gone.
//!
//! Each direction carries one JSON object per line, as defined in `partway_api`: a front end sends
//! `{"id":1,"request":{"ask":"list"}}`, the holder sends `{"to":"answer","id":1,"result":{"Ok":…}}`, and
//! after `follow` also `{"to":"event",…}` and `{"to":"lagged"}`, after `look` `{"to":"tick",…}`. Answers may
//! arrive in a different order than requests. A line that is not understood gets an answer that says so, and
//! the connection goes on.
//!
//! Deliberately absent: a pid file (a pid is meaningless after a crash, the system's file lock is not), and a
//! port that other users could reach.

mod answers;
mod client;
mod conversation;
mod default_folder;
mod error;
mod events;
mod front;
mod lines;
mod lock;
mod place;
mod server;
mod silence;
mod ticks;

pub use answers::{Answers, EventSource, TickSource};
pub use client::Client;
pub use default_folder::default_folder;
pub use error::{AskError, BridgeError};
pub use events::{FrontEvents, Heard};
pub use front::Front;
pub use lines::{ANSWER_LIMIT, REQUEST_LIMIT};
pub use lock::FolderLock;
pub use server::Server;
pub use ticks::FrontTicks;
