//! Compares the reader with serde_json: both accept the same texts, whole and in any chunks. Compares the fast path with the slow
//! path: both give the same records, places and faults.

use crate::harness::only_serde_minds;
use proptest::prelude::*;
use serde_json::{Deserializer, Value};
use usage_by_agent::error::{Place, UsageError};
use usage_by_agent::records::judge::{Defaults, conversation};
use usage_by_agent::records::page::Page;
use usage_by_agent::records::reader::{Origin, Reader, Sink};
use usage_by_agent::records::row::{self, ALIASES, DATA_FIELDS, FIELDS, Row, slot};

/// Everything that a reader gives to its sink. A record is noted as the fields that are read from it.
#[derive(Default, Debug, PartialEq)]
struct Seen {
    /// Whether reading goes on after a broken value.
    skips: bool,
    records: Vec<(String, Option<String>, Place)>,
    lists: Vec<String>,
    others: Vec<(&'static str, Place)>,
    broken: Vec<UsageError>,
    skipped: Vec<UsageError>,
}

impl Sink for Seen {
    fn record(&mut self, row: &Row<'_>, defaults: &Defaults, origin: &dyn Origin) -> Result<(), UsageError> {
        assert!(
            serde_json::from_slice::<Value>(origin.text()).is_ok_and(|value| value.is_object())
                || only_serde_minds(origin.text())
        );
        self.records
            .push((format!("{row:?}"), defaults.agent_id.clone(), origin.place()));
        Ok(())
    }
    fn conversation(
        &mut self,
        row: &Row<'_>,
        defaults: &Defaults,
        origin: &dyn Origin,
    ) -> Result<Option<Defaults>, UsageError> {
        self.lists.push(format!("conversation {:?}", origin.place()));
        Ok(conversation(row, defaults).ok())
    }
    fn conversation_ended(&mut self, messages: u64, stated: Option<u64>) {
        self.lists.push(format!("{messages} of {stated:?}"));
    }
    fn page_ended(&mut self, page: Page) {
        self.lists.push(format!("{page:?}"));
    }
    fn not_object(&mut self, kind: &'static str, place: Place) -> Result<(), UsageError> {
        self.others.push((kind, place));
        Ok(())
    }
    fn broken(&mut self, error: UsageError) -> Result<(), UsageError> {
        self.broken.push(error.clone());
        if self.skips { Ok(()) } else { Err(error) }
    }
    fn skipped(&mut self, warning: UsageError) -> Result<(), UsageError> {
        self.skipped.push(warning);
        Ok(())
    }
}

/// A field of an object under its first spelling, or else under the other one.
fn field<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    let alias = FIELDS.iter().position(|field| *field == name).map(|n| ALIASES[n]);
    object
        .get(name)
        .or_else(|| object.get(alias.filter(|alias| !alias.is_empty())?))
}

/// Has an object neither an event nor a type nor a time?
fn is_bare(object: &Value, is_type: fn(&Value) -> bool) -> bool {
    let missing = |name| object.get(name).is_none_or(Value::is_null);
    missing("event")
        && !object.get("type").is_some_and(is_type)
        && field(object, "startedAt").is_none()
        && field(object, "receivedAt").is_none()
}

/// The row of an object, as serde_json reads the object.
fn row_of(object: &Value) -> String {
    let mut row = Row::default();
    row.clear();
    let body = &object["body"];
    let is_envelope = is_bare(object, |kind| !kind.is_null()) && body.is_object() && !body["event"].is_null();
    let at = |name: &str| slot::OWN + FIELDS.iter().position(|field| *field == name).unwrap();
    if is_envelope {
        row.set_enveloped();
        let headers = object["headers"].as_object().into_iter().flatten();
        for (key, value) in headers.filter(|(key, _)| key.to_lowercase() == "x-webhook-id") {
            if let Some(id) = value.as_str().filter(|id| !id.is_empty()) {
                assert_eq!(key, "X-Webhook-ID", "the texts of this test have one spelling");
                row.set(at("headers/x-webhook-id"), row::Value::Text(id.as_bytes()));
            }
        }
        for (name, from) in [("envelope/id", "id"), ("envelope/deliveryId", "deliveryId")] {
            if let Some(value) = field(object, from) {
                row.set(at(name), value_of(value));
            }
        }
    }
    let object = if is_envelope { body } else { object };
    for (n, name) in FIELDS.iter().enumerate().filter(|(_, name)| !name.contains('/')) {
        if let Some(value) = field(object, name) {
            row.set(slot::OWN + n, value_of(value));
        }
    }
    let first = |object: &Value, names: [&str; 2]| names.into_iter().find_map(|name| object.get(name).cloned());
    let state = first(object, ["conversationState", "conversation_state"]).unwrap_or_default();
    let mode = first(&state, ["testMode", "test_mode"]);
    if let Some(mode) = &mode {
        row.set(at("conversationState/testMode"), value_of(mode));
    }
    match object.get("data") {
        None => {}
        Some(data @ Value::Object(_)) => {
            row.set_data_object();
            for (n, name) in DATA_FIELDS.iter().enumerate() {
                if let Some(value) = field(data, name) {
                    row.set(slot::OF_DATA + n, value_of(value));
                }
            }
        }
        Some(other) => row.set_data(value_of(other)),
    }
    format!("{row:?}")
}

