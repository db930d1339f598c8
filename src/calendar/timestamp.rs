//! Timestamps in records and moments of queries: RFC 3339 text with an offset, or epoch milliseconds.

use chrono::{Datelike, NaiveDateTime, Timelike};

/// How timestamps without an offset are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Naive {
    /// They are invalid, because their moment would be a guess.
    #[default]
    Reject,
    /// They are UTC.
    Utc,
}

/// The largest time value of ECMAScript (ECMA-262, Time Values), in milliseconds before or after the epoch.
pub(crate) const MAX_TIME: f64 = 8.64e15;

/// Numbers below this look like seconds. As milliseconds they would lie before March 1973.
const LEAST_MS: f64 = 1e11;

/// Numbers beyond this look like microseconds or nanoseconds. As milliseconds they would lie after the year 5138.
const MOST_MS: f64 = 1e14;

/// Reads RFC 3339 text as epoch milliseconds. A finer fraction is cut off.
///
/// It follows RFC 3339 §5.6 exactly, with the two allowances of the RFC: lower-case letters, and a space between date and time.
/// chrono's reader accepts more, for example U+2212 as a minus sign, which other readers refuse.
///
/// # Errors
/// What is wrong with the text, to follow "got X:".
pub fn from_text(text: &str, naive: Naive) -> Result<i64, &'static str> {
    from_bytes(text.as_bytes(), naive)
}

/// Reads RFC 3339 text as [`from_text`] does, from bytes that need not be UTF-8.
///
/// # Errors
/// The errors of [`from_text`].
pub fn from_bytes(text: &[u8], naive: Naive) -> Result<i64, &'static str> {
    match (parse(text), naive) {
        (Some((local, Some(offset))), _) => Ok(local.saturating_sub(offset)),
        (Some((local, None)), Naive::Utc) => Ok(local),
        (Some((_, None)), Naive::Reject) => Err(
            "it has no offset; wanted RFC 3339 with one, such as \"2024-06-01T00:00:00Z\", or the option naiveTimestamps: \"utc\"",
        ),
        (None, _) => {
            Err(wrong_offset(text).unwrap_or("wanted RFC 3339 with an offset, such as \"2024-06-01T00:00:00Z\""))
        }
    }
}

/// How to write the offset, for a text with a right time and a wrong offset: `+0400`, `+04`, or a blank before it.
#[cold]
#[inline(never)]
pub(crate) fn wrong_offset(text: &[u8]) -> Option<&'static str> {
    let (_, rest) = wall_time(text)?;
    let is_offset = matches!(rest.trim_ascii_start().first(), Some(b'+' | b'-' | b'Z' | b'z'));
    (is_offset && offset(rest).is_none()).then_some("wanted its offset as \"+04:00\" or \"Z\", directly after the time")
}

/// The wall time and, if there is one, the offset from UTC, both in milliseconds.
fn parse(text: &[u8]) -> Option<(i64, Option<i64>)> {
    let (ms, rest) = wall_time(text)?;
    Some((ms, offset(rest)?))
}

/// The wall time in milliseconds, and the text after it.
#[inline(always)]
fn wall_time(text: &[u8]) -> Option<(i64, &[u8])> {
    let (date, rest) = text.split_first_chunk()?;
    let [y1, y2, y3, y4, _, m1, m2, _] = digits(date, b"0000-00-")?;
    let (&[d1, d2, between, h1, h2, colon, n1, n2], rest) = rest.split_first_chunk()?;
    if !matches!(between, b'T' | b't' | b' ') {
        return None;
    }
    let [d1, d2, _, h1, h2, _, n1, n2] = digits(&[d1, d2, b'T', h1, h2, colon, n1, n2], b"00T00:00")?;
    let (&[colon, s1, s2], rest) = rest.split_first_chunk()?;
    let [_, s1, s2, ..] = digits(&[colon, s1, s2, b'0', b'0', b'0', b'0', b'0'], b":0000000")?;
    let (day, second) = (number([d1, d2]), number([s1, s2]));
    let (hour, minute) = (number([h1, h2]), number([n1, n2]));
    // A leap second is read as the next second, because the clocks of computers do not show it.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = days(number([y1, y2, y3, y4]), number([m1, m2]), day)?;
    let (fraction, rest) = fraction(rest)?;
    Some((milliseconds(days, hour, minute, second).saturating_add(fraction), rest))
}

