//! The counts of all time by agent, phone number and quarter hour. They answer for any period in any zone afterwards.

use crate::calendar::buckets::SeriesQuery;
use crate::calendar::buckets::{Bucket, Unit};
use crate::calendar::period::PeriodQuery;
use crate::calendar::period::Window;
use crate::calendar::timestamp::{text, to_wire};
use crate::calendar::zone::Zone;
use crate::collections::budget::{Budget, NoRoom, Room};
use crate::collections::interner::{Interned, Interner};
use crate::collections::sort::{by_code_unit, sorted};
use crate::contract::{
    AgentUsageResponse, DailyUsageItem, DailyUsageResponse, MonthlyUsageItem, MonthlyUsageResponse, NumberLimits,
    NumberUsageItem, NumberUsageResponse, PlanInfo, UsageResponse, UsageStats,
};
use crate::counting::breakdown::{self, Breakdown, BreakdownQuery};
use crate::counting::ledger::Ledger;
use crate::counting::quarter_hours::{beginning_at, quarter_of};
use crate::counting::report;
use crate::counting::report::name_of;
use crate::counting::report::{AccountQuery, UsageQuery};
use crate::counting::tally::Tally;
use crate::error::{Code, Place, UsageError};
use crate::records::judge::Reading;
use chrono::{NaiveDate, NaiveTime};

/// The counts of all time: a [`Ledger`], and the names of agents.
///
/// A record before 1970 or after 2099, which no period can contain, counts as `outside_period`.
///
/// ```
/// use usage_by_agent::{Options, Rollup, push_text};
///
/// let mut rollup = Rollup::new(Options::default().reading()?, Options::default().directory()?);
/// push_text(rollup.ledger_mut(), br#"{"id": "m1", "agentId": "a", "receivedAt": "2024-02-29T23:00:00Z"}"#, &Default::default())?;
/// let query = |tz: &str| Options { period: "month".into(), tz: tz.into(), now: "2024-03-15T00:00:00Z".into(), ..Options::default() };
/// assert_eq!(rollup.by_agent(query("UTC").usage()?)?.data.len(), 0);
/// assert_eq!(rollup.by_agent(query("Asia/Tokyo").usage()?)?.data[0].messages, 1);
/// # Ok::<(), usage_by_agent::UsageError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rollup {
    directory: Interner,
    ledger: Ledger,
}

/// A span of quarter hours, half-open.
#[derive(Clone, Copy)]
struct Quarters {
    from: u32,
    to: u32,
}

impl Rollup {
    /// Creates a rollup that has counted nothing yet. `directory` has the names of agents by id.
    pub fn new(reading: Reading, directory: Interner) -> Self {
        Rollup {
            directory,
            ledger: Ledger::new(reading, None),
        }
    }

    /// The account of every record so far: what was counted, and why the rest was not.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The ledger that records are added to and snapshots are merged into.
    pub const fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// The by-agent report of a period. A name comes from the directory of the query, else from that of the rollup, else from
    /// the records. The `reading` of the query plays no part: the records have been read.
    ///
    /// # Errors
    /// `out_of_range` if the period does not begin and end on quarter hours of UTC.
    pub fn by_agent(&self, mut query: UsageQuery) -> Result<AgentUsageResponse, UsageError> {
        let bounds = &query.period.bounds;
        let within = quarters(bounds.window, &bounds.zone)?;
        let mut tallies = vec![Tally::default(); self.ledger.agents.count()];
        for timeline in &self.ledger.timelines {
            if let Some(tally) = tallies.get_mut(timeline.key.agent as usize) {
                tally.add(timeline.sum(within.from, within.to));
            }
        }
        self.named(&mut query.directory)?;
        Ok(report::by_agent(&query, &self.ledger.agents, &tallies))
    }

    /// Adds the names of the rollup's directory that a query's directory lacks.
    #[inline(never)]
    fn name_agents(&self, directory: &mut Interner) -> Room {
        for (_, Interned { id, name }) in self.directory.iter() {
            if let (Some((at, name)), None) = (name, directory.find(id)) {
                let budget = Budget::default();
                let number = directory.intern(id.as_bytes(), &budget)?;
                directory.observe_name(number, *at, name.as_bytes(), &budget)?;
            }
        }
        Ok(())
    }

    fn named(&self, directory: &mut Interner) -> Result<(), UsageError> {
        self.name_agents(directory)
            .map_err(|NoRoom| UsageError::out_of_memory())
    }

