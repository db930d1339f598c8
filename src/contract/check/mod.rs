//! The check of an upstream's response: its types, by the tables of [`crate::contract`], and the rules beyond types.
//!
//! The check reads the text once and builds no value of it. It reports every problem, not only the first, and ignores fields
//! that the contract does not know. `fields.rs` reads; this file judges fields; the other files judge rules.

mod bounds;
mod fields;
mod indexes;
mod rules;
mod series;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use self::fields::{FieldSet, Fields, Got, Judge, Object};
use self::series::SeriesRows;
use crate::calendar::convention::Convention;
use crate::calendar::period::{BoundsFormat, Period};
use crate::calendar::timestamp::{Naive, from_text};
use crate::calendar::zone::Zone;
use crate::collections::index::Index;
use crate::contract::{Endpoint, Kind, Need, Rule, Shape};
use crate::error::{Code, Problem, Severity};
use crate::json::MAX_SAFE_F64;
use crate::json::syntax::check_value;
use chrono::Weekday;
use std::borrow::Cow;
use std::fmt::{self, Write};

/// The largest number of errors, and of warnings, that [`check`] lists. It only counts further ones.
pub const MAX_LISTED_PROBLEMS: usize = 10_000;

/// The index of ids starts with one slot for this many bytes of the response. At most half of the slots are filled, so rows of
/// 128 bytes fit without growth.
const BYTES_PER_SLOT: usize = 64;

/// What is expected of a response. What is `None` is not checked.
///
/// ```
/// use usage_by_agent::calendar::{period::Period, zone::Zone};
/// use usage_by_agent::contract::check::Expect;
///
/// let expect = Expect {
///     period: Some(Period::Month),
///     zone: Some(Zone::named("America/New_York")?),
///     ..Expect::default()
/// };
/// assert_eq!((expect.now, expect.offset), (None, 0));
/// # Ok::<(), usage_by_agent::error::UsageError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// The kind of period of the query.
    pub period: Option<Period>,
    /// The time zone of the query. Without it, the days of any zone are accepted.
    pub zone: Option<Zone>,
    /// The first day of the week.
    pub week_start: Option<Weekday>,
    /// How the bounds are written.
    pub bounds_as: Option<BoundsFormat>,
    /// A moment in epoch milliseconds. The period must contain it, and so must the newest day or month of a series.
    pub now: Option<i64>,
    /// How many periods the expected period comes after the period that contains `now`. It may be negative.
    pub offset: i64,
    /// The number of days of the query.
    pub days: Option<u16>,
    /// The number of months of the query.
    pub months: Option<u16>,
}

/// A valid response: it has no error, and may have warnings.
#[derive(Clone, Debug)]
pub struct Valid {
    /// The convention that explains the bounds. `None` for a response without the bounds of a calendar period.
    pub convention: Option<Convention>,
    /// The warnings: what may be right but deserves a look.
    pub warnings: Vec<Problem>,
}

/// Checks the JSON text of a response. A byte order mark before the text is ignored.
///
/// # Errors
/// Every problem of the response: the errors, at least one, and then the warnings. Each has a code and a JSON Pointer. Text that
/// is not JSON is one problem with the code `invalid_json`, a line and a byte offset.
///
/// ```
/// use usage_by_agent::contract::Endpoint;
/// use usage_by_agent::contract::check::{Expect, check};
///
/// let text = br#"{"data": [{"month": "2024-06", "messages": 177, "calls": -1, "webhooks": 0}], "months": 1}"#;
/// let problems = check(Endpoint::Monthly, text, &Expect::default()).unwrap_err();
/// assert_eq!((problems[0].path.as_str(), problems[0].code.as_str()), ("/data/0/calls", "range"));
/// assert_eq!(problems[0].message, "got the number -1: wanted a whole number from 0 to 2^53 - 1");
///
/// let text = br#"{"data": [{"month": "2024-06", "messages": 177, "calls": 52, "webhooks": 0}], "months": 1}"#;
/// let valid = check(Endpoint::Monthly, text, &Expect::default()).unwrap();
/// assert!(valid.warnings.is_empty());
/// ```
pub fn check(endpoint: Endpoint, text: &[u8], expect: &Expect) -> Result<Valid, Vec<Problem>> {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    let index = Index::of_places(text.len() / BYTES_PER_SLOT);
    let mut check = Check::new(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text), expect, index);
    if check.response(endpoint.response()).is_none() {
        return Err(vec![explain_rejection(text)]);
    }
    check.into_result()
}

