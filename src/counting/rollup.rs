//! The counts of all time by agent, phone number and quarter hour, of which any period in any zone is asked afterwards.

use crate::calendar::buckets::SeriesQuery;
use crate::calendar::buckets::{Bucket, Unit};
use crate::calendar::period::PeriodQuery;
use crate::calendar::period::Window;
use crate::calendar::timestamp::{text, to_wire};
use crate::calendar::zone::Zone;
use crate::collections::interner::{Entry, Interner};
use crate::collections::sort::{by_code_unit, sorted};
use crate::contract::{
    AgentUsageResponse, DailyUsageItem, DailyUsageResponse, MonthlyUsageItem, MonthlyUsageResponse, NumberLimits,
    NumberUsageItem, NumberUsageResponse, PlanInfo, UsageResponse, UsageStats,
};
use crate::counting::ledger::Ledger;
use crate::counting::quarter_hours::{beginning_at, quarter_of};
use crate::counting::report;
use crate::counting::report::name_of;
use crate::counting::report::{AccountQuery, UsageQuery};
use crate::counting::tally::Tally;
use crate::error::{Code, Place, UsageError};
use crate::records::judge::Reading;
use chrono::{NaiveDate, NaiveTime};

/// All time's counts: a [`Ledger`], and the names of agents.
///
/// A record that no period can hold, before 1970 or after 2099, is `outside_period`.
#[derive(Clone, Debug)]
pub struct Rollup {
    directory: Interner,
    ledger: Ledger,
}

/// Quarter hours, half-open.
#[derive(Clone, Copy)]
struct Quarters {
    from: u32,
    to: u32,
}

impl Rollup {
    /// Nothing counted yet. The directory has agents' names by id.
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

    /// The report of a period. Names are the query's directory's, else the rollup's own; how records were read is settled.
    ///
    /// # Errors
    /// `out_of_range` for a period that does not begin and end on quarter hours of UTC.
    pub fn by_agent(&self, mut query: UsageQuery) -> Result<AgentUsageResponse, UsageError> {
        let bounds = &query.period.bounds;
        let within = quarters(bounds.window, &bounds.zone)?;
        let mut tallies = vec![Tally::default(); self.ledger.agents.count()];
        for series in &self.ledger.series {
            if let Some(tally) = tallies.get_mut(series.agent as usize) {
                tally.add(series.sum(within.from, within.to));
            }
        }
        for (_, Entry { id, name }) in self.directory.iter() {
            if let (Some((at, name)), None) = (name, query.directory.find(id)) {
                let number = query.directory.intern(id);
                query.directory.observe_name(number, *at, name);
            }
        }
        Ok(report::by_agent(&query, &self.ledger.agents, &tallies))
    }

    /// Usage by phone number, of a period or of all time: most messages first, then most calls, then by id; what came by no
    /// number last, with an empty id. What records do not tell is empty. The agent is told where all of a number's usage is one agent's.
    ///
    /// # Errors
    /// As of [`Rollup::by_agent`].
    pub fn by_number(&self, query: Option<&PeriodQuery>) -> Result<NumberUsageResponse, UsageError> {
        let within = query
            .map(|query| quarters(query.bounds.window, &query.bounds.zone))
            .transpose()?;
        // The sum, and the agent as long as there is no other.
        let mut numbers = vec![(Tally::default(), None); self.ledger.numbers.count()];
        for series in &self.ledger.series {
            let usage = within.map_or(series.total, |within| series.sum(within.from, within.to));
            if let Some((tally, agent)) = numbers.get_mut(series.number as usize).filter(|_| !usage.is_idle()) {
                *agent = match agent {
                    None => Some(series.agent),
                    Some(known) if *known == series.agent => Some(series.agent),
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

    /// Usage by local date, the one that holds `now` last.
    ///
    /// # Errors
    /// `out_of_range` for dates outside 1970-01-01..2099-12-31, and for days that do not begin and end on quarter hours of UTC.
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

    /// Usage by local month, the one that holds `now` last.
    ///
    /// # Errors
    /// As of [`Rollup::daily`].
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

    /// The account's usage. Records can't tell the plan and the phone numbers, so the caller gives them.
    pub fn usage(&self, query: &AccountQuery, plan: PlanInfo, numbers: NumberLimits) -> UsageResponse {
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

    /// The account's counts: of all time, and of the last day, 7 days and 30 days, which are the last 96, 672 and 2880 quarter
    /// hours up to the one that holds the moment. A rollup knows nothing finer.
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
        for series in &self.ledger.series {
            let usage = [96, 672, 2880].map(|quarters| series.sum(to.saturating_sub(quarters), to));
            for (sum, usage) in sums.iter_mut().zip([series.total].into_iter().chain(usage)) {
                sum.add(usage);
            }
        }
        sums
    }

    fn sums(&self, unit: Unit, query: &SeriesQuery) -> Result<Vec<(Bucket, Tally)>, UsageError> {
        let found = query.buckets(unit)?;
        let mut sums = Vec::with_capacity(found.len());
        for bucket in found {
            sums.push((bucket, quarters(bucket.window, &query.zone)?, Tally::default()));
        }
        // One series after the other, for what is near it is read next.
        for series in &self.ledger.series {
            for (_, within, sum) in &mut sums {
                sum.add(series.sum(within.from, within.to));
            }
        }
        Ok(sums.into_iter().map(|(bucket, _, sum)| (bucket, sum)).collect())
    }
}

/// The first characters of a date as the wire writes it.
fn date_text(date: NaiveDate, length: usize) -> String {
    let mut date = to_wire(date.and_time(NaiveTime::MIN)).map(text).unwrap_or_default();
    date.truncate(length);
    date
}

/// The quarter hours of a span, if it is made of them.
fn quarters(window: Window, zone: &Zone) -> Result<Quarters, UsageError> {
    match (beginning_at(window.start), beginning_at(window.end)) {
        (Some(from), Some(to)) => Ok(Quarters { from, to }),
        _ => {
            let why = "a day there begins or ends off the quarter hours by which a rollup keeps its counts";
            let who = "only Africa/Monrovia until 1972 and Pacific/Kiritimati until 1979 have such days";
            let message = format!("the period in {} can't be told: {why} ({who})", zone.name());
            Err(UsageError::new(Code::OutOfRange, message).at(Place::at("/tz")))
        }
    }
}
