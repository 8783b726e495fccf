//! `partwayctl list`, `pause`, `cancel` and `retry`.

use std::path::Path;
use std::time::Duration;

use partway_api::{Answer, Command, Done, JobLine, Request, Selection, StateName};
use tokio::time::{Instant, sleep};

use crate::exit::{Exit, Stopped};
use crate::print::{self, Tagged};
use crate::{open, text};

/// How long `cancel` waits for the vendor to discard the session if no other process takes care of it. What
/// is left by then is remembered and retried.
const CANCEL_WAIT: Duration = Duration::from_secs(10);
/// Interval between checks.
const CANCEL_LOOK: Duration = Duration::from_millis(100);
/// The end of an id is enough to name a job: ids begin with the time, so jobs of one moment begin alike.
const SHORT_ID: usize = 8;

/// Lists every job.
///
/// # Errors
/// Sentences for the user.
pub(crate) async fn list(folder: &Path, json: bool) -> Result<Exit, Stopped> {
    let Answer::Jobs { jobs, set_aside } = open::ask_once(folder, &Request::List).await? else {
        return Ok(Exit::Good);
    };
    if json {
        jobs.iter().try_for_each(|job| print::json(&Tagged { event: "job", value: job }))?;
    } else if jobs.is_empty() {
        print::line("There are no uploads.")?;
    } else {
        jobs.iter().try_for_each(|job| print::line(&line(job)))?;
    }
    // The list is incomplete.
    Ok(set_aside.map_or(Exit::Good, |sentence| {
        print::aside(&sentence);
        Exit::Attention
    }))
}

/// Pauses one job.
///
/// # Errors
/// Sentences for the user.
pub(crate) async fn pause(folder: &Path, id: String) -> Result<Exit, Stopped> {
    tell(folder, Command::Pause { jobs: Selection::Job(id) }).await?;
    print::line("Paused: no new part is begun, what is confirmed is kept. 'partwayctl resume' goes on.")?;
    Ok(Exit::Good)
}

/// Retries one job.
///
/// # Errors
/// Sentences for the user.
pub(crate) async fn retry(folder: &Path, id: String) -> Result<Exit, Stopped> {
    if tell(folder, Command::Retry { jobs: Selection::Job(id) }).await? {
        print::line(
            "It will be tried again; 'partwayctl resume' starts it, for no Partway is running on this data folder.",
        )?;
    } else {
        print::line("It is tried again.")?;
    }
    Ok(Exit::Good)
}

/// Cancels one job.
///
/// # Errors
/// Sentences for the user.
pub(crate) async fn cancel(folder: &Path, id: String) -> Result<Exit, Stopped> {
    tell(folder, Command::Cancel { jobs: Selection::Job(id) }).await?;
    print::line(
        "Cancelled: nothing more is sent, and what was sent is discarded where the service can do that. Where it does not \
         answer now, the next 'partwayctl resume' asks it again.",
    )?;
    Ok(Exit::Good)
}

/// Runs a command on a job. Returns whether this process held the folder, so that nothing continues after it.
async fn tell(folder: &Path, command: Command) -> Result<bool, Stopped> {
    let mut tries = 0;
    loop {
        let front = open::front(folder, open::Purpose::Look, &[], Box::new(print::aside)).await?;
        let cancels = matches!(command, Command::Cancel { .. });
        let answer = front.ask(Request::Command { command: command.clone() }).await;
        let holder = front.is_holder();
        if holder && cancels && answer.is_ok() {
            let until = Instant::now() + CANCEL_WAIT;
            while Instant::now() < until
                && open::list(&front)
                    .await
                    .is_ok_and(|jobs| jobs.iter().any(|job| job.state == StateName::Cancelling))
            {
                sleep(CANCEL_LOOK).await;
            }
        }
        front.close(Duration::ZERO).await;
        tries += 1;
        match answer {
            Err(partway_bridge::AskError::HolderGone) if tries < open::TRIES => {}
            Ok(Answer::Done { done: Done::Jobs { touched: 0 } }) => {
                return Err(Stopped::usage(
                    "That upload is not in a state in which this can be done; see 'partwayctl list'.",
                ));
            }
            answer => return answer.map(|_| holder).map_err(Stopped::from),
        }
    }
}

fn line(job: &JobLine) -> String {
    let id: String = job.id.chars().rev().take(SHORT_ID).collect::<Vec<_>>().into_iter().rev().collect();
    let mut line = format!(
        "{id}  {:<24}  {:>4}  {:>8}  {} → {}",
        crate::words::state(job),
        format!("{} %", text::percent(job.confirmed, job.size)),
        text::size(job.size),
        text::printable(&job.file),
        text::printable(&job.destination),
    );
    if let Some(reason) = &job.reason {
        line.push_str(&format!("\n          {}", text::printable(reason)));
    }
    line
}

#[cfg(test)]
mod tests {
    use partway_api::HoldName;

    use super::*;

    fn job() -> JobLine {
        JobLine {
            id: "01938a6f-3c1e-7b7a-9d52-4f6a0c1d2e3f".to_owned(),
            file: "/cards/take3.mov".to_owned(),
            destination: "Acme media".to_owned(),
            state: StateName::Uploading,
            holds: vec![],
            size: 218_000_000,
            confirmed: 89_000_000,
            parts: 13,
            parts_confirmed: 5,
            reason: None,
            refused: false,
            skipped: false,
            receipt: None,
        }
    }

    #[test]
    fn a_job_is_a_line() {
        insta::assert_snapshot!(line(&job()), @"0c1d2e3f  Uploading                 40 %    218 MB  /cards/take3.mov → Acme media");
        let paused = JobLine { state: StateName::Waiting, holds: vec![HoldName::User], ..job() };
        insta::assert_snapshot!(line(&paused), @"0c1d2e3f  Paused                    40 %    218 MB  /cards/take3.mov → Acme media");
        let reason = Some("Acme media no longer accepts this key.".to_owned());
        insta::assert_snapshot!(line(&JobLine { state: StateName::NeedsAttention, reason, ..job() }), @"
        0c1d2e3f  Needs attention           40 %    218 MB  /cards/take3.mov → Acme media
                  Acme media no longer accepts this key.
        ");
        let verified = JobLine { state: StateName::Verified, confirmed: 218_000_000, ..job() };
        insta::assert_snapshot!(line(&verified), @"0c1d2e3f  Verified                  100 %    218 MB  /cards/take3.mov → Acme media");
    }

    #[test]
    fn json_names_what_scripts_rely_on() {
        let text = serde_json::to_string(&Tagged { event: "job", value: &job() }).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        for field in [
            "event",
            "id",
            "file",
            "destination",
            "state",
            "holds",
            "size",
            "confirmed",
            "parts",
            "parts_confirmed",
        ] {
            assert!(value.get(field).is_some(), "{field} is missing in {text}");
        }
        assert_eq!(value["state"], "uploading");
    }
}
