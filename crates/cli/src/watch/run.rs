//! `partwayctl watch run`: watches and uploads until it is stopped, and takes over when another Partway ends.

mod files;

use std::path::Path;
use std::time::Duration;

use partway_api::{Look, Request};
use partway_bridge::{AskError, Front, FrontEvents, FrontTicks, Heard};

use self::files::Files;
use crate::args::WatchRun;
use crate::exit::{Exit, Stopped};
use crate::keys::{self, Lent};
use crate::open::{self, Purpose};
use crate::resume::now_ms;
use crate::show::Show;
use crate::stop::{Stop, Why};
use crate::tracker::Tracker;

/// Pause between attempts to reach a holder that ends just when it is asked.
const PAUSE: Duration = Duration::from_millis(100);

/// Interval between pings that detect whether a watching holder is suspended.
const PINGS: Duration = Duration::from_secs(10);

/// Why it stops using this holder.
enum End {
    Stopped(Why),
    HolderGone,
}

/// Runs the command.
///
/// # Errors
/// Sentences for the user.
pub(super) async fn run(folder: &Path, options: WatchRun) -> Result<Exit, Stopped> {
    let keys = keys::lend(&options.keys, keys::environment)?;
    let mut show = Show::new(options.json);
    let mut stop = Stop::listen(None);
    let mut told_of_other = false;
    let mut files = Files { json: options.json, since: now_ms(), tracker: Tracker::default() };
    loop {
        let front = tokio::select! {
            opened = open::front(folder, Purpose::Work, &keys, show.teller()) => opened?,
            why = stop.asked() => return Ok(exit(why)),
        };
        let ended = if front.is_holder() {
            // Follow first, so that no added file is missed. Only if this is the holder: another Partway
            // would wait for its followers.
            let mut events = front.follow().await?;
            let ended = hold(&front, &mut events, &keys, &mut files, &mut show, &mut stop).await;
            files.end(front, events, &ended, &mut show).await?;
            ended
        } else {
            let ended = beside(&front, &keys, &show, &mut stop, &mut told_of_other).await;
            front.close(Duration::ZERO).await;
            ended
        };
        match ended? {
            End::HolderGone => tokio::time::sleep(PAUSE).await,
            End::Stopped(why) => return Ok(exit(why)),
        }
    }
}

fn exit(why: Why) -> Exit {
    match why {
        Why::Signal(exit) => exit,
        Why::TooLong(_) => Exit::Attention,
    }
}

/// Lends the keys and makes the holder watch; `Some` if that did not succeed.
async fn begin(front: &Front, keys: &[Lent], stop: &mut Stop) -> Result<Option<End>, Stopped> {
    for request in keys.iter().map(keys::request).chain([Request::Watch]) {
        let answer = tokio::select! {
            answer = front.ask(request) => answer,
            why = stop.asked() => return Ok(Some(End::Stopped(why))),
        };
        match answer {
            Ok(_) => {}
            Err(AskError::HolderGone) => return Ok(Some(End::HolderGone)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// Watches in this process and shows events.
async fn hold(
    front: &Front,
    events: &mut FrontEvents,
    keys: &[Lent],
    files: &mut Files,
    show: &mut Show,
    stop: &mut Stop,
) -> Result<End, Stopped> {
    if let Some(end) = begin(front, keys, stop).await? {
        return Ok(end);
    }
    show.know(&open::destinations(front).await?);
    files.take_up(&open::list(front).await?, show)?;
    loop {
        tokio::select! {
            heard = events.next() => match heard {
                Heard::Event(event) => files.take(event, show)?,
                Heard::Lagged => files.catch_up(&open::list(front).await?, show)?,
                Heard::HolderGone => return Err(Stopped::here("Partway's engine ended by itself.".to_owned())),
            },
            why = stop.asked() => return Ok(End::Stopped(why)),
        }
    }
}

/// Waits for the end of another Partway that holds the folder and watches.
async fn beside(
    front: &Front,
    keys: &[Lent],
    show: &Show,
    stop: &mut Stop,
    told_of_other: &mut bool,
) -> Result<End, Stopped> {
    if let Some(end) = begin(front, keys, stop).await? {
        return Ok(end);
    }
    // A hidden look, whose stream ends with the holder.
    let watched = tokio::select! {
        watched = front.watch(Look { hidden: true, ..Look::default() }) => watched,
        why = stop.asked() => return Ok(End::Stopped(why)),
    };
    let mut ticks: FrontTicks = match watched {
        Ok(ticks) => ticks,
        Err(AskError::HolderGone) => return Ok(End::HolderGone),
        Err(error) => return Err(error.into()),
    };
    if !std::mem::replace(told_of_other, true) {
        show.aside("Another Partway holds this data folder and watches; this one takes over when it ends.");
    }
    let mut pings = tokio::time::interval(PINGS);
    loop {
        tokio::select! {
            // Nothing else is asked of it here, and a suspended one watches nothing.
            _ = async { pings.tick().await; front.ask(Request::Ping).await } => {}
            tick = ticks.next() => if tick.is_none() { return Ok(End::HolderGone) },
            why = stop.asked() => return Ok(End::Stopped(why)),
        }
    }
}
