//! What is JSON and what is not, in the classes of the well-known test suites of JSON parsers: texts that every parser must
//! accept, texts that no parser may accept, and texts that RFC 8259 leaves to the parser.

use crate::support::{JUNE, STRICT, asked};
use usage_by_agent::contract::Endpoint;
use usage_by_agent::contract::check::{Expect, check};
use usage_by_agent::counting::text_feed::TextFeed;
use usage_by_agent::records::judge::Defaults;
use usage_by_agent::records::reader::Reader;

/// Is the text accepted as a value in a record? All paths of the reader must agree.
fn is_field(value: &[u8]) -> bool {
    let text = [br#"{"x":"#, value, br#","receivedAt":"2024-06-02T00:00:00Z"}"#].concat();
    let taken = [Reader::slow_only, Reader::default, Reader::retry_always].map(|reader| {
        [text.len(), 1, 7].map(|size| {
            let mut counts = asked(STRICT);
            let mut reading = TextFeed::with_reader(reader());
            let mut chunks = text.chunks(size);
            let result = chunks
                .try_for_each(|chunk| reading.push(counts.ledger_mut(), chunk))
                .and_then(|()| reading.finish(counts.ledger_mut()));
            assert_eq!(
                result.is_ok(),
                counts.ledger().diagnostics().totals.messages == 1,
                "{}",
                shown(value)
            );
            result.is_ok()
        })
    });
    let all = taken.as_flattened();
    assert!(all.iter().all(|one| *one == all[0]), "ways differ: {}", shown(value));
    all[0]
}

/// Is the text accepted as a value of its own?
fn is_text(value: &[u8]) -> bool {
    let problems = check(Endpoint::ByAgent, value, &Expect::default()).unwrap_err();
    let refused = problems[0].code == "invalid_json";
    // A text of records may hold several values. It must accept every text that is accepted alone.
    let mut counts = asked(JUNE);
    let mut reading = TextFeed::default();
    let _ = reading.push(counts.ledger_mut(), value);
    let _ = reading.finish(counts.ledger_mut());
    let broken = counts
        .ledger()
        .diagnostics()
        .problems
        .iter()
        .any(|p| p.code == "invalid_json");
    assert!(refused || !broken, "{}", shown(value));
    !refused
}

fn shown(value: &[u8]) -> String {
    value.escape_ascii().to_string()
}

#[test]
fn valid_json_is_accepted() {
    for value in TAKEN {
        assert!(
            serde_json::from_slice::<serde_json::Value>(value).is_ok(),
            "{}",
            shown(value)
        );
        assert!(is_text(value), "{}", shown(value));
        assert!(is_field(value), "{}", shown(value));
    }
}

#[test]
fn invalid_json_is_refused() {
    for value in REFUSED {
        assert!(
            serde_json::from_slice::<serde_json::Value>(value).is_err(),
            "{}",
            shown(value)
        );
        assert!(!is_text(value), "{}", shown(value));
        assert!(!is_field(value), "{}", shown(value));
    }
}

/// Where RFC 8259 leaves the choice to the parser, the reader follows serde_json. It also accepts what `JSON.parse` accepts but
/// an `f64` or a `str` cannot hold.
#[test]
fn texts_that_the_rfc_leaves_to_the_parser_are_read_as_serde_json_reads_them() {
    for (value, taken) in LEFT {
        assert_eq!(is_field(value), *taken, "{}", shown(value));
        let by_serde = serde_json::from_slice::<serde_json::Value>(value).is_ok();
        assert!(
            by_serde == *taken || *taken && crate::harness::only_serde_minds(value),
            "{}",
            shown(value)
        );
    }
}

#[test]
fn the_depth_limit_is_that_of_serde_json() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        for levels in 120..130 {
            let levels = levels / (open.len() / 4 + 1).min(2);
            let value = format!("{}1{}", open.repeat(levels), close.repeat(levels));
            let text = format!(r#"{{"x":{value}}}"#);
            let by_serde = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            let mut counts = asked(STRICT);
            let result = usage_by_agent::counting::text_feed::push_text(
                counts.ledger_mut(),
                text.as_bytes(),
                &Defaults::default(),
            );
            assert_eq!(result.is_ok(), by_serde, "{levels} of {open}");
        }
    }
}

