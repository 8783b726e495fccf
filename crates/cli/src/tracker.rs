//! Tracks a command's files and how each ended: exactly once, whatever events repeat or get lost. Pure.

mod all;

use std::collections::{HashMap, HashSet};

use partway_api::{Event, FinishedState, HoldName, JobLine, StateName};

use crate::exit::Ending;

/// The files of one command.
#[derive(Default)]
pub(crate) struct Tracker {
    files: Vec<File>,
    by_id: HashMap<String, usize>,
    /// How many have not ended. Cached, because it is read after each event.
    open: usize,
    batches: HashSet<String>,
    /// Number of files at which ended ones are dropped, for a command that waits for all files.
    forget_at: usize,
}

struct File {
    id: Option<String>,
    name: String,
    state: StateName,
    reason: Option<String>,
    /// The last note since bytes were confirmed: explains a delay if there is no other reason.
    note: Option<String>,
    confirmed: u64,
    size: u64,
    ended: Option<Ending>,
}

impl Tracker {
    /// Starts waiting for a job, under this name; returns its `Added` event.
    pub(crate) fn wait_for(&mut self, job: &JobLine, name: String) -> Option<Event> {
        if self.by_id.contains_key(&job.id) {
            return None;
        }
        let added = Event::Added {
            id: job.id.clone(),
            file: name.clone(),
            size: job.size,
            destination: job.destination.clone(),
        };
        self.by_id.insert(job.id.clone(), self.files.len());
        self.open += 1;
        self.files.push(File {
            id: Some(job.id.clone()),
            name,
            state: job.state,
            reason: job.reason.clone(),
            note: None,
            confirmed: job.confirmed,
            size: job.size,
            ended: None,
        });
        Some(added)
    }

    /// Makes the events of this batch this command's own.
    pub(crate) fn own_batch(&mut self, id: String) {
        self.batches.insert(id);
    }

    /// Records a path that never became a job: it ends at once.
    pub(crate) fn left_out(&mut self, name: String, reason: String) -> Event {
        let ended = Ending { state: FinishedState::NeedsAttention, refused: false, skipped: false };
        self.files.push(File {
            id: None,
            name: name.clone(),
            state: StateName::NeedsAttention,
            reason: Some(reason.clone()),
            note: None,
            confirmed: 0,
            size: 0,
            ended: Some(ended),
        });
        finished(None, name, ended, None, Some(reason))
    }

    /// The event to show: `None` if it is not about this command's files, or is a second end.
    pub(crate) fn take(&mut self, mut event: Event) -> Option<Event> {
        if let Event::BatchFinished { id, .. } = &event {
            return self.batches.remove(id).then_some(event);
        }
        if let Event::Trouble { .. } = &event {
            return Some(event);
        }
        let (id, name) = about(&mut event)?;
        let file = self.by_id.get(id).and_then(|at| self.files.get_mut(*at))?;
        if file.ended.is_some() {
            return None;
        }
        name.clone_from(&file.name);
        match &event {
            // Already shown when the files were added.
            Event::Added { .. } => return None,
            Event::State { state, reason, .. } => {
                file.state = *state;
                file.reason.clone_from(reason);
            }
            Event::Part { confirmed, .. } | Event::Progress { confirmed, .. } => {
                if *confirmed > file.confirmed {
                    file.note = None;
                }
                file.confirmed = *confirmed;
            }
            Event::Note { text, .. } => file.note = Some(text.clone()),
            Event::Finished { state, refused, skipped, .. } => {
                file.ended = Some(Ending { state: *state, refused: *refused, skipped: *skipped });
                self.open -= 1;
            }
            Event::Started { .. } | Event::BatchFinished { .. } | Event::Trouble { .. } => {}
        }
        Some(event)
    }

