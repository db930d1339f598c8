//! Where messages came from: a list of the vendor's, or a delivery of a webhook without the id of a message.
//!
//! The id of a delivery is never compared with the id of a listed message. So a message that came both ways counts twice, and
//! the package warns of it.

/// The ways in which the messages of each phone number came, by the number of the phone number in the interner. Number 0
/// stands for messages whose phone number is not known. They may belong to any phone number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources(Vec<u8>);

/// A list of messages.
pub const LISTED: u8 = 1;

/// Deliveries without the id of a message.
pub const DELIVERED: u8 = 2;

impl Sources {
    /// Notes in which ways messages of a phone number came.
    #[inline(always)]
    pub fn note(&mut self, number: u32, ways: u8) {
        match self.0.get_mut(number as usize) {
            Some(known) => *known |= ways,
            None => self.note_first(number, ways),
        }
    }

    #[inline(never)]
    fn note_first(&mut self, number: u32, ways: u8) {
        self.0.resize((number as usize).saturating_add(1), 0);
        if let Some(known) = self.0.last_mut() {
            *known = ways;
        }
    }

    /// The ways in which messages of a phone number came.
    pub fn of(&self, number: usize) -> u8 {
        self.0.get(number).copied().unwrap_or(0)
    }

    /// Did messages of one phone number come both ways?
    #[inline(never)]
    pub fn are_mixed(&self) -> bool {
        let all = self.0.iter().fold(0, |all, ways| all | ways);
        let unknown = self.of(0);
        let mut known = self.0.iter().filter(|ways| **ways != 0);
        all == LISTED | DELIVERED && known.any(|ways| ways | unknown == LISTED | DELIVERED)
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
            (&[(3, DELIVERED), (0, DELIVERED)], false),
        ] {
            let mut sources = Sources::default();
            noted.iter().for_each(|(number, ways)| sources.note(*number, *ways));
            assert_eq!(sources.are_mixed(), want, "{noted:?}");
        }
    }
}
