//! The grammar of UTF-8, a byte at a time.

/// The state of UTF-8 that is checked byte by byte (RFC 3629 §4): how many continuation bytes are due, and the range of the next
/// one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Utf8 {
    pub due: u8,
    low: u8,
    high: u8,
}

impl Utf8 {
    /// Takes one byte. Returns false if it cannot follow.
    pub const fn takes(&mut self, byte: u8) -> bool {
        if self.due > 0 {
            let fits = self.low <= byte && byte <= self.high;
            *self = Utf8 {
                due: self.due.saturating_sub(1),
                low: 0x80,
                high: 0xbf,
            };
            return fits;
        }
        let (due, low, high) = match byte {
            0..=0x7f => (0, 0, 0),
            0xc2..=0xdf => (1, 0x80, 0xbf),
            0xe0 => (2, 0xa0, 0xbf),
            0xed => (2, 0x80, 0x9f),
            0xe1..=0xef => (2, 0x80, 0xbf),
            0xf0 => (3, 0x90, 0xbf),
            0xf1..=0xf3 => (3, 0x80, 0xbf),
            0xf4 => (3, 0x80, 0x8f),
            _ => return false,
        };
        *self = Utf8 { due, low, high };
        true
    }
}
