//! Judges rows: decides what a record is, and whether it follows the rules.

use crate::calendar::timestamp::Naive;
use crate::records::envelope::{delivery_id, is_test};
use crate::records::mistakes::Miscount;
use crate::records::page::OpenPage;
use crate::records::row::{Fault, Known, Part, Row, Value};
use std::borrow::Cow;

/// How records are read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Is an invalid record skipped and counted as invalid (true), or does it end the reading (false)?
    pub skip_invalid: bool,
    /// How a timestamp without an offset is read.
    pub naive: Naive,
    /// Does an id count only once?
    pub dedupe: bool,
    /// The deliberate mistakes to count with.
    pub what_if: Miscount,
    /// What reading and counting may take.
    pub limits: Limits,
}

/// What reading and counting may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The memory of the counts, in bytes.
    pub max_memory_bytes: u64,
    /// The JSON text of one record, in bytes.
    pub max_record_bytes: usize,
    /// The statuses of calls that are not completed, which are counted each by itself.
    pub max_statuses: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_memory_bytes: u64::MAX,
            max_record_bytes: 64 << 20,
            max_statuses: 1000,
        }
    }
}

/// The agent, the phone number and the channel of records that do not name them.
///
/// ```
/// use usage_by_agent::{Aggregator, Defaults, Options, push_text};
///
/// let query = Options { period: "month".into(), now: "2024-06-15T00:00:00Z".into(), ..Options::default() };
/// let mut counts = Aggregator::new(query.usage()?);
/// let defaults = Defaults { agent_id: Some("a1".into()), agent_name: Some("Support".into()), ..Defaults::default() };
/// push_text(counts.ledger_mut(), br#"{"id": "m1", "receivedAt": "2024-06-02T09:00:00Z"}"#, &defaults)?;
/// assert_eq!(counts.report().data[0].agent_name, "Support");
/// # Ok::<(), usage_by_agent::UsageError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// The id of the agent. With `None` the record stays unassigned.
    pub agent_id: Option<String>,
    /// The name of the agent.
    pub agent_name: Option<String>,
    /// The id of the phone number.
    pub number_id: Option<String>,
    /// The channel.
    pub channel: Option<String>,
}

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A text message, in either direction.
    Message,
    /// A phone or web call.
    Call,
}

/// A well-formed message or call. Its texts are in UTF-8. They are bytes, because most are only compared with texts that are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Event<'r> {
    /// A message or a call.
    pub kind: Kind,
    /// The moment at which it counts, in epoch milliseconds.
    pub at: i64,
    /// Its id, by which a second record of it is recognised.
    pub id: Option<Cow<'r, [u8]>>,
    /// Is the id that of its delivery? It is never compared with the ids of messages and calls.
    pub is_delivery_id: bool,
    /// Did a webhook bring it?
    pub webhook: bool,
    /// The id of its agent.
    pub agent_id: Option<&'r [u8]>,
    /// The name of that agent in the record.
    pub agent_name: Option<&'r [u8]>,
    /// The account's phone number, the channel and the direction.
    pub route: Route<'r>,
    /// The whole seconds of a call, if they are known.
    pub seconds: Option<u64>,
    /// The status of a call that is not completed; empty if the call has no status. `None` for other events.
    pub not_completed: Option<&'r [u8]>,
}

/// The account's phone number, the channel and the direction of a message or call.
///
/// A by-agent report does not need them, so they are read only on request. A wrong value never makes a record invalid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Route<'r> {
    row: &'r Row<'r>,
    kind: Kind,
    webhook: bool,
    defaults: &'r Defaults,
}

/// The direction of a message or call, in the order of the names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// It is missing, or has another name.
    #[default]
    Unknown,
    /// `inbound`.
    Inbound,
    /// `outbound`.
    Outbound,
    /// `web`.
    Web,
}

/// The directions, each at its number.
pub const DIRECTIONS: [Direction; 4] = [
    Direction::Unknown,
    Direction::Inbound,
    Direction::Outbound,
    Direction::Web,
];

/// The channel of texts that can't be a channel.
pub(crate) const OTHER_CHANNEL: &str = "other";

/// The longest name of a channel, in bytes.
const MAX_CHANNEL: usize = 64;

