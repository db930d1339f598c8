/** In front of an upstream, all requests together hold few bytes of bodies. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { mortal, pass, stopClock } from "../support/clock.mjs";
import { installed } from "../support/packed.mjs";

const { createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);

const CHUNK = 1000;
const CHUNKS = 100;
/** A response of 100 kB. Blanks may stand around JSON text. */
const ANSWER = JSON.stringify({ data: [] }).padEnd(CHUNK * CHUNKS);
const BYTES = new TextEncoder().encode(ANSWER);

let goOn;
before(() => {
  goOn = stopClock();
});
after(() => goOn());

/** A proxy whose upstream gives bodies chunk by chunk. `held` is how many bytes of bodies that have not ended were read. */
function proxied({ stated = false, ...upstream } = {}) {
  const state = { held: 0, most: 0, begun: 0, ended: 0, isStalled: false, errors: [] };
  const fetch = async () => {
    state.begun++;
    let read = 0;
    const body = new ReadableStream(
      {
        async pull(to) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (state.isStalled) return new Promise(() => {});
          if (read === BYTES.length) {
            to.close();
            state.held -= read;
            state.ended++;
            return;
          }
          to.enqueue(BYTES.subarray(read, read + CHUNK));
          read += CHUNK;
          state.held += CHUNK;
          state.most = Math.max(state.most, state.held);
        },
        cancel() {
          if (read < BYTES.length) state.held -= read;
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: stated ? { "content-length": String(BYTES.length) } : {} });
  };
  const handler = createUsageHandler({
    upstream: { baseUrl: "https://api.example", fetch, retries: 0, ...upstream },
    onError: (error) => state.errors.push(error.message),
  });
  const ask = () =>
    handler(new Request("https://edge.example/v1/usage/by-number", { headers: { authorization: "Bearer good" } }));
  return { ask, state };
}

/** Lets time pass until all bodies have ended, or a minute is over. */
async function allEnd(state, count) {
  for (let seconds = 0; state.ended < count && seconds < 60; seconds++) await pass(1000, 2);
  await pass(50);
}

for (const stated of [false, true]) {
  test(`fifty bodies at once hold the bytes of few, with their length ${stated ? "stated" : "unknown"}`, async () => {
    const maxHeldBytes = 3 * BYTES.length;
    const { ask, state } = proxied({ stated, maxHeldBytes, timeoutMs: 300_000 });
    const answers = Array.from({ length: 50 }, ask);
    await allEnd(state, 50);
    for (const answer of answers) {
      assert.equal((await answer).status, 200);
      assert.equal((await (await answer).json()).data.length, 0);
    }
    // The budget, the oldest body, and one chunk of each of the others that had been asked for.
    const bound = maxHeldBytes + BYTES.length + 50 * CHUNK;
    assert.ok(state.most > maxHeldBytes / 2 && state.most <= bound, `${state.most} of ${bound}`);
    assert.equal(state.begun, 50); // they wait while they read, and not before they ask
    const unbounded = proxied({ stated, maxHeldBytes: 1 << 30, timeoutMs: 300_000 });
    const others = Array.from({ length: 50 }, unbounded.ask);
    await allEnd(unbounded.state, 50);
    for (const answer of others) assert.equal((await answer).status, 200);
    assert.ok(unbounded.state.most > bound, `${unbounded.state.most} without a bound`);
  });
}

test("a body that waits for others until the time limit is a 503 with Retry-After", async () => {
  const { ask, state } = proxied({ stated: true, maxHeldBytes: 1, timeoutMs: 500 });
  state.isStalled = true; // the first one never ends
  const answers = [ask(), ask()];
  await pass(600, 10);
  const [first, second] = await Promise.all(answers);
  assert.deepEqual([first.status, (await first.json()).error.code], [504, "upstream_timeout"]);
  assert.deepEqual([second.status, (await second.json()).error.code], [503, "busy"]);
  assert.equal(second.headers.get("retry-after"), "1");
  assert.equal(state.errors.length, 2);
  state.isStalled = false;
  const third = ask(); // nothing is held any more
  await pass(300, 1);
  assert.equal((await third).status, 200);
});

test("bytes of a request that ended without a word are free again", async () => {
  const { ask, state } = proxied({ stated: true, maxHeldBytes: 1, timeoutMs: 300_000 });
  state.isStalled = true;
  const first = mortal(ask);
  await pass(300);
  state.isStalled = false;
  const second = ask();
  await pass(500);
  first.die();
  await pass(3000, 10);
  await pass(300);
  assert.equal((await second).status, 200);
});

test("wrong bounds are thrown when the handler is made", () => {
  for (const maxHeldBytes of [0, -1, 1.5, 2 ** 31]) {
    assert.throws(() => proxied({ maxHeldBytes }), { code: "invalid_option", path: "/upstream/maxHeldBytes" });
  }
});
