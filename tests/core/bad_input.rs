//! Bad input: what is reported, at which place, and that no good record is lost.

use crate::support::{JUNE, STRICT, counted, counted_in, is_conserved, problems};
use usage_by_agent::error::Code;

const GOOD: &str = r#"{"receivedAt":"2024-06-02T00:00:00Z","agentId":"a"}"#;

fn messages(text: impl AsRef<[u8]>) -> u64 {
    let (counts, result) = counted(JUNE, text);
    result.unwrap();
    assert!(is_conserved(&counts));
    counts.ledger().diagnostics().totals.messages
}

#[test]
fn every_form_of_text_is_recognised() {
    for (text, want) in [
        (String::new(), 0),
        (" \r\n\t".into(), 0),
        ("[]".into(), 0),
        (r#"{"data": []}"#.into(), 0),
        (GOOD.into(), 1),
        (format!("\u{feff}{GOOD}"), 1),
        (format!("[{GOOD},\n {GOOD}]"), 2),
        (format!("{GOOD}\n{GOOD}\r\n{GOOD}"), 3),
        (format!("{GOOD}{GOOD}"), 2),
        (
            format!(r#"{{"hasMore": {{"data": [1]}}, "data": [{GOOD}, {GOOD}], "total": [2, {{"data": [3]}}]}}"#),
            2,
        ),
        (
            format!(
                "{{\"d\\u0061ta\": [{GOOD}]}}{{\"data\": [{GOOD}]}}[{GOOD}][{{\"data\":[{GOOD},{{\"data\":[{GOOD}]}}]}}]"
            ),
            5,
        ),
        (
            format!(r#"{{"data": {{"data": [7]}}, "receivedAt": "2024-06-02T00:00:00Z"}}{GOOD}"#),
            2,
        ),
        (
            format!(r#"{{"event": "agent.message", "data": {{}}, "data": [{GOOD}]}}"#),
            1,
        ),
    ] {
        assert_eq!(messages(&text), want, "{text}");
    }
}

#[test]
fn a_broken_line_is_reported_and_the_lines_around_it_count() {
    for broken in [
        r#"{"receivedAt": }"#,
        r#"{"receivedAt": "2024-06-02T00:00:00Z""#,
        r#"{"body": "unended"#,
        r#"{"a": 1,}"#,
        r#"{'a': 1}"#,
        r#"{"a": 01}"#,
        r#"{"a": 1.}"#,
        r#"{"a": -}"#,
        r#"{"a": tru}"#,
        r#"{"a": "\x"}"#,
        r#"{"a": "\u12g4"}"#,
        r#"{"a" 1}"#,
        r#"{"a": 1]}"#,
        "{]",
        "}",
        "{\"a\": \"tab\there\"}",
        "nonsense",
        ", {}",
    ] {
        for around in [
            format!("{GOOD}\n{broken}\n{GOOD}\n"),
            format!("[\n{GOOD},\n{broken},\n{GOOD}\n]"),
        ] {
            let line = if around.starts_with('[') { 3 } else { 2 };
            let (counts, result) = counted(JUNE, &around);
            result.unwrap();
            let first = &problems(&counts)[0];
            assert_eq!(
                (
                    counts.ledger().diagnostics().totals.messages,
                    counts.ledger().diagnostics().invalid
                ),
                (2, 1),
                "{around}"
            );
            assert_eq!(first.1, "invalid_json");
            let reported_line = first.2.unwrap();
            assert!(
                reported_line == line || reported_line == line + 1,
                "{around}: line {reported_line}"
            );
            assert!(is_conserved(&counts));

            let (counts, result) = counted(STRICT, &around);
            let error = result.unwrap_err();
            assert_eq!(
                (error.code, error.place.unwrap().line),
                (Code::InvalidJson, Some(reported_line))
            );
            assert_eq!(
                counts.ledger().diagnostics().totals.messages,
                1,
                "what came before stays counted"
            );
        }
    }
}

#[test]
fn a_reported_place_is_exact() {
    let text = format!("{GOOD}\n{{\"a\": é}}\n");
    let (counts, _) = counted(JUNE, &text);
    let offset = GOOD.len() as u64 + 1 + 6;
    assert_eq!(
        problems(&counts),
        [("/1".into(), "invalid_json".into(), Some(2), Some(offset))]
    );

    let text = "[\n  {},\n  {\"startedAt\": 5}]";
    let (counts, _) = counted(JUNE, text);
    assert_eq!(
        problems(&counts),
        [("/1/startedAt".into(), "invalid_record".into(), Some(3), Some(10))]
    );

    let text = r#"{"data": [{}, {"data": [7, {"receivedAt": "then"}]}]}"#;
    let (counts, _) = counted(JUNE, text);
    let paths: Vec<_> = problems(&counts).into_iter().map(|p| p.0).collect();
    assert_eq!(paths, ["/data/1/data/0", "/data/1/data/1/receivedAt"]);

    let (counts, _) = counted(JUNE, "{}\n{\"data\": [7]}\n[7]\n7");
    let paths: Vec<_> = problems(&counts).into_iter().map(|p| p.0).collect();
    assert_eq!(paths, ["/1/data/0", "/2/0", "/3"]);
}

#[test]
fn lines_that_the_recovery_skips_are_reported() {
    let (counts, _) = counted(JUNE, format!("{{\"a\": x\n  \"b\": 1\n\n}}\n{GOOD}"));
    let diagnostics = counts.ledger().diagnostics();
    assert_eq!((diagnostics.problems.len(), diagnostics.totals.messages), (2, 1));
    let message = "after the broken value in line 1, 2 lines were skipped, up to line 4";
    assert_eq!(diagnostics.problems[1].message, message);

    let (counts, _) = counted(JUNE, format!("x\ny\n{GOOD}"));
    let message = "after the broken value in line 1, line 2 was skipped";
    assert_eq!(counts.ledger().diagnostics().problems[1].message, message);

    // After a comma an object is a record only in a list that began in the line.
    let (counts, _) = counted(JUNE, format!("[{{\"a\": x}},{GOOD}]\n{GOOD}"));
    let message = "after the broken value in line 1, the rest of the line, which may have more records, was skipped";
    assert_eq!(counts.ledger().diagnostics().problems[1].message, message);
    let (counts, _) = counted(JUNE, format!("{{\"a\": [x,{{}}]\n{GOOD}"));
    assert_eq!(counts.ledger().diagnostics().problems.len(), 1);
}

#[test]
fn a_text_that_ends_inside_a_byte_order_mark_is_reported() {
    for text in [&b"\xef"[..], b"\xef\xbb"] {
        let error = counted(STRICT, text).1.unwrap_err();
        assert_eq!(error.message, "the text ends inside a byte order mark");
        assert_eq!(error.place.unwrap().byte_offset, Some(text.len() as u64));
    }
}

#[test]
fn text_that_ends_too_early_is_reported() {
    for (text, open) in [
        (format!("[{GOOD}"), "an array"),
        (format!("[{GOOD},"), "an array"),
        (format!(r#"{{"data": [{GOOD}]"#), "an object"),
        (format!("{GOOD}{{"), "an object"),
        (format!("{GOOD}{{\"a\""), "an object"),
        (format!("{GOOD}{{\"a\": \"b"), "a string"),
        (format!("{GOOD}{{\"a\": \"\\"), "a string"),
        (format!("{GOOD}{{\"a\": -"), "a number"),
        (format!("{GOOD} tr"), "a word"),
    ] {
        let (counts, result) = counted(STRICT, &text);
        let error = result.unwrap_err();
        assert_eq!(error.code, Code::InvalidJson);
        assert_eq!(error.message, format!("the text ends inside {open}"), "{text}");
        assert_eq!(error.place.unwrap().byte_offset, Some(text.len() as u64));
        assert_eq!(counts.ledger().diagnostics().totals.messages, 1);
    }
}

#[test]
fn depth_has_a_limit_that_is_reported() {
    for deep in [
        "[".repeat(10_000),
        format!("{}1", r#"{"a":"#.repeat(10_000)),
        r#"{"data":["#.repeat(10_000),
    ] {
        let (counts, result) = counted(STRICT, format!("{GOOD}\n{deep}"));
        let error = result.unwrap_err();
        assert!(error.message.contains("127 deep"), "{}", error.message);
        assert_eq!(counts.ledger().diagnostics().totals.messages, 1);
    }
    let nested = format!("{{\"a\": {}1{}}}", "[".repeat(126), "]".repeat(126));
    assert!(counted(STRICT, &nested).1.is_ok());
    assert!(counted(STRICT, format!("[{nested}]")).1.is_err());
}

#[test]
fn a_string_of_ten_megabytes_is_read() {
    let long = "é".repeat(5 << 20);
    let text = format!(r#"{{"receivedAt":"2024-06-02T00:00:00Z","body":"{long}","agentId":"a"}}{GOOD}"#);
    for size in [usize::MAX, 1 << 16, 65_537] {
        let (counts, result) = counted_in(STRICT, text.as_bytes(), &[size]);
        result.unwrap();
        assert_eq!(counts.report().data[0].messages, 2);
    }
}

#[test]
fn a_record_beyond_the_size_limit_is_one_problem() {
    let long = "x".repeat(65 << 20);
    let text = format!("{GOOD}\n{{\"body\":\"{long}\"}}\n{GOOD}");
    for size in [usize::MAX, 1 << 20] {
        let (counts, result) = counted_in(JUNE, text.as_bytes(), &[size]);
        result.unwrap();
        assert_eq!(
            (
                counts.ledger().diagnostics().totals.messages,
                counts.ledger().diagnostics().invalid
            ),
            (2, 1)
        );
        let problem = &counts.ledger().diagnostics().problems[0];
        assert_eq!((problem.code.as_str(), problem.line), ("invalid_record", Some(2)));
        assert!(problem.message.contains("67108864 bytes, the limit maxRecordBytes"));
    }
}

#[test]
fn invalid_utf_8_breaks_only_its_record() {
    let mut text = format!("[{GOOD},{{\"body\":\"").into_bytes();
    let bad = text.len() as u64;
    text.extend(b"\xe9\",\"receivedAt\":\"2024-06-02T00:00:00Z\"},");
    text.extend(GOOD.as_bytes());
    text.push(b']');
    for size in [usize::MAX, 1, 7] {
        let (counts, result) = counted_in(JUNE, &text, &[size]);
        result.unwrap();
        assert_eq!(counts.ledger().diagnostics().totals.messages, 2);
        assert_eq!(
            problems(&counts),
            [("/1".into(), "invalid_json".into(), Some(1), Some(bad))]
        );
    }
    let page = [
        b"{\"next\":\"\xff\",\"data\":[]}".to_vec(),
        b"{\"data\":[],\"next\":\"\xed\xa0\x80\"}".to_vec(),
    ];
    for text in page {
        assert_eq!(counted(STRICT, &text).1.unwrap_err().code, Code::InvalidJson);
    }
}

#[test]
fn other_formats_are_reported_by_their_names() {
    assert!(
        counted(STRICT, b"\x1f\x8b\x08\x00")
            .1
            .unwrap_err()
            .message
            .contains("gzip")
    );
    assert!(
        counted(STRICT, b"\xff\xfe[\x00]\x00")
            .1
            .unwrap_err()
            .message
            .contains("UTF-16")
    );
    assert!(counted(STRICT, b"\xef\xbb[]").1.is_err());
}

#[test]
fn a_page_with_two_lists_of_records_is_refused() {
    let error = counted(STRICT, format!(r#"{{"data": [{GOOD}], "data": {{}}}}"#))
        .1
        .unwrap_err();
    assert!(error.message.contains("\"data\" twice"));
}

#[test]
fn numbers_beyond_a_double_are_allowed_in_unread_fields() {
    assert_eq!(messages(r#"{"receivedAt":"2024-06-02T00:00:00Z","x":1e999}"#), 1);
    let (counts, _) = counted(JUNE, r#"{"startedAt":"2024-06-02T00:00:00Z","durationSeconds":1e999}"#);
    assert_eq!(problems(&counts)[0].0, "/0/durationSeconds");
}

#[test]
fn a_sum_beyond_the_largest_exact_number_is_an_error_and_changes_nothing() {
    let call = |seconds: u64| {
        format!(r#"{{"startedAt":"2024-06-02T00:00:00Z","status":"completed","durationSeconds":{seconds}}}"#)
    };
    let text = format!("{}\n{}\n", call((1 << 53) - 1), call(1));
    let (counts, result) = counted(JUNE, &text);
    assert_eq!(result.unwrap_err().code, Code::Overflow);
    assert_eq!(
        (
            counts.ledger().diagnostics().totals.calls,
            counts.ledger().diagnostics().records
        ),
        (1, 1)
    );
    assert!(is_conserved(&counts));
}

#[test]
fn a_failed_reader_stays_failed_and_the_counts_stay() {
    use usage_by_agent::counting::text_feed::TextFeed;
    let mut counts = crate::support::asked(STRICT);
    let mut reading = TextFeed::default();
    let error = reading
        .push(counts.ledger_mut(), format!("{GOOD}\n!").as_bytes())
        .unwrap_err();
    assert_eq!(reading.push(counts.ledger_mut(), GOOD.as_bytes()).unwrap_err(), error);
    assert_eq!(reading.finish(counts.ledger_mut()).unwrap_err(), error);
    assert_eq!(counts.report().data[0].messages, 1);
    let mut another = TextFeed::default();
    another.push(counts.ledger_mut(), GOOD.as_bytes()).unwrap();
    another.finish(counts.ledger_mut()).unwrap();
    assert_eq!(counts.report().data[0].messages, 2);
}

#[test]
fn a_fault_in_a_list_on_one_line_is_one_fault() {
    for broken in [
        format!("[{GOOD},{{bad}}]"),
        format!(r#"{{"data":[{GOOD},{{bad}}]}}"#),
        format!(r#"{{"data":[{GOOD}], bad}}"#),
    ] {
        let text = format!("{broken}\n{GOOD}\n{GOOD}\n{GOOD}\n");
        let (counts, result) = counted(JUNE, &text);
        result.unwrap();
        let d = counts.ledger().diagnostics();
        assert_eq!(
            (d.totals.messages, d.invalid, d.records, d.problems.len()),
            (4, 1, 5, 1),
            "{text}"
        );
        let (counts, _) = counted(JUNE, format!("{broken}\n{GOOD}"));
        assert_eq!(
            (
                counts.ledger().diagnostics().totals.messages,
                counts.ledger().diagnostics().invalid
            ),
            (2, 1)
        );
        // A later fault is reported at its own place.
        let (counts, _) = counted(JUNE, format!("{text}7\n"));
        assert_eq!(problems(&counts)[1].0, "/4");
    }
    for deep in [
        r#"{"a":["#.repeat(200),
        r#"[{"data":"#.repeat(200),
        r#"{"data":["#.repeat(200),
    ] {
        let (counts, result) = counted(JUNE, format!("{deep}\n{GOOD}\n{GOOD}\n"));
        result.unwrap();
        assert_eq!(
            (
                counts.ledger().diagnostics().totals.messages,
                counts.ledger().diagnostics().invalid
            ),
            (2, 1),
            "{deep}"
        );
    }
}

#[test]
fn an_empty_response_is_reported_as_empty() {
    use usage_by_agent::contract::Endpoint;
    use usage_by_agent::contract::check::{Expect, check};
    for text in ["", " \n"] {
        let problems = check(Endpoint::Daily, text.as_bytes(), &Expect::default()).unwrap_err();
        assert_eq!(
            (problems[0].code.as_str(), problems[0].message.as_str()),
            ("invalid_json", "the text is empty")
        );
    }
    let problems = check(Endpoint::Usage, b"{} {}", &Expect::default()).unwrap_err();
    assert!(problems[0].message.contains("one value"), "{}", problems[0].message);
}
