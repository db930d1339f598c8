//! A hash table of indices into a list.

use crate::collections::budget::{Budget, Room};

/// Finds the index of an item of a list by the hash of the item. The list itself belongs to the caller.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Slots of a hash and an index from 1, where 0 is a gap. Their number is a power of two, and at most half are full.
    table: Vec<(u32, u32)>,
    count: u32,
}

/// A place for the next index. Without one nothing can be added, so that an index always has a gap, at which a search ends.
pub struct Vacancy<'i>(&'i mut Index);

impl Vacancy<'_> {
    /// Adds the next index under a hash, and returns it. Indices count from 0.
    #[inline]
    pub fn fill(self, hash: u32) -> u32 {
        let next = self.0.count;
        self.0.count = next.saturating_add(1);
        self.0.place(hash, self.0.count);
        next
    }
}

impl Index {
    /// Creates an index with at least `count` slots. It grows when half of them are full.
    pub fn of_places(count: usize) -> Self {
        Index {
            table: vec![(0, 0); count.next_power_of_two()],
            count: 0,
        }
    }

    /// The index that was added under a hash and for which `is_it` returns true.
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

    /// A place for one more index.
    ///
    /// # Errors
    /// [`NoRoom`](crate::collections::budget::NoRoom).
    pub fn vacancy(&mut self, budget: &Budget) -> Room<Vacancy<'_>> {
        if !self.has_vacancy() {
            self.double(budget)?;
        }
        Ok(Vacancy(self))
    }

    /// A place for one more index, without a limit. A lack of memory ends the program, as it does in the standard library.
    pub fn unlimited_vacancy(&mut self) -> Vacancy<'_> {
        if !self.has_vacancy() && self.double(&Budget::default()).is_err() {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<(u32, u32)>());
        }
        Vacancy(self)
    }

    const fn has_vacancy(&self) -> bool {
        self.table.len() / 2 > self.count as usize
    }

    #[cold]
    #[inline(never)]
    fn double(&mut self, budget: &Budget) -> Room {
        let more = self.table.len().saturating_mul(2).max(16);
        let mut table = Vec::new();
        budget.grow_to(&mut table, more)?;
        table.resize(more, (0, 0));
        let before = std::mem::replace(&mut self.table, table);
        for (hash, index) in &before {
            if *index != 0 {
                self.place(*hash, *index);
            }
        }
        budget.give_back(before.capacity().saturating_mul(size_of::<(u32, u32)>()));
        Ok(())
    }

    /// The bytes that it takes.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) const fn bytes(&self) -> usize {
        self.table.capacity().saturating_mul(size_of::<(u32, u32)>())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collections::keyed_hash::table_hash;

    #[test]
    fn an_index_always_has_a_gap() {
        let (mut index, budget) = (Index::default(), Budget::default());
        for n in 0..300_u32 {
            let hash = table_hash(&n.to_le_bytes());
            assert_eq!(index.find(hash, |at| at == n), None);
            let vacancy = if n % 2 == 0 {
                index.vacancy(&budget).unwrap()
            } else {
                index.unlimited_vacancy()
            };
            assert_eq!(vacancy.fill(hash), n);
            assert_eq!(index.find(hash, |at| at == n), Some(n));
            assert!(index.table.len() / 2 > n as usize);
        }
    }
}
