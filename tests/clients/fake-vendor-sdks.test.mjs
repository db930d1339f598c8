/** The vendor's own clients, unmodified, list everything from the fake vendor, and lose no field that they know. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AgentPhone, AgentPhoneClient, AgentPhoneError } from "agentphone";
import { FORBIDDEN_TOKEN, startVendor } from "./fake-vendor.mjs";
import { problemsOf } from "./published-types.mjs";
import { runPython } from "./support.mjs";

const SIZES = { seed: 11, agents: 23, numbers: 22, calls: 130, conversations: 45, messages: 900, tied: 0.5 };

let vendor;
before(async () => {
  vendor = await startVendor(SIZES);
});
after(() => vendor?.stop());

const clientOf = (token = vendor.token) => new AgentPhoneClient({ baseUrl: vendor.base.origin, token, maxRetries: 0 });

/** Lists by offset, in pages of 20, because npm's client has no `limit` for these lists. */
async function byOffset(list) {
  const items = [];
  for (;;) {
    const page = await list({ offset: items.length });
    items.push(...page.data);
    if (page.hasMore !== undefined) assert.equal(page.hasMore, items.length < page.total);
    if (items.length >= page.total) return items;
    assert.equal(page.data.length, 20);
  }
}

/** Lists from the newest to the oldest. Each page begins with the instant with which the last one ended. */
async function byTime(list) {
  const found = new Map();
  for (let before; ; ) {
    const page = await list({ limit: 60, before });
    const size = found.size;
    for (const message of page.data) found.set(message.id, message);
    if (!page.hasMore) return [...found.values()];
    assert.ok(found.size > size, `more than 60 messages of ${before}`);
    // One microsecond later, which a Date cannot hold.
    before = page.data
      .at(-1)
      .receivedAt.replace(/(\.(\d{6}))?Z$/, (_, __, digits = "0") =>
        digits === "999999"
          ? assert.fail("the test's seed has such a time")
          : `.${`${Number(digits) + 1}`.padStart(6, "0")}Z`,
      );
  }
}

async function listByNpm() {
  const { agents, calls, numbers, conversations } = clientOf();
  const listed = {
    agents: await byOffset((page) => agents.listAgents(page)),
    calls: await byOffset((page) => calls.listCalls(page)),
    numbers: await byOffset((page) => numbers.listNumbers(page)),
    conversations: await byOffset((page) => conversations.listConversations(page)),
    messages: {},
    numberMessages: {},
    details: [],
  };
  for (const { id } of listed.conversations) {
    listed.messages[id] = await byTime((page) =>
      conversations.getConversationMessages({ conversation_id: id, ...page }),
    );
  }
  for (const { id } of listed.numbers) {
    listed.numberMessages[id] = await byTime((page) => numbers.getMessages({ number_id: id, ...page }));
  }
  for (const { id } of listed.conversations.slice(0, 5)) {
    listed.details.push(await conversations.getConversation({ conversation_id: id, message_limit: 3 }));
  }
  return listed;
}

const ids = (records) => records.map(({ id }) => id).sort();
const isCall = ({ startedAt }) => startedAt !== undefined;

