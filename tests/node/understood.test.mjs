/**
 * Input that is not understood never looks like zero usage. An error or a warning says what the input looks like, in equal words
 * through every door.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { assertWorks } from "../support/faults.mjs";
import { packed } from "../support/packed.mjs";

const { UsageAggregator, UsageRollup, usageByAgent, usageByAgentStream } = packed;

const JUNE = { period: "month", now: "2025-06-15T12:00:00Z" };
const utf8 = new TextEncoder();
const AT = "2025-06-03T10:00:00Z";
const message = (id, more) => ({ id, agentId: "a", receivedAt: AT, ...more });
const bytesOf = (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));

/** Chunks of this length. */
function* chunks(bytes, length) {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** Every way to give the input: `input` is text or bytes. A JSON value goes in as objects too. */
function doors(input) {
  const bytes = typeof input === "string" ? utf8.encode(input) : input;
  const found = {
    bytes: (query) => usageByAgent(bytes, query),
    buffer: (query) => usageByAgent(bytes.slice().buffer, query),
    stream: (query) => usageByAgentStream(new Response(bytes), query),
    "stream of single bytes": (query) => usageByAgentStream(ReadableStream.from(chunks(bytes, 1)), query),
    "stream of seven bytes": (query) => usageByAgentStream(ReadableStream.from(chunks(bytes, 7)), query),
    "gzip stream": (query) => usageByAgentStream(new Blob([gzipSync(bytes)]), query),
    "gzip stream of two members": (query) =>
      usageByAgentStream(new Blob([gzipSync(bytes.subarray(0, 9)), gzipSync(bytes.subarray(9))]), query),
  };
  if (typeof input !== "string") return found;
  found.text = (query) => usageByAgent(input, query);
  let value;
  try {
    value = JSON.parse(input);
  } catch {
    return found;
  }
  found.objects = (query) => usageByAgent(value, query);
  return found;
}

/** The report, the thrown error and the warnings, as far as each door has them. */
async function outcome(door, query) {
  const warnings = [];
  const onWarning = ({ path, code, message, severity }) => warnings.push({ path, code, message, severity });
  try {
    return { rows: (await door({ ...JUNE, ...query, onWarning })).data, warnings };
  } catch (error) {
    assert.equal(error.name, "UsageError", error.stack);
    const { code, path, message } = error;
    return { code, path, message, warnings };
  }
}

const RECORD = JSON.stringify(message("m1"));
const byAgent = {
  data: [{ agentId: "a", agentName: "A", messages: 1, calls: 2, totalSeconds: 3, isOrphan: false }],
  ...{ period: "month", periodStart: "2025-06-01T00:00:00Z", periodEnd: "2025-06-30T23:59:59Z" },
};
const agents = { data: [{ id: "a", name: "A", voiceMode: "hosted" }], hasMore: false, total: 1 };
const numbers = {
  data: [{ id: "n", phoneNumber: "+15550100", country: "US", status: "active" }],
  hasMore: false,
  total: 1,
};
const conversations = { data: [{ id: "v", participant: "+15550101", messageCount: 3 }], hasMore: false, total: 1 };

/** JSON without a record of a known kind, and what it looks like by the message of the error. */
const UNKNOWN = [
  [{ detail: "Invalid API key" }, 'an error body: "Invalid API key"'],
  [{ error: { message: "Rate limit exceeded", code: "rate_limited" } }, 'an error body: "Rate limit exceeded"'],
  [{ errors: [{ code: 10_000, message: "Authentication error" }] }, 'an error body: "Authentication error"'],
  [{ error: "invalid_grant", error_description: "The token is expired" }, 'an error body: "The token is expired"'],
  [byAgent, "a row of GET /v1/usage/by-agent: use validateResponse for responses"],
  [{ numbers: {}, stats: {} }, "a response of GET /v1/usage: use validateResponse for responses"],
  [{ data: [{ date: "2025-06-01", messages: 1, calls: 2, webhooks: 3 }], days: 1 }, "a row of GET /v1/usage/daily"],
  [{ data: [{ month: "2025-06", messages: 1, calls: 2, webhooks: 3 }], months: 1 }, "a row of GET /v1/usage/monthly"],
  [{ data: [{ numberId: "n", messages: 1, calls: 2 }] }, "a row of GET /v1/usage/by-number"],
  [agents, "an agent, of GET /v1/agents"],
  [numbers, "a phone number, of GET /v1/numbers"],
  [conversations, "a conversation without its messages"],
  [[{ sid: "SM1", date_created: "x" }], "a record of Twilio, not of AgentPhone"],
  [{ foo: 1, bar: { id: "x" } }, "an object with the keys foo, bar"],
  [[{}, {}], "an object without keys"],
  [{ event: "agent.renamed" }, 'a webhook of the event "agent.renamed", which is not documented'],
  [
    { headers: {}, body: { event: "agent.renamed" } },
    'a webhook of the event "agent.renamed", which is not documented',
  ],
  [{ ok: false, error: "invalid_auth", messages: [] }, 'an error body: "invalid_auth"'],
  [{ messages: [message("m1")], error: { message: "Not found" } }, 'an error body: "Not found"'],
  [{ messages: [message("m1")], calls: [] }, "an object with lists of messages and of calls: give each list by itself"],
  [{ body: JSON.stringify({ event: "agent.message" }) }, "a webhook whose `body` is text: parse `body` first"],
];

/** Texts and bytes that are not JSON, what they look like, and where the first fault is. */
const FOREIGN = [
  ["<!doctype html><html><head><title>401 Unauthorized</title></head>", 'an HTML page titled "401 Unauthorized"'],
  ["id,agentId,receivedAt\nm1,a,2025-06-03T10:00:00Z\n", "CSV with the columns id, agentId, receivedAt"],
  ["{receivedAt: 5}", "a literal of JavaScript or Python: wanted JSON, with its keys in double quotes"],
  ["[{'receivedAt': 5}]", "a literal of JavaScript or Python: wanted JSON, with its keys in double quotes"],
  [bytesOf(Buffer.from(RECORD, "utf16le")), "UTF-16 text (little-endian) without a byte order mark: wanted UTF-8"],
  [
    bytesOf(Buffer.from(RECORD, "utf16le").swap16()),
    "UTF-16 text (big-endian) without a byte order mark: wanted UTF-8",
  ],
  [
    bytesOf(Buffer.from(`[${RECORD}]`, "utf16le")),
    "UTF-16 text (little-endian) without a byte order mark: wanted UTF-8",
  ],
  [bytesOf("PK\u0003\u0004", Buffer.alloc(26), deflateRawSync(RECORD)), "a zip archive: unpack it first"],
  [bytesOf(Buffer.from("89504e470d0a1a0a0000000d", "hex")), "a PNG picture"],
  ["%PDF-1.7\n", "a PDF file"],
];

for (const [value, look] of UNKNOWN) {
  const text = JSON.stringify(value);
  test(`${text.slice(0, 60)} is refused with the same words by every door`, async () => {
    const words = `nothing of the input is understood: it looks like ${look}`;
    for (const [name, door] of Object.entries(doors(text))) {
      for (const query of [{}, { onInvalid: "skip" }]) {
        const { code, path, message, warnings } = await outcome(door, query);
        assert.deepEqual([code, path], ["unknown_records", ""], name);
        assert.ok(message.startsWith(words), `${name}: ${message}`);
        if (name !== "objects") assert.equal(message, (await outcome(doors(text).objects)).message, name);
        assert.deepEqual(warnings, [], name);
      }
    }
    assertWorks();
  });
}

for (const [input, look] of FOREIGN) {
  test(`${look} is refused with the same words by every door`, async () => {
    const messages = new Set();
    for (const [name, door] of Object.entries(doors(input))) {
      const thrown = await outcome(door, {});
      assert.equal(thrown.code, "invalid_json", name);
      assert.ok(thrown.message.includes(`; the text looks like ${look}`), `${name}: ${thrown.message}`);
      messages.add(thrown.message);
      // If the faults are skipped, nothing is left. This must not look like zero usage.
      const skipped = await outcome(door, { onInvalid: "skip" });
      assert.equal(skipped.code, "unknown_records", `${name}: ${JSON.stringify(skipped)}`);
      assert.ok(skipped.message.includes(`it looks like ${look}`), `${name}: ${skipped.message}`);
    }
    assert.equal(messages.size, 1, [...messages].join("\n"));
    assertWorks();
  });
}

test("a second byte order mark is explained, also where it is skipped", async () => {
  const text = `\ufeff${RECORD}\n\ufeff${JSON.stringify(message("m2"))}\n${JSON.stringify(message("m3"))}`;
  for (const [name, door] of Object.entries(doors(text))) {
    const { code, message } = await outcome(door, {});
    assert.equal(code, "invalid_json", name);
    assert.match(message, /^got byte 0xef: wanted a value; this may be the byte order mark of a second file/, name);
    const { rows } = await outcome(door, { onInvalid: "skip" });
    assert.equal(rows[0].messages, 2, name);
  }
  const usage = new UsageAggregator({ ...JUNE, onInvalid: "skip" }).push(text);
  assert.match(usage.diagnostics().problems[0].message, /the byte order mark of a second file/);
  usage.free();
});

const PAGE = { data: [message("m1")], hasMore: true, total: 512 };
const list = (ids, more) => ({ data: ids.map((id) => message(id)), ...more });
const conversation = (count, ids) => ({
  id: "v",
  agentId: "a",
  messageCount: count,
  messages: ids.map((id) => message(id)),
});
const missing = (items) => `1 list is not complete: ${items}; include every page, up to the one with "hasMore": false`;
const unknownCount = "how many items are missing is not known";

/** Values that are counted, the number of messages, and the warnings. */
const WARNED = [
  [PAGE, 1, [["incomplete_page", missing("511 items are missing")]]],
  [{ ...PAGE, total: 2 }, 1, [["incomplete_page", missing("1 item is missing")]]],
  [{ ...PAGE, hasMore: false, total: 1 }, 1, []],
  [{ ...PAGE, hasMore: false }, 1, [["incomplete_page", missing("511 items are missing")]]],
  [{ ...PAGE, hasMore: undefined }, 1, [["incomplete_page", missing("511 items are missing")]]],
  [{ ...PAGE, total: undefined }, 1, [["incomplete_page", missing(unknownCount)]]],
  [{ data: [message("m1")], has_more: true }, 1, [["incomplete_page", missing(unknownCount)]]],
  [{ data: [message("m1")] }, 1, []],
  // A list is not complete if a page says that its request failed, or has calls that are not read.
  [{ ok: false, data: [message("m1")], hasMore: false }, 1, [["incomplete_page", missing(unknownCount)]]],
  [{ data: [message("m1")], error: "timeout" }, 1, [["incomplete_page", missing(unknownCount)]]],
  [{ data: [message("m1")], error: { code: 1 }, total: 3 }, 1, [["incomplete_page", missing("2 items are missing")]]],
  [{ data: [message("m1")], hasMore: false, calls: [] }, 1, [["incomplete_page", missing(unknownCount)]]],
  [{ error: "", ok: true, data: [message("m1")], success: true, calls: 5 }, 1, []],
  [{ error: null, data: [message("m1")], hasMore: false, errors: [] }, 1, []],
  [{ error: false, data: [message("m1")], hasMore: false, success: null }, 1, []],
  [[list(["1", "2"], { hasMore: true, total: 3 }), list(["3"], { hasMore: false, total: 3 })], 3, []],
  [
    [list(["1", "2"], { hasMore: true, total: 5 }), list(["3", "4"], { hasMore: true, total: 5 })],
    4,
    [["incomplete_page", missing("1 item is missing")]],
  ],
  [
    [list(["1"], { hasMore: false, total: 4 }), list(["2"], { hasMore: true, total: 9 })],
    2,
    [
      [
        "incomplete_page",
        '2 lists are not complete: 11 items are missing; include every page, up to the one with "hasMore": false',
      ],
    ],
  ],
  [conversation(1, ["1"]), 1, []],
  [
    conversation(5, ["1"]),
    1,
    [["incomplete_page", '1 conversation has fewer messages than "messageCount" says: 4 messages are missing']],
  ],
  [
    [conversation(5, ["1"]), conversation(2, ["2", "3"]), conversation(1, [])],
    3,
    [["incomplete_page", '2 conversations have fewer messages than "messageCount" says: 5 messages are missing']],
  ],
  [
    [message("1"), { detail: "Invalid API key" }],
    1,
    [
      [
        "unknown_records",
        '1 of 2 records is of an unknown kind; the first looks like an error body: "Invalid API key"',
      ],
    ],
  ],
  [
    [message("1"), { event: "agent.renamed" }, { foo: 1 }],
    1,
    [
      [
        "unknown_records",
        '2 of 3 records are of an unknown kind; the first looks like a webhook of the event "agent.renamed", which is not documented',
      ],
    ],
  ],
  [
    [message("1"), { event: "agent.message", id: "d1", channel: "sms", agentId: "a", data: { receivedAt: AT } }],
    2,
    [
      [
        "mixed_sources",
        "some messages came from lists, and others from webhooks without a message id: a message that came both ways counts twice",
      ],
    ],
  ],
];

for (const [value, messages, expected] of WARNED) {
  const text = JSON.stringify(value);
  test(`${text.slice(0, 90)} is warned about in the same words by every door`, async () => {
    const wanted = expected.map(([code, message]) => ({ path: "", code, message, severity: "warning" }));
    for (const [name, door] of Object.entries(doors(text))) {
      const { rows, warnings } = await outcome(door, {});
      assert.equal(rows?.[0].messages, messages, name);
      assert.deepEqual(warnings, wanted, name);
    }
    // A counter has them before its other problems, and a restored counter has them too.
    for (const make of [
      () => new UsageAggregator({ ...JUNE, onInvalid: "skip" }),
      () => new UsageRollup({ onInvalid: "skip" }),
    ]) {
      const usage = make().push([5]).push(text);
      const copy = make().merge(usage.snapshot());
      const { problems } = usage.diagnostics();
      assert.deepEqual(
        problems.filter(({ severity }) => severity === "warning").map(({ code }) => code),
        expected.map(([code]) => code),
      );
      assert.equal(problems.at(-1).severity, "error");
      assert.deepEqual(copy.diagnostics().problems, withoutLooks(problems));
      const [passed, warned] = [[], []];
      usage.checkUnderstood((problem) => passed.push(problem));
      copy.checkUnderstood((problem) => warned.push(problem));
      assert.deepEqual([passed.length, warned.length], [expected.length, expected.length]);
      usage.free();
      copy.free();
    }
  });
}

/** A snapshot has no records, so what an unknown one looks like is not known any more. */
const withoutLooks = (problems) =>
  problems.map((problem) => ({ ...problem, message: problem.message.replace(/; the first looks like .*/, "") }));

test("pages in different pushes are one list", () => {
  const usage = new UsageAggregator(JUNE);
  usage.push(list(["1", "2"], { hasMore: true, total: 3 }));
  assert.equal(usage.diagnostics().problems[0].message, missing("1 item is missing"));
  usage.push(JSON.stringify(list(["3"], { hasMore: false, total: 3 })));
  assert.deepEqual(usage.diagnostics().problems, []);
  usage.free();
});

test("parts that were counted apart are judged apart", () => {
  const [first, second] = [
    list(["1", "2"], { hasMore: true, total: 3 }),
    list(["3"], { hasMore: false, total: 3 }),
  ].map((page) => new UsageAggregator(JUNE).push(page));
  first.merge(second);
  assert.match(first.diagnostics().problems[0].message, /^2 lists are not complete: 3 items are missing/);
  first.free();
  second.free();
});

test("a warning changes no report, and no report is kept back by a warning", () => {
  const counted = [message("m1")];
  const reports = [counted, PAGE, [...counted, { foo: 1 }]].map((records) => usageByAgent(records, JUNE));
  for (const report of reports) assert.deepEqual(report, reports[0]);
});

test("what onWarning throws comes through unchanged, and a wrong onWarning is refused", async () => {
  const boom = new Error("boom");
  const onWarning = () => {
    throw boom;
  };
  assert.throws(() => usageByAgent(PAGE, { ...JUNE, onWarning }), boom);
  await assert.rejects(usageByAgentStream(new Blob([JSON.stringify(PAGE)]), { ...JUNE, onWarning }), boom);
  for (const wrong of [5, "log", {}]) {
    const expected = { code: "invalid_option", path: "/onWarning" };
    assert.throws(() => usageByAgent([], { ...JUNE, onWarning: wrong }), expected);
    await assert.rejects(usageByAgentStream(new Blob([]), { ...JUNE, onWarning: wrong }), expected);
  }
  for (const none of [null, undefined]) assert.deepEqual(usageByAgent([], { ...JUNE, onWarning: none }).data, []);
});

test("records that are all invalid are warned about, if they are skipped", () => {
  const onInvalid = "skip";
  for (const [records, words] of [
    [[5], "nothing of the input is understood: the only record is invalid"],
    [[5, { receivedAt: "?" }], "nothing of the input is understood: all 2 records are invalid"],
  ]) {
    const warnings = [];
    usageByAgent(records, { ...JUNE, onInvalid, onWarning: ({ code, message }) => warnings.push([code, message]) });
    assert.deepEqual(warnings, [["unknown_records", words]]);
  }
});

test("an object of an unknown kind is refused by push, and not counted", () => {
  const usage = new UsageAggregator({ ...JUNE, onInvalid: "skip" });
  for (const value of [{}, { rows: [], rowCount: 0 }, { detail: "no" }]) {
    assert.throws(() => usage.push(value), { code: "unknown_records", path: "" });
  }
  for (const value of [new Date(), /x/, new Error("x")]) {
    assert.throws(() => usage.push(value), { code: "invalid_option", path: "" });
  }
  assert.equal(usage.diagnostics().records, 0);
  assert.deepEqual(usage.push(message("m1")).report().data[0].messages, 1);
  assert.throws(() => usage.push({ id: "m2", receivedAt: 5 }).checkUnderstood() && usage.push(7), {
    code: "invalid_option",
  });
  assert.equal(usage.diagnostics().invalid, 1);
  usage.free();
});

test("no input gives an empty report without a word", async () => {
  for (const input of ["", " \n", "[]", "\ufeff", "\n\n[ ]\n"]) {
    for (const [name, door] of Object.entries(doors(input))) {
      assert.deepEqual(await outcome(door, {}), { rows: [], warnings: [] }, `${JSON.stringify(input)}, ${name}`);
    }
  }
});

test("defaults reach the records of one call", async () => {
  const defaults = { agentId: "d", agentName: "D" };
  const records = [{ id: "m1", receivedAt: AT }];
  for (const [name, door] of Object.entries(doors(JSON.stringify(records)))) {
    const { rows } = await outcome(door, { defaults });
    assert.deepEqual([rows[0].agentId, rows[0].agentName, rows[0].messages], ["d", "D", 1], name);
    const wrong = await outcome(door, { defaults: { agentId: 5 } });
    assert.deepEqual([wrong.code, wrong.path], ["invalid_option", "/defaults/agentId"], name);
    const none = await outcome(door, { defaults: null });
    assert.deepEqual([none.code, none.path], ["invalid_option", "/defaults"], name);
  }
});

test("a total is a number in any spelling, up to 2^53 - 1", async () => {
  for (const [total, lack] of [
    ["5.0", missing("4 items are missing")],
    ["0.5e1", missing("4 items are missing")],
    ["9007199254740991", missing("9007199254740990 items are missing")],
    ["9007199254740993", undefined],
    ["1.5", undefined],
    ["-5", undefined],
    ['"5"', undefined],
  ]) {
    for (const text of [`{"total":${total},"data":[${RECORD}]}`, `{"data":[${RECORD}],"total":${total}}`]) {
      for (const [name, door] of Object.entries(doors(text))) {
        const { warnings } = await outcome(door, {});
        assert.deepEqual(warnings[0]?.message, lack, `${text}, ${name}`);
      }
    }
  }
});

test("records that are skipped in the line of a broken value are warned about", async () => {
  const onInvalid = "skip";
  const record = (id) => JSON.stringify(message(`m${id}`));
  const skipped = "after the broken value in line 1, the rest of the line, which may have more records, was skipped";
  for (const [text, messages, words] of [
    [`[${record(1)},{"x":NaN},${record(2)}]`, 1, skipped],
    [`[${record(1)},NaN,${record(2)}]`, 1, skipped],
    [`[${record(1)} ${record(2)}]`, 1, skipped],
    [`[${record(1)}],[${record(2)}]`, 1, skipped],
    [`{"data":[${record(1)},{"x":NaN},${record(2)}]}`, 1, skipped],
    [`${record(1)}{"x":NaN}${record(2)}`, 1, skipped],
    [`${record(1)},${record(2)}`, 1, skipped],
    [`{"x":NaN,"y":[{},{}]}\n${record(1)}`, 1, undefined],
    [`[\n{"x":NaN,"y":[{},{}]},\n${record(1)}]`, 1, undefined],
    [`[${record(1)},{"x":NaN}]`, 1, undefined],
  ]) {
    for (const [name, door] of Object.entries(doors(text))) {
      const usage = new UsageAggregator({ ...JUNE, onInvalid });
      const { rows } = await outcome(door, { onInvalid });
      assert.equal(rows?.[0]?.messages, messages, `${text}, ${name}`);
      usage.push(text);
      const warning = usage.diagnostics().problems.find(({ severity }) => severity === "warning");
      assert.equal(warning?.message, words, text);
      usage.free();
    }
  }
});

test("the headers of an envelope may be a Headers object", () => {
  const body = { event: "agent.message", channel: "sms", agentId: "a", timestamp: AT, data: {} };
  const from = (id) => ({ headers: new Headers({ "X-Webhook-ID": id }), body });
  const { data } = usageByAgent(
    [from("d1"), from("d1"), from("d2"), { headers: { "x-webhook-id": "d2" }, body }],
    JUNE,
  );
  assert.equal(data[0].messages, 2);
  // A Kelvin sign is not a letter of the name.
  const kelvin = [{ headers: { "x-webhoo\u212a-id": "d1" }, body }, from("d1")];
  assert.equal(usageByAgent(kelvin, JUNE).data[0].messages, 2);
  assert.equal(usageByAgent(JSON.stringify(kelvin.slice(0, 1)), JUNE).data[0].messages, 1);
  const odd = [
    { get: 5 },
    { get: () => 5 },
    {
      get: () => {
        throw new Error("no");
      },
    },
  ];
  for (const headers of odd) assert.equal(usageByAgent([{ headers, body }], JUNE).data[0].messages, 1);
});

test("a source may use the memory of a chunk again", async () => {
  async function* reusing(text) {
    const buffer = new Uint8Array(1);
    for (const byte of utf8.encode(text)) {
      buffer[0] = byte;
      yield buffer;
      buffer[0] = 0;
    }
  }
  const { data } = await usageByAgentStream(reusing(` \n[ ${RECORD}]`), JUNE);
  assert.equal(data[0].messages, 1);
  await assert.rejects(usageByAgentStream(reusing("<title>No</title>"), JUNE), /an HTML page titled "No"/);
});
