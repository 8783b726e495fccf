//! Keychain problems in words, each with a way forward.

use partway_keychain::KeychainError;

use super::count;

/// No keychain was passed in, or there is none.
pub(crate) const NO_KEYCHAIN: &str =
    "This computer has no keychain that Partway can use. A key can be kept for this session only.";

/// What is wrong with the keychain, and what to do.
pub(crate) fn keychain(error: &KeychainError) -> String {
    match error {
        KeychainError::Absent { .. } => NO_KEYCHAIN.into(),
        KeychainError::Empty => {
            "The keychain has no keyring yet to keep keys in. Make one, then try again.".into()
        }
        KeychainError::Locked => "The keychain is locked. Unlock it, then try again.".into(),
        KeychainError::Refused { .. } => {
            "The keychain did not let Partway in. Allow it there, then try again.".into()
        }
        KeychainError::Forgets => {
            "The keychain forgets what it is given, so no key is put there. A key can be kept for this session only.".into()
        }
        KeychainError::TooLong { most } => format!(
            "The keychain of this computer takes keys of at most {most} bytes, and this one is longer. Nothing of it was kept."
        ),
        KeychainError::Slow => {
            "The keychain has not answered. Look for a question it asks, then try again.".into()
        }
    }
}

/// The button that lets the keychain prompt the user, where that can help.
pub(crate) const fn unlock(error: &KeychainError) -> Option<&'static str> {
    match error {
        KeychainError::Locked => Some("Unlock"),
        KeychainError::Empty => Some("Make a keyring"),
        _ => None,
    }
}

/// The banner over uploads whose keys cannot be read: what happened, and which destinations are affected.
pub(crate) fn unread(error: &KeychainError, destinations: &[&str], waiting: u32) -> (String, String) {
    let title = match error {
        KeychainError::Absent { .. } => "The keychain is not there.",
        KeychainError::Empty => "The keychain has no keyring.",
        KeychainError::Locked => "The keychain is locked.",
        KeychainError::Refused { .. } => "The keychain did not let Partway in.",
        KeychainError::Forgets => "The keychain forgets what it is given.",
        KeychainError::TooLong { .. } => "The keychain has no room for so long a key.",
        KeychainError::Slow => "The keychain has not answered.",
    };
    let need = match destinations {
        [one] => format!("{one} needs its key"),
        several => format!("{} need their keys", listed(several)),
    };
    let lost = match waiting {
        0 => "nothing is lost".into(),
        some => format!("{}, nothing is lost", count(some, "upload waits", "uploads wait")),
    };
    (title.into(), format!("{need}: {lost}."))
}

/// "Acme, Fleet and Dailies".
fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// A destination was removed, but its key was not.
pub(crate) fn key_left(name: &str, error: &KeychainError) -> String {
    let why = match error {
        KeychainError::Locked => "which is locked".to_owned(),
        _ => "which did not let it go".to_owned(),
    };
    format!(
        "{name} was removed. Its key is still in the keychain, {why}; Partway removes it as soon as it can."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_has_its_sentence_and_its_way_on() {
        let why = String::new;
        let all = [
            KeychainError::Absent { why: why() },
            KeychainError::Empty,
            KeychainError::Locked,
            KeychainError::Refused { why: why() },
            KeychainError::Forgets,
            KeychainError::TooLong { most: 2_557 },
            KeychainError::Slow,
        ];
        let line = |error: &KeychainError| {
            let (title, text) = unread(error, &["Acme", "Fleet", "Dailies"], 12);
            format!(
                "{}\n  {:?}\n  {title} {text}\n  {}",
                keychain(error),
                unlock(error),
                key_left("Acme", error)
            )
        };
        insta::assert_snapshot!(all.iter().map(line).collect::<Vec<_>>().join("\n"));
        insta::assert_snapshot!(unread(&KeychainError::Locked, &["Acme"], 1).1, @"Acme needs its key: 1 upload waits, nothing is lost.");
    }
}
