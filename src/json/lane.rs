//! The fast lane: records that lie whole in a chunk, one after the other.
//!
//! It only goes where a record may stand and does just what the reader's steps would do there; at anything else it stops,
//! and the steps go on from that byte.

use super::{Frame, MAX_DEPTH, MAX_RECORD, Reader, Sink, State};
use crate::error::UsageError;
use crate::record::Row;
use crate::scan;

impl Reader {
    /// Reads on from here as long as records come that [`scan::record`] takes; returns how far that is.
    pub(super) fn records<'c>(
        &mut self,
        chunk: &'c [u8],
        from: usize,
        row: &mut Row<'c>,
        sink: &mut dyn Sink,
    ) -> Result<usize, UsageError> {
        let mut at = from;
        if !self.takes_rows {
            return Ok(at);
        }
        while let Some(&byte) = chunk.get(at) {
            match (byte, self.state, self.frames.last()) {
                (_, State::Top, _) | (_, State::Value | State::ValueOrEnd | State::CommaOrEnd, Some(Frame::Items { .. })) => {}
                _ => break,
            }
            match byte {
                b'\n' => self.new_line(self.here(at)),
                b' ' | b'\t' | b'\r' => {}
                b',' if self.state == State::CommaOrEnd => self.next_item(),
                b'{' if self.state != State::CommaOrEnd => {
                    let levels = MAX_DEPTH.saturating_sub(self.frames.len());
                    let scanned = scan::record(chunk, at, levels, row);
                    let Some(scanned) = scanned.filter(|s| s.end.saturating_sub(at) <= MAX_RECORD) else {
                        break;
                    };
                    let (line, offset) = (self.line, self.here(at));
                    sink.row(row, &|| self.place(line, offset))?;
                    if scanned.lines > 0 {
                        self.line = line.saturating_add(scanned.lines);
                        self.line_start = self.here(scanned.line_start);
                    }
                    self.after_value();
                    at = scanned.end;
                    continue;
                }
                _ => break,
            }
            at = at.saturating_add(1);
        }
        Ok(at)
    }
}