/// The offset from UTC in milliseconds; `Some(None)` if there is none.
#[inline(always)]
fn offset(text: &[u8]) -> Option<Option<i64>> {
    Some(match text {
        [] => None,
        [b'Z' | b'z'] => Some(0),
        &[sign @ (b'+' | b'-'), h1, h2, colon, m1, m2] => {
            let [h1, h2, _, m1, m2, ..] = digits(&[h1, h2, colon, m1, m2, b'0', b'0', b'0'], b"00:00000")?;
            let (hours, minutes) = (number([h1, h2]), number([m1, m2]));
            if hours > 23 || minutes > 59 {
                return None;
            }
            let ms = milliseconds(0, hours, minutes, 0);
            Some(if sign == b'-' { ms.saturating_neg() } else { ms })
        }
        _ => return None,
    })
}

/// The values of eight bytes. A byte must be a digit where `form` has 0; elsewhere it must equal the byte of `form`.
#[inline]
fn digits(bytes: &[u8; 8], form: &[u8; 8]) -> Option<[u8; 8]> {
    let values = u64::from_le_bytes(*bytes) ^ u64::from_le_bytes(*form);
    let most = form.map(|byte| if byte == b'0' { 0x7f - 9 } else { 0x7f });
    // Adding sets the high bit of a byte that is too large. A carry can only disturb bytes above it, and the text is refused
    // anyway.
    let over = values.wrapping_add(u64::from_le_bytes(most)) | values;
    (over & 0x8080_8080_8080_8080 == 0).then(|| values.to_le_bytes())
}

/// The number that a few decimal digits write.
fn number<const N: usize>(digits: [u8; N]) -> u32 {
    let more = |sum: u32, digit| sum.wrapping_mul(10).wrapping_add(u32::from(digit));
    digits.into_iter().fold(0, more)
}

fn milliseconds(days: i32, hours: u32, minutes: u32, seconds: u32) -> i64 {
    let minutes = hours.wrapping_mul(60).wrapping_add(minutes);
    let seconds = minutes.wrapping_mul(60).wrapping_add(seconds);
    let days = i64::from(days).wrapping_mul(86_400_000);
    days.wrapping_add(i64::from(seconds).wrapping_mul(1000))
}

/// Days since 1970-01-01 of a date in the years 0 to 9999. `None` if the date does not exist.
///
/// This is Howard Hinnant's `days_from_civil`: the year begins in March, so that a leap day is its last day. It is our own code
/// because it runs for every record, and chrono's tables take several times as long.
#[allow(clippy::arithmetic_side_effects, clippy::cast_possible_wrap)] // all numbers are small and not negative
#[inline]
fn days(year: u32, month: u32, day: u32) -> Option<i32> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if day < 1 || day > last {
        return None;
    }
    let year = if month > 2 { year + 400 } else { year + 399 }; // one cycle of the calendar later, so that it is not negative
    let since_march = if month > 2 { month - 3 } else { month + 9 };
    let in_year = (153 * since_march + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + in_year;
    Some(days as i32 - 719_468 - 146_097)
}

/// The milliseconds of a fraction of a second, and the text after it.
#[inline]
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', digits)) = text.split_first() else {
        return Some((0, text));
    };
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at_checked(count).filter(|_| count > 0)?;
    let digit = |n| digits.get(n).map_or(0, |digit| digit & 0xf);
    Some((number([digit(0), digit(1), digit(2)]).into(), rest))
}

/// Reads a time as responses write bounds: `2024-06-01T00:00:00Z`, to the second, and in no other form.
pub fn from_wire(text: &str) -> Option<i64> {
    let plain = text.len() == 20 && text.as_bytes().get(10) == Some(&b'T') && text.ends_with('Z');
    from_text(text, Naive::Reject).ok().filter(|_| plain)
}

