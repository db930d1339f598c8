//! The error type of the crate: what is wrong, where, and under which code.

use crate::output::{Field, HasValue, MAX_FIELDS, Object, Value};
use serde::{Serialize, Serializer};
use std::fmt;

/// The kind of an error. Its text form is the `code` of the public contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The period is not `week`, `month` or `year`.
    InvalidPeriod,
    /// The zone is not a name of the IANA tz database.
    InvalidTz,
    /// `now` is not a moment.
    InvalidNow,
    /// An option has a value that it does not accept.
    InvalidOption,
    /// The period is not wholly inside 1970-01-01..2099-12-31.
    OutOfRange,
    /// A record breaks the rules of its kind.
    InvalidRecord,
    /// The text is not valid JSON, or exceeds a limit of the reader.
    InvalidJson,
    /// The bytes are not a snapshot, are damaged, or cannot be merged into this ledger.
    InvalidSnapshot,
    /// A sum would exceed 2^53 - 1.
    Overflow,
    /// The counts would take more memory than they may have, or than there is.
    OutOfMemory,
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
            Code::OutOfMemory => "out_of_memory",
        }
    }
}

/// A place in the input: a JSON Pointer (RFC 6901) and, in JSON text, a line and a byte offset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// JSON Pointer into the input. An empty one means the whole input.
    pub path: String,
    /// Line, from 1.
    pub line: Option<u64>,
    /// Offset in bytes, from 0.
    pub byte_offset: Option<u64>,
}

impl Place {
    /// A place with a pointer only.
    pub fn at(path: impl Into<String>) -> Self {
        Place {
            path: path.into(),
            line: None,
            byte_offset: None,
        }
    }
}

/// An error of any function of this crate.
///
/// ```
/// use usage_by_agent::{Code, Options};
///
/// let error = Options { tz: "Mars/Olympus".into(), ..Options::default() }.zone().unwrap_err();
/// assert_eq!(error.code, Code::InvalidTz);
/// assert_eq!(error.place.unwrap().path, "/tz");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct UsageError {
    /// The kind of error.
    pub code: Code,
    /// What was got and what was wanted.
    pub message: String,
    /// The place in the input, if there is one.
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

    /// The error of a call that needs more memory than there is.
    #[cold]
    #[inline(never)]
    pub fn out_of_memory() -> Self {
        UsageError::new(Code::OutOfMemory, "there is less memory than this call needs").at(Place::at(""))
    }

    /// Returns the error with a place.
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
    /// Something is wrong.
    Error,
    /// Something may be right, but should be checked.
    Warning,
}

/// An error or a warning, as an entry of a list of problems.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// JSON Pointer into the input.
    pub path: String,
    /// A word that programs can compare.
    pub code: String,
    /// What was got and what was wanted.
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
