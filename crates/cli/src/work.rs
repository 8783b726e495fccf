//! Waits for the end of a command's files, even if the process that runs the engine ends and this one takes
//! over.

mod ending;

use std::path::Path;
use std::time::Duration;

use partway_api::{DestinationView, Event, JobLine};
use partway_bridge::{AskError, Front, FrontEvents, Heard};
use tokio::time::{Instant, sleep_until};

use crate::args::Wait;
use crate::exit::{self, Exit, Stopped};
use crate::keys::{self, Lent};
use crate::open;
use crate::show::Show;
use crate::stop::{GRACE, Stop, Why};
use crate::target;
use crate::tracker::{Tracker, lets_expect_end};

/// How long to wait for a full disk: there may be no user to make room, and this state cannot be written
/// down.
const NO_ROOM: Duration = Duration::from_secs(60);
/// Delay between an event that suggests a file's end and requesting the list, if the end itself does not
/// arrive.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long without events while files are open before the list is requested: a missed end must not be waited
/// for forever.
const QUIET: Duration = Duration::from_secs(10);

/// A front with its event stream.
pub(crate) struct Followed {
    pub(crate) front: Front,
    events: FrontEvents,
    pub(crate) destinations: Vec<DestinationView>,
}

/// One command's wait.
pub(crate) struct Work<'a> {
    folder: &'a Path,
    /// Lent again to each new holder.
    keys: Vec<Lent>,
    require_verified: bool,
    /// Whether a journal could not be read: its files cannot be waited for.
    lacks_some: bool,
    pub(crate) show: Show,
    pub(crate) tracker: Tracker,
    pub(crate) stop: Stop,
}

impl<'a> Work<'a> {
    /// Reads the lent keys and starts listening for signals.
    ///
    /// # Errors
    /// A variable is not set.
    pub(crate) fn new(folder: &'a Path, wait: &Wait) -> Result<Self, Stopped> {
        let keys = keys::lend(&wait.keys, keys::environment)?;
        Ok(Self {
            folder,
            keys,
            require_verified: wait.require_verified,
            lacks_some: false,
            show: Show::new(wait.json),
            tracker: Tracker::default(),
            stop: Stop::listen(wait.max_wait),
        })
    }

    /// Opens the folder, lends the keys, and follows events.
    ///
    /// # Errors
    /// Sentences for the user.
    pub(crate) async fn begin(&mut self) -> Result<Followed, Stopped> {
        let mut tries = 0;
        loop {
            let front = open::front(self.folder, open::Purpose::Work, &self.keys, self.show.teller()).await?;
            tries += 1;
            match self.prepare(&front).await {
                Ok((events, destinations)) => {
                    self.show.know(&destinations);
                    return Ok(Followed { front, events, destinations });
                }
                Err(Unready::Gone) if tries < open::TRIES => front.close(Duration::ZERO).await,
                Err(Unready::Gone) => return Err(AskError::HolderGone.into()),
                Err(Unready::Stopped(stopped)) => {
                    front.close(Duration::ZERO).await;
                    return Err(stopped);
                }
            }
        }
    }

