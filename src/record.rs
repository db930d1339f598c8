//! What a record is: which kind, when, whose, and what is wrong with it.
//!
//! A record reaches the core as a [`Row`]: the fixed list of fields that the rules look at, each with the value that it
//! had, unjudged. Two doors make rows: columns of JS objects (`columns.rs`) and JSON text (`Row::from_json`).
//! [`judge`] is the one place that says what a row means. Shapes and rules: the vendor's records, README § What counts.

use crate::error::{number_shown, shown};
use crate::query::Reading;
use crate::timestamp::{self, Naive};
use crate::walk::{self, Json};
use std::borrow::Cow;
use std::fmt;

/// The fields read of a record itself, in the order of a row.
pub const FIELDS: [&str; 17] = [
    "type",
    "event",
    "channel",
    "id",
    "callId",
    "messageId",
    "agentId",
    "agentName",
    "status",
    "startedAt",
    "endedAt",
    "durationSeconds",
    "receivedAt",
    "timestamp",
    "phoneNumberId",
    "numberId",
    "phoneNumber",
];

/// Their names here, in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Type,
    Event,
    Channel,
    Id,
    CallId,
    MessageId,
    AgentId,
    AgentName,
    Status,
    StartedAt,
    EndedAt,
    DurationSeconds,
    ReceivedAt,
    Timestamp,
    PhoneNumberId,
    NumberId,
    PhoneNumber,
}

/// All of them, in the same order.
const NAMES: [Known; FIELDS.len()] = [
    Known::Type,
    Known::Event,
    Known::Channel,
    Known::Id,
    Known::CallId,
    Known::MessageId,
    Known::AgentId,
    Known::AgentName,
    Known::Status,
    Known::StartedAt,
    Known::EndedAt,
    Known::DurationSeconds,
    Known::ReceivedAt,
    Known::Timestamp,
    Known::PhoneNumberId,
    Known::NumberId,
    Known::PhoneNumber,
];

/// Their pointers, in the same order.
const POINTERS: [&str; FIELDS.len()] = [
    "/type",
    "/event",
    "/channel",
    "/id",
    "/callId",
    "/messageId",
    "/agentId",
    "/agentName",
    "/status",
    "/startedAt",
    "/endedAt",
    "/durationSeconds",
    "/receivedAt",
    "/timestamp",
    "/phoneNumberId",
    "/numberId",
    "/phoneNumber",
];

/// The fields read of a webhook's `data`, in the order of a row.
pub const DATA_FIELDS: [&str; 9] = [
    "id",
    "callId",
    "messageId",
    "status",
    "startedAt",
    "endedAt",
    "durationSeconds",
    "receivedAt",
    "numberId",
];

/// Their names here, in the same order.
const DATA_NAMES: [Known; DATA_FIELDS.len()] = [
    Known::Id,
    Known::CallId,
    Known::MessageId,
    Known::Status,
    Known::StartedAt,
    Known::EndedAt,
    Known::DurationSeconds,
    Known::ReceivedAt,
    Known::NumberId,
];

/// Their pointers, in the same order.
const DATA_POINTERS: [&str; DATA_FIELDS.len()] = [
    "/data/id",
    "/data/callId",
    "/data/messageId",
    "/data/status",
    "/data/startedAt",
    "/data/endedAt",
    "/data/durationSeconds",
    "/data/receivedAt",
    "/data/numberId",
];

/// The event of messages and of spoken turns, by which the latter can be counted too.
const VOICE_TURNS: &str = "agent.message";

