//! The menu of the tray: what runs, as rows that only tell, and what can be done. Nothing that has no function is there.

use crate::glance::Glance;
use crate::words;

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Choose files.
    Add,
    /// Pause everything.
    PauseAll,
    /// Go on with everything that is paused.
    ResumeAll,
    /// Bring the window forward.
    Open,
    /// End the app.
    Quit,
}

impl Act {
    /// All of them, for what finds an entry again by its place.
    #[cfg_attr(target_os = "linux", expect(dead_code, reason = "there an entry knows its act"))]
    pub(crate) const ALL: [Self; 5] = [Self::Add, Self::PauseAll, Self::ResumeAll, Self::Open, Self::Quit];

    /// Its words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Add => "Add files",
            Self::PauseAll => "Pause all",
            Self::ResumeAll => "Resume all",
            Self::Open => "Open Partway",
            Self::Quit => "Quit",
        }
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A row that only tells.
    Text(String),
    /// A line between entries.
    Line,
    /// Something to do.
    Do(Act),
}

/// The menu for what there is to show.
pub(crate) fn entries(glance: &Glance) -> Vec<Entry> {
    let mut entries = vec![Entry::Text(words::status(glance))];
    entries.extend(glance.running.iter().map(|one| Entry::Text(words::running(one))));
    if glance.more > 0 && !glance.running.is_empty() {
        entries.push(Entry::Text(words::more(glance.more)));
    }
    entries.extend([Entry::Line, Entry::Do(Act::Add)]);
    if glance.uploading + glance.waiting > 0 {
        entries.push(Entry::Do(Act::PauseAll));
    }
    if glance.paused > 0 {
        entries.push(Entry::Do(Act::ResumeAll));
    }
    entries.extend([Entry::Do(Act::Open), Entry::Line, Entry::Do(Act::Quit)]);
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glance::Running;

    fn lines(glance: &Glance) -> Vec<String> {
        let line = |entry| match entry {
            Entry::Text(text) => text,
            Entry::Line => "--".into(),
            Entry::Do(act) => format!("[{}]", act.words()),
        };
        entries(glance).into_iter().map(line).collect()
    }

    #[test]
    fn what_runs_stands_above_what_can_be_done() {
        let running = ["cut_v7.mov", "ep12.mov"];
        let running = running.map(|name| Running { name: name.into(), percent: 42 }).to_vec();
        let glance = Glance { running, more: 12, uploading: 14, percent: Some(7), ..Glance::default() };
        assert_eq!(
            lines(&glance),
            [
                "Uploading 14 files, 7 %",
                "cut_v7.mov  42 %",
                "ep12.mov  42 %",
                "and 12 more",
                "--",
                "[Add files]",
                "[Pause all]",
                "[Open Partway]",
                "--",
                "[Quit]"
            ]
        );
    }

    #[test]
    fn nothing_is_offered_that_would_do_nothing() {
        assert_eq!(
            lines(&Glance::default()),
            ["Nothing is uploading", "--", "[Add files]", "[Open Partway]", "--", "[Quit]"]
        );
        let paused = Glance { paused: 2, ..Glance::default() };
        assert_eq!(
            lines(&paused),
            ["2 files paused", "--", "[Add files]", "[Resume all]", "[Open Partway]", "--", "[Quit]"]
        );
        let both = Glance { paused: 2, waiting: 1, ..Glance::default() };
        assert!(
            lines(&both).contains(&"[Pause all]".into()) && lines(&both).contains(&"[Resume all]".into())
        );
    }

    #[test]
    fn what_needs_the_user_is_said_first() {
        let glance = Glance { attention: 3, uploading: 1, ..Glance::default() };
        assert_eq!(lines(&glance)[0], "3 files need you");
    }
}
