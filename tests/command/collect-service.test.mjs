/** `collect --out URL` adds the vendor's records to a service, and says what became of them. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { recordsOf } from "../support/collect-vendor.mjs";
import { write } from "../support/packed.mjs";
import { KEY, PERIOD, serve } from "./support/collecting.mjs";
import { usage } from "./support/command.mjs";

const SERVICE_TOKEN = "uba_acme.0123456789012345678901234567890123456789012";
const env = { ...KEY, USAGE_SERVICE_TOKEN: SERVICE_TOKEN };

/** A service that keeps each upload, and fails as it is told. */
async function serveService(fail = () => undefined) {
  const uploads = [];
  const ids = new Set();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const records = Buffer.concat(chunks)
      .toString()
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    const { method, url, headers } = request;
    uploads.push({ method, url, token: headers.authorization, records });
    const failure = fail(uploads.length);
    if (failure !== undefined) {
      response.writeHead(failure.status, failure.headers).end(JSON.stringify(failure.body ?? {}));
      return;
    }
    const fresh = records.filter(({ id }) => !ids.has(id) && ids.add(id)).length;
    const sum = { counted: fresh, duplicates: records.length - fresh, notCounted: 0, invalid: 0 };
    response.writeHead(200).end(JSON.stringify(sum));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  return { uploads, url: `http://127.0.0.1:${server.address().port}` };
}

const into = (service, vendor, ...more) => ["collect", "--out", service, ...PERIOD, "--base-url", vendor, ...more];
const cwd = write({});

test("the service gets every record once, with the names of agents, and again as duplicates", async () => {
  const { account, url } = await serve();
  const service = await serveService();
  for (const [round, words] of [
    /has \d+ new records of this run, and had 0 of them before/,
    /has 0 new records of this run, and had \d+/,
  ].entries()) {
    const { stdout, stderr, status } = await usage(into(`${service.url}/usage/`, url, "--backfill", "june"), {
      cwd,
      env,
    });
    assert.equal(status, 0, stderr);
    assert.match(stderr, words);
    assert.equal(JSON.parse(stdout).complete, true);
    const own = service.uploads.splice(0);
    assert.deepEqual(
      [...new Set(own.map(({ method, url, token }) => `${method} ${url} ${token}`))],
      [`POST /usage/v1/records?backfill=june Bearer ${SERVICE_TOKEN}`],
    );
    const records = own.flatMap((upload) => upload.records);
    const there = recordsOf(account, account.calls);
    assert.deepEqual(
      records.map(({ id }) => id).sort(),
      [...there.calls.keys(), ...there.messages.keys()].sort(),
      `round ${round}`,
    );
    const names = new Map(account.agents.map(({ id, name }) => [id, name]));
    const listed = records.filter(({ agentId }) => names.has(agentId));
    assert.ok(listed.length > 10 && listed.every(({ agentId, agentName }) => agentName === names.get(agentId)));
  }
});

test("a service that is busy is asked again", async () => {
  const { url } = await serve();
  const service = await serveService((nth) => (nth < 3 ? { status: 503, headers: { "retry-after": "0" } } : undefined));
  const { stderr, status } = await usage(into(service.url, url), { cwd, env });
  assert.equal(status, 0, stderr);
  assert.ok(service.uploads.length >= 3);
  assert.equal(service.uploads[0].url, "/v1/records?backfill=collect");
});

for (const [status, body, words] of [
  [
    401,
    { error: { code: "invalid_token", message: "The token is not accepted." } },
    /The token is not accepted; check USAGE_SERVICE_TOKEN/,
  ],
  [
    403,
    { error: { code: "read_only", message: "The token may only read." } },
    /may only read; wanted a token that was made with/,
  ],
  [302, {}, /the status is 302; check the URL of --out/],
  [404, {}, /the status is 404; check the URL of --out/],
]) {
  test(`a service that answers ${status} ends the command with the reason`, async () => {
    const { url } = await serve();
    const service = await serveService(() => ({ status, body, headers: { location: "http://127.0.0.1:9/" } }));
    const { stderr, status: exit } = await usage(into(service.url, url), { cwd, env });
    assert.equal(exit, 3);
    assert.match(stderr, words);
    assert.equal(service.uploads.length, 1);
    assert.ok(!stderr.includes(SERVICE_TOKEN));
  });
}

test("what can't be a service is wrong usage, and nothing is asked", async () => {
  const { url, vendor } = await serve();
  for (const [args, given, words] of [
    [
      into("https://usage.example", url),
      KEY,
      /there is no service's token; wanted the service's token in the environment variable USAGE_SERVICE_TOKEN/,
    ],
    [into("http://usage.example", url), env, /shows the token to the network; wanted https/],
    [into("https://user:secret@usage.example", url), env, /--out is not the URL of a service/],
    [into("https://usage.example", url, "--backfill", "June 2024"), env, /--backfill can't be the name/],
    [["collect", "--out", "x.ndjson", ...PERIOD, "--backfill", "june"], env, /--backfill is for a service/],
    [
      ["collect", "--out", "-", "--from", "2024-06-01", "--to", "https://usage.example"],
      env,
      /--to is the end of the window; wanted the URL of a service with --out/,
    ],
  ]) {
    const { stderr, status } = await usage(args, { cwd, env: given });
    assert.equal(status, 2, stderr);
    assert.match(stderr, words);
    assert.ok(!stderr.includes("secret@"));
  }
  assert.equal(vendor.requests?.length ?? 0, 0);
});
