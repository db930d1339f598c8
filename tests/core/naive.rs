//! A second, naive implementation of counting: serde_json reads the text, chrono reads the timestamps, and the rules are those of
//! `docs/counting-rules.md`.

use chrono::{NaiveDate, NaiveTime, Timelike};
use serde_json::{Deserializer, Value};
use std::collections::{BTreeMap, HashMap};

/// June 2024 in UTC.
const JUNE: std::ops::Range<i64> = 1_717_200_000_000..1_719_792_000_000;

/// Where every record went, and messages, calls and seconds by agent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub records: u64,
    pub counted: u64,
    pub outside: u64,
    pub duplicates: u64,
    pub invalid: u64,
    pub voice_turns: u64,
    pub reactions: u64,
    pub events: u64,
    pub tests: u64,
    pub other: u64,
    pub not_completed: BTreeMap<String, u64>,
    pub without_id: u64,
    pub without_duration: u64,
    pub agents: BTreeMap<Option<String>, (u64, u64, u64)>,
}

/// Counts the records of a text in June 2024. `None` if serde_json refuses the text, or a sum exceeds 2^53 - 1.
pub fn count(text: &[u8]) -> Option<Count> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let mut counting = Counting::default();
    for value in Deserializer::from_slice(text).into_iter::<Value>() {
        match value.ok()? {
            Value::Array(items) => items.iter().for_each(|item| counting.item(item, None)),
            value => counting.item(&value, None),
        }
    }
    let seconds: u64 = counting.count.agents.values().map(|(_, _, seconds)| seconds).sum();
    (seconds < 1 << 53).then_some(counting.count)
}

#[derive(Default)]
struct Counting {
    count: Count,
    /// What each id counted as.
    ids: HashMap<(bool, Id), Entry>,
}

/// The id of a record itself, or of the delivery that brought it.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Id {
    Own(String),
    Delivery(String),
}

/// The agent of an event, and the seconds of a call.
type Entry = (Option<String>, Option<u64>);

/// Of two records with one id, does the first count instead of the second?
fn is_fuller(a: &Entry, b: &Entry) -> bool {
    let units = |entry: &Entry| std::cmp::Reverse(entry.0.as_ref().map(|id| id.encode_utf16().collect::<Vec<_>>()));
    (a.0.is_some(), a.1, units(a)) > (b.0.is_some(), b.1, units(b))
}

/// A message or a call, or the reason why a record is not one.
enum Judged {
    Event {
        call: bool,
        at: i64,
        id: Option<Id>,
        agent: Option<String>,
        seconds: Option<u64>,
        not_completed: Option<String>,
    },
    VoiceTurn,
    Reaction,
    /// A documented event that counts nothing.
    Quiet,
    Test,
    Other,
}

impl Counting {
    /// Counts a value. `agent` is that of the conversation around it.
    fn item(&mut self, value: &Value, agent: Option<&str>) {
        if let Some(Value::Array(items)) = value.get("data") {
            return items.iter().for_each(|item| self.item(item, agent));
        }
        let judged = if let Some(messages) = messages(value) {
            match (text(get(value, "agentId")), text(get(value, "agentName"))) {
                (Some(own), Some(_)) => {
                    let agent = own.as_deref().filter(|id| !id.is_empty()).or(agent);
                    return messages.iter().for_each(|item| self.item(item, agent));
                }
                _ => None,
            }
        } else if is_envelope(value) {
            judged(&value["body"], Some(value))
        } else if value.is_object() {
            judged(value, None)
        } else {
            None
        };
        let count = &mut self.count;
        count.records += 1;
        match judged {
            None => count.invalid += 1,
            Some(Judged::VoiceTurn) => count.voice_turns += 1,
            Some(Judged::Reaction) => count.reactions += 1,
            Some(Judged::Quiet) => count.events += 1,
            Some(Judged::Test) => count.tests += 1,
            Some(Judged::Other) => count.other += 1,
            Some(Judged::Event {
                not_completed: Some(status),
                ..
            }) => *count.not_completed.entry(status).or_default() += 1,
            Some(Judged::Event { at, .. }) if !JUNE.contains(&at) => count.outside += 1,
            Some(Judged::Event {
                call,
                id,
                agent: own,
                seconds,
                ..
            }) => {
                let entry = (own.or(agent.map(str::to_owned)), seconds);
                match id {
                    None => count.without_id += 1,
                    Some(id) => match self.ids.get(&(call, id.clone())) {
                        Some(known) => {
                            count.duplicates += 1;
                            if !is_fuller(&entry, known) {
                                return;
                            }
                            let known = known.clone();
                            count.change(call, &known, u64::wrapping_sub);
                            self.ids.insert((call, id), entry.clone());
                        }
                        None => drop(self.ids.insert((call, id), entry.clone())),
                    },
                }
                count.change(call, &entry, u64::wrapping_add);
            }
        }
    }
}

