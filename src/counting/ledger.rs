//! Counting: records in, and the account of where every one of them went. What is asked of it later is the business of
//! [`super::aggregator`], which counts one period, and of [`super::rollup`], which keeps all time by the quarter hour.

use crate::calendar::period::Window;
use crate::collections::index::Index;
use crate::collections::interner::Interner;
use crate::collections::keyed_hash::table_hash;
use crate::collections::sort::by_code_unit;
use crate::counting::diagnostics::{Diagnostics, MAX_PROBLEMS};
use crate::counting::quarter_hours::{Series, quarter_of};
use crate::counting::seen_ids::{Claim, Ids, Key, Usage};
use crate::counting::tally::Tally;
use crate::error::{Code, Place, Problem, Severity, UsageError};
use crate::json::MAX_SAFE;
use crate::records::judge::Reading;
use crate::records::judge::{Defaults, Event, Judged, Kind, judge};
use crate::records::row::Row;
use std::cmp::Ordering;

/// What has been counted.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(crate) reading: Reading,
    /// The period that counts; without one everything does, and is kept by the quarter hour.
    pub(crate) window: Option<Window>,
    pub(crate) agents: Interner,
    pub(crate) numbers: Interner,
    pub(crate) series: Vec<Series>,
    /// Of the series, by agent and number.
    index: Index,
    last: u32,
    pub(crate) ids: Ids,
    pub(crate) diagnostics: Diagnostics,
}

pub(crate) fn add_one(counter: &mut u64) {
    *counter = counter.saturating_add(1);
}

impl Ledger {
    /// Nothing counted yet: of one period, or of all time.
    pub fn new(reading: Reading, window: Option<Window>) -> Self {
        Ledger {
            reading,
            window,
            agents: Interner::default(),
            numbers: Interner::default(),
            series: Vec::new(),
            index: Index::default(),
            last: 0,
            ids: Ids::default(),
            diagnostics: Diagnostics::default(),
        }
    }

    /// Puts one record where it belongs. `place` says where it came from, and is asked only when something is wrong.
    ///
    /// # Errors
    /// `invalid_record` unless invalid records are skipped, and `overflow`; the record is then not counted, anywhere.
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

    /// Counts something that is no object, `kind` ("a number", "null"), as the invalid record that it is.
    ///
    /// # Errors
    /// `invalid_record` unless invalid records are skipped.
    pub fn add_not_object(&mut self, kind: &str, place: Place) -> Result<(), UsageError> {
        let message = format!("the record is {kind}: wanted an object");
        self.invalid(UsageError::new(Code::InvalidRecord, message).at(place))
    }

    /// Counts an invalid record.
    ///
    /// # Errors
    /// The same error, unless invalid records are skipped.
    pub fn invalid(&mut self, error: UsageError) -> Result<(), UsageError> {
        if !self.reading.skip_invalid {
            return Err(error);
        }
        add_one(&mut self.diagnostics.records);
        add_one(&mut self.diagnostics.invalid);
        self.keep(error.into());
        Ok(())
    }

