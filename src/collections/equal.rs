//! The comparison of short texts.
//!
//! WebAssembly has no instruction for it, and the function that the compiler calls goes byte by byte.

/// Whether two texts are equal. It compares eight bytes at once.
#[inline(never)]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (mut left, mut right) = (a, b);
    while let (Some((x, rest)), Some((y, others))) = (left.split_first_chunk::<8>(), right.split_first_chunk::<8>()) {
        if u64::from_le_bytes(*x) != u64::from_le_bytes(*y) {
            return false;
        }
        (left, right) = (rest, others);
    }
    // The last eight bytes, some of them for the second time.
    match (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(x), Some(y)) => u64::from_le_bytes(*x) == u64::from_le_bytes(*y),
        _ => left.iter().zip(right).all(|(x, y)| x == y),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_each_length_are_compared_to_their_last_byte() {
        for length in 0..40 {
            let a: Vec<u8> = (0..length).collect();
            assert!(equal(&a, &a.clone()));
            assert!(!equal(&a, &[&a[..], b"x"].concat()));
            for at in 0..a.len() {
                for bit in [1, 0x80] {
                    let mut b = a.clone();
                    b[at] ^= bit;
                    assert!(!equal(&a, &b), "{length}: {at}");
                }
            }
        }
    }
}
