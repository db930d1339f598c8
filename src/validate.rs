//! Checking an upstream's answer to `GET /v1/usage/by-agent`: its types, and the rules beyond types. Every problem is
//! found, not the first. Fields that are not known are nobody's business.

use crate::contract::{AgentUsageItem, AgentUsageResponse};
use crate::convention::{Convention, infer};
use crate::error::{Place, Problem, Severity, UsageError, number_shown, shown};
use crate::index::Names;
use crate::json::{Reader, Sink};
use crate::period::Period;
use crate::record::Row;
use crate::report::MAX_SAFE_F64;
use crate::timestamp::from_wire;
use crate::walk::{self, Json};
use crate::zone::Zone;
use chrono::Weekday;

/// What the answer should be to; what is absent is not checked.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// The period asked for.
    pub period: Option<Period>,
    /// The zone asked for.
    pub zone: Option<Zone>,
    /// The week's first day, if it must be that.
    pub week_start: Option<Weekday>,
    /// A moment that the period must hold, in epoch milliseconds.
    pub now: Option<i64>,
}

/// A sound answer.
#[derive(Clone, Debug)]
pub struct Sound {
    /// The answer, its optional fields filled in.
    pub value: AgentUsageResponse,
    /// What explains its bounds.
    pub convention: Convention,
    /// What deserves a look.
    pub warnings: Vec<Problem>,
}

/// Checks the JSON text of an answer.
///
/// # Errors
/// Everything that is wrong with it.
pub fn by_agent(text: &[u8], expect: &Expect) -> Result<Sound, Vec<Problem>> {
    let mut body = Body { expect, told: None };
    let mut reader = Reader::of_one_value();
    let read = reader.push(text, &mut body).and_then(|()| reader.finish(&mut body));
    match (read, body.told) {
        (Err(error), _) => Err(vec![error.into()]),
        (Ok(()), Some(told)) => told,
        (Ok(()), None) => Err(vec![Problem::error("", "type", "wanted an object")]),
    }
}

/// Takes the one value that an answer is.
struct Body<'e> {
    expect: &'e Expect,
    told: Option<Result<Sound, Vec<Problem>>>,
}

impl Sink for Body<'_> {
    fn object(&mut self, text: &str, _: &dyn Fn() -> Place) -> Result<(), UsageError> {
        self.told = Some(checked(text, self.expect));
        Ok(())
    }

    /// A reader of one value reads none at one go.
    fn row(&mut self, _: &Row<'_>, _: &dyn Fn() -> Place) -> Result<(), UsageError> {
        Ok(())
    }

    fn not_object(&mut self, kind: &'static str, _: Place) -> Result<(), UsageError> {
        self.told = Some(Err(vec![Problem::error(
            "",
            "type",
            format!("got {kind}: wanted an object"),
        )]));
        Ok(())
    }

    fn broken(&mut self, error: UsageError) -> Result<(), UsageError> {
        Err(error)
    }

    fn passed_over(&mut self, _: UsageError) {}
}

/// Checks the text of an object.
fn checked(body: &str, expect: &Expect) -> Result<Sound, Vec<Problem>> {
    let mut check = Check::default();
    let [data, period, start, end] = walk::values(body, ["data", "period", "periodStart", "periodEnd"]);
    let data = check.rows(data);
    let period = check.period(period, expect);
    let start = check.text("/periodStart", start);
    let end = check.text("/periodEnd", end);
    let convention = match (period, &start, &end) {
        (Some(period), Some(start), Some(end)) => check.bounds(period, start, end, expect),
        _ => None,
    };
    check.orphans(&data);
    check.ids(&data);
    let (problems, warnings) = check
        .problems
        .into_iter()
        .partition::<Vec<_>, _>(|p| p.severity == Severity::Error);
    match (period, start, end, convention) {
        (Some(period), Some(period_start), Some(period_end), Some(convention)) if problems.is_empty() => {
            let data = data.into_iter().flatten().collect();
            Ok(Sound {
                value: AgentUsageResponse {
                    data,
                    period,
                    period_start,
                    period_end,
                },
                convention,
                warnings,
            })
        }
        _ => Err([problems, warnings].concat()),
    }
}

#[derive(Default)]
struct Check {
    problems: Vec<Problem>,
}

