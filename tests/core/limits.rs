//! Limits: the memory of the counts, the length of a record, and the number of statuses.

use crate::harness::{feed, feed_parts, parts};
use crate::support::{JUNE, STRICT, counted, is_conserved, outcome, problems, shuffled};
use proptest::prelude::*;
use std::collections::BTreeMap;
use usage_by_agent::counting::aggregator::Aggregator;
use usage_by_agent::counting::ledger::Ledger;
use usage_by_agent::counting::rollup::Rollup;
use usage_by_agent::counting::text_feed::{TextFeed, push_text};
use usage_by_agent::error::Code;
use usage_by_agent::options::Options;
use usage_by_agent::records::judge::{Defaults, Limits};

/// An aggregator with other limits than options allow, so that small inputs reach them.
fn limited(query: &str, limits: Limits) -> Aggregator {
    let mut query = Options::from_json(query).usage().unwrap();
    query.reading.limits = limits;
    Aggregator::new(query)
}

fn with_statuses(max_statuses: usize) -> Aggregator {
    limited(
        JUNE,
        Limits {
            max_statuses,
            ..Limits::default()
        },
    )
}

/// A ledger of a period or of all time that may take so many bytes.
fn with_memory(is_of_a_period: bool, max_memory_bytes: u64) -> Ledger {
    let limits = Limits {
        max_memory_bytes,
        ..Limits::default()
    };
    if is_of_a_period {
        return limited(JUNE, limits).ledger().clone();
    }
    let mut reading = Options::from_json(JUNE).reading().unwrap();
    reading.limits = limits;
    Rollup::new(reading, Options::default().directory().unwrap())
        .ledger()
        .clone()
}

