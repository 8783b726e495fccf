//! Every line of a job's history, as users read it.

use super::*;

#[test]
fn every_line_reads_as_a_sentence() {
    let (until, now_ms) = (7200, 0);
    let lines = [
        Log::Started { parts: 1 },
        Log::Started { parts: 212 },
        Log::Resumed { confirmed: 3, parts: 212 },
        Log::PartAgain { part: 62, why: "reset".into(), how: Again::Network },
        Log::PartAgain { part: 62, why: "nothing for 30 s".into(), how: Again::Stalled },
        Log::PartAgain { part: 62, why: "md5".into(), how: Again::Differs },
        Log::PartAgain { part: 62, why: "503".into(), how: Again::Service },
        Log::PartAgain { part: 62, why: "page".into(), how: Again::Page },
        Log::DriveSilent,
        Log::Fetching,
        Log::Elsewhere { bytes: 4_200_000_000 },
        Log::Unread { why: "its disk could not read or write it".into(), seconds: 5 },
        Log::NetworkLost,
        Log::NetworkBack,
        Log::PartAgain { part: 62, why: "files".into(), how: Again::OpenFiles },
        Log::PutOff { seconds: 40 },
        Log::OpenFiles { seconds: 5 },
        Log::Throttled { seconds: 20 },
        Log::InVain {
            bytes: 1_100_000_000,
            seconds: 2580,
            why: "the connection broke off before an answer came".into(),
        },
        Log::LinksRenewed,
        Log::SessionLost { bytes: 0, expired: true },
        Log::SessionLost { bytes: 17_600_000_000, expired: true },
        Log::SessionLost { bytes: 0, expired: false },
        Log::SessionLost { bytes: 17_600_000_000, expired: false },
        Log::ShortLife { needs_seconds: 97_200, lives_seconds: 86_400 },
        Log::SourceCompared { same: 1, differ: 0 },
        Log::SourceCompared { same: 7, differ: 0 },
        Log::SourceCompared { same: 7, differ: 1 },
        Log::SourceCompared { same: 0, differ: 3 },
        Log::PartsMissing { parts: 1 },
        Log::PartsMissing { parts: 5 },
        Log::SourceReplaced { bytes: 0 },
        Log::SourceReplaced { bytes: 17_600_000_000 },
        Log::CompleteUnanswered,
        Log::CompleteUnclear { expected: "$.success: expected true or false, found text".into() },
        Log::Verified,
        Log::Uploaded,
        Log::Unproved,
        Log::Presumed,
        Log::NotFound,
        Log::NotLookedUp { why: "503".into() },
        Log::CouldReplace,
        Log::MarkedArrived,
        Log::Attention,
        Log::Paused,
        Log::GoingOn,
        Log::Skipped,
        Log::Cancelled,
        Log::LeftBehind { until: Some(until) },
        Log::LeftBehind { until: None },
    ];
    let all: Vec<_> = lines.iter().map(|log| line(log, "Acme", now_ms)).collect();
    // The time of day depends on the test machine's time zone.
    let when = clock(i64::try_from(until).unwrap() * 1000, now_ms);
    insta::assert_snapshot!(all.join("\n").replace(&when, "15:00"));
}
