//! A hash table of indices into a list.

/// Finds the index of an item of a list by the hash of the item. The list itself belongs to the caller.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Slots of a hash and an index from 1, where 0 is a gap. Their number is a power of two, and at most half are full.
    table: Vec<(u32, u32)>,
    count: u32,
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

    /// Adds the next index under a hash, and returns it. Indices count from 0.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collections::keyed_hash::table_hash;

    #[test]
    fn an_index_always_has_a_gap() {
        let mut index = Index::default();
        for n in 0..300_u32 {
            let hash = table_hash(&n.to_le_bytes());
            assert_eq!(index.find(hash, |at| at == n), None);
            assert_eq!(index.add(hash), n);
            assert_eq!(index.find(hash, |at| at == n), Some(n));
            assert!(index.table.len() / 2 > n as usize);
        }
    }
}
