//! What went wrong, where, and under which code: the one error type of the crate.

use crate::output::{Field, HasValue, MAX_FIELDS, Object, Value};
use serde::{Serialize, Serializer};
use std::fmt;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The thing is wrong.
    Error,
    /// The thing may be right but deserves a look.
    Warning,
}

/// Something wrong, and where: an entry of a list of them.
#[derive(Clone, Debug, PartialEq)]
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
    pub line: Option<u64>,
    /// Offset in bytes, from 0.
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

impl Object for Problem {
    fn fields(&self) -> [Field<'_>; MAX_FIELDS] {
        let mut fields = [None; MAX_FIELDS];
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let given = [
            Some(("path", self.path.value())),
            Some(("code", self.code.value())),
            Some(("message", self.message.value())),
            Some(("severity", Value::Text(severity))),
            self.line.map(|line| ("line", Value::Count(line))),
            self.byte_offset.map(|offset| ("byteOffset", Value::Count(offset))),
        ];
        for (field, given) in fields.iter_mut().zip(given) {
            *field = given;
        }
        fields
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::Object(self).serialize(serializer)
    }
}
