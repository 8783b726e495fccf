//! The tests that do not pass under Wine, each with its reason: `wine.txt`, held against what happens, so that it stays true.

use super::harness::{Told, Went};

/// What is expected of one test, or of all below a module.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known<'a> {
    how: How,
    /// Package, target and test, a blank between them. What is not run may be a module: it ends in `::` and means all below it.
    name: &'a str,
    reason: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// It is run, and has to fail.
    Fails,
    /// It is not run: it may pass or not, hangs, or takes too long.
    Skipped,
}

impl Known<'_> {
    /// Of which package.
    pub(super) fn package(&self) -> &str {
        self.name.split(' ').next().unwrap_or(self.name)
    }

    fn means(&self, test: &str) -> bool {
        self.name == test
            || (self.how == How::Skipped && self.name.ends_with("::") && test.starts_with(self.name))
    }
}

/// Reads the list, a line each: `fails` or `skip`, package, target, test, ` | ` and the reason. `#` begins a remark.
pub(super) fn read(text: &str) -> Result<Vec<Known<'_>>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| known(line).ok_or_else(|| format!("not a line of this list: {line}"))).collect()
}

fn known(line: &str) -> Option<Known<'_>> {
    let (test, reason) = line.split_once(" | ")?;
    let (how, name) = test.trim().split_once(' ')?;
    let how = match how {
        "fails" => How::Fails,
        "skip" => How::Skipped,
        _ => return None,
    };
    (name.split(' ').count() == 3 && !reason.is_empty()).then_some(Known { how, name, reason })
}

/// Those of a program's tests that are not run.
pub(super) fn skipped<'a>(known: &[Known<'_>], program: &str, all: &'a [String]) -> Vec<&'a str> {
    let skipped = |test: &&String| {
        let name = format!("{program} {test}");
        known.iter().any(|one| one.how == How::Skipped && one.means(&name))
    };
    all.iter().filter(skipped).map(String::as_str).collect()
}

/// What is not as it should be with a program, a sentence each. `all` are the tests that it has.
pub(super) fn judge(known: &[Known<'_>], program: &str, all: &[String], told: &Told) -> Vec<String> {
    let mut wrong = Vec::new();
    if !told.whole {
        wrong.push(format!("{program} did not end by itself"));
    }
    for (test, went) in &told.tests {
        let name = format!("{program} {test}");
        let fails = known.iter().find(|one| one.how == How::Fails && one.means(&name));
        match (went, fails) {
            (Went::Failed, None) => wrong.push(format!("{name} failed")),
            (Went::Unfinished, _) => wrong.push(format!("{name} has no end")),
            (Went::Passed, Some(one)) => {
                wrong.push(format!("{name} passes now: take it off the list ({})", one.reason));
            }
            _ => {}
        }
    }
    let of_it =
        known.iter().filter(|one| one.name.strip_prefix(program).is_some_and(|rest| rest.starts_with(' ')));
    let unknown = of_it.filter(|one| !all.iter().any(|test| one.means(&format!("{program} {test}"))));
    wrong.extend(unknown.map(|one| format!("{} is on the list, and there is no such test", one.name)));
    wrong
}

/// What the list says of programs that there are not.
pub(super) fn strangers(known: &[Known<'_>], programs: &[String]) -> Vec<String> {
    let is_there =
        |one: &&Known<'_>| !programs.iter().any(|program| one.name.starts_with(&format!("{program} ")));
    known
        .iter()
        .filter(is_there)
        .map(|one| format!("{} is on the list, and there is no such program", one.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str =
        "# a remark\n\nfails p it a::b | Wine has none.\nskip p it slow:: | It takes an hour.\n";

    fn told(tests: &[(&str, Went)]) -> Told {
        let tests = tests.iter().map(|(name, went)| ((*name).to_owned(), *went)).collect();
        Told { tests, whole: true, ..Told::default() }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_list_that_is_true_has_nothing_against_it() {
        let known = read(LIST).unwrap();
        let all = names(&["a::b", "a::c", "slow::x"]);
        assert_eq!(skipped(&known, "p it", &all), ["slow::x"]);
        assert_eq!(known[1].package(), "p");
        let went = told(&[("a::b", Went::Failed), ("a::c", Went::Passed)]);
        assert_eq!(judge(&known, "p it", &all, &went), names(&[]));
        assert_eq!(strangers(&known, &names(&["p it"])), names(&[]));
    }

    #[test]
    fn each_way_in_which_it_is_not_true_is_told() {
        let known = read(LIST).unwrap();
        let went = told(&[("a::b", Went::Passed), ("a::c", Went::Failed), ("a::d", Went::Unfinished)]);
        assert_eq!(
            judge(&known, "p it", &names(&["a::b", "a::c", "a::d"]), &went),
            [
                "p it a::b passes now: take it off the list (Wine has none.)",
                "p it a::c failed",
                "p it a::d has no end",
                "p it slow:: is on the list, and there is no such test",
            ]
        );
        let ended = Told { whole: false, ..went };
        assert_eq!(judge(&known, "q it", &[], &ended)[0], "q it did not end by itself");
        assert_eq!(strangers(&known, &names(&["q it"])).len(), 2);
    }

    #[test]
    fn a_line_without_a_reason_is_refused() {
        for line in ["fails p it a", "fails p it a | ", "maybe p it a | b", "fails p a | b"] {
            assert!(read(line).is_err(), "{line}");
        }
    }

    #[test]
    fn the_list_of_this_project_can_be_read() {
        assert_eq!(read(super::super::wine::LIST).err(), None);
    }
}
