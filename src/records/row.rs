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
use crate::json::value::{kind_of, unescape};
use crate::message::{number_shown, shown};
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
        #[cfg(test)]
        const NAMES: [Known; FIELDS.len()] = [$(Known::$Field),*];

        /// The fields that are read from the `data` of a webhook, in the order of a row.
        pub const DATA_FIELDS: [&str; [$($(concat!("/", stringify!($data), $key),)?)*].len()] =
            [$($(of_data!($data, $key),)?)*];

        /// The names of the fields of `data`, in the order of [`DATA_FIELDS`].
        const DATA_NAMES: [Known; DATA_FIELDS.len()] = [$($(of_data!($data, Known::$Field),)?)*];
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

/// The slots of a row: one for what is not read, the fields of the record, `data` itself, the fields of `data`, and the parts.
pub mod slot {
    use super::{DATA_FIELDS, DATA_NAMES, FIELDS, PARTS};

    /// What is not read. A value that is set here has no effect, so a caller need not ask whether a key is read.
    pub const UNREAD: usize = 0;
    /// The first of [`FIELDS`].
    pub const OWN: usize = 1;
    /// `data` itself.
    pub const DATA: usize = OWN + FIELDS.len();
    /// The first of [`DATA_FIELDS`].
    pub const OF_DATA: usize = DATA + 1;
    /// The first of [`PARTS`].
    pub const PART: usize = OF_DATA + DATA_FIELDS.len();
    /// The number of slots.
    pub const COUNT: usize = PART + PARTS.len();
    // The compiler runs this, so a panic here stops the build: a row has a bit for each slot.
    const _: () = assert!(COUNT <= 64);

    /// The slot in `data` of a field, by its index in [`FIELDS`]; [`UNREAD`] for a field that `data` can't have.
    // The compiler runs this, so a panic here stops the build.
    #[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
    pub const fn of_data(field: usize) -> usize {
        let mut n = 0;
        while n < DATA_NAMES.len() {
            if DATA_NAMES[n] as usize == field {
                return OF_DATA + n;
            }
            n += 1;
        }
        UNREAD
    }
}

/// The slot in `data` of each field.
const DATA_SLOTS: [u8; FIELDS.len()] = data_slots();

// The compiler runs this, so a panic here stops the build.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn data_slots() -> [u8; FIELDS.len()] {
    let mut slots = [0; FIELDS.len()];
    let mut n = 0;
    while n < slots.len() {
        slots[n] = slot::of_data(n) as u8;
        n += 1;
    }
    slots
}

