//! The end of a wait: all files are done, or something stopped it early.

use std::time::Duration;

use partway_api::Event;
use partway_bridge::{Front, FrontEvents, Heard};
use tokio::time::{Instant, timeout, timeout_at};

use super::{Followed, Work};
use crate::exit::{Exit, Stopped};
use crate::stop::Why;
use crate::text::files;

/// Time for a batch's summary after its last file. It is not sent for stopped files, so don't wait longer.
const SUMS: Duration = Duration::from_millis(500);
/// Time for events sent while the app closed.
const LAST_WORDS: Duration = Duration::from_millis(50);

impl Work<'_> {
    /// A stop was requested before anything was added.
    ///
    /// # Errors
    /// Standard output is no longer read.
    pub(crate) fn stopped_before(mut self, names: Vec<String>, why: Why) -> Result<Exit, Stopped> {
        let left = names.len();
        let shown = self.leave_out(names.into_iter(), &not_taken_in(why, false));
        let shown = shown.and(self.give_up(|stand| left_off(why, true, stand))).and(self.show.end());
        self.show.aside(&if left > 0 {
            not_taken(left, false)
        } else {
            "What is confirmed is kept: 'partwayctl resume' goes on.".into()
        });
        self.ended_early(why, shown, Exit::Attention)
    }

    /// A stop was requested while files were added: these are not in the journal, or (the first request) not
    /// known to be.
    ///
    /// # Errors
    /// Standard output is no longer read.
    pub(crate) async fn stopped_between(
        mut self,
        followed: Followed,
        names: Vec<String>,
        unsure: bool,
        why: Why,
    ) -> Result<Exit, Stopped> {
        let left = names.len();
        let shown = self.leave_out(names.into_iter(), &not_taken_in(why, unsure));
        if left > 0 {
            self.show.aside(&not_taken(left, unsure));
        }
        let holder = followed.front.is_holder();
        let ended = self.stop_early(why, holder, followed).await;
        if matches!(why, Why::TooLong(_)) {
            shown?;
        }
        ended
    }

    /// The request failed: ends everything that is still open or was not added yet.
    ///
    /// # Errors
    /// Standard output is no longer read.
    pub(crate) fn fail(&mut self, names: Vec<String>, sentence: &str) -> Result<(), Stopped> {
        let shown = self.leave_out(names.into_iter(), sentence);
        shown.and(self.give_up(|stand| format!("{sentence} {stand}")))
    }

    /// The command cannot go on: ends each of its files, as far as that can be reported. Returns the reason.
    pub(crate) fn broken_off(&mut self, why: Stopped) -> Stopped {
        if why.exit != Exit::BrokenPipe {
            // If it cannot be reported, that is the reason itself.
            let _ = self.fail(Vec::new(), &why.sentence);
        }
        why
    }

    /// Shows all of these, even if one cannot be written now: it goes before the next one that can.
    pub(crate) fn tell(&mut self, events: &[Event]) -> Result<(), Stopped> {
        let mut told = Ok(());
        for event in events {
            told = told.and(self.show.event(event));
        }
        told
    }

    /// The result of a wait that was stopped early. A signal's exit code stays, even if the terminal or
    /// reader is gone, too.
    fn ended_early(&self, why: Why, shown: Result<(), Stopped>, otherwise: Exit) -> Result<Exit, Stopped> {
        match (why, shown) {
            (Why::Signal(exit), Ok(())) => Ok(exit),
            (Why::Signal(exit), Err(stopped)) => {
                if !stopped.sentence.is_empty() {
                    self.show.aside(&stopped.sentence);
                }
                Ok(exit)
            }
            (Why::TooLong(_), shown) => shown.map(|()| otherwise),
        }
    }

    /// Waits for batch summaries, which follow the end of the last file.
    pub(super) async fn sums(&mut self, events: &mut FrontEvents) -> Result<(), Stopped> {
        let until = Instant::now() + SUMS;
        while self.tracker.sums_open() {
            match timeout_at(until, events.next()).await {
                Ok(Heard::Event(event)) => {
                    if let Some(event) = self.tracker.take(event) {
                        self.show.event(&event)?;
                    }
                }
                Ok(Heard::Lagged) => {}
                Ok(Heard::HolderGone) | Err(_) => break,
            }
        }
        Ok(())
    }

    /// Shuts down in order, and shows files that end meanwhile.
    pub(super) async fn stop_early(
        mut self,
        why: Why,
        holder: bool,
        followed: Followed,
    ) -> Result<Exit, Stopped> {
        if holder && matches!(why, Why::Signal(_)) {
            self.show.aside("Stopping: parts on the way get up to 5 s. Once more stops at once.");
        }
        let Followed { front, mut events, .. } = followed;
        let close = front.close(why.grace());
        tokio::pin!(close);
        let mut shown = Ok(());
        // A file may still end while its parts in flight finish.
        let mut closed = false;
        loop {
            let heard = if closed {
                timeout(LAST_WORDS, events.next()).await.unwrap_or(Heard::HolderGone)
            } else {
                tokio::select! {
                    biased;
                    heard = events.next() => heard,
                    () = &mut close => {
                        closed = true;
                        continue;
                    }
                }
            };
            match heard {
                Heard::Event(event) => {
                    if let Some(event) = self.tracker.take(event) {
                        shown = shown.and(self.show.event(&event));
                    }
                }
                Heard::Lagged => {}
                Heard::HolderGone => break,
            }
        }
        if !closed {
            close.await;
        }
        let open = self.tracker.open();
        let shown = shown.and(self.give_up(|stand| left_off(why, holder, stand))).and(self.show.end());
        if open > 0 {
            self.show.aside(&farewell(open, holder));
        }
        let otherwise = self.exit();
        self.ended_early(why, shown, otherwise)
    }

    /// The holder stays while others follow: their files go through its engine.
    pub(super) async fn linger(&mut self, front: &Front) {
        if front.clients_following() == 0 {
            return;
        }
        self.show.aside("These files are through. Staying while another Partway still waits for files here; Ctrl-C hands over to it.");
        tokio::select! {
            () = front.until_nobody_follows() => {}
            _ = self.stop.signalled() => {}
        }
    }
}