    /// The ends that were missed, from the current list. A job that is not in it was removed by someone.
    pub(crate) fn catch_up(&mut self, jobs: &[JobLine]) -> Vec<Event> {
        let jobs: HashMap<&str, &JobLine> = jobs.iter().map(|job| (job.id.as_str(), job)).collect();
        let mut missed = Vec::new();
        for file in self.files.iter_mut().filter(|file| file.ended.is_none()) {
            let Some(id) = &file.id else { continue };
            let Some(job) = jobs.get(id.as_str()) else {
                let gone = Ending { state: FinishedState::Cancelled, refused: false, skipped: false };
                file.ended = Some(gone);
                self.open -= 1;
                let reason = "It was taken out of the list.".to_owned();
                missed.push(finished(Some(id.clone()), file.name.clone(), gone, None, Some(reason)));
                continue;
            };
            (file.state, file.confirmed) = (job.state, job.confirmed);
            file.reason.clone_from(&job.reason);
            if let Some(ending) = ending_of(job) {
                file.ended = Some(ending);
                self.open -= 1;
                let (name, reason) = (file.name.clone(), job.reason.clone());
                let mut event = finished(Some(id.clone()), name, ending, None, reason);
                if let Event::Finished { receipt, .. } = &mut event {
                    receipt.clone_from(&job.receipt);
                }
                missed.push(event);
            }
        }
        missed
    }

    /// Ends everything that is still open: this command stops waiting.
    pub(crate) fn give_up(&mut self, why: impl Fn(&str) -> String) -> Vec<Event> {
        let ended = Ending { state: FinishedState::NeedsAttention, refused: false, skipped: false };
        self.open = 0;
        let open = self.files.iter_mut().filter(|file| file.ended.is_none());
        open.map(|file| {
            file.ended = Some(ended);
            let stand = stand(file);
            finished(file.id.clone(), file.name.clone(), ended, None, Some(why(&stand)))
        })
        .collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether the summary of one of this command's batches is still missing.
    pub(crate) fn sums_open(&self) -> bool {
        !self.batches.is_empty()
    }

    /// How many files are still waited for.
    pub(crate) const fn open(&self) -> usize {
        self.open
    }

    /// The endings so far.
    pub(crate) fn endings(&self) -> impl Iterator<Item = Ending> {
        self.files.iter().filter_map(|file| file.ended)
    }
}

/// Whether an end is expected after this event: if it does not follow, the list is requested.
pub(crate) fn lets_expect_end(event: &Event) -> bool {
    match event {
        Event::State { state, holds, .. } => {
            use StateName as S;
            matches!(state, S::NeedsAttention | S::Uploaded | S::Verified | S::Cancelled)
                || holds.iter().any(needs_person)
        }
        _ => false,
    }
}

/// Whether a job is finished for good.
pub(crate) fn is_over(job: &JobLine) -> bool {
    matches!(job.state, StateName::Verified | StateName::Uploaded | StateName::Cancelled)
}

/// A pause is not included: the user who paused it knows, and can resume it.
fn needs_person(hold: &HoldName) -> bool {
    matches!(hold, HoldName::Credentials | HoldName::SourceMissing)
}

fn ending_of(job: &JobLine) -> Option<Ending> {
    let refused = job.refused || job.holds.contains(&HoldName::Credentials);
    let state = match job.state {
        StateName::Verified => FinishedState::Verified,
        StateName::Uploaded => FinishedState::Uploaded,
        StateName::Cancelled => FinishedState::Cancelled,
        StateName::NeedsAttention => FinishedState::NeedsAttention,
        StateName::Waiting if job.holds.iter().any(needs_person) => FinishedState::NeedsAttention,
        _ => return None,
    };
    Some(Ending { state, refused, skipped: job.skipped })
}

fn stand(file: &File) -> String {
    let confirmed =
        || format!("{} of {} confirmed.", crate::text::size(file.confirmed), crate::text::size(file.size));
    match (&file.reason, &file.note) {
        (Some(reason), _) => reason.clone(),
        (None, Some(note)) => format!("{} Last: {}.", confirmed(), note.trim_end_matches('.')),
        (None, None) => confirmed(),
    }
}

fn finished(
    id: Option<String>,
    file: String,
    ending: Ending,
    receipt: Option<partway_api::ReceiptView>,
    reason: Option<String>,
) -> Event {
    let Ending { state, refused, skipped } = ending;
    Event::Finished { id, file, state, receipt, reason, refused, skipped }
}

/// The job an event is about, and its file name.
fn about(event: &mut Event) -> Option<(&str, &mut String)> {
    match event {
        Event::Added { id, file, .. }
        | Event::State { id, file, .. }
        | Event::Started { id, file, .. }
        | Event::Part { id, file, .. }
        | Event::Note { id, file, .. }
        | Event::Progress { id, file, .. }
        | Event::Finished { id: Some(id), file, .. } => Some((id, file)),
        Event::Finished { id: None, .. } | Event::BatchFinished { .. } | Event::Trouble { .. } => None,
    }
}

#[cfg(test)]
mod tests;
