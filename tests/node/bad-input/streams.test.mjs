/** Streams that fail, are aborted or do not contain bytes: the promise rejects, and the source is cancelled. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as after } from "node:timers/promises";
import { assertFault, assertRejects, assertWorks, JUNE, message } from "../../support/faults.mjs";
import { packed } from "../../support/packed.mjs";

const { usageByAgentStream } = packed;
const utf8 = new TextEncoder();
const line = utf8.encode(`${JSON.stringify(message({}))}\n`);

/** A stream of chunks that calls `then` after them. It records its pulls and the reason of its cancellation. */
function source(chunks, then) {
  const seen = { pulls: 0, cancelled: undefined };
  const stream = new ReadableStream(
    {
      pull(controller) {
        const chunk = chunks[seen.pulls++];
        if (chunk !== undefined) controller.enqueue(chunk);
        else return then?.(controller);
      },
      cancel(reason) {
        seen.cancelled = { reason };
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, seen };
}
const never = () => new Promise(() => {});
const close = (controller) => controller.close();

/** Fails if a promise does not settle in time, with room for a busy machine. */
async function soon(promise) {
  const tired = new AbortController();
  const late = after(60_000, "not settled", { signal: tired.signal });
  try {
    return await Promise.race([promise, late]);
  } finally {
    late.catch(() => {});
    tired.abort();
  }
}

test("an abort before the start rejects at once", async () => {
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  const { stream, seen } = source([line], close);
  await assert.rejects(usageByAgentStream(stream, { ...JUNE, signal }), (error) => {
    assertFault(error, { code: "aborted", message: /abort/ });
    assert.equal(error.cause, reason);
    return true;
  });
  assert.equal(seen.pulls, 0);
  for (const other of [new Response(line), new Blob([line]), (async function* () {})()]) {
    await assertRejects(() => usageByAgentStream(other, { ...JUNE, signal }), { code: "aborted", message: /abort/ });
  }
});

test("an abort before the start cancels the source", async () => {
  const { stream, seen } = source([line], close);
  await assert.rejects(usageByAgentStream(stream, { ...JUNE, signal: AbortSignal.abort("enough") }), {
    code: "aborted",
  });
  await after(0);
  assert.equal(seen.cancelled?.reason, "enough");
});

test("an abort while waiting for bytes rejects", async () => {
  const stop = new AbortController();
  const { stream, seen } = source([line, line], never);
  const reading = usageByAgentStream(stream, { ...JUNE, signal: stop.signal });
  await after(10);
  assert.equal(seen.pulls, 3);
  stop.abort("enough");
  await assertRejects(() => soon(reading), { code: "aborted", message: /abort/ });
  assert.equal(seen.cancelled?.reason, "enough");
});

test("an abort between two chunks rejects", async () => {
  const stop = new AbortController();
  const { stream, seen } = source(Array(1000).fill(line), close);
  const onProgress = (bytes) => bytes > 3 * line.length && stop.abort();
  await assertRejects(() => usageByAgentStream(stream, { ...JUNE, signal: stop.signal, onProgress }), {
    code: "aborted",
    message: /abort/,
  });
  assert.ok(seen.pulls < 10);
  assert.equal(seen.cancelled?.reason?.name, "AbortError");
});

test("an abort also ends an async iterable", async () => {
  const stop = new AbortController();
  let closed = false;
  const chunks = (async function* () {
    try {
      for (;;) yield line;
    } finally {
      closed = true;
    }
  })();
  const onProgress = () => stop.abort();
  await assertRejects(() => soon(usageByAgentStream(chunks, { ...JUNE, signal: stop.signal, onProgress })), {
    code: "aborted",
    message: /abort/,
  });
  assert.ok(closed);
});

test("an abort while an async iterable waits rejects", async () => {
  const stop = new AbortController();
  let returned = false;
  const chunks = {
    [Symbol.asyncIterator]: () => ({
      next: never,
      return: async () => {
        returned = true;
        return { done: true, value: undefined };
      },
    }),
  };
  const reading = usageByAgentStream(chunks, { ...JUNE, signal: stop.signal });
  setTimeout(() => stop.abort(), 10);
  await assertRejects(() => soon(reading), { code: "aborted", message: /abort/ });
  assert.ok(returned);
});

test("an abort after the end changes nothing", async () => {
  const stop = new AbortController();
  const report = await usageByAgentStream(new Response(line), { ...JUNE, signal: stop.signal });
  stop.abort();
  assert.equal(report.data[0].messages, 1);
});

test("a long-lived signal does not collect listeners", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args) => {
    listeners += 1;
    add(...args);
  };
  signal.removeEventListener = (...args) => {
    listeners -= 1;
    remove(...args);
  };
  for (let i = 0; i < 3; i++) await usageByAgentStream(new Response(line), { ...JUNE, signal });
  await assert.rejects(usageByAgentStream(new Response("!"), { ...JUNE, signal }));
  assert.equal(listeners, 0);
});

