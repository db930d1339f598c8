/** Each trouble of the fake vendor does what its description says, and the same trouble again when a test is repeated. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { startVendor } from "./fake-vendor.mjs";

const SIZES = {
  seed: 5,
  now: "2025-06-18T12:00:00Z",
  window: { start: "2025-05-01T00:00:00Z", end: "2025-06-01T00:00:00Z" },
  calls: 240,
  conversations: 30,
  messages: 600,
};

let vendor;
before(async () => {
  vendor = await startVendor(SIZES);
});
after(() => vendor?.stop());
beforeEach(() => vendor.make(SIZES));

const page = async (path) => {
  const response = await vendor.get(path);
  assert.equal(response.status, 200, path);
  return response.json();
};

/** All pages of a list by offset, to its end by `hasMore`. `step` is how far the offset goes with each page. */
async function pagesOf(path, limit = 20) {
  const pages = [];
  for (let more = true; more; ) {
    assert.ok(pages.length < 100, "the list has no end");
    pages.push(await page(`${path}?limit=${limit}&offset=${pages.length * limit}`));
    more = pages.at(-1).hasMore;
  }
  return pages;
}

const itemsOf = (pages) => pages.flatMap(({ data }) => data);
const ids = (records) => records.map(({ id }) => id);
const isCall = ({ startedAt }) => startedAt !== undefined;
const statusesOf = async (paths) => {
  const statuses = [];
  for (const path of paths) {
    const response = await vendor.get(path, { redirect: "manual" });
    statuses.push(response.status);
    await response.arrayBuffer();
  }
  return statuses;
};
const PATHS = Array.from({ length: 40 }, (_, i) => `/v1/calls?limit=1&offset=${i}`);
const repeat = (path, count) => Array.from({ length: count }, () => path);

