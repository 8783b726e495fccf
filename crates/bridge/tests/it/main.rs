//! The bridge over real sockets in real folders, with a stand-in for the app.

mod double;
mod folder;
mod front;
mod lines;
mod streams;