fn value_of(value: &Value) -> row::Value<'_> {
    match value {
        Value::Null => row::Value::Null,
        Value::Number(n) => row::Value::Number(n.as_f64().unwrap()),
        Value::String(text) => row::Value::Text(text.as_bytes()),
        Value::Bool(true) => row::Value::True,
        Value::Bool(false) => row::Value::Other("a boolean"),
        Value::Array(_) => row::Value::Other("an array"),
        Value::Object(_) => row::Value::Other("an object"),
    }
}

fn read_by(mut reader: Reader, skips: bool, text: &[u8], sizes: &[usize]) -> Seen {
    let mut seen = Seen {
        skips,
        ..Seen::default()
    };
    let mut rest = text;
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at((*sizes.next().unwrap()).clamp(1, rest.len()));
        if reader.push(chunk, &mut seen).is_err() {
            return seen;
        }
        rest = after;
    }
    let _ = reader.finish(&mut seen);
    seen
}

/// The records of a text according to serde_json and the rules. `None` if the text is not JSON.
fn expected(text: &[u8]) -> Option<(Vec<Value>, Vec<&'static str>)> {
    let (mut objects, mut others) = (Vec::new(), Vec::new());
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    for value in Deserializer::from_slice(text).into_iter::<Value>() {
        match value.ok()? {
            Value::Array(items) => items
                .into_iter()
                .for_each(|item| place(item, &mut objects, &mut others)),
            value => place(value, &mut objects, &mut others),
        }
    }
    Some((objects, others))
}

fn place(value: Value, objects: &mut Vec<Value>, others: &mut Vec<&'static str>) {
    match value {
        Value::Object(mut object) => match object.get_mut("data") {
            Some(Value::Array(items)) => std::mem::take(items)
                .into_iter()
                .for_each(|item| place(item, objects, others)),
            _ => place_record(Value::Object(object), objects, others),
        },
        Value::Array(_) => others.push("an array"),
        Value::String(_) => others.push("a string"),
        Value::Number(_) => others.push("a number"),
        Value::Bool(_) => others.push("a boolean"),
        Value::Null => others.push("null"),
    }
}

/// Places a record, or the messages of a conversation.
fn place_record(object: Value, objects: &mut Vec<Value>, others: &mut Vec<&'static str>) {
    let body = &object["body"];
    let is_envelope = is_bare(&object, |kind| !kind.is_null()) && body.is_object() && !body["event"].is_null();
    let is_kind = |kind: &Value| matches!(kind.as_str(), Some("message" | "call"));
    let agent = |name| field(&object, name).is_none_or(|id| id.is_null() || id.is_string());
    match object["messages"].as_array() {
        Some(messages) if !is_envelope && is_bare(&object, is_kind) => {
            if agent("agentId") && agent("agentName") {
                messages.iter().for_each(|item| place(item.clone(), objects, others));
            }
        }
        _ => objects.push(object),
    }
}

