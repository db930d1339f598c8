/** What goes wrong with asking the vendor: one line that says what to do, the right exit code, and never the token. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { serveVendor } from "../support/collect-http.mjs";
import { write } from "../support/packed.mjs";
import { into, KEY, makeAccount, PERIOD, serve, start, TOKEN, withoutPauses } from "./support/collecting.mjs";
import { assertFails, inTerminal } from "./support/command.mjs";

/** Requests are tried again without pauses. */
const env = { ...KEY, NODE_OPTIONS: withoutPauses() };
const html = () => new Response("<!doctype html><title>Sign in</title>", { headers: { "content-type": "text/html" } });
const error = (status, message, headers) => Response.json({ error: { message } }, { status, headers });
const NO_KEY =
  "there is no API key; wanted your AgentPhone API key in the environment variable AGENTPHONE_API_KEY, or in a file with --token-file FILE";

/** What the vendor answers, the exit code, and the line. */
const ANSWERS = [
  [
    () => error(401, "Invalid API key"),
    3,
    'GET /v1/agents: the token is not accepted (status 401, "Invalid API key"); check AGENTPHONE_API_KEY, or the file of --token-file',
  ],
  [
    () => error(403, "No access"),
    3,
    `GET /v1/agents: the token may not read this (status 403, "No access"); wanted an API key that may list the account's calls and messages`,
  ],
  [
    () => error(429, "Slow down", { "retry-after": "3600" }),
    3,
    'GET /v1/agents: too many requests (status 429, "Slow down"); try again in 3600 seconds',
  ],
  [html, 1, 'GET /v1/agents: the answer is an HTML page titled "Sign in"; check --base-url'],
  [
    () => error(404, "Not found"),
    1,
    "GET /v1/agents: the server has nothing at this path (status 404); check --base-url",
  ],
  [
    () => new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } }),
    1,
    "GET /v1/agents: the answer is a redirect, which is not followed; check --base-url",
  ],
];

for (const [answer, exit, words] of ANSWERS) {
  test(words, async () => {
    const { url } = await serve({ instead: answer });
    const cwd = write({});
    const asked = [...PERIOD, "--base-url", url];
    const commands = [into(url), ["report", "--collect", ...asked], ["collect", "--out", "-", ...asked]];
    await Promise.all(commands.map((args) => assertFails(args, exit, words, { cwd, env })));
    assert.deepEqual(readdirSync(cwd), []);
  });
}

test("a server that does not answer", async () => {
  const cwd = write({});
  const words =
    /^usage-by-agent: GET \/v1\/agents: the vendor can't be reached: .*ECONNREFUSED.*; check the network and --base-url, and try again$/;
  const { url, stop } = await serveVendor({});
  await stop();
  await assertFails(into(url), 3, words, { cwd, env });
  assert.deepEqual(readdirSync(cwd), []);
});

test("keys and addresses that can't be used end the command before anything is asked or written", async () => {
  const { url, vendor } = await serve();
  const cwd = write({ "empty.txt": "\n", "blanks.txt": "sk live", "binary.txt": Buffer.from([0, 255, 1]) });
  const before = readdirSync(cwd);
  const fails = async (exit, words, args, key = TOKEN) => {
    const options = { cwd, env: { ...env, AGENTPHONE_API_KEY: key ?? undefined } };
    const commands = [
      ["collect", "--out", "june.ndjson"],
      ["report", "--collect"],
    ];
    await Promise.all(commands.map((each) => assertFails([...each, ...PERIOD, ...args], exit, words, options)));
  };
  const ask = ["--base-url", url];
  await fails(2, NO_KEY, ask, null);
  await fails(2, NO_KEY, ask, "");
  await fails(2, NO_KEY, ask, " \n");
  await fails(
    2,
    /^usage-by-agent: AGENTPHONE_API_KEY has blanks, .*: wanted an AgentPhone API key alone/,
    ask,
    "Bearer sk_live_1",
  );
  const file = (name) => [...ask, "--token-file", name];
  await fails(3, "the file of --token-file can't be read: there is no file of that name", file("none.txt"));
  await fails(3, "the file of --token-file can't be read: it is a folder; wanted a file", file("."));
  await fails(1, /^usage-by-agent: the file of --token-file is empty: wanted an AgentPhone API key/, file("empty.txt"));
  await fails(1, /^usage-by-agent: the file of --token-file has blanks, /, file("blanks.txt"));
  await fails(1, /^usage-by-agent: the file of --token-file has blanks, /, file("binary.txt"));
  const http = "--base-url must be https, because http would show the token to the network: wanted https://…";
  await fails(2, http, ["--base-url", "http://agentphone.example"]);
  await fails(2, "--base-url must be an http or https URL", ["--base-url", "agentphone"]);
  await fails(2, "--base-url must be an http or https URL", ["--base-url", "file:///etc/passwd"]);
  await fails(2, /^usage-by-agent: --base-url may have a path, but not a user/, [
    "--base-url",
    "https://u:p@agentphone.example",
  ]);
  await fails(2, /^usage-by-agent: --sub-account-id must be 1 to 128 visible/, [...ask, "--sub-account-id", "a b"]);
  assert.equal(vendor.requests.length, 0);
  assert.deepEqual(readdirSync(cwd), before);
});

