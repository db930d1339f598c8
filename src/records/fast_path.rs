//! The fast path of the reader: records that lie whole in memory, one after the other.
//!
//! It only goes where a record may begin, and does there what the reader's steps would do. At anything else it stops, and the
//! steps go on from that byte.

use super::reader::{Reader, Sink};
use super::row::Row;
use super::scan::{self, Scanned, Stop};
use crate::error::UsageError;
use crate::json::MAX_DEPTH;
use crate::json::cursor::Cursor;

/// The longest beginning of a record, in bytes, that waits for the next chunk.
const MAX_WAITING: usize = 1 << 18;

impl Reader {
    /// Reads records from this offset of the cursor's chunk on, for as long as [`scan::record`] takes them, and returns the offset after
    /// them. The beginning of a record that the chunk cuts may wait for the next chunk.
    pub(super) fn read_whole_records<'c>(
        &mut self,
        cursor: &mut Cursor<'c>,
        from: usize,
        may_wait: bool,
        row: &mut Row<'c>,
        sink: &mut dyn Sink,
    ) -> Result<usize, UsageError> {
        let (mut at, chunk) = (from, cursor.text);
        if !self.fast_path.is_enabled {
            return Ok(at);
        }
        while let Some(&byte) = chunk.get(at) {
            let expects_record = self.expects_record();
            if !expects_record && !self.is_behind_item() {
                break;
            }
            match byte {
                b'\n' => self.new_line(self.here(at)),
                b' ' | b'\t' | b'\r' => {}
                b',' if !expects_record => self.next_item(),
                b'{' if expects_record => match self.scan(cursor, at, row) {
                    Ok(scanned) => {
                        self.send_row(row, scanned, chunk, at, sink)?;
                        at = scanned.end;
                        continue;
                    }
                    Err(Stop::End) if may_wait && chunk.len() >= self.fast_path.retry_from => {
                        let beginning = chunk.get(at..).unwrap_or_default();
                        if beginning.len() > MAX_WAITING.min(self.max_record) {
                            break;
                        }
                        self.fast_path.waiting.extend_from_slice(beginning);
                        return Ok(chunk.len());
                    }
                    Err(_) => break,
                },
                _ => break,
            }
            at = at.saturating_add(1);
        }
        Ok(at)
    }

    #[inline]
    fn scan<'t>(&self, cursor: &mut Cursor<'t>, at: usize, row: &mut Row<'t>) -> Result<Scanned, Stop> {
        let levels = MAX_DEPTH.saturating_sub(self.frames.len());
        let scanned = scan::record(cursor, at, levels, row)?;
        let fits = scanned.end.saturating_sub(at) <= self.max_record;
        if fits { Ok(scanned) } else { Err(Stop::NeedsSlowPath) }
    }

    /// Gives the sink a record that begins at this offset of the chunk.
    #[inline(never)]
    fn send_row(
        &mut self,
        row: &Row<'_>,
        scanned: Scanned,
        chunk: &[u8],
        at: usize,
        sink: &mut dyn Sink,
    ) -> Result<(), UsageError> {
        let line = self.line;
        let text = chunk.get(at..scanned.end).unwrap_or_default();
        self.give(row, text, line, self.here(at), sink)?;
        // The start of the last line is not set: a line that begins inside a record can't begin with a record.
        self.line = line.saturating_add(scanned.lines);
        self.after_value();
        Ok(())
    }

    /// Reads the record whose beginning waits, and returns how many bytes of the chunk that takes. Either the chunk ends the
    /// record, or the reader's steps take the beginning, so that no text is tried again and again.
    pub(super) fn retry(&mut self, chunk: &[u8], sink: &mut dyn Sink) -> Result<usize, UsageError> {
        if self.fast_path.waiting.is_empty() {
            return Ok(0);
        }
        let mut text = std::mem::take(&mut self.fast_path.waiting);
        let before = text.len();
        self.offset = self.offset.saturating_sub(before as u64);
        let mut taken = 0_usize;
        let sent = loop {
            // The text doubles each time, so that no byte is scanned more than twice on average.
            let more = chunk.get(taken..).unwrap_or_default();
            let more = more.get(..text.len().max(self.fast_path.retry_from)).unwrap_or(more);
            text.extend_from_slice(more);
            taken = taken.saturating_add(more.len());
            let mut row = Row::default();
            match self.scan(&mut Cursor::new(&text, 0), 0, &mut row) {
                Ok(scanned) => {
                    let sent = self.send_row(&row, scanned, &text, 0, sink);
                    self.offset = self.here(scanned.end);
                    taken = scanned.end.saturating_sub(before);
                    break sent;
                }
                Err(Stop::End) if !more.is_empty() && text.len() <= self.max_record => {}
                Err(_) => break self.read_chunk(&text, false, sink),
            }
        };
        text.clear();
        self.fast_path.waiting = text;
        sent.map(|()| taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Place;
    use crate::records::judge::Defaults;
    use crate::records::page::Page;
    use crate::records::reader::Origin;

    const RECORD: &str =
        r#"{"id":"m","receivedAt":"2024-06-02T00:00:00Z","x":[{"a":1.5e3}, "\n\u00e9é"], "data":{"id":null}}"#;

    #[derive(Default)]
    struct Count(usize);

    impl Sink for Count {
        fn record(&mut self, _: &Row<'_>, _: &Defaults, _: &dyn Origin) -> Result<(), UsageError> {
            self.0 += 1;
            Ok(())
        }
        fn conversation(&mut self, _: &Row<'_>, _: &Defaults, _: &dyn Origin) -> Result<Option<Defaults>, UsageError> {
            Ok(None)
        }
        fn conversation_ended(&mut self, _: u64, _: Option<u64>) {}
        fn page_ended(&mut self, _: Page) {}
        fn not_object(&mut self, kind: &'static str, _: Place) -> Result<(), UsageError> {
            panic!("{kind}")
        }
        fn broken(&mut self, error: UsageError) -> Result<(), UsageError> {
            Err(error)
        }
        fn skipped(&mut self, warning: UsageError) -> Result<(), UsageError> {
            panic!("{warning}")
        }
    }

    /// Both paths give the same records, so only a look inside shows that the fast path is used.
    #[test]
    fn whole_records_take_the_fast_path() {
        for (start, rest) in [
            ("\u{feff}", format!("{RECORD}\n{RECORD}\r\n\n{RECORD}")),
            ("[", format!("{RECORD},\n {RECORD} , {RECORD}")),
            (r#"{"n":[1],"data":["#, format!("{RECORD},{RECORD},{RECORD}")),
        ] {
            let (mut reader, mut count) = (Reader::default(), Count::default());
            reader.push(start.as_bytes(), &mut count).unwrap();
            let read = reader.read_whole_records(
                &mut Cursor::new(rest.as_bytes(), 0),
                0,
                true,
                &mut Row::default(),
                &mut count,
            );
            assert_eq!((read.unwrap(), count.0), (rest.len(), 3), "{start}");
        }
    }

    #[test]
    fn a_record_that_a_chunk_cuts_is_read_when_the_next_chunk_ends_it() {
        // A chunk that cuts a word, a number, an escape or a character leaves the record to the slow path: this record has none.
        let record = r#"{"id":"m","receivedAt":"2024-06-02T00:00:00Z","data":{"id":"d"}}"#;
        for cut in 1..record.len() {
            let (mut reader, mut count) = (Reader::retry_always(), Count::default());
            let (first, second) = record.as_bytes().split_at(cut);
            reader.push(first, &mut count).unwrap();
            assert_eq!((count.0, reader.fast_path.waiting.len()), (0, cut));
            assert_eq!(reader.retry(second, &mut count).unwrap(), second.len());
            assert_eq!((count.0, reader.fast_path.waiting.len()), (1, 0));
        }
    }
}
