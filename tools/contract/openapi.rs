//! The OpenAPI 3.1 document.

use super::{breakdown, examples, gather, prose, shapes};
use serde_json::{Map, Value, json};
use usage_by_agent::contract::{
    BREAKDOWN, BREAKDOWN_PATH, ERROR, Endpoint, Kind, Need, PARAMETER_ERRORS, PERIODS, Parameter, Shape, Takes,
};
use usage_by_agent::json::MAX_SAFE;

/// The whole document.
pub fn document() -> Value {
    let mut paths: Map<_, _> = Endpoint::ALL
        .iter()
        .map(|(name, endpoint)| (endpoint.path().to_owned(), json!({"get": operation(name, *endpoint)})))
        .collect();
    paths.insert(BREAKDOWN_PATH.into(), json!({"get": of_breakdowns()}));
    let mut all = shapes();
    gather(&PARAMETER_ERRORS, &mut all);
    gather(&ERROR, &mut all);
    let mut schemas: Map<_, _> = all.iter().map(|shape| (shape.name.to_owned(), schema(shape))).collect();
    schemas.extend(breakdown::schemas());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "AgentPhone usage",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The usage endpoints of the AgentPhone API, as usage-by-agent serves and checks them.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "headers": headers(),
            "responses": errors(),
            "schemas": schemas,
        },
    })
}

/// The headers of responses. A required header is always present.
fn headers() -> Value {
    let header =
        |about: &str, required: bool| json!({"description": about, "required": required, "schema": {"type": "string"}});
    json!({
        "ETag": header("The response's tag, for `If-None-Match`.", true),
        "Cache-Control": header("The caller's own cache may keep the response, but must revalidate it each time.", true),
        "WWW-Authenticate": header("How to authenticate: `Bearer`.", true),
        "Retry-After": header("When to try again, in seconds or as a date. The value is the upstream's.", false),
        "X-Request-Id": header("The upstream's id of the request.", false),
        "X-Ignored-Parameters": header("The names of the query's parameters that the endpoint does not have, percent-encoded and joined by commas.", false),
    })
}

/// An error response: its name, its statuses, its headers besides `Cache-Control`, its description, and an example's code, group
/// and message.
type Fault = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
    [&'static str; 3],
);

const REFUSED: &str = "invalid_request_error";
const FAILED: &str = "api_error";
const UPSTREAM: &[&str] = &["Retry-After", "X-Request-Id", "X-Ignored-Parameters"];

/// The headers of a response with the usage.
const ANSWERED: [&str; 3] = ["ETag", "X-Request-Id", "X-Ignored-Parameters"];

const FAULTS: [Fault; 10] = [
    (
        "Refused",
        &["400", "402", "403"],
        UPSTREAM,
        "The upstream refused the request, and the error is the upstream's; or the header `X-Sub-Account-Id` can't be passed on, and the code is `invalid_header`. Only a server with an upstream responds like this.",
        ["forbidden", "permission_error", "The upstream does not allow this."],
    ),
    (
        "Unauthorized",
        &["401"],
        &[
            "WWW-Authenticate",
            "Retry-After",
            "X-Request-Id",
            "X-Ignored-Parameters",
        ],
        "The token is missing or not accepted.",
        [
            "missing_token",
            "authentication_error",
            "Send the header Authorization: Bearer <token>.",
        ],
    ),
    (
        "NotFound",
        &["404"],
        UPSTREAM,
        "The path does not exist, or the server does not know how many phone numbers the account has.",
        ["account_unknown", REFUSED, "The account's numbers are not known here."],
    ),
    (
        "NotAcceptable",
        &["406"],
        &[],
        "The caller does not accept JSON.",
        [
            "not_acceptable",
            REFUSED,
            "Answers are application/json, which the header Accept excludes.",
        ],
    ),
    (
        "TooManyRequests",
        &["429"],
        UPSTREAM,
        "There were too many requests. `Retry-After` says when to try again.",
        [
            "rate_limited",
            "rate_limit_error",
            "The upstream has received too many requests.",
        ],
    ),
    (
        "Failed",
        &["500"],
        &["X-Ignored-Parameters"],
        "The server could not compute the usage from the records.",
        ["records_unavailable", FAILED, "The records could not be read."],
    ),
    (
        "BadUpstream",
        &["502"],
        UPSTREAM,
        "The upstream could not be reached, or its response is not valid. `details` lists the problems of the response.",
        ["upstream_unreachable", FAILED, "The upstream could not be reached."],
    ),
    (
        "Busy",
        &["503"],
        &["Retry-After", "X-Ignored-Parameters"],
        "Too many requests are being answered, the records changed while they were read, or there is not enough memory now. `Retry-After` says when to try again, if that is known.",
        ["busy", FAILED, "Too many requests are being answered. Try again later."],
    ),
    (
        "Loop",
        &["508"],
        &["X-Ignored-Parameters"],
        "The request came back to a server that had passed it on. Only a server with an upstream responds like this.",
        [
            "loop_detected",
            FAILED,
            "The request was passed on more than 3 times: an upstream leads back to this server.",
        ],
    ),
    (
        "SlowUpstream",
        &["504"],
        &["X-Ignored-Parameters"],
        "The upstream did not respond in time, or the records could not be read in time.",
        [
            "upstream_timeout",
            FAILED,
            "The upstream gave no answer within 10000 ms.",
        ],
    ),
];