fn check(text: &[u8], sizes: &[usize]) -> Result<(), TestCaseError> {
    let whole = read_by(Reader::slow_only(), false, text, &[usize::MAX]);
    let shown = String::from_utf8_lossy(text);
    for (reader, sizes) in [
        (Reader::slow_only(), sizes),
        (Reader::default(), sizes),
        (Reader::retry_always(), sizes),
        (Reader::default(), &[usize::MAX]),
    ] {
        prop_assert_eq!(
            &whole,
            &read_by(reader, false, text, sizes),
            "cut at {:?}: {}",
            sizes,
            shown
        );
    }
    let skipping = read_by(Reader::slow_only(), true, text, &[usize::MAX]);
    for sizes in [sizes, &[usize::MAX]] {
        let fast = read_by(Reader::retry_always(), true, text, sizes);
        prop_assert_eq!(&skipping, &fast, "skipping, cut at {:?}: {}", sizes, shown);
    }
    match expected(text) {
        // The reader refuses a second `data`, which serde_json accepts. The records of the first have been counted.
        Some(_) if whole.broken.iter().any(|e| e.message.contains("\"data\" twice")) => {}
        Some((objects, others)) => {
            prop_assert!(whole.broken.is_empty(), "serde_json takes {}", shown);
            let got: Vec<_> = whole.records.iter().map(|(row, ..)| row.clone()).collect();
            let wanted: Vec<_> = objects.iter().map(row_of).collect();
            prop_assert_eq!(got, wanted, "{}", shown);
            let kinds: Vec<_> = whole.others.iter().map(|(kind, _)| *kind).collect();
            prop_assert_eq!(kinds, others, "{}", shown);
        }
        None => prop_assert!(
            !whole.broken.is_empty() || only_serde_minds(text),
            "serde_json refuses {}",
            shown
        ),
    }
    Ok(())
}

/// Pieces that reach every state of the reader. Random sequences of them are often nearly JSON.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\n",
    " ",
    "{\"data\":[",
    "]}",
    "\"data\":",
    "\"d\\u0061ta\":",
    "\"a\":",
    "1",
    "-0",
    "0.5",
    "1e5",
    "12",
    "true",
    "false",
    "null",
    "\"text\"",
    "\"é\"",
    "\"\\n\\\"\\u00e9\"",
    "{\"a\":1}",
    "{}",
    "[]",
    "\"\u{1F600}\"",
    "\t",
    "\r\n",
    "\\u",
    "01",
    "1.",
    "+",
    "\u{feff}",
    "{\"data\":{}}",
    "\"data\":[],",
    "\u{1}",
];

/// Pieces of records: the fields that are read, with every type and spelling.
const ENTRIES: &[&str] = &[
    "\"type\":\"call\"",
    "\"type\" : null",
    "\"id\":\"c-1\"",
    "\"\\u0069d\":\"c\\u002d2\"",
    "\"event\":\"agent.message\"",
    "\"agentId\":\"0123456789012345\"",
    "\"agentId\":\"\\ud83d\"",
    "\"agentName\":\"\u{e9}\u{4f60}\u{1F600}\"",
    "\"agentName\":\"a\\nb\\ud83d\\ude00\u{e9}\"",
    "\"\\ud800\":1",
    "\"status\":[1,{\"id\":2}]",
    "\"status\":{}",
    "\"startedAt\":1717200000000",
    "\"startedAt\":\"2024-06-01T00:00:00Z\"",
    "\"durationSeconds\":59.9e0",
    "\"durationSeconds\":-0",
    "\"durationSeconds\":123456789012345678901",
    "\"durationSeconds\":999999999999999",
    "\"durationSeconds\":1E-7",
    "\"receivedAt\":true",
    "\"timestamp\":false",
    "\"durationSecond\":1",
    "\"durationSeconds1\":1",
    "\"data\":null",
    "\"data\":7",
    "\"data\":\"x\"",
    "\"data\":{}",
    "\"data\":{\"id\":\"a\",\"callId\":{\"id\":3},\"type\":1,\"data\":[2],\"id\":\"b\"}",
    "\"data\":{\"status\":\"completed\",\n \"receivedAt\" : \"x\"}",
    "\"data\":[]",
    "\"data\":[{\"id\":1}]",
    "\"started_at\":\"2024-06-01T00:00:00Z\"",
    "\"agent_id\":\"a\"",
    "\"agent_id\":null",
    "\"received_at\":1",
    "\"duration_seconds\":9",
    "\"phone_number_id\":\"n\"",
    "\"data\":{\"call_id\":\"a\",\"callId\":null,\"number_id\":\"n\"}",
    "\"test\":true",
    "\"conversationState\":{\"testMode\":true}",
    "\"conversationState\":{\"test_mode\":true,\"testMode\":false,\"id\":7,\"agent_id\":1,\"data\":[1]}",
    "\"conversationState\":\"x\"",
    "\"conversationState\":[{\"testMode\":true}]",
    "\"testMode\":true",
    "\"conversation_state\" : {\"test_mode\":true,\"x\":[{}]}",
    "\"conversationStates\":{}",
    "\"messageCount\":3",
    "\"hasMore\":true",
    "\"total\":12",
    "\"headers\":{\"X-Webhook-ID\":\"d\\u0031\"}",
    "\"body\":{\"event\":\"agent.message\",\"id\":\"e\",\"data\":{\"id\":\"m\"}}",
    "\"body\":{\"event\":\"agent.message\",\"data\":[1]}",
    "\"body\":{\"event\":null}",
    "\"body\":[{\"event\":1}]",
    "\"messages\":[]",
    "\"messages\":[{\"id\":\"m\"},\n7,{\"data\":[{\"id\":\"n\"}],\"hasMore\":false},\r\n{\"agent_id\":\"b\",\"messages\":[{}]}]",
    "\"messages\":{}",
    "\"recentHistory\":[[],[[]],{\"a\":{}},\"]}\",[1,2.5,-3e2],{\"a\":[{}],\"b\":null}]",
    "\n\t\"body\":\"quote \\\" slash \\\\ and \\/ more than a block of text\"\r\n",
    "\"\":\"\"",
    "\"bad\":01",
    "\"bad\":\"\u{1}\"",
    "\"bad\":tru",
    "\"bad\" 1",
];