describe("paging", () => {
  for (const [path, fallback, most] of [
    ["/v1/agents", 20, 100],
    ["/v1/calls", 20, 100],
    ["/v1/numbers", 20, 100],
    ["/v1/conversations", 20, 100],
    ["/v1/sub-accounts", 20, 100],
  ]) {
    test(`${path}: ${fallback} without a limit, ${most} at most`, async () => {
      await vendor.make({ agents: 130, numbers: 130, calls: 130, conversations: 130, subAccounts: 130 });
      const all = await page(`${path}?limit=${most}`);
      assert.deepEqual([all.data.length, all.hasMore, all.total], [most, true, 130]);
      assert.deepEqual(ids((await page(path)).data), ids(all.data.slice(0, fallback)));
      const rest = await page(`${path}?limit=${most}&offset=${most}`);
      assert.deepEqual([rest.data.length, rest.hasMore], [30, false]);
      assert.deepEqual((await page(`${path}?offset=130`)).data, []);
      for (const [query, type] of [
        [`limit=${most + 1}`, "less_than_equal"],
        ["limit=0", "greater_than_equal"],
        ["offset=-1", "greater_than_equal"],
        ["limit=ten", "int_parsing"],
      ]) {
        const response = await vendor.get(`${path}?${query}`);
        assert.equal(response.status, 422, query);
        assert.equal((await response.json()).detail[0].type, type);
      }
    });
  }

  test("messages: 50 without a limit, 200 at most; message_limit 50 and 100", async () => {
    await vendor.make({ conversations: 1, numbers: 1, releasedNumbers: 0, messages: 300 });
    const [conversation] = (await page("/v1/conversations")).data;
    const [number] = (await page("/v1/numbers")).data;
    for (const path of [`/v1/conversations/${conversation.id}/messages`, `/v1/numbers/${number.id}/messages`]) {
      assert.equal((await page(path)).data.length, 50);
      const most = await page(`${path}?limit=200`);
      assert.deepEqual([most.data.length, most.hasMore], [200, true]);
      const last = await page(`${path}?limit=100&before=${most.data.at(-1).receivedAt}`);
      assert.equal(last.hasMore, false);
      const exact = await page(`${path}?limit=${last.data.length}&before=${most.data.at(-1).receivedAt}`);
      assert.deepEqual(exact, last);
      assert.equal((await vendor.get(`${path}?limit=201`)).status, 422);
      assert.equal((await vendor.get(`${path}?before=yesterday`)).status, 422);
    }
    const one = `/v1/conversations/${conversation.id}`;
    assert.equal((await page(one)).messages.length, 50);
    assert.equal((await page(`${one}?message_limit=100`)).messages.length, 100);
    assert.equal((await vendor.get(`${one}?message_limit=101`)).status, 422);
  });

  for (const inclusive of [false, true]) {
    for (const order of ["newest", "newest-ascending", "oldest"]) {
      test(`before and after, ${order}, ${inclusive ? "inclusive" : "exclusive"}`, async () => {
        await vendor.trouble({ messageLists: { order, inclusive } });
        const [{ id }] = (await page("/v1/conversations?offset=5")).data;
        const all = (await vendor.truth()).filter(({ conversationId }) => conversationId === id);
        const times = all.map(({ receivedAt }) => receivedAt).sort((a, b) => micros(a) - micros(b));
        const [after, before] = [times[Math.floor(times.length / 4)], times[Math.floor((times.length * 3) / 4)]].map(
          micros,
        );
        const inside = all.filter(({ receivedAt }) => {
          const at = micros(receivedAt);
          return inclusive ? at >= after && at <= before : at > after && at < before;
        });
        const query = new URLSearchParams({ after: written(after), before: written(before), limit: 200 });
        const got = await page(`/v1/conversations/${id}/messages?${query}`);
        assert.deepEqual(ids(got.data).sort(), ids(inside).sort());
        assert.equal(got.hasMore, false);
        query.set("limit", 2);
        const two = await page(`/v1/conversations/${id}/messages?${query}`);
        const shown = got.data.map(({ receivedAt }) => micros(receivedAt));
        assert.deepEqual(
          shown,
          shown.toSorted((a, b) => (order === "newest" ? b - a : a - b)),
        );
        assert.deepEqual(ids(two.data), ids(order === "newest-ascending" ? got.data.slice(-2) : got.data.slice(0, 2)));
        assert.equal(two.hasMore, true);
      });
    }
  }

  /** Microseconds. A `Date` holds milliseconds only. */
  const micros = (time) => {
    const [, seconds, fraction = ""] = time.match(/^(.*?)(?:\.(\d+))?Z$/);
    return Date.parse(`${seconds}Z`) * 1000 + Number(fraction.padEnd(6, "0"));
  };
  const written = (at) => {
    const whole = new Date(Math.floor(at / 1e6) * 1000).toISOString().slice(0, 19);
    return `${whole}.${String(at % 1e6).padStart(6, "0")}Z`;
  };

  test("conversations are ordered by lastMessageAt, the newest first", async () => {
    const times = itemsOf(await pagesOf("/v1/conversations")).map(({ lastMessageAt }) => lastMessageAt ?? "");
    const at = times.map((time) => (time ? micros(time) : 0));
    assert.deepEqual(
      at,
      at.toSorted((a, b) => b - a),
    );
    assert.equal(times.length, SIZES.conversations);
  });
});

