use super::*;
use crate::contract::{AgentUsageItem, NumberUsageItem};
use proptest::prelude::*;
use serde_json::{Value, json};

fn valid_report() -> Value {
    json!({
        "data": [
            {"agentId": "a", "agentName": "A", "messages": 152, "calls": 47, "totalSeconds": 7320, "isOrphan": false, "new": 1},
            {"agentId": "b", "agentName": "B", "messages": 1, "calls": 0, "totalSeconds": 0},
            {"agentId": null, "agentName": "Unassigned", "messages": 25, "calls": 5, "totalSeconds": 600, "isOrphan": true},
        ],
        "period": "month", "periodStart": "2024-06-01T00:00:00Z", "periodEnd": "2024-06-30T23:59:59Z", "more": {},
    })
}

/// Checks a value, by its text.
fn by_value(body: &Value, expect: &Expect) -> Result<Valid, Vec<Problem>> {
    check(Endpoint::ByAgent, body.to_string().as_bytes(), expect)
}

fn new_york() -> Expect {
    Expect {
        period: Some(Period::Month),
        zone: Some(Zone::named("America/New_York").unwrap()),
        ..Expect::default()
    }
}

#[test]
fn a_valid_report_passes_with_the_convention_of_its_bounds() {
    let valid = by_value(&valid_report(), &new_york()).unwrap();
    assert_eq!(valid.convention.unwrap().bounds_as, BoundsFormat::WallClock);
    assert_eq!(valid.warnings, []);
}

#[test]
fn a_broken_rule_is_reported_at_its_field() {
    for (pointer, value, path, code) in [
        ("/data", json!({}), "/data", "type"),
        ("/data/0", json!(7), "/data/0", "type"),
        ("/data/0/agentId", json!(7), "/data/0/agentId", "type"),
        ("/data/0/agentName", json!(null), "/data/0/agentName", "type"),
        ("/data/0/messages", json!(-1), "/data/0/messages", "range"),
        ("/data/0/messages", json!(1.5), "/data/0/messages", "range"),
        ("/data/0/calls", json!("47"), "/data/0/calls", "type"),
        (
            "/data/0/totalSeconds",
            json!(9_007_199_254_740_992_u64),
            "/data/0/totalSeconds",
            "range",
        ),
        ("/data/0/isOrphan", json!("no"), "/data/0/isOrphan", "type"),
        ("/data/0/isOrphan", json!(true), "/data/0/isOrphan", "orphan_mismatch"),
        ("/data/2/isOrphan", json!(false), "/data/2/isOrphan", "orphan_mismatch"),
        ("/data/0/agentId", json!("b"), "/data/1/agentId", "duplicate_id"),
        ("/period", json!("decade"), "/period", "period"),
        ("/period", json!("week"), "/period", "unexpected_period"),
        ("/periodStart", json!("2024-06-01"), "/periodStart", "timestamp"),
        (
            "/periodEnd",
            json!("2024-05-30T23:59:59Z"),
            "/periodEnd",
            "bounds_order",
        ),
        ("/periodEnd", json!("2024-06-30T23:59:58Z"), "/periodStart", "bounds"),
        ("/periodStart", json!(null), "/periodStart", "type"),
    ] {
        let mut body = valid_report();
        *body.pointer_mut(pointer).unwrap() = value;
        let problems = by_value(&body, &new_york()).unwrap_err();
        assert!(
            problems
                .iter()
                .any(|p| (p.path.as_str(), p.code.as_str()) == (path, code)),
            "{pointer}: {problems:?}"
        );
    }
}

#[test]
fn every_problem_is_reported_and_seconds_without_calls_are_a_warning() {
    let mut body = valid_report();
    body["data"][0]["messages"] = json!(-1);
    body["data"][1]["totalSeconds"] = json!(5);
    body["data"][1]["agentId"] = json!(null);
    body["data"][1]["isOrphan"] = json!(true);
    body.as_object_mut().unwrap().remove("period");
    let problems = by_value(&body, &new_york()).unwrap_err();
    let codes: Vec<_> = problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["range", "second_orphan", "missing", "seconds_without_calls"]);
    let are_warnings = problems.iter().map(|p| p.severity == Severity::Warning);
    assert!(are_warnings.eq([false, false, false, true]));
    let mut body = valid_report();
    body["data"][1]["totalSeconds"] = json!(5);
    assert_eq!(
        by_value(&body, &new_york()).unwrap().warnings[0].code,
        "seconds_without_calls"
    );
}

