//! The reader against serde_json: what one takes as JSON the other takes, whole and cut anywhere.

use proptest::prelude::*;
use serde_json::{Deserializer, Value};
use usage_by_agent::error::{Place, UsageError};
use usage_by_agent::json::{Reader, Sink};

#[derive(Default, Debug, PartialEq)]
struct Seen {
    objects: Vec<(String, String)>,
    others: Vec<(&'static str, String)>,
    broken: Option<(u64, u64)>,
}

impl Sink for Seen {
    fn object(&mut self, text: &str, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        self.objects.push((text.to_owned(), place().path));
        Ok(())
    }
    fn not_object(&mut self, kind: &'static str, place: Place) -> Result<(), UsageError> {
        self.others.push((kind, place.path));
        Ok(())
    }
    fn broken(&mut self, error: UsageError) -> Result<(), UsageError> {
        let place = error.place.clone().unwrap();
        self.broken = Some((place.line.unwrap(), place.byte_offset.unwrap()));
        Err(error)
    }
    fn passed_over(&mut self, _: UsageError) {}
}

fn read(text: &[u8], sizes: &[usize]) -> Seen {
    let mut seen = Seen::default();
    let mut reader = Reader::default();
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
    let whole = read(text, &[usize::MAX]);
    prop_assert_eq!(&whole, &read(text, sizes), "cut at {:?}", sizes);
    let shown = String::from_utf8_lossy(text);
    match expected(text) {
        Some((objects, others)) => {
            prop_assert_eq!(whole.broken, None, "serde_json takes {}", shown);
            let got: Vec<Value> = whole
                .objects
                .iter()
                .map(|(t, _)| serde_json::from_str(t).unwrap())
                .collect();
            prop_assert_eq!(got, objects, "{}", shown);
            let kinds: Vec<_> = whole.others.iter().map(|(kind, _)| *kind).collect();
            prop_assert_eq!(kinds, others, "{}", shown);
        }
        None => prop_assert!(
            whole.broken.is_some() || only_serde_minds(text),
            "serde_json refuses {}",
            shown
        ),
    }
    Ok(())
}

/// What the reader lets be where no field is read, and `Value` refuses: lone surrogates in escapes, and numbers beyond a
/// double. JSON.parse takes both.
fn only_serde_minds(text: &[u8]) -> bool {
    let text = text.to_ascii_lowercase();
    let has = |what: &dyn Fn(&[u8]) -> bool, n| text.windows(n).any(what);
    has(&|w| w == b"\\ud", 3) || has(&|w| w[0].is_ascii_digit() && w[1] == b'e', 2)
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
    fn any_bytes_at_all(text in prop::collection::vec(any::<u8>(), 0..60), sizes in prop::collection::vec(1..9_usize, 1..6)) {
        check(&text, &sizes)?;
    }
}
