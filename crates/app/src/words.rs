//! Every sentence shown to users, in one place: what happened to which file, why, and what to do.

mod away;
mod causes;
mod checks;
mod keychain;
mod log;
mod numbers;
mod short;
mod sleep;
mod states;
mod support;
mod taken;
mod watched;

pub(crate) use away::{away, does_not_answer, drive_silent, many_away, waits_for_place};
pub(crate) use causes::{check_failed, is_refusal, sentence, taken_at_the_end};
pub(crate) use checks::{
    keeps, key_kept, key_not_at_hand, key_unusable, replaces, trial_arrived, trial_wants_checksum,
};
pub(crate) use keychain::{NO_KEYCHAIN, key_left, keychain, unlock, unread};
pub(crate) use log::line;
pub(crate) use numbers::{bytes, clock, count, duration};
pub(crate) use short::short;
pub(crate) use sleep::{CANNOT_KEEP_AWAKE, asleep};
pub(crate) use states::{
    label, left_out, left_out_of_batch, names_taken, pausing, set_aside, sub, unwritable,
};
pub(crate) use support::{crashed, cut_off};
pub(crate) use taken::elsewhere;
pub use taken::not_taken;
pub(crate) use watched::{not_watched, watched, watched_to};
