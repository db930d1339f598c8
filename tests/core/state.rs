//! State: the counts do not depend on the order of records or on the parts, and a snapshot restores them.

use crate::support::{JUNE, asked, counted, is_conserved, outcome, shuffled};
use proptest::prelude::*;
use usage_by_agent::counting::aggregator::Aggregator;
use usage_by_agent::counting::ledger::Ledger;
use usage_by_agent::counting::rollup::Rollup;
use usage_by_agent::counting::text_feed::push_text;
use usage_by_agent::error::{Code, Place, UsageError};
use usage_by_agent::options::Options;

/// A record with one of few ids, agents, phone numbers and times, so that an id often occurs again with other fields.
pub fn record() -> impl Strategy<Value = String> {
    let agent = prop::sample::select(vec!["null", "\"a\"", "\"b\"", "\"\u{FF5E}\"", "\"\u{1F600}\""]);
    let name = prop::sample::select(vec!["null", "\"A\"", "\"B\""]);
    let number = prop::sample::select(vec!["null", "\"n\"", "\"m\"", "7"]);
    let route = prop::sample::select(vec![
        r#""x":0"#,
        r#""channel":"sms","type":"pstn""#,
        r#""channel":" SMS","type":"web","direction":"inbound""#,
        r#""channel":"mms","direction":"outbound""#,
        r#""channel":"other","direction":"web""#,
        r#""channel":7,"direction":"sideways""#,
        r#""channel":"Voice","type":"Call""#,
    ]);
    let id = prop_oneof![1 => Just("null".to_owned()), 3 => (0..6_u8).prop_map(|n| format!("\"{n}\""))];
    let time = prop_oneof![
        // The end of June and the beginning of July, in steps of seven minutes.
        9 => (0..2000_i64).prop_map(|n| 1_719_360_000_000_i64 + n * 420_000),
        1 => prop::sample::select(vec![-9_000_000_000_000, 9_000_000_000_000]),
    ];
    let seconds = prop::sample::select(vec!["null", "0", "59.9", "600", "4294967295", "1e12"]);
    let status = prop::sample::select(vec!["completed", "completed", "completed", "busy"]);
    let (a, b) = ((agent, name, number), (id, time, route));
    prop_oneof![
        (a.clone(), b.clone()).prop_map(|((a, n, p), (id, t, r))| format!(
            r#"{{"receivedAt":{t},"agentId":{a},"agentName":{n},"id":{id},"numberId":{p},"phoneNumber":"+{t}",{r}}}"#
        )),
        (a.clone(), b.clone()).prop_map(|((a, _, p), (id, t, r))| format!(
            r#"{{"event":"agent.message","id":{id},"agent_id":{a},"data":{{"received_at":{t},"number_id":{p}}},{r}}}"#
        )),
        (a.clone(), b.clone()).prop_map(|((a, n, p), (id, t, r))| format!(
            r#"{{"agentId":{a},"agentName":{n},"phoneNumberId":{p},{r},"messages":[{{"receivedAt":{t},"id":{id}}}],"messageCount":2}}"#
        )),
        (a, b, seconds, status).prop_map(|((a, n, p), (id, t, r), s, status)| format!(
            r#"{{"startedAt":{t},"agentId":{a},"agentName":{n},"id":{id},"phoneNumberId":{p},"durationSeconds":{s},"status":"{status}",{r}}}"#
        )),
        Just(r#"{"event":"agent.contact_shared"}"#.to_owned()),
        Just(r#"{"event":"agent.message","test":true}"#.to_owned()),
        Just(r#"{"event":"agent.reaction"}"#.to_owned()),
        Just(r#"{"event":"agent.message","channel":"voice"}"#.to_owned()),
        Just("{}".to_owned()),
        Just("7".to_owned()),
    ]
}

pub fn rollup(options: &str) -> Rollup {
    let options = Options::from_json(options);
    Rollup::new(options.reading().unwrap(), options.directory().unwrap())
}

const SKIP: &str = r#"{"onInvalid": "skip"}"#;

/// The aggregator and the rollup, as the properties below need them.
trait Counter: Clone {
    fn empty(dedupe: bool) -> Self;
    fn ledger(&self) -> &Ledger;
    fn ledger_mut(&mut self) -> &mut Ledger;
    /// Everything that the order of records must not change. The list of problems is left out: it has the first ones.
    fn seen(&self) -> String;

    fn count(&mut self, records: &[String]) {
        push_text(self.ledger_mut(), records.join("\n").as_bytes(), &Default::default()).unwrap();
    }

    fn counted(records: &[String], dedupe: bool) -> Self {
        let mut counter = Self::empty(dedupe);
        counter.count(records);
        counter
    }

    fn add(&mut self, other: &Self) {
        self.ledger_mut().merge(&other.ledger().snapshot()).unwrap();
    }
}

fn with_dedupe(options: &str, dedupe: bool) -> String {
    options.replace('}', &format!(r#", "dedupe": {dedupe}}}"#))
}

impl Counter for Aggregator {
    fn empty(dedupe: bool) -> Self {
        asked(&with_dedupe(JUNE, dedupe))
    }
    fn ledger(&self) -> &Ledger {
        self.ledger()
    }
    fn ledger_mut(&mut self) -> &mut Ledger {
        self.ledger_mut()
    }
    fn seen(&self) -> String {
        outcome(self)
    }
}

impl Counter for Rollup {
    fn empty(dedupe: bool) -> Self {
        rollup(&with_dedupe(SKIP, dedupe))
    }
    fn ledger(&self) -> &Ledger {
        self.ledger()
    }
    fn ledger_mut(&mut self) -> &mut Ledger {
        self.ledger_mut()
    }
    fn seen(&self) -> String {
        let mut diagnostics = self.ledger().diagnostics().clone();
        diagnostics.problems.clear();
        let days = Options::from_json(r#"{"now": "2024-07-08T00:00:00Z", "tz": "Asia/Kathmandu"}"#);
        let daily = self.daily(&days.days().unwrap()).unwrap();
        let warnings = (self.ledger().missing(), self.ledger().has_mixed_sources());
        format!(
            "{warnings:?}{}",
            serde_json::to_string(&(self.by_number(None).unwrap(), daily, diagnostics)).unwrap()
        )
    }
}

#[test]
fn messages_from_a_list_and_from_deliveries_are_mixed_sources() {
    let listed = r#"{"id":"m","numberId":"n","receivedAt":"2024-06-01T00:00:00Z"}"#;
    let delivered =
        r#"{"event":"agent.message","deliveryId":"d","data":{"numberId":"n","receivedAt":"2024-06-01T00:00:00Z"}}"#;
    for (records, want) in [
        (&[listed][..], false),
        (&[delivered], false),
        (&[listed, delivered], true),
    ] {
        let records: Vec<_> = records.iter().map(|record| (*record).to_owned()).collect();
        let counts: Rollup = Counter::counted(&records, true);
        assert_eq!(counts.ledger().has_mixed_sources(), want, "{records:?}");
    }
}

/// Records, another order of them, and four parts of them.
#[derive(Debug)]
struct Parts {
    dedupe: bool,
    records: Vec<String>,
    reordered: Vec<String>,
    four: [Vec<String>; 4],
}

fn parts_of(record: impl Strategy<Value = String>) -> impl Strategy<Value = Parts> {
    let records = prop::collection::vec((record, 0..4_usize), 0..60);
    (records, any::<u64>(), any::<bool>()).prop_map(|(records, seed, dedupe)| {
        let part = |n| {
            records
                .iter()
                .filter(move |(_, part)| *part == n)
                .map(|(record, _)| record.clone())
        };
        let four = [0, 1, 2, 3].map(|n| part(n).collect());
        let records: Vec<_> = records.iter().map(|(record, _)| record.clone()).collect();
        Parts {
            dedupe,
            reordered: shuffled(&records, seed),
            records,
            four,
        }
    })
}

/// Records, some of which are not objects and so make problems.
fn parts() -> impl Strategy<Value = Parts> {
    parts_of(record())
}

/// Records without problems, because the list of problems depends on the order of records.
fn valid_parts() -> impl Strategy<Value = Parts> {
    parts_of(record().prop_filter("it makes a problem", |record| record != "7"))
}

impl Parts {
    fn whole<C: Counter>(&self) -> C {
        C::counted(&self.records, self.dedupe)
    }

    /// The four parts, counted apart and merged as ((a + b) + (c + d)).
    fn merged_in_pairs<C: Counter>(&self) -> C {
        let [a, b, c, d] = self.four.each_ref().map(|part| C::counted(part, self.dedupe));
        let (mut left, mut right) = (C::empty(self.dedupe), C::empty(self.dedupe));
        left.add(&a);
        left.add(&b);
        right.add(&c);
        right.add(&d);
        left.add(&right);
        left
    }

    /// The four parts, counted apart and merged one after the other, the last part first.
    fn merged_backwards<C: Counter>(&self) -> C {
        let mut all = C::empty(self.dedupe);
        for part in self.four.iter().rev() {
            all.add(&C::counted(part, self.dedupe));
        }
        all
    }
}

fn order_does_not_matter<C: Counter>(parts: &Parts) {
    assert_eq!(
        parts.whole::<C>().seen(),
        C::counted(&parts.reordered, parts.dedupe).seen()
    );
}

fn parts_merge_to_the_whole<C: Counter>(parts: &Parts) {
    let whole = parts.whole::<C>().seen();
    assert_eq!(whole, parts.merged_in_pairs::<C>().seen());
    assert_eq!(whole, parts.merged_backwards::<C>().seen());
}

fn equal_counts_have_equal_bytes<C: Counter>(parts: &Parts) {
    let whole = parts.whole::<C>().ledger().snapshot();
    let reordered = C::counted(&parts.reordered, parts.dedupe);
    for other in [reordered, parts.merged_in_pairs(), parts.merged_backwards()] {
        assert_eq!(whole, other.ledger().snapshot());
    }
}

fn a_snapshot_restores_everything<C: Counter>(parts: &Parts) {
    let whole = parts.whole::<C>();
    let mut restored = C::empty(parts.dedupe);
    restored.add(&whole);
    assert_eq!(restored.ledger().snapshot(), whole.ledger().snapshot());
    assert_eq!(restored.ledger().diagnostics(), whole.ledger().diagnostics());
}

fn merged_with_itself_each_id_counts_once<C: Counter>(parts: &Parts) {
    let whole = parts.whole::<C>();
    let mut twice = whole.clone();
    twice.add(&whole);
    let (once, both) = (whole.ledger().diagnostics(), twice.ledger().diagnostics());
    assert_eq!(both.records, 2 * once.records);
    let counted_again = if parts.dedupe { once.without_id } else { once.counted };
    assert_eq!(both.counted, once.counted + counted_again);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_order_of_records_does_not_matter(parts in parts()) {
        prop_assert!(is_conserved(&parts.whole()));
        order_does_not_matter::<Aggregator>(&parts);
        order_does_not_matter::<Rollup>(&parts);
    }

    #[test]
    fn parts_that_are_counted_apart_merge_to_the_whole(parts in parts()) {
        parts_merge_to_the_whole::<Aggregator>(&parts);
        parts_merge_to_the_whole::<Rollup>(&parts);
    }

    #[test]
    fn equal_counts_have_equal_snapshots(parts in valid_parts()) {
        equal_counts_have_equal_bytes::<Aggregator>(&parts);
        equal_counts_have_equal_bytes::<Rollup>(&parts);
    }

    #[test]
    fn a_restored_snapshot_gives_equal_bytes_and_diagnostics(parts in parts()) {
        a_snapshot_restores_everything::<Aggregator>(&parts);
        a_snapshot_restores_everything::<Rollup>(&parts);
    }

    #[test]
    fn each_id_counts_once_in_a_count_that_is_merged_with_itself(parts in parts()) {
        merged_with_itself_each_id_counts_once::<Aggregator>(&parts);
        merged_with_itself_each_id_counts_once::<Rollup>(&parts);
    }

    #[test]
    fn bytes_that_are_not_a_snapshot_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(asked(JUNE).ledger_mut().merge(&bytes).unwrap_err().code, Code::InvalidSnapshot);
        prop_assert_eq!(rollup("{}").ledger_mut().merge(&[b"UBA\x01\x02", &bytes[..]].concat()).unwrap_err().code, Code::InvalidSnapshot);
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
    push_text(kept.ledger_mut(), RECORDS.as_bytes(), &Default::default()).unwrap();
    for (snapshot, mut into) in [
        (aggregate.ledger().snapshot(), asked(JUNE).ledger().clone()),
        (kept.ledger().snapshot(), rollup(SKIP).ledger().clone()),
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
fn a_snapshot_that_does_not_fit_is_refused_with_the_reason() {
    let (june, _) = counted(JUNE, RECORDS);
    let refusal = |into: &mut Ledger, snapshot: &[u8]| {
        let error = into.merge(snapshot).unwrap_err();
        assert_eq!(error.code, Code::InvalidSnapshot);
        error.message
    };
    let july = JUNE.replace("2024-06-15", "2024-07-15");
    let message = refusal(asked(&july).ledger_mut(), &june.ledger().snapshot());
    assert!(
        message.contains("2024-06-01T00:00:00Z until 2024-07-01T00:00:00Z; wanted 2024-07-01"),
        "{message}"
    );
    let without = JUNE.replace('}', r#", "dedupe": false}"#);
    let message = refusal(asked(&without).ledger_mut(), &june.ledger().snapshot());
    assert!(message.contains("dedupe was true; wanted false"), "{message}");
    let message = refusal(rollup(SKIP).ledger_mut(), &june.ledger().snapshot());
    assert!(message.contains("an aggregator's; wanted a rollup's"), "{message}");
    let mut newer = june.ledger().snapshot();
    newer[3] = 1;
    assert!(refusal(asked(JUNE).ledger_mut(), &newer).contains("format is 1; wanted 2"));
    assert!(refusal(asked(JUNE).ledger_mut(), b"").contains("these 0 bytes do not begin like a snapshot"));
    // June in another zone is another period. Equal bounds from another query are an equal period.
    let paris = JUNE.replace('}', r#", "tz": "Europe/Paris"}"#);
    refusal(asked(&paris).ledger_mut(), &june.ledger().snapshot());
    asked(&JUNE.replace(
        '}',
        r#", "tz": "Etc/UTC", "boundsAs": "wall-clock", "agents": [{"id":"a","name":"B"}]}"#,
    ))
    .ledger_mut()
    .merge(&june.ledger().snapshot())
    .unwrap();
}

#[test]
fn a_hundred_channels_are_counted_in_any_order_and_in_any_parts() {
    let record = |n: u32| {
        let (channel, id) = (n * 37 % 100, n % 150);
        let at = 1_717_200_000_000_u64 + u64::from(n % 9) * 900_000;
        format!(
            r#"{{"receivedAt":{at},"id":"m{id}","agentId":"a{}","channel":"c{channel:02}"}}"#,
            n % 2
        )
    };
    let records: Vec<_> = (0..400).map(record).collect();
    let whole = Rollup::counted(&records, true);
    for seed in 0..40 {
        let order = shuffled(&records, seed);
        let (a, b) = order.split_at(usize::try_from(seed).unwrap() * 10);
        let mut merged = Rollup::counted(a, true);
        merged.add(&Rollup::counted(b, true));
        for other in [Rollup::counted(&order, true), merged] {
            assert_eq!(other.ledger().snapshot(), whole.ledger().snapshot());
        }
    }
    let mut restored = Rollup::empty(true);
    restored.add(&whole);
    assert_eq!(restored.ledger().snapshot(), whole.ledger().snapshot());
}

#[test]
fn sums_beyond_the_largest_exact_number_are_refused_and_nothing_changes() {
    let large =
        r#"{"id":"large","startedAt":"2024-06-03T15:00:00Z","status":"completed","durationSeconds":9007199254740991}"#;
    let small = large.replace("9007199254740991", "1").replace("large", "small");
    let (mut large, _) = counted(JUNE, large);
    let (small, _) = counted(JUNE, small);
    let before = large.ledger().snapshot();
    assert_eq!(
        large.ledger_mut().merge(&small.ledger().snapshot()).unwrap_err().code,
        Code::Overflow
    );
    assert_eq!(large.ledger().snapshot(), before);
    let mut restored = asked(JUNE);
    restored.ledger_mut().merge(&before).unwrap();
    assert_eq!(restored.ledger().snapshot(), before);
}

/// The record with more fields counts, whichever comes first.
#[test]
fn the_fullest_of_the_records_with_one_id_counts() {
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
            alone.count(std::slice::from_ref(winner));
            for pair in [[winner, loser], [loser, winner]] {
                let mut both = rollup("{}");
                both.count(&pair.map(String::clone));
                let (one, two) = (alone.ledger().diagnostics(), both.ledger().diagnostics());
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

/// Records of every kind, with names, numbers, two records of one id, and values too large for the small forms.
fn records_of_every_kind() -> String {
    let mut records = vec![
        r#"{"event":"agent.reaction"}"#.to_owned(),
        r#"{"event":"agent.message","channel":"voice"}"#.to_owned(),
        r#"{"event":"agent.new"}"#.to_owned(),
        r#"{"event":"agent.contact_shared"}"#.to_owned(),
        r#"{"type":"call","test":true}"#.to_owned(),
        r#"{"event":"agent.message","id":"d1","timestamp":"2024-06-04T15:00:00Z","data":{"numberId":"n1","direction":"inbound"},"channel":"sms"}"#
            .to_owned(),
        r#"{"messages":[{"receivedAt":"2024-06-04T15:00:00Z","id":"m","channel":"mms"}],"messageCount":9,"agentId":"a"}"#.to_owned(),
        r#"{"data":[],"hasMore":true,"total":7}"#.to_owned(),
        r#"{"receivedAt":"1960-01-01T00:00:00Z","id":"early"}"#.to_owned(),
        r#"{"startedAt":"2024-06-04T15:00:00Z","status":"busy"}"#.to_owned(),
        r#"{"startedAt":"2024-06-04T15:00:00Z","status":"failed"}"#.to_owned(),
        r#"{"startedAt":"2024-06-05T15:00:00Z","status":"completed","id":"untimed","agentId":"b"}"#.to_owned(),
        r#"{"startedAt":"2024-06-05T15:00:00Z","status":"completed","id":"long","durationSeconds":5000000000}"#
            .to_owned(),
        r#"{"startedAt":"2024-06-06T15:00:00Z","status":"completed","id":"c1","durationSeconds":8,"agentId":"a"}"#
            .to_owned(),
        r#"{"startedAt":"2024-06-06T15:20:00Z","status":"completed","id":"c1","durationSeconds":9,"agentId":"b"}"#
            .to_owned(),
    ];
    for n in 0..3000_u32 {
        let (agent, number) = (n % 7, n % 5);
        let at = 1_717_200_000_000_u64 + u64::from(n) * 800_000;
        records.push(match n % 3 {
            0 => format!(
                r#"{{"receivedAt":{at},"id":"m{n}","agentId":"a{agent}","agentName":"Agent {agent}","numberId":"n{number}","phoneNumber":"+{number}"}}"#
            ),
            1 => format!(
                r#"{{"startedAt":{at},"status":"completed","id":"c{n}","agentId":"a{agent}","durationSeconds":{n}}}"#
            ),
            _ => format!(r#"{{"receivedAt":{at}}}"#),
        });
    }
    records.join("\n")
}

/// The bytes of a snapshot are a public format: what one build writes, every later build reads.
#[test]
fn a_snapshot_has_fixed_bytes() {
    let hash = |ledger: &mut Ledger| {
        let place = Place {
            path: "/7/receivedAt".into(),
            line: Some(8),
            byte_offset: None,
        };
        let error = UsageError::new(Code::InvalidRecord, "a message").at(place);
        ledger.invalid(error.clone()).unwrap();
        ledger.warn(error.at(Place::at(""))).unwrap();
        let snapshot = ledger.snapshot();
        let [high, low] = usage_by_agent::collections::murmur3::murmur3_x64_128(&snapshot, 0);
        format!("{} bytes, {high:016x}{low:016x}", snapshot.len())
    };
    let records = records_of_every_kind();
    let mut got = Vec::new();
    for options in ["", r#", "dedupe": false"#] {
        let (mut period, _) = counted(&JUNE.replace('}', &format!("{options}}}")), &records);
        let mut all_time = rollup(&SKIP.replace('}', &format!("{options}}}")));
        push_text(all_time.ledger_mut(), records.as_bytes(), &Default::default()).unwrap();
        got.extend([hash(period.ledger_mut()), hash(all_time.ledger_mut())]);
    }
    let want = [
        "27466 bytes, 5168177b09358692c3c2decb59d298b9",
        "44714 bytes, 17584dd0e4cd5a51667b54de2a495127",
        "388 bytes, 3245a3262e67374cd14b81e8aa97451b",
        "13643 bytes, 1fa0117e07b0d98590e08d5b57f52f20",
    ];
    assert_eq!(got, want);
}
