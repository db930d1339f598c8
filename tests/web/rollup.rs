//! The five responses of a rollup.

use crate::support::{JUNE, json, rollup};
use wasm_bindgen_test::wasm_bindgen_test;

fn response(endpoint: &str, query: &str) -> String {
    json(&rollup().response(endpoint, query).unwrap())
}

#[wasm_bindgen_test]
fn usage_by_agent() {
    assert_eq!(
        response("by-agent", JUNE),
        r#"{"data":[{"agentId":"a","agentName":"Support","messages":1,"calls":1,"totalSeconds":90,"isOrphan":false},{"agentId":null,"agentName":"Unassigned","messages":1,"calls":0,"totalSeconds":0,"isOrphan":true}],"period":"month","periodStart":"2024-06-01T04:00:00Z","periodEnd":"2024-07-01T03:59:59Z"}"#
    );
}

#[wasm_bindgen_test]
fn usage_by_number_in_all_time() {
    assert_eq!(
        response("by-number", "{}"),
        r#"{"data":[{"numberId":"n","phoneNumber":"","country":"","status":"","agentId":"a","agentName":"Support","messages":1,"calls":1},{"numberId":"","phoneNumber":"","country":"","status":"","messages":1,"calls":0}]}"#
    );
}

#[wasm_bindgen_test]
fn usage_of_the_account() {
    let query =
        r#"{"now": "2024-06-15T12:00:00Z", "stats": {"successfulWebhookDeliveries": 3, "failedWebhookDeliveries": 1}}"#;
    assert_eq!(
        response("usage", query),
        r#"[{"totalMessages":2,"messagesLast24h":1,"messagesLast7d":1,"messagesLast30d":2,"totalCalls":1,"callsLast24h":0,"callsLast7d":1,"callsLast30d":1,"totalWebhookDeliveries":4,"successfulWebhookDeliveries":3,"failedWebhookDeliveries":1},["2024-06-01T00:00:00Z","2024-06-30T23:59:59Z"]]"#
    );
}

#[wasm_bindgen_test]
fn usage_by_day_and_by_month() {
    let query = r#"{"now": "2024-06-15T12:00:00Z", "days": 2, "months": 1}"#;
    assert_eq!(
        response("daily", query),
        r#"{"data":[{"date":"2024-06-14","messages":0,"calls":1,"webhooks":0},{"date":"2024-06-15","messages":1,"calls":0,"webhooks":0}],"days":2}"#
    );
    assert_eq!(
        response("monthly", query),
        r#"{"data":[{"month":"2024-06","messages":2,"calls":1,"webhooks":0}],"months":1}"#
    );
}

#[wasm_bindgen_test]
fn an_endpoint_that_does_not_exist_has_no_response() {
    assert!(rollup().response("hourly", "{}").unwrap().is_null());
}
