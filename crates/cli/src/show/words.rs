//! Words shown while a command waits. Pure functions, so that tests can check them.

use std::time::Duration;

use partway_api::{FinishedState, HoldName, StateName};

use crate::text;

/// What is known about a file when it ends.
pub(super) struct End<'a> {
    pub(super) file: &'a str,
    pub(super) destination: Option<&'a str>,
    pub(super) practice: bool,
    pub(super) state: FinishedState,
    pub(super) skipped: bool,
    pub(super) size: u64,
    pub(super) took: Option<Duration>,
    pub(super) reason: Option<&'a str>,
    pub(super) link: Option<&'a str>,
}

/// The state in words. Only "Verified" is ever green, and *Practice* is never called uploaded.
pub(super) fn state(end: &End<'_>) -> &'static str {
    match (end.state, end.practice) {
        (FinishedState::Verified | FinishedState::Uploaded, true) => "Practice finished, not uploaded",
        (FinishedState::Verified, false) => "Verified",
        (FinishedState::Uploaded, false) => "Uploaded, not verified",
        (FinishedState::NeedsAttention, _) => "Needs attention",
        (FinishedState::Cancelled, _) if end.skipped => "Skipped",
        (FinishedState::Cancelled, _) => "Cancelled",
    }
}

/// The rest of the line of a file that ended, after the state.
pub(super) fn end(end: &End<'_>) -> String {
    let mut line = text::printable(end.file);
    let arrived = matches!(end.state, FinishedState::Verified | FinishedState::Uploaded);
    if let Some(destination) = end.destination.filter(|_| arrived) {
        line.push_str(&format!("  → {}", text::printable(destination)));
    }
    if arrived {
        line.push_str(&format!("  {}", text::size(end.size)));
        if let Some(took) = end.took {
            line.push_str(&format!(" in {}", text::took(took)));
        }
    }
    if let Some(reason) = end.reason {
        line.push_str(&format!(": {}", text::printable(reason)));
    }
    if let Some(link) = end.link.filter(|_| arrived) {
        line.push_str(&format!("  {}", text::printable(link)));
    }
    line
}

/// The words beside a running file's bar.
pub(super) fn progress(on_the_way: u64, speed: u64, seconds_left: Option<u64>) -> String {
    let mut words = Vec::new();
    if on_the_way > 0 {
        words.push(format!("{} more on the way", text::size(on_the_way)));
    }
    if speed > 0 {
        words.push(format!("{}/s", text::size(speed)));
    }
    if let Some(left) = seconds_left {
        words.push(text::left(left));
    }
    words.join(" · ")
}

/// Why a file waits, if that is worth a line.
pub(super) fn waits(state: StateName, holds: &[HoldName], reason: Option<&str>) -> Option<String> {
    let words = match (holds.first(), state) {
        (Some(HoldName::User), _) => "paused; 'partwayctl resume' goes on",
        (Some(HoldName::Countdown), _) => "starts in a few seconds",
        (Some(HoldName::Offline), _) => "waits for the network",
        (Some(HoldName::Credentials), _) => "waits for the key",
        (Some(HoldName::SourceMissing), _) => "waits for the file",
        (Some(HoldName::Schedule), _) => "waits for its hours",
        (Some(HoldName::Throttled), _) => "waits, and is tried again soon",
        (Some(HoldName::DriveSilent), _) => "waits for its drive",
        (Some(HoldName::Fetching), _) => "waits until it is downloaded from the cloud",
        (Some(HoldName::InUse), _) => "waits until another program closes it",
        (Some(HoldName::Unread), _) => "waits to be read again",
        (None, StateName::Finishing) => "all sent, waiting for the service to confirm",
        (None, _) => return None,
    };
    Some(match reason {
        Some(reason) => format!("{words}: {}", text::printable(reason)),
        None => words.to_owned(),
    })
}

/// How a whole command ended. Says "All" only when it is all.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    pub(super) verified: usize,
    pub(super) uploaded: usize,
    pub(super) practice: usize,
    pub(super) attention: usize,
    pub(super) skipped: usize,
    pub(super) cancelled: usize,
}

impl Tally {
    pub(super) fn count(&mut self, end: &End<'_>) {
        let kind = match (end.state, end.practice) {
            (FinishedState::Verified | FinishedState::Uploaded, true) => &mut self.practice,
            (FinishedState::Verified, false) => &mut self.verified,
            (FinishedState::Uploaded, false) => &mut self.uploaded,
            (FinishedState::NeedsAttention, _) => &mut self.attention,
            (FinishedState::Cancelled, _) if end.skipped => &mut self.skipped,
            (FinishedState::Cancelled, _) => &mut self.cancelled,
        };
        *kind += 1;
    }

