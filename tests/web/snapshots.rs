//! Snapshots, and merging them.

use crate::support::{JUNE, aggregator, code_and_path, get, json, rollup};
use usage_by_agent::wasm::Counter;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn an_aggregator_is_restored_from_its_snapshot() {
    let counts = aggregator();
    let mut restored = Counter::new(JUNE, true).unwrap();
    restored.merge(&counts.snapshot()).unwrap();
    assert_eq!(restored.snapshot(), counts.snapshot());
    assert_eq!(json(&restored.report().unwrap()), json(&counts.report().unwrap()));
}

#[wasm_bindgen_test]
fn an_id_that_both_parts_have_counts_once() {
    let mut counts = rollup();
    counts.merge(&rollup().snapshot()).unwrap();
    let diagnostics = counts.diagnostics().unwrap();
    let numbers = ["records", "counted", "duplicates"].map(|key| json(&get(&diagnostics, key)));
    assert_eq!(numbers, ["6", "3", "3"]);
}

#[wasm_bindgen_test]
fn a_snapshot_of_the_other_kind_is_refused_and_changes_nothing() {
    let mut counts = Counter::new("{}", false).unwrap();
    for snapshot in [aggregator().snapshot(), b"UBA".to_vec()] {
        let error = counts.merge(&snapshot).unwrap_err();
        assert_eq!(code_and_path(&error), ("invalid_snapshot".into(), String::new()));
    }
    assert_eq!(counts.snapshot(), Counter::new("{}", false).unwrap().snapshot());
}
