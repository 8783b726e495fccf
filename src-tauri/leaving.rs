//! The end of the user's session on Windows: told by messages to a window, which the system waits for. The page's window may not be there
//! (`rest.rs`), so this is one of its own that nobody sees.
//!
//! By "WM_QUERYENDSESSION", "WM_ENDSESSION", "ShutdownBlockReasonCreate" and "Application Shutdown Changes in Windows Vista"
//! (learn.microsoft.com): nothing is held against the end, and until all is in the journal Windows says why it waits. It is no window for
//! messages only, because those are told nothing of it.
//!
//! `unsafe`: Windows is asked by C's calls, each with values of this thread, which live longer than the call.
#![expect(unsafe_code, reason = "see the head of this file")]

use std::ptr::{null, null_mut};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use windows_sys::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows_sys::Win32::System::LibraryLoader::GetModuleHandleW;
use windows_sys::Win32::System::Shutdown::{ShutdownBlockReasonCreate, ShutdownBlockReasonDestroy};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    CreateWindowExW, DefWindowProcW, DispatchMessageW, GetMessageW, MSG, RegisterClassW, WM_ENDSESSION,
    WM_QUERYENDSESSION, WNDCLASSW, WS_OVERLAPPED,
};

/// The longest that the end is held up for: parts in flight get five seconds, and the journal is closed.
const LONGEST: Duration = Duration::from_secs(15);

/// Open as long as the end is waited for; dropped, Windows goes on.
pub(crate) type Held = mpsc::Sender<()>;

/// What the window has to know.
struct Asked {
    why: Vec<u16>,
    end: Box<dyn Fn(Held) + Send + Sync>,
}

/// Windows hands nothing of ours to the function that it calls. Set before there is a window, which there is one of.
static ASKED: OnceLock<Asked> = OnceLock::new();

/// From now on, once a process, calls `end` when the session ends, and holds it up until what it was given is dropped. `why`: what Windows says meanwhile,
/// short and without a stop. Where there is no window the process is ended at once, which the journal survives.
pub(crate) fn listen(why: &str, end: impl Fn(Held) + Send + Sync + 'static) {
    if ASKED.set(Asked { why: wide(why), end: Box::new(end) }).is_err() {
        return;
    }
    let thread = std::thread::Builder::new().name("session".into()).spawn(serve);
    // Without a thread it is as without a window.
    drop(thread);
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// Makes the window and hands messages to it, for as long as the process lives.
fn serve() {
    let name = wide("Partway session");
    // SAFETY: null asks for the program's own.
    let own = unsafe { GetModuleHandleW(null()) };
    let class = WNDCLASSW {
        lpfnWndProc: Some(told),
        hInstance: own,
        lpszClassName: name.as_ptr(),
        ..WNDCLASSW::default()
    };
    // SAFETY: `class` and the name that it points to live until after the window is made.
    let window = unsafe {
        RegisterClassW(&raw const class);
        CreateWindowExW(
            0,
            name.as_ptr(),
            name.as_ptr(),
            WS_OVERLAPPED,
            0,
            0,
            0,
            0,
            null_mut(),
            null_mut(),
            own,
            null(),
        )
    };
    if window.is_null() {
        return;
    }
    let mut message = MSG::default();
    // SAFETY: `message` is filled before it is read; null asks for those of all windows of this thread.
    unsafe {
        while GetMessageW(&raw mut message, null_mut(), 0, 0) > 0 {
            DispatchMessageW(&raw const message);
        }
    }
}

/// What the window is told.
unsafe extern "system" fn told(window: HWND, message: u32, first: WPARAM, second: LPARAM) -> LRESULT {
    match message {
        WM_QUERYENDSESSION => {
            if let Some(asked) = ASKED.get() {
                // SAFETY: the window is this thread's, the text ends in 0 and lives as long as the process.
                unsafe { ShutdownBlockReasonCreate(window, asked.why.as_ptr()) };
            }
            1
        }
        WM_ENDSESSION => {
            if first != 0 {
                let (held, over) = mpsc::channel::<()>();
                if let Some(asked) = ASKED.get() {
                    (asked.end)(held);
                }
                // Ends with the drop of its other side.
                let _ = over.recv_timeout(LONGEST);
            }
            // SAFETY: the window is this thread's.
            unsafe { ShutdownBlockReasonDestroy(window) };
            0
        }
        // SAFETY: what was told is handed on as it is.
        _ => unsafe { DefWindowProcW(window, message, first, second) },
    }
}
