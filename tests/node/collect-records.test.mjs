/** What is collected equals what there is, under every trouble; `complete` is true exactly if nothing was withheld. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Random } from "../../tools/generate/random.mjs";
import { makeAccount, makeVendor, withoutPauses } from "../support/collect-vendor.mjs";
import { assertEqualRecords, collected } from "../support/collected.mjs";

const SEEDS = Number(process.env.COLLECT_SEEDS ?? 25);
let undo;
before(() => {
  undo = withoutPauses();
});
after(() => undo());

/** Manners of a vendor that depend on the seed alone. */
function mannersOf(random) {
  const order = random.pick(["falls", "rises", "mixed"]);
  return {
    order,
    ...{ trouble: random.pick([0, 0.05, 0.25]), arrivals: random.pick([0, 20]), unfinished: random.pick([0, 7, 40]) },
    ...{ inclusive: random.chance(0.5), side: random.pick(["newest", "oldest"]), ascending: random.chance(0.5) },
    ...{ bare: random.chance(0.25), cap: random.pick([100, 100, 37]), undated: random.chance(0.5) },
  };
}

for (let seed = 1; seed <= SEEDS; seed++) {
  test(`an account with every trouble, seed ${seed}`, async () => {
    const random = new Random(seed, 73);
    const sizes = {
      calls: random.below(700),
      conversations: random.below(200),
      longest: random.pick([40, 180, 450, 700]),
    };
    const account = makeAccount(seed, { ...sizes, coarse: random.pick([1, 1000, 3_600_000]) });
    const manners = mannersOf(random);
    const vendor = makeVendor(account, manners);
    const options = { concurrency: 1 + random.below(6), verify: random.chance(0.3) };
    const { got, completeness, collection } = await collected(vendor, options);
    const told = JSON.stringify([manners, completeness]);
    for (const kind of ["calls", "messages"]) {
      assert.equal(got[kind].length, new Set(got[kind].map(({ id }) => id)).size, `records came twice: ${told}`);
    }
    // A third of the messages of a conversation have its first instant, so some instants have more than any page can have.
    const instants = completeness.shortfalls.filter(({ code }) => code === "instant");
    assert.equal(completeness.complete, instants.length === 0, told);
    if (instants.length === 0) assertEqualRecords(got, account, vendor, { isMixed: manners.order === "mixed" });
    const ids = [...collection.agents().data].map(({ id }) => id);
    assert.deepEqual(ids.sort(), account.agents.map(({ id }) => id).sort());
  });
}

for (const list of ["calls", "conversations", "messages", "agents", "numbers"]) {
  for (const how of ["hidden", "ends"]) {
    for (const order of ["falls", "rises", "mixed"]) {
      test(`${list} that are withheld are named: ${how}, ${order}`, async () => {
        for (let seed = 1; seed <= 6; seed++) {
          const account = makeAccount(seed, { calls: 300 + seed, conversations: 100, longest: 300, coarse: 1 });
          const withheld = { list, some: 1 + (seed % 2), how };
          const vendor = makeVendor(account, {
            order,
            trouble: 0.03,
            arrivals: 20 * (seed % 2),
            unfinished: 2,
            withheld,
          });
          const { completeness } = await collected(vendor);
          const named = completeness.shortfalls.filter(({ code }) => code !== "instant").map(({ list: name }) => name);
          assert.deepEqual([completeness.complete, [...new Set(named)]], [false, [list]], JSON.stringify(completeness));
          const { missing, complete } = completeness.lists.find((one) => one.list === list);
          assert.deepEqual([missing, complete], [withheld.some, false]);
        }
      });
    }
  }
}

