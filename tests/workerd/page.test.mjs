/** The Worker serves the page beside the API. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { errorOf, startWorker, TOKEN } from "./support.mjs";

test("the page is served beside the API, and never in its place", async () => {
  const worker = await startWorker({ vars: { API_TOKENS: TOKEN }, objects: { "records.ndjson": "" } });
  const page = await worker.request("", { path: "/", token: null });
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-type"), /^text\/html/);
  assert.match(page.text, /<!doctype html>/i);
  assert.equal((await worker.request("", { path: "/no/such/page", token: null })).status, 404);
  errorOf(await worker.request("", { path: "/v1/no/such/path", token: null }), 404, "not_found");
  errorOf(await worker.request("?period=month", { token: null }), 401, "missing_token");
  // A browser asks for HTML when someone types the address.
  const headers = { accept: "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-mode": "navigate" };
  errorOf(await worker.request("?period=month", { token: null, headers }), 401, "missing_token");
  const description = await worker.request("", { path: "/openapi.json", token: null, headers });
  assert.deepEqual([description.status, description.headers.get("content-type")], [200, "application/json"]);
  assert.equal((await worker.request("?period=month")).status, 200);
  await worker.stop();
});