/// Says why a text is not an object. It reads the text again, with the grammar that knows lines and offsets.
fn explain_rejection(text: &[u8]) -> Problem {
    match check_value(text) {
        Err(fault) => Problem {
            line: Some(fault.line),
            byte_offset: Some(fault.byte_offset),
            ..Problem::error("", Code::InvalidJson.as_str(), fault.message)
        },
        Ok(kind) => Problem::error("", "type", format!("got {kind}: wanted an object")),
    }
}

/// A place in the response. It is written out as a JSON Pointer only where there is a problem.
#[derive(Clone, Copy)]
enum Path<'p> {
    Root,
    Field(&'p Path<'p>, &'static str),
    Row(&'p Path<'p>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Field(parent, name) => {
                parent.fmt(f)?;
                f.write_char('/')?;
                f.write_str(name)
            }
            Path::Row(parent, n) => write!(f, "{parent}/{n}"),
        }
    }
}

/// The path of the rows of every response that has rows.
const DATA: Path<'_> = Path::Field(&Path::Root, "data");

/// A response that is being checked.
struct Check<'t, 'e> {
    text: &'t [u8],
    expect: &'e Expect,
    /// The errors so far.
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
    /// The number of problems that are not listed.
    suppressed: u64,
    /// The convention that explains the bounds.
    convention: Option<Convention>,
    /// The ids of the rows, each with its row's number.
    ids: Vec<(usize, Cow<'t, [u8]>)>,
    /// Finds an id in `ids`.
    index: Index,
    /// Has a row with a null `agentId` been read?
    has_orphan: bool,
    series: SeriesRows,
}

impl<'t, 'e> Check<'t, 'e> {
    fn new(text: &'t [u8], expect: &'e Expect, index: Index) -> Self {
        Check {
            text,
            expect,
            problems: Vec::new(),
            warnings: Vec::new(),
            suppressed: 0,
            convention: None,
            ids: Vec::new(),
            index,
            has_orphan: false,
            series: SeriesRows::default(),
        }
    }

    /// Forgets all rows that have been read.
    #[inline(never)]
    fn restart(&mut self) {
        // All fields are named, so that a new field does not compile until it is named here too.
        let Check {
            text: _,
            expect: _,
            problems,
            warnings,
            suppressed,
            convention,
            ids,
            index,
            has_orphan,
            series,
        } = self;
        if !ids.is_empty() {
            // The new index is small. An index for the whole response, made each time an array begins again, would take time
            // that grows with the square of the response's length.
            *index = Index::default();
        }
        ids.clear();
        problems.clear();
        warnings.clear();
        *suppressed = 0;
        *convention = None;
        *has_orphan = false;
        *series = SeriesRows::default();
    }

    /// Reads and judges the whole response. `None` where the text is not an object, or is not JSON.
    fn response(&mut self, shape: &'static Shape) -> Option<()> {
        let found = fields::response(self.text, shape, self)?;
        if !found.fields.iter().any(|got| matches!(got, Got::Rows)) {
            // There may have been rows, and another value after them under the same key.
            self.restart();
        }
        self.judge(&Path::Root, shape, &found, 0);
        Some(())
    }

    fn into_result(self) -> Result<Valid, Vec<Problem>> {
        let (mut problems, mut warnings) = (self.problems, self.warnings);
        let is_valid = problems.is_empty();
        problems.append(&mut warnings);
        if self.suppressed > 0 {
            let message = format!("not listed: {} more", self.suppressed);
            problems.push(Problem {
                severity: if is_valid { Severity::Warning } else { Severity::Error },
                ..Problem::error("", "more", message)
            });
        }
        if is_valid {
            Ok(Valid {
                convention: self.convention,
                warnings: problems,
            })
        } else {
            Err(problems)
        }
    }

    #[inline(never)]
    fn report(&mut self, severity: Severity, path: &Path<'_>, code: &str, message: &str) {
        let list = match severity {
            Severity::Error => &mut self.problems,
            Severity::Warning => &mut self.warnings,
        };
        if list.len() >= MAX_LISTED_PROBLEMS {
            self.suppressed = self.suppressed.saturating_add(1);
            return;
        }
        list.push(Problem {
            severity,
            ..Problem::error(path.to_string(), code, message)
        });
    }

    fn error(&mut self, path: &Path<'_>, code: &str, message: &str) {
        self.report(Severity::Error, path, code, message);
    }

    #[inline(never)]
    fn error_in(&mut self, parent: &Path<'_>, field: &'static str, code: &str, message: &str) {
        self.error(&Path::Field(parent, field), code, message);
    }

