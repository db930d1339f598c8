//! Rows: the fields of a record, unjudged.
//!
//! A record reaches the core as a [`Row`]: the fixed list of fields that the rules need, each with its value. Rows are made from
//! columns of JS objects ([`columns`](super::columns)) and from JSON text ([`scan`](super::scan)). Only [`judge`](super::judge)
//! decides what a row means. `docs/counting-rules.md` has the rules.

use crate::calendar::timestamp;
use crate::calendar::timestamp::Naive;
use crate::collections::equal::equal;
use crate::json::MAX_SAFE_F64;
#[cfg(test)]
use crate::json::value::{self as walk, Json};
use crate::message::{number_shown, shown};
use std::borrow::Cow;
use std::fmt;

/// Makes the tables of the fields. A new field is one more line: its name here, its key in JSON, the key's spelling in
/// `snake_case` where it differs, and the word `data` where a webhook's `data` can have it too.
macro_rules! fields {
    ($($Field:ident $key:literal $(| $alias:literal)? $($data:ident)?;)*) => {
        /// The names of the fields, in the order of [`FIELDS`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Known {
            $($Field),*
        }

        /// The fields that are read from a record itself, in the order of a row. A field whose name contains a slash is read
        /// from another place: [`nested`] says from which.
        pub const FIELDS: [&str; [$($key),*].len()] = [$($key),*];

        /// The other spelling of each field, in the order of [`FIELDS`]; empty for a field that has one spelling.
        pub const ALIASES: [&str; FIELDS.len()] = [$(concat!($($alias)?)),*];

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
    Type "type" data;
    Event "event";
    Channel "channel";
    Id "id" data;
    CallId "callId" | "call_id" data;
    MessageId "messageId" | "message_id" data;
    AgentId "agentId" | "agent_id";
    AgentName "agentName" | "agent_name";
    Status "status" data;
    StartedAt "startedAt" | "started_at" data;
    EndedAt "endedAt" | "ended_at" data;
    DurationSeconds "durationSeconds" | "duration_seconds" data;
    ReceivedAt "receivedAt" | "received_at" data;
    Timestamp "timestamp";
    PhoneNumberId "phoneNumberId" | "phone_number_id";
    NumberId "numberId" | "number_id" data;
    PhoneNumber "phoneNumber" | "phone_number";
    Direction "direction" data;
    Test "test";
    DeliveryId "deliveryId" | "delivery_id";
    MessageCount "messageCount" | "message_count";
    TestMode "conversationState/testMode";
    HeaderId "headers/x-webhook-id";
    EnvelopeId "envelope/id";
    EnvelopeDeliveryId "envelope/deliveryId";
}

/// Is this the name of a field that is not read from a key of the record itself?
// The compiler runs this, so a panic here stops the build.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub const fn nested(field: &str) -> bool {
    let bytes = field.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'/' {
            return true;
        }
        at += 1;
    }
    false
}

/// A part of a record that is an object or an array, and is read only where the record needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `headers` of a delivery.
    Headers,
    /// `body`: the webhook in an envelope of a webhook tool.
    Body,
    /// `messages` of a conversation.
    Messages,
}

