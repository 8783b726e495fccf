//! Text for the clipboard, put there from Rust so that the page needs no right to it.

use std::sync::{Mutex, PoisonError};

use partway_api::{ApiError, Code};

/// The clipboard, opened when it is first needed. It is kept: on X11 the text is gone with whoever put it there.
#[derive(Default)]
pub(crate) struct Clipboard(Mutex<Option<arboard::Clipboard>>);

impl Clipboard {
    /// Puts text there. Blocks for a moment: not from the thread that draws.
    ///
    /// # Errors
    /// Where the window system gives no clipboard.
    pub(crate) fn put(&self, text: String) -> Result<(), ApiError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut clipboard = match kept.take() {
            Some(clipboard) => clipboard,
            None => arboard::Clipboard::new().map_err(|why| refused(&why))?,
        };
        clipboard.set_text(text).map_err(|why| refused(&why))?;
        *kept = Some(clipboard);
        Ok(())
    }
}

fn refused(why: &arboard::Error) -> ApiError {
    tracing::warn!(%why, "the clipboard did not take a text");
    ApiError::new(Code::Internal, "The system's clipboard did not take it.").hint("Try it once more.")
}
