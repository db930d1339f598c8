//! Checking an upstream's answer: its types, by the tables of [`crate::contract`], and the rules beyond types. Every problem is
//! found, not the first; fields that are not known are nobody's business.
//!
//! The text is read in one pass and nothing is built of it, as an answer that is passed on is only looked at.

mod fields;
mod rules;

use self::fields::{Fields, Got, Plain, Rows, object};
use self::rules::Series;
use crate::calendar::convention::Convention;
use crate::calendar::period::{BoundsFormat, Period};
use crate::calendar::timestamp::{Naive, from_text};
use crate::calendar::zone::Zone;
use crate::collections::index::Index;
use crate::contract::{Endpoint, Kind, MAX_FIELDS, Need, Rule, Shape};
use crate::error::{Code, Problem, Severity};
use crate::json::MAX_DEPTH;
use crate::json::MAX_SAFE_F64;
use crate::json::cursor::Cursor;
use crate::json::syntax::check_value;
use chrono::Weekday;
use std::borrow::Cow;
use std::fmt::{self, Write};

/// How many problems are told, each by itself; of more only the number.
pub const MAX_PROBLEMS: usize = 10_000;

/// For so many bytes of the answer the index of ids has a place, of which half get filled: rows of 128 bytes fit without it growing.
const BYTES_A_PLACE: usize = 64;

/// What the answer should be to; what is absent is not checked.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// The period asked for.
    pub period: Option<Period>,
    /// The zone asked for.
    pub zone: Option<Zone>,
    /// The week's first day, if it must be that.
    pub week_start: Option<Weekday>,
    /// How bounds are written, if it must be so.
    pub bounds_as: Option<BoundsFormat>,
    /// A moment that the period must hold, or that the last day or month must, in epoch milliseconds.
    pub now: Option<i64>,
    /// So many periods after that moment's.
    pub offset: i64,
    /// How many days were asked for.
    pub days: Option<u16>,
    /// How many months were asked for.
    pub months: Option<u16>,
}

/// A sound answer.
#[derive(Clone, Debug)]
pub struct Valid {
    /// What explains its bounds, where it has bounds of a calendar period.
    pub convention: Option<Convention>,
    /// What deserves a look.
    pub warnings: Vec<Problem>,
}

/// Checks the JSON text of an answer.
///
/// # Errors
/// Everything that is wrong with it, what deserves a look at the end.
pub fn check(endpoint: Endpoint, text: &[u8], expect: &Expect) -> Result<Valid, Vec<Problem>> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let index = Index::of_places(text.len() / BYTES_A_PLACE);
    let mut check = Check::new(text.strip_prefix(MARK).unwrap_or(text), expect, index);
    if check.answer(endpoint.answer()).is_none() {
        return Err(vec![explain_rejection(text)]);
    }
    let Check {
        mut problems,
        mut warnings,
        untold,
        convention,
        ..
    } = check;
    let is_sound = problems.is_empty();
    problems.append(&mut warnings);
    if untold > 0 {
        let more = Problem::error("", "more", format!("{untold} more, which are not listed"));
        let severity = if is_sound { Severity::Warning } else { Severity::Error };
        problems.push(Problem { severity, ..more });
    }
    if is_sound {
        return Ok(Valid {
            convention,
            warnings: problems,
        });
    }
    Err(problems)
}

/// Why a text is not an object.
fn explain_rejection(text: &[u8]) -> Problem {
    match check_value(text) {
        Err(fault) => Problem {
            line: Some(fault.line),
            byte_offset: Some(fault.byte_offset),
            ..Problem::error("", Code::InvalidJson.as_str(), fault.message)
        },
        Ok(kind) => Problem::error("", "type", format!("got {kind}: wanted an object")),
    }
}

