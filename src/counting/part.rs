//! Parts of one text that are counted apart, for example by several threads, and then taken together.
//!
//! The result is that of reading the text once, places and incomplete lists included. The text is read by a [`TextFeed`] as
//! usual. Where the feed stands between two top-level values at the beginning of a line, a part that begins there may be taken
//! in place of its bytes: everything that the feed would find in these bytes has been found by another one. What depends on the
//! text before the part is handled here:
//!
//! - lines and indexes of problems, which a part counts from its own beginning;
//! - lists of pages, which may begin before the part or end after it, so that a part keeps its pages;
//! - a text that is cut inside a value, which is no part.

use crate::counting::ledger::Ledger;
use crate::counting::text_feed::TextFeed;
use crate::error::{Problem, Severity, UsageError};
use crate::json::MAX_SAFE;
use crate::records::page::Page;
use crate::records::reader::Between;

/// How many values stand before a part, as its own reader sees it. With one value before it, every pointer begins with an index.
const BEFORE: u64 = 1;

/// Half of the largest exact sum of seconds. Where neither the text before a part nor the part has ever had more, both together
/// can't have too many, in whatever order records of one id come.
pub(crate) const HALF: u64 = MAX_SAFE / 2;

/// A part of a text. Its counts are in a ledger of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The offset in the text at which it begins.
    pub start: u64,
    /// Its end. The lines are its own. The values are its own and one before them, see [`TextFeed::begin_part`].
    pub end: Between,
    /// Its pages.
    pub pages: Vec<Page>,
}

impl TextFeed {
    /// Makes a new feed the feed of a part, which begins at this offset of a text. A line must begin there, and a top-level
    /// value or blanks. The part counts lines from its beginning, and values as if one stood before it.
    pub fn begin_part(&mut self, bytes: u64) {
        self.reader.go_on_at(Between {
            bytes,
            lines: 0,
            values: BEFORE,
        });
        self.part = Some((bytes, Vec::new()));
    }

    /// The part that has been read, all of which was counted by the ledger. `None` if it can't be merged:
    ///
    /// - it ends inside a value, or the reader has not yet gone on after a broken value;
    /// - a warning about it has the number of a line in its words;
    /// - the sums are so large that their order may matter.
    pub fn part(&self, counted_by: &Ledger) -> Option<Part> {
        let (start, pages) = self.part.as_ref()?;
        let problems = &counted_by.diagnostics().problems;
        let warns = problems.iter().any(|problem| problem.severity == Severity::Warning);
        let end = self.reader.between().filter(|_| !warns && !counted_by.is_above_half)?;
        Some(Part {
            start: *start,
            end,
            pages: pages.clone(),
        })
    }

    /// Takes a part in place of its bytes, which follow the bytes that were pushed. `snapshot` has its counts. Returns whether
    /// that was possible. Otherwise nothing has changed, and the bytes have to be pushed.
    ///
    /// # Errors
    /// Those of [`Ledger::merge`].
    pub fn merge_part(&mut self, into: &mut Ledger, part: &Part, snapshot: &[u8]) -> Result<bool, UsageError> {
        let here = self.reader.between().unwrap_or_default();
        let is_small = into.diagnostics().totals.total_seconds <= HALF;
        if here.values == 0 || here.bytes != part.start || !self.reader.is_at_line() || !is_small {
            return Ok(false);
        }
        let before = into.diagnostics.problems.len();
        into.merge(snapshot)?;
        let values = here.values.saturating_sub(BEFORE);
        for problem in into.diagnostics.problems.iter_mut().skip(before) {
            shift(problem, here.lines, values);
        }
        part.pages.iter().for_each(|page| into.page_ended(*page));
        self.reader.go_on_at(Between {
            bytes: part.end.bytes,
            lines: part.end.lines.saturating_add(here.lines),
            values: part.end.values.saturating_add(values),
        });
        Ok(true)
    }
}

/// Makes the place in a part the place in the whole text.
fn shift(problem: &mut Problem, lines: u64, values: u64) {
    problem.line = problem.line.map(|line| line.saturating_add(lines).min(MAX_SAFE));
    // By hand, because the standard library's parser and slices would bring two kilobytes of messages into the module.
    let (mut index, mut end) = (0_u64, 1_usize);
    for digit in problem.path.bytes().skip(1).take_while(u8::is_ascii_digit) {
        index = index.saturating_mul(10).saturating_add(u64::from(digit & 0xf));
        end = end.saturating_add(1);
    }
    if let Some(rest) = problem.path.get(end..).filter(|_| end > 1) {
        problem.path = format!("/{}{rest}", index.saturating_add(values));
    }
}