impl<'r> Route<'r> {
    /// The id of the phone number.
    pub fn number_id(&self) -> Option<&'r [u8]> {
        let own = if self.webhook {
            self.row.of(true, Known::NumberId).value.named()
        } else {
            number_of(self.row)
        };
        own.or(given(&self.defaults.number_id))
    }

    /// The phone number itself, as text.
    pub fn phone_number(&self) -> Option<&'r [u8]> {
        self.row.value(Known::PhoneNumber).named()
    }

    /// The channel; empty if it is not known.
    pub fn channel(&self) -> Cow<'r, [u8]> {
        let value = match (self.kind, self.webhook) {
            (Kind::Message, _) => self.row.value(Known::Channel),
            (Kind::Call, data) => self.row.of(data, Known::Type).value,
        };
        // The type of a record may be its kind.
        let named = value
            .named()
            .filter(|name| !matches!(*name, b"call" | b"message") || self.kind == Kind::Message);
        let own = named.map_or(Cow::Borrowed(&b""[..]), channel_of);
        if own.is_empty() {
            channel_of(self.defaults.channel.as_deref().unwrap_or_default().as_bytes())
        } else {
            own
        }
    }

    /// The direction.
    pub fn direction(&self) -> Direction {
        match self.direction_value().named() {
            Some(b"inbound") => Direction::Inbound,
            Some(b"outbound") => Direction::Outbound,
            Some(b"web") => Direction::Web,
            _ => Direction::Unknown,
        }
    }

    fn direction_value(&self) -> Value<'r> {
        self.row.of(self.webhook, Known::Direction).value
    }
}

/// The name of a channel as it is counted: without blanks around it, and in lower case.
#[inline(never)]
fn channel_of(name: &[u8]) -> Cow<'_, [u8]> {
    let name = name.trim_ascii();
    if name.len() > MAX_CHANNEL {
        Cow::Borrowed(OTHER_CHANNEL.as_bytes())
    } else if name.iter().any(u8::is_ascii_uppercase) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// The id of the account's phone number in a record that is not a webhook.
fn number_of<'r>(row: &'r Row<'r>) -> Option<&'r [u8]> {
    let named = |name| row.value(name).named();
    named(Known::PhoneNumberId).or_else(|| named(Known::NumberId))
}

/// What a row means.
#[derive(Clone, Debug, PartialEq)]
pub enum Judged<'r> {
    /// A message or a call.
    Event(Event<'r>),
    /// A spoken turn of a call.
    VoiceTurn,
    /// A reaction to a message.
    Reaction,
    /// An event that the vendor documents and that is not usage.
    OtherEvent,
    /// A record that is marked as a test.
    Test,
    /// A record of an unknown kind.
    Unknown,
    /// A message or a call that breaks the rules.
    Invalid(Fault),
}

/// The kind of record that a row shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Message {
        webhook: bool,
    },
    Call {
        webhook: bool,
    },
    Reaction,
    OtherEvent,
    Unknown,
    /// Neither an event nor a type, nor a time.
    Bare,
}

#[inline]
fn shape_of(row: &Row<'_>) -> Shape {
    let kind = row.own(Known::Type).value;
    let event = row.own(Known::Event).value;
    if kind.is("message") {
        Shape::Message { webhook: false }
    } else if kind.is("call") {
        Shape::Call { webhook: false }
    } else if event.is("agent.message") {
        Shape::Message { webhook: true }
    } else if event.is("agent.call_ended") {
        Shape::Call { webhook: true }
    } else if event.is("agent.reaction") {
        Shape::Reaction
    } else if event.is("agent.contact_shared") {
        Shape::OtherEvent
    } else if !event.is_missing() {
        Shape::Unknown
    } else if !matches!(row.own(Known::StartedAt).value, Value::Absent) {
        Shape::Call { webhook: false }
    } else if !matches!(row.own(Known::ReceivedAt).value, Value::Absent) {
        Shape::Message { webhook: false }
    } else {
        Shape::Bare
    }
}

/// The JSON text of the messages of a conversation, if a row from this text is one. An error body is not one, and neither is an
/// object that has calls too, which would not count.
pub fn messages_of<'t>(row: &Row<'t>, text: &[u8]) -> Option<&'t str> {
    let messages = row
        .part(Part::Messages, b'[')
        .filter(|_| shape_of(row) == Shape::Bare)?;
    let object = OpenPage::of(std::str::from_utf8(text).ok()?);
    std::str::from_utf8(messages).ok().filter(|_| !object.is_partial())
}

