//! Periods, zones, conventions, and the windows of responses.

use crate::support::{JUNE, code_and_path, json};
use js_sys::{Float64Array, Uint8Array, WebAssembly::Memory};
use usage_by_agent::wasm::{PeriodQuestion, infer_convention, is_time_zone, records_window, time_zones, versions};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// The bounds that the face reads from memory: `startMs` and `endMs`, and the two texts in one.
pub fn bounds(address: usize) -> ([f64; 2], String) {
    let buffer = wasm_bindgen::memory().unchecked_into::<Memory>().buffer();
    let at = u32::try_from(address).unwrap();
    let mut times = [0.0; 2];
    Float64Array::new_with_byte_offset_and_length(&buffer, at, 2).copy_to(&mut times);
    let written = Uint8Array::new_with_byte_offset_and_length(&buffer, at + 16, 40).to_vec();
    (times, String::from_utf8(written).unwrap())
}

#[wasm_bindgen_test]
fn bounds_are_read_from_memory() {
    let mut question = PeriodQuestion::new(JUNE).unwrap();
    let want = (
        [1_717_214_400_000.0, 1_719_806_400_000.0],
        "2024-06-01T04:00:00Z2024-07-01T03:59:59Z".to_owned(),
    );
    assert_eq!(bounds(question.at(1_718_452_800_000.0)), want);
    assert_eq!(bounds(question.read(r#""2024-06-15T12:00:00Z""#).unwrap()), want);
    assert_eq!(question.tz(), "America/New_York");
}

#[wasm_bindgen_test]
fn a_moment_without_a_period_has_no_address() {
    let mut question = PeriodQuestion::new(JUNE).unwrap();
    assert_eq!(
        [
            f64::NAN,
            f64::INFINITY,
            -1e13,
            -1e15,
            0.0,
            1_718_452_800.0,
            1_718_452_800_000_000.0
        ]
        .map(|now| question.at(now)),
        [0; 7]
    );
    assert!(question.read(r#"{"date": 1718452800}"#).is_ok());
}

#[wasm_bindgen_test]
fn zones_are_known_in_any_case() {
    assert!(is_time_zone("europe/PARIS") && !is_time_zone("Mars/Olympus") && !is_time_zone(""));
    assert!(time_zones().lines().count() > 590);
    assert!(versions().starts_with(concat!(env!("CARGO_PKG_VERSION"), " 20")));
}

#[wasm_bindgen_test]
fn the_vendors_example_is_wall_time() {
    let query = r#"{"period": "month", "tz": "America/New_York"}"#;
    let found = infer_convention(query, "2024-06-01T00:00:00Z", "2024-06-30T23:59:59Z").unwrap();
    assert_eq!(json(&found), r#"[null,"wall-clock","America/New_York"]"#);
}

#[wasm_bindgen_test]
fn each_response_has_a_window_of_records() {
    let window = |endpoint, query| records_window(endpoint, query).map(|found| json(&found));
    assert_eq!(window("by-agent", JUNE).unwrap(), "[1717214400000,1719806400000]");
    let march = r#"{"now": "2024-03-11T12:00:00Z", "tz": "America/New_York", "days": 2, "months": 2}"#;
    // The day on which clocks went forward has 23 hours.
    assert_eq!(window("daily", march).unwrap(), "[1710046800000,1710216000000]");
    assert_eq!(window("monthly", march).unwrap(), "[1706763600000,1711944000000]");
    assert_eq!(window("usage", "{}").unwrap(), "[-86400000,4102531200000]");
    assert_eq!(window("by-number", "{}").unwrap(), "[-86400000,4102531200000]");
    assert_eq!(window("hourly", "{}").unwrap(), "null");
    let error = window("daily", r#"{"now": "1970-01-01T12:00:00Z", "days": 2}"#).unwrap_err();
    assert_eq!(code_and_path(&error), ("out_of_range".into(), "/now".into()));
}
