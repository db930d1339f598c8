//! Rows: the fields of a record, unjudged.
//!
//! A record reaches the core as a [`Row`]: the fixed list of fields that the rules need, each with its value. Rows are made from
//! columns of JS objects ([`columns`](super::columns)) and from JSON text ([`scan`](super::scan)). Only [`judge`](super::judge)
//! decides what a row means. `docs/counting-rules.md` has the rules.

use crate::calendar::timestamp;
use crate::calendar::timestamp::Naive;
use crate::json::MAX_SAFE_F64;
#[cfg(test)]
use crate::json::value::{self as walk, Json};
use crate::message::{number_shown, shown};
use std::borrow::Cow;
use std::fmt;

/// Makes the tables of the fields. A new field is one more line: its name here, its key in JSON, and the word `data` where a
/// webhook's `data` can have it too.
macro_rules! fields {
    ($($Field:ident $key:literal $($data:ident)?;)*) => {
        /// The names of the fields, in the order of [`FIELDS`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Known {
            $($Field),*
        }

        /// The fields that are read from a record itself, in the order of a row.
        pub const FIELDS: [&str; [$($key),*].len()] = [$($key),*];

        /// All names, in the order of [`FIELDS`].
        const NAMES: [Known; FIELDS.len()] = [$(Known::$Field),*];

        /// The JSON Pointers of the fields, in the order of [`FIELDS`].
        const POINTERS: [&str; FIELDS.len()] = [$(concat!("/", $key)),*];

        /// The fields that are read from the `data` of a webhook, in the order of a row.
        pub const DATA_FIELDS: [&str; [$($(concat!("/", stringify!($data), $key),)?)*].len()] =
            [$($(of_data!($data, $key),)?)*];

        /// The names of the fields of `data`, in the order of [`DATA_FIELDS`].
        const DATA_NAMES: [Known; DATA_FIELDS.len()] = [$($(of_data!($data, Known::$Field),)?)*];

        /// The JSON Pointers of the fields of `data`, in the order of [`DATA_FIELDS`].
        const DATA_POINTERS: [&str; DATA_FIELDS.len()] = [$($(concat!("/", stringify!($data), "/", $key),)?)*];
    };
}

/// Something about a field that `data` can have.
macro_rules! of_data {
    (data, $what:expr) => {
        $what
    };
}

fields! {
    Type "type";
    Event "event";
    Channel "channel";
    Id "id" data;
    CallId "callId" data;
    MessageId "messageId" data;
    AgentId "agentId";
    AgentName "agentName";
    Status "status" data;
    StartedAt "startedAt" data;
    EndedAt "endedAt" data;
    DurationSeconds "durationSeconds" data;
    ReceivedAt "receivedAt" data;
    Timestamp "timestamp";
    PhoneNumberId "phoneNumberId";
    NumberId "numberId" data;
    PhoneNumber "phoneNumber";
}

/// The slot in `data` of each field, or [`NO_SLOT`].
const DATA_SLOTS: [u8; FIELDS.len()] = data_slots();

const NO_SLOT: u8 = u8::MAX;

// The compiler runs this, so a panic here stops the build.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn data_slots() -> [u8; FIELDS.len()] {
    let mut slots = [NO_SLOT; FIELDS.len()];
    let mut slot = 0;
    while slot < DATA_NAMES.len() {
        slots[DATA_NAMES[slot] as usize] = slot as u8;
        slot += 1;
    }
    slots
}

