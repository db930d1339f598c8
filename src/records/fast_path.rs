//! The fast lane: records that lie whole in memory, one after the other.
//!
//! It only goes where a record may stand and does just what the reader's steps would do there; at anything else it stops,
//! and the steps go on from that byte.

use super::reader::{Frame, MAX_RECORD, Reader, Sink, State};
use crate::error::UsageError;
use crate::json::MAX_DEPTH;
use crate::records::row::Row;
use crate::records::scan;
use crate::records::scan::{Scanned, Stop};

/// The longest beginning of a record that is kept for a second try.
const LONGEST_TAIL: usize = 1 << 18;

impl Reader {
    /// Reads on from here as long as records come that [`scan::record`] takes; returns how far that is. What a chunk has of
    /// a record that it cuts may be kept for a second try.
    pub(super) fn records<'c>(
        &mut self,
        chunk: &'c [u8],
        from: usize,
        keeps_tail: bool,
        row: &mut Row<'c>,
        sink: &mut dyn Sink,
    ) -> Result<usize, UsageError> {
        let mut at = from;
        if !self.tries.any {
            return Ok(at);
        }
        while let Some(&byte) = chunk.get(at) {
            match (self.state, self.frames.last()) {
                (State::Top, _) | (State::Value | State::ValueOrEnd | State::CommaOrEnd, Some(Frame::Items { .. })) => {
                }
                _ => break,
            }
            match byte {
                b'\n' => self.new_line(self.here(at)),
                b' ' | b'\t' | b'\r' => {}
                b',' if self.state == State::CommaOrEnd => self.next_item(),
                b'{' if self.state != State::CommaOrEnd => match self.scan(chunk, at, row) {
                    Ok(scanned) => {
                        self.tell(row, scanned, at, sink)?;
                        at = scanned.end;
                        continue;
                    }
                    Err(Stop::End) if keeps_tail && chunk.len() >= self.tries.again => {
                        let tail = chunk.get(at..).unwrap_or_default();
                        if tail.len() > LONGEST_TAIL {
                            break;
                        }
                        self.tail.extend_from_slice(tail);
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

    fn scan<'t>(&self, text: &'t [u8], at: usize, row: &mut Row<'t>) -> Result<Scanned, Stop> {
        let levels = MAX_DEPTH.saturating_sub(self.frames.len());
        let scanned = scan::record(text, at, levels, row)?;
        let fits = scanned.end.saturating_sub(at) <= MAX_RECORD;
        if fits { Ok(scanned) } else { Err(Stop::Odd) }
    }

    /// Hands a record to the sink that begins at this offset of the chunk.
    #[inline(never)]
    fn tell(&mut self, row: &Row<'_>, scanned: Scanned, at: usize, sink: &mut dyn Sink) -> Result<(), UsageError> {
        let (line, offset) = (self.line, self.here(at));
        sink.row(row, &|| self.place(line, offset))?;
        // Where the last of its lines began is told to nobody: a record's end is not the beginning of a line.
        self.line = line.saturating_add(scanned.lines);
        self.after_value();
        Ok(())
    }

    /// Reads on where a record was kept whose beginning is well as far as it goes; returns how much of the chunk that takes.
    /// Either the chunk ends that record, or the steps go over what there is of it: no text is tried again and again.
    pub(super) fn read_tail(&mut self, chunk: &[u8], sink: &mut dyn Sink) -> Result<usize, UsageError> {
        if self.tail.is_empty() {
            return Ok(0);
        }
        let mut text = std::mem::take(&mut self.tail);
        let before = text.len();
        self.offset = self.offset.saturating_sub(before as u64);
        let mut taken = 0_usize;
        let told = loop {
            // As much again each time: however long the record is, it is scanned no more than twice over.
            let more = chunk.get(taken..).unwrap_or_default();
            let more = more.get(..text.len().max(self.tries.again)).unwrap_or(more);
            text.extend_from_slice(more);
            taken = taken.saturating_add(more.len());
            let mut row = Row::default();
            match self.scan(&text, 0, &mut row) {
                Ok(scanned) => {
                    let told = self.tell(&row, scanned, 0, sink);
                    self.offset = self.here(scanned.end);
                    taken = scanned.end.saturating_sub(before);
                    break told;
                }
                Err(Stop::End) if !more.is_empty() => {}
                Err(_) => break self.read_chunk(&text, false, sink),
            }
        };
        text.clear();
        self.tail = text;
        told.map(|()| taken)
    }
}
