//! Shortens names of files and destinations where space is limited: others chose them, so they are bounded
//! and cleaned.

/// Most characters of a name in a sentence.
const MOST: usize = 48;
/// How many characters of the end are kept, where takes and types differ.
const END: usize = 14;

/// A name that fits into a sentence: cut in the middle, keeping its start, its last characters and its
/// extension, on one line, without characters that would affect the words around it.
pub(crate) fn short(name: &str) -> String {
    // Marks that change the text direction would let a name rewrite the sentence around it.
    let clean = |letter: char| if partway_core::acts(letter) { ' ' } else { letter };
    let letters: Vec<char> = name.chars().map(clean).collect();
    if letters.len() <= MOST {
        return letters.into_iter().collect();
    }
    let dot = letters.iter().rposition(|letter| *letter == '.').filter(|dot| letters.len() - dot <= 12);
    let end = END + dot.map_or(0, |dot| letters.len() - dot);
    let start = &letters[..MOST - 1 - end];
    start.iter().chain(['…'].iter()).chain(&letters[letters.len() - end..]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_middle_goes_and_what_tells_takes_apart_stays() {
        assert_eq!(short("cut_v7.mov"), "cut_v7.mov");
        let long = format!("ep12_master_{}_take_03_final.mov", "x".repeat(100));
        assert_eq!(short(&long), "ep12_master_xxxxxxxxxxxxxxxxx…_take_03_final.mov");
        assert_eq!(short("a\nb\u{202e}gpj.exe"), "a b gpj.exe");
    }

    proptest! {
        #[test]
        fn it_always_fits_on_one_line(name in "\\PC{0,300}", odd in any::<String>()) {
            for name in [name, odd] {
                let short = short(&name);
                prop_assert!(short.chars().count() <= MOST);
                prop_assert!(!short.chars().any(partway_core::acts));
            }
        }
    }
}