/// The value of a field, unjudged.
#[derive(Clone, Default)]
pub enum Value<'a> {
    /// The field is missing or `undefined`.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// A number, as a double.
    Number(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Text that is all ASCII. Most texts are only compared, so they need not become a `str`.
    Ascii(&'a [u8]),
    /// Text with a lone surrogate, which no UTF-8 can hold.
    BrokenText,
    /// A JS `Date`, by its time value.
    Date(f64),
    /// A value of another type, by the name of the type with its article.
    Other(&'static str),
    /// Reading it threw an error with this message.
    Threw(Cow<'a, str>),
}

impl Value<'_> {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Value::Absent | Value::Null)
    }

    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Text(text) => Some(text.as_bytes()),
            Value::Ascii(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn is(&self, text: &str) -> bool {
        self.bytes() == Some(text.as_bytes())
    }

    /// Text that is not empty. `None` for any other value.
    pub(super) fn named(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text.as_ref()),
            Value::Ascii(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
        .filter(|text| !text.is_empty())
    }

    /// The value as a message shows it.
    fn shown(&self) -> String {
        match self {
            Value::Absent => "nothing".into(),
            Value::Null => "null".into(),
            Value::Number(n) => format!("the number {}", number_shown(*n)),
            Value::Text(t) => shown(t),
            Value::Ascii(bytes) => shown(std::str::from_utf8(bytes).unwrap_or_default()),
            Value::BrokenText => "text with a lone surrogate".into(),
            Value::Date(ms) if ms.is_finite() => "a Date".into(),
            Value::Date(_) => "an invalid Date".into(),
            Value::Other(kind) => (*kind).into(),
            Value::Threw(message) => format!("an error while reading it ({})", shown(message)),
        }
    }
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        use Value::{Absent, BrokenText, Date, Null, Number, Other, Threw};
        match (self, other) {
            (Absent, Absent) | (Null, Null) | (BrokenText, BrokenText) => true,
            (Number(a), Number(b)) | (Date(a), Date(b)) => a == b,
            (Other(a), Other(b)) => a == b,
            (Threw(a), Threw(b)) => a == b,
            _ => self.bytes().is_some_and(|bytes| other.bytes() == Some(bytes)),
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.bytes()) {
            (_, Some(bytes)) => write!(f, "{:?}", String::from_utf8_lossy(bytes)),
            (Value::Number(n) | Value::Date(n), _) => write!(f, "{n:?}"),
            (other, _) => f.write_str(&other.shown()),
        }
    }
}

/// A webhook's `data`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Data<'a> {
    /// Missing or `null`, so without fields.
    #[default]
    Missing,
    /// The fields of an object.
    Fields(Box<[Value<'a>; DATA_FIELDS.len()]>),
    /// Not an object.
    Other(Value<'a>),
}

/// The fields of one record, in the order of [`FIELDS`], and those of its `data`.
///
/// A row is reused for one record after the other. [`Row::clear`] leaves the old values in place and only marks them as not
/// present, which is several times cheaper than overwriting them.
#[derive(Clone)]
pub struct Row<'a> {
    /// The values of the fields of the record itself.
    pub fields: [Value<'a>; FIELDS.len()],
    /// The `data` of the record.
    pub data: Data<'a>,
    /// Which values are present: a bit for each field, one for `data`, and one for each field of `data`.
    present: u32,
}

/// The bit of `data` in `present`. The bits of its fields are above it.
const DATA_BIT: u32 = 1 << FIELDS.len();
const DATA_BITS: u32 = !(DATA_BIT - 1);

impl Default for Row<'_> {
    /// A row in which every field is present as [`Value::Absent`].
    fn default() -> Self {
        Row {
            fields: Default::default(),
            data: Data::Missing,
            present: u32::MAX,
        }
    }
}

/// What is wrong with a record, and at which field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON Pointer from the record.
    pub pointer: &'static str,
    /// What was got and what was wanted.
    pub message: String,
}

/// One field of a row: its pointer and its value.
#[derive(Clone, Copy)]
pub(super) struct Field<'r> {
    pub(super) pointer: &'static str,
    pub(super) value: &'r Value<'r>,
}

impl<'r> Field<'r> {
    pub(super) fn fault<T>(self, what: &str) -> Result<T, Fault> {
        Err(self.into_fault(what))
    }

    /// Not generic, so that it is compiled once.
    #[inline(never)]
    fn into_fault(self, what: &str) -> Fault {
        let dotted = |letter: char| if letter == '/' { '.' } else { letter };
        let name: String = self.pointer.chars().skip(1).map(dotted).collect();
        Fault {
            pointer: self.pointer,
            message: format!("{name} is {}: {what}", self.value.shown()),
        }
    }