describe("accounts", () => {
  test("equal sizes give equal accounts, another seed another one", async () => {
    const first = await vendor.truth();
    await vendor.make(SIZES);
    assert.deepEqual(await vendor.truth(), first);
    await vendor.make({ ...SIZES, seed: 6 });
    assert.notDeepEqual(await vendor.truth(), first);
    assert.equal(first.length, SIZES.calls + SIZES.messages);
  });

  test("records are inside the window, outside and exactly at its edges, and many have equal times", async () => {
    const [start, end] = [SIZES.window.start, SIZES.window.end].map(Date.parse);
    const times = (await vendor.truth()).map(({ startedAt, receivedAt }) => startedAt ?? receivedAt);
    const at = times.map(Date.parse);
    for (const edge of [start, end]) assert.ok(at.includes(edge));
    assert.ok(at.some((time) => time < start - 1000) && at.some((time) => time > end + 1000));
    assert.ok(at.filter((time) => time >= start && time < end).length > at.length / 3);
    assert.ok(new Set(times).size < times.length * 0.95);
    assert.ok(at.every((time) => time <= Date.parse(SIZES.now)));
  });

  test("calls have every status, no agent, no number; messages have every channel and direction", async () => {
    const truth = await vendor.truth();
    const values = (list, name) => [...new Set(list.map((one) => one[name]))].map(String).sort();
    const calls = truth.filter(isCall);
    assert.deepEqual(values(calls, "status"), [
      "busy",
      "canceled",
      "completed",
      "failed",
      "in-progress",
      "no-answer",
      "ringing",
    ]);
    assert.deepEqual(values(calls, "direction"), ["inbound", "outbound", "web"]);
    assert.ok(calls.some(({ agentId }) => agentId === null));
    for (const call of calls) assert.equal(call.phoneNumberId === null, call.type === "web");
    const messages = truth.filter((one) => !isCall(one));
    assert.deepEqual(values(messages, "channel"), ["imessage", "mms", "rcs", "sms", "whatsapp"]);
    assert.deepEqual(values(messages, "direction"), ["inbound", "outbound"]);
    assert.ok(messages.some(({ status }) => status === "failed"));
  });

  test("equal times lie across the edges of pages", async () => {
    await vendor.make({ ...SIZES, tied: 0.9, conversations: 2 });
    const [{ id }] = (await page("/v1/conversations")).data;
    const times = (await page(`/v1/conversations/${id}/messages?limit=200`)).data.map(({ receivedAt }) => receivedAt);
    assert.ok([20, 40, 50, 60, 80, 100].some((edge) => times[edge - 1] === times[edge]));
  });

  test("sameInstant: more messages of one instant than a page can hold", async () => {
    await vendor.make({ ...SIZES, sameInstant: 250 });
    const messages = (await vendor.truth()).filter(({ receivedAt }) => receivedAt);
    const same = (one) => (other) => one.conversationId === other.conversationId && one.receivedAt === other.receivedAt;
    const first = messages.find((one) => messages.filter(same(one)).length >= 250);
    const { conversationId: conversation, receivedAt: at } = first;
    const after = at.includes(".") ? at.replace("0Z", "1Z") : at.replace("Z", ".000001Z");
    const newest = await page(`/v1/conversations/${conversation}/messages?limit=200&before=${after}`);
    assert.equal(newest.data.length, 200);
    assert.ok(newest.data.every(({ receivedAt }) => receivedAt === at));
    assert.equal(newest.hasMore, true);
  });

  test("released numbers are not listed, can be asked for, and their conversations exist", async () => {
    const listed = ids((await page("/v1/numbers?limit=100")).data);
    const conversations = (await page("/v1/conversations?limit=100")).data;
    const released = conversations.map(({ phoneNumberId }) => phoneNumberId).filter((id) => !listed.includes(id));
    assert.ok(released.length > 0);
    assert.equal((await page(`/v1/numbers/${released[0]}`)).status, "released");

    await vendor.change({ numbers: [listed[0]] });
    assert.ok(!ids((await page("/v1/numbers?limit=100")).data).includes(listed[0]));
    assert.equal((await page(`/v1/numbers/${listed[0]}`)).status, "released");
    assert.deepEqual((await page("/v1/conversations?limit=100")).data, conversations);
  });

  test("a deleted agent is cleared from all its records", async () => {
    const before = await vendor.truth();
    const { agentId } = before.find((one) => one.agentId !== null);
    await vendor.change({ agents: [agentId] });
    assert.equal((await vendor.get(`/v1/agents/${agentId}`)).status, 404);
    assert.equal((await vendor.get(`/v1/agents/${agentId}/calls`)).status, 404);
    assert.ok(!ids((await page("/v1/agents?limit=100")).data).includes(agentId));
    const after = await vendor.truth();
    assert.deepEqual(
      after.map((one) => one.agentId),
      before.map((one) => (one.agentId === agentId ? null : one.agentId)),
    );
    const response = await fetch(new URL("/_control", vendor.base), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ delete: [agentId] }),
    });
    assert.equal(response.status, 404); // it is gone
  });

  test("X-Sub-Account-Id selects a sub-account", async () => {
    const { data } = await page("/v1/sub-accounts");
    const headers = { "x-sub-account-id": data[1].id };
    const { total, data: calls } = await (await vendor.get("/v1/calls", { headers })).json();
    assert.equal(total, SIZES.calls / 10);
    assert.equal((await vendor.get(`/v1/calls/${calls[0].id}`)).status, 404);
    assert.equal((await vendor.get(`/v1/calls/${calls[0].id}`, { headers })).status, 200);
    assert.equal((await vendor.get("/v1/calls", { headers: { "x-sub-account-id": "sub_none" } })).status, 404);
  });
});

