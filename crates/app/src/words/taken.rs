//! What of the named files could not be taken in, in one message, wherever they came from.

use partway_api::{Answer, HoldName};

/// What is said of an answer to `Add`, and of what was left out before it was asked; `None` where there is nothing to say. A batch in its
/// countdown has a bar that says it.
#[must_use]
pub fn not_taken(answer: &Answer, mut before: Vec<(String, String)>) -> Option<String> {
    let (taken, left_out) = match answer {
        Answer::Added { jobs, left_out, .. } => {
            let told = jobs.first().is_some_and(|job| job.holds.contains(&HoldName::Countdown));
            (jobs.len(), if told { &[] } else { left_out.as_slice() })
        }
        Answer::Kept { kept, left_out } => (*kept, left_out.as_slice()),
        _ => (0, &[][..]),
    };
    before.extend_from_slice(left_out);
    let (_, first) = before.first()?;
    let (left, all) = (before.len(), before.len() + taken);
    Some(match (left, taken) {
        (1, 0) => first.clone(),
        (1, _) => format!("1 of {all} cannot be sent: {first}"),
        (_, 0) => format!("None of these {all} can be sent. The first of them: {first}"),
        _ => format!("{left} of {all} cannot be sent. The first of them: {first}"),
    })
}

#[cfg(test)]
mod tests {
    use partway_api::{JobLine, StateName};

    use super::*;

    fn left(names: &[&str]) -> Vec<(String, String)> {
        let one = |name: &&str| {
            (format!("/x/{name}"), format!("{name} was not found at /x/{name}. Check the path."))
        };
        names.iter().map(one).collect()
    }

    #[test]
    fn a_batch_is_counted_against_what_was_named() {
        let kept =
            |kept, names: &[&str]| not_taken(&Answer::Kept { kept, left_out: left(names) }, Vec::new());
        let said: Vec<_> = [kept(0, &["a"]), kept(1, &["a"]), kept(0, &["a", "b"]), kept(143, &["a", "b"])]
            .into_iter()
            .flatten()
            .collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        a was not found at /x/a. Check the path.
        1 of 2 cannot be sent: a was not found at /x/a. Check the path.
        None of these 2 can be sent. The first of them: a was not found at /x/a. Check the path.
        2 of 145 cannot be sent. The first of them: a was not found at /x/a. Check the path.
        ");
        assert_eq!(kept(3, &[]), None);
    }

    #[test]
    fn a_batch_that_counts_down_says_itself_what_is_not_in_it_and_one_that_goes_does_not() {
        let job = |holds| JobLine {
            id: "1".into(),
            file: "/x/b".into(),
            destination: "Acme".into(),
            state: StateName::Waiting,
            holds,
            size: 1,
            confirmed: 0,
            parts: 0,
            parts_confirmed: 0,
            reason: None,
            refused: false,
            skipped: false,
            receipt: None,
        };
        let added = |holds, before: &[&str]| {
            let answer = Answer::Added { batch: None, jobs: vec![job(holds)], left_out: left(&["a"]) };
            not_taken(&answer, left(before)).unwrap_or_default()
        };
        let said = [
            added(Vec::new(), &[]),
            added(vec![HoldName::Countdown], &[]),
            // Of this the bar knows nothing.
            added(vec![HoldName::Countdown], &["c"]),
        ];
        insta::assert_snapshot!(said.join("\n"), @r"
        1 of 2 cannot be sent: a was not found at /x/a. Check the path.

        1 of 2 cannot be sent: c was not found at /x/c. Check the path.
        ");
    }

    #[test]
    fn what_was_left_out_before_it_was_asked_counts_too() {
        let kept = Answer::Kept { kept: 1, left_out: left(&["b"]) };
        assert!(
            not_taken(&kept, left(&["a"]))
                .unwrap()
                .starts_with("2 of 3 cannot be sent. The first of them: a ")
        );
        assert_eq!(not_taken(&Answer::Ok, left(&["a"])).unwrap(), "a was not found at /x/a. Check the path.");
        assert_eq!(not_taken(&Answer::Ok, Vec::new()), None);
    }
}
