//! Finds records in JSON text that arrives in chunks.
//!
//! The text is an array of records, a list page (`{"data": [...]}`), or any number of records, arrays and pages one after the
//! other (newline-delimited or concatenated). The reader finds out which as it reads. A chunk may end anywhere. The reader
//! keeps no more than the record that it is in, so memory does not grow with the text.
//!
//! There are two ways to read a record. The fast path (`fast_path.rs`) reads records that lie whole in a chunk. Everything else
//! goes byte by byte through the grammar ([`Syntax`]) here: records that a chunk cuts, pages, and text that is broken.
//! `recovery.rs` finds the record after a broken value.
//!
//! A conversation is read whole, like a record, because its agent may stand after its messages. Its messages are then read by a
//! reader of their own.

use crate::error::{Code, Place, UsageError};
use crate::json::MAX_DEPTH;
use crate::json::cursor::Cursor;
use crate::json::strings::{ascii_len, line_breaks, text_len};
use crate::json::syntax::{Container, NOT_UTF8, State, Step, Syntax, foreign_beginning, too_deep};
use crate::json::utf8::Utf8;
use crate::json::value::{key_among, kind_of};
use crate::records::judge::{Defaults, Limits, message_count, messages_of};
use crate::records::page::{OpenPage, Page};
use crate::records::recovery::Recovery;
use crate::records::row::{Part, Row};
use crate::records::scan;

/// A buffer that has grown beyond this many bytes is not kept for the next record.
const MAX_IDLE_BUFFER: usize = 1 << 20;

/// Where a record came from.
pub trait Origin {
    /// Its place in the input.
    fn place(&self) -> Place;

    /// Its JSON text.
    fn text(&self) -> &[u8];
}

/// Takes what a [`Reader`] finds.
pub trait Sink {
    /// Takes the fields of a record, and its defaults: agent, number and channel.
    ///
    /// # Errors
    /// An error ends the reading.
    fn record(&mut self, row: &Row<'_>, defaults: &Defaults, origin: &dyn Origin) -> Result<(), UsageError>;

    /// Takes the fields of a conversation, and returns the defaults of its messages. `None` leaves its messages out.
    ///
    /// # Errors
    /// An error ends the reading.
    fn conversation(
        &mut self,
        row: &Row<'_>,
        defaults: &Defaults,
        origin: &dyn Origin,
    ) -> Result<Option<Defaults>, UsageError>;

    /// Takes the end of a conversation: the number of its messages, and its `messageCount`.
    fn conversation_ended(&mut self, messages: u64, stated: Option<u64>);

    /// Takes the end of a list page.
    fn page_ended(&mut self, page: Page);

    /// Takes a value that is not an object where a record should be. `kind` is its type with the article.
    ///
    /// # Errors
    /// An error ends the reading.
    fn not_object(&mut self, kind: &'static str, place: Place) -> Result<(), UsageError>;

    /// Takes the fault of a value that is not JSON.
    ///
    /// # Errors
    /// An error ends the reading. Without one the reader recovers at the next line that begins with `{`.
    fn broken(&mut self, error: UsageError) -> Result<(), UsageError>;

    /// Takes a warning about lines that the recovery skipped.
    ///
    /// # Errors
    /// An error ends the reading.
    fn skipped(&mut self, warning: UsageError) -> Result<(), UsageError>;

    /// The most bytes of one record's text.
    fn max_record(&self) -> usize {
        Limits::default().max_record_bytes
    }

    /// Is asked before the reader keeps so many bytes of a record.
    ///
    /// # Errors
    /// `out_of_memory`; an error ends the reading.
    fn may_keep(&self, _bytes: usize) -> Result<(), UsageError> {
        Ok(())
    }
}

/// A container that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// An array of records: a top-level array, or a page's `data`.
    Items {
        /// The index of the item that is being read or comes next.
        index: u64,
        /// The line in which the array began.
        line: u64,
    },
    /// An object that is a list page.
    Page(OpenPage),
    /// A record, or an object in one.
    Object,
    /// An array in a record.
    Array,
}

impl Frame {
    const fn container(self) -> Container {
        match self {
            Frame::Items { .. } | Frame::Array => Container::Array,
            Frame::Page(_) | Frame::Object => Container::Object,
        }
    }
}

/// What the reader is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Reading the text.
    Reading,
    /// Reading the rest of a byte order mark.
    Mark {
        /// The bytes that are missing.
        rest: &'static [u8],
    },
    /// Skipping what follows a broken value.
    Recovering,
}

