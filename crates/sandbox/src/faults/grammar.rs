//! The notation of a fault: `NAME[@STEP][:EVERY|:COUNT|:RATE%]`.

use std::fmt;

use super::effect::Effect;
use super::step::{Step, Times};
use super::table::{FAULTS, Fault, find};

/// A parsed fault.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Asked {
    pub(crate) fault: &'static Fault,
    pub(crate) step: Step,
    /// Only this part.
    pub(crate) part: Option<u32>,
    pub(crate) times: Times,
    pub(crate) effect: Effect,
}

/// Parses a fault; the error is a sentence.
pub(crate) fn parse(text: &str) -> Result<Asked, String> {
    let (head, times) = match text.split_once(':') {
        Some((head, times)) => (head, Some(times)),
        None => (text, None),
    };
    let (name, step) = match head.split_once('@') {
        Some((name, step)) => (name, Some(step)),
        None => (head, None),
    };
    let fault = find(name).ok_or_else(|| {
        let names: Vec<_> = FAULTS.iter().map(|fault| fault.name).collect();
        format!("There is no fault {name:?}. The names are: {}.", names.join(" "))
    })?;
    let Some(effect) = fault.effect else {
        return Err(format!("The fault {name:?} is known, not made yet."));
    };
    let (step, part) = match step {
        Some(step) => read_step(fault, step)?,
        None => (fault.steps[0], None),
    };
    let times = match times {
        Some(times) => read_times(text, times)?,
        None => fault.times,
    };
    Ok(Asked { fault, step, part, times, effect })
}

fn read_step(fault: &Fault, text: &str) -> Result<(Step, Option<u32>), String> {
    let (name, part) = match text.split_once('=') {
        Some((name, part)) => (name, Some(part)),
        None => (text, None),
    };
    let places: Vec<_> = fault.steps.iter().map(|step| step.name()).collect();
    let step = fault.steps.iter().find(|step| step.name() == name).ok_or_else(|| {
        format!("The fault {:?} can happen at {}, not at {name:?}.", fault.name, places.join(", "))
    })?;
    let part = match part {
        None => None,
        Some(number) if *step == Step::Part => {
            Some(number.parse().ok().filter(|n| (1..=10_000).contains(n)).ok_or_else(|| {
                format!("@part={number} names no part: parts are numbered from 1 to 10000.")
            })?)
        }
        Some(_) => return Err(format!("@{text}: only parts are numbered.")),
    };
    Ok((*step, part))
}

fn read_times(whole: &str, text: &str) -> Result<Times, String> {
    let number = |digits: &str| {
        digits.parse::<u64>().ok().filter(|n| *n > 0 && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let times = match text {
        "always" => Some(Times::Always),
        "session" => Some(Times::FirstSession),
        "links" => Some(Times::FirstLinks),
        _ if text.starts_with("every") => number(&text[5..]).map(Times::Every),
        _ if text.starts_with("at") => number(&text[2..]).map(Times::At),
        _ => match text.strip_suffix('%') {
            Some(share) => share
                .parse::<f64>()
                .ok()
                .filter(|s| (0.0..=100.0).contains(s) && !share.contains(['e', 'E', '+', '-']))
                .map(Times::Share),
            None => number(text).map(Times::First),
        },
    };
    times.ok_or_else(|| {
        format!(
            "{whole:?}: after the colon stands :3 (the first three), :every3 (every third), :at3 (the third only), :10% (by chance), :session (all of the first session), :links (all with the first links) or :always."
        )
    })
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.fault.name, self.step.name())?;
        if let Some(part) = self.part {
            write!(f, "={part}")?;
        }
        write!(f, "{}", self.times)
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First(n) => write!(f, ":{n}"),
            Self::Every(n) => write!(f, ":every{n}"),
            Self::At(n) => write!(f, ":at{n}"),
            Self::Share(share) => write!(f, ":{share}%"),
            Self::Always => write!(f, ":always"),
            Self::FirstSession => write!(f, ":session"),
            Self::FirstLinks => write!(f, ":links"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_times() -> impl Strategy<Value = Times> {
        prop_oneof![
            (1..=u64::MAX).prop_map(Times::First),
            (1..=u64::MAX).prop_map(Times::Every),
            (1..=u64::MAX).prop_map(Times::At),
            (0..=10_000_u32).prop_map(|n| Times::Share(f64::from(n) / 100.0)),
            Just(Times::Always),
            Just(Times::FirstSession),
            Just(Times::FirstLinks),
        ]
    }

    fn any_asked() -> impl Strategy<Value = Asked> {
        let made: Vec<&'static Fault> = FAULTS.iter().filter(|f| f.effect.is_some()).collect();
        (
            proptest::sample::select(made),
            any::<proptest::sample::Index>(),
            1..=10_000_u32,
            any::<bool>(),
            any_times(),
        )
            .prop_map(|(fault, step, part, numbered, times)| {
                let step = fault.steps[step.index(fault.steps.len())];
                let part = (numbered && step == Step::Part).then_some(part);
                Asked { fault, step, part, times, effect: fault.effect.unwrap() }
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(asked in any_asked()) {
            prop_assert_eq!(parse(&asked.to_string()), Ok(asked));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn no_suffix_breaks_the_reader(text in "\\PC{0,20}") {
            let _ = parse(&format!("500-once{text}"));
            let _ = parse(&format!("500-once:{text}"));
        }
    }

    #[test]
    fn every_form_is_read() {
        let times = |text: &str| parse(text).map(|asked| asked.times);
        assert_eq!(times("500-once"), Ok(Times::First(1)));
        assert_eq!(times("500-once:3"), Ok(Times::First(3)));
        assert_eq!(times("500-once@part:every5"), Ok(Times::Every(5)));
        assert_eq!(times("500-once@start:at2"), Ok(Times::At(2)));
        assert_eq!(times("reset-mid-body:12.5%"), Ok(Times::Share(12.5)));
        assert_eq!(times("403-expired"), Ok(Times::FirstLinks));
        assert_eq!(parse("slow@part=7").map(|asked| asked.part), Ok(Some(7)));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let wrong = |text: &str| parse(text).unwrap_err();
        assert!(
            wrong("500-twice").starts_with("There is no fault \"500-twice\". The names are: slow low-speed ")
        );
        assert_eq!(wrong("dns-fail"), "The fault \"dns-fail\" is known, not made yet.");
        assert_eq!(
            wrong("wrong-etag@start"),
            "The fault \"wrong-etag\" can happen at part, put, not at \"start\"."
        );
        assert!(wrong("slow@part=0").contains("numbered from 1"));
        assert!(wrong("slow@start=1").contains("only parts are numbered"));
        for text in
            ["502:", "502:0", "502:-1", "502:101%", "502:x", "502:every", "502:1e1%", "502:NaN%", "502:+3"]
        {
            assert!(wrong(text).contains("after the colon stands"), "{text}");
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = FAULTS.iter().map(|fault| fault.name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