#[test]
fn text_that_is_not_json_is_one_problem() {
    for text in [&b"<html>"[..], b"", b"{\"data\": [", b"\xff", &[b'['; 10_000]] {
        let problems = check(Endpoint::ByAgent, text, &Expect::default()).unwrap_err();
        assert_eq!((problems.len(), problems[0].code.as_str()), (1, "invalid_json"));
    }
    let problems = check(Endpoint::ByAgent, b"{\n\"data\": [1,\n2 3]}", &Expect::default()).unwrap_err();
    assert_eq!((problems[0].line, problems[0].byte_offset), (Some(3), Some(16)));
    assert_eq!(
        check(Endpoint::ByAgent, b"[]", &Expect::default()).unwrap_err()[0].path,
        ""
    );
}

#[test]
fn the_period_contains_the_requested_moment() {
    let expect = Expect {
        now: Some(1_719_900_000_000),
        ..new_york()
    };
    assert_eq!(by_value(&valid_report(), &expect).unwrap_err()[0].code, "not_current");
    let inside = Expect {
        now: Some(1_718_000_000_000),
        ..new_york()
    };
    assert!(by_value(&valid_report(), &inside).is_ok());
}

fn problems_of(endpoint: Endpoint, body: &Value, expect: &Expect) -> Vec<(String, String)> {
    let (Ok(Valid { warnings: problems, .. }) | Err(problems)) = check(endpoint, body.to_string().as_bytes(), expect);
    problems.into_iter().map(|p| (p.path, p.code)).collect()
}

fn pairs(want: &[(&str, &str)]) -> Vec<(String, String)> {
    want.iter()
        .map(|(path, code)| ((*path).into(), (*code).into()))
        .collect()
}

/// A series with one row for each of these days of June 2024.
fn days(numbers: &[u32]) -> Value {
    let row = |n: &u32| json!({"date": format!("2024-06-{n:02}"), "messages": 1, "calls": 2, "webhooks": 3});
    json!({"data": numbers.iter().map(row).collect::<Vec<_>>(), "days": numbers.len()})
}

fn problems_of_days(numbers: &[u32]) -> Vec<(String, String)> {
    problems_of(Endpoint::Daily, &days(numbers), &Expect::default())
}

#[test]
fn a_series_is_in_order() {
    assert_eq!(problems_of_days(&[1, 2, 3]), []);
    assert_eq!(problems_of_days(&[1, 3, 2, 4]), pairs(&[("/data/2/date", "order")]));
}

#[test]
fn a_series_with_the_newest_row_first_gets_a_warning() {
    let warning = ("/data", "newest_first");
    assert_eq!(problems_of_days(&[3, 2, 1]), pairs(&[warning]));
    assert_eq!(
        problems_of_days(&[4, 2, 3, 1]),
        pairs(&[("/data/2/date", "order"), warning])
    );
}

#[test]
fn a_series_has_each_day_and_month_once() {
    assert_eq!(problems_of_days(&[1, 2, 4]), pairs(&[("/data/2/date", "missing_rows")]));
    assert_eq!(
        problems_of_days(&[1, 2, 2, 3]),
        pairs(&[("/data/2/date", "duplicate_row")])
    );
    let row = |month: &str| json!({"month": month, "messages": 1, "calls": 2, "webhooks": 3});
    let months = json!({"data": [row("2023-12"), row("2024-01"), row("2024-03")], "months": 3});
    assert_eq!(
        problems_of(Endpoint::Monthly, &months, &Expect::default()),
        pairs(&[("/data/2/month", "missing_rows")])
    );
}

#[test]
fn a_series_has_as_many_rows_as_it_states() {
    assert_eq!(problems_of_days(&[]), pairs(&[("/days", "range")]));
    let mut body = days(&[1, 2]);
    body["days"] = json!(3);
    body["data"][1]["date"] = json!("2024-06-31");
    assert_eq!(
        problems_of(Endpoint::Daily, &body, &Expect::default()),
        pairs(&[("/data/1/date", "date"), ("/days", "row_count")])
    );
    // What is not an object is a row too.
    let mut body = days(&[1, 2, 3]);
    body["data"][2] = json!(7);
    assert_eq!(
        problems_of(Endpoint::Daily, &body, &Expect::default()),
        pairs(&[("/data/2", "type")])
    );
}