/// The value that is being read where a record may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// How many containers are open around it.
    depth: usize,
    /// Its type with the article, unless it is an object.
    not_object: Option<&'static str>,
    /// The line in which it began.
    line: u64,
    /// The offset in the text at which it began.
    offset: u64,
    /// Whether it is known to be too long. Its text is not kept any more then.
    is_too_long: bool,
}

/// A place between two top-level values of a text, where a line begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Between {
    /// The bytes of the text before it.
    pub bytes: u64,
    /// The line feeds before it.
    pub lines: u64,
    /// The top-level values before it, broken ones among them.
    pub values: u64,
}

/// The longest spelling of a key that is read here, between its quotes: `has_more` with each letter as an escape.
const MAX_KEY: usize = 48;

/// Reads one text, chunk by chunk.
#[derive(Clone, Debug)]
pub struct Reader {
    pub(super) mode: Mode,
    pub(super) syntax: Syntax,
    pub(super) frames: Vec<Frame>,
    pub(super) record: Option<Record>,
    /// Where the record begins in this chunk. Text from earlier chunks is in `kept`.
    from: usize,
    /// The text so far of a record that began in an earlier chunk.
    pub(super) kept: Vec<u8>,
    /// The raw text of the latest key of a record or page, as far as the key could be `data`.
    key: Vec<u8>,
    /// Checks strings outside of records. The text of a record is checked at its end.
    pub(super) utf8: Utf8,
    /// The index of the top-level value that is being read or comes next.
    pub(super) top: u64,
    /// The offset in the text at which the chunk begins.
    pub(super) offset: u64,
    /// The current line, from 1.
    pub(super) line: u64,
    /// The offset in the text at which the current line begins.
    pub(super) line_start: u64,
    pub(super) recovery: Recovery,
    failed: Option<UsageError>,
    pub(super) fast_path: FastPath,
    /// The most bytes of one record's text.
    pub(super) max_record: usize,
    /// What records get where they name no agent, number or channel.
    defaults: Defaults,
    /// The pointer of the text in the whole input, if the text is a list inside another text.
    within: String,
    /// The number of items of the latest top-level array.
    top_items: u64,
    /// The offset in the text at which the latest value began.
    value_start: u64,
}

/// How far the fast path is used.
#[derive(Clone, Debug)]
pub(super) struct FastPath {
    /// Whether it is used at all.
    pub(super) is_enabled: bool,
    /// A record that a chunk cuts is tried once more with the next chunk, where the chunk has at least this many bytes.
    pub(super) retry_from: usize,
    /// The beginning of a record that waits for the next chunk. The reader stands before it.
    pub(super) waiting: Vec<u8>,
}

impl Default for Reader {
    fn default() -> Self {
        Reader::new(Defaults::default())
    }
}

impl Default for FastPath {
    fn default() -> Self {
        FastPath {
            is_enabled: true,
            retry_from: 1 << 12,
            waiting: Vec::new(),
        }
    }
}

/// What became of a byte.
pub(super) enum Outcome {
    /// It was taken.
    Taken,
    /// It ended something before it, and has to be looked at again.
    Again,
    /// It can't stand here.
    Wrong(String),
    /// The sink ends the reading.
    End(UsageError),
}

