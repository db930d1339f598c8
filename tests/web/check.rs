//! The check of a response.

use crate::support::{JUNE, aggregator, code_and_path, get, json};
use usage_by_agent::wasm::validate_response;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn a_report_of_ours_passes() {
    let report = json(&aggregator().report().unwrap());
    let expect = r#"{"period": "month", "tz": "America/New_York"}"#;
    assert_eq!(
        json(&validate_response("by-agent", report.as_bytes(), expect).unwrap()),
        "[]"
    );
}

#[wasm_bindgen_test]
fn every_problem_has_a_code_and_a_path() {
    let text = br#"{"data": [{"month": "2024-06", "messages": -1, "calls": "7", "webhooks": 0}], "months": 1}"#;
    let problems = validate_response("monthly", text, "{}").unwrap();
    let found = [0, 1].map(|n| code_and_path(&js_sys::Reflect::get_u32(&problems, n).unwrap()));
    let pair = |code: &str, path: &str| (code.to_owned(), path.to_owned());
    assert_eq!(
        found,
        [pair("range", "/data/0/messages"), pair("type", "/data/0/calls")]
    );
}

#[wasm_bindgen_test]
fn text_that_is_not_json_has_a_line_and_an_offset() {
    let problems = validate_response("usage", b"{\n  oops", JUNE).unwrap();
    let problem = js_sys::Reflect::get_u32(&problems, 0).unwrap();
    assert_eq!(json(&get(&problem, "code")), r#""invalid_json""#);
    assert_eq!(
        [json(&get(&problem, "line")), json(&get(&problem, "byteOffset"))],
        ["2", "4"]
    );
}

#[wasm_bindgen_test]
fn an_endpoint_that_does_not_exist_is_null() {
    assert!(validate_response("hourly", b"{}", "{}").unwrap().is_null());
}
