/** Errors: the fields of every error, and that no input makes a function throw anything else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { generate, Random, render } from "../../tools/generate.mjs";
import { assertPlaced } from "../support/conserved.mjs";
import { AT, assertWorks, call, JUNE, message } from "../support/faults.mjs";
import { packed } from "../support/packed.mjs";

const {
  inferConvention,
  periodBounds,
  UsageAggregator,
  UsageError,
  usageByAgent,
  usageByAgentStream,
  validateResponse,
} = packed;
const utf8 = new TextEncoder();

test("an error is an Error and a UsageError, and has its name, code and place", () => {
  let error;
  try {
    periodBounds({ period: "month", tz: "Mars/Olympus" });
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof Error && error instanceof UsageError);
  assert.equal(Object.prototype.toString.call(error), "[object Error]");
  assert.equal(error.name, "UsageError");
  assert.match(String(error), /^UsageError: unknown time zone "Mars\/Olympus": wanted .*\(at \/tz\)$/);
  assert.match(error.stack, /periodBounds/);
  assert.deepEqual([error.code, error.path], ["invalid_tz", "/tz"]);
});

test("every code occurs, and its message names what was got and what is wanted", async () => {
  const aborted = () => usageByAgentStream(new Blob([]), { ...JUNE, signal: AbortSignal.abort() });
  const occasions = {
    invalid_period: [() => periodBounds({ period: "day" }), /"day".*wanted "week", "month", "year"/],
    invalid_tz: [() => periodBounds({ period: "month", tz: "Moon" }), /"Moon".*wanted/],
    invalid_now: [() => periodBounds({ period: "month", now: "noon" }), /"noon".*wanted.*RFC 3339/],
    invalid_option: [() => periodBounds({ ...JUNE, weekStart: "Mon" }), /"Mon".*wanted "monday"/],
    out_of_range: [
      () => periodBounds({ period: "month", now: "1969-01-01T00:00:00Z" }),
      /1969.*1970-01-01\.\.2099-12-31/,
    ],
    invalid_record: [() => usageByAgent([message({ agentId: 5 })], JUNE), /number.*wanted a string.*at \/0\/agentId/],
    invalid_json: [() => usageByAgent("{]", JUNE), /"\]".*wanted.*line 1, byte 1/],
    overflow: [
      () =>
        usageByAgent(
          [1, 2].map(() => call({ durationSeconds: 2 ** 53 - 1 })),
          JUNE,
        ),
      /2\^53 - 1.*at \/1/,
    ],
    aborted: [aborted, /aborted/],
  };
  for (const [code, [run, pattern]] of Object.entries(occasions)) {
    await assert.rejects(
      async () => run(),
      (error) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.code, code);
        assert.match(error.message, pattern);
        return true;
      },
      code,
    );
  }
});

test("messages show long and odd values shortened and on one line", () => {
  for (const odd of ["x".repeat(1e6), "\n\r\u0000\u001b[31m", "\ud83d", '"'.repeat(1000), "\u202e"]) {
    assert.throws(
      () => periodBounds({ period: odd }),
      ({ code, message: text }) => code === "invalid_period" && text.length < 1000 && !/\p{Cc}/u.test(text),
    );
  }
});

/** Values of every kind, likely and unlikely. */
function garbage(random, depth = 0) {
  const simple = [
    () => undefined,
    () => null,
    () => random.chance(0.5),
    () =>
      random.pick([
        0,
        -0,
        1,
        -1,
        0.5,
        1e11,
        1717243200,
        1717243200000,
        2 ** 53,
        1e300,
        -Infinity,
        Infinity,
        Number.NaN,
      ]),
    () =>
      random.pick(["", "month", "week", "UTC", "utc", "Mars", "monday", "skip", "call", "message", "completed", AT]),
    () =>
      random.pick([
        "\ud83d",
        "\0",
        "__proto__",
        "agent.message",
        "agent.call_ended",
        "[",
        '{"data":[',
        "x".repeat(5000),
      ]),
    () => random.bits(),
    () => BigInt(random.bits()),
    () => Symbol("garbage"),
    () => () => "month",
    () => new Date(random.pick([0, 1717243200000, Number.NaN, 8.64e15])),
    () =>
      random.pick([
        /x/,
        new Map([[1, 2]]),
        new Set([1]),
        new WeakMap(),
        Promise.resolve(1),
        new Error("x"),
        globalThis,
      ]),
    () =>
      random.pick([
        new Uint8Array(3),
        new Uint8Array([0x7b]),
        new ArrayBuffer(4),
        new Float64Array(2),
        new DataView(new ArrayBuffer(1)),
      ]),
    () =>
      random.pick([
        Object(1),
        Object("month"),
        Object(true),
        new Date(),
        Object.create(null),
        new Proxy({}, {}),
        class {},
      ]),
  ];
  const nested = [
    () => Array.from({ length: random.below(4) }, () => garbage(random, depth + 1)),
    () => fields(random, depth + 1),
    () => ({ data: garbage(random, depth + 1) }),
    () => new Proxy(fields(random, depth + 1), {}),
    () => {
      const cyclic = { ...message({}), [random.pick(NAMES)]: garbage(random, depth + 1) };
      cyclic.data = [cyclic];
      return cyclic;
    },
  ];
  return random.pick(depth > 3 ? simple : [...simple, ...nested, ...nested])();
}