impl From<Result<(), UsageError>> for Outcome {
    fn from(sent: Result<(), UsageError>) -> Self {
        sent.map_or_else(Outcome::End, |()| Outcome::Taken)
    }
}

impl Reader {
    /// A reader that has read nothing yet. Records get what they do not name from `defaults`.
    pub fn new(defaults: Defaults) -> Self {
        Reader::with(FastPath::default(), defaults)
    }

    fn with(fast_path: FastPath, defaults: Defaults) -> Self {
        Reader {
            mode: Mode::Reading,
            syntax: Syntax::default(),
            frames: Vec::new(),
            record: None,
            from: 0,
            kept: Vec::new(),
            key: Vec::new(),
            utf8: Utf8::default(),
            top: 0,
            offset: 0,
            line: 1,
            line_start: 0,
            recovery: Recovery::default(),
            failed: None,
            fast_path,
            max_record: Limits::default().max_record_bytes,
            defaults,
            within: String::new(),
            top_items: 0,
            value_start: 0,
        }
    }

    /// The place up to which the text has been read, if the reader stands between two top-level values, and what follows can't
    /// depend on what came before.
    pub fn between(&self) -> Option<Between> {
        let is_idle = self.failed.is_none() && self.record.is_none() && self.fast_path.waiting.is_empty();
        (is_idle && self.frames.is_empty() && self.expects_record()).then_some(Between {
            bytes: self.offset,
            lines: self.line.saturating_sub(1),
            values: self.top,
        })
    }

    /// Whether the next byte is the first of a line.
    pub const fn is_at_line(&self) -> bool {
        self.line_start == self.offset
    }

    /// Goes on at another place of the text, as if all before it had been read.
    pub const fn go_on_at(&mut self, place: Between) {
        self.offset = place.bytes;
        self.line = place.lines.saturating_add(1);
        self.line_start = place.bytes;
        self.top = place.values;
    }

    /// A reader that never uses the fast path. The tests compare the fast path with it.
    #[doc(hidden)]
    pub fn slow_only() -> Self {
        let fast_path = FastPath {
            is_enabled: false,
            retry_from: 0,
            waiting: Vec::new(),
        };
        Reader::with(fast_path, Defaults::default())
    }

    /// A reader that retries every record that a chunk cuts, however short the chunk is, for tests.
    #[doc(hidden)]
    pub fn retry_always() -> Self {
        let fast_path = FastPath {
            retry_from: 1,
            ..FastPath::default()
        };
        Reader::with(fast_path, Defaults::default())
    }

    /// What records get where they name no agent, number or channel.
    pub const fn defaults(&self) -> &Defaults {
        &self.defaults
    }

    /// Reads the next chunk of the text.
    ///
    /// # Errors
    /// The sink's errors. A reader that has failed gives the same error again, because the rest of that chunk is lost.
    pub fn push(&mut self, chunk: &[u8], sink: &mut dyn Sink) -> Result<(), UsageError> {
        self.unless_failed(|reader| {
            if chunk.is_empty() {
                return Ok(());
            }
            let taken = reader.retry(chunk, sink)?;
            reader.read_chunk(chunk.get(taken..).unwrap_or_default(), true, sink)
        })
    }

