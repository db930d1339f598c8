//! The five usage endpoints.

use super::responses::{
    AgentUsageResponse, DailyUsageResponse, MonthlyUsageResponse, NumberUsageResponse, UsageResponse,
};
use super::shape::Shape;

/// One of the five usage endpoints.
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

impl Endpoint {
    /// All of them, by their names.
    pub const ALL: [(&str, Endpoint); 5] = [
        ("by-agent", Endpoint::ByAgent),
        ("usage", Endpoint::Usage),
        ("daily", Endpoint::Daily),
        ("monthly", Endpoint::Monthly),
        ("by-number", Endpoint::ByNumber),
    ];

    /// The shape of its response.
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