test("more messages of one instant than a page can have are named, and the others are collected", async () => {
  for (const manners of [
    {},
    { inclusive: true },
    { side: "oldest" },
    { side: "oldest", inclusive: true },
    { ascending: true },
  ]) {
    for (const [extra, isNamed] of [
      [199, false],
      [200, false],
      [201, true],
      [450, true],
    ]) {
      const account = makeAccount(5, { calls: 10, conversations: 12, longest: 60 });
      const talk = account.conversations.reduce((most, one) =>
        one.messages.length > most.messages.length ? one : most,
      );
      const receivedAt = "2025-06-10T10:00:00.000Z";
      const made = Array.from({ length: extra }, (_, n) => ({
        id: `same_${n}`,
        body: "",
        direction: "inbound",
        receivedAt,
      }));
      const around = [
        "2025-06-10T09:59:59.999Z",
        "2025-06-10T10:00:00.001Z",
        "2025-06-30T23:59:59.999Z",
        "2025-06-01T00:00:00.000Z",
      ];
      const more = around.map((at, n) => ({ id: `near_${n}`, body: "", direction: "inbound", receivedAt: at }));
      talk.messages = [...talk.messages.filter((message) => message.receivedAt !== receivedAt), ...made, ...more];
      const vendor = makeVendor(account, manners);
      const { got, completeness } = await collected(vendor);
      const ids = new Set(got.messages.map(({ id }) => id));
      const told = JSON.stringify([manners, extra, completeness.shortfalls]);
      assert.equal(completeness.complete, !isNamed, told);
      assert.deepEqual(
        completeness.shortfalls.map(({ code }) => code),
        isNamed ? ["instant"] : [],
        told,
      );
      for (const { id } of more) assert.ok(ids.has(id), `${id}: ${told}`);
      if (isNamed) assert.equal(completeness.shortfalls[0].missing, extra - 200, told);
      else assertEqualRecords(got, account, vendor);
    }
  }
});

test("with verify, messages that no conversation has are named by their number", async () => {
  const account = makeAccount(8, { calls: 10, conversations: 30, longest: 60 });
  const vendor = makeVendor(account);
  assert.deepEqual([(await collected(vendor, { verify: true })).completeness.notes.verified], [true]);
  const hidden = { ...makeAccount(8, { calls: 10, conversations: 30, longest: 60 }) };
  const receivedAt = "2025-06-10T10:00:00Z";
  const [first] = hidden.conversations;
  // The conversation is not listed, and `total` does not count it.
  const lost = {
    ...first,
    id: "lost",
    messages: [{ id: "lost_1", body: "", direction: "inbound", receivedAt }],
    lost: true,
  };
  const other = makeVendor({ ...hidden, conversations: [...hidden.conversations, lost] });
  const fetch = async (url, init) => {
    const response = await other.fetch(url, init);
    if (!new URL(url).pathname.endsWith("/conversations")) return response;
    const page = await response.json();
    const data = page.data.filter(({ id }) => id !== "lost");
    return Response.json({ ...page, data, total: page.total - 1 });
  };
  const { completeness, got } = await collected({ ...other, fetch }, { verify: true });
  assert.deepEqual([completeness.complete, completeness.notes.verified], [false, false]);
  assert.deepEqual(
    completeness.shortfalls.map(({ code, path }) => [code, path]),
    [["unseen", `/v1/numbers/${first.phoneNumberId}/messages`]],
  );
  assert.ok(!got.messages.some(({ id }) => id === "lost_1"));
});

test("released numbers are asked for, and deleted agents are null", async () => {
  const account = makeAccount(3, { calls: 200, conversations: 40 });
  const { collection, got } = await collected(makeVendor(account));
  assert.deepEqual(
    [...collection.numbers().data].map(({ id }) => id).sort(),
    account.numbers.map(({ id }) => id).sort(),
  );
  assert.ok(got.messages.some(({ agentId }) => agentId === null));
});

test("progress names the lists, and an error that it throws comes through", async () => {
  const account = makeAccount(3, { calls: 200, conversations: 40 });
  const { progress } = await collected(makeVendor(account));
  const lists = new Set(progress.map(({ list }) => list));
  assert.deepEqual([...lists].sort(), ["agents", "calls", "conversations", "messages", "numbers"]);
  for (const [n, { requests, given }] of progress.entries()) {
    assert.ok(n === 0 || requests >= progress[n - 1].requests);
    assert.ok(n === 0 || given >= progress[n - 1].given);
  }
  const own = new Error("mine");
  await assert.rejects(
    collected(makeVendor(account), {
      onProgress: () => {
        throw own;
      },
    }),
    own,
  );
});
