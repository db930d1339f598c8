//! Periods compared with the browser's own `Temporal`, which nobody here wrote.

use crate::periods::bounds;
use js_sys::Function;
use std::collections::BTreeMap;
use usage_by_agent::wasm::{PeriodQuestion, time_zones};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

/// The instants at which the browser's `Temporal` begins a period and the next one; `null` where the browser does not know the
/// zone.
const TEMPORAL: &str = r#"
    let date;
    try { date = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(tz).toPlainDate(); } catch { return null; }
    const first = period === "week" ? date.subtract({ days: date.dayOfWeek - 1 })
        : period === "month" ? date.with({ day: 1 }) : date.with({ month: 1, day: 1 });
    const next = first.add({ [period + "s"]: 1 });
    return [first, next].map((day) => day.toZonedDateTime(tz).epochMilliseconds).join();
"#;

/// Zones that changed in recent releases of the tz database, which a browser of 2026 may not have yet (tests/core/zones.rs names
/// the releases). No other zone may differ.
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
                let ([start, end], _) = bounds(
                    PeriodQuestion::new(&query)
                        .unwrap()
                        .read(&format!(r#"{{"date": {now}}}"#))
                        .unwrap_or(0),
                );
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
    console_log!("zones in which the browser differs: {:?}", differ.keys());
    differ.retain(|name, _| !CHANGED_LATELY.contains(name));
    assert!(differ.is_empty(), "{differ:#?}");
}
