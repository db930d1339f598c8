//! The face of the core in JavaScript: the only file that names wasm-bindgen. It converts, and judges nothing.
//!
//! What is thrown is a plain object `{code, message, path?, line?, byteOffset?}`; `pkg/src/errors.ts` makes `UsageError`s
//! of them.

use crate::aggregate::Aggregate;
use crate::columns::{Columns, Item};
use crate::contract::Endpoint;
use crate::convention;
use crate::error::{Place, Problem, UsageError, listed};
use crate::hash::hash;
use crate::input::Text;
use crate::keyed::set_key;
use crate::ledger::Ledger;
use crate::query::{self, Loose, PeriodQuery, RawQuery, WEEKDAYS, moment};
use crate::record::{DATA_FIELDS, Defaults, FIELDS, Row};
use crate::rollup::Rollup;
use crate::validate::{self, Expect, Sound};
use crate::zone::{TZDB_VERSION, Zone};
use chrono::Weekday;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use std::ops::{Deref, DerefMut};
use wasm_bindgen::prelude::*;

/// Nobody who makes ids up can know where they are looked for.
#[wasm_bindgen(start)]
fn start() {
    set_key((js_sys::Math::random().to_bits() >> 20) as u32); // the upper bits of its fraction
}

/// Plain objects, with `null` for what is absent; maps as `Map`, whose keys can be any text, `__proto__` too.
fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::new().serialize_missing_as_null(true))?)
}

fn thrown(error: UsageError) -> JsValue {
    to_js(&Problem::from(error)).unwrap_or(JsValue::NULL)
}

/// A period query without its moment. Reading one costs several times what answering it does, so the face keeps them.
#[wasm_bindgen]
pub struct Question {
    question: query::Question,
    answer: Answer,
}

/// Where the face reads the latest answer.
#[repr(C)]
struct Answer {
    start_ms: f64,
    end_ms: f64,
    /// `periodStart` and `periodEnd`, in ASCII.
    written: [[u8; 20]; 2],
}

#[wasm_bindgen]
impl Question {
    /// Reads the query.
    #[wasm_bindgen(constructor)]
    pub fn new(query: &str) -> Result<Question, JsValue> {
        Ok(Question {
            question: RawQuery::from_json(query).question().map_err(thrown)?,
            answer: Answer {
                start_ms: 0.0,
                end_ms: 0.0,
                written: [[0; 20]; 2],
            },
        })
    }

    /// The zone's name as the tz database spells it.
    pub fn tz(&self) -> String {
        self.question.zone.name().to_owned()
    }

    /// Answers for a moment, and says at which address of memory the answer is; 0 if there is none: `read` says why.
    pub fn at(&mut self, now: f64) -> usize {
        moment(now)
            .and_then(|now| self.question.at(now).ok())
            .map_or(0, |found| self.answered(&found))
    }

    /// The same for whatever `now` is, as JSON.
    pub fn read(&mut self, now: &str) -> Result<usize, JsValue> {
        let now = RawQuery {
            now: Loose::from_json(Some(now)),
            ..RawQuery::default()
        };
        let found = now.now().and_then(|now| self.question.at(now)).map_err(thrown)?;
        Ok(self.answered(&found))
    }

    #[allow(clippy::cast_precision_loss)]
    fn answered(&mut self, found: &PeriodQuery) -> usize {
        let window = found.bounds.window;
        self.answer = Answer {
            start_ms: window.start as f64,
            end_ms: window.end as f64,
            written: found.bounds.wire(found.boundaries).unwrap_or_default(),
        };
        std::ptr::from_ref(&self.answer).addr()
    }
}

