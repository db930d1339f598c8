/** What `serve` answers, to whom, and how it starts and ends. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { agentsPage, generate, render } from "../../tools/generate.mjs";
import { makeAccount, recordsOf, TOKEN, WINDOW } from "../support/collect-vendor.mjs";
import { folder, installed, packed, run, write } from "../support/packed.mjs";
import { assertFails, message, outputOf, script, usage } from "./support/command.mjs";
import { CLOCK, raw, serve } from "./support/serve.mjs";

const NOW = "2024-06-15T12:00:00Z";
const TZ = "America/New_York";
const RECORDS = { seed: 11, agents: 12, start: "2024-04-01T00:00:00Z", end: "2024-07-01T00:00:00Z", invalid: 0 };
const ACCOUNT = {
  plan: { name: "Pro" },
  numbers: { used: 1, limit: 5, remaining: 4 },
  stats: { totalWebhookDeliveries: 7 },
};

function recordsAs(format, seed) {
  const options = { ...RECORDS, seed, count: 400, multiline: format !== "ndjson" };
  return [...render(generate(options), { format, seed })].join("");
}

/** Each endpoint with a query, and what the package answers from a rollup. */
const QUESTIONS = {
  "/v1/usage/by-agent?period=month&tz=Asia/Kolkata": (rollup, more) =>
    rollup.byAgent({ period: "month", tz: "Asia/Kolkata", now: NOW, ...more }),
  "/v1/usage/by-agent?period=month&offset=-1": (rollup, more) =>
    rollup.byAgent({ period: "month", tz: TZ, now: NOW, offset: -1, ...more }),
  "/v1/usage/by-agent?period=week": (rollup, more) => rollup.byAgent({ period: "week", tz: TZ, now: NOW, ...more }),
  "/v1/usage/daily?days=90": (rollup) => rollup.daily({ days: 90, tz: TZ, now: NOW }),
  "/v1/usage/monthly": (rollup) => rollup.monthly({ tz: TZ, now: NOW }),
  "/v1/usage/by-number": (rollup) => rollup.byNumber(),
  "/v1/usage": (rollup) => rollup.usage({ account: ACCOUNT, tz: TZ, now: NOW }),
};

test("each endpoint answers what the package computes from the same input, byte for byte", async () => {
  const [lines, array, zipped, piped] = [
    recordsAs("ndjson", 1),
    recordsAs("array", 2),
    recordsAs("page", 3),
    recordsAs("ndjson", 4),
  ];
  const names = agentsPage(RECORDS);
  const cwd = write({
    "lines.ndjson": lines.trimEnd(),
    "array.json": array,
    "zipped.gz": Buffer.concat([gzipSync(zipped), gzipSync(lines)]), // the lines come twice
    "agents.json": JSON.stringify(names),
    "account.json": JSON.stringify(ACCOUNT),
  });
  const files = ["lines.ndjson", "array.json", "zipped.gz", "-"];
  const options = ["--agents", "agents.json", "--account", "account.json", "--include-idle", "--week-start", "sunday"];
  const server = await serve([...files, ...options, ...CLOCK], { cwd, input: piped });
  const rollup = new packed.UsageRollup({ onInvalid: "skip" });
  for (const text of [piped, lines, array, zipped, lines]) rollup.push(text);
  assert.ok(rollup.diagnostics().counted > 100 && rollup.diagnostics().duplicates > 100);
  for (const [path, answer] of Object.entries(QUESTIONS)) {
    const more = { agents: names, includeIdle: true, weekStart: "sunday" };
    assert.equal(await server.answer(path), JSON.stringify(answer(rollup, more)), path);
  }
  assert.equal(await server.answer("/openapi.json"), (await server.ask("/openapi.json", {})).text);
  rollup.free();
  await server.stop();
});

