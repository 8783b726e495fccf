//! A computer that lets Partway open few files: what can go goes, the disk is not blamed for what cannot, and nothing is lost.

use std::process::{Command, Stdio};

use crate::support::{Chance, House, Running};

/// The same command, which may open so many files.
fn limited(command: &Command, limit: u32) -> Command {
    let script = format!("ulimit -n {limit} && exec \"$0\" \"$@\"");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).arg(command.get_program()).args(command.get_args());
    shell.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, value) in command.get_envs() {
        shell.env(name, value.unwrap_or_default());
    }
    shell.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    shell.current_dir(command.get_current_dir().unwrap());
    shell
}

/// Never said where nothing is wrong with the disk.
const NOT_THE_DISK: [&str; 4] =
    ["Look after its disk", "room again", "what lies in it", "could not read or write"];

#[test]
fn with_few_open_files_every_file_arrives_all_the_same() {
    for limit in [64, 40] {
        let house = House::with(&["--part-size", "262144"]);
        let mut chance = Chance::of("open_files");
        let mut files: Vec<_> =
            (0..20).map(|n| house.file(&format!("{n}.bin"), 100_000, &mut chance)).collect();
        files.push(house.file("large.bin", 8 << 20, &mut chance));
        let names: Vec<_> = files.iter().map(|file| file.path.clone()).collect();
        let words = ["upload".as_ref(), "--json".as_ref()].into_iter().chain(names.iter().map(AsRef::as_ref));
        let command = house.command(words.collect::<Vec<&std::ffi::OsStr>>());
        let ran = Running::begin(limited(&command, limit)).end();
        for words in NOT_THE_DISK {
            assert!(!ran.err.contains(words) && !ran.out.contains(words), "{limit}: {}", ran.err);
        }
        ran.assert_verified();
        for file in &files {
            assert_eq!(house.sandbox.copies_of(&file.path), 1, "{limit}: {}", file.path.display());
        }
    }
}

#[test]
fn with_far_too_few_the_disk_is_not_blamed_and_nothing_is_lost() {
    let house = House::with(&[]);
    house.file("a.bin", 1_000, &mut Chance::of("far_too_few"));
    for limit in [25, 24, 23, 20, 16, 12] {
        for words in
            [&["upload", "a.bin", "--max-wait", "10"][..], &["list"], &["resume", "--max-wait", "10"]]
        {
            let ran = Running::begin(limited(&house.command(words), limit)).end();
            let said = format!("{}{}", ran.out, ran.err);
            for words in NOT_THE_DISK {
                assert!(!said.contains(words), "{limit} {:?}: {said}", ran.code);
            }
            // What did not come about has a reason, and that nothing is confirmed is none.
            let bare =
                said.lines().any(|line| line.contains("still waiting") && line.ends_with("confirmed."));
            assert!(
                ran.code == Some(0) || !said.trim().is_empty() && !bare,
                "{limit} {:?}: {said}",
                ran.code
            );
        }
    }
    house.run(["resume", "--json"]);
    let ran = house.run(["upload", "a.bin", "--json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}
