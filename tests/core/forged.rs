//! What must hold for every snapshot, forged ones included: it is refused without a trace, or merged so that counting goes on,
//! every number stays exact and the account of records is right. The fuzzer (`fuzz/`) and the bounded run
//! (`forged_snapshots.rs`) use it.
//!
//! A forged snapshot may say anything about what was counted. So no test here compares what it says with records.

use serde_json::Value;
use usage_by_agent::collections::murmur3::murmur3_x64_128;
use usage_by_agent::counting::aggregator::Aggregator;
use usage_by_agent::counting::ledger::Ledger;
use usage_by_agent::counting::rollup::Rollup;
use usage_by_agent::counting::text_feed::push_text;
use usage_by_agent::error::{Code, UsageError};
use usage_by_agent::options::Options;

const MAX_SAFE: u64 = (1 << 53) - 1;

/// Which counts a snapshot is merged into.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The counts of June 2024, or else of all time.
    pub of_a_period: bool,
    /// Counts with ids.
    pub dedupe: bool,
    /// Have the counts counted [`RECORDS`]?
    pub has_counted: bool,
}

/// Records with the ids, agents, numbers and statuses that the seeds have.
const RECORDS: &str = r#"
{"id":"m1","agentId":"a","agentName":"A","numberId":"n","phoneNumber":"+1","channel":"sms","receivedAt":"2024-06-01T00:00:00Z"}
{"id":"m2","receivedAt":"2024-06-02T00:00:00Z","channel":"mms","direction":"inbound"}
{"id":"c1","agentId":"b","startedAt":"2024-06-03T00:00:00Z","durationSeconds":61.9,"status":"completed","type":"pstn"}
{"id":"c2","agentId":"a","startedAt":"2024-06-03T00:00:00Z","status":"completed","type":"web","direction":"web"}
{"agentId":"a","startedAt":"2024-06-04T00:00:00Z","status":"completed","durationSeconds":1e12}
{"id":"c3","agentId":"a","startedAt":"2024-06-03T00:00:00Z","status":"busy"}
{"event":"agent.message","deliveryId":"d1","data":{"receivedAt":"2024-06-05T00:00:00Z","numberId":"n"}}
{"receivedAt":"yesterday"}
{"event":"agent.reaction"}
7
"#;

/// Counts of a period or of all time.
#[derive(Clone)]
enum Counts {
    Period(Box<Aggregator>),
    AllTime(Box<Rollup>),
}