const TAKEN: &[&[u8]] = &[
    b"null",
    b"true",
    b"false",
    b"0",
    b"-0",
    b"1",
    b"-1",
    b"42",
    b"1234567890",
    b"123456789012345",
    b"1234567890123456",
    b"12345678901234567890",
    b"0.0",
    b"-0.0",
    b"0.5",
    b"1.25",
    b"-1.25",
    b"0e0",
    b"0e1",
    b"0E+1",
    b"-0e-0",
    b"1e0",
    b"1e1",
    b"1E1",
    b"1e+1",
    b"1e-1",
    b"1E-2",
    b"1.5e10",
    b"1.5E+10",
    b"1.5e-10",
    b"123e65",
    b"-123e-65",
    b"1e00002",
    b"0.000000001",
    b"20e1",
    b"123.456789",
    b"\"\"",
    b"\" \"",
    b"\"a\"",
    b"\"abc\"",
    b"\"\\\"\"",
    b"\"\\\\\"",
    b"\"\\/\"",
    b"\"/\"",
    b"\"\\b\\f\\n\\r\\t\"",
    b"\"\\u0041\"",
    b"\"\\u00e9\"",
    b"\"\\u00E9\"",
    b"\"\\uABCD\"",
    b"\"\\uabcd\"",
    b"\"\\u0000\"",
    b"\"\\u0012\"",
    b"\"\\u2028\\u2029\"",
    b"\"\\uD83D\\uDE00\"",
    b"\"\\ud83d\\ude39\\ud83d\\udc8d\"",
    b"\"\\uDBFF\\uDFFE\"",
    b"\"\\uFFFE\"",
    b"\"\\uFDD0\"",
    b"\"\\u200B\"",
    b"\"\\u0022\"",
    b"\"\\u005C\"",
    b"\"\\u0060\\u012a\\u12AB\"",
    b"\"\\\\u0000\"",
    b"\"\\\\a\"",
    b"\"\\\\n\"",
    b"\"a/*b*/c/*d//e\"",
    b"\"\x7f\"",
    b"\"a\x7fa\"",
    b"\"{[,:]}\"",
    b"\"#\"",
    b"\"\\\"}\"",
    "\"é\"".as_bytes(),
    "\"€\"".as_bytes(),
    "\"你好\"".as_bytes(),
    "\"😀\"".as_bytes(),
    "\"\u{2028}\u{2029}\"".as_bytes(),
    "\"\u{fffe}\"".as_bytes(),
    "\"\u{10ffff}\"".as_bytes(),
    "\"\u{1bfff}\"".as_bytes(),
    "\"\u{feff}\"".as_bytes(),
    "\"\u{80}\"".as_bytes(),
    "\"\u{7ff}\u{800}\u{d7ff}\u{e000}\"".as_bytes(),
    "\"⍂㈴⍂\"".as_bytes(),
    "\"π\"".as_bytes(),
    "\"asd \\\" é\"".as_bytes(),
    b"[]",
    b"[ ]",
    b"[\n]",
    b"[[]]",
    b"[[[]],[]]",
    b"[null]",
    b"[true,false]",
    b"[1]",
    b"[1,2]",
    b"[1 , 2]",
    b"[ 1]",
    b"[1 ]",
    b"[1\n,\n2]",
    b"[\"a\"]",
    b"[\"\"]",
    b"[null, 1, \"1\", {}]",
    b"[1,null,null,null,2]",
    b"[{}]",
    b"[{},{}]",
    b"[[],{}]",
    b"{}",
    b"{ }",
    b"{\n}",
    b"{\"a\":1}",
    b"{\"a\" : 1}",
    b"{ \"a\":1 }",
    b"{\"a\":1,\"b\":2}",
    b"{\"a\":1, \"b\":2 }",
    b"{\"\":0}",
    b"{\"a\":{}}",
    b"{\"a\":[]}",
    b"{\"a\":null}",
    b"{\"a\":\"b\"}",
    b"{\"a\":1,\"a\":2}",
    b"{\"a\":1,\"a\":1}",
    b"{\"foo\\u0000bar\":42}",
    b"{\"\\u0061\":1}",
    b"{\"a\":{\"b\":{\"c\":[]}}}",
    b"{\n\"a\": \"b\"\n}",
    b"{\"min\":-1.0e+28,\"max\":1.0e+28}",
    b"{\"x\":[{\"id\":\"a\"}],\"id\":\"b\"}",
    "{\"é\":\"Ж\"}".as_bytes(),
    b" 1",
    b"1 ",
    b"\t1",
    b"\r\n1\r\n",
    b" [] ",
    b" \"a\" ",
    b" null ",
    b"\n{}\n",
    b"\t[\t1\t]\t",
    b"\"0123456789abcde\"",
    b"\"0123456789abcdef\"",
    b"\"0123456789abcdefg\"",
    b"\"0123456789abcdef0123456789abcdef\"",
    b"\"0123456789abcd\\n\"",
    b"\"0123456789abcde\\n\"",
    b"\"0123456789abcdef\\n\"",
    b"\"0123456\\\"89abcdef01234\\\\\"",
    "\"0123456789abcdé\"".as_bytes(),
    "\"0123456789abcdeé\"".as_bytes(),
    "\"0123456789abcdefé0123456789abcdef\"".as_bytes(),
];