#[test]
fn a_series_has_the_requested_length_and_ends_at_the_requested_moment() {
    let expect = Expect {
        days: Some(4),
        now: Some(1_719_900_000_000),
        ..Expect::default()
    };
    assert_eq!(
        problems_of(Endpoint::Daily, &days(&[1, 2, 3]), &expect),
        pairs(&[("/days", "unexpected_count"), ("/data/2/date", "not_current")])
    );
}

#[test]
fn the_rules_about_an_account_are_judged() {
    let mut body = json!({
        "plan": {"name": "Pro", "limits": {"numbers": 5, "messagesPerMonth": 5, "voiceMinutesPerMonth": 5,
            "maxCallDurationMinutes": 5, "concurrentCalls": 5}},
        "numbers": {"used": 2, "limit": 5, "remaining": 3},
        "stats": {"totalMessages": 9, "messagesLast24h": 1, "messagesLast7d": 2, "messagesLast30d": 3, "totalCalls": 9,
            "callsLast24h": 1, "callsLast7d": 2, "callsLast30d": 3, "totalWebhookDeliveries": 3,
            "successfulWebhookDeliveries": 2, "failedWebhookDeliveries": 1, "smsSegmentsLast30d": null},
        "periodStart": "2024-06-01T00:00:00Z", "periodEnd": "2024-06-30T23:59:59.999+00:00", "reportGeneratedAt": null,
    });
    let of = |body: &Value| problems_of(Endpoint::Usage, body, &Expect::default());
    assert_eq!(of(&body), []);
    body["periodEnd"] = body["periodStart"].clone();
    assert_eq!(of(&body), []);
    body["stats"]["messagesLast24h"] = json!(3);
    body["stats"]["totalCalls"] = json!(2);
    body["stats"]["failedWebhookDeliveries"] = json!(2);
    body["numbers"]["remaining"] = json!(4);
    body["plan"]["limits"]["numbers"] = json!("5");
    body["periodEnd"] = json!("2024-05-30T23:59:59Z");
    let want = [
        ("/plan/limits/numbers", "type"),
        ("/stats/messagesLast24h", "count_order"),
        ("/stats/callsLast30d", "count_order"),
        ("/stats/totalWebhookDeliveries", "deliveries"),
        ("/periodEnd", "bounds_order"),
        ("/numbers/remaining", "remainder"),
    ];
    assert_eq!(of(&body), pairs(&want));
    let old = json!({"plan": {"name": "Pro"}, "numbers": {"used": 0, "limit": 1, "remaining": 1}, "stats": 5});
    let want = [
        ("/stats", "type"),
        ("/plan/limits", "missing"),
        ("/periodStart", "missing"),
        ("/periodEnd", "missing"),
    ];
    assert_eq!(of(&old), pairs(&want));
    let mut new = json!({"numbers": {"used": 0, "limit": 1, "remaining": 1}, "stats": 5, "periodStart": "2024-06-01T00:00:00Z",
        "periodEnd": "2024-06-30T23:59:59Z"});
    assert_eq!(of(&new), pairs(&[("/stats", "type"), ("/plan", "missing")]));
    new["plan"] = json!(null);
    assert_eq!(of(&new), pairs(&[("/plan", "type"), ("/stats", "type")]));
}

