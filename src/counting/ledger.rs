//! Counts records, and keeps the account of where every record went.
//!
//! What makes two records one is decided here: `Ledger::count` looks an id up among those of its kind, and `Ledger::order`
//! decides which of two records with one id counts.
//!
//! Two modules answer from a ledger: [`super::aggregator`] counts one period, and [`super::rollup`] keeps all time by the
//! quarter hour.

use crate::calendar::period::Window;
use crate::collections::budget::{Budget, NoRoom, Room};
use crate::collections::index::Index;
use crate::collections::interner::Interner;
use crate::collections::keyed_hash::table_hash;
use crate::collections::recent::Recent;
use crate::collections::sort::by_code_unit;
use crate::counting::diagnostics::{Diagnostics, MAX_PROBLEMS, bytes_of};
use crate::counting::lists::{Lists, Missing};
use crate::counting::part::HALF;
use crate::counting::quarter_hours::{Key, Timeline, quarter_of};
use crate::counting::ranks::{Names, Ranks};
use crate::counting::seen_ids::{Entry, IdHash, Probe, SeenIds, Usage};
use crate::counting::settle::Settled;
use crate::counting::sources::{DELIVERED, LISTED, Sources};
use crate::counting::spreads::Spreads;
use crate::counting::tally::Tally;
use crate::counting::trimming::Trimmed;
use crate::error::{Code, Place, Problem, Severity, UsageError};
use crate::json::MAX_SAFE;
use crate::records::judge::{self, Defaults, Direction, Event, Judged, Kind, Reading, judge};
use crate::records::page::Page;
use crate::records::row::{Fault, Row};
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
    pub(crate) channels: Interner,
    pub(crate) timelines: Vec<Timeline>,
    /// The timelines by their keys.
    index: Index,
    /// The timelines that were found lately.
    recent: Recent,
    pub(crate) ids: SeenIds,
    pub(crate) lists: Lists,
    pub(crate) sources: Sources,
    pub(crate) spreads: Spreads,
    pub(crate) diagnostics: Diagnostics,
    /// The memory that all of this may take.
    pub(crate) budget: Budget,
    /// Whether the sum of seconds has ever been above [`HALF`].
    pub(crate) is_above_half: bool,
    /// The JSON text of the first record of an unknown kind, or its beginning.
    unknown: Option<Box<[u8]>>,
    /// Where trimmed records go, if this ledger trims in place of counting.
    pub(super) trimmed: Option<Box<Trimmed>>,
}

/// Who knows the ids that have been counted.
pub(super) enum Known {
    /// The ledger does.
    Own,
    /// A store does, which gives what the id of this event counts as.
    Given(Option<Entry>),
}

/// Why an event can't be counted.
pub(super) enum Refusal {
    NoRoom,
    /// The sum of seconds would not be exact with so many more.
    Overflow(u64),
}

impl From<NoRoom> for Refusal {
    fn from(_: NoRoom) -> Self {
        Refusal::NoRoom
    }
}

/// The way in which a message came that may come a second time in another way; 0 for any other event.
pub(super) fn way_of(event: &Event<'_>) -> u8 {
    let has_own_id = event.id.is_some() && !event.is_delivery_id;
    match (event.kind, event.webhook) {
        (Kind::Message, false) => LISTED,
        (Kind::Message, true) if !has_own_id => DELIVERED,
        _ => 0,
    }
}

/// How much of a record of an unknown kind is kept, in bytes.
const MAX_KEPT: usize = 8192;

/// Compares two ids of an interner, given as their numbers, by UTF-16 code unit.
type ByText<'a> = dyn FnMut(Names, &Interner, u32, u32) -> Ordering + 'a;

fn by_text(_: Names, names: &Interner, a: u32, b: u32) -> Ordering {
    by_code_unit(names.id(a), names.id(b))
}

/// Adds one, up to the largest exact number. Only a forged snapshot brings a counter there.
pub(crate) fn add_one(counter: &mut u64) {
    *counter = counter.saturating_add(1).min(MAX_SAFE);
}

