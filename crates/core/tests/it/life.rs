//! No sequence of events leaves a job stuck, running while held, or green without a confirmation.

use std::collections::{HashMap, HashSet, VecDeque};

use partway_core::{Cause, Effect, Event, Hold, Holds, State, step};
use proptest::prelude::*;

type Node = (State, Holds);

/// A newly added job.
const BEGIN: Node = (State::Waiting, Holds::NONE);

fn name_taken() -> Cause {
    Cause::NameTaken { name: "a.mov".into() }
}

/// Events that happen by themselves and move a job forward.
fn by_itself() -> Vec<Event> {
    let passing = Hold::ALL.into_iter().filter(|hold| !hold.needs_person()).map(Event::Released);
    [Event::Permit, Event::Ready, Event::AllConfirmed, Event::Settled { verified: true }, Event::Stopped]
        .into_iter()
        .chain(passing)
        .collect()
}

/// Events caused by the user that move a job forward.
fn by_a_person() -> Vec<Event> {
    let lifted = Hold::ALL.into_iter().filter(|hold| hold.needs_person()).map(Event::Released);
    [Event::Retry, Event::SendAgain, Event::MarkedArrived, Event::Cancel, Event::Skip]
        .into_iter()
        .chain(lifted)
        .collect()
}

/// Events that set a job back or end it.
fn mishaps() -> Vec<Event> {
    let held = Hold::ALL.into_iter().map(Event::Held);
    [
        Event::Settled { verified: false },
        Event::PartsMissing,
        Event::SessionGone,
        Event::Refused(Cause::QuotaRefused),
        Event::Refused(name_taken()),
        Event::Restarted,
    ]
    .into_iter()
    .chain(held)
    .collect()
}

fn all_events() -> Vec<Event> {
    [by_itself(), by_a_person(), mishaps()].concat()
}

/// Every reachable job, breadth first from a new one.
fn reachable() -> Vec<Node> {
    let (mut seen, mut queue) = (HashSet::new(), VecDeque::from([BEGIN]));
    let mut all = Vec::new();
    while let Some(node) = queue.pop_front() {
        if !seen.insert((format!("{:?}", node.0), node.1)) {
            continue;
        }
        for event in all_events() {
            if let Ok((state, holds, _)) = step(&node.0, node.1, &event) {
                queue.push_back((state, holds));
            }
        }
        all.push(node);
    }
    all
}

/// Every legal step: (from, event, to, effects).
fn every_step() -> Vec<(Node, Event, Node, Vec<Effect>)> {
    let mut steps = Vec::new();
    for node in reachable() {
        for event in all_events() {
            match step(&node.0, node.1, &event) {
                Ok((state, holds, effects)) => steps.push((node.clone(), event, (state, holds), effects)),
                Err(illegal) => assert_eq!((illegal.state, illegal.event), (node.0.clone(), event)),
            }
        }
    }
    steps
}

#[test]
fn every_state_can_be_reached() {
    let names: HashSet<&str> = reachable().iter().map(|(state, _)| state.name()).collect();
    assert_eq!(names.len(), 9, "{names:?}");
}

/// How many events of these kinds bring each job to a node for which `there` holds.
fn distances(events: &[Event], there: impl Fn(&Node) -> bool) -> HashMap<String, usize> {
    let key = |node: &Node| format!("{node:?}");
    let nodes = reachable();
    let mut far: HashMap<String, usize> =
        nodes.iter().filter(|node| there(node)).map(|node| (key(node), 0)).collect();
    loop {
        let mut grown = far.clone();
        for node in nodes.iter().filter(|node| !far.contains_key(&key(node))) {
            let nearest = events
                .iter()
                .filter_map(|event| step(&node.0, node.1, event).ok())
                .filter_map(|(state, holds, _)| far.get(&key(&(state, holds))))
                .min();
            if let Some(steps) = nearest {
                grown.insert(key(node), steps + 1);
            }
        }
        if grown.len() == far.len() {
            return far;
        }
        far = grown;
    }
}

/// By itself, a job comes to an end or to a state that needs the user.
#[test]
fn nothing_waits_for_ever_without_saying_so() {
    let says_so = |(state, holds): &Node| {
        state.is_end() || matches!(state, State::NeedsAttention(_)) || holds.iter().any(Hold::needs_person)
    };
    let far = distances(&by_itself(), says_so);
    let passing = Hold::ALL.into_iter().filter(|hold| !hold.needs_person()).count();
    for node in reachable() {
        let steps = far.get(&format!("{node:?}"));
        // The passing holds, and Permit, Ready, AllConfirmed, Settled.
        assert!(steps.is_some_and(|steps| *steps <= passing + 4), "{node:?}: {steps:?}");
    }
}

/// With the user's help every job comes to an end, and one that was not cancelled can still become
/// *Verified*.
#[test]
fn every_job_can_be_brought_to_its_end() {
    let events = [by_itself(), by_a_person()].concat();
    let ended = distances(&events, |(state, _)| state.is_end());
    let verified = distances(&events, |(state, _)| *state == State::Verified);
    for node in reachable() {
        let given_up = matches!(node.0, State::Cancelling | State::Cancelled);
        assert!(ended.contains_key(&format!("{node:?}")), "{node:?} never ends");
        assert!(given_up || verified.contains_key(&format!("{node:?}")), "{node:?} can never be verified");
    }
}

