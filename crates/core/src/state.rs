//! The life of a job as one pure function: `(state, holds, event) → (state, holds, effects)`.
//!
//! ```text
//!            Permit        Ready          AllConfirmed       Settled
//!  Waiting ─────────▶ Checking ───▶ Uploading ───▶ Finishing ───────▶ Verified | Uploaded
//!   ▲ ▲ ▲  ◀── Held, Restarted ─────────┘              │ │
//!   │ │ └────────── PartsMissing, SessionGone ─────────┘ │
//!   │ └─ Retry, SendAgain ─ NeedsAttention ◀── Refused ──┘ (and from all before)
//!   │                            │
//!   └─ SendAgain ─ Uploaded      └─ Cancel (and from all before Finishing) ─▶ Cancelling ─ Stopped ─▶ Cancelled
//!                                   Skip (a taken name, also from Finishing) ─▶ Cancelling
//! ```
//!
//! What is absent: no state "done", no state "failed", and no way out of the three ends but `SendAgain` from *Uploaded*.

use thiserror::Error;

use crate::{Cause, Hold, Holds};

/// Where a job is. What it waits for stands beside it, in its [`Holds`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// In the queue, without a permit; a session may lie behind it.
    Waiting,
    /// Has a permit; the file is looked at before the first byte.
    Checking,
    /// A session is opened or open, parts go.
    Uploading,
    /// Every receipt is in the journal; the vendor has not yet confirmed the whole.
    Finishing,
    /// The vendor confirmed the whole, or all that can be known says so; the bytes were not compared.
    Uploaded,
    /// Confirmed and compared: the only green.
    Verified,
    /// Only a person can say how it goes on.
    NeedsAttention(Cause),
    /// Given up; parts in flight end, the vendor's session is being aborted.
    Cancelling,
    /// Given up for good.
    Cancelled,
}

impl State {
    /// The name under which the journal and the command line know this state.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Checking => "checking",
            Self::Uploading => "uploading",
            Self::Finishing => "finishing",
            Self::Uploaded => "uploaded",
            Self::Verified => "verified",
            Self::NeedsAttention(_) => "needs-attention",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more happens by itself or by waiting.
    #[must_use]
    pub const fn is_end(&self) -> bool {
        matches!(self, Self::Uploaded | Self::Verified | Self::Cancelled)
    }

    /// Whether the job occupies a permit in this state.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        matches!(self, Self::Checking | Self::Uploading)
    }
}

/// What can happen to a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The scheduler grants a permit.
    Permit,
    /// The file is the one that was planned and can be read.
    Ready,
    /// The last missing receipt is in the journal.
    AllConfirmed,
    /// The vendor confirmed the whole; `verified` where every comparison that DESIGN.md names held.
    Settled {
        /// Whether the bytes were compared and equal.
        verified: bool,
    },
    /// *Complete* was answered with "a part is missing or other": those parts go again.
    PartsMissing,
    /// The vendor's session is gone or its links cannot be renewed: everything goes again in a new one.
    SessionGone,
    /// A reason to wait appeared.
    Held(Hold),
    /// A reason to wait is gone.
    Released(Hold),
    /// Only a person can say how it goes on.
    Refused(Cause),
    /// The person says: try again.
    Retry,
    /// The person says: send it again from the start, although it may have arrived.
    SendAgain,
    /// The person has seen that it arrived, although the vendor never confirmed it.
    MarkedArrived,
    /// The person gives it up.
    Cancel,
    /// The destination has something of its name, and that is to be left as it is: this file is given up.
    Skip,
    /// Parts in flight have ended and the session was aborted, or its abort is remembered.
    Stopped,
    /// The process was started again; nothing of before is in flight.
    Restarted,
}

/// What the engine has to do after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Look at the file before the first byte.
    Check,
    /// Open a session if there is none, and send what is missing.
    Send,
    /// Ask the vendor to put the parts together.
    Complete,
    /// Forget the session, its targets and receipts: a new one begins.
    DropSession,
    /// Begin no new part; those in flight may end within the grace that the engine gives.
    StopParts,
    /// Tell the vendor to throw the session away, and remember it if that does not succeed.
    Abort,
    /// Give the permit back.
    ReleasePermit,
    /// The queue may have something to start.
    Wake,
    /// Remove links and session secrets from the journal.
    ForgetSecrets,
}

/// An event that cannot happen in that state: a fault of the caller, never of the outside.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{event:?} cannot happen while a job is {state:?}")]
pub struct IllegalStep {
    /// The state it was in.
    pub state: State,
    /// What was said to have happened.
    pub event: Event,
}

