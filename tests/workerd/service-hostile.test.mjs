/** Ten thousand deliveries that must not count: forged, broken, replayed, too large, slow, cut. Then a good one counts. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random } from "../../tools/generate/random.mjs";
import {
  call,
  delivery,
  message,
  rawRequest,
  seconds,
  startService,
  TEST_TIMEOUT,
  voiceTurn,
} from "./service-support.mjs";

const SEED = Number(process.env.HOSTILE_SEED ?? 1);
const DELIVERIES = Number(process.env.HOSTILE_DELIVERIES ?? 10_000);

/** How many are really slow. Each takes as long as the service waits for a body. */
const SLOW = 12;
const MOST_BYTES = 4096;

/** How many are sent at once. */
const AT_ONCE = 40;

/** Deliveries by their kind: how each is made, and the status and the reason that it must have. */
const KINDS = {
  "another secret": [20, (good) => ({ ...good, secret: "forged" }), 503, "bad_signature"],
  "a random signature": [10, (good, r) => ({ ...good, signature: `sha256=${hex(r, 64)}` }), 503, "bad_signature"],
  "a signature of another form": [5, (good, r) => ({ ...good, signature: formless(r) }), 503, "bad_signature"],
  "a changed body": [15, (good, r) => ({ ...good, change: (body) => changed(body, r) }), 503, "bad_signature"],
  "another time": [5, (good) => ({ ...good, signedAt: seconds(-3), timestamp: seconds() }), 503, "bad_signature"],
  "no signature": [5, (good) => ({ ...good, headers: { "x-webhook-signature": undefined } }), 401, "unsigned"],
  "no time": [3, (good) => ({ ...good, headers: { "x-webhook-timestamp": undefined } }), 401, "unsigned"],
  "a time that is not one": [5, (good, r) => ({ ...good, timestamp: timeless(r) }), 400, "bad_timestamp"],
  "an old time": [5, (good, r) => ({ ...good, timestamp: seconds(-93_700 - r.below(1e9)) }), 400, "too_old"],
  "a time to come": [3, (good, r) => ({ ...good, timestamp: seconds(400 + r.below(1e9)) }), 503, "too_new"],
  "too many bytes": [
    3,
    (good, r) => ({ ...good, event: "x".repeat(MOST_BYTES + 1 + r.below(5000)) }),
    413,
    "too_large",
  ],
  "too many bytes in chunks": [
    1,
    (good) => ({ ...good, event: "x".repeat(3 * MOST_BYTES), send: inChunks }),
    413,
    "too_large",
  ],
  "no JSON": [8, (good, r) => ({ ...good, event: noJson(r, good.event) }), 400, "not_json"],
  "a replay": [10, (_good, r, first) => ({ ...first, headers: otherId(r) }), 200, "duplicate"],
  "a message that is invalid": [5, (good, r) => ({ ...good, event: invalid(r) }), 200, "invalid"],
  "an event that counts nothing": [5, (good, r) => ({ ...good, event: uncounted(r) }), 200, "ignored"],
  "a body that is cut": [2, (good, r) => ({ ...good, send: cutting(r) }), null, "incomplete"],
  "an unknown account": [3, (good, r) => ({ ...good, account: `nobody-${r.below(50)}` }), 503, "unknown_account"],
  "another method": [
    3,
    (good, r) => ({ ...good, method: r.pick(["PUT", "PATCH", "DELETE"]) }),
    405,
    "method_not_allowed",
  ],
};

const hex = (r, length) => Array.from({ length }, () => r.below(16).toString(16)).join("");
const formless = (r) =>
  r.pick([
    "x",
    "sha256=",
    `sha1=${hex(r, 40)}`,
    hex(r, 64),
    `sha256=${hex(r, 65)}`,
    `sha256=${"z".repeat(64)}`,
    "\t, ,",
  ]);
const timeless = (r) => r.pick(["now", "-1", "1e9", "0x5f", "1.5", "NaN", "9".repeat(20), "+5"]);
const otherId = (r) => ({ "x-webhook-id": r.pick([undefined, `del_${hex(r, 8)}`, hex(r, 600)]) });

/** A byte that is changed, added or missing. */
function changed(body, r) {
  const bytes = Buffer.from(body);
  const at = r.below(bytes.length);
  switch (r.below(3)) {
    case 0:
      bytes[at] ^= 1 << r.below(8);
      return Uint8Array.from(bytes);
    case 1:
      return Uint8Array.from([...bytes.subarray(0, at), r.below(256), ...bytes.subarray(at)]);
    default:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]);
  }
}

function noJson(r, event) {
  const text = JSON.stringify(event);
  const cut = text.slice(0, r.below(text.length));
  return r.pick([
    cut,
    `${text},`,
    `[${text}]`,
    `${text} ${text}`,
    "",
    "null",
    "5",
    `"${hex(r, 9)}"`,
    text.replaceAll('"', "'"),
  ]);
}

