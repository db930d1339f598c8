//! Recovery: finds the place at which reading goes on after a broken value.
//!
//! That place is the next line that begins with `{`. Whether a list that was open goes on there shows only after that record.

use super::reader::{Frame, Mode, Outcome, Reader, Sink};
use crate::error::{Code, Place, UsageError};
use crate::json::syntax::State;
use crate::json::utf8::Utf8;

/// Recovery after a broken value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recovery {
    /// The line of the broken value.
    line: u64,
    /// How many lines with text in them were skipped.
    skipped: u64,
    /// The last of the skipped lines.
    last: u64,
    /// Whether the broken value was an item of a list of records that began in its line, or stood in the place of a record.
    in_line: bool,
    /// Whether other records seem to follow in the line of the broken value.
    has_more: bool,
    /// The latest byte in that line that is not blank.
    before: u8,
    /// Where reading went on the last time. A value that is broken at that offset is not tried again.
    resumed_at: Option<u64>,
    /// Whether reading goes on in a list that may have ended in the broken line. A comma or a bracket after the next record
    /// shows that the list goes on; a new line that begins with `{` shows that it has ended.
    pub(super) is_unsure: bool,
}

impl Reader {
    /// Reports a broken value, and begins to look for a place at which reading can go on.
    #[inline(never)]
    pub(super) fn fail_value(&mut self, message: &str, here: u64, sink: &mut dyn Sink) -> Result<(), UsageError> {
        let too_long = self.record.filter(|record| self.is_longer(*record, here));
        let told = match too_long {
            Some(record) => self.too_long(record, sink),
            None => sink.broken(self.fault(message, self.line, here)),
        };
        // Of the lists that began in the broken line only the outermost may go on in the next line.
        let outermost = |frame: &Frame| matches!(frame, Frame::Items { line, .. } if *line == self.line);
        if let Some(at) = self.frames.iter().position(outermost) {
            self.frames.truncate(at.saturating_add(1));
        }
        while !matches!(self.frames.last(), None | Some(Frame::Items { .. })) {
            self.frames.pop();
        }
        let in_line = match self.frames.last() {
            Some(Frame::Items { line, .. }) if *line == self.line => true,
            _ => self.record.is_none(),
        };
        match self.frames.last_mut() {
            Some(Frame::Items { index, .. }) => *index = index.saturating_add(1),
            _ => self.top = self.top.saturating_add(1),
        }
        self.record = None;
        self.forget();
        self.utf8 = Utf8::default();
        self.mode = Mode::Recovering;
        self.recovery = Recovery {
            line: self.line,
            in_line,
            resumed_at: self.recovery.resumed_at,
            ..Recovery::default()
        };
        told
    }

    /// Takes a byte after a broken value. A line that begins with `{` is taken for the next record. That is right for
    /// newline-delimited text, compact or indented, and for arrays with one record a line.
    pub(super) fn resync(&mut self, byte: u8, here: u64, sink: &mut dyn Sink) -> Outcome {
        match byte {
            b'{' if here == self.line_start && self.recovery.resumed_at != Some(here) => {
                if let Err(error) = self.report_skipped(sink) {
                    return Outcome::End(error);
                }
                self.recovery.resumed_at = Some(here);
                self.recovery.is_unsure = !self.frames.is_empty();
                self.mode = Mode::Reading;
                self.syntax.state = State::Value;
                return Outcome::Again;
            }
            b'\n' => self.new_line(here),
            b' ' | b'\t' | b'\r' => {}
            _ if self.line == self.recovery.line => {
                let is_next = match self.recovery.before {
                    b'}' => true, // only a record may follow here
                    b',' | b'[' | 0 => self.recovery.in_line,
                    _ => false,
                };
                self.recovery.has_more |= byte == b'{' && is_next;
                self.recovery.before = byte;
            }
            _ if self.line > self.recovery.last => {
                self.recovery.skipped = self.recovery.skipped.saturating_add(1);
                self.recovery.last = self.line;
            }
            _ => {}
        }
        Outcome::Taken
    }

    #[inline(never)]
    pub(super) fn report_skipped(&self, sink: &mut dyn Sink) -> Result<(), UsageError> {
        let Recovery {
            line,
            skipped,
            last,
            has_more,
            ..
        } = self.recovery;
        if has_more || skipped > 0 {
            let rest = if has_more {
                "the rest of the line, which may have more records, was skipped"
            } else {
                ""
            };
            let and = if has_more && skipped > 0 { "; " } else { "" };
            let lines = match skipped {
                0 => String::new(),
                1 => format!("line {last} was skipped"),
                _ => format!("{skipped} lines were skipped, up to line {last}"),
            };
            let what = format!("{rest}{and}{lines}");
            let message = format!("after the broken value in line {line}, {what}");
            let place = Place {
                path: String::new(),
                line: Some(last.max(line)),
                byte_offset: None,
            };
            sink.skipped(UsageError::new(Code::InvalidJson, message).at(place))?;
        }
        Ok(())
    }

    /// Whether a record at the beginning of a line shows that the list, in which a value was broken, ended with that value.
    pub(super) fn has_list_ended(&self, at: usize) -> bool {
        self.recovery.is_unsure && self.here(at) == self.line_start && self.is_behind_item()
    }

    /// The list in which a value was broken has ended. The record after it, and those to come, are top-level values.
    pub(super) fn leave_containers(&mut self) -> Outcome {
        self.frames.clear();
        self.recovery.is_unsure = false;
        self.top = self.top.saturating_add(2);
        self.syntax.state = State::Value;
        Outcome::Again
    }
}
