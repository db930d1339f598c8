//! The counters: records go in, and responses and snapshots come out.

use super::{given, thrown, to_js};
use crate::calendar::period::Window;
use crate::contract::Endpoint;
use crate::counting::aggregator::Aggregator;
use crate::counting::ledger::Ledger;
use crate::counting::part::Part;
use crate::counting::rollup::Rollup;
use crate::counting::text_feed::TextFeed;
use crate::error::{Place, UsageError};
use crate::json::whole;
use crate::options::Options;
use crate::output::Value;
use crate::records::columns::{Columns, Item};
use crate::records::judge::{Defaults, message_count};
use crate::records::page::Page;
use crate::records::reader::Between;
use crate::records::row::Row;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// What a counter counts.
enum Counts {
    /// One period.
    Period(Box<Aggregator>),
    /// All time.
    AllTime(Box<Rollup>),
}

impl Counts {
    const fn ledger(&self) -> &Ledger {
        match self {
            Counts::Period(counts) => counts.ledger(),
            Counts::AllTime(counts) => counts.ledger(),
        }
    }

    const fn ledger_mut(&mut self) -> &mut Ledger {
        match self {
            Counts::Period(counts) => counts.ledger_mut(),
            Counts::AllTime(counts) => counts.ledger_mut(),
        }
    }
}

/// The counts of one period, or of all time.
///
/// Both are one class, because each method of a class is code in the module.
#[wasm_bindgen]
pub struct Counter {
    counts: Counts,
    /// The times of the latest breakdown.
    times: Vec<f64>,
    /// The series of the latest breakdown.
    series: Vec<f64>,
}

#[wasm_bindgen]
impl Counter {
    /// Creates a counter that has counted nothing yet. `query` is JSON: the query of a report, or the options of a rollup.
    #[wasm_bindgen(constructor)]
    pub fn new(query: &str, is_of_a_period: bool) -> Result<Counter, JsValue> {
        let options = Options::from_json(query);
        let made = || -> Result<Counts, UsageError> {
            Ok(if is_of_a_period {
                Counts::Period(Box::new(Aggregator::new(options.usage()?)))
            } else {
                Counts::AllTime(Box::new(Rollup::new(options.reading()?, options.directory()?)))
            })
        };
        let counts = made().map_err(thrown)?;
        Ok(Counter {
            counts,
            times: Vec::new(),
            series: Vec::new(),
        })
    }

    /// Counts a batch of objects. The JSON Pointer of the first record is `prefix/first`. The feed has the defaults of
    /// records.
    ///
    /// A conversation is a batch of its own. Returns whether its messages are to follow. The feed then has the defaults of
    /// these messages, until [`Feed::leave`].
    #[wasm_bindgen(js_name = pushColumns)]
    #[allow(clippy::too_many_arguments)]
    pub fn push_columns(
        &mut self,
        entries: &[u16],
        numbers: &[f64],
        lengths: &[u32],
        text: &[u8],
        terms: &[u32],
        prefix: &str,
        first: u32,
        feed: &mut Feed,
    ) -> Result<bool, JsValue> {
        let columns = Columns {
            entries,
            numbers,
            lengths,
            text,
            terms,
        };
        push_columns(self.counts.ledger_mut(), columns, prefix, first, feed).map_err(thrown)
    }

    /// Takes the end of a list page: the number of its items; 1 or 0 for its `hasMore`, or -1 without one; its `total`, or -1
    /// without one.
    #[wasm_bindgen(js_name = endPage)]
    pub fn end_page(&mut self, items: f64, has_more: f64, total: f64) {
        self.counts.ledger_mut().page_ended(page_of([items, has_more, total]));
    }

    /// Counts the records that end in the next chunk of a text, and ends the text after its last chunk.
    #[wasm_bindgen(js_name = pushText)]
    pub fn push_text(&mut self, feed: &mut Feed, chunk: &[u8], is_last: bool) -> Result<(), JsValue> {
        let into = self.counts.ledger_mut();
        let mut pushed = feed.text.push(into, chunk);
        if is_last && pushed.is_ok() {
            pushed = feed.text.finish(into);
        }
        pushed.map_err(thrown)
    }