    /// The sentence under the list; `None` if the line of the only file says it all.
    pub(super) fn sentence(&self) -> Option<String> {
        let all =
            self.verified + self.uploaded + self.practice + self.attention + self.skipped + self.cancelled;
        if all < 2 {
            return None;
        }
        if self.verified == all {
            return Some(format!("All {all} verified."));
        }
        let kinds = [
            (self.verified, "verified"),
            (self.uploaded, "uploaded but not verified"),
            (self.practice, "practice only"),
            (self.attention, "not sent"),
            (self.skipped, "skipped"),
            (self.cancelled, "cancelled"),
        ];
        let parts: Vec<String> = kinds
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        Some(format!("{}: {}. Keep the originals.", text::files(all), parts.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take3() -> End<'static> {
        End {
            file: "cards/take3.mov",
            destination: Some("Acme media"),
            practice: false,
            state: FinishedState::Verified,
            skipped: false,
            size: 218_000_000,
            took: Some(Duration::from_secs(12)),
            reason: None,
            link: None,
        }
    }

    fn line(what: &End<'_>) -> String {
        format!("{}  {}", state(what), end(what))
    }

    #[test]
    fn ends() {
        insta::assert_snapshot!(line(&take3()), @"Verified  cards/take3.mov  → Acme media  218 MB in 12 s");
        let uploaded = End {
            state: FinishedState::Uploaded,
            reason: Some("Acme reports the right size but gives no checksum; keep your original."),
            link: Some("https://media.acme.example/take3.mov"),
            ..take3()
        };
        insta::assert_snapshot!(line(&uploaded), @"Uploaded, not verified  cards/take3.mov  → Acme media  218 MB in 12 s: Acme reports the right size but gives no checksum; keep your original.  https://media.acme.example/take3.mov");
        insta::assert_snapshot!(line(&End { practice: true, ..take3() }), @"Practice finished, not uploaded  cards/take3.mov  → Acme media  218 MB in 12 s");
        let attention = End {
            state: FinishedState::NeedsAttention,
            reason: Some("Acme no longer accepts this key."),
            ..take3()
        };
        insta::assert_snapshot!(line(&attention), @"Needs attention  cards/take3.mov: Acme no longer accepts this key.");
        insta::assert_snapshot!(line(&End { state: FinishedState::Cancelled, ..take3() }), @"Cancelled  cards/take3.mov");
        let skipped = End { state: FinishedState::Cancelled, skipped: true, ..take3() };
        insta::assert_snapshot!(line(&skipped), @"Skipped  cards/take3.mov");
        insta::assert_snapshot!(line(&End { file: "evil\u{1b}[2J.mov", took: None, ..take3() }), @"Verified  evil�[2J.mov  → Acme media  218 MB");
    }

    #[test]
    fn movement() {
        insta::assert_snapshot!(progress(3_100_000, 12_300_000, Some(340)), @"3.1 MB more on the way · 12.3 MB/s · about 6 min");
        insta::assert_snapshot!(progress(0, 0, None), @"");
        insta::assert_snapshot!(progress(3_100_000_000, 0, None), @"3.1 GB more on the way");
    }

    #[test]
    fn waiting() {
        let words = |hold, reason| waits(StateName::Waiting, &[hold], reason).unwrap();
        insta::assert_snapshot!(words(HoldName::User, None), @"paused; 'partwayctl resume' goes on");
        insta::assert_snapshot!(words(HoldName::Throttled, Some("Acme asked us to slow down, going on in 20 s.")), @"waits, and is tried again soon: Acme asked us to slow down, going on in 20 s.");
        insta::assert_snapshot!(words(HoldName::Offline, None), @"waits for the network");
        insta::assert_snapshot!(waits(StateName::Finishing, &[], None).unwrap(), @"all sent, waiting for the service to confirm");
        assert_eq!(waits(StateName::Uploading, &[], None), None);
    }

    #[test]
    fn all_is_said_only_where_it_is_all() {
        let tally = |verified, uploaded, practice, attention, cancelled| {
            Tally { verified, uploaded, practice, attention, cancelled, ..Tally::default() }.sentence()
        };
        let skipped = Tally { verified: 2, skipped: 1, ..Tally::default() };
        insta::assert_snapshot!(skipped.sentence().unwrap(), @"3 files: 2 verified, 1 skipped. Keep the originals.");
        assert_eq!(tally(1, 0, 0, 0, 0), None);
        insta::assert_snapshot!(tally(145, 0, 0, 0, 0).unwrap(), @"All 145 verified.");
        insta::assert_snapshot!(tally(142, 0, 0, 3, 0).unwrap(), @"145 files: 142 verified, 3 not sent. Keep the originals.");
        insta::assert_snapshot!(tally(1, 2, 3, 4, 5).unwrap(), @"15 files: 1 verified, 2 uploaded but not verified, 3 practice only, 4 not sent, 5 cancelled. Keep the originals.");
    }
}
