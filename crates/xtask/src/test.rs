//! `cargo xtask test`: every check and test, the cheap ones first, with a heading and the time of each step.

mod steps;

use crate::requirements;
use crate::stop::{Outcome, not_passed};
use crate::workspace::Workspace;
use std::cell::RefCell;
use std::time::{Duration, Instant};
use steps::{STEPS, Step};

/// What can be said on the command line.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only this step; may be repeated.
    #[arg(long, value_name = "STEP", value_parser = steps::names())]
    only: Vec<String>,
    /// Go on after a step that did not pass, and tell all of them at the end.
    #[arg(long)]
    keep_going: bool,
    /// Name the steps and run none.
    #[arg(long)]
    list: bool,
}

/// What a step is given.
pub(crate) struct Context {
    /// The checkout.
    pub(crate) workspace: Workspace,
    /// The person agreed beforehand to installing packages.
    pub(crate) yes: bool,
    /// What the step that runs could not try on this machine.
    left_out: RefCell<Vec<String>>,
}

impl Context {
    /// Says at once and at the end that a part of the step was not tried here, and why: a pass must not hide it.
    fn leave_out(&self, sentence: &str) {
        println!("NOT RUN: {sentence}");
        self.left_out.borrow_mut().push(sentence.to_owned());
    }
}

/// How one step went.
struct Report {
    name: &'static str,
    took: Duration,
    passed: bool,
    left_out: Vec<String>,
}

/// Runs the chosen steps in their order.
pub(crate) fn test(arguments: &Arguments, yes: bool) -> Outcome<()> {
    if arguments.list {
        for step in STEPS {
            println!("{:<12}{}", step.name, step.about);
        }
        return Ok(());
    }
    requirements::check(&["fmt", "clippy"])?;
    let context = Context { workspace: Workspace::find()?, yes, left_out: RefCell::default() };
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|step| arguments.only.is_empty() || arguments.only.iter().any(|name| name == step.name))
        .collect();
    let mut reports = Vec::new();
    for (index, step) in chosen.iter().enumerate() {
        println!("\n== {} ({} of {}): {}", step.name, index + 1, chosen.len(), step.about);
        let begun = Instant::now();
        let done = (step.work)(&context);
        let took = begun.elapsed();
        let left_out = context.left_out.take();
        reports.push(Report { name: step.name, took, passed: done.is_ok(), left_out });
        match done {
            Ok(()) => println!("== {} passed in {}", step.name, spoken(took)),
            Err(stop) if stop.is_about_the_machine() || !arguments.keep_going => {
                println!("\n{}", times(&reports));
                return Err(stop.in_step(step.name));
            }
            Err(stop) => println!("== {} did not pass ({}): {}", step.name, spoken(took), stop.sentence),
        }
    }
    println!("\n{}", times(&reports));
    println!("{}", verdict(&reports)?);
    Ok(())
}

/// The time of each step, and how it went.
fn times(reports: &[Report]) -> String {
    let mut text = "== times\n".to_owned();
    for Report { name, took, passed, left_out } in reports {
        let how = match (passed, left_out.is_empty()) {
            (true, true) => "passed",
            (true, false) => "passed, a part was not run",
            (false, _) => "did not pass",
        };
        text.push_str(&format!("{name:<12}{:>12}  {how}\n", spoken(*took)));
    }
    text + &format!("{:<12}{:>12}", "all", spoken(reports.iter().map(|report| report.took).sum()))
}

/// The last words of a run that went through: which steps did not pass, else that they did, and what they could not try here.
fn verdict(reports: &[Report]) -> Outcome<String> {
    let failed: Vec<_> = reports.iter().filter(|report| !report.passed).map(|report| report.name).collect();
    let left_out = |report: &Report| -> Vec<String> {
        report.left_out.iter().map(|sentence| format!("NOT RUN in {}: {sentence}", report.name)).collect()
    };
    let left_out: Vec<_> = reports.iter().flat_map(left_out).collect();
    let lines = |first: String| std::iter::once(first).chain(left_out.clone()).collect::<Vec<_>>().join("\n");
    if !failed.is_empty() {
        return Err(not_passed(lines(format!("Not passed: {}", failed.join(", ")))));
    }
    let but = if left_out.is_empty() { "." } else { ", but not everything could be tried here:" };
    let all = match reports.len() {
        1 => "The one step".to_owned(),
        some => format!("All {some} steps"),
    };
    Ok(lines(format!("{all} passed{but}")))
}

/// A time for people: tenths below a minute, whole seconds above.
fn spoken(time: Duration) -> String {
    match time.as_secs() / 60 {
        0 => format!("{:.1} s", time.as_secs_f64()),
        minutes => format!("{minutes} min {:02} s", time.as_secs() % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(name: &'static str, passed: bool, left_out: &[&str]) -> Report {
        let left_out = left_out.iter().map(|&sentence| sentence.to_owned()).collect();
        Report { name, took: Duration::from_secs(1), passed, left_out }
    }

    #[test]
    fn what_was_not_run_is_the_last_word_of_a_run_that_passed() {
        let reports =
            [report("fmt", true, &[]), report("package", true, &["Installing it. Run it as root."])];
        assert_eq!(
            verdict(&reports).unwrap(),
            "All 2 steps passed, but not everything could be tried here:\n\
             NOT RUN in package: Installing it. Run it as root."
        );
        assert_eq!(verdict(&reports[..1]).unwrap(), "The one step passed.");
        let table = times(&reports);
        assert!(table.contains("fmt                1.0 s  passed\n"), "{table}");
        assert!(table.contains("package            1.0 s  passed, a part was not run\n"), "{table}");
    }

    #[test]
    fn what_did_not_pass_hides_nothing_that_was_not_run() {
        let reports = [report("fmt", false, &[]), report("package", true, &["Installing it."])];
        let stop = verdict(&reports).unwrap_err();
        assert_eq!(stop.sentence, "Not passed: fmt\nNOT RUN in package: Installing it.");
        assert!(times(&reports).contains("did not pass\n"));
    }

    #[test]
    fn times_are_spoken() {
        assert_eq!(spoken(Duration::from_millis(5_040)), "5.0 s");
        assert_eq!(spoken(Duration::from_secs(61)), "1 min 01 s");
        assert_eq!(spoken(Duration::from_secs(3_600)), "60 min 00 s");
    }
}