impl Ledger {
    /// Creates a ledger that has counted nothing yet, for one period or, with `None`, for all time.
    pub fn new(reading: Reading, window: Option<Window>) -> Self {
        let budget = Budget::new(reading.limits.max_memory_bytes);
        // The smallest limit has room for it.
        let _ = budget.take(SeenIds::least_bytes());
        Ledger {
            reading,
            budget,
            window,
            agents: Interner::default(),
            numbers: Interner::default(),
            channels: Interner::default(),
            timelines: Vec::new(),
            index: Index::default(),
            recent: Recent::default(),
            ids: SeenIds::default(),
            lists: Lists::default(),
            sources: Sources::default(),
            spreads: Spreads::default(),
            diagnostics: Diagnostics::default(),
            is_above_half: false,
            unknown: None,
            trimmed: None,
        }
    }

    /// Counts one record, or notes why it is not counted. `place` returns where the record came from; it is called only when
    /// something is wrong.
    ///
    /// # Errors
    /// `invalid_record` unless invalid records are skipped; `overflow`; `out_of_memory`. On an error no counter changes. After
    /// `out_of_memory`, records that need no more memory can still be counted.
    pub fn add(&mut self, row: &Row<'_>, defaults: &Defaults, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        self.takes_more(place)?;
        match judge(row, defaults, &self.reading) {
            Judged::Event(event) => {
                if let Err(refusal) = self.event(&event, Known::Own) {
                    return Err(self.refused(&refusal, place()));
                }
            }
            Judged::VoiceTurn => add_one(&mut self.diagnostics.ignored.voice_turns),
            Judged::Reaction => add_one(&mut self.diagnostics.ignored.reactions),
            Judged::OtherEvent => add_one(&mut self.diagnostics.ignored.events),
            Judged::Test => add_one(&mut self.diagnostics.ignored.tests),
            Judged::Unknown => add_one(&mut self.diagnostics.ignored.other),
            Judged::Invalid(fault) => return self.fault(row, fault, place()),
        }
        add_one(&mut self.diagnostics.records);
        Ok(())
    }

    /// Checks that the number of records stays exact with one more. Only a forged snapshot brings it near the limit.
    #[inline]
    fn takes_more(&self, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        if self.diagnostics.records < MAX_SAFE {
            return Ok(());
        }
        let message = "one more record brings their number beyond 2^53 - 1, the largest exact number";
        Err(UsageError::new(Code::Overflow, message).at(place()))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn refused(&self, refusal: &Refusal, place: Place) -> UsageError {
        match refusal {
            Refusal::NoRoom => self.out_of_memory(place),
            Refusal::Overflow(seconds) => {
                let beyond = "more call seconds bring the total beyond 2^53 - 1, the largest exact number";
                UsageError::new(Code::Overflow, format!("{seconds} {beyond}")).at(place)
            }
        }
    }

    #[inline(never)]
    fn fault(&mut self, row: &Row<'_>, fault: Fault, mut place: Place) -> Result<(), UsageError> {
        if row.is_enveloped() {
            place.path.push_str("/body");
        }
        let (pointer, message) = fault.in_words(row);
        place.path.push_str(&pointer);
        self.invalid(UsageError::new(Code::InvalidRecord, message).at(place))
    }

    /// The defaults of the messages of a conversation: its agent, number and channel. `None` if the conversation is invalid;
    /// it then counts as one invalid record, and its messages must not be added.
    ///
    /// # Errors
    /// `invalid_record` unless invalid records are skipped.
    pub fn conversation(
        &mut self,
        row: &Row<'_>,
        defaults: &Defaults,
        place: &dyn Fn() -> Place,
    ) -> Result<Option<Defaults>, UsageError> {
        match judge::conversation(row, defaults) {
            Ok(defaults) => Ok(Some(defaults)),
            Err(fault) => self.fault(row, fault, place()).map(|()| None),
        }
    }

    /// Notes how many messages a conversation has, and its `messageCount`.
    pub fn conversation_ended(&mut self, messages: u64, stated: Option<u64>) {
        self.lists.conversation(messages, stated);
    }

    /// Notes the end of a list page.
    pub fn page_ended(&mut self, page: Page) {
        self.lists.page(page);
    }

    /// Keeps the text of a record of an unknown kind, or its beginning, if it is the first one and there is room.
    #[inline(never)]
    pub(crate) fn keep_unknown(&mut self, text: &[u8]) {
        let text = text.get(..MAX_KEPT).unwrap_or(text);
        if self.unknown.is_none() && self.budget.take(text.len()).is_ok() {
            self.unknown = Some(text.into());
        }
    }

    /// The error for memory that is missing.
    #[cold]
    #[inline(never)]
    pub(crate) fn out_of_memory(&self, place: Place) -> UsageError {
        let (used, wanted, most) = (self.budget.used(), self.budget.refused(), self.budget.most());
        let message = if self.budget.is_exceeded() {
            format!(
                "the counts take {used} bytes and need {wanted} more: wanted at most {most} bytes, the limit maxMemoryBytes"
            )
        } else {
            format!("the counts take {used} bytes and need {wanted} more, which the memory of the module does not have")
        };
        UsageError::new(Code::OutOfMemory, message).at(place)
    }

    /// The memory that the counts take, in bytes, as `maxMemoryBytes` limits it. It does not contain what a text that is being
    /// read takes.
    pub fn memory(&self) -> u64 {
        self.budget.used()
    }

    /// The JSON text of the first record of an unknown kind that was read from text: all of it, or the first 8 KiB. Empty if
    /// there is none.
    pub fn unknown(&self) -> &[u8] {
        self.unknown.as_deref().unwrap_or_default()
    }

    /// Counts a value that is not an object as an invalid record. `kind` names the type of the value ("a number", "null").
    ///
    /// # Errors
    /// `invalid_record` unless invalid records are skipped.
    #[inline(never)]
    pub fn add_not_object(&mut self, kind: &str, place: Place) -> Result<(), UsageError> {
        let message = format!("the record is {kind}: wanted an object");
        self.invalid(UsageError::new(Code::InvalidRecord, message).at(place))
    }

    /// Counts an invalid record, and keeps the error as a problem.
    ///
    /// # Errors
    /// Returns `error` unless invalid records are skipped.
    #[inline(never)]
    pub fn invalid(&mut self, error: UsageError) -> Result<(), UsageError> {
        if !self.reading.skip_invalid {
            return Err(error);
        }
        let place = error.place.clone().unwrap_or_default();
        self.takes_more(&|| place.clone())?;
        if self.keep(error.into()).is_err() {
            return Err(self.out_of_memory(place));
        }
        add_one(&mut self.diagnostics.records);
        add_one(&mut self.diagnostics.invalid);
        Ok(())
    }

    /// Keeps a warning that concerns the input and not one record.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn warn(&mut self, error: UsageError) -> Result<(), UsageError> {
        let place = error.place.clone().unwrap_or_default();
        let warning = Problem {
            severity: Severity::Warning,
            ..error.into()
        };
        self.keep(warning).map_err(|NoRoom| self.out_of_memory(place))
    }

