//! The face of the core in JavaScript: the only file that names wasm-bindgen. It converts, and judges nothing.
//!
//! What is thrown is a plain object `{code, message, path?, line?, byteOffset?}`; `pkg/src/errors.ts` makes `UsageError`s
//! of them.

use crate::aggregate::Aggregate;
use crate::columns::{Columns, Item};
use crate::convention;
use crate::error::{Place, Problem, UsageError};
use crate::input::Text;
use crate::period::Boundaries;
use crate::query::{Loose, RawQuery, WEEKDAYS};
use crate::record::{DATA_FIELDS, Defaults, FIELDS};
use crate::validate::{self, Expect};
use crate::walk;
use crate::zone::{TZDB_VERSION, Zone};
use chrono::Weekday;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

/// Plain objects, with `null` for what is absent; maps as `Map`, whose keys can be any text, `__proto__` too.
fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::new().serialize_missing_as_null(true))?)
}

fn thrown(error: UsageError) -> JsValue {
    to_js(&Problem::from(error)).unwrap_or(JsValue::NULL)
}

/// `periodBounds` of the package, with `now` given: the query and the bounds as JSON, which crosses several times faster than
/// an object property by property.
#[wasm_bindgen(js_name = periodBounds)]
pub fn period_bounds(query: &str) -> Result<String, JsValue> {
    let query = RawQuery::from_json(query).period().map_err(thrown)?;
    let bounds = query.bounds;
    let (start, end) = bounds.written(query.boundaries);
    let (period, tz, window) = (bounds.period.as_str(), bounds.zone.name(), bounds.window);
    Ok(format!(
        r#"{{"period":"{period}","tz":"{tz}","periodStart":"{start}","periodEnd":"{end}","startMs":{},"endMs":{}}}"#,
        window.start, window.end
    ))
}

/// Every zone name, sorted without regard to case.
#[wasm_bindgen(js_name = timeZones)]
pub fn time_zones() -> js_sys::Array {
    Zone::names().map(JsValue::from_str).collect()
}

/// The release of the tz database that is compiled in.
#[wasm_bindgen(js_name = tzdbVersion)]
pub fn tzdb_version() -> String {
    TZDB_VERSION.to_owned()
}

/// The version of this crate, which is the package's.
#[wasm_bindgen(js_name = packageVersion)]
pub fn package_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// The fields that columns hold of a record, in their order.
#[wasm_bindgen(js_name = recordFields)]
pub fn record_fields() -> js_sys::Array {
    FIELDS.into_iter().map(JsValue::from_str).collect()
}

/// The fields that columns hold of a webhook's `data`, in their order.
#[wasm_bindgen(js_name = dataFields)]
pub fn data_fields() -> js_sys::Array {
    DATA_FIELDS.into_iter().map(JsValue::from_str).collect()
}

#[derive(Serialize)]
struct Checked<T> {
    ok: bool,
    value: T,
    warnings: Vec<Problem>,
}

#[derive(Serialize)]
struct Unsound {
    ok: bool,
    problems: Vec<Problem>,
}

/// `validateResponse("by-agent", …)` of the package, from JSON text.
#[wasm_bindgen(js_name = validateByAgent)]
pub fn validate_by_agent(text: &[u8], expect: &str) -> Result<JsValue, JsValue> {
    let expect = expected(&RawQuery::from_json(expect)).map_err(thrown)?;
    match validate::by_agent(text, &expect) {
        Ok(sound) => to_js(&Checked {
            ok: true,
            value: sound.value,
            warnings: sound.warnings,
        }),
        Err(problems) => to_js(&Unsound { ok: false, problems }),
    }
}

fn expected(query: &RawQuery) -> Result<Expect, UsageError> {
    Ok(Expect {
        period: given(&query.period, || query.kind())?,
        zone: given(&query.tz, || query.zone())?,
        week_start: given(&query.week_start, || query.first_day())?,
        now: given(&query.now, || query.now())?,
    })
}

