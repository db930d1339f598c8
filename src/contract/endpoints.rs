//! The five usage endpoints.

use super::responses::{
    AgentUsageResponse, DailyUsageResponse, MonthlyUsageResponse, NumberUsageResponse, UsageResponse,
};
use super::shape::Shape;

/// One of the five usage endpoints.
///
/// ```
/// use usage_by_agent::contract::Endpoint;
///
/// let daily = Endpoint::ALL.into_iter().find(|(name, _)| *name == "daily");
/// assert_eq!(daily, Some(("daily", Endpoint::Daily)));
/// assert_eq!(Endpoint::Daily.response().name, "DailyUsageResponse");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `GET /v1/usage/by-agent`.
    ByAgent,
    /// `GET /v1/usage`.
    Usage,
    /// `GET /v1/usage/daily`.
    Daily,
    /// `GET /v1/usage/monthly`.
    Monthly,
    /// `GET /v1/usage/by-number`.
    ByNumber,
}

/// How many rows a series may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesLength {
    /// The smallest number of rows.
    pub min: u16,
    /// The largest number of rows.
    pub max: u16,
    /// The number of rows of a query that does not state one.
    pub default: u16,
}

/// The length of a series of days.
pub const DAYS: SeriesLength = SeriesLength {
    min: 1,
    max: 365,
    default: 30,
};

/// The length of a series of months.
pub const MONTHS: SeriesLength = SeriesLength {
    min: 1,
    max: 24,
    default: 6,
};

/// The names of a breakdown's dimensions, in the order of its fields.
pub const DIMENSION_NAMES: [&str; 6] = ["agent", "number", "channel", "direction", "weekday", "hour"];

/// The names of a breakdown's steps, the shortest first.
pub const STEP_NAMES: [&str; 4] = ["hour", "day", "week", "month"];

impl Endpoint {
    /// Every endpoint, with its name.
    pub const ALL: [(&str, Endpoint); 5] = [
        ("by-agent", Endpoint::ByAgent),
        ("usage", Endpoint::Usage),
        ("daily", Endpoint::Daily),
        ("monthly", Endpoint::Monthly),
        ("by-number", Endpoint::ByNumber),
    ];

    /// The endpoint of that name.
    pub fn named(name: &str) -> Option<Endpoint> {
        Endpoint::ALL
            .into_iter()
            .find_map(|(known, endpoint)| (known == name).then_some(endpoint))
    }

    /// The shape of the endpoint's response.
    pub const fn response(self) -> &'static Shape {
        match self {
            Endpoint::ByAgent => &AgentUsageResponse::SHAPE,
            Endpoint::Usage => &UsageResponse::SHAPE,
            Endpoint::Daily => &DailyUsageResponse::SHAPE,
            Endpoint::Monthly => &MonthlyUsageResponse::SHAPE,
            Endpoint::ByNumber => &NumberUsageResponse::SHAPE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_endpoint_is_found_by_its_name_alone() {
        for (name, endpoint) in Endpoint::ALL {
            assert_eq!(Endpoint::named(name), Some(endpoint));
        }
        assert_eq!(Endpoint::named("By-Agent"), None);
    }
}