/// Every zone name, sorted without regard to case, with line feeds between them.
#[wasm_bindgen(js_name = timeZones)]
pub fn time_zones() -> String {
    Zone::NAMES.to_owned()
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

/// The fields that columns hold of a record, in their order, with commas between them.
#[wasm_bindgen(js_name = recordFields)]
pub fn record_fields() -> String {
    listed(&FIELDS, ",")
}

/// The fields that columns hold of a webhook's `data`, likewise.
#[wasm_bindgen(js_name = dataFields)]
pub fn data_fields() -> String {
    listed(&DATA_FIELDS, ",")
}

/// What tells these bytes from others: 16 bytes.
#[wasm_bindgen(js_name = contentHash)]
pub fn content_hash(bytes: &[u8]) -> Vec<u8> {
    hash(bytes, 0).map(u64::to_be_bytes).concat()
}

/// What `validateResponse` of the package finds in a JSON text: problems and warnings; `null` for an endpoint that there is not.
#[wasm_bindgen(js_name = validateResponse)]
pub fn validate_response(endpoint: &str, text: &[u8], expect: &str) -> Result<JsValue, JsValue> {
    let Some((_, endpoint)) = Endpoint::ALL.into_iter().find(|(name, _)| *name == endpoint) else {
        return Ok(JsValue::NULL);
    };
    let expect = expected(&RawQuery::from_json(expect)).map_err(thrown)?;
    let (Ok(Sound { warnings: told, .. }) | Err(told)) = validate::check(endpoint, text, &expect);
    to_js(&told)
}

fn expected(query: &RawQuery) -> Result<Expect, UsageError> {
    Ok(Expect {
        period: given(&query.period, || query.kind())?,
        zone: given(&query.tz, || query.zone())?,
        week_start: given(&query.week_start, || query.first_day())?,
        boundaries: given(&query.boundaries, || query.written())?,
        now: given(&query.now, || query.now())?,
        offset: query.offset()?,
        days: query.day_count()?,
        months: query.month_count()?,
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

/// What `inferConvention` of the package finds: the week's first day or null, the way of writing, the zone; `null` if nothing
/// explains the bounds.
#[wasm_bindgen(js_name = inferConvention)]
pub fn infer_convention(query: &str, start: &str, end: &str) -> Result<JsValue, JsValue> {
    let query = RawQuery::from_json(query);
    let period = query.kind().map_err(thrown)?;
    let expect = expected(&query).map_err(thrown)?;
    let zone = expect.zone.unwrap_or_else(Zone::utc);
    match convention::infer(period, &zone, expect.week_start, start, end) {
        Some((found, _)) => to_js(&(found.week_start.map(weekday_name), found.boundaries, found.zone.name())),
        None => Ok(JsValue::NULL),
    }
}

fn weekday_name(day: Weekday) -> &'static str {
    WEEKDAYS
        .iter()
        .find(|(_, d)| *d == day)
        .map_or("monday", |(name, _)| name)
}

/// One period's counts, or all time's: fed, kept and merged the same way.
#[wasm_bindgen]
pub struct Aggregator(Counts);

enum Counts {
    Period(Aggregate),
    Rollup(Rollup),
}

impl Deref for Counts {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        match self {
            Counts::Period(counts) => counts,
            Counts::Rollup(counts) => counts,
        }
    }
}

impl DerefMut for Counts {
    fn deref_mut(&mut self) -> &mut Ledger {
        match self {
            Counts::Period(counts) => counts,
            Counts::Rollup(counts) => counts,
        }
    }
}

#[wasm_bindgen]
impl Aggregator {
    /// Nothing counted yet, of a period.
    #[wasm_bindgen(constructor)]
    pub fn new(query: &str) -> Result<Aggregator, JsValue> {
        let query = RawQuery::from_json(query).usage().map_err(thrown)?;
        Ok(Aggregator(Counts::Period(Aggregate::new(query))))
    }

    /// Nothing counted yet, of all time.
    pub fn rollup(options: &str) -> Result<Aggregator, JsValue> {
        let options = RawQuery::from_json(options);
        let reading = options.reading().map_err(thrown)?;
        let directory = options.directory().map_err(thrown)?;
        Ok(Aggregator(Counts::Rollup(Rollup::new(reading, directory))))
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
            text,
        };
        let mut index = first;
        let mut row = Row::default();
        while let Some(item) = columns.next_item(&mut row) {
            let place = || Place::at(format!("{prefix}/{index}"));
            match item {
                Item::Row => self.0.add(&row, &defaults.0, &place),
                Item::NotObject(kind) => self.0.add_not_object(kind, place()),
            }
            .map_err(thrown)?;
            index = index.saturating_add(1);
        }
        Ok(())
    }

    /// The report so far, of a period.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        match &self.0 {
            Counts::Period(counts) => to_js(&counts.report()),
            Counts::Rollup(_) => Ok(JsValue::NULL),
        }
    }

    /// The report of a period, of a rollup.
    #[wasm_bindgen(js_name = byAgent)]
    pub fn by_agent(&self, query: &str) -> Result<JsValue, JsValue> {
        let query = RawQuery::from_json(query).usage();
        self.asked(|rollup| rollup.by_agent(query?))
    }

    /// Usage by number in a period or, where none is named, in all time.
    #[wasm_bindgen(js_name = byNumber)]
    pub fn by_number(&self, query: &str) -> Result<JsValue, JsValue> {
        let query = RawQuery::from_json(query);
        self.asked(|rollup| rollup.by_number(given(&query.period, || query.period())?.as_ref()))
    }

    /// Usage by day.
    pub fn daily(&self, query: &str) -> Result<JsValue, JsValue> {
        let query = RawQuery::from_json(query).days();
        self.asked(|rollup| rollup.daily(&query?))
    }

    /// Usage by month.
    pub fn monthly(&self, query: &str) -> Result<JsValue, JsValue> {
        let query = RawQuery::from_json(query).months();
        self.asked(|rollup| rollup.monthly(&query?))
    }

    /// Messages and calls of all time, of the last day, 7 days and 30 days, of a rollup: eight numbers.
    #[allow(clippy::cast_precision_loss)]
    pub fn latest(&self, query: &str) -> Result<Vec<f64>, JsValue> {
        let now = RawQuery::from_json(query).now().map_err(thrown)?;
        match &self.0 {
            Counts::Rollup(rollup) => Ok(rollup
                .latest(now)
                .iter()
                .flat_map(|usage| [usage.messages as f64, usage.calls as f64])
                .collect()),
            Counts::Period(_) => Ok(Vec::new()),
        }
    }

    /// What has been counted, as bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        self.0.snapshot()
    }

    /// Adds what a snapshot has counted.
    pub fn merge(&mut self, snapshot: &[u8]) -> Result<(), JsValue> {
        self.0.merge(snapshot).map_err(thrown)
    }

    /// Where every record went so far.
    pub fn diagnostics(&self) -> Result<JsValue, JsValue> {
        to_js(self.0.diagnostics())
    }

    fn asked<T: Serialize>(&self, ask: impl FnOnce(&Rollup) -> Result<T, UsageError>) -> Result<JsValue, JsValue> {
        match &self.0 {
            Counts::Rollup(rollup) => to_js(&ask(rollup).map_err(thrown)?),
            Counts::Period(_) => Ok(JsValue::NULL),
        }
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
