//! The module in a real browser, through the same functions that the package calls; the browser's own `Temporal`, which
//! nobody here wrote, says what periods are.
// In a test, a panic is how a fault is told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice
)]
#![cfg(target_arch = "wasm32")]

use js_sys::{Float64Array, Function, JSON, Reflect, Uint8Array, WebAssembly::Memory};
use std::collections::BTreeMap;
use usage_by_agent::wasm::{Aggregator, DefaultAgent, Question, TextReader, infer_convention, time_zones};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn text(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

fn get(value: &JsValue, key: &str) -> JsValue {
    Reflect::get(value, &key.into()).unwrap()
}

const JUNE: &str = r#"{"period": "month", "now": "2024-06-15T12:00:00Z", "tz": "america/new_york"}"#;

/// What the face reads of an answer: `startMs` and `endMs`, and the two texts in one.
fn answer(address: usize) -> ([f64; 2], String) {
    let buffer = wasm_bindgen::memory().unchecked_into::<Memory>().buffer();
    let at = u32::try_from(address).unwrap();
    let mut times = [0.0; 2];
    Float64Array::new_with_byte_offset_and_length(&buffer, at, 2).copy_to(&mut times);
    let written = Uint8Array::new_with_byte_offset_and_length(&buffer, at + 16, 40).to_vec();
    (times, String::from_utf8(written).unwrap())
}

#[wasm_bindgen_test]
fn bounds_are_read_from_memory() {
    let mut question = Question::new(JUNE).unwrap();
    let want = (
        [1_717_214_400_000.0, 1_719_806_400_000.0],
        "2024-06-01T04:00:00Z2024-07-01T03:59:59Z".to_owned(),
    );
    assert_eq!(answer(question.at(1_718_452_800_000.0)), want);
    assert_eq!(answer(question.read(r#""2024-06-15T12:00:00Z""#).unwrap()), want);
    assert_eq!(question.tz(), "America/New_York");
    assert_eq!([f64::NAN, f64::INFINITY, -1e15].map(|now| question.at(now)), [0; 3]);
}

#[wasm_bindgen_test]
fn a_fault_is_thrown_with_code_and_path_and_the_next_call_works() {
    let mut question = Question::new(JUNE).unwrap();
    for (thrown, code, path) in [
        (
            Question::new(r#"{"period": "decade"}"#).err(),
            "invalid_period",
            "/period",
        ),
        (question.read("null").err(), "invalid_now", "/now"),
        (question.read("-1e15").err(), "out_of_range", "/now"),
    ] {
        let thrown = thrown.unwrap();
        assert_eq!((get(&thrown, "code"), get(&thrown, "path")), (code.into(), path.into()));
    }
    assert!(question.at(1_718_452_800_000.0) > 0);
}

#[wasm_bindgen_test]
fn text_in_chunks_of_a_byte_becomes_a_report() {
    let mut counts = Aggregator::new(JUNE).unwrap();
    let mut reader = TextReader::new(&DefaultAgent::new(Some("d".into()), Some("Default".into())));
    let records = r#"[{"receivedAt": "2024-06-02T00:00:00Z", "agentId": "é"}, {"receivedAt": 1717300000000}]"#;
    for byte in records.as_bytes() {
        reader.push(&mut counts, &[*byte]).unwrap();
    }
    reader.finish(&mut counts).unwrap();
    let rows = text(&get(&counts.report().unwrap(), "data"));
    assert_eq!(
        rows,
        r#"[{"agentId":"d","agentName":"Default","messages":1,"calls":0,"totalSeconds":0,"isOrphan":false},{"agentId":"é","agentName":"é","messages":1,"calls":0,"totalSeconds":0,"isOrphan":false}]"#
    );
    let error = reader.push(&mut counts, b"}").unwrap_err();
    assert_eq!(
        (get(&error, "code"), get(&error, "line")),
        ("invalid_json".into(), 1.into())
    );
    assert_eq!(text(&get(&counts.diagnostics().unwrap(), "records")), "2");
}

#[wasm_bindgen_test]
fn the_vendor_example_is_wall_time() {
    let query = r#"{"period": "month", "tz": "America/New_York"}"#;
    let found = infer_convention(query, "2024-06-01T00:00:00Z", "2024-06-30T23:59:59Z").unwrap();
    assert_eq!(text(&found), r#"[null,"wall-clock","America/New_York"]"#);
}

/// Where the browser's `Temporal` has a period's first and next day start; `null` where the browser has no such zone.
const TEMPORAL: &str = r#"
    let date;
    try { date = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(tz).toPlainDate(); } catch { return null; }
    const first = period === "week" ? date.subtract({ days: date.dayOfWeek - 1 })
        : period === "month" ? date.with({ day: 1 }) : date.with({ month: 1, day: 1 });
    const next = first.add({ [period + "s"]: 1 });
    return [first, next].map((day) => day.toZonedDateTime(tz).epochMilliseconds).join();
"#;

/// Zones that changed in releases of the tz database that browsers of 2026 may or may not have yet (tests/core/zones.rs
/// names the releases). No other zone may differ.
const CHANGED_LATELY: [&str; 20] = [
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "America/Bogota",
    "America/Edmonton",
    "America/Ensenada",
    "America/Havana",
    "America/Inuvik",
    "America/Rainy_River",
    "America/Santa_Isabel",
    "America/Tijuana",
    "America/Vancouver",
    "America/Winnipeg",
    "America/Yellowknife",
    "Asia/Tehran",
    "Canada/Central",
    "Canada/Mountain",
    "Canada/Pacific",
    "Cuba",
    "Iran",
    "Mexico/BajaNorte",
];

#[wasm_bindgen_test]
fn periods_are_where_the_browsers_own_temporal_has_them() {
    if js_sys::eval("typeof Temporal").unwrap() != "object" {
        console_log!("this browser has no Temporal: nothing to compare with");
        return;
    }
    let temporal = Function::new_with_args("now, tz, period", TEMPORAL);
    let (mut compared, mut unknown) = (0_u32, 0_u32);
    let mut differ = BTreeMap::new();
    let zones = time_zones();
    for (n, name) in zones.lines().enumerate() {
        let zone = JsValue::from(name);
        for step in 0..38_u32 {
            // A walk from 1972 to 2099 that meets every month.
            let day = 900 + step * 1217 + u32::try_from(n).unwrap() * 7 % 613;
            let now = f64::from(day) * 86_400_000.0;
            for period in ["week", "month", "year"] {
                let theirs = temporal
                    .call3(&JsValue::NULL, &now.into(), &zone, &period.into())
                    .unwrap();
                if theirs.is_null() {
                    unknown += 1;
                    continue;
                }
                let query = format!(r#"{{"tz":"{name}","period":"{period}"}}"#);
                let ([start, end], _) = answer(Question::new(&query).unwrap().at(now));
                let ours = format!("{start},{end}");
                if theirs != ours.as_str() {
                    differ
                        .entry(name)
                        .or_insert_with(|| format!("{period} of {now}: {ours}, not {theirs:?}"));
                }
                compared += 1;
            }
        }
    }
    console_log!("{compared} periods compared with Temporal, {unknown} in zones that the browser does not know");
    assert!(compared > 50_000);
    console_log!("zones that the browser has otherwise: {:?}", differ.keys());
    differ.retain(|name, _| !CHANGED_LATELY.contains(name));
    assert!(differ.is_empty(), "{differ:#?}");
}
