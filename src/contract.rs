//! The wire: the answers of the five usage endpoints, and what goes wrong. Told once, here: the validation ([`crate::validate`])
//! reads these tables, and the package's TypeScript types and OpenAPI document are written from them (`tools/contract`); a test
//! fails when those differ from what is written here.
//!
//! Sources: the vendor's published OpenAPI document, and its SDKs (npm `agentphone` 1.0.17, PyPI `agentphone` 0.20.3).

use crate::period::Period;
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// The name of the row of usage with no agent.
pub const UNASSIGNED: &str = "Unassigned";

/// An object of the wire.
#[derive(Debug)]
pub struct Shape {
    /// Its name.
    pub name: &'static str,
    /// Its fields, in the order in which they are written. At most [`MAX_FIELDS`].
    pub fields: &'static [Field],
    /// What must hold beyond types.
    pub rules: &'static [Rule],
    /// What it is.
    #[cfg(not(target_arch = "wasm32"))]
    pub about: &'static [&'static str],
}

/// The most fields that a shape has.
pub const MAX_FIELDS: usize = 12;

/// A field of an object.
#[derive(Debug)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// The values that it takes.
    pub kind: Kind,
    /// May it be missing?
    pub need: Need,
    /// Its key as nearly everyone spells it.
    pub spelled: Spelled,
    /// What it is.
    #[cfg(not(target_arch = "wasm32"))]
    pub about: &'static [&'static str],
}

/// A key as nearly everyone spells it, to be compared at once: what comes before it (a comma or a brace, left open here), its
/// quotes, the colon, and the opening quote of a value that is text.
#[derive(Clone, Copy, Debug)]
pub struct Spelled {
    /// Its bytes, the first one lowest and 0; as many as are missing at the end are 0.
    pub bytes: [u64; 2],
    /// How many they are, from 8 to 16; 0 of a key that is longer or shorter, whose bytes here no text has.
    pub length: u8,
}

impl Spelled {
    // Run by the compiler: what can panic here stops the build.
    #[allow(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation
    )]
    const fn of(name: &str, kind: Kind) -> Self {
        let name = name.as_bytes();
        let end: &[u8] = if kind.is_text() { b"\":\"" } else { b"\":" };
        let length = 2 + name.len() + end.len();
        if length < 8 || length > 16 {
            return Spelled {
                bytes: [u64::MAX; 2],
                length: 0,
            };
        }
        let mut bytes = [0; 16];
        bytes[1] = b'"';
        let mut n = 2;
        while n < length {
            bytes[n] = if n < 2 + name.len() {
                name[n - 2]
            } else {
                end[n - 2 - name.len()]
            };
            n += 1;
        }
        let bytes = u128::from_le_bytes(bytes);
        Spelled {
            bytes: [bytes as u64, (bytes >> 64) as u64],
            length: length as u8,
        }
    }
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    Text,
    /// Text, or null.
    TextOrNull,
    /// A whole number from 0 to 2^53 - 1; `7.0` is one, as it is to `JSON.parse`.
    Count,
    /// The same, or null.
    CountOrNull,
    /// A whole number within these.
    Between(u16, u16),
    /// True or false.
    Flag,
    /// `week`, `month` or `year`.
    Period,
    /// A time, RFC 3339.
    Time,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// A month, `YYYY-MM`.
    Month,
    /// An object.
    Object(&'static Shape),
    /// An array of objects.
    Rows(&'static Shape),
    /// Anything. Of errors only, which nothing here checks.
    Any,
    /// Where a parameter is: an array of text and numbers. Of errors only.
    Location,
}

impl Kind {
    /// Is it text, if it is not null?
    pub const fn is_text(self) -> bool {
        matches!(self, Kind::Text | Kind::TextOrNull) || self.is_judged()
    }

    /// Is it text of which not all will do?
    pub const fn is_judged(self) -> bool {
        matches!(self, Kind::Period | Kind::Time | Kind::Date | Kind::Month)
    }
}

/// May a field be missing?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// No.
    Required,
    /// Older answers lack it: that is told, and is no fault.
    Expected,
    /// Yes.
    Optional,
    /// Yes; it is then false.
    OrFalse,
}

/// What must hold beyond types. Each is judged in `validate.rs`, and named in the OpenAPI document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// No two rows have the same first field, which is an id.
    IdsDiffer,
    /// `isOrphan` is true exactly where `agentId` is null.
    OrphanAgrees,
    /// At most one row has a null `agentId`.
    OneOrphan,
    /// Call seconds without calls deserve a look.
    SecondsNeedCalls,
    /// `periodStart` to `periodEnd` is one `period`, under some convention.
    SpansPeriod,
    /// `periodEnd` does not come before `periodStart`.
    BoundsOrdered,
    /// A longer span counts no less than a shorter one that lies in it.
    LongerCountsMore,
    /// Deliveries that succeeded or failed are deliveries.
    DeliveriesSum,
    /// What remains is the limit less what is used: else it deserves a look.
    RemainderFits,
    /// One row a day or month, each once, none missing, in order, as many as said.
    SeriesWhole,
}