const NAMES = ["type", "event", "id", "callId", "messageId", "agentId", "agentName", "status", "startedAt", "endedAt"];
NAMES.push("durationSeconds", "receivedAt", "timestamp", "channel", "data", "__proto__", "toJSON", "then", "length");

function fields(random, depth) {
  const record = random.pick([
    {},
    {},
    message({}),
    call({}),
    { event: "agent.call_ended" },
    { event: "agent.message" },
  ]);
  for (let n = random.below(5); n > 0; n--) {
    const [name, value] = [random.pick(NAMES), garbage(random, depth)];
    if (random.chance(0.05))
      Object.defineProperty(record, name, { get: () => thrower(value), enumerable: true, configurable: true });
    else Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return record;
}

function thrower(value) {
  throw value;
}

const OPTIONS = [
  "period",
  "tz",
  "now",
  "weekStart",
  "offset",
  "boundsAs",
  "agents",
  "includeIdle",
  "dedupe",
  "onInvalid",
];

function query(random) {
  if (random.chance(0.05)) return garbage(random, 3);
  const options = { ...JUNE, onInvalid: random.pick(["skip", "skip", "throw"]) };
  if (random.chance(0.3)) options[random.pick([...OPTIONS, "naiveTimestamps"])] = garbage(random);
  return options;
}

test("functions throw only UsageErrors for any input", async () => {
  const random = new Random(7);
  const codes = new Map();
  const attempt = async (what, run) => {
    try {
      await run();
      codes.set("fine", (codes.get("fine") ?? 0) + 1);
    } catch (error) {
      assert.ok(error instanceof UsageError, `${what}: ${String(error?.stack ?? error)}`);
      codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
    }
  };
  for (let i = 0; i < 4000; i++) {
    await attempt("periodBounds", () => periodBounds(query(random)));
    await attempt("usageByAgent", () => usageByAgent(garbage(random), query(random)));
    await attempt("usageByAgent, a list", () => {
      usageByAgent(
        Array.from({ length: random.below(6) }, () => garbage(random)),
        query(random),
      );
    });
    await attempt("usageByAgentStream", () => usageByAgentStream(garbage(random), query(random)));
    if (i % 100 === 0) assertWorks();
  }
  assertWorks();
  // The random input reaches every error.
  for (const code of [
    "fine",
    "invalid_period",
    "invalid_tz",
    "invalid_now",
    "invalid_option",
    "invalid_record",
    "invalid_json",
  ]) {
    assert.ok(codes.get(code) > 20, `${code}: ${codes.get(code)}`);
  }
});

test("validateResponse throws only UsageErrors, and only for its options", () => {
  const random = new Random(11);
  for (let i = 0; i < 4000; i++) {
    const [body, expect] = [garbage(random), random.chance(0.5) ? {} : query(random)];
    try {
      assert.equal(typeof validateResponse("by-agent", body, expect).ok, "boolean");
    } catch (error) {
      assert.ok(error instanceof UsageError, String(error?.stack ?? error));
      assert.match(error.code, /^invalid_(period|tz|now|option)$/);
    }
  }
  assertWorks();
});

test("inferConvention throws only UsageErrors", () => {
  const random = new Random(10);
  for (let i = 0; i < 2000; i++) {
    const bounds = { period: "week", periodStart: AT, periodEnd: AT };
    if (random.chance(0.5)) bounds[random.pick(Object.keys(bounds))] = garbage(random);
    const question = query(random);
    try {
      inferConvention(bounds, question);
    } catch (error) {
      assert.ok(error instanceof UsageError, String(error?.stack ?? error));
    }
  }
  assertWorks();
});

test("an aggregator works after any sequence of calls", () => {
  const random = new Random(8);
  for (let i = 0; i < 300; i++) {
    const usage = new UsageAggregator({ ...JUNE, onInvalid: random.pick(["throw", "skip"]) });
    const deeds = [
      (odd) => usage.push(odd),
      (odd) => usage.push([message({}), odd, message({})]),
      (odd) => usage.pushBytes(odd),
      () => usage.pushBytes(utf8.encode(random.pick(["[", "{", "]", '"', "1", "\n", JSON.stringify(message({}))]))),
      () => usage.finish(),
      () => usage.report(),
    ];
    for (let n = 0; n < 20; n++) {
      const [deed, odd] = [random.pick(deeds), garbage(random)];
      try {
        deed(odd);
      } catch (error) {
        assert.ok(error instanceof UsageError, String(error?.stack ?? error));
      }
      assertPlaced(usage.diagnostics());
    }
    usage.free();
  }
  assertWorks();
});

test("randomly damaged text gives equal diagnostics in chunks and as a whole, and no record counts twice", () => {
  const random = new Random(9);
  const whole = [...render(generate({ records: 12, invalid: 2, seed: 4, transcripts: { share: 0 } }), {})].join("");
  const bytes = utf8.encode(whole);
  const bits = ["{", "}", "[", "]", '"', "\\", ",", ":", "\n", "\n{", "0", "-", "e", "null", "\ud83d", "\0", "\r", " "];
  for (let i = 0; i < 1500; i++) {
    const from = random.below(bytes.length);
    const cut = bytes.subarray(from, from + 200 + random.below(3000));
    const damaged = [...cut];
    for (let n = 1 + random.below(4); n > 0; n--) {
      const at = random.below(damaged.length);
      const insert = random.chance(0.8) ? utf8.encode(random.pick(bits)) : [random.below(256)];
      damaged.splice(at, random.below(3), ...insert);
    }
    const text = Uint8Array.from(damaged);
    const account = (feed) => {
      const usage = new UsageAggregator({ ...JUNE, period: "year", onInvalid: "skip" });
      feed(usage);
      const result = { ...usage.diagnostics(), report: usage.report() };
      usage.free();
      return result;
    };
    const once = account((usage) => usage.push(text));
    const pieces = account((usage) => {
      for (let at = 0; at < text.length; ) {
        const length = 1 + random.below(random.chance(0.5) ? 4 : 300);
        usage.pushBytes(text.subarray(at, at + length));
        at += length;
      }
      usage.finish();
    });
    assert.deepEqual(pieces, once);
    assertPlaced(once);
    const errors = once.problems.filter(({ severity }) => severity === "error").length;
    assert.equal(errors, Math.min(once.invalid, 100));
  }
});
