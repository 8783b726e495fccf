//! A mock keychain for what no real one can be made to do (`secrets.py`, on python-dbusmock): lose keys,
//! refuse, hang, prompt.

use std::process::Output;

use crate::bus::{Home, inside, passed};

const CONFIG: &str = concat!("--config-file=", env!("CARGO_MANIFEST_DIR"), "/tests/it/no-services.conf");
const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/secrets.py");

/// Runs a test of `inside` beside the mock in that mode. Uses the system's interpreter: the distribution
/// installs the module there.
fn beside(mode: &str, test: &str) -> Output {
    let script = format!(
        "/usr/bin/python3 -m dbusmock --session --template '{TEMPLATE}' -p '{{\"mode\": \"{mode}\"}}' >&2 & \
         gdbus wait --session --timeout 20 org.freedesktop.secrets; {}; kill $!",
        inside(test)
    );
    Home::new().session(&[CONFIG], &script)
}

#[test]
fn one_that_keeps_is_believed() {
    passed(&beside("keeps", "made_up_keeps"), 1);
}

#[test]
fn one_that_refuses_is_told_as_such() {
    passed(&beside("refuses", "made_up_refuses"), 1);
}

#[test]
fn one_that_forgets_is_not_believed() {
    passed(&beside("forgets", "made_up_forgets"), 1);
}

#[test]
fn one_for_the_session_is_not_believed() {
    passed(&beside("session", "made_up_forgets"), 1);
}

#[test]
fn one_that_does_not_answer_once_is_asked_again() {
    passed(&beside("silent", "made_up_silent"), 1);
}

#[test]
fn its_user_is_asked_once_and_again_by_a_person() {
    passed(&beside("locked", "made_up_asks"), 1);
}