    /// The same, until a stop is requested.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub(crate) async fn begin_again(&mut self) -> Result<Result<Followed, Why>, Stopped> {
        let mut stop = self.stop.clone();
        tokio::select! {
            begun = self.begin() => begun.map(Ok),
            why = stop.asked() => Ok(Err(why)),
        }
    }

    async fn prepare(&self, front: &Front) -> Result<(FrontEvents, Vec<DestinationView>), Unready> {
        // Follow first, so that the effects of later requests are not missed.
        let events = front.follow().await?;
        let destinations = open::destinations(front).await?;
        for key in &self.keys {
            if let (Some(name), _) = key {
                target::by_name(&destinations, name).map_err(Unready::Stopped)?;
            }
            // Even if this is the holder and had the key from the start: this resumes what waited for it in
            // the journal.
            front.ask(keys::request(key)).await?;
        }
        Ok((events, destinations))
    }

    /// Waits for a file under this name.
    ///
    /// # Errors
    /// Standard output is no longer read.
    pub(crate) fn wait_for(&mut self, job: &JobLine, name: String) -> Result<(), Stopped> {
        match self.tracker.wait_for(job, name) {
            Some(added) => self.show.event(&added),
            None => Ok(()),
        }
    }

    /// Waits until every file has ended, then shuts down in order.
    ///
    /// # Errors
    /// Standard output is no longer read.
    pub(crate) async fn until_the_end(mut self, mut followed: Followed) -> Result<Exit, Stopped> {
        let why = match self.wait(&mut followed).await {
            Ok(why) => why,
            Err(stopped) => {
                followed.front.close(GRACE).await;
                return Err(self.broken_off(stopped));
            }
        };
        let holder = followed.front.is_holder();
        match why {
            Some(why) => self.stop_early(why, holder, followed).await,
            None => {
                let shown = self.sums(&mut followed.events).await.and_then(|()| self.show.end());
                self.linger(&followed.front).await;
                followed.front.close(GRACE).await;
                shown?;
                Ok(self.exit())
            }
        }
    }

    /// Shows events until all files have ended, or something stops the wait.
    async fn wait(&mut self, followed: &mut Followed) -> Result<Option<Why>, Stopped> {
        let mut look_at: Option<Instant> = None;
        let mut trouble: Option<(Instant, String)> = None;
        while self.tracker.open() > 0 {
            let no_room = sleep_until(trouble.as_ref().map_or_else(far_off, |(until, _)| *until));
            let look = sleep_until(look_at.unwrap_or_else(|| Instant::now() + QUIET));
            tokio::select! {
                heard = followed.events.next() => match heard {
                    Heard::Event(event) => {
                        if let Some(event) = self.tracker.take(event) {
                            if let Event::Trouble { text } = &event {
                                trouble = text.clone().map(|text| (Instant::now() + NO_ROOM, text));
                            }
                            if lets_expect_end(&event) {
                                look_at.get_or_insert_with(|| Instant::now() + PATIENCE);
                            }
                            self.show.event(&event)?;
                        }
                    }
                    Heard::Lagged => look_at = Some(Instant::now()),
                    Heard::HolderGone if followed.front.is_holder() => {
                        self.give_up(|stand| format!("Partway's engine ended by itself. {stand}"))?;
                    }
                    Heard::HolderGone => match self.begin_again().await {
                        Ok(Err(why)) => return Ok(Some(why)),
                        Ok(Ok(next)) => {
                            if next.front.is_holder() {
                                self.show.aside("The Partway that ran these uploads has ended; this one goes on with them.");
                            }
                            *followed = next;
                            look_at = Some(Instant::now());
                        }
                        Err(stopped) => self.give_up(|_| stopped.sentence.clone())?,
                    },
                },
                () = no_room, if trouble.is_some() => {
                    let why = trouble.take().map(|(_, why)| why).unwrap_or_default();
                    self.give_up(|stand| format!("{why} {stand}"))?;
                }
                () = look => {
                    look_at = None;
                    if let Some(jobs) = self.list(&followed.front).await {
                        let missed = self.tracker.catch_up(&jobs);
                        self.tell(&missed)?;
                    }
                }
                why = self.stop.asked() => return Ok(Some(why)),
            }
        }
        Ok(None)
    }

    /// Reports that unfinished files are no longer known; the command will not end as if all were well.
    pub(crate) fn something_is_missing(&mut self, sentence: &str) {
        if !self.lacks_some {
            self.show.aside(sentence);
        }
        self.lacks_some = true;
    }

    /// Whether something is missing.
    pub(crate) const fn lacks_some(&self) -> bool {
        self.lacks_some
    }

    /// The command's exit code.
    fn exit(&self) -> Exit {
        match exit::of(self.tracker.endings(), self.require_verified) {
            Exit::Good if self.lacks_some => Exit::Attention,
            exit => exit,
        }
    }

    /// Every job, unless a stop is requested first.
    async fn list(&mut self, front: &Front) -> Option<Vec<JobLine>> {
        tokio::select! {
            jobs = open::list(front) => jobs.ok(),
            _ = self.stop.asked() => None,
        }
    }

    /// Reports ends from before this process followed events.
    ///
    /// # Errors
    /// Standard output is no longer read.
    pub(crate) async fn catch_up(&mut self, followed: &Followed) -> Result<(), Stopped> {
        // If the holder is gone again or a stop is requested, the wait notices it.
        let Some(jobs) = self.list(&followed.front).await else { return Ok(()) };
        let missed = self.tracker.catch_up(&jobs);
        self.tell(&missed)
    }

    /// Ends named files that never became jobs.
    ///
    /// # Errors
    /// Standard output is no longer read.
    pub(crate) fn leave_out(
        &mut self,
        names: impl Iterator<Item = String>,
        reason: &str,
    ) -> Result<(), Stopped> {
        let ended: Vec<_> = names.map(|name| self.tracker.left_out(name, reason.to_owned())).collect();
        self.tell(&ended)
    }

    /// Ends everything that is still open.
    fn give_up(&mut self, why: impl Fn(&str) -> String) -> Result<(), Stopped> {
        let ended = self.tracker.give_up(why);
        self.tell(&ended)
    }
}

/// A deadline that is never reached in practice.
fn far_off() -> Instant {
    Instant::now() + Duration::from_secs(24 * 60 * 60)
}

/// Why a front could not be followed.
enum Unready {
    Gone,
    Stopped(Stopped),
}

impl From<AskError> for Unready {
    fn from(error: AskError) -> Self {
        match error {
            AskError::HolderGone => Self::Gone,
            error @ AskError::Api(_) => Self::Stopped(error.into()),
        }
    }
}