    /// Keeps a warning that is about no one record.
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
        // Names come from every record that tells one, counted or not: an agent's latest name is the same whatever is asked.
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
        let claim = Claim {
            series: self.series_of(agent, number),
            quarter,
            usage: match (event.kind, event.seconds) {
                (Kind::Message, _) => Usage::Message,
                (Kind::Call, None) => Usage::Call,
                (Kind::Call, Some(seconds)) => Usage::Timed(seconds),
            },
        };
        match event.id.filter(|_| self.reading.dedupe) {
            Some(id) => {
                let (spot, known) = self.ids.find(Key::new(event.kind, id));
                if let Some(known) = known {
                    if self.order(claim, known).is_gt() {
                        self.fits(claim.usage, known.usage, place)?;
                        self.ids.put(spot, claim);
                        self.take(known);
                        self.put(claim);
                    }
                    add_one(&mut self.diagnostics.duplicates);
                    return Ok(());
                }
                self.fits(claim.usage, Usage::Message, place)?;
                self.ids.put(spot, claim);
            }
            None => {
                self.fits(claim.usage, Usage::Message, place)?;
                if event.id.is_none() {
                    add_one(&mut self.diagnostics.without_id);
                }
            }
        }
        self.put(claim);
        Ok(())
    }

    /// Which of two records of one id counts, the greater: of an agent before of none, then the one that tells how long it
    /// was, then the longer, then the agent's id that comes first, then the earlier, then by a number before by none, then
    /// the number's id that comes first. Whichever comes first or last, and in whichever part: the order of records must not
    /// matter, and the same event told twice may be told more fully once.
    pub(crate) fn order(&self, a: Claim, b: Claim) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        let told = |claim: Claim| {
            let (agent, number) = self.series_at(claim.series).map_or((0, 0), |s| (s.agent, s.number));
            (agent, self.agents.id(agent), number, self.numbers.id(number))
        };
        let (told_a, told_b) = (told(a), told(b));
        (told_a.0 != 0)
            .cmp(&(told_b.0 != 0))
            .then_with(|| a.usage.cmp(&b.usage))
            .then_with(|| by_code_unit(told_b.1, told_a.1))
            .then_with(|| b.quarter.cmp(&a.quarter))
            .then_with(|| (told_a.2 != 0).cmp(&(told_b.2 != 0)))
            .then_with(|| by_code_unit(told_b.3, told_a.3))
    }

    /// Does the sum of seconds stay exact with this one in it, and another out?
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

    pub(crate) fn put(&mut self, claim: Claim) {
        let usage = claim.usage.tally();
        if claim.usage == Usage::Call {
            add_one(&mut self.diagnostics.without_duration);
        }
        add_one(&mut self.diagnostics.counted);
        self.diagnostics.totals.add(usage);
        self.change_usage(claim.series, claim.quarter, usage, Tally::add);
    }

    /// Undoes [`Ledger::put`].
    pub(crate) fn take(&mut self, claim: Claim) {
        let usage = claim.usage.tally();
        let diagnostics = &mut self.diagnostics;
        if claim.usage == Usage::Call {
            diagnostics.without_duration = diagnostics.without_duration.saturating_sub(1);
        }
        diagnostics.counted = diagnostics.counted.saturating_sub(1);
        diagnostics.totals.take(usage);
        self.change_usage(claim.series, claim.quarter, usage, Tally::take);
    }

    pub(crate) fn change_usage(&mut self, series: u32, quarter: u32, usage: Tally, by: fn(&mut Tally, Tally)) {
        let quarter = Some(quarter).filter(|_| self.window.is_none());
        if let Some(series) = self.series.get_mut(series as usize) {
            series.change(quarter, usage, by);
        }
    }

    /// Adds the usage of quarter hours, which are in order.
    pub(crate) fn add_usage(&mut self, series: u32, usage: &[(u32, Tally)]) {
        let is_of_a_period = self.window.is_some();
        if let Some(series) = self.series.get_mut(series as usize) {
            if is_of_a_period {
                usage.iter().for_each(|(_, usage)| series.total.add(*usage));
            } else {
                series.add(usage);
            }
        }
    }

    fn series_at(&self, number: u32) -> Option<&Series> {
        self.series.get(number as usize)
    }

    /// The number of the series of an agent and a phone number, new or known.
    pub(crate) fn series_of(&mut self, agent: u32, number: u32) -> u32 {
        let is_it = |at| {
            self.series_at(at)
                .is_some_and(|s| s.agent == agent && s.number == number)
        };
        if is_it(self.last) {
            return self.last;
        }
        let hash = table_hash(&(u64::from(agent) << 32 | u64::from(number)).to_le_bytes());
        self.last = match self.index.find(hash, is_it) {
            Some(known) => known,
            None => {
                self.series.push(Series::new(agent, number));
                self.index.add(hash)
            }
        };
        self.last
    }

    /// Where every record went so far.
    pub const fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// The bytes that cells and ids take.
    pub fn bytes(&self) -> usize {
        let series = self.series.iter().map(Series::bytes);
        series.fold(self.ids.bytes(), usize::saturating_add)
    }
}
