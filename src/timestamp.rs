//! Timestamps in records: RFC 3339 text with an offset, or whole epoch milliseconds.

use chrono::DateTime;

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
/// # Errors
/// What is wrong with it, to follow "got X:".
pub fn from_text(text: &str, naive: Naive) -> Result<i64, &'static str> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.timestamp_millis());
    }
    match (DateTime::parse_from_rfc3339(&format!("{text}Z")), naive) {
        (Ok(at), Naive::Utc) => Ok(at.timestamp_millis()),
        (Ok(_), Naive::Reject) => Err(
            "it has no offset; wanted RFC 3339 with one, such as \"2024-06-01T00:00:00Z\", or the option naiveTimestamps: \"utc\"",
        ),
        (Err(_), _) => Err("wanted RFC 3339 with an offset, such as \"2024-06-01T00:00:00Z\""),
    }
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
        return Err("that is an invalid Date");
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
