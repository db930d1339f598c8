//! The schemas of a breakdown in the OpenAPI document, and its example.

use serde_json::{Map, Value, json};
use usage_by_agent::counting::breakdown::DIRECTION_NAMES;
use usage_by_agent::json::MAX_SAFE;

fn count(about: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "maximum": MAX_SAFE, "description": about})
}

fn text(about: &str) -> Value {
    json!({"type": "string", "description": about})
}

fn time(about: &str) -> Value {
    json!({"type": "integer", "description": about})
}

fn object(about: &str, required: &[&str], properties: &Value) -> Value {
    json!({"type": "object", "description": about, "required": required, "properties": properties})
}

const MEASURES: [&str; 3] = ["messages", "calls", "totalSeconds"];

/// The schemas by their names.
pub fn schemas() -> Map<String, Value> {
    let usage = |of: &str| {
        [
            count(&format!("The number of messages{of}.")),
            count(&format!("The number of completed calls{of}.")),
            count(&format!("The duration of the completed calls{of}, in whole seconds.")),
        ]
    };
    let [messages, calls, seconds] = usage("");
    let series =
        |about: &str| json!({"type": "array", "items": count(about), "description": "One value for each step."});
    let list = |name: &str, about: &str| json!({"type": "array", "items": {"$ref": format!("#/components/schemas/{name}")}, "description": about});
    let days = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let all = [
        (
            "BreakdownSeries",
            object(
                "The usage of a row over time.",
                &MEASURES,
                &json!({
                    "messages": series("Messages of the step."),
                    "calls": series("Completed calls of the step."),
                    "totalSeconds": series("Call seconds of the step."),
                }),
            ),
        ),
        (
            "BreakdownStep",
            object(
                "One step. The first and the last step are cut to the window.",
                &["start", "startMs", "endMs"],
                &json!({
                    "start": text("A local date; of hours the local time with its offset, `YYYY-MM-DDTHH:MM±hh:mm`."),
                    "startMs": time("The first instant, in epoch milliseconds."),
                    "endMs": time("The first instant after the step, in epoch milliseconds."),
                }),
            ),
        ),
        (
            "BreakdownRow",
            object(
                "One row: its values in the dimensions of the query, and its usage.",
                &MEASURES,
                &json!({
                    "agentId": {"type": ["string", "null"], "description": "The agent's id; null for usage without an agent."},
                    "agentName": text("The agent's name."),
                    "numberId": text("The id of the phone number; empty for usage without one."),
                    "phoneNumber": text("The phone number; empty if the records do not contain it."),
                    "channel": text("The channel; empty for usage without one; `other` for all but the 64 most used ones."),
                    "direction": {"type": "string", "enum": DIRECTION_NAMES, "description": "The direction; empty for usage without one."},
                    "weekday": {"type": "string", "enum": days, "description": "The local day of the week."},
                    "hour": {"type": "integer", "minimum": 0, "maximum": 23, "description": "The local hour."},
                    "messages": messages.clone(),
                    "calls": calls.clone(),
                    "totalSeconds": seconds.clone(),
                    "series": {"$ref": "#/components/schemas/BreakdownSeries"},
                }),
            ),
        ),
        (
            "BreakdownTotals",
            object(
                "The sums of all rows.",
                &MEASURES,
                &json!({"messages": messages, "calls": calls, "totalSeconds": seconds}),
            ),
        ),
        (
            "Breakdown",
            object(
                "The usage of a window by rows, and over time if there are steps.",
                &["from", "to", "startMs", "endMs", "tz", "rows", "totals"],
                &json!({
                    "from": {"type": "string", "format": "date-time", "description": "The first instant of the window."},
                    "to": {"type": "string", "format": "date-time", "description": "The first instant after the window."},
                    "startMs": time("`from` in epoch milliseconds."),
                    "endMs": time("`to` in epoch milliseconds."),
                    "tz": text("The zone's name as the tz database spells it."),
                    "steps": list("BreakdownStep", "The steps, if the query has a `step`."),
                    "rows": list("BreakdownRow", "The rows. Those with most messages come first, and usage without an agent is last."),
                    "totals": {"$ref": "#/components/schemas/BreakdownTotals"},
                }),
            ),
        ),
    ];
    all.into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}

/// A breakdown by channel and day.
pub fn example() -> Value {
    json!({
        "from": "2024-06-01T00:00:00Z",
        "to": "2024-06-03T00:00:00Z",
        "startMs": 1_717_200_000_000_i64,
        "endMs": 1_717_372_800_000_i64,
        "tz": "UTC",
        "steps": [
            {"start": "2024-06-01", "startMs": 1_717_200_000_000_i64, "endMs": 1_717_286_400_000_i64},
            {"start": "2024-06-02", "startMs": 1_717_286_400_000_i64, "endMs": 1_717_372_800_000_i64},
        ],
        "rows": [{
            "channel": "sms",
            "messages": 9,
            "calls": 0,
            "totalSeconds": 0,
            "series": {"messages": [4, 5], "calls": [0, 0], "totalSeconds": [0, 0]},
        }],
        "totals": {"messages": 9, "calls": 0, "totalSeconds": 0},
    })
}
