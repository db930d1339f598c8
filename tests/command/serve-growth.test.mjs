/** `serve` follows its files: what is added counts at once, and a file with another content is counted again. */
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { generate, Random, render } from "../../tools/generate.mjs";
import { packed, write } from "../support/packed.mjs";
import { message } from "./support/command.mjs";
import { CLOCK, serve, until } from "./support/serve.mjs";

/** A server over one file, `log.ndjson` by default. `file` is its path. */
async function over(content, { name = "log.ndjson", others = {}, options = [], input } = {}) {
  const cwd = write({ [name]: content, ...others });
  const server = await serve([name, ...Object.keys(others), ...options, ...CLOCK], { cwd, input });
  return { ...server, file: join(cwd, name), place: (other) => join(cwd, other) };
}

/** A message without an id, which would count again if its line were read again. */
const nameless = message(undefined);

test("a line that is added is in the next answer", async () => {
  const server = await over(nameless);
  assert.equal(await server.messages(), 1);
  for (let n = 2; n < 20; n++) {
    appendFileSync(server.file, nameless);
    assert.equal(await server.messages(), n);
  }
  assert.doesNotMatch(server.said.stderr, /another content|invalid/);
  await server.stop();
});

test("questions at one time see the line that was added before them", async () => {
  const server = await over(nameless);
  for (let n = 2; n < 12; n++) {
    appendFileSync(server.file, nameless);
    const answers = await Promise.all(Array.from({ length: 8 }, () => server.messages()));
    assert.deepEqual(answers, Array(8).fill(n));
  }
  await server.stop();
});

test("an unfinished line waits until it is complete, and counts once", async () => {
  const server = await over(nameless);
  const line = message(undefined, { agentName: "Größe 😀", receivedAt: "2024-06-11T00:00:00Z" });
  const bytes = Buffer.from(line);
  const before = [...bytes.keys()].slice(1, -1);
  for (const cut of [1, 30, bytes.indexOf("ö") + 1, bytes.indexOf("😀") + 2, before.at(-2)]) {
    const count = await server.messages();
    appendFileSync(server.file, bytes.subarray(0, cut));
    assert.equal(await server.messages(), count);
    appendFileSync(server.file, bytes.subarray(cut, -1));
    assert.equal(await server.messages(), count + 1); // the object is complete before the line is
    appendFileSync(server.file, "\n");
    assert.equal(await server.messages(), count + 1);
  }
  const { data } = JSON.parse(await server.answer("/v1/usage/by-agent?period=month"));
  assert.deepEqual(
    data.map(({ agentName }) => agentName),
    ["Größe 😀"],
  );
  assert.doesNotMatch(server.said.stderr, /warning/);
  await server.stop();
});

test("a file that begins empty, or with an unfinished line, is followed", async () => {
  for (const [first, second] of [
    ["", nameless],
    [nameless.slice(0, 20), nameless.slice(20)],
    ["\ufeff\r\n", nameless.replace("\n", "\r\n")],
  ]) {
    const server = await over(first);
    assert.equal(await server.messages(), 0);
    appendFileSync(server.file, second);
    assert.equal(await server.messages(), 1);
    appendFileSync(server.file, nameless);
    assert.equal(await server.messages(), 2);
    await server.stop();
  }
});

/** The answers of a server and of the package for a text. */
async function assertEqualTo(server, text, told) {
  const rollup = new packed.UsageRollup({ onInvalid: "skip" }).push(text);
  const query = { period: "month", tz: "America/New_York", now: CLOCK[1] };
  const wanted = JSON.stringify(rollup.byAgent(query));
  assert.equal(await server.answer("/v1/usage/by-agent?period=month"), wanted, told);
  assert.equal(await server.answer("/v1/usage/by-number"), JSON.stringify(rollup.byNumber()), told);
  rollup.free();
}

test("lines that arrive in any parts give the answers of one pass over them", async () => {
  for (const seed of [1, 2, 3]) {
    const random = new Random(seed, 5);
    const options = { seed, count: 300, agents: 9, start: "2024-05-20T00:00:00Z", end: "2024-07-01T00:00:00Z" };
    const bytes = Buffer.from([...render(generate({ ...options, multiline: false }))].join(""));
    const server = await over("");
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + 1 + random.below(bytes.length / 12));
      appendFileSync(server.file, bytes.subarray(at, end));
      at = end;
      const complete = bytes.subarray(0, bytes.lastIndexOf(10, at - 1) + 1);
      const rest = bytes.subarray(complete.length, at);
      const isWhole = rest.at(-1) === 0x7d && bytes[at] === 10;
      await assertEqualTo(server, bytes.subarray(0, isWhole ? at : complete.length), `seed ${seed}, byte ${at}`);
    }
    assert.doesNotMatch(server.said.stderr, /another content/);
    await server.stop();
  }
});

test("an invalid line that is added is skipped, with its place in the file", async () => {
  const server = await over(nameless);
  appendFileSync(server.file, '{"receivedAt":"never"}\n{"receivedAt":[}\n{"x":1}\n');
  assert.equal(await server.messages(), 1);
  const { length } = nameless;
  await until(() => /warning: log\.ndjson: 1 of 4 records is of an unknown kind[^\n]*\n/.test(server.said.stderr));
  const place = `warning: log\\.ndjson: 2 invalid records are skipped; the first: .* \\(byte ${length}\\)\n`;
  assert.match(server.said.stderr, new RegExp(place));
  appendFileSync(server.file, nameless + nameless);
  assert.equal(await server.messages(), 3);
  await server.stop();
});

