//! Replaces invisible characters in other people's words and names that change the text around them.

use std::borrow::Cow;

/// Stands for a replaced character (U+FFFD, as Unicode 3.9 recommends for what cannot be shown).
const INSTEAD: char = '\u{fffd}';

/// Whether a character would act on the text around it, or hide, instead of being shown: controls (also those
/// of terminals), line and paragraph separators, directional marks and overrides (Unicode Standard Annex 9,
/// "Directional Formatting Characters"), and invisible ones with no use in a name. Joiners stay: scripts and
/// emoji need them.
#[must_use]
pub fn acts(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The text with a visible mark for each such character.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().any(acts) {
        Cow::Owned(text.chars().map(|letter| if acts(letter) { INSTEAD } else { letter }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_would_act_is_seen_instead() {
        for (name, shown) in [
            ("a\u{1b}[31m\nb", "a\u{fffd}[31m\u{fffd}b"),
            ("\u{9b}31m", "\u{fffd}31m"),
            ("cut\u{202e}vom.exe", "cut\u{fffd}vom.exe"),
            ("a\u{2066}b\u{2069}\u{200e}\u{200f}\u{61c}", "a\u{fffd}b\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            ("two\u{2028}lines\u{2029}\u{85}", "two\u{fffd}lines\u{fffd}\u{fffd}"),
            ("\u{feff}a\u{200b}b", "\u{fffd}a\u{fffd}b"),
            // Arabic and Hebrew, a family of emoji, Persian with its joiner, letters with marks.
            ("فيلم עברית.mov", "فيلم עברית.mov"),
            ("👨\u{200d}👩\u{200d}👧.mov", "👨\u{200d}👩\u{200d}👧.mov"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("e\u{301}", "e\u{301}"),
        ] {
            assert_eq!(visible(name), shown, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_left_that_acts_and_no_letter_is_lost(name: String) {
            let shown = visible(&name);
            prop_assert!(!shown.chars().any(acts));
            prop_assert_eq!(shown.chars().count(), name.chars().count());
        }
    }
}
