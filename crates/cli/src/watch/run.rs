//! `partwayctl watch run`: watches and uploads until it is ended, and takes over where another Partway ends.

use std::path::Path;
use std::time::Duration;

use partway_api::{Look, Request};
use partway_bridge::{AskError, Front, FrontTicks, Heard};

use crate::args::WatchRun;
use crate::exit::{Exit, Stopped};
use crate::open::{self, Purpose};
use crate::show::Show;
use crate::stop::{GRACE, Stop, Why};

/// Between two tries to reach a holder that ends just when it is asked.
const PAUSE: Duration = Duration::from_millis(100);

/// Between two looks whether a holder that watches is not suspended.
const PINGS: Duration = Duration::from_secs(10);

/// Why it does not go on with this holder.
enum End {
    Stopped(Why),
    HolderGone,
}

/// Runs the command.
///
/// # Errors
/// Sentences for the user.
pub(super) async fn run(folder: &Path, options: WatchRun) -> Result<Exit, Stopped> {
    let keys = crate::keys::lend(&options.keys, crate::keys::environment)?;
    let mut show = Show::new(options.json);
    let mut stop = Stop::listen(None);
    let mut told_of_other = false;
    loop {
        let opened = tokio::select! {
            opened = open::front(folder, Purpose::Work, show.teller()) => opened?,
            why = stop.asked() => return Ok(exit(why)),
        };
        let ended = with(&opened, &keys, &mut show, &mut stop, &mut told_of_other).await;
        let (grace, exit) = match ended {
            Ok(End::HolderGone) => (Duration::ZERO, None),
            Ok(End::Stopped(why)) => (GRACE, Some(Ok(exit(why)))),
            Err(stopped) => (GRACE, Some(Err(stopped))),
        };
        opened.close(grace).await;
        if let Some(exit) = exit {
            return exit;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn exit(why: Why) -> Exit {
    match why {
        Why::Signal(exit) => exit,
        Why::TooLong(_) => Exit::Attention,
    }
}

async fn with(
    front: &Front,
    keys: &[Request],
    show: &mut Show,
    stop: &mut Stop,
    told_of_other: &mut bool,
) -> Result<End, Stopped> {
    // First of all, so that nothing of what is taken in is missed. Only of one's own: another Partway would wait for whoever follows it.
    let mut events = match front.is_holder() {
        true => Some(front.follow().await?),
        false => None,
    };
    for request in keys.iter().chain([&Request::Watch]) {
        let answer = tokio::select! {
            answer = front.ask(request.clone()) => answer,
            why = stop.asked() => return Ok(End::Stopped(why)),
        };
        match answer {
            Ok(_) => {}
            Err(AskError::HolderGone) => return Ok(End::HolderGone),
            Err(error) => return Err(error.into()),
        }
    }
    match &mut events {
        Some(events) => {
            show.know(&open::destinations(front).await?);
            loop {
                tokio::select! {
                    heard = events.next() => match heard {
                        Heard::Event(event) => show.event(&event)?,
                        // Nobody waits for the end of anything here.
                        Heard::Lagged => show.aside("More happened at once than could be told; 'partwayctl list' shows every file."),
                        Heard::HolderGone => return Err(Stopped::here("Partway's engine ended by itself.".to_owned())),
                    },
                    why = stop.asked() => return Ok(End::Stopped(why)),
                }
            }
        }
        None => {
            // A look at nothing, which ends with the holder.
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
                show.aside(
                    "Another Partway holds this data folder and watches; this one takes over when it ends.",
                );
            }
            let mut pings = tokio::time::interval(PINGS);
            loop {
                tokio::select! {
                    // Nothing else is asked of it here, and one that is suspended watches nothing.
                    _ = async { pings.tick().await; front.ask(Request::Ping).await } => {}
                    tick = ticks.next() => if tick.is_none() { return Ok(End::HolderGone) },
                    why = stop.asked() => return Ok(End::Stopped(why)),
                }
            }
        }
    }
}
