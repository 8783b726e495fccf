//! Signals that end the app in order: whoever sends them, a session, a terminal or a person, waits no longer than for the parts in flight.

use std::time::Duration;

use crate::support::{Desk, Driven, Made, Practice, Seed, bounded, send, until};

/// What the app gets to end: 5 s for parts in flight, and a busy machine.
const END: Duration = Duration::from_secs(20);
const SOON: Duration = Duration::from_secs(15);

#[tokio::test]
async fn the_end_of_a_session_ends_it_in_order_and_nothing_is_lost() {
    ends_in_order_on("TERM").await;
}

#[tokio::test]
async fn an_interrupt_at_its_terminal_ends_it_in_order_and_nothing_is_lost() {
    ends_in_order_on("INT").await;
}

#[tokio::test]
async fn the_end_of_its_terminal_ends_it_in_order_and_nothing_is_lost() {
    ends_in_order_on("HUP").await;
}

async fn ends_in_order_on(signal: &str) {
    bounded(4, async {
        let mut seed = Seed::of(signal);
        let desk = Desk::set_up().await;
        let made = Made::in_folder(&desk.folder("takes"), "long.mov", 300_000_000, &mut seed);
        let practice = Practice::of(&desk);
        let app = Driven::start_with_practice(&desk).await;
        desk.press_keys("ctrl+q").await;
        until("the end after Ctrl+Q", END, async || desk.running("partway").is_empty().then_some(())).await;
        drop(app);

        let mut plain = desk.start_app();
        desk.window_is_shown(true).await;
        desk.hand_over(&made.path).await;
        until("some parts", SOON, async || (Practice::stored(&practice.log()).len() > 3).then_some(())).await;
        send(signal, &[plain.id().unwrap()]);
        let ended = tokio::time::timeout(END, plain.wait())
            .await
            .unwrap_or_else(|_| panic!("it does not end on SIG{signal}"))
            .unwrap();
        assert_eq!(ended.code(), Some(0));
        assert!(desk.running("partway-sandbox").is_empty(), "the helper outlived the app");
        assert!(!desk.data().join("journal.db-wal").exists(), "the journal was not closed");
        let unconfirmed = Practice::stored(&practice.log()).len() - practice.receipts().len();
        assert_eq!(unconfirmed, 0, "parts in flight get their time, and their receipts are kept");

        let app = Driven::start(&desk, &[]).await;
        app.rows_show("Practice finished", 1, Duration::from_secs(60)).await;
        let said = app.text().await.unwrap();
        assert!(!said.contains("stopped unexpectedly"), "that was an end in order: {said}");
        assert!(practice.has(&made));
        assert!(
            Practice::stored(&practice.log()).values().all(|times| *times == 1),
            "sent again after an end in order"
        );
    })
    .await;
}
