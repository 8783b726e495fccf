//! The files that `watch run` sends: each is reported as ended exactly once, even if this command ends first.

use std::time::Duration;

use partway_api::{Event, JobLine};
use partway_bridge::{Front, FrontEvents, Heard};
use tokio::time::timeout;

use super::End;
use crate::exit::{Exit, Stopped};
use crate::resume::ended_since;
use crate::show::Show;
use crate::stop::GRACE;
use crate::tracker::{Tracker, is_over};

/// Time for events sent while the app closed.
const LAST_WORDS: Duration = Duration::from_millis(50);

pub(super) struct Files {
    /// Whether the output is for programs. People also see what becomes of a file that is retried.
    pub(super) json: bool,
    /// When the command began, Unix milliseconds.
    pub(super) since: i64,
    pub(super) tracker: Tracker,
}

impl Files {
    /// Takes up what was unfinished before, and what ended between the start of the command and following
    /// events.
    pub(super) fn take_up(&mut self, listed: &[JobLine], show: &mut Show) -> Result<(), Stopped> {
        let mut shown = Ok(());
        for job in listed.iter().filter(|job| !is_over(job) || ended_since(job, self.since)) {
            if let Some(added) = self.tracker.wait_for(job, job.file.clone()) {
                shown = shown.and(show.event(&added));
            }
        }
        shown.and(self.catch_up(listed, show))
    }

    /// Reports ends that were missed.
    pub(super) fn catch_up(&mut self, listed: &[JobLine], show: &mut Show) -> Result<(), Stopped> {
        tell(&self.tracker.catch_up(listed), show)
    }

    pub(super) fn take(&mut self, event: Event, show: &mut Show) -> Result<(), Stopped> {
        let again = (!self.json).then(|| event.clone());
        match self.tracker.take_any(event).or(again) {
            Some(event) => show.event(&event),
            None => Ok(()),
        }
    }

    /// Closes the folder, shows files that end meanwhile, and ends the rest.
    pub(super) async fn end(
        &mut self,
        front: Front,
        mut events: FrontEvents,
        ended: &Result<End, Stopped>,
        show: &mut Show,
    ) -> Result<(), Stopped> {
        let close = front.close(GRACE);
        tokio::pin!(close);
        let (mut shown, mut closed) = (Ok(()), false);
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
                Heard::Event(event) => shown = shown.and(self.take(event, show)),
                Heard::Lagged => {}
                Heard::HolderGone => break,
            }
        }
        if !closed {
            close.await;
        }
        let why = match ended {
            // Standard output is no longer read.
            Err(stopped) if stopped.exit == Exit::BrokenPipe => return Ok(()),
            Err(stopped) => stopped.sentence.clone(),
            Ok(_) => "stopped before it was through:".to_owned(),
        };
        let left = self.tracker.give_up(|stand| {
            format!("{why} {stand} What is confirmed is kept; 'partwayctl watch run' goes on.")
        });
        if self.json {
            shown = shown.and(tell(&left, show));
        } else if !left.is_empty() {
            let files = crate::text::files(left.len());
            show.aside(&format!(
                "{files} not through. What is confirmed is kept: 'partwayctl watch run' goes on."
            ));
        }
        // The first reason counts, and a signal's exit code stays even if the reader is gone, too.
        match (ended, shown) {
            (Ok(_), Err(stopped)) if !stopped.sentence.is_empty() => show.aside(&stopped.sentence),
            _ => {}
        }
        Ok(())
    }
}

/// Shows all of these, even if one cannot be written now: it goes before the next one that can.
fn tell(events: &[Event], show: &mut Show) -> Result<(), Stopped> {
    let mut told = Ok(());
    for event in events {
        told = told.and(show.event(event));
    }
    told
}