impl Count {
    /// Counts a message or a call, or takes it back.
    fn change(&mut self, call: bool, (agent, seconds): &Entry, by: fn(u64, u64) -> u64) {
        self.counted = by(self.counted, 1);
        let row = self.agents.entry(agent.clone()).or_default();
        if call {
            row.1 = by(row.1, 1);
            row.2 = by(row.2, seconds.unwrap_or(0));
            self.without_duration = by(self.without_duration, u64::from(seconds.is_none()));
        } else {
            row.0 = by(row.0, 1);
        }
        self.agents.retain(|_, row| row.0 > 0 || row.1 > 0);
    }
}

/// The value of a field, which has two spellings. If both are there, camelCase is read.
fn get<'a>(of: &'a Value, name: &str) -> &'a Value {
    found(of, name).unwrap_or(&Value::Null)
}

fn found<'a>(of: &'a Value, name: &str) -> Option<&'a Value> {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    of.get(name).or_else(|| of.get(&snake))
}

fn has_time(value: &Value) -> bool {
    found(value, "startedAt").is_some() || found(value, "receivedAt").is_some()
}

/// Is it what a webhook tool keeps of a request, with the webhook in its `body`?
fn is_envelope(value: &Value) -> bool {
    value["event"].is_null() && value["type"].is_null() && !has_time(value) && !value["body"]["event"].is_null()
}

/// The messages of a conversation, if it is one.
fn messages(value: &Value) -> Option<&Vec<Value>> {
    let typed = value["type"] == "call" || value["type"] == "message";
    let record = typed || !value["event"].is_null() || has_time(value) || is_envelope(value);
    value["messages"].as_array().filter(|_| !record && !is_partial(value))
}

/// Has its request failed, or has it calls in another list?
fn is_partial(value: &Value) -> bool {
    let error = &value["error"];
    let failed = error.as_str().is_some_and(|text| !text.is_empty()) || *error == true || error.is_object();
    failed || value["success"] == false || value["ok"] == false || value["calls"].is_array()
}

fn is_test(record: &Value) -> bool {
    record["test"] == true || get(get(record, "conversationState"), "testMode") == true
}

/// Judges a record. `None` if it breaks the rules.
fn judged(record: &Value, envelope: Option<&Value>) -> Option<Judged> {
    type Judge = fn(&Value, Option<&Value>) -> Option<Judged>;
    let (kind, event) = (&record["type"], record["event"].as_str());
    let judge: Judge = match event {
        _ if kind == "message" => |record, _| message(record, record, None),
        _ if kind == "call" => |record, _| call(record, record, None),
        Some("agent.message") if record["channel"] == "voice" => |_, _| Some(Judged::VoiceTurn),
        Some("agent.message") => |record, envelope| message(record, data(record)?, Some(envelope)),
        Some("agent.call_ended") => |record, envelope| call(record, data(record)?, Some(envelope)),
        Some("agent.reaction") => |_, _| Some(Judged::Reaction),
        Some("agent.contact_shared") => |_, _| Some(Judged::Quiet),
        None if record["event"].is_null() && found(record, "startedAt").is_some() => {
            |record, _| call(record, record, None)
        }
        None if record["event"].is_null() && found(record, "receivedAt").is_some() => {
            |record, _| message(record, record, None)
        }
        _ => return Some(Judged::Other),
    };
    if is_test(record) {
        Some(Judged::Test)
    } else {
        judge(record, envelope)
    }
}

/// The `data` of a webhook. It may be missing. `None` if it has another type.
fn data(webhook: &Value) -> Option<&Value> {
    Some(&webhook["data"]).filter(|data| data.is_object() || data.is_null())
}

/// Judges the message whose fields are in `of`. A webhook comes with the envelope around it, if it has one.
fn message(record: &Value, of: &Value, webhook: Option<Option<&Value>>) -> Option<Judged> {
    let mut at = time(get(of, "receivedAt"))?;
    if webhook.is_some() && at.is_none() {
        at = time(&record["timestamp"])?;
    }
    Some(Judged::Event {
        call: false,
        at: at?,
        id: id(record, of, webhook, "messageId")?,
        agent: agent(record)?,
        seconds: None,
        not_completed: None,
    })
}

/// Judges the call whose fields are in `of`.
fn call(record: &Value, of: &Value, webhook: Option<Option<&Value>>) -> Option<Judged> {
    let started = time(get(of, "startedAt"))?;
    let status = text(&of["status"])?;
    let duration = match get(of, "durationSeconds") {
        Value::Null => None,
        Value::Number(n) => Some(n.as_f64().filter(|n| (0.0..=9_007_199_254_740_991.0).contains(n))? as u64),
        _ => return None,
    };
    let at = started?;
    // The end is only looked at where the duration is not known.
    let ended = if duration.is_none() {
        time(get(of, "endedAt"))?
    } else {
        None
    };
    let seconds = match (duration, ended) {
        (None, Some(ended)) if ended < at => return None,
        (None, Some(ended)) => Some((ended - at) as u64 / 1000),
        (duration, _) => duration,
    };
    let completed = status.as_deref() == Some("completed") || status.is_none() && webhook.is_some();
    Some(Judged::Event {
        call: true,
        at,
        id: id(record, of, webhook, "callId")?,
        agent: agent(record)?,
        seconds,
        not_completed: (!completed).then(|| status.unwrap_or_default()),
    })
}

