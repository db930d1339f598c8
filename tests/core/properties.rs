//! Properties of every input: the order of records and the chunks do not matter, nothing is lost, and rows sum to totals.

use crate::support::{JUNE, counted, counted_in, is_conserved, outcome, shuffled};
use proptest::prelude::*;

fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => (1_716_900_000_000_i64..1_720_100_000_000).prop_map(|ms| ms.to_string()),
        1 => prop::sample::select(vec!["null", "5", "\"then\"", "\"2024-06-01T00:00:00\"", "\"2024-07-01T00:00:00Z\"", "true"])
            .prop_map(str::to_owned),
    ]
}

/// A record of any kind. Records with equal ids are equal, as retries are.
fn record() -> impl Strategy<Value = String> {
    let agent = prop::sample::select(vec!["null", "\"\"", "\"a\"", "\"b\"", "\"__proto__\""]);
    let name = prop::sample::select(vec!["null", "\"A\"", "\"B\"", "\"\u{FF5E}\"", "\"\u{1F600}\""]);
    let status = prop::sample::select(vec!["\"completed\"", "\"completed\"", "\"busy\"", "null"]);
    let seconds = prop::sample::select(vec!["null", "0", "59.9", "600", "-1", "\"60\""]);
    prop_oneof![
        (agent.clone(), name.clone(), time())
            .prop_map(|(a, n, t)| format!(r#"{{"receivedAt":{t},"agentId":{a},"agentName":{n}}}"#)),
        (agent.clone(), name, time(), status, seconds.clone()).prop_map(|(a, n, t, s, d)| format!(
            r#"{{"startedAt":{t},"agentId":{a},"agentName":{n},"status":{s},"durationSeconds":{d}}}"#
        )),
        (agent, time(), seconds).prop_map(|(a, t, d)| {
            format!(r#"{{"event":"agent.call_ended","agentId":{a},"data":{{"startedAt":{t},"durationSeconds":{d}}}}}"#)
        }),
        (0..20_u32).prop_map(|n| format!(
            r#"{{"id":"m{n}","receivedAt":{},"agentId":"c"}}"#,
            1_717_200_000_000_i64 + i64::from(n)
        )),
        Just(r#"{"event":"agent.message","channel":"voice"}"#.to_owned()),
        Just(r#"{"event":"agent.reaction"}"#.to_owned()),
        Just("{}".to_owned()),
        Just("7".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_order_of_records_and_the_chunks_do_not_matter(
        records in prop::collection::vec(record(), 0..40),
        seed in any::<u64>(),
        sizes in prop::collection::vec(1..200_usize, 1..5),
    ) {
        let (whole, result) = counted(JUNE, records.join("\n"));
        result.unwrap();
        prop_assert!(is_conserved(&whole));
        prop_assert_eq!(whole.ledger().diagnostics().records, records.len() as u64);

        let (cut, _) = counted_in(JUNE, records.join("\n").as_bytes(), &sizes);
        prop_assert_eq!(outcome(&whole), outcome(&cut));
        prop_assert_eq!(&whole.ledger().diagnostics().problems, &cut.ledger().diagnostics().problems);

        let other_order = shuffled(&records, seed);
        let (reordered, _) = counted(JUNE, format!("[{}]", other_order.join(",")));
        prop_assert_eq!(outcome(&whole), outcome(&reordered));
    }
}
