//! A store that keeps each message and call under its key: trimmed records count as the records that they were made of, and a ledger
//! without ids that settles them counts as a ledger with ids.

use crate::state::{record, rollup};
use proptest::prelude::*;
use std::collections::HashMap;
use usage_by_agent::counting::settle::Settled;
use usage_by_agent::counting::text_feed::push_text;
use usage_by_agent::counting::trimming::KEY;
use usage_by_agent::options::Options;
use usage_by_agent::records::judge::Defaults;
use usage_by_agent::{Code, Rollup};

const WITH_IDS: &str = r#"{"onInvalid": "skip"}"#;
const WITHOUT_IDS: &str = r#"{"onInvalid": "skip", "dedupe": false}"#;

/// A trimmed record, and its key.
type Trimmed = (Option<[u8; KEY]>, String);

fn trimmed_with(text: &str, defaults: &Defaults) -> Vec<Trimmed> {
    let mut trimming = rollup(WITH_IDS);
    trimming.ledger_mut().begin_trimming();
    push_text(trimming.ledger_mut(), text.as_bytes(), defaults).unwrap();
    let counted = trimming.ledger().diagnostics().counted;
    let found = split(&trimming.ledger_mut().take_trimmed());
    assert_eq!(found.len(), usize::try_from(counted).unwrap());
    assert!(trimming.ledger_mut().take_trimmed().is_empty());
    found
}

fn split(mut bytes: &[u8]) -> Vec<Trimmed> {
    let mut found = Vec::new();
    while let Some((has_key, rest)) = bytes.split_first() {
        let (key, rest) = rest.split_at(KEY);
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap();
        let record = String::from_utf8(rest[..end].to_vec()).unwrap();
        assert!(*has_key == 1 || key.iter().all(|byte| *byte == 0));
        assert!(key[0] < 64);
        found.push(((*has_key == 1).then(|| key.try_into().unwrap()), record));
        bytes = &rest[end + 1..];
    }
    found
}

fn counted(options: &str, records: &[String], defaults: &Defaults) -> Rollup {
    let mut counts = rollup(options);
    push_text(counts.ledger_mut(), records.join("\n").as_bytes(), defaults).unwrap();
    counts
}

/// Everything that a rollup answers, without the names of what has no usage.
fn answers(counts: &Rollup) -> String {
    let all = r#"{"by": ["agent", "number", "channel", "direction"], "step": "hour", "now": "2024-06-15T12:00:00Z"}"#;
    let mut all = Options::from_json(all).breakdown().unwrap();
    let found = counts.breakdown(&mut all).unwrap();
    let rows = found
        .rows
        .iter()
        .map(|row| format!("{row:?}"))
        .collect::<Vec<_>>()
        .join("\n");
    let series = format!("{rows} {:?}", found.series);
    let mut diagnostics = counts.ledger().diagnostics().clone();
    diagnostics.problems.clear();
    let numbers = counts.by_number(None).unwrap();
    let mixed = counts.ledger().has_mixed_sources();
    format!(
        "{series} {mixed} {}",
        serde_json::to_string(&(numbers, diagnostics)).unwrap()
    )
}