    /// The part of a text that the feed has read and this counter has counted, as numbers for [`Counter::merge_part`]: the
    /// offsets of its beginning and its end, the lines and the values before its end, and each page as in
    /// [`Counter::end_page`]. Empty if the part can't be merged.
    #[allow(clippy::cast_precision_loss)]
    pub fn part(&self, feed: &Feed) -> Vec<f64> {
        let Some(Part { start, end, pages }) = feed.text.part(self.counts.ledger()) else {
            return Vec::new();
        };
        let number = |of: Option<u64>| of.map_or(-1.0, |of| of as f64);
        let mut numbers = Vec::from([start, end.bytes, end.lines, end.values].map(|of| number(Some(of))));
        for Page { items, has_more, total } in pages {
            numbers.extend([number(Some(items)), number(has_more.map(u64::from)), number(total)]);
        }
        numbers
    }

    /// Takes a part that another counter has counted in place of the next bytes of the feed's text. `part` has the numbers that
    /// [`Counter::part`] gave. Returns whether that was possible; otherwise the bytes have to be pushed.
    #[wasm_bindgen(js_name = mergePart)]
    pub fn merge_part(&mut self, feed: &mut Feed, part: &[f64], snapshot: &[u8]) -> Result<bool, JsValue> {
        let Some((place, pages)) = part.split_first_chunk() else {
            return Ok(false);
        };
        let [start, bytes, lines, values] = place.map(|number| whole(number).unwrap_or(0));
        let (pages, _) = pages.as_chunks();
        let part = Part {
            start,
            end: Between { bytes, lines, values },
            pages: pages.iter().copied().map(page_of).collect(),
        };
        let merged = feed.text.merge_part(self.counts.ledger_mut(), &part, snapshot);
        merged.map_err(thrown)
    }

    /// Makes this a counter that trims records in place of counting them.
    #[wasm_bindgen(js_name = beginTrimming)]
    pub fn begin_trimming(&mut self) {
        self.counts.ledger_mut().begin_trimming();
    }

    /// Takes the trimmed records: for each, 1 and its key of 11 bytes, or 0 and as many zeros; its JSON text; a line feed.
    #[wasm_bindgen(js_name = takeTrimmed)]
    pub fn take_trimmed(&mut self) -> Vec<u8> {
        self.counts.ledger_mut().take_trimmed()
    }

    /// Settles which of two trimmed records of one key counts. Empty text stands for no known record. Returns 0 for a duplicate, 1 for
    /// a record that counts, 2 for one that replaces the known record, 3 for one that can't count; and 4 more if the record told
    /// something besides.
    pub fn settle(&mut self, known: &[u8], record: &[u8]) -> Result<u8, JsValue> {
        let known = Some(known).filter(|known| !known.is_empty());
        let (settled, tells_more) = self.counts.ledger_mut().settle(known, record).map_err(thrown)?;
        Ok(settled as u8 | u8::from(tells_more) << 2)
    }

    /// Takes a trimmed record back that counts.
    pub fn retract(&mut self, record: &[u8]) -> Result<(), JsValue> {
        self.counts.ledger_mut().retract(record).map_err(thrown)
    }

    /// Whether the first of two trimmed records of one key counts, and not the second one.
    #[wasm_bindgen(js_name = isFuller)]
    pub fn is_fuller(&mut self, a: &[u8], b: &[u8]) -> Result<bool, JsValue> {
        self.counts.ledger_mut().is_fuller(a, b).map_err(thrown)
    }

