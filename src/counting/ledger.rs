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
use crate::counting::lists::{Lists, Missing};
use crate::counting::part::HALF;
use crate::counting::quarter_hours::{Key, Timeline, quarter_of};
use crate::counting::ranks::{Names, Ranks};
use crate::counting::seen_ids::{Entry, IdHash, Probe, SeenIds, Usage};
use crate::counting::sources::{DELIVERED, LISTED, Sources};
use crate::counting::tally::Tally;
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
    /// The timeline that was found last.
    last: u32,
    pub(crate) ids: SeenIds,
    pub(crate) lists: Lists,
    pub(crate) sources: Sources,
    pub(crate) diagnostics: Diagnostics,
    /// Whether the sum of seconds has ever been above [`HALF`].
    pub(crate) is_above_half: bool,
    /// The JSON text of the first record of an unknown kind, or its beginning.
    unknown: Option<Box<[u8]>>,
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
        Ledger {
            reading,
            window,
            agents: Interner::default(),
            numbers: Interner::default(),
            channels: Interner::default(),
            timelines: Vec::new(),
            index: Index::default(),
            last: 0,
            ids: SeenIds::default(),
            lists: Lists::default(),
            sources: Sources::default(),
            diagnostics: Diagnostics::default(),
            is_above_half: false,
            unknown: None,
        }
    }

    /// Counts one record, or notes why it is not counted. `place` returns where the record came from; it is called only when
    /// something is wrong.
    ///
    /// # Errors
    /// `invalid_record` unless invalid records are skipped; `overflow`. On an error no counter changes.
    pub fn add(&mut self, row: &Row<'_>, defaults: &Defaults, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        self.takes_more(place)?;
        match judge(row, defaults, &self.reading) {
            Judged::Event(event) => self.event(&event, place)?,
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
    fn takes_more(&self, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        if self.diagnostics.records < MAX_SAFE {
            return Ok(());
        }
        let message = "one more record brings their number beyond 2^53 - 1, the largest exact number";
        Err(UsageError::new(Code::Overflow, message).at(place()))
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

    /// Keeps the text of a record of an unknown kind, or its beginning, if it is the first one.
    #[inline(never)]
    pub(crate) fn keep_unknown(&mut self, text: &[u8]) {
        if self.unknown.is_none() {
            self.unknown = Some(text.get(..MAX_KEPT).unwrap_or(text).into());
        }
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
        self.takes_more(&|| error.place.clone().unwrap_or_default())?;
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
            && let (Some(name), Some(id)) = (event.route.phone_number(), event.route.number_id())
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
        let key = self.key_of(event);
        let entry = Entry {
            timeline: self.timeline_of(key),
            quarter,
            usage: match (event.kind, event.seconds) {
                (Kind::Message, _) => Usage::Message,
                (Kind::Call, None) => Usage::Call,
                (Kind::Call, Some(seconds)) => Usage::Timed(seconds),
            },
        };
        match event.id.as_deref().filter(|_| self.reading.dedupe) {
            Some(id) => {
                let (probe, known) = self.ids.find(IdHash::new(event.kind, event.is_delivery_id, id));
                if let Some(known) = known {
                    let wins = self.order(entry, known, &mut by_text).is_gt();
                    let mut was_counted = true;
                    if wins {
                        self.fits(entry.usage, Some(known), place)?;
                        self.ids.put(probe, entry);
                        was_counted = self.take(known);
                        self.put(entry);
                    }
                    if was_counted {
                        add_one(&mut self.diagnostics.duplicates);
                    }
                    return Ok(());
                }
                self.fits(entry.usage, None, place)?;
                self.ids.put(probe, entry);
            }
            None => {
                self.fits(entry.usage, None, place)?;
                if event.id.is_none() {
                    add_one(&mut self.diagnostics.without_id);
                }
            }
        }
        self.put(entry);
        Ok(())
    }

    /// The key of the timeline that an event counts in, and notes where its message came from. The counts of one period know
    /// only agents.
    fn key_of(&mut self, event: &Event<'_>) -> Key {
        let agent = event.agent_id.map_or(0, |id| self.agents.intern(id));
        let is_of_a_period = self.window.is_some();
        // The counts of one period do not contain phone numbers, so a message may belong to any phone number.
        let number = Some(event.route).filter(|_| !is_of_a_period);
        let number = number
            .and_then(|route| route.number_id())
            .map_or(0, |id| self.numbers.intern(id));
        if event.kind == Kind::Message {
            let has_own_id = event.id.is_some() && !event.is_delivery_id;
            if !event.webhook {
                self.sources.note(number, LISTED);
            } else if !has_own_id {
                self.sources.note(number, DELIVERED);
            }
        }
        if is_of_a_period {
            return Key {
                agent,
                ..Key::default()
            };
        }
        Key {
            agent,
            number,
            channel: self.channels.intern(&event.route.channel()),
            direction: event.route.direction(),
        }
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
    fn fits(&mut self, new: Usage, old: Option<Entry>, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
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
        let quarter = self.quarter_of(entry);
        if let Some(timeline) = self.timelines.get_mut(entry.timeline as usize) {
            timeline.change(quarter, usage, Tally::add);
        }
    }

    /// Undoes [`Ledger::put`]. Returns whether the entry was counted. It was, unless a forged snapshot has the id without the
    /// usage. No more is taken than what is there, so that the totals stay the sums of the timelines.
    pub(crate) fn take(&mut self, entry: Entry) -> bool {
        let quarter = self.quarter_of(entry);
        let Some(timeline) = self.timelines.get_mut(entry.timeline as usize) else {
            return false;
        };
        let taken = timeline.take(quarter, entry.usage.tally());
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
    pub(crate) fn merge_id(&mut self, probe: Probe, known: Option<Entry>, entry: Entry, ranks: &mut Ranks) {
        let mut by_rank = |which, names: &Interner, a, b| ranks.order(which, names, a, b);
        let wins = known.is_none_or(|known| self.order(entry, known, &mut by_rank).is_gt());
        if wins {
            self.ids.put(probe, entry);
        }
        if let Some(known) = known
            && self.take(if wins { known } else { entry })
        {
            add_one(&mut self.diagnostics.duplicates);
        }
    }

    fn timeline_at(&self, number: u32) -> Option<&Timeline> {
        self.timelines.get(number as usize)
    }

    /// The index of the timeline of a key. A new one is created if needed.
    pub(crate) fn timeline_of(&mut self, key: Key) -> u32 {
        let is_it = |at| self.timeline_at(at).is_some_and(|timeline| timeline.key == key);
        if is_it(self.last) {
            return self.last;
        }
        let hash = table_hash(&key.bytes());
        self.last = match self.index.find(hash, is_it) {
            Some(known) => known,
            None => {
                self.timelines.push(Timeline::new(key));
                self.index.add(hash)
            }
        };
        self.last
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
}
