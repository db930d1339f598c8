//! An interner: ids as small numbers, each id with its latest name.

use crate::collections::index::Index;
use crate::collections::keyed_hash::table_hash;
use crate::collections::sort::by_code_unit;

/// Gives each id a number, and keeps its latest name. Number 0 is the empty id, which stands for a missing id.
#[derive(Clone, Debug)]
pub struct Interner {
    known: Vec<Interned>,
    index: Index,
    /// The number that was interned last.
    last: u32,
}

/// An id and its latest name.
#[derive(Clone, Debug, Default)]
pub struct Interned {
    /// The id.
    pub id: Box<str>,
    /// The time of the record that gave the name, in epoch milliseconds, and the name.
    pub name: Option<(i64, Box<str>)>,
}

impl Default for Interner {
    fn default() -> Self {
        let mut names = Interner {
            known: Vec::new(),
            index: Index::default(),
            last: 0,
        };
        names.intern(b"");
        names
    }
}

impl Interner {
    /// The number of an id in UTF-8, a new one if the id is new. Records of one agent often follow each other, so the id that was
    /// interned last is compared first.
    ///
    /// Ids and names are taken as bytes, because only those that are kept have to be checked to be text.
    pub fn intern(&mut self, id: &[u8]) -> u32 {
        if self.get(self.last).is_some_and(|known| known.id.as_bytes() == id) {
            return self.last;
        }
        let hash = table_hash(id);
        self.last = self.found(hash, id).unwrap_or_else(|| {
            self.known.push(Interned {
                id: text(id).into(),
                name: None,
            });
            self.index.add(hash)
        });
        self.last
    }

    /// The number of an id, if it is known.
    #[inline(never)]
    pub fn find(&self, id: &str) -> Option<u32> {
        self.found(table_hash(id.as_bytes()), id.as_bytes())
    }

    fn found(&self, hash: u32, id: &[u8]) -> Option<u32> {
        self.index.find(hash, |number| self.id(number).as_bytes() == id)
    }

    /// The id and name of a number.
    pub fn get(&self, number: u32) -> Option<&Interned> {
        self.at(number as usize)
    }

    /// The id and name of a number, given as a `usize`.
    pub fn at(&self, number: usize) -> Option<&Interned> {
        self.known.get(number)
    }

    /// The id of a number; empty if the number is unknown.
    pub fn id(&self, number: u32) -> &str {
        self.get(number).map_or("", |known| &known.id)
    }

    /// The latest name of a number, if it has one.
    pub fn name(&self, number: u32) -> Option<&str> {
        Some(&self.get(number)?.name.as_ref()?.1)
    }

    /// All ids with their names, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Interned)> {
        (0..).zip(&self.known)
    }

    /// The number of ids, including the empty one.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// Keeps a name if it is the latest. `at` is in epoch milliseconds. At equal times the greater name wins, so that the
    /// order of records does not matter.
    pub fn observe_name(&mut self, number: u32, at: i64, name: &[u8]) {
        let Some(known) = self.known.get_mut(number as usize) else {
            return;
        };
        match &mut known.name {
            // The name rarely changes, so that usually nothing is allocated.
            Some((t, known)) if known.as_bytes() == name => *t = at.max(*t),
            Some((t, known)) if at.cmp(t).then_with(|| by_code_unit(text(name), known)).is_le() => {}
            other => *other = Some((at, text(name).into())),
        }
    }
}

/// The text of bytes in UTF-8.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_numbered_in_the_order_of_arrival() {
        let mut names = Interner::default();
        for round in 0..2 {
            for n in 0..5000_u32 {
                assert_eq!(names.find(&n.to_string()).is_some(), round > 0);
                assert_eq!(names.intern(n.to_string().as_bytes()), n + 1);
                assert_eq!(names.id(n + 1), n.to_string());
            }
        }
        assert_eq!((names.find(""), names.count()), (Some(0), 5001));
    }

    #[test]
    fn the_latest_name_wins_and_at_equal_times_the_greater() {
        let mut names = Interner::default();
        let a = names.intern(b"a");
        let mut called = |at, name: &str| {
            names.observe_name(a, at, name.as_bytes());
            names.name(a).map(str::to_owned).unwrap()
        };
        let names_by_time = [
            (5, "B"),
            (4, "C"),
            (5, "A"),
            (5, "\u{FF5E}"),
            (5, "\u{1F600}"),
            (6, "A"),
            (7, "A"),
            (6, "Z"),
        ];
        let got: Vec<_> = names_by_time.map(|(at, name)| called(at, name)).into();
        assert_eq!(got, ["B", "B", "B", "\u{FF5E}", "\u{FF5E}", "A", "A", "A"]);
    }
}
