//! Waiting for something that nobody announces: ask often, give up with a sentence.

use crate::stop::{Outcome, not_passed};
use std::time::{Duration, Instant};

/// How often to ask: below what a person notices, and no load.
const LOOK: Duration = Duration::from_millis(100);

/// Asks until `question` has an answer; after `limit` the sentence names what was waited for.
pub(crate) fn until<T>(
    what: &str,
    limit: Duration,
    mut question: impl FnMut() -> Outcome<Option<T>>,
) -> Outcome<T> {
    let begun = Instant::now();
    loop {
        if let Some(answer) = question()? {
            return Ok(answer);
        }
        if begun.elapsed() > limit {
            return Err(not_passed(format!("waited {} s in vain for {what}", limit.as_secs())));
        }
        std::thread::sleep(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_again_until_there_is_an_answer() {
        let mut asked = 0;
        let answer = until("the third time", Duration::from_secs(10), || {
            asked += 1;
            Ok((asked == 3).then_some("yes"))
        });
        assert_eq!((answer, asked), (Ok("yes"), 3));
    }

    #[test]
    fn gives_up_with_a_sentence() {
        let stop = until::<()>("nothing", Duration::ZERO, || Ok(None)).unwrap_err();
        assert_eq!(stop.sentence, "waited 0 s in vain for nothing");
    }
}