for (const older of [false, true]) {
  describe(older ? "npm's client and the older fields" : "npm's client", () => {
    let listed;
    let truth;
    before(async () => {
      await vendor.trouble({ older });
      truth = await vendor.truth();
      listed = await listByNpm();
    });

    test("lists every call and every message", () => {
      assert.deepEqual(ids(listed.calls), ids(truth.filter(isCall)));
      const messages = Object.entries(listed.messages).flatMap(([conversationId, list]) =>
        list.map(({ id }) => `${conversationId} ${id}`),
      );
      const expected = truth
        .filter((record) => !isCall(record))
        .map(({ conversationId, id }) => `${conversationId} ${id}`);
      assert.deepEqual(messages.sort(), expected.sort());
    });

    test("lists each number's messages", () => {
      for (const [id, list] of Object.entries(listed.numberMessages)) {
        assert.deepEqual(ids(list), ids(truth.filter((one) => !isCall(one) && one.phoneNumberId === id)));
      }
      assert.ok(Object.values(listed.numberMessages).flat().length > 300);
    });

    test("each record has its conversation's agent and number in the truth", () => {
      const place = new Map(listed.conversations.map((one) => [one.id, one]));
      for (const record of truth.filter((one) => !isCall(one))) {
        const { agentId, phoneNumberId } = place.get(record.conversationId);
        assert.deepEqual([record.agentId, record.phoneNumberId], [agentId, phoneNumberId]);
      }
    });

    test("counts agree: agents, active numbers, messages of conversations", () => {
      assert.equal(listed.agents.length, SIZES.agents);
      assert.equal(listed.numbers.length, SIZES.numbers);
      for (const { id, messageCount } of listed.conversations)
        assert.equal(listed.messages[id].length, messageCount, id);
    });

    test("every record is of the published type", () => {
      const of = (type, records) => {
        assert.ok(records.length > 0);
        return records.flatMap((record) => problemsOf(record, type));
      };
      const talking = listed.conversations.filter(({ lastMessageAt }) => lastMessageAt !== null);
      assert.deepEqual(
        [
          ...of("AgentResponse", listed.agents),
          ...of("CallSummary", listed.calls),
          ...of("PhoneNumberResponse", listed.numbers),
          ...of("AppRoutesConversationsConversationSummary", talking),
          ...of("MessageInConversation", Object.values(listed.messages).flat()),
          ...of("MessageResponse", Object.values(listed.numberMessages).flat()),
          ...of("ConversationDetail", listed.details),
        ],
        [],
      );
      assert.equal(talking.length, listed.conversations.length - 1); // the one without messages has no time
    });

    test("single records are those of the lists", async () => {
      const { agents, calls, numbers } = clientOf();
      const [agent] = listed.agents;
      assert.deepEqual(await agents.getAgent({ agent_id: agent.id }), agent);
      const call = await calls.getCall({ call_id: listed.calls[0].id });
      assert.deepEqual({ ...call, transcripts: undefined }, { ...listed.calls[0], transcripts: undefined });
      const [number] = listed.numbers;
      assert.deepEqual(await numbers.getNumber({ number_id: number.id }), number);
    });

    test("an agent's and a number's calls", async () => {
      const { agents, calls } = clientOf();
      const all = truth.filter(isCall);
      const agentId = listed.agents.find(({ id }) => all.some((one) => one.agentId === id)).id;
      const own = await byOffset((page) => agents.listAgentCalls({ agent_id: agentId, ...page }));
      assert.deepEqual(ids(own), ids(all.filter((call) => call.agentId === agentId)));
      const { id } = listed.numbers[0];
      const numbered = await byOffset((page) => calls.listCallsForNumber({ number_id: id, ...page }));
      assert.deepEqual(ids(numbered), ids(all.filter((call) => call.phoneNumberId === id)));
    });
  });
}

