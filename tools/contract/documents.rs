//! The files that are generated from `src/`, each with its path in the project.

#[path = "breakdown.rs"]
mod breakdown;
#[path = "constants.rs"]
mod constants;
#[path = "examples.rs"]
mod examples;
#[path = "openapi.rs"]
mod openapi;
#[path = "typescript.rs"]
mod typescript;

use usage_by_agent::contract::{Endpoint, Kind, Shape};

/// Every generated file: its path and its text.
pub fn all() -> Vec<(&'static str, String)> {
    let openapi = format!("{:#}\n", openapi::document());
    vec![
        ("pkg/src/constants.ts", constants::constants()),
        ("pkg/src/contract.ts", typescript::types()),
        ("pkg/src/handler/http/endpoints.ts", typescript::endpoints()),
        (
            "pkg/src/handler/http/openapi.ts",
            typescript::constant("OPENAPI", openapi.trim_end()),
        ),
        ("pkg/openapi.json", openapi),
    ]
}

/// The shapes of all responses. A shape comes after the shapes inside it.
fn shapes() -> Vec<&'static Shape> {
    let mut found = Vec::new();
    for (_, endpoint) in Endpoint::ALL {
        gather(endpoint.response(), &mut found);
    }
    found
}

/// Adds a shape after the shapes inside it, unless it has been added before.
fn gather(shape: &'static Shape, found: &mut Vec<&'static Shape>) {
    for field in shape.fields {
        if let Kind::Object(inner) | Kind::Rows(inner) = field.kind {
            gather(inner, found);
        }
    }
    if found.iter().all(|known| known.name != shape.name) {
        found.push(shape);
    }
}

/// The lines of a doc comment as one text.
fn prose(about: &[&str]) -> String {
    about.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}