/// The text of a field, if it has one. `None` if the field has another type.
fn text(value: &Value) -> Option<Option<String>> {
    match value {
        Value::Null => Some(None),
        Value::String(text) => Some(Some(text.clone())),
        _ => None,
    }
}

fn id(record: &Value, of: &Value, webhook: Option<Option<&Value>>, specific: &str) -> Option<Option<Id>> {
    let name = |key: &str| Some(text(get(of, key))?.filter(|name| !name.is_empty()));
    // The second name is only looked at where the first one has none.
    let [first, second] = if webhook.is_some() {
        [specific, "id"]
    } else {
        ["id", specific]
    };
    let own = match name(first)? {
        None => name(second)?,
        own => own,
    };
    let delivered = |envelope: Option<&Value>| delivery(record, envelope.unwrap_or(&Value::Null)).map(Id::Delivery);
    Some(own.map(Id::Own).or_else(|| delivered(webhook?)))
}

/// The id of a webhook's delivery. Values that are not text are ignored.
fn delivery(webhook: &Value, envelope: &Value) -> Option<String> {
    let usable = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let header = |of: &Value| {
        let named = |name: &String| name.eq_ignore_ascii_case("x-webhook-id");
        let headers = of["headers"].as_object()?;
        headers
            .iter()
            .filter(|(name, _)| named(name))
            .filter_map(|(_, value)| usable(value))
            .next_back()
    };
    header(envelope)
        .or_else(|| header(webhook))
        .or_else(|| usable(&webhook["id"]))
        .or_else(|| usable(&envelope["id"]))
        .or_else(|| usable(get(webhook, "deliveryId")))
        .or_else(|| usable(get(envelope, "deliveryId")))
}

fn agent(record: &Value) -> Option<Option<String>> {
    text(get(record, "agentName"))?;
    Some(text(get(record, "agentId"))?.filter(|name| !name.is_empty()))
}

fn time(value: &Value) -> Option<Option<i64>> {
    match value {
        Value::Null => Some(None),
        Value::String(text) => timestamp(text.as_bytes())
            .and_then(|(wall, offset)| Some(wall - offset?))
            .map(Some),
        Value::Number(n) => {
            let ms = n.as_f64()?;
            (ms.fract() == 0.0 && (1e11..=1e14).contains(&ms.abs())).then_some(Some(ms as i64))
        }
        _ => None,
    }
}

/// Reads RFC 3339 with chrono's dates and times: the wall time, and the offset if there is one, in milliseconds.
pub fn timestamp(text: &[u8]) -> Option<(i64, Option<i64>)> {
    let (whole, rest) = text.split_at_checked(19)?;
    let form = whole.iter().zip(b"0000-00-00T00:00:00").all(|(byte, form)| match form {
        b'0' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't' | b' '),
        _ => byte == form,
    });
    let number = |text: &[u8]| -> Option<u32> { std::str::from_utf8(text).ok()?.parse().ok() };
    let part = |from: usize, to: usize| number(&whole[from..to]);
    if !form {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(part(0, 4)? as i32, part(5, 7)?, part(8, 10)?)?;
    let second = part(17, 19)?;
    let wall = date.and_hms_opt(part(11, 13)?, part(14, 16)?, second.min(59))?;
    let digits = rest
        .strip_prefix(b".")
        .map_or(0, |after| after.iter().take_while(|b| b.is_ascii_digit()).count());
    let (fraction, zone) = rest.split_at(if digits > 0 { digits + 1 } else { 0 });
    let fraction = [fraction.get(1..).unwrap_or_default(), b"000"].concat();
    let ms = wall.and_utc().timestamp_millis() + i64::from(number(&fraction[..3])?);
    let ms = match second {
        0..=59 => ms,
        60 => ms + 1000,
        _ => return None,
    };
    let offset = match zone {
        [] => None,
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] if [h1, h2, m1, m2].iter().all(|b| b.is_ascii_digit()) => {
            let after = NaiveTime::from_hms_opt(number(&[*h1, *h2])?, number(&[*m1, *m2])?, 0)?;
            let ms = i64::from(after.num_seconds_from_midnight()) * 1000;
            Some(if *sign == b'-' { -ms } else { ms })
        }
        _ => return None,
    };
    Some((ms, offset))
}
