//! Why a file needs attention, as a sentence that names the file, the cause and what to do.

use partway_core::{Cause, Failure, RetryClass};

use super::{bytes, count, duration};

/// The sentence for a cause. `name` is the file, `to` the destination's name.
pub(crate) fn sentence(cause: &Cause, name: &str, to: &str) -> String {
    match cause {
        Cause::KeyRefused => {
            format!("{to} does not accept this key. {name} waits, nothing is lost. Give {to} another key.")
        }
        Cause::KeyMissing { looked } => {
            let looked = looked.as_ref().map_or_else(String::new, |looked| format!(": {looked}"));
            format!(
                "There is no key for {to} at hand{looked}. {name} waits, nothing is lost. Give {to} its key."
            )
        }
        Cause::KeyUnread { said } => {
            format!("The key of {to} could not be read, so {name} waits; nothing is lost. {}", stop(said))
        }
        Cause::KeyUnusable { said } => {
            format!("The key for {to} cannot be used, so {name} waits; nothing is lost. {}", stop(said))
        }
        Cause::PermissionRefused => {
            format!("{to} does not let this key store {name}. Ask who gave you the key, then try again.")
        }
        Cause::Blocked { what } => format!("{name} did not get to {to}: {}", stop(what)),
        Cause::OpenFiles => format!(
            "Too many files and connections are open on this computer, so {name} waits. Close programs that you do not need, then try again."
        ),
        Cause::QuotaRefused => {
            format!("{to} has no room left for {name}. Make room or enlarge the plan there, then try again.")
        }
        Cause::TooLarge { limit: Some(limit) } => {
            format!(
                "{name} is too large: {to} accepts up to {} a file. Choose another destination.",
                bytes(*limit)
            )
        }
        Cause::TooLarge { limit: None } => {
            format!("{name} is too large for {to}. Choose another destination.")
        }
        Cause::TypeRefused { mime } if mime.is_empty() => {
            format!("{to} does not accept files of this type, so {name} was not taken.")
        }
        Cause::TypeRefused { mime } => {
            format!("{to} does not accept files of the type {mime}, so {name} was not taken.")
        }
        Cause::NameTaken { name: taken } => {
            let there = if taken.is_empty() { name } else { taken };
            format!(
                "{to} has a file named {there} already, so {name} was not sent. Replace that one, keep both under different names, or skip this file."
            )
        }
        Cause::NameShared { with } => format!(
            "Another of your files, {with}, goes to {to} under the same name, so {name} was not sent. Keep both under different names, let this one replace that one, or skip this file."
        ),
        Cause::Refused { said } => format!("{to} did not take {name}: {}", stop(said)),
        Cause::BrokenReply { what } => format!(
            "{to} answered something that Partway cannot work with, so {name} did not go through: {} Check the server's address, or try again later.",
            stop(what)
        ),
        Cause::LinksUnusable { what } => format!(
            "The links that {to} gave for {name} cannot be used: {} This is a fault at {to}; tell its support, then try again.",
            stop(what)
        ),
        Cause::SessionsExpired { lived_seconds, needed_seconds } => {
            let figures = if *needed_seconds > 0 {
                format!(
                    " At this speed {name} needs {}; {to} gave {}.",
                    duration(*needed_seconds),
                    duration(*lived_seconds)
                )
            } else {
                format!(" {to} gave {}.", duration(*lived_seconds))
            };
            format!(
                "{to}'s session for {name} ended twice before the file was through.{figures} Ask for longer sessions, or try again on a faster line."
            )
        }
        Cause::ChecksumDiffers { part, matched: 0 } => format!(
            "{to} answers part {part} of {name} with another checksum than that of what was sent. Either its storage has checksums of another kind, as some do that encrypt: then set “Checksums of the storage” in its settings to “They cannot be compared” (partwayctl: --checksums ignore), and files end as uploaded, not verified. Or something between here and {to} changes what is sent: then try another network."
        ),
        Cause::ChecksumDiffers { part, matched } => format!(
            "{to} answers part {part} of {name} with another checksum than that of what was sent, and {} with the right one. So something between here and {to}, or its storage, damages that part; try another network.",
            count(*matched, "other part", "other parts")
        ),
        Cause::NeverConfirmed => format!(
            "All of {name} was sent, but {to} has not confirmed it. Look there whether it arrived, then mark it or send it again."
        ),
        Cause::PerhapsBegun { what } => format!(
            "{to} did not say clearly whether it began an upload of {name} ({}), so it was not asked twice. Nothing of the file was sent. Look there, then try again.",
            what.trim_end_matches('.')
        ),
        Cause::KeepsFailing { what } => {
            format!(
                "{to} has not answered properly for a while ({}). What was sent of {name} is kept; try again later.",
                what.trim_end_matches('.')
            )
        }
        Cause::ClockWrong { ahead_seconds: 0 } => {
            format!("This computer's clock is wrong, so {to} refuses {name}. Set the clock, then try again.")
        }
        Cause::SentInVain(sent) => format!(
            "{} of {name} went to {to} in vain, in {}, so Partway stopped sending it: {} What arrived is kept. Try again later; if it stays like this, tell {to}'s support.",
            bytes(sent.bytes),
            count(sent.times, "attempt", "attempts"),
            stop(&sent.said)
        ),
        Cause::ClockWrong { ahead_seconds } => {
            let (way, by) =
                if *ahead_seconds >= 0 { ("behind", *ahead_seconds) } else { ("ahead", -*ahead_seconds) };
            let by = duration(by.unsigned_abs());
            format!(
                "This computer's clock is {by} {way}, so {to} refuses {name}. Set the clock, then try again."
            )
        }
        Cause::SourceMissing => {
            format!("{name} is not where it was. Put it back or plug its drive in, then try again.")
        }
        Cause::SourceUnreadable { why } => {
            format!("{name} cannot be read: {} Change that, then try again.", stop(why))
        }
        Cause::SourceChanged => {
            format!("{name} changed while it was uploading. Try again to upload it as it is now.")
        }
        Cause::NotAFile => format!("{name} is neither a file nor a folder, so it was not sent."),
        Cause::NotItsSize { told } => not_its_size(name, *told),
        Cause::CertificateRefused { what } => format!(
            "The certificate of {to} cannot be trusted, so {name} was not sent: {} Check the server's address and this computer's clock.",
            stop(what)
        ),
    }
}