/// A record of such entries. Most are valid.
fn record() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(ENTRIES), 0..7).prop_map(|entries| format!("{{{}}}", entries.join(",")))
}

fn records() -> impl Strategy<Value = String> {
    let joined = |by: &'static str| move |records: Vec<String>| records.join(by);
    prop_oneof![
        prop::collection::vec(record(), 0..6).prop_map(joined("\n")),
        prop::collection::vec(record(), 0..6).prop_map(joined("")),
        prop::collection::vec(record(), 0..6).prop_map(|r| format!("[{}]", r.join(",\n"))),
        prop::collection::vec(record(), 0..6).prop_map(|r| format!("[{}]\n{{}}", r.join("\n, "))),
        prop::collection::vec(record(), 0..6).prop_map(|r| format!(
            "{{\"n\":1,\"hasMore\" : true,\"data\":[{}],\"m\":[2],\"total\":12}}",
            r.join(",")
        )),
        prop::collection::vec(record(), 0..6).prop_map(|r| format!("{}\n  ,{}", r.join(",\n"), r.join("\r\n"))),
    ]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let key = prop_oneof![Just("data".to_owned()), "[a-d]{1,2}", "\\PC{0,4}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn nearly_json_is_read_as_serde_json_reads_it(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..14), sizes in prop::collection::vec(1..9_usize, 1..6)) {
        check(pieces.concat().as_bytes(), &sizes)?;
    }

    #[test]
    fn json_in_any_spelling_is_read_as_serde_json_reads_it(values in prop::collection::vec(json(), 0..4), pretty: bool, sizes in prop::collection::vec(1..30_usize, 1..6)) {
        let spell = |v: &Value| if pretty { serde_json::to_string_pretty(v) } else { serde_json::to_string(v) }.unwrap();
        let text = values.iter().map(spell).collect::<Vec<_>>().join("\n");
        check(text.as_bytes(), &sizes)?;
    }

    #[test]
    fn json_with_one_byte_changed_is_read_as_serde_json_reads_it(value in json(), at: prop::sample::Index, byte: u8, sizes in prop::collection::vec(1..30_usize, 1..6)) {
        let mut text = serde_json::to_vec(&value).unwrap();
        let at = at.index(text.len());
        text[at] = byte;
        check(&text, &sizes)?;
    }

    #[test]
    fn records_of_every_shape_are_read_as_serde_json_reads_them(text in records(), sizes in prop::collection::vec(1..90_usize, 1..6)) {
        check(text.as_bytes(), &sizes)?;
    }

    #[test]
    fn records_with_bytes_changed_and_cut_off_are_read_as_serde_json_reads_them(
        text in records(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![any::<u8>(), prop::sample::select(&b"\"\\{}[],:\n 0e."[..])]), 1..3),
        end: prop::sample::Index,
        sizes in prop::collection::vec(1..90_usize, 1..6),
    ) {
        let mut text = text.into_bytes();
        for (at, byte) in changes.iter().filter(|_| !text.is_empty()).collect::<Vec<_>>() {
            let at = at.index(text.len());
            text[at] = *byte;
        }
        check(&text, &sizes)?;
        text.truncate(end.index(text.len() + 1));
        check(&text, &sizes)?;
    }

    #[test]
    fn any_bytes_are_read_as_serde_json_reads_them(text in prop::collection::vec(any::<u8>(), 0..60), sizes in prop::collection::vec(1..9_usize, 1..6)) {
        check(&text, &sizes)?;
    }
}