impl Check {
    fn error(&mut self, path: String, code: &str, message: impl Into<String>) {
        self.problems.push(Problem::error(path, code, message));
    }

    fn type_error(&mut self, path: &str, got: Option<&str>, wanted: &str) {
        match got {
            None => self.error(path.into(), "missing", format!("the field is missing: wanted {wanted}")),
            Some(got) => self.error(
                path.into(),
                "type",
                format!("got {}: wanted {wanted}", value_shown(got)),
            ),
        }
    }

    fn text(&mut self, path: &str, got: Option<&str>) -> Option<String> {
        if let Some(Json::Text(text)) = got.map(walk::read) {
            return Some(text.into_owned());
        }
        self.type_error(path, got, "a string");
        None
    }

    /// A whole number from 0 to 2^53 - 1; `7.0` is one, as it is to JSON.parse.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn count(&mut self, path: &str, got: Option<&str>) -> Option<u64> {
        match got.map(walk::read) {
            Some(Json::Number(n)) if n.fract() == 0.0 && (0.0..=MAX_SAFE_F64).contains(&n) => return Some(n as u64),
            Some(Json::Number(n)) => {
                let message = format!("got {}: wanted a whole number from 0 to 2^53 - 1", number_shown(n));
                self.error(path.into(), "range", message);
            }
            _ => self.type_error(path, got, "a whole number"),
        }
        None
    }

    fn rows(&mut self, got: Option<&str>) -> Vec<Option<AgentUsageItem>> {
        if let Some(Json::Array(rows)) = got.map(walk::read) {
            return walk::items(rows)
                .enumerate()
                .map(|(n, row)| self.row(&format!("/data/{n}"), row))
                .collect();
        }
        self.type_error("/data", got, "an array");
        Vec::new()
    }

    fn row(&mut self, path: &str, row: &str) -> Option<AgentUsageItem> {
        let Json::Object(row) = walk::read(row) else {
            self.type_error(path, Some(row), "an object");
            return None;
        };
        let keys = ["agentId", "agentName", "messages", "calls", "totalSeconds", "isOrphan"];
        let [id, name, messages, calls, seconds, orphan] = walk::values(row, keys);
        let agent_id = match id.map(walk::read) {
            Some(Json::Null) => Some(None),
            Some(Json::Text(id)) => Some(Some(id.into_owned())),
            _ => {
                self.type_error(&format!("{path}/agentId"), id, "a string or null");
                None
            }
        };
        let agent_name = self.text(&format!("{path}/agentName"), name);
        let messages = self.count(&format!("{path}/messages"), messages);
        let calls = self.count(&format!("{path}/calls"), calls);
        let total_seconds = self.count(&format!("{path}/totalSeconds"), seconds);
        let is_orphan = match orphan.map(walk::read) {
            None => Some(false),
            Some(Json::Bool(orphan)) => Some(orphan),
            Some(_) => {
                self.type_error(&format!("{path}/isOrphan"), orphan, "true or false");
                None
            }
        };
        if calls == Some(0) && total_seconds.is_some_and(|s| s > 0) {
            let message = "there are call seconds and no calls";
            let warning = Problem::error(format!("{path}/totalSeconds"), "seconds_without_calls", message);
            self.problems.push(Problem {
                severity: Severity::Warning,
                ..warning
            });
        }
        if let (Some(id), Some(orphan)) = (&agent_id, is_orphan)
            && id.is_none() != orphan
        {
            let id = if id.is_none() { "null" } else { "an id" };
            let message =
                format!("agentId is {id} and isOrphan {orphan}: wanted isOrphan exactly where agentId is null");
            self.error(format!("{path}/isOrphan"), "orphan_mismatch", message);
        }
        Some(AgentUsageItem {
            agent_id: agent_id?,
            agent_name: agent_name?,
            messages: messages?,
            calls: calls?,
            total_seconds: total_seconds?,
            is_orphan: is_orphan?,
        })
    }

    fn period(&mut self, got: Option<&str>, expect: &Expect) -> Option<Period> {
        let got = self.text("/period", got)?;
        let periods = [Period::Week, Period::Month, Period::Year];
        let Some(period) = periods.into_iter().find(|p| p.as_str() == got) else {
            self.error(
                "/period".into(),
                "period",
                format!("got {}: wanted week, month or year", shown(&got)),
            );
            return None;
        };
        if let Some(asked) = expect.period.filter(|asked| *asked != period) {
            let message = format!(
                "got {}: wanted {}, the period asked for",
                period.as_str(),
                asked.as_str()
            );
            self.error("/period".into(), "unexpected_period", message);
            return None;
        }
        Some(period)
    }

    fn bounds(&mut self, period: Period, start: &str, end: &str, expect: &Expect) -> Option<Convention> {
        let zone = expect.zone.clone().unwrap_or_else(Zone::utc);
        let mut readable = true;
        for (key, text) in [("periodStart", start), ("periodEnd", end)] {
            if from_wire(text).is_none() {
                let message = format!("got {}: wanted a time like \"2024-06-01T00:00:00Z\"", shown(text));
                self.error(format!("/{key}"), "timestamp", message);
                readable = false;
            }
        }
        if !readable {
            return None;
        }
        // Of the same form and length, the texts compare as the times do.
        if start > end {
            self.error(
                "/periodEnd".into(),
                "bounds_order",
                format!("the period ends at {end}, before it starts at {start}"),
            );
            return None;
        }
        let found = infer(period, &zone, expect.week_start, start, end).filter(|(found, _)| {
            expect.week_start.is_none() || found.week_start.is_none() || found.week_start == expect.week_start
        });
        let Some((convention, bounds)) = found else {
            let message = format!(
                "{start} to {end} is no calendar {} in {}, neither as instants nor as wall time{}",
                period.as_str(),
                zone.name(),
                if period == Period::Week && expect.week_start.is_none() {
                    ", whatever day weeks begin on"
                } else {
                    ""
                },
            );
            self.error("/periodStart".into(), "bounds", message);
            return None;
        };
        if expect.now.is_some_and(|now| !bounds.window.contains(now)) {
            let message = format!("{start} to {end} does not hold the moment of the question");
            self.error("/periodStart".into(), "not_current", message);
        }
        Some(convention)
    }

    fn orphans(&mut self, rows: &[Option<AgentUsageItem>]) {
        let orphans = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.as_ref().is_some_and(|r| r.agent_id.is_none()));
        for (n, _) in orphans.skip(1) {
            self.error(
                format!("/data/{n}"),
                "second_orphan",
                "a second row of usage with no agent: wanted one at most",
            );
        }
    }

    fn ids(&mut self, rows: &[Option<AgentUsageItem>]) {
        let mut seen = Names::default();
        let mut firsts = vec![None]; // of the empty id, which is among names from the beginning
        for (n, row) in rows.iter().enumerate() {
            let Some(id) = row.as_ref().and_then(|row| row.agent_id.as_deref()) else {
                continue;
            };
            match firsts.get_mut(seen.number(id) as usize) {
                Some(Some(first)) => {
                    let message = format!("the agent of row {n} has row {first} already: wanted one row an agent");
                    self.error(format!("/data/{n}/agentId"), "duplicate_agent", message);
                }
                Some(unseen) => *unseen = Some(n),
                None => firsts.push(Some(n)),
            }
        }
    }
}

