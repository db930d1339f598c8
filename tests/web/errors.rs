//! Errors are plain objects with a code and a place, and the next call works.

use crate::support::{JUNE, aggregator, code_and_path, feed, get, json};
use usage_by_agent::wasm::{Counter, PeriodQuestion};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn a_wrong_option_has_a_code_and_a_path() {
    let mut question = PeriodQuestion::new(JUNE).unwrap();
    for (thrown, code, path) in [
        (
            PeriodQuestion::new(r#"{"period": "decade"}"#).err(),
            "invalid_period",
            "/period",
        ),
        (
            PeriodQuestion::new(r#"{"period": "week", "tz": "Mars/Olympus"}"#).err(),
            "invalid_tz",
            "/tz",
        ),
        (question.read("null").err(), "invalid_now", "/now"),
        (question.read("-1e15").err(), "invalid_now", "/now"),
        (question.read("1718452800").err(), "invalid_now", "/now"),
        (question.read(r#"{"date": -1e15}"#).err(), "out_of_range", "/now"),
        (
            Counter::new(r#"{"dedupe": 1}"#, false).err(),
            "invalid_option",
            "/dedupe",
        ),
    ] {
        assert_eq!(code_and_path(&thrown.unwrap()), (code.into(), path.into()));
    }
    assert!(question.at(1_718_452_800_000.0) > 0);
}

#[wasm_bindgen_test]
fn a_fault_in_a_text_has_a_line_and_an_offset_and_what_was_counted_stays() {
    let mut counts = aggregator();
    let error = counts.push_text(&mut feed(), b"\n  }", true).unwrap_err();
    assert_eq!(code_and_path(&error), ("invalid_json".into(), "/0".into()));
    assert_eq!(
        [json(&get(&error, "line")), json(&get(&error, "byteOffset"))],
        ["2", "3"]
    );
    assert_eq!(json(&get(&counts.diagnostics().unwrap(), "counted")), "3");
}