    /// The text of the field; `None` if it is missing or `null`.
    pub(super) fn text(self) -> Result<Option<&'r str>, Fault> {
        match self.value {
            Value::Absent | Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text.as_ref())),
            Value::Ascii(bytes) => Ok(std::str::from_utf8(bytes).ok()),
            _ => self.fault("wanted a string or null"),
        }
    }

    /// The text of the field; `None` if it is missing, `null` or empty.
    pub(super) fn name(self) -> Result<Option<&'r str>, Fault> {
        Ok(self.text()?.filter(|name| !name.is_empty()))
    }

    pub(super) fn time(self, naive: Naive) -> Result<Option<i64>, Fault> {
        let read = match self.value {
            Value::Absent | Value::Null => return Ok(None),
            Value::Text(text) => timestamp::from_text(text, naive),
            Value::Ascii(bytes) => timestamp::from_bytes(bytes, naive),
            Value::Number(n) => timestamp::from_number(*n),
            Value::Date(ms) => timestamp::from_date(*ms),
            _ => Err("wanted RFC 3339 text, whole epoch milliseconds or a Date"),
        };
        match read {
            Ok(ms) => Ok(Some(ms)),
            Err(what) => self.fault(what),
        }
    }

    /// The number of seconds of the field, rounded down.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn seconds(self) -> Result<Option<u64>, Fault> {
        match self.value {
            Value::Absent | Value::Null => Ok(None),
            Value::Number(n) if *n >= 0.0 && *n <= MAX_SAFE_F64 => Ok(Some(*n as u64)),
            Value::Number(n) if *n < 0.0 => self.fault("wanted a duration that is not negative"),
            Value::Number(_) => self.fault("wanted seconds up to 2^53 - 1"),
            _ => self.fault("wanted a number of seconds or null"),
        }
    }
}

const NOTHING: Value<'static> = Value::Absent;

impl<'r> Row<'r> {
    pub(super) fn own(&'r self, name: Known) -> Field<'r> {
        let at = name as usize;
        let value = self.fields.get(at).filter(|_| self.present & bit(at) != 0);
        Field {
            pointer: POINTERS.get(at).unwrap_or(&""),
            value: value.unwrap_or(&NOTHING),
        }
    }

    pub(super) fn of_data(&'r self, name: Known) -> Field<'r> {
        let at = data_slot(name as usize).unwrap_or(usize::MAX);
        let value = match &self.data {
            Data::Fields(fields) if self.present & DATA_BIT != 0 && self.present & data_bit(at) != 0 => fields.get(at),
            _ => None,
        };
        Field {
            pointer: DATA_POINTERS.get(at).unwrap_or(&"/data"),
            value: value.unwrap_or(&NOTHING),
        }
    }

    /// The value of `data`, if it is neither an object nor missing.
    pub(super) const fn non_object_data(&'r self) -> Option<&'r Value<'r>> {
        match &self.data {
            Data::Other(value) if self.present & DATA_BIT != 0 => Some(value),
            _ => None,
        }
    }
}

const fn bit(field: usize) -> u32 {
    1_u32.wrapping_shl(field as u32)
}

const fn data_bit(slot: usize) -> u32 {
    bit(slot.wrapping_add(FIELDS.len()).wrapping_add(1))
}

/// The slot of a field in [`DATA_FIELDS`], if `data` can have it. The field is given by its index in [`FIELDS`].
#[inline(always)]
pub(crate) fn data_slot(field: usize) -> Option<usize> {
    DATA_SLOTS
        .get(field)
        .filter(|slot| **slot != NO_SLOT)
        .map(|slot| usize::from(*slot))
}

/// Filling a row field by field. If a field is set twice, the last value counts.
impl<'a> Row<'a> {
    /// Marks all fields as not present.
    pub const fn clear(&mut self) {
        self.present = 0;
    }

    /// Sets a field, by its index in [`FIELDS`].
    pub fn set(&mut self, field: usize, value: Value<'a>) {
        if let Some(place) = self.fields.get_mut(field) {
            *place = value;
            self.present |= bit(field);
        }
    }

    /// Sets `data` to a value that is not an object.
    pub fn set_data(&mut self, value: Value<'a>) {
        self.present &= !DATA_BITS;
        if !matches!(value, Value::Null) {
            self.data = Data::Other(value);
            self.present |= DATA_BIT;
        }
    }

    /// Sets `data` to an object without fields.
    pub fn set_data_object(&mut self) {
        if !matches!(self.data, Data::Fields(_)) {
            self.data = Data::Fields(Box::default());
        }
        self.present = self.present & !DATA_BITS | DATA_BIT;
    }

    /// Sets a field of `data`, by its index in [`DATA_FIELDS`].
    pub fn set_in_data(&mut self, slot: usize, value: Value<'a>) {
        if let Data::Fields(fields) = &mut self.data
            && let Some(place) = fields.get_mut(slot)
        {
            *place = value;
            self.present |= data_bit(slot);
        }
    }
}

impl<'a> Row<'a> {
    /// Every field that is not absent, with its pointer.
    fn all(&'a self) -> impl Iterator<Item = (&'static str, &'a Value<'a>)> {
        let own = NAMES.iter().map(|name| self.own(*name));
        let of_data = DATA_NAMES.iter().map(|name| self.of_data(*name));
        let fields = own.chain(of_data).map(|field| (field.pointer, field.value));
        fields
            .chain(self.non_object_data().map(|value| ("/data", value)))
            .filter(|(_, value)| !matches!(value, Value::Absent))
    }
}

/// Two rows are equal if their present fields are equal. Old values that are not present do not matter.
impl PartialEq for Row<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.all().eq(other.all())
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.all()).finish()
    }
}

