/**
 * schemathesis generates valid and invalid requests from the document that the Worker serves. It checks the responses against the
 * document.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PATHS, schemathesis, startComputing, startFastApi, startProxying, startServing } from "./support.mjs";

test("the responses that the Worker computes fit its document", async (t) => {
  const worker = await startComputing();
  t.after(() => worker.stop());
  await judge(t, worker, 100, [...Object.values(PATHS), "/v1/usage/breakdown"]);
});

test("the responses of the service fit its document", async (t) => {
  const service = await startServing();
  t.after(() => service.stop());
  await judge(t, service, 40, [...Object.values(PATHS), "/v1/usage/breakdown"]);
});

test("the responses that the Worker passes on fit its document", async (t) => {
  const fastApi = await startFastApi();
  t.after(() => fastApi.stop());
  const worker = await startProxying(fastApi.base);
  t.after(() => worker.stop());
  await judge(t, worker, 40, Object.values(PATHS));
});

async function judge(t, worker, examples, paths) {
  const options = ["--max-examples", String(examples), "--generation-deterministic"];
  const { ok, said, counts } = await schemathesis(worker, options);
  assert.ok(ok, said);
  t.diagnostic(/\d+ generated.*/.exec(said)[0]);

  // A run without failures proves something only if each check ran on each endpoint.
  const asked = paths.map((path) => `GET ${path}`);
  assert.deepEqual(new Set(Object.keys(counts)), new Set(asked));
  for (const [endpoint, seen] of Object.entries(counts)) {
    const wanted = ["GET 200", "GET 401", "POST 405", "OPTIONS 204", "not_a_server_error", "status_code_conformance"];
    wanted.push("content_type_conformance", "response_schema_conformance", "negative_data_rejection", "ignored_auth");
    if (/by-agent|daily|monthly|breakdown/.test(endpoint)) wanted.push("GET 422");
    for (const what of wanted) assert.ok(seen[what] > 0, `${endpoint}: no ${what}`);
  }
}
