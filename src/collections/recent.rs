//! The places of a few things that were found lately. A look at one takes a fraction of the time of a hash that nobody can choose.

/// How many places are remembered.
const PLACES: usize = 64;

/// The shift that leaves the highest bits of a product. They are the number of a place.
const SHIFT: u32 = u32::BITS.wrapping_sub(PLACES.ilog2());

/// The places, by a number that need not be good: two things with one number only take each other's place.
#[derive(Clone, Debug)]
pub struct Recent([u32; PLACES]);

impl Default for Recent {
    fn default() -> Self {
        Recent([0; PLACES])
    }
}

impl Recent {
    /// Where the place of a thing with this number is remembered. It may be the place of another thing.
    #[inline(always)]
    pub fn at(&mut self, number: u32) -> &mut u32 {
        let mixed = number.wrapping_mul(0x9e37_79b1).wrapping_shr(SHIFT);
        let [first, others @ ..] = &mut self.0;
        others.get_mut(mixed as usize).unwrap_or(first)
    }
}
