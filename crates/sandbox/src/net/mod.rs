//! Sockets: the accept loop, TLS, and connections that can be made to die.

pub(crate) mod serve;
pub(crate) mod tap;
pub(crate) mod tls;
