//! Counts records, and keeps the account of where every record went.
//!
//! What makes two records one is decided here: `Ledger::count` looks an id up among those of its kind, and `Ledger::order`
//! decides which of two records with one id counts.
//!
//! Two modules answer from a ledger: [`super::aggregator`] counts one period, and [`super::rollup`] keeps all time by the
//! quarter hour.

use crate::calendar::period::Window;
use crate::collections::index::Index;
use crate::collections::interner::Interner;
use crate::collections::keyed_hash::table_hash;
use crate::collections::sort::by_code_unit;
use crate::counting::diagnostics::{Diagnostics, MAX_PROBLEMS};
use crate::counting::quarter_hours::{Timeline, quarter_of};
use crate::counting::seen_ids::{Entry, IdHash, Probe, SeenIds, Usage};
use crate::counting::tally::Tally;
use crate::error::{Code, Place, Problem, Severity, UsageError};
use crate::json::MAX_SAFE;
use crate::records::judge::Reading;
use crate::records::judge::{Defaults, Event, Judged, Kind, judge};
use crate::records::row::Row;
use std::cmp::Ordering;

/// What has been counted.
///
/// ```
/// use usage_by_agent::{Ledger, Options, push_text};
///
/// let mut ledger = Ledger::new(Options::default().reading()?, None);
/// let twice = br#"[{"id": "m1", "receivedAt": "2024-06-01T00:00:00Z"}, {"id": "m1", "receivedAt": "2024-06-01T00:00:00Z"}]"#;
/// push_text(&mut ledger, twice, &Default::default())?;
/// assert_eq!((ledger.diagnostics().counted, ledger.diagnostics().duplicates), (1, 1));
/// # Ok::<(), usage_by_agent::UsageError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(crate) reading: Reading,
    /// The period that counts. With `None` all time counts, by the quarter hour.
    pub(crate) window: Option<Window>,
    pub(crate) agents: Interner,
    pub(crate) numbers: Interner,
    pub(crate) timelines: Vec<Timeline>,
    /// The timelines by agent and phone number.
    index: Index,
    /// The timeline that was found last.
    last: u32,
    pub(crate) ids: SeenIds,
    pub(crate) diagnostics: Diagnostics,
}

pub(crate) fn add_one(counter: &mut u64) {
    *counter = counter.saturating_add(1);
}

impl Ledger {
    /// Creates a ledger that has counted nothing yet, for one period or, with `None`, for all time.
    pub fn new(reading: Reading, window: Option<Window>) -> Self {
        Ledger {
            reading,
            window,
            agents: Interner::default(),
            numbers: Interner::default(),
            timelines: Vec::new(),
            index: Index::default(),
            last: 0,
            ids: SeenIds::default(),
            diagnostics: Diagnostics::default(),
        }
    }

