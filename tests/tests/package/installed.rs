//! The package on a clean system: installed with nothing but what it asks for, used, and taken away again.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::Duration;

use crate::support::{Clean, Screen, deb, until};

const ENTRY: &str = "/usr/share/applications/partway.desktop";
/// What a file of some MB gets to arrive on a machine that is busy.
const ARRIVE: Duration = Duration::from_secs(180);

/// The value of a field in one of the objects of the sandbox's first line.
fn field(object: &str, name: &str) -> String {
    let rest = object.split_once(&format!("\"{name}\":\"")).unwrap().1;
    rest.split_once('"').unwrap().0.to_owned()
}

fn install(clean: &Clean) {
    fs::copy(deb(), clean.path("/tmp/partway.deb")).unwrap();
    clean.root(&["apt-get", "update"]);
    // Without what is only recommended: what is left out must not be needed to start.
    clean.root(&["apt-get", "install", "-y", "--no-install-recommends", "/tmp/partway.deb"]);
    // What a desktop has: it knows the entries and what they take, and starts them.
    let desktop = ["desktop-file-utils", "libglib2.0-bin", "shared-mime-info"];
    clean.root(&[&["apt-get", "install", "-y", "--no-install-recommends"][..], &desktop].concat());
}

/// Files of the package, and what others wrote down because of it. Logs and apt's own memory are not the package's.
fn traces(clean: &Clean) -> String {
    let everywhere = [
        "find",
        "/etc",
        "/usr",
        "/var",
        "/opt",
        "/srv",
        "-xdev",
        "-iname",
        "*partway*",
        "-not",
        "-path",
        "/var/log/*",
    ];
    let caches =
        ["grep", "-rsl", "partway", "/usr/share/applications", "/usr/share/mime", "/usr/share/icons", "/etc"];
    let mut found = clean.root(&everywhere);
    found.push_str(&String::from_utf8_lossy(&clean.as_root(&caches).stdout));
    found
}

#[test]
fn a_clean_system_installs_it_opens_it_and_is_clean_again() {
    let clean = Clean::system();
    install(&clean);
    assert_eq!(
        clean.user(&[], &["partwayctl", "--version"]),
        format!("partwayctl {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert!(
        clean.user(&[], &["gio", "mime", "video/mp4"]).contains("partway.desktop"),
        "nobody knows that it takes videos"
    );

    // A destination that needs no account, and a file in a terminal.
    let mut sandbox = clean.start(&[], &["partway-sandbox", "--dir", "sandbox"], Stdio::piped());
    let mut line = String::new();
    BufReader::new(sandbox.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let object = line.split('{').find(|object| object.contains("\"kind\":\"autorender\"")).unwrap();
    let (url, key) = (field(object, "url"), field(object, "key"));
    let add = [
        "partwayctl",
        "destinations",
        "add",
        "Try",
        "--kind",
        "autorender",
        "--url",
        &url,
        "--key-env",
        "TRY_KEY",
    ];
    clean.user(&[], &add);
    for file in ["first take.mp4", "second take.mp4"] {
        clean
            .user(&[], &["dd", "if=/dev/urandom", &format!("of={file}"), "bs=1M", "count=20", "status=none"]);
    }
    let secret = ("TRY_KEY", key.as_str());
    clean.user(&[secret], &["partwayctl", "upload", "first take.mp4", "--require-verified"]);

    // The window, on a screen without a session: what the package asks for is enough for that.
    let screen = Screen::start();
    let surroundings = [secret, ("DISPLAY", screen.name()), ("GDK_BACKEND", "x11")];
    let window = clean.start(&surroundings, &["partway"], Stdio::null());
    screen.painted("Partway", "first-start");

    // "Open with" in a file manager: a second start, by the entry, hands its file to the window that is open.
    // What `gio` starts lives as long as the command here, so that one stays.
    let launch = "gio launch \"$1\" \"$2\" && exec sleep infinity";
    let second = "/home/somebody/second take.mp4";
    let desktop = clean.start(&surroundings, &["sh", "-c", launch, "launch", ENTRY, second], Stdio::null());
    until("the second file", ARRIVE, || {
        let list = clean.user(&[], &["partwayctl", "list", "--json"]);
        let there = |line: &&str| line.contains("second take.mp4") && line.contains("\"verified\"");
        list.lines().find(there).map(str::to_owned)
    });
    let stored: Vec<_> =
        clean.user(&[], &["find", "sandbox/objects", "-type", "f"]).lines().map(str::to_owned).collect();
    let same = |object: &&String| {
        fs::read(clean.path(&format!("/home/somebody/{object}"))).unwrap()
            == fs::read(clean.path(second)).unwrap()
    };
    assert!(stored.iter().any(|object| same(&object)), "{stored:?}");
    screen.painted("Partway", "opened-with");
    drop(desktop);
    drop(window);
    drop(sandbox);

    assert_ne!(traces(&clean), "");
    clean.root(&["apt-get", "purge", "-y", "partway"]);
    assert_eq!(traces(&clean), "");
    assert!(!clean.as_root(&["dpkg-query", "-W", "partway"]).status.success());
    // A person's uploads are not the package's to remove.
    assert!(clean.path("/home/somebody/.local/share/partway").is_dir());
}
