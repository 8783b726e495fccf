//! `partwayctl upload`: adds files and waits for their end.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, SystemTime};

use partway_api::{Answer, FieldsDraft, Request};
use partway_bridge::AskError;
use tokio::time::timeout;
use uuid::Uuid;

use crate::args::Upload;
use crate::exit::{Exit, Stopped};
use crate::named::{Named, Share};
use crate::stop::{GRACE, Why};
use crate::target;
use crate::wildcards;
use crate::work::{Followed, Work};

/// Runs the command.
///
/// # Errors
/// Sentences for the user, with the matching exit code.
pub(crate) async fn run(folder: &Path, upload: Upload) -> Result<Exit, Stopped> {
    let (files, nothing) = wildcards::written_out(upload.files);
    let mut named = Named::new(&files)
        .map_err(|fault| Stopped::usage(format!("The current folder cannot be told: {fault}.")))?;
    let mut work = Work::new(folder, &upload.wait)?;
    for pattern in nothing {
        let reason = format!("No file is called {}. Check the name and the folder.", pattern.display());
        work.leave_out(std::iter::once(pattern.to_string_lossy().into_owned()), &reason)?;
    }
    let mut stop = work.stop.clone();
    tokio::select! {
        () = named.straighten() => {}
        // Nothing is added any more, so it does not matter.
        _ = stop.asked() => {}
    }
    let left = named.shares().into();
    let (fields, mime) = (upload.fields.draft(), upload.mime);
    let mut handing = Handing { left, named, fields, mime, asked: false };
    let opened = tokio::select! {
        opened = open(&mut work, upload.to.as_deref()) => opened,
        why = stop.asked() => return work.stopped_before(handing.names(), why),
    };
    let handed = match opened {
        Ok((followed, destination)) => handing.over(&mut work, followed, &destination).await,
        Err(stopped) => Err(stopped),
    };
    match handed {
        Ok((followed, None)) => work.until_the_end(followed).await,
        Ok((followed, Some(why))) => {
            work.stopped_between(followed, handing.names(), handing.asked, why).await
        }
        Err(stopped) => {
            // The request was valid but failed, at least in part: the files end all the same.
            if stopped.exit == Exit::Attention || !work.tracker.is_empty() {
                // If this cannot be reported either, the first reason is the one that counts.
                let _ = work.fail(handing.names(), &stopped.sentence);
            }
            Err(stopped)
        }
    }
}

/// Opens the folder and finds the destination's id.
async fn open(work: &mut Work<'_>, to: Option<&str>) -> Result<(Followed, String), Stopped> {
    let followed = work.begin().await?;
    match target::choose(&followed.destinations, to) {
        Ok(destination) => {
            let id = destination.id.clone();
            Ok((followed, id))
        }
        Err(stopped) => {
            // An unreadable journal explains why there is none.
            if let Ok(Answer::Jobs { set_aside: Some(sentence), .. }) =
                followed.front.ask(Request::List).await
            {
                work.show.aside(&sentence);
            }
            followed.front.close(Duration::ZERO).await;
            Err(stopped)
        }
    }
}

/// A time-ordered id; a random one if the clock is before 1970, which such ids cannot represent.
#[expect(clippy::disallowed_methods, reason = "a program, which has no other clock")]
fn new_batch() -> Uuid {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or_else(|_| Uuid::new_v4(), |_| Uuid::now_v7())
}

/// Files on their way into the journal.
struct Handing {
    named: Named,
    /// Their fields.
    fields: FieldsDraft,
    /// Their type, if one was given.
    mime: Option<String>,
    /// What is not known to be in the journal.
    left: VecDeque<Share>,
    /// Whether the first of these was requested but not answered: it may be there after all.
    asked: bool,
}

impl Handing {
    /// The remaining paths, as they were given.
    fn names(&self) -> Vec<String> {
        self.left.iter().flat_map(|share| share.given.iter().cloned()).collect()
    }

    /// Adds the remaining files, until all are added or a stop is requested.
    async fn over(
        &mut self,
        work: &mut Work<'_>,
        mut followed: Followed,
        destination: &str,
    ) -> Result<(Followed, Option<Why>), Stopped> {
        while let Some(share) = self.left.front() {
            let request = Request::Add {
                paths: share.paths.clone(),
                destination: Some(destination.to_owned()),
                countdown: false,
                // A stable id: if the answer is lost with its holder, the next one can say what became of
                // this very request.
                batch: Some(new_batch().to_string()),
                fields: self.fields.clone(),
                mime: self.mime.clone(),
            };
            let (next, why) = self.ask(work, followed, request).await?;
            if why.is_some() {
                return Ok((next, why));
            }
            followed = next;
        }
        Ok((followed, None))
    }

    /// Sends the request until it is answered. After a stop, the answer gets a few more seconds: this
    /// separates files that are in the journal from those that are not.
    async fn ask(
        &mut self,
        work: &mut Work<'_>,
        mut followed: Followed,
        request: Request,
    ) -> Result<(Followed, Option<Why>), Stopped> {
        self.asked = true;
        let mut again = false;
        loop {
            let (answer, why) = {
                let asked = followed.front.ask(request.clone());
                tokio::pin!(asked);
                tokio::select! {
                    biased;
                    answer = &mut asked => (Some(answer), None),
                    why = work.stop.asked() => {
                        let answer = tokio::select! {
                            answer = timeout(why.grace(), asked) => answer.ok(),
                            // A suspended holder will not answer.
                            () = followed.front.silent() => None,
                        };
                        (answer, Some(why))
                    }
                }
            };
            match answer {
                Some(Ok(answer)) => {
                    let mut shown = self.taken(work, answer);
                    if again {
                        shown = shown.and(work.catch_up(&followed).await);
                    }
                    if let Err(stopped) = shown {
                        followed.front.close(GRACE).await;
                        return Err(stopped);
                    }
                    return Ok((followed, why));
                }
                Some(Err(AskError::Api(error))) => {
                    self.asked = false;
                    followed.front.close(Duration::ZERO).await;
                    return Err(crate::destinations::in_flags(error, false));
                }
                None | Some(Err(AskError::HolderGone)) if why.is_some() => return Ok((followed, why)),
                None | Some(Err(AskError::HolderGone)) => {
                    again = true;
                    match work.begin_again().await? {
                        Ok(next) => followed = next,
                        Err(why) => return Ok((followed, Some(why))),
                    }
                }
            }
        }
    }

    /// The first share is now in the journal, except for what was left out.
    fn taken(&mut self, work: &mut Work<'_>, answer: Answer) -> Result<(), Stopped> {
        self.asked = false;
        self.left.pop_front();
        let Answer::Added { batch, jobs, left_out, elsewhere } = answer else { return Ok(()) };
        if let Some(batch) = batch {
            work.tracker.own_batch(batch);
        }
        if let Some(sentence) = elsewhere {
            work.show.aside(&sentence);
        }
        let mut shown = Ok(());
        for job in &jobs {
            shown = shown.and(work.wait_for(job, self.named.given(&job.file)));
        }
        for (path, reason) in left_out {
            shown = shown.and(work.leave_out(std::iter::once(self.named.given(&path)), &reason));
        }
        shown
    }
}
