//! The rows of a breakdown, and their order.

use crate::calendar::period::WEEKDAYS;
use crate::collections::sort::by_code_unit;
use crate::counting::tally::Tally;
use crate::output::{Field, MAX_FIELDS, Object, Value};
use crate::records::judge::Direction;
use std::cmp::Ordering;

/// The directions as they are written, each at its number. Usage without a direction has an empty one.
pub const DIRECTION_NAMES: [&str; 4] = ["", "inbound", "outbound", "web"];

/// One row: its values in the dimensions of the query, and its usage. A text is empty for usage that lacks the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BreakdownRow<'r> {
    /// The agent's id.
    pub agent_id: Option<&'r str>,
    /// The agent's name.
    pub agent_name: &'r str,
    /// The id of the phone number.
    pub number_id: Option<&'r str>,
    /// The phone number.
    pub phone_number: &'r str,
    /// The channel.
    pub channel: Option<&'r str>,
    /// The direction.
    pub direction: Option<Direction>,
    /// The number of the local day of the week, from 0 for Monday.
    pub weekday: Option<u8>,
    /// The local hour.
    pub hour: Option<u8>,
    /// The usage.
    pub tally: Tally,
}

impl Object for BreakdownRow<'_> {
    fn fields(&self) -> [Field<'_>; MAX_FIELDS] {
        let direction = self.direction.and_then(|known| DIRECTION_NAMES.get(known as usize));
        let weekday = self.weekday.and_then(|day| WEEKDAYS.get(usize::from(day)));
        let agent = self
            .agent_id
            .map(|id| if id.is_empty() { Value::Null } else { Value::Text(id) });
        let [messages, calls, seconds, ..] = self.tally.fields();
        [
            agent.map(|id| ("agentId", id)),
            agent.map(|_| ("agentName", Value::Text(self.agent_name))),
            self.number_id.map(|id| ("numberId", Value::Text(id))),
            self.number_id.map(|_| ("phoneNumber", Value::Text(self.phone_number))),
            self.channel.map(|channel| ("channel", Value::Text(channel))),
            direction.map(|name| ("direction", Value::Text(name))),
            weekday.map(|(name, _)| ("weekday", Value::Text(name))),
            self.hour.map(|hour| ("hour", Value::Count(hour.into()))),
            messages,
            calls,
            seconds,
            None,
        ]
    }
}

impl<'r> BreakdownRow<'r> {
    const fn texts(&self) -> [Option<&'r str>; 4] {
        [Some(self.agent_name), self.agent_id, self.number_id, self.channel]
    }

    fn lacks(&self) -> [bool; 4] {
        let [_, agent, number, channel] = self.texts().map(|text| text == Some(""));
        [agent, number, channel, self.direction == Some(Direction::Unknown)]
    }

    /// The order of rows, as that of a report. Rows without an agent come last, before them those without a phone number, without a
    /// channel and without a direction. Of the others most messages come first, then most calls, then most seconds, and then the
    /// values in the order of the dimensions. The order is total, so it does not depend on the order of records.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let usage = |Tally {
                         messages,
                         calls,
                         total_seconds,
                     }| [messages, calls, total_seconds];
        let mut order = self
            .lacks()
            .cmp(&other.lacks())
            .then_with(|| usage(other.tally).cmp(&usage(self.tally)));
        for (a, b) in self.texts().into_iter().zip(other.texts()) {
            order = order.then_with(|| by_code_unit(a.unwrap_or_default(), b.unwrap_or_default()));
        }
        let rest = |row: &Self| (row.direction, row.weekday, row.hour);
        order.then_with(|| rest(self).cmp(&rest(other)))
    }
}
