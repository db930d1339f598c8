/** Streams: gzip data is recognised by its first bytes, chunks are read only when needed, and errors of the source come unchanged. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Random } from "../../tools/generate.mjs";
import { packed } from "../support/packed.mjs";

const { UsageAggregator, usageByAgent, usageByAgentStream, UsageError, UsageRollup } = packed;
const JUNE = { period: "month", now: "2024-06-15T12:00:00Z" };
const random = new Random(4);
const records = Array.from({ length: 20_000 }, (_, n) => ({
  id: `m${n}-${random.below(1e9)}`,
  agentId: `a${n % 7}`,
  receivedAt: 1_717_200_000_000 + n * 1000,
}));
const text = records.map((record) => JSON.stringify(record)).join("\n");
const zipped = gzipSync(text);
const want = usageByAgent(text, JUNE);

async function served(run, headers, body = zipped) {
  const server = createServer((_, response) => response.writeHead(200, headers).end(body)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    return await run(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.close();
  }
}

async function* chunksOf(bytes, most) {
  const random = new Random(bytes.length);
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + random.below(most);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

const ZIPPED = {
  "a Blob without a type": () => new Blob([zipped]),
  "a Blob with a type": () => new Blob([zipped], { type: "application/gzip" }),
  "a file of another name": () => new File([zipped], "june.ndjson"),
  "a file whose name says so": () => new File([zipped], "june.ndjson.GZ"),
  "a response of another type": () => new Response(zipped, { headers: { "content-type": "application/json" } }),
  "a bare stream": () => new Blob([zipped]).stream(),
  "an async iterable": () => chunksOf(zipped, 5000),
};

for (const [what, source] of Object.entries(ZIPPED)) {
  test(`gzip data is decompressed from ${what}`, async () => {
    assert.deepEqual(await usageByAgentStream(source(), JUNE), want);
  });
}

test("gzip data is decompressed from single bytes", async () => {
  const few = records.slice(0, 1000);
  const bytes = gzipSync(few.map((record) => JSON.stringify(record)).join("\n"));
  assert.deepEqual(await usageByAgentStream(chunksOf(bytes, 1), JUNE), usageByAgent(few, JUNE));
});

test("text is not decompressed, whatever its name or type is", async () => {
  const headers = { "content-type": "application/gzip" };
  assert.deepEqual(await usageByAgentStream(new Response(text, { headers }), JUNE), want);
  for (const few of ["", " "]) {
    assert.deepEqual(await usageByAgentStream(new File([few], "a.gz"), JUNE), usageByAgent([], JUNE));
  }
  await assert.rejects(usageByAgentStream(new Blob(["\x1f"]), JUNE), { code: "invalid_json" });
});

test("gzip data is decompressed from any URL, and once if the transfer was compressed", async () => {
  const report = (path, headers) =>
    served(async (origin) => usageByAgentStream(await fetch(origin + path), JUNE), headers);
  assert.deepEqual(await report("/june", {}), want);
  assert.deepEqual(await report("/june.gz", { "content-encoding": "gzip", "content-type": "application/gzip" }), want);
});

test("truncated or damaged gzip data is an error, and the next call works", async () => {
  const damaged = Buffer.from(zipped);
  damaged[Math.floor(damaged.length / 2)] ^= 0xff;
  for (const bytes of [zipped.subarray(0, -9), zipped.subarray(0, 5), damaged]) {
    const error = await usageByAgentStream(new File([bytes], "a.gz"), JUNE).then(assert.fail, (thrown) => thrown);
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.code, /^invalid_(json|record)$/); // the text may be wrong before the gzip data is
  }
  assert.deepEqual(await usageByAgentStream(new File([zipped], "a.gz"), JUNE), want);
});

test("progress counts the source's bytes before decompression", async () => {
  for (const [source, bytes] of [
    [new File([zipped], "a.gz"), zipped.length],
    [new Blob([text]), text.length],
  ]) {
    const reported = [];
    await usageByAgentStream(source, { ...JUNE, onProgress: (n) => reported.push(n) });
    assert.equal(reported.at(-1), bytes);
    assert.ok(reported.every((n, i) => i === 0 || n >= reported[i - 1]));
  }
});

test("a chunk is read only after the last one was counted", async () => {
  let asked = 0;
  let counted = 0;
  const source = new ReadableStream(
    {
      pull(controller) {
        assert.ok(asked <= counted + 1, `${asked} asked for, ${counted} counted`);
        const chunk = text.slice(asked * 1000, (asked + 1) * 1000);
        asked++;
        if (chunk === "") controller.close();
        else controller.enqueue(new TextEncoder().encode(chunk));
      },
    },
    { highWaterMark: 0 },
  );
  assert.deepEqual(await usageByAgentStream(source, { ...JUNE, onProgress: () => counted++ }), want);
  assert.equal(counted, Math.ceil(text.length / 1000));
});

test("an error of the source is thrown unchanged, and a source that is not read further is cancelled", async () => {
  const fault = new RangeError("the disk is gone");
  for (const headers of [{}, { "content-type": "application/gzip" }]) {
    const parts = [zipped.subarray(0, 4000)];
    const body = () =>
      new ReadableStream({
        pull: (controller) => (parts.length > 0 ? controller.enqueue(parts.pop()) : controller.error(fault)),
      });
    const plain = new Response(headers["content-type"] ? body() : new ReadableStream({ pull: (c) => c.error(fault) }), {
      headers,
    });
    await assert.rejects(usageByAgentStream(plain, JUNE), (error) => error === fault);
  }
  for (const [headers, chunk] of [
    [{}, new TextEncoder().encode('{"receivedAt": 1}\n')],
    [{ "content-type": "application/gzip" }, gzipSync('{"receivedAt": 1}\n')],
  ]) {
    let cancel;
    const cancelled = new Promise((resolve) => {
      cancel = resolve;
    });
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(chunk), cancel });
    await assert.rejects(usageByAgentStream(new Response(body, { headers }), JUNE), { code: /^invalid_/ });
    await cancelled;
  }
});

test("an abort ends the reading of gzip data, while it waits and while it reads", async () => {
  for (const chunks of [[], [zipped.subarray(0, 5000)]]) {
    const stop = new AbortController();
    let cancel;
    const cancelled = new Promise((resolve) => {
      cancel = resolve;
    });
    const body = new ReadableStream({
      pull: (controller) => {
        if (chunks.length === 0) return new Promise(() => {});
        controller.enqueue(chunks.pop());
      },
      cancel,
    });
    const source = new Response(body, { headers: { "content-type": "application/gzip" } });
    setTimeout(() => stop.abort(new Error("enough")), 20);
    await assert.rejects(usageByAgentStream(source, { ...JUNE, signal: stop.signal }), { code: "aborted" });
    await cancelled;
  }
});

const COUNTERS = {
  UsageAggregator: () => new UsageAggregator(JUNE),
  UsageRollup: () => new UsageRollup(),
};

for (const [name, make] of Object.entries(COUNTERS)) {
  const counted = (counter) => counter.diagnostics().counted;

  test(`${name}.pushStream counts what push counts, and returns the counter`, async () => {
    const [streamed, pushed] = [make(), make().push(text)];
    const progress = [];
    const options = { onProgress: (bytes) => progress.push(bytes) };
    assert.equal(await streamed.pushStream(new File([zipped], "june.gz"), options), streamed);
    assert.deepEqual(streamed.snapshot(), pushed.snapshot());
    assert.equal(progress.at(-1), zipped.length);
    for (const counter of [streamed, pushed]) counter.free();
  });

  test(`${name}.pushStream gives records without an agent to the default agent`, async () => {
    const counter = make();
    const source = new Blob(['{"id":"a","receivedAt":"2024-06-02T00:00:00Z"}']);
    await counter.pushStream(source, { defaults: { agentId: "s", agentName: "Support" } });
    const data = name === "UsageRollup" ? counter.byAgent(JUNE).data : counter.report().data;
    assert.deepEqual([data[0].agentId, data[0].agentName, data.length], ["s", "Support", 1]);
    await assert.rejects(counter.pushStream(source, { defaults: { agentId: 7 } }), {
      code: "invalid_option",
      path: "/defaults/agentId",
    });
    counter.free();
  });

  test(`${name}.pushStream reads two streams and pushed bytes at once without mixing their texts`, async () => {
    const counter = make();
    const half = Math.floor(text.length / 2);
    const encoded = new TextEncoder().encode(text);
    counter.pushBytes(encoded.subarray(0, half));
    const other = text.replaceAll('"id":"m', '"id":"other');
    await Promise.all([counter.pushStream(new Blob([text])), counter.pushStream(new Blob([other]))]);
    counter.pushBytes(encoded.subarray(half)).finish();
    const { records: seen, duplicates, invalid } = counter.diagnostics();
    assert.deepEqual([seen, duplicates, invalid], [60_000, 20_000, 0]);
    counter.free();
  });

  test(`${name}.pushStream that fails keeps what was counted, cancels the source, and takes another text`, async () => {
    const counter = make();
    let reason;
    const failing = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify(records[0])}\n{"id": `));
      },
      pull(controller) {
        controller.error(new Error("the line is cut"));
      },
    });
    await assert.rejects(counter.pushStream(failing), { message: "the line is cut" });
    assert.equal(counted(counter), 1);

    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify(records[1])}\n{"id"`));
        return new Promise(() => {});
      },
      cancel(given) {
        reason = given;
      },
    });
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort("enough") };
    await assert.rejects(counter.pushStream(endless, options), { code: "aborted", cause: "enough" });
    assert.deepEqual([counted(counter), reason], [2, "enough"]);

    await counter.pushStream(new Blob([JSON.stringify(records[2])]));
    assert.equal(counted(counter), 3);
    counter.free();
  });

  test(`${name}.pushStream refuses what it can't read, and a counter that has been freed`, async () => {
    const counter = make();
    for (const [options, path] of [
      [{ signal: {} }, "/signal"],
      [{ onProgress: 1 }, "/onProgress"],
      [null, ""],
      [{ defaults: null }, "/defaults"],
    ]) {
      await assert.rejects(counter.pushStream(new Blob([]), options), { code: "invalid_option", path });
    }
    async function* words() {
      yield "text";
    }
    await assert.rejects(counter.pushStream(words()), { code: "invalid_option", message: /the chunk is a string/ });
    await assert.rejects(counter.pushStream([1]), { code: "invalid_option" });
    async function* frees() {
      yield new Uint8Array(1).fill(32);
      counter.free();
      yield new Uint8Array(1).fill(32);
    }
    await assert.rejects(counter.pushStream(frees()), { code: "invalid_option", message: /freed/ });
    await assert.rejects(counter.pushStream(new Blob([])), { code: "invalid_option", message: /freed/ });
  });
}
