/** `listDeliveries` lists what the vendor says of its deliveries, each once, and ends where the list ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { listDeliveries } from "usage-by-agent/collect";

const token = "tok_deliveries-2c9e";
const json = (value, status = 200) => new Response(JSON.stringify(value), { status });

/** Everything that is listed, and the URLs that were asked. */
async function listed(answer, options = {}) {
  const urls = [];
  const fetch = async (url, { headers }) => {
    urls.push(new URL(url));
    assert.equal(new Headers(headers).get("authorization"), `Bearer ${token}`);
    return answer(new URL(url).searchParams, urls.length);
  };
  const found = [];
  for await (const page of listDeliveries({ token, fetch, retries: 0, ...options })) found.push(...page);
  return { found, urls };
}

const items = Array.from({ length: 250 }, (_, n) => ({
  id: `d${n}`,
  messageId: n % 3 === 0 ? null : `m${n}`,
  status: "delivered",
}));
const pageOf = (list) => (query) => {
  const [limit, offset] = ["limit", "offset"].map((name) => Number(query.get(name)));
  return json({ items: list.slice(offset, offset + limit), total: list.length, offset, limit });
};

test("every delivery is listed once, with the message that it told", async () => {
  const { found, urls } = await listed(pageOf(items));
  assert.deepEqual(
    found,
    items.map(({ id, messageId }) => ({ id, messageId })),
  );
  assert.deepEqual(
    urls.map(({ pathname, search }) => pathname + search),
    [
      "/v1/webhooks/deliveries?limit=100&offset=0&hours=168",
      "/v1/webhooks/deliveries?limit=100&offset=100&hours=168",
      "/v1/webhooks/deliveries?limit=100&offset=200&hours=168",
    ],
  );
});

test("new deliveries that come meanwhile move the others, and none is given twice", async () => {
  const { found } = await listed((query, nth) =>
    pageOf([...Array.from({ length: nth * 7 }, (_, n) => ({ id: `new${nth}-${n}` })), ...items])(query),
  );
  const ids = found.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(items.every(({ id }) => ids.includes(id)));
});

test("a list without a total ends with an empty page, and items without an id are left out", async () => {
  const odd = [{ id: "a", messageId: "" }, { id: "" }, { id: 7 }, null, "text", { messageId: "m" }];
  const { found, urls } = await listed((query) => json({ items: query.get("offset") === "0" ? odd : [] }), {
    hours: 5,
  });
  assert.deepEqual(found, [{ id: "a", messageId: null }]);
  assert.deepEqual(
    urls.map(({ searchParams }) => searchParams.get("offset")),
    ["0", "6"],
  );
  assert.equal(urls[0].searchParams.get("hours"), "5");
});

test("a vendor without such a list has none", async () => {
  assert.deepEqual((await listed(() => json({}, 404))).found, []);
});

for (const [what, answer, code] of [
  ["a key that is refused", () => json({}, 401), "unauthorized"],
  ["an answer that is not a list", () => json({ data: [] }), "upstream_invalid"],
  ["a vendor that fails", () => json({}, 500), "upstream_unreachable"],
]) {
  test(`${what} ends the listing`, async () => {
    await assert.rejects(listed(answer), (error) => error.code === code && !error.message.includes(token));
  });
}

test("a signal ends the listing", async () => {
  const ended = new AbortController();
  const answer = (query, nth) => {
    if (nth === 2) ended.abort();
    return pageOf(items)(query);
  };
  await assert.rejects(listed(answer, { signal: ended.signal }), { code: "aborted" });
});

test("wrong options are named", async () => {
  for (const [options, path] of [
    [null, ""],
    [{ token, hours: 0 }, "/hours"],
    [{ token, hours: 169 }, "/hours"],
    [{ token: "two words" }, "/token"],
    [{ token, window: {} }, "/window"],
    [{ token, baseUrl: "http://vendor.example" }, "/baseUrl"],
  ]) {
    const first = listDeliveries(options)[Symbol.asyncIterator]();
    await assert.rejects(first.next(), (error) => error.code === "invalid_option" && (error.path ?? "") === path, path);
  }
});
