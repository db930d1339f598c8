//! Where messages came from: a list of the vendor's, or a delivery of a webhook without the id of a message.
//!
//! The id of a delivery is never compared with the id of a listed message. So a message that came both ways counts twice, and
//! the package warns of it.

use crate::collections::budget::{Budget, Room};

/// The ways in which the messages of each phone number came, by the number of the phone number in the interner. Number 0
/// stands for messages whose phone number is not known. They may belong to any phone number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources(Vec<u8>);

/// A list of messages.
pub const LISTED: u8 = 1;

/// Deliveries without the id of a message.
pub const DELIVERED: u8 = 2;

impl Sources {
    /// Makes room for what is noted of a phone number.
    ///
    /// # Errors
    /// [`NoRoom`](crate::collections::budget::NoRoom).
    #[inline(always)]
    pub fn make_room(&mut self, number: u32, budget: &Budget) -> Room {
        let length = (number as usize).saturating_add(1);
        if length <= self.0.len() {
            return Ok(());
        }
        self.lengthen(length, budget)
    }

    #[inline(never)]
    fn lengthen(&mut self, length: usize, budget: &Budget) -> Room {
        let more = length.saturating_sub(self.0.len());
        budget.grow(&mut self.0, more)?;
        self.0.resize(length, 0);
        Ok(())
    }

    /// Notes in which ways messages of a phone number came. There must be [room](Sources::make_room).
    #[inline(always)]
    pub fn note(&mut self, number: u32, ways: u8) {
        if let Some(known) = self.0.get_mut(number as usize) {
            *known |= ways;
        }
    }

    /// The bytes that it takes.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) const fn bytes(&self) -> usize {
        self.0.capacity()
    }

    /// The ways in which messages of a phone number came.
    pub fn of(&self, number: usize) -> u8 {
        self.0.get(number).copied().unwrap_or(0)
    }

    /// Did messages of one phone number come both ways?
    #[inline(never)]
    pub fn are_mixed(&self) -> bool {
        let unknown = self.of(0);
        self.0.iter().any(|ways| ways | unknown == LISTED | DELIVERED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_one_number_are_mixed() {
        for (noted, want) in [
            (&[][..], false),
            (&[(1, LISTED), (2, DELIVERED)], false),
            (&[(1, LISTED), (1, DELIVERED)], true),
            (&[(0, LISTED), (2, DELIVERED)], true),
            (&[(0, DELIVERED), (2, LISTED)], true),
            (&[(0, DELIVERED), (0, LISTED)], true),
            (&[(0, LISTED), (9, LISTED)], false),
            (&[(1, LISTED), (2, LISTED), (2, DELIVERED)], true),
            (&[(1, LISTED), (1, DELIVERED), (2, LISTED), (2, DELIVERED)], true),
            (&[(3, DELIVERED), (0, DELIVERED)], false),
        ] {
            let mut sources = Sources::default();
            for (number, ways) in noted {
                sources.make_room(*number, &Budget::default()).unwrap();
                sources.note(*number, *ways);
            }
            assert_eq!(sources.are_mixed(), want, "{noted:?}");
        }
    }
}
