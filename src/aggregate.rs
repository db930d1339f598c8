//! Counting: records in, the report and the account of where every record went out.

use crate::contract::AgentUsageResponse;
use crate::error::{Code, Place, Problem, Severity, UsageError};
use crate::query::UsageQuery;
use crate::record::{Defaults, Event, Judged, Kind, Row, judge};
use crate::report::{MAX_SAFE, Tally, by_code_unit, order};
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many problems are kept; the rest are only counted.
pub const MAX_PROBLEMS: usize = 100;

/// Where every record went.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostics {
    /// All of them: the sum of the five below.
    pub records: u64,
    /// In the report.
    pub counted: u64,
    /// Well formed, countable, and out of the period.
    pub outside_period: u64,
    /// Of an id already counted.
    pub duplicates: u64,
    /// Against the rules.
    pub invalid: u64,
    /// Nothing to count.
    pub ignored: Ignored,
    /// Counted, and without an id to know them again by.
    pub without_id: u64,
    /// Calls counted as zero seconds because nothing tells how long they were.
    pub without_duration: u64,
    /// The first [`MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
    /// The sums of the report's rows.
    pub totals: Tally,
}

/// Records that are none of the report's business, by why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ignored {
    /// Spoken turns of calls.
    pub voice_turns: u64,
    /// Reactions to messages.
    pub reactions: u64,
    /// Calls that are not completed, by status.
    pub not_completed: BTreeMap<String, u64>,
    /// Of no known kind.
    pub other: u64,
}

/// One agent's counts and the name that records give it.
#[derive(Clone, Debug, Default)]
struct Agent {
    tally: Tally,
    name: Option<(i64, Box<str>)>,
}

impl Agent {
    /// Takes a name if it is the latest; of two at the same moment the greater, so that order does not matter.
    fn named(&mut self, at: i64, name: &str) {
        let later = match &self.name {
            None => true,
            Some((t, known)) => at.cmp(t).then_with(|| by_code_unit(name, known)) == Ordering::Greater,
        };
        if later {
            self.name = Some((at, name.into()));
        }
    }
}

/// One period's counts.
#[derive(Clone, Debug)]
pub struct Aggregate {
    query: UsageQuery,
    agents: HashMap<Box<str>, Agent>,
    unassigned: Tally,
    message_ids: HashSet<Box<str>>,
    call_ids: HashSet<Box<str>>,
    diagnostics: Diagnostics,
}

fn add_one(counter: &mut u64) {
    *counter = counter.saturating_add(1);
}

impl Aggregate {
    /// Nothing counted yet.
    pub fn new(query: UsageQuery) -> Self {
        Aggregate {
            query,
            agents: HashMap::new(),
            unassigned: Tally::default(),
            message_ids: HashSet::new(),
            call_ids: HashSet::new(),
            diagnostics: Diagnostics::default(),
        }
    }

    /// The question.
    pub const fn query(&self) -> &UsageQuery {
        &self.query
    }

