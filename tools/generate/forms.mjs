/** The forms in which one record reaches a program: in either spelling, and in the envelope of a webhook tool. */
import { inMixedCase, inSnakeCase } from "./spelling.mjs";

const HEADER_NAMES = ["X-Webhook-ID", "x-webhook-id", "X-Webhook-Id", "X-WEBHOOK-ID"];

/**
 * Puts a record into one of its forms. What it counts as stays, except that an envelope's headers name a delivery.
 * @param {unknown} record
 * @param {import("./random.mjs").Random} random
 */
export function inSomeForm(record, random) {
  const spelled = random.weighted([
    [80, (value) => value],
    [11, inSnakeCase],
    [9, (value) => inMixedCase(value, random)],
  ])(record);
  const isWebhook = spelled.event !== undefined && spelled.event !== null && !Array.isArray(spelled.data);
  return isWebhook && random.chance(0.15) ? enveloped(spelled, random) : spelled;
}

/** A webhook as n8n keeps it, or another tool, which also gives it an id. */
function enveloped(body, random) {
  const headers = {
    host: "hooks.example.com",
    "content-type": "application/json",
    ...deliveryHeaders(random),
    "x-webhook-timestamp": String(1_700_000_000 + random.below(50_000_000)),
  };
  return random.weighted([
    [
      6,
      {
        headers,
        params: {},
        query: {},
        body,
        webhookUrl: "https://hooks.example.com/agentphone",
        executionMode: "production",
      },
    ],
    [2, { id: `evt_${random.hex()}`, method: "POST", path: "/", query: {}, headers, body }],
    [1, { body, headers: null, event: null, type: null, deliveryId: `dlv_${random.hex()}` }],
    [1, { headers: { "X-Webhook-ID": random.pick(["", null, 5, ["x"]]) }, delivery_id: `dlv_${random.hex()}`, body }],
  ]);
}

/** The headers by which a delivery is known. */
export function deliveryHeaders(random) {
  return { [random.pick(HEADER_NAMES)]: `dlv_${random.hex()}${random.hex()}` };
}

/** The delivery again. A proxy may write the names of headers in another case. */
export function redelivered(value, random) {
  if (typeof value.headers !== "object" || value.headers === null || !random.chance(0.5)) return value;
  const rename = (name) => (name.toLowerCase() === "x-webhook-id" ? random.pick(HEADER_NAMES) : name);
  const headers = Object.entries(value.headers).map(([name, text]) => [rename(name), text]);
  return { ...value, headers: Object.fromEntries(headers) };
}