describe("lists that change or lie", () => {
  test("callOrder: newest first, or an order that means nothing and does not change", async () => {
    const newest = itemsOf(await pagesOf("/v1/calls"));
    const falling = (list) =>
      list.every((one, i) => i === 0 || one.startedAt.slice(0, 19) <= list[i - 1].startedAt.slice(0, 19));
    assert.ok(falling(newest));
    await vendor.trouble({ callOrder: "shuffled" });
    const shuffled = itemsOf(await pagesOf("/v1/calls"));
    assert.ok(!falling(shuffled));
    assert.deepEqual(ids(itemsOf(await pagesOf("/v1/calls"))), ids(shuffled));
    assert.deepEqual(ids(shuffled).sort(), ids(newest).sort());
  });

  for (const [where, at] of [
    ["outside the window", undefined],
    ["inside the window", "2025-05-20T00:00:00Z"],
  ]) {
    test(`arrivals come to the front, ${where}, and shift the offsets`, async () => {
      await vendor.trouble({
        arrivals: { every: 2, calls: 3, conversations: 1, messages: 2, batches: 4, ...(at && { at }) },
      });
      const pages = await pagesOf("/v1/calls");
      const listed = ids(itemsOf(pages));
      assert.ok(new Set(listed).size < listed.length, "pages overlap");
      const existing = ids((await vendor.truth({ arrived: false })).filter(isCall));
      for (const id of existing) assert.ok(listed.includes(id));
      assert.equal(pages.at(-1).total, SIZES.calls + 4 * 3);

      const all = await vendor.truth();
      const known = new Set(ids(await vendor.truth({ arrived: false })));
      const arrived = all.filter(({ id }) => !known.has(id));
      assert.equal(arrived.length, 4 * (3 + 1 + 2));
      for (const { startedAt, receivedAt } of arrived) {
        assert.ok((startedAt ?? receivedAt).startsWith((at ?? SIZES.now).slice(0, 13)));
      }
      const front = (await page("/v1/calls")).data.slice(0, 12);
      assert.deepEqual(ids(front), ids(arrived.filter(isCall)).reverse());
      assert.equal((await page("/v1/conversations")).total, SIZES.conversations + 4);
    });
  }

  test("unfinished: a call is in progress when first seen, and final when asked again", async () => {
    await vendor.trouble({ unfinished: { share: 0.3, times: 2 } });
    const truth = new Map((await vendor.truth()).map((one) => [one.id, one]));
    const first = itemsOf(await pagesOf("/v1/calls"));
    const hidden = first.filter((call) => call.durationSeconds === null && truth.get(call.id).durationSeconds !== null);
    assert.ok(hidden.length > 30);
    for (const call of hidden) assert.deepEqual([call.status, call.endedAt], ["in-progress", null]);
    assert.equal((await page(`/v1/calls/${hidden[0].id}`)).status, "in-progress"); // the second time
    const { transcripts: _, ...asked } = await page(`/v1/calls/${hidden[0].id}`);
    assert.deepEqual(asked, truth.get(hidden[0].id));
    await pagesOf("/v1/calls");
    assert.deepEqual(
      itemsOf(await pagesOf("/v1/calls")),
      first.map(({ id }) => truth.get(id)),
    );
  });

  test("short, holes: items are withheld, total and messageCount count them", async () => {
    const whole = itemsOf(await pagesOf("/v1/calls"));
    await vendor.trouble({ short: { share: 0.2 } });
    const pages = await pagesOf("/v1/calls");
    const listed = itemsOf(pages);
    assert.ok(listed.length < whole.length && listed.length > whole.length / 2);
    assert.equal(pages.length, whole.length / 20); // hasMore is true to the end
    assert.ok(pages.every(({ total }) => total === whole.length));
    assert.deepEqual(itemsOf(await pagesOf("/v1/calls")), listed);
    const conversations = itemsOf(await pagesOf("/v1/conversations"));
    assert.ok(conversations.length < SIZES.conversations);
    let [missing, count] = [0, 0];
    for (const { id, messageCount } of conversations) {
      const { data, hasMore } = await page(`/v1/conversations/${id}/messages?limit=200`);
      assert.equal(hasMore, false);
      missing += messageCount - data.length;
      count += messageCount;
    }
    assert.ok(missing > 0 && missing < count / 2);
  });

  test("short, end: the last page says that there is no more", async () => {
    await vendor.trouble({ short: { share: 0.25, how: "end", lists: ["calls", "messages"] } });
    const pages = await pagesOf("/v1/calls");
    assert.equal(itemsOf(pages).length, SIZES.calls * 0.75);
    assert.deepEqual([pages.at(-1).hasMore, pages.at(-1).total], [false, SIZES.calls]);
    const conversation = (await page("/v1/conversations?limit=100")).data.find(({ messageCount }) => messageCount > 20);
    const { data, hasMore } = await page(`/v1/conversations/${conversation.id}/messages?limit=200`);
    assert.equal(data.length, conversation.messageCount - Math.floor(conversation.messageCount * 0.25));
    assert.equal(hasMore, false);
  });

  test("older: agents have no hasMore, and calls no direction", async () => {
    await vendor.trouble({ older: true });
    assert.deepEqual(Object.keys(await page("/v1/agents")).sort(), ["data", "total"]);
    assert.ok((await page("/v1/calls")).data.every((call) => !("direction" in call) && !("type" in call)));
  });
});

