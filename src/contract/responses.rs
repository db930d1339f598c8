//! The responses of the five usage endpoints. Each shape is declared once.

use super::endpoints::{DAYS, MONTHS};
use super::shape::{Field, Kind, MAX_FIELDS, Need, Rule, Shape, shapes};
use crate::calendar::period::Period;
use crate::output::{self, HasValue, Object, Value};
use serde::ser::{Serialize, Serializer};

/// The `agentName` of the row for usage without an agent.
pub const UNASSIGNED: &str = "Unassigned";

shapes! {
    /// The usage of one agent in a period.
    AgentUsageItem [OrphanAgrees, OneOrphan, IdsDiffer, SecondsNeedCalls] {
        /// The agent's id. `null` for usage without an agent.
        agent_id = "agentId": Option<String> as Kind::TextOrNull, Required;
        /// The agent's name. `Unassigned` for usage without an agent.
        agent_name = "agentName": String as Kind::Text, Required;
        /// The number of messages, inbound and outbound.
        messages = "messages": u64 as Kind::Count, Required;
        /// The number of completed calls.
        calls = "calls": u64 as Kind::Count, Required;
        /// The duration of the completed calls, in whole seconds.
        total_seconds = "totalSeconds": u64 as Kind::Count, Required;
        /// `true` for usage without an agent. At most one row has it.
        is_orphan = "isOrphan": bool as Kind::Flag, OrFalse;
    }

    /// The body of `GET /v1/usage/by-agent`.
    AgentUsageResponse [SpansPeriod] {
        /// One row for each agent.
        data = "data": Vec<AgentUsageItem> as Kind::Rows(&AgentUsageItem::SHAPE), Required;
        /// The kind of period.
        period = "period": Period as Kind::Period, Required;
        /// The first second of the period, `YYYY-MM-DDTHH:MM:SSZ`.
        period_start = "periodStart": String as Kind::Time, Required;
        /// The last whole second of the period, `YYYY-MM-DDTHH:MM:SSZ`. It is inside the period.
        period_end = "periodEnd": String as Kind::Time, Required;
    }

    /// The limits of a plan.
    PlanLimits [] {
        /// The number of phone numbers.
        numbers = "numbers": u64 as Kind::Count, Required;
        /// The number of messages in a month.
        messages_per_month = "messagesPerMonth": u64 as Kind::Count, Required;
        /// The minutes of calls in a month.
        voice_minutes_per_month = "voiceMinutesPerMonth": u64 as Kind::Count, Required;
        /// The minutes that one call may last.
        max_call_duration_minutes = "maxCallDurationMinutes": u64 as Kind::Count, Required;
        /// The number of calls at the same time.
        concurrent_calls = "concurrentCalls": u64 as Kind::Count, Required;
    }

    /// The account's plan.
    PlanInfo [] {
        /// The plan's name.
        name = "name": String as Kind::Text, Required;
        /// The plan's limits. Responses of older servers do not have them.
        limits = "limits": Option<PlanLimits> as Kind::Object(&PlanLimits::SHAPE), Expected;
    }

    /// The phone numbers that the account uses, and the limit of its plan.
    NumberLimits [RemainderFits] {
        /// The phone numbers in use.
        used = "used": u64 as Kind::Count, Required;
        /// The phone numbers that the plan allows.
        limit = "limit": u64 as Kind::Count, Required;
        /// The phone numbers that the account may still add.
        remaining = "remaining": u64 as Kind::Count, Required;
    }

    /// The account's counts.
    UsageStats [LongerCountsMore, DeliveriesSum] {
        /// The number of messages of all time, inbound and outbound.
        total_messages = "totalMessages": u64 as Kind::Count, Required;
        /// The number of messages of the last 24 hours.
        messages_last_24h = "messagesLast24h": u64 as Kind::Count, Required;
        /// The number of messages of the last 7 days.
        messages_last_7d = "messagesLast7d": u64 as Kind::Count, Required;
        /// The number of messages of the last 30 days.
        messages_last_30d = "messagesLast30d": u64 as Kind::Count, Required;
        /// The number of calls of all time.
        total_calls = "totalCalls": u64 as Kind::Count, Required;
        /// The number of calls of the last 24 hours.
        calls_last_24h = "callsLast24h": u64 as Kind::Count, Required;
        /// The number of calls of the last 7 days.
        calls_last_7d = "callsLast7d": u64 as Kind::Count, Required;
        /// The number of calls of the last 30 days.
        calls_last_30d = "callsLast30d": u64 as Kind::Count, Required;
        /// The number of webhook deliveries of all time.
        total_webhook_deliveries = "totalWebhookDeliveries": u64 as Kind::Count, Required;
        /// The number of webhook deliveries that succeeded.
        successful_webhook_deliveries = "successfulWebhookDeliveries": u64 as Kind::Count, Required;
        /// The number of webhook deliveries that failed.
        failed_webhook_deliveries = "failedWebhookDeliveries": u64 as Kind::Count, Required;
        /// The number of SMS segments of the last 30 days. Only responses of newer servers have it.
        sms_segments_last_30d = "smsSegmentsLast30d": Option<u64> as Kind::CountOrNull, Optional;
    }

    /// The body of `GET /v1/usage`.
    UsageResponse [BoundsOrdered] {
        /// The account's plan. Responses of newer servers do not have it.
        plan = "plan": Option<PlanInfo> as Kind::Object(&PlanInfo::SHAPE), Expected;
        /// The account's phone numbers.
        numbers = "numbers": NumberLimits as Kind::Object(&NumberLimits::SHAPE), Required;
        /// The account's counts.
        stats = "stats": UsageStats as Kind::Object(&UsageStats::SHAPE), Required;
        /// The first second of the current period, in RFC 3339 format. Responses of older servers do not have it.
        period_start = "periodStart": Option<String> as Kind::Time, Expected;
        /// The last second of the current period, in RFC 3339 format. Responses of older servers do not have it.
        period_end = "periodEnd": Option<String> as Kind::Time, Expected;
        /// The time at which the server made the response. Only responses of newer servers have it.
        report_generated_at = "reportGeneratedAt": Option<String> as Kind::TextOrNull, Optional;
    }

    /// The usage of one day.
    DailyUsageItem [] {
        /// The day, `YYYY-MM-DD`.
        date = "date": String as Kind::Date, Required;
        /// The number of messages, inbound and outbound.
        messages = "messages": u64 as Kind::Count, Required;
        /// The number of calls.
        calls = "calls": u64 as Kind::Count, Required;
        /// The number of webhook deliveries. 0 in a response computed from records, which do not contain deliveries.
        webhooks = "webhooks": u64 as Kind::Count, Required;
    }

    /// The body of `GET /v1/usage/daily`. Every day has a row.
    DailyUsageResponse [SeriesWhole] {
        /// One row for each day, the newest day last.
        data = "data": Vec<DailyUsageItem> as Kind::Rows(&DailyUsageItem::SHAPE), Required;
        /// The number of days.
        days = "days": u16 as Kind::Between(DAYS.min, DAYS.max), Required;
    }

    /// The usage of one calendar month.
    MonthlyUsageItem [] {
        /// The month, `YYYY-MM`.
        month = "month": String as Kind::Month, Required;
        /// The number of messages, inbound and outbound.
        messages = "messages": u64 as Kind::Count, Required;
        /// The number of calls.
        calls = "calls": u64 as Kind::Count, Required;
        /// The number of webhook deliveries. 0 in a response computed from records, which do not contain deliveries.
        webhooks = "webhooks": u64 as Kind::Count, Required;
    }

    /// The body of `GET /v1/usage/monthly`. Every month has a row.
    MonthlyUsageResponse [SeriesWhole] {
        /// One row for each month, the newest month last.
        data = "data": Vec<MonthlyUsageItem> as Kind::Rows(&MonthlyUsageItem::SHAPE), Required;
        /// The number of months.
        months = "months": u16 as Kind::Between(MONTHS.min, MONTHS.max), Required;
    }

    /// The usage of one phone number. An unknown text is `""`.
    NumberUsageItem [IdsDiffer] {
        /// The id of the phone number. `""` for usage without a phone number.
        number_id = "numberId": String as Kind::Text, Required;
        /// The phone number in the form that people read.
        phone_number = "phoneNumber": String as Kind::Text, Required;
        /// The country of the phone number. `""` in a response computed from records, which do not contain it.
        country = "country": String as Kind::Text, Required;
        /// The status of the phone number. `""` in a response computed from records, which do not contain it.
        status = "status": String as Kind::Text, Required;
        /// The id of the agent that has the phone number. In a response computed from records, it is the agent of all of the
        /// phone number's usage, if there is only one.
        agent_id = "agentId": Option<String> as Kind::TextOrNull, Optional;
        /// The name of the agent that has the phone number.
        agent_name = "agentName": Option<String> as Kind::TextOrNull, Optional;
        /// The number of messages, inbound and outbound.
        messages = "messages": u64 as Kind::Count, Required;
        /// The number of calls.
        calls = "calls": u64 as Kind::Count, Required;
    }

    /// The body of `GET /v1/usage/by-number`.
    NumberUsageResponse [] {
        /// One row for each phone number.
        data = "data": Vec<NumberUsageItem> as Kind::Rows(&NumberUsageItem::SHAPE), Required;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Endpoint;

    #[test]
    fn a_written_object_has_the_fields_of_its_shape_in_order() {
        let row = AgentUsageItem {
            agent_id: None,
            agent_name: UNASSIGNED.into(),
            messages: 1,
            calls: 2,
            total_seconds: 3,
            is_orphan: true,
        };
        let text = serde_json::to_string(&row).unwrap();
        let want =
            r#"{"agentId":null,"agentName":"Unassigned","messages":1,"calls":2,"totalSeconds":3,"isOrphan":true}"#;
        assert_eq!(text, want);
        let number = NumberUsageItem {
            number_id: String::new(),
            phone_number: String::new(),
            country: String::new(),
            status: String::new(),
            agent_id: None,
            agent_name: Some("A".into()),
            messages: 1,
            calls: 2,
        };
        let text = serde_json::to_string(&number).unwrap();
        let want =
            r#"{"numberId":"","phoneNumber":"","country":"","status":"","agentName":"A","messages":1,"calls":2}"#;
        assert_eq!(text, want);
    }

    #[test]
    fn no_shape_has_more_fields_than_the_limit() {
        fn fits(shape: &Shape) {
            assert!(shape.fields.len() <= MAX_FIELDS, "{}", shape.name);
            for field in shape.fields {
                if let Kind::Object(inner) | Kind::Rows(inner) = field.kind {
                    fits(inner);
                }
            }
        }
        for (_, endpoint) in Endpoint::ALL {
            fits(endpoint.response());
        }
    }
}
