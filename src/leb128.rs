//! LEB128 numbers: seven bits a byte, the lowest first, and a set high bit in every byte but the last.
//!
//! Signed numbers are zigzag-encoded first: 0, -1, 1, -2 become 0, 1, 2, 3. Zone tables and snapshots use both forms. The
//! build script includes this file, so it imports nothing.

/// Appends a number.
///
/// ```
/// let mut bytes = Vec::new();
/// usage_by_agent::leb128::write(&mut bytes, 300);
/// assert_eq!(bytes, [0xac, 0x02]);
/// ```
#[inline(never)]
#[allow(clippy::cast_possible_truncation)] // keeps the low byte on purpose
pub fn write(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a signed number.
#[allow(clippy::cast_sign_loss)] // zigzag gives every bit pattern a place
pub fn write_signed(out: &mut Vec<u8>, number: i64) {
    write(out, (number << 1 ^ number >> 63) as u64);
}

/// Reads a number of at most nine bytes and moves `bytes` behind it. Returns `None` where the number is cut short or longer.
///
/// ```
/// let mut bytes = &[0xac, 0x02, 7][..];
/// assert_eq!(usage_by_agent::leb128::read(&mut bytes), Some(300));
/// assert_eq!(bytes, [7]);
/// ```
#[inline(never)]
#[allow(dead_code)] // the build script only writes
pub fn read(bytes: &mut &[u8]) -> Option<u64> {
    // Most numbers are small.
    if let Some((small @ ..0x80, rest)) = bytes.split_first() {
        *bytes = rest;
        return Some(u64::from(*small));
    }
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Reads a signed number, like [`read`].
#[allow(dead_code, clippy::cast_possible_wrap)] // the build script only writes; zigzag gives every bit pattern a place
pub fn read_signed(bytes: &mut &[u8]) -> Option<i64> {
    let number = read(bytes)?;
    Some((number >> 1) as i64 ^ ((number & 1) as i64).wrapping_neg())
}
