//! State: what has been counted is the same in whatever order and parts it was, and survives as bytes.

use crate::support::{JUNE, asked, counted, is_conserved, outcome, shuffled};
use proptest::prelude::*;
use usage_by_agent::counting::ledger::Ledger;
use usage_by_agent::counting::rollup::Rollup;
use usage_by_agent::counting::text_feed::push_text;
use usage_by_agent::error::Code;
use usage_by_agent::options::Options;

/// Few ids, agents, numbers and times, so that the same id comes often and tells other things each time.
pub fn record() -> impl Strategy<Value = String> {
    let agent = prop::sample::select(vec!["null", "\"a\"", "\"b\"", "\"\u{FF5E}\"", "\"\u{1F600}\""]);
    let name = prop::sample::select(vec!["null", "\"A\"", "\"B\""]);
    let number = prop::sample::select(vec!["null", "\"n\"", "\"m\"", "7"]);
    let id = prop_oneof![1 => Just("null".to_owned()), 3 => (0..6_u8).prop_map(|n| format!("\"{n}\""))];
    let time = prop_oneof![
        // The end of June and the beginning of July, in steps of seven minutes.
        9 => (0..2000_i64).prop_map(|n| 1_719_360_000_000_i64 + n * 420_000),
        1 => prop::sample::select(vec![-9_000_000_000_000, 9_000_000_000_000]),
    ];
    let seconds = prop::sample::select(vec!["null", "0", "59.9", "600", "4294967295", "1e12"]);
    let status = prop::sample::select(vec!["completed", "completed", "completed", "busy"]);
    let (a, b) = ((agent, name, number), (id, time));
    prop_oneof![
        (a.clone(), b.clone()).prop_map(|((a, n, p), (id, t))| format!(
            r#"{{"receivedAt":{t},"agentId":{a},"agentName":{n},"id":{id},"numberId":{p},"phoneNumber":"+{t}"}}"#
        )),
        (a, b, seconds, status).prop_map(|((a, n, p), (id, t), s, status)| format!(
            r#"{{"startedAt":{t},"agentId":{a},"agentName":{n},"id":{id},"phoneNumberId":{p},"durationSeconds":{s},"status":"{status}"}}"#
        )),
        Just(r#"{"event":"agent.reaction"}"#.to_owned()),
        Just(r#"{"event":"agent.message","channel":"voice"}"#.to_owned()),
        Just("{}".to_owned()),
        Just("7".to_owned()),
    ]
}

/// All that order must not change: everything but the list of problems, which has the first ones.
pub fn rollup(options: &str) -> Rollup {
    let raw = Options::from_json(options);
    Rollup::new(raw.reading().unwrap(), raw.directory().unwrap())
}

const SKIP: &str = r#"{"onInvalid": "skip"}"#;

fn all_of(rollup: &Rollup) -> String {
    let mut diagnostics = rollup.diagnostics().clone();
    diagnostics.problems.clear();
    let days = Options::from_json(r#"{"now": "2024-07-08T00:00:00Z", "tz": "Asia/Kathmandu"}"#);
    let daily = rollup.daily(&days.days().unwrap()).unwrap();
    serde_json::to_string(&(rollup.by_number(None).unwrap(), daily, diagnostics)).unwrap()
}

fn feed(into: &mut Ledger, records: &[String]) {
    push_text(into, records.join("\n").as_bytes(), &Default::default()).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_order_and_any_parts_come_to_the_same(
        records in prop::collection::vec(record(), 0..60),
        seed in any::<u64>(),
        parts in prop::collection::vec(0..4_usize, 60),
        dedupe in any::<bool>(),
        valid in any::<bool>(),
    ) {
        let records: Vec<_> = records.into_iter().filter(|record| !valid || record != "7").collect();
        let (query, options) = (JUNE.replace('}', &format!(r#", "dedupe": {dedupe}}}"#)), SKIP.replace('}', &format!(r#", "dedupe": {dedupe}}}"#)));
        let (whole, _) = counted(&query, records.join("\n"));
        prop_assert!(is_conserved(&whole));
        let other_order = shuffled(&records, seed);
        let (reordered, _) = counted(&query, other_order.join("\n"));
        prop_assert_eq!(outcome(&whole), outcome(&reordered));

        let mut kept = rollup(&options);
        feed(&mut kept, &records);
        let mut kept_reordered = rollup(&options);
        feed(&mut kept_reordered, &other_order);
        prop_assert_eq!(all_of(&kept), all_of(&kept_reordered));

        // Four parts, merged as ((a + b) + (c + d)) and as d + (c + (b + a)).
        let part = |n: usize| records.iter().zip(&parts).filter(|(_, p)| **p == n).map(|(r, _)| r.clone()).collect::<Vec<_>>();
        let aggregates: Vec<_> = (0..4).map(|n| counted(&query, part(n).join("\n")).0.snapshot()).collect();
        let rollups: Vec<_> = (0..4).map(|n| {
            let mut one = rollup(&options);
            feed(&mut one, &part(n));
            one.snapshot()
        }).collect();
        let (mut left, mut right) = (asked(&query), asked(&query));
        let (mut low, mut high) = (rollup(&options), rollup(&options));
        left.merge(&aggregates[0]).unwrap();
        left.merge(&aggregates[1]).unwrap();
        right.merge(&aggregates[2]).unwrap();
        right.merge(&aggregates[3]).unwrap();
        left.merge(&right.snapshot()).unwrap();
        low.merge(&rollups[0]).unwrap();
        low.merge(&rollups[1]).unwrap();
        high.merge(&rollups[2]).unwrap();
        high.merge(&rollups[3]).unwrap();
        low.merge(&high.snapshot()).unwrap();
        prop_assert_eq!(outcome(&whole), outcome(&left));
        prop_assert_eq!(all_of(&kept), all_of(&low));
        let (mut other, mut other_kept) = (asked(&query), rollup(&options));
        for n in (0..4).rev() {
            other.merge(&aggregates[n]).unwrap();
            other_kept.merge(&rollups[n]).unwrap();
        }
        prop_assert_eq!(outcome(&whole), outcome(&other));
        prop_assert_eq!(all_of(&kept), all_of(&other_kept));

        // The same counts are the same bytes, the problems apart.
        if valid {
            for same in [&*reordered, &*left, &*other] {
                prop_assert_eq!(whole.snapshot(), same.snapshot());
            }
            for same in [&*kept_reordered, &*low, &*other_kept] {
                prop_assert_eq!(kept.snapshot(), same.snapshot());
            }
        }

        // Restored, and written again.
        let (snapshot, mut restored) = (whole.snapshot(), asked(&query));
        restored.merge(&snapshot).unwrap();
        prop_assert_eq!(restored.snapshot(), snapshot);
        prop_assert_eq!(restored.diagnostics(), whole.diagnostics());

        // Merged with itself, each id counts once.
        let mut twice = whole.clone();
        twice.merge(&whole.snapshot()).unwrap();
        prop_assert!(is_conserved(&twice));
        let (once, both) = (whole.diagnostics(), twice.diagnostics());
        prop_assert_eq!(both.records, 2 * once.records);
        let again = if dedupe { once.without_id } else { once.counted };
        prop_assert_eq!(both.counted, once.counted + again);
    }

    #[test]
    fn bytes_that_are_no_snapshot_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(asked(JUNE).merge(&bytes).unwrap_err().code, Code::InvalidSnapshot);
        prop_assert_eq!(rollup("{}").merge(&[b"UBA\x01\x02", &bytes[..]].concat()).unwrap_err().code, Code::InvalidSnapshot);
    }

    /// Nobody's accident, but somebody's intent: nonsense with the right head and checksum.
    #[test]
    fn forged_snapshots_do_no_harm(
        records in prop::collection::vec(record(), 0..12),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        of_a_period in any::<bool>(),
    ) {
        let (mut aggregate, mut kept) = (asked(JUNE), rollup(SKIP));
        feed(&mut aggregate, &records);
        feed(&mut kept, &records);
        let into: &mut Ledger = if of_a_period { &mut aggregate } else { &mut kept };
        let mut forged = into.snapshot();
        forged.truncate(forged.len() - 8);
        for (at, byte) in changes {
            let at = 5 + at.index(forged.len() - 5);
            forged[at] = byte;
        }
        forged.extend(usage_by_agent::collections::murmur3::murmur3_x64_128(&forged, 0)[0].to_le_bytes());
        let before = into.snapshot();
        match into.merge(&forged) {
            Ok(()) => { let _ = into.snapshot(); }
            Err(_) => prop_assert_eq!(into.snapshot(), before),
        }
        let _ = (aggregate.report(), all_of(&kept));
    }
}

const RECORDS: &str = r#"
    {"id":"c1","startedAt":"2024-06-03T15:00:00Z","status":"completed","agentId":"a","agentName":"A","durationSeconds":61,"phoneNumberId":"n"}
    {"id":"c2","startedAt":"2024-06-04T15:00:00Z","status":"busy"}
    {"id":"m1","receivedAt":"2024-06-30T23:59:59Z"}
    {"receivedAt":"yesterday"}"#;

#[test]
fn every_flipped_bit_and_every_cut_is_refused() {
    let (aggregate, _) = counted(JUNE, RECORDS);
    let mut kept = rollup(SKIP);
    push_text(&mut kept, RECORDS.as_bytes(), &Default::default()).unwrap();
    for (snapshot, mut into) in [
        (aggregate.snapshot(), (*asked(JUNE)).clone()),
        (kept.snapshot(), (*rollup(SKIP)).clone()),
    ] {
        let before = into.snapshot();
        let mut refused = |bytes: &[u8]| {
            assert_eq!(into.merge(bytes).unwrap_err().code, Code::InvalidSnapshot);
            assert_eq!(into.snapshot(), before);
        };
        for bit in 0..snapshot.len() * 8 {
            let mut flipped = snapshot.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            refused(&flipped);
        }
        (0..snapshot.len()).for_each(|length| refused(&snapshot[..length]));
        refused(&[&snapshot[..], &[0]].concat());
        into.merge(&snapshot).unwrap();
        assert_eq!(into.snapshot(), snapshot);
    }
}

#[test]
fn what_does_not_fit_is_refused_and_told() {
    let (june, _) = counted(JUNE, RECORDS);
    let told = |into: &mut Ledger, snapshot: &[u8]| {
        let error = into.merge(snapshot).unwrap_err();
        assert_eq!(error.code, Code::InvalidSnapshot);
        error.message
    };
    let july = JUNE.replace("2024-06-15", "2024-07-15");
    let message = told(&mut asked(&july), &june.snapshot());
    assert!(
        message.contains("2024-06-01T00:00:00Z until 2024-07-01T00:00:00Z; wanted 2024-07-01"),
        "{message}"
    );
    let without = JUNE.replace('}', r#", "dedupe": false}"#);
    let message = told(&mut asked(&without), &june.snapshot());
    assert!(message.contains("dedupe was true; wanted false"), "{message}");
    let message = told(&mut rollup(SKIP), &june.snapshot());
    assert!(message.contains("an aggregator's; wanted a rollup's"), "{message}");
    let mut newer = june.snapshot();
    newer[3] = 2;
    assert!(told(&mut asked(JUNE), &newer).contains("format is 2; wanted 1"));
    assert!(told(&mut asked(JUNE), b"").contains("these 0 bytes do not begin as one"));
    // The same June elsewhere is another one; the same bounds by another way are the same.
    let paris = JUNE.replace('}', r#", "tz": "Europe/Paris"}"#);
    told(&mut asked(&paris), &june.snapshot());
    asked(&JUNE.replace(
        '}',
        r#", "tz": "Etc/UTC", "boundsAs": "wall-clock", "agents": [{"id":"a","name":"B"}]}"#,
    ))
    .merge(&june.snapshot())
    .unwrap();
}

#[test]
fn sums_beyond_the_largest_exact_number_are_refused_and_nothing_changes() {
    let large =
        r#"{"id":"large","startedAt":"2024-06-03T15:00:00Z","status":"completed","durationSeconds":9007199254740991}"#;
    let small = large.replace("9007199254740991", "1").replace("large", "small");
    let (mut large, _) = counted(JUNE, large);
    let (small, _) = counted(JUNE, small);
    let before = large.snapshot();
    assert_eq!(large.merge(&small.snapshot()).unwrap_err().code, Code::Overflow);
    assert_eq!(large.snapshot(), before);
    let mut restored = asked(JUNE);
    restored.merge(&before).unwrap();
    assert_eq!(restored.snapshot(), before);
}

/// The one that tells more counts, whichever comes first.
#[test]
fn of_records_of_one_id_the_fullest_counts() {
    let call = |agent: &str, seconds: &str, at: &str| {
        format!(r#"{{"id":"c","status":"completed","startedAt":"{at}","agentId":{agent},"durationSeconds":{seconds}}}"#)
    };
    let (early, late) = ("2024-06-03T15:00:00Z", "2024-06-03T15:20:00Z");
    let falling = [
        call("\"a\"", "9", early),
        call("\"a\"", "9", late),
        call("\"b\"", "9", early),
        call("\"c\"", "8", early),
        call("\"b\"", "null", early),
        call("null", "99", early),
        call("null", "null", early),
    ];
    for (n, winner) in falling.iter().enumerate() {
        for loser in &falling[n..] {
            let mut alone = rollup("{}");
            feed(&mut alone, std::slice::from_ref(winner));
            for pair in [[winner, loser], [loser, winner]] {
                let mut both = rollup("{}");
                feed(&mut both, &pair.map(String::clone));
                let (one, two) = (alone.diagnostics(), both.diagnostics());
                assert_eq!(
                    (two.counted, two.duplicates, two.without_duration),
                    (1, 1, one.without_duration)
                );
                assert_eq!(one.totals, two.totals);
                let by_number = |of: &Rollup| of.by_number(None).unwrap();
                assert_eq!(by_number(&alone), by_number(&both));
                let day = Options::from_json(r#"{"days": 1, "now": "2024-06-03T15:20:00Z", "tz": "Etc/UTC"}"#);
                assert_eq!(alone.daily(&day.days().unwrap()), both.daily(&day.days().unwrap()));
            }
        }
    }
}
