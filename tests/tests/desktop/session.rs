//! The end of a session and of the computer's run, told on a bus. No real service can end here, so both are stand-ins (python3-dbusmock).

use std::time::Duration;

use tokio::process::Child;

use crate::support::{Desk, Driven, Made, Practice, Seed, bounded, program, until};

const SOON: Duration = Duration::from_secs(20);
const DONE: Duration = Duration::from_secs(90);
const MOCK: &str = "org.freedesktop.DBus.Mock";

#[tokio::test]
async fn a_session_manager_that_ends_gets_its_answer_and_nothing_is_lost() {
    bounded(4, async {
        let mut desk = Desk::set_up().await;
        let (name, path, client) = ("org.gnome.SessionManager", "/org/gnome/SessionManager", "/client");
        let log = desk.folder("session").join("log");
        let mut mock = desk.command("/usr/bin/python3");
        mock.args(["-m", "dbusmock", "--session", name, path, name, "-l"]).arg(&log);
        desk.start(mock);
        reached(&desk, name, path).await;
        let made = "AddObject";
        let private = format!("{name}.ClientPrivate");
        call(
            &desk,
            name,
            path,
            made,
            &[client, &private, "@a{sv} {}", "[('EndSessionResponse', 'bs', '', '')]"],
        )
        .await;
        call(&desk, name, path, "AddMethod", &[name, "RegisterClient", "ss", "o", "ret = '/client'"]).await;

        let (made, mut app) = in_mid_upload(&desk).await;
        let told = || std::fs::read_to_string(&log).unwrap_or_default();
        until("its name at the manager", SOON, async || told().contains("RegisterClient").then_some(()))
            .await;
        call(&desk, name, client, "EmitSignal", &[&private, "QueryEndSession", "u", "[<uint32 0>]"]).await;
        until("its leave", SOON, async || told().contains("EndSessionResponse").then_some(())).await;
        call(&desk, name, client, "EmitSignal", &[&private, "EndSession", "u", "[<uint32 0>]"]).await;
        assert_eq!(ended(&mut app).await, Some(0));
        assert_eq!(told().matches("EndSessionResponse True").count(), 2, "{}", told());
        goes_on(&desk, &made).await;
    })
    .await;
}

#[tokio::test]
async fn a_computer_that_stops_waits_for_the_parts_on_their_way() {
    bounded(4, async {
        let mut desk = Desk::set_up().await;
        let (name, path) = ("org.freedesktop.login1", "/org/freedesktop/login1");
        let mut mock = desk.command("/usr/bin/python3");
        mock.args(["-m", "dbusmock", "--session", "--template", "logind"]);
        desk.start(mock);
        reached(&desk, name, path).await;
        let (made, mut app) = in_mid_upload(&desk).await;
        let held = async || {
            let list = [
                "call",
                "--session",
                "-d",
                name,
                "-o",
                path,
                "-m",
                "org.freedesktop.login1.Manager.ListInhibitors",
            ];
            String::from_utf8(desk.output("gdbus", list).await.stdout).unwrap()
        };
        until("its delay", SOON, async || held().await.contains("'Partway'").then_some(())).await;
        assert!(held().await.contains("'shutdown', 'Partway'") && held().await.contains("'delay'"));
        let shutdown = ["org.freedesktop.login1.Manager", "PrepareForShutdown", "b", "[<true>]"];
        call(&desk, name, path, "EmitSignal", &shutdown).await;
        assert_eq!(ended(&mut app).await, Some(0));
        until("the end of the delay", SOON, async || (!held().await.contains("'Partway'")).then_some(()))
            .await;
        goes_on(&desk, &made).await;
    })
    .await;
}

/// A file that is on its way; the app is told that the session's bus is the system's too.
async fn in_mid_upload(desk: &Desk) -> (Made, Child) {
    let mut seed = Seed::of("session");
    let made = Made::in_folder(&desk.folder("takes"), "long.mov", 300_000_000, &mut seed);
    let app = Driven::start_with_practice(desk).await;
    desk.press_keys("ctrl+q").await;
    until("the end after Ctrl+Q", SOON, async || desk.running("partway").is_empty().then_some(())).await;
    drop(app);
    let mut app = desk.command(program("partway"));
    app.arg("--data-dir").arg(desk.data()).arg(&made.path).env("DBUS_SYSTEM_BUS_ADDRESS", desk.bus());
    let app = app.spawn().unwrap();
    let practice = Practice::of(desk);
    until("some parts", SOON, async || (practice.receipts().len() > 2).then_some(())).await;
    (made, app)
}

async fn ended(app: &mut Child) -> Option<i32> {
    tokio::time::timeout(SOON, app.wait()).await.unwrap_or_else(|_| panic!("it does not end")).unwrap().code()
}

/// Ended in order: what was stored is in the journal, and the rest goes next time.
async fn goes_on(desk: &Desk, made: &Made) {
    let practice = Practice::of(desk);
    assert!(!practice.has(made), "it had arrived before");
    assert!(!desk.data().join("journal.db-wal").exists(), "the journal was not closed");
    assert_eq!(Practice::stored(&practice.log()).len(), practice.receipts().len());
    let app = Driven::start(desk, &[]).await;
    app.rows_show("Practice finished", 1, DONE).await;
    assert!(practice.has(made));
    assert!(Practice::stored(&practice.log()).values().all(|times| *times == 1), "sent again");
}

async fn reached(desk: &Desk, name: &str, path: &str) {
    until(name, SOON, async || {
        let asked = desk.output("gdbus", ["introspect", "--session", "-d", name, "-o", path]).await;
        asked.status.success().then_some(())
    })
    .await;
}

async fn call(desk: &Desk, name: &str, path: &str, method: &str, args: &[&str]) {
    let method = format!("{MOCK}.{method}");
    let call = ["call", "--session", "-d", name, "-o", path, "-m", &method];
    desk.run("gdbus", call.into_iter().chain(args.iter().copied())).await;
}
