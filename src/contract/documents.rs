//! What only the written documents need: paths, parameters, prose, and the shapes of errors.

use super::{Endpoint, Field, Kind, Need, Rule, Shape};

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
    number: usize::MAX,
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
    number: usize::MAX,
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
    number: usize::MAX,
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
    number: usize::MAX,
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
    number: usize::MAX,
    about: &[" The body of every error but a 422."],
};
