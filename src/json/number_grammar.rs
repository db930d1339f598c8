//! The grammar of numbers, a byte at a time.

/// The state of a number that is checked byte by byte (RFC 8259 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    E,
    Sign,
    Exponent,
}

impl Number {
    /// The state after one more byte. `None` if the byte does not continue the number.
    pub const fn next(self, byte: u8) -> Option<Number> {
        use Number::{E, Exponent, Fraction, Minus, Point, Sign, Whole, Zero};
        Some(match (self, byte) {
            (Minus, b'0') => Zero,
            (Minus, b'1'..=b'9') | (Whole, b'0'..=b'9') => Whole,
            (Zero | Whole, b'.') => Point,
            (Point | Fraction, b'0'..=b'9') => Fraction,
            (Zero | Whole | Fraction, b'e' | b'E') => E,
            (E, b'+' | b'-') => Sign,
            (E | Sign | Exponent, b'0'..=b'9') => Exponent,
            _ => return None,
        })
    }

    /// May the number end here?
    pub const fn may_end(self) -> bool {
        matches!(self, Number::Zero | Number::Whole | Number::Fraction | Number::Exponent)
    }
}
