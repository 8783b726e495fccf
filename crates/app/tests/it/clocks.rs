//! A computer whose clock is far off, even before 1970: the test says by how much, and no file is blamed.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use partway_api::Mark;
use partway_engine::Clock;

use crate::kinds::{checked, entries};
use crate::rig::{Rig, add_destination};

/// A clock that is off by this many milliseconds.
struct Off(i64);

impl Clock for Off {
    fn unix_ms(&self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        i64::try_from(now).unwrap() + self.0
    }

    fn steady(&self) -> Duration {
        Duration::from_secs(5)
    }

    fn since_boot(&self) -> Option<Duration> {
        None
    }

    fn date_of(&self, _: i64) -> String {
        "1960-01-01".into()
    }
}

#[tokio::test]
async fn a_clock_of_any_year_is_told_with_how_far_it_is_off() {
    const YEAR: i64 = 31_556_952_000;
    for (years, way) in [(-66, "behind"), (-100, "behind"), (286, "ahead")] {
        let mut rig = Rig::new().await;
        rig.clock = Some(Arc::new(Off(years * YEAR)));
        let app = rig.open().await;
        for (draft, key) in entries(&rig) {
            let kind = draft.kind.clone();
            add_destination(&app, draft, key).await.unwrap();
            let lines = checked(&app, &kind, false).await;
            let clock = lines.iter().find(|line| line.about == "clock").unwrap();
            let days = (years * YEAR).unsigned_abs() / 86_400_000;
            let close = [days - 1, days, days + 1];
            let told = |days: &u64| clock.text.contains(&format!("about {days} days {way}"));
            assert!(clock.mark == Mark::Bad && close.iter().any(told), "{kind} {years}: {clock:?}");
        }
    }
}