    /// The usage of a window by any combination of dimensions, and over time. Names of agents come as in [`Rollup::by_agent`].
    ///
    /// ```
    /// use usage_by_agent::{Options, Rollup, push_text};
    ///
    /// let mut rollup = Rollup::new(Options::default().reading()?, Options::default().directory()?);
    /// push_text(rollup.ledger_mut(), br#"{"id": "m1", "channel": "sms", "receivedAt": "2024-06-02T09:00:00Z"}"#, &Default::default())?;
    /// let query = r#"{"by": ["channel"], "step": "day", "from": "2024-06-01", "to": "2024-06-04"}"#;
    /// let mut query = Options::from_json(query).breakdown()?;
    /// let found = rollup.breakdown(&mut query)?;
    /// assert_eq!(found.rows[0].channel, Some("sms"));
    /// assert_eq!(found.steps.iter().map(|step| step.first.to_string()).collect::<Vec<_>>(), ["2024-06-01", "2024-06-02", "2024-06-03"]);
    /// assert_eq!(found.series[..3], [0.0, 1.0, 0.0]);
    /// # Ok::<(), usage_by_agent::UsageError>(())
    /// ```
    ///
    /// # Errors
    /// `out_of_range` if the window is not inside 1969-12-31..2100-01-02 UTC; if the window, a step or an hour does not begin on a
    /// quarter hour of UTC; if rows times steps are more than [`MAX_VALUES`](breakdown::MAX_VALUES).
    pub fn breakdown<'r>(&'r self, query: &'r mut BreakdownQuery) -> Result<Breakdown<'r>, UsageError> {
        self.named(&mut query.directory)?;
        breakdown::breakdown(&self.ledger, query)
    }

    /// The span of what has been counted, in whole quarter hours. `None` if nothing has been counted.
    pub fn span(&self) -> Option<Window> {
        breakdown::span(&self.ledger)
    }

    /// Usage by phone number, of a period or, with `None`, of all time.
    ///
    /// Most messages come first, then most calls, then the smaller id. Usage without a phone number is last, with an empty id.
    /// Fields that are not in records are empty. A row names an agent if one agent had all usage of that phone number.
    ///
    /// # Errors
    /// The errors of [`Rollup::by_agent`].
    pub fn by_number(&self, query: Option<&PeriodQuery>) -> Result<NumberUsageResponse, UsageError> {
        let within = query
            .map(|query| quarters(query.bounds.window, &query.bounds.zone))
            .transpose()?;
        // The sum, and the agent: `None` before the first usage, 0 after usage of a second agent.
        let mut numbers = vec![(Tally::default(), None); self.ledger.numbers.count()];
        for timeline in &self.ledger.timelines {
            let usage = within.map_or(timeline.total, |within| timeline.sum(within.from, within.to));
            if let Some((tally, agent)) = numbers
                .get_mut(timeline.key.number as usize)
                .filter(|_| !usage.is_idle())
            {
                *agent = match agent {
                    None => Some(timeline.key.agent),
                    Some(known) if *known == timeline.key.agent => Some(timeline.key.agent),
                    Some(_) => Some(0),
                };
                tally.add(usage);
            }
        }
        let mut data = Vec::new();
        for ((number, named), (tally, agent)) in self
            .ledger
            .numbers
            .iter()
            .zip(numbers)
            .filter(|(_, (t, _))| !t.is_idle())
        {
            let agent = agent.filter(|agent| *agent != 0 && number != 0);
            let name = |agent| {
                name_of(
                    &self.directory,
                    self.ledger.agents.name(agent),
                    self.ledger.agents.id(agent),
                )
                .to_owned()
            };
            data.push(NumberUsageItem {
                number_id: named.id.to_string(),
                phone_number: self.ledger.numbers.name(number).unwrap_or_default().to_owned(),
                country: String::new(),
                status: String::new(),
                agent_id: agent.map(|agent| self.ledger.agents.id(agent).to_owned()),
                agent_name: agent.map(name),
                messages: tally.messages,
                calls: tally.calls,
            });
        }
        let data = sorted(data, |a, b| {
            a.number_id
                .is_empty()
                .cmp(&b.number_id.is_empty())
                .then_with(|| b.messages.cmp(&a.messages))
                .then_with(|| b.calls.cmp(&a.calls))
                .then_with(|| by_code_unit(&a.number_id, &b.number_id))
        });
        Ok(NumberUsageResponse { data })
    }

    /// Usage by local date. The last date is the one that holds `now`.
    ///
    /// # Errors
    /// `out_of_range` if a date lies outside 1970-01-01..2099-12-31, or a day does not begin and end on quarter hours of UTC.
    pub fn daily(&self, query: &SeriesQuery) -> Result<DailyUsageResponse, UsageError> {
        let row = |(bucket, usage): (Bucket, Tally)| DailyUsageItem {
            date: date_text(bucket.first, 10),
            messages: usage.messages,
            calls: usage.calls,
            webhooks: 0,
        };
        let data: Vec<_> = self.sums(Unit::Day, query)?.into_iter().map(row).collect();
        Ok(DailyUsageResponse {
            data,
            days: query.count,
        })
    }