/// The value of a field, unjudged.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum Value<'a> {
    /// The field is missing or `undefined`.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// A number, as a double.
    Number(f64),
    /// Text, in UTF-8. Most texts are only compared, so they need not become a `str`.
    Text(&'a [u8]),
    /// Text that had escapes: its place in what the row keeps.
    Kept {
        /// The offset of its first byte.
        start: usize,
        /// The offset after its last byte.
        end: usize,
    },
    /// Text with a lone surrogate, which no UTF-8 can hold.
    BrokenText,
    /// `true`.
    True,
    /// A JS `Date`, by its time value.
    Date(f64),
    /// A value of another type, by the name of the type with its article.
    Other(&'static str),
    /// The JSON text of an object or array that is a part of the record.
    Part(&'a [u8]),
    /// Reading it threw an error with this message.
    Threw(&'a [u8]),
}

impl<'a> Value<'a> {
    pub(super) const fn is_missing(self) -> bool {
        matches!(self, Value::Absent | Value::Null)
    }

    pub(super) fn is(self, text: &str) -> bool {
        matches!(self, Value::Text(bytes) if equal(bytes, text.as_bytes()))
    }

    /// Text that is not empty, in UTF-8. `None` for any other value.
    pub(super) const fn named(self) -> Option<&'a [u8]> {
        match self {
            Value::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// The value as a message shows it.
    fn shown(self) -> String {
        let words = |text| shown(std::str::from_utf8(text).unwrap_or_default());
        match self {
            Value::Absent => "missing".into(),
            Value::Null => "null".into(),
            Value::Number(n) => format!("the number {}", number_shown(n)),
            Value::Text(text) => words(text),
            Value::Kept { .. } => "a string".into(),
            Value::BrokenText => "text with a lone surrogate".into(),
            Value::True => "a boolean".into(),
            Value::Date(ms) if ms.is_finite() => "a Date".into(),
            Value::Date(_) => "an invalid Date".into(),
            Value::Other(kind) => kind.into(),
            Value::Part(text) => kind_of(text.first().copied().unwrap_or_default()).into(),
            Value::Threw(message) => format!("unreadable, because of the error {}", words(message)),
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => write!(f, "{:?}", String::from_utf8_lossy(text)),
            Value::Number(n) | Value::Date(n) => write!(f, "{n:?}"),
            other => f.write_str(&other.shown()),
        }
    }
}

/// The fields of one record, those of its `data`, and its parts.
///
/// A row is reused for one record after the other. [`Row::clear`] leaves the old values in place and only marks them as not
/// present, which is several times cheaper than overwriting them.
#[derive(Clone)]
pub struct Row<'a> {
    /// The values, by their slots.
    values: [Value<'a>; slot::COUNT],
    /// The texts that had escapes, one after the other.
    kept: Vec<u8>,
    /// Which values are present: a bit for each slot.
    present: u64,
    /// Which of them were set under their other spelling. The first one counts where a record has both.
    other_spelling: u64,
    /// Which of them are texts whose escapes are not resolved yet.
    with_escapes: u64,
    /// Is the record the body of an envelope?
    is_enveloped: bool,
    /// Does the conversation's state have its test mode under its first spelling?
    has_test_mode: bool,
}

/// The bits of `data` and of its fields.
const DATA_BITS: u64 = (1 << slot::PART) - (1 << slot::DATA);

impl Default for Row<'_> {
    /// A row in which every field is present as [`Value::Absent`].
    fn default() -> Self {
        Row {
            values: [Value::Absent; slot::COUNT],
            kept: Vec::new(),
            present: u64::MAX,
            other_spelling: 0,
            with_escapes: 0,
            is_enveloped: false,
            has_test_mode: false,
        }
    }
}

/// What is wrong with a record, and at which field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The slot of the field.
    slot: usize,
    /// What was got and what was wanted.
    message: String,
}

impl Fault {
    /// The JSON Pointer from the record `row`, in the spelling that the record has, and the message.
    pub fn in_words(&self, row: &Row<'_>) -> (String, String) {
        let pointer = row.pointer_of(self.slot);
        let name = pointer.get(1..).unwrap_or_default().replace('/', ".");
        let message = format!("{name} is {}", self.message);
        (pointer, message)
    }
}

/// One field of a row: its slot and its value.
#[derive(Clone, Copy)]
pub(super) struct Field<'r> {
    pub(super) slot: usize,
    pub(super) value: Value<'r>,
}

impl<'r> Field<'r> {
    pub(super) fn fault<T>(self, what: &str) -> Result<T, Fault> {
        Err(self.into_fault(what))
    }

    /// Not generic, so that it is compiled once.
    #[inline(never)]
    fn into_fault(self, what: &str) -> Fault {
        Fault {
            slot: self.slot,
            message: format!("{}: {what}", self.value.shown()),
        }
    }

    /// The text of the field, in UTF-8; `None` if it is missing or `null`.
    #[inline]
    pub(super) fn text(self) -> Result<Option<&'r [u8]>, Fault> {
        match self.value {
            Value::Text(text) => Ok(Some(text)),
            Value::Absent | Value::Null => Ok(None),
            _ => self.fault("wanted a string or null"),
        }
    }

    /// The text of the field; `None` if it is missing, `null` or empty.
    #[inline]
    pub(super) fn name(self) -> Result<Option<&'r [u8]>, Fault> {
        Ok(self.text()?.filter(|name| !name.is_empty()))
    }

    pub(super) fn time(self, naive: Naive) -> Result<Option<i64>, Fault> {
        let read = match self.value {
            Value::Absent | Value::Null => return Ok(None),
            Value::Text(text) => timestamp::from_bytes(text, naive),
            Value::Number(n) => timestamp::from_number(n),
            Value::Date(ms) => timestamp::from_date(ms),
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
            Value::Number(n) if (0.0..=MAX_SAFE_F64).contains(&n) => Ok(Some(n as u64)),
            Value::Number(n) if n < 0.0 => self.fault("wanted a duration that is not negative"),
            Value::Number(_) => self.fault("wanted seconds up to 2^53 - 1"),
            _ => self.fault("wanted a number of seconds or null"),
        }
    }
}

