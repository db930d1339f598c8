//! Deliveries of webhooks: the envelope in which a webhook tool stores a webhook, the id of the delivery, and the mark of a
//! test.
//!
//! A webhook tool such as n8n stores a request as `{headers, params, query, body}`. The record is then the `body`.

use crate::json::value::{self, Json};
use crate::records::row::{Known, Part, Row, Value};
use crate::records::scan;
use std::borrow::Cow;

/// The header that has the id of a delivery, in lower case.
const DELIVERY_HEADER: &str = "x-webhook-id";

/// Has the record an event, a type or a time of its own? Then it is not an envelope.
fn has_kind(row: &Row<'_>) -> bool {
    let is_missing = |name| row.value(name).is_missing();
    let is_absent = |name| matches!(row.value(name), Value::Absent);
    let (no_event, no_type) = (is_missing(Known::Event), is_missing(Known::Type));
    !(no_event && no_type && is_absent(Known::StartedAt) && is_absent(Known::ReceivedAt))
}

/// Replaces the row of an envelope by the row of its body. Any other row stays.
#[inline(never)]
pub(super) fn open<'t>(row: &mut Row<'t>) {
    let body = row.part(Part::Body, b'{').filter(|_| !has_kind(row));
    let Some(body) = body.and_then(|body| std::str::from_utf8(body).ok()) else {
        return;
    };
    let [event] = value::values(body, ["event"]);
    if event.is_none_or(|event| event == "null") {
        return;
    }
    let header = match header_id(row) {
        None => Value::Absent,
        Some(Cow::Borrowed(id)) => Value::Text(id.as_bytes()),
        Some(Cow::Owned(id)) => row.keep(id.as_bytes()),
    };
    let (id, delivery) = (row.value_of(Known::Id), row.value_of(Known::DeliveryId));
    row.mark_absent();
    scan::body(body.as_bytes(), row);
    row.set_enveloped();
    row.set_known(Known::HeaderId, header);
    row.set_known(Known::EnvelopeId, id);
    row.set_known(Known::EnvelopeDeliveryId, delivery);
}

/// The id of the delivery among the `headers` of a row that was read from text.
#[inline(never)]
fn header_id<'t>(row: &Row<'t>) -> Option<Cow<'t, str>> {
    let mut found = None;
    for (key, text) in value::entries(std::str::from_utf8(row.part(Part::Headers, b'{')?).ok()?) {
        let is_it = value::unescaped(key).is_some_and(|key| key.eq_ignore_ascii_case(DELIVERY_HEADER));
        if let (true, Json::Text(id)) = (is_it, value::read(text))
            && !id.is_empty()
        {
            found = Some(id);
        }
    }
    found
}

/// The id of the delivery that brought a webhook: from the headers, else from the webhook or its envelope. The field
/// `webhookId` may name the configuration of the webhook, so it is not read.
#[inline(never)]
pub(super) fn delivery_id<'r>(row: &'r Row<'r>) -> Option<Cow<'r, [u8]>> {
    const FIELDS: [Known; 5] = [
        Known::HeaderId,
        Known::Id,
        Known::EnvelopeId,
        Known::DeliveryId,
        Known::EnvelopeDeliveryId,
    ];
    let header = matches!(row.value(Known::HeaderId), Value::Absent).then(|| header_id(row));
    let mut fields = FIELDS.into_iter().map(|name| row.value(name).named());
    let header = header.flatten().map(|id| match id {
        Cow::Borrowed(id) => Cow::Borrowed(id.as_bytes()),
        Cow::Owned(id) => Cow::Owned(id.into_bytes()),
    });
    header.or_else(|| fields.find_map(|id| id).map(Cow::Borrowed))
}

/// Is the record marked as a test?
pub(super) fn is_test(row: &Row<'_>) -> bool {
    let is_set = |name| matches!(row.own(name).value, Value::True);
    is_set(Known::Test) || is_set(Known::TestMode)
}