/// The defaults of the messages of a conversation: the agent, number and channel of the conversation, or else those of
/// `defaults`.
///
/// # Errors
/// A fault, if the agent of the conversation has a wrong type.
#[inline(never)]
pub fn conversation(row: &Row<'_>, defaults: &Defaults) -> Result<Defaults, Fault> {
    let agent_id = row.own(Known::AgentId).name()?;
    let agent_name = row.own(Known::AgentName).name()?;
    let mut found = defaults.clone();
    if agent_id.is_some() {
        found.agent_id = agent_id.map(owned);
        found.agent_name = agent_name.map(owned);
    }
    if let Some(number) = number_of(row) {
        found.number_id = Some(owned(number));
    }
    if let Some(channel) = row.value(Known::Channel).named() {
        let channel = channel_of(channel);
        if !channel.is_empty() {
            found.channel = Some(owned(&channel));
        }
    }
    Ok(found)
}

fn owned(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// The number of messages that a conversation says it has.
pub fn message_count(row: &Row<'_>) -> Option<u64> {
    row.own(Known::MessageCount).seconds().ok().flatten()
}

/// A default, unless it is empty.
fn given(default: &Option<String>) -> Option<&[u8]> {
    default.as_deref().map(str::as_bytes).filter(|text| !text.is_empty())
}

/// Judges a row. A message or call without an agent gets the agent of `defaults`.
pub fn judge<'r>(row: &'r Row<'r>, defaults: &'r Defaults, reading: &Reading) -> Judged<'r> {
    for field in [row.own(Known::Type), row.own(Known::Event)] {
        if matches!(field.value, Value::Threw(_)) {
            return field
                .fault("wanted the kind of the record")
                .unwrap_or_else(Judged::Invalid);
        }
    }
    let shape = shape_of(row);
    if matches!(shape, Shape::Unknown | Shape::Bare) {
        return Judged::Unknown;
    }
    if !reading.what_if.tests && is_test(row) {
        return Judged::Test;
    }
    let (kind, webhook) = match shape {
        Shape::Message { webhook } => {
            if webhook && row.own(Known::Channel).value.is("voice") && !reading.what_if.voice_turns {
                return Judged::VoiceTurn;
            }
            (Kind::Message, webhook)
        }
        Shape::Call { webhook } => (Kind::Call, webhook),
        Shape::Reaction => return Judged::Reaction,
        Shape::OtherEvent | Shape::Unknown | Shape::Bare => return Judged::OtherEvent,
    };
    event(row, kind, webhook, defaults, reading).unwrap_or_else(Judged::Invalid)
}

/// Judges a message or a call.
#[inline(always)]
fn event<'r>(
    row: &'r Row<'r>,
    kind: Kind,
    webhook: bool,
    defaults: &'r Defaults,
    reading: &Reading,
) -> Result<Judged<'r>, Fault> {
    let id = id(row, webhook, kind)?;
    let mut agent_id = row.own(Known::AgentId).name()?;
    let mut agent_name = row.own(Known::AgentName).name()?;
    let counted = match kind {
        Kind::Message => message(row, webhook, reading)?,
        Kind::Call => call(row, webhook, reading)?,
    };
    let route = Route {
        row,
        kind,
        webhook,
        defaults,
    };
    if kind == Kind::Message && is_left_out(&route, &reading.what_if.without) {
        return Ok(Judged::OtherEvent);
    }
    if agent_id.is_none() {
        agent_id = given(&defaults.agent_id);
        agent_name = given(&defaults.agent_name);
    }
    let mut id = id.map(Cow::Borrowed);
    let mut is_delivery_id = false;
    if webhook && id.is_none() && !reading.what_if.redeliveries {
        id = delivery_id(row);
        is_delivery_id = id.is_some();
    }
    Ok(Judged::Event(Event {
        kind,
        at: counted.at,
        id,
        is_delivery_id,
        webhook,
        agent_id,
        agent_name,
        route,
        seconds: counted.seconds,
        not_completed: counted.not_completed,
    }))
}

/// Is the direction the one whose messages do not count?
#[inline]
fn is_left_out(route: &Route<'_>, without: &str) -> bool {
    !without.is_empty() && route.direction_value().is(without)
}