describe("npm's client", () => {
  before(() => vendor.trouble({}));

  test("filters calls", async () => {
    const { calls } = clientOf();
    const truth = (await vendor.truth()).filter(isCall);
    for (const [filter, keep] of [
      [{ status: "completed" }, (call) => call.status === "completed"],
      [{ direction: "outbound" }, (call) => call.direction === "outbound"],
      [{ type: "web" }, (call) => call.type === "web"],
      [{ search: "+14155551" }, (call) => `${call.fromNumber} ${call.toNumber}`.includes("+14155551")],
    ]) {
      const found = await byOffset((page) => calls.listCalls({ ...filter, ...page }));
      assert.deepEqual(ids(found), ids(truth.filter(keep)), JSON.stringify(filter));
      assert.ok(found.length > 0 && found.length < truth.length);
    }
  });

  test("selects a sub-account", async () => {
    const { calls, subAccounts } = clientOf();
    const { data } = await subAccounts.listSubAccounts();
    assert.deepEqual(
      data.map(({ id }) => id),
      ["sub_0000", "sub_0001"],
    );
    const [main, ...subs] = await Promise.all(
      [undefined, ...data].map(async (one) => {
        const found = await byOffset((page) => calls.listCalls({ ...page, "X-Sub-Account-Id": one?.id }));
        assert.deepEqual(ids(found), ids((await vendor.truth({ subAccount: one?.id })).filter(isCall)));
        return ids(found);
      }),
    );
    for (const own of subs) assert.ok(own.length > 0 && own.every((id) => !main.includes(id)));
  });

  test("gets the vendor's errors", async () => {
    const failure = (asked) => asked.then(assert.fail, (error) => error);
    const unauthorized = await failure(clientOf("wrong").calls.listCalls());
    assert.ok(unauthorized instanceof AgentPhoneError);
    assert.deepEqual([unauthorized.statusCode, unauthorized.body.error.type], [401, "authentication_error"]);
    const forbidden = await failure(clientOf(FORBIDDEN_TOKEN).calls.listCalls());
    assert.deepEqual([forbidden.statusCode, forbidden.body.error.type], [403, "permission_error"]);
    const missing = await failure(clientOf().agents.getAgent({ agent_id: "agt_none" }));
    assert.equal(missing.statusCode, 404);
    const number = (await clientOf().numbers.listNumbers()).data[0].id;
    const large = await failure(clientOf().numbers.getMessages({ number_id: number, limit: 201 }));
    assert.ok(large instanceof AgentPhone.UnprocessableEntityError);
    assert.equal(large.body.detail[0].type, "less_than_equal");
  });
});

describe("PyPI's client", () => {
  const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  /** An object with the fields of `known`, as PyPI's client names them. Absent fields are what its models put in their place. */
  function asKnown(value, known) {
    if (Array.isArray(known)) return (value ?? []).map((item, i) => asKnown(item, known[i]));
    if (known === null || typeof known !== "object") return value ?? null;
    return Object.fromEntries(Object.keys(known).map((name) => [name, asKnown(value[camel(name)], known[name])]));
  }

  let byPypi;
  let byNpm;
  before(async () => {
    await vendor.trouble({});
    byNpm = await listByNpm();
    byPypi = await runPython("list_all.py", { base: vendor.base.origin, token: vendor.token });
  });

  for (const way of ["sync", "async"]) {
    for (const list of ["agents", "numbers"]) {
      test(`${way}: ${list}`, () => {
        const listed = byPypi[way][list];
        assert.ok(listed.length > 0);
        assert.deepEqual(listed, asKnown(byNpm[list], listed));
      });
    }

    test(`${way}: calls`, () => {
      const { calls } = byPypi[way];
      assert.deepEqual(ids(calls), ids(byNpm.calls));
      const withoutTranscripts = byNpm.calls.map((call) => ({ transcripts: [], ...call }));
      assert.deepEqual(calls, asKnown(withoutTranscripts, calls));
    });

    test(`${way}: conversations`, () => {
      const { conversations } = byPypi[way];
      const summaries = byNpm.conversations.map((one) => ({ messages: [], ...one }));
      assert.deepEqual(conversations, asKnown(summaries, conversations));
      const { details } = byPypi[way];
      assert.deepEqual(details, asKnown(byNpm.details, details));
      assert.ok(details.some(({ messages }) => messages.length === 3));
    });

    test(`${way}: messages of conversations`, () => {
      for (const [id, messages] of Object.entries(byPypi[way].messages)) {
        assert.deepEqual(messages, asKnown(byNpm.messages[id], messages));
      }
      assert.deepEqual(Object.keys(byPypi[way].messages).sort(), ids(byNpm.conversations));
    });

    test(`${way}: messages of numbers`, () => {
      for (const [id, messages] of Object.entries(byPypi[way].numberMessages)) {
        const renamed = byNpm.numberMessages[id].map(({ from_, to, ...rest }) => ({
          ...rest,
          fromNumber: from_,
          toNumber: to,
        }));
        assert.deepEqual(messages, asKnown(renamed, messages));
      }
    });

    test(`${way}: sub-accounts`, () => {
      assert.deepEqual(
        byPypi[way].subAccounts.map(({ id }) => id),
        ["sub_0000", "sub_0001"],
      );
    });
  }
});