    /// Writes what has been counted as bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        self.counts.ledger().snapshot()
    }

    /// Adds the counts of a snapshot.
    pub fn merge(&mut self, snapshot: &[u8]) -> Result<(), JsValue> {
        self.counts.ledger_mut().merge(snapshot).map_err(thrown)
    }

    /// Where every record went so far.
    pub fn diagnostics(&self) -> Result<JsValue, JsValue> {
        to_js(self.counts.ledger().diagnostics())
    }

    /// The numbers that warnings are made of: records, and those of an unknown kind; incomplete lists, those that do not say how
    /// many items are missing, and the items that the others lack; conversations that lack messages, and those messages; 1 if
    /// messages may have been counted twice.
    #[allow(clippy::cast_precision_loss)]
    pub fn warnings(&self) -> Vec<f64> {
        let ledger = self.counts.ledger();
        let diagnostics = ledger.diagnostics();
        let mut missing = ledger.missing();
        let understood = [diagnostics.records, diagnostics.ignored.other].into_iter();
        let lists = missing.numbers().map(|number| *number);
        let all = understood.chain(lists).chain([ledger.has_mixed_sources().into()]);
        all.map(|number| number as f64).collect()
    }

    /// The JSON text of the first record of an unknown kind that came as text, or its beginning; empty if there is none.
    pub fn unknown(&self) -> Vec<u8> {
        self.counts.ledger().unknown().to_vec()
    }

    /// Computes the report of what has been counted so far in a period; `null` for all time.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        match &self.counts {
            Counts::Period(counts) => to_js(&counts.report()),
            Counts::AllTime(_) => Ok(JsValue::NULL),
        }
    }

    /// Computes the response of an endpoint from the counts of all time; `null` for an endpoint that does not exist, and for the
    /// counts of a period. `query` is JSON.
    ///
    /// For `usage` it returns the counts, and the first and the last second of the month. The package adds the plan and the
    /// numbers.
    pub fn response(&self, endpoint: &str, query: &str) -> Result<JsValue, JsValue> {
        let Counts::AllTime(rollup) = &self.counts else {
            return Ok(JsValue::NULL);
        };
        let query = Options::from_json(query);
        match Endpoint::named(endpoint) {
            Some(Endpoint::ByAgent) => answered(query.usage().and_then(|query| rollup.by_agent(query))),
            Some(Endpoint::ByNumber) => {
                let period = given(&query.period, || query.period());
                answered(period.and_then(|period| rollup.by_number(period.as_ref())))
            }
            Some(Endpoint::Usage) => answered(query.account_query().map(|query| {
                let bounds = query.month.bounds.written(query.month.bounds_as);
                (rollup.stats(&query), bounds)
            })),
            Some(Endpoint::Daily) => answered(query.days().and_then(|query| rollup.daily(&query))),
            Some(Endpoint::Monthly) => answered(query.months().and_then(|query| rollup.monthly(&query))),
            None => Ok(JsValue::NULL),
        }
    }

    /// Computes a breakdown of the counts of all time: the name of the zone, the totals and the rows. [`Self::times`] and
    /// [`Self::series`] then have its numbers. `null` for the counts of a period. `query` is JSON.
    #[allow(clippy::cast_precision_loss)]
    pub fn breakdown(&mut self, query: &str) -> Result<JsValue, JsValue> {
        let Counts::AllTime(rollup) = &self.counts else {
            return Ok(JsValue::NULL);
        };
        let mut query = Options::from_json(query).breakdown().map_err(thrown)?;
        let found = rollup.breakdown(&mut query).map_err(thrown)?;
        let (zone, totals) = (Value::Text(found.zone.name()), Value::Object(&found.totals));
        let answer = to_js(&[zone, totals, Value::Rows(&found.rows)])?;
        self.times = vec![found.window.start as f64, found.window.end as f64];
        for step in &found.steps {
            self.times.push(step.window.start as f64);
            self.times.push(found.shown(step) as f64);
        }
        self.series = found.series;
        Ok(answer)
    }

    /// Gives the times of the latest breakdown, in epoch milliseconds, and forgets them: the first instant of the window and the
    /// first one after it, and for each step its first instant and the local time of its beginning as if it were UTC.
    pub fn times(&mut self) -> Vec<f64> {
        std::mem::take(&mut self.times)
    }

    /// Gives the series of the latest breakdown, and forgets them: for each row the messages of each step, the calls of each step
    /// and the seconds of each step.
    pub fn series(&mut self) -> Vec<f64> {
        std::mem::take(&mut self.series)
    }

    /// Whether an id may have records both inside and outside a window, given in epoch milliseconds.
    #[wasm_bindgen(js_name = splitsIds)]
    #[allow(clippy::cast_possible_truncation)]
    pub fn splits_ids(&self, start: f64, end: f64) -> bool {
        self.counts.ledger().splits_ids(Window {
            start: start as i64,
            end: end as i64,
        })
    }

    /// The span of what has been counted, as two numbers of epoch milliseconds; empty if there is none.
    #[allow(clippy::cast_precision_loss)]
    pub fn span(&self) -> Vec<f64> {
        match &self.counts {
            Counts::AllTime(rollup) => rollup
                .span()
                .map_or_else(Vec::new, |span| vec![span.start as f64, span.end as f64]),
            Counts::Period(_) => Vec::new(),
        }
    }
}

