//! What is asked of the kernel about one TCP connection, where no maintained crate asks it safely.
//!
//! The one place with `unsafe`. Each call hands the kernel a value of its own on the stack, of exactly the size that the call is documented
//! to fill or to read.

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

/// The longest time between two tries to get a lost packet through. Linux doubles it up to two minutes, and a line that is away for ten
/// seconds again and again may be away each time it tries.
#[cfg(target_os = "linux")]
const RETRANSMIT_WITHIN_MS: libc::c_int = 5_000;

/// Has lost packets sent again at least every five seconds. A hint: Linux before 6.15 does not know it, and others have nothing like it.
#[cfg(target_os = "linux")]
pub(crate) fn retransmit_soon(stream: &TcpStream) {
    use std::os::fd::AsRawFd;
    /// linux/tcp.h; libc does not name it yet.
    const TCP_RTO_MAX_MS: libc::c_int = 44;
    let within = RETRANSMIT_WITHIN_MS;
    let length = size_of_val(&within) as libc::socklen_t;
    #[expect(unsafe_code, reason = "see the head of this file")]
    // SAFETY: the descriptor is open as long as `stream` is borrowed; value and length are of the size that is told.
    let outcome = unsafe {
        libc::setsockopt(
            stream.as_raw_fd(),
            libc::IPPROTO_TCP,
            TCP_RTO_MAX_MS,
            (&raw const within).cast(),
            length,
        )
    };
    // Without it lost packets only go later.
    let _ = outcome;
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn retransmit_soon(_stream: &TcpStream) {}

/// Windows and others: not asked. What the connection took counts there, of which a bounded buffer may still be on the way.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(crate) fn unacknowledged(_stream: &TcpStream) -> Option<u64> {
    None
}