    /// Ends the text. The reader is then ready for another text.
    ///
    /// # Errors
    /// The sink's errors, and `invalid_json` where a value is left open.
    pub fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), UsageError> {
        self.unless_failed(|reader| reader.end(sink))?;
        *self = Reader::with(self.fast_path.clone(), std::mem::take(&mut self.defaults));
        Ok(())
    }

    fn unless_failed(&mut self, run: impl FnOnce(&mut Self) -> Result<(), UsageError>) -> Result<(), UsageError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        run(self).inspect_err(|error| {
            self.failed = Some(error.clone());
            self.kept = Vec::new();
        })
    }

    /// Reads a chunk. `may_wait` says whether the beginning of a record at its end may wait for the next chunk.
    pub(super) fn read_chunk(&mut self, chunk: &[u8], may_wait: bool, sink: &mut dyn Sink) -> Result<(), UsageError> {
        self.from = 0;
        self.max_record = sink.max_record();
        let (mut row, mut cursor) = (Row::default(), Cursor::new(chunk, 0));
        let mut at = 0_usize;
        loop {
            at = self.read_whole_records(&mut cursor, at, may_wait, &mut row, sink)?;
            let Some(rest) = chunk.get(at..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            let skipped = self.skip_string(rest);
            if skipped > 0 {
                at = at.saturating_add(skipped);
                continue;
            }
            match self.step(chunk, at, sink) {
                Outcome::Taken => at = at.saturating_add(1),
                Outcome::Again => {}
                Outcome::Wrong(message) => self.fail_value(&message, self.here(at), sink)?,
                Outcome::End(error) => return Err(error),
            }
        }
        let end = self.here(chunk.len());
        match self.record {
            Some(record) if self.is_longer(record, end) => self.too_long(record, sink)?,
            Some(record) if record.not_object.is_none() => {
                self.keep(record, chunk.get(self.from..).unwrap_or_default(), sink)?;
            }
            _ => {}
        }
        self.offset = end;
        Ok(())
    }

    /// Whether a record that goes on at an offset of the text is too long. That goes by offsets, and not by chunks, so that the
    /// chunks do not matter.
    pub(super) const fn is_longer(&self, record: Record, here: u64) -> bool {
        record.not_object.is_none() && here.saturating_sub(record.offset) > self.max_record as u64
    }

    /// Reports a record that is too long, once. It is read to its end like any other, but not kept.
    #[inline(never)]
    pub(super) fn too_long(&mut self, record: Record, sink: &mut dyn Sink) -> Result<(), UsageError> {
        self.kept = Vec::new();
        if record.is_too_long {
            return Ok(());
        }
        let message = format!(
            "the record is longer than {} bytes, the limit maxRecordBytes",
            self.max_record
        );
        let fault = self.fault(&message, record.line, record.offset);
        self.record = Some(Record {
            is_too_long: true,
            ..record
        });
        sink.broken(UsageError {
            code: Code::InvalidRecord,
            ..fault
        })
    }

    /// Keeps more of the text of a record.
    #[inline(never)]
    fn keep(&mut self, record: Record, more: &[u8], sink: &dyn Sink) -> Result<(), UsageError> {
        let all = self.kept.len().saturating_add(more.len());
        if all > self.kept.capacity() {
            // By half, so that the places it has left can hold a later one together.
            let half = self.kept.capacity() / 2;
            let wanted = all.max(self.kept.capacity().saturating_add(half).min(self.max_record));
            let place = || self.place(record.line, record.offset);
            sink.may_keep(wanted).map_err(|error| error.at(place()))?;
            let place = place();
            let reserved = self.kept.try_reserve_exact(wanted.saturating_sub(self.kept.len()));
            reserved.map_err(|_| UsageError::out_of_memory().at(place))?;
        }
        self.kept.extend_from_slice(more);
        Ok(())
    }

    /// Forgets what was kept of a record.
    pub(super) fn forget(&mut self) {
        self.kept.clear();
        if self.kept.capacity() > MAX_IDLE_BUFFER {
            self.kept = Vec::new();
        }
    }

    pub(super) const fn here(&self, at: usize) -> u64 {
        self.offset.saturating_add(at as u64)
    }

    /// Whether the reader stands where a record, an array of records or a page may begin.
    pub(super) fn expects_record(&self) -> bool {
        self.mode == Mode::Reading
            && match self.frames.last() {
                None => self.syntax.state == State::Value,
                Some(Frame::Items { .. }) => matches!(self.syntax.state, State::Value | State::ValueOrEnd),
                _ => false,
            }
    }

    /// Whether the reader stands behind an item of an array of records.
    pub(super) fn is_behind_item(&self) -> bool {
        self.mode == Mode::Reading
            && self.syntax.state == State::CommaOrEnd
            && matches!(self.frames.last(), Some(Frame::Items { .. }))
    }

    /// Whether the text of a record that is an object is being read, and so kept.
    const fn is_in_object(&self) -> bool {
        matches!(self.record, Some(Record { not_object: None, .. }))
    }

    /// How many of the next bytes stand inside a string and need no look at each of them.
    fn skip_string(&mut self, bytes: &[u8]) -> usize {
        let State::Text { key } = self.syntax.state else {
            return 0;
        };
        if self.mode != Mode::Reading {
            return 0;
        }
        let skipped = if self.is_in_object() {
            text_len(bytes)
        } else if self.utf8.due == 0 {
            ascii_len(bytes)
        } else {
            0
        };
        if key {
            self.note_key(bytes.get(..skipped).unwrap_or_default());
        }
        skipped
    }

    /// Keeps some of a key, as far as the key could be `data`.
    #[inline(never)]
    fn note_key(&mut self, bytes: &[u8]) {
        if self.key_matters() && self.key.len() <= MAX_KEY {
            self.key.extend(bytes.iter().take(MAX_KEY.saturating_add(1)));
        }
    }

    /// Takes one byte.
    fn step(&mut self, chunk: &[u8], at: usize, sink: &mut dyn Sink) -> Outcome {
        let Some(&byte) = chunk.get(at) else {
            return Outcome::Taken;
        };
        match self.mode {
            Mode::Reading => {}
            Mode::Mark { rest } => return self.mark(byte, rest),
            Mode::Recovering => return self.resync(byte, self.here(at), sink),
        }
        match self.syntax.state {
            State::Text { .. } if byte >= 0x80 || self.utf8.due > 0 => {
                return if self.utf8.takes(byte) {
                    Outcome::Taken
                } else {
                    Outcome::Wrong(NOT_UTF8.into())
                };
            }
            State::Text { key: true } | State::Escape { key: true } | State::Hex { key: true, .. } if byte != b'"' => {
                self.note_key(&[byte]);
            }
            State::Escape { key: true } => self.note_key(&[byte]),
            State::Value if self.here(at) == 0 => {
                if byte == 0xef {
                    self.mode = Mode::Mark { rest: b"\xbb\xbf" };
                    return Outcome::Taken;
                }
                if let Some(message) = foreign_beginning(byte) {
                    return Outcome::Wrong(message.into());
                }
            }
            State::CommaOrEnd if byte == b'{' && self.has_list_ended(at) => return self.leave_containers(),
            _ => {}
        }
        if let (State::Number(_), Some(Frame::Page(page))) = (self.syntax.state, self.frames.last_mut())
            && !matches!(byte, b',' | b'}' | b' ' | b'\t' | b'\r' | b'\n')
        {
            page.next(byte);
        }
        match self
            .syntax
            .step(byte, self.frames.last().map(|frame| frame.container()))
        {
            Ok(Step::Inside) => {
                if byte == b'\n' {
                    self.new_line(self.here(at));
                }
                Outcome::Taken
            }
            Ok(Step::Key) => {
                self.key.clear();
                Outcome::Taken
            }
            Ok(Step::Begins) => self.begin(byte, chunk, at, sink),
            Ok(Step::Ends) => {
                let here = self.here(at);
                if let Some(Frame::Page(page)) = self.frames.last_mut() {
                    page.end(here == self.value_start.saturating_add(1));
                }
                self.value_ended(sink)
            }
            Ok(Step::EndedBefore) => match self.value_ended(sink) {
                Outcome::Taken => Outcome::Again,
                other => other,
            },
            Ok(Step::Comma) => {
                self.next_item();
                Outcome::Taken
            }
            Ok(Step::Closes) => self.close(chunk, at, sink),
            Err(message) => Outcome::Wrong(message),
        }
    }

    fn mark(&mut self, byte: u8, rest: &'static [u8]) -> Outcome {
        match rest.split_first() {
            Some((want, rest)) if *want == byte => {
                self.mode = if rest.is_empty() {
                    Mode::Reading
                } else {
                    Mode::Mark { rest }
                };
                Outcome::Taken
            }
            _ => Outcome::Wrong(crate::json::syntax::got(byte, "the rest of a byte order mark")),
        }
    }

    pub(super) const fn new_line(&mut self, here: u64) {
        self.line = self.line.saturating_add(1);
        self.line_start = here.saturating_add(1);
    }

    /// Whether the keys of the innermost container have a meaning: the container is a record itself, or a page.
    fn key_matters(&self) -> bool {
        match self.frames.last() {
            Some(Frame::Page(_)) => true,
            Some(Frame::Object) => self
                .record
                .is_some_and(|record| record.depth.saturating_add(1) == self.frames.len()),
            _ => false,
        }
    }

    /// Whether the latest key is `data` and has a meaning.
    fn key_is_data(&self) -> bool {
        if !self.key_matters() || self.key.len() > MAX_KEY {
            return false;
        }
        std::str::from_utf8(&self.key).is_ok_and(|key| key_among(key, &["data"]).is_some())
    }

    /// A value begins with this byte.
    fn begin(&mut self, byte: u8, chunk: &[u8], at: usize, sink: &dyn Sink) -> Outcome {
        if matches!(byte, b'{' | b'[') && self.frames.len() >= MAX_DEPTH {
            return Outcome::Wrong(too_deep());
        }
        self.value_start = self.here(at);
        if let Some(Frame::Page(page)) = self.frames.last_mut() {
            page.end(false);
            if let Some(key) = std::str::from_utf8(&self.key).ok().filter(|key| key.len() <= MAX_KEY) {
                page.begin(key, byte);
            }
        }
        let is_too_long = self.record.is_some_and(|record| self.is_longer(record, self.here(at)));
        if !is_too_long && self.key_is_data() {
            if matches!(self.frames.last(), Some(Frame::Page(_))) {
                return Outcome::Wrong(
                    "a list page has \"data\" twice, and the first one's records have been read".into(),
                );
            }
            if byte == b'[' {
                return self.begin_page(chunk.get(self.from..at).unwrap_or_default(), sink);
            }
        }
        let is_list = byte == b'[' && self.frames.is_empty();
        let may_be_record = matches!(self.frames.last(), None | Some(Frame::Items { .. }));
        if self.record.is_none() && may_be_record && !is_list {
            self.record = Some(Record {
                depth: self.frames.len(),
                not_object: (byte != b'{').then(|| kind_of(byte)),
                line: self.line,
                offset: self.here(at),
                is_too_long: false,
            });
            self.from = at;
        }
        match byte {
            b'{' => self.frames.push(Frame::Object),
            b'[' if is_list => self.begin_items(),
            b'[' => self.frames.push(Frame::Array),
            _ => {}
        }
        Outcome::Taken
    }

    fn begin_items(&mut self) {
        self.frames.push(Frame::Items {
            index: 0,
            line: self.line,
        });
    }

    /// The object that is being read is a page: its `data` begins here. Its text so far belongs to no record.
    #[inline(never)]
    fn begin_page(&mut self, text: &[u8], sink: &dyn Sink) -> Outcome {
        let text = match self.record.filter(|_| !self.kept.is_empty()) {
            None => text,
            Some(record) => {
                if let Err(error) = self.keep(record, text, sink) {
                    return Outcome::End(error);
                }
                &self.kept
            }
        };
        let Ok(text) = std::str::from_utf8(text) else {
            return Outcome::Wrong("the list page before its \"data\" is not UTF-8".into());
        };
        if let Some(innermost) = self.frames.last_mut() {
            *innermost = Frame::Page(OpenPage::of(text));
        }
        self.record = None;
        self.forget();
        self.begin_items();
        Outcome::Taken
    }

    /// Goes on to the next item where the innermost container is an array of records.
    pub(super) fn next_item(&mut self) {
        if let Some(Frame::Items { index, .. }) = self.frames.last_mut() {
            *index = index.saturating_add(1);
            self.recovery.is_unsure = false;
            self.syntax.state = State::Value;
        }
    }

    /// The innermost container ends.
    fn close(&mut self, chunk: &[u8], at: usize, sink: &mut dyn Sink) -> Outcome {
        let closed = self.frames.pop();
        let is_empty = self.syntax.state == State::ValueOrEnd;
        match (closed, self.record) {
            (Some(Frame::Items { index, .. }), _) => {
                let items = if is_empty { 0 } else { index.saturating_add(1) };
                match self.frames.last_mut() {
                    Some(Frame::Page(open)) => open.page.items = items,
                    _ => self.top_items = items,
                }
                self.after_value();
                Outcome::Taken
            }
            (Some(Frame::Page(mut open)), None) => {
                open.end(false);
                sink.page_ended(open.page());
                self.after_value();
                Outcome::Taken
            }
            (Some(Frame::Object), Some(record)) if record.depth == self.frames.len() => {
                let end = self.here(at).saturating_add(1);
                let sent = if self.is_longer(record, end) {
                    self.too_long(record, sink)
                } else {
                    self.send_record(record, chunk.get(self.from..=at).unwrap_or_default(), sink)
                };
                self.after_value();
                sent.into()
            }
            _ => self.value_ended(sink),
        }
    }

    /// The end of a value inside a record, or of a value that stands where a record should and is not an object.
    #[inline(never)]
    fn value_ended(&mut self, sink: &mut dyn Sink) -> Outcome {
        if let Some(Record {
            depth,
            not_object: Some(kind),
            line,
            offset,
            ..
        }) = self.record
            && depth == self.frames.len()
        {
            let sent = sink.not_object(kind, self.place(line, offset));
            self.after_value();
            return sent.into();
        }
        self.syntax.state = State::CommaOrEnd;
        Outcome::Taken
    }

    /// After a record, a page or an array of records.
    pub(super) fn after_value(&mut self) {
        self.record = None;
        if self.frames.is_empty() {
            self.top = self.top.saturating_add(1);
            self.syntax.state = State::Value;
        } else {
            self.syntax.state = State::CommaOrEnd;
        }
    }

    /// Gives a record to the sink. Its text is what was kept from earlier chunks, and this text.
    #[inline(never)]
    fn send_record(&mut self, record: Record, text: &[u8], sink: &mut dyn Sink) -> Result<(), UsageError> {
        if self.kept.is_empty() {
            return self.send_text(record, text, sink);
        }
        self.keep(record, text, sink)?;
        let kept = std::mem::take(&mut self.kept);
        let sent = self.send_text(record, &kept, sink);
        self.kept = kept;
        self.forget();
        sent
    }

    fn send_text(&self, record: Record, text: &[u8], sink: &mut dyn Sink) -> Result<(), UsageError> {
        // The grammar has taken the text, so the scan stops only at bytes that are not UTF-8.
        let mut row = Row::default();
        if scan::record(&mut Cursor::new(text, 0), 0, MAX_DEPTH, &mut row).is_ok() {
            return self.give(&row, text, record.line, record.offset, sink);
        }
        let before = std::str::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len);
        let line = record
            .line
            .saturating_add(line_breaks(text.get(..before).unwrap_or_default()));
        sink.broken(self.fault(NOT_UTF8, line, record.offset.saturating_add(before as u64)))
    }

    /// Gives the sink a record, or the messages of a conversation.
    #[inline]
    pub(super) fn give(
        &self,
        row: &Row<'_>,
        text: &[u8],
        line: u64,
        offset: u64,
        sink: &mut dyn Sink,
    ) -> Result<(), UsageError> {
        let has_messages = row.part(Part::Messages, b'[').is_some();
        let messages = has_messages.then(|| messages_of(row, text)).flatten();
        let origin = Found {
            reader: self,
            text,
            line,
            offset,
            is_whole: messages.is_some() && self.top == 0 && self.within.is_empty() && self.frames.is_empty(),
        };
        match messages {
            None => sink.record(row, &self.defaults, &origin),
            Some(messages) => origin.conversation(row, messages, sink),
        }
    }

    #[inline(never)]
    pub(super) fn fault(&self, message: &str, line: u64, offset: u64) -> UsageError {
        UsageError::new(Code::InvalidJson, message).at(self.place(line, offset))
    }

    /// A place in the text, with the pointer of the record that is being read or comes next.
    ///
    /// A pointer takes the text as one array of its top-level values. It takes a first array or page as the whole text, because
    /// nothing may follow.
    #[inline(never)]
    pub(super) fn place(&self, line: u64, offset: u64) -> Place {
        let depth = self.record.map_or(self.frames.len(), |record| record.depth);
        let frames = self.frames.get(..depth).unwrap_or(&self.frames);
        let mut path = self.within.clone();
        if frames.is_empty() || self.top > 0 {
            path.push_str(&format!("/{}", self.top));
        }
        let mut page = false;
        for frame in frames {
            if let Frame::Items { index: n, .. } = frame {
                path.push_str(if page { "/data/" } else { "/" });
                path.push_str(&n.to_string());
            }
            page = matches!(frame, Frame::Page(_));
        }
        Place {
            path,
            line: Some(line),
            byte_offset: Some(offset),
        }
    }

    fn end(&mut self, sink: &mut dyn Sink) -> Result<(), UsageError> {
        self.retry(&[], sink)?;
        match self.mode {
            Mode::Recovering => {
                return self.report_skipped(sink);
            }
            Mode::Mark { .. } => {
                return self.fail_value("the text ends inside a byte order mark", self.offset, sink);
            }
            Mode::Reading => {}
        }
        if self.syntax.may_end()
            && let Outcome::End(error) = self.value_ended(sink)
        {
            return Err(error);
        }
        let is_between_values = self.frames.is_empty() && self.syntax.state == State::Value;
        if is_between_values || self.recovery.is_unsure && self.is_behind_item() {
            return Ok(());
        }
        let open = self.syntax.open(self.frames.last().map(|frame| frame.container()));
        self.fail_value(&format!("the text ends inside {open}"), self.offset, sink)
    }
}

