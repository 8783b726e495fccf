//! The tests of the crates as Windows programs, run by Wine.

use super::cargo::Tests;
use super::harness::{self, Told, Went};
use super::inside::Inside;
use super::known::{self, Known};
use crate::chroot;
use crate::leash;
use crate::stop::{Outcome, at, not_passed};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The tests that do not pass there, with their reasons.
pub(super) const LIST: &str = include_str!("wine.txt");

/// No debug output, and no programs that Wine would fetch for .NET, pages of help and menus.
const VARIABLES: [(&str, &str); 3] = [
    ("WINEPREFIX", "/wine"),
    ("WINEDEBUG", "-all"),
    ("WINEDLLOVERRIDES", "mscoree=;mshtml=;winemenubuilder.exe="),
];

const LIMIT: Duration = Duration::from_secs(40 * 60);

/// Reads a line for each program from the plan, its fields between tabs: a name for its files, its folder, itself, what it is told.
/// One that has no end is ended by `timeout`.
const RUN: &str = r#"
set -e
rm -rf /wine/drive_c/users/*/AppData/Local/Temp/*
while IFS="$(printf '\t')" read -r name folder program words; do
  cd "$folder"
  begun=$(date +%s)
  # shellcheck disable=SC2086
  timeout -k 5 "$1" wine "$program" $words > "/out/wine/$name.out" 2> "/out/wine/$name.err" < /dev/null || true
  [ "$2" = quiet ] || echo "$name: $(($(date +%s) - begun)) s"
done < /out/wine/plan
"#;

/// Runs all of them, in the order of their packages; what is not as the list says is told at the end.
pub(super) fn run(inside: &Inside, mut programs: Vec<Tests>, packages: &[&str]) -> Outcome<()> {
    let mut known = known::read(LIST).map_err(not_passed)?;
    known.retain(|one| packages.contains(&one.package()));
    let place_of = |one: &Tests| packages.iter().position(|package| *package == one.package);
    programs.sort_by_key(|one| (place_of(one), one.target.clone()));
    let programs = &programs[..];
    prefix(inside)?;
    let place = inside.out().join("wine");
    chroot::clear(&place)?;
    fs::create_dir_all(&place).map_err(at(&place))?;
    let names: Vec<String> = programs.iter().map(|one| format!("{} {}", one.package, one.target)).collect();
    let all = list(inside, &place, programs)?;
    let plan = programs.iter().zip(&names).zip(&all);
    let lines = plan.map(|((one, name), all)| {
        let skipped = known::skipped(&known, name, all);
        let skips: String = skipped.iter().map(|test| format!(" --skip {test}")).collect();
        line(one, &format!("-Z unstable-options --format json --test-threads {THREADS} --exact{skips}"))
    });
    follow(inside, &place, &lines.collect::<Vec<_>>(), PATIENCE, "")?;
    let told = told(&place, programs)?;
    println!("{}", table(&names, &all, &told));
    verdict(&known, &names, &all, &told)
}

/// Wine's servers are one more thing that runs beside the tests.
const THREADS: u32 = 4;
/// Seconds for a program with tests.
const PATIENCE: &str = "600";

fn file(one: &Tests) -> String {
    format!("{}-{}", one.package, one.target)
}

fn line(one: &Tests, words: &str) -> String {
    format!("{}\t{}\t{}\t{words}\n", file(one), one.folder, one.program)
}

/// What each program has in it.
fn list(inside: &Inside, place: &Path, programs: &[Tests]) -> Outcome<Vec<Vec<String>>> {
    let lines: Vec<_> = programs.iter().map(|one| line(one, "--list --format terse")).collect();
    follow(inside, place, &lines, "60", "quiet")?;
    let output = |one: &Tests| {
        let text = read(&place.join(format!("{}.out", file(one))))?;
        Ok(text.lines().filter_map(|line| line.trim().strip_suffix(": test").map(str::to_owned)).collect())
    };
    programs.iter().map(output).collect()
}

fn told(place: &Path, programs: &[Tests]) -> Outcome<Vec<Told>> {
    programs.iter().map(|one| Ok(harness::read(&read(&place.join(format!("{}.out", file(one))))?))).collect()
}

/// A test may print what is no text.
fn read(path: &PathBuf) -> Outcome<String> {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(at(path))
}

fn follow(inside: &Inside, place: &Path, lines: &[String], patience: &str, how: &str) -> Outcome<()> {
    let plan = place.join("plan");
    fs::write(&plan, lines.concat()).map_err(at(&plan))?;
    let surroundings = [&VARIABLES[..], &[("INSTA_WORKSPACE_ROOT", "/mnt"), ("INSTA_UPDATE", "no")]].concat();
    leash::succeed(&inside.command(&["sh", "-c", RUN, "run", patience, how], &surroundings), Some(LIMIT))
}

/// Wine's drive C, made unless that was brought to its end before.
fn prefix(inside: &Inside) -> Outcome<()> {
    let mark = inside.wine().join("made");
    if mark.exists() {
        return Ok(());
    }
    chroot::clear(&inside.wine())?;
    fs::create_dir_all(inside.wine()).map_err(at(&inside.wine()))?;
    let make = inside.command(
        &["sh", "-c", "wineboot --init && /usr/lib/x86_64-linux-gnu/wine/wineserver --wait"],
        &VARIABLES,
    );
    leash::succeed(&make, Some(Duration::from_secs(600)))?;
    fs::write(&mark, "").map_err(at(&mark))
}

/// How many tests of each package passed, failed as they are known to, and were not run.
fn table(names: &[String], all: &[Vec<String>], told: &[Told]) -> String {
    let mut rows: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for ((name, all), told) in names.iter().zip(all).zip(told) {
        let row = rows.entry(name.split(' ').next().unwrap_or(name)).or_default();
        let passed = told.count(Went::Passed);
        row[0] += passed;
        row[1] += told.count(Went::Failed);
        row[2] += all.len().saturating_sub(passed + told.count(Went::Failed));
    }
    let mut text = format!("{:<20}{:>8}{:>8}{:>8}", "under Wine", "passed", "failed", "not run");
    for (name, [passed, failed, not_run]) in rows {
        text.push_str(&format!("\n{name:<20}{passed:>8}{failed:>8}{not_run:>8}"));
    }
    text
}

fn verdict(known: &[Known<'_>], names: &[String], all: &[Vec<String>], told: &[Told]) -> Outcome<()> {
    let mut wrong = known::strangers(known, names);
    for ((name, all), told) in names.iter().zip(all).zip(told) {
        let of_it = known::judge(known, name, all, told);
        for (test, printed) in &told.printed {
            if of_it.iter().any(|sentence| sentence.contains(&format!("{name} {test} failed"))) {
                println!("---- {name} {test}\n{printed}");
            }
        }
        wrong.extend(of_it);
    }
    if wrong.is_empty() { Ok(()) } else { Err(not_passed(format!("Under Wine:\n  {}", wrong.join("\n  ")))) }
}