describe("transport", () => {
  test("failures: a share of the requests, by seed, in any order", async () => {
    const settings = (seed) => ({ failures: { share: 0.3, seed } });
    await vendor.trouble(settings(1));
    const first = await statusesOf(PATHS);
    assert.ok(first.includes(200) && first.some((status) => status >= 500));
    assert.ok(first.every((status) => [200, 500, 502, 503, 504].includes(status)));
    await vendor.trouble(settings(1));
    assert.deepEqual((await statusesOf(PATHS.toReversed())).reverse(), first);
    await vendor.trouble(settings(2));
    assert.notDeepEqual(await statusesOf(PATHS), first);
  });

  test("first, after, times and path limit a trouble", async () => {
    const statuses = (failures, paths) => vendor.trouble({ failures }).then(() => statusesOf(paths));
    const one = repeat("/v1/calls", 4);
    assert.deepEqual(await statuses({ first: 2, statuses: [503] }, one), [503, 503, 200, 200]);
    assert.deepEqual(await statuses({ after: 3, statuses: [500] }, one), [200, 200, 200, 500]);
    assert.deepEqual(await statuses({ times: 1, statuses: [502] }, one), [502, 200, 200, 200]);
    assert.deepEqual(await statuses({ path: "agents$", statuses: [500] }, ["/v1/calls", "/v1/agents"]), [200, 500]);
    assert.equal((await vendor.requests()).troubles.failures, 1);
  });

  test("rateLimit: 429 with Retry-After in seconds, as a date, or without", async () => {
    await vendor.trouble({ rateLimit: { first: 1, seconds: 2 } });
    const limited = await vendor.get("/v1/calls");
    assert.deepEqual([limited.status, limited.headers.get("retry-after")], [429, "2"]);
    assert.equal((await limited.json()).error.type, "rate_limit_error");
    assert.equal((await vendor.get("/v1/calls")).status, 200);
    await vendor.trouble({ rateLimit: { retryAfter: "date", seconds: 3600 } });
    const dated = await vendor.get("/v1/calls");
    assert.match(dated.headers.get("retry-after"), /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    await vendor.trouble({ rateLimit: { retryAfter: null } });
    assert.equal((await vendor.get("/v1/calls")).headers.get("retry-after"), null);
  });

  test("refuse: 401 or 403 after some requests", async () => {
    await vendor.trouble({ refuse: { after: 2 } });
    assert.deepEqual(await statusesOf(repeat("/v1/calls", 4)), [200, 200, 401, 401]);
    await vendor.trouble({ refuse: { status: 403, path: "^/v1/conversations" } });
    assert.deepEqual(await statusesOf(["/v1/calls", "/v1/conversations"]), [200, 403]);
  });

  test("cut: a body that is shorter than its Content-Length", async () => {
    await vendor.trouble({ cut: { first: 1 } });
    const response = await vendor.get("/v1/calls");
    assert.equal(response.status, 200);
    await assert.rejects(response.text());
    assert.equal((await page("/v1/calls")).data.length, 20);
  });

  test("cut: half of a JSON text", async () => {
    const whole = await (await vendor.get("/v1/calls")).text();
    await vendor.trouble({ cut: { how: "json" } });
    const response = await vendor.get("/v1/calls");
    const text = await response.text();
    assert.equal(Number(response.headers.get("content-length")), Buffer.byteLength(text));
    assert.ok(text.length > 100 && whole.startsWith(text) && text.length < whole.length);
    assert.throws(() => JSON.parse(text), SyntaxError);
  });

  for (const part of ["head", "body"]) {
    test(`slow: waits before the end of the ${part}, until the client goes`, async () => {
      await vendor.trouble({ slow: { milliseconds: 60_000, part, path: "calls" } });
      const aborter = new AbortController();
      const asked = vendor.get("/v1/calls", { signal: aborter.signal });
      if (part === "body") {
        const reader = (await asked).body.getReader();
        assert.ok((await reader.read()).value.length > 0); // the first half has come
        const rest = reader.read();
        aborter.abort();
        await assert.rejects(rest, { name: "AbortError" });
      } else {
        // Others are answered while it waits.
        assert.equal((await vendor.get("/v1/agents?limit=1")).status, 200);
        aborter.abort();
        await assert.rejects(asked, { name: "AbortError" });
      }
    });
  }

  test("html: a proxy's page with 200 or 502", async () => {
    for (const status of [200, 502]) {
      await vendor.trouble({ html: { status } });
      const response = await vendor.get("/v1/calls");
      assert.equal(response.status, status);
      assert.match(response.headers.get("content-type"), /^text\/html/);
      assert.match(await response.text(), /^<!doctype html>/);
    }
  });

  test("redirect: to another origin, with path and query", async (t) => {
    const other = await startVendor({ calls: 1, messages: 0 });
    t.after(() => other.stop());
    await vendor.trouble({ redirect: { to: other.base.origin } });
    const response = await vendor.get("/v1/calls?limit=3", { redirect: "manual" });
    assert.equal(response.status, 302);
    assert.equal(response.headers.get("location"), `${other.base.origin}/v1/calls?limit=3`);
    assert.equal((await other.requests()).total, 0);
    await vendor.get("/v1/calls?limit=3"); // fetch follows it
    assert.equal((await other.requests()).paths["/v1/calls"], 1);
  });
});

describe("control", () => {
  test("requests are logged with their headers", async () => {
    await vendor.get("/v1/calls?limit=1", { headers: { "x-sub-account-id": "sub_0000" } });
    await vendor.get("/v1/agents", { token: "wrong" });
    const { total, paths, requests } = await vendor.requests();
    assert.deepEqual([total, paths], [2, { "/v1/calls": 1, "/v1/agents": 1 }]);
    const [first, second] = requests;
    assert.deepEqual([first.method, first.query, first.status, second.status], ["GET", "limit=1", 200, 401]);
    assert.equal(first.headers.authorization, `Bearer ${vendor.token}`);
    assert.equal(first.headers["x-sub-account-id"], "sub_0000");
  });

  test("a misspelt trouble or size is refused", async () => {
    for (const wanted of [
      { trouble: {} },
      { troubles: { failure: {} } },
      { account: { call: 1 } },
      { troubles: { html: { path: "(" } } },
    ]) {
      await assert.rejects(vendor.control(wanted), /extra_forbidden|value_error/);
    }
  });

  test("reset makes the account anew, without troubles", async () => {
    const before = await vendor.truth();
    await vendor.trouble({ arrivals: { every: 1, calls: 5 } });
    await page("/v1/calls");
    assert.equal((await vendor.truth()).length, before.length + 5);
    await vendor.reset();
    assert.deepEqual(await vendor.truth(), before);
    assert.equal((await vendor.requests()).total, 0);
    assert.equal((await page("/v1/calls")).total, SIZES.calls);
  });

  test("the largest account", async () => {
    await vendor.make({ calls: 50_000, messages: 100_000, conversations: 3_000, subAccounts: 1 });
    const truth = await vendor.truth();
    assert.equal(truth.length, 150_000);
    assert.equal(new Set(ids(truth)).size, 150_000);
    const last = await page("/v1/calls?limit=100&offset=49950");
    assert.deepEqual([last.data.length, last.hasMore], [50, false]);
  });
});