impl<'r> Row<'r> {
    /// The value in a slot; [`Value::Absent`] if none is present.
    #[inline(always)]
    pub(super) fn get(&'r self, slot: usize) -> Value<'r> {
        match self.values.get(slot) {
            Some(Value::Kept { start, end }) if self.present & bit(slot) != 0 => self.kept_text(*start, *end),
            Some(value) if self.present & bit(slot) != 0 => *value,
            _ => Value::Absent,
        }
    }

    #[inline(never)]
    fn kept_text(&'r self, start: usize, end: usize) -> Value<'r> {
        Value::Text(self.kept.get(start..end).unwrap_or_default())
    }

    /// A field of the record itself.
    #[inline(always)]
    pub(super) fn own(&'r self, name: Known) -> Field<'r> {
        self.field(own_slot(name as usize))
    }

    /// A field of the record itself, or of its `data`.
    #[inline(always)]
    pub(super) fn of(&'r self, data: bool, name: Known) -> Field<'r> {
        // One slot and not two branches, because a processor can't predict which records have `data`.
        self.field(if data {
            data_slot(name as usize)
        } else {
            own_slot(name as usize)
        })
    }

    #[inline(always)]
    fn field(&'r self, slot: usize) -> Field<'r> {
        Field {
            slot,
            value: self.get(slot),
        }
    }

    /// The value of a field of the record itself. It is not inlined, for code that few records need.
    #[inline(never)]
    pub(super) fn value(&'r self, name: Known) -> Value<'r> {
        self.own(name).value
    }

    /// The JSON Pointer from the record to the field of a slot, in the spelling that the record has.
    fn pointer_of(&self, slot: usize) -> String {
        let (parent, field) = match slot {
            slot::DATA => return "/data".to_owned(),
            ..slot::DATA => ("/", slot.wrapping_sub(slot::OWN)),
            _ => {
                let name = DATA_NAMES.get(slot.wrapping_sub(slot::OF_DATA));
                ("/data/", name.map_or(usize::MAX, |name| *name as usize))
            }
        };
        let names = if self.other_spelling & bit(slot) != 0 {
            &ALIASES
        } else {
            &FIELDS
        };
        format!("{parent}{}", names.get(field).unwrap_or(&""))
    }

    /// `data`, if it is neither an object nor missing.
    pub(super) fn non_object_data(&'r self) -> Option<Field<'r>> {
        Some(self.field(slot::DATA)).filter(|field| !matches!(field.value, Value::Absent))
    }
}

const fn bit(slot: usize) -> u64 {
    1_u64.wrapping_shl(slot as u32)
}

/// The slot of a field, by its index in [`FIELDS`].
#[inline(always)]
pub(crate) const fn own_slot(field: usize) -> usize {
    field.wrapping_add(slot::OWN)
}

/// The slot in `data` of a field, by its index in [`FIELDS`]; [`slot::UNREAD`] for a field that `data` can't have.
#[inline(always)]
pub(crate) fn data_slot(field: usize) -> usize {
    DATA_SLOTS.get(field).map_or(slot::UNREAD, |slot| usize::from(*slot))
}

/// Filling a row field by field. If a field is set twice, the last value counts, and the first spelling before the other.
impl<'a> Row<'a> {
    /// Marks all fields as not present.
    #[inline(always)]
    pub fn clear(&mut self) {
        self.mark_absent();
        self.kept.clear();
    }

    /// Marks all fields as not present. Values that were taken out of the row stay valid.
    pub(super) const fn mark_absent(&mut self) {
        self.present = 0;
        self.other_spelling = 0;
        self.with_escapes = 0;
        self.is_enveloped = false;
    }

    /// Sets the value in a slot, under the first spelling of its key.
    #[inline(always)]
    pub fn set(&mut self, slot: usize, value: Value<'a>) {
        if let Some(place) = self.values.get_mut(slot) {
            *place = value;
            self.present |= bit(slot);
            self.other_spelling &= !bit(slot);
        }
    }

    /// Sets a text as it is written between its quotes, with escapes or without. [`Row::resolve_escapes`] must follow.
    #[inline(always)]
    pub(super) fn set_spelled(&mut self, slot: usize, text: &'a [u8], has_escapes: bool) {
        self.set(slot, Value::Text(text));
        // Not a branch, because most texts with escapes are not read, and a processor can't predict which.
        self.with_escapes = self.with_escapes & !bit(slot) | u64::from(has_escapes).wrapping_shl(slot as u32);
    }

    /// Resolves the escapes of the texts that were set as they are written.
    #[inline(always)]
    pub(super) fn resolve_escapes(&mut self) {
        if self.with_escapes & !bit(slot::UNREAD) != 0 {
            self.resolve_some();
        }
    }

    #[inline(never)]
    fn resolve_some(&mut self) {
        for slot in slot::OWN..slot::COUNT {
            if self.with_escapes & bit(slot) != 0
                && let Some(Value::Text(text)) = self.values.get(slot)
            {
                let value = self.unescaped(text);
                if let Some(place) = self.values.get_mut(slot) {
                    *place = value;
                }
            }
        }
        self.with_escapes = 0;
    }

    /// The value of a text that is written with escapes.
    #[inline(never)]
    pub(super) fn unescaped(&mut self, spelled: &[u8]) -> Value<'a> {
        let start = self.kept.len();
        match unescape(spelled, &mut self.kept) {
            Some(()) => Value::Kept {
                start,
                end: self.kept.len(),
            },
            None => Value::BrokenText,
        }
    }

    /// Sets a value that was found under the other spelling of its key.
    #[inline(never)]
    pub fn set_alias(&mut self, slot: usize, value: Value<'a>) {
        if self.may_set_alias(bit(slot)) {
            self.set(slot, value);
            self.other_spelling |= bit(slot);
        }
    }

    /// Keeps a text, and returns its value.
    #[inline(never)]
    pub(super) fn keep(&mut self, text: &[u8]) -> Value<'a> {
        let start = self.kept.len();
        self.kept.extend_from_slice(text);
        Value::Kept {
            start,
            end: self.kept.len(),
        }
    }

    /// Whether a value under the other spelling counts: the row has no value under the first spelling.
    const fn may_set_alias(&self, bit: u64) -> bool {
        self.present & bit == 0 || self.other_spelling & bit != 0
    }

    /// Sets a field of a name.
    pub(super) fn set_known(&mut self, name: Known, value: Value<'a>) {
        self.set(own_slot(name as usize), value);
    }

    /// The value of a field, which may be a text that the row keeps.
    pub(super) fn value_of(&self, name: Known) -> Value<'a> {
        let slot = own_slot(name as usize);
        let value = self.values.get(slot).filter(|_| self.present & bit(slot) != 0);
        value.copied().unwrap_or_default()
    }

    /// Sets `data` to a value that is not an object.
    pub fn set_data(&mut self, value: Value<'a>) {
        self.present &= !DATA_BITS;
        if !value.is_missing() {
            self.set(slot::DATA, value);
        }
    }

    /// Sets `data` to an object without fields.
    pub fn set_data_object(&mut self) {
        self.present &= !DATA_BITS;
        self.other_spelling &= !DATA_BITS;
    }

    /// Begins the conversation's state, under its other spelling or not. Returns false if its fields are not read, because the row
    /// has had it under its first spelling.
    pub(super) fn begin_state(&mut self, is_alias: bool) -> bool {
        let bit = bit(own_slot(Known::TestMode as usize));
        if is_alias && !self.may_set_alias(bit) {
            return false;
        }
        self.set_known(Known::TestMode, Value::Absent);
        if is_alias {
            self.other_spelling |= bit;
        }
        self.has_test_mode = false;
        true
    }

    /// Sets the test mode of the conversation's state, under its other spelling or not.
    pub(super) fn set_test_mode(&mut self, is_alias: bool, value: Value<'a>) {
        if !is_alias || !self.has_test_mode {
            if let Some(place) = self.values.get_mut(own_slot(Known::TestMode as usize)) {
                *place = value;
            }
            self.has_test_mode = !is_alias;
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

    /// The JSON text of a part, if it begins with this byte. The text must be valid, which the scan has checked.
    #[inline(always)]
    pub(super) fn part(&self, part: Part, first: u8) -> Option<&'a [u8]> {
        let slot = slot::PART.wrapping_add(part as usize);
        match self.values.get(slot) {
            Some(Value::Part(text)) if self.present & bit(slot) != 0 && text.first() == Some(&first) => Some(text),
            _ => None,
        }
    }
}

impl<'a> Row<'a> {
    /// Every field that is not absent, with its slot.
    fn all(&'a self) -> impl Iterator<Item = (usize, Value<'a>)> {
        let fields = (slot::OWN..slot::PART).map(|slot| (slot, self.get(slot)));
        fields.filter(|(_, value)| !matches!(value, Value::Absent))
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
        let first_spelling = Row::default();
        let fields = self.all().map(|(slot, value)| (first_spelling.pointer_of(slot), value));
        f.debug_map().entries(fields).finish()
    }
}

/// For tests.
#[cfg(test)]
impl<'a> Row<'a> {
    /// Reads the fields of a record from the text of one JSON object, which must be valid JSON. If a field occurs twice, the last
    /// value counts. Only tests use it.
    pub fn from_json(text: &'a str) -> Row<'a> {
        let mut row = Row::default();
        row.clear();
        for (key, value) in walk::entries(text) {
            if let Some(field) = walk::key_among(key, &FIELDS) {
                let value = row.read(value);
                row.set(own_slot(field), value);
            } else if walk::key_among(key, &["data"]).is_some() {
                match row.read(value) {
                    Value::Other("an object") => {
                        row.set_data_object();
                        for (n, text) in walk::values(value, DATA_FIELDS).into_iter().enumerate() {
                            let value = text.map_or(Value::Absent, |text| row.read(text));
                            row.set(slot::OF_DATA + n, value);
                        }
                    }
                    other => row.set_data(other),
                }
            }
        }
        row
    }

    fn read(&mut self, text: &'a str) -> Value<'a> {
        match walk::read(text) {
            Json::Null => Value::Null,
            Json::Bool(true) => Value::True,
            Json::Bool(false) => Value::Other("a boolean"),
            Json::Number(n) => Value::Number(n),
            Json::Text(text) => self.keep(text.as_bytes()),
            Json::BrokenText => Value::BrokenText,
            Json::Array(_) => Value::Other("an array"),
            Json::Object(_) => Value::Other("an object"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_pointers_are_in_the_order_of_the_fields() {
        for (n, field) in FIELDS.iter().enumerate() {
            assert_eq!(Row::default().pointer_of(own_slot(n)), format!("/{field}"));
            assert_eq!(NAMES[n] as usize, n);
        }
        assert_eq!(
            (Known::Type as usize, Known::EnvelopeDeliveryId as usize),
            (0, FIELDS.len() - 1)
        );
        for (n, field) in DATA_FIELDS.iter().enumerate() {
            assert_eq!(Row::default().pointer_of(slot::OF_DATA + n), format!("/data/{field}"));
            assert_eq!(FIELDS[DATA_NAMES[n] as usize], *field);
            assert_eq!(data_slot(DATA_NAMES[n] as usize), slot::OF_DATA + n);
        }
    }

    #[test]
    fn a_fault_has_the_spelling_of_its_field() {
        let spelled = |row: &Row<'_>, name| row.own(name).fault::<()>("wanted").unwrap_err().in_words(row).0;
        let mut row = Row::default();
        for name in NAMES {
            let (at, alias) = (name as usize, ALIASES[name as usize]);
            row.clear();
            row.set(own_slot(at), Value::True);
            assert_eq!(spelled(&row, name), format!("/{}", FIELDS[at]));
            row.clear();
            row.set_alias(own_slot(at), Value::True);
            if !alias.is_empty() {
                assert_eq!(spelled(&row, name), format!("/{alias}"));
            }
        }
        for name in DATA_NAMES {
            let of_data = |row: &Row<'_>| row.of(true, name).fault::<()>("wanted").unwrap_err().in_words(row).0;
            let (at, alias) = (name as usize, ALIASES[name as usize]);
            row.clear();
            row.set_data_object();
            row.set(data_slot(at), Value::True);
            assert_eq!(of_data(&row), format!("/data/{}", FIELDS[at]));
            row.clear();
            row.set_data_object();
            row.set_alias(data_slot(at), Value::True);
            if !alias.is_empty() {
                assert_eq!(of_data(&row), format!("/data/{alias}"));
            }
        }
    }

    #[test]
    fn a_row_is_shown_with_the_fields_that_it_has() {
        let mut row = Row::default();
        row.clear();
        row.set_known(Known::Id, Value::Text(b"m"));
        row.set_data(Value::Number(7.0));
        assert_eq!(format!("{row:?}"), r#"{"/id": "m", "/data": 7.0}"#);
    }
}
