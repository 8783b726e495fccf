//! Decides which fault, if any, strikes a request: counts per fault, randomness from a seed.

use std::sync::{Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::effect::{Effect, Whole};
use super::grammar::Asked;
use super::step::{Step, Times};

/// The active faults. They can be changed while the server runs; counts restart with each start.
pub(crate) struct Faults {
    inner: Mutex<Inner>,
}

struct Inner {
    all: Vec<Armed>,
    chance: StdRng,
}

struct Armed {
    asked: Asked,
    seen: u64,
    struck: u64,
    /// The first session, or set of links, that was met.
    first: Option<String>,
}

/// A fault that strikes a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Strike {
    pub(crate) name: &'static str,
    pub(crate) effect: Effect,
}

/// A request that a fault may strike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Met<'a> {
    pub(crate) step: Step,
    pub(crate) session: Option<&'a str>,
    /// The issue of its session's links that it used; `None` for the first.
    pub(crate) links: Option<&'a str>,
    pub(crate) part: Option<u32>,
}

impl Met<'_> {
    /// A request of which only the step is known.
    pub(crate) fn at(step: Step) -> Self {
        Self { step, session: None, links: None, part: None }
    }
}

impl Faults {
    /// These faults, with randomness from this seed.
    pub(crate) fn new(asked: Vec<Asked>, seed: u64) -> Self {
        let all = asked.into_iter().map(armed).collect();
        Self { inner: Mutex::new(Inner { all, chance: StdRng::seed_from_u64(seed) }) }
    }

    /// Adds a fault.
    pub(crate) fn add(&self, asked: Asked) {
        self.locked(|inner| inner.all.push(armed(asked)));
    }

    /// Removes all faults.
    pub(crate) fn clear(&self) {
        self.locked(|inner| inner.all.clear());
    }

    /// Each fault in its notation, with how many requests it met and how many it struck.
    pub(crate) fn list(&self) -> Vec<(String, u64, u64)> {
        self.locked(|inner| inner.all.iter().map(|a| (a.asked.to_string(), a.seen, a.struck)).collect())
    }

    /// Whether the clock is to be wrong.
    pub(crate) fn skewed(&self) -> bool {
        self.locked(|inner| inner.all.iter().any(|a| a.asked.effect == Effect::ClockSkew))
    }

    /// How to compute the ETag of an object that this step creates.
    pub(crate) fn whole(&self, step: Step) -> Whole {
        let whole = |armed: &Armed| match armed.asked.effect {
            Effect::Whole(whole) if armed.asked.step == step => Some(whole),
            _ => None,
        };
        self.locked(|inner| inner.all.iter().find_map(whole)).unwrap_or_default()
    }

    /// Whether this step ignores conditions on existing objects.
    pub(crate) fn ignores_conditions(&self, step: Step) -> bool {
        let ignored =
            |armed: &Armed| armed.asked.effect == Effect::ConditionIgnored && armed.asked.step == step;
        self.locked(|inner| inner.all.iter().any(ignored))
    }

    /// The fault for this request: the first in order whose turn it is. The others count the request as met.
    pub(crate) fn draw(&self, met: &Met<'_>) -> Option<Strike> {
        self.locked(|inner| {
            let Inner { all, chance } = inner;
            let mut strike = None;
            for armed in all.iter_mut().filter(|a| !a.asked.effect.stands()) {
                let asked = &armed.asked;
                if asked.step != met.step || (asked.part.is_some() && asked.part != met.part) {
                    continue;
                }
                armed.seen += 1;
                if strike.is_some() {
                    continue;
                }
                let turn = match asked.times {
                    Times::First(n) => armed.struck < n,
                    Times::Every(n) => armed.seen % n == 0,
                    Times::At(n) => armed.seen == n,
                    Times::Share(share) => chance.random_range(0.0..100.0) < share,
                    Times::Always => true,
                    Times::FirstSession => {
                        is_first(&mut armed.first, met.session.map(str::to_owned), armed.seen)
                    }
                    Times::FirstLinks => {
                        let links = met.session.map(|id| format!("{id} {}", met.links.unwrap_or("")));
                        is_first(&mut armed.first, links, armed.seen)
                    }
                };
                if turn {
                    armed.struck += 1;
                    strike = Some(Strike { name: asked.fault.name, effect: asked.effect });
                }
            }
            strike
        })
    }

    fn locked<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn armed(asked: Asked) -> Armed {
    Armed { asked, seen: 0, struck: 0, first: None }
}

/// Whether this is what was met first; without a name, true only once.
fn is_first(first: &mut Option<String>, this: Option<String>, seen: u64) -> bool {
    match this {
        Some(this) => *first.get_or_insert_with(|| this.clone()) == this,
        None => seen == 1,
    }
}

#[cfg(test)]
mod tests {
    use super::super::grammar::parse;
    use super::*;

    fn met<'a>(session: &'a str, links: Option<&'a str>) -> Met<'a> {
        Met { step: Step::Part, session: Some(session), links, part: Some(1) }
    }

    fn struck(faults: &[&str], seed: u64, requests: usize) -> Vec<usize> {
        let faults = Faults::new(faults.iter().map(|f| parse(f).unwrap()).collect(), seed);
        (1..=requests).filter(|_| faults.draw(&met("s", None)).is_some()).collect::<Vec<_>>()
    }

    #[test]
    fn counts_are_exact() {
        assert_eq!(struck(&["502:3"], 0, 9), [1, 2, 3]);
        assert_eq!(struck(&["502:every3"], 0, 9), [3, 6, 9]);
        assert_eq!(struck(&["502:at3"], 0, 9), [3]);
        assert_eq!(struck(&["502@part=2:3"], 0, 9), [0_usize; 0]);
        assert_eq!(struck(&["502@start:3"], 0, 9), [0_usize; 0]);
        assert_eq!(struck(&["502:always"], 0, 3), [1, 2, 3]);
    }

    #[test]
    fn one_after_the_other() {
        assert_eq!(struck(&["502:1", "503:1"], 0, 9), [1, 2]);
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed() {
        let one = struck(&["502:30%"], 7, 1000);
        assert_eq!(one, struck(&["502:30%"], 7, 1000));
        assert_ne!(one, struck(&["502:30%"], 8, 1000));
        assert!((250..350).contains(&one.len()), "{}", one.len());
        assert_eq!(struck(&["502:0%"], 7, 100).len(), 0);
        assert_eq!(struck(&["502:100%"], 7, 100).len(), 100);
    }

    #[test]
    fn a_new_session_gets_through() {
        let faults = Faults::new(vec![parse("403-expired:session").unwrap()], 0);
        let hit = |session, links| faults.draw(&met(session, links)).is_some();
        assert!(
            hit("a", None) && !hit("b", None) && hit("a", None) && hit("a", Some("2")) && !hit("c", None)
        );
    }

    #[test]
    fn fresh_links_get_through_and_so_does_a_new_session() {
        let faults = Faults::new(vec![parse("403-expired").unwrap()], 0);
        let hit = |session, links| faults.draw(&met(session, links)).is_some();
        assert!(hit("a", None) && !hit("a", Some("2")) && hit("a", None) && !hit("b", None));
    }
}
