//! Finding things by number: a hash table of indices into a list, and a list of ids with the latest name of each.

use crate::keyed::hash;
use crate::report::by_code_unit;
use std::cmp::Ordering;

/// Indices of a list, found by the hash of what stands there.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// A hash, and an index from 1; 0 is a gap. As many as a power of two, at most half of them full.
    table: Vec<(u32, u32)>,
    count: u32,
}

impl Index {
    /// Of so many places or more, of which half get filled.
    pub fn of_places(count: usize) -> Self {
        Index {
            table: vec![(0, 0); count.next_power_of_two()],
            count: 0,
        }
    }

    /// The index under a hash for which `is_it` says so.
    pub fn find(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = hash;
        loop {
            let (known, index) = *self.table.get(self.slot(at)).filter(|(_, index)| *index != 0)?;
            let index = index.saturating_sub(1);
            if known == hash && is_it(index) {
                return Some(index);
            }
            at = at.wrapping_add(1);
        }
    }

    /// Adds the next index, and gives it: as many as there were.
    pub fn add(&mut self, hash: u32) -> u32 {
        if self.table.len() / 2 <= self.count as usize {
            let more = self.table.len().saturating_mul(2).max(16);
            for (hash, index) in std::mem::replace(&mut self.table, vec![(0, 0); more]) {
                if index != 0 {
                    self.place(hash, index);
                }
            }
        }
        let next = self.count;
        self.count = next.saturating_add(1);
        self.place(hash, self.count);
        next
    }

    fn place(&mut self, hash: u32, index: u32) {
        let mut at = hash;
        loop {
            let slot = self.slot(at);
            match self.table.get_mut(slot) {
                Some((_, taken)) if *taken != 0 => at = at.wrapping_add(1),
                gap => {
                    if let Some(gap) = gap {
                        *gap = (hash, index);
                    }
                    return;
                }
            }
        }
    }

    const fn slot(&self, at: u32) -> usize {
        at as usize & self.table.len().wrapping_sub(1)
    }
}

/// Ids, each with its latest name. The first is the empty one, which stands for none.
#[derive(Clone, Debug)]
pub struct Names {
    known: Vec<Named>,
    index: Index,
    last: u32,
}

/// An id and what it is called.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// The id.
    pub id: Box<str>,
    /// The name, and when it was told.
    pub name: Option<(i64, Box<str>)>,
}

impl Default for Names {
    fn default() -> Self {
        let mut names = Names {
            known: Vec::new(),
            index: Index::default(),
            last: 0,
        };
        names.number("");
        names
    }
}

impl Names {
    /// The number of an id, which is new or known. Records come in clusters, so it is often the one before.
    pub fn number(&mut self, id: &str) -> u32 {
        if self.get(self.last).is_some_and(|known| *known.id == *id) {
            return self.last;
        }
        let hash = hash(id.as_bytes());
        self.last = self.found(hash, id).unwrap_or_else(|| {
            self.known.push(Named {
                id: id.into(),
                name: None,
            });
            self.index.add(hash)
        });
        self.last
    }

    /// The number of an id that is known.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.found(hash(id.as_bytes()), id)
    }

    fn found(&self, hash: u32, id: &str) -> Option<u32> {
        self.index.find(hash, |number| self.id(number) == id)
    }

    /// What there is of a number.
    pub fn get(&self, number: u32) -> Option<&Named> {
        self.at(number as usize)
    }

    /// The same, of a number as an index.
    pub fn at(&self, number: usize) -> Option<&Named> {
        self.known.get(number)
    }

    /// The id of a number.
    pub fn id(&self, number: u32) -> &str {
        self.get(number).map_or("", |known| &known.id)
    }

    /// The latest name of a number.
    pub fn name(&self, number: u32) -> Option<&str> {
        Some(&self.get(number)?.name.as_ref()?.1)
    }

    /// All of them, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Named)> {
        (0..).zip(&self.known)
    }

    /// How many there are, the empty one too.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// Takes a name if it is the latest; of two at the same moment the greater, so that order does not matter.
    pub fn call(&mut self, number: u32, at: i64, name: &str) {
        let Some(known) = self.known.get_mut(number as usize) else {
            return;
        };
        let is_later = match &known.name {
            None => true,
            Some((t, known)) => at.cmp(t).then_with(|| by_code_unit(name, known)) == Ordering::Greater,
        };
        if !is_later {
            return;
        }
        match &mut known.name {
            // Nearly always it is still called the same.
            Some((t, known)) if **known == *name => *t = at,
            other => *other = Some((at, name.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_has_a_gap_at_any_time() {
        let mut index = Index::default();
        for n in 0..300_u32 {
            let hash = hash(&n.to_le_bytes());
            assert_eq!(index.find(hash, |at| at == n), None);
            assert_eq!(index.add(hash), n);
            assert_eq!(index.find(hash, |at| at == n), Some(n));
            assert!(index.table.len() / 2 > n as usize);
        }
    }

    #[test]
    fn ids_have_the_numbers_that_they_came_with() {
        let mut names = Names::default();
        for round in 0..2 {
            for n in 0..5000_u32 {
                assert_eq!(names.find(&n.to_string()).is_some(), round > 0);
                assert_eq!(names.number(&n.to_string()), n + 1);
                assert_eq!(names.id(n + 1), n.to_string());
            }
        }
        assert_eq!((names.find(""), names.count()), (Some(0), 5001));
    }

    #[test]
    fn the_latest_name_counts_and_of_two_at_once_the_greater() {
        let mut names = Names::default();
        let a = names.number("a");
        let mut called = |at, name| {
            names.call(a, at, name);
            names.name(a).map(str::to_owned).unwrap()
        };
        let told = [
            (5, "B"),
            (4, "C"),
            (5, "A"),
            (5, "\u{FF5E}"),
            (5, "\u{1F600}"),
            (6, "A"),
            (7, "A"),
            (6, "Z"),
        ];
        let got: Vec<_> = told.map(|(at, name)| called(at, name)).into();
        assert_eq!(got, ["B", "B", "B", "\u{FF5E}", "\u{FF5E}", "A", "A", "A"]);
    }
}
