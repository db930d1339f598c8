//! Breakdowns equal a naive count, which asks chrono-tz for the local time of each record.

use crate::state::rollup;
use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeZone, Timelike};
use chrono_tz::Tz;
use proptest::prelude::*;
use std::collections::BTreeMap;
use usage_by_agent::counting::breakdown::{MAX_CHANNELS, MAX_VALUES};
use usage_by_agent::counting::text_feed::push_text;
use usage_by_agent::{Breakdown, Code, Options, Rollup, Tally};

const ZONES: [&str; 9] = [
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Antarctica/Casey", // clocks went back three hours, across midnight
];

/// A record: its time, and numbers that choose its agent, number, channel, direction and kind.
#[derive(Clone, Debug)]
struct Record {
    at: i64,
    agent: u8,
    number: u8,
    channel: u8,
    direction: u8,
    is_call: bool,
}

fn record() -> impl Strategy<Value = Record> {
    let at = prop_oneof![
        1_267_300_000_000_i64..1_268_100_000_000, // March 2010: Casey
        1_325_000_000_000_i64..1_325_600_000_000, // the end of 2011: Apia
        1_710_000_000_000_i64..1_716_000_000_000, // spring 2024
        1_728_000_000_000_i64..1_731_000_000_000, // autumn 2024
    ];
    (at, 0..4_u8, 0..3_u8, 0..3_u8, 0..4_u8, any::<bool>()).prop_map(
        |(at, agent, number, channel, direction, is_call)| Record {
            at,
            agent,
            number,
            channel,
            direction,
            is_call,
        },
    )
}

const DIRECTIONS: [&str; 4] = ["", "inbound", "outbound", "web"];
const CHANNELS: [&str; 3] = ["", "sms", "pstn"];

impl Record {
    fn id(letter: &str, number: u8) -> String {
        if number == 0 {
            String::new()
        } else {
            format!("{letter}{number}")
        }
    }

