//! Records go in as columns, and as text in chunks.

use crate::support::{JUNE, feed, get, json};
use usage_by_agent::records::columns::{TAG_BITS, TAGS};
use usage_by_agent::records::row::FIELDS;
use usage_by_agent::wasm::{Counter, Feed};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

/// Writes records as `pkg/src/bridge/columns.ts` does.
#[derive(Default)]
struct Columns {
    entries: Vec<u16>,
    lengths: Vec<u32>,
    text: String,
}

impl Columns {
    fn entry(&mut self, field: usize, tag: &str) {
        let (_, tag) = TAGS.iter().find(|(name, _)| *name == tag).unwrap();
        self.entries
            .push(u16::try_from(field << TAG_BITS).unwrap() | u16::from(*tag));
    }

    fn record(&mut self, fields: &[(&str, &str)]) {
        self.entry(0, "object");
        for (name, value) in fields {
            self.entry(1 + FIELDS.iter().position(|field| field == name).unwrap(), "text");
            self.lengths.push(value.encode_utf16().count() as u32);
            self.text.push_str(value);
        }
    }

    fn push(&self, counts: &mut Counter, feed: &mut Feed) -> Result<bool, JsValue> {
        counts.push_columns(
            &self.entries,
            &[],
            &self.lengths,
            self.text.as_bytes(),
            &[],
            "",
            0,
            feed,
        )
    }
}

#[wasm_bindgen_test]
fn columns_become_a_report() {
    let mut counts = Counter::new(JUNE, true).unwrap();
    let mut columns = Columns::default();
    columns.record(&[("id", "m1"), ("receivedAt", "2024-06-02T00:00:00Z"), ("agentId", "é😀")]);
    columns.record(&[("id", "m2"), ("receivedAt", "2024-06-03T00:00:00Z")]);
    let mut support = Feed::new(Some("s".into()), Some("Support".into()), None, None);
    columns.push(&mut counts, &mut support).unwrap();
    assert_eq!(
        json(&get(&counts.report().unwrap(), "data")),
        r#"[{"agentId":"s","agentName":"Support","messages":1,"calls":0,"totalSeconds":0,"isOrphan":false},{"agentId":"é😀","agentName":"é😀","messages":1,"calls":0,"totalSeconds":0,"isOrphan":false}]"#
    );
}

#[wasm_bindgen_test]
fn a_value_that_is_not_an_object_is_an_invalid_record_at_its_index() {
    let mut counts = Counter::new(JUNE, true).unwrap();
    let mut columns = Columns::default();
    columns.record(&[("id", "m1"), ("receivedAt", "2024-06-02T00:00:00Z")]);
    columns.entry(0, "null");
    let error = columns.push(&mut counts, &mut feed()).unwrap_err();
    assert_eq!(
        (get(&error, "code"), get(&error, "path")),
        ("invalid_record".into(), "/1".into())
    );
    assert_eq!(json(&get(&counts.diagnostics().unwrap(), "counted")), "1");
}

#[wasm_bindgen_test]
fn text_in_chunks_of_a_byte_becomes_a_report() {
    let mut counts = Counter::new(JUNE, true).unwrap();
    let mut support = Feed::new(Some("s".into()), Some("Support".into()), None, None);
    let records = r#"[{"receivedAt": "2024-06-02T00:00:00Z", "agentId": "é"}, {"receivedAt": 1717300000000}]"#;
    for byte in records.as_bytes() {
        counts.push_text(&mut support, &[*byte], false).unwrap();
    }
    counts.push_text(&mut support, b"", true).unwrap();
    let rows = json(&get(&counts.report().unwrap(), "data"));
    assert_eq!(
        rows,
        r#"[{"agentId":"s","agentName":"Support","messages":1,"calls":0,"totalSeconds":0,"isOrphan":false},{"agentId":"é","agentName":"é","messages":1,"calls":0,"totalSeconds":0,"isOrphan":false}]"#
    );
}

#[wasm_bindgen_test]
fn two_texts_at_once_do_not_mix() {
    let mut counts = Counter::new(JUNE, true).unwrap();
    let (mut one, mut other) = (feed(), feed());
    counts
        .push_text(&mut one, br#"{"receivedAt": "2024-06-02T0"#, false)
        .unwrap();
    counts
        .push_text(&mut other, br#"{"receivedAt": "2024-06-0"#, false)
        .unwrap();
    counts.push_text(&mut one, br#"0:00:00Z"}"#, true).unwrap();
    counts.push_text(&mut other, br#"3T00:00:00Z"}"#, true).unwrap();
    assert_eq!(json(&get(&counts.diagnostics().unwrap(), "counted")), "2");
}