test("an id in two files counts once, also when it is added later", async () => {
  const server = await over(message("m1"), { others: { "b.ndjson": message("m2") } });
  assert.equal(await server.messages(), 2);
  appendFileSync(server.place("b.ndjson"), message("m1") + message("m3"));
  assert.equal(await server.messages(), 3);
  await server.stop();
});

const counts = (server, count) => until(async () => (await server.messages()) === count);

test("a file that becomes shorter is counted again", async () => {
  const server = await over(nameless.repeat(5));
  truncateSync(server.file, 2 * nameless.length);
  await counts(server, 2);
  assert.match(server.said.stderr, /note: log\.ndjson has another content now: all files are counted again\n/);
  appendFileSync(server.file, nameless);
  assert.equal(await server.messages(), 3);
  truncateSync(server.file, 0);
  await counts(server, 0);
  await server.stop();
});

test("a file that another one replaces is counted again, whatever its size", async () => {
  const server = await over(nameless.repeat(3));
  for (const count of [3, 1, 7, 7]) {
    const other = server.place("other");
    writeFileSync(other, message(`new ${count}`).repeat(4) + nameless.repeat(count - 1));
    renameSync(other, server.file);
    await counts(server, count);
  }
  await server.stop();
});

test("a file that is written anew is counted again: longer, as long, and in one byte", async () => {
  const server = await over(message("m1") + message("m2"));
  writeFileSync(server.file, message("m3") + message("m4") + message("m5"));
  await counts(server, 3);
  writeFileSync(server.file, message("m3") + message("m4") + message("m3"));
  await counts(server, 2);
  writeFileSync(server.file, message("m3") + message("m4") + message("m5"));
  await counts(server, 3);
  await server.stop();
});

test("a time alone that changes changes no answer", async () => {
  const server = await over(nameless.repeat(3));
  utimesSync(server.file, new Date(0), new Date(0));
  await until(() => /another content/.test(server.said.stderr));
  assert.equal(await server.messages(), 3);
  await server.stop();
});

test("JSON that is not lines, and gzip data, are counted again when they change", async () => {
  const forms = {
    "array.json": (count) => JSON.stringify(JSON.parse(`[${Array(count).fill(nameless)}]`), null, 1),
    "page.json": (count) => JSON.stringify(JSON.parse(`{"data":[${Array(count).fill(nameless)}]}`), null, 2),
    "short.json": (count) => `[${Array(count).fill(nameless)}]`,
    "values.json": (count) => `${JSON.stringify(JSON.parse(nameless), null, 1)}\n`.repeat(count),
    "records.gz": (count) => Buffer.concat(Array(count).fill(gzipSync(nameless))),
  };
  for (const [name, make] of Object.entries(forms)) {
    const server = await over(make(2), { name });
    assert.equal(await server.messages(), 2, name);
    for (const count of [5, 1]) {
      writeFileSync(server.file, make(count));
      await counts(server, count);
    }
    await server.stop();
  }
});

test("what can't be counted leaves the counts as they were, until it can", async () => {
  const zipped = gzipSync(nameless.repeat(3));
  const server = await over(gzipSync(nameless), { name: "records.gz" });
  writeFileSync(server.file, zipped.subarray(0, -6));
  await until(() =>
    /warning: records\.gz: [^\n]*damaged[^\n]*; the counts from before stay\n/.test(server.said.stderr),
  );
  assert.equal(await server.messages(), 1);
  writeFileSync(server.file, '{"detail":"Invalid API key"}');
  await until(() => /warning: records\.gz: nothing of the input is understood[^\n]*stay\n/.test(server.said.stderr));
  assert.equal(await server.messages(), 1);
  writeFileSync(server.file, zipped);
  await counts(server, 3);
  await server.stop();
});

test("the counts of a file that is deleted stay until all files are counted again", async () => {
  const server = await over(message("m1"), { others: { "b.ndjson": message("m2") } });
  rmSync(server.file);
  await until(() => server.said.stderr.includes("warning: log.ndjson can't be read: there is no file of that name;"));
  assert.equal(await server.messages(), 2);
  appendFileSync(server.place("b.ndjson"), message("m3"));
  assert.equal(await server.messages(), 3);
  truncateSync(server.place("b.ndjson"), 0);
  await counts(server, 0);
  assert.match(server.said.stderr, /warning: log\.ndjson is missing: its records do not count any longer\n/);
  writeFileSync(server.file, message("m1") + message("m4"));
  await counts(server, 2);
  appendFileSync(server.file, message("m5"));
  assert.equal(await server.messages(), 3);
  assert.equal(server.said.stderr.split("can't be read").length, 2); // said once
  await server.stop();
});

test("standard input keeps its counts when files are counted again", async () => {
  const server = await over(message("m1"), { options: ["-"], input: message("m1") + message("m2") + nameless });
  assert.equal(await server.messages(), 3);
  appendFileSync(server.file, message("m2") + message("m3"));
  assert.equal(await server.messages(), 4);
  writeFileSync(server.file, "");
  await counts(server, 3);
  await server.stop();
});

test("a file is the report's, in every form that has no end of a line", async () => {
  const object = nameless.trim();
  const texts = [
    object,
    `${object}\n${object}`,
    `${object}${object}`,
    `${object}\n[${object}]`,
    `${object}\n{\n"data":[\n${object}]}`,
  ];
  texts.push(`${object}\n{"data":[${object},\n${object}\n]\n}`, `  ${object}  \n\n  ${object}  `, `\ufeff${object}`);
  for (const text of texts) {
    const server = await over(text);
    await assertEqualTo(server, readFileSync(server.file), JSON.stringify(text));
    await server.stop();
  }
});