    /// Keeps a problem, if it is one of the first.
    pub(crate) fn keep(&mut self, problem: Problem) -> Room {
        if self.diagnostics.problems.len() == MAX_PROBLEMS {
            return Ok(());
        }
        self.budget.take(bytes_of(&problem))?;
        self.diagnostics.problems.push(problem);
        Ok(())
    }

    /// Counts an event, or notes why it does not count. Returns what became of it.
    pub(super) fn event(&mut self, event: &Event<'_>, known: Known) -> Result<Settled, Refusal> {
        if let Some(trimmed) = &mut self.trimmed {
            trimmed.add(event, &self.budget)?;
            add_one(&mut self.diagnostics.counted);
            return Ok(Settled::Counted);
        }
        self.observe(event)?;
        if let Some(status) = self.not_completed(event) {
            let by_status = &mut self.diagnostics.ignored.not_completed;
            by_status.add(status, 1, self.reading.limits.max_statuses, &self.budget)?;
            return Ok(Settled::NotCounted);
        }
        if let Some(quarter) = self.quarter_for(event) {
            return self.count(event, quarter, known);
        }
        add_one(&mut self.diagnostics.outside_period);
        Ok(Settled::NotCounted)
    }

    /// The status of a call that does not count because it is not completed.
    pub(super) fn not_completed<'r>(&self, event: &Event<'r>) -> Option<&'r [u8]> {
        event
            .not_completed
            .filter(|status| !self.reading.what_if.counts(status))
    }

    /// The quarter hour in which an event counts, 0 in the counts of a period. `None` if its time does not count.
    #[inline]
    pub(super) fn quarter_for(&self, event: &Event<'_>) -> Option<u32> {
        match self.window {
            Some(window) => window.contains(event.at).then_some(0),
            None => quarter_of(event.at),
        }
    }

    /// Keeps the names that an event has. Every event is observed, counted or not, so that the latest name does not depend on the
    /// period.
    fn observe(&mut self, event: &Event<'_>) -> Room {
        let budget = &self.budget;
        if let (Some(id), Some(name)) = (event.agent_id, event.agent_name) {
            let agent = self.agents.intern(id, budget)?;
            self.agents.observe_name(agent, event.at, name, budget)?;
        }
        if self.window.is_none()
            && let (Some(name), Some(id)) = (event.route.phone_number(), event.route.number_id())
        {
            let number = self.numbers.intern(id, budget)?;
            self.numbers.observe_name(number, event.at, name, budget)?;
        }
        Ok(())
    }

    /// What an event counts as, and the number of its phone number.
    pub(super) fn entry(&mut self, event: &Event<'_>, quarter: u32) -> Room<(Entry, u32)> {
        let (key, number) = self.key_of(event)?;
        let entry = Entry {
            timeline: self.timeline_of(key)?,
            quarter,
            usage: match (event.kind, event.seconds) {
                (Kind::Message, _) => Usage::Message,
                (Kind::Call, None) => Usage::Call,
                (Kind::Call, Some(seconds)) => Usage::Timed(seconds),
            },
        };
        Ok((entry, number))
    }

    fn count(&mut self, event: &Event<'_>, quarter: u32, known: Known) -> Result<Settled, Refusal> {
        let (entry, number) = self.entry(event, quarter)?;
        let id = event.id.as_deref().filter(|_| self.reading.dedupe);
        let (probe, known) = match known {
            Known::Given(known) => (None, known),
            Known::Own => {
                let found = id.map(|id| self.ids.find(IdHash::new(event.kind, event.is_delivery_id, id)));
                found.map_or((None, None), |(probe, known)| (Some(probe), known))
            }
        };
        let settled = if let Some(known) = known {
            self.spreads.note(known.quarter, quarter);
            self.repeat(entry, probe, known)?
        } else {
            self.fits(entry.usage, None)?;
            self.put_with(entry, probe)?;
            if event.id.is_none() {
                add_one(&mut self.diagnostics.without_id);
            }
            Settled::Counted
        };
        self.sources.note(number, way_of(event));
        Ok(settled)
    }

    /// Counts a record whose id has been counted: one of the two is a duplicate.
    fn repeat(&mut self, entry: Entry, probe: Option<Probe>, known: Entry) -> Result<Settled, Refusal> {
        let mut was_counted = true;
        let wins = self.order(entry, known, &mut by_text).is_gt();
        if wins {
            self.fits(entry.usage, Some(known))?;
            was_counted = self.take(known);
            let put = self.put_with(entry, probe);
            if put.is_err() && was_counted {
                let _ = self.put(known); // its quarter hour is still there, so this needs no memory
            }
            put?;
        }
        if was_counted {
            add_one(&mut self.diagnostics.duplicates);
        }
        Ok(if wins { Settled::Replaced } else { Settled::Duplicate })
    }

    /// Decides by the texts of ids which of two records with one id counts.
    pub(super) fn order_by_text(&self, a: Entry, b: Entry) -> Ordering {
        self.order(a, b, &mut by_text)
    }

    /// The key of the timeline that an event counts in, and the number of the phone number that the event names. The counts of one
    /// period know only agents.
    fn key_of(&mut self, event: &Event<'_>) -> Room<(Key, u32)> {
        let budget = &self.budget;
        let agent = event.agent_id.map_or(Ok(0), |id| self.agents.intern(id, budget))?;
        if self.window.is_some() {
            // The counts of one period do not contain phone numbers, so a message may belong to any phone number.
            self.sources.make_room(0, budget)?;
            return Ok((
                Key {
                    agent,
                    ..Key::default()
                },
                0,
            ));
        }
        let number = event.route.number_id();
        let number = number.map_or(Ok(0), |id| self.numbers.intern(id, budget))?;
        self.sources.make_room(number, budget)?;
        Ok((
            Key {
                agent,
                number,
                channel: self.channels.intern(&event.route.channel(), budget)?,
                direction: event.route.direction(),
            },
            number,
        ))
    }

    /// Decides which of two records with one id counts: the greater one. The first of these that differs decides:
    ///
    /// 1. a record with an agent wins over one without;
    /// 2. a call with a known duration wins over one without, and a longer call over a shorter one;
    /// 3. the smaller agent id wins, by UTF-16 code unit;
    /// 4. the earlier quarter hour wins;
    /// 5. a record with a phone number wins over one without;
    /// 6. the smaller id of the phone number wins, by UTF-16 code unit;
    /// 7. a record with a channel wins over one without, and the smaller channel, by code unit;
    /// 8. a record with a direction wins over one without, and the smaller direction.
    ///
    /// One event may be delivered twice, once with more fields. The result must not depend on the order of the records, nor on
    /// the part that a record came in.
    pub(crate) fn order(&self, a: Entry, b: Entry, by_text: &mut ByText<'_>) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        let [key_a, key_b] =
            [a, b].map(|entry| self.timeline_at(entry.timeline).map_or_else(Key::default, |at| at.key));
        // A known id wins over a missing one, and the smaller id over the greater one.
        let mut by_id = |which: Names, names: &Interner, a: u32, b: u32| {
            if a == b {
                return Ordering::Equal;
            }
            (a != 0).cmp(&(b != 0)).then_with(|| by_text(which, names, b, a))
        };
        let known = |direction: Direction| direction != Direction::Unknown;
        (key_a.agent != 0)
            .cmp(&(key_b.agent != 0))
            .then_with(|| a.usage.cmp(&b.usage))
            .then_with(|| by_id(Names::Agents, &self.agents, key_a.agent, key_b.agent))
            .then_with(|| b.quarter.cmp(&a.quarter))
            .then_with(|| by_id(Names::Numbers, &self.numbers, key_a.number, key_b.number))
            .then_with(|| by_id(Names::Channels, &self.channels, key_a.channel, key_b.channel))
            .then_with(|| known(key_a.direction).cmp(&known(key_b.direction)))
            .then_with(|| key_b.direction.cmp(&key_a.direction))
    }

    /// Checks that the sum of seconds stays exact when `new` is added and `old` is taken back.
    #[inline]
    fn fits(&mut self, new: Usage, old: Option<Entry>) -> Result<(), Refusal> {
        let seconds = new.tally().total_seconds;
        let mut total = self.diagnostics.totals;
        if let Some((old, timeline)) = old.and_then(|old| Some((old, self.timeline_at(old.timeline)?))) {
            total.take(old.usage.tally().at_most(timeline.usage_of(self.quarter_of(old))));
        }
        let sum = total.total_seconds.saturating_add(seconds);
        if sum <= HALF {
            return Ok(());
        }
        self.is_above_half = true;
        if sum <= MAX_SAFE {
            return Ok(());
        }
        Err(Refusal::Overflow(seconds))
    }

    /// Counts an entry.
    #[inline]
    pub(crate) fn put(&mut self, entry: Entry) -> Room {
        let usage = entry.usage.tally();
        let quarter = self.quarter_of(entry);
        if let Some(timeline) = self.timelines.get_mut(entry.timeline as usize) {
            timeline.change(quarter, usage, Tally::add, &self.budget)?;
        }
        if entry.usage == Usage::Call {
            add_one(&mut self.diagnostics.without_duration);
        }
        add_one(&mut self.diagnostics.counted);
        self.diagnostics.totals.add(usage);
        Ok(())
    }

    /// Counts an entry, under its id if it has one.
    fn put_with(&mut self, entry: Entry, probe: Option<Probe>) -> Room {
        self.put(entry)?;
        let put = probe.map_or(Ok(()), |probe| self.ids.put(probe, entry, &self.budget));
        if put.is_err() {
            self.take(entry);
        }
        put
    }

    /// Undoes [`Ledger::put`]. Returns whether the entry was counted. It was, unless a forged snapshot has the id without the
    /// usage. No more is taken than what is there, so that the totals stay the sums of the timelines.
    pub(crate) fn take(&mut self, entry: Entry) -> bool {
        let quarter = self.quarter_of(entry);
        let Some(timeline) = self.timelines.get_mut(entry.timeline as usize) else {
            return false;
        };
        let taken = timeline.take(quarter, entry.usage.tally(), &self.budget);
        let diagnostics = &mut self.diagnostics;
        diagnostics.totals.take(taken);
        if taken.is_idle() {
            return false;
        }
        if entry.usage == Usage::Call {
            diagnostics.without_duration = diagnostics.without_duration.saturating_sub(1);
        }
        diagnostics.counted = diagnostics.counted.saturating_sub(1);
        true
    }

    /// The quarter hour that an entry counts in. The counts of one period have none.
    fn quarter_of(&self, entry: Entry) -> Option<u32> {
        Some(entry.quarter).filter(|_| self.window.is_none())
    }

    /// Adds the usage of quarter hours, which must be in order. If it `is_only_room`, see [`Timeline::add`].
    pub(crate) fn add_usage(&mut self, timeline: u32, usage: &[(u32, Tally)], is_only_room: bool) -> Room {
        let is_of_a_period = self.window.is_some();
        let Some(timeline) = self.timelines.get_mut(timeline as usize) else {
            return Ok(());
        };
        if !is_of_a_period {
            return timeline.add(usage, is_only_room, &self.budget);
        }
        if !is_only_room {
            usage.iter().for_each(|(_, usage)| timeline.total.add(*usage));
        }
        Ok(())
    }

    /// Takes over an id from a snapshot whose tallies have been added already.
    ///
    /// Where this ledger has the id too, one of the two records is a duplicate. Its tally is taken back.
    pub(crate) fn merge_id(&mut self, probe: Probe, known: Option<Entry>, entry: Entry, ranks: &mut Ranks) -> Room {
        let mut by_rank = |which, names: &Interner, a, b| ranks.order(which, names, a, b);
        let wins = known.is_none_or(|known| self.order(entry, known, &mut by_rank).is_gt());
        if wins {
            self.ids.put(probe, entry, &self.budget)?;
        }
        if let Some(known) = known
            && self.take(if wins { known } else { entry })
        {
            add_one(&mut self.diagnostics.duplicates);
        }
        Ok(())
    }

    fn timeline_at(&self, number: u32) -> Option<&Timeline> {
        self.timelines.get(number as usize)
    }

    /// The index of the timeline of a key. A new one is created if needed.
    pub(crate) fn timeline_of(&mut self, key: Key) -> Room<u32> {
        let recent = *self.recent.at(key.number_of());
        let is_it = |at| self.timeline_at(at).is_some_and(|timeline| timeline.key == key);
        if is_it(recent) {
            return Ok(recent);
        }
        let hash = table_hash(&key.bytes());
        let found = match self.index.find(hash, is_it) {
            Some(known) => known,
            None => {
                let vacancy = self.index.vacancy(&self.budget)?;
                self.budget.push(&mut self.timelines, Timeline::new(key))?;
                vacancy.fill(hash)
            }
        };
        *self.recent.at(key.number_of()) = found;
        Ok(found)
    }

    /// Can an id have records both inside and outside a window? If not, the counts of all time and those of the window agree about
    /// the window. `true` also if that is not known, because records came from a snapshot.
    pub fn splits_ids(&self, window: Window) -> bool {
        self.spreads.split(window)
    }

    /// Where every record went so far.
    pub const fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// What the lists of the input lack, if nothing more comes.
    pub fn missing(&self) -> Missing {
        self.lists.missing()
    }

    /// May messages have been counted twice: once from a list, and once from a delivery that names no message?
    pub fn has_mixed_sources(&self) -> bool {
        self.sources.are_mixed()
    }

    /// The memory that the lists, tables and texts take, in bytes, found by looking at each of them. For tests: it equals
    /// [`Ledger::memory`].
    #[doc(hidden)]
    #[cfg(not(target_arch = "wasm32"))]
    pub fn measured_memory(&self) -> u64 {
        let diagnostics = &self.diagnostics;
        let lists = [
            self.index.bytes(),
            self.timelines.capacity().saturating_mul(size_of::<Timeline>()),
            self.sources.bytes(),
            self.unknown.as_ref().map_or(0, |text| text.len()),
        ];
        let budget = Budget::default();
        let names = [&self.agents, &self.numbers, &self.channels];
        lists
            .into_iter()
            .chain(names.into_iter().flat_map(Interner::allocations))
            .chain(self.timelines.iter().flat_map(Timeline::allocations))
            .chain(self.ids.allocations())
            .chain(diagnostics.ignored.not_completed.allocations())
            .chain(diagnostics.problems.iter().map(bytes_of))
            .for_each(|bytes| budget.take(bytes).unwrap_or_default());
        budget.used()
    }
}
