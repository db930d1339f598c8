//! Finding things by number: a hash table of indices into a list, and a list of ids with the latest name of each.

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collections::keyed_hash::table_hash;

    #[test]
    fn an_index_has_a_gap_at_any_time() {
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