/// A place in the answer: written out only where something is wrong there.
#[derive(Clone, Copy)]
enum Path<'p> {
    Root,
    Field(&'p Path<'p>, &'static str),
    Row(&'p Path<'p>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Field(parent, name) => {
                parent.fmt(f)?;
                f.write_char('/')?;
                f.write_str(name)
            }
            Path::Row(parent, n) => write!(f, "{parent}/{n}"),
        }
    }
}

/// What is known so far.
struct Check<'t, 'e> {
    text: &'t [u8],
    expect: &'e Expect,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
    /// How many were too many to tell.
    untold: u64,
    convention: Option<Convention>,
    /// The ids of the rows, each with its row's number.
    ids: Vec<(usize, Cow<'t, [u8]>)>,
    index: Index,
    has_orphan: bool,
    series: Series,
}

impl<'t, 'e> Check<'t, 'e> {
    fn new(text: &'t [u8], expect: &'e Expect, index: Index) -> Self {
        Check {
            text,
            expect,
            problems: Vec::new(),
            warnings: Vec::new(),
            untold: 0,
            convention: None,
            ids: Vec::new(),
            index,
            has_orphan: false,
            series: Series::default(),
        }
    }

    /// Rows that have been read are as if they had not been.
    #[inline(never)]
    fn restart(&mut self) {
        // All named, so that the compiler asks for each field that comes to be.
        let Check {
            text: _,
            expect: _,
            problems,
            warnings,
            untold,
            convention,
            ids,
            index,
            has_orphan,
            series,
        } = self;
        if !ids.is_empty() {
            // Not made for the whole answer again: rows that come again and again would take the square of its length.
            *index = Index::default();
        }
        ids.clear();
        problems.clear();
        warnings.clear();
        *untold = 0;
        *convention = None;
        *has_orphan = false;
        *series = Series::default();
    }

    /// Reads and judges the whole answer. `None` where it is no object, or the text is broken.
    fn answer(&mut self, shape: &'static Shape) -> Option<()> {
        let mut scan = self.from(0);
        if scan.token()? != b'{' {
            return None;
        }
        self.object(&mut scan, &Path::Root, shape)?;
        (scan.token().is_none() && scan.at >= self.text.len()).then_some(())
    }

    const fn from(&self, at: usize) -> Cursor<'t> {
        Cursor {
            text: self.text,
            at,
            spaced: false,
        }
    }

    /// Reads and judges an object that is no row. `None` where the text is broken.
    #[inline(never)]
    fn object(&mut self, scan: &mut Cursor<'t>, path: &Path<'_>, shape: &'static Shape) -> Option<()> {
        let mut got = [Got::Missing; MAX_FIELDS];
        let plain = object(scan, shape, MAX_DEPTH.saturating_sub(1), &mut got, self)?;
        if matches!(path, Path::Root) && !got.iter().any(|got| matches!(got, Got::Rows)) {
            // Rows may have come first, and something else after them under the same key.
            self.restart();
        }
        self.judge(path, shape, &got, plain, 0);
        Some(())
    }

    #[inline(never)]
    fn tell(&mut self, severity: Severity, path: &Path<'_>, code: &str, message: &str) {
        let list = match severity {
            Severity::Error => &mut self.problems,
            Severity::Warning => &mut self.warnings,
        };
        if list.len() >= MAX_PROBLEMS {
            self.untold = self.untold.saturating_add(1);
            return;
        }
        list.push(Problem {
            severity,
            ..Problem::error(path.to_string(), code, message)
        });
    }

    fn error(&mut self, path: &Path<'_>, code: &str, message: &str) {
        self.tell(Severity::Error, path, code, message);
    }

    #[inline(never)]
    fn error_in(&mut self, parent: &Path<'_>, field: &'static str, code: &str, message: &str) {
        self.error(&Path::Field(parent, field), code, message);
    }

