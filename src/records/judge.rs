//! Judges rows: decides what a record is, and whether it follows the rules.

use crate::calendar::timestamp::Naive;
use crate::records::mistakes::Miscount;
use crate::records::row::{Fault, Field, Known, Row, Value};

/// The webhook event of messages and of spoken turns. [`Miscount::also`] has it to count spoken turns as messages.
const VOICE_TURNS: &str = "agent.message";

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
}

/// The agent of records that do not name one.
///
/// ```
/// use usage_by_agent::{Aggregator, Defaults, Options, push_text};
///
/// let query = Options { period: "month".into(), now: "2024-06-15T00:00:00Z".into(), ..Options::default() };
/// let mut counts = Aggregator::new(query.usage()?);
/// let defaults = Defaults { agent_id: Some("a1".into()), agent_name: Some("Support".into()) };
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
}

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A text message, in either direction.
    Message,
    /// A phone or web call.
    Call,
}

/// A well-formed message or call.
#[derive(Clone, Debug, PartialEq)]
pub struct Event<'r> {
    /// A message or a call.
    pub kind: Kind,
    /// The moment at which it counts, in epoch milliseconds.
    pub at: i64,
    /// Its id, by which a second delivery is recognised.
    pub id: Option<&'r str>,
    /// The id of its agent.
    pub agent_id: Option<&'r str>,
    /// The name of that agent in the record.
    pub agent_name: Option<&'r str>,
    /// The account's phone number that it used.
    pub number: PhoneNumber<'r>,
    /// The whole seconds of a call, if they are known.
    pub seconds: Option<u64>,
    /// The status of a call that is not completed; empty if the call has no status. `None` for other events.
    pub not_completed: Option<&'r str>,
}

/// The account's phone number that a message or call used.
///
/// A by-agent report does not need it, so it is read only on request. A wrong value never makes a record invalid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PhoneNumber<'r> {
    row: &'r Row<'r>,
    webhook: bool,
}

impl<'r> PhoneNumber<'r> {
    /// The id of the phone number.
    pub fn id(&self) -> Option<&'r str> {
        if self.webhook {
            return self.row.of_data(Known::NumberId).value.named();
        }
        let named = |name| self.row.own(name).value.named();
        named(Known::PhoneNumberId).or_else(|| named(Known::NumberId))
    }

    /// The phone number itself, as text.
    pub fn phone_number(&self) -> Option<&'r str> {
        self.row.own(Known::PhoneNumber).value.named()
    }
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
    /// A record of an unknown kind.
    Unknown,
    /// A message or a call that breaks the rules.
    Invalid(Fault),
}

/// Judges a row. A message or call without an agent gets the agent of `defaults`.
pub fn judge<'r>(row: &'r Row<'r>, defaults: &'r Defaults, reading: &Reading) -> Judged<'r> {
    let kind = row.own(Known::Type).value;
    let event = row.own(Known::Event).value;
    for field in [row.own(Known::Type), row.own(Known::Event)] {
        if matches!(field.value, Value::Threw(_)) {
            return field
                .fault("wanted a readable kind of record")
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

/// The id of a record, from `id` or the field `specific`. Checks that the `data` of a webhook is an object or missing.
fn id<'r>(row: &'r Row<'r>, webhook: bool, specific: Known) -> Result<Option<&'r str>, Fault> {
    if !webhook {
        return Ok(row.own(Known::Id).name()?.or(row.own(specific).name()?));
    }
    if let Some(value) = row.non_object_data() {
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
            number: PhoneNumber { row, webhook },
            seconds: None,
            not_completed: None,
        }),
        None => received.fault("a message counts at the time it was received, which is missing"),
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
        return field(Known::StartedAt).fault("a call counts at the time it started, which is missing");
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
        // The event `agent.call_ended` means that the call has ended.
        None if webhook => None,
        other => Some(other.unwrap_or_default()),
    };
    Ok(Event {
        kind: Kind::Call,
        at,
        id,
        agent_id,
        agent_name,
        number: PhoneNumber { row, webhook },
        seconds,
        not_completed,
    })
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
    fn a_fault_names_the_field_its_value_and_what_is_wanted() {
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
    fn defaults_apply_to_records_without_an_agent() {
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
