//! The whole life of a job on one page: every state, every event, and the result.

use partway_core::{Cause, Event, Hold, Holds, State, step};

#[test]
fn the_life_of_a_job() {
    let states = [
        State::Waiting,
        State::Checking,
        State::Uploading,
        State::Finishing,
        State::Uploaded,
        State::Verified,
        State::NeedsAttention(Cause::SourceMissing),
        State::NeedsAttention(Cause::NameTaken { name: "a.mov".into() }),
        State::Cancelling,
        State::Cancelled,
    ];
    let events = [
        ("Permit", Event::Permit),
        ("Ready", Event::Ready),
        ("AllConfirmed", Event::AllConfirmed),
        ("Settled", Event::Settled { verified: false }),
        ("Settled, verified", Event::Settled { verified: true }),
        ("PartsMissing", Event::PartsMissing),
        ("SessionGone", Event::SessionGone),
        ("Held by the user", Event::Held(Hold::User)),
        ("Held offline", Event::Held(Hold::Offline)),
        ("Released", Event::Released(Hold::Offline)),
        ("Refused", Event::Refused(Cause::QuotaRefused)),
        ("Retry", Event::Retry),
        ("SendAgain", Event::SendAgain),
        ("MarkedArrived", Event::MarkedArrived),
        ("Cancel", Event::Cancel),
        ("Skip", Event::Skip),
        ("Stopped", Event::Stopped),
        ("Restarted", Event::Restarted),
    ];
    let mut page = String::new();
    for state in states {
        // Released is shown for a job that has that hold, if it can have it.
        let offline = step(&state, Holds::NONE, &Event::Held(Hold::Offline))
            .ok()
            .filter(|(next, ..)| *next == state)
            .map_or(Holds::NONE, |(_, holds, _)| holds);
        for (name, event) in &events {
            let holds = if matches!(event, Event::Released(_)) { offline } else { Holds::NONE };
            if let Ok((next, left, effects)) = step(&state, holds, event) {
                let holds = left.iter().map(Hold::name).collect::<Vec<_>>().join("+");
                let line =
                    format!("{:<16}{name:<18}→ {:<16}{holds:<9}{effects:?}", state.name(), next.name());
                page.push_str(line.trim_end());
                page.push('\n');
            }
        }
        page.push('\n');
    }
    insta::assert_snapshot!(page);
}
