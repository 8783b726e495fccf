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

/// Where a job is. What it waits for is kept beside it, in its [`Holds`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Queued, without a permit; it may have a session already.
    Waiting,
    /// Has a permit; the file is checked before the first byte is sent.
    Checking,
    /// A session is open or being opened, and parts are sent.
    Uploading,
    /// Every receipt is in the journal; the provider has not yet confirmed the whole.
    Finishing,
    /// The provider confirmed the whole, or everything known says so; the bytes were not compared.
    Uploaded,
    /// Confirmed and compared: the only green.
    Verified,
    /// Only the user can decide how to continue.
    NeedsAttention(Cause),
    /// Cancelled by the user; parts in flight end, the provider's session is being aborted.
    Cancelling,
    /// Cancelled for good.
    Cancelled,
}

impl State {
    /// The state's name in the journal and on the command line.
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

    /// Whether the state is final: nothing more happens by itself or by waiting.
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
    /// The file is the one that was planned and is readable.
    Ready,
    /// The last missing receipt is in the journal.
    AllConfirmed,
    /// The provider confirmed the whole; `verified` if every comparison that DESIGN.md names held.
    Settled {
        /// Whether the bytes were compared and equal.
        verified: bool,
    },
    /// *Complete* was answered with "a part is missing or differs": those parts are sent again.
    PartsMissing,
    /// The provider's session is gone or its links cannot be renewed: everything is sent again in a new one.
    SessionGone,
    /// A reason to wait appeared.
    Held(Hold),
    /// A reason to wait is gone.
    Released(Hold),
    /// Only the user can decide how to continue.
    Refused(Cause),
    /// The user asks to try again.
    Retry,
    /// The user asks to send it again from the start, although it may have arrived.
    SendAgain,
    /// The user has seen that it arrived, although the provider never confirmed it.
    MarkedArrived,
    /// The user cancels it.
    Cancel,
    /// The name is taken at the destination, and that file is to be left alone: this one is cancelled.
    Skip,
    /// Parts in flight have ended, and the session was aborted or its abort is recorded for later.
    Stopped,
    /// The process was restarted; nothing from before is in flight.
    Restarted,
}

/// What the engine has to do after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Check the file before the first byte is sent.
    Check,
    /// Open a session if there is none, and send what is missing.
    Send,
    /// Ask the provider to put the parts together.
    Complete,
    /// Drop the session, its targets and receipts: a new one begins.
    DropSession,
    /// Start no new part; those in flight may end within the engine's grace period.
    StopParts,
    /// Abort the provider's session, and record it if that does not succeed.
    Abort,
    /// Give the permit back.
    ReleasePermit,
    /// The queue may have something to start.
    Wake,
    /// Remove links and session secrets from the journal.
    ForgetSecrets,
}

/// An event that cannot happen in that state: a bug of the caller, never the outside's fault.
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
/// [`IllegalStep`] if the event has no meaning in that state; nothing changes then.
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
        // The answer may come after a hold did; a final state waits for nothing.
        (S::Finishing, E::Settled { verified }) => Ok((
            if *verified { S::Verified } else { S::Uploaded },
            Holds::NONE,
            vec![Do::ReleasePermit, Do::ForgetSecrets, Do::Wake],
        )),
        // The permit may be gone already (a hold released it, and the answer came after it). So go back to
        // the queue, and check the file again, before anything is sent.
        (S::Finishing, E::PartsMissing) => go(S::Waiting, vec![Do::ReleasePermit, Do::Wake]),
        (S::Finishing, E::SessionGone) => go(S::Waiting, vec![Do::DropSession, Do::ReleasePermit, Do::Wake]),
        (S::Uploading, E::SessionGone) => stay(vec![Do::DropSession, Do::Send]),

        (S::Checking | S::Uploading, E::Held(hold)) => {
            Ok((S::Waiting, holds.with(*hold), vec![Do::StopParts, Do::ReleasePermit, Do::Wake]))
        }
        (S::Waiting | S::NeedsAttention(_), E::Held(hold)) => Ok((state.clone(), holds.with(*hold), vec![])),
        // A pause cannot take back a complete that was sent; the other holds stop the polling.
        (S::Finishing, E::Held(Hold::User | Hold::Countdown)) => Err(illegal()),
        (S::Finishing, E::Held(hold)) => {
            Ok((S::Finishing, holds.with(*hold), vec![Do::ReleasePermit, Do::Wake]))
        }
        (S::Cancelling, E::Held(_)) => stay(vec![]),
        // Also in a final state and while cancelling, where no hold is left and this has no effect.
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
        // Also while finishing: "the name is taken" means that nothing was put together.
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
