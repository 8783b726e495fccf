//! Holds the configuration that keeps the page inside its fences: what stands in `tauri.conf.json` and `capabilities/` is read as it is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

const CONF: &str = include_str!("../tauri.conf.json");
const MAIN: &str = include_str!("../capabilities/main.json");
const BUILD: &str = include_str!("build.rs");
const MANIFEST: &str = include_str!("../Cargo.toml");

fn conf() -> Value {
    serde_json::from_str(CONF).unwrap()
}

/// The policy by its directives.
fn policy() -> BTreeMap<String, Vec<String>> {
    let csp = conf()["app"]["security"]["csp"].as_str().unwrap().to_owned();
    let directive = |text: &str| {
        let mut words = text.split_whitespace().map(str::to_owned);
        words.next().map(|name| (name, words.collect()))
    };
    csp.split(';').filter_map(directive).collect()
}

#[test]
fn the_policy_allows_the_page_itself_and_the_shell_and_nothing_else() {
    let policy = policy();
    let allowed = |name: &str| policy.get(name).map(|words| words.join(" ")).unwrap_or_default();
    assert_eq!(allowed("default-src"), "'none'");
    for own in ["script-src", "style-src", "font-src"] {
        assert_eq!(allowed(own), "'self'", "{own}");
    }
    assert_eq!(allowed("img-src"), "'self' data:");
    assert_eq!(allowed("connect-src"), "ipc: http://ipc.localhost");
    for none in ["object-src", "frame-src", "worker-src", "base-uri", "form-action", "frame-ancestors"] {
        assert_eq!(allowed(none), "'none'", "{none}");
    }
    let words: BTreeSet<_> = policy.values().flatten().map(String::as_str).collect();
    assert_eq!(words, BTreeSet::from(["'none'", "'self'", "data:", "http://ipc.localhost", "ipc:"]));
}

#[test]
fn nothing_that_is_dangerous_is_switched_on() {
    fn names(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    found.push(name.clone());
                    names(value, found);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| names(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    names(&conf(), &mut found);
    // The page reaches files by no protocol, and the shell by no global.
    for bad in ["withGlobalTauri", "assetProtocol", "devUrl", "devtools", "freezePrototype", "devCsp"] {
        assert!(!found.iter().any(|name| name == bad), "{bad} is set");
    }
    assert!(!found.iter().any(|name| name.starts_with("dangerous")), "{found:?}");
    // Windows are made in Rust, with their own rules for where they may go.
    assert_eq!(conf()["app"]["windows"], Value::Array(Vec::new()));
    assert_eq!(conf()["app"]["security"]["capabilities"], serde_json::json!(["main"]));
}

#[test]
fn a_release_has_no_devtools() {
    let tauri = MANIFEST.lines().find(|line| line.starts_with("tauri = ")).unwrap();
    assert!(!tauri.contains("devtools"), "{tauri}");
    assert!(!MANIFEST.contains("tauri/devtools"));
}

#[test]
fn the_page_may_listen_and_call_the_shells_own_commands_and_nothing_of_a_plugin() {
    let capability: Value = serde_json::from_str(MAIN).unwrap();
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    assert!(capability.get("remote").is_none(), "no page from elsewhere may call anything");
    let granted: BTreeSet<_> = capability["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    let (_, list) = BUILD.split_once("const COMMANDS: &[&str] =").unwrap();
    let (list, _) = list.split_once("];").unwrap();
    let commands = list.split('"').skip(1).step_by(2);
    let own = commands.map(|name| format!("allow-{}", name.replace('_', "-")));
    let wanted: BTreeSet<_> = own.chain(["core:event:allow-listen".to_owned()]).collect();
    assert_eq!(granted, wanted);
}
