//! Where a notification stands, in words that the next process understands: a run of the session's bus, a run of the service on it, and the
//! service's number. Numbers are a service's own: after it was started anew the same number is somebody else's notification.

use zbus::blocking::Connection;
use zbus::blocking::fdo::DBusProxy;
use zbus::names::BusName;

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// Which run of which service shows notifications now. Blocks.
pub(crate) fn service() -> Option<String> {
    let connection = Connection::session().ok()?;
    let bus = DBusProxy::new(&connection).ok()?;
    let owner = bus.get_name_owner(BusName::try_from(SERVICE).ok()?).ok()?;
    Some(format!("{} {owner}", bus.get_id().ok()?))
}

/// The place of that number.
pub(crate) fn place(service: &str, number: u32) -> String {
    format!("{service} {number}")
}

/// Takes away what stands at those places, where the same run of the same service still is there. Blocks.
pub(crate) fn clear(places: &[String]) {
    let Ok(connection) = Connection::session() else { return };
    let Ok(Ok(bus)) = DBusProxy::new(&connection).map(|bus| bus.get_id()) else { return };
    for (owner, number) in places.iter().filter_map(|place| on(bus.as_str(), place)) {
        // To this run of it and no other: a bus gives a name of that kind to one connection only. What is gone needs nobody.
        let _ = connection.call_method(Some(owner), PATH, Some(SERVICE), "CloseNotification", &number);
    }
}

/// The service's own name and its number, of a place on this run of the bus.
fn on<'a>(bus: &str, place: &'a str) -> Option<(&'a str, u32)> {
    let mut words = place.split(' ');
    let (on, owner, number) = (words.next()?, words.next()?, words.next()?.parse().ok()?);
    // A well-known name would be whoever has it now.
    (on == bus && owner.starts_with(':') && words.next().is_none()).then_some((owner, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_leads_to_one_run_of_one_service_on_one_bus() {
        let at = place("b0a7 :1.7", 42);
        assert_eq!(on("b0a7", &at), Some((":1.7", 42)));
        assert_eq!(on("ffff", &at), None, "another session's");
        for other in
            ["", "b0a7", "b0a7 :1.7", "b0a7 :1.7 x", "b0a7 org.freedesktop.Notifications 42", "b0a7 :1.7 1 2"]
        {
            assert_eq!(on("b0a7", other), None, "{other}");
        }
    }
}
