//! How many bytes of a socket's send queue the peer has not acknowledged yet, as the kernel counts them.
//!
//! The one place with `unsafe`: no maintained crate asks this question safely on more than one system. Each call hands the kernel
//! a value of its own on the stack, of exactly the size that the call is documented to fill.

use tokio::net::TcpStream;

/// Bytes that were written and are not acknowledged, sent or not. `None` where the system does not tell.
#[cfg(target_os = "linux")]
pub(crate) fn unacknowledged(stream: &TcpStream) -> Option<u64> {
    use std::os::fd::AsRawFd;
    let mut queued: libc::c_int = 0;
    // SIOCOUTQ (tcp(7)) has the number of TIOCOUTQ and fills one int.
    #[expect(unsafe_code, reason = "see the head of this file")]
    // SAFETY: the descriptor is open as long as `stream` is borrowed, and `queued` is the int that the kernel fills.
    let outcome = unsafe { libc::ioctl(stream.as_raw_fd(), libc::TIOCOUTQ, &raw mut queued) };
    (outcome == 0).then(|| u64::try_from(queued).unwrap_or(0))
}

/// Bytes that were written and are not acknowledged, sent or not. `None` where the system does not tell.
#[cfg(target_vendor = "apple")]
pub(crate) fn unacknowledged(stream: &TcpStream) -> Option<u64> {
    use std::os::fd::AsRawFd;
    let mut queued: libc::c_int = 0;
    let mut length = libc::socklen_t::try_from(size_of::<libc::c_int>()).ok()?;
    // SO_NWRITE (sys/socket.h): bytes that the protocol still holds, which for TCP is until they are acknowledged.
    #[expect(unsafe_code, reason = "see the head of this file")]
    // SAFETY: the descriptor is open as long as `stream` is borrowed; value and length are of the size that is told.
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

/// Windows and others: not asked. What the connection took counts there, of which a bounded buffer may still be on the way.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(crate) fn unacknowledged(_stream: &TcpStream) -> Option<u64> {
    None
}