#[test]
fn every_job_can_be_given_up_until_complete_was_sent() {
    for (state, holds) in reachable() {
        let cancelled = step(&state, holds, &Event::Cancel);
        if state.is_end() || state == State::Finishing {
            assert!(cancelled.is_err(), "{state:?}");
        } else {
            let (state, holds, _) = cancelled.unwrap();
            let (state, holds, effects) = step(&state, holds, &Event::Stopped).unwrap();
            assert_eq!((state, holds), (State::Cancelled, Holds::NONE));
            assert!(effects.contains(&Effect::ForgetSecrets));
        }
    }
}

/// Only a job that runs or waits for a decision meets a taken name; skipping ends like cancelling.
#[test]
fn only_a_taken_name_is_left_as_it_is_and_then_the_job_ends() {
    for (state, holds) in reachable() {
        let meets_it = state.is_running() || state == State::Finishing || state == State::Cancelling;
        let skipped = step(&state, holds, &Event::Skip);
        assert_eq!(skipped.is_ok(), meets_it || state == State::NeedsAttention(name_taken()), "{state:?}");
        if let Ok((next, holds, _)) = skipped {
            assert_eq!((&next, holds), (&State::Cancelling, Holds::NONE));
            assert_eq!(step(&next, holds, &Event::Stopped).unwrap().0, State::Cancelled);
        }
    }
}

#[test]
fn nothing_runs_while_it_has_a_hold_and_no_end_waits() {
    for (state, holds) in reachable() {
        let must_be_free = state.is_running() || state.is_end() || state == State::Cancelling;
        assert!(!must_be_free || holds.is_empty(), "{state:?} with {holds:?}");
    }
}

#[test]
fn effects_fit_the_state_that_they_are_for() {
    for (from, event, (state, holds), effects) in every_step() {
        for (effect, belongs) in [
            (Effect::Check, State::Checking),
            (Effect::Send, State::Uploading),
            (Effect::Complete, State::Finishing),
            (Effect::Abort, State::Cancelling),
        ] {
            let fits = state == belongs && holds.is_empty();
            assert!(
                !effects.contains(&effect) || fits,
                "{effect:?} in {state:?} after {event:?} in {from:?}"
            );
        }
        let forgets = effects.contains(&Effect::ForgetSecrets);
        let ends = state.is_end() && !from.0.is_end();
        assert_eq!(forgets, ends, "secrets go at the end, and only then: {event:?} in {from:?}");
        let stopped = from.0.is_running() && !state.is_running() && state != State::Finishing;
        if stopped && event != Event::Restarted {
            assert!(effects.contains(&Effect::StopParts), "{event:?} in {from:?}");
        }
    }
}

#[test]
fn green_comes_from_finishing_alone() {
    for (from, event, to, _) in every_step() {
        if matches!(to.0, State::Verified | State::Uploaded) && from.0 != to.0 {
            assert_eq!(
                (from.0, event),
                (State::Finishing, Event::Settled { verified: to.0 == State::Verified })
            );
        }
    }
}

#[test]
fn ends_are_ends() {
    for (from, event, to, effects) in every_step().into_iter().filter(|(from, ..)| from.0.is_end()) {
        if from.0 == State::Uploaded && event == Event::SendAgain {
            assert_eq!(to, BEGIN);
        } else {
            assert!(matches!(event, Event::Released(_) | Event::Restarted), "{event:?} in {from:?}");
            assert_eq!((to, effects), (from, vec![]));
        }
    }
}

/// Pausing twice, losing the network and getting it back: the job waits until the last hold is gone.
#[test]
fn a_job_waits_until_its_last_hold_is_lifted() {
    let steps = [
        (Event::Held(Hold::User), State::Waiting, 3),
        (Event::Held(Hold::Offline), State::Waiting, 0),
        (Event::Held(Hold::User), State::Waiting, 0),
        (Event::Released(Hold::User), State::Waiting, 0),
        (Event::Released(Hold::User), State::Waiting, 0),
        (Event::Released(Hold::Offline), State::Waiting, 1),
        (Event::Permit, State::Checking, 1),
    ];
    let mut job = (State::Uploading, Holds::NONE);
    for (event, expected, effects) in steps {
        let (state, holds, done) = step(&job.0, job.1, &event).unwrap();
        assert_eq!((&state, done.len()), (&expected, effects), "after {event:?}: {done:?}");
        job = (state, holds);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// A job has a permit only while it may use one, and holds stay until they are lifted.
    #[test]
    fn permits_and_holds_follow_any_sequence(events in prop::collection::vec(prop::sample::select(all_events()), 0..200)) {
        let (mut state, mut holds, mut permit) = (State::Waiting, Holds::NONE, false);
        for event in events {
            // The scheduler grants a permit only to a job that has none, and complete is answered only after
            // it was asked.
            if event == Event::Permit && permit {
                continue;
            }
            let Ok((next, left, effects)) = step(&state, holds, &event) else { continue };
            permit = (permit || event == Event::Permit)
                && !effects.contains(&Effect::ReleasePermit)
                && event != Event::Restarted;
            if let Event::Held(hold) = event {
                prop_assert!(left.contains(hold) || next == State::Cancelling);
            }
            if let Event::Released(hold) = event {
                prop_assert!(!left.contains(hold));
                prop_assert_eq!(left, holds.without(hold));
            }
            (state, holds) = (next, left);
            prop_assert_eq!(permit, state.is_running() || (state == State::Finishing && permit), "{:?} {:?}", state, event);
            prop_assert!(!permit || holds.is_empty());
        }
    }
}
