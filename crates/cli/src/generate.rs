//! Man pages and completions, from the same texts as `--help`.

use std::io;
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, line_break, roman};

use crate::args::{Args, Generate};
use crate::exit::{Exit, Stopped};
use crate::print;

const NAME: &str = "partwayctl";
/// The name of the manual, at the head of each page.
const MANUAL: &str = "Partway";

/// Generates the requested output; needs no data folder.
///
/// # Errors
/// A page cannot be written, or standard output is no longer read.
pub(crate) fn run(what: &Generate) -> Result<Exit, Stopped> {
    match what {
        Generate::Man { folder } => write_pages(folder)
            .map_err(|why| Stopped::here(format!("{} cannot be written: {why}", folder.display())))?,
        Generate::Completions { shell } => print::line(completions(*shell).trim_end())?,
    }
    Ok(Exit::Good)
}

/// Writes a page for partwayctl and one for each of its commands.
fn write_pages(folder: &Path) -> io::Result<()> {
    let mut command = shown();
    command.build();
    write_page(&command, folder)
}

fn write_page(command: &Command, folder: &Path) -> io::Result<()> {
    command.get_subcommands().try_for_each(|below| write_page(below, folder))?;
    let page =
        Man::new(command.clone()).manual(MANUAL).source(format!("{NAME} {}", env!("CARGO_PKG_VERSION")));
    std::fs::write(folder.join(page.get_filename()), page_text(&page, command)?)
}

fn page_text(page: &Man, command: &Command) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    if let Some(after) = command.get_after_help() {
        let mut section = Roff::new();
        // A table whose lines must not flow into one another.
        section.control("SH", ["EXIT CODES AND VARIABLES"]).control("nf", []);
        section
            .text(after.to_string().lines().flat_map(|line| [roman(line), line_break()]).collect::<Vec<_>>());
        section.control("fi", []).to_writer(&mut text)?;
    }
    Ok(text)
}

fn completions(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut shown(), NAME, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Without `help`, which repeats `--help`.
fn shown() -> Command {
    Args::command().disable_help_subcommand(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(command: &Command, found: &mut Vec<String>) {
        found.push(format!("{}.1", command.get_display_name().unwrap_or(command.get_name())));
        command.get_subcommands().for_each(|below| commands(below, found));
    }

    #[test]
    fn every_command_has_a_page() {
        let folder = tempfile::tempdir().unwrap();
        write_pages(folder.path()).unwrap();
        let mut wanted = Vec::new();
        let mut all = shown();
        all.build();
        commands(&all, &mut wanted);
        wanted.sort();
        let mut pages: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|page| page.unwrap().file_name().into_string().unwrap())
            .collect();
        pages.sort();
        assert_eq!(pages, wanted);
        assert!(pages.contains(&"partwayctl-destinations-add.1".to_owned()));
        let main = std::fs::read_to_string(folder.path().join("partwayctl.1")).unwrap();
        assert!(
            main.contains("EXIT CODES") && main.contains("130") && main.contains("PARTWAY_LOG"),
            "{main}"
        );
    }

    #[test]
    fn every_shell_learns_the_commands_and_not_the_one_for_packages() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
            let text = completions(shell);
            assert!(text.contains("upload") && text.contains("require-verified"), "{shell}");
            assert!(!text.contains("generate"), "{shell}");
        }
    }
}
