//! Ids as numbers, each id with its latest name.

use crate::collections::index::Index;
use crate::collections::keyed_hash::table_hash;
use crate::collections::sort::by_code_unit;
use std::cmp::Ordering;

/// Ids, each with its latest name. The first is the empty one, which stands for none.
#[derive(Clone, Debug)]
pub struct Interner {
    known: Vec<Interned>,
    index: Index,
    last: u32,
}

/// An id and what it is called.
#[derive(Clone, Debug, Default)]
pub struct Interned {
    /// The id.
    pub id: Box<str>,
    /// The name, and when it was told.
    pub name: Option<(i64, Box<str>)>,
}

impl Default for Interner {
    fn default() -> Self {
        let mut names = Interner {
            known: Vec::new(),
            index: Index::default(),
            last: 0,
        };
        names.intern("");
        names
    }
}

impl Interner {
    /// The number of an id, which is new or known. Records come in clusters, so it is often the one before.
    pub fn intern(&mut self, id: &str) -> u32 {
        if self.get(self.last).is_some_and(|known| *known.id == *id) {
            return self.last;
        }
        let hash = table_hash(id.as_bytes());
        self.last = self.found(hash, id).unwrap_or_else(|| {
            self.known.push(Interned {
                id: id.into(),
                name: None,
            });
            self.index.add(hash)
        });
        self.last
    }

    /// The number of an id that is known.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.found(table_hash(id.as_bytes()), id)
    }

    fn found(&self, hash: u32, id: &str) -> Option<u32> {
        self.index.find(hash, |number| self.id(number) == id)
    }

    /// What there is of a number.
    pub fn get(&self, number: u32) -> Option<&Interned> {
        self.at(number as usize)
    }

    /// The same, of a number as an index.
    pub fn at(&self, number: usize) -> Option<&Interned> {
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
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Interned)> {
        (0..).zip(&self.known)
    }

    /// How many there are, the empty one too.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// Takes a name if it is the latest; of two at the same moment the greater, so that order does not matter.
    pub fn observe_name(&mut self, number: u32, at: i64, name: &str) {
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
    fn ids_have_the_numbers_that_they_came_with() {
        let mut names = Interner::default();
        for round in 0..2 {
            for n in 0..5000_u32 {
                assert_eq!(names.find(&n.to_string()).is_some(), round > 0);
                assert_eq!(names.intern(&n.to_string()), n + 1);
                assert_eq!(names.id(n + 1), n.to_string());
            }
        }
        assert_eq!((names.find(""), names.count()), (Some(0), 5001));
    }

    #[test]
    fn the_latest_name_counts_and_of_two_at_once_the_greater() {
        let mut names = Interner::default();
        let a = names.intern("a");
        let mut called = |at, name| {
            names.observe_name(a, at, name);
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
