//! A rollup gives the answers that counting the records anew for each query would give.

use crate::state::{record, rollup};
use crate::support::counted;
use chrono::{Datelike, TimeDelta, TimeZone};
use chrono_tz::Tz;
use proptest::prelude::*;
use usage_by_agent::calendar::period::Window;
use usage_by_agent::counting::text_feed::push_text;
use usage_by_agent::error::Code;
use usage_by_agent::options::Options;

const ZONES: [&str; 9] = [
    "UTC",
    "America/New_York",
    "America/St_Johns",    // an offset of half an hour
    "Asia/Kathmandu",      // an offset of three quarters of an hour
    "Australia/Lord_Howe", // clocks change by half an hour
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Beirut", // changes at midnight
];

/// A message or a call without an id, in years whose rules chrono-tz 2025b has.
fn event() -> impl Strategy<Value = (i64, bool)> {
    let spring_and_autumn = prop_oneof![
        1_710_000_000_000_i64..1_712_600_000_000_i64,
        1_728_000_000_000_i64..1_731_000_000_000
    ];
    (
        prop_oneof![spring_and_autumn, 1_640_000_000_000_i64..1_735_000_000_000],
        any::<bool>(),
    )
}

fn text(event: &(i64, bool)) -> String {
    match event {
        (at, true) => format!(r#"{{"receivedAt":{at},"agentId":"a{}"}}"#, at % 3),
        (at, false) => format!(
            r#"{{"startedAt":{at},"status":"completed","durationSeconds":{}}}"#,
            at % 100
        ),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_period_in_any_zone_equals_an_aggregator_of_that_period(
        // Records with one id are equal here, because for two that differ the winner may depend on the period.
        records in prop::collection::vec(prop_oneof![record().prop_map(|r| r.replace("\"id\":\"", "\"x\":\"")), event().prop_map(|e| text(&e))], 0..60),
        zone in prop::sample::select(ZONES.to_vec()),
        period in prop::sample::select(vec!["week", "month", "year"]),
        first in prop::sample::select(vec!["monday", "sunday", "thursday"]),
        offset in -3..3_i32,
        idle in any::<bool>(),
    ) {
        let records = records.join("\n");
        let agents = r#"[{"id":"a1","name":"One"},{"id":"idle","name":"Idle"}]"#;
        let query = format!(
            r#"{{"period":"{period}","tz":"{zone}","now":"2024-07-01T00:00:00Z","offset":{offset},"weekStart":"{first}","includeIdle":{idle},"agents":{agents},"onInvalid":"skip"}}"#
        );
        let (want, _) = counted(&query, &records);
        let mut kept = rollup(r#"{"onInvalid":"skip","agents":[{"id":"a1","name":"Other"},{"id":"a","name":""}]}"#);
        push_text(kept.ledger_mut(), records.as_bytes(), &Default::default()).unwrap();
        let mut got = kept.by_agent(Options::from_json(&query).usage().unwrap()).unwrap();
        got.data.retain(|row| row.agent_id.as_deref() != Some("a") || row.messages + row.calls > 0);
        let want = want.report();
        prop_assert_eq!(got, want);
    }

    #[test]
    fn days_and_months_follow_the_clocks_of_the_zone(
        events in prop::collection::vec(event(), 0..80),
        zone in prop::sample::select(ZONES.to_vec()),
        days in 1..=365_u16,
        months in 1..=24_u16,
    ) {
        let mut kept = rollup("{}");
        push_text(kept.ledger_mut(), events.iter().map(text).collect::<String>().as_bytes(), &Default::default()).unwrap();
        let query = format!(r#"{{"tz":"{zone}","now":"2024-12-20T00:00:00Z","days":{days},"months":{months}}}"#);
        let raw = Options::from_json(&query);
        let tz: Tz = zone.parse().unwrap();
        let date = |at| tz.timestamp_millis_opt(at).unwrap().date_naive();
        let today = date(1_734_652_800_000);

        let daily = kept.daily(&raw.days().unwrap()).unwrap();
        prop_assert_eq!((daily.data.len(), daily.days), (usize::from(days), days));
        for (n, row) in daily.data.iter().rev().enumerate() {
            let day = today - TimeDelta::days(i64::try_from(n).unwrap());
            let count = |kind| events.iter().filter(|(at, is)| *is == kind && date(*at) == day).count() as u64;
            prop_assert_eq!((&row.date, row.messages, row.calls), (&day.to_string(), count(true), count(false)));
        }

        let monthly = kept.monthly(&raw.months().unwrap()).unwrap();
        prop_assert_eq!((monthly.data.len(), monthly.months), (usize::from(months), months));
        for (n, row) in monthly.data.iter().rev().enumerate() {
            let nth = |date: chrono::NaiveDate| date.year() * 12 + date.month0() as i32;
            let month = nth(today) - i32::try_from(n).unwrap();
            let count = |kind| events.iter().filter(|(at, is)| *is == kind && nth(date(*at)) == month).count() as u64;
            let name = format!("{:04}-{:02}", month / 12, month % 12 + 1);
            prop_assert_eq!((&row.month, row.messages, row.calls), (&name, count(true), count(false)));
        }
    }
}

proptest! {
    #[test]
    fn the_latest_quarter_hours_include_the_one_that_holds_now(
        ago in prop::collection::vec((-2_000_000_i64..3_000_000_000, any::<bool>()), 0..60),
        now in prop_oneof![Just(1_718_452_800_000_i64), 1_718_000_000_000..1_719_000_000_000_i64],
    ) {
        let events: Vec<_> = ago.iter().map(|(ago, kind)| (now - ago, *kind)).collect();
        let mut kept = rollup("{}");
        push_text(kept.ledger_mut(), events.iter().map(text).collect::<String>().as_bytes(), &Default::default()).unwrap();
        let quarter = |at: i64| at / 900_000;
        let spans = [i64::MAX, 96, 672, 2880];
        for (sum, span) in kept.latest(now).into_iter().zip(spans) {
            let holds = |at| span == i64::MAX || (0..span).contains(&(quarter(now) - quarter(at)));
            let count = |kind| events.iter().filter(|(at, is)| *is == kind && holds(*at)).count() as u64;
            prop_assert_eq!((sum.messages, sum.calls), (count(true), count(false)), "{}", span);
        }
    }
}

#[test]
fn before_and_after_all_time_the_latest_counts_are_zero() {
    let mut kept = rollup("{}");
    push_text(
        kept.ledger_mut(),
        text(&(1_718_452_800_000, true)).as_bytes(),
        &Default::default(),
    )
    .unwrap();
    for now in [i64::MIN, -86_400_001, i64::MAX] {
        assert_eq!(kept.latest(now)[1..], [Default::default(); 3], "{now}");
    }
}

#[test]
fn phone_numbers_have_rows_and_usage_without_one_comes_last() {
    let mut kept = rollup(r#"{"agents":[{"id":"a","name":"Listed"}]}"#);
    let records = r#"
        {"startedAt":"2024-06-01T00:00:00Z","status":"completed","phoneNumberId":"n2","phoneNumber":"+2","agentId":"a"}
        {"receivedAt":"2024-06-02T00:00:00Z","numberId":"n2","phoneNumber":"+3","agentId":"a"}
        {"event":"agent.message","timestamp":"2024-06-02T00:00:00Z","agentId":"a","data":{"numberId":"n1"}}
        {"event":"agent.message","timestamp":"2024-05-02T00:00:00Z","agentId":"b","data":{"numberId":"n1"}}
        {"receivedAt":"2024-06-02T00:00:00Z","numberId":"n3"}
        {"receivedAt":"2024-06-02T00:00:00Z","agentId":"a"}
        {"receivedAt":"2024-06-02T00:00:00Z","agentId":"a"}"#;
    push_text(kept.ledger_mut(), records.as_bytes(), &Default::default()).unwrap();
    let rows = |query: Option<&str>| {
        let query = query.map(|query| Options::from_json(query).period().unwrap());
        serde_json::to_value(kept.by_number(query.as_ref()).unwrap().data).unwrap()
    };
    let unknown = |id: &str, number: &str, messages: u64, calls: u64| serde_json::json!({"numberId": id, "phoneNumber": number, "country": "", "status": "", "messages": messages, "calls": calls});
    let of_a = |mut row: serde_json::Value| {
        row["agentId"] = "a".into();
        row["agentName"] = "Listed".into();
        row
    };
    let want = serde_json::json!([
        unknown("n1", "", 2, 0),
        of_a(unknown("n2", "+3", 1, 1)),
        unknown("n3", "", 1, 0),
        unknown("", "", 2, 0),
    ]);
    assert_eq!(rows(None), want);
    let june = serde_json::json!([
        of_a(unknown("n2", "+3", 1, 1)),
        of_a(unknown("n1", "", 1, 0)),
        unknown("n3", "", 1, 0),
        unknown("", "", 2, 0),
    ]);
    assert_eq!(rows(Some(r#"{"period":"month","now":"2024-06-15T00:00:00Z"}"#)), june);
}

#[test]
fn bounds_that_are_not_on_quarter_hours_are_out_of_range() {
    let kept = rollup("{}");
    for (zone, bad, good) in [
        ("Africa/Monrovia", "1971-06-15T00:00:00Z", "1972-06-15T00:00:00Z"),
        ("Pacific/Kiritimati", "1979-05-15T00:00:00Z", "1980-05-15T00:00:00Z"),
    ] {
        let query = |now| format!(r#"{{"period":"month","tz":"{zone}","now":"{now}","days":1,"months":1}}"#);
        let raw = Options::from_json(&query(bad));
        let error = kept.by_agent(raw.usage().unwrap()).unwrap_err();
        assert_eq!(error.code, Code::OutOfRange);
        assert!(error.message.contains("quarter hours"), "{}", error.message);
        for code in [
            kept.by_number(Some(&raw.period().unwrap())).unwrap_err().code,
            kept.daily(&raw.days().unwrap()).unwrap_err().code,
            kept.monthly(&raw.months().unwrap()).unwrap_err().code,
        ] {
            assert_eq!(code, Code::OutOfRange);
        }
        let raw = Options::from_json(&query(good));
        kept.by_agent(raw.usage().unwrap()).unwrap();
    }
    let early = Options::from_json(r#"{"days":3,"now":"1970-01-01T00:00:00Z"}"#);
    assert_eq!(kept.daily(&early.days().unwrap()).unwrap_err().code, Code::OutOfRange);
    for bad in [
        r#"{"days":0,"now":"2024-06-15T00:00:00Z"}"#,
        r#"{"days":366,"now":"2024-06-15T00:00:00Z"}"#,
        r#"{"days":1.5,"now":"2024-06-15T00:00:00Z"}"#,
        r#"{"days":"7","now":"2024-06-15T00:00:00Z"}"#,
    ] {
        assert_eq!(Options::from_json(bad).days().unwrap_err().code, Code::InvalidOption);
    }
}

/// The first and the last quarter hour of the supported years, in the zones with the most extreme offsets.
#[test]
fn a_rollup_contains_the_edges_of_the_supported_years() {
    for (zone, year, at) in [
        ("Pacific/Auckland", "1970", "1969-12-31T12:00:00Z"),
        ("Etc/GMT+12", "2099", "2100-01-01T11:59:59.999Z"),
    ] {
        let mut kept = rollup("{}");
        push_text(
            kept.ledger_mut(),
            format!(r#"{{"receivedAt":"{at}"}}"#).as_bytes(),
            &Default::default(),
        )
        .unwrap();
        let query = format!(r#"{{"period":"year","tz":"{zone}","now":"{year}-06-01T00:00:00Z"}}"#);
        let report = kept.by_agent(Options::from_json(&query).usage().unwrap()).unwrap();
        assert_eq!(report.data[0].messages, 1, "{zone}");
    }
    let mut kept = rollup("{}");
    push_text(
        kept.ledger_mut(),
        br#"{"receivedAt":"1969-12-30T23:59:59Z"} {"receivedAt":"2100-01-02T00:00:00Z"}"#,
        &Default::default(),
    )
    .unwrap();
    assert_eq!(kept.ledger().diagnostics().outside_period, 2);
}

#[test]
fn an_id_splits_a_window_where_its_records_are_on_both_sides() {
    let window = Window {
        start: 1_719_792_000_000, // 2024-07-01T00:00Z
        end: 1_722_470_400_000,
    };
    let splits = |records: &str| {
        let mut rollup = rollup("{}");
        push_text(rollup.ledger_mut(), records.as_bytes(), &Default::default()).unwrap();
        rollup.ledger().splits_ids(window)
    };
    let [june, july] = ["2024-06-30T12:00:00Z", "2024-07-01T12:00:00Z"];
    let message = |id: u8, at: &str| format!(r#"{{"id": "{id}", "receivedAt": "{at}"}}"#);
    assert!(!splits(&[message(1, june), message(2, july)].concat()));
    assert!(!splits(&[message(1, july), message(1, july)].concat()));
    assert!(splits(&[message(1, june), message(1, july)].concat()));
}

#[test]
fn what_the_data_of_a_webhook_has_is_not_a_part_of_the_webhook() {
    let mut rollup = rollup("{}");
    for inner in [
        r#""x": 1"#,
        r#""headers": 5"#,
        r#""headers": "a", "body": 7, "messages": 1"#,
    ] {
        // The id of the delivery is in the headers.
        let webhook = format!(
            r#"{{"event": "agent.message", "headers": {{"x-webhook-id": "d"}}, "data": {{"receivedAt": "2024-06-02T00:00:00Z", {inner}}}}}"#
        );
        push_text(rollup.ledger_mut(), webhook.as_bytes(), &Default::default()).unwrap();
    }
    for inner in ["5", "null", "true"] {
        let test = format!(
            r#"{{"event": "agent.message", "timestamp": 1, "conversationState": {{"testMode": true}}, "data": {{"conversationState": {inner}}}}}"#
        );
        push_text(rollup.ledger_mut(), test.as_bytes(), &Default::default()).unwrap();
    }
    let diagnostics = rollup.ledger().diagnostics();
    assert_eq!(
        (diagnostics.counted, diagnostics.duplicates, diagnostics.ignored.tests),
        (1, 2, 3)
    );
}

#[test]
fn an_object_in_the_data_of_a_webhook_is_not_its_data() {
    let webhook = |id: &str, inner: &str| {
        format!(
            r#"{{"event": "agent.message", "data": {{"messageId": "{id}", "receivedAt": "2024-06-02T00:00:00Z", "data": {inner}}}}}"#
        )
    };
    let mut rollup = rollup("{}");
    for inner in [r#"{"messageId": "x", "receivedAt": 7}"#, r#"{"id": "y"}"#, "7", "[{}]"] {
        push_text(rollup.ledger_mut(), webhook("m", inner).as_bytes(), &Default::default()).unwrap();
    }
    let diagnostics = rollup.ledger().diagnostics();
    assert_eq!((diagnostics.counted, diagnostics.duplicates), (1, 3));
}
