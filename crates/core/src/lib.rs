//! The domain of Partway, pure: states, part plans, retry classes, back-off, rates, holds.
//!
//! Nothing here reads a clock, a file or the network, and nothing is random: whatever changes from run to run is handed in.
//! That is what lets property tests walk through every state and every plan.

mod backoff;
mod cause;
mod failure;
mod hold;
mod identity;
mod plan;
mod rate;
mod receipt;
mod retry;
mod secret;
mod state;

pub use backoff::Backoff;
pub use cause::Cause;
pub use failure::{Failure, Step};
pub use hold::{Hold, Holds};
pub use identity::FileIdentity;
pub use plan::{Limits, Part, PartNumber, PartPlan, PlanError};
pub use rate::{RateMeter, time_left};
pub use receipt::{Etag, FileReceipt, PartReceipt, Strength};
pub use retry::{Answer, RetryClass, classify};
pub use secret::{ApiKey, SignedUrl};
pub use state::{Effect, Event, IllegalStep, State, step};