/// A list page from its numbers, as [`Counter::end_page`] takes them.
fn page_of([items, has_more, total]: [f64; 3]) -> Page {
    Page {
        items: whole(items).unwrap_or(0),
        has_more: whole(has_more).map(|flag| flag == 1),
        total: whole(total),
    }
}

fn answered(response: Result<impl Serialize, UsageError>) -> Result<JsValue, JsValue> {
    match response {
        Ok(response) => to_js(&response),
        Err(error) => Err(thrown(error)),
    }
}

fn push_columns(
    into: &mut Ledger,
    columns: Columns<'_>,
    prefix: &str,
    first: u32,
    feed: &mut Feed,
) -> Result<bool, UsageError> {
    let mut index = first;
    let mut row = Row::default();
    let mut items = columns.items();
    while let Some(item) = items.next_item(&mut row) {
        let place = || Place::at(format!("{prefix}/{index}"));
        match item {
            Item::Row => into.add(&row, feed.defaults(), &place)?,
            Item::NotObject(kind) => into.add_not_object(kind, place())?,
            Item::Conversation(messages) => return conversation(into, &row, messages, Place::at(prefix), feed),
        }
        index = index.saturating_add(1);
    }
    Ok(false)
}

#[inline(never)]
fn conversation(
    into: &mut Ledger,
    row: &Row<'_>,
    messages: f64,
    place: Place,
    feed: &mut Feed,
) -> Result<bool, UsageError> {
    let found = into.conversation(row, feed.defaults(), &|| place.clone())?;
    let is_valid = found.is_some();
    if let Some(defaults) = found {
        into.conversation_ended(whole(messages).unwrap_or(0), message_count(row));
        feed.within.push(defaults);
    }
    Ok(is_valid)
}

/// A JSON text whose chunks are being read, and the defaults of its records.
#[wasm_bindgen]
pub struct Feed {
    text: TextFeed,
    /// The defaults of the conversations whose messages are being read as objects, the innermost last.
    within: Vec<Defaults>,
}

#[wasm_bindgen]
impl Feed {
    /// Creates a feed that has read nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new(
        agent_id: Option<String>,
        agent_name: Option<String>,
        number_id: Option<String>,
        channel: Option<String>,
    ) -> Feed {
        Feed {
            text: TextFeed::new(Defaults {
                agent_id,
                agent_name,
                number_id,
                channel,
            }),
            within: Vec::new(),
        }
    }

    /// Makes a new feed the feed of a part that begins at this offset of a text.
    #[wasm_bindgen(js_name = beginPart)]
    pub fn begin_part(&mut self, bytes: f64) {
        self.text.begin_part(whole(bytes).unwrap_or(0));
    }

    /// Leaves the conversation whose messages have been read.
    pub fn leave(&mut self) {
        self.within.pop();
    }

    fn defaults(&self) -> &Defaults {
        self.within.last().unwrap_or_else(|| self.text.defaults())
    }
}
