//! The lines of a destination's test.

use partway_core::{Cause, Checksum, Failure};
use partway_engine::Keeps;

use crate::keys::{KeySource, NoKey};

/// The key was read from where it is kept.
pub(crate) fn key_kept(source: &KeySource) -> String {
    match source {
        KeySource::Keychain { .. } => "The key was read from the system keychain".into(),
        KeySource::ThisSession => "The key is kept until Partway ends, then it has to be given again".into(),
        KeySource::Environment { .. } => format!("The key was read from the {}", source.words()),
        KeySource::Chain { .. } => format!("The key was found: {}", source.words()),
        KeySource::Practice => "Practice has a key of its own".into(),
    }
}

/// The key is not available, and what to do.
pub(crate) fn key_not_at_hand(why: &NoKey) -> String {
    match why {
        NoKey::None(why) => format!("The key is not at hand: {why}. Put it there, or give another key."),
        NoKey::Unread(error) => super::keychain(error),
        NoKey::Practice(why) => format!("Practice did not start: {why}."),
    }
}

/// The key is available but unusable, so the destination was not asked.
pub(crate) fn key_unusable(failure: &Failure) -> String {
    match failure.cause {
        Cause::KeyMissing { .. } => key_not_at_hand(&NoKey::None(failure.detail.clone())),
        Cause::KeyUnread { ref said } | Cause::KeyUnusable { ref said } => said.clone(),
        // The provider checked it and says what to do.
        _ => failure.detail.clone(),
    }
}

/// A tiny file was uploaded and confirmed. `same`: its checksum matches.
pub(crate) fn trial_arrived(name: &str, same: bool) -> String {
    let compared = if same { ", and its checksum matches" } else { "" };
    format!("A tiny file was uploaded{compared}. It stays there as {name}; delete it when you like")
}

/// Whether a storage prevents overwriting existing files.
pub(crate) fn keeps(keeps: Keeps) -> String {
    match (keeps.one_put, keeps.parts) {
        (Some(true), Some(true)) => "A file that is there is never replaced unasked".into(),
        (Some(true), None) => "A file that is there is not replaced unasked by one that goes in one part; of files in several parts that is not \
             known"
            .into(),
        (Some(false), _) | (_, Some(false)) => format!("{}. {LOOKS}", replaces(keeps).unwrap_or_default()),
        (None, _) => "Whether this storage keeps a file from being replaced unasked is not known; a test that sends a tiny file shows it \
             (partwayctl destinations check NAME --upload)"
            .into(),
    }
}

/// What Partway can still do.
const LOOKS: &str = "Partway looks before and at the end, but what somebody else writes under the same name in the last moment is replaced \
     without a word";

/// The same, shown with the destination itself; `None` if nothing is known against it.
pub(crate) fn replaces(keeps: Keeps) -> Option<String> {
    let which = match (keeps.one_put, keeps.parts) {
        (Some(false), Some(true)) => " by files that go in one part",
        (Some(true), Some(false)) => " by files that go in several parts",
        (Some(false), _) | (_, Some(false)) => "",
        _ => return None,
    };
    Some(format!("This storage replaces what is there without asking{which}"))
}

/// A tiny file was accepted only with this checksum.
pub(crate) fn trial_wants_checksum(to: &str, name: &str, checksum: Checksum) -> String {
    let (label, value) = (checksum.label(), checksum.name());
    format!(
        "{to} takes files only with a checksum, as buckets with Object Lock do. Choose {label} under “Checksum sent with each part” in its settings (partwayctl: --part-checksum {value}). With it, a tiny file was uploaded; it stays there as {name}"
    )
}