/// The sentence for a file whose readable size differs from what the system reports.
pub(crate) fn not_its_size(name: &str, told: u64) -> String {
    format!(
        "{name} cannot be sent: the system says that it has {}, but that is not what can be read from it. Such a file is made while it is read; make a copy of it and send that.",
        bytes(told)
    )
}

/// The sentence for a name found taken only after everything was sent: the parts are kept until the user
/// decides.
pub(crate) fn taken_at_the_end(taken: &str, name: &str, to: &str) -> String {
    let there = if taken.is_empty() { name } else { taken };
    format!(
        "{to} has a file named {there} already, so {name}, of which all is sent, was not put in its place. Until you decide, what was sent stays at {to} and may cost there. Replace that one, keep both under different names (which sends this one again), or skip this file."
    )
}

/// Whether the destination refused, or would refuse without its key (the command line's exit code 3).
pub(crate) const fn is_refusal(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::KeyRefused
            | Cause::KeyUnread { .. }
            | Cause::KeyUnusable { .. }
            | Cause::PermissionRefused
            | Cause::QuotaRefused
            | Cause::TooLarge { .. }
            | Cause::TypeRefused { .. }
            | Cause::Refused { .. }
    )
}

/// Why a line of a destination's test failed, and what to do.
pub(crate) fn check_failed(failure: &Failure, to: &str) -> String {
    let to = if to.is_empty() { "the destination" } else { to };
    match (&failure.class, &failure.cause) {
        (RetryClass::Offline, Cause::BrokenReply { .. }) => {
            "A web page answered in place of the server: a sign-in page of your network, or a proxy. Sign in there, or use another network, then test again.".into()
        }
        (RetryClass::Offline, Cause::KeepsFailing { what }) if !what.is_empty() => {
            format!("The server was not reached: {} Check its address and your network, then test again.", stop(what))
        }
        (RetryClass::Offline, _) => {
            "The server was not reached. Check its address and your network, then test again.".into()
        }
        (_, Cause::Blocked { what }) => format!("The server was not reached: {}", stop(what)),
        (_, Cause::OpenFiles) => {
            "Too many files and connections are open on this computer. Close programs that you do not need, then test again.".into()
        }
        (_, Cause::KeyRefused) => format!("{to} does not accept this key. Copy it again from there."),
        (_, Cause::KeyUnusable { said }) => stop(said),
        (_, Cause::PermissionRefused) => {
            format!("{to} does not let this key do this. Ask who gave you the key.")
        }
        (_, Cause::QuotaRefused) => {
            format!("{to} has no room left, or its plan ended. Make room or enlarge the plan there, then test again.")
        }
        (_, Cause::ClockWrong { .. }) => {
            "This computer's clock is off, so the server refuses what it signs. Set the clock, then test again.".into()
        }
        (_, Cause::CertificateRefused { what }) => {
            format!("The server's certificate cannot be trusted: {} Check its address.", stop(what))
        }
        (_, Cause::BrokenReply { what }) => {
            format!("The server answered something else than {to} would: {} Check its address.", stop(what))
        }
        (_, Cause::Refused { said }) => format!("{to} refuses: {}", stop(said)),
        _ => format!(
            "The server did not answer as it should ({}). Test again later.",
            failure.plain().trim_end_matches('.')
        ),
    }
}

/// Ends a quoted sentence with exactly one full stop.
fn stop(words: &str) -> String {
    let words = words.trim().trim_end_matches('.');
    if words.is_empty() { "it gave no reason.".into() } else { format!("{words}.") }
}