fn errors() -> Value {
    let mut found = Map::new();
    for (name, _, headers, about, [code, group, message]) in FAULTS {
        found.insert(
            name.into(),
            response(about, &ERROR, headers, &examples::error(code, group, message)),
        );
    }
    let about = "The parameters are not valid.";
    let bad = response(about, &PARAMETER_ERRORS, UPSTREAM, &examples::parameter_errors());
    found.insert("BadParameters".into(), bad);
    found.into()
}

fn operation(name: &str, endpoint: Endpoint) -> Value {
    let mut parameters: Vec<_> = endpoint.parameters().iter().map(parameter).collect();
    parameters.push(sub_account());
    let shared = |name: &str| json!({"$ref": format!("#/components/responses/{name}")});
    let statuses = |(name, statuses, ..): &Fault| {
        statuses
            .iter()
            .map(|status| ((*status).to_owned(), shared(name)))
            .collect::<Vec<_>>()
    };
    let mut responses: Map<_, _> = FAULTS.iter().flat_map(statuses).collect();
    let example = examples::of(endpoint);
    let found = response("The usage.", endpoint.response(), &ANSWERED, &example);
    let unchanged = json!({"description": "The response has not changed: it has the tag of `If-None-Match`.", "headers": header_references(&ANSWERED)});
    responses.insert("200".into(), found);
    responses.insert("304".into(), unchanged);
    responses.insert("422".into(), shared("BadParameters"));
    responses.sort_keys();
    json!({
        "operationId": name,
        "summary": endpoint.about(),
        "tags": ["usage"],
        "parameters": parameters,
        "responses": responses,
    })
}

/// Breakdowns are computed only. So they have no parameter and no error of an upstream.
fn of_breakdowns() -> Value {
    let parameters: Vec<_> = BREAKDOWN.iter().map(parameter).collect();
    let shared = |name: &str| json!({"$ref": format!("#/components/responses/{name}")});
    let content = json!({"application/json": {
        "schema": {"$ref": "#/components/schemas/Breakdown"},
        "example": breakdown::example(),
    }});
    let headers = header_references(&["ETag", "X-Ignored-Parameters"]);
    json!({
        "operationId": "breakdown",
        "summary": "Usage of any window by any dimensions, and over time",
        "description": "This endpoint is usage-by-agent's own. The vendor's API does not have it.",
        "tags": ["usage"],
        SOURCE: "computed",
        "parameters": parameters,
        "responses": {
            "200": {"description": "The usage.", "headers": headers, "content": content},
            "304": {"description": "The response has not changed: it has the tag of `If-None-Match`.", "headers": headers},
            "401": shared("Unauthorized"),
            "404": shared("NotFound"),
            "406": shared("NotAcceptable"),
            "422": shared("BadParameters"),
            "500": shared("Failed"),
        },
    })
}

fn response(about: &str, shape: &Shape, headers: &[&str], example: &Value) -> Value {
    let content = json!({"application/json": {"schema": reference(shape), "example": example}});
    json!({"description": about, "headers": header_references(headers), "content": content})
}

