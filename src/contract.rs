//! The wire: the shapes of the usage endpoints' answers.

use crate::period::Period;
use serde::Serialize;

/// The name of the row of usage with no agent.
pub const UNASSIGNED: &str = "Unassigned";

/// One row of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentUsageItem {
    /// `None` for usage with no agent.
    pub agent_id: Option<String>,
    /// What the agent is called.
    pub agent_name: String,
    /// Messages, both directions.
    pub messages: u64,
    /// Completed calls.
    pub calls: u64,
    /// Whole seconds of those calls.
    pub total_seconds: u64,
    /// Is this the row of usage with no agent? Optional on the wire.
    pub is_orphan: bool,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentUsageResponse {
    /// One row an agent.
    pub data: Vec<AgentUsageItem>,
    /// The kind of period.
    pub period: Period,
    /// Its first second.
    pub period_start: String,
    /// Its last whole second.
    pub period_end: String,
}

/// One row of `GET /v1/usage/by-number`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NumberUsageItem {
    /// Empty for usage by no number.
    pub number_id: String,
    /// The number itself; empty where it is not known.
    pub phone_number: String,
    /// Empty: records do not tell it.
    pub country: String,
    /// Empty: records do not tell it.
    pub status: String,
    /// Whose usage all of it is, if it is one agent's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// What that agent is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
    /// Messages, both directions.
    pub messages: u64,
    /// Completed calls.
    pub calls: u64,
}

/// The answer of `GET /v1/usage/by-number`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NumberUsageResponse {
    /// One row a number.
    pub data: Vec<NumberUsageItem>,
}

/// One row of `GET /v1/usage/daily`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DailyUsageItem {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Messages, both directions.
    pub messages: u64,
    /// Completed calls.
    pub calls: u64,
    /// Webhook deliveries: 0 where they are not known, as from records.
    pub webhooks: u64,
}

/// The answer of `GET /v1/usage/daily`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DailyUsageResponse {
    /// One row a day, the newest last.
    pub data: Vec<DailyUsageItem>,
    /// How many.
    pub days: u16,
}

/// One row of `GET /v1/usage/monthly`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MonthlyUsageItem {
    /// `YYYY-MM`.
    pub month: String,
    /// Messages, both directions.
    pub messages: u64,
    /// Completed calls.
    pub calls: u64,
    /// Webhook deliveries: 0 where they are not known, as from records.
    pub webhooks: u64,
}

/// The answer of `GET /v1/usage/monthly`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MonthlyUsageResponse {
    /// One row a month, the newest last.
    pub data: Vec<MonthlyUsageItem>,
    /// How many.
    pub months: u16,
}