/// For tests.
#[cfg(test)]
impl<'a> Row<'a> {
    /// Reads the fields of a record from the text of one JSON object, which must be valid JSON. If a field occurs twice, the last
    /// value counts. Only tests use it.
    pub fn from_json(text: &'a str) -> Row<'a> {
        let mut row = Row::default();
        for (key, value) in walk::entries(text) {
            if let Some(field) = walk::key_among(key, &FIELDS).and_then(|at| row.fields.get_mut(at)) {
                *field = value_of(value);
            } else if walk::key_among(key, &["data"]).is_some() {
                row.data = data_of(value);
            }
        }
        row
    }
}

#[cfg(test)]
fn data_of(text: &str) -> Data<'_> {
    match value_of(text) {
        Value::Null => Data::Missing,
        Value::Other("an object") => Data::Fields(Box::new(
            walk::values(text, DATA_FIELDS).map(|value| value.map_or(Value::Absent, value_of)),
        )),
        other => Data::Other(other),
    }
}

#[cfg(test)]
fn value_of(text: &str) -> Value<'_> {
    match walk::read(text) {
        Json::Null => Value::Null,
        Json::Bool(_) => Value::Other("a boolean"),
        Json::Number(n) => Value::Number(n),
        Json::Text(text) => Value::Text(text),
        Json::BrokenText => Value::BrokenText,
        Json::Array(_) => Value::Other("an array"),
        Json::Object(_) => Value::Other("an object"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_pointers_are_in_the_order_of_the_fields() {
        for (n, field) in FIELDS.iter().enumerate() {
            assert_eq!(POINTERS[n], format!("/{field}"));
            assert_eq!(NAMES[n] as usize, n);
        }
        assert_eq!(
            (Known::Type as usize, Known::PhoneNumber as usize),
            (0, FIELDS.len() - 1)
        );
        for (n, field) in DATA_FIELDS.iter().enumerate() {
            assert_eq!(DATA_POINTERS[n], format!("/data/{field}"));
            assert_eq!(FIELDS[DATA_NAMES[n] as usize], *field);
            assert_eq!(data_slot(DATA_NAMES[n] as usize), Some(n));
        }
    }
}
