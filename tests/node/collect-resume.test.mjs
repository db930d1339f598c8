/** A collection that was ended anywhere goes on from its state, and comes to the same records. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Random } from "../../tools/generate/random.mjs";
import { byId, makeAccount, makeVendor, TOKEN, WINDOW, withoutPauses } from "../support/collect-vendor.mjs";
import { assertEqualRecords, assertSafe, collect, collected } from "../support/collected.mjs";

let undo;
before(() => {
  undo = withoutPauses();
});
after(() => undo());

const MANNERS = [
  { order: "falls", trouble: 0.05, arrivals: 20, unfinished: 20 },
  { order: "rises", side: "oldest", inclusive: true, undated: true },
  { order: "mixed", trouble: 0.02, unfinished: 3, ascending: true, cap: 37 },
];

/** The ways in which a loop ends early. */
const ENDS = {
  break: async (iterator) => iterator.return(),
  throw: async (iterator) => assert.rejects(iterator.throw(new Error("mine")), /mine/),
  abort: async (iterator, controller) => {
    controller.abort(new Error("enough"));
    await assert.rejects(iterator.next(), ({ code, cause }) => code === "aborted" && cause.message === "enough");
  },
};

for (const [n, manners] of MANNERS.entries()) {
  test(`ended at every page: ${JSON.stringify(manners)}`, async () => {
    const account = makeAccount(20 + n, { calls: 400, conversations: 60, longest: 450 });
    const vendor = makeVendor(account, manners);
    const got = { calls: [], messages: [] };
    const random = new Random(n, 74);
    let state;
    let last = [];
    for (let done = false, round = 0; !done; round++) {
      assert.ok(round < 2000, "it does not come to an end");
      const controller = new AbortController();
      const options = { token: TOKEN, window: WINDOW, fetch: vendor.fetch, retries: 20, signal: controller.signal };
      const collection = collect({ ...options, ...(state !== undefined && { resume: state }) });
      const iterator = collection[Symbol.asyncIterator]();
      // The page that was given out last comes again, and after it new ones.
      const pages = [];
      for (let page = 0; page < 2; page++) {
        const next = await iterator.next();
        done = next.done;
        if (done) break;
        pages.push(next.value.records);
        got[next.value.kind].push(...next.value.records);
      }
      if (!done) await ENDS[random.pick(Object.keys(ENDS))](iterator, controller);
      const isAgain = (records) => records.every(({ id }) => last.includes(id));
      assert.ok(round === 0 || pages.filter(isAgain).length <= 1, "more than one page came again");
      last = (pages.at(-1) ?? []).map(({ id }) => id);
      state = collection.state();
      assert.ok(state.length < 512 * 1024);
      assertSafe(vendor, [state, collection.completeness()]);
      if (done) assert.equal(collection.completeness().complete, true, JSON.stringify(collection.completeness()));
    }
    assertEqualRecords(got, account, vendor, { isMixed: manners.order === "mixed" });
  });
}

for (const order of ["falls", "rises", "mixed"]) {
  test(`a state knows fewer ids than a long list has, and nothing is listed twice: ${order}`, async () => {
    const account = makeAccount(41, { calls: 3000, conversations: 1500, longest: 4 });
    const [hidden, step] = [4, 9];
    const withheld = { list: "calls", some: hidden };
    const vendor = makeVendor(account, { order, arrivals: 25, ...(order === "falls" && { withheld }) });
    const got = { calls: [], messages: [] };
    let again = 0;
    let [state, collection, done] = [undefined, undefined, false];
    while (!done) {
      collection = collect({ token: TOKEN, window: WINDOW, fetch: vendor.fetch, ...(state && { resume: state }) });
      let pages = 0;
      done = true;
      for await (const { kind, records } of collection) {
        got[kind].push(...records);
        again += state !== undefined && pages === 0 ? records.length : 0;
        done = ++pages < step;
        if (!done) break;
      }
      state = collection.state();
    }
    const { lists, complete } = collection.completeness();
    const { listed, total, missing } = lists.find(({ list }) => list === "calls");
    // Calls that arrive in a list without an order may not have been seen.
    const unseen = vendor.calls.length - vendor.withheldIds.size - listed;
    assert.ok(order === "mixed" ? unseen >= 0 && unseen <= vendor.arrived : unseen === 0, `${listed} of ${total}`);
    assert.equal(missing, vendor.withheldIds.size);
    assert.equal(complete, order !== "falls");
    const talks = lists.find(({ list }) => list === "conversations");
    assert.equal(talks.listed, talks.total);
    const repeated = got.calls.length + got.messages.length - byId([...got.calls, ...got.messages]).size;
    assert.ok(repeated <= again, `${repeated} records came again, and ${again} may`);
  });
}

test("one collection goes on where its loop was left", async () => {
  const account = makeAccount(31, { calls: 300, conversations: 40 });
  const vendor = makeVendor(account);
  const collection = collect({ token: TOKEN, window: WINDOW, fetch: vendor.fetch });
  const got = { calls: [], messages: [] };
  for (let pages = 1, left = true; left; pages++) {
    left = false;
    let seen = 0;
    for await (const { kind, records } of collection) {
      got[kind].push(...records);
      if (++seen === 1 + (pages % 3)) {
        left = true;
        if (pages % 3 === 0) break;
        if (seen === 2) break;
      }
    }
    assert.ok(pages < 1000);
  }
  assertEqualRecords(got, account, vendor);
});

test("a collection that has ended gives nothing more, and its state nothing but the directory", async () => {
  const account = makeAccount(32, { calls: 100, conversations: 20 });
  const vendor = makeVendor(account);
  const { collection } = await collected(vendor);
  for await (const page of collection) assert.fail(JSON.stringify(page));
  const before = vendor.requests.length;
  const again = collect({ token: TOKEN, window: WINDOW, fetch: vendor.fetch, resume: collection.state() });
  for await (const page of again) assert.fail(JSON.stringify(page));
  assert.ok(vendor.requests.length - before <= 5);
  assert.deepEqual(again.completeness(), collection.completeness());
  assert.deepEqual(again.agents(), collection.agents());
});

test("two loops at a time are refused, and a state does not contain the token", async () => {
  const collection = collect({ token: TOKEN, window: WINDOW, fetch: makeVendor(makeAccount(33)).fetch });
  const first = collection[Symbol.asyncIterator]();
  await first.next();
  assert.ok(!collection.state().includes(TOKEN), "the token is in the state");
  await assert.rejects(collection[Symbol.asyncIterator]().next(), ({ code }) => code === "invalid_option");
  await first.return();
});

test("an account of the state that is not the token's is refused", async () => {
  const { collection } = await collected(makeVendor(makeAccount(34)));
  const other = makeAccount(35);
  const renamed = (items) => items.map((item) => ({ ...item, id: `other_${item.id}` }));
  const vendor = makeVendor({ ...other, agents: renamed(other.agents), numbers: renamed(other.numbers) });
  const resumed = collect({ token: TOKEN, window: WINDOW, fetch: vendor.fetch, resume: collection.state() });
  await assert.rejects(
    resumed[Symbol.asyncIterator]().next(),
    ({ code, path }) => code === "invalid_option" && path === "/resume",
  );
});
