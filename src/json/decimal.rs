//! The double that is nearest to a decimal number.
//!
//! The standard library's parser is faster for numbers of more than fifteen digits, but its code and table add 13 kB to the
//! gzipped module, an eighth of it. Here such numbers are computed with big integers, exactly and without a table.

/// The number of digits that can decide between two doubles (767 in IEEE 754, rounded up). After these it only matters whether
/// another digit is not zero.
const MOST_DIGITS: u32 = 800;

/// The double nearest to a JSON number (RFC 8259 §6), with ties to even, as `JSON.parse` reads it. Numbers beyond the largest
/// double become infinity. The result for text that is not a JSON number is unspecified.
///
/// ```
/// # use usage_by_agent::json::decimal::nearest;
/// assert_eq!(nearest("-12.5e-1"), -1.25);
/// ```
pub fn nearest(text: &str) -> f64 {
    let unsigned = text.strip_prefix('-');
    let size = size(unsigned.unwrap_or(text).as_bytes());
    if unsigned.is_some() { -size } else { size }
}

/// A decimal number: `digits × 10^exponent`.
struct Digits {
    /// The value of the first 19 digits, which always fit a `u64`.
    first: u64,
    /// The number of digits without leading zeros.
    count: u32,
    exponent: i64,
}

fn size(text: &[u8]) -> f64 {
    let at = text.iter().position(|b| matches!(b, b'e' | b'E')).unwrap_or(text.len());
    let (mantissa, power) = text.split_at_checked(at).unwrap_or((text, &[]));
    let mut read = Digits {
        first: 0,
        count: 0,
        exponent: exponent(power.get(1..).unwrap_or_default()),
    };
    let mut after_point = false;
    for byte in mantissa {
        let Some(digit) = char::from(*byte).to_digit(10) else {
            after_point = true;
            continue;
        };
        if after_point {
            read.exponent = read.exponent.saturating_sub(1);
        }
        if read.count > 0 || digit > 0 {
            read.count = read.count.saturating_add(1);
        }
        if read.count <= 19 {
            read.first = read.first.wrapping_mul(10).wrapping_add(u64::from(digit));
        }
    }
    if read.count == 0 {
        return 0.0;
    }
    // A double holds both numbers exactly, so the result is rounded only once (Clinger's fast path).
    if read.count <= 19
        && read.first <= 1 << 53
        && let Some(power) = power_of_ten(read.exponent.unsigned_abs())
    {
        #[allow(clippy::cast_precision_loss)]
        let whole = read.first as f64;
        return if read.exponent < 0 {
            whole / power
        } else {
            whole * power
        };
    }
    divided(mantissa, &read)
}

fn exponent(text: &[u8]) -> i64 {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let size = digits.iter().fold(0_i64, |sum, byte| {
        sum.saturating_mul(10).saturating_add(i64::from(byte & 0xf))
    });
    if negative { size.saturating_neg() } else { size }
}

/// 10^n, if a double holds it exactly.
fn power_of_ten(n: u64) -> Option<f64> {
    (n <= 22).then(|| (0..n).fold(1.0, |power, _| power * 10.0))
}

/// Computes the nearest double with big integers. It is rare, so it is kept small and not inlined.
#[inline(never)]
fn divided(mantissa: &[u8], read: &Digits) -> f64 {
    // The place of the first digit: 10^(place - 1) <= number < 10^place.
    let place = read.exponent.saturating_add(i64::from(read.count));
    if place > 310 {
        return f64::INFINITY;
    }
    if place < -330 {
        return 0.0;
    }
    let mut number = Big(Vec::new());
    let mut more = false;
    let digits = mantissa.iter().filter_map(|byte| char::from(*byte).to_digit(10));
    for (n, digit) in digits.skip_while(|digit| *digit == 0).enumerate() {
        if n < MOST_DIGITS as usize {
            number.times(10, digit);
        } else {
            more |= digit > 0;
        }
    }
    let left_out = i64::from(read.count.saturating_sub(MOST_DIGITS));
    let exponent = read.exponent.saturating_add(left_out);
    let (nines, rest) = (exponent.unsigned_abs() / 9, exponent.unsigned_abs() % 9);
    let rest = (0..rest).fold(1_u32, |power, _| power.saturating_mul(10));
    let powers = (0..nines).map(|_| 1_000_000_000).chain([rest]);
    let mut scale = 0_i64;
    if exponent >= 0 {
        powers.for_each(|power| number.times(power, 0));
    } else {
        // A word of 32 bits holds more than nine digits, so the quotient keeps more bits than the divisor takes away.
        let words = nines.saturating_add(4);
        let mut scaled: Vec<u32> = (0..words).map(|_| 0).collect();
        scaled.extend(&number.0);
        number = Big(scaled);
        scale = i64::try_from(words).unwrap_or(0).saturating_mul(-32);
        powers.for_each(|power| more |= number.over(power) > 0);
    }
    number.rounded(scale, more)
}

/// A big integer, with its lowest 32 bits first.
struct Big(Vec<u32>);

