//! Finds the destination that a command is about.

use partway_api::DestinationView;

use crate::exit::Stopped;
use crate::text::printable;

/// What to do if there is none yet.
const FIRST: &str =
    "There is no destination yet. Add one: partwayctl destinations add NAME --kind autorender --key-env VAR";

/// The destination of that name or id; without one, the only destination.
///
/// # Errors
/// There is none, or there are several and none was named.
pub(crate) fn choose<'a>(
    all: &'a [DestinationView],
    named: Option<&str>,
) -> Result<&'a DestinationView, Stopped> {
    if all.is_empty() {
        return Err(Stopped::usage(FIRST));
    }
    match (named, all) {
        (Some(name), _) => by_name(all, name),
        (None, [only]) => Ok(only),
        (None, _) => {
            let names = names(all);
            Err(Stopped::usage(format!("There are several destinations: {names}. Say which with --to NAME.")))
        }
    }
}

/// The destination of that name or id. Case matters only if two names differ in nothing else.
///
/// # Errors
/// There is none.
pub(crate) fn by_name<'a>(all: &'a [DestinationView], name: &str) -> Result<&'a DestinationView, Stopped> {
    if let Some(found) = all.iter().find(|d| d.name == name).or_else(|| all.iter().find(|d| d.id == name)) {
        return Ok(found);
    }
    let lower = name.to_lowercase();
    let mut alike = all.iter().filter(|d| d.name.to_lowercase() == lower);
    if let (Some(found), None) = (alike.next(), alike.next()) {
        return Ok(found);
    }
    let name = printable(name);
    let others =
        if all.is_empty() { "There is none yet.".to_owned() } else { format!("There are: {}.", names(all)) };
    Err(Stopped::usage(format!("There is no destination named \"{name}\". {others}")))
}

fn names(all: &[DestinationView]) -> String {
    all.iter().map(|d| printable(&d.name)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub(crate) mod tests {
    use partway_api::{DestinationState, FieldsDraft};

    use super::*;
    use crate::exit::Exit;

    pub(crate) fn destination(name: &str) -> DestinationView {
        DestinationView {
            id: format!("id-{name}"),
            name: name.to_owned(),
            kind: "autorender".to_owned(),
            kind_name: "AutoRender".to_owned(),
            state: DestinationState::Unknown,
            said: None,
            note: None,
            practice: false,
            key_kept: "environment variable ACME_KEY".to_owned(),
            url: "https://upload.autorender.io".to_owned(),
            settings: Default::default(),
            fields: FieldsDraft::default(),
            file_fields: Vec::new(),
            folder_now: None,
            chosen: false,
        }
    }

    fn chosen(names: &[&str], to: Option<&str>) -> Result<String, String> {
        let all: Vec<_> = names.iter().map(|name| destination(name)).collect();
        choose(&all, to).map(|d| d.name.clone()).map_err(|stopped| {
            assert_eq!(stopped.exit, Exit::Usage);
            stopped.sentence
        })
    }

    #[test]
    fn the_only_one_need_not_be_named() {
        assert_eq!(chosen(&["Acme"], None), Ok("Acme".into()));
    }

    #[test]
    fn a_name_an_id_or_another_case_will_do() {
        assert_eq!(chosen(&["Acme", "Fleet"], Some("Fleet")), Ok("Fleet".into()));
        assert_eq!(chosen(&["Acme", "Fleet"], Some("id-Fleet")), Ok("Fleet".into()));
        assert_eq!(chosen(&["Acme", "Fleet"], Some("fleet")), Ok("Fleet".into()));
        assert_eq!(chosen(&["FLEET", "fleet"], Some("fleet")), Ok("fleet".into()));
    }

    #[test]
    fn what_cannot_be_told_is_asked_for() {
        insta::assert_snapshot!(chosen(&[], None).unwrap_err(), @"There is no destination yet. Add one: partwayctl destinations add NAME --kind autorender --key-env VAR");
        insta::assert_snapshot!(chosen(&[], Some("Acme")).unwrap_err(), @"There is no destination yet. Add one: partwayctl destinations add NAME --kind autorender --key-env VAR");
        insta::assert_snapshot!(chosen(&["Acme", "Fleet"], None).unwrap_err(), @"There are several destinations: Acme, Fleet. Say which with --to NAME.");
        insta::assert_snapshot!(chosen(&["Acme", "Fleet"], Some("Flet")).unwrap_err(), @r#"There is no destination named "Flet". There are: Acme, Fleet."#);
        insta::assert_snapshot!(chosen(&["FLEET", "fleet"], Some("Fleet")).unwrap_err(), @r#"There is no destination named "Fleet". There are: FLEET, fleet."#);
    }
}
