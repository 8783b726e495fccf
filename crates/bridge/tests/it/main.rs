//! The bridge over real sockets in real folders, with a stand-in for the app.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on ends here")]

mod double;
mod folder;
mod front;
mod lines;
mod silence;
mod streams;