    /// Counts one record, or notes why it is not counted. `place` returns where the record came from; it is called only when
    /// something is wrong.
    ///
    /// # Errors
    /// `invalid_record` unless invalid records are skipped; `overflow`. On an error no counter changes.
    pub fn add(&mut self, row: &Row<'_>, defaults: &Defaults, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        match judge(row, defaults, &self.reading) {
            Judged::Event(event) => self.event(&event, place)?,
            Judged::VoiceTurn => add_one(&mut self.diagnostics.ignored.voice_turns),
            Judged::Reaction => add_one(&mut self.diagnostics.ignored.reactions),
            Judged::Unknown => add_one(&mut self.diagnostics.ignored.other),
            Judged::Invalid(fault) => {
                let mut place = place();
                place.path.push_str(fault.pointer);
                return self.invalid(UsageError::new(Code::InvalidRecord, fault.message).at(place));
            }
        }
        add_one(&mut self.diagnostics.records);
        Ok(())
    }

    /// Counts a value that is not an object as an invalid record. `kind` names the type of the value ("a number", "null").
    ///
    /// # Errors
    /// `invalid_record` unless invalid records are skipped.
    pub fn add_not_object(&mut self, kind: &str, place: Place) -> Result<(), UsageError> {
        let message = format!("the record is {kind}: wanted an object");
        self.invalid(UsageError::new(Code::InvalidRecord, message).at(place))
    }

    /// Counts an invalid record, and keeps the error as a problem.
    ///
    /// # Errors
    /// Returns `error` unless invalid records are skipped.
    pub fn invalid(&mut self, error: UsageError) -> Result<(), UsageError> {
        if !self.reading.skip_invalid {
            return Err(error);
        }
        add_one(&mut self.diagnostics.records);
        add_one(&mut self.diagnostics.invalid);
        self.keep(error.into());
        Ok(())
    }

    /// Keeps a warning that concerns the input and not one record.
    pub fn warn(&mut self, error: UsageError) {
        self.keep(Problem {
            severity: Severity::Warning,
            ..error.into()
        });
    }

    pub(crate) fn keep(&mut self, problem: Problem) {
        if self.diagnostics.problems.len() < MAX_PROBLEMS {
            self.diagnostics.problems.push(problem);
        }
    }

    fn event(&mut self, event: &Event<'_>, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        // Every record with a name is observed, counted or not, so that the latest name does not depend on the period.
        if let (Some(id), Some(name)) = (event.agent_id, event.agent_name) {
            let agent = self.agents.intern(id);
            self.agents.observe_name(agent, event.at, name);
        }
        if self.window.is_none()
            && let (Some(id), Some(name)) = (event.number.id(), event.number.phone_number())
        {
            let number = self.numbers.intern(id);
            self.numbers.observe_name(number, event.at, name);
        }
        if let Some(status) = event.not_completed
            && !self.reading.what_if.counts(status)
        {
            self.diagnostics.ignored.not_completed.add(status, 1);
            return Ok(());
        }
        let quarter = match self.window {
            Some(window) => window.contains(event.at).then_some(0),
            None => quarter_of(event.at),
        };
        match quarter {
            Some(quarter) => self.count(event, quarter, place),
            None => {
                add_one(&mut self.diagnostics.outside_period);
                Ok(())
            }
        }
    }

    fn count(&mut self, event: &Event<'_>, quarter: u32, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        let agent = event.agent_id.map_or(0, |id| self.agents.intern(id));
        let number = Some(event.number).filter(|_| self.window.is_none());
        let number = number
            .and_then(|number| number.id())
            .map_or(0, |id| self.numbers.intern(id));
        let entry = Entry {
            timeline: self.timeline_of(agent, number),
            quarter,
            usage: match (event.kind, event.seconds) {
                (Kind::Message, _) => Usage::Message,
                (Kind::Call, None) => Usage::Call,
                (Kind::Call, Some(seconds)) => Usage::Timed(seconds),
            },
        };
        match event.id.filter(|_| self.reading.dedupe) {
            Some(id) => {
                let (probe, known) = self.ids.find(IdHash::new(event.kind, id));
                if let Some(known) = known {
                    if self.order(entry, known).is_gt() {
                        self.fits(entry.usage, known.usage, place)?;
                        self.ids.put(probe, entry);
                        self.take(known);
                        self.put(entry);
                    }
                    add_one(&mut self.diagnostics.duplicates);
                    return Ok(());
                }
                self.fits(entry.usage, Usage::Message, place)?;
                self.ids.put(probe, entry);
            }
            None => {
                self.fits(entry.usage, Usage::Message, place)?;
                if event.id.is_none() {
                    add_one(&mut self.diagnostics.without_id);
                }
            }
        }
        self.put(entry);
        Ok(())
    }

    /// Decides which of two records with the same id counts: the greater one. The first of these that differs decides:
    ///
    /// 1. a record with an agent wins over one without;
    /// 2. a call with a known duration wins over one without, and a longer call over a shorter one;
    /// 3. the smaller agent id wins, by UTF-16 code unit;
    /// 4. the earlier quarter hour wins;
    /// 5. a record with a phone number wins over one without;
    /// 6. the smaller id of the phone number wins, by UTF-16 code unit.
    ///
    /// One event may be delivered twice, once with more fields. The result must not depend on the order of the records, nor on
    /// the part that a record came in.
    pub(crate) fn order(&self, a: Entry, b: Entry) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        let fields = |entry: Entry| {
            let (agent, number) = self.timeline_at(entry.timeline).map_or((0, 0), |s| (s.agent, s.number));
            (agent, self.agents.id(agent), number, self.numbers.id(number))
        };
        let (fields_a, fields_b) = (fields(a), fields(b));
        (fields_a.0 != 0)
            .cmp(&(fields_b.0 != 0))
            .then_with(|| a.usage.cmp(&b.usage))
            .then_with(|| by_code_unit(fields_b.1, fields_a.1))
            .then_with(|| b.quarter.cmp(&a.quarter))
            .then_with(|| (fields_a.2 != 0).cmp(&(fields_b.2 != 0)))
            .then_with(|| by_code_unit(fields_b.3, fields_a.3))
    }

    /// Checks that the sum of seconds stays exact when `new` is added and `old` is taken back.
    fn fits(&self, new: Usage, old: Usage, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        let seconds = new.tally().total_seconds;
        let mut total = self.diagnostics.totals;
        total.take(old.tally());
        if total.total_seconds.saturating_add(seconds) <= MAX_SAFE {
            return Ok(());
        }
        let message = format!("{seconds} more call seconds bring the total beyond 2^53 - 1, the largest exact number");
        Err(UsageError::new(Code::Overflow, message).at(place()))
    }

    pub(crate) fn put(&mut self, entry: Entry) {
        let usage = entry.usage.tally();
        if entry.usage == Usage::Call {
            add_one(&mut self.diagnostics.without_duration);
        }
        add_one(&mut self.diagnostics.counted);
        self.diagnostics.totals.add(usage);
        self.change_usage(entry.timeline, entry.quarter, usage, Tally::add);
    }

    /// Undoes [`Ledger::put`].
    pub(crate) fn take(&mut self, entry: Entry) {
        let usage = entry.usage.tally();
        let diagnostics = &mut self.diagnostics;
        if entry.usage == Usage::Call {
            diagnostics.without_duration = diagnostics.without_duration.saturating_sub(1);
        }
        diagnostics.counted = diagnostics.counted.saturating_sub(1);
        diagnostics.totals.take(usage);
        self.change_usage(entry.timeline, entry.quarter, usage, Tally::take);
    }

    pub(crate) fn change_usage(&mut self, timeline: u32, quarter: u32, usage: Tally, by: fn(&mut Tally, Tally)) {
        let quarter = Some(quarter).filter(|_| self.window.is_none());
        if let Some(timeline) = self.timelines.get_mut(timeline as usize) {
            timeline.change(quarter, usage, by);
        }
    }

    /// Adds the usage of quarter hours, which must be in order.
    pub(crate) fn add_usage(&mut self, timeline: u32, usage: &[(u32, Tally)]) {
        let is_of_a_period = self.window.is_some();
        if let Some(timeline) = self.timelines.get_mut(timeline as usize) {
            if is_of_a_period {
                usage.iter().for_each(|(_, usage)| timeline.total.add(*usage));
            } else {
                timeline.add(usage);
            }
        }
    }

    /// Takes over an id from a snapshot whose tallies have been added already.
    ///
    /// Where this ledger has the id too, one of the two records is a duplicate. Its tally is taken back.
    pub(crate) fn merge_id(&mut self, probe: Probe, known: Option<Entry>, entry: Entry) {
        let wins = known.is_none_or(|known| self.order(entry, known).is_gt());
        if wins {
            self.ids.put(probe, entry);
        }
        if let Some(known) = known {
            self.take(if wins { known } else { entry });
            add_one(&mut self.diagnostics.duplicates);
        }
    }

    fn timeline_at(&self, number: u32) -> Option<&Timeline> {
        self.timelines.get(number as usize)
    }

    /// The index of the timeline of an agent and a phone number. A new one is created if needed.
    pub(crate) fn timeline_of(&mut self, agent: u32, number: u32) -> u32 {
        let is_it = |at| {
            self.timeline_at(at)
                .is_some_and(|s| s.agent == agent && s.number == number)
        };
        if is_it(self.last) {
            return self.last;
        }
        let hash = table_hash(&(u64::from(agent) << 32 | u64::from(number)).to_le_bytes());
        self.last = match self.index.find(hash, is_it) {
            Some(known) => known,
            None => {
                self.timelines.push(Timeline::new(agent, number));
                self.index.add(hash)
            }
        };
        self.last
    }

    /// Where every record went so far.
    pub const fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }
}