/// The keys of the parts, in the order of [`Part`].
pub const PARTS: [&str; 3] = ["headers", "body", "messages"];

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
    /// `true`.
    True,
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
        self.bytes().is_some_and(|bytes| equal(bytes, text.as_bytes()))
    }

    /// Text that is not empty, in UTF-8. `None` for any other value.
    pub(super) fn named(&self) -> Option<&[u8]> {
        self.bytes().filter(|text| !text.is_empty())
    }

    /// The value as a message shows it.
    fn shown(&self) -> String {
        match self {
            Value::Absent => "missing".into(),
            Value::Null => "null".into(),
            Value::Number(n) => format!("the number {}", number_shown(*n)),
            Value::Text(t) => shown(t),
            Value::Ascii(bytes) => shown(std::str::from_utf8(bytes).unwrap_or_default()),
            Value::BrokenText => "text with a lone surrogate".into(),
            Value::True => "a boolean".into(),
            Value::Date(ms) if ms.is_finite() => "a Date".into(),
            Value::Date(_) => "an invalid Date".into(),
            Value::Other(kind) => (*kind).into(),
            Value::Threw(message) => format!("unreadable, because of the error {}", shown(message)),
        }
    }
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        use Value::{Absent, BrokenText, Date, Null, Number, Other, Threw, True};
        match (self, other) {
            (Absent, Absent) | (Null, Null) | (BrokenText, BrokenText) | (True, True) => true,
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

/// The fields of one record, in the order of [`FIELDS`], those of its `data`, and its parts.
///
/// A row is reused for one record after the other. [`Row::clear`] leaves the old values in place and only marks them as not
/// present, which is several times cheaper than overwriting them.
#[derive(Clone)]
pub struct Row<'a> {
    /// The values of the fields of the record itself.
    pub fields: [Value<'a>; FIELDS.len()],
    /// The `data` of the record.
    pub data: Data<'a>,
    /// The JSON text of each part, in the order of [`PARTS`].
    parts: [&'a [u8]; PARTS.len()],
    /// Which values are present: a bit for each field, one for `data`, one for each field of `data`, and one for each part.
    present: u64,
    /// Which of them were set under their other spelling. The first one counts where a record has both.
    other_spelling: u64,
    /// Is the record the body of an envelope?
    is_enveloped: bool,
    /// Does the conversation's state have its test mode under its first spelling?
    has_test_mode: bool,
}

/// The bit of `data` in `present`. The bits of its fields are above it, and the bits of the parts above those.
const DATA_BIT: u64 = 1 << FIELDS.len();
const PART_BIT: u64 = DATA_BIT << 1 << DATA_FIELDS.len();
const DATA_BITS: u64 = PART_BIT - DATA_BIT;

impl Default for Row<'_> {
    /// A row in which every field is present as [`Value::Absent`].
    fn default() -> Self {
        Row {
            fields: Default::default(),
            data: Data::Missing,
            parts: Default::default(),
            present: u64::MAX,
            other_spelling: 0,
            is_enveloped: false,
            has_test_mode: false,
        }
    }
}

/// What is wrong with a record, and at which field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON Pointer from the record, in the field's first spelling.
    pointer: &'static str,
    /// What was got and what was wanted.
    message: String,
}

