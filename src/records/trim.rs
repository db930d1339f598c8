//! Trims records: writes what counts of a message or call as a record of its own, without its text and without the number of the
//! other side.
//!
//! A trimmed record is JSON text with the field names of the vendor's lists and webhooks, so everything that reads records reads it
//! too. It is judged as the record that it was made of. Its time is in UTC, and its duration in whole seconds.

use crate::calendar::timestamp::to_wire;
use crate::records::judge::{Direction, Event, Kind};
use chrono::{DateTime, Timelike};

/// Appends the JSON text of the trimmed record of an event.
pub fn trim(event: &Event<'_>, out: &mut Vec<u8>) {
    let is_call = event.kind == Kind::Call;
    let mut object = Object::begin(out);
    match (event.webhook, is_call) {
        (true, true) => object.text("event", Some(b"agent.call_ended")),
        (true, false) => object.text("event", Some(b"agent.message")),
        (false, true) => {}
        (false, false) => object.text("type", Some(b"message")),
    }
    let (id, delivery) = match event.id.as_deref() {
        id if event.is_delivery_id => (None, id),
        id => (id, None),
    };
    object.text("deliveryId", delivery);
    object.text("agentId", event.agent_id);
    object.text("agentName", event.agent_name.filter(|_| event.agent_id.is_some()));
    object.text("phoneNumber", event.route.phone_number());
    let channel = event.route.channel();
    let channel = match &*channel {
        // These words mean the kind of a record, or a turn of a call. In another spelling they are channels.
        b"voice" => &b"Voice"[..],
        b"call" => b"Call",
        b"message" => b"Message",
        channel => channel,
    };
    let channel = Some(channel).filter(|channel| !channel.is_empty());
    if !is_call {
        object.text("channel", channel);
    }
    if event.webhook {
        object.begin_data();
    }
    let [own_id, number_id] = match (event.webhook, is_call) {
        (true, true) => ["callId", "numberId"],
        (true, false) => ["messageId", "numberId"],
        (false, _) => ["id", "phoneNumberId"],
    };
    object.text(own_id, id);
    object.text(number_id, event.route.number_id());
    object.text("direction", name_of(event.route.direction()));
    if is_call {
        object.text("type", channel);
        object.text("status", Some(event.not_completed.unwrap_or(b"completed")));
        object.text("startedAt", Some(&time(event.at)));
        if let Some(seconds) = event.seconds {
            object.key("durationSeconds");
            object.out.extend_from_slice(seconds.to_string().as_bytes());
        }
    } else {
        object.text("receivedAt", Some(&time(event.at)));
    }
    object.end(event.webhook);
}

const fn name_of(direction: Direction) -> Option<&'static [u8]> {
    match direction {
        Direction::Unknown => None,
        Direction::Inbound => Some(b"inbound"),
        Direction::Outbound => Some(b"outbound"),
        Direction::Web => Some(b"web"),
    }
}

/// A time in RFC 3339, to the millisecond. Only a JavaScript `Date` can be outside the years 0 to 9999. It becomes the first or the last
/// second of these years, which no count contains.
fn time(ms: i64) -> Vec<u8> {
    let at = DateTime::from_timestamp_millis(ms).map(|at| at.naive_utc());
    let Some(mut out) = at.and_then(to_wire).map(Vec::from) else {
        let nearest = if ms < 0 {
            "0000-01-01T00:00:00Z"
        } else {
            "9999-12-31T23:59:59Z"
        };
        return nearest.into();
    };
    let ms = at.map_or(0, |at| at.nanosecond()) / 1_000_000;
    if ms != 0 {
        out.pop();
        out.push(b'.');
        out.extend([ms / 100, ms / 10, ms].map(|digits| b'0' | (digits % 10) as u8));
        out.push(b'Z');
    }
    out
}

/// A JSON object that is being written.
struct Object<'o> {
    out: &'o mut Vec<u8>,
    is_empty: bool,
}

impl<'o> Object<'o> {
    fn begin(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Object { out, is_empty: true }
    }

    /// Writes a key and the colon.
    #[inline(never)]
    fn key(&mut self, key: &str) {
        if !std::mem::take(&mut self.is_empty) {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// Writes a field whose value is text, if there is one.
    #[inline(never)]
    fn text(&mut self, key: &str, text: Option<&[u8]>) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let Some(text) = text else { return };
        self.key(key);
        self.out.push(b'"');
        for byte in text {
            match byte {
                b'"' | b'\\' => self.out.extend_from_slice(&[b'\\', *byte]),
                0..0x20 => {
                    let digit = HEX.get(usize::from(byte & 0xf)).copied().unwrap_or(b'0');
                    self.out.extend_from_slice(b"\\u00");
                    self.out.extend_from_slice(&[b'0' | byte >> 4, digit]);
                }
                _ => self.out.push(*byte),
            }
        }
        self.out.push(b'"');
    }

    /// Begins the object `data`.
    fn begin_data(&mut self) {
        self.key("data");
        self.out.push(b'{');
        self.is_empty = true;
    }

    /// Ends the object, and `data` in it if that was begun.
    fn end(self, has_data: bool) {
        self.out.extend_from_slice(if has_data { b"}}" } else { b"}" });
    }
}