/// The id of a record, from `id` or the field of its kind. The second one is only looked at where the first one has none. Checks that
/// the `data` of a webhook is an object or missing.
fn id<'r>(row: &'r Row<'r>, webhook: bool, kind: Kind) -> Result<Option<&'r [u8]>, Fault> {
    let specific = match kind {
        Kind::Message => Known::MessageId,
        Kind::Call => Known::CallId,
    };
    let (first, second) = if webhook {
        if let Some(field) = row.non_object_data() {
            return field.fault("wanted an object or null");
        }
        (specific, Known::Id)
    } else {
        (Known::Id, specific)
    };
    match row.of(webhook, first).name()? {
        None => row.of(webhook, second).name(),
        id => Ok(id),
    }
}

/// What a message or a call counts as, as in [`Event`].
struct Counted<'r> {
    at: i64,
    seconds: Option<u64>,
    not_completed: Option<&'r [u8]>,
}

fn message<'r>(row: &'r Row<'r>, webhook: bool, reading: &Reading) -> Result<Counted<'r>, Fault> {
    let naive = reading.naive;
    let received = row.of(webhook, Known::ReceivedAt);
    let at = match received.time(naive)? {
        None if webhook => row.own(Known::Timestamp).time(naive)?,
        at => at,
    };
    match at {
        Some(at) => Ok(Counted {
            at,
            seconds: None,
            not_completed: None,
        }),
        None => received.fault("a message counts at the time it was received"),
    }
}