/// What an option says, if it says anything.
fn given<T>(option: &Loose, read: impl FnOnce() -> Result<T, UsageError>) -> Result<Option<T>, UsageError> {
    if *option == Loose::Missing {
        Ok(None)
    } else {
        read().map(Some)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Explained<'a> {
    week_start: Option<&'a str>,
    boundaries: Boundaries,
    tz: &'a str,
}

/// `inferConvention` of the package.
#[wasm_bindgen(js_name = inferConvention)]
pub fn infer_convention(bounds: &str, query: &str) -> Result<JsValue, JsValue> {
    let [period, start, end] = walk::values(bounds, ["period", "periodStart", "periodEnd"]).map(Loose::from_json);
    let expect = expected(&RawQuery::from_json(query)).map_err(thrown)?;
    let written = RawQuery {
        period,
        ..RawQuery::default()
    };
    let period = written.kind().map_err(thrown)?;
    let (Loose::Text(start), Loose::Text(end)) = (start, end) else {
        return Ok(JsValue::NULL);
    };
    let zone = expect.zone.clone().unwrap_or_else(Zone::utc);
    match convention::infer(period, &zone, expect.week_start, &start, &end) {
        Some((found, _)) => to_js(&Explained {
            week_start: found.week_start.map(weekday_name),
            boundaries: found.boundaries,
            tz: found.zone.name(),
        }),
        None => Ok(JsValue::NULL),
    }
}

fn weekday_name(day: Weekday) -> &'static str {
    WEEKDAYS
        .iter()
        .find(|(_, d)| *d == day)
        .map_or("monday", |(name, _)| name)
}

/// One period's counts.
#[wasm_bindgen]
pub struct Aggregator(Aggregate);

#[wasm_bindgen]
impl Aggregator {
    /// Nothing counted yet.
    #[wasm_bindgen(constructor)]
    pub fn new(query: &str) -> Result<Aggregator, JsValue> {
        Ok(Aggregator(Aggregate::new(
            RawQuery::from_json(query).usage().map_err(thrown)?,
        )))
    }

    /// Counts a batch of objects. The first one's pointer is `prefix/first`.
    #[wasm_bindgen(js_name = pushColumns)]
    #[allow(clippy::too_many_arguments)]
    pub fn push_columns(
        &mut self,
        entries: &[u16],
        numbers: &[f64],
        lengths: &[u32],
        text: &[u8],
        prefix: &str,
        first: u32,
        defaults: &DefaultAgent,
    ) -> Result<(), JsValue> {
        let mut columns = Columns {
            entries,
            numbers,
            lengths,
            text: std::str::from_utf8(text).unwrap_or_default(),
        };
        let mut index = first;
        while let Some(item) = columns.next_item() {
            let place = || Place::at(format!("{prefix}/{index}"));
            match item {
                Item::Row(row) => self.0.add(&row, &defaults.0, &place),
                Item::NotObject(kind) => self.0.add_not_object(kind, place()),
            }
            .map_err(thrown)?;
            index = index.saturating_add(1);
        }
        Ok(())
    }

    /// The report so far.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        to_js(&self.0.report())
    }

    /// Where every record went so far.
    pub fn diagnostics(&self) -> Result<JsValue, JsValue> {
        to_js(self.0.diagnostics())
    }
}

/// The agent of records that name none.
#[wasm_bindgen]
pub struct DefaultAgent(Defaults);

#[wasm_bindgen]
impl DefaultAgent {
    /// An agent, or none.
    #[wasm_bindgen(constructor)]
    pub fn new(agent_id: Option<String>, agent_name: Option<String>) -> DefaultAgent {
        DefaultAgent(Defaults { agent_id, agent_name })
    }
}

/// A JSON text on its way into an aggregator.
#[wasm_bindgen]
pub struct TextReader(Text);

#[wasm_bindgen]
impl TextReader {
    /// Nothing read yet.
    #[wasm_bindgen(constructor)]
    pub fn new(defaults: &DefaultAgent) -> TextReader {
        TextReader(Text::new(defaults.0.clone()))
    }

    /// Counts the records that end in the next chunk.
    pub fn push(&mut self, into: &mut Aggregator, chunk: &[u8]) -> Result<(), JsValue> {
        self.0.push(&mut into.0, chunk).map_err(thrown)
    }

    /// Ends the text.
    pub fn finish(&mut self, into: &mut Aggregator) -> Result<(), JsValue> {
        self.0.finish(&mut into.0).map_err(thrown)
    }
}
