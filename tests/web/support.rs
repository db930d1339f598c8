//! What the tests share.

use js_sys::{JSON, Reflect};
use usage_by_agent::wasm::{Counter, Feed};
use wasm_bindgen::prelude::*;

/// June 2024 in New York.
pub const JUNE: &str = r#"{"period": "month", "now": "2024-06-15T12:00:00Z", "tz": "america/new_york"}"#;

/// A message and a completed call of agent `a` by number `n`, and a message without an agent.
pub const RECORDS: &str = r#"[
    {"id": "m1", "receivedAt": "2024-06-02T00:00:00Z", "agentId": "a", "agentName": "Support", "numberId": "n"},
    {"id": "c1", "startedAt": "2024-06-14T10:00:00Z", "durationSeconds": 90, "status": "completed", "agentId": "a", "phoneNumberId": "n"},
    {"id": "m2", "receivedAt": "2024-06-15T11:00:00Z"}
]"#;

/// A value as JSON.
pub fn json(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

/// A property.
pub fn get(value: &JsValue, key: &str) -> JsValue {
    Reflect::get(value, &key.into()).unwrap()
}

/// An error's code and path.
pub fn code_and_path(error: &JsValue) -> (String, String) {
    let text = |key| get(error, key).as_string().unwrap_or_default();
    (text("code"), text("path"))
}

/// A feed of records that belong to nobody where they name no agent.
pub fn feed() -> Feed {
    Feed::new(None, None, None, None)
}

/// An aggregator that has counted [`RECORDS`].
pub fn aggregator() -> Counter {
    let mut counts = Counter::new(JUNE, true).unwrap();
    counts.push_text(&mut feed(), RECORDS.as_bytes(), true).unwrap();
    counts
}

/// A rollup that has counted [`RECORDS`].
pub fn rollup() -> Counter {
    let mut counts = Counter::new("{}", false).unwrap();
    counts.push_text(&mut feed(), RECORDS.as_bytes(), true).unwrap();
    counts
}
