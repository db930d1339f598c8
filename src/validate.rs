//! Checking an upstream's answer to `GET /v1/usage/by-agent`: its types, and the rules beyond types. Every problem is
//! found, not the first. Fields that are not known are nobody's business.

use crate::contract::{AgentUsageItem, AgentUsageResponse};
use crate::convention::{Convention, infer};
use crate::error::{Problem, Severity, shown};
use crate::period::Period;
use crate::report::MAX_SAFE;
use crate::timestamp::from_wire;
use crate::zone::Zone;
use chrono::Weekday;
use serde_json::{Map, Value};
use std::collections::HashMap;

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
pub fn by_agent_text(text: &[u8], expect: &Expect) -> Result<Sound, Vec<Problem>> {
    match serde_json::from_slice::<Value>(text) {
        Ok(body) => by_agent(&body, expect),
        Err(error) => {
            let line = error.line() as u64;
            let problem = Problem::error("", "invalid_json", format!("the body is not JSON: {error}"));
            Err(vec![Problem {
                line: Some(line),
                ..problem
            }])
        }
    }
}

/// Checks an answer.
///
/// # Errors
/// Everything that is wrong with it.
pub fn by_agent(body: &Value, expect: &Expect) -> Result<Sound, Vec<Problem>> {
    let mut check = Check::default();
    let Some(body) = check.object("", body) else {
        return Err(check.problems);
    };
    let data = check.rows(body);
    let period = check.period(body, expect);
    let start = check.text("", body, "periodStart");
    let end = check.text("", body, "periodEnd");
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

    fn type_error(&mut self, path: String, got: Option<&Value>, wanted: &str) {
        match got {
            None => self.error(path, "missing", format!("the field is missing: wanted {wanted}")),
            Some(got) => self.error(path, "type", format!("got {}: wanted {wanted}", value_shown(got))),
        }
    }

    fn object<'v>(&mut self, path: &str, value: &'v Value) -> Option<&'v Map<String, Value>> {
        let object = value.as_object();
        if object.is_none() {
            self.type_error(path.to_owned(), Some(value), "an object");
        }
        object
    }

    fn text(&mut self, path: &str, of: &Map<String, Value>, key: &str) -> Option<String> {
        let got = of.get(key);
        let text = got.and_then(Value::as_str).map(str::to_owned);
        if text.is_none() {
            self.type_error(format!("{path}/{key}"), got, "a string");
        }
        text
    }

    /// A whole number from 0 to 2^53 - 1; `7.0` is one, as it is to JSON.parse.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn count(&mut self, path: &str, of: &Map<String, Value>, key: &str) -> Option<u64> {
        let got = of.get(key);
        let count = match got {
            Some(Value::Number(n)) => {
                let whole = n
                    .as_f64()
                    .filter(|f| f.fract() == 0.0 && (0.0..=crate::report::MAX_SAFE_F64).contains(f));
                n.as_u64().or(whole.map(|f| f as u64)).filter(|n| *n <= MAX_SAFE)
            }
            _ => None,
        };
        match (count, got) {
            (None, Some(Value::Number(n))) => {
                self.error(
                    format!("{path}/{key}"),
                    "range",
                    format!("got {n}: wanted a whole number from 0 to 2^53 - 1"),
                );
            }
            (None, _) => self.type_error(format!("{path}/{key}"), got, "a whole number"),
            _ => {}
        }
        count
    }

    fn rows(&mut self, body: &Map<String, Value>) -> Vec<Option<AgentUsageItem>> {
        match body.get("data") {
            Some(Value::Array(rows)) => rows
                .iter()
                .enumerate()
                .map(|(n, row)| self.row(&format!("/data/{n}"), row))
                .collect(),
            got => {
                self.type_error("/data".into(), got, "an array");
                Vec::new()
            }
        }
    }

    fn row(&mut self, path: &str, row: &Value) -> Option<AgentUsageItem> {
        let row = self.object(path, row)?;
        let agent_id = match row.get("agentId") {
            Some(Value::Null) => Some(None),
            Some(Value::String(id)) => Some(Some(id.clone())),
            got => {
                self.type_error(format!("{path}/agentId"), got, "a string or null");
                None
            }
        };
        let agent_name = self.text(path, row, "agentName");
        let messages = self.count(path, row, "messages");
        let calls = self.count(path, row, "calls");
        let total_seconds = self.count(path, row, "totalSeconds");
        let is_orphan = match row.get("isOrphan") {
            None => Some(false),
            Some(Value::Bool(orphan)) => Some(*orphan),
            got => {
                self.type_error(format!("{path}/isOrphan"), got, "true or false");
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

    fn period(&mut self, body: &Map<String, Value>, expect: &Expect) -> Option<Period> {
        let got = self.text("", body, "period")?;
        let Some(period) = [Period::Week, Period::Month, Period::Year]
            .into_iter()
            .find(|p| p.as_str() == got)
        else {
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
        let mut seen = HashMap::new();
        for (n, row) in rows.iter().enumerate() {
            let Some(id) = row.as_ref().and_then(|row| row.agent_id.as_deref()) else {
                continue;
            };
            if let Some(first) = seen.get(id) {
                let message = format!("the agent of row {n} has row {first} already: wanted one row an agent");
                self.error(format!("/data/{n}/agentId"), "duplicate_agent", message);
            } else {
                seen.insert(id, n);
            }
        }
    }
}

fn value_shown(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => format!("the number {n}"),
        Value::String(text) => shown(text),
        Value::Array(_) => "an array".into(),
        Value::Object(_) => "an object".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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

    fn new_york() -> Expect {
        Expect {
            period: Some(Period::Month),
            zone: Some(Zone::named("America/New_York").unwrap()),
            ..Expect::default()
        }
    }

    #[test]
    fn a_sound_answer_passes_with_what_explains_its_bounds() {
        let sound = by_agent(&sound(), &new_york()).unwrap();
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
            let problems = by_agent(&body, &new_york()).unwrap_err();
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
        let problems = by_agent(&body, &new_york()).unwrap_err();
        let codes: Vec<_> = problems.iter().map(|p| p.code.as_str()).collect();
        assert_eq!(codes, ["range", "missing", "second_orphan", "seconds_without_calls"]);
        let mut body = sound();
        body["data"][1]["totalSeconds"] = json!(5);
        assert_eq!(
            by_agent(&body, &new_york()).unwrap().warnings[0].code,
            "seconds_without_calls"
        );
    }

    #[test]
    fn what_is_no_json_is_one_problem() {
        for text in [&b"<html>"[..], b"", b"{\"data\": [", b"\xff", &[b'['; 10_000]] {
            let problems = by_agent_text(text, &Expect::default()).unwrap_err();
            assert_eq!((problems.len(), problems[0].code.as_str()), (1, "invalid_json"));
        }
        assert_eq!(by_agent_text(b"[]", &Expect::default()).unwrap_err()[0].path, "");
    }

    #[test]
    fn the_moment_of_the_question_lies_inside() {
        let expect = Expect {
            now: Some(1_719_900_000_000),
            ..new_york()
        };
        assert_eq!(by_agent(&sound(), &expect).unwrap_err()[0].code, "not_current");
        let inside = Expect {
            now: Some(1_718_000_000_000),
            ..new_york()
        };
        assert!(by_agent(&sound(), &inside).is_ok());
    }
}
