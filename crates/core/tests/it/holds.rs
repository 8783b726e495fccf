//! Holds are a set with stable names.

use partway_core::{Hold, Holds};

#[test]
fn the_names_are_the_same_in_the_journal_and_in_json() {
    for hold in Hold::ALL {
        assert_eq!(serde_json::to_string(&hold).unwrap(), format!("\"{}\"", hold.name()));
        assert_eq!(Hold::from_name(hold.name()), Some(hold));
    }
    assert_eq!(Hold::from_name("paused"), None);
}

#[test]
fn a_set_holds_each_once_and_tells_them_in_order() {
    for bits in 0..1_u32 << Hold::ALL.len() {
        let chosen: Vec<Hold> = Hold::ALL
            .into_iter()
            .enumerate()
            .filter(|(place, _)| bits & (1 << place) != 0)
            .map(|(_, hold)| hold)
            .collect();
        let twice: Holds = chosen.iter().rev().chain(&chosen).copied().collect();
        assert_eq!(twice.iter().collect::<Vec<_>>(), chosen);
        assert_eq!(twice.is_empty(), chosen.is_empty());
        let none = chosen.iter().fold(twice, |holds, hold| holds.without(*hold));
        assert_eq!(none, Holds::NONE);
    }
}
