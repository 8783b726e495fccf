//! What the rest of the shell has to do with notifications: it shows one of its own, asks whether one stands, and at the end has all taken
//! away, because their buttons end with the process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use partway_app::{Message, Order, Tag};
use tokio::sync::{Notify, mpsc, oneshot, watch};

/// What whoever shows them is asked.
pub(crate) enum Ask {
    /// One more, or one less.
    Order(Order),
    /// None any more; answered when they are gone.
    End(oneshot::Sender<()>),
}

/// Questions that wait for a service that takes its time; there is hardly ever one.
const ASKS: usize = 16;
/// What the desktop gets to take them away before the app ends without that.
const AT_THE_END: Duration = Duration::from_secs(2);

/// The way to whoever shows notifications.
pub(crate) struct Notices {
    asks: mpsc::Sender<Ask>,
    asked: Mutex<Option<mpsc::Receiver<Ask>>>,
    standing: Standing,
}

impl Default for Notices {
    fn default() -> Self {
        let (asks, asked) = mpsc::channel(ASKS);
        Self { asks, asked: Mutex::new(Some(asked)), standing: Standing::default() }
    }
}

impl Notices {
    /// What is asked; for one.
    pub(crate) fn asked(&self) -> Option<mpsc::Receiver<Ask>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Which stand.
    pub(crate) fn standing(&self) -> Standing {
        self.standing.clone()
    }

    /// Shows one of the shell's own.
    pub(crate) fn show(&self, message: Message) {
        // With so many waiting, one more would come too late.
        let _ = self.asks.try_send(Ask::Order(Order::Show(message)));
    }

    /// Takes one away.
    pub(crate) fn withdraw(&self, tag: Tag) {
        let _ = self.asks.try_send(Ask::Order(Order::Withdraw(tag)));
    }

    /// Takes all away, and shows no more.
    pub(crate) async fn end(&self) {
        let (done, is_done) = oneshot::channel();
        let end = async {
            if self.asks.send(Ask::End(done)).await.is_ok() {
                // Gone without an answer is gone, too.
                let _ = is_done.await;
            }
        };
        // What a desktop that does not answer leaves is taken away at the next start.
        let _ = tokio::time::timeout(AT_THE_END, end).await;
    }
}

/// Which notifications stand, and where. Cheap to clone; all clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Standing {
    all: Arc<watch::Sender<BTreeMap<u64, One>>>,
    goes_on: Arc<Notify>,
}

/// One that stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct One {
    /// Where, in words that another process understands; `None` where no other could take it away.
    place: Option<String>,
    /// Whether somebody may still press it.
    waits: bool,
}

impl Standing {
    /// One comes to stand. As long as the answer is kept.
    pub(crate) fn begin(&self) -> Stands {
        let mut number = 0;
        self.all.send_modify(|all| {
            number = all.keys().next_back().map_or(0, |last| last + 1);
            all.insert(number, One::default());
        });
        Stands { all: self.clone(), number }
    }

    /// Whether somebody may still press one.
    pub(crate) fn any_waits(&self) -> bool {
        self.all.borrow().values().any(|one| one.waits)
    }

    /// Waits until somebody shows what closing does.
    pub(crate) async fn goes_on(&self) {
        self.goes_on.notified().await;
    }

    /// Where they stand.
    pub(crate) fn places(&self) -> Vec<String> {
        self.all.borrow().values().filter_map(|one| one.place.clone()).collect()
    }

    /// Told when something about them changes.
    pub(crate) fn follow(&self) -> Changes {
        Changes(self.all.subscribe())
    }
}

/// Tells when something about those that stand changes.
pub(crate) struct Changes(watch::Receiver<BTreeMap<u64, One>>);

impl Changes {
    /// Waits for the next change.
    pub(crate) async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            // Nobody shows any more.
            std::future::pending::<()>().await;
        }
    }
}

/// One that stands until this is dropped.
pub(crate) struct Stands {
    all: Standing,
    number: u64,
}

impl Stands {
    /// It is there now, at this place, for all that is known of it. An app that would end for lack of work stays for its buttons, but that
    /// it goes on holds nothing up.
    pub(crate) fn at(&self, place: Option<String>, tag: &Tag) {
        let goes_on = *tag == Tag::GoesOn;
        self.set(One { place, waits: !goes_on });
        if goes_on {
            self.all.goes_on.notify_one();
        }
    }

    /// It went out of sight where nobody can press it any more. Only these services tell.
    #[cfg(any(test, all(unix, not(target_os = "macos"))))]
    pub(crate) fn is_out_of_sight(&self) {
        let place = self.all.all.borrow().get(&self.number).and_then(|one| one.place.clone());
        self.set(One { place, waits: false });
    }

    fn set(&self, one: One) {
        self.all.all.send_if_modified(|all| all.insert(self.number, one.clone()) != Some(one));
    }
}

impl Drop for Stands {
    fn drop(&mut self) {
        self.all.all.send_if_modified(|all| all.remove(&self.number).is_some());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_is_known_until_it_is_gone() {
        let standing = Standing::default();
        let (first, second) = (standing.begin(), standing.begin());
        assert!(!standing.any_waits() && standing.places().is_empty(), "not shown yet");
        first.at(Some("bus 1".into()), &Tag::Files);
        second.at(Some("bus 2".into()), &Tag::GoesOn);
        assert!(standing.any_waits());
        assert_eq!(standing.places(), ["bus 1", "bus 2"]);
        first.is_out_of_sight();
        assert!(!standing.any_waits());
        assert_eq!(standing.places(), ["bus 1", "bus 2"], "a next start takes it away all the same");
        drop(first);
        assert_eq!(standing.places(), ["bus 2"]);
        let third = standing.begin();
        third.at(None, &Tag::Files);
        assert_eq!(standing.places(), ["bus 2"]);
    }

    #[tokio::test]
    async fn what_closing_does_counts_as_said_when_it_stands_and_not_before() {
        let standing = Standing::default();
        let said = async || tokio::time::timeout(Duration::ZERO, standing.goes_on()).await.is_ok();
        let (files, goes_on) = (standing.begin(), standing.begin());
        files.at(None, &Tag::Files);
        assert!(!said().await, "nobody shows it yet");
        // Where nobody shows it, it goes without having stood.
        drop(standing.begin());
        assert!(!said().await);
        goes_on.at(None, &Tag::GoesOn);
        drop(goes_on);
        assert!(said().await, "it was shown, however long");
        assert!(!said().await, "once");
    }

    #[tokio::test]
    async fn the_end_waits_until_they_are_gone() {
        let notices = Notices::default();
        let mut asked = notices.asked().unwrap();
        assert!(notices.asked().is_none(), "for one");
        let answering = async {
            let Some(Ask::End(done)) = asked.recv().await else { panic!("no end") };
            drop(done);
        };
        tokio::join!(notices.end(), answering);
    }
}