    /// Judges the fields of an object, and then the rules about them. `n` is the object's number among the rows.
    fn judge(&mut self, path: &Path<'_>, shape: &'static Shape, found: &Object<'t>, n: usize) {
        let Object { fields, verified } = found;
        if !verified.is_first(shape.fields.len()) {
            self.check_fields(path, shape, fields, *verified);
        }
        for rule in shape.rules {
            match rule {
                Rule::IdsDiffer => self.ids_differ(path, shape, fields, n),
                rule if rules::holds_fast(*rule, fields) => {}
                rule => self.rule(*rule, path, shape, fields),
            }
        }
    }

    /// Judges the fields that are not verified.
    #[inline(never)]
    fn check_fields(&mut self, path: &Path<'_>, shape: &'static Shape, got: &Fields<'t>, verified: FieldSet) {
        let fields = shape.fields.iter().zip(got).enumerate();
        for (_, (field, got)) in fields.filter(|(index, _)| !verified.contains(*index)) {
            let path = Path::Field(path, field.name);
            match (field.kind, *got) {
                (Kind::Object(inner), Got::Object(at)) => self.inner_object(&path, inner, at),
                (_, Got::Missing) => self.absent(&path, field.kind, field.need),
                (kind, got) => self.value(&path, kind, got),
            }
        }
    }

    /// Reads and judges an object inside the response. It has been passed once, so it can be read.
    #[inline(never)]
    fn inner_object(&mut self, path: &Path<'_>, shape: &'static Shape, at: usize) {
        if let Some(found) = fields::inner_object(self.text, at, shape, self) {
            self.judge(path, shape, &found, 0);
        }
    }

    fn absent(&mut self, path: &Path<'_>, kind: Kind, need: Need) {
        let severity = match need {
            Need::Required => Severity::Error,
            Need::Expected => Severity::Warning,
            Need::Optional | Need::OrFalse => return,
        };
        let message = format!("the field is missing: wanted {}", wanted(kind));
        self.report(severity, path, "missing", &message);
    }

    /// Judges a value that is not verified.
    #[inline(never)]
    fn value(&mut self, path: &Path<'_>, kind: Kind, got: Got<'t>) {
        let (text, number) = (got.text(), got.number());
        let whole = number.filter(|n| n.fract() == 0.0);
        let code = match kind {
            Kind::Text | Kind::TextOrNull if text.is_some() => return,
            Kind::Count | Kind::CountOrNull if whole.is_some_and(|n| (0.0..=MAX_SAFE_F64).contains(&n)) => return,
            Kind::Between(least, most) if whole.is_some_and(|n| (f64::from(least)..=f64::from(most)).contains(&n)) => {
                return;
            }
            Kind::Count | Kind::CountOrNull | Kind::Between(..) if number.is_some() => "range",
            Kind::Period | Kind::Time | Kind::Date | Kind::Month => match (kind, &text) {
                (_, None) => "type",
                (Kind::Period, Some(text)) if Period::named(text).is_some() => return,
                (Kind::Time, Some(text)) if from_text(text, Naive::Reject).is_ok() => return,
                (Kind::Date | Kind::Month, Some(text)) if series::number_of(kind, text).is_some() => return,
                (Kind::Period, _) => "period",
                (Kind::Time, _) => "timestamp",
                _ => "date",
            },
            _ => "type",
        };
        let message = format!("got {}: wanted {}", got.shown(), wanted(kind));
        self.error(path, code, &message);
    }
}

impl<'t> Judge<'t> for Check<'t, '_> {
    fn begin_rows(&mut self, shape: &'static Shape) {
        self.restart();
        self.series = SeriesRows::of(shape);
    }

    fn row(&mut self, n: usize, shape: &'static Shape, row: &Object<'t>) {
        self.judge(&Path::Row(&DATA, n), shape, row, n);
        self.series.add(&row.fields);
    }

    fn not_an_object(&mut self, n: usize, got: Got<'t>) {
        self.series.add_unreadable();
        let message = format!("got {}: wanted an object", got.shown());
        self.error(&Path::Row(&DATA, n), "type", &message);
    }
}

/// What a message says that a field takes.
fn wanted(kind: Kind) -> String {
    match kind {
        Kind::Text => "a string",
        Kind::TextOrNull => "a string or null",
        Kind::Count => "a whole number from 0 to 2^53 - 1",
        Kind::CountOrNull => "a whole number from 0 to 2^53 - 1, or null",
        Kind::Between(least, most) => return format!("a whole number from {least} to {most}"),
        Kind::Flag => "true or false",
        Kind::Period => "week, month or year",
        Kind::Time => "a time like \"2024-06-01T00:00:00Z\"",
        Kind::Date => "a date like \"2024-06-01\"",
        Kind::Month => "a month like \"2024-06\"",
        Kind::Object(_) => "an object",
        Kind::Rows(_) | Kind::Location => "an array",
        Kind::Any => "anything",
    }
    .into()
}