/// Records whose lists are complete, so that a snapshot has nothing that trimmed records can't tell.
fn records() -> impl Strategy<Value = Vec<String>> {
    let record = record().prop_map(|text| text.replace(r#""messageCount":2"#, r#""messageCount":1"#));
    prop::collection::vec(record, 0..80)
}

fn defaults() -> impl Strategy<Value = Defaults> {
    let text = |some: [&'static str; 3]| prop::option::of(prop::sample::select(some.to_vec()).prop_map(str::to_owned));
    (
        text(["", "d", "\u{1F600}\""]),
        text(["", "D", "\\\n"]),
        text(["", "n", "z"]),
        text(["call", "sms", "Voice"]),
    )
        .prop_map(|(agent_id, agent_name, number_id, channel)| Defaults {
            agent_id,
            agent_name,
            number_id,
            channel,
        })
}

proptest! {
    #[test]
    fn a_trimmed_record_counts_as_the_record_that_it_was_made_of(records in records(), defaults in defaults()) {
        let kept: Vec<_> = records.into_iter().filter(|text| !trimmed_with(text, &defaults).is_empty()).collect();
        let trimmed: Vec<_> = kept.iter().flat_map(|text| trimmed_with(text, &defaults)).collect();
        let texts: Vec<_> = trimmed.iter().map(|(_, record)| record.clone()).collect();
        let (whole, short) = (counted(WITH_IDS, &kept, &defaults), counted(WITH_IDS, &texts, &Defaults::default()));
        prop_assert_eq!(whole.ledger().snapshot(), short.ledger().snapshot());
        // A trimmed record stays as it is when it is trimmed again, and so does its key.
        let again: Vec<_> = texts.iter().flat_map(|text| trimmed_with(text, &Defaults::default())).collect();
        prop_assert_eq!(again, trimmed);
    }

    #[test]
    fn a_store_of_ids_counts_as_a_ledger_with_ids(records in records()) {
        let none = Defaults::default();
        let kept: Vec<_> = records.into_iter().filter(|text| !trimmed_with(text, &none).is_empty()).collect();
        let mut store: HashMap<[u8; KEY], String> = HashMap::new();
        let mut counts = rollup(WITHOUT_IDS);
        let mut changes = Vec::new();
        for (key, record) in kept.iter().flat_map(|text| trimmed_with(text, &none)) {
            let known = key.and_then(|key| store.get(&key).cloned());
            let before = known.as_deref().map(str::as_bytes);
            if let Some(before) = before {
                let fuller = counts.ledger_mut().is_fuller(record.as_bytes(), before).unwrap();
                let (settled, _) = counts.clone().ledger_mut().settle(Some(before), record.as_bytes()).unwrap();
                prop_assert_eq!(settled == Settled::Replaced, fuller);
            }
            let (settled, tells_more) = counts.ledger_mut().settle(before, record.as_bytes()).unwrap();
            if matches!(settled, Settled::Counted | Settled::Replaced) && let Some(key) = key {
                store.insert(key, record.clone());
            }
            if settled != Settled::Duplicate || tells_more {
                changes.push((known, record));
            }
        }
        let whole = counted(WITH_IDS, &kept, &none);
        prop_assert_eq!(answers(&counts), answers(&whole));

        // What was only repeated need not be kept to make the counts again.
        let mut again = rollup(WITHOUT_IDS);
        for (known, record) in &changes {
            again.ledger_mut().settle(known.as_deref().map(str::as_bytes), record.as_bytes()).unwrap();
        }
        let without_duplicates = |counts: &Rollup| {
            let mut empty = counts.ledger().diagnostics().clone();
            (empty.duplicates, empty.records) = (0, 0);
            (answers(counts).split("\"records\"").next().map(str::to_owned), empty.counted, empty.totals)
        };
        prop_assert_eq!(without_duplicates(&again), without_duplicates(&counts));

        // Without what is in the store, only what has no id is left.
        for record in store.values() {
            counts.ledger_mut().retract(record.as_bytes()).unwrap();
        }
        let left = counts.ledger().diagnostics();
        prop_assert_eq!(left.counted, left.without_id);
    }
}

#[test]
fn a_text_that_is_not_a_trimmed_record_is_refused_and_changes_nothing() {
    let good = r#"{"type":"message","id":"m","receivedAt":"2024-06-01T00:00:00Z"}"#;
    let mut counts = counted(WITHOUT_IDS, &[good.to_owned()], &Defaults::default());
    let before = counts.ledger().snapshot();
    for bad in [
        "",
        "{",
        "[]",
        "7",
        "{}",
        "nonsense",
        r#"{"event":"agent.reaction"}"#,
        r#"{"type":"message","receivedAt":7}"#,
    ] {
        let texts = [good, bad].map(str::as_bytes);
        let ledger = counts.ledger_mut();
        let errors = [
            ledger.settle(None, texts[1]).err(),
            ledger.settle(Some(texts[1]), texts[0]).err(),
            ledger.retract(texts[1]).err(),
            ledger.is_fuller(texts[1], texts[0]).err(),
            ledger.is_fuller(texts[0], texts[1]).err(),
        ];
        for error in errors {
            assert_eq!(error.unwrap().code, Code::InvalidRecord, "{bad}");
        }
        assert_eq!(ledger.snapshot(), before, "{bad}");
    }
}

#[test]
fn a_trimmed_record_has_neither_its_text_nor_the_number_of_the_other_side() {
    let webhook = r#"{"headers":{"X-Webhook-ID":"d1"},"body":{"event":"agent.message","channel":"SMS","timestamp":"2024-06-01T10:00:00.5+02:00",
        "agentId":"a1","data":{"numberId":"n1","from":"+15550001111","to":"+15550002222","message":"Hello \"you\"","direction":"inbound"},
        "recentHistory":[{"content":"secret"}]}}"#;
    let call = r#"{"event":"agent.call_ended","agentId":"a\u0001\"1","data":{"callId":"c1","type":"web","from":"+15550001111",
        "startedAt":"1970-01-05T00:00:00Z","durationSeconds":9.9,"transcript":[{"role":"user","content":"secret"}],"summary":"secret"}}"#;
    let found: Vec<_> = [webhook, call]
        .iter()
        .flat_map(|text| trimmed_with(text, &Defaults::default()))
        .map(|(_, text)| text)
        .collect();
    assert_eq!(
        found,
        [
            r#"{"event":"agent.message","deliveryId":"d1","agentId":"a1","channel":"sms","data":{"numberId":"n1","direction":"inbound","receivedAt":"2024-06-01T08:00:00.500Z"}}"#,
            r#"{"event":"agent.call_ended","agentId":"a\u0001\"1","data":{"callId":"c1","type":"web","status":"completed","startedAt":"1970-01-05T00:00:00Z","durationSeconds":9}}"#,
        ]
    );
}
