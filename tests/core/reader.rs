//! The reader against serde_json: what one takes as JSON the other takes, whole and cut anywhere; and its fast way against
//! its careful one, which must tell the same of every text.

use crate::harness::only_serde_minds;
use proptest::prelude::*;
use serde_json::{Deserializer, Value};
use usage_by_agent::error::{Place, UsageError};
use usage_by_agent::records::reader::{Reader, Sink};
use usage_by_agent::records::row::Row;

/// All that a reader tells. Objects are told by the fields that are read of them.
#[derive(Default, Debug, PartialEq)]
struct Seen {
    /// Does reading go on after something broken?
    skips: bool,
    objects: Vec<(String, Place)>,
    others: Vec<(&'static str, Place)>,
    broken: Vec<UsageError>,
    passed_over: Vec<UsageError>,
    /// Not told: the texts of objects that were read by the careful way, and how many were read by the fast one.
    texts: Untold<Vec<String>>,
    fast: Untold<usize>,
}

#[derive(Default, Debug)]
struct Untold<T>(T);

impl<T> PartialEq for Untold<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Sink for Seen {
    fn object(&mut self, text: &str, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        self.texts.0.push(text.to_owned());
        self.objects.push((format!("{:?}", Row::from_json(text)), place()));
        Ok(())
    }
    fn row(&mut self, row: &Row<'_>, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        self.fast.0 += 1;
        self.objects.push((format!("{row:?}"), place()));
        Ok(())
    }
    fn not_object(&mut self, kind: &'static str, place: Place) -> Result<(), UsageError> {
        self.others.push((kind, place));
        Ok(())
    }
    fn broken(&mut self, error: UsageError) -> Result<(), UsageError> {
        self.broken.push(error.clone());
        if self.skips { Ok(()) } else { Err(error) }
    }
    fn passed_over(&mut self, error: UsageError) {
        self.passed_over.push(error);
    }
}

fn read(text: &[u8], sizes: &[usize]) -> Seen {
    read_by(Reader::default(), false, text, sizes)
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

/// The records of a text as serde_json and the rules have them; `None` where the text is not JSON.
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
            _ => objects.push(Value::Object(object)),
        },
        Value::Array(_) => others.push("an array"),
        Value::String(_) => others.push("a string"),
        Value::Number(_) => others.push("a number"),
        Value::Bool(_) => others.push("a boolean"),
        Value::Null => others.push("null"),
    }
}

fn check(text: &[u8], sizes: &[usize]) -> Result<(), TestCaseError> {
    let whole = read_by(Reader::careful(), false, text, &[usize::MAX]);
    let shown = String::from_utf8_lossy(text);
    for (reader, sizes) in [
        (Reader::careful(), sizes),
        (Reader::default(), sizes),
        (Reader::eager(), sizes),
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
    let skipping = read_by(Reader::careful(), true, text, &[usize::MAX]);
    for sizes in [sizes, &[usize::MAX]] {
        let fast = read_by(Reader::eager(), true, text, sizes);
        prop_assert_eq!(&skipping, &fast, "skipping, cut at {:?}: {}", sizes, shown);
    }
    match expected(text) {
        // The reader refuses what serde_json lets be: the first `data`'s records have been counted.
        Some(_) if whole.broken.iter().any(|e| e.message.contains("\"data\" twice")) => {}
        Some((objects, others)) => {
            prop_assert!(whole.broken.is_empty(), "serde_json takes {}", shown);
            let got: Vec<Value> = whole.texts.0.iter().map(|t| serde_json::from_str(t).unwrap()).collect();
            prop_assert_eq!(got, objects, "{}", shown);
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

/// Pieces that meet the reader's every state; random strings of them are often nearly JSON.
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

/// Pieces of records: the fields that are read, in every type and spelling.
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
    "\"recentHistory\":[[],[[]],{\"a\":{}},\"]}\",[1,2.5,-3e2],{\"a\":[{}],\"b\":null}]",
    "\n\t\"body\":\"quote \\\" slash \\\\ and \\/ more than a block of text\"\r\n",
    "\"\":\"\"",
    "\"bad\":01",
    "\"bad\":\"\u{1}\"",
    "\"bad\":tru",
    "\"bad\" 1",
];

/// A record of such entries; most are sound.
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
        prop::collection::vec(record(), 0..6).prop_map(|r| format!("{{\"n\":1,\"data\":[{}],\"m\":[2]}}", r.join(","))),
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
    fn nearly_json(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..14), sizes in prop::collection::vec(1..9_usize, 1..6)) {
        check(pieces.concat().as_bytes(), &sizes)?;
    }

    #[test]
    fn json_in_any_spelling(values in prop::collection::vec(json(), 0..4), pretty: bool, sizes in prop::collection::vec(1..30_usize, 1..6)) {
        let spell = |v: &Value| if pretty { serde_json::to_string_pretty(v) } else { serde_json::to_string(v) }.unwrap();
        let text = values.iter().map(spell).collect::<Vec<_>>().join("\n");
        check(text.as_bytes(), &sizes)?;
    }

    #[test]
    fn one_byte_changed(value in json(), at: prop::sample::Index, byte: u8, sizes in prop::collection::vec(1..30_usize, 1..6)) {
        let mut text = serde_json::to_vec(&value).unwrap();
        let at = at.index(text.len());
        text[at] = byte;
        check(&text, &sizes)?;
    }

    #[test]
    fn records_of_every_shape(text in records(), sizes in prop::collection::vec(1..90_usize, 1..6)) {
        check(text.as_bytes(), &sizes)?;
    }

    #[test]
    fn records_with_bytes_changed_and_cut_off(
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
    fn any_bytes_at_all(text in prop::collection::vec(any::<u8>(), 0..60), sizes in prop::collection::vec(1..9_usize, 1..6)) {
        check(&text, &sizes)?;
    }
}

/// The fast way would tell the same if it were never gone.
#[test]
fn whole_records_go_the_fast_way() {
    let record = r#"{"id":"m","receivedAt":"2024-06-02T00:00:00Z","x":[{"a":1.5e3}, "\n\u00e9é"], "data":{"id":null}}"#;
    for text in [
        format!("\u{feff}{record}\n{record}\r\n\n{record}"),
        format!("[{record},\n {record} , {record}]"),
        format!(r#"{{"n":[1],"data":[{record},{record},{record}],"m":{{}}}}"#),
    ] {
        let seen = read(text.as_bytes(), &[usize::MAX]);
        assert_eq!(
            (seen.fast.0, seen.objects.len(), seen.broken.len()),
            (3, 3, 0),
            "{text}"
        );
        for size in record.len()..200 {
            let seen = read_by(Reader::eager(), false, text.as_bytes(), &[size]);
            assert_eq!((seen.objects.len(), seen.broken.len()), (3, 0), "{text}");
            assert!(
                seen.fast.0 >= 1,
                "{size}: a chunk of a record's size ends the one that was cut"
            );
        }
    }
}
