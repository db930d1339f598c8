//! The indexes of the fields that the rules read. The compiler finds them by their keys, so the order of a shape's fields may
//! change, and a field that a rule needs cannot disappear.

use crate::contract::{
    AgentUsageItem, AgentUsageResponse, DailyUsageItem, DailyUsageResponse, MonthlyUsageItem, MonthlyUsageResponse,
    NumberLimits, NumberUsageItem, UsageResponse, UsageStats,
};

/// Declares constants for the indexes of a shape's fields.
macro_rules! indexes {
    ($($Shape:ident { $($NAME:ident = $key:literal),* $(,)? })*) => {$(
        impl $Shape {
            $(pub(super) const $NAME: usize = Self::SHAPE.index_of($key);)*
        }
    )*};
}

indexes! {
    AgentUsageItem {
        AGENT_ID = "agentId",
        CALLS = "calls",
        TOTAL_SECONDS = "totalSeconds",
        IS_ORPHAN = "isOrphan",
    }
    AgentUsageResponse {
        PERIOD = "period",
        PERIOD_START = "periodStart",
        PERIOD_END = "periodEnd",
    }
    NumberLimits {
        USED = "used",
        LIMIT = "limit",
        REMAINING = "remaining",
    }
    UsageStats {
        TOTAL_MESSAGES = "totalMessages",
        MESSAGES_LAST_24H = "messagesLast24h",
        MESSAGES_LAST_7D = "messagesLast7d",
        MESSAGES_LAST_30D = "messagesLast30d",
        TOTAL_CALLS = "totalCalls",
        CALLS_LAST_24H = "callsLast24h",
        CALLS_LAST_7D = "callsLast7d",
        CALLS_LAST_30D = "callsLast30d",
        TOTAL_WEBHOOK_DELIVERIES = "totalWebhookDeliveries",
        SUCCESSFUL_WEBHOOK_DELIVERIES = "successfulWebhookDeliveries",
        FAILED_WEBHOOK_DELIVERIES = "failedWebhookDeliveries",
    }
    UsageResponse {
        PERIOD_START = "periodStart",
        PERIOD_END = "periodEnd",
    }
    DailyUsageItem { DATE = "date" }
    DailyUsageResponse { DATA = "data", DAYS = "days" }
    MonthlyUsageItem { MONTH = "month" }
    MonthlyUsageResponse { DATA = "data", MONTHS = "months" }
    NumberUsageItem { NUMBER_ID = "numberId" }
}

/// The index of the field that distinguishes the rows of an array: an id, a date or a month. It is one index for all shapes, so
/// that one rule can judge several of them.
pub const ROW_KEY: usize = AgentUsageItem::AGENT_ID;
const _: () = assert!(
    ROW_KEY == NumberUsageItem::NUMBER_ID && ROW_KEY == DailyUsageItem::DATE && ROW_KEY == MonthlyUsageItem::MONTH
);

/// The index of a series' rows.
pub const SERIES_ROWS: usize = DailyUsageResponse::DATA;
const _: () = assert!(SERIES_ROWS == MonthlyUsageResponse::DATA);

/// The index of the number of rows that a series states.
pub const SERIES_LENGTH: usize = DailyUsageResponse::DAYS;
const _: () = assert!(SERIES_LENGTH == MonthlyUsageResponse::MONTHS);
