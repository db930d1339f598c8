//! The OpenAPI 3.1 document.

use super::{gather, prose, shapes};
use serde_json::{Map, Value, json};
use usage_by_agent::contract::{ERROR, Endpoint, Kind, Need, PARAMETER_ERRORS, Parameter, Shape, Takes};

const LARGEST: u64 = 9_007_199_254_740_991;

/// All of it.
pub fn document() -> Value {
    let paths: Map<_, _> = Endpoint::ALL
        .iter()
        .map(|(name, endpoint)| (endpoint.path().to_owned(), json!({"get": operation(name, *endpoint)})))
        .collect();
    let mut all = shapes();
    gather(&PARAMETER_ERRORS, &mut all);
    gather(&ERROR, &mut all);
    let schemas: Map<_, _> = all.iter().map(|shape| (shape.name.to_owned(), schema(shape))).collect();
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
            "schemas": schemas,
        },
    })
}

fn operation(name: &str, endpoint: Endpoint) -> Value {
    let parameters: Vec<_> = endpoint.parameters().iter().map(parameter).collect();
    let mut responses = Map::new();
    responses.insert("200".into(), response("The answer.", endpoint.answer()));
    for (status, about) in [
        ("400", "The upstream's refusal, as it is."),
        ("401", "The token is missing, or not accepted."),
        ("402", "The upstream's refusal, as it is."),
        ("403", "The upstream's refusal, as it is."),
        (
            "404",
            "There is nothing to be told: no such path, or an account of which nothing is known.",
        ),
        ("406", "The caller does not take JSON."),
    ] {
        responses.insert(status.into(), response(about, &ERROR));
    }
    responses.insert(
        "422".into(),
        response("The parameters are not as they should be.", &PARAMETER_ERRORS),
    );
    for (status, about) in [
        ("429", "Too many requests; `Retry-After` says when to come again."),
        ("500", "The records can't be reported."),
        (
            "502",
            "The upstream could not be asked, or gave no sound answer; `details` says what is wrong with it.",
        ),
        ("504", "The upstream took too long."),
    ] {
        responses.insert(status.into(), response(about, &ERROR));
    }
    json!({
        "operationId": name,
        "summary": endpoint.about(),
        "tags": ["usage"],
        "parameters": parameters,
        "responses": responses,
    })
}

fn response(about: &str, shape: &Shape) -> Value {
    json!({"description": about, "content": {"application/json": {"schema": reference(shape)}}})
}

fn parameter(parameter: &Parameter) -> Value {
    let schema = match parameter.takes {
        Takes::OneOf(choices) => json!({"type": "string", "enum": choices}),
        Takes::Zone => json!({"type": "string", "examples": ["America/New_York"]}),
        Takes::Whole { least, most, default } => {
            json!({"type": "integer", "minimum": least, "maximum": most, "default": default})
        }
    };
    json!({
        "name": parameter.name,
        "in": "query",
        "required": matches!(parameter.takes, Takes::OneOf(_)),
        "description": parameter.about,
        "schema": schema,
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
        Kind::Count => json!({"type": "integer", "minimum": 0, "maximum": LARGEST}),
        Kind::CountOrNull => json!({"type": ["integer", "null"], "minimum": 0, "maximum": LARGEST}),
        Kind::Between(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Period => json!({"type": "string", "enum": ["week", "month", "year"]}),
        Kind::Time => json!({"type": "string", "format": "date-time"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::Month => json!({"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}),
        Kind::Object(shape) => reference(shape),
        Kind::Rows(shape) => json!({"type": "array", "items": reference(shape)}),
        Kind::Any => json!({}),
        Kind::Location => json!({"type": "array", "items": {"type": ["string", "integer"]}}),
    }
}
