//! What went wrong, where, and under which code: the one error type of the crate.

use serde::Serialize;
use std::fmt::{self, Write};

/// What kind of fault an error is. The text form is the `code` of the public contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The period is none of `week`, `month`, `year`.
    InvalidPeriod,
    /// The zone is not a name of the tz database.
    InvalidTz,
    /// `now` is not a moment.
    InvalidNow,
    /// An option has a value that it does not take.
    InvalidOption,
    /// The period is not wholly inside 1970-01-01..2099-12-31.
    OutOfRange,
    /// A record breaks the rules of its kind.
    InvalidRecord,
    /// The text is not JSON, or goes beyond the reader's bounds.
    InvalidJson,
    /// The bytes are no snapshot, are damaged, or can't be merged here.
    InvalidSnapshot,
    /// A sum went beyond 2^53 - 1.
    Overflow,
}

impl Code {
    /// The code as users see it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::InvalidPeriod => "invalid_period",
            Code::InvalidTz => "invalid_tz",
            Code::InvalidNow => "invalid_now",
            Code::InvalidOption => "invalid_option",
            Code::OutOfRange => "out_of_range",
            Code::InvalidRecord => "invalid_record",
            Code::InvalidJson => "invalid_json",
            Code::InvalidSnapshot => "invalid_snapshot",
            Code::Overflow => "overflow",
        }
    }
}

/// Where in the input something is: a JSON Pointer (RFC 6901) and, in JSON text, a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// JSON Pointer into the input; empty for the whole of it.
    pub path: String,
    /// Line, from 1.
    pub line: Option<u64>,
    /// Offset in bytes, from 0.
    pub byte_offset: Option<u64>,
}

impl Place {
    /// A place that only a pointer names.
    pub fn at(path: impl Into<String>) -> Self {
        Place {
            path: path.into(),
            line: None,
            byte_offset: None,
        }
    }
}

/// An error of any function of this crate.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageError {
    /// What kind of fault it is.
    pub code: Code,
    /// What was got and what is wanted.
    pub message: String,
    /// Where, if it is in the input.
    pub place: Option<Place>,
}

impl UsageError {
    /// An error without a place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        UsageError {
            code,
            message: message.into(),
            place: None,
        }
    }

    /// The same error at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let Some(place) = &self.place else { return Ok(()) };
        if !place.path.is_empty() {
            write!(f, " at {}", place.path)?;
        }
        if let Some(line) = place.line {
            write!(f, ", line {line}")?;
        }
        if let Some(offset) = place.byte_offset {
            write!(f, ", byte {offset}")?;
        }
        Ok(())
    }
}

impl std::error::Error for UsageError {}

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The thing is wrong.
    Error,
    /// The thing may be right but deserves a look.
    Warning,
}

/// Something wrong, and where: an entry of a list of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// JSON Pointer into the input.
    pub path: String,
    /// A word to branch on.
    pub code: String,
    /// What was got and what is wanted.
    pub message: String,
    /// Error or warning.
    pub severity: Severity,
    /// Line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Offset in bytes, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_offset: Option<u64>,
}

impl Problem {
    /// An error at a pointer, with no place in a text.
    pub fn error(path: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Problem {
            path: path.into(),
            code: code.to_owned(),
            message: message.into(),
            severity: Severity::Error,
            line: None,
            byte_offset: None,
        }
    }
}

impl From<UsageError> for Problem {
    fn from(error: UsageError) -> Self {
        let Place {
            path,
            line,
            byte_offset,
        } = error.place.unwrap_or_default();
        Problem {
            line,
            byte_offset,
            ..Problem::error(path, error.code.as_str(), error.message)
        }
    }
}

/// A value as it is shown in a message: quoted, and cut where it is long.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut out = String::from("\"");
    for (n, c) in text.chars().enumerate() {
        if n == LONGEST {
            out.push('…');
            break;
        }
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            // `write!` to a string does not fail.
            c if c.is_control() => drop(write!(out, "\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A number as it is shown in a message: whole ones exactly, others to a few digits.
///
/// By hand: the standard library's way of writing every double exactly would be a twentieth of the module, for messages.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn number_shown(n: f64) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if n.is_nan() {
        return "NaN".into();
    }
    let sign = if n < 0.0 { "-" } else { "" };
    let size = n.abs();
    if size.is_infinite() {
        return format!("{sign}Infinity");
    }
    if size >= EXACT || (size > 0.0 && size < 1e-6) {
        let (mut digits, mut exponent) = (size, 0_i32);
        while digits >= 10.0 {
            (digits, exponent) = (digits / 10.0, exponent.saturating_add(1));
        }
        while digits < 1.0 {
            (digits, exponent) = (digits * 10.0, exponent.saturating_sub(1));
        }
        return format!("{sign}{}e{exponent}", number_shown((digits * 1e3).round() / 1e3));
    }
    let mut whole = size.trunc() as u64;
    let mut millionths = (size.fract() * 1e6).round() as u64;
    if millionths >= 1_000_000 {
        (whole, millionths) = (whole.saturating_add(1), 0);
    }
    if millionths == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{millionths:06}")
        .trim_end_matches('0')
        .to_owned()
}

/// Names with something between them. (The library's `join` has code for every length of that.)
pub fn listed(names: &[&str], between: &str) -> String {
    let mut list = String::new();
    for name in names {
        if !list.is_empty() {
            list.push_str(between);
        }
        list.push_str(name);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_people_write_them() {
        for (n, want) in [
            (0.0, "0"),
            (-1.0, "-1"),
            (1_717_200_000_000.5, "1717200000000.5"),
            (0.1, "0.1"),
            (-0.25, "-0.25"),
            (59.999_999_9, "60"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (1e300, "1e300"),
            (-1.5e16, "-1.5e16"),
            (1e-9, "1e-9"),
            (5e-324, "4.941e-324"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(number_shown(n), want);
        }
    }

    #[test]
    fn text_is_shown_quoted_and_cut() {
        assert_eq!(shown("a\"b\\c\n\u{1}"), r#""a\"b\\c\n\u{1}""#);
        assert_eq!(shown(&"x".repeat(10_000)).chars().count(), 63);
    }
}
