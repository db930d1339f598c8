//! Parts of a text that are counted apart give what one pass gives. The harness holds this for every text; these tests show that
//! parts are used at all, and where they must not be.

use crate::harness::{feed_parts, parts};
use crate::support::{JUNE, STRICT, asked, counted, problems};
use usage_by_agent::counting::aggregator::Aggregator;
use usage_by_agent::counting::text_feed::TextFeed;
use usage_by_agent::error::Code;

fn message(id: &str) -> String {
    format!("{{\"id\":\"{id}\",\"agentId\":\"a\",\"receivedAt\":\"2024-06-10T00:00:00Z\"}}\n")
}

fn call(id: &str, agent: &str, seconds: u64) -> String {
    let time = "2024-06-10T00:00:00Z";
    format!(
        "{{\"id\":\"{id}\",\"agentId\":{agent},\"status\":\"completed\",\"startedAt\":\"{time}\",\"durationSeconds\":{seconds}}}\n"
    )
}

/// Counts each line apart. Returns the counts, and how many lines were merged.
fn by_line(query: &str, text: &str) -> (Aggregator, usize) {
    let mut counts = asked(query);
    let merged = feed_parts(&mut counts, || asked(query), &parts(text.as_bytes(), &[1])).unwrap();
    let (once, result) = counted(query, text);
    result.unwrap();
    assert_eq!(counts.ledger().diagnostics(), once.ledger().diagnostics());
    assert_eq!(counts.ledger().missing(), once.ledger().missing());
    assert_eq!(counts.ledger().snapshot(), once.ledger().snapshot());
    (counts, merged)
}

#[test]
fn every_part_but_the_first_is_merged() {
    let text: String = (0..50).map(|n| message(&format!("m{}", n % 40))).collect();
    let (counts, merged) = by_line(STRICT, &text);
    assert_eq!((counts.ledger().diagnostics().duplicates, merged), (10, 49));
    // With large sums of seconds.
    let text: String = ["a", "b", "c"].map(|id| call(id, "null", 1 << 50)).concat();
    assert_eq!(by_line(STRICT, &text).1, 2);
    // Without a line feed at the end, with blank lines, and with two values in a line.
    for text in [
        "{}\n{}\n{}",
        "{}\r\n\r\n \n{}\r\n",
        "{}\n{}{} {}\n[{},{}]\n{}",
        "{}\n\n",
    ] {
        assert_eq!(by_line(JUNE, text).1, parts(text.as_bytes(), &[1]).len() - 1, "{text}");
    }
}

#[test]
fn a_problem_in_a_part_has_its_place_in_the_whole_text() {
    let text = format!(
        "{0}\n{0}{{\"receivedAt\":1}} 5\n[{{}},{{\"receivedAt\":2}}]\n{{\"data\":[7]}}\n{{\"messages\":[8]}}\n{{\"a\":}}\n{0}tru\n{0}",
        message("m")
    );
    let (counts, merged) = by_line(JUNE, &text);
    // Not merged are the first part, the two with broken text, and the parts that resume after them.
    assert_eq!(merged, 6);
    let places = problems(&counts);
    assert_eq!(places[1].0, "/3");
    assert_eq!(places[2].0, "/4/1/receivedAt");
    assert_eq!(places[3].0, "/5/data/0");
    assert_eq!(places[4].0, "/6/messages/0");
    assert!(
        places
            .iter()
            .all(|(_, _, line, offset)| line.is_some() && offset.is_some())
    );
}

#[test]
fn pages_in_several_parts_are_one_list() {
    let page = |ids: &[&str], has_more: bool, total: u64| {
        let data = ids
            .iter()
            .map(|id| message(id).trim_end().to_owned())
            .collect::<Vec<_>>();
        format!(
            "{{\"data\":[{}],\"hasMore\":{has_more},\"total\":{total}}}\n",
            data.join(",")
        )
    };
    let whole = [
        page(&["a"], true, 4),
        message("x"),
        page(&["b", "c"], true, 4),
        page(&["d"], false, 4),
    ]
    .concat();
    let (counts, merged) = by_line(STRICT, &whole);
    assert_eq!((counts.ledger().missing().lists, merged), (0, 3));
    let cut = whole
        .lines()
        .take(3)
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let (counts, merged) = by_line(STRICT, &cut);
    let missing = counts.ledger().missing();
    assert_eq!((missing.lists, missing.items, merged), (1, 1, 2));
}

#[test]
fn a_part_inside_a_value_or_elsewhere_is_not_merged() {
    // Each line of these texts could be a part. In one pass they stand in a list or an object.
    for text in [
        "[\n{},\n{}\n]",
        "[\n{}\n,{}\n]\n",
        "{\"data\":[\n{}\n,\n{}\n]}\n",
        "{\"x\":[\n{}\n]}\n",
    ] {
        assert_eq!(by_line(JUNE, text).1, 0, "{text}");
    }
    let (mut counts, mut feed) = (asked(JUNE), TextFeed::default());
    feed.push(counts.ledger_mut(), b"{}\n").unwrap();
    let mut apart = TextFeed::default();
    apart.begin_part(4);
    let other = asked(JUNE);
    let part = apart.part(other.ledger()).unwrap();
    let snapshot = other.ledger().snapshot();
    assert!(!feed.merge_part(counts.ledger_mut(), &part, &snapshot).unwrap());
    feed.push(counts.ledger_mut(), b"\n").unwrap();
    assert!(feed.merge_part(counts.ledger_mut(), &part, &snapshot).unwrap());
    // In the middle of a line.
    feed.push(counts.ledger_mut(), b"{} ").unwrap();
    let mut apart = TextFeed::default();
    apart.begin_part(7);
    let part = apart.part(other.ledger()).unwrap();
    assert!(!feed.merge_part(counts.ledger_mut(), &part, &snapshot).unwrap());
    assert!(feed.part(counts.ledger()).is_none());
}

/// Between two records of one id the one with an agent counts, also if it is shorter. So a sum may be larger before than after.
#[test]
fn a_sum_beyond_the_limit_is_an_error_at_the_record_of_one_pass() {
    let most = (1_u64 << 53) - 1;
    for (first, second) in [(most / 2, most / 2), (most / 2, most / 2 + 2), (most / 2 + 2, most / 2)] {
        let later = [call("b", "null", second), call("b", "\"a\"", 1), message("m")].concat();
        let text = [message("n"), call("a", "null", first), later].concat();
        for sizes in [vec![1], vec![1, 1, 1000], vec![1, 1000]] {
            let mut counts = asked(STRICT);
            let got = feed_parts(&mut counts, || asked(STRICT), &parts(text.as_bytes(), &sizes)).map(drop);
            let (once, want) = counted(STRICT, &text);
            assert_eq!(want.is_err(), first + second > most);
            assert_eq!(got, want, "{first} {second} {sizes:?}");
            assert_eq!(counts.ledger().snapshot(), once.ledger().snapshot());
            if let Err(error) = want {
                assert_eq!(error.code, Code::Overflow);
            }
        }
    }
}