/// References to `Cache-Control`, which every response has, and to these headers.
fn header_references(names: &[&str]) -> Value {
    let reference = |name: &&str| {
        (
            (*name).to_owned(),
            json!({"$ref": format!("#/components/headers/{name}")}),
        )
    };
    let all: Map<_, _> = ["Cache-Control"].iter().chain(names).map(reference).collect();
    all.into()
}

fn parameter(parameter: &Parameter) -> Value {
    let schema = match parameter.takes {
        Takes::OneOf(choices) => json!({"type": "string", "enum": choices}),
        Takes::Zone => json!({"type": "string", "examples": ["America/New_York"]}),
        Takes::Length(length) => {
            json!({"type": "integer", "minimum": length.min, "maximum": length.max, "default": length.default})
        }
        Takes::Maybe(choices) => json!({"type": "string", "enum": choices}),
        Takes::List(choices) => {
            json!({"type": "array", "items": {"type": "string", "enum": choices}, "minItems": 1, "uniqueItems": true})
        }
        Takes::Moment => json!({"type": "string", "examples": ["2024-06-01", "2024-06-01T04:00:00Z"]}),
        Takes::Shift(min) => json!({"type": "integer", "minimum": min, "maximum": 0}),
        Takes::Offset(min) => json!({"type": "integer", "minimum": min, "maximum": 0, "default": 0}),
    };
    let mut written = json!({
        "name": parameter.name,
        "in": "query",
        "required": matches!(parameter.takes, Takes::OneOf(_)),
        "description": parameter.about,
        "schema": schema,
    });
    if let (Takes::List(_), Some(fields)) = (parameter.takes, written.as_object_mut()) {
        fields.insert("style".into(), "form".into());
        fields.insert("explode".into(), false.into());
    }
    if let (Takes::Offset(_), Some(fields)) = (parameter.takes, written.as_object_mut()) {
        fields.insert(SOURCE.into(), "computed".into());
    }
    written
}

/// The key of a parameter that only one kind of server has: one that computes (`computed`) or one in front of another server
/// (`upstream`). A server leaves the other kind's parameters out of the document that it serves.
const SOURCE: &str = "x-source";

fn sub_account() -> Value {
    json!({
        "name": "X-Sub-Account-Id",
        "in": "header",
        "required": false,
        "description": "The sub-account whose usage is wanted. A server in front of another server passes it on. A server that computes from records ignores it.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
        SOURCE: "upstream",
    })
}

fn reference(shape: &Shape) -> Value {
    json!({"$ref": format!("#/components/schemas/{}", shape.name)})
}

fn schema(shape: &Shape) -> Value {
    let mut description = prose(shape.about);
    for rule in shape.rules {
        description = format!("{description} {}", rule.about());
    }
    let required: Vec<_> = shape
        .fields
        .iter()
        .filter(|field| field.need == Need::Required)
        .map(|field| field.name)
        .collect();
    let mut properties = Map::new();
    for field in shape.fields {
        let mut value = of(field.kind);
        if let Some(value) = value.as_object_mut() {
            value.insert("description".into(), prose(field.about).into());
            if field.need == Need::OrFalse {
                value.insert("default".into(), false.into());
            }
        }
        properties.insert(field.name.into(), value);
    }
    json!({"type": "object", "description": description, "required": required, "properties": properties})
}

fn of(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!({"type": "string"}),
        Kind::TextOrNull => json!({"type": ["string", "null"]}),
        Kind::Count => json!({"type": "integer", "minimum": 0, "maximum": MAX_SAFE}),
        Kind::CountOrNull => json!({"type": ["integer", "null"], "minimum": 0, "maximum": MAX_SAFE}),
        Kind::Between(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Period => json!({"type": "string", "enum": PERIODS}),
        Kind::Time => json!({"type": "string", "format": "date-time"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::Month => json!({"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}),
        Kind::Object(shape) => reference(shape),
        Kind::Rows(shape) => json!({"type": "array", "items": reference(shape)}),
        Kind::Any => json!({}),
        Kind::Location => json!({"type": "array", "items": {"type": ["string", "integer"]}}),
    }
}
