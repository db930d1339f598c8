//! What only the generated documents need: paths, parameters, texts, and the shapes of errors.

use super::{DAYS, DIMENSION_NAMES, Endpoint, Field, Kind, MONTHS, Need, Rule, STEP_NAMES, SeriesLength, Shape};
use crate::calendar::period::{Period, WEEKDAYS};

/// A parameter of an endpoint's query.
///
/// ```
/// use usage_by_agent::contract::Endpoint;
///
/// assert_eq!(Endpoint::Daily.path(), "/v1/usage/daily");
/// assert_eq!(Endpoint::Daily.parameters()[0].name, "days");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The parameter's name.
    pub name: &'static str,
    /// What the parameter means.
    pub about: &'static str,
    /// The values that the parameter takes.
    pub takes: Takes,
}

/// The values that a parameter takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// One of these values. The parameter is required.
    OneOf(&'static [&'static str]),
    /// The name of an IANA time zone. The parameter is optional.
    Zone,
    /// A number of rows. The parameter is optional.
    Length(SeriesLength),
    /// A number of whole periods, from this number (below 0) to 0. The parameter is optional, and is 0 if it is absent. The vendor
    /// does not have it, so only responses that are computed here depend on it.
    Offset(i16),
    /// One of these values. The parameter is optional.
    Maybe(&'static [&'static str]),
    /// Some of these values, each once. The parameter is optional.
    List(&'static [&'static str]),
    /// A local date or an instant. The parameter is optional.
    Moment,
    /// A number of whole periods, from this number (below 0) to 0. The parameter is optional, and has no default.
    Shift(i16),
}

/// The path of breakdowns. The vendor does not have it.
pub const BREAKDOWN_PATH: &str = "/v1/usage/breakdown";

const WEEKDAY_NAMES: [&str; 7] = {
    let [mon, tue, wed, thu, fri, sat, sun] = WEEKDAYS;
    [mon.0, tue.0, wed.0, thu.0, fri.0, sat.0, sun.0]
};

/// The parameters of breakdowns.
pub const BREAKDOWN: [Parameter; 8] = [
    Parameter {
        name: "by",
        about: "The dimensions of the rows, separated by commas. Without them there is one row.",
        takes: Takes::List(&DIMENSION_NAMES),
    },
    Parameter {
        name: "step",
        about: "The length of the steps. Without it there are no steps and no series.",
        takes: Takes::Maybe(&STEP_NAMES),
    },
    Parameter {
        name: "from",
        about: "The beginning of the window: a local date, or an instant (RFC 3339) on a quarter hour of UTC. It comes with `to`, and in place of `period` and `offset`. Without any of them the window is all that has been counted.",
        takes: Takes::Moment,
    },
    Parameter {
        name: "to",
        about: "The end of the window, which is not inside it: a local date if `from` is one, or else an instant.",
        takes: Takes::Moment,
    },
    Parameter {
        name: "period",
        about: "The window is the current period of this kind, moved by `offset`.",
        takes: Takes::Maybe(&PERIODS),
    },
    Parameter {
        name: "offset",
        about: "The number of whole periods by which the current period is moved: -1 is the previous period.",
        takes: Takes::Shift(-1200),
    },
    Parameter {
        name: "tz",
        about: "The name of an IANA time zone, such as America/New_York, in upper or lower case. The default is the zone that the server is configured with, or else UTC.",
        takes: Takes::Zone,
    },
    Parameter {
        name: "week_start",
        about: "The first day of a week. The default is the day that the server is configured with, or else monday.",
        takes: Takes::Maybe(&WEEKDAY_NAMES),
    },
];

/// The words for the kinds of period.
pub const PERIODS: [&str; 3] = [Period::Week.as_str(), Period::Month.as_str(), Period::Year.as_str()];

impl Endpoint {
    /// The endpoint's path.
    pub const fn path(self) -> &'static str {
        match self {
            Endpoint::ByAgent => "/v1/usage/by-agent",
            Endpoint::Usage => "/v1/usage",
            Endpoint::Daily => "/v1/usage/daily",
            Endpoint::Monthly => "/v1/usage/monthly",
            Endpoint::ByNumber => "/v1/usage/by-number",
        }
    }

    /// What the endpoint responds with, in one line.
    pub const fn about(self) -> &'static str {
        match self {
            Endpoint::ByAgent => "Usage by agent in the current calendar week, month or year",
            Endpoint::Usage => "The account's phone numbers, counts and plan",
            Endpoint::Daily => "Usage by day, for the last days",
            Endpoint::Monthly => "Usage by calendar month, for the last months",
            Endpoint::ByNumber => "Usage by phone number",
        }
    }

    /// The parameters of the endpoint's query.
    pub const fn parameters(self) -> &'static [Parameter] {
        match self {
            Endpoint::ByAgent => &[
                Parameter {
                    name: "period",
                    about: "The kind of period.",
                    takes: Takes::OneOf(&PERIODS),
                },
                Parameter {
                    name: "tz",
                    about: "The name of an IANA time zone, such as America/New_York, in upper or lower case. The default is the zone that the server is configured with, or else UTC.",
                    takes: Takes::Zone,
                },
                Parameter {
                    name: "offset",
                    about: "The number of whole periods by which the current period is moved: -1 is the previous period. This parameter is usage-by-agent's own. The vendor's API does not have it, and a server in front of that API ignores it.",
                    takes: Takes::Offset(-1200),
                },
            ],
            Endpoint::Daily => &[Parameter {
                name: "days",
                about: "The number of days, including the current day.",
                takes: Takes::Length(DAYS),
            }],
            Endpoint::Monthly => &[Parameter {
                name: "months",
                about: "The number of months, including the current month.",
                takes: Takes::Length(MONTHS),
            }],
            Endpoint::Usage | Endpoint::ByNumber => &[],
        }
    }
}

