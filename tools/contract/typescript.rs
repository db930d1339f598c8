//! TypeScript: the types of the responses, and the endpoints with their parameters.

use super::{gather, prose, shapes};
use usage_by_agent::contract::{
    BREAKDOWN, BREAKDOWN_PATH, ERROR, Endpoint, Field, Kind, Need, PARAMETER_ERRORS, SeriesLength, Shape, Takes,
};

const HEAD: &str = "// Written by `npm run contract` from src/contract/. Change it there.\n\n";

/// The types of the responses and of the errors.
pub fn types() -> String {
    let names = Endpoint::ALL.map(|(name, _)| format!("\"{name}\"")).join(" | ");
    let mut text = format!("{HEAD}import type {{ Period }} from \"./constants.js\";\n\n");
    text += &format!("/** One of the five usage endpoints. */\nexport type Endpoint = {names};\n\n");
    text += "/** The response of each endpoint. */\nexport interface UsageResponses {\n";
    for (name, endpoint) in Endpoint::ALL {
        let key = if name.contains('-') {
            format!("\"{name}\"")
        } else {
            name.to_owned()
        };
        text += &format!("  {key}: {};\n", endpoint.response().name);
    }
    text += "}\n";
    let mut all = shapes();
    gather(&PARAMETER_ERRORS, &mut all);
    gather(&ERROR, &mut all);
    for shape in all {
        text += &interface(shape);
    }
    text
}

fn interface(shape: &Shape) -> String {
    let mut text = format!("\n/** {} */\nexport interface {} {{\n", prose(shape.about), shape.name);
    for Field {
        name,
        kind,
        need,
        about,
        ..
    } in shape.fields
    {
        let absent = matches!(need, Need::Expected | Need::Optional);
        text += &format!(
            "  /** {} */\n  {name}{}: {};\n",
            prose(about),
            if absent { "?" } else { "" },
            of(*kind)
        );
    }
    text + "}\n"
}

fn of(kind: Kind) -> String {
    match kind {
        Kind::Text | Kind::Time | Kind::Date | Kind::Month => "string".into(),
        Kind::TextOrNull => "string | null".into(),
        Kind::Count | Kind::Between(..) => "number".into(),
        Kind::CountOrNull => "number | null".into(),
        Kind::Flag => "boolean".into(),
        Kind::Period => "Period".into(),
        Kind::Object(shape) => shape.name.into(),
        Kind::Rows(shape) => format!("{}[]", shape.name),
        Kind::Any => "unknown".into(),
        Kind::Location => "(string | number)[]".into(),
    }
}

/// The endpoints, with their paths and parameters.
pub fn endpoints() -> String {
    let mut text = format!("{HEAD}import type {{ Endpoint }} from \"../../contract.js\";\n");
    text += "
/** A parameter of a query. `source: \"computed\"` marks a parameter of this package, which an upstream does not have. */
export type Parameter =
  | { name: string; type: \"choice\"; choices: readonly string[]; optional?: true }
  | { name: string; type: \"list\"; choices: readonly string[] }
  | { name: string; type: \"zone\" }
  | { name: string; type: \"moment\" }
  | { name: string; type: \"integer\"; minimum: number; maximum: number; default?: number; source?: \"computed\" };

/** Each endpoint's path and parameters. */
export const ENDPOINTS: readonly { name: Endpoint; path: string; parameters: readonly Parameter[] }[] = [
";
    for (name, endpoint) in Endpoint::ALL {
        let (path, parameters) = (endpoint.path(), endpoint.parameters());
        if parameters.is_empty() {
            text += &format!("  {{ name: \"{name}\", path: \"{path}\", parameters: [] }},\n");
            continue;
        }
        text += &format!("  {{\n    name: \"{name}\",\n    path: \"{path}\",\n");
        let written: Vec<_> = parameters
            .iter()
            .map(|p| format!("{{ name: \"{}\", {} }}", p.name, takes(p.takes)))
            .collect();
        text += &match written.as_slice() {
            [one] => format!("    parameters: [{one}],\n"),
            many => format!("    parameters: [\n      {},\n    ],\n", many.join(",\n      ")),
        };
        text += "  },\n";
    }
    text += "];\n\n/** The path and the parameters of breakdowns, which only this package has. */\nexport const BREAKDOWN = {\n";
    text += &format!("  name: \"breakdown\",\n  path: \"{BREAKDOWN_PATH}\",\n  parameters: [\n");
    for parameter in BREAKDOWN {
        text += &written(parameter.name, &takes(parameter.takes));
    }
    text + "  ] satisfies Parameter[] as readonly Parameter[],\n} as const;\n"
}

/// A parameter as an object, on one line if it fits.
fn written(name: &str, takes: &str) -> String {
    const LINE_WIDTH: usize = 120;
    let line = format!("    {{ name: \"{name}\", {takes} }},\n");
    if line.len() <= LINE_WIDTH + 1 {
        return line;
    }
    let takes = takes
        .replacen(", choices", ",\n      choices", 1)
        .replace("], optional", "],\n      optional");
    format!("    {{\n      name: \"{name}\",\n      {takes},\n    }},\n")
}

fn takes(takes: Takes) -> String {
    let choices = |choices: &[&str]| format!("choices: [\"{}\"]", choices.join("\", \""));
    match takes {
        Takes::OneOf(of) => format!("type: \"choice\", {}", choices(of)),
        Takes::Maybe(of) => format!("type: \"choice\", {}, optional: true", choices(of)),
        Takes::List(of) => format!("type: \"list\", {}", choices(of)),
        Takes::Moment => "type: \"moment\"".into(),
        Takes::Shift(min) => format!("type: \"integer\", minimum: {min}, maximum: 0"),
        Takes::Zone => "type: \"zone\"".into(),
        Takes::Length(SeriesLength { min, max, default }) => {
            format!("type: \"integer\", minimum: {min}, maximum: {max}, default: {default}")
        }
        Takes::Offset(min) => {
            format!("type: \"integer\", minimum: {min}, maximum: 0, default: 0, source: \"computed\"")
        }
    }
}

/// A module with one constant, whose value is this JSON.
pub fn constant(name: &str, json: &str) -> String {
    format!(
        "{HEAD}/** The OpenAPI document of the endpoints that the handler serves. */\nexport const {name}: object = {json};\n"
    )
}
