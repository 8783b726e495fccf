//! The api over the data folder's local socket.
