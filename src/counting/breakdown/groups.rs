//! Groups: the timelines that have equal values in the dimensions that do not depend on the time.

use super::BreakdownQuery;
use super::axis::{Axis, Dimension, HOURS_OF_WEEK};
use super::rows::BreakdownRow;
use crate::collections::sort::{by_code_unit, in_order};
use crate::contract::UNASSIGNED;
use crate::counting::ledger::Ledger;
use crate::counting::quarter_hours::Key;
use crate::counting::report::name_of;
use crate::counting::tally::Tally;
use crate::records::judge::{Direction, OTHER_CHANNEL};

/// The most channels of a breakdown, besides usage without a channel. The usage of all other channels is one channel, `other`.
pub const MAX_CHANNELS: usize = 64;

/// The number of the channel `other` if no record has it.
const REST: u32 = u32::MAX;

/// The timelines of a ledger by groups.
pub(super) struct Groups<'r> {
    ledger: &'r Ledger,
    query: &'r BreakdownQuery,
    /// The usage of each timeline in the window.
    pub sums: Vec<Tally>,
    /// The key of each timeline's group.
    keys: Vec<Key>,
    /// The indices of the timelines that have usage. Those of a group are side by side.
    members: Vec<usize>,
}

/// A row that has usage: a group and an hour of the week.
pub(super) struct Found {
    key: Key,
    hour_of_week: u8,
    pub tally: Tally,
}

impl<'r> Groups<'r> {
    /// Makes the groups of a query. The window has the quarter hours `from <= q < to`.
    pub fn new(ledger: &'r Ledger, query: &'r BreakdownQuery, from: u32, to: u32) -> Self {
        let mut groups = Groups {
            ledger,
            query,
            sums: Vec::with_capacity(ledger.timelines.len()),
            keys: Vec::with_capacity(ledger.timelines.len()),
            members: Vec::new(),
        };
        for timeline in &ledger.timelines {
            let usage = timeline.sum(from, to);
            if !usage.is_idle() {
                groups.members.push(groups.sums.len());
            }
            groups.sums.push(usage);
        }
        let channels = if query.is_by(Dimension::Channel) {
            groups.channels()
        } else {
            Vec::new()
        };
        for timeline in &ledger.timelines {
            let Key {
                agent,
                number,
                channel,
                direction,
            } = timeline.key;
            groups.keys.push(Key {
                agent: if query.is_by(Dimension::Agent) { agent } else { 0 },
                number: if query.is_by(Dimension::Number) { number } else { 0 },
                channel: channels.get(channel as usize).copied().unwrap_or(0),
                direction: if query.is_by(Dimension::Direction) {
                    direction
                } else {
                    Direction::Unknown
                },
            });
        }
        let members = std::mem::take(&mut groups.members);
        groups.members = in_order(members, &|a, b| groups.keys.get(a).cmp(&groups.keys.get(b)));
        groups
    }

    /// The channel that each channel counts as, by number: itself, or `other`.
    ///
    /// The channels with most messages and calls in the window keep their names. Of equal ones it is the smaller name, by UTF-16
    /// code unit. So the choice depends neither on the order of records nor on the parts that they came in.
    #[inline(never)]
    fn channels(&self) -> Vec<u32> {
        let known = &self.ledger.channels;
        let mut used = vec![0_u64; known.count()];
        for (timeline, usage) in self.ledger.timelines.iter().zip(&self.sums) {
            if let Some(used) = used.get_mut(timeline.key.channel as usize) {
                *used = used.saturating_add(usage.messages).saturating_add(usage.calls);
            }
        }
        let name = |at: usize| known.at(at).map_or("", |channel| &channel.id);
        let most_used = in_order((1..used.len()).collect(), &|a, b| {
            used.get(b)
                .cmp(&used.get(a))
                .then_with(|| by_code_unit(name(a), name(b)))
        });
        let mut counts_as: Vec<_> = (0..).take(used.len()).collect();
        let rest = known.find(OTHER_CHANNEL).unwrap_or(REST);
        for at in most_used.into_iter().skip(MAX_CHANNELS) {
            if let Some(channel) = counts_as.get_mut(at) {
                *channel = rest;
            }
        }
        counts_as
    }