function invalid(r) {
  const times = ["never", 5e15, "2025-06-10T10:00:00", "2025-06-10 10:00+0400", true, {}];
  const event = r.pick([
    message({ receivedAt: r.pick(times) }),
    call({ durationSeconds: r.pick([-1, 1.5e300, "long"]) }),
  ]);
  return r.chance(0.2) ? `{"event":"agent.message","data":${"[".repeat(500)}${"]".repeat(500)}}` : event;
}

function uncounted(r) {
  const event = r.pick(["agent.reaction", "agent.contact_shared", `agent.${hex(r, 5)}`, 5, null]);
  return r.pick([voiceTurn(), { ...message(), test: true }, { event, agentId: "a" }, { data: message() }]);
}

/** Sends a body in chunks, without its length. */
async function inChunks(service, path, { headers, body }) {
  async function* parts() {
    for (let at = 0; at < body.length; at += 1000) yield Buffer.from(body.slice(at, at + 1000));
  }
  return rawRequest(service.base, path, { headers, body: parts() });
}

/** Sends a part of the body, and ends the connection. */
const cutting =
  (r) =>
  (service, path, { headers, body }) => {
    const text = body.slice(0, r.below(body.length));
    return rawRequest(service.base, path, { headers, body: text, length: Buffer.byteLength(body), cut: true });
  };

/** Sends a part of the body, and leaves the connection open. */
const slowly = (service, path, { headers, body }) =>
  rawRequest(service.base, path, { headers, body: body.slice(0, 20), length: Buffer.byteLength(body) });

async function send(service, { account, event, method = "POST", change, signedAt, send: sending, ...how }) {
  const sent = delivery(event, { ...how, timestamp: signedAt ?? how.timestamp });
  if (signedAt !== undefined) sent.headers["x-webhook-timestamp"] = String(how.timestamp);
  if (change !== undefined) sent.body = change(sent.body);
  const path = `/v1/webhooks/agentphone/${account}`;
  if (sending !== undefined) return sending(service, path, sent);
  const answer = await service.request(path, { method, ...sent });
  const { error, status } = answer.json();
  return { status: answer.status, reason: error?.code ?? status };
}

describe("hostile deliveries", { timeout: 5 * TEST_TIMEOUT }, () => {
  test(`${DELIVERIES} of them count nothing, and then a good one counts, seed ${SEED}`, async () => {
    const r = new Random(SEED, 11);
    const service = await startService({ options: { maxDeliveryBytes: MOST_BYTES, readTimeoutMs: 500 } });
    try {
      const { name, secret, token } = await service.account("target");
      const first = { account: name, secret, event: message({ id: null }), id: "del_good", timestamp: seconds(-100) };
      assert.equal((await send(service, first)).reason, "counted");

      const pairs = Object.entries(KINDS).map(([kind, [weight]]) => [weight, kind]);
      const wanted = {};
      const jobs = Array.from({ length: DELIVERIES }, (_, n) => {
        const kind = n < SLOW ? "slow" : r.weighted(pairs);
        const good = { account: name, secret, event: r.chance(0.5) ? message() : call() };
        const [, make, status, reason] = KINDS[kind] ?? [0, () => ({ ...good, send: slowly }), 503, "incomplete"];
        wanted[reason] = (wanted[reason] ?? 0) + 1;
        return { kind, made: make(good, r, first), status, reason };
      });
      const queue = [...jobs];
      const works = Array.from({ length: AT_ONCE }, async () => {
        for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
          const got = await send(service, job.made);
          if (job.status !== null) assert.equal(got.status, job.status, job.kind);
          if (got.reason !== undefined) assert.equal(got.reason, job.reason, job.kind);
        }
      });
      await Promise.all(works);

      const { unknown_account, method_not_allowed, duplicate, invalid, ignored, ...refusals } = wanted;
      assert.ok(unknown_account > 0 && method_not_allowed > 0, "every kind was there");
      const sorted = (counts) => Object.entries(counts).sort();
      // A connection may end before the service has seen the request.
      const isAll = ({ refused, invalid: found, deliveries }) =>
        found === invalid &&
        deliveries === 1 + duplicate + invalid + ignored &&
        Object.entries(refusals).every(([reason, count]) => reason === "incomplete" || refused[reason] === count);
      const ingest = await service.until(token, isAll);
      const { incomplete, ...others } = ingest.refused;
      assert.ok(incomplete >= SLOW && incomplete <= refusals.incomplete);
      assert.deepEqual(
        sorted(others),
        sorted({ ...refusals, incomplete: undefined }).filter(([, count]) => count),
      );
      assert.deepEqual([ingest.counted, ingest.duplicates, ingest.notCounted], [1, duplicate, 0]);

      for (const event of [message(), call()]) {
        assert.equal((await send(service, { account: name, secret, event })).reason, "counted");
      }
      assert.equal((await service.ingest(token)).counted, 3);
      assert.ok((await service.calls()).errors.every((error) => !error.includes(secret)));
    } finally {
      await service.stop();
    }
  });
});
