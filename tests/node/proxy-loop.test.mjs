/** Proxies: a chain that leads back to itself ends, and tokens do not cross a network unencrypted. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { installed } from "../support/packed.mjs";

const { createListsHandler, createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);

const PATHS = ["/v1/usage/by-agent?period=month", "/v1/usage", "/v1/usage/daily"];

const ask = (handler, path, headers = {}) =>
  handler(new Request(`https://edge.example${path}`, { headers: { authorization: "Bearer good", ...headers } }));

for (const retries of [0, 2, 10]) {
  test(`a proxy whose upstream is itself ends after three hops, with ${retries} retries`, async () => {
    const hops = [];
    const errors = [];
    const handler = createUsageHandler({
      upstream: {
        baseUrl: "https://edge.example",
        retries,
        fetch: (url, init) => {
          const request = new Request(url, init);
          hops.push(request.headers.get("x-usage-hops"));
          return handler(request);
        },
      },
      onError: (error) => errors.push(error.message),
    });
    for (const path of PATHS) {
      hops.length = 0;
      const answer = await ask(handler, path);
      assert.equal(answer.status, 508);
      assert.equal((await answer.json()).error.code, "loop_detected");
      assert.deepEqual(hops, ["1", "2", "3"]);
    }
    assert.ok(errors.every((message) => /leads back to this server/.test(message)));
  });
}

test("the lists' proxy ends too", async () => {
  let sent = 0;
  const handler = createListsHandler({
    upstream: {
      baseUrl: "https://edge.example",
      fetch: (url, init) => {
        sent++;
        return handler(new Request(url, init));
      },
    },
  });
  const answer = await ask(handler, "/v1/calls?limit=1");
  assert.equal(answer.status, 508);
  assert.equal(sent, 3);
});

test("the caller's count is continued, and one that can't be continued is refused", async () => {
  let sent;
  const fetch = async (_url, { headers }) => {
    sent = headers["x-usage-hops"];
    return new Response("{}", { status: 404 });
  };
  for (const make of [createUsageHandler, createListsHandler]) {
    const handler = make({ upstream: { baseUrl: "https://api.example", fetch } });
    const path = make === createUsageHandler ? PATHS[0] : "/v1/agents";
    for (const [given, want] of [
      [undefined, "1"],
      ["0", "1"],
      ["2", "3"],
      ["3", undefined],
      ["999", undefined],
      ["1, 1", undefined],
      ["-1", undefined],
      ["x", undefined],
    ]) {
      sent = undefined;
      const answer = await ask(handler, path, given === undefined ? {} : { "x-usage-hops": given });
      assert.deepEqual([answer.status, sent], [want === undefined ? 508 : 404, want], `${given}`);
    }
  }
});

test("http is for this machine, unless it is allowed", () => {
  const make = (upstream) => [createUsageHandler({ upstream }), createListsHandler({ upstream })];
  const good = [
    "http://localhost:8080",
    "http://127.0.0.1/x",
    "http://127.9.9.9",
    "http://[::1]:9",
    "http://api.localhost",
  ];
  for (const baseUrl of [...good, "https://api.example"]) make({ baseUrl });
  const bad = [
    "http://api.example",
    "http://10.0.0.1",
    "http://localhost.example",
    "http://127.0.0.1.example",
    "http://[::2]",
  ];
  for (const baseUrl of bad) {
    for (const options of [{ baseUrl }, { baseUrl, allowHttp: false }]) {
      assert.throws(() => createUsageHandler({ upstream: options }), {
        code: "invalid_option",
        path: "/upstream/baseUrl",
      });
      assert.throws(() => createListsHandler({ upstream: options }), {
        code: "invalid_option",
        path: "/upstream/baseUrl",
      });
    }
    make({ baseUrl, allowHttp: true });
  }
  for (const allowHttp of ["true", 1, null]) {
    assert.throws(() => make({ baseUrl: "https://api.example", allowHttp }), { path: "/upstream/allowHttp" });
  }
  assert.throws(() => make({ baseUrl: "ftp://api.example", allowHttp: true }), { path: "/upstream/baseUrl" });
});