const REFUSED: &[&[u8]] = &[
    b"",
    b" ",
    b"nul",
    b"nulll",
    b"tru",
    b"truee",
    b"fals",
    b"True",
    b"TRUE",
    b"None",
    b"undefined",
    b"NaN",
    b"-NaN",
    b"nan",
    b"Infinity",
    b"-Infinity",
    b"inf",
    b"+1",
    b"++1",
    b"- 1",
    b"-",
    b"--1",
    b"-a",
    b"01",
    b"-01",
    b"00",
    b"012",
    b"-012",
    b"1.",
    b"-1.",
    b"0.",
    b".1",
    b"-.1",
    b".",
    b"1.e1",
    b"0.e1",
    b"1e",
    b"1e+",
    b"1e-",
    b"1E",
    b"1E+",
    b"0e",
    b"0e+",
    b"0E",
    b"0E+",
    b"1.0e",
    b"1.0e-",
    b"1.0e+",
    b"1eE2",
    b"1e1.5",
    b"1e1e1",
    b"1.2.3",
    b"0.1.2",
    b"1,5",
    b"1 000.0",
    b"1_000",
    b"0x1",
    b"0x",
    b"0b1",
    b"1a",
    b"1ea",
    b"0.3e",
    b"0.3e+",
    b"1+2",
    b"-foo",
    b"2.e3",
    b"2.e+3",
    b"9.e+",
    b"123\x00",
    b"1\x0c",
    "１".as_bytes(),
    b"\xef\xbc\x91",
    b"\"",
    b"\"a",
    b"a\"",
    b"'a'",
    b"`a`",
    b"\"\\\"",
    b"\"\\",
    b"\"\\x00\"",
    b"\"\\a\"",
    b"\"\\v\"",
    b"\"\\0\"",
    b"\"\\'\"",
    b"\"\\ \"",
    b"\"\\U0041\"",
    b"\"\\\\\\\"",
    b"\"\\u\"",
    b"\"\\u0\"",
    b"\"\\u00\"",
    b"\"\\u00A\"",
    b"\"\\u00G0\"",
    b"\"\\u 041\"",
    b"\"\\u+041\"",
    b"\"\\u-041\"",
    b"\"\\uD834\\u\"",
    b"\"\\uD834\\uDd\"",
    b"\"\\uD834\\x\"",
    b"\"a\nb\"",
    b"\"a\tb\"",
    b"\"a\rb\"",
    b"\"\x00\"",
    b"\"a\x00a\"",
    b"\"\x1f\"",
    b"\"\x01\"",
    b"\"0123456789abcdef\x1f\"",
    b"\"0123456789abcdef\n\"",
    b"\"\xff\"",
    b"\"\xfe\"",
    b"\"\xe9\"",
    b"\"\x80\"",
    b"\"\x81\"",
    b"\"\xbf\"",
    b"\"\xc0\xaf\"",
    b"\"\xc1\xbf\"",
    b"\"\xc3\"",
    b"\"\xc3\x28\"",
    b"\"\xe0\x80\xaf\"",
    b"\"\xe0\x9f\xbf\"",
    b"\"\xe2\x82\"",
    b"\"\xe2\x28\xa1\"",
    b"\"\xed\xa0\x80\"",
    b"\"\xed\xbf\xbf\"",
    b"\"\xf0\x80\x80\xaf\"",
    b"\"\xf0\x8f\xbf\xbf\"",
    b"\"\xf0\x9f\x98\"",
    b"\"\xf4\x90\x80\x80\"",
    b"\"\xf4\xbf\xbf\xbf\"",
    b"\"\xf5\x80\x80\x80\"",
    b"\"\xf8\x88\x80\x80\x80\"",
    b"\"\xfc\x83\xbf\xbf\xbf\xbf\"",
    b"\"\xe6\x97\xa5\xd1\x88\xfa\"",
    b"\"\\\xe5\"",
    b"\"\\u\xe5\"",
    b"\"0123456789abcdef0123\xc3\"",
    b"\xe9",
    b"\xff",
    b"[",
    b"]",
    b"[1",
    b"[1,",
    b"[,",
    b"[,1]",
    b"[1,]",
    b"[1,,2]",
    b"[,]",
    b"[1 2]",
    b"[1:2]",
    b"[\"a\" 1]",
    b"[\"a\",\n4\n,1,",
    b"[1]]",
    b"[[1]",
    b"[1}",
    b"[\"\"],",
    b"[1,2",
    b"[\"a\"",
    b"[*]",
    b"[\"\": 1]",
    b"[-]",
    b"[tru]",
    b"[\x0c]",
    b"[\x0b]",
    b"[1\x00]",
    b"[<null>]",
    b"[a",
    b"[ false, nul",
    b"[\xc2\xa0]",
    b"[\xe2\x81\xa0]",
    b"[\xef\xbb\xbf]",
    b"{",
    b"}",
    b"{\"a\"}",
    b"{\"a\":}",
    b"{\"a\" b}",
    b"{:1}",
    b"{1:1}",
    b"{a:1}",
    b"{'a':1}",
    b"{null:null}",
    b"{\"a\",1}",
    b"{\"a\":1,}",
    b"{\"a\":1,,\"b\":2}",
    b"{,\"a\":1}",
    b"{\"a\":1 \"b\":2}",
    b"{\"a\":1;\"b\":2}",
    b"{\"a\"::1}",
    b"{\"a\":1]",
    b"{\"a\":1}}",
    b"{\"a\":1",
    b"{\"a\":",
    b"{\"a\"",
    b"{\"a",
    b"{\"a\":1,\"b\"}",
    b"{\"a\":1 1}",
    b"{[1]:1}",
    b"{\"a\":1}#",
    b"{\"a\":1}//",
    b"{\"a\":/*b*/1}",
    b"{\"a\":1/*b*/}",
    b"{\"\\\":1}",
    b"{\"\xb9\":\"0\"}",
    b"{\"a\":1,\"\xff\":2}",
    b"{\"a\":'b'}",
    b"{\"a\":a}",
    b"{\"a\" \"b\"}",
    b"{\"a\":\"b\":\"c\"}",
    b"{\"a\":1,...}",
    b"{\"a\": tru}",
    b"{\"a\nb\":1}",
    b"{}}",
    b"{[",
    b"[{",
    b"[}",
    b"{]",
    b"[{\"a\":1]",
    b"{\"a\":[1}",
    b"{\"a\":[}]",
    b"<.>",
    b"<null>",
    b"*",
    b"{\"*\":\"1\", *}",
    b"/**/1",
    b"1//",
    b"#1",
    b"(1)",
    b"1 x",
    b"\"a\" x",
    b"[] x",
    b"[1]x",
    b"1]",
    b"2@",
    b"\x00",
    b"\x1b",
    b"\xe2\x81\xa0",
    b"\\u0020[]",
    b"\"a\",",
    b",",
    b":",
    b",1",
    b"1,",
    b"\"a\"\"b",
    b"\xef\xbb\xbf\xef\xbb\xbf1",
    b"\xc2\x851",
    b"\xc2\xa01",
    b"\xe2\x80\xa81",
];