test("the answer is the report of the command for the same files", async () => {
  const cwd = write({ "a.ndjson": recordsAs("ndjson", 5), "b.json": recordsAs("array", 6) });
  const report = await outputOf(["report", "a.ndjson", "b.json", "--period", "month", ...CLOCK], { cwd });
  const server = await serve(["a.ndjson", "b.json", ...CLOCK], { cwd });
  assert.equal(await server.answer("/v1/usage/by-agent?period=month"), report);
  await server.stop();
});

const cwd = write({ "june.ndjson": message("m1") });

test("the endpoints demand the token that is printed, as the handler does", async () => {
  const server = await serve(["june.ndjson", ...CLOCK], { cwd });
  const { createUsageHandler } = await import(join(installed, "dist/handler.js"));
  const handler = createUsageHandler({ records: () => [], authorize: (token) => token === server.token });
  const path = "/v1/usage/by-agent?period=month";
  const headers = [{}, { authorization: "Bearer wrong" }, { authorization: `Basic ${server.token}` }];
  headers.push({ authorization: `Bearer ${server.token}x` }, { authorization: `Bearer ${server.token.slice(0, -1)}` });
  for (const given of headers) {
    const wanted = await handler(new Request(`${server.origin}${path}`, { headers: given }));
    const got = await server.ask(path, given);
    assert.equal(got.status, 401);
    assert.equal(got.text, await wanted.text());
    assert.equal(got.headers.get("www-authenticate"), wanted.headers.get("www-authenticate"));
  }
  const twice = await raw(server.origin + path, { headers: { authorization: [`Bearer ${server.token}`, "Bearer x"] } });
  assert.equal(twice.status, 401);
  assert.equal(await server.messages(), 1);
  await server.stop();
});

test("a token is new at each start, and is in nothing but the printed lines", async () => {
  const servers = await Promise.all([0, 1].map(() => serve(["june.ndjson", ...CLOCK], { cwd })));
  assert.notEqual(servers[0].token, servers[1].token);
  for (const server of servers) {
    assert.match(server.token, /^[\w-]{43}$/);
    await server.ask("/v1/usage", { authorization: "Bearer wrong" });
    await server.messages();
    const { pid } = server.child;
    for (const name of ["cmdline", "environ"])
      assert.ok(!readFileSync(`/proc/${pid}/${name}`, "latin1").includes(server.token), name);
    assert.ok(!server.said.stderr.includes(server.token));
    assert.equal(server.said.stdout.split(server.token).length, 3); // the page's address, and the line for curl
    await server.stop();
  }
  for (const name of readdirSync(cwd)) assert.equal(readFileSync(join(cwd, name), "utf8"), message("m1"));
});

test("the printed line for curl works, and its arguments do not contain the token", async () => {
  const own = { USAGE_BY_AGENT_SERVE_TOKEN: "my-own-token.0123456789" };
  for (const env of [{}, own]) {
    const server = await serve(["june.ndjson", ...CLOCK], { cwd, env });
    const line = /^The answers: (.*)$/m.exec(server.said.stdout)[1];
    const bin = write({ curl: `#!/bin/sh\necho "$*" >> arguments\nPATH='${process.env.PATH}' exec curl "$@"\n` });
    await run("chmod", ["+x", join(bin, "curl")]);
    const path = `${bin}${delimiter}${process.env.PATH}`;
    const { status, stdout, stderr } = await run("sh", ["-c", line], { cwd: bin, env: { ...env, PATH: path } });
    assert.equal(status, 0, stderr);
    assert.equal(stdout, await server.answer("/v1/usage/by-agent?period=month"));
    assert.ok(!readFileSync(join(bin, "arguments"), "utf8").includes(server.token));
    await server.stop();
  }
});

