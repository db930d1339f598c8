/** What the service answers to deliveries, and what it counts. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { call, message, seconds, startService } from "./service-support.mjs";

describe("receiving", () => {
  let service;
  before(async () => {
    service = await startService();
  });
  after(() => service?.stop());

  test("a signed delivery counts once", async () => {
    const { name, secret, token } = await service.account("once");
    const event = message();
    const first = await service.deliver(name, event, { secret });
    assert.deepEqual([first.status, first.json()], [200, { status: "counted" }], first.text);
    const again = await service.deliver(name, event, { secret, timestamp: seconds(-60) });
    assert.deepEqual([again.status, again.json()], [200, { status: "duplicate" }]);
    const { deliveries, counted, duplicates } = await service.ingest(token);
    assert.deepEqual({ deliveries, counted, duplicates }, { deliveries: 2, counted: 1, duplicates: 1 });
    assert.equal((await service.deliver(name, call(), { secret })).json().status, "counted");
  });
});
