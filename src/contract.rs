//! The wire: the shape of `GET /v1/usage/by-agent`'s answer.

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
