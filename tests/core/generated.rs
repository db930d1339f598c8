//! Compares native Rust on generated records with the oracle in plain JavaScript, which was written independently of this code.

use crate::support::{asked, counted, is_conserved};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

const RECORDS: &str = "100000";

fn generated() -> PathBuf {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("generated");
    let result = Command::new("node")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tools/generate.mjs"))
        .args(["--records", RECORDS, "--invalid", "90", "--seed", "42"])
        .args(["--start", "2024-01-01T00:00:00Z", "--end", "2024-12-31T23:59:59Z"])
        .arg("--out")
        .arg(&out)
        .output()
        .expect("node makes the records");
    assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
    out
}

#[test]
fn a_hundred_thousand_records_are_counted_as_the_oracle_counts_them() {
    let folder = generated();
    let records = std::fs::read(folder.join("records.ndjson")).unwrap();
    let expected: Vec<Value> = serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    assert!(expected.len() > 10);
    for case in expected {
        let query = case["query"].to_string();
        let (counts, result) = counted(&query, &records);
        result.unwrap();
        assert!(is_conserved(&counts));
        assert_eq!(
            serde_json::to_value(counts.report()).unwrap(),
            case["report"],
            "{query}"
        );

        let mut diagnostics = serde_json::to_value(counts.ledger().diagnostics()).unwrap();
        for problem in diagnostics["problems"].as_array_mut().unwrap() {
            problem
                .as_object_mut()
                .unwrap()
                .retain(|key, _| key == "path" || key == "code");
        }
        assert_eq!(diagnostics, case["diagnostics"], "{query}");
    }
}

/// The example of the vendor's page: records give its rows, in its order, key by key.
#[test]
fn the_vendors_example_is_reproduced_exactly() {
    let mut records = Vec::new();
    let agents = [
        (r#""a1b2c3d4-e5f6-7890-ab12-cd34ef567890""#, 152, 47, 7320),
        (r#""b2c3d4e5-f678-9012-ab34-cd56ef789012""#, 98, 30, 5400),
        ("null", 25, 5, 600),
    ];
    for (agent, messages, calls, seconds) in agents {
        let message = format!(r#"{{"receivedAt":"2024-06-10T09:00:00Z","agentId":{agent}}}"#);
        records.extend(std::iter::repeat_n(message, messages));
        for n in 0..calls {
            let duration = if n == 0 { seconds - (calls - 1) * 60 } else { 60 };
            records.push(format!(
                r#"{{"startedAt":"2024-06-30T23:59:59.999Z","status":"completed","agentId":{agent},"durationSeconds":{duration}}}"#
            ));
        }
    }
    let query = r#"{"period": "month", "now": "2024-06-15T12:00:00Z", "agents": [
        {"id": "b2c3d4e5-f678-9012-ab34-cd56ef789012", "name": "Sales Agent Beta"},
        {"id": "a1b2c3d4-e5f6-7890-ab12-cd34ef567890", "name": "Support Agent Alpha"}]}"#;
    let mut counts = asked(query);
    usage_by_agent::counting::text_feed::push_text(
        counts.ledger_mut(),
        records.join("\n").as_bytes(),
        &Default::default(),
    )
    .unwrap();
    let page = include_str!("vendor_example.json");
    assert_eq!(serde_json::to_string_pretty(&counts.report()).unwrap(), page.trim_end());
}