/// Records of all kinds, many of which need memory: new ids, agents, names, numbers, channels, times and statuses.
fn record() -> impl Strategy<Value = String> {
    let texts = || prop_oneof![3 => (0..4_u32).prop_map(|n| format!("{n}")), 1 => (0..400_u32).prop_map(|n| "x".repeat(n as usize))];
    let time = prop_oneof![
        6 => 1_717_200_000_000_i64..1_719_700_000_000,
        1 => 1_717_200_000_000_i64..1_717_201_000_000,
        1 => 0..4_000_000_000_000_i64,
    ];
    (0..9_u8, 0..60_u32, texts(), texts(), time, prop_oneof![0..900_u64, Just(1 << 40)]).prop_map(
        |(kind, id, agent, name, at, seconds)| match kind {
            0 => format!(r#"{{"receivedAt":{at},"agentId":"{agent}"}}"#),
            1 | 2 => format!(
                r#"{{"id":"m{id}","receivedAt":{at},"agentId":"{agent}","agentName":"{name}","numberId":"n{name}","channel":"c{agent}"}}"#
            ),
            3 | 4 => format!(
                r#"{{"id":"c{id}","startedAt":{at},"agentId":"{agent}","status":"completed","durationSeconds":{seconds}}}"#
            ),
            5 => format!(r#"{{"id":"s{id}","startedAt":{at},"agentId":"{agent}","status":"{name}"}}"#),
            6 => format!(r#"{{"receivedAt":{at},"agentId":{id},"agentName":"{name}"}}"#), // invalid
            7 => format!(r#"{{"what":"{name}"}}"#),
            _ => format!(r#"{{"event":"agent.message","deliveryId":"d{id}","timestamp":{at},"data":{{}}}}"#),
        },
    )
}

/// Where records went, without names and problems: a record that is refused for a lack of memory may have left its name.
fn account(ledger: &Ledger) -> String {
    let mut diagnostics = ledger.diagnostics().clone();
    diagnostics.problems.clear();
    serde_json::to_string(&diagnostics).unwrap()
}

fn conserved(ledger: &Ledger) -> bool {
    let d = ledger.diagnostics();
    let i = &d.ignored;
    let statuses: u64 = i.not_completed.entries().iter().map(|(_, calls)| calls).sum();
    let ignored = i.voice_turns + i.reactions + i.events + i.tests + i.other + statuses;
    d.records == d.counted + d.outside_period + d.duplicates + d.invalid + ignored
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn counts_never_take_more_memory_than_they_may(
        records in prop::collection::vec(record(), 0..250),
        is_of_a_period in any::<bool>(),
        most in prop_oneof![5_000..40_000_u64, Just(u64::MAX)],
    ) {
        let mut ledger = with_memory(is_of_a_period, most);
        let mut taken = with_memory(is_of_a_period, u64::MAX);
        let mut refused = 0;
        for record in &records {
            let before = account(&ledger);
            match push_text(&mut ledger, record.as_bytes(), &Defaults::default()) {
                Ok(()) => push_text(&mut taken, record.as_bytes(), &Defaults::default()).unwrap(),
                Err(error) => {
                    refused += 1;
                    prop_assert_eq!(error.code, Code::OutOfMemory, "{}", error);
                    prop_assert!(error.message.contains("maxMemoryBytes") && error.message.contains(&most.to_string()));
                    prop_assert_eq!(account(&ledger), before, "{}", record);
                }
            }
            prop_assert!(ledger.memory() <= most, "{} of {}", ledger.memory(), most);
            prop_assert_eq!(ledger.memory(), ledger.measured_memory(), "after {}", record);
            prop_assert!(conserved(&ledger));
        }
        prop_assert_eq!(account(&ledger), account(&taken));
        prop_assert!(most < u64::MAX || refused == 0);
        // What needs no more memory is counted, however little is left: an event that counts nothing.
        let turn = br#"{"event":"agent.message","channel":"voice"}"#;
        prop_assert!(push_text(&mut ledger, turn, &Defaults::default()).is_ok());
    }

    #[test]
    fn a_merge_fits_or_changes_nothing(
        ours in prop::collection::vec(record(), 0..120),
        theirs in prop::collection::vec(record(), 0..120),
        is_of_a_period in any::<bool>(),
        most in prop_oneof![5_000..200_000_u64, Just(u64::MAX)],
    ) {
        let count = |records: &[String], most| {
            let mut ledger = with_memory(is_of_a_period, most);
            for record in records {
                // What does not fit is left out.
                let _ = push_text(&mut ledger, record.as_bytes(), &Defaults::default());
            }
            ledger
        };
        let part = count(&theirs, u64::MAX).snapshot();
        let mut ledger = count(&ours, most);
        let before = ledger.snapshot();
        match ledger.merge(&part) {
            Ok(()) => {
                let mut both = with_memory(is_of_a_period, u64::MAX);
                both.merge(&before).unwrap();
                both.merge(&part).unwrap();
                prop_assert_eq!(ledger.snapshot(), both.snapshot());
            }
            Err(error) => {
                prop_assert_eq!(error.code, Code::OutOfMemory);
                prop_assert!(most < u64::MAX);
                prop_assert_eq!(ledger.snapshot(), before);
            }
        }
        prop_assert!(ledger.memory() <= most, "{} of {}", ledger.memory(), most);
        prop_assert_eq!(ledger.memory(), ledger.measured_memory());
        prop_assert!(conserved(&ledger));
    }

    #[test]
    fn statuses_that_keep_their_names_do_not_depend_on_the_order_or_the_parts(
        statuses in prop::collection::vec(prop_oneof![
            prop::sample::select(vec!["", "busy", "other", "failed", "no-answer"]).prop_map(str::to_owned),
            "[a-c]{1,3}",
        ], 0..80),
        most in 1..12_usize,
        parts in 1..6_usize,
        seed in any::<u64>(),
    ) {
        let mut calls = BTreeMap::<String, u64>::new();
        statuses.iter().for_each(|status| *calls.entry(status.clone()).or_default() += 1);
        let mut names: Vec<_> = calls.keys().filter(|name| *name != "other").collect();
        names.sort_by_key(|name| (name.len(), *name));
        let kept: Vec<_> = names.into_iter().take(most).collect();
        let mut want = BTreeMap::new();
        for (status, calls) in &calls {
            let name = if kept.contains(&status) { status.as_str() } else { "other" };
            *want.entry(name).or_insert(0) += calls;
        }
        let want: Vec<_> = want.into_iter().collect();

        let line = |status: &String| format!("{{\"startedAt\":\"2024-06-01T00:00:00Z\",\"status\":\"{status}\"}}\n");
        let lines: Vec<_> = statuses.iter().map(line).collect();
        let of = |lines: &[String]| {
            let mut counts = with_statuses(most);
            push_text(counts.ledger_mut(), lines.concat().as_bytes(), &Defaults::default()).unwrap();
            counts
        };
        let once = of(&lines);
        prop_assert_eq!(once.ledger().diagnostics().ignored.not_completed.entries(), want);
        prop_assert!(is_conserved(&once));

        let other_order = shuffled(&lines, seed);
        prop_assert_eq!(of(&other_order).ledger().snapshot(), once.ledger().snapshot());
        let mut merged = with_statuses(most);
        let size = lines.len().div_ceil(parts).max(1);
        let apart = other_order.chunks(size).map(|part| of(part).ledger().snapshot());
        for part in shuffled(&apart.collect::<Vec<_>>(), seed) {
            merged.ledger_mut().merge(&part).unwrap();
        }
        prop_assert_eq!(merged.ledger().snapshot(), once.ledger().snapshot());
        prop_assert_eq!(outcome(&merged), outcome(&once));
    }
}

/// A call of a month does not fit a slot of the table of ids.
#[test]
fn a_merge_of_long_calls_keeps_to_the_limit() {
    let call = |n: u32| {
        format!(
            "{{\"id\":\"c{n}\",\"startedAt\":1717200000000,\"durationSeconds\":2592000,\"status\":\"completed\"}}\n"
        )
    };
    let text: String = (0..20_000).map(call).collect();
    let counted = || {
        let mut ledger = with_memory(false, u64::MAX);
        push_text(&mut ledger, text.as_bytes(), &Defaults::default()).unwrap();
        ledger
    };
    let part = counted().snapshot();
    let (mut refused, mut accepted) = (0, counted().memory() * 2);
    while accepted - refused > 1000 {
        let most = u64::midpoint(refused, accepted);
        let mut ledger = with_memory(false, most);
        match ledger.merge(&part) {
            Ok(()) => {
                assert!(ledger.memory() <= most, "{} bytes of {most}", ledger.memory());
                assert_eq!(ledger.snapshot(), part);
                accepted = most;
            }
            Err(_) => refused = most,
        }
    }
    assert!(refused > 0 && accepted < counted().memory() * 2, "{accepted}");
}

#[test]
fn statuses_beyond_the_limit_are_one_in_parts_of_a_text_too() {
    let line = |n: u32| {
        format!(
            "{{\"startedAt\":\"2024-06-01T00:00:00Z\",\"status\":\"s{}\"}}\n",
            n * 7919 % 500
        )
    };
    let text: String = (0..1500).map(line).collect();
    let mut once = with_statuses(20);
    push_text(once.ledger_mut(), text.as_bytes(), &Defaults::default()).unwrap();
    let found = once.ledger().diagnostics().ignored.not_completed.entries();
    assert_eq!((found.len(), found[0]), (21, ("other", 1500 - 20 * 3)));
    let mut counts = with_statuses(20);
    let merged = feed_parts(&mut counts, || with_statuses(20), &parts(text.as_bytes(), &[900])).unwrap();
    assert!(merged > 20);
    assert_eq!(counts.ledger().snapshot(), once.ledger().snapshot());
    // A million statuses take no more memory than a thousand.
    let mut counts = with_statuses(1000);
    let text: String = (0..100_000)
        .map(|n| format!("{{\"startedAt\":1717200000000,\"status\":\"{n:09}\"}}\n"))
        .collect();
    push_text(counts.ledger_mut(), text.as_bytes(), &Defaults::default()).unwrap();
    assert!(counts.ledger().memory() < 100_000, "{}", counts.ledger().memory());
    assert_eq!(counts.ledger().memory(), counts.ledger().measured_memory());
}

#[test]
fn reading_goes_on_after_a_record_that_is_too_long() {
    let good = |id: u32| format!(r#"{{"id":"m{id}","receivedAt":"2024-06-02T00:00:00Z"}}"#);
    let long = format!(r#"{{"id":"long","body":"{}","data":[{}]}}"#, "x".repeat(100), good(9));
    let limits = Limits {
        max_record_bytes: 99,
        ..Limits::default()
    };
    for text in [
        format!("{}\n{long}\n{}", good(1), good(2)),
        format!("[{},{long},{}]", good(1), good(2)),
        format!("{} {long} {}", good(1), good(2)),
        format!(r#"{{"data":[{},{long},{}],"hasMore":false}}"#, good(1), good(2)),
        // What is broken after the limit is one problem, and the next line is read.
        format!("{}\n{}\n{}", good(1), &long[..long.len() - 1], good(2)),
        format!("{}\n{} nul\n{}", good(1), &long[..120], good(2)),
    ] {
        for size in [usize::MAX, 1, 7, 64] {
            let mut counts = limited(JUNE, limits);
            feed(&mut counts, TextFeed::default(), text.as_bytes(), &[size]).unwrap();
            let d = counts.ledger().diagnostics();
            assert_eq!((d.counted, d.invalid, d.records), (2, 1, 3), "{text} in {size}");
            let (path, code, line, offset) = problems(&counts).remove(0);
            let at = text.find(&long[..20]).map(|at| at as u64);
            assert_eq!((code.as_str(), offset), ("invalid_record", at), "{text} in {size}");
            assert!(line.is_some() && path.ends_with('1'), "{text} in {size}: {path}");
            assert!(
                d.problems[0]
                    .message
                    .contains("longer than 99 bytes, the limit maxRecordBytes")
            );

            let mut counts = limited(STRICT, limits);
            let error = feed(&mut counts, TextFeed::default(), text.as_bytes(), &[size]).unwrap_err();
            assert_eq!(
                (error.code, error.place.unwrap().byte_offset),
                (Code::InvalidRecord, at)
            );
        }
    }
    // The text ends in it.
    for size in [usize::MAX, 7] {
        let mut counts = limited(JUNE, limits);
        feed(&mut counts, TextFeed::default(), &long.as_bytes()[..120], &[size]).unwrap();
        assert_eq!(problems(&counts).len(), 1);
        assert_eq!(counts.ledger().diagnostics().invalid, 1);
    }
}

#[test]
fn the_text_of_a_record_fits_into_the_memory_that_is_left() {
    let limits = Limits {
        max_memory_bytes: 65_536,
        ..Limits::default()
    };
    let mut counts = limited(STRICT, limits);
    push_text(
        counts.ledger_mut(),
        br#"{"id":"a","receivedAt":"2024-06-02T00:00:00Z"}"#,
        &Defaults::default(),
    )
    .unwrap();
    let mut feed = TextFeed::default();
    let mut read = 0;
    let error = loop {
        match feed.push(
            counts.ledger_mut(),
            if read == 0 {
                br#"{"id":"b","body":""#
            } else {
                &[b'x'; 1000]
            },
        ) {
            Ok(()) => read += 1,
            Err(error) => break error,
        }
        assert!(read < 100);
    };
    let place = error.place.unwrap();
    assert_eq!(
        (error.code, place.path.as_str(), place.byte_offset),
        (Code::OutOfMemory, "/0", Some(0))
    );
    assert!(read > 20, "{read}");
    // What was counted stays, and another text can be read.
    push_text(
        counts.ledger_mut(),
        br#"{"id":"c","receivedAt":"2024-06-02T00:00:00Z"}"#,
        &Defaults::default(),
    )
    .unwrap();
    assert_eq!(counts.report().data[0].messages, 2);
}

#[test]
fn limits_are_options() {
    let limits = |json: &str| Options::from_json(json).reading().map(|reading| reading.limits);
    assert_eq!(limits("{}"), Ok(Limits::default()));
    let found = limits(r#"{"limits":{"maxMemoryBytes":4294967296,"maxRecordBytes":1024,"maxStatuses":null}}"#).unwrap();
    assert_eq!(
        (found.max_memory_bytes, found.max_record_bytes, found.max_statuses),
        (1 << 32, 1024, 1000)
    );
    for (limits, path) in [
        (r#"{"maxMemoryBytes":65535}"#, "/maxMemoryBytes"),
        (r#"{"maxMemoryBytes":1e11}"#, "/maxMemoryBytes"),
        (r#"{"maxRecordBytes":1023}"#, "/maxRecordBytes"),
        (r#"{"maxRecordBytes":"1 MiB"}"#, "/maxRecordBytes"),
        (r#"{"maxStatuses":0}"#, "/maxStatuses"),
        (r#"{"maxStatuses":10001}"#, "/maxStatuses"),
        (r#"{"maxStatuses":1.5}"#, "/maxStatuses"),
    ] {
        let error = Options::from_json(&format!(r#"{{"limits":{limits}}}"#))
            .reading()
            .unwrap_err();
        assert_eq!(
            (error.code, error.place.unwrap().path.as_str()),
            (Code::InvalidOption, path)
        );
    }
    // Without limits nothing is refused.
    let (counts, result) = counted(STRICT, r#"{"receivedAt":"2024-06-02T00:00:00Z"}"#);
    result.unwrap();
    assert!(counts.ledger().memory() < 6000);
}