    /// Usage by local month. The last month is the one that holds `now`.
    ///
    /// # Errors
    /// The errors of [`Rollup::daily`].
    pub fn monthly(&self, query: &SeriesQuery) -> Result<MonthlyUsageResponse, UsageError> {
        let row = |(bucket, usage): (Bucket, Tally)| {
            MonthlyUsageItem {
                month: date_text(bucket.first, 7), // without the day
                messages: usage.messages,
                calls: usage.calls,
                webhooks: 0,
            }
        };
        let data: Vec<_> = self.sums(Unit::Month, query)?.into_iter().map(row).collect();
        Ok(MonthlyUsageResponse {
            data,
            months: query.count,
        })
    }

    /// The account's usage. The plan and the limits of phone numbers are not in records, so the caller gives them. Newer servers
    /// do not state a plan.
    pub fn usage(&self, query: &AccountQuery, plan: Option<PlanInfo>, numbers: NumberLimits) -> UsageResponse {
        let (period_start, period_end) = query.month.bounds.written(query.month.bounds_as);
        UsageResponse {
            plan,
            numbers,
            stats: self.stats(query),
            period_start: Some(period_start),
            period_end: Some(period_end),
            report_generated_at: None,
        }
    }

    /// The account's counts of all time, and of the last 24 hours, 7 days and 30 days. These are the last 96, 672 and 2880 quarter
    /// hours up to and including the one that holds the moment, because a rollup counts by the quarter hour.
    pub fn stats(&self, query: &AccountQuery) -> UsageStats {
        let [all, day, week, month] = self.latest(query.now);
        let (successful, failed) = (query.successful_deliveries, query.failed_deliveries);
        UsageStats {
            total_messages: all.messages,
            messages_last_24h: day.messages,
            messages_last_7d: week.messages,
            messages_last_30d: month.messages,
            total_calls: all.calls,
            calls_last_24h: day.calls,
            calls_last_7d: week.calls,
            calls_last_30d: month.calls,
            total_webhook_deliveries: query.deliveries.unwrap_or(successful.saturating_add(failed)),
            successful_webhook_deliveries: successful,
            failed_webhook_deliveries: failed,
            sms_segments_last_30d: query.sms_segments,
        }
    }

    #[doc(hidden)]
    pub fn latest(&self, now: i64) -> [Tally; 4] {
        let to = quarter_of(now).map_or(0, |quarter| quarter.saturating_add(1));
        let mut sums = [Tally::default(); 4];
        for timeline in &self.ledger.timelines {
            let usage = [96, 672, 2880].map(|quarters| timeline.sum(to.saturating_sub(quarters), to));
            for (sum, usage) in sums.iter_mut().zip([timeline.total].into_iter().chain(usage)) {
                sum.add(usage);
            }
        }
        sums
    }

    fn sums(&self, unit: Unit, query: &SeriesQuery) -> Result<Vec<(Bucket, Tally)>, UsageError> {
        let found = query.buckets(unit)?;
        let mut edges = Vec::with_capacity(found.len().saturating_add(1));
        for bucket in &found {
            let Quarters { from, to } = quarters(bucket.window, &query.zone)?;
            edges.truncate(edges.len().saturating_sub(1));
            edges.extend([from, to]);
        }
        let mut sums: Vec<_> = found.into_iter().map(|bucket| (bucket, Tally::default())).collect();
        for timeline in &self.ledger.timelines {
            timeline.each_sum(&edges, &self.ledger.budget, &mut |at, usage| {
                sums.get_mut(at).into_iter().for_each(|(_, sum)| sum.add(usage));
            });
        }
        Ok(sums)
    }
}

/// The first characters of a date as responses write it.
fn date_text(date: NaiveDate, length: usize) -> String {
    let mut date = to_wire(date.and_time(NaiveTime::MIN)).map(text).unwrap_or_default();
    date.truncate(length);
    date
}

/// The quarter hours of a window, if it begins and ends on quarter hours.
fn quarters(window: Window, zone: &Zone) -> Result<Quarters, UsageError> {
    match (beginning_at(window.start), beginning_at(window.end)) {
        (Some(from), Some(to)) => Ok(Quarters { from, to }),
        _ => {
            let why = "a rollup counts by quarter hours of UTC, and a day of the period does not begin or end on one";
            let who = "only Africa/Monrovia until 1972 and Pacific/Kiritimati until 1979 have such days";
            let message = format!("a rollup cannot report the period in {}: {why} ({who})", zone.name());
            Err(UsageError::new(Code::OutOfRange, message).at(Place::at("/tz")))
        }
    }
}