impl Rule {
    /// The rule in one sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Rule::IdsDiffer => "No two rows have equal ids.",
            Rule::OrphanAgrees => "`isOrphan` is true exactly where `agentId` is null.",
            Rule::OneOrphan => "At most one row has a null `agentId`.",
            Rule::SecondsNeedCalls => "A row with call seconds has calls.",
            Rule::SpansPeriod => "`periodStart` to `periodEnd` is one calendar `period`.",
            Rule::BoundsOrdered => "`periodEnd` does not come before `periodStart`.",
            Rule::LongerCountsMore => "A count of a longer span is at least the count of a shorter span inside it.",
            Rule::DeliveriesSum => "Successful and failed deliveries together are at most all deliveries.",
            Rule::RemainderFits => "`remaining` is `limit` less `used`.",
            Rule::SeriesWhole => "The rows are in order, without duplicates and without gaps.",
        }
    }
}

macro_rules! field {
    ($name:literal, $kind:expr, $need:ident, $about:literal) => {
        Field {
            name: $name,
            kind: $kind,
            need: Need::$need,
            about: &[$about],
        }
    };
}

/// An error of one parameter, in the format of FastAPI.
pub const PARAMETER_ERROR: Shape = Shape {
    name: "ParameterError",
    fields: &[
        field!("type", Kind::Text, Required, " The kind of error: a word for programs."),
        field!(
            "loc",
            Kind::Location,
            Required,
            " The place of the parameter, such as `[\"query\", \"period\"]`."
        ),
        field!("msg", Kind::Text, Required, " What the parameter should be."),
        field!("input", Kind::Any, Optional, " The value of the request."),
        field!(
            "ctx",
            Kind::Any,
            Optional,
            " The limits that the value breaks; for an unknown zone `did_you_mean`, the zone that it may mean, and a `reason`."
        ),
    ],
    rules: &[],
    number: usize::MAX,
    about: &[" An error of one parameter, in the format of FastAPI."],
};

/// The body of a response with status 422.
pub const PARAMETER_ERRORS: Shape = Shape {
    name: "ParameterErrorResponse",
    fields: &[field!(
        "detail",
        Kind::Rows(&PARAMETER_ERROR),
        Required,
        " Every error of the parameters."
    )],
    rules: &[],
    number: usize::MAX,
    about: &[" The body of a response with status 422."],
};

/// One detail of an error.
pub const ERROR_DETAIL: Shape = Shape {
    name: "ErrorDetail",
    fields: &[
        field!(
            "field",
            Kind::Text,
            Required,
            " A JSON Pointer to the wrong value, or the name of a parameter."
        ),
        field!("message", Kind::Text, Required, " What is wrong with the value."),
        field!("type", Kind::Text, Required, " The kind of error: a word for programs."),
    ],
    rules: &[],
    number: usize::MAX,
    about: &[" One detail of an error."],
};

/// An error.
pub const ERROR_INFO: Shape = Shape {
    name: "ErrorInfo",
    fields: &[
        field!(
            "message",
            Kind::Text,
            Required,
            " What went wrong, in words for people."
        ),
        field!("code", Kind::Text, Required, " The error's code: a word for programs."),
        field!(
            "type",
            Kind::Text,
            Required,
            " The group of errors that the code belongs to."
        ),
        field!(
            "details",
            Kind::Rows(&ERROR_DETAIL),
            Required,
            " Details of the error. The list may be empty."
        ),
    ],
    rules: &[],
    number: usize::MAX,
    about: &[" An error."],
};

/// The body of an error with any status except 422.
pub const ERROR: Shape = Shape {
    name: "ErrorResponse",
    fields: &[field!("error", Kind::Object(&ERROR_INFO), Required, " The error.")],
    rules: &[],
    number: usize::MAX,
    about: &[" The body of an error with any status except 422."],
};