    /// Judges the fields of an object, and then the rules about them. `n` is its number among the rows.
    fn judge(&mut self, path: &Path<'_>, shape: &'static Shape, got: &Fields<'t>, plain: Plain, n: usize) {
        if !plain.is_all(shape.fields.len()) {
            self.look(path, shape, got, plain);
        }
        for rule in shape.rules {
            match rule {
                Rule::IdsDiffer => self.ids_differ(path, shape, got, n),
                rule if rules::holds_plainly(*rule, got) => {}
                rule => self.rule(*rule, path, shape, got),
            }
        }
    }

    /// Judges the fields that are not plainly as they should be.
    #[inline(never)]
    fn look(&mut self, path: &Path<'_>, shape: &'static Shape, got: &Fields<'t>, plain: Plain) {
        let fields = shape.fields.iter().zip(got).enumerate();
        for (_, (field, got)) in fields.filter(|(at, _)| !plain.has(*at)) {
            let path = Path::Field(path, field.name);
            match (field.kind, *got) {
                (Kind::Object(inner), Got::Nested(at)) if self.text.get(at) == Some(&b'{') => {
                    // It has been passed before, so it can be read.
                    self.object(&mut self.from(at), &path, inner);
                }
                (_, Got::Missing) => self.absent(&path, field.kind, field.need),
                (kind, got) => self.value(&path, kind, got),
            }
        }
    }

    fn absent(&mut self, path: &Path<'_>, kind: Kind, need: Need) {
        let severity = match need {
            Need::Required => Severity::Error,
            Need::Expected => Severity::Warning,
            Need::Optional | Need::OrFalse => return,
        };
        let message = format!("the field is missing: wanted {}", wanted(kind));
        self.tell(severity, path, "missing", &message);
    }

    /// Judges a value that is not the plainest of its kind.
    #[inline(never)]
    fn value(&mut self, path: &Path<'_>, kind: Kind, got: Got<'t>) {
        let (text, number) = (got.text(), got.number());
        let whole = number.filter(|n| n.fract() == 0.0);
        let code = match kind {
            Kind::Text | Kind::TextOrNull if text.is_some() => return,
            Kind::Count | Kind::CountOrNull if whole.is_some_and(|n| (0.0..=MAX_SAFE_F64).contains(&n)) => return,
            Kind::Between(least, most) if whole.is_some_and(|n| (f64::from(least)..=f64::from(most)).contains(&n)) => {
                return;
            }
            Kind::Count | Kind::CountOrNull | Kind::Between(..) if number.is_some() => "range",
            Kind::Period | Kind::Time | Kind::Date | Kind::Month => match (kind, &text) {
                (_, None) => "type",
                (Kind::Period, Some(text)) if Period::named(text).is_some() => return,
                (Kind::Time, Some(text)) if from_text(text, Naive::Reject).is_ok() => return,
                (Kind::Date | Kind::Month, Some(text)) if rules::number_of(kind, text).is_some() => return,
                (Kind::Period, _) => "period",
                (Kind::Time, _) => "timestamp",
                _ => "date",
            },
            _ => "type",
        };
        let message = format!("got {}: wanted {}", got.shown(self.text), wanted(kind));
        self.error(path, code, &message);
    }
}

impl<'t> Rows<'t> for Check<'t, '_> {
    fn rows(&mut self, scan: &mut Cursor<'t>, shape: &'static Shape, levels: usize) -> Option<()> {
        let path = Path::Field(&Path::Root, "data");
        // The array may come a second time.
        self.restart();
        self.series = Series::of(shape);
        let within = levels.checked_sub(1)?;
        let mut got = [Got::Missing; MAX_FIELDS];
        scan.skip(1);
        let mut first = scan.token()?;
        if first == b']' {
            scan.skip(1);
            return Some(());
        }
        for n in 0.. {
            let path = Path::Row(&path, n);
            if first == b'{' {
                let plain = object(scan, shape, within, &mut got, self)?;
                self.judge(&path, shape, &got, plain, n);
                self.series.add(got.first().copied().unwrap_or(Got::Missing));
            } else {
                self.series.add(Got::Missing);
                let odd = fields::value(scan, first, levels)?;
                let message = format!("got {}: wanted an object", odd.shown(self.text));
                self.error(&path, "type", &message);
            }
            match scan.token()? {
                b',' => scan.skip(1),
                b']' => break,
                _ => return None,
            }
            first = scan.token()?;
        }
        scan.skip(1);
        Some(())
    }
}

