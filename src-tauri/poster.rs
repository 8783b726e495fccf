//! Which notifications stand on the desktop: replaced and withdrawn by their tags, and never more than a handful that are waited for.

use std::collections::VecDeque;
use std::sync::Arc;

use partway_app::{Message, Press, Tag};
use tokio::sync::mpsc;

use crate::notices::Standing;
use crate::shown;

/// A notification that is waited for costs a connection to the desktop. An older one is taken away: its buttons would do nothing.
const MOST: usize = 8;
/// Changes that wait for a service that takes its time.
const CHANGES: usize = 4;

/// Told what was pressed. Must not block.
pub(crate) type Pressed = Arc<dyn Fn(Press) + Send + Sync>;

/// What is to become of one that stands.
pub(crate) enum Change {
    /// It says this now.
    #[cfg_attr(target_os = "macos", expect(dead_code, reason = "there a notification stays as it was shown"))]
    Replace(Message),
    /// It goes.
    Withdraw,
}

/// Those that stand, the oldest first.
pub(crate) struct Poster {
    standing: VecDeque<(Tag, mpsc::Sender<Change>)>,
    pressed: Pressed,
    stand: Standing,
}

impl Poster {
    /// None yet.
    pub(crate) fn new(pressed: Pressed, stand: Standing) -> Self {
        Self { standing: VecDeque::new(), pressed, stand }
    }

    /// Shows one; one of the same tag is replaced. From a runtime.
    pub(crate) fn show(&mut self, message: Message) {
        if let Some(changes) = self.of(&message.tag)
            && changes.try_send(Change::Replace(message.clone())).is_ok()
        {
            return;
        }
        let (changes, changed) = mpsc::channel(CHANGES);
        self.standing.push_back((message.tag.clone(), changes));
        tokio::spawn(shown::stand(message, changed, Arc::clone(&self.pressed), self.stand.begin()));
        while self.standing.len() > MOST {
            if let Some((_, oldest)) = self.standing.pop_front() {
                // One that is gone by itself needs nobody to take it away.
                let _ = oldest.try_send(Change::Withdraw);
            }
        }
    }

    /// Takes one away, if it still stands.
    pub(crate) fn withdraw(&mut self, tag: &Tag) {
        if let Some(changes) = self.of(tag) {
            let _ = changes.try_send(Change::Withdraw);
        }
        self.standing.retain(|(standing, _)| standing != tag);
    }

    /// Takes all away, and waits until they are gone.
    pub(crate) async fn end(&mut self) {
        for (_, changes) in &self.standing {
            let _ = changes.try_send(Change::Withdraw);
        }
        for (_, changes) in self.standing.drain(..) {
            changes.closed().await;
        }
    }

    /// The one of that tag. Those that nobody waits for any more are forgotten.
    fn of(&mut self, tag: &Tag) -> Option<&mpsc::Sender<Change>> {
        self.standing.retain(|(_, changes)| !changes.is_closed());
        self.standing.iter().find(|(standing, _)| standing == tag).map(|(_, changes)| changes)
    }
}
