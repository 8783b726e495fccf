//! One message about the named files that could not be added or must be downloaded first, wherever they came
//! from.

use partway_api::{Answer, HoldName};
use partway_core::visible;
use partway_engine::scan::Found;

use super::{bytes, count};

/// The message for an answer to `Add`, including files left out before the request; `None` if there is
/// nothing to say. A batch in its countdown has a bar that says it.
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
    let elsewhere = match answer {
        Answer::Added { elsewhere, .. } => elsewhere.clone(),
        _ => None,
    };
    let sentences: Vec<_> = cannot_go(&before, taken).into_iter().chain(elsewhere).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn cannot_go(left_out: &[(String, String)], taken: usize) -> Option<String> {
    let (_, first) = left_out.first()?;
    let (left, all) = (left_out.len(), left_out.len() + taken);
    Some(match (left, taken) {
        (1, 0) => first.clone(),
        (1, _) => format!("1 of {all} cannot be sent: {first}"),
        (_, 0) => format!("None of these {all} can be sent. The first of them: {first}"),
        _ => format!("{left} of {all} cannot be sent. The first of them: {first}"),
    })
}

/// The message about files whose content is in the cloud, before the first is read; `None` if there are none.
pub(crate) fn elsewhere<'a>(files: impl Iterator<Item = &'a Found>) -> Option<String> {
    let (mut number, mut size, mut first) = (0_usize, 0_u64, None);
    for file in files {
        number += 1;
        size = size.saturating_add(file.identity.size);
        first = first.or(Some(&file.name));
    }
    let (what, are) = match (first?, number) {
        (name, 1) => (visible(name).into_owned(), "is"),
        (_, some) => (count(u32::try_from(some).unwrap_or(u32::MAX), "file", "files"), "are"),
    };
    Some(format!(
        "{what} {are} only in the cloud (OneDrive, iCloud or the like): {} are downloaded to this computer first, as far as there is room.",
        bytes(size)
    ))
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
            let left_out = left(&["a"]);
            let answer = Answer::Added { batch: None, jobs: vec![job(holds)], left_out, elsewhere: None };
            not_taken(&answer, left(before)).unwrap_or_default()
        };
        let said = [
            added(Vec::new(), &[]),
            added(vec![HoldName::Countdown], &[]),
            // The bar does not know about these.
            added(vec![HoldName::Countdown], &["c"]),
        ];
        insta::assert_snapshot!(said.join("\n"), @r"
        1 of 2 cannot be sent: a was not found at /x/a. Check the path.

        1 of 2 cannot be sent: c was not found at /x/c. Check the path.
        ");
    }

    #[test]
    fn what_is_only_in_the_cloud_is_said_with_its_size() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.mov");
        std::fs::write(&path, "a").unwrap();
        let here = partway_engine::scan::look(&[path]).files.remove(0);
        assert!(!here.elsewhere);
        let away = |size| {
            let identity = partway_core::FileIdentity { size, ..here.identity };
            Found { identity, elsewhere: true, ..here.clone() }
        };
        assert_eq!(elsewhere([].iter()), None);
        let said = [elsewhere([away(4_200_000_000)].iter()), elsewhere([away(1), away(2_000_000)].iter())];
        insta::assert_snapshot!(said.map(Option::unwrap).join("\n"), @r"
        a.mov is only in the cloud (OneDrive, iCloud or the like): 4.20 GB are downloaded to this computer first, as far as there is room.
        2 files are only in the cloud (OneDrive, iCloud or the like): 2.00 MB are downloaded to this computer first, as far as there is room.
        ");
        let answer = Answer::Added {
            batch: None,
            jobs: Vec::new(),
            left_out: left(&["b"]),
            elsewhere: Some("x.".into()),
        };
        assert_eq!(
            not_taken(&answer, Vec::new()).as_deref(),
            Some("b was not found at /x/b. Check the path. x.")
        );
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
