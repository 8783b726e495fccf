//! Ports that nobody uses.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// As many free ports. Another process may take one before they are used; then the server does not start, and others are tried.
pub(crate) fn free<const N: usize>() -> io::Result<[u16; N]> {
    // All are held until the last is found, or one would be found twice.
    let mut held = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}