    fn text(&self) -> String {
        let agent = Record::id("a", self.agent);
        let number = Record::id("n", self.number);
        let (channel, direction) = (
            CHANNELS[usize::from(self.channel)],
            DIRECTIONS[usize::from(self.direction)],
        );
        let at = self.at;
        let (time, kind) = if self.is_call {
            (
                format!(
                    r#""startedAt":{at},"status":"completed","durationSeconds":{}"#,
                    at % 100
                ),
                "type",
            )
        } else {
            (format!(r#""receivedAt":{at}"#), "channel")
        };
        format!(
            r#"{{"agentId":"{agent}","phoneNumberId":"{number}","{kind}":"{channel}","direction":"{direction}",{time}}}"#
        )
    }

    fn usage(&self) -> [u64; 3] {
        if self.is_call {
            [0, 1, (self.at % 100) as u64]
        } else {
            [1, 0, 0]
        }
    }
}

/// The date of a moment: that of the day which has begun.
fn date_of(tz: Tz, at: i64) -> NaiveDate {
    let date = tz.timestamp_millis_opt(at).unwrap().date_naive();
    let has_begun = |date: NaiveDate| first_instant(tz, date) <= at;
    if has_begun(date.succ_opt().unwrap()) {
        date.succ_opt().unwrap()
    } else {
        date
    }
}

/// The first instant of a date, found by looking at every quarter hour around it.
fn first_instant(tz: Tz, date: NaiveDate) -> i64 {
    let midnight = date.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_millis();
    let shows = |at: i64| tz.timestamp_millis_opt(at).unwrap().date_naive() >= date;
    (-104..=104)
        .map(|n| midnight + n * 900_000)
        .find(|at| shows(*at))
        .unwrap()
}

/// The text of the step that holds a moment, in a window that begins at `start`.
fn step_of(tz: Tz, step: &str, at: i64, start: i64) -> String {
    let date = date_of(tz, at);
    let first = date_of(tz, start);
    let cut = |begin: NaiveDate| begin.max(first).to_string();
    match step {
        "day" => date.to_string(),
        "week" => cut(date - chrono::Days::new(date.weekday().num_days_from_sunday().into())),
        "month" => cut(date.with_day(1).unwrap()),
        _ => {
            // Back to the last whole hour or change of the offset, but not to before the window.
            let local = |at: i64| tz.timestamp_millis_opt(at).unwrap();
            let begins = |at: i64| {
                at == start || local(at).minute() == 0 || local(at).offset().fix() != local(at - 900_000).offset().fix()
            };
            let quarter = at.div_euclid(900_000) * 900_000;
            let begin = (0..5).map(|n| quarter - n * 900_000).find(|at| begins(*at)).unwrap();
            local(begin).format("%Y-%m-%dT%H:%M%:z").to_string()
        }
    }
}

fn counted(records: &[Record]) -> Rollup {
    let mut kept = rollup("{}");
    let text: Vec<_> = records.iter().map(Record::text).collect();
    push_text(kept.ledger_mut(), text.join("\n").as_bytes(), &Default::default()).unwrap();
    kept
}

fn add(sum: &mut [u64; 3], more: [u64; 3]) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

const fn usage(tally: &Tally) -> [u64; 3] {
    [tally.messages, tally.calls, tally.total_seconds]
}

/// The text of where a step begins, as the package writes it.
fn start_text(found: &Breakdown<'_>, at: usize, is_hour: bool) -> String {
    let step = &found.steps[at];
    let shown = DateTime::from_timestamp_millis(found.shown(step)).unwrap();
    if !is_hour {
        return shown.date_naive().to_string();
    }
    let offset = (found.shown(step) - step.window.start) / 60_000;
    let sign = if offset < 0 { '-' } else { '+' };
    format!(
        "{}{sign}{:02}:{:02}",
        shown.format("%Y-%m-%dT%H:%M"),
        offset.abs() / 60,
        offset.abs() % 60
    )
}

/// The values of a row in all dimensions; empty where the row does not have the dimension.
type Key = [String; 6];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_breakdown_equals_a_naive_count(
        records in prop::collection::vec(record(), 1..60),
        zone in prop::sample::select(ZONES.to_vec()),
        by in prop::sample::subsequence(vec!["agent", "number", "channel", "direction", "weekday", "hour"], 0..=6).prop_shuffle(),
        step in prop::sample::select(vec!["hour", "day", "week", "month"]),
        first in 0..60_usize,
        quarters in 1..3000_i64,
        is_span in any::<bool>(),
    ) {
        let kept = counted(&records);
        let tz: Tz = zone.parse().unwrap();
        let start = records[first % records.len()].at.div_euclid(900_000) * 900_000;
        let given = (start, start + quarters * 900_000);
        let span = kept.span().unwrap();
        let (start, end) = if is_span { (span.start, span.end) } else { given };
        // A year of hours would take the naive count long.
        prop_assume!(step != "hour" || end - start < 40_000 * 900_000);
        let window = if is_span { String::new() } else { format!(r#","from":{start},"to":{end}"#) };
        let query = format!(r#"{{"by":{by:?},"step":"{step}","tz":"{zone}","weekStart":"sunday","now":"2024-06-15T00:00:00Z"{window}}}"#);
        let mut query = Options::from_json(&query).breakdown().unwrap();
        let found = match kept.breakdown(&mut query) {
            Ok(found) => found,
            Err(error) => {
                // Clocks change inside a quarter hour, so an hour begins there.
                prop_assert_eq!(error.code, Code::OutOfRange);
                prop_assert!(step == "hour" || by.contains(&"hour"));
                let offset = |at| tz.timestamp_millis_opt(at).unwrap().offset().fix();
                let changes_inside = |at: i64| offset(at) != offset(at + 899_999);
                prop_assert!((start..end).step_by(900_000).any(changes_inside), "{}", error.message);
                return Ok(());
            }
        };

        let mut want: BTreeMap<Key, BTreeMap<String, [u64; 3]>> = BTreeMap::new();
        let mut totals = [0; 3];
        for record in records.iter().filter(|record| (start..end).contains(&record.at)) {
            let has = |name| by.contains(&name);
            let value = |name, value: String| if has(name) { value } else { String::new() };
            let key = [
                value("agent", Record::id("a", record.agent)),
                value("number", Record::id("n", record.number)),
                value("channel", CHANNELS[usize::from(record.channel)].into()),
                value("direction", DIRECTIONS[usize::from(record.direction)].into()),
                value("weekday", date_of(tz, record.at).weekday().num_days_from_monday().to_string()),
                value("hour", tz.timestamp_millis_opt(record.at).unwrap().hour().to_string()),
            ];
            let steps = want.entry(key).or_default();
            add(steps.entry(step_of(tz, step, record.at, start)).or_default(), record.usage());
            add(&mut totals, record.usage());
        }
        if by.is_empty() {
            want.entry(Key::default()).or_default();
        }
        prop_assert_eq!(usage(&found.totals), totals);
        prop_assert_eq!((found.window.start, found.window.end), (start, end));

        let count = found.steps.len();
        prop_assert_eq!((found.steps[0].window.start, found.steps[count - 1].window.end), (start, end));
        prop_assert!(found.steps.windows(2).all(|two| two[0].window.end == two[1].window.start));
        prop_assert_eq!(found.series.len(), found.rows.len() * count * 3);
        let mut got: BTreeMap<Key, BTreeMap<String, [u64; 3]>> = BTreeMap::new();
        for (row, series) in found.rows.iter().zip(found.series.chunks(count * 3)) {
            let key = [
                row.agent_id.unwrap_or_default().to_owned(),
                row.number_id.unwrap_or_default().to_owned(),
                row.channel.unwrap_or_default().to_owned(),
                row.direction.map_or("", |direction| DIRECTIONS[direction as usize]).to_owned(),
                row.weekday.map_or(String::new(), |day| day.to_string()),
                row.hour.map_or(String::new(), |hour| hour.to_string()),
            ];
            let mut sum = [0; 3];
            let mut steps = BTreeMap::new();
            for at in 0..count {
                let values = [0, 1, 2].map(|measure| series[measure * count + at] as u64);
                if values != [0; 3] {
                    steps.insert(start_text(&found, at, step == "hour"), values);
                }
                add(&mut sum, values);
            }
            prop_assert_eq!(usage(&row.tally), sum);
            prop_assert!(got.insert(key, steps).is_none(), "two rows with equal values");
        }
        prop_assert_eq!(got, want);
    }

    #[test]
    fn a_breakdown_agrees_with_the_five_answers(
        records in prop::collection::vec(record(), 0..60),
        zone in prop::sample::select(ZONES.to_vec()),
        period in prop::sample::select(vec!["week", "month", "year"]),
        now in prop::sample::select(vec!["2012-01-02T00:00:00Z", "2011-12-31T12:00:00Z", "2024-03-31T12:00:00Z", "2024-10-27T12:00:00Z"]),
        days in 1..365_u16,
    ) {
        let kept = counted(&records);
        let base = format!(r#""tz":"{zone}","now":"{now}","days":{days},"months":{}"#, days % 24 + 1);
        let of_period = Options::from_json(&format!(r#"{{"period":"{period}",{base},"includeIdle":true,"agents":[{{"id":"idle","name":"I"}}]}}"#));
        let report = kept.by_agent(of_period.usage().unwrap()).unwrap();
        let ask = |more: &str| {
            let mut query = Options::from_json(&format!("{{{base},{more}}}")).breakdown().unwrap();
            let found = kept.breakdown(&mut query).unwrap();
            let rows: Vec<_> = found.rows.iter().map(|row| (row.agent_id.or(row.number_id).map(str::to_owned), row.agent_name.to_owned(), usage(&row.tally))).collect();
            (rows, found.series)
        };
        let (rows, _) = ask(&format!(r#""period":"{period}","by":["agent"],"includeIdle":true,"agents":[{{"id":"idle","name":"I"}}]"#));
        let of_report: Vec<_> = report.data.iter().map(|row| (row.agent_id.clone().or(Some(String::new())), row.agent_name.clone(), [row.messages, row.calls, row.total_seconds])).collect();
        prop_assert_eq!(rows, of_report);

        let (rows, _) = ask(&format!(r#""period":"{period}","by":["number"]"#));
        let numbers: Vec<_> = kept.by_number(Some(&of_period.period().unwrap())).unwrap().data.into_iter().map(|row| (row.number_id, row.messages, row.calls)).collect();
        let rows: Vec<_> = rows.into_iter().map(|(id, _, [messages, calls, _])| (id.unwrap(), messages, calls)).collect();
        // Rows with equal messages and calls are ordered by seconds, which the other answer does not have.
        prop_assert_eq!(rows.iter().collect::<std::collections::BTreeSet<_>>(), numbers.iter().collect());

        let daily = kept.daily(&of_period.days().unwrap()).unwrap();
        let monthly = kept.monthly(&of_period.months().unwrap()).unwrap();
        let daily: Vec<_> = daily.data.into_iter().map(|row| (row.date, row.messages, row.calls)).collect();
        let monthly: Vec<_> = monthly.data.into_iter().map(|row| (row.month, row.messages, row.calls)).collect();
        for (step, want) in [("day", daily), ("month", monthly)] {
            let first = format!("{}-01", want[0].0)[..10].to_owned();
            let last: NaiveDate = format!("{}-01", want.last().unwrap().0)[..10].parse().unwrap();
            let end = if step == "day" { last.succ_opt().unwrap() } else { last + chrono::Months::new(1) };
            let mut query = Options::from_json(&format!(r#"{{"step":"{step}","tz":"{zone}","from":"{first}","to":"{end}"}}"#)).breakdown().unwrap();
            let found = kept.breakdown(&mut query).unwrap();
            let count = found.steps.len();
            let got: Vec<_> = (0..count).map(|at| (start_text(&found, at, false)[..want[0].0.len()].to_owned(), found.series[at] as u64, found.series[count + at] as u64)).collect();
            prop_assert_eq!(got, want);
        }

        let now = of_period.now().unwrap();
        let end = now.div_euclid(900_000) * 900_000 + 900_000;
        for (sum, quarters) in kept.latest(now).into_iter().skip(1).zip([96, 672, 2880]) {
            let start = end - quarters * 900_000;
            let mut query = Options::from_json(&format!(r#"{{"from":{start},"to":{end}}}"#)).breakdown().unwrap();
            prop_assert_eq!(usage(&kept.breakdown(&mut query).unwrap().totals), usage(&sum));
        }
        let mut all = Options::from_json(&format!("{{{base}}}")).breakdown().unwrap();
        prop_assert_eq!(usage(&kept.breakdown(&mut all).unwrap().totals), usage(&kept.ledger().diagnostics().totals));
    }

    #[test]
    fn merged_parts_give_the_breakdown_of_one_rollup(
        records in prop::collection::vec((record(), 0..4_usize), 0..40),
        by in prop::sample::subsequence(vec!["agent", "number", "channel", "direction", "weekday", "hour"], 0..=6),
    ) {
        let all: Vec<_> = records.iter().map(|(record, _)| record.clone()).collect();
        let mut merged = rollup("{}");
        for part in (0..4).rev() {
            let part: Vec<_> = records.iter().filter(|(_, of)| *of == part).map(|(record, _)| record.clone()).collect();
            merged.ledger_mut().merge(&counted(&part).ledger().snapshot()).unwrap();
        }
        let whole = counted(&all);
        prop_assert_eq!(merged.span(), whole.span());
        let query = format!(r#"{{"by":{by:?},"step":"day","tz":"America/St_Johns","from":"2024-03-01","to":"2024-12-01"}}"#);
        let [mut ours, mut theirs] = [0, 1].map(|_| Options::from_json(&query).breakdown().unwrap());
        let (ours, theirs) = (whole.breakdown(&mut ours).unwrap(), merged.breakdown(&mut theirs).unwrap());
        prop_assert_eq!((ours.rows, ours.totals, ours.series), (theirs.rows, theirs.totals, theirs.series));
    }

    #[test]
    fn the_most_used_channels_keep_their_names(counts in prop::collection::vec(1..4_u8, 60..90), has_other in any::<bool>()) {
        let mut channels: Vec<_> = counts.iter().enumerate().map(|(n, count)| (format!("c{n:02}"), u64::from(*count))).collect();
        if has_other {
            channels.push(("other".into(), 2));
        }
        let lines = |(name, count): &(String, u64)| format!(r#"{{"channel":"{name}","receivedAt":"2024-06-01T00:00:00Z"}}"#).repeat(*count as usize);
        let text: String = channels.iter().rev().map(lines).collect();
        let mut kept = rollup("{}");
        push_text(kept.ledger_mut(), text.as_bytes(), &Default::default()).unwrap();
        push_text(kept.ledger_mut(), br#"{"receivedAt":"2024-06-01T00:00:00Z"}"#, &Default::default()).unwrap();
        let mut query = Options::from_json(r#"{"by":["channel"],"from":"2024-06-01","to":"2024-06-02"}"#).breakdown().unwrap();
        let found = kept.breakdown(&mut query).unwrap();
        let got: BTreeMap<_, _> = found.rows.iter().map(|row| (row.channel.unwrap().to_owned(), row.tally.messages)).collect();
        prop_assert_eq!(got.len(), found.rows.len());

        let mut want = BTreeMap::from([(String::new(), 1)]);
        channels.sort_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
        for (at, (name, count)) in channels.into_iter().enumerate() {
            let name = if at < MAX_CHANNELS { name } else { "other".into() };
            *want.entry(name).or_insert(0) += count;
        }
        prop_assert_eq!(got, want);
    }
}

fn refused(query: &str) -> (Code, String, String) {
    let kept = counted(&[]);
    let found = Options::from_json(query)
        .breakdown()
        .and_then(|mut query| kept.breakdown(&mut query).map(drop));
    let error = found.expect_err(query);
    (error.code, error.place.unwrap().path, error.message)
}

#[test]
fn a_wrong_query_is_an_error_with_its_place() {
    for (query, code, path) in [
        (r#"{"by":"agent"}"#, Code::InvalidOption, "/by"),
        (r#"{"by":["agent","Agent"]}"#, Code::InvalidOption, "/by/1"),
        (r#"{"by":["agent","agent"]}"#, Code::InvalidOption, "/by/1"),
        (r#"{"by":[null]}"#, Code::InvalidOption, "/by/0"),
        (r#"{"step":"year"}"#, Code::InvalidOption, "/step"),
        (r#"{"from":"2024-06-01"}"#, Code::InvalidOption, "/to"),
        (r#"{"to":"2024-06-01"}"#, Code::InvalidOption, "/from"),
        (r#"{"from":"2024-06-01","to":"2024-06-01"}"#, Code::InvalidOption, "/to"),
        (r#"{"from":"2024-06-02","to":"2024-06-01"}"#, Code::InvalidOption, "/to"),
        (
            r#"{"from":"2024-06-01","to":"2024-06-02T00:00:00Z"}"#,
            Code::InvalidOption,
            "/to",
        ),
        (
            r#"{"from":"2024-02-30","to":"2024-06-02"}"#,
            Code::InvalidOption,
            "/from",
        ),
        (r#"{"from":1718452800,"to":"2024-06-02"}"#, Code::InvalidOption, "/from"),
        (
            r#"{"from":"2024-06-01","to":"2024-06-02","period":"week"}"#,
            Code::InvalidOption,
            "/period",
        ),
        (
            r#"{"from":"2024-06-01","to":"2024-06-02","offset":0}"#,
            Code::InvalidOption,
            "/offset",
        ),
        (r#"{"offset":-1}"#, Code::InvalidPeriod, "/period"),
        (r#"{}"#, Code::InvalidNow, "/now"),
        (
            r#"{"from":"2024-06-01","to":"2024-06-02","tz":"Mars/Olympus"}"#,
            Code::InvalidTz,
            "/tz",
        ),
        (
            r#"{"from":"2024-06-01","to":"2024-06-02","weekStart":"Mon"}"#,
            Code::InvalidOption,
            "/weekStart",
        ),
        (
            r#"{"from":"2024-06-01","to":"2024-06-02","includeIdle":true}"#,
            Code::InvalidOption,
            "/includeIdle",
        ),
        (
            r#"{"from":"2024-06-01","to":"2024-06-02","by":["agent","hour"],"includeIdle":true}"#,
            Code::InvalidOption,
            "/includeIdle",
        ),
        (r#"{"from":"1969-12-30","to":"2024-06-02"}"#, Code::OutOfRange, "/from"),
        (r#"{"from":"2024-06-02","to":"2100-01-03"}"#, Code::OutOfRange, "/to"),
        (
            r#"{"from":"2024-06-01T00:00:00.001Z","to":"2024-06-02T00:00:00Z"}"#,
            Code::OutOfRange,
            "/from",
        ),
        (
            r#"{"from":"1971-06-01","to":"1971-06-02","tz":"Africa/Monrovia"}"#,
            Code::OutOfRange,
            "/from",
        ),
        (
            r#"{"from":"1971-06-01T00:00:00Z","to":"1971-06-03T00:00:00Z","tz":"Africa/Monrovia","step":"day"}"#,
            Code::OutOfRange,
            "/tz",
        ),
        (
            r#"{"from":"1971-06-01T00:00:00Z","to":"1971-06-03T00:00:00Z","tz":"Africa/Monrovia","by":["weekday"]}"#,
            Code::OutOfRange,
            "/tz",
        ),
        (
            r#"{"from":"1979-06-01T00:00:00Z","to":"1979-06-03T00:00:00Z","tz":"Pacific/Kiritimati","by":["hour"]}"#,
            Code::OutOfRange,
            "/tz",
        ),
        // In St John's clocks changed at 00:01, so an hour begins there.
        (
            r#"{"from":"2009-11-01T00:00:00Z","to":"2009-11-02T00:00:00Z","tz":"America/St_Johns","step":"hour"}"#,
            Code::OutOfRange,
            "/tz",
        ),
    ] {
        let (got, at, message) = refused(query);
        assert_eq!((got, at.as_str()), (code, path), "{query}: {message}");
        assert!(message.contains("wanted"), "{message}");
    }
}

#[test]
fn more_than_five_million_values_are_refused_and_five_million_are_not() {
    let agents: Vec<_> = (0..101).map(|n| format!(r#"{{"id":"a{n}","name":"A"}}"#)).collect();
    let query = |agents: &[String], days: u32| {
        let end = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Days::new(days.into());
        format!(
            r#"{{"by":["agent"],"includeIdle":true,"step":"hour","from":"1970-01-01","to":"{end}","agents":[{}]}}"#,
            agents.join(",")
        )
    };
    let kept = counted(&[]);
    let hours = MAX_VALUES / 100; // 50,000 hours are 2083 days and 8 hours
    let mut fits = Options::from_json(&query(&agents[..100], 2083)).breakdown().unwrap();
    assert_eq!(kept.breakdown(&mut fits).unwrap().series.len(), 100 * 2083 * 24 * 3);
    assert!(2083 * 24 < hours && 2084 * 24 > hours);
    let (code, path, message) = refused(&query(&agents[..100], 2084));
    assert_eq!((code, path.as_str()), (Code::OutOfRange, "/step"));
    assert!(
        message.starts_with("100 rows of 50016 steps are more than 5000000 values"),
        "{message}"
    );
    let (code, ..) = refused(&query(&agents, 2083));
    assert_eq!(code, Code::OutOfRange);
}

#[test]
fn nothing_counted_is_an_empty_window_at_now() {
    let kept = counted(&[]);
    assert_eq!(kept.span(), None);
    let query = r#"{"by":["agent"],"step":"hour","now":"2024-06-15T12:34:56Z"}"#;
    let mut query = Options::from_json(query).breakdown().unwrap();
    let found = kept.breakdown(&mut query).unwrap();
    let quarter = 1_718_454_600_000; // 12:30
    assert_eq!((found.window.start, found.window.end), (quarter, quarter));
    assert!(found.rows.is_empty() && found.steps.is_empty() && found.series.is_empty());
    assert_eq!(found.totals, Tally::default());
}

#[test]
fn a_date_that_clocks_skip_is_an_empty_step() {
    let kept = counted(&[]);
    let starts = |from: &str, to: &str| {
        let query = format!(r#"{{"step":"day","tz":"Pacific/Apia","from":"{from}","to":"{to}"}}"#);
        let mut query = Options::from_json(&query).breakdown().unwrap();
        let found = kept.breakdown(&mut query).unwrap();
        let of = |(at, step): (usize, &usage_by_agent::Bucket)| {
            (
                start_text(&found, at, false),
                (step.window.end - step.window.start) / 3_600_000,
            )
        };
        found.steps.iter().enumerate().map(of).collect::<Vec<_>>()
    };
    let day = |date: &str, hours| (date.to_owned(), hours);
    let all = [day("2011-12-29", 24), day("2011-12-30", 0), day("2011-12-31", 24)];
    assert_eq!(starts("2011-12-29", "2012-01-01"), all);
    assert_eq!(starts("2011-12-30", "2011-12-31"), all[1..2]);
    assert_eq!(starts("2011-12-30", "2012-01-01"), all[1..]);
    assert_eq!(starts("2011-12-29", "2011-12-31"), all[..2]);
}

/// A record that is replaced by a fuller one leaves an empty quarter hour behind.
#[test]
fn the_span_has_no_quarter_hour_without_usage() {
    let mut kept = rollup("{}");
    let records = br#"
        {"id":"m1","receivedAt":"2024-06-01T00:00:00Z"}
        {"id":"m2","receivedAt":"2024-06-02T10:20:00Z"}
        {"id":"m1","receivedAt":"2024-06-03T00:14:59.999Z","agentId":"a"}
        {"id":"m3","receivedAt":"2025-06-03T00:00:00Z"}
        {"id":"m3","receivedAt":"2024-06-02T12:00:00Z","agentId":"a"}"#;
    push_text(kept.ledger_mut(), records, &Default::default()).unwrap();
    let span = kept.span().unwrap();
    assert_eq!((span.start, span.end), (1_717_323_300_000, 1_717_373_700_000)); // 2 June, 10:15; 3 June, 00:15
}
