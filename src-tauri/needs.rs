//! Destinations whose uploads wait for a key: told once each, until the key is there.

use std::collections::HashSet;

use partway_api::{DestinationState, DestinationView, Event, HoldName};

use crate::words::{self, Words};

/// Whether this lets expect a destination that waits for its key.
pub(crate) fn waits_for_key(event: &Event) -> bool {
    matches!(event, Event::State { holds, .. } if holds.contains(&HoldName::Credentials))
}

/// Which destinations were told of, by their ids.
#[derive(Debug, Default)]
pub(crate) struct Needs(HashSet<String>);

impl Needs {
    /// What stands like this already is no news: it was told before this process began, and the window shows it.
    pub(crate) fn known(destinations: &[DestinationView]) -> Self {
        let mut needs = Self::default();
        needs.news(destinations);
        needs
    }

    /// What is to be said of these destinations and was not yet. One whose key is there again is told of anew when it is refused again.
    pub(crate) fn news(&mut self, destinations: &[DestinationView]) -> Vec<Words> {
        let mut news = Vec::new();
        let mut waiting = HashSet::new();
        for one in destinations {
            let refused = match one.state {
                DestinationState::KeyRefused => true,
                DestinationState::KeyMissing => false,
                DestinationState::Unknown | DestinationState::Good => continue,
            };
            if !self.0.contains(&one.id) {
                news.push(words::needs_key(&one.name, refused));
            }
            waiting.insert(one.id.clone());
        }
        self.0 = waiting;
        news
    }
}

#[cfg(test)]
mod tests {
    use partway_api::{FieldsDraft, StateName};

    use super::*;

    fn destination(name: &str, state: DestinationState) -> DestinationView {
        DestinationView {
            id: format!("id of {name}"),
            name: name.into(),
            kind: "autorender".into(),
            kind_name: "AutoRender".into(),
            state,
            said: None,
            practice: false,
            key_kept: String::new(),
            url: String::new(),
            settings: Default::default(),
            fields: FieldsDraft::default(),
            file_fields: Default::default(),
            chosen: false,
            folder_now: None,
        }
    }

    #[test]
    fn a_refused_key_is_told_once_until_it_was_good_again() {
        let refused = [destination("Acme", DestinationState::KeyRefused)];
        let good = [destination("Acme", DestinationState::Good)];
        let mut needs = Needs::known(&good);
        assert_eq!(needs.news(&good), []);
        assert_eq!(needs.news(&refused), [words::needs_key("Acme", true)]);
        assert_eq!(needs.news(&refused), [], "twelve files wait for one key: that is told once");
        assert_eq!(needs.news(&good), []);
        assert_eq!(needs.news(&refused).len(), 1);
    }

    #[test]
    fn a_restart_repeats_nothing_and_another_destination_is_news() {
        let mut all = vec![destination("Acme", DestinationState::KeyRefused)];
        let mut needs = Needs::known(&all);
        assert_eq!(needs.news(&all), []);
        all.push(destination("Fleet", DestinationState::KeyMissing));
        assert_eq!(needs.news(&all), [words::needs_key("Fleet", false)]);
    }

    #[test]
    fn only_a_wait_for_the_key_lets_look() {
        let state = |holds| Event::State {
            id: "1".into(),
            file: "/a".into(),
            state: StateName::Waiting,
            holds,
            reason: None,
        };
        assert!(waits_for_key(&state(vec![HoldName::User, HoldName::Credentials])));
        assert!(!waits_for_key(&state(vec![HoldName::Offline])));
    }
}