/// Is a value of an optional field there to be written?
trait Written {
    fn is_left_out(&self) -> bool {
        false
    }
}

impl Written for String {}
impl Written for u64 {}
impl Written for u16 {}
impl Written for bool {}
impl Written for Period {}
impl<T> Written for Vec<T> {}
impl<T> Written for Option<T> {
    fn is_left_out(&self) -> bool {
        self.is_none()
    }
}

/// Makes of each shape its struct, its table and its writer.
macro_rules! shapes {
    ($(
        $(#[doc = $about:literal])*
        $Shape:ident [$($Rule:ident),*] {
            $($(#[doc = $note:literal])* $field:ident = $name:literal: $Type:ty as $Kind:expr, $Need:ident;)*
        }
    )*) => {$(
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $Shape {
            $($(#[doc = $note])* pub $field: $Type,)*
        }

        impl $Shape {
            /// Its table.
            pub const SHAPE: Shape = Shape {
                name: stringify!($Shape),
                fields: &[$(Field {
                    name: $name,
                    kind: $Kind,
                    need: Need::$Need,
                    spelled: Spelled::of($name, $Kind),
                    #[cfg(not(target_arch = "wasm32"))]
                    about: &[$($note),*],
                }),*],
                rules: &[$(Rule::$Rule),*],
                #[cfg(not(target_arch = "wasm32"))]
                about: &[$($about),*],
            };
        }

        impl Written for $Shape {}

        impl Serialize for $Shape {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut writer = serializer.serialize_struct(stringify!($Shape), Self::SHAPE.fields.len())?;
                $(if matches!(Need::$Need, Need::Required | Need::OrFalse) || !self.$field.is_left_out() {
                    writer.serialize_field($name, &self.$field)?;
                })*
                writer.end()
            }
        }
    )*};
}

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

    /// What it answers with.
    pub const fn answer(self) -> &'static Shape {
        match self {
            Endpoint::ByAgent => &AgentUsageResponse::SHAPE,
            Endpoint::Usage => &UsageResponse::SHAPE,
            Endpoint::Daily => &DailyUsageResponse::SHAPE,
            Endpoint::Monthly => &MonthlyUsageResponse::SHAPE,
            Endpoint::ByNumber => &NumberUsageResponse::SHAPE,
        }
    }
}

/// What only writers of documents need.
#[cfg(not(target_arch = "wasm32"))]
mod documented {
    use super::{Endpoint, Field, Kind, Need, Rule, Shape, Spelled};

    /// A parameter of a query.
    #[derive(Clone, Copy, Debug)]
    pub struct Parameter {
        /// Its name.
        pub name: &'static str,
        /// What it is.
        pub about: &'static str,
        /// What it takes.
        pub takes: Takes,
    }

    /// What a parameter takes.
    #[derive(Clone, Copy, Debug)]
    pub enum Takes {
        /// One of these, and it must be given.
        OneOf(&'static [&'static str]),
        /// The name of a time zone, or nothing.
        Zone,
        /// A whole number.
        Whole {
            /// The least.
            least: u16,
            /// The most.
            most: u16,
            /// If it is absent.
            default: u16,
        },
    }

    impl Endpoint {
        /// Where it is.
        pub const fn path(self) -> &'static str {
            match self {
                Endpoint::ByAgent => "/v1/usage/by-agent",
                Endpoint::Usage => "/v1/usage",
                Endpoint::Daily => "/v1/usage/daily",
                Endpoint::Monthly => "/v1/usage/monthly",
                Endpoint::ByNumber => "/v1/usage/by-number",
            }
        }

        /// What it does, in a line.
        pub const fn about(self) -> &'static str {
            match self {
                Endpoint::ByAgent => "Usage by agent in the current calendar week, month or year",
                Endpoint::Usage => "The account's plan, phone numbers and counts",
                Endpoint::Daily => "Usage by day, of the last days",
                Endpoint::Monthly => "Usage by calendar month, of the last months",
                Endpoint::ByNumber => "Usage by phone number",
            }
        }

        /// Its parameters.
        pub const fn parameters(self) -> &'static [Parameter] {
            match self {
                Endpoint::ByAgent => &[
                    Parameter {
                        name: "period",
                        about: "The kind of period.",
                        takes: Takes::OneOf(&["week", "month", "year"]),
                    },
                    Parameter {
                        name: "tz",
                        about: "The name of an IANA time zone, such as America/New_York, in any case. If it is absent, the zone that the server is set to, else UTC.",
                        takes: Takes::Zone,
                    },
                ],
                Endpoint::Daily => &[Parameter {
                    name: "days",
                    about: "How many days, the current one included.",
                    takes: Takes::Whole {
                        least: 1,
                        most: 365,
                        default: 30,
                    },
                }],
                Endpoint::Monthly => &[Parameter {
                    name: "months",
                    about: "How many months, the current one included.",
                    takes: Takes::Whole {
                        least: 1,
                        most: 24,
                        default: 6,
                    },
                }],
                Endpoint::Usage | Endpoint::ByNumber => &[],
            }
        }
    }

    impl Rule {
        /// What it says.
        pub const fn about(self) -> &'static str {
            match self {
                Rule::IdsDiffer => "No two rows have the same id.",
                Rule::OrphanAgrees => "`isOrphan` is true exactly where `agentId` is null.",
                Rule::OneOrphan => "At most one row has a null `agentId`.",
                Rule::SecondsNeedCalls => "Call seconds come with calls.",
                Rule::SpansPeriod => "`periodStart` to `periodEnd` is one calendar `period`.",
                Rule::BoundsOrdered => "`periodEnd` does not come before `periodStart`.",
                Rule::LongerCountsMore => "A longer span counts no less than a shorter one that lies in it.",
                Rule::DeliveriesSum => "Deliveries that succeeded or failed are no more than all deliveries.",
                Rule::RemainderFits => "What remains is the limit less what is used.",
                Rule::SeriesWhole => "There is one row for each, in order, none twice and none missing.",
            }
        }
    }

    macro_rules! field {
        ($name:literal, $kind:expr, $need:ident, $about:literal) => {
            Field {
                name: $name,
                kind: $kind,
                need: Need::$need,
                spelled: Spelled::of($name, $kind),
                about: &[$about],
            }
        };
    }

    /// What is wrong with one parameter, as FastAPI words it.
    pub const PARAMETER_ERROR: Shape = Shape {
        name: "ParameterError",
        fields: &[
            field!(
                "type",
                Kind::Text,
                Required,
                " What kind of fault it is, a word to branch on."
            ),
            field!(
                "loc",
                Kind::Location,
                Required,
                " Where it is: `[\"query\", \"period\"]`."
            ),
            field!("msg", Kind::Text, Required, " What is wanted."),
            field!("input", Kind::Any, Optional, " What was got."),
            field!("ctx", Kind::Any, Optional, " The limits that it broke."),
        ],
        rules: &[],
        about: &[" What is wrong with one parameter, as FastAPI words it."],
    };

    /// The body of a 422.
    pub const PARAMETER_ERRORS: Shape = Shape {
        name: "ParameterErrorResponse",
        fields: &[field!(
            "detail",
            Kind::Rows(&PARAMETER_ERROR),
            Required,
            " Everything that is wrong."
        )],
        rules: &[],
        about: &[" The body of a 422."],
    };

    /// A detail of an error.
    pub const ERROR_DETAIL: Shape = Shape {
        name: "ErrorDetail",
        fields: &[
            field!(
                "field",
                Kind::Text,
                Required,
                " A JSON Pointer to what is wrong, or the name of a parameter."
            ),
            field!("message", Kind::Text, Required, " What is wrong with it."),
            field!(
                "type",
                Kind::Text,
                Required,
                " What kind of fault it is, a word to branch on."
            ),
        ],
        rules: &[],
        about: &[" A detail of an error."],
    };

    /// What an error says.
    pub const ERROR_INFO: Shape = Shape {
        name: "ErrorInfo",
        fields: &[
            field!("message", Kind::Text, Required, " What went wrong, for people."),
            field!("code", Kind::Text, Required, " A word to branch on."),
            field!("type", Kind::Text, Required, " Which group of errors it belongs to."),
            field!(
                "details",
                Kind::Rows(&ERROR_DETAIL),
                Required,
                " Further places; may be empty."
            ),
        ],
        rules: &[],
        about: &[" What an error says."],
    };

    /// The body of every other error.
    pub const ERROR: Shape = Shape {
        name: "ErrorResponse",
        fields: &[field!(
            "error",
            Kind::Object(&ERROR_INFO),
            Required,
            " What went wrong."
        )],
        rules: &[],
        about: &[" The body of every error but a 422."],
    };
}

#[cfg(not(target_arch = "wasm32"))]
pub use documented::{ERROR, ERROR_DETAIL, ERROR_INFO, PARAMETER_ERROR, PARAMETER_ERRORS, Parameter, Takes};

#[cfg(test)]
mod tests {
    use super::*;

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
            fits(endpoint.answer());
        }
    }
}