impl Fault {
    /// The JSON Pointer from the record `row`, in the spelling that the record has, and the message.
    pub fn in_words(&self, row: &Row<'_>) -> (String, String) {
        let pointer = row.spelling_of(self.pointer);
        let name = pointer.get(1..).unwrap_or_default().replace('/', ".");
        let message = format!("{name} is {}", self.message);
        (pointer, message)
    }
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
        Fault {
            pointer: self.pointer,
            message: format!("{}: {what}", self.value.shown()),
        }
    }

    /// The text of the field, in UTF-8; `None` if it is missing or `null`.
    pub(super) fn text(self) -> Result<Option<&'r [u8]>, Fault> {
        match self.value {
            Value::Absent | Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text.as_bytes())),
            Value::Ascii(bytes) => Ok(Some(bytes)),
            _ => self.fault("wanted a string or null"),
        }
    }

    /// The text of the field; `None` if it is missing, `null` or empty.
    pub(super) fn name(self) -> Result<Option<&'r [u8]>, Fault> {
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
    #[inline]
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

    /// The JSON Pointer of a field in the spelling under which the row has it.
    fn spelling_of(&self, pointer: &str) -> String {
        let own = POINTERS.iter().position(|p| *p == pointer);
        let of_data = DATA_POINTERS.iter().position(|p| *p == pointer);
        let (parent, at, bit) = match (own, of_data) {
            (Some(at), _) => ("", at, bit(at)),
            (None, Some(slot)) => (
                "/data",
                DATA_NAMES.get(slot).map_or(0, |name| *name as usize),
                data_bit(slot),
            ),
            (None, None) => return pointer.to_owned(),
        };
        match ALIASES.get(at) {
            Some(alias) if self.other_spelling & bit != 0 => format!("{parent}/{alias}"),
            _ => pointer.to_owned(),
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

const fn bit(field: usize) -> u64 {
    1_u64.wrapping_shl(field as u32)
}

const fn data_bit(slot: usize) -> u64 {
    bit(slot.wrapping_add(FIELDS.len()).wrapping_add(1))
}

const fn part_bit(part: Part) -> u64 {
    PART_BIT.wrapping_shl(part as u32)
}

/// The slot of a field in [`DATA_FIELDS`], if `data` can have it. The field is given by its index in [`FIELDS`].
#[inline(always)]
pub(crate) fn data_slot(field: usize) -> Option<usize> {
    DATA_SLOTS
        .get(field)
        .filter(|slot| **slot != NO_SLOT)
        .map(|slot| usize::from(*slot))
}

/// Filling a row field by field. If a field is set twice, the last value counts, and the first spelling before the other.
impl<'a> Row<'a> {
    /// Marks all fields as not present.
    pub const fn clear(&mut self) {
        self.present = 0;
        self.other_spelling = 0;
        self.is_enveloped = false;
    }

    /// Sets a field, by its index in [`FIELDS`].
    pub fn set(&mut self, field: usize, value: Value<'a>) {
        if let Some(place) = self.fields.get_mut(field) {
            *place = value;
            self.present |= bit(field);
            self.is_first_spelling(bit(field));
        }
    }

    /// Sets a field that was found under its other spelling.
    #[inline(never)]
    pub fn set_alias(&mut self, field: usize, value: Value<'a>) {
        if self.may_set_alias(bit(field)) {
            self.set(field, value);
            self.other_spelling |= bit(field);
        }
    }

    #[inline(always)]
    const fn is_first_spelling(&mut self, bit: u64) {
        // Nearly every record has one spelling, so this is one comparison.
        if self.other_spelling != 0 {
            self.other_spelling &= !bit;
        }
    }

    /// Whether a value under the other spelling counts: the row has no value under the first spelling.
    const fn may_set_alias(&self, bit: u64) -> bool {
        self.present & bit == 0 || self.other_spelling & bit != 0
    }

    /// Sets a field of a name.
    pub(super) fn set_known(&mut self, name: Known, value: Value<'a>) {
        self.set(name as usize, value);
    }

    /// Takes the value of a field out of the row.
    pub(super) fn take(&mut self, name: Known) -> Value<'a> {
        let at = name as usize;
        let value = self.fields.get_mut(at).filter(|_| self.present & bit(at) != 0);
        value.map(std::mem::take).unwrap_or_default()
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
        self.other_spelling &= !DATA_BITS;
    }

    /// Sets a field of `data`, by its index in [`DATA_FIELDS`].
    pub fn set_in_data(&mut self, slot: usize, value: Value<'a>) {
        if let Data::Fields(fields) = &mut self.data
            && let Some(place) = fields.get_mut(slot)
        {
            *place = value;
            self.present |= data_bit(slot);
            self.is_first_spelling(data_bit(slot));
        }
    }

    /// Sets a field of `data` that was found under its other spelling.
    #[inline(never)]
    pub fn set_alias_in_data(&mut self, slot: usize, value: Value<'a>) {
        if self.may_set_alias(data_bit(slot)) {
            self.set_in_data(slot, value);
            self.other_spelling |= data_bit(slot);
        }
    }

    /// Begins the conversation's state, under its other spelling or not. Returns false if its fields are not read, because the row
    /// has had it under its first spelling.
    pub(super) fn begin_state(&mut self, is_alias: bool) -> bool {
        let bit = bit(Known::TestMode as usize);
        if is_alias && !self.may_set_alias(bit) {
            return false;
        }
        self.set(Known::TestMode as usize, Value::Absent);
        if is_alias {
            self.other_spelling |= bit;
        }
        self.has_test_mode = false;
        true
    }

    /// Sets the test mode of the conversation's state, under its other spelling or not.
    pub(super) fn set_test_mode(&mut self, is_alias: bool, value: Value<'a>) {
        if !is_alias || !self.has_test_mode {
            if let Some(place) = self.fields.get_mut(Known::TestMode as usize) {
                *place = value;
            }
            self.has_test_mode = !is_alias;
        }
    }

    /// Sets a part to its JSON text. Empty text stands for a string, because most messages have a string as `body`, and a
    /// string is never a part.
    pub fn set_part(&mut self, part: Part, text: &'a [u8]) {
        let bit = part_bit(part);
        self.present = if text.is_empty() {
            self.present & !bit
        } else {
            self.present | bit
        };
        if let Some(place) = self.parts.get_mut(part as usize) {
            *place = text;
        }
    }

    /// Marks the record as the body of an envelope.
    pub const fn set_enveloped(&mut self) {
        self.is_enveloped = true;
    }
}

/// Reading the parts.
impl<'a> Row<'a> {
    /// Is the record the body of an envelope? Its faults are then below `/body`.
    pub const fn is_enveloped(&self) -> bool {
        self.is_enveloped
    }

    /// Is there a value that may be this part?
    #[inline(always)]
    pub(super) const fn has(&self, part: Part) -> bool {
        self.present & part_bit(part) != 0
    }

    /// The JSON text of a part, if it begins with this byte. The text must be valid, which the scan has checked.
    pub(super) fn part(&self, part: Part, first: u8) -> Option<&'a str> {
        let text = self.parts.get(part as usize).filter(|_| self.has(part))?;
        std::str::from_utf8(text)
            .ok()
            .filter(|text| text.as_bytes().first() == Some(&first))
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
        Json::Bool(true) => Value::True,
        Json::Bool(false) => Value::Other("a boolean"),
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
            (Known::Type as usize, Known::EnvelopeDeliveryId as usize),
            (0, FIELDS.len() - 1)
        );
        for (n, field) in DATA_FIELDS.iter().enumerate() {
            assert_eq!(DATA_POINTERS[n], format!("/data/{field}"));
            assert_eq!(FIELDS[DATA_NAMES[n] as usize], *field);
            assert_eq!(data_slot(DATA_NAMES[n] as usize), Some(n));
        }
    }

    #[test]
    fn a_fault_has_the_spelling_of_its_field() {
        let spelled = |row: &Row<'_>, name| row.own(name).fault::<()>("wanted").unwrap_err().in_words(row).0;
        let mut row = Row::default();
        for name in NAMES {
            let (at, alias) = (name as usize, ALIASES[name as usize]);
            row.clear();
            row.set(at, Value::True);
            assert_eq!(spelled(&row, name), format!("/{}", FIELDS[at]));
            row.clear();
            row.set_alias(at, Value::True);
            if !alias.is_empty() {
                assert_eq!(spelled(&row, name), format!("/{alias}"));
            }
        }
        for (slot, name) in DATA_NAMES.into_iter().enumerate() {
            let of_data = |row: &Row<'_>| row.of_data(name).fault::<()>("wanted").unwrap_err().in_words(row).0;
            let (at, alias) = (name as usize, ALIASES[name as usize]);
            row.clear();
            row.set_data_object();
            row.set_in_data(slot, Value::True);
            assert_eq!(of_data(&row), format!("/data/{}", FIELDS[at]));
            row.clear();
            row.set_data_object();
            row.set_alias_in_data(slot, Value::True);
            if !alias.is_empty() {
                assert_eq!(of_data(&row), format!("/data/{alias}"));
            }
        }
    }

    #[test]
    fn a_row_is_shown_with_the_fields_that_it_has() {
        let mut row = Row::default();
        row.clear();
        row.set_known(Known::Id, Value::Text("m".into()));
        row.set_data(Value::Number(7.0));
        assert_eq!(format!("{row:?}"), r#"{"/id": "m", "/data": 7.0}"#);
    }
}