    /// Gives the usage of each row and step: the index of the row, the row without its tally, the index of the step, and the usage.
    /// Without an axis, rows do not depend on the time, and there are no steps.
    ///
    /// Rows are numbered as they are met. The slots of two axes of one query begin at the same instants, except that steps divide
    /// them further, so a row has the same number in both.
    pub fn each(&self, axis: Option<&Axis>, visit: &mut dyn FnMut(usize, Found, usize)) {
        let mut rows = 0_usize;
        let mut row_of = [usize::MAX; HOURS_OF_WEEK];
        let mut before = None;
        for at in &self.members {
            let (Some(key), Some(sum), Some(timeline)) =
                (self.keys.get(*at), self.sums.get(*at), self.ledger.timelines.get(*at))
            else {
                continue;
            };
            if before.replace(key) != Some(key) {
                row_of = [usize::MAX; HOURS_OF_WEEK];
            }
            let mut give = |hour_of_week: u8, step, tally| {
                if let Some(row) = row_of.get_mut(usize::from(hour_of_week)) {
                    if *row == usize::MAX {
                        *row = rows;
                        rows = rows.saturating_add(1);
                    }
                    visit(
                        *row,
                        Found {
                            key: *key,
                            hour_of_week,
                            tally,
                        },
                        step,
                    );
                }
            };
            match axis {
                None => give(0, 0, *sum),
                Some(axis) => timeline.each_sum(&axis.edges, &self.ledger.budget, &mut |at, usage| {
                    if let Some((hour_of_week, step)) = axis.slots.get(at) {
                        give(*hour_of_week, *step, usage);
                    }
                }),
            }
        }
    }

    /// The row of a group and an hour of the week.
    pub fn row(&self, found: &Found) -> BreakdownRow<'r> {
        let Ledger {
            agents,
            numbers,
            channels,
            ..
        } = self.ledger;
        let Found {
            key,
            hour_of_week,
            tally,
        } = *found;
        let is_by = |dimension| self.query.is_by(dimension);
        let channel = if key.channel == REST {
            OTHER_CHANNEL
        } else {
            channels.id(key.channel)
        };
        BreakdownRow {
            agent_id: is_by(Dimension::Agent).then(|| agents.id(key.agent)),
            agent_name: match key.agent {
                0 if is_by(Dimension::Agent) => UNASSIGNED,
                _ => self.agent_name(agents.id(key.agent)),
            },
            number_id: is_by(Dimension::Number).then(|| numbers.id(key.number)),
            phone_number: numbers.name(key.number).unwrap_or_default(),
            channel: is_by(Dimension::Channel).then_some(channel),
            direction: is_by(Dimension::Direction).then_some(key.direction),
            weekday: is_by(Dimension::Weekday).then_some(hour_of_week / 24),
            hour: is_by(Dimension::Hour).then_some(hour_of_week % 24),
            tally,
        }
    }

    /// The rows of zeros of the directory's agents that have no usage.
    #[inline(never)]
    pub fn add_idle(&self, found: &[Found], rows: &mut Vec<BreakdownRow<'r>>) {
        let mut is_busy = vec![false; self.ledger.agents.count()];
        for found in found {
            if let Some(is_busy) = is_busy.get_mut(found.key.agent as usize) {
                *is_busy = true;
            }
        }
        for (_, agent) in self.query.directory.iter().skip(1) {
            let number = self.ledger.agents.find(&agent.id);
            if number.and_then(|number| is_busy.get(number as usize)) != Some(&true) {
                rows.push(BreakdownRow {
                    agent_id: Some(&agent.id),
                    agent_name: self.agent_name(&agent.id),
                    ..BreakdownRow::default()
                });
            }
        }
    }

    fn agent_name(&self, id: &'r str) -> &'r str {
        let recorded = self
            .ledger
            .agents
            .find(id)
            .and_then(|agent| self.ledger.agents.name(agent));
        name_of(&self.query.directory, recorded, id)
    }
}
