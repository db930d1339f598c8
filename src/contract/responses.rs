//! The responses of the five usage endpoints, each shape once.

use super::shape::{Field, Kind, Need, Rule, Shape, Written, shapes};
use crate::calendar::period::Period;
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// The name of the row of usage with no agent.
pub const UNASSIGNED: &str = "Unassigned";

shapes! {
    /// The usage of one agent in a period.
    AgentUsageItem [OrphanAgrees, OneOrphan, IdsDiffer, SecondsNeedCalls] {
        /// `null` for usage with no agent.
        agent_id = "agentId": Option<String> as Kind::TextOrNull, Required;
        /// What the agent is called; `Unassigned` for usage with no agent.
        agent_name = "agentName": String as Kind::Text, Required;
        /// Messages, both directions.
        messages = "messages": u64 as Kind::Count, Required;
        /// Completed calls only.
        calls = "calls": u64 as Kind::Count, Required;
        /// Whole seconds of those calls.
        total_seconds = "totalSeconds": u64 as Kind::Count, Required;
        /// `true` for the one row of usage with no agent.
        is_orphan = "isOrphan": bool as Kind::Flag, OrFalse;
    }

    /// The body of `GET /v1/usage/by-agent`.
    AgentUsageResponse [SpansPeriod] {
        /// One row an agent.
        data = "data": Vec<AgentUsageItem> as Kind::Rows(&AgentUsageItem::SHAPE), Required;
        /// The kind of period.
        period = "period": Period as Kind::Period, Required;
        /// Its first second, `YYYY-MM-DDTHH:MM:SSZ`.
        period_start = "periodStart": String as Kind::Time, Required;
        /// Its last whole second, `YYYY-MM-DDTHH:MM:SSZ`.
        period_end = "periodEnd": String as Kind::Time, Required;
    }

    /// What a plan allows.
    PlanLimits [] {
        /// Phone numbers.
        numbers = "numbers": u64 as Kind::Count, Required;
        /// Messages in a month.
        messages_per_month = "messagesPerMonth": u64 as Kind::Count, Required;
        /// Minutes of calls in a month.
        voice_minutes_per_month = "voiceMinutesPerMonth": u64 as Kind::Count, Required;
        /// Minutes of one call.
        max_call_duration_minutes = "maxCallDurationMinutes": u64 as Kind::Count, Required;
        /// Calls at the same time.
        concurrent_calls = "concurrentCalls": u64 as Kind::Count, Required;
    }

    /// The account's plan.
    PlanInfo [] {
        /// What it is called.
        name = "name": String as Kind::Text, Required;
        /// What it allows. Older answers lack it.
        limits = "limits": Option<PlanLimits> as Kind::Object(&PlanLimits::SHAPE), Expected;
    }

    /// How many phone numbers the account has, and may have.
    NumberLimits [RemainderFits] {
        /// Those it has.
        used = "used": u64 as Kind::Count, Required;
        /// Those it may have.
        limit = "limit": u64 as Kind::Count, Required;
        /// Those it may still add.
        remaining = "remaining": u64 as Kind::Count, Required;
    }

    /// The account's counts.
    UsageStats [LongerCountsMore, DeliveriesSum] {
        /// Messages of all time, both directions.
        total_messages = "totalMessages": u64 as Kind::Count, Required;
        /// Messages of the last 24 hours.
        messages_last_24h = "messagesLast24h": u64 as Kind::Count, Required;
        /// Messages of the last 7 days.
        messages_last_7d = "messagesLast7d": u64 as Kind::Count, Required;
        /// Messages of the last 30 days.
        messages_last_30d = "messagesLast30d": u64 as Kind::Count, Required;
        /// Calls of all time.
        total_calls = "totalCalls": u64 as Kind::Count, Required;
        /// Calls of the last 24 hours.
        calls_last_24h = "callsLast24h": u64 as Kind::Count, Required;
        /// Calls of the last 7 days.
        calls_last_7d = "callsLast7d": u64 as Kind::Count, Required;
        /// Calls of the last 30 days.
        calls_last_30d = "callsLast30d": u64 as Kind::Count, Required;
        /// Webhook deliveries of all time.
        total_webhook_deliveries = "totalWebhookDeliveries": u64 as Kind::Count, Required;
        /// Those of them that succeeded.
        successful_webhook_deliveries = "successfulWebhookDeliveries": u64 as Kind::Count, Required;
        /// Those of them that failed.
        failed_webhook_deliveries = "failedWebhookDeliveries": u64 as Kind::Count, Required;
        /// SMS segments of the last 30 days. Only newer answers have it.
        sms_segments_last_30d = "smsSegmentsLast30d": Option<u64> as Kind::CountOrNull, Optional;
    }

    /// The body of `GET /v1/usage`.
    UsageResponse [BoundsOrdered] {
        /// The account's plan.
        plan = "plan": PlanInfo as Kind::Object(&PlanInfo::SHAPE), Required;
        /// How many phone numbers it has.
        numbers = "numbers": NumberLimits as Kind::Object(&NumberLimits::SHAPE), Required;
        /// Its counts.
        stats = "stats": UsageStats as Kind::Object(&UsageStats::SHAPE), Required;
        /// The first second of the current period, RFC 3339. Older answers lack it.
        period_start = "periodStart": Option<String> as Kind::Time, Expected;
        /// The last second of the current period, RFC 3339. Older answers lack it.
        period_end = "periodEnd": Option<String> as Kind::Time, Expected;
        /// When the answer was made. Only newer answers have it.
        report_generated_at = "reportGeneratedAt": Option<String> as Kind::TextOrNull, Optional;
    }

    /// The usage of one day.
    DailyUsageItem [] {
        /// `YYYY-MM-DD`.
        date = "date": String as Kind::Date, Required;
        /// Messages, both directions.
        messages = "messages": u64 as Kind::Count, Required;
        /// Calls.
        calls = "calls": u64 as Kind::Count, Required;
        /// Webhook deliveries. Records don't tell them: 0 where nobody does.
        webhooks = "webhooks": u64 as Kind::Count, Required;
    }

    /// The body of `GET /v1/usage/daily`: every day has its row.
    DailyUsageResponse [SeriesWhole] {
        /// One row a day, the newest last.
        data = "data": Vec<DailyUsageItem> as Kind::Rows(&DailyUsageItem::SHAPE), Required;
        /// How many.
        days = "days": u16 as Kind::Between(1, 365), Required;
    }

    /// The usage of one calendar month.
    MonthlyUsageItem [] {
        /// `YYYY-MM`.
        month = "month": String as Kind::Month, Required;
        /// Messages, both directions.
        messages = "messages": u64 as Kind::Count, Required;
        /// Calls.
        calls = "calls": u64 as Kind::Count, Required;
        /// Webhook deliveries. Records don't tell them: 0 where nobody does.
        webhooks = "webhooks": u64 as Kind::Count, Required;
    }

    /// The body of `GET /v1/usage/monthly`: every month has its row.
    MonthlyUsageResponse [SeriesWhole] {
        /// One row a month, the newest last.
        data = "data": Vec<MonthlyUsageItem> as Kind::Rows(&MonthlyUsageItem::SHAPE), Required;
        /// How many.
        months = "months": u16 as Kind::Between(1, 24), Required;
    }

    /// The usage of one phone number. What is not known of it is `""`.
    NumberUsageItem [IdsDiffer] {
        /// Its id; `""` for usage by no number.
        number_id = "numberId": String as Kind::Text, Required;
        /// The number itself.
        phone_number = "phoneNumber": String as Kind::Text, Required;
        /// Its country. Records don't tell it.
        country = "country": String as Kind::Text, Required;
        /// Its status. Records don't tell it.
        status = "status": String as Kind::Text, Required;
        /// Whose it is; from records, whose usage all of it is.
        agent_id = "agentId": Option<String> as Kind::TextOrNull, Optional;
        /// What that agent is called.
        agent_name = "agentName": Option<String> as Kind::TextOrNull, Optional;
        /// Messages, both directions.
        messages = "messages": u64 as Kind::Count, Required;
        /// Calls.
        calls = "calls": u64 as Kind::Count, Required;
    }

    /// The body of `GET /v1/usage/by-number`.
    NumberUsageResponse [] {
        /// One row a number.
        data = "data": Vec<NumberUsageItem> as Kind::Rows(&NumberUsageItem::SHAPE), Required;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Endpoint, MAX_FIELDS};

    #[test]
    fn what_is_written_has_the_fields_of_its_table_in_their_order() {
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
    fn no_shape_has_more_fields_than_there_is_room_for() {
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