test("a response without success is an error", async () => {
  for (const status of [404, 401, 500, 304]) {
    const body = status === 304 ? null : JSON.stringify([message({})]);
    const response = new Response(body, { status });
    const expected = { code: "invalid_option", path: "", message: new RegExp(`${status}.*wanted`) };
    await assertRejects(() => usageByAgentStream(response, JUNE), expected);
  }
  await assertRejects(() => usageByAgentStream(Response.error(), JUNE), { code: "invalid_option", path: "" });
});

test("a response without a body has no records", async () => {
  assert.deepEqual((await usageByAgentStream(new Response(null, { status: 204 }), JUNE)).data, []);
  assert.deepEqual((await usageByAgentStream(new Response(""), JUNE)).data, []);
  assert.deepEqual((await usageByAgentStream(new Blob([]), JUNE)).data, []);
});

test("a response that has been read already is an error, not an empty report", async () => {
  const response = new Response(line);
  await response.text();
  await assertRejects(() => usageByAgentStream(response, JUNE), { code: "invalid_option", path: "", message: /read/ });
});

test("a locked stream is an error", async () => {
  const { stream } = source([line], close);
  stream.getReader();
  await assertRejects(() => usageByAgentStream(stream, JUNE), {
    code: "invalid_option",
    path: "",
    message: /lock|read/,
  });
});

test("the error of a stream is thrown unchanged", async () => {
  const mine = new Error("connection lost");
  const { stream } = source([line], (controller) => controller.error(mine));
  await assert.rejects(usageByAgentStream(stream, JUNE), (error) => error === mine);
  const chunks = (async function* () {
    yield line;
    throw mine;
  })();
  await assert.rejects(usageByAgentStream(chunks, JUNE), (error) => error === mine);
  assertWorks();
});

test("an error in the text ends the reading and cancels the source", async () => {
  const { stream, seen } = source([line, utf8.encode("!\n"), line], never);
  await assertRejects(() => soon(usageByAgentStream(stream, JUNE)), {
    code: "invalid_json",
    path: "/1",
    line: 2,
    byteOffset: line.length,
  });
  await after(0);
  assert.ok(seen.cancelled);

  let closed = false;
  const chunks = (async function* () {
    try {
      yield utf8.encode("5\n");
      yield line;
    } finally {
      closed = true;
    }
  })();
  await assertRejects(() => usageByAgentStream(chunks, JUNE), {
    code: "invalid_record",
    path: "/0",
    line: 1,
    byteOffset: 0,
  });
  assert.ok(closed);
});

test("a stream that ends inside a record is an error", async () => {
  const { stream } = source([line, line.subarray(0, 20)], close);
  await assertRejects(() => usageByAgentStream(stream, JUNE), {
    code: "invalid_json",
    path: "/1",
    line: 2,
    byteOffset: line.length + 20,
    message: /ends inside/,
  });
});

test("an invalid query does not touch the source", async () => {
  const { stream, seen } = source([line], close);
  await assertRejects(() => usageByAgentStream(stream, { ...JUNE, tz: "Mars/Olympus" }), {
    code: "invalid_tz",
    path: "/tz",
  });
  assert.equal(seen.cancelled, undefined);
  assert.equal(stream.locked, false);
  assert.equal((await usageByAgentStream(stream, JUNE)).data[0].messages, 1);
});

test("a stream of other values than bytes is an error", async () => {
  for (const chunk of ["text", 5, null, {}, [1, 2], new Uint16Array(2), new ArrayBuffer(2), message({})]) {
    const expected = { code: "invalid_option", path: "" };
    const { stream } = source([chunk], close);
    await assertRejects(() => usageByAgentStream(stream, JUNE), expected, String(chunk));
    const chunks = (async function* () {
      yield chunk;
    })();
    await assertRejects(() => usageByAgentStream(chunks, JUNE), expected, String(chunk));
  }
});

test("a value that is not a source is an error", async () => {
  for (const none of [undefined, null, "text", 5, {}, [], line, line.buffer, () => {}, fetch, Symbol("x")]) {
    await assertRejects(() => usageByAgentStream(none, JUNE), { code: "invalid_option", path: "" }, String(none));
  }
});

test("an error of onProgress is thrown unchanged and cancels the source", async () => {
  const mine = new Error("mine");
  const { stream, seen } = source([line, line], never);
  const onProgress = () => {
    throw mine;
  };
  await assert.rejects(soon(usageByAgentStream(stream, { ...JUNE, onProgress })), (error) => error === mine);
  await after(0);
  assert.ok(seen.cancelled);
});

test("an invalid signal or onProgress is an error", async () => {
  for (const signal of [5, "abort", {}, true]) {
    const reading = () => usageByAgentStream(new Response(line), { ...JUNE, signal });
    await assertRejects(reading, { code: "invalid_option", path: "/signal" }, String(signal));
  }
  for (const onProgress of [5, "text", {}, true]) {
    const reading = () => usageByAgentStream(new Response(line), { ...JUNE, onProgress });
    await assertRejects(reading, { code: "invalid_option", path: "/onProgress" }, String(onProgress));
  }
});
