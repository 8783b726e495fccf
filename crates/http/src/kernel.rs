//! Kernel queries about one TCP connection, for which no maintained crate offers a safe API.
//!
//! The only place with `unsafe`. Each call passes the kernel a local value on the stack, of exactly the size
//! that the call is documented to fill or to read.

use tokio::net::TcpStream;

/// Bytes written but not acknowledged, sent or not. `None` if the system does not report it.
#[cfg(target_os = "linux")]
pub(crate) fn unacknowledged(stream: &TcpStream) -> Option<u64> {
    use std::os::fd::AsRawFd;
    let mut queued: libc::c_int = 0;
    // SIOCOUTQ (tcp(7)) has the same value as TIOCOUTQ and fills one int.
    #[expect(unsafe_code, reason = "see the head of this file")]
    // SAFETY: the descriptor is open as long as `stream` is borrowed, and `queued` is the int that the kernel
    // fills.
    let outcome = unsafe { libc::ioctl(stream.as_raw_fd(), libc::TIOCOUTQ, &raw mut queued) };
    (outcome == 0).then(|| u64::try_from(queued).unwrap_or(0))
}

/// Bytes written but not acknowledged, sent or not. `None` if the system does not report it.
#[cfg(target_vendor = "apple")]
pub(crate) fn unacknowledged(stream: &TcpStream) -> Option<u64> {
    use std::os::fd::AsRawFd;
    let mut queued: libc::c_int = 0;
    let mut length = libc::socklen_t::try_from(size_of::<libc::c_int>()).ok()?;
    // SO_NWRITE (sys/socket.h): bytes still held by the protocol, which for TCP means until they are
    // acknowledged.
    #[expect(unsafe_code, reason = "see the head of this file")]
    // SAFETY: the descriptor is open as long as `stream` is borrowed; value and length have the declared
    // size.
    let outcome = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_NWRITE,
            (&raw mut queued).cast(),
            &raw mut length,
        )
    };
    (outcome == 0).then(|| u64::try_from(queued).unwrap_or(0))
}

/// Longest interval between retransmissions. Linux doubles it up to two minutes, and a line that drops out
/// for ten seconds again and again may be down at each of those.
#[cfg(target_os = "linux")]
const RETRANSMIT_WITHIN_MS: libc::c_int = 5_000;

/// Makes the kernel retransmit lost packets at least every five seconds. A hint: Linux before 6.15 does not
/// support it, and other systems have nothing like it.
#[cfg(target_os = "linux")]
pub(crate) fn retransmit_soon(stream: &TcpStream) {
    use std::os::fd::AsRawFd;
    /// From linux/tcp.h; libc does not define it yet.
    const TCP_RTO_MAX_MS: libc::c_int = 44;
    let within = RETRANSMIT_WITHIN_MS;
    let length = size_of_val(&within) as libc::socklen_t;
    #[expect(unsafe_code, reason = "see the head of this file")]
    // SAFETY: the descriptor is open as long as `stream` is borrowed; value and length have the declared
    // size.
    let outcome = unsafe {
        libc::setsockopt(
            stream.as_raw_fd(),
            libc::IPPROTO_TCP,
            TCP_RTO_MAX_MS,
            (&raw const within).cast(),
            length,
        )
    };
    // Without it, lost packets are only retransmitted later.
    let _ = outcome;
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn retransmit_soon(_stream: &TcpStream) {}

/// Not queried on Windows and others. What the connection accepted counts there; a bounded buffer of it may
/// still be in flight.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(crate) fn unacknowledged(_stream: &TcpStream) -> Option<u64> {
    None
}
