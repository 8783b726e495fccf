//! Which cause a refusal gets when this computer's clock is off.

use partway_core::{Answer, Cause, Failure, RetryClass, Step, classify};

/// A storage that answers a skewed clock with a bare "forbidden" means the clock; a stated reason is
/// believed.
#[test]
fn the_clock_comes_first_where_a_refusal_of_what_was_signed_here_gives_no_reason() {
    let refused = |status, code: Option<&str>, ahead| {
        let (class, cause) = classify(Step::Part, &Answer { status, code, ..Answer::default() });
        let cause = cause.unwrap_or(Cause::KeyRefused);
        let failure = Failure::new(Step::Part, class, cause, "said");
        let code = code.map(str::to_owned);
        Failure { status: Some(status), code, clock_ahead: ahead, ..failure }
    };
    let is_clocks = |failure: Failure| matches!(failure.cause, Cause::ClockWrong { .. });
    for ahead in [900, -900, 86_400, i64::MIN] {
        for status in [401, 403] {
            let failure = refused(status, None, Some(ahead)).by_clock();
            assert_eq!(
                (failure.class, failure.cause),
                (RetryClass::Refused, Cause::ClockWrong { ahead_seconds: ahead })
            );
        }
    }
    for (status, code, ahead) in [
        (403, None, None),
        (403, None, Some(899)),
        (403, Some("AccessDenied"), Some(1200)),
        (403, Some("InvalidAccessKeyId"), Some(1200)),
        (404, None, Some(1200)),
        (500, None, Some(1200)),
    ] {
        assert!(!is_clocks(refused(status, code, ahead).by_clock()), "{status} {code:?} {ahead:?}");
    }
    // Our clock has no bearing on a link that the provider signed.
    assert!(!is_clocks(refused(403, None, Some(1200)).of_link(false)));
    assert!(is_clocks(refused(403, None, Some(1200)).of_link(true)));
}