#[cfg(test)]
mod tests {
    use partway_core::SentInVain;

    use super::*;

    #[test]
    fn a_test_that_finds_something_says_what_and_what_to_do() {
        use partway_core::Step;
        let words = |class, cause, detail: &str| {
            check_failed(&Failure::new(Step::Check, class, cause, detail), "Acme")
        };
        let said = "The access key id is known, but the secret does not belong to it. Copy the secret again.";
        assert_eq!(
            words(RetryClass::Credentials, Cause::Refused { said: said.into() }, "403"),
            format!("Acme refuses: {said}")
        );
        assert_eq!(
            words(RetryClass::Credentials, Cause::KeyRefused, "401"),
            "Acme does not accept this key. Copy it again from there."
        );
        let page = Cause::BrokenReply { what: "a web page in place of data".into() };
        insta::assert_snapshot!([
            words(RetryClass::Offline, page, "page"),
            words(RetryClass::Offline, Cause::KeepsFailing { what: String::new() }, "no route"),
            words(RetryClass::Refused, Cause::PermissionRefused, "403"),
            words(RetryClass::Refused, Cause::QuotaRefused, "402"),
            words(RetryClass::Refused, Cause::ClockWrong { ahead_seconds: 1200 }, "403"),
        ].join("\n"), @r"
        A web page answered in place of the server: a sign-in page of your network, or a proxy. Sign in there, or use another network, then test again.
        The server was not reached. Check its address and your network, then test again.
        Acme does not let this key do this. Ask who gave you the key.
        Acme has no room left, or its plan ended. Make room or enlarge the plan there, then test again.
        This computer's clock is off, so the server refuses what it signs. Set the clock, then test again.
        ");
        assert_eq!(
            words(
                RetryClass::Again,
                Cause::KeepsFailing { what: "the service was busy.".into() },
                "os error 104"
            ),
            "The server did not answer as it should (the service was busy). Test again later."
        );
    }

    #[test]
    fn a_name_that_is_taken_at_the_end_is_told_with_what_lies_there() {
        insta::assert_snapshot!(taken_at_the_end("", "cut.mov", "Acme"), @"Acme has a file named cut.mov already, so cut.mov, of which all is sent, was not put in its place. Until you decide, what was sent stays at Acme and may cost there. Replace that one, keep both under different names (which sends this one again), or skip this file.");
    }

    #[test]
    fn every_cause_names_the_file_and_the_destination_or_what_to_do() {
        let causes = [
            Cause::KeyRefused,
            Cause::KeyMissing { looked: None },
            Cause::KeyMissing { looked: Some("the environment variable ACME_KEY is not set".into()) },
            Cause::KeyUnread { said: "The keychain is locked. Unlock it, then try again.".into() },
            Cause::KeyUnusable { said: "This is the secret. Copy the access key id.".into() },
            Cause::PermissionRefused,
            Cause::Blocked { what: "a page came in place of an answer. Try another network".into() },
            Cause::OpenFiles,
            Cause::QuotaRefused,
            Cause::TooLarge { limit: Some(100_000_000_000) },
            Cause::TooLarge { limit: None },
            Cause::TypeRefused { mime: "text/plain".into() },
            Cause::NameTaken { name: "day 3/cut_v7.mov".into() },
            Cause::NameTaken { name: String::new() },
            Cause::NameShared { with: "day 1/cut_v7.mov".into() },
            Cause::Refused { said: "Folder is locked".into() },
            Cause::BrokenReply { what: "a web page instead of data".into() },
            Cause::LinksUnusable { what: "they demand the header x-amz-acl".into() },
            Cause::SessionsExpired { lived_seconds: 86_400, needed_seconds: 97_200 },
            Cause::ChecksumDiffers { part: 7, matched: 0 },
            Cause::ChecksumDiffers { part: 7, matched: 3 },
            Cause::NeverConfirmed,
            Cause::PerhapsBegun { what: "Partway ended before the answer came".into() },
            Cause::KeepsFailing { what: "Part 503: busy".into() },
            Cause::SentInVain(Box::new(SentInVain {
                times: 33,
                bytes: 553_000_000,
                said: "the service reported a fault of its own".into(),
            })),
            Cause::ClockWrong { ahead_seconds: 1200 },
            Cause::ClockWrong { ahead_seconds: 0 },
            Cause::SourceMissing,
            Cause::SourceUnreadable { why: "permission denied".into() },
            Cause::SourceChanged,
            Cause::NotAFile,
            Cause::NotItsSize { told: 0 },
            Cause::CertificateRefused { what: "it expired".into() },
        ];
        let all: Vec<_> = causes.iter().map(|cause| sentence(cause, "cut_v7.mov", "Acme")).collect();
        assert!(all.iter().all(|words| words.contains("cut_v7.mov")));
        insta::assert_snapshot!(all.join("\n"));
    }
}
