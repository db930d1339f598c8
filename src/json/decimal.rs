//! Numbers: the double that is nearest to a decimal text.
//!
//! The standard library's reader is quicker for numbers of more than fifteen digits, and brings code and a table that gzip
//! makes 13 kB of, an eighth of the module. Here such numbers are divided out in whole numbers, exactly and without a table.

/// How many digits decide between two doubles: after these it only matters whether anything follows (IEEE 754: 767 for
/// doubles).
const MOST_DIGITS: u32 = 800;

/// The double nearest to a number as JSON spells it (RFC 8259 §6), ties to even, as `JSON.parse` reads it: infinity beyond the
/// last. Nonsense for other text.
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

/// Digits and where their point is: `digits × 10^exponent`.
struct Digits {
    /// The first of them, as many as a u64 is sure to hold.
    first: u64,
    /// How many there are, zeros at the beginning aside.
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
    // Both numbers are doubles, so one rounding is all that happens (Clinger's fast path).
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

/// Those that a double holds exactly.
fn power_of_ten(n: u64) -> Option<f64> {
    (n <= 22).then(|| (0..n).fold(1.0, |power, _| power * 10.0))
}

/// The same by whole numbers of any length. Rare, so it is kept small: nothing of it is inlined.
#[inline(never)]
fn divided(mantissa: &[u8], read: &Digits) -> f64 {
    // Where the first digit stands: the number is below 10^place, and not below a tenth of it.
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
        // 32 bits hold more than nine digits: the quotient keeps all the bits that the divisor takes, and 96 more.
        let words = nines.saturating_add(4);
        let mut scaled: Vec<u32> = (0..words).map(|_| 0).collect();
        scaled.extend(&number.0);
        number = Big(scaled);
        scale = i64::try_from(words).unwrap_or(0).saturating_mul(-32);
        powers.for_each(|power| more |= number.over(power) > 0);
    }
    number.rounded(scale, more)
}

/// A whole number, its lowest 32 bits first.
struct Big(Vec<u32>);

impl Big {
    /// Multiplies, and adds.
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

    /// Divides, and gives the remainder.
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

    /// The double nearest to this number, which is not 0, times `2^scale`, and a little more if there is `more`.
    fn rounded(mut self, mut scale: i64, mut more: bool) -> f64 {
        // Until the first bit of a word is set, so that two words are 64 bits of it.
        let spare = self.0.last().map_or(0, |word| word.leading_zeros());
        self.times(1_u32.wrapping_shl(spare), 0);
        scale = scale.saturating_sub(spare.into());
        let mut words = self.0.iter().rev();
        let mut next = || words.next().copied().map_or(0, u64::from);
        let top = next() << 32 | next();
        more |= words.any(|word| *word > 0);
        scale =
            i64::try_from(self.0.len()).map_or(scale, |n| scale.saturating_add(n.saturating_sub(2).saturating_mul(32)));
        // The last bit that the double has room for: 53 bits from the first, and none below the smallest double.
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

/// `2^n`, for `n` from -1074 on; infinity beyond the last double.
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
    fn the_hard_ones() {
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
        fn halves_between_doubles_go_to_the_even_one(
            odd in (1_u128 << 53)..(1 << 54),
            shift in 0_u32..70,
            more in "(\\.0{0,900}[01])?",
        ) {
            // 54 bits, the last of them set: in the middle of two doubles.
            same(&format!("{}{more}", (odd | 1) << shift));
        }

        #[test]
        fn any_text_of_a_number(text in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?") {
            same(&text);
        }
    }
}
