//! MurmurHash3, x64 128-bit: the hash of ids, and the checksum of snapshots.
//!
//! Snapshots contain hashes of ids, so the function must be a published one that never changes and gives equal results on every
//! platform. This one multiplies 64 bits at a time, which is one instruction in WebAssembly. xxh3 and rapidhash need 128-bit
//! products, which take many.
//!
//! It has no secret key, because snapshots from different processes are merged. So somebody who can choose ids freely can make
//! two ids that collide, or many that are slow to look up.

/// Hashes bytes. Returns the 128 bits as the two halves that the reference implementation returns.
pub fn murmur3_x64_128(bytes: &[u8], seed: u64) -> [u64; 2] {
    let (mut a, mut b) = (seed, seed);
    let mut blocks = bytes.chunks_exact(16);
    for block in &mut blocks {
        let [low, high] = words(block);
        a = (a ^ first(low)).rotate_left(27).wrapping_add(b);
        a = a.wrapping_mul(5).wrapping_add(0x52dc_e729);
        b = (b ^ second(high)).rotate_left(31).wrapping_add(a);
        b = b.wrapping_mul(5).wrapping_add(0x3849_5ab5);
    }
    // Missing bytes of the last words are zero, and a zero word changes nothing.
    let [low, high] = words(blocks.remainder());
    b ^= second(high);
    a ^= first(low);
    let length = bytes.len() as u64;
    a ^= length;
    b ^= length;
    a = a.wrapping_add(b);
    b = b.wrapping_add(a);
    a = mixed(a);
    b = mixed(b);
    a = a.wrapping_add(b);
    [a, b.wrapping_add(a)]
}

const C1: u64 = 0x87c3_7b91_1142_53d5;
const C2: u64 = 0x4cf5_ad43_2745_937f;

const fn first(word: u64) -> u64 {
    word.wrapping_mul(C1).rotate_left(31).wrapping_mul(C2)
}

const fn second(word: u64) -> u64 {
    word.wrapping_mul(C2).rotate_left(33).wrapping_mul(C1)
}

const fn mixed(mut k: u64) -> u64 {
    k = (k ^ (k >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    k = (k ^ (k >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    k ^ (k >> 33)
}

/// Up to 16 bytes as two little-endian words.
fn words(bytes: &[u8]) -> [u64; 2] {
    let mut block = [0; 16];
    if let Some(start) = block.get_mut(..bytes.len()) {
        start.copy_from_slice(bytes);
    }
    let both = u128::from_le_bytes(block);
    #[allow(clippy::cast_possible_truncation)]
    [both as u64, (both >> 64) as u64]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values: the reference implementation, through Python's mmh3.
    #[test]
    fn hashes_equal_those_of_the_reference_implementation() {
        let quick = b"The quick brown fox jumps over the lazy dog";
        for (text, seed, want) in [
            (&b""[..], 0, [0, 0]),
            (b"", 1, [0x4610_abe5_6eff_5cb5, 0x5162_2daa_78f8_3583]),
            (b"a", 0, [0x8555_5565_f659_7889, 0xe6b5_3a48_510e_895a]),
            (b"abcdefgh", 1, [0x16c0_8ff0_c10b_b14e, 0x65df_722c_5b7b_072d]),
            (b"0123456789abcde", 0, [0xa62d_d5f6_c0bf_2351, 0x4fcc_f50c_7c54_4cf0]),
            (b"0123456789abcdef", 1, [0xfdff_0577_812e_bb41, 0x12c6_078b_2336_aae6]),
            (
                b"f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
                0,
                [0x73a1_7f40_f7b7_ceab, 0x4f30_f9de_128e_d2a8],
            ),
            (quick, 0, [0xe34b_bc7b_bc07_1b6c, 0x7a43_3ca9_c49a_9347]),
        ] {
            assert_eq!(murmur3_x64_128(text, seed), want);
        }
    }
}
