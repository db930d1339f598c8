//! What must hold for every text: the counts do not depend on the chunks, on the path of the reader or on parts that are counted
//! apart, and they equal the naive ones. The fuzzer (`fuzz/`) and the bounded run (`fuzzed.rs`) use it.

use crate::naive;
use crate::naive::Count;
use usage_by_agent::contract::Endpoint;
use usage_by_agent::contract::check as validate;
use usage_by_agent::contract::check::Expect;
use usage_by_agent::counting::aggregator::Aggregator;
use usage_by_agent::counting::text_feed::TextFeed;
use usage_by_agent::error::UsageError;
use usage_by_agent::options::Options;
use usage_by_agent::records::reader::Reader;

const STRICT: &str = r#"{"period": "month", "now": "2024-06-15T12:00:00Z"}"#;
const SKIP: &str = r#"{"period": "month", "now": "2024-06-15T12:00:00Z", "onInvalid": "skip"}"#;

/// How texts are counted: a query, and the most bytes of a record. Many generated records are longer than 60 bytes.
const WAYS: [(&str, usize); 4] = [(STRICT, usize::MAX), (SKIP, usize::MAX), (STRICT, 60), (SKIP, 60)];

fn asked((query, most): (&str, usize)) -> Aggregator {
    let mut query = Options::from_json(query).usage().unwrap();
    query.reading.limits.max_record_bytes = most;
    Aggregator::new(query)
}

/// Everything that a user sees of the counts.
#[derive(Debug, PartialEq)]
struct Outcome {
    result: Result<(), UsageError>,
    report: String,
    diagnostics: String,
    snapshot: Vec<u8>,
}

fn outcome(counts: &Aggregator, result: Result<(), UsageError>) -> Outcome {
    Outcome {
        result,
        report: serde_json::to_string(&counts.report()).unwrap(),
        diagnostics: serde_json::to_string(counts.ledger().diagnostics()).unwrap(),
        snapshot: counts.ledger().snapshot(),
    }
}

/// Counts a text in chunks of these sizes, which are used in turn.
pub fn feed(counts: &mut Aggregator, mut reading: TextFeed, text: &[u8], sizes: &[usize]) -> Result<(), UsageError> {
    let mut rest = text;
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at((*sizes.next().unwrap()).clamp(1, rest.len()));
        rest = after;
        reading.push(counts.ledger_mut(), chunk)?;
    }
    reading.finish(counts.ledger_mut())
}

fn read(way: (&str, usize), reader: Reader, text: &[u8], sizes: &[usize]) -> (Aggregator, Outcome) {
    let mut counts = asked(way);
    let result = feed(&mut counts, TextFeed::with_reader(reader), text, sizes);
    let outcome = outcome(&counts, result);
    (counts, outcome)
}

/// The text in parts of whole lines. They have at least these sizes, which are used in turn.
pub fn parts<'t>(text: &'t [u8], sizes: &[usize]) -> Vec<&'t [u8]> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let least = (*sizes.next().unwrap()).clamp(1, rest.len());
        let end = rest[least - 1..].iter().position(|byte| *byte == b'\n');
        let (part, after) = rest.split_at(end.map_or(rest.len(), |end| least + end));
        found.push(part);
        rest = after;
    }
    found
}

/// Counts the parts of a text apart, and takes them together as far as that is possible. Returns how many were.
pub fn feed_parts(
    counts: &mut Aggregator,
    asked: impl Fn() -> Aggregator,
    parts: &[&[u8]],
) -> Result<usize, UsageError> {
    let mut whole = TextFeed::default();
    let (mut start, mut merged) = (0, 0);
    for text in parts {
        let mut apart = asked();
        let mut feed = TextFeed::default();
        feed.begin_part(start);
        let read = feed.push(apart.ledger_mut(), text);
        let part = read.ok().and_then(|()| feed.part(apart.ledger()));
        let snapshot = apart.ledger().snapshot();
        match part {
            Some(part) if whole.merge_part(counts.ledger_mut(), &part, &snapshot)? => merged += 1,
            _ => whole.push(counts.ledger_mut(), text)?,
        }
        start += text.len() as u64;
    }
    whole.finish(counts.ledger_mut())?;
    Ok(merged)
}

