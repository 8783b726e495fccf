//! The domain of Partway, pure: states, part plans, retry classes, back-off, rates, holds.
//!
//! Nothing here reads a clock, a file or the network, and nothing is random: callers pass in whatever changes
//! from run to run. This lets property tests walk through every state and every plan.

mod answer;
mod backoff;
mod cause;
mod checksum;
mod concurrency;
mod failure;
mod fields;
mod hold;
mod http_date;
mod identity;
mod limits;
mod line;
mod part;
mod plan;
mod plan_error;
pub mod proof;
mod rate;
mod receipt;
mod retry;
mod rules;
mod secret;
mod sleep;
mod state;
mod still;
mod vain;
mod visible;

pub use answer::{Answer, classify};
pub use backoff::Backoff;
pub use cause::{Cause, SentInVain};
pub use checksum::Checksum;
pub use concurrency::{Concurrency, Confirmed, Sample};
pub use failure::{Failure, Step};
pub use fields::{FieldsChange, IfExists};
pub use hold::{Hold, Holds};
pub use http_date::{http_date, retry_after};
pub use identity::{FileIdentity, FileTime, Match};
pub use limits::Limits;
pub use line::Line;
pub use part::{Part, PartNumber};
pub use plan::PartPlan;
pub use plan_error::PlanError;
pub use rate::{RateMeter, time_left};
pub use receipt::{Etag, FileReceipt, PartReceipt, Strength};
pub use retry::RetryClass;
pub use secret::{ApiKey, Credentials, SignedUrl};
pub use sleep::{Clocks, Slept, slept};
pub use state::{Effect, Event, IllegalStep, State, step};
pub use still::{Calm, Look, MOST_AT_ONCE, Verdict, calm_time, gathered, judge};
pub use vain::{MaySend, Vain};
pub use visible::{acts, visible};
