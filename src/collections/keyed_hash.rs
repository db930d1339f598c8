//! The hash of tables in memory. It has a secret key, so that nobody can choose ids that collide.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The prime 2^31 - 1. A product of two numbers below it fits 64 bits, and a remainder takes a shift and an addition.
const PRIME: u64 = 0x7fff_ffff;

/// A key, its square and its cube.
type Powers = [u64; 3];

static POWERS: [AtomicU32; 3] = {
    let [key, square, cube] = powers(0x9e37_79b9);
    [
        AtomicU32::new(key as u32),
        AtomicU32::new(square as u32),
        AtomicU32::new(cube as u32),
    ]
};

/// Sets the key. It must be called before anything is hashed.
///
/// If the key is random and secret, nobody can choose many ids that share a slot and make the time grow with the square of
/// their number. Outside WebAssembly the key is a constant.
#[cfg(target_arch = "wasm32")]
pub(crate) fn set_key(key: u32) {
    for (power, value) in POWERS.iter().zip(powers(key)) {
        power.store(value as u32, Relaxed);
    }
}

const fn powers(key: u32) -> Powers {
    // Keys such as 0 and 1 hash badly, so a high bit is set.
    let key = key as u64 & 0x3fff_fffe | 0x4000_0000;
    let square = key.wrapping_mul(key) % PRIME;
    [key, square, square.wrapping_mul(key) % PRIME]
}

fn current() -> Powers {
    let [key, square, cube] = &POWERS;
    [key, square, cube].map(|power| u64::from(power.load(Relaxed)))
}

/// Hashes the bytes as a polynomial evaluated at the secret key, modulo 2^31 - 1.
///
/// Two different inputs collide for at most `degree` keys. The degree is six for an input of eight bytes, because the last
/// eight bytes are read twice.
#[inline(never)]
pub fn table_hash(bytes: &[u8]) -> u32 {
    hash_by(&current(), bytes)
}

fn hash_by(powers: &Powers, bytes: &[u8]) -> u32 {
    let mut hash = bytes.len() as u64;
    let mut rest = bytes;
    while let Some((word, after)) = rest.split_first_chunk() {
        hash = with(powers, hash, u64::from_le_bytes(*word));
        rest = after;
    }
    // The last eight bytes, some of them for the second time. That is faster than reading the rest byte by byte.
    let last = match bytes.last_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    spread(with(powers, hash, last))
}

/// Adds three coefficients of 21, 21 and 22 bits. The sum is below 2^63.
#[inline(always)]
const fn with([key, square, cube]: &Powers, hash: u64, word: u64) -> u64 {
    let high = (word >> 43).wrapping_mul(*square);
    let middle = (word >> 22 & 0x1f_ffff).wrapping_mul(*key);
    let low = word & 0x3f_ffff;
    folded(
        hash.wrapping_mul(*cube)
            .wrapping_add(high)
            .wrapping_add(middle)
            .wrapping_add(low),
    )
}

/// Reduces a number to less than 2^31 + 5 and keeps its remainder modulo the prime, because 2^31 leaves the remainder 1.
const fn folded(n: u64) -> u64 {
    let n = (n & PRIME).wrapping_add(n >> 31);
    (n & PRIME).wrapping_add(n >> 31)
}

/// Mixes all bits into the low ones, which select the slot, so that evenly spaced hashes do not stay evenly spaced.
#[allow(clippy::cast_possible_truncation)]
const fn spread(hash: u64) -> u32 {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = hash.wrapping_mul(MIX);
    ((mixed ^ mixed >> 32).wrapping_mul(MIX) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Is the hash that of a remainder? A remainder up to 4 may have the prime added.
    fn is(hash: u32, remainder: u64) -> bool {
        [remainder, remainder + PRIME].map(spread).contains(&hash)
    }

    #[test]
    fn a_hash_is_the_polynomial_at_the_key() {
        let at = |key: u64, parts: &[u64]| parts.iter().fold(0, |sum, part| (sum * key + part) % PRIME);
        for key in [0, 1, 0x5a3c_9d12, u32::MAX] {
            let powers = powers(key);
            let [key, ..] = powers;
            for text in ["", "a", "agt_123", "agt_1234", "agt_12345", &"\u{10FFFF}~".repeat(99)] {
                let bytes = text.as_bytes();
                let whole = bytes
                    .chunks_exact(8)
                    .chain(bytes.last_chunk::<8>().map(|last| &last[..]));
                let mut words: Vec<u64> = whole.map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect();
                if words.is_empty() {
                    words.push(bytes.iter().fold(0, |word, byte| word * 256 + u64::from(*byte)));
                }
                let mut parts = vec![bytes.len() as u64];
                parts.extend(
                    words
                        .iter()
                        .flat_map(|word| [word >> 43, word >> 22 & 0x1f_ffff, word & 0x3f_ffff]),
                );
                assert!(is(hash_by(&powers, bytes), at(key, &parts)), "{text} {key}");
            }
        }
    }

    /// Ids that are chosen to collide under a known key do not collide under another key.
    #[test]
    fn ids_that_collide_under_one_key_are_spread_under_another() {
        let [known, other] = [0x5a3c_9d12, 0x4b7e_1f36].map(powers);
        let [key, square, cube] = known;
        // Eight bytes are read twice, so the last coefficient counts cube + 1 times. The inverse of that is its power prime - 2,
        // by Fermat's little theorem.
        let inverse = (0..31).rev().fold(1, |power, bit| {
            let square = power * power % PRIME;
            if (PRIME - 2) >> bit & 1 == 1 {
                square * (cube + 1) % PRIME
            } else {
                square
            }
        });
        let meeting = (0..1_u64 << 21).filter_map(|n| {
            let (a, b) = (n >> 10, n & 0x3ff);
            let so_far = (a * square + b * key) % PRIME * (cube + 1) % PRIME;
            let c = (PRIME - so_far) * inverse % PRIME;
            (c < 1 << 22).then(|| (a << 43 | b << 22 | c).to_le_bytes())
        });
        let meeting: Vec<_> = meeting.collect();
        let hashes = |powers| {
            meeting
                .iter()
                .map(|id| hash_by(&powers, id))
                .collect::<HashSet<_>>()
                .len()
        };
        assert!(meeting.len() > 3000, "{}", meeting.len());
        assert!(hashes(known) <= 2, "{}", hashes(known));
        assert_eq!(hashes(other), meeting.len());
    }

    /// A hash of `agent * 2^16 * odd` put all agents without a phone number into one chain.
    #[test]
    fn pairs_are_spread_over_an_index() {
        const MANY: u32 = 10_000;
        for n in 1..200_u32 {
            let powers = powers(n.wrapping_mul(0x9e37_79b9));
            let spread = |pair: fn(u32) -> (u32, u32)| {
                let slots = (0..MANY).map(|n| {
                    let (agent, number) = pair(n);
                    let pair = u64::from(agent) << 32 | u64::from(number);
                    hash_by(&powers, &pair.to_le_bytes()) & 0x7fff // a table of more than twice as many slots
                });
                slots.collect::<HashSet<_>>().len()
            };
            for (what, slots) in [
                ("agents", spread(|n| (n, 0))),
                ("agents with a number each", spread(|n| (n, n))),
                ("numbers", spread(|n| (1, n))),
                ("agents with two numbers each", spread(|n| (n / 2, n % 2))),
                ("agents with a hundred numbers each", spread(|n| (n / 100, n % 100))),
            ] {
                assert!(slots > 8_000, "{what}: {slots} slots, {powers:?}"); // a random hash takes about 8,600
            }
        }
    }
}