/// A field's value, unjudged.
#[derive(Clone, Default)]
pub enum Value<'a> {
    /// No such field, or `undefined`.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// A number, as JS has it.
    Number(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// The same, where nothing but ASCII is in it: most texts are only compared, and need not become a `str`.
    Ascii(&'a [u8]),
    /// Text with a lone surrogate, which no UTF-8 can hold.
    BrokenText,
    /// A JS `Date`, by its time value.
    Date(f64),
    /// Something of another type, by that type's name with its article.
    Other(&'static str),
    /// Reading it threw an error with this message.
    Threw(Cow<'a, str>),
}

impl Value<'_> {
    fn is_missing(&self) -> bool {
        matches!(self, Value::Absent | Value::Null)
    }

    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Text(text) => Some(text.as_bytes()),
            Value::Ascii(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn is(&self, text: &str) -> bool {
        self.bytes() == Some(text.as_bytes())
    }

    /// Text that names something; anything else names nothing.
    fn named(&self) -> Option<&str> {
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
    /// Missing or `null`: it has no fields.
    #[default]
    Missing,
    /// An object's fields.
    Fields(Box<[Value<'a>; DATA_FIELDS.len()]>),
    /// Not an object.
    Other(Value<'a>),
}

/// The fields of one record, in the order of [`FIELDS`], and those of its `data`.
///
/// A row can serve one record after the other: [`Row::clear`] leaves the old values where they are and only notes that they
/// are no longer told, which is several times cheaper than to write them over.
#[derive(Clone)]
pub struct Row<'a> {
    /// The record's own.
    pub fields: [Value<'a>; FIELDS.len()],
    /// Its `data`.
    pub data: Data<'a>,
    /// Which of these are told: a bit for each field, one for `data`, one for each field of `data`.
    told: u32,
}

/// The bit of `data` in `told`; those of its fields are above it.
const DATA_BIT: u32 = 1 << FIELDS.len();
const DATA_BITS: u32 = !(DATA_BIT - 1);

impl Default for Row<'_> {
    /// A row whose every field is told, as absent.
    fn default() -> Self {
        Row {
            fields: Default::default(),
            data: Data::Missing,
            told: u32::MAX,
        }
    }
}

/// The agent of records that name none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Its id; `None` leaves the record unassigned.
    pub agent_id: Option<String>,
    /// Its name.
    pub agent_name: Option<String>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A text message, either direction.
    Message,
    /// A phone or web call.
    Call,
}

/// A message or a call, well formed.
#[derive(Clone, Debug, PartialEq)]
pub struct Event<'r> {
    /// Which.
    pub kind: Kind,
    /// When it counts, in epoch milliseconds.
    pub at: i64,
    /// What tells it from the same event delivered again.
    pub id: Option<&'r str>,
    /// Whose it is.
    pub agent_id: Option<&'r str>,
    /// What the record calls that agent.
    pub agent_name: Option<&'r str>,
    /// The number that it came or went by.
    pub number: Number<'r>,
    /// A call's whole seconds, where they are known.
    pub seconds: Option<u64>,
    /// `Some` for a call that is not completed: its status, empty where it has none.
    pub not_completed: Option<&'r str>,
}

/// The account's phone number that a message or call came or went by. A report by agent does not need it, so it is read
/// when it is asked for, and a record is never invalid for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number<'r> {
    row: &'r Row<'r>,
    webhook: bool,
}

impl<'r> Number<'r> {
    /// Its id.
    pub fn id(&self) -> Option<&'r str> {
        if self.webhook {
            return self.row.of_data(Known::NumberId).value.named();
        }
        let named = |name| self.row.own(name).value.named();
        named(Known::PhoneNumberId).or_else(|| named(Known::NumberId))
    }

    /// The number itself.
    pub fn phone_number(&self) -> Option<&'r str> {
        self.row.own(Known::PhoneNumber).value.named()
    }
}

/// What a row means.
#[derive(Clone, Debug, PartialEq)]
pub enum Judged<'r> {
    /// A message or a call.
    Event(Event<'r>),
    /// One spoken turn of a call.
    VoiceTurn,
    /// A reaction to a message.
    Reaction,
    /// Of no known kind.
    Unknown,
    /// A message or a call that breaks the rules.
    Invalid(Fault),
}

/// What is wrong with a record: at which field, and what was got and is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON Pointer from the record.
    pub pointer: &'static str,
    /// In words.
    pub message: String,
}

/// One field of a row: where it is and what it holds.
#[derive(Clone, Copy)]
struct Field<'r> {
    pointer: &'static str,
    value: &'r Value<'r>,
}

impl<'r> Field<'r> {
    fn fault<T>(self, what: &str) -> Result<T, Fault> {
        Err(self.told(what))
    }

    /// Apart from the above: each of its types would have a copy.
    #[inline(never)]
    fn told(self, what: &str) -> Fault {
        let dotted = |letter: char| if letter == '/' { '.' } else { letter };
        let name: String = self.pointer.chars().skip(1).map(dotted).collect();
        Fault {
            pointer: self.pointer,
            message: format!("{name} is {}: {what}", self.value.shown()),
        }
    }