/// Writes a time as responses write bounds, in ASCII. `None` outside the years 0 to 9999.
///
/// It is our own code because chrono's formatting reads its pattern at run time and adds 20 kB to the module.
#[allow(clippy::cast_possible_truncation)]
pub fn to_wire(at: NaiveDateTime) -> Option<[u8; 20]> {
    let (date, time) = (at.date(), at.time());
    let year = u32::try_from(date.year()).ok().filter(|year| *year <= 9999)?;
    let digit = |n: u32| b'0' | (n % 10) as u8;
    let two = |n: u32| [digit(n / 10), digit(n)];
    let ([y1, y2], [y3, y4]) = (two(year / 100), two(year));
    let ([m1, m2], [d1, d2]) = (two(date.month()), two(date.day()));
    let ([h1, h2], [n1, n2], [s1, s2]) = (two(time.hour()), two(time.minute()), two(time.second()));
    Some([
        y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z',
    ])
}

/// The bytes of [`to_wire`] as text.
#[inline(never)]
pub fn text(wire: [u8; 20]) -> String {
    wire.into_iter().map(char::from).collect()
}

/// Reads a number as epoch milliseconds. It must be whole, and from 1e11 to 1e14 in size: from March 1973 to the year 5138.
///
/// # Errors
/// What is wrong with the number, to follow "got X:".
pub fn from_number(ms: f64) -> Result<i64, &'static str> {
    match moment(ms) {
        Some(whole) if ms.fract() == 0.0 => Ok(whole),
        _ => Err(other_unit(ms).unwrap_or("wanted whole epoch milliseconds")),
    }
}

/// The unit that a number looks like if it is too small or too large for milliseconds, to follow "got X:". `None` for other
/// numbers.
pub(crate) fn other_unit(ms: f64) -> Option<&'static str> {
    match ms.abs() {
        size if size < LEAST_MS => Some("that looks like seconds; wanted epoch milliseconds"),
        size if size > MOST_MS && size < 1e17 => Some("that looks like microseconds; wanted epoch milliseconds"),
        size if size > MOST_MS && size < 1e20 => Some("that looks like nanoseconds; wanted epoch milliseconds"),
        _ => None,
    }
}

/// Reads the time value of a `Date`, which may be any moment that a `Date` can hold.
///
/// # Errors
/// What is wrong with the value, to follow "got X:".
pub fn from_date(ms: f64) -> Result<i64, &'static str> {
    if !ms.is_finite() || ms.abs() > MAX_TIME {
        return Err("wanted a valid Date");
    }
    Ok(whole(ms.floor()))
}

/// A number of epoch milliseconds from 1e11 to 1e14 in size, rounded down. `None` for other numbers, which are of another unit.
#[inline]
pub fn moment(ms: f64) -> Option<i64> {
    (LEAST_MS..=MOST_MS).contains(&ms.abs()).then(|| whole(ms.floor()))
}

