// What a collection of an account must come to.

import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { byId, recordsOf, TOKEN, WINDOW } from "./collect-vendor.mjs";
import { installed } from "./packed.mjs";

export const { askByAgent, collect } = await import(pathToFileURL(join(installed, "dist/collect.js")).href);

/** Collects everything, and checks on the way that nothing contains the token and that no other server is asked. */
export async function collected(vendor, options = {}) {
  const got = { calls: [], messages: [] };
  const progress = [];
  const onProgress = (step) => progress.push(step);
  const collection = collect({
    token: TOKEN,
    window: WINDOW,
    fetch: vendor.fetch,
    retries: 20,
    onProgress,
    ...options,
  });
  for await (const { kind, records } of collection) {
    assert.ok(records.length > 0);
    got[kind].push(...records);
  }
  assertSafe(vendor, [collection.state(), progress, collection.completeness(), [...collection.agents().data]]);
  return { got, collection, progress, completeness: collection.completeness() };
}

/** The token is nowhere in what a collection gives, and went to the vendor alone, in one header. */
export function assertSafe(vendor, given) {
  assert.ok(!JSON.stringify(given).includes(TOKEN), "the token is in something that was given out");
  assert.deepEqual(vendor.others, [], "another server was asked");
  for (const { url, method, headers, redirect } of vendor.requests) {
    assert.equal(method, "GET");
    assert.equal(redirect, "manual");
    assert.ok(!url.includes(TOKEN));
    for (const [name, value] of headers) assert.equal(value.includes(TOKEN), name === "authorization", name);
  }
}

/** What was collected equals what there is, record for record. Calls that arrived in a list without an order may be there or not. */
export function assertEqualRecords(got, account, vendor, { isMixed = false } = {}) {
  const isOld = ({ id }) => !isMixed || !id.startsWith("new_");
  const truth = recordsOf(account, vendor.calls.filter(isOld));
  const calls = byId(got.calls.filter(isOld));
  assert.deepEqual([...calls.keys()], [...truth.calls.keys()]);
  assert.deepEqual([...calls], [...truth.calls]);
  const messages = byId(got.messages);
  assert.deepEqual([...messages.keys()], [...truth.messages.keys()]);
  assert.deepEqual([...messages], [...truth.messages]);
}
