//! The documents that are written from the contract, each with its path in the project.

#[path = "examples.rs"]
mod examples;
#[path = "openapi.rs"]
mod openapi;
#[path = "typescript.rs"]
mod typescript;

use usage_by_agent::contract::{Endpoint, Kind, Shape};

/// All of them.
pub fn all() -> Vec<(&'static str, String)> {
    let openapi = format!("{:#}\n", openapi::document());
    vec![
        ("pkg/src/contract.ts", typescript::types()),
        ("pkg/src/handler/endpoints.ts", typescript::endpoints()),
        (
            "pkg/src/handler/openapi.ts",
            typescript::constant("OPENAPI", openapi.trim_end()),
        ),
        ("pkg/openapi.json", openapi),
    ]
}

/// The shapes of all answers, inner ones before outer ones.
fn shapes() -> Vec<&'static Shape> {
    let mut found = Vec::new();
    for (_, endpoint) in Endpoint::ALL {
        gather(endpoint.response(), &mut found);
    }
    found
}

/// A shape with those that lie in it before it, unless it is there already.
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

/// Lines of a doc comment as one text.
fn prose(about: &[&str]) -> String {
    about.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}