/// A record that was found.
struct Found<'a> {
    reader: &'a Reader,
    text: &'a [u8],
    line: u64,
    offset: u64,
    /// Is it a conversation at the beginning of the text? It is then taken as the whole text, as a page is.
    is_whole: bool,
}

impl Origin for Found<'_> {
    fn place(&self) -> Place {
        let mut place = self.reader.place(self.line, self.offset);
        if self.is_whole {
            place.path.clear();
        }
        place
    }

    fn text(&self) -> &[u8] {
        self.text
    }
}

impl Found<'_> {
    /// Reads the messages of a conversation. `messages` is the part of its text that is their list.
    #[inline(never)]
    fn conversation(&self, row: &Row<'_>, messages: &str, sink: &mut dyn Sink) -> Result<(), UsageError> {
        let Some(defaults) = sink.conversation(row, &self.reader.defaults, self)? else {
            return Ok(());
        };
        let before = (messages.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let skipped = self.text.get(..before).unwrap_or_default();
        let mut reader = Reader::with(FastPath::default(), defaults);
        reader.fast_path.is_enabled = self.reader.fast_path.is_enabled;
        reader.within = self.place().path;
        reader.within.push_str("/messages");
        reader.offset = self.offset.saturating_add(before as u64);
        reader.line = self.line.saturating_add(line_breaks(skipped));
        reader.read_chunk(messages.as_bytes(), false, sink)?;
        sink.conversation_ended(reader.top_items, message_count(row));
        Ok(())
    }
}
