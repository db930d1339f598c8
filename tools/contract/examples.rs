//! The example of each response in the OpenAPI document. A test checks them against the contract.

use serde_json::{Value, json};
use usage_by_agent::calendar::period::Period;
use usage_by_agent::contract::{
    AgentUsageItem, AgentUsageResponse, DailyUsageItem, DailyUsageResponse, Endpoint, MonthlyUsageItem,
    MonthlyUsageResponse, NumberLimits, NumberUsageItem, NumberUsageResponse, PlanInfo, PlanLimits, UNASSIGNED,
    UsageResponse, UsageStats,
};

/// A response of an endpoint, for New York in June 2024.
pub fn of(endpoint: Endpoint) -> Value {
    let agent = |id: Option<&str>, name: &str, [messages, calls, total_seconds]: [u64; 3]| AgentUsageItem {
        agent_id: id.map(str::to_owned),
        agent_name: name.into(),
        messages,
        calls,
        total_seconds,
        is_orphan: id.is_none(),
    };
    match endpoint {
        Endpoint::ByAgent => json!(AgentUsageResponse {
            data: vec![
                agent(Some("a1b2c3d4"), "Support", [152, 47, 7320]),
                agent(None, UNASSIGNED, [25, 5, 600]),
            ],
            period: Period::Month,
            period_start: "2024-06-01T04:00:00Z".into(),
            period_end: "2024-07-01T03:59:59Z".into(),
        }),
        Endpoint::Usage => json!(UsageResponse {
            plan: Some(PlanInfo {
                name: "Pro".into(),
                limits: Some(PlanLimits {
                    numbers: 5,
                    messages_per_month: 10_000,
                    voice_minutes_per_month: 1000,
                    max_call_duration_minutes: 60,
                    concurrent_calls: 5,
                }),
            }),
            numbers: NumberLimits {
                used: 2,
                limit: 5,
                remaining: 3,
            },
            stats: UsageStats {
                total_messages: 1204,
                messages_last_24h: 9,
                messages_last_7d: 64,
                messages_last_30d: 177,
                total_calls: 310,
                calls_last_24h: 2,
                calls_last_7d: 14,
                calls_last_30d: 52,
                total_webhook_deliveries: 1520,
                successful_webhook_deliveries: 1514,
                failed_webhook_deliveries: 6,
                sms_segments_last_30d: Some(190),
            },
            period_start: Some("2024-06-01T04:00:00Z".into()),
            period_end: Some("2024-07-01T03:59:59Z".into()),
            report_generated_at: Some("2024-06-15T12:00:00Z".into()),
        }),
        Endpoint::Daily => json!(DailyUsageResponse {
            data: [("2024-06-14", 12, 3, 15), ("2024-06-15", 9, 2, 11)]
                .map(|(date, messages, calls, webhooks)| DailyUsageItem {
                    date: date.into(),
                    messages,
                    calls,
                    webhooks,
                })
                .into(),
            days: 2,
        }),
        Endpoint::Monthly => json!(MonthlyUsageResponse {
            data: [("2024-05", 240, 61, 290), ("2024-06", 177, 52, 233)]
                .map(|(month, messages, calls, webhooks)| MonthlyUsageItem {
                    month: month.into(),
                    messages,
                    calls,
                    webhooks,
                })
                .into(),
            months: 2,
        }),
        Endpoint::ByNumber => json!(NumberUsageResponse {
            data: vec![NumberUsageItem {
                number_id: "n1".into(),
                phone_number: "+15551234567".into(),
                country: "US".into(),
                status: "active".into(),
                agent_id: Some("a1b2c3d4".into()),
                agent_name: Some("Support".into()),
                messages: 152,
                calls: 47,
            }],
        }),
    }
}

/// The body of a response with status 422.
pub fn parameter_errors() -> Value {
    json!({"detail": [{
        "type": "literal_error",
        "loc": ["query", "period"],
        "msg": "Input should be 'week', 'month' or 'year'",
        "input": "decade",
        "ctx": {"expected": "'week', 'month' or 'year'"},
    }]})
}

/// The body of an error with another status.
pub fn error(code: &str, group: &str, message: &str) -> Value {
    json!({"error": {"message": message, "code": code, "type": group, "details": []}})
}