/// Casts a whole number whose size is at most 8.64e15, so that the cast is exact.
#[allow(clippy::cast_possible_truncation)]
fn whole(ms: f64) -> i64 {
    ms as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_3339_is_read_with_any_offset_and_any_fraction() {
        let june = 1_717_200_000_000;
        for (text, ms) in [
            ("2024-06-01T00:00:00Z", june),
            ("2024-06-01t00:00:00z", june),
            ("2024-06-01 00:00:00+00:00", june),
            ("2024-05-31T20:00:00-04:00", june),
            ("2024-06-01T05:45:00.000000000000001+05:45", june),
            ("2024-06-01T00:00:00.9999Z", june + 999),
            ("2024-05-31T23:59:60Z", june),
            ("1969-12-31T23:59:59.9995Z", -1),
        ] {
            assert_eq!(from_text(text, Naive::Reject), Ok(ms), "{text}");
        }
    }

    #[test]
    fn bounds_are_read_and_written_in_one_form() {
        let at = from_wire("2024-06-01T00:00:00Z").unwrap();
        assert_eq!(
            to_wire(chrono::DateTime::from_timestamp_millis(at).unwrap().naive_utc()),
            Some(*b"2024-06-01T00:00:00Z")
        );
        for text in [
            "2024-06-01T00:00:00z",
            "2024-06-01 00:00:00Z",
            "2024-06-01T00:00:00.0Z",
            "2024-06-01T00:00:00",
            "",
        ] {
            assert_eq!(from_wire(text), None, "{text}");
        }
    }

    #[test]
    fn text_without_an_offset_is_read_only_with_the_option() {
        assert!(
            from_text("2024-06-01T00:00:00", Naive::Reject)
                .unwrap_err()
                .contains("no offset")
        );
        assert_eq!(from_text("2024-06-01T00:00:00", Naive::Utc), Ok(1_717_200_000_000));
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "2024",
            "2024-06-01",
            "2024-06-01T00:00Z",
            "2024-06-01T00:00:00+0000",
            "2024-06-01T00:00:00+04",
            "2024-06-01T00:00:00 +04:00",
            "2024-06-01T24:00:00Z",
            "2023-02-29T00:00:00Z",
            "+12024-06-01T00:00:00Z",
            " 2024-06-01T00:00:00Z",
            "2024-06-01T00:00:00Z ",
            "2024-06-01T00:00:00ZZ",
            "2024-06-01T00:00:00.Z",
            "1717200000000",
            "Sat Jun 01 2024",
            "2024-06-01T00:00:00\u{2212}05:00",
            "2024-06-01T00:00:00+24:00",
            "2024-06-01T00:00:00+05:60",
            "2024-06-01T00:00:61Z",
            "2024-06-01T00:60:00Z",
            "2024-13-01T00:00:00Z",
            "2024-06-01T00:00:00,5Z",
            "2024-06-01T00:00:00 Z",
            "２024-06-01T00:00:00Z",
        ] {
            for naive in [Naive::Reject, Naive::Utc] {
                assert!(from_text(text, naive).is_err(), "{text}");
            }
        }
    }

    #[test]
    fn the_error_of_an_offset_in_another_form_has_the_right_form() {
        for offset in [
            "+0400", "-04", "+4:00", " +04:00", "\t-04:00", " Z", "ZZ", "+24:00", "+05:60",
        ] {
            for fraction in ["", ".5"] {
                let text = format!("2024-06-01T00:00:00{fraction}{offset}");
                let wanted = "wanted its offset as \"+04:00\" or \"Z\", directly after the time";
                assert_eq!(from_text(&text, Naive::Utc), Err(wanted), "{text}");
            }
        }
        for other in [
            "2024-06-01T00:00:00,5Z",
            "2024-06-01 +04:00",
            "2024-06-01T25:00:00+04:00",
            "+04:00",
            "",
        ] {
            let reason = from_text(other, Naive::Utc).unwrap_err();
            assert!(reason.starts_with("wanted RFC 3339"), "{other}: {reason}");
        }
    }

    #[test]
    fn numbers_must_be_whole_milliseconds_and_no_other_unit() {
        for ms in [1_717_200_000_000.0, -1e11, 1e11, 1e14, -1e14] {
            assert_eq!(from_number(ms), Ok(ms as i64));
        }
        for (ms, reason) in [
            (1_717_200_000.0, "that looks like seconds; wanted epoch milliseconds"),
            (0.0, "that looks like seconds; wanted epoch milliseconds"),
            (1.0 - 1e11, "that looks like seconds; wanted epoch milliseconds"),
            (1_717_200_000_000.5, "wanted whole epoch milliseconds"),
            (1e14 + 1.0, "that looks like microseconds; wanted epoch milliseconds"),
            (
                1_748_962_800_000_000.0,
                "that looks like microseconds; wanted epoch milliseconds",
            ),
            (
                -8.64e15 - 2.0,
                "that looks like microseconds; wanted epoch milliseconds",
            ),
            (
                1_748_962_800_000_000_000.0,
                "that looks like nanoseconds; wanted epoch milliseconds",
            ),
            (1e300, "wanted whole epoch milliseconds"),
            (f64::NAN, "wanted whole epoch milliseconds"),
            (f64::INFINITY, "wanted whole epoch milliseconds"),
        ] {
            assert_eq!(from_number(ms), Err(reason), "{ms}");
        }
    }

    #[test]
    fn a_date_is_taken_at_its_word() {
        for ms in [0.0, -1.0, 8.64e15, -8.64e15] {
            assert_eq!(from_date(ms), Ok(ms as i64));
        }
        for ms in [f64::NAN, f64::INFINITY, 8.64e15 + 2.0] {
            assert!(from_date(ms).is_err(), "{ms}");
        }
    }
}