/// One step of a job's life.
///
/// # Errors
/// [`IllegalStep`] where the event has no meaning in that state; nothing changes then.
pub fn step(state: &State, holds: Holds, event: &Event) -> Result<(State, Holds, Vec<Effect>), IllegalStep> {
    use Effect as Do;
    use Event as E;
    use State as S;

    let illegal = || IllegalStep { state: state.clone(), event: event.clone() };
    let stay = |effects: Vec<Effect>| Ok((state.clone(), holds, effects));
    let go = |next: State, effects: Vec<Effect>| Ok((next, holds, effects));

    match (state, event) {
        (S::Waiting, E::Permit) if holds.is_empty() => go(S::Checking, vec![Do::Check]),
        // Finishing keeps its state over a hold or a restart: all is sent, only the answer is missing.
        (S::Finishing, E::Permit) if holds.is_empty() => stay(vec![Do::Complete]),
        (S::Checking, E::Ready) => go(S::Uploading, vec![Do::Send]),
        (S::Uploading, E::AllConfirmed) => go(S::Finishing, vec![Do::Complete]),
        // The answer may come after a hold did; an end waits for nothing.
        (S::Finishing, E::Settled { verified }) => Ok((
            if *verified { S::Verified } else { S::Uploaded },
            Holds::NONE,
            vec![Do::ReleasePermit, Do::ForgetSecrets, Do::Wake],
        )),
        // Whether the permit is still there cannot be told (a hold gave it back, and the answer came after it): so back to
        // the queue, and past the look at the file, before anything is sent again.
        (S::Finishing, E::PartsMissing) => go(S::Waiting, vec![Do::ReleasePermit, Do::Wake]),
        (S::Finishing, E::SessionGone) => go(S::Waiting, vec![Do::DropSession, Do::ReleasePermit, Do::Wake]),
        (S::Uploading, E::SessionGone) => stay(vec![Do::DropSession, Do::Send]),

        (S::Checking | S::Uploading, E::Held(hold)) => {
            Ok((S::Waiting, holds.with(*hold), vec![Do::StopParts, Do::ReleasePermit, Do::Wake]))
        }
        (S::Waiting | S::NeedsAttention(_), E::Held(hold)) => Ok((state.clone(), holds.with(*hold), vec![])),
        // A pause cannot take back a complete that was sent; the other holds stop the asking.
        (S::Finishing, E::Held(Hold::User | Hold::Countdown)) => Err(illegal()),
        (S::Finishing, E::Held(hold)) => {
            Ok((S::Finishing, holds.with(*hold), vec![Do::ReleasePermit, Do::Wake]))
        }
        (S::Cancelling, E::Held(_)) => stay(vec![]),
        // Also in an end and while cancelling, where no hold is left and so nothing comes of it.
        (_, E::Released(hold)) => {
            let left = holds.without(*hold);
            let effects = if left.is_empty() && left != holds { vec![Do::Wake] } else { vec![] };
            Ok((state.clone(), left, effects))
        }

        (S::Waiting | S::Checking | S::Uploading | S::Finishing, E::Refused(cause)) => {
            go(S::NeedsAttention(cause.clone()), vec![Do::StopParts, Do::ReleasePermit, Do::Wake])
        }
        (S::NeedsAttention(_), E::Retry) => Ok((S::Waiting, Holds::NONE, vec![Do::Wake])),
        (S::NeedsAttention(_) | S::Uploaded, E::SendAgain) => {
            Ok((S::Waiting, Holds::NONE, vec![Do::DropSession, Do::Wake]))
        }

        (S::NeedsAttention(Cause::NeverConfirmed), E::MarkedArrived) => {
            Ok((S::Uploaded, Holds::NONE, vec![Do::ForgetSecrets, Do::Wake]))
        }
        (S::Waiting | S::Checking | S::Uploading | S::NeedsAttention(_), E::Cancel) => {
            Ok((S::Cancelling, Holds::NONE, vec![Do::StopParts, Do::Abort, Do::ReleasePermit]))
        }
        // Also while finishing: "the name is taken" says that nothing was put together.
        (
            S::Checking
            | S::Uploading
            | S::Finishing
            | S::NeedsAttention(Cause::NameTaken { .. } | Cause::NameShared { .. }),
            E::Skip,
        ) => Ok((S::Cancelling, Holds::NONE, vec![Do::StopParts, Do::Abort, Do::ReleasePermit])),
        (S::Cancelling, E::Cancel | E::Skip) => stay(vec![]),
        (S::Cancelling, E::Stopped) => go(S::Cancelled, vec![Do::ForgetSecrets, Do::Wake]),

        (S::Checking | S::Uploading, E::Restarted) => go(S::Waiting, vec![Do::Wake]),
        (S::Waiting | S::Finishing, E::Restarted) => stay(vec![Do::Wake]),
        (S::Cancelling, E::Restarted) => stay(vec![Do::Abort]),
        (_, E::Restarted) => stay(vec![]),

        _ => Err(illegal()),
    }
}
