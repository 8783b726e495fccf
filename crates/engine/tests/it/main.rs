//! The engine on a separate folder, against a made-up vendor and against the sandbox.

#![expect(clippy::disallowed_methods, reason = "a test is a program: it reads the clock and its environment")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where something is not as it should be"
)]

mod batches;
mod before_start;
mod connections;
mod drives;
mod finishing;
mod folder;
mod giving_up;
mod grace;
mod holds;
mod in_vain;
mod limits;
mod links;
mod links_signed_here;
mod names;
mod names_in_a_batch;
mod odd_stores;
mod once;
mod queue;
mod recovery;
mod rig;
mod sandbox;
mod sources;
mod storage;
mod take_in;
mod touched;
mod vendor;
mod vendors;
mod verify;
mod watched;
mod windows;
mod woke;
