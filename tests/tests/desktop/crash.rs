//! `kill -9` of the app and of the helper behind *Practice*, in the middle of an upload: it goes on by itself.

use std::collections::BTreeSet;
use std::time::Duration;

use partway_engine::Bounds;

use crate::support::{Desk, Driven, Made, Practice, Seed, bounded, terminate, until};

/// 36 parts of the 8 MiB that *Practice* asks for.
const SIZE: u64 = 300_000_000;
const KILLS: u64 = 3;
/// Parts in flight of one job at most.
fn in_flight() -> usize {
    Bounds::default().parts_per_job
}

#[tokio::test]
async fn an_upload_survives_three_kills() {
    bounded(8, async {
        let mut seed = Seed::of("crash");
        let desk = Desk::set_up().await;
        let folder = desk.folder("takes");
        let made = Made::in_folder(&folder, "master.mov", SIZE, &mut seed);
        let practice = Practice::of(&desk);

        let app = Driven::start_with_practice(&desk).await;
        desk.hand_over(&made.path).await;

        let mut seen = Seen::default();
        let mut running = None;
        for kill in 0..KILLS {
            // Somewhere in each quarter of the file, and at no round moment.
            let parts = usize::try_from(kill * 9 + seed.between(1, 8)).unwrap();
            until(&format!("{parts} parts"), Duration::from_secs(90), async || {
                (Practice::stored(&practice.log()).len() >= parts).then_some(())
            })
            .await;
            tokio::time::sleep(Duration::from_millis(seed.between(0, 60))).await;
            desk.crash().await;
            seen.look(&practice);
            running = Some(desk.start_app());
        }
        // It goes on without anybody looking; the last one is ended so that its page can be seen.
        let mut running = running.unwrap();
        until("the object", Duration::from_secs(120), async || (practice.objects() == 1).then_some(())).await;
        terminate(&[running.id().unwrap()]);
        assert!(running.wait().await.unwrap().success());
        drop(app);

        let app = Driven::start(&desk, &[]).await;
        app.shows("Practice finished", Duration::from_secs(120)).await;
        app.picture("after-three-kills").await;
        assert!(practice.has(&made), "the object is not the file");
        seen.look(&practice);
        let twice: usize = Practice::stored(&practice.log()).values().map(|times| times - 1).sum();
        println!("{twice} parts stored twice after {KILLS} kills");
        assert!(twice <= in_flight() * usize::try_from(KILLS).unwrap());
    })
    .await;
}

/// What was seen at the kill before.
#[derive(Default)]
struct Seen {
    lines: usize,
    receipts: BTreeSet<u64>,
}

impl Seen {
    /// Holds what happened since the kill before to the promise: nothing that was confirmed then was sent again.
    fn look(&mut self, practice: &Practice) {
        let (log, receipts) = (practice.log(), practice.receipts());
        let since = &log[self.lines..];
        let again: Vec<_> =
            Practice::sent(since).into_iter().filter(|(_, part)| self.receipts.contains(part)).collect();
        assert!(again.is_empty(), "sent again although their receipts were in the journal: {again:?}");
        assert!(Practice::started(&log) <= 1, "the session was begun anew, and all that was sent was lost");
        let stored = Practice::stored(&log);
        let unconfirmed = stored.keys().filter(|(_, part)| !receipts.contains(part)).count();
        println!("{} receipts in the journal, {unconfirmed} parts stored without one", receipts.len());
        // At the end the session and its receipts have left the journal.
        assert!(
            unconfirmed <= in_flight() || receipts.is_empty(),
            "{unconfirmed} parts were stored before their receipts"
        );
        *self = Self { lines: log.len(), receipts };
    }
}
