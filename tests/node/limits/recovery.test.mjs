/** What ends a call without a result ends one instance of the module, and nothing else. What a caller's code throws ends nothing. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { instancesMade, livingMemories, watchMemories } from "../../support/limits/instances.mjs";
import { assertAllOrdinary } from "../../support/limits/ordinary.mjs";
import { installed, packed, runModule } from "../../support/packed.mjs";

const { configure, entityTag, UsageAggregator, UsageError, UsageRollup, usageByAgent, usageByAgentStream } = packed;
const MIB = 1 << 20;
const MONTH = { period: "month", now: "2024-06-15T12:00:00Z" };
const record = (n, more) => ({ id: `m${n}`, agentId: "a", receivedAt: MONTH.now, ...more });
const some = Array.from({ length: 5 }, (_, n) => record(n));
const DEFAULTS = { maxModuleBytes: 4096 * MIB, maxIdleBytes: 16 * MIB };
afterEach(() => configure(DEFAULTS));

/** Each has an agent of its own, with a long name: 100 kB of memory. */
const heavy = Array.from({ length: 200 }, (_, n) =>
  record(n, { agentId: `agent-${n}`, agentName: "x".repeat(100_000) }),
);

/** What a call throws when the memory may not grow. */
function ranOut(run) {
  configure({ maxModuleBytes: 8 * MIB });
  try {
    run();
  } catch (error) {
    return error;
  } finally {
    configure(DEFAULTS);
  }
  throw new Error("there was enough memory");
}

/** Ends the instance of a counter: bytes that do not fit are handed over. */
const end = (counter) => counter.merge(new Uint8Array(16 * MIB));

