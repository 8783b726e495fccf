//! What can be told without the window: what runs, how far everything is, and what needs the user. Made from ticks, never asked for.

use std::collections::HashMap;

use partway_api::{Counts, Filter, Footer, JobRow, Look, StateName, Tick, WatchedView};

/// So many running files are named; of the others the number is.
pub(crate) const NAMED: u32 = 5;

/// What the ticks have to be about.
pub(crate) fn look() -> Look {
    Look { filter: Filter::Uploading, limit: NAMED, ..Look::default() }
}

/// What the ticks told so far.
#[derive(Debug, Default)]
pub(crate) struct Told {
    rows: HashMap<String, JobRow>,
    order: Vec<String>,
    total: u32,
    counts: Counts,
    footer: Footer,
    watches: bool,
}

/// What the icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Face {
    /// Nothing goes on.
    #[default]
    Idle,
    /// Something uploads or waits for its turn.
    Working,
    /// Something needs the user.
    Attention,
}

/// A file that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Running {
    /// Its name, whole.
    pub name: String,
    /// Percent of its bytes that are confirmed.
    pub percent: u8,
}

/// All of it, small enough to be compared: what is equal is not shown again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Glance {
    pub face: Face,
    pub running: Vec<Running>,
    /// Running files that are not named.
    pub more: u32,
    pub uploading: u32,
    pub waiting: u32,
    pub paused: u32,
    /// Files that need the user: the only number that is put on an icon.
    pub attention: u32,
    /// Percent of everything that is under way; `None` while nothing uploads.
    pub percent: Option<u8>,
    /// Folders are watched: something may come at any time.
    pub watches: bool,
}

impl Glance {
    /// Whether something uploads or waits for its turn, or may come by itself.
    pub(crate) const fn has_work(&self) -> bool {
        self.uploading + self.waiting > 0 || self.watches
    }
}

impl Told {
    /// Takes a tick in. After ticks began anew it holds everything, so that nothing old stays.
    pub(crate) fn take(&mut self, tick: Tick) {
        if let Some(rows) = tick.rows {
            self.rows.extend(rows.changed.into_iter().map(|row| (row.id.clone(), row)));
            self.rows.retain(|id, _| rows.order.contains(id));
            (self.order, self.total) = (rows.order, rows.total);
        }
        self.counts = tick.counts.unwrap_or(self.counts);
        self.watches = tick.watched.map_or(self.watches, |folders| watches(&folders));
        if let Some(footer) = tick.footer {
            self.footer = footer;
        }
    }

    /// Begins anew.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// What there is to show.
    pub(crate) fn glance(&self) -> Glance {
        let Counts { uploading, waiting, paused, needs_attention: attention, .. } = self.counts;
        let rows = self.order.iter().filter_map(|id| self.rows.get(id));
        let running: Vec<_> = rows.filter(|row| runs(row)).map(running).collect();
        let named = u32::try_from(running.len()).unwrap_or(u32::MAX);
        let face = match (attention, uploading + waiting) {
            (0, 0) => Face::Idle,
            (0, _) => Face::Working,
            _ => Face::Attention,
        };
        let percent = (uploading > 0).then(|| percent(self.footer.confirmed, self.footer.total));
        let more = self.total.saturating_sub(named);
        Glance { face, running, more, uploading, waiting, paused, attention, percent, watches: self.watches }
    }
}

/// Whether something may come from these folders. One that is switched off is no reason to wait for it.
pub(crate) fn watches(folders: &[WatchedView]) -> bool {
    folders.iter().any(|folder| folder.watching)
}

fn runs(row: &JobRow) -> bool {
    matches!(row.state, StateName::Checking | StateName::Uploading | StateName::Finishing)
}

fn running(row: &JobRow) -> Running {
    Running { name: row.name.clone(), percent: percent(row.confirmed, row.size) }
}

/// Never 100 before it is all.
fn percent(some: u64, all: u64) -> u8 {
    if all == 0 {
        return 0;
    }
    let percent = u128::from(some) * 100 / u128::from(all);
    u8::try_from(percent).unwrap_or(100).min(100)
}

#[cfg(test)]
pub(crate) mod tests {
    use partway_api::{FieldsDraft, RowsChange};

    use super::*;

    pub(crate) fn row(id: &str, name: &str, size: u64, confirmed: u64) -> JobRow {
        JobRow {
            id: id.into(),
            batch: "b".into(),
            name: name.into(),
            path: format!("/takes/{name}"),
            kind: "MOV".into(),
            size,
            destination: "Acme".into(),
            practice: false,
            state: StateName::Uploading,
            holds: Vec::new(),
            label: "Uploading".into(),
            sub: String::new(),
            sentence: None,
            confirmed,
            on_the_way: 0,
            speed: 0,
            seconds_left: None,
            parts: 10,
            ribbon: String::new(),
            actions: Vec::new(),
        }
    }

    pub(crate) fn folder(watching: bool) -> WatchedView {
        WatchedView {
            id: "w".into(),
            path: "/takes".into(),
            destination: "d".into(),
            to: "New files go to Acme".into(),
            fields: FieldsDraft::default(),
            done: None,
            watching,
            watched: watching,
            state: String::new(),
            bad: false,
        }
    }

