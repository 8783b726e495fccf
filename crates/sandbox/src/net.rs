//! Sockets: the accept loop, TLS, and connections that can be broken on purpose.

pub(crate) mod serve;
pub(crate) mod tap;
pub(crate) mod tls;
