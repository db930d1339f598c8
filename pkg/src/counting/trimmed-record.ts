/** A message or call without its text and without the number of the other side. */
export interface TrimmedRecord {
  /**
   * The key of its id: 11 bytes, of which the first is from 0 to 63. Records of one id have one key, whichever way they came. It is a
   * hash, so keys are spread evenly. `null` for a record without an id, also without that of a delivery.
   */
  key: Uint8Array | null;
  /** Its JSON text: a record that everything here reads. Its time is in UTC, its duration in whole seconds. */
  record: string;
}

const KEY = 11;
const LINE_FEED = 10;

const decoder = new TextDecoder();

/** Splits what the core gives: for each record, 1 and its key, or 0 and as many zeros; its JSON text; a line feed. */
export function splitTrimmed(bytes: Uint8Array): TrimmedRecord[] {
  const records: TrimmedRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    const text = at + 1 + KEY;
    const end = bytes.indexOf(LINE_FEED, text);
    records.push({
      key: bytes[at] === 1 ? bytes.slice(at + 1, text) : null,
      record: decoder.decode(bytes.subarray(text, end)),
    });
    at = end + 1;
  }
  return records;
}