impl Big {
    /// Multiplies by `factor`, then adds `add`.
    #[inline(never)]
    fn times(&mut self, factor: u32, add: u32) {
        let mut carry = u64::from(add);
        for word in &mut self.0 {
            carry = carry.wrapping_add(u64::from(*word).wrapping_mul(u64::from(factor)));
            *word = low(carry);
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(low(carry));
        }
    }

    /// Divides, and returns the remainder.
    #[inline(never)]
    fn over(&mut self, divisor: u32) -> u64 {
        let mut rest = 0_u64;
        for word in self.0.iter_mut().rev() {
            let part = rest << 32 | u64::from(*word);
            *word = low(part.checked_div(divisor.into()).unwrap_or(0));
            rest = part.checked_rem(divisor.into()).unwrap_or(0);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        rest
    }

    /// The double nearest to this number times `2^scale`. The number is not 0. `more` means that the exact value is slightly
    /// greater.
    fn rounded(mut self, mut scale: i64, mut more: bool) -> f64 {
        // Shift until the first bit of the top word is set, so that the top two words have 64 significant bits.
        let spare = self.0.last().map_or(0, |word| word.leading_zeros());
        self.times(1_u32.wrapping_shl(spare), 0);
        scale = scale.saturating_sub(spare.into());
        let mut words = self.0.iter().rev();
        let mut next = || words.next().copied().map_or(0, u64::from);
        let top = next() << 32 | next();
        more |= words.any(|word| *word > 0);
        scale =
            i64::try_from(self.0.len()).map_or(scale, |n| scale.saturating_add(n.saturating_sub(2).saturating_mul(32)));
        // The exponent of the last bit of the double: 53 bits from the first, but not below the smallest double.
        let last = scale.saturating_add(11).max(-1074);
        let away = u32::try_from(last.saturating_sub(scale)).unwrap_or(u32::MAX);
        let kept = top.checked_shr(away).unwrap_or(0);
        let rest = if away >= 64 { top } else { top ^ kept.wrapping_shl(away) };
        let half = 1_u64.wrapping_shl(away.saturating_sub(1));
        let up = away <= 64 && (rest > half || (rest == half && (more || kept & 1 == 1)));
        #[allow(clippy::cast_precision_loss)]
        let mantissa = kept.saturating_add(up.into()) as f64; // 2^53 at most
        mantissa * power_of_two(last)
    }
}

#[allow(clippy::cast_possible_truncation)]
const fn low(bits: u64) -> u32 {
    bits as u32
}

/// `2^n` for `n` from -1074 on. Infinity beyond the largest double.
fn power_of_two(n: i64) -> f64 {
    match u64::try_from(n.saturating_add(1023)) {
        Ok(exponent @ 1..=2046) => f64::from_bits(exponent << 52),
        Ok(1..) => f64::INFINITY,
        _ => u32::try_from(n.saturating_add(1074)).map_or(0.0, |n| f64::from_bits(1_u64.checked_shl(n).unwrap_or(0))),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(text: &str) {
        let (got, want) = (nearest(text), text.parse::<f64>().unwrap());
        assert_eq!(got.to_bits(), want.to_bits(), "{text}: {got:e}, want {want:e}");
    }

    #[test]
    fn hard_cases_are_rounded_as_the_standard_library_rounds_them() {
        let long = format!("0.{}1", "0".repeat(400));
        let half = format!("9007199254740993.{}1", "0".repeat(900));
        for text in [
            "0",
            "-0",
            "0.0e99",
            "1",
            "0.1",
            "9007199254740993",
            "9007199254740992.5",
            &half,
            &long,
            "1e22",
            "1e23",
            "8.5e22",
            "1e-22",
            "123456789012345678901234567890",
            "1e308",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "1e309",
            "1e400",
            "-1e99999999999999999999",
            "1e-99999999999999999999",
            "2.2250738585072014e-308",
            "2.2250738585072011e-308",
            "4.9e-324",
            "2.5e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "1e-330",
            "0e99999999999999999999",
            "6250000000000000000000000e-25",
            "17976931348623157081452742373170435679807056752584499e256",
            "179769313486231580793728971405301e276",
            "2.00000000000000011102230246251565404",
            "1.00000000000000011102230246251565",
        ] {
            same(text);
        }
        same(&format!("{}e-400", "7".repeat(700)));
        same(&format!("0.{}123456789e330", "0".repeat(330)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn every_double_reads_back(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            if number.is_finite() {
                same(&format!("{number}"));
                same(&format!("{number:e}"));
                same(&format!("{number:.25e}"));
            }
        }

        #[test]
        fn a_tie_between_doubles_goes_to_the_even_one(
            odd in (1_u128 << 53)..(1 << 54),
            shift in 0_u32..70,
            more in "(\\.0{0,900}[01])?",
        ) {
            // 54 bits with the last bit set lie in the middle of two doubles.
            same(&format!("{}{more}", (odd | 1) << shift));
        }

        #[test]
        fn any_number_is_rounded_as_the_standard_library_rounds_it(text in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?") {
            same(&text);
        }
    }
}