fn counted(counts: &Aggregator) -> Count {
    let d = counts.ledger().diagnostics();
    let row =
        |row: usage_by_agent::contract::AgentUsageItem| (row.agent_id, (row.messages, row.calls, row.total_seconds));
    Count {
        records: d.records,
        counted: d.counted,
        outside: d.outside_period,
        duplicates: d.duplicates,
        invalid: d.invalid,
        voice_turns: d.ignored.voice_turns,
        reactions: d.ignored.reactions,
        events: d.ignored.events,
        tests: d.ignored.tests,
        other: d.ignored.other,
        not_completed: d
            .ignored
            .not_completed
            .entries()
            .into_iter()
            .map(|(s, n)| (s.to_owned(), n))
            .collect(),
        without_id: d.without_id,
        without_duration: d.without_duration,
        agents: counts.report().data.into_iter().map(row).collect(),
    }
}

/// Checks a text, whole and in chunks of these sizes, which are used in turn.
///
/// # Panics
/// If two ways of reading differ.
pub fn check(text: &[u8], sizes: &[usize]) {
    let shown = || String::from_utf8_lossy(text).into_owned();
    for asked in WAYS {
        let careful = read(asked, Reader::slow_only(), text, &[usize::MAX]).1;
        for (way, reader, sizes) in [
            ("careful, cut", Reader::slow_only(), sizes),
            ("fast", Reader::default(), &[usize::MAX]),
            ("fast, cut", Reader::default(), sizes),
            ("eager, cut", Reader::retry_always(), sizes),
        ] {
            assert_eq!(
                read(asked, reader, text, sizes).1,
                careful,
                "{way} {sizes:?} {asked:?}: {}",
                shown()
            );
        }
    }
    for way in WAYS {
        let (_, once) = read(way, Reader::default(), text, &[usize::MAX]);
        let mut counts = asked(way);
        let result = feed_parts(&mut counts, || asked(way), &parts(text, sizes)).map(drop);
        assert_eq!(
            outcome(&counts, result),
            once,
            "in parts {sizes:?} {way:?}: {}",
            shown()
        );
    }
    let (counts, skipping) = read((SKIP, usize::MAX), Reader::default(), text, &[usize::MAX]);
    let ours = counted(&counts);
    match naive::count(text) {
        // The reader refuses the second `data` of a page, or the second `messages` of a conversation. The records of the first
        // have been counted.
        Some(_) if skipping.diagnostics.contains("\\\" twice") => {}
        Some(theirs) => assert_eq!(ours, theirs, "{}", shown()),
        None => assert!(
            ours.invalid > 0 || skipping.result.is_err() || only_serde_minds(text),
            "serde_json refuses {}",
            shown()
        ),
    }
    let problems = validate::check(Endpoint::ByAgent, text, &Expect::default())
        .err()
        .unwrap_or_default();
    let refused = problems.first().is_some_and(|problem| problem.code == "invalid_json");
    // The check of responses accepts every text that the slow path accepts.
    let given_up = problems.iter().any(|problem| problem.message.contains("can't be read"));
    assert!(!given_up, "{}", shown());
    let without_mark = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let theirs = serde_json::from_slice::<serde_json::Value>(without_mark).is_err();
    assert!(
        refused == theirs || theirs && only_serde_minds(text),
        "as one value: {refused}, {theirs}: {}",
        shown()
    );
}

/// Does the text have what the reader accepts in unread fields, but `Value` refuses: lone surrogates in escapes, and numbers
/// beyond a double? `JSON.parse` accepts both.
pub fn only_serde_minds(text: &[u8]) -> bool {
    let text = text.to_ascii_lowercase();
    let surrogate = text.windows(3).any(|w| w == b"\\ud");
    let exponent = text.windows(2).any(|w| w[0].is_ascii_digit() && w[1] == b'e');
    let long = text.split(|b| !b.is_ascii_digit()).any(|digits| digits.len() > 300);
    surrogate || exponent || long
}

/// Checks the bytes of a fuzzer: two chunk sizes, then the text.
pub fn check_bytes(bytes: &[u8]) {
    let [one, two, text @ ..] = bytes else { return };
    check(text, &[usize::from(*one) + 1, usize::from(*two) + 1]);
}
