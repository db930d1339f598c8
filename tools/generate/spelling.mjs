/** The other spelling of names: `agent_id` for `agentId`, as the vendor's Python client writes them. */

const CAMEL_CASE = /^[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+$/;

/** The name in snake_case. Names that are not in camelCase, such as those of headers, stay as they are. */
export const snakeName = (name) =>
  CAMEL_CASE.test(name) ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name;

/** A copy of a value whose keys are in snake_case, at every depth. If a field has both spellings, the one that is read is kept. */
export function inSnakeCase(value) {
  if (Array.isArray(value)) return value.map(inSnakeCase);
  if (typeof value !== "object" || value === null) return value;
  const names = Object.keys(value);
  const camel = new Set(names.filter((name) => snakeName(name) !== name).map(snakeName));
  const kept = names.filter((name) => !camel.has(name));
  return Object.fromEntries(kept.map((name) => [snakeName(name), inSnakeCase(value[name])]));
}

/** Fields that are read. */
const FIELDS = [
  "agentId",
  "agentName",
  "callId",
  "messageId",
  "startedAt",
  "endedAt",
  "durationSeconds",
  "receivedAt",
  "phoneNumberId",
  "phoneNumber",
  "numberId",
  "deliveryId",
  "conversationState",
];

/** Wrong values for the spelling that is not read. */
const UNREAD = [null, "", "?", 5, 1_717_243_200_000_000, true, {}, [], { testMode: true }, "2024-06-15T12:00:00Z"];

/**
 * A copy of a record in which some fields are in snake_case, and some are in both spellings. It counts as the record does, because
 * camelCase is read where both are.
 * @param {object} record
 * @param {import("./random.mjs").Random} random
 */
export function inMixedCase(record, random) {
  const mixed = {};
  for (const [name, value] of Object.entries(record)) {
    const isData = name === "data" && typeof value === "object" && value !== null && !Array.isArray(value);
    const inner = isData ? inMixedCase(value, random) : value;
    const place = FIELDS.includes(name) ? random.below(10) : 9;
    if (place < 3) mixed[snakeName(name)] = inner;
    else if (place === 3) Object.assign(mixed, { [name]: inner, [snakeName(name)]: random.pick(UNREAD) });
    else if (place === 4) Object.assign(mixed, { [snakeName(name)]: random.pick(UNREAD), [name]: inner });
    else mixed[name] = inner;
  }
  return mixed;
}
