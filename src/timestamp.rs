//! Timestamps in records: RFC 3339 text with an offset, or whole epoch milliseconds.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

/// What to do with timestamps that name no offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Naive {
    /// They are invalid: which moment they mean is a guess.
    #[default]
    Reject,
    /// They are UTC.
    Utc,
}

/// The largest time value of ECMAScript, in milliseconds either side of the epoch.
pub(crate) const MAX_TIME: f64 = 8.64e15;

/// Numbers below this look like seconds: as milliseconds they would be before March 1973.
const LOOKS_LIKE_SECONDS: f64 = 1e11;

/// Reads RFC 3339 text as epoch milliseconds; a finer fraction is cut off.
///
/// To the letter of RFC 3339 §5.6, with its two allowances: lower-case letters, and a space between date and time. chrono's
/// own reader takes more (U+2212 for a minus sign, say), so that texts would pass here that others refuse.
///
/// # Errors
/// What is wrong with it, to follow "got X:".
pub fn from_text(text: &str, naive: Naive) -> Result<i64, &'static str> {
    match (parse(text.as_bytes()), naive) {
        (Some((local, Some(offset))), _) => Ok(local.saturating_sub(offset)),
        (Some((local, None)), Naive::Utc) => Ok(local),
        (Some((_, None)), Naive::Reject) => Err(
            "it has no offset; wanted RFC 3339 with one, such as \"2024-06-01T00:00:00Z\", or the option naiveTimestamps: \"utc\"",
        ),
        (None, _) => Err("wanted RFC 3339 with an offset, such as \"2024-06-01T00:00:00Z\""),
    }
}

/// The wall time, and the offset from UTC if there is one, both in milliseconds.
fn parse(text: &[u8]) -> Option<(i64, Option<i64>)> {
    let (whole, rest) = text.split_at_checked(19)?;
    let &[
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T' | b't' | b' ',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = whole
    else {
        return None;
    };
    let date = NaiveDate::from_ymd_opt(
        number(&[y1, y2, y3, y4])?.try_into().ok()?,
        number(&[m1, m2])?,
        number(&[d1, d2])?,
    )?;
    let second = number(&[s1, s2])?;
    // A leap second is the next one: clocks of computers do not show it.
    let leap = second == 60;
    let wall = date.and_hms_opt(number(&[h1, h2])?, number(&[n1, n2])?, if leap { 59 } else { second })?;
    let (fraction, rest) = fraction(rest)?;
    let ms = wall
        .and_utc()
        .timestamp_millis()
        .saturating_add(fraction)
        .saturating_add(if leap { 1000 } else { 0 });
    let offset = match rest {
        [] => None,
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
            let after = NaiveTime::from_hms_opt(hours, minutes, 0)?.num_seconds_from_midnight();
            let ms = i64::from(after).saturating_mul(1000);
            Some(if *sign == b'-' { ms.saturating_neg() } else { ms })
        }
        _ => return None,
    };
    Some((ms, offset))
}

/// The milliseconds of a fraction of a second, and what follows it.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', digits)) = text.split_first() else {
        return Some((0, text));
    };
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at_checked(count).filter(|_| count > 0)?;
    let digit = |n| digits.get(n).copied().unwrap_or(b'0');
    Some((number(&[digit(0), digit(1), digit(2)])?.into(), rest))
}

/// A number of a few decimal digits.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, byte| {
        let digit = char::from(*byte).to_digit(10)?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

/// Reads a time as the wire writes bounds: `2024-06-01T00:00:00Z`, to the second and no other way.
pub fn from_wire(text: &str) -> Option<i64> {
    let plain = text.len() == 20 && text.as_bytes().get(10) == Some(&b'T') && text.ends_with('Z');
    from_text(text, Naive::Reject).ok().filter(|_| plain)
}

/// A wall time, or UTC's, as the wire writes it, in ASCII; `None` outside the years 0 to 9999.
///
/// By hand: chrono's own formatting reads its pattern at run time and costs the module 20 KB.
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

/// Reads a number as epoch milliseconds.
///
/// # Errors
/// What is wrong with it, to follow "got X:".
pub fn from_number(ms: f64) -> Result<i64, &'static str> {
    if !ms.is_finite() || ms.fract() != 0.0 || ms.abs() > MAX_TIME {
        return Err("wanted whole epoch milliseconds");
    }
    if ms.abs() < LOOKS_LIKE_SECONDS {
        return Err("that looks like seconds; wanted epoch milliseconds");
    }
    Ok(whole(ms))
}

/// Reads a `Date`'s time value, which may be any moment that a `Date` can hold.
///
/// # Errors
/// What is wrong with it, to follow "got X:".
pub fn from_date(ms: f64) -> Result<i64, &'static str> {
    if !ms.is_finite() || ms.abs() > MAX_TIME {
        return Err("wanted a valid one");
    }
    Ok(whole(ms.floor()))
}

/// A whole number of at most 8.64e15 in size, so that the cast is exact.
#[allow(clippy::cast_possible_truncation)]
fn whole(ms: f64) -> i64 {
    ms as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_3339_with_any_offset_and_any_fraction() {
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
    fn the_wire_has_one_way_of_writing() {
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
    fn naive_text_is_read_only_when_asked() {
        assert!(
            from_text("2024-06-01T00:00:00", Naive::Reject)
                .unwrap_err()
                .contains("no offset")
        );
        assert_eq!(from_text("2024-06-01T00:00:00", Naive::Utc), Ok(1_717_200_000_000));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "2024",
            "2024-06-01",
            "2024-06-01T00:00Z",
            "2024-06-01T00:00:00+0000",
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
    fn numbers_are_whole_milliseconds_and_not_seconds() {
        assert_eq!(from_number(1_717_200_000_000.0), Ok(1_717_200_000_000));
        assert_eq!(from_number(-1e11), Ok(-100_000_000_000));
        for ms in [
            1_717_200_000.0,
            0.0,
            1e11 - 1.0,
            1_717_200_000_000.5,
            8.64e15 + 2.0,
            f64::NAN,
            f64::INFINITY,
        ] {
            assert!(from_number(ms).is_err(), "{ms}");
        }
        assert_eq!(from_date(0.0), Ok(0));
        assert!(from_date(f64::NAN).is_err());
    }
}
