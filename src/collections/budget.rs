//! The memory that tables and texts may take together.
//!
//! What grows asks its [`Budget`] first. The budget knows how much memory all of it takes, and refuses what goes beyond the limit
//! or what the allocator does not have. A lack of memory is therefore a value, and what is there stays as it is.

use std::cell::Cell;

/// Memory is missing: the budget or the allocator does not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoom;

/// What a list, a table or a text got: its part of the memory, or [`NoRoom`].
pub type Room<T = ()> = Result<T, NoRoom>;

/// The memory that tables and texts may take together, and how much they take.
///
/// A text or a list counts with what its allocator reserves for it. While a list moves to a larger place, both places count.
#[derive(Clone, Debug)]
pub struct Budget {
    most: u64,
    used: Cell<u64>,
    /// How much was wanted when it was refused last.
    refused: Cell<u64>,
}

impl Default for Budget {
    /// A budget without a limit.
    fn default() -> Self {
        Budget::new(u64::MAX)
    }
}

/// What an allocation of so many bytes takes: the bytes rounded up, and the allocator's own.
pub const fn taken(bytes: usize) -> u64 {
    match bytes {
        0 => 0,
        _ => (bytes as u64).saturating_add(15) & !7,
    }
}

impl Budget {
    /// A budget of so many bytes.
    pub const fn new(most: u64) -> Self {
        Budget {
            most,
            used: Cell::new(0),
            refused: Cell::new(0),
        }
    }

    /// Sets the limit, and returns the limit before.
    pub const fn limit(&mut self, most: u64) -> u64 {
        std::mem::replace(&mut self.most, most)
    }

    /// The bytes that it has at most.
    pub const fn most(&self) -> u64 {
        self.most
    }

    /// The bytes that are taken.
    pub fn used(&self) -> u64 {
        self.used.get()
    }

    /// The bytes that were wanted when memory was refused last.
    pub fn refused(&self) -> u64 {
        self.refused.get()
    }

    /// Whether the limit, and not the allocator, refused memory last.
    pub fn is_exceeded(&self) -> bool {
        self.used().saturating_add(self.refused()) > self.most
    }

    /// Whether there is room for so many bytes more.
    pub fn fits(&self, bytes: u64) -> bool {
        self.used().saturating_add(bytes) <= self.most
    }

    /// Checks that there is room for so many bytes more.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn check(&self, bytes: u64) -> Room {
        if self.fits(bytes) {
            return Ok(());
        }
        self.refused.set(bytes);
        Err(NoRoom)
    }

    /// Takes the memory of an allocation of so many bytes.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn take(&self, bytes: usize) -> Room {
        let bytes = taken(bytes);
        self.check(bytes)?;
        self.used.set(self.used().saturating_add(bytes));
        Ok(())
    }

    /// Gives the memory of an allocation back.
    pub fn give_back(&self, bytes: usize) {
        self.used.set(self.used().saturating_sub(taken(bytes)));
    }

    /// Copies a text. It is empty if it is not UTF-8.
    ///
    /// # Errors
    /// [`NoRoom`].
    #[inline(never)]
    pub fn text(&self, text: &[u8]) -> Room<Box<str>> {
        let text = std::str::from_utf8(text).unwrap_or_default();
        let mut copy = String::new();
        self.take(text.len())?;
        if copy.try_reserve_exact(text.len()).is_err() {
            self.give_back(text.len());
            return Err(self.none_left(text.len()));
        }
        copy.push_str(text);
        Ok(copy.into())
    }

    /// Makes room for so many items more in a list. The list grows to at least twice its length, or by an eighth where the budget
    /// has no more.
    ///
    /// # Errors
    /// [`NoRoom`]. The list is as it was.
    #[inline]
    pub fn grow<T>(&self, list: &mut Vec<T>, more: usize) -> Room {
        if list.capacity().saturating_sub(list.len()) >= more {
            return Ok(());
        }
        self.grow_to(list, self.larger(size_of::<T>(), list.len(), list.capacity(), more))
    }

    /// The capacity that a list of items of a size should have.
    #[inline(never)]
    fn larger(&self, size: usize, length: usize, capacity: usize, more: usize) -> usize {
        let wanted = length.saturating_add(more);
        let double = wanted.max(capacity.saturating_mul(2)).max(4);
        if self.fits(taken(double.saturating_mul(size))) {
            double
        } else {
            wanted.saturating_add(length / 8)
        }
    }

    /// Makes the capacity of a list so large, if it is smaller.
    ///
    /// # Errors
    /// [`NoRoom`]. The list is as it was.
    #[inline(never)]
    pub fn grow_to<T>(&self, list: &mut Vec<T>, capacity: usize) -> Room {
        let (before, after) = (list.capacity(), capacity);
        if before >= after {
            return Ok(());
        }
        let bytes = |count: usize| count.saturating_mul(size_of::<T>());
        self.take(bytes(after))?;
        let has_grown = list.try_reserve_exact(after.saturating_sub(list.len())).is_ok();
        self.moved(bytes(before), bytes(after), has_grown)
    }

    /// Appends an item to a list.
    ///
    /// # Errors
    /// [`NoRoom`]. The list is as it was.
    #[inline]
    pub fn push<T>(&self, list: &mut Vec<T>, item: T) -> Room {
        self.grow(list, 1)?;
        list.push(item);
        Ok(())
    }

    /// Gives back what a list does not take any more, of its places before and after a growth.
    #[inline(never)]
    fn moved(&self, before: usize, after: usize, has_grown: bool) -> Room {
        self.give_back(if has_grown { before } else { after });
        if has_grown { Ok(()) } else { Err(self.none_left(after)) }
    }

    /// The allocator has no more.
    #[cold]
    fn none_left(&self, bytes: usize) -> NoRoom {
        self.refused.set(taken(bytes));
        NoRoom
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_exchanged() {
        let mut budget = Budget::new(1000);
        assert_eq!((budget.limit(50), budget.most()), (1000, 50));
        assert_eq!(budget.take(60), Err(NoRoom));
        assert_eq!((budget.limit(1000), budget.most()), (50, 1000));
        assert_eq!(budget.take(60), Ok(()));
    }
}
