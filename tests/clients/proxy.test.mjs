/** The Worker is in front of FastAPI, and passes on FastAPI's responses without changing a byte. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, OTHER_TOKEN, PATHS, startFastApi, startProxying } from "./support.mjs";

let fastApi;
let worker;
before(async () => {
  fastApi = await startFastApi();
  worker = await startProxying(fastApi.base);
});
after(async () => {
  await worker?.stop();
  await fastApi?.stop();
});

const QUERIES = {
  "by-agent": [
    "period=week",
    "period=month",
    "period=year",
    "period=month&tz=America/New_York",
    "period=week&tz=asia%2fkolkata",
  ],
  usage: [""],
  daily: ["", "days=1", "days=365", "days=7.0", "days=0031"],
  monthly: ["", "months=1", "months=24", "months=+1_2"],
  "by-number": ["", "days=x"],
};

for (const [endpoint, queries] of Object.entries(QUERIES)) {
  for (const query of queries) {
    test(`${endpoint}?${query}`, async () => {
      const path = `${PATHS[endpoint]}?${query}`;
      const [ours, theirs] = [await ask(worker.base, path), await ask(fastApi.base, path)];
      assert.equal(theirs.status, 200, theirs.bytes.toString());
      assert.equal(ours.status, 200, ours.bytes.toString());
      assert.ok(ours.bytes.equals(theirs.bytes));
      assert.equal(ours.headers["content-type"], theirs.headers["content-type"]);
    });
  }

  test(`${endpoint}: the upstream refuses an unknown token`, async () => {
    const path = `${PATHS[endpoint]}?${queries[0]}`;
    const asked = [worker, fastApi].map(({ base }) => ask(base, path, { token: OTHER_TOKEN }));
    const [ours, theirs] = await Promise.all(asked);
    assert.deepEqual([ours.status, theirs.status], [401, 401]);
    assert.ok(ours.bytes.equals(theirs.bytes));
    assert.equal(ours.headers["www-authenticate"], theirs.headers["www-authenticate"]);
  });
}
