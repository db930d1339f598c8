//! Comparing long ids often: the ids are sorted once, and then their ranks are compared.
//!
//! A merge compares the agents of two records for each id that both parts have counted. Two ids of a megabyte each, compared for
//! each of many records, would take a time that is their product.

use crate::collections::interner::Interner;
use crate::collections::sort::{by_code_unit, in_order};
use std::cmp::Ordering;

/// The longest id, in bytes, that is compared as text.
const SHORT: usize = 64;

/// Which ids are compared.
#[derive(Clone, Copy, Debug)]
pub enum Names {
    /// The ids of agents.
    Agents,
    /// The ids of phone numbers.
    Numbers,
    /// The channels.
    Channels,
}

/// The ranks of ids by UTF-16 code unit, by their numbers in the interner. They are computed when they are first needed. No id may
/// be added after that.
#[derive(Debug, Default)]
pub struct Ranks {
    agents: Vec<u32>,
    numbers: Vec<u32>,
    channels: Vec<u32>,
}

impl Ranks {
    /// Compares two ids of an interner by UTF-16 code unit.
    pub fn order(&mut self, which: Names, names: &Interner, a: u32, b: u32) -> Ordering {
        let (left, right) = (names.id(a), names.id(b));
        if left.len().min(right.len()) <= SHORT {
            return by_code_unit(left, right);
        }
        let ranks = match which {
            Names::Agents => &mut self.agents,
            Names::Numbers => &mut self.numbers,
            Names::Channels => &mut self.channels,
        };
        if ranks.is_empty() {
            *ranks = ranks_of(names);
        }
        ranks.get(a as usize).cmp(&ranks.get(b as usize))
    }
}

#[inline(never)]
fn ranks_of(names: &Interner) -> Vec<u32> {
    let id = |number: usize| names.at(number).map_or("", |named| &named.id);
    let sorted = in_order((0..names.count()).collect(), &|a, b| by_code_unit(id(a), id(b)));
    let mut ranks = vec![0; names.count()];
    for (rank, number) in (0..).zip(sorted) {
        if let Some(place) = ranks.get_mut(number) {
            *place = rank;
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collections::budget::Budget;

    #[test]
    fn ranks_order_ids_as_their_texts_are_ordered() {
        let (mut names, budget) = (Interner::default(), Budget::default());
        for end in ["", "a", "b", "ab", "\u{FF5E}", "\u{1F600}", "z"] {
            names.intern(end.as_bytes(), &budget).unwrap();
            names
                .intern(format!("{}{end}", "x".repeat(SHORT)).as_bytes(), &budget)
                .unwrap();
            names
                .intern(format!("{}{end}", "y".repeat(2 * SHORT)).as_bytes(), &budget)
                .unwrap();
        }
        let mut ranks = Ranks::default();
        let numbers = || 0..u32::try_from(names.count()).unwrap();
        for (a, b) in numbers().flat_map(|a| numbers().map(move |b| (a, b))) {
            let want = by_code_unit(names.id(a), names.id(b));
            for which in [Names::Agents, Names::Numbers, Names::Channels] {
                assert_eq!(ranks.order(which, &names, a, b), want, "{a} {b}");
            }
        }
        assert_eq!(ranks.agents.len(), names.count());
    }
}