test("a call that runs out of memory says so, and ends no count that is kept", () => {
  const kept = new UsageRollup().push(some);
  const error = ranOut(() => entityTag(new Uint8Array(16 * MIB)));
  assert.ok(error instanceof UsageError && error.cause instanceof WebAssembly.RuntimeError);
  assert.equal(error.code, "out_of_memory");
  assert.match(error.message, /^the module's memory could not grow: .*\. The next call gets a new instance$/);
  assert.equal(ranOut(() => usageByAgent(heavy, MONTH)).code, "out_of_memory");
  assert.equal(kept.byAgent(MONTH).data[0].messages, 5);
  assert.equal(kept.isTerminated, false);
  assertAllOrdinary(packed, "afterwards");
  kept.free();
  assert.equal(kept.isTerminated, false, "a freed counter was not lost");
});

test("a count for whose records the module has no memory keeps what it has, and counts on", () => {
  const kept = new UsageRollup().push(some);
  const long = JSON.stringify(record(9, { body: "x".repeat(12 * MIB) }));
  const error = ranOut(() => kept.push(long));
  assert.equal(error.cause, undefined, "the core finds it by itself");
  assert.deepEqual([error.code, error.path, error.line, error.byteOffset], ["out_of_memory", "/0", 1, 0]);
  assert.equal(kept.isTerminated, false);
  assert.equal(
    kept
      .push(long)
      .push([record(10)])
      .byAgent(MONTH).data[0].messages,
    7,
  );
  kept.free();
});

test("a count that runs out of memory ends with the other kept counts, and they say so", async () => {
  const [kept, other] = [new UsageRollup().push(some), new UsageAggregator(MONTH).push(some)];
  other.pushBytes(new TextEncoder().encode('[{"id":'));
  const stream = other.pushStream(new Blob([JSON.stringify(some)])); // it is read later
  assert.equal(ranOut(() => end(kept)).code, "out_of_memory");
  assert.deepEqual([kept.isTerminated, other.isTerminated], [true, true]);
  const calls = [
    () => kept.push(some),
    () => kept.byAgent(MONTH),
    () => kept.diagnostics(),
    () => kept.snapshot(),
    () => kept.checkUnderstood(),
    () => new UsageRollup().merge(kept),
    () => kept.merge(new UsageRollup()),
    () => other.pushBytes(new Uint8Array(1)),
    () => other.finish(),
    () => other.report(),
  ];
  for (const call of calls) {
    assert.throws(call, (error) => {
      assert.ok(error instanceof UsageError && error.code === "terminated", `${call}: ${error.stack}`);
      assert.match(error.message, /^this Usage(Rollup|Aggregator) has ended: an earlier call ended the instance/);
      assert.equal(error.cause.code, "out_of_memory");
      return true;
    });
  }
  await assert.rejects(stream, { code: "terminated" });
  await assert.rejects(kept.pushStream(new Blob(["[]"])), { code: "terminated" });
  for (const counter of [kept, other]) {
    counter.free();
    counter.free();
    counter[Symbol.dispose]?.();
    assert.throws(() => counter.diagnostics(), { code: "invalid_option", message: /has been freed/ });
  }
  const next = new UsageRollup().push(some).merge(new UsageRollup().push([record(9)]));
  assert.equal(next.diagnostics().counted, 6);
  next.free();
});

test("a program of one-shot calls has one instance, and kept counts have another", async () => {
  const output = await runModule(`
    import { instancesMade } from ${JSON.stringify(new URL("../../support/limits/instances.mjs", import.meta.url).href)};
    import * as usage from "usage-by-agent";
    const made = [instancesMade()];
    const query = ${JSON.stringify(MONTH)};
    usage.timeZones();
    usage.periodBounds(query);
    usage.usageByAgent([], query);
    usage.validateResponse("daily", {});
    usage.reconcile(usage.usageByAgent([], query), usage.usageByAgent([], query), { records: [], query });
    made.push(instancesMade());
    new usage.UsageRollup().merge(new usage.UsageRollup());
    new usage.UsageAggregator(query);
    made.push(instancesMade());
    console.log(made.join());
  `);
  assert.equal(output.trim(), "0,1,2");
});

test("a host that allows one instance has one, in which kept counts live too", async () => {
  const output = await runModule(`
    const { Instance } = WebAssembly;
    let made = 0;
    WebAssembly.Instance = class extends Instance {
      constructor(...args) {
        if (made++ > 0) throw new RangeError("WebAssembly.Instance is disallowed on the main thread");
        super(...args);
      }
    };
    const { UsageRollup, periodBounds } = await import("usage-by-agent");
    periodBounds(${JSON.stringify(MONTH)});
    console.log(new UsageRollup().push(${JSON.stringify(some)}).diagnostics().counted, made);
  `);
  assert.equal(output.trim(), "5 2");
});

// Errors of a caller's code, which look like the runtime's own.
const OWN = {
  "a RangeError": () => new RangeError("Maximum call stack size exceeded"),
  "a RuntimeError": () => new WebAssembly.RuntimeError("unreachable"),
  "an object with a code": () => ({ code: "invalid_json", message: "mine" }),
  null: () => null,
};

for (const [what, make] of Object.entries(OWN)) {
  test(`${what} of a caller's code comes through unchanged, and ends nothing`, async () => {
    const own = make();
    const fail = () => {
      throw own;
    };
    const kept = new UsageRollup().push(some);
    const before = instancesMade();
    const broken = {
      *[Symbol.iterator]() {
        yield record(7);
        fail();
      },
    };
    const stream = () => new ReadableStream({ pull: fail });
    const caught = async (call) => {
      try {
        await call();
      } catch (error) {
        return error === own;
      }
      return "nothing was thrown";
    };
    const calls = {
      push: () => kept.push(broken),
      usageByAgent: () => usageByAgent(broken, MONTH),
      pushStream: () => kept.pushStream(stream()),
      usageByAgentStream: () => usageByAgentStream(stream(), MONTH),
      onProgress: () => kept.pushStream(new Blob(["[]"]), { onProgress: fail }),
      onWarning: () => usageByAgent([record(1), { strange: 1 }], { ...MONTH, onWarning: fail }),
    };
    for (const [name, call] of Object.entries(calls)) assert.equal(await caught(call), true, name);
    // A getter makes its record invalid.
    for (const value of [Object.defineProperty({}, "type", { get: fail }), new Proxy({}, { get: fail })]) {
      const { invalid } = kept.push([{ ...some[0], id: "m7" }]).diagnostics();
      assert.throws(() => kept.push([value]), { code: "invalid_record" });
      assert.equal(kept.diagnostics().invalid, invalid);
    }
    assert.equal(kept.isTerminated, false);
    assert.equal(kept.diagnostics().counted, 6);
    assert.equal(instancesMade(), before);
    kept.free();
  });
}

test("a call inside of an iterator may end the instance of the outer call", () => {
  const kept = new UsageRollup();
  function* ending() {
    yield record(1);
    ranOut(() => end(new UsageRollup()));
    yield record(2);
  }
  assert.throws(() => kept.push(ending()), { code: "terminated" });
  kept.free();
  function* own() {
    yield record(1);
    ranOut(() => end(kept2));
    yield record(2);
  }
  const kept2 = new UsageRollup();
  assert.equal(usageByAgent(own(), MONTH).data[0].messages, 2, "a one-shot call lives elsewhere");
  kept2.free();
});

test("memory that one large input took is given back", async () => {
  const gc = async () => {
    for (let i = 0; i < 5; i++) {
      globalThis.gc();
      await new Promise(setImmediate);
    }
  };
  const { setFlagsFromString } = await import("node:v8");
  const { runInNewContext } = await import("node:vm");
  setFlagsFromString("--expose-gc");
  globalThis.gc = runInNewContext("gc");
  watchMemories();
  configure({ maxIdleBytes: 0 });
  packed.versions();
  new UsageRollup().free();
  configure(DEFAULTS);
  const small = new UsageRollup().push(some);
  entityTag(new Uint8Array(40 * MIB));
  const large = new UsageRollup().push(heavy);
  await gc();
  assert.ok(
    livingMemories().some((bytes) => bytes > 16 * MIB),
    "a count lives in the large instance",
  );
  large.free();
  await gc();
  assert.equal(small.byAgent(MONTH).data[0].messages, 5);
  assert.ok(
    livingMemories().some((bytes) => bytes > 16 * MIB),
    "another count lives there still",
  );
  small.free();
  await gc();
  assertAllOrdinary(packed, "afterwards");
  await gc();
  const endless = new TextEncoder().encode(`{"body":"${"x".repeat(40 * MIB)}`);
  const left = livingMemories();
  assert.ok(left.length <= 2 && left.every((bytes) => bytes <= 16 * MIB), left.join());
  for (const call of [
    () => ranOut(() => entityTag(new Uint8Array(16 * MIB))), // an instance that has ended is given back too
    () => assert.throws(() => usageByAgent(endless, MONTH), { code: "invalid_json" }),
    () => {
      const counter = new UsageAggregator(MONTH);
      for (let at = 0; at < endless.length; at += MIB) counter.pushBytes(endless.subarray(at, at + MIB));
      assert.ok(livingMemories().some((bytes) => bytes > 16 * MIB));
      counter.free();
    },
    () => packed.validateResponse("by-agent", `"${"x".repeat(40 * MIB)}"`),
  ]) {
    call();
    await gc();
    assert.ok(
      livingMemories().every((bytes) => bytes <= 16 * MIB),
      `${call}: ${livingMemories()}`,
    );
  }
});

test("counts that are lost and collected do no harm", async () => {
  const output = await runModule(
    `
    import { setTimeout as after } from "node:timers/promises";
    import { configure, UsageRollup, usageByAgent } from "usage-by-agent";
    const query = ${JSON.stringify(MONTH)};
    const heavy = Array.from({ length: 200 }, (_, n) => ({
      id: "m" + n, agentId: "a" + n, agentName: "x".repeat(100_000), receivedAt: query.now,
    }));
    const round = () => {
      const lost = Array.from({ length: 20 }, () => new UsageRollup().push(heavy.slice(0, 2)));
      configure({ maxModuleBytes: 16 << 20 });
      try {
        lost[0].merge(new Uint8Array(32 << 20)); // bytes that do not fit
      } catch (error) {
        return error.code;
      }
    };
    const codes = [];
    for (let i = 0; i < 5; i++) {
      codes.push(round());
      for (let j = 0; j < 3; j++) {
        gc();
        await after(1);
      }
      codes.push(new UsageRollup().push(heavy.slice(0, 3)).diagnostics().counted);
    }
    console.log(codes.join());
    `,
    { node: ["--expose-gc"] },
  );
  assert.equal(output.trim(), Array(5).fill("out_of_memory,3").join());
});

test("the limits are integers in their ranges, and a wrong one changes none", () => {
  for (const [limits, path] of [
    [{ maxModuleBytes: 4 * MIB - 1 }, "/maxModuleBytes"],
    [{ maxModuleBytes: 4096 * MIB + 1 }, "/maxModuleBytes"],
    [{ maxModuleBytes: 8 * MIB, maxIdleBytes: -1 }, "/maxIdleBytes"],
    [{ maxIdleBytes: "1" }, "/maxIdleBytes"],
    [{ maxIdleBytes: 0.5 }, "/maxIdleBytes"],
    [{ maxMemory: 1 }, "/maxMemory"],
    [null, ""],
  ]) {
    assert.throws(() => configure(limits), { code: "invalid_option", path }, JSON.stringify(limits));
  }
  assert.equal(usageByAgent(heavy, MONTH).data.length, 200, "8 MiB would not be enough");
  configure({});
});

test("a handler whose rollup is lost answers 503, and asks a function again", async () => {
  const { createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);
  const errors = [];
  const open = { authorize: () => true, onError: (error) => errors.push(error.code) };
  const ask = async (handler, path = "by-agent?period=month") => {
    const headers = { authorization: "Bearer x" };
    const response = await handler(new Request(`https://edge.example/v1/usage/${path}`, { headers }));
    return [response.status, (await response.json()).error?.code];
  };
  let kept = new UsageRollup().push(some);
  let asked = 0;
  const fixed = createUsageHandler({ ...open, rollup: kept });
  const made = createUsageHandler({
    ...open,
    rollup: () => {
      asked++;
      if (kept.isTerminated) kept = new UsageRollup().push(some);
      return kept;
    },
  });
  const stale = createUsageHandler({ ...open, rollup: () => lost });
  const lost = kept;
  for (const handler of [fixed, made]) assert.deepEqual(await ask(handler), [200, undefined]);
  ranOut(() => end(kept));
  for (const path of ["by-agent?period=month", "daily", "monthly", "by-number"]) {
    assert.deepEqual(await ask(fixed, path), [503, "terminated"], path);
    assert.deepEqual(await ask(stale, path), [503, "terminated"], path);
    assert.deepEqual(await ask(made, path), [200, undefined], path);
  }
  assert.equal(errors.length, 8);
  assert.ok(errors.every((code) => code === "terminated"));
  // The function is called again where its rollup ends between the two calls.
  asked = 0;
  const between = createUsageHandler({ ...open, rollup: () => (asked++ === 0 ? lost : kept) });
  assert.deepEqual([await ask(between), asked], [[200, undefined], 2]);

  // A request that needs too much ends no other request and no rollup.
  const records = createUsageHandler({ ...open, records: () => heavy });
  configure({ maxModuleBytes: 8 * MIB });
  assert.deepEqual(await ask(records), [503, "out_of_memory"]);
  assert.deepEqual(await ask(records, "daily"), [503, "out_of_memory"]);
  assert.deepEqual(await ask(made), [200, undefined]);
  configure(DEFAULTS);
  assert.deepEqual(await ask(records), [200, undefined]);
  kept.free();
});