fn wanted(kind: Kind) -> String {
    match kind {
        Kind::Text => "a string",
        Kind::TextOrNull => "a string or null",
        Kind::Count => "a whole number from 0 to 2^53 - 1",
        Kind::CountOrNull => "a whole number from 0 to 2^53 - 1, or null",
        Kind::Between(least, most) => return format!("a whole number from {least} to {most}"),
        Kind::Flag => "true or false",
        Kind::Period => "week, month or year",
        Kind::Time => "a time like \"2024-06-01T00:00:00Z\"",
        Kind::Date => "a date like \"2024-06-01\"",
        Kind::Month => "a month like \"2024-06\"",
        Kind::Object(_) => "an object",
        Kind::Rows(_) | Kind::Location => "an array",
        Kind::Any => "anything",
    }
    .into()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::contract::{AgentUsageItem, NumberUsageItem};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn sound() -> Value {
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
    fn a_sound_answer_passes_with_what_explains_its_bounds() {
        let sound = by_value(&sound(), &new_york()).unwrap();
        assert_eq!(sound.convention.unwrap().bounds_as, BoundsFormat::WallClock);
        assert_eq!(sound.warnings, []);
    }

    #[test]
    fn every_broken_rule_is_found_at_its_place() {
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
            let mut body = sound();
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
    fn all_problems_are_told_and_seconds_without_calls_is_a_warning() {
        let mut body = sound();
        body["data"][0]["messages"] = json!(-1);
        body["data"][1]["totalSeconds"] = json!(5);
        body["data"][1]["agentId"] = json!(null);
        body["data"][1]["isOrphan"] = json!(true);
        body.as_object_mut().unwrap().remove("period");
        let problems = by_value(&body, &new_york()).unwrap_err();
        let codes: Vec<_> = problems.iter().map(|p| p.code.as_str()).collect();
        assert_eq!(codes, ["range", "second_orphan", "missing", "seconds_without_calls"]);
        let mut body = sound();
        body["data"][1]["totalSeconds"] = json!(5);
        assert_eq!(
            by_value(&body, &new_york()).unwrap().warnings[0].code,
            "seconds_without_calls"
        );
    }

    #[test]
    fn what_is_no_json_is_one_problem() {
        for text in [&b"<html>"[..], b"", b"{\"data\": [", b"\xff", &[b'['; 10_000]] {
            let problems = check(Endpoint::ByAgent, text, &Expect::default()).unwrap_err();
            assert_eq!((problems.len(), problems[0].code.as_str()), (1, "invalid_json"));
        }
        assert_eq!(
            check(Endpoint::ByAgent, b"[]", &Expect::default()).unwrap_err()[0].path,
            ""
        );
    }

    #[test]
    fn the_moment_of_the_question_lies_inside() {
        let expect = Expect {
            now: Some(1_719_900_000_000),
            ..new_york()
        };
        assert_eq!(by_value(&sound(), &expect).unwrap_err()[0].code, "not_current");
        let inside = Expect {
            now: Some(1_718_000_000_000),
            ..new_york()
        };
        assert!(by_value(&sound(), &inside).is_ok());
    }

    fn told(endpoint: Endpoint, body: &Value, expect: &Expect) -> Vec<(String, String)> {
        let (Ok(Valid { warnings: told, .. }) | Err(told)) = check(endpoint, body.to_string().as_bytes(), expect);
        told.into_iter().map(|p| (p.path, p.code)).collect()
    }

    fn pairs(want: &[(&str, &str)]) -> Vec<(String, String)> {
        want.iter()
            .map(|(path, code)| ((*path).into(), (*code).into()))
            .collect()
    }

    /// A series of rows from the numbers of days.
    fn days(numbers: &[u32]) -> Value {
        let row = |n: &u32| json!({"date": format!("2024-06-{n:02}"), "messages": 1, "calls": 2, "webhooks": 3});
        json!({"data": numbers.iter().map(row).collect::<Vec<_>>(), "days": numbers.len()})
    }

    #[test]
    fn series_are_whole_and_in_order() {
        let of = |numbers: &[u32]| told(Endpoint::Daily, &days(numbers), &Expect::default());
        assert_eq!(of(&[1, 2, 3]), []);
        assert_eq!(of(&[]), pairs(&[("/days", "range")]));
        assert_eq!(of(&[3, 2, 1]), pairs(&[("/data", "newest_first")]));
        assert_eq!(of(&[1, 3, 2, 4]), pairs(&[("/data/2/date", "order")]));
        assert_eq!(
            of(&[4, 2, 3, 1]),
            pairs(&[("/data/2/date", "order"), ("/data", "newest_first")])
        );
        assert_eq!(of(&[1, 2, 4]), pairs(&[("/data/2/date", "missing_rows")]));
        assert_eq!(of(&[1, 2, 2, 3]), pairs(&[("/data/2/date", "duplicate_row")]));
        let mut body = days(&[1, 2]);
        body["days"] = json!(3);
        body["data"][1]["date"] = json!("2024-06-31");
        let want = [("/data/1/date", "date"), ("/days", "row_count")];
        assert_eq!(told(Endpoint::Daily, &body, &Expect::default()), pairs(&want));
        let expect = Expect {
            days: Some(4),
            now: Some(1_719_900_000_000),
            ..Expect::default()
        };
        let want = [("/days", "unexpected_count"), ("/data/2/date", "not_current")];
        assert_eq!(told(Endpoint::Daily, &days(&[1, 2, 3]), &expect), pairs(&want));
        let row = |month: &str| json!({"month": month, "messages": 1, "calls": 2, "webhooks": 3});
        let months = json!({"data": [row("2023-12"), row("2024-01"), row("2024-03")], "months": 3});
        assert_eq!(
            told(Endpoint::Monthly, &months, &Expect::default()),
            pairs(&[("/data/2/month", "missing_rows")])
        );
    }

    #[test]
    fn the_account_counts_no_more_in_less_time() {
        let mut body = json!({
            "plan": {"name": "Pro", "limits": {"numbers": 5, "messagesPerMonth": 5, "voiceMinutesPerMonth": 5,
                "maxCallDurationMinutes": 5, "concurrentCalls": 5}},
            "numbers": {"used": 2, "limit": 5, "remaining": 3},
            "stats": {"totalMessages": 9, "messagesLast24h": 1, "messagesLast7d": 2, "messagesLast30d": 3, "totalCalls": 9,
                "callsLast24h": 1, "callsLast7d": 2, "callsLast30d": 3, "totalWebhookDeliveries": 3,
                "successfulWebhookDeliveries": 2, "failedWebhookDeliveries": 1, "smsSegmentsLast30d": null},
            "periodStart": "2024-06-01T00:00:00Z", "periodEnd": "2024-06-30T23:59:59.999+00:00", "reportGeneratedAt": null,
        });
        let of = |body: &Value| told(Endpoint::Usage, body, &Expect::default());
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
    }

    #[test]
    fn what_is_spelled_in_another_way_is_the_same() {
        let text = "\u{feff} { \"per\\u0069od\" : \"mo\\u006eth\" , \"data\" : [ {} ] , \"data\" : [ { \"agentId\" : \"\\u0061\" , \"agentName\":\"é\",\"messages\":1.0,
            \"calls\":2e0,\"totalSeconds\":0.3e1,\"more\":[{\"x\":[]}]},{\"agentId\":\"a\",\"agentName\":\"b\",\"messages\":1,\"calls\":2,\"totalSeconds\":3}],
            \"periodStart\":\"2024-06-01T00:00:00Z\",\"periodEnd\":\"2024-06-30T23:59:59Z\"} \n";
        let problems = check(Endpoint::ByAgent, text.as_bytes(), &Expect::default()).unwrap_err();
        let paths: Vec<_> = problems.iter().map(|p| (p.path.as_str(), p.code.as_str())).collect();
        assert_eq!(paths, [("/data/1/agentId", "duplicate_id")]);
    }

    #[test]
    fn problems_without_end_are_told_by_their_number() {
        let text = format!("{{\"data\":[{}1]}}", "1,".repeat(MAX_PROBLEMS));
        let problems = check(Endpoint::ByNumber, text.as_bytes(), &Expect::default()).unwrap_err();
        assert_eq!(problems.len(), MAX_PROBLEMS + 1);
        assert_eq!(problems[MAX_PROBLEMS].message, "1 more, which are not listed");
    }

    #[test]
    fn what_was_asked_for_is_answered() {
        let june = |expect: Expect| told(Endpoint::ByAgent, &sound(), &expect);
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

    /// Values of which many are right somewhere, and each is wrong somewhere.
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

    /// A row with fields of every endpoint, in any order, some of them twice; or one as they come, with more behind it.
    fn row() -> impl Strategy<Value = Entries> {
        let fields = AgentUsageItem::SHAPE.fields.iter().chain(NumberUsageItem::SHAPE.fields);
        let names: Vec<_> = fields
            .map(|field| field.name)
            .chain(["date", "month", "webhooks", "new"])
            .collect();
        let some = |most: usize| prop::collection::vec((prop::sample::select(names.clone()), value()), 0..most);
        let usual = (value(), 0..9_999_999_u64, 0..2000_u64, any::<bool>(), some(3));
        let usual = usual.prop_map(|(id, messages, calls, orphan, more)| {
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
        prop_oneof![some(9), usual]
    }

    fn rows() -> impl Strategy<Value = Vec<Entries>> {
        prop::collection::vec(row(), 0..6)
    }

    /// An answer of these rows and so many other fields, with this behind each comma and colon outside of texts.
    fn answer(rows: &[Entries], others: usize, space: &str) -> String {
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
        fn what_is_read_at_a_glance_is_judged_as_what_is_not(rows in rows(), others in 0..5_usize) {
            let text = answer(&rows, others, "");
            let once: Value = serde_json::from_str(&text).unwrap(); // of a key that comes twice it keeps the last
            for (_, endpoint) in Endpoint::ALL {
                let told = |text: &str| match check(endpoint, text.as_bytes(), &Expect::default()) {
                    Ok(Valid { warnings: told, .. }) | Err(told) => told,
                };
                prop_assert_eq!(told(&text), told(&answer(&rows, others, " ")), "{}", &text);
                prop_assert_eq!(told(&text), told(&once.to_string()), "{}", &text);
            }
        }

        #[test]
        fn damaged_text_is_refused_as_serde_json_does(rows in rows(), at in any::<prop::sample::Index>(), byte in prop_oneof![
            any::<u8>(), prop::sample::select(b"{}[]:,\" \\0e.-tn".to_vec())
        ]) {
            let mut text = answer(&rows, 4, "").into_bytes();
            let at = at.index(text.len());
            text[at] = byte;
            let refused = match check(Endpoint::ByAgent, &text, &Expect::default()) {
                Ok(_) => false,
                Err(problems) => problems[0].code == "invalid_json",
            };
            // JSON bounds no number; serde_json does.
            let wanted = serde_json::from_slice::<Value>(&text).is_err_and(|error| !error.to_string().contains("out of range"));
            prop_assert_eq!(refused, wanted, "{}", String::from_utf8_lossy(&text));
        }
    }
}