test("a token of the environment is accepted and not printed", async () => {
  const USAGE_BY_AGENT_SERVE_TOKEN = "my-own-token.0123456789";
  const server = await serve(["june.ndjson", ...CLOCK], { cwd, env: { USAGE_BY_AGENT_SERVE_TOKEN } });
  assert.equal(await server.messages(), 1);
  assert.ok(!`${server.said.stdout}${server.said.stderr}`.includes(USAGE_BY_AGENT_SERVE_TOKEN));
  await server.stop();
  for (const wrong of ["short", "sixteen characters and blanks", "'; echo 0123456789"]) {
    const env = { USAGE_BY_AGENT_SERVE_TOKEN: wrong };
    const { status, stderr } = await usage(["serve", "june.ndjson"], { cwd, env });
    assert.equal(status, 2);
    assert.match(stderr, /^usage-by-agent: USAGE_BY_AGENT_SERVE_TOKEN can't be used: wanted [^\n]+\n$/);
    assert.ok(!stderr.includes(wrong));
  }
});

test("other hosts' names are refused, and other origins may not read", async () => {
  const server = await serve(["june.ndjson", ...CLOCK], { cwd });
  const { port } = new URL(server.origin);
  const headers = { authorization: `Bearer ${server.token}` };
  const path = "/v1/usage/by-agent?period=month";
  for (const host of [
    "evil.example",
    `evil.example:${port}`,
    "127.0.0.1",
    "localhost:1",
    `127.0.0.1.evil.example:${port}`,
  ]) {
    for (const asked of ["/", "/openapi.json", path]) {
      const { status, text } = await raw(server.origin + asked, { headers: { ...headers, host } });
      assert.equal(status, 421, `${host} ${asked}`);
      assert.equal(JSON.parse(text).error.code, "wrong_host");
    }
  }
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`])
    assert.equal((await raw(server.origin + path, { headers: { ...headers, host } })).status, 200, host);
  const nameless = connect(port, "127.0.0.1").end("GET / HTTP/1.0\r\n\r\n");
  const [first] = await once(createInterface(nameless), "line");
  assert.match(first, /^HTTP\/1\.1 421 /);
  for (const method of ["GET", "OPTIONS"]) {
    const sent = { ...headers, origin: "https://evil.example", "access-control-request-method": "GET" };
    const got = await raw(server.origin + path, { method, headers: sent });
    assert.ok([200, 204].includes(got.status));
    assert.equal(got.headers["access-control-allow-origin"], undefined);
  }
  await server.stop();
});

test("the server listens on the loopback interface alone", async () => {
  const server = await serve(["june.ndjson", ...CLOCK], { cwd });
  const port = Number(new URL(server.origin).port).toString(16).toUpperCase().padStart(4, "0");
  const sockets = ["tcp", "tcp6"].flatMap((name) => readFileSync(`/proc/net/${name}`, "utf8").split("\n"));
  const listening = sockets.map((line) => line.trim().split(/\s+/)).filter((fields) => fields[3] === "0A");
  const addresses = listening.map((fields) => fields[1]).filter((address) => address.endsWith(`:${port}`));
  assert.deepEqual(addresses, [`0100007F:${port}`]);
  await server.stop();
});

test("paths and methods that do not exist are answered as the handler does, and no other file is served", async () => {
  const server = await serve(["june.ndjson", ...CLOCK], { cwd });
  const paths = [
    "/nothing",
    "/../package.json",
    "/assets/../../../package.json",
    "/%2e%2e/package.json",
    "//june.ndjson",
  ];
  paths.push(
    "/june.ndjson",
    "/files.json",
    "/package/package.json",
    "/package/dist/command.js",
    "/__proto__",
    "/constructor",
  );
  for (const path of paths) {
    const { status, text } = await raw(server.origin, { path });
    assert.equal(status, 404, path);
    assert.equal(JSON.parse(text).error.code, "not_found");
  }
  for (const method of ["POST", "PUT", "DELETE", "TRACE", "PROPFIND"]) {
    const { status, headers } = await raw(server.origin, { method, path: "/v1/usage" });
    assert.deepEqual([status, headers.allow], [405, "GET, HEAD, OPTIONS"], method);
  }
  for (const path of ["http://evil.example/", "*"])
    assert.equal((await raw(server.origin, { path })).status, 400, path);
  const head = await raw(server.origin, { method: "HEAD" });
  assert.deepEqual([head.status, head.text], [200, ""]);
  await server.stop();
});

test("every file of the page has the page's policy, and the module comes from the package", async () => {
  const server = await serve(["june.ndjson", ...CLOCK], { cwd });
  const list = JSON.parse(readFileSync(join(installed, "dist/www/files.json"), "utf8"));
  const given = readFileSync(new URL("../../www/public/_headers", import.meta.url), "utf8");
  const [, policy] = /Content-Security-Policy: (.+)/.exec(given);
  for (const [path, { file }] of Object.entries(list)) {
    const response = await fetch(server.origin + path);
    assert.equal(response.status, 200, path);
    assert.equal(response.headers.get("content-security-policy"), policy);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.ok(bytes.equals(readFileSync(join(installed, "dist/www", file))), path);
  }
  assert.ok(Object.keys(list).includes("/package/wasm/usage_by_agent.wasm"));
  await server.stop();
});

test("a port in use is one line and exit code 3; without --port another one is taken", async () => {
  const holder = createServer();
  await new Promise((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address();
  const words = `port ${port} of 127.0.0.1 is in use; wanted another one: --port 0 takes any free port`;
  await assertFails(["serve", "june.ndjson", "--port", String(port)], 3, words, { cwd });
  holder.close();
  const standard = createServer();
  await new Promise((resolve) => {
    standard.once("error", resolve); // somebody else has it
    standard.listen(4100, "127.0.0.1", resolve);
  });
  const server = await serve(["june.ndjson", ...CLOCK], { cwd, port: [] });
  assert.match(server.said.stderr, /^note: port 4100 is in use; another one is taken\n/m);
  assert.equal(await server.messages(), 1);
  await server.stop();
  standard.close();
});

test("wrong usage is said before anything is read", async () => {
  const fails = (args, words) => assertFails(["serve", ...args], 2, words, { cwd });
  await fails([], "no file is named; wanted files of records, - for standard input, or --collect");
  await fails(["none", "--port", "70000"], "--port is 70000: wanted 0 to 65535");
  await fails(["none", "--port", "-1"], "--port is -1: wanted 0 to 65535");
  await fails(["none", "--port", "http"], '--port is "http": wanted a whole number');
  await fails(["none", "--prot", "1"], 'unknown option "--prot": did you mean --port?');
  await fails(["none", "--listen", "1"], 'unknown option "--listen": did you mean --port?');
  await fails(["none", "--period", "week"], "--period has no effect without --collect; wanted both");
  await fails(["none", "--token-file", "x"], "--token-file has no effect without --collect; wanted both");
  await fails(["none", "--include-idle"], "--include-idle has no effect without --agents FILE; wanted both");
  await fails(["none", "--collect", "--period", "week"], "--collect and a file are given; wanted one of them");
  await fails(["--collect"], "--collect needs --period; wanted week, month or year");
  await fails(["--collect", "--period", "week"], /there is no API key/);
  await fails(["none", "--tz", "Europe/Pariss"], /Europe\/Paris/);
  await fails(["none", "--now", "yesterday"], /^usage-by-agent: --now is "yesterday"/);
  await fails(["-", "-"], "- is given twice; standard input can be read once");
});

test("input that can't be used ends the command as it ends a report", async () => {
  const place = write({
    "error.json": '{"detail":"Invalid API key"}',
    "agents.json": "[1]",
    "wrong.json": '{"plan":7}',
  });
  const fails = (args, exit, words) => assertFails(["serve", ...args, "--port", "0"], exit, words, { cwd: place });
  await fails(["none"], 3, "none can't be read: there is no file of that name");
  await fails(["."], 3, ". can't be read: it is a folder; wanted a file");
  await fails(["error.json"], 1, /^usage-by-agent: error\.json: nothing of the input is understood/);
  await fails(["error.json", "--agents", "agents.json"], 1, /^usage-by-agent: agents\.json: /);
  const account = ["--account", "wrong.json"];
  await fails(
    [join(cwd, "june.ndjson"), ...account],
    1,
    /^usage-by-agent: wrong\.json: `account\.plan` must be an object/,
  );
});

test("Ctrl-C ends the command at once with 130, and closes open connections", async () => {
  const line = `trap : INT; "$0" "$1" serve june.ndjson --port 0; echo "status $?" >&2`;
  const child = spawn("bash", ["-c", line, process.execPath, script], { cwd, detached: true });
  child.stderr.setEncoding("utf8");
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const [first] = await once(createInterface(child.stdout), "line");
  const { port } = new URL(/http:\S+\//.exec(first)[0]);
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => {}); // a reset is an end too
  const closed = new Promise((resolve) => socket.once("close", resolve)); // `once` would reject for the reset
  process.kill(-child.pid, "SIGINT");
  await Promise.all([closed, once(child, "close")]);
  assert.match(said, /status 130\n$/);
});

test("the examples of the help are served", async () => {
  const [, examples] = (await outputOf(["serve", "--help"])).split("\n\nExamples:\n");
  const lines = [...examples.matchAll(/^ {2}usage-by-agent serve (.*)$/gm)].map(([, line]) => line.split(" "));
  assert.ok(lines.length >= 2);
  const place = write({
    "june.ndjson": message("m1"),
    "calls.ndjson": message("m1"),
    "messages.json.gz": gzipSync(`[${message("m2")}]`),
    "agents.json": '{"data":[]}',
  });
  const program = [join(folder, "node_modules/.bin/usage-by-agent")];
  for (const args of lines) {
    const server = await serve(args, { cwd: place, port: [], program });
    assert.equal((await server.ask("/v1/usage/by-agent?period=year")).status, 200);
    await server.stop();
  }
});

test("a collection is served, with the names of its agents and numbers", async () => {
  const account = makeAccount(3);
  const vendor = fileURLToPath(new URL("../support/collect-server.mjs", import.meta.url));
  const child = spawn(process.execPath, [vendor, "3", JSON.stringify({ sizes: {}, manners: {} })]);
  const [url] = await once(createInterface(child.stdout), "line");
  const june = ["--period", "month", "--now", "2025-06-15T12:00:00Z", "--tz", "UTC"];
  const args = ["--collect", ...june, "--base-url", url];
  const server = await serve(args, { env: { AGENTPHONE_API_KEY: TOKEN } });
  const { calls, messages } = recordsOf(account);
  const rollup = new packed.UsageRollup().push([...calls.values(), ...messages.values()]);
  const query = { period: "month", now: WINDOW.startMs, agents: account.agents };
  assert.equal(await server.answer("/v1/usage/by-agent?period=month"), JSON.stringify(rollup.byAgent(query)));
  const numbers = JSON.parse(await server.answer("/v1/usage/by-number")).data;
  for (const { id, phoneNumber, status } of account.numbers) {
    const row = numbers.find(({ numberId }) => numberId === id);
    assert.deepEqual([row.phoneNumber, row.country, row.status], [phoneNumber, "US", status]);
  }
  assert.match(server.said.stderr, /^note: the records are those from 2025-06-01T00:00:00Z to 2025-06-30T23:59:59Z/m);
  assert.ok(!`${server.said.stdout}${server.said.stderr}`.includes(TOKEN));
  await server.stop();
  child.kill();
  await once(child, "exit");
  const wrong = await usage(["serve", ...args, "--port", "0"], { env: { AGENTPHONE_API_KEY: TOKEN } });
  assert.equal(wrong.status, 3, wrong.stderr);
});