impl Counts {
    fn new(kind: Kind) -> Counts {
        let dedupe = kind.dedupe;
        if kind.of_a_period {
            let query =
                format!(r#"{{"period":"month","now":"2024-06-15T12:00:00Z","onInvalid":"skip","dedupe":{dedupe}}}"#);
            return Counts::Period(Box::new(Aggregator::new(Options::from_json(&query).usage().unwrap())));
        }
        let options = Options::from_json(&format!(r#"{{"onInvalid":"skip","dedupe":{dedupe}}}"#));
        Counts::AllTime(Box::new(Rollup::new(
            options.reading().unwrap(),
            options.directory().unwrap(),
        )))
    }

    fn ledger(&self) -> &Ledger {
        match self {
            Counts::Period(counts) => counts.ledger(),
            Counts::AllTime(rollup) => rollup.ledger(),
        }
    }

    fn ledger_mut(&mut self) -> &mut Ledger {
        match self {
            Counts::Period(counts) => counts.ledger_mut(),
            Counts::AllTime(rollup) => rollup.ledger_mut(),
        }
    }

    fn count(&mut self) -> Result<(), UsageError> {
        push_text(self.ledger_mut(), RECORDS.as_bytes(), &Default::default())
    }

    /// Every response that the counts give, as JSON.
    fn responses(&self) -> Vec<Value> {
        let value = |response: serde_json::Result<Value>| response.unwrap();
        match self {
            Counts::Period(counts) => vec![value(serde_json::to_value(counts.report()))],
            Counts::AllTime(rollup) => {
                let query =
                    Options::from_json(r#"{"period":"year","now":"2024-07-01T00:00:00Z","tz":"Asia/Kathmandu"}"#);
                vec![
                    value(serde_json::to_value(rollup.by_agent(query.usage().unwrap()).unwrap())),
                    value(serde_json::to_value(rollup.by_number(None).unwrap())),
                    value(serde_json::to_value(rollup.daily(&query.days().unwrap()).unwrap())),
                    value(serde_json::to_value(rollup.monthly(&query.months().unwrap()).unwrap())),
                    value(serde_json::to_value(rollup.stats(&query.account_query().unwrap()))),
                ]
            }
        }
    }
}

/// The snapshot of this kind that has these bytes between its head and its checksum.
pub fn forged(kind: Kind, body: &[u8]) -> Vec<u8> {
    let mut bytes = Counts::new(kind).ledger().snapshot();
    let mut rest = &bytes[5..];
    if kind.of_a_period {
        // The start and the end of the period.
        (0..2).for_each(|_| assert!(usage_by_agent::leb128::read_signed(&mut rest).is_some()));
    }
    bytes.truncate(bytes.len() - rest.len());
    bytes.extend(body);
    bytes.extend(murmur3_x64_128(&bytes, 0)[0].to_le_bytes());
    bytes
}

/// The bytes of an honest snapshot between its head and its checksum, of counts that have counted a text.
pub fn honest(kind: Kind, text: &str) -> Vec<u8> {
    let mut counts = Counts::new(kind);
    push_text(counts.ledger_mut(), text.as_bytes(), &Default::default()).unwrap();
    let head = forged(kind, b"").len() - 8;
    let snapshot = counts.ledger().snapshot();
    snapshot[head..snapshot.len() - 8].to_vec()
}

/// Bytes of the fuzzer: the kind of the counts, and the bytes of the snapshot between its head and its checksum.
pub fn check_bytes(bytes: &[u8]) {
    if let Some((first, body)) = bytes.split_first() {
        let kind = Kind {
            of_a_period: first & 1 > 0,
            dedupe: first & 2 > 0,
            has_counted: first & 4 > 0,
        };
        check(kind, body);
    }
}

/// Merges a forged snapshot. Returns whether it was accepted.
pub fn check(kind: Kind, body: &[u8]) -> bool {
    let mut counts = Counts::new(kind);
    if kind.has_counted {
        counts.count().unwrap();
    }
    let snapshot = forged(kind, body);
    let is_accepted = merged(&mut counts, &snapshot);
    // Again: every id is known now.
    merged(&mut counts, &snapshot);
    // Records of the ids that the snapshot may know.
    if let Err(error) = counts.count() {
        assert_eq!(error.code, Code::Overflow);
    }
    assert_sound(&counts);
    // Its own snapshot is one that every count of the kind takes.
    let own = counts.ledger().snapshot();
    merged(&mut counts, &own);
    let mut other = Counts::new(kind);
    other.ledger_mut().merge(&own).unwrap();
    assert_sound(&other);
    is_accepted
}

/// Merges a snapshot, and checks what the counts say afterwards.
fn merged(counts: &mut Counts, snapshot: &[u8]) -> bool {
    let before = counts.ledger().snapshot();
    let result = counts.ledger_mut().merge(snapshot);
    if let Err(error) = &result {
        assert!(matches!(error.code, Code::InvalidSnapshot | Code::Overflow), "{error}");
        assert_eq!(counts.ledger().snapshot(), before);
    }
    assert_sound(counts);
    result.is_ok()
}

/// Checks that every number is exact in JavaScript, that each record is in one place of the account, and that rows sum to totals.
fn assert_sound(counts: &Counts) {
    let ledger = counts.ledger();
    let found = ledger.diagnostics();
    assert_exact(&serde_json::to_value(found).unwrap());
    for number in ledger.missing().numbers() {
        assert!(*number <= MAX_SAFE);
    }
    let ignored = &found.ignored;
    let listed = [
        found.counted,
        found.outside_period,
        found.duplicates,
        found.invalid,
        ignored.voice_turns,
        ignored.reactions,
        ignored.events,
        ignored.tests,
        ignored.other,
    ];
    let not_completed = ignored.not_completed.entries().into_iter().map(|(_, calls)| calls);
    assert_eq!(found.records, listed.into_iter().chain(not_completed).sum::<u64>());
    assert_eq!(found.counted, found.totals.messages + found.totals.calls);
    let responses = counts.responses();
    responses.iter().for_each(assert_exact);
    match counts {
        Counts::Period(_) => {
            let sum = |field| sum(&responses[0], field);
            let totals = (found.totals.messages, found.totals.calls, found.totals.total_seconds);
            assert_eq!((sum("messages"), sum("calls"), sum("totalSeconds")), totals);
        }
        Counts::AllTime(rollup) => {
            let sum = |field| sum(&responses[1], field);
            assert_eq!(
                (sum("messages"), sum("calls")),
                (found.totals.messages, found.totals.calls)
            );
            // What is stored by the quarter hour sums to the totals of all time.
            let all: Vec<_> = rollup.latest(i64::from(u32::MAX) * 1000).into();
            assert_eq!(all[0], found.totals);
        }
    }
}

fn sum(response: &Value, field: &str) -> u64 {
    let rows = response["data"].as_array().unwrap();
    rows.iter().map(|row| row[field].as_u64().unwrap()).sum()
}

fn assert_exact(value: &Value) {
    match value {
        Value::Number(number) => assert!(number.as_u64().is_some_and(|n| n <= MAX_SAFE), "{number}"),
        Value::Array(items) => items.iter().for_each(assert_exact),
        Value::Object(fields) => fields.values().for_each(assert_exact),
        _ => {}
    }
}
