//! Waiting for conditions in other programs, always with an end.

use std::future::Future;
use std::time::{Duration, Instant};

/// Between two looks at a program that cannot tell by itself.
const LOOK: Duration = Duration::from_millis(50);

/// Waits until `probe` has something.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    bound: Duration,
    mut probe: impl FnMut() -> F,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(begun.elapsed() < bound, "waited {bound:?} in vain for {what}");
        tokio::time::sleep(LOOK).await;
    }
}

/// A whole journey, with an end even where nothing else has one.
pub(crate) async fn bounded(minutes: u64, journey: impl Future<Output = ()>) {
    let bound = Duration::from_secs(minutes * 60);
    assert!(
        tokio::time::timeout(bound, journey).await.is_ok(),
        "the journey took longer than {minutes} minutes"
    );
}