/// The reason for a file that the journal does not have, or (`unsure`) is not known to have.
fn not_taken_in(why: Why, unsure: bool) -> String {
    let when = match why {
        Why::Signal(_) => "stopped before it was taken in".to_owned(),
        Why::TooLong(seconds) => format!("not taken in after {seconds} s"),
    };
    if unsure {
        format!("{when}, as far as is known: 'partwayctl list' tells whether it was. If not, name it again.")
    } else {
        format!("{when}: nothing of it was sent, and 'partwayctl resume' does not know it. Name it again.")
    }
}

fn not_taken(left: usize, unsure: bool) -> String {
    let known = if unsure { "not known to be taken in" } else { "not taken in" };
    format!("{} {known}. What 'partwayctl list' does not show has to be named again.", files(left))
}

/// The reason for a file that is no longer waited for.
fn left_off(why: Why, holder: bool, stand: &str) -> String {
    match (why, holder) {
        (Why::TooLong(seconds), _) => format!("still waiting after {seconds} s: {stand}"),
        (Why::Signal(_), true) => {
            format!(
                "stopped before it was through: {stand} What is confirmed is kept; 'partwayctl resume' goes on."
            )
        }
        (Why::Signal(_), false) => {
            format!(
                "not waited for any longer: {stand} The Partway that holds the data folder goes on with it."
            )
        }
    }
}

fn farewell(open: usize, holder: bool) -> String {
    let files = files(open);
    if holder {
        format!("{files} not through. What is confirmed is kept: 'partwayctl resume' goes on.")
    } else {
        format!("{files} not through. The Partway that holds the data folder goes on with it.")
    }
}
