//! `cargo xtask test`: every check and test, the cheap ones first, with a heading and the time of each step.

mod steps;

use crate::requirements;
use crate::stop::{Outcome, not_passed};
use crate::workspace::Workspace;
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
    let context = Context { workspace: Workspace::find()?, yes };
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|step| arguments.only.is_empty() || arguments.only.iter().any(|name| name == step.name))
        .collect();
    let mut times = Vec::new();
    let mut failed = Vec::new();
    for (index, step) in chosen.iter().enumerate() {
        println!("\n== {} ({} of {}): {}", step.name, index + 1, chosen.len(), step.about);
        let begun = Instant::now();
        let done = (step.work)(&context);
        let took = begun.elapsed();
        times.push((step.name, took, done.is_ok()));
        match done {
            Ok(()) => println!("== {} passed in {}", step.name, spoken(took)),
            Err(stop) if stop.is_about_the_machine() || !arguments.keep_going => {
                summary(&times);
                return Err(stop.in_step(step.name));
            }
            Err(stop) => {
                println!("== {} did not pass ({}): {}", step.name, spoken(took), stop.sentence);
                failed.push(step.name);
            }
        }
    }
    summary(&times);
    if failed.is_empty() {
        println!("All {} steps passed.", chosen.len());
        return Ok(());
    }
    Err(not_passed(format!("Not passed: {}", failed.join(", "))))
}

fn summary(times: &[(&str, Duration, bool)]) {
    println!("\n== times");
    for (name, took, passed) in times {
        println!("{name:<12}{:>12}  {}", spoken(*took), if *passed { "passed" } else { "did not pass" });
    }
    println!("{:<12}{:>12}", "all", spoken(times.iter().map(|(_, took, _)| *took).sum()));
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

    #[test]
    fn times_are_spoken() {
        assert_eq!(spoken(Duration::from_millis(5_040)), "5.0 s");
        assert_eq!(spoken(Duration::from_secs(61)), "1 min 01 s");
        assert_eq!(spoken(Duration::from_secs(3_600)), "60 min 00 s");
    }
}
