//! An interner: ids as small numbers, each id with its latest name.

use crate::collections::budget::{Budget, Room};
use crate::collections::equal::equal;
use crate::collections::index::Index;
use crate::collections::keyed_hash::table_hash;
use crate::collections::recent::Recent;
use crate::collections::sort::by_code_unit;

/// Gives each id a number, and keeps its latest name. Number 0 is the empty id, which stands for a missing id.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    /// The ids, from number 1 on.
    known: Vec<Interned>,
    index: Index,
    /// The places in `known` of ids that were interned lately.
    recent: Recent,
    /// The empty id.
    empty: Interned,
}

/// An id and its latest name.
#[derive(Clone, Debug, Default)]
pub struct Interned {
    /// The id.
    pub id: Box<str>,
    /// The time of the record that gave the name, in epoch milliseconds, and the name.
    pub name: Option<(i64, Box<str>)>,
}

impl Interner {
    /// The number of an id in UTF-8, a new one if the id is new. An id that was interned lately is compared first.
    ///
    /// Ids and names are taken as bytes, because only those that are kept have to be checked to be text.
    ///
    /// # Errors
    /// [`NoRoom`](crate::collections::budget::NoRoom) for a new id.
    pub fn intern(&mut self, id: &[u8], budget: &Budget) -> Room<u32> {
        let place = *self.recent.at(number_of(id));
        if self
            .known
            .get(place as usize)
            .is_some_and(|known| equal(known.id.as_bytes(), id))
        {
            return Ok(place.saturating_add(1));
        }
        if id.is_empty() {
            return Ok(0);
        }
        let hash = table_hash(id);
        let place = match self.found(hash, id) {
            Some(known) => known,
            None => {
                budget.grow(&mut self.known, 1)?;
                let vacancy = self.index.vacancy(budget)?;
                let (id, name) = (budget.text(id)?, None);
                self.known.push(Interned { id, name });
                vacancy.fill(hash)
            }
        };
        *self.recent.at(number_of(id)) = place;
        Ok(place.saturating_add(1))
    }

    /// The number of an id, if it is known.
    #[inline(never)]
    pub fn find(&self, id: &str) -> Option<u32> {
        if id.is_empty() {
            return Some(0);
        }
        Some(self.found(table_hash(id.as_bytes()), id.as_bytes())?.saturating_add(1))
    }

    /// The place of an id in `known`.
    #[inline]
    fn found(&self, hash: u32, id: &[u8]) -> Option<u32> {
        let is_it = |known: &Interned| equal(known.id.as_bytes(), id);
        self.index
            .find(hash, |at| self.known.get(at as usize).is_some_and(is_it))
    }

    /// The id and name of a number.
    pub fn get(&self, number: u32) -> Option<&Interned> {
        self.at(number as usize)
    }

    /// The id and name of a number, given as a `usize`.
    pub fn at(&self, number: usize) -> Option<&Interned> {
        number.checked_sub(1).map_or(Some(&self.empty), |at| self.known.get(at))
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
        (0..).zip(std::iter::once(&self.empty).chain(&self.known))
    }

    /// The number of ids, including the empty one.
    pub fn count(&self) -> usize {
        self.known.len().saturating_add(1)
    }

    /// Whether a name of an id would be kept by [`Interner::observe_name`], at its time.
    pub fn is_later(&self, id: &[u8], at: i64, name: &[u8]) -> bool {
        let known = self.find(text(id)).and_then(|number| self.get(number));
        match known.and_then(|known| known.name.as_ref()) {
            None => true,
            Some((t, known)) => at.cmp(t).then_with(|| by_code_unit(text(name), known)).is_gt(),
        }
    }

    /// Keeps a name if it is the latest. `at` is in epoch milliseconds. At equal times the greater name wins, so that the
    /// order of records does not matter. The empty id has no name.
    ///
    /// # Errors
    /// [`NoRoom`](crate::collections::budget::NoRoom) for a new name.
    pub fn observe_name(&mut self, number: u32, at: i64, name: &[u8], budget: &Budget) -> Room {
        let known = number
            .checked_sub(1)
            .and_then(|place| self.known.get_mut(place as usize));
        let Some(known) = known else {
            return Ok(());
        };
        match &mut known.name {
            // The name rarely changes, so that usually nothing is allocated.
            Some((t, known)) if equal(known.as_bytes(), name) => *t = at.max(*t),
            Some((t, known)) if at.cmp(t).then_with(|| by_code_unit(text(name), known)).is_le() => {}
            other => {
                let name = budget.text(name)?;
                if let Some((_, before)) = other.replace((at, name)) {
                    budget.give_back(before.len());
                }
            }
        }
        Ok(())
    }

    /// The lengths of the lists and texts that it has, in bytes.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn allocations(&self) -> impl Iterator<Item = usize> {
        let lists = [
            self.known.capacity().saturating_mul(size_of::<Interned>()),
            self.index.bytes(),
        ];
        let texts = |known: &Interned| [known.id.len(), known.name.as_ref().map_or(0, |(_, name)| name.len())];
        lists.into_iter().chain(self.known.iter().flat_map(texts))
    }
}

/// A number for an id, from its last bytes, because ids often begin with equal bytes.
fn number_of(id: &[u8]) -> u32 {
    id.last_chunk().map_or(id.len() as u32, |end| u32::from_le_bytes(*end))
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
        let (mut names, budget) = (Interner::default(), Budget::default());
        for round in 0..2 {
            for n in 0..5000_u32 {
                assert_eq!(names.find(&n.to_string()).is_some(), round > 0);
                assert_eq!(names.intern(n.to_string().as_bytes(), &budget), Ok(n + 1));
                assert_eq!(names.id(n + 1), n.to_string());
            }
        }
        assert_eq!((names.find(""), names.count()), (Some(0), 5001));
    }

    #[test]
    fn the_latest_name_wins_and_at_equal_times_the_greater() {
        let (mut names, budget) = (Interner::default(), Budget::default());
        let a = names.intern(b"a", &budget).unwrap();
        let mut called = |at, name: &str| {
            names.observe_name(a, at, name.as_bytes(), &budget).unwrap();
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