fn value_shown(value: &str) -> String {
    match walk::read(value) {
        Json::Null => "null".into(),
        Json::Bool(b) => b.to_string(),
        Json::Number(n) => format!("the number {}", number_shown(n)),
        Json::Text(text) => shown(&text),
        Json::BrokenText => "text with a lone surrogate".into(),
        Json::Array(_) => "an array".into(),
        Json::Object(_) => "an object".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn by_value(body: &Value, expect: &Expect) -> Result<Sound, Vec<Problem>> {
        by_agent(body.to_string().as_bytes(), expect)
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
        assert_eq!(sound.convention.boundaries, crate::period::Boundaries::WallClock);
        assert_eq!((sound.value.data.len(), sound.warnings.len()), (3, 0));
        assert!(!sound.value.data[1].is_orphan);
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
            ("/data/0/agentId", json!("b"), "/data/1/agentId", "duplicate_agent"),
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
        assert_eq!(codes, ["range", "missing", "second_orphan", "seconds_without_calls"]);
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
            let problems = by_agent(text, &Expect::default()).unwrap_err();
            assert_eq!((problems.len(), problems[0].code.as_str()), (1, "invalid_json"));
        }
        assert_eq!(by_agent(b"[]", &Expect::default()).unwrap_err()[0].path, "");
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
}