fn call<'r>(row: &'r Row<'r>, webhook: bool, reading: &Reading) -> Result<Counted<'r>, Fault> {
    let field = |name| row.of(webhook, name);
    let status = field(Known::Status).text()?;
    let started = field(Known::StartedAt).time(reading.naive)?;
    let mut duration = field(Known::DurationSeconds).seconds()?;
    let mut ended = None;
    // The end of a call is looked at only where its duration is not known.
    if duration.is_none() || reading.what_if.spans {
        ended = field(Known::EndedAt).time(reading.naive)?;
        duration = duration.filter(|_| ended.is_none());
    }
    let Some(at) = started else {
        return field(Known::StartedAt).fault("a call counts at the time it started");
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
                Value::Number(seconds) if duration.is_some() => seconds * 1000.0,
                _ => ended.unwrap_or(at).saturating_sub(at) as f64,
            };
            Some(reading.what_if.rounded(exact))
        }
        seconds => seconds,
    };
    let not_completed = match status {
        Some(b"completed") => None,
        // The event `agent.call_ended` means that the call has ended.
        None if webhook => None,
        other => Some(other.unwrap_or_default()),
    };
    Ok(Counted {
        at,
        seconds,
        not_completed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> String {
        judged_by(text, Miscount::default())
    }

    fn judged_by(text: &str, what_if: Miscount) -> String {
        let row = Row::from_json(text);
        let reading = Reading {
            what_if,
            ..Reading::default()
        };
        match judge(&row, &Defaults::default(), &reading) {
            Judged::Event(e) => format!(
                "{:?} {} {:?} {:?} {:?} {:?}",
                e.kind,
                e.at,
                e.id.as_deref().map_or("-".into(), owned),
                e.agent_id.map_or("-".into(), owned),
                e.seconds,
                e.not_completed.map(owned)
            ),
            Judged::Invalid(fault) => {
                let (pointer, message) = fault.in_words(&row);
                format!("{pointer} {message}")
            }
            other => format!("{other:?}"),
        }
    }

    const AT: &str = "2024-06-01T00:00:00Z";

    #[test]
    fn every_kind_of_record_is_recognised() {
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
    fn mistakes_are_made_on_request() {
        let none = Miscount::default;
        let (message, call) = (
            r#"Message 1717200000000 "-" "-" None None"#,
            r#"Call 1717200000000 "c" "-""#,
        );
        for (text, what_if, without, with) in [
            (
                r#"{"receivedAt":"AT","test":true}"#,
                Miscount { tests: true, ..none() },
                "Test".into(),
                message.into(),
            ),
            (
                r#"{"event":"agent.message","channel":"voice","timestamp":"AT"}"#,
                Miscount {
                    voice_turns: true,
                    ..none()
                },
                "VoiceTurn".into(),
                message.into(),
            ),
            (
                r#"{"event":"agent.message","timestamp":"AT","id":"d"}"#,
                Miscount {
                    redeliveries: true,
                    ..none()
                },
                message.replacen('-', "d", 1),
                message.into(),
            ),
            (
                r#"{"startedAt":"AT","id":"c","status":"completed","durationSeconds":7,"endedAt":"2024-06-01T00:00:09Z"}"#,
                Miscount { spans: true, ..none() },
                format!("{call} Some(7) None"),
                format!("{call} Some(9) None"),
            ),
            (
                r#"{"startedAt":"AT","id":"c","status":"completed","durationSeconds":7,"endedAt":null}"#,
                Miscount { spans: true, ..none() },
                format!("{call} Some(7) None"),
                format!("{call} Some(7) None"),
            ),
            (
                r#"{"startedAt":"AT","id":"c","status":"completed","durationSeconds":61,"endedAt":"2024-06-01T00:05:00Z"}"#,
                Miscount {
                    step: 60_000.0,
                    ..none()
                },
                format!("{call} Some(61) None"),
                format!("{call} Some(120000) None"),
            ),
            (
                r#"{"startedAt":"AT","id":"c","status":"completed","durationSeconds":61,"endedAt":"2024-06-01T00:05:00Z"}"#,
                Miscount {
                    step: 60_000.0,
                    spans: true,
                    ..none()
                },
                format!("{call} Some(61) None"),
                format!("{call} Some(300000) None"),
            ),
            (
                r#"{"event":"agent.message","timestamp":"AT","direction":"web","data":{"direction":"inbound"}}"#,
                Miscount {
                    without: "inbound".into(),
                    ..none()
                },
                message.into(),
                "OtherEvent".into(),
            ),
            (
                r#"{"receivedAt":"AT","direction":"inbound"}"#,
                Miscount {
                    without: "outbound".into(),
                    ..none()
                },
                message.into(),
                message.into(),
            ),
            (
                r#"{"startedAt":"AT","id":"c","status":"completed","direction":"inbound"}"#,
                Miscount {
                    without: "inbound".into(),
                    ..none()
                },
                format!("{call} None None"),
                format!("{call} None None"),
            ),
        ] {
            let text = text.replace("\"AT\"", &format!("\"{AT}\""));
            assert_eq!(judged(&text), without, "{text}");
            assert_eq!(judged_by(&text, what_if), with, "{text}");
        }
    }

    #[test]
    fn a_fault_names_the_field_its_value_and_what_is_wanted() {
        for (text, want) in [
            (r#"{"type":"call"}"#, "/startedAt startedAt is missing: a call counts"),
            (r#"{"startedAt":null}"#, "/startedAt startedAt is null: a call counts"),
            (
                r#"{"type":"message"}"#,
                "/receivedAt receivedAt is missing: a message counts",
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
        ] {
            let got = judged(&text.replace("\"AT\"", &format!("\"{AT}\"")));
            assert!(got.starts_with(want), "{text}\n got {got}\nwant {want}");
        }
    }

    #[test]
    fn the_last_of_two_equal_keys_counts_and_escaped_keys_are_read() {
        assert_eq!(
            judged(r#"{"type":"call","type":"message","receiv\u0065dAt":"2024-06-01T00:00:00Z","\ud800":1}"#),
            r#"Message 1717200000000 "-" "-" None None"#
        );
    }

    #[test]
    fn a_lone_surrogate_in_an_unread_field_is_not_a_fault() {
        assert!(judged(r#"{"receivedAt":"2024-06-01T00:00:00Z","body":"\ud83d"}"#).starts_with("Message"));
    }

    #[test]
    fn the_phone_number_is_found_and_is_never_a_fault() {
        let number = |text: &str| {
            let row = Row::from_json(text);
            match judge(&row, &Defaults::default(), &Reading::default()) {
                Judged::Event(e) => (e.route.number_id().map(owned), e.route.phone_number().map(owned)),
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
    fn defaults_apply_to_records_without_an_agent() {
        let defaults = Defaults {
            agent_id: Some("d".into()),
            agent_name: Some("D".into()),
            ..Defaults::default()
        };
        let agent = |text| {
            let row = Row::from_json(text);
            match judge(&row, &defaults, &Reading::default()) {
                Judged::Event(e) => (e.agent_id.map(owned), e.agent_name.map(owned)),
                other => panic!("{other:?}"),
            }
        };
        let own = agent(r#"{"receivedAt":"2024-06-01T00:00:00Z","agentId":"a"}"#);
        assert_eq!(own, (Some("a".into()), None));
        let given = agent(r#"{"receivedAt":"2024-06-01T00:00:00Z","agentName":"x"}"#);
        assert_eq!(given, (Some("d".into()), Some("D".into())));
    }
}
