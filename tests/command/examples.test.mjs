/** Runs the examples of the help and of docs/command.md, as they are written. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { folder, packed, run, write } from "../support/packed.mjs";
import { recordsOf } from "./support/auditing.mjs";
import { at, KEY, makeAccount, redirected, serve, TOKEN } from "./support/collecting.mjs";
import { message, outputOf } from "./support/command.mjs";

/** The folder into which npm has linked the command. */
const PATH = `${join(folder, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
const shell = (line, cwd, env) =>
  run("bash", ["-c", line], { cwd, env: { PATH, TZ: "Europe/Paris", NO_COLOR: "1", ...env } });

const COMMANDS = ["report", "audit", "collect", "check", "bounds", "serve"];

const account = makeAccount(1);

/** What examples need that ask the vendor: a fake of it, a key, and a time at which it has records. */
const query = { period: "month", tz: "Europe/Paris", now: "2025-06-20T12:00:00Z" };
const { url } = await serve({
  instead(request) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/v1/usage/by-agent") return undefined;
    const asked = { ...query, period: searchParams.get("period"), tz: searchParams.get("tz") };
    const agents = { data: account.agents };
    const records = asked.period === "month" ? recordsOf(account) : [];
    return Response.json(packed.usageByAgent(records, { ...asked, agents }));
  },
  account,
});
const ONLINE = { ...KEY, NODE_OPTIONS: `${redirected(url)} ${at("2025-06-20T12:00:00Z")}` };
const ONLINE_IN_JULY = { ...KEY, NODE_OPTIONS: `${redirected(url)} ${at("2025-07-20T12:00:00Z")}` };
const isOnline = (line) => /\bcollect\b|audit (?!.*--answer)/.test(line);

test("the examples of the help run", async () => {
  const query = { period: "month", tz: "America/New_York" };
  const files = {
    "june.ndjson": message("m1"),
    "calls.json": "[]",
    "messages.ndjson.gz": gzipSync(message("m1")),
    "agents.json": '{"data":[]}',
    "webhooks.ndjson": message("m1"),
    "calls.ndjson": "[]",
    "june.json": JSON.stringify(packed.usageByAgent(message("m1"), { ...query, now: "2024-06-15T12:00:00Z" })),
    "answer.json": JSON.stringify(packed.usageByAgent([], query)),
    "key.txt": TOKEN,
    "days.json": JSON.stringify(new packed.UsageRollup().daily({ days: 30 })),
  };
  const cwd = write(files);
  const helps = await Promise.all(
    [["--help"], ...COMMANDS.map((name) => [name, "--help"])].map((args) => outputOf(args)),
  );
  for (const help of helps) {
    const [, examples] = help.split("\n\nExamples:\n");
    // Those of `serve` do not end. serve.test.mjs runs them.
    for (const example of examples
      .trimEnd()
      .split("\n")
      .filter((line) => !line.includes(" serve "))) {
      const { status, stdout, stderr } = await shell(example, cwd, isOnline(example) ? ONLINE : {});
      assert.equal(status, 0, `${example}\n${stdout}\n${stderr}`);
      assert.ok(stdout.length > 0, example);
    }
  }
});

test("the help names every command and every option, in lines of 100 columns", async () => {
  const help = await outputOf(["--help"]);
  for (const name of COMMANDS) assert.match(help, new RegExp(`^  ${name} `, "m"));
  assert.equal(await outputOf(["help"]), help);
  for (const name of COMMANDS) {
    const ofCommand = await outputOf([name, "--help"]);
    assert.equal(await outputOf(["help", name]), ofCommand);
    assert.equal(await outputOf([name, "--period", "-h"]), ofCommand);
    assert.match(ofCommand, /^ {2}--tz ZONE /m);
    const [text] = ofCommand.split("Examples:");
    for (const line of text.split("\n")) assert.ok(line.length <= 100, line);
  }
});

test("the examples of docs/command.md print what the page says", async () => {
  const page = readFileSync(new URL("../../docs/command.md", import.meta.url), "utf8");
  const blocks = Array.from(page.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms), ([, kind, name, text]) => ({
    kind,
    name,
    text,
  }));
  const cwd = write(Object.fromEntries(blocks.filter(({ name }) => name).map(({ name, text }) => [name, text])));
  const sessions = blocks.filter(({ kind }) => kind === "console");
  assert.ok(sessions.length >= 5);
  for (const { text } of sessions) {
    const commands = Array.from(text.matchAll(/^\$ (.*)$/gm), ([, line]) => line);
    // One shell runs them all, so that `$?` is the exit code of the command before it.
    const marked = commands.map((line) => `printf '%s\\n' ${quoted(`$ ${line}`)}; (exit $status); ${line}; status=$?`);
    const { stdout } = await shell(`exec 2>&1; status=0\n${marked.join("\n")}`, cwd, isOnline(text) ? ONLINE : {});
    assert.equal(stdout.replaceAll("\r\n", "\n"), text);
  }
  const [first] = blocks.find(({ kind }) => kind === "sh").text.split("\n");
  const { status, stderr } = await shell(first.replace("npx ", ""), cwd);
  assert.equal(status, 0, stderr);
});

test("the lines of docs/getting-records.md run", async () => {
  const page = readFileSync(new URL("../../docs/getting-records.md", import.meta.url), "utf8");
  const [, lines] = /^```sh\n(.*?)^```$/ms.exec(page);
  const cwd = write({});
  for (const line of lines.trimEnd().split("\n")) {
    const { status, stdout, stderr } = await shell(line.replace("npx ", ""), cwd, ONLINE_IN_JULY);
    assert.equal(status, 0, stderr);
    assert.ok(stdout.length > 300);
  }
});

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
