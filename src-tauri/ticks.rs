//! What the page looks at, and one message a tick with what changed in it. While the window is hidden there are none.

use std::sync::{Arc, Mutex, PoisonError};

use partway_api::{Look, Tick};
use partway_bridge::FrontTicks;
use tauri::ipc::Channel;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::engine::Engine;

/// The page's look, and whether anybody can see it.
#[derive(Debug, Clone)]
struct Seen {
    look: Look,
    visible: bool,
}

impl Seen {
    fn effective(&self) -> Look {
        Look { hidden: self.look.hidden || !self.visible, ..self.look.clone() }
    }
}

/// The one stream of ticks to the page.
pub(crate) struct Ticks {
    seen: watch::Sender<Seen>,
    running: Mutex<Option<AbortHandle>>,
}

impl Ticks {
    /// None yet.
    pub(crate) fn new(visible: bool) -> Self {
        let (seen, _) = watch::channel(Seen { look: Look::default(), visible });
        Self { seen, running: Mutex::new(None) }
    }

    /// Sends ticks to `channel` from now on. A page that was loaded anew asks anew: the stream to the old one ends.
    pub(crate) fn start(&self, engine: &Arc<Engine>, look: Look, channel: Channel<Tick>) {
        self.look(look);
        let sending = engine.runtime().spawn(send(Arc::clone(engine), self.seen.subscribe(), channel));
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = running.replace(sending.abort_handle()) {
            before.abort();
        }
    }

    /// The page looks elsewhere.
    pub(crate) fn look(&self, look: Look) {
        self.seen.send_modify(|seen| seen.look = look);
    }

    /// The window was hidden or shown.
    pub(crate) fn visible(&self, visible: bool) {
        self.seen.send_if_modified(|seen| std::mem::replace(&mut seen.visible, visible) != visible);
    }
}

async fn send(engine: Arc<Engine>, mut seen: watch::Receiver<Seen>, channel: Channel<Tick>) {
    loop {
        let look = seen.borrow_and_update().effective();
        let Some((side, ticks)) = engine.watch(look).await else { return };
        let gone = send_until_gone(ticks, &mut seen, &channel).await;
        if gone.is_none() || engine.renew(&side).await.is_err() {
            return;
        }
    }
}

/// `None` where the page is gone; else the holder of the folder is, and the next one has to be asked.
async fn send_until_gone(
    mut ticks: FrontTicks,
    seen: &mut watch::Receiver<Seen>,
    channel: &Channel<Tick>,
) -> Option<()> {
    loop {
        tokio::select! {
            tick = ticks.next() => match tick {
                Some(tick) => channel.send(tick).ok()?,
                None => return Some(()),
            },
            changed = seen.changed() => {
                changed.ok()?;
                let look = seen.borrow_and_update().effective();
                if ticks.look(look).await.is_err() {
                    return Some(());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_window_looks_at_nothing_whatever_its_page_thinks() {
        let ticks = Ticks::new(true);
        let seen = ticks.seen.subscribe();
        ticks.look(Look { limit: 40, ..Look::default() });
        assert!(!seen.borrow().effective().hidden);
        ticks.visible(false);
        assert!(seen.borrow().effective().hidden);
        ticks.look(Look { limit: 80, ..Look::default() });
        assert!(seen.borrow().effective().hidden, "a look that comes late must not wake the ticks");
        ticks.visible(true);
        assert_eq!(seen.borrow().effective(), Look { limit: 80, ..Look::default() });
    }
}