    /// Text, if there is any.
    fn text(self) -> Result<Option<&'r str>, Fault> {
        match self.value {
            Value::Absent | Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text.as_ref())),
            Value::Ascii(bytes) => Ok(std::str::from_utf8(bytes).ok()),
            _ => self.fault("wanted a string or null"),
        }
    }

    /// Text that names something: an empty one names nothing.
    fn name(self) -> Result<Option<&'r str>, Fault> {
        Ok(self.text()?.filter(|name| !name.is_empty()))
    }

    fn time(self, naive: Naive) -> Result<Option<i64>, Fault> {
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

    /// Whole seconds: a number, rounded down.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn seconds(self) -> Result<Option<u64>, Fault> {
        match self.value {
            Value::Absent | Value::Null => Ok(None),
            Value::Number(n) if *n >= 0.0 && *n <= crate::report::MAX_SAFE_F64 => Ok(Some(*n as u64)),
            Value::Number(n) if *n < 0.0 => self.fault("wanted a duration that is not negative"),
            Value::Number(_) => self.fault("wanted seconds up to 2^53 - 1"),
            _ => self.fault("wanted a number of seconds or null"),
        }
    }
}

const NOTHING: Value<'static> = Value::Absent;

impl<'r> Row<'r> {
    fn own(&'r self, name: Known) -> Field<'r> {
        let at = name as usize;
        let value = self.fields.get(at).filter(|_| self.told & bit(at) != 0);
        Field {
            pointer: POINTERS.get(at).unwrap_or(&""),
            value: value.unwrap_or(&NOTHING),
        }
    }

    fn of_data(&'r self, name: Known) -> Field<'r> {
        let at = data_slot(name as usize).unwrap_or(usize::MAX);
        let value = match &self.data {
            Data::Fields(fields) if self.told & DATA_BIT != 0 && self.told & data_bit(at) != 0 => fields.get(at),
            _ => None,
        };
        Field {
            pointer: DATA_POINTERS.get(at).unwrap_or(&"/data"),
            value: value.unwrap_or(&NOTHING),
        }
    }

    /// Its `data`, where that is neither an object nor missing.
    const fn odd_data(&'r self) -> Option<&'r Value<'r>> {
        match &self.data {
            Data::Other(value) if self.told & DATA_BIT != 0 => Some(value),
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

/// Where a field of this number has its place among those of `data`, if it has one.
pub(crate) const fn data_slot(field: usize) -> Option<usize> {
    Some(match field {
        3 => 0,  // id
        4 => 1,  // callId
        5 => 2,  // messageId
        8 => 3,  // status
        9 => 4,  // startedAt
        10 => 5, // endedAt
        11 => 6, // durationSeconds
        12 => 7, // receivedAt
        15 => 8, // numberId
        _ => return None,
    })
}

/// Filling a row field by field; of a field that is told twice, the last counts.
impl<'a> Row<'a> {
    /// Makes it a record without any field.
    pub const fn clear(&mut self) {
        self.told = 0;
    }

    /// Tells a field, by its number in [`FIELDS`].
    pub fn set(&mut self, field: usize, value: Value<'a>) {
        if let Some(place) = self.fields.get_mut(field) {
            *place = value;
            self.told |= bit(field);
        }
    }

    /// Tells `data` that is not an object.
    pub fn set_data(&mut self, value: Value<'a>) {
        self.told &= !DATA_BITS;
        if !matches!(value, Value::Null) {
            self.data = Data::Other(value);
            self.told |= DATA_BIT;
        }
    }

    /// Tells `data` that is an object, without any field so far.
    pub fn set_data_object(&mut self) {
        if !matches!(self.data, Data::Fields(_)) {
            self.data = Data::Fields(Box::default());
        }
        self.told = self.told & !DATA_BITS | DATA_BIT;
    }

    /// Tells a field of `data`, by its number in [`DATA_FIELDS`].
    pub fn set_in_data(&mut self, slot: usize, value: Value<'a>) {
        if let Data::Fields(fields) = &mut self.data
            && let Some(place) = fields.get_mut(slot)
        {
            *place = value;
            self.told |= data_bit(slot);
        }
    }
}

impl<'a> Row<'a> {
    /// Every field that is there, by its pointer.
    fn all(&'a self) -> impl Iterator<Item = (&'static str, &'a Value<'a>)> {
        let own = NAMES.iter().map(|name| self.own(*name));
        let of_data = DATA_NAMES.iter().map(|name| self.of_data(*name));
        let fields = own.chain(of_data).map(|field| (field.pointer, field.value));
        fields
            .chain(self.odd_data().map(|value| ("/data", value)))
            .filter(|(_, value)| !matches!(value, Value::Absent))
    }
}

/// Two rows are equal when they tell the same, whatever else their places hold.
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

/// Says what a row means.
pub fn judge<'r>(row: &'r Row<'r>, defaults: &'r Defaults, reading: &Reading) -> Judged<'r> {
    let kind = row.own(Known::Type).value;
    let event = row.own(Known::Event).value;
    for field in [row.own(Known::Type), row.own(Known::Event)] {
        if matches!(field.value, Value::Threw(_)) {
            return field
                .fault("wanted to know what the record is")
                .unwrap_or_else(Judged::Invalid);
        }
    }
    let judged = if kind.is("message") {
        message(row, false, reading.naive)
    } else if kind.is("call") {
        call(row, false, reading)
    } else if event.is("agent.message") {
        if row.own(Known::Channel).value.is("voice") && !reading.what_if.counts(VOICE_TURNS) {
            return Judged::VoiceTurn;
        }
        message(row, true, reading.naive)
    } else if event.is("agent.call_ended") {
        call(row, true, reading)
    } else if event.is("agent.reaction") {
        return Judged::Reaction;
    } else if !event.is_missing() {
        return Judged::Unknown;
    } else if !matches!(row.own(Known::StartedAt).value, Value::Absent) {
        call(row, false, reading)
    } else if !matches!(row.own(Known::ReceivedAt).value, Value::Absent) {
        message(row, false, reading.naive)
    } else {
        return Judged::Unknown;
    };
    match judged {
        Ok(mut event) => {
            if event.agent_id.is_none() {
                event.agent_id = defaults.agent_id.as_deref().filter(|id| !id.is_empty());
                event.agent_name = defaults.agent_name.as_deref().filter(|name| !name.is_empty());
            }
            Judged::Event(event)
        }
        Err(fault) => Judged::Invalid(fault),
    }
}

/// Checks that a webhook's `data` is one, and finds the id under whichever name it has.
fn id<'r>(row: &'r Row<'r>, webhook: bool, specific: Known) -> Result<Option<&'r str>, Fault> {
    if !webhook {
        return Ok(row.own(Known::Id).name()?.or(row.own(specific).name()?));
    }
    if let Some(value) = row.odd_data() {
        return Field {
            pointer: "/data",
            value,
        }
        .fault("wanted an object or null");
    }
    Ok(row.of_data(specific).name()?.or(row.of_data(Known::Id).name()?))
}

fn message<'r>(row: &'r Row<'r>, webhook: bool, naive: Naive) -> Result<Event<'r>, Fault> {
    let id = id(row, webhook, Known::MessageId)?;
    if webhook {
        row.own(Known::Channel).text()?;
    }
    let agent_id = row.own(Known::AgentId).name()?;
    let agent_name = row.own(Known::AgentName).name()?;
    let received = if webhook {
        row.of_data(Known::ReceivedAt)
    } else {
        row.own(Known::ReceivedAt)
    };
    let at = match (received.time(naive)?, webhook) {
        (at, false) => at,
        (at, true) => at.or(row.own(Known::Timestamp).time(naive)?),
    };
    match at {
        Some(at) => Ok(Event {
            kind: Kind::Message,
            at,
            id,
            agent_id,
            agent_name,
            number: Number { row, webhook },
            seconds: None,
            not_completed: None,
        }),
        None => received.fault("a message counts at the time it was received, and none is given"),
    }
}

fn call<'r>(row: &'r Row<'r>, webhook: bool, reading: &Reading) -> Result<Event<'r>, Fault> {
    let field = |name| if webhook { row.of_data(name) } else { row.own(name) };
    let id = id(row, webhook, Known::CallId)?;
    let agent_id = row.own(Known::AgentId).name()?;
    let agent_name = row.own(Known::AgentName).name()?;
    let status = field(Known::Status).text()?;
    let started = field(Known::StartedAt).time(reading.naive)?;
    let ended = field(Known::EndedAt).time(reading.naive)?;
    let duration = field(Known::DurationSeconds).seconds()?;
    let Some(at) = started else {
        return field(Known::StartedAt).fault("a call counts at the time it started, and none is given");
    };
    let seconds = match (duration, ended) {
        (Some(seconds), _) => Some(seconds),
        (None, None) => None,
        (None, Some(ended)) => match u64::try_from(ended.saturating_sub(at)) {
            Ok(ms) => Some(ms / 1000),
            Err(_) => return field(Known::EndedAt).fault("the call ended before it started"),
        },
    };
    let seconds = match seconds {
        Some(_) if reading.what_if.step != 0.0 => {
            let exact = match field(Known::DurationSeconds).value {
                Value::Number(seconds) => *seconds * 1000.0,
                _ => ended.unwrap_or(at).saturating_sub(at) as f64,
            };
            Some(reading.what_if.rounded(exact))
        }
        seconds => seconds,
    };
    let not_completed = match status {
        Some("completed") => None,
        // An `agent.call_ended` says by its name that the call is over.
        None if webhook => None,
        other => Some(other.unwrap_or_default()),
    };
    Ok(Event {
        kind: Kind::Call,
        at,
        id,
        agent_id,
        agent_name,
        number: Number { row, webhook },
        seconds,
        not_completed,
    })
}

impl<'a> Row<'a> {
    /// Reads a record's fields from the text of one JSON object that is known to be valid. Of a field that comes twice, the
    /// last counts.
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

fn data_of(text: &str) -> Data<'_> {
    match value_of(text) {
        Value::Null => Data::Missing,
        Value::Other("an object") => Data::Fields(Box::new(
            walk::values(text, DATA_FIELDS).map(|value| value.map_or(Value::Absent, value_of)),
        )),
        other => Data::Other(other),
    }
}

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

    fn judged(text: &str) -> String {
        let row = Row::from_json(text);
        match judge(&row, &Defaults::default(), &Reading::default()) {
            Judged::Event(e) => format!(
                "{:?} {} {:?} {:?} {:?} {:?}",
                e.kind,
                e.at,
                e.id.unwrap_or("-"),
                e.agent_id.unwrap_or("-"),
                e.seconds,
                e.not_completed
            ),
            Judged::Invalid(fault) => format!("{} {}", fault.pointer, fault.message),
            other => format!("{other:?}"),
        }
    }

    const AT: &str = "2024-06-01T00:00:00Z";

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

    #[test]
    fn every_shape_is_recognised() {
        for (text, want) in [
            (
                r#"{"id":"c","agentId":"a","status":"completed","startedAt":"AT","durationSeconds":9.9,"type":"pstn"}"#,
                r#"Call 1717200000000 "c" "a" Some(9) None"#,
            ),
            (
                r#"{"id":"m","receivedAt":"AT","body":"x"}"#,
                r#"Message 1717200000000 "m" "-" None None"#,
            ),
            (
                r#"{"type":"call","startedAt":1717200000000,"endedAt":1717200001999,"status":"busy"}"#,
                r#"Call 1717200000000 "-" "-" Some(1) Some("busy")"#,
            ),
            (
                r#"{"type":"message","receivedAt":"AT","startedAt":"nonsense"}"#,
                r#"Message 1717200000000 "-" "-" None None"#,
            ),
            (
                r#"{"event":"agent.message","channel":"sms","timestamp":"AT","agentId":"a","data":{"messageId":"m"}}"#,
                r#"Message 1717200000000 "m" "a" None None"#,
            ),
            (r#"{"event":"agent.message","channel":"voice","data":7}"#, "VoiceTurn"),
            (
                r#"{"event":"agent.call_ended","agentId":"","data":{"callId":"c","startedAt":"AT"}}"#,
                r#"Call 1717200000000 "c" "-" None None"#,
            ),
            (
                r#"{"event":"agent.call_ended","data":{"callId":"c","startedAt":"AT","status":"failed"}}"#,
                r#"Call 1717200000000 "c" "-" None Some("failed")"#,
            ),
            (r#"{"event":"agent.reaction"}"#, "Reaction"),
            (r#"{"event":"agent.new","startedAt":"AT"}"#, "Unknown"),
            (r#"{"event":1}"#, "Unknown"),
            ("{}", "Unknown"),
            (r#"{"startedAt":"AT"}"#, r#"Call 1717200000000 "-" "-" None Some("")"#),
        ] {
            assert_eq!(judged(&text.replace("\"AT\"", &format!("\"{AT}\""))), want, "{text}");
        }
    }

    #[test]
    fn faults_name_the_field_what_it_has_and_what_is_wanted() {
        for (text, want) in [
            (r#"{"type":"call"}"#, "/startedAt startedAt is nothing: a call counts"),
            (r#"{"startedAt":null}"#, "/startedAt startedAt is null: a call counts"),
            (
                r#"{"type":"message"}"#,
                "/receivedAt receivedAt is nothing: a message counts",
            ),
            (
                r#"{"receivedAt":"2024-06-01T00:00:00"}"#,
                "/receivedAt receivedAt is \"2024-06-01T00:00:00\": it has no offset",
            ),
            (
                r#"{"receivedAt":1717200000}"#,
                "/receivedAt receivedAt is the number 1717200000: that looks like seconds",
            ),
            (
                r#"{"startedAt":"AT","durationSeconds":-1}"#,
                "/durationSeconds durationSeconds is the number -1: wanted a duration",
            ),
            (
                r#"{"startedAt":"AT","durationSeconds":"60"}"#,
                "/durationSeconds durationSeconds is \"60\": wanted a number",
            ),
            (
                r#"{"startedAt":"AT","durationSeconds":1e400}"#,
                "/durationSeconds durationSeconds is the number Infinity: wanted seconds",
            ),
            (
                r#"{"startedAt":"AT","endedAt":"2024-05-31T23:59:59Z"}"#,
                "/endedAt endedAt is \"2024-05-31T23:59:59Z\": the call ended before",
            ),
            (
                r#"{"receivedAt":"AT","agentId":7}"#,
                "/agentId agentId is the number 7: wanted a string",
            ),
            (
                r#"{"receivedAt":"AT","agentName":"\ud83d"}"#,
                "/agentName agentName is text with a lone surrogate",
            ),
            (r#"{"receivedAt":"AT","id":{}}"#, "/id id is an object"),
            (
                r#"{"event":"agent.call_ended","data":[1]}"#,
                "/data data is an array: wanted an object",
            ),
            (
                r#"{"event":"agent.message","timestamp":"AT","data":{"receivedAt":true}}"#,
                "/data/receivedAt data.receivedAt is a boolean",
            ),
            (
                r#"{"event":"agent.message","channel":3,"timestamp":"AT"}"#,
                "/channel channel is the number 3",
            ),
        ] {
            let got = judged(&text.replace("\"AT\"", &format!("\"{AT}\"")));
            assert!(got.starts_with(want), "{text}\n got {got}\nwant {want}");
        }
    }

    #[test]
    fn the_last_of_two_equal_keys_counts_and_escaped_keys_are_keys() {
        assert_eq!(
            judged(r#"{"type":"call","type":"message","receiv\u0065dAt":"2024-06-01T00:00:00Z","\ud800":1}"#),
            r#"Message 1717200000000 "-" "-" None None"#
        );
    }

    #[test]
    fn a_lone_surrogate_where_nobody_looks_does_no_harm() {
        assert!(judged(r#"{"receivedAt":"2024-06-01T00:00:00Z","body":"\ud83d"}"#).starts_with("Message"));
    }

    #[test]
    fn the_number_is_found_and_never_a_fault() {
        let number = |text: &str| {
            let row = Row::from_json(text);
            match judge(&row, &Defaults::default(), &Reading::default()) {
                Judged::Event(e) => (
                    e.number.id().map(str::to_owned),
                    e.number.phone_number().map(str::to_owned),
                ),
                other => panic!("{other:?}"),
            }
        };
        let some = |id: &str| Some(id.to_owned());
        let call = r#"{"startedAt":"2024-06-01T00:00:00Z","phoneNumberId":"n","numberId":"o","phoneNumber":"+1"}"#;
        assert_eq!(number(call), (some("n"), some("+1")));
        let message = r#"{"receivedAt":"2024-06-01T00:00:00Z","phoneNumberId":"","numberId":"o","phoneNumber":7}"#;
        assert_eq!(number(message), (some("o"), None));
        let webhook =
            r#"{"event":"agent.call_ended","numberId":"o","data":{"startedAt":"2024-06-01T00:00:00Z","numberId":"n"}}"#;
        assert_eq!(number(webhook), (some("n"), None));
        assert_eq!(
            number(r#"{"startedAt":"2024-06-01T00:00:00Z","phoneNumberId":{}}"#),
            (None, None)
        );
    }

    #[test]
    fn defaults_are_for_records_without_an_agent() {
        let defaults = Defaults {
            agent_id: Some("d".into()),
            agent_name: Some("D".into()),
        };
        let agent = |text| {
            let row = Row::from_json(text);
            match judge(&row, &defaults, &Reading::default()) {
                Judged::Event(e) => (e.agent_id.map(str::to_owned), e.agent_name.map(str::to_owned)),
                other => panic!("{other:?}"),
            }
        };
        let own = agent(r#"{"receivedAt":"2024-06-01T00:00:00Z","agentId":"a"}"#);
        assert_eq!(own, (Some("a".into()), None));
        let given = agent(r#"{"receivedAt":"2024-06-01T00:00:00Z","agentName":"x"}"#);
        assert_eq!(given, (Some("d".into()), Some("D".into())));
    }
}