const LEFT: &[(&[u8], bool)] = &[
    (b"1e400", true),
    (b"-1e400", true),
    (b"1.5e+9999", true),
    (b"0.4e006699999999999999", true),
    (b"123123e100000", true),
    (b"-123123e100000", true),
    (b"1e-400", true),
    (b"123.456e-789", true),
    (b"123e-10000000", true),
    (b"-237462374673276894279832749832423479823246327846", true),
    (b"100000000000000000000", true),
    (b"18446744073709551616", true),
    (b"-9223372036854775809", true),
    (b"9007199254740993", true),
    (b"0.1000000000000000055511151231257827021181583404541015625", true),
    (b"\"\\uD800\"", true),
    (b"\"\\uDADA\"", true),
    (b"\"\\uDFAA\"", true),
    (b"\"\\uD888\\u1234\"", true),
    (b"\"\\uD800\\n\"", true),
    (b"\"\\uDd1e\\uD834\"", true),
    (b"\"\\uD800\\uD800\\n\"", true),
    (b"\"\\uD800abc\"", true),
    (b"\"\\ud800\\\\\"", true),
    (b"{\"\\uDFAA\":0}", true),
    (b"{\"\\uD800\":1,\"\\uD800\":2}", true),
    (b"\"\xed\xa0\xbd\xed\xb8\x80\"", false),
    (b"\"\xf4\x90\x80\x80x\"", false),
    (b"\xef\xbb\xbf{}", false),
    (b"\xff\xfe[\x00]\x00", false),
    (b"\xfe\xff\x00[\x00]", false),
];