    /// Puts one record where it belongs. `place` says where it came from, and is asked only when something is wrong.
    ///
    /// # Errors
    /// `invalid_record` unless invalid records are skipped, and `overflow`; the record is then not counted, anywhere.
    pub fn add(&mut self, row: &Row<'_>, defaults: &Defaults, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        match judge(row, defaults, self.query.reading.naive) {
            Judged::Event(event) => return self.event(&event, place),
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
        if !self.query.reading.skip_invalid {
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

    fn keep(&mut self, problem: Problem) {
        if self.diagnostics.problems.len() < MAX_PROBLEMS {
            self.diagnostics.problems.push(problem);
        }
    }

    fn event(&mut self, event: &Event<'_>, place: &dyn Fn() -> Place) -> Result<(), UsageError> {
        let total = self.diagnostics.totals.total_seconds;
        if let (Some(id), Some(name)) = (event.agent_id, event.agent_name) {
            // Names come from every record that tells one, counted or not: an agent's latest name is the same whatever is asked.
            change(&mut self.agents, id, |agent| agent.named(event.at, name));
        }
        if let Some(status) = event.not_completed {
            count_status(&mut self.diagnostics.ignored.not_completed, status);
        } else if !self.query.period.bounds.window.contains(event.at) {
            add_one(&mut self.diagnostics.outside_period);
        } else if self.is_duplicate(event) {
            add_one(&mut self.diagnostics.duplicates);
        } else {
            let seconds = event.seconds.unwrap_or(0);
            if total.saturating_add(seconds) > MAX_SAFE {
                let message =
                    format!("{seconds} more call seconds bring the total beyond 2^53 - 1, the largest exact number");
                return Err(UsageError::new(Code::Overflow, message).at(place()));
            }
            self.count(event, seconds);
        }
        add_one(&mut self.diagnostics.records);
        Ok(())
    }

    fn ids(&mut self, kind: Kind) -> &mut HashSet<Box<str>> {
        match kind {
            Kind::Message => &mut self.message_ids,
            Kind::Call => &mut self.call_ids,
        }
    }

    fn is_duplicate(&mut self, event: &Event<'_>) -> bool {
        self.query.reading.dedupe && event.id.is_some_and(|id| self.ids(event.kind).contains(id))
    }

    fn count(&mut self, event: &Event<'_>, seconds: u64) {
        match event.id {
            Some(id) if self.query.reading.dedupe => {
                self.ids(event.kind).insert(id.into());
            }
            Some(_) => {}
            None => add_one(&mut self.diagnostics.without_id),
        }
        add_one(&mut self.diagnostics.counted);
        let count = |tally: &mut Tally| match event.kind {
            Kind::Message => tally.message(),
            Kind::Call => tally.call(seconds),
        };
        match event.agent_id {
            Some(id) => change(&mut self.agents, id, |agent| count(&mut agent.tally)),
            None => count(&mut self.unassigned),
        }
        count(&mut self.diagnostics.totals);
        if event.kind == Kind::Call && event.seconds.is_none() {
            add_one(&mut self.diagnostics.without_duration);
        }
    }

    /// What an agent is called: by the directory, else by the records, else by its id.
    fn name_of<'a>(&'a self, id: &'a str) -> &'a str {
        let listed = self.query.directory.get(id).map(String::as_str);
        let told = || self.agents.get(id)?.name.as_ref().map(|(_, name)| name.as_ref());
        listed.filter(|name| !name.is_empty()).or_else(told).unwrap_or(id)
    }

    /// The report of what has been counted so far.
    pub fn report(&self) -> AgentUsageResponse {
        let row = |id: &str, tally: Tally| tally.row(id, self.name_of(id));
        let busy = self.agents.iter().filter(|(_, agent)| !agent.tally.is_idle());
        let mut data: Vec<_> = busy.map(|(id, agent)| row(id, agent.tally)).collect();
        if self.query.include_idle {
            let is_idle = |id: &str| self.agents.get(id).is_none_or(|agent| agent.tally.is_idle());
            let idle = self.query.directory.keys().filter(|id| is_idle(id));
            data.extend(idle.map(|id| row(id, Tally::default())));
        }
        if !self.unassigned.is_idle() {
            data.push(self.unassigned.unassigned_row());
        }
        data.sort_unstable_by(order);
        let (period_start, period_end) = self.query.period.bounds.written(self.query.period.boundaries);
        AgentUsageResponse {
            data,
            period: self.query.period.bounds.period,
            period_start,
            period_end,
        }
    }

    /// Where every record went so far.
    pub const fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }
}

/// Changes the agent of an id, made if it is new. A known one, nearly every time, costs one look-up and no allocation.
fn change(agents: &mut HashMap<Box<str>, Agent>, id: &str, with: impl FnOnce(&mut Agent)) {
    if let Some(agent) = agents.get_mut(id) {
        return with(agent);
    }
    let mut agent = Agent::default();
    with(&mut agent);
    agents.insert(id.into(), agent);
}

fn count_status(by_status: &mut BTreeMap<String, u64>, status: &str) {
    match by_status.get_mut(status) {
        Some(n) => add_one(n),
        None => {
            by_status.insert(status.to_owned(), 1);
        }
    }
}