/** Answers that say the token again, each in another place. */
const ECHOES = [
  (said) => error(401, `bad ${said}`),
  (said) => error(403, `${"x".repeat(40)} ${said}`),
  (said) => error(429, said, { "retry-after": "3600" }),
  (said) => error(429, "no", { "retry-after": said }),
  (said) => new Response(`<title>${said}</title>`, { headers: { "content-type": "text/html" } }),
  (said) => Response.json({ detail: said }),
  (said) => Response.json({ data: [said], [said]: said }),
  (said) => new Response(said),
  (said) => new Response(null, { status: 302, headers: { location: `https://elsewhere.example/${said}` } }),
  (said) => error(402, said),
];

/** The shortest part of the token that would tell something. */
const PART = TOKEN.slice(0, 8);

/** Everything that a run leaves or shows. */
function tracesIn(cwd, outputs) {
  const files = readdirSync(cwd).map((name) => `${name}\n${readFileSync(join(cwd, name), "utf8")}`);
  return [...files, ...outputs].join("\n");
}

/**
 * Collects from a vendor that answers so many requests well, and then says the token. Asserts that the token is nowhere.
 *
 * @returns how often the process was looked at
 */
async function assertNoTrace(echo, after) {
  let child;
  let requests = 0;
  const processes = [];
  const { url } = await serve({
    account: makeAccount(40),
    instead: ({ headers }) => {
      for (const name of ["cmdline", "comm"]) processes.push(readFileSync(`/proc/${child.pid}/${name}`, "utf8"));
      requests += 1;
      return requests > after ? echo(headers.get("authorization")) : undefined;
    },
  });
  const cwd = write({});
  const running = start(into(url), { cwd, env });
  child = running.child;
  const { status, stdout, stderr } = await running.ended;
  const isWhole = after === Number.POSITIVE_INFINITY;
  assert.ok(isWhole ? status === 0 : [1, 3].includes(status), stderr);
  assert.equal(readdirSync(cwd).includes("june.ndjson.state"), after > 0);
  assert.ok(!tracesIn(cwd, [stdout, stderr, ...processes]).includes(PART), stderr);
  return processes.length;
}

test("the token is in no file, output, error, state or list of processes, also if the vendor says it again", async () => {
  const runs = ECHOES.flatMap((echo) => [0, 14].map((after) => assertNoTrace(echo, after)));
  for (const looks of await Promise.all(runs)) assert.ok(looks > 0);
  assert.ok((await assertNoTrace(undefined, Number.POSITIVE_INFINITY)) > 60);
});

test("the token is not shown in a terminal", async () => {
  const { url } = await serve({ account: makeAccount(41) });
  const { url: echoing } = await serve({ instead: ({ headers }) => error(401, `bad ${headers.get("authorization")}`) });
  for (const base of [url, echoing]) {
    const report = ["report", "--collect", ...PERIOD, "--base-url", base];
    for (const args of [into(base), report]) {
      const { stdout } = await inTerminal(args, { cwd: write({}), env, columns: 300 });
      assert.ok(stdout.includes("collecting:") || stdout.includes("not accepted"), stdout);
      assert.ok(!stdout.includes(PART));
    }
  }
});