    fn tick(rows: &[JobRow], order: &[&str], total: u32) -> Tick {
        let order = order.iter().map(|id| (*id).to_owned()).collect();
        let counts = Counts { uploading: total, ..Counts::default() };
        Tick {
            rows: Some(RowsChange { total, offset: 0, order, changed: rows.to_vec() }),
            counts: Some(counts),
            footer: Some(Footer { confirmed: 50, total: 200, ..Footer::default() }),
            ..Tick::default()
        }
    }

    #[test]
    fn what_runs_is_named_with_its_percent_in_the_order_of_the_list() {
        let mut told = Told::default();
        let at = |state, id, name, confirmed| JobRow { state, ..row(id, name, 1000, confirmed) };
        let rows = [
            at(StateName::Uploading, "1", "a.mov", 429),
            at(StateName::Finishing, "2", "b.mov", 999),
            at(StateName::Waiting, "3", "c.mov", 10),
            at(StateName::Checking, "4", "d.mov", 0),
            at(StateName::Uploading, "5", "e.mov", 20),
        ];
        told.take(tick(&rows, &["5", "2", "4", "3", "1"], 17));
        let glance = told.glance();
        let named: Vec<_> = glance.running.iter().map(|one| (one.name.as_str(), one.percent)).collect();
        assert_eq!(named, [("e.mov", 2), ("b.mov", 99), ("d.mov", 0), ("a.mov", 42)]);
        assert_eq!((glance.more, glance.percent, glance.face), (13, Some(25), Face::Working));
    }

    #[test]
    fn a_change_of_one_row_keeps_the_others_and_what_is_gone_is_forgotten() {
        let mut told = Told::default();
        told.take(tick(&[row("1", "a.mov", 100, 1), row("2", "b.mov", 100, 1)], &["1", "2"], 2));
        told.take(tick(&[row("1", "a.mov", 100, 50)], &["1", "2"], 2));
        let percents: Vec<_> = told.glance().running.iter().map(|one| one.percent).collect();
        assert_eq!(percents, [50, 1]);
        told.take(tick(&[], &["2"], 1));
        assert_eq!(told.glance().running.len(), 1);
        assert_eq!(told.rows.len(), 1, "memory does not grow with what has run");
    }

    #[test]
    fn the_face_is_attention_before_work_and_work_before_rest() {
        let face = |counts| {
            let mut told = Told::default();
            told.take(Tick { counts: Some(counts), ..Tick::default() });
            told.glance().face
        };
        assert_eq!(face(Counts::default()), Face::Idle);
        assert_eq!(face(Counts { verified: 9, paused: 2, all: 11, ..Counts::default() }), Face::Idle);
        assert_eq!(face(Counts { waiting: 1, ..Counts::default() }), Face::Working);
        assert_eq!(face(Counts { uploading: 1, needs_attention: 1, ..Counts::default() }), Face::Attention);
        assert_eq!(
            face(Counts { needs_attention: 1, ..Counts::default() }),
            Face::Attention,
            "nor is it rest"
        );
    }

    #[test]
    fn a_folder_that_is_watched_is_work_until_it_is_switched_off() {
        let mut told = Told::default();
        let mut has_work = |folders| {
            told.take(Tick { watched: folders, ..Tick::default() });
            told.glance().has_work()
        };
        assert!(!has_work(Some(Vec::new())));
        assert!(has_work(Some(vec![folder(false), folder(true)])));
        assert!(has_work(None), "a tick that does not speak of it changes nothing");
        assert!(!has_work(Some(vec![folder(false)])));
    }

    #[test]
    fn what_uploads_or_waits_is_work_and_what_is_paused_or_needs_somebody_is_not() {
        let glance = |counts| {
            let mut told = Told::default();
            told.take(Tick { counts: Some(counts), ..Tick::default() });
            told.glance()
        };
        let of = |uploading, waiting, paused, needs_attention| {
            glance(Counts { uploading, waiting, paused, needs_attention, ..Counts::default() })
        };
        assert!(of(1, 0, 0, 0).has_work() && of(0, 1, 0, 0).has_work() && !of(0, 0, 1, 1).has_work());
        let all = of(1, 2, 3, 4);
        assert_eq!((all.uploading, all.waiting, all.paused, all.attention), (1, 2, 3, 4));
    }

    #[test]
    fn a_tick_that_changes_nothing_here_makes_an_equal_glance() {
        let mut told = Told::default();
        told.take(tick(&[row("1", "a.mov", 1000, 420)], &["1"], 1));
        let before = told.glance();
        let faster = JobRow { speed: 7, on_the_way: 99, ..row("1", "a.mov", 1000, 421) };
        told.take(tick(&[faster], &["1"], 1));
        assert_eq!(told.glance(), before);
        told.take(Tick::default());
        assert_eq!(told.glance(), before, "what a tick does not speak of stays");
    }

    #[test]
    fn nothing_old_stays_where_ticks_begin_anew() {
        let mut told = Told::default();
        told.take(Tick { watched: Some(vec![folder(true)]), ..tick(&[row("1", "a.mov", 9, 1)], &["1"], 1) });
        told.forget();
        assert_eq!(told.glance(), Glance::default());
    }

    #[test]
    fn nothing_is_in_progress_while_nothing_uploads_and_all_is_never_said_too_early() {
        assert_eq!(Told::default().glance().percent, None);
        assert_eq!((percent(999, 1000), percent(5, 0), percent(2000, 1000)), (99, 0, 100));
    }
}