/// A by-agent report of one row with these fields, and then of a row whose id is `a`.
fn with_first_row(row: &str) -> String {
    let second = r#"{"agentId":"a","agentName":"B","messages":1,"calls":2,"totalSeconds":3}"#;
    format!(r#"{{"data":[{row},{second}],{BOUNDS}}}"#)
}

const BOUNDS: &str = r#""period":"month","periodStart":"2024-06-01T00:00:00Z","periodEnd":"2024-06-30T23:59:59Z""#;

#[test]
fn the_spelling_of_json_does_not_matter() {
    // The one problem of each text is the second row's id, so both rows have been read.
    let one = pairs(&[("/data/1/agentId", "duplicate_id")]);
    for (what, row) in [
        (
            "the usual spelling",
            r#"{"agentId":"a","agentName":"A","messages":1,"calls":2,"totalSeconds":3}"#,
        ),
        (
            "white space",
            "{ \"agentId\" :\t\"a\" ,\n\"agentName\" : \"A\",\r\"messages\" :1, \"calls\": 2 ,\"totalSeconds\":3 }",
        ),
        (
            "an escaped key",
            r#"{"agent\u0049d":"a","agentName":"A","messages":1,"calls":2,"totalSeconds":3}"#,
        ),
        (
            "an escaped value",
            r#"{"agentId":"\u0061","agentName":"A","messages":1,"calls":2,"totalSeconds":3}"#,
        ),
        (
            "text beyond ASCII",
            r#"{"agentId":"a","agentName":"é","messages":1,"calls":2,"totalSeconds":3}"#,
        ),
        (
            "numbers with fractions and exponents",
            r#"{"agentId":"a","agentName":"A","messages":1.0,"calls":2e0,"totalSeconds":0.3e1}"#,
        ),
        (
            "another order",
            r#"{"totalSeconds":3,"calls":2,"messages":1,"agentName":"A","agentId":"a"}"#,
        ),
        (
            "an unknown field",
            r#"{"more":[{"x":[]}],"agentId":"a","agentName":"A","messages":1,"calls":2,"totalSeconds":3}"#,
        ),
        (
            "a key that comes twice",
            r#"{"agentId":7,"agentName":"A","messages":1,"calls":2,"totalSeconds":3,"agentId":"a"}"#,
        ),
    ] {
        let text = with_first_row(row);
        let (Ok(Valid { warnings: found, .. }) | Err(found)) =
            check(Endpoint::ByAgent, text.as_bytes(), &Expect::default());
        let found: Vec<_> = found.into_iter().map(|p| (p.path, p.code)).collect();
        assert_eq!(found, one, "{what}");
    }
}

#[test]
fn a_byte_order_mark_and_white_space_may_surround_a_response() {
    let text = format!("\u{feff} {{\"data\":[],{BOUNDS}}} \n");
    assert!(check(Endpoint::ByAgent, text.as_bytes(), &Expect::default()).is_ok());
}

#[test]
fn an_array_of_rows_that_comes_again_replaces_the_first() {
    let text = format!(r#"{{"data":[{{}},7],"data":[],{BOUNDS}}}"#);
    assert!(check(Endpoint::ByAgent, text.as_bytes(), &Expect::default()).is_ok());
    let text = format!(r#"{{"data":[{{}},7],"data":"none",{BOUNDS}}}"#);
    let problems = check(Endpoint::ByAgent, text.as_bytes(), &Expect::default()).unwrap_err();
    let places: Vec<_> = problems.iter().map(|p| (p.path.as_str(), p.code.as_str())).collect();
    assert_eq!(places, [("/data", "type")]);
}

#[test]
fn problems_beyond_the_limit_are_counted_but_not_listed() {
    let text = format!("{{\"data\":[{}1]}}", "1,".repeat(MAX_LISTED_PROBLEMS));
    let problems = check(Endpoint::ByNumber, text.as_bytes(), &Expect::default()).unwrap_err();
    assert_eq!(problems.len(), MAX_LISTED_PROBLEMS + 1);
    assert_eq!(problems[MAX_LISTED_PROBLEMS].message, "not listed: 1 more");
    assert_eq!(problems[MAX_LISTED_PROBLEMS].severity, Severity::Error);
    let mut body = valid_report();
    let row =
        |n: usize| json!({"agentId": n.to_string(), "agentName": "", "messages": 0, "calls": 0, "totalSeconds": 1});
    body["data"] = (0..=MAX_LISTED_PROBLEMS).map(row).collect();
    let warnings = by_value(&body, &Expect::default()).unwrap().warnings;
    let last = &warnings[MAX_LISTED_PROBLEMS];
    assert_eq!((last.code.as_str(), last.severity), ("more", Severity::Warning));
}

#[test]
fn the_period_is_the_requested_period() {
    let june = |expect: Expect| problems_of(Endpoint::ByAgent, &valid_report(), &expect);
    let july = Some(1_719_900_000_000);
    let back = |offset| Expect {
        now: july,
        offset,
        ..new_york()
    };
    assert_eq!(june(back(0)), pairs(&[("/periodStart", "not_current")]));
    assert_eq!(june(back(-1)), []);
    let written = |bounds_as| Expect {
        bounds_as: Some(bounds_as),
        ..new_york()
    };
    assert_eq!(june(written(BoundsFormat::WallClock)), []);
    assert_eq!(
        june(written(BoundsFormat::Instant)),
        pairs(&[("/periodStart", "bounds")])
    );
}

/// Values, each of which is wrong for some field. Most are right for another field.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[ -~é€]{0,40}".prop_map(Value::from),
        (0..100_000_000_u64).prop_map(Value::from),
        prop::sample::select(vec![
            json!(null),
            json!(true),
            json!(false),
            json!(-1),
            json!(0.5),
            json!(9_999_999),
            json!(1e30),
            json!([]),
            json!({"agentId": []}),
            json!("2024-02-29"),
            json!("2024-02"),
            json!("2024-06-01T00:00:00Z"),
        ]),
    ]
}

type Entries = Vec<(&'static str, Value)>;

/// A row with fields of every endpoint, in any order, some of them twice; or a row of the by-agent report with more fields
/// after it.
fn row() -> impl Strategy<Value = Entries> {
    let fields = AgentUsageItem::SHAPE.fields.iter().chain(NumberUsageItem::SHAPE.fields);
    let names: Vec<_> = fields
        .map(|field| field.name)
        .chain(["date", "month", "webhooks", "new"])
        .collect();
    let some = |most: usize| prop::collection::vec((prop::sample::select(names.clone()), value()), 0..most);
    let expected = (value(), 0..9_999_999_u64, 0..2000_u64, any::<bool>(), some(3));
    let expected = expected.prop_map(|(id, messages, calls, orphan, more)| {
        let fields = [
            ("agentId", id),
            ("agentName", json!("A")),
            ("messages", json!(messages)),
            ("calls", json!(calls)),
            ("totalSeconds", json!(calls)),
            ("isOrphan", json!(orphan)),
        ];
        fields.into_iter().chain(more).collect()
    });
    prop_oneof![some(9), expected]
}

fn rows() -> impl Strategy<Value = Vec<Entries>> {
    prop::collection::vec(row(), 0..6)
}

/// A response with these rows and with `others` of the other fields. `space` follows each comma and colon between values.
fn response(rows: &[Entries], others: usize, space: &str) -> String {
    let entry = |(key, value): &(&str, Value)| format!("\"{key}\":{space}{value}");
    let list = |parts: Vec<String>| parts.join(&format!(",{space}"));
    let rows = rows
        .iter()
        .map(|row| format!("{{{}}}", list(row.iter().map(entry).collect())));
    let bounds = [
        ("period", json!("month")),
        ("periodStart", json!("2024-06-01T00:00:00Z")),
        ("periodEnd", json!("2024-06-30T23:59:59Z")),
        ("days", json!(3)),
    ];
    let rows = format!("\"data\":{space}[{}]", list(rows.collect()));
    format!(
        "{{{}}}",
        list(
            [rows]
                .into_iter()
                .chain(bounds.iter().take(others).map(entry))
                .collect()
        )
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_fast_path_and_the_slow_path_report_the_same_problems(rows in rows(), others in 0..5_usize) {
        let text = response(&rows, others, "");
        let once: Value = serde_json::from_str(&text).unwrap(); // where a key comes twice, it keeps the last value
        for (_, endpoint) in Endpoint::ALL {
            let problems = |text: &str| match check(endpoint, text.as_bytes(), &Expect::default()) {
                Ok(Valid { warnings: problems, .. }) | Err(problems) => problems,
            };
            prop_assert_eq!(problems(&text), problems(&response(&rows, others, " ")), "{}", &text);
            prop_assert_eq!(problems(&text), problems(&once.to_string()), "{}", &text);
        }
    }

    #[test]
    fn damaged_text_is_rejected_where_serde_json_rejects_it(rows in rows(), at in any::<prop::sample::Index>(), byte in prop_oneof![
        any::<u8>(), prop::sample::select(b"{}[]:,\" \\0e.-tn".to_vec())
    ]) {
        let mut text = response(&rows, 4, "").into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        let is_rejected = match check(Endpoint::ByAgent, &text, &Expect::default()) {
            Ok(_) => false,
            Err(problems) => problems[0].code == "invalid_json",
        };
        // A `Value` would reject numbers that are too large for a double. JSON does not limit numbers.
        let wanted = !std::str::from_utf8(&text).is_ok_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
        prop_assert_eq!(is_rejected, wanted, "{}", String::from_utf8_lossy(&text));
    }
}
