//! Holds what three systems are told of the files that Partway takes, as it stands in `packaging/`: media are offered to it, and nothing is
//! ever opened by it unasked, for to open a file here is to send it.

use serde_json::Value;
use std::collections::BTreeMap;

const CONF: &str = include_str!("../../../../tauri.conf.json");
const LINUX: &str = include_str!("../../../../packaging/linux/partway.desktop");
const MACOS: &str = include_str!("../../../../packaging/macos/Info.plist");
const WINDOWS: &str = include_str!("../../../../packaging/windows/open-with.nsh");

/// The strings that follow on a key.
fn strings<'a>(entry: &'a str, key: &str) -> Vec<&'a str> {
    let (_, rest) = entry.split_once(&format!("<key>{key}</key>")).unwrap();
    let value = rest.split("<key>").next().unwrap();
    value.split("<string>").skip(1).map(|rest| rest.split_once("</string>").unwrap().0).collect()
}

#[test]
fn macos_offers_media_and_takes_drops_of_everything() {
    let (_, entries) = MACOS.split_once("<key>CFBundleDocumentTypes</key>").unwrap();
    let types: BTreeMap<_, _> = entries
        .split("<dict>")
        .skip(1)
        .flat_map(|entry| {
            assert_eq!(strings(entry, "CFBundleTypeRole"), ["Viewer"]);
            let rank = strings(entry, "LSHandlerRank")[0];
            strings(entry, "LSItemContentTypes").into_iter().map(move |name| (name, rank))
        })
        .collect();
    // Alternate: in the menu, never the first. None: drops on the icon alone.
    let wanted = [
        ("public.data", "None"),
        ("public.folder", "None"),
        ("public.image", "Alternate"),
        ("public.movie", "Alternate"),
    ];
    assert_eq!(types, BTreeMap::from(wanted));
    let conf: Value = serde_json::from_str(CONF).unwrap();
    assert_eq!(conf["bundle"]["macOS"]["infoPlist"], "packaging/macos/Info.plist");
}

fn media() -> Vec<&'static str> {
    let types = LINUX.lines().find_map(|line| line.strip_prefix("MimeType=")).unwrap();
    types.trim_end_matches(';').split(';').collect()
}

#[test]
fn linux_names_media_only() {
    for name in media() {
        let media = name.starts_with("video/") || name.starts_with("image/");
        assert!(media || name == "application/mxf", "{name}");
    }
}

#[test]
fn windows_is_told_under_the_programs_own_name_only() {
    let own = r#"!define PARTWAY_APP "Software\Classes\Applications\partway.exe""#;
    assert!(WINDOWS.contains(own));
    for line in WINDOWS.lines().map(str::trim).filter(|line| line.contains("Reg")) {
        assert!(line.contains(r#"SHCTX "${PARTWAY_APP}"#), "{line}");
    }
    let endings = WINDOWS.lines().filter(|line| line.contains("!insertmacro PARTWAY_TYPE"));
    assert_eq!(endings.count(), media().len(), "a kind of media is known to one system only");
}

/// Tauri's own associations make the program what opens such files on Windows, and are written into the entry on Linux.
#[test]
fn tauris_own_associations_are_not_used() {
    let conf: Value = serde_json::from_str(CONF).unwrap();
    assert!(conf["bundle"].get("fileAssociations").is_none());
}
