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
            Value::Array(items) => items.iter().for_each(|item| counting.item(item)),
            value => counting.item(&value),
        }
    }
    let seconds: u64 = counting.count.agents.values().map(|(_, _, seconds)| seconds).sum();
    (seconds < 1 << 53).then_some(counting.count)
}

#[derive(Default)]
struct Counting {
    count: Count,
    /// What each id counted as.
    ids: HashMap<(bool, String), Entry>,
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
        id: Option<String>,
        agent: Option<String>,
        seconds: Option<u64>,
        not_completed: Option<String>,
    },
    VoiceTurn,
    Reaction,
    Other,
}

impl Counting {
    fn item(&mut self, value: &Value) {
        if let Some(Value::Array(items)) = value.get("data") {
            return items.iter().for_each(|item| self.item(item));
        }
        let count = &mut self.count;
        count.records += 1;
        let judged = if value.is_object() { judged(value) } else { None };
        match judged {
            None => count.invalid += 1,
            Some(Judged::VoiceTurn) => count.voice_turns += 1,
            Some(Judged::Reaction) => count.reactions += 1,
            Some(Judged::Other) => count.other += 1,
            Some(Judged::Event {
                not_completed: Some(status),
                ..
            }) => *count.not_completed.entry(status).or_default() += 1,
            Some(Judged::Event { at, .. }) if !JUNE.contains(&at) => count.outside += 1,
            Some(Judged::Event {
                call,
                id,
                agent,
                seconds,
                ..
            }) => {
                let entry = (agent, seconds);
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

/// Judges a record. `None` if it breaks the rules.
fn judged(record: &Value) -> Option<Judged> {
    let (kind, event) = (&record["type"], &record["event"]);
    if kind == "message" {
        message(record, None)
    } else if kind == "call" {
        call(record, None)
    } else if event == "agent.message" && record["channel"] == "voice" {
        Some(Judged::VoiceTurn)
    } else if event == "agent.message" {
        message(record, Some(&record["data"]))
    } else if event == "agent.call_ended" {
        call(record, Some(&record["data"]))
    } else if event == "agent.reaction" {
        Some(Judged::Reaction)
    } else if !event.is_null() {
        Some(Judged::Other)
    } else if record.get("startedAt").is_some() {
        call(record, None)
    } else if record.get("receivedAt").is_some() {
        message(record, None)
    } else {
        Some(Judged::Other)
    }
}

fn message(record: &Value, data: Option<&Value>) -> Option<Judged> {
    let of = data.unwrap_or(record);
    if !(of.is_object() || of.is_null()) {
        return None;
    }
    let mut at = time(&of["receivedAt"])?;
    if data.is_some() {
        text(&record["channel"])?;
        at = at.or(time(&record["timestamp"])?);
    }
    Some(Judged::Event {
        call: false,
        at: at?,
        id: id(of, data.is_some(), "messageId")?,
        agent: agent(record)?,
        seconds: None,
        not_completed: None,
    })
}

fn call(record: &Value, data: Option<&Value>) -> Option<Judged> {
    let of = data.unwrap_or(record);
    if !(of.is_object() || of.is_null()) {
        return None;
    }
    let (started, ended) = (time(&of["startedAt"])?, time(&of["endedAt"])?);
    let status = text(&of["status"])?;
    let duration = match &of["durationSeconds"] {
        Value::Null => None,
        Value::Number(n) => Some(n.as_f64().filter(|n| (0.0..=9_007_199_254_740_991.0).contains(n))? as u64),
        _ => return None,
    };
    let at = started?;
    let seconds = match (duration, ended) {
        (None, Some(ended)) if ended < at => return None,
        (None, Some(ended)) => Some((ended - at) as u64 / 1000),
        (duration, _) => duration,
    };
    let completed = status.as_deref() == Some("completed") || status.is_none() && data.is_some();
    Some(Judged::Event {
        call: true,
        at,
        id: id(of, data.is_some(), "callId")?,
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

fn id(of: &Value, webhook: bool, specific: &str) -> Option<Option<String>> {
    let name = |key: &str| Some(text(&of[key])?.filter(|name| !name.is_empty()));
    let (plain, specific) = (name("id")?, name(specific)?);
    Some(if webhook {
        specific.or(plain)
    } else {
        plain.or(specific)
    })
}

fn agent(record: &Value) -> Option<Option<String>> {
    text(&record["agentName"])?;
    Some(text(&record["agentId"])?.filter(|name| !name.is_empty()))
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
