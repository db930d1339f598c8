/** Words for input that is not understood: text that is not JSON, and values that are not records. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { Random } from "../../tools/generate.mjs";
import { call, message } from "../support/faults.mjs";
import { importSource } from "../support/source.mjs";

const { lookOfText } = await importSource("looks/text.ts");
const { lookOf, lookOfValue } = await importSource("looks/value.ts");

const utf8 = new TextEncoder();
const hex = (digits) => Uint8Array.from(digits.match(/../g), (byte) => Number.parseInt(byte, 16));
const utf16 = (text, isBig) => {
  const bytes = new Uint8Array(Buffer.from(text, "utf16le"));
  if (isBig) Buffer.from(bytes.buffer).swap16();
  return bytes;
};
const utf32 = (text, isBig) => {
  const view = new DataView(new ArrayBuffer(4 * text.length));
  for (const [n, unit] of [...text].entries()) view.setUint32(4 * n, unit.codePointAt(0), !isBig);
  return new Uint8Array(view.buffer);
};
const joined = (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));

/** A zip archive's first file, as zip tools write it. */
function zipped(name) {
  const data = deflateRawSync("x".repeat(500));
  const header = Buffer.alloc(30);
  header.write("PK\u0003\u0004", "latin1");
  header.writeUInt16LE(name.length, 26);
  return joined(header, utf8.encode(name), data);
}

const RECORD = '{"id":"m1","receivedAt":"2024-06-02T09:00:00Z"}';
const MARK = "\ufeff";
const unmarked = (bits, end) => `UTF-${bits} text (${end}-endian) without a byte order mark: wanted UTF-8`;
const ROWS = "2024-06-01T09:00:00Z,a1,m1,inbound,12\n";
const LITERAL = "a literal of JavaScript or Python: wanted JSON, with its keys in double quotes";
const PATH = "a file's path in place of its content: read the file first";
const NAME = "a file's name in place of its content: read the file first";
const URL_LOOK = "a URL in place of its content: fetch it first";
const LOG = "lines of a log";

/** Texts and bytes, and what they look like. */
const TEXTS = [
  [
    "a page",
    "<!doctype html>\n<html><head><title>401 Authorization Required</title>",
    'an HTML page titled "401 Authorization Required"',
  ],
  ["a page without a title", "\n <html><body><p>hello", "an HTML page"],
  [
    "a page with a long title",
    `<html><title>${"Sign\u0000 in\u202e ".repeat(30)}</title>`,
    `an HTML page titled "${"Sign in ".repeat(8).slice(0, 59)}…"`,
  ],
  ["XHTML", '<?xml version="1.0"?><html xmlns="x"><title>Login</title>', 'an HTML page titled "Login"'],
  ["XML", '<?xml version="1.0"?>\n<usage:report xmlns="x"/>', "XML with the element usage:report"],
  ["XML without a declaration", "<Error><Code>NoSuchKey</Code></Error>", "XML with the element Error"],
  ["CSV", `id,agentId,startedAt\nc1,a1,2024-06-01\n`, "CSV with the columns id, agentId, startedAt"],
  [
    "CSV with a mark and quotes",
    `${MARK}"id","agent, id","started at"\r\n"c1","a1",""\r\n`,
    "CSV with the columns id, agent, id, started at",
  ],
  ["CSV with many columns", `${"abcdefg".split("").join(",")}\n`, "CSV with the columns a, b, c, d, e and 2 more"],
  ["CSV with semicolons", "id;agentId\nc1;a1", "CSV with semicolons and the columns id, agentId"],
  ["CSV without names", ROWS + ROWS, "CSV without names of columns"],
  ["TSV", "id\tagentId\n", "TSV with the columns id, agentId"],
  ["a zip archive", zipped("records.ndjson"), "a zip archive: unpack it first"],
  ["an empty zip archive", hex("504b050600000000"), "a zip archive: unpack it first"],
  ["an Excel file", zipped("[Content_Types].xml"), "an Excel file: wanted JSON"],
  ["another Excel file", zipped("xl/workbook.xml"), "an Excel file: wanted JSON"],
  ["an old Excel file", hex("d0cf11e0a1b11ae1"), "an old Excel or Word file: wanted JSON"],
  ["gzip", new Uint8Array(gzipSync(RECORD)), "gzip data: decompress it first"],
  ["gzip that was read as text", new TextDecoder().decode(gzipSync(RECORD)), "gzip data: decompress it first"],
  ["gzip that was read as Latin-1", gzipSync(RECORD).toString("latin1"), "gzip data: decompress it first"],
  ["PNG that was read as text", "\ufffdPNG\r\n\u001a\n", "a PNG picture"],
  ["UTF-16 that was read as text", `\ufffd\ufffd[\u0000{\u0000`, "UTF-16 text (little-endian): wanted UTF-8"],
  ["zstd", hex("28b52ffd240b"), "zstd data: decompress it first"],
  ["bzip2", utf8.encode("BZh91AY&SY"), "bzip2 data: decompress it first"],
  ["xz", hex("fd377a585a000004"), "xz data: decompress it first"],
  ["PNG", hex("89504e470d0a1a0a0000000d"), "a PNG picture"],
  ["JPEG", hex("ffd8ffe000104a464946"), "a JPEG picture"],
  ["GIF", utf8.encode("GIF89a\u0001"), "a GIF picture"],
  ["WebP", utf8.encode("RIFF\u0001\u0002\u0003\u0004WEBPVP8 "), "a WebP picture"],
  ["WAV", utf8.encode("RIFF\u0001\u0002\u0003\u0004WAVEfmt "), "a sound file"],
  ["PDF", "%PDF-1.7\n%", "a PDF file"],
  ["SQLite", "SQLite format 3\u0000", "an SQLite database"],
  ["Parquet", utf8.encode("PAR1\u0015\u0004"), "a Parquet file"],
  ["two marks", MARK + MARK + RECORD, "UTF-8 text with its byte order mark twice"],
  ["UTF-16", utf16(RECORD), unmarked(16, "little")],
  ["UTF-16, big-endian", utf16(RECORD, true), unmarked(16, "big")],
  ["UTF-32", utf32(RECORD), unmarked(32, "little")],
  ["UTF-32, big-endian", utf32(RECORD, true), unmarked(32, "big")],
  ["UTF-16 with a mark", utf16(MARK + RECORD), "UTF-16 text (little-endian): wanted UTF-8"],
  ["UTF-16 with a mark, big-endian", utf16(MARK + RECORD, true), "UTF-16 text (big-endian): wanted UTF-8"],
  ["UTF-32 with a mark", utf32(MARK + RECORD), "UTF-32 text: wanted UTF-8"],
  ["a JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl\n", "a JSON Web Token"],
  ["a bearer token", "Bearer tok_5f1c2e9a7b", "a bearer token"],
  ["a key", "sk_live_5f1c2e9a7b0d4b8c6e3a", "a token or an id"],
  ["base64", Buffer.from(RECORD).toString("base64"), "base64 text: decode it first"],
  ["a URL", "https://files.example/2024.ndjson?token=5f1c\n", URL_LOOK],
  ["a path", "/home/ada/usage/2024.ndjson", PATH],
  ["a path below", "./2024.ndjson", PATH],
  ["a path of Windows", "C:\\Users\\Ada\\2024.json", PATH],
  ["a name", "2024-06.ndjson", NAME],
  ["YAML", "- id: m1\n  receivedAt: 2024-06-01\n", "YAML: wanted JSON"],
  ["YAML with a marker", "---\nid: m1\n", "YAML: wanted JSON"],
  ["YAML of one object", "id: m1\nagentId: a1\n", "YAML: wanted JSON"],
  ["a literal", "[{ id: 'm1', receivedAt: new Date() }]", LITERAL],
  ["a literal of an object", "{id: 1}", LITERAL],
  ["a literal of Python", "{'id': 'm1', 'agentId': None}", LITERAL],
  ["a list of Python", "['m1', 'm2']", LITERAL],
  ["an object as text", "[object Object]", "an object that was converted to text: wanted JSON.stringify of it"],
  ["a log", "2024-06-01 12:00:00,123 INFO started\n", LOG],
  ["a log in brackets", "[2024-06-01T12:00:00Z] GET /v1/calls\n", LOG],
  ["a log by level", "[INFO] listening, and more\n", LOG],
  ["syslog", "Jun  1 12:00:00 host app[1]: hello, and more\n", LOG],
  ["an access log", '203.0.113.7 - ada [01/Jun/2024:12:00:00 +0000] "GET / HTTP/1.1" 200 5\n', LOG],
  [
    "an HTTP response",
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"data":[]}',
    "an HTTP response with its headers: wanted its body",
  ],
  ["an event stream", `data: ${RECORD}\n\n`, "an event stream: wanted the data of its events"],
  ["comments", `// all of June\n${RECORD}`, "JSON or a script with comments: wanted JSON without them"],
  ["prose", "Hello, world. These are\n\n\tmy records.", 'plain text: "Hello, world. These are my records."'],
  ["long prose", "Never gonna ".repeat(200), `plain text: "${"Never gonna ".repeat(5).slice(0, 59)}…"`],
  [
    "prose in Greek",
    utf8.encode("Καλημέρα κόσμε ".repeat(100)),
    `plain text: "${"Καλημέρα κόσμε ".repeat(5).slice(0, 59)}…"`,
  ],
];

describe("text that is not JSON", () => {
  for (const [what, head, look] of TEXTS) {
    test(`${what} is recognised`, () => {
      assert.equal(lookOfText(head), look);
      // As bytes and in a larger text it looks the same.
      if (typeof head === "string") assert.equal(lookOfText(utf8.encode(head)), look);
      assert.ok(look.length < 200);
    });
  }

  for (const text of [
    ...[
      "",
      " ",
      "{",
      "[",
      "[]",
      "{}",
      "[[]]",
      "[1, 2]",
      "[-1.5e3]",
      "null",
      "true\n",
      "42",
      "-1e9\n{}",
      '"text"',
      "[null]",
      "[\n",
    ],
    ...[
      RECORD,
      `${RECORD}\n${RECORD}`,
      `[${RECORD},`,
      `{"data":[${RECORD}`,
      ` \n{ "a": 1`,
      `[ {\n "a"`,
      `${MARK}${RECORD}`,
    ],
    ...['"a\\"b"', '["a"]', "[{}]", "\u0000\u0001\u0002", "...", "123,"],
  ]) {
    test(`${JSON.stringify(text.slice(0, 30))} is not named`, () => {
      assert.equal(lookOfText(text), undefined);
      assert.equal(lookOfText(utf8.encode(text)), undefined);
    });
  }

  test("nothing that may be secret is quoted", () => {
    const secret = "hunter2hunter2hunter2";
    for (const text of [
      secret,
      `Bearer ${secret}`,
      `https://a.example/${secret}`,
      `/home/${secret}`,
      `${secret}.json`,
    ]) {
      assert.ok(!lookOfText(text).includes("hunter2"), text);
    }
  });

  test("random bytes and long texts give short looks, in linear time", () => {
    const random = new Random(7, 1);
    const bytes = (length) => Uint8Array.from({ length }, () => Math.floor(random.unit() * 256));
    const pieces = [
      ...TEXTS.map(([, head]) => head),
      RECORD,
      "<",
      ">",
      "\n",
      ",",
      '"',
      "'",
      "{",
      "[",
      ":",
      "-",
      "\ufffd",
      "é",
      "\ud83d\ude00",
    ];
    for (let n = 0; n < 5000; n++) {
      const parts = Array.from({ length: 1 + Math.floor(random.unit() * 4) }, () => {
        const piece = random.pick(pieces);
        return random.chance(0.2) ? bytes(20) : piece.slice(0, Math.floor(random.unit() * piece.length) + 1);
      });
      const head = joined(...parts.map((part) => (typeof part === "string" ? utf8.encode(part) : part)));
      for (const form of [head, new TextDecoder("latin1").decode(head)]) assertShort(lookOfText(form) ?? "x");
    }
    for (const piece of ["<", "a,", '"', "[", "a: b\n", "x", " ", "'", "- ", "\ufeff", "\u0000", "\ud800"]) {
      assertShort(lookOfText(piece.repeat(1_000_000)) ?? "x");
    }
  });
});

function assertShort(look) {
  assert.ok(typeof look === "string" && look.length > 0 && look.length < 200, look);
  assert.ok(look.isWellFormed(), look);
  assert.doesNotMatch(look, /[\p{Control}\p{Format}]/u);
}

const ID = "cmf3k2";
const AGENT = { id: ID, name: "Front desk", description: null, voiceMode: "webhook", modelTier: "balanced", createdAt: "2024-06-01T09:00:00Z" }; // biome-ignore format: as the vendor gives it
const NUMBER = {
  id: "num_1",
  phoneNumber: "+15550001111",
  country: "US",
  status: "active",
  type: "local",
  agentId: ID,
};
const CONVERSATION = { id: "conv_1", agentId: ID, phoneNumberId: "num_1", phoneNumber: "+15550001111", participant: "+15550002222", lastMessageAt: "2024-06-02T09:00:00Z", messageCount: 12 }; // biome-ignore format: as the vendor gives it
const DELIVERY = { id: "del_1", messageId: null, eventType: "agent.message", channel: "sms", status: "failed", httpStatus: 503, attemptCount: 3, nextRetryAt: null }; // biome-ignore format: as the vendor gives it
const AGENT_ROW = { agentId: ID, agentName: "Front desk", messages: 12, calls: 3, totalSeconds: 611, isOrphan: false };
const READS = "use validateResponse for responses";

const snake = (value) => {
  if (Array.isArray(value)) return value.map(snake);
  if (typeof value !== "object" || value === null) return value;
  const name = (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [name(key), snake(inner)]));
};

/** Values, and what they look like in camelCase and in snake_case. */
const VALUES = [
  [AGENT, "an agent, of GET /v1/agents"],
  [{ data: [AGENT, AGENT], hasMore: false, total: 2 }, "a list of agents, of GET /v1/agents"],
  [[AGENT], "a list of agents, of GET /v1/agents"],
  [{ id: ID, name: "Front desk", numbers: [] }, "an agent, of GET /v1/agents"],
  [NUMBER, "a phone number, of GET /v1/numbers"],
  [{ data: [NUMBER], hasMore: false, total: 1 }, "a list of phone numbers, of GET /v1/numbers"],
  [CONVERSATION, "a conversation without its messages: GET /v1/conversations/{id} has its messages"],
  [
    { data: [CONVERSATION] },
    "a list of conversations without their messages: GET /v1/conversations/{id} has the messages of one",
  ],
  [DELIVERY, "an attempt to deliver a webhook, of GET /v1/webhooks/deliveries"],
  [
    { items: [DELIVERY], total: 1, offset: 0, limit: 50 },
    "a list of attempts to deliver webhooks, of GET /v1/webhooks/deliveries",
  ],
  [AGENT_ROW, `a row of GET /v1/usage/by-agent: ${READS}`],
  [
    { data: [AGENT_ROW], period: "month", periodStart: "2024-06-01T00:00:00Z", periodEnd: "" },
    `a response of GET /v1/usage/by-agent: ${READS}`,
  ],
  [{ numbers: { used: 1 }, stats: { totalMessages: 5 }, periodStart: "" }, `a response of GET /v1/usage: ${READS}`],
  [{ data: [], days: 30 }, `a response of GET /v1/usage/daily: ${READS}`],
  [{ data: [], months: 6 }, `a response of GET /v1/usage/monthly: ${READS}`],
  [{ date: "2024-06-01", messages: 1, calls: 0, webhooks: 0 }, `a row of GET /v1/usage/daily: ${READS}`],
  [{ month: "2024-06", messages: 1, calls: 0, webhooks: 0 }, `a row of GET /v1/usage/monthly: ${READS}`],
  [
    { numberId: "num_1", phoneNumber: "", country: "", status: "", messages: 1, calls: 0 },
    `a row of GET /v1/usage/by-number: ${READS}`,
  ],
  [{ data: [{ numberId: "num_1", messages: 1, calls: 0 }] }, `the rows of GET /v1/usage/by-number: ${READS}`],
  [{ event: "agent.snoozed", data: {} }, 'a webhook of the event "agent.snoozed", which is not documented'],
  [{ event: `x\u0000${"y".repeat(500)}` }, `a webhook of the event "x${"y".repeat(58)}…", which is not documented`],
  [{ event: "agent.message", timestamp: "noon" }, 'a webhook of the event "agent.message"'],
  [{ headers: {}, body: '{"event":"agent.message","data":{}}' }, "a webhook whose `body` is text: parse `body` first"],
  [{ sid: "SM1", accountSid: "AC1", dateCreated: "Sat, 01 Jun 2024" }, "a record of Twilio, not of AgentPhone"],
  [{ id: "1", orgId: "o", assistantId: "a", startedAt: "" }, "a call of Vapi, not of AgentPhone"],
  [{ callId: "1", agentId: "a", startTimestamp: 1717200000000 }, "a call of Retell, not of AgentPhone"],
  [{ callId: "1", callLength: 1.5, to: "+15550002222" }, "a call of Bland, not of AgentPhone"],
  [
    [{ conversationId: "1", startTimeUnixSecs: 1717200000 }],
    "a list of conversations of ElevenLabs, not of AgentPhone",
  ],
  [{ object: "organization.usage.completions.result", inputTokens: 5 }, "a usage record of OpenAI, not of AgentPhone"],
  [{ error: { message: "Invalid API key", code: "invalid_api_key" } }, 'an error body: "Invalid API key"'],
  [
    { detail: [{ type: "missing", loc: ["query", "period"], msg: "Field required" }] },
    'an error body: "/query/period: Field required"',
  ],
  [
    { success: false, errors: [{ code: 9109, message: "Invalid access token" }] },
    'an error body: "Invalid access token"',
  ],
  [{ message: "Not Found", status: "404" }, 'an error body: "Not Found"'],
  [{ success: false }, "an error body"],
  [{ message: "hello" }, "an object with the key message"],
  [{ a: 1, b: 2, c: 3 }, "an object with the keys a, b, c"],
  [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, "an object with the keys a, b, c, d, e and 1 more"],
  [{ ["z".repeat(99)]: 1 }, `an object with the key ${"z".repeat(29)}…`],
  [{}, "an object without keys"],
  [[], "an empty array"],
  [[1, 2], "an array"],
  [null, "null"],
  [5, "a number"],
  [true, "a boolean"],
  ["noon at last", 'a string with plain text: "noon at last"'],
  ["", "a string"],
  [`{"id":"m1"}`, "JSON inside a string: parse it first"],
];

describe("values that are not records", () => {
  for (const [value, look] of VALUES) {
    test(`${JSON.stringify(value).slice(0, 60)} is named`, () => {
      assert.equal(lookOfValue(value), look);
      assert.equal(lookOfValue(snake(value)), look);
      assertShort(look);
    });
  }

  test("values that JSON can't have are named too", () => {
    for (const [value, look] of [
      [undefined, "undefined"],
      [() => 1, "a function"],
      [Symbol("s"), "a symbol"],
      [5n, "a bigint"],
      [new Map(), "a Map"],
      [Promise.resolve(), "a Promise"],
    ]) {
      assert.equal(lookOfValue(value), look);
    }
  });

  test("records are not taken for anything of another vendor", () => {
    for (const record of [call({ id: "1" }), message({ id: "1" })]) {
      assert.match(lookOfValue(record), /^an object with the keys /);
    }
  });

  test("no value makes it throw", () => {
    const traps = Object.fromEntries(
      Reflect.ownKeys(Reflect)
        .filter((name) => typeof Reflect[name] === "function")
        .map((name) => [name, () => assert.fail("trapped")]),
    );
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const getters = {};
    const keys = ["event", "body", "error", "data", "items", "detail", "message", "id", "name"];
    for (const key of keys) Object.defineProperty(getters, key, { enumerable: true, get: () => assert.fail("read") });
    const tagged = { get [Symbol.toStringTag]() { return assert.fail("read"); } }; // biome-ignore format: one line
    const cyclic = { error: {} };
    cyclic.error.message = cyclic;
    for (const value of [new Proxy({}, traps), new Proxy([], traps), proxy, getters, tagged, cyclic]) {
      for (const form of [value, [value], { data: [value] }, { error: value }, { errors: value }, { event: value }]) {
        assertShort(lookOfValue(form));
      }
    }
  });

  test("random JSON values give short looks", () => {
    const random = new Random(9, 1);
    const keys = [...new Set(VALUES.flatMap(([value]) => Object.keys(value ?? {})))].concat("", "\ud800", "é\u0000");
    const known = VALUES.map(([value]) => value);
    const make = (depth) => {
      const kind = Math.floor(random.unit() * (depth > 3 ? 4 : 8));
      if (kind === 0) return random.pick([null, true, false, -1.5, 7]);
      if (kind === 1) return random.pick(keys).repeat(1 + Math.floor(random.unit() * 200));
      if (kind === 2) return random.pick(known);
      if (kind === 3) return random.pick(TEXTS.map(([, head]) => String(head)));
      const length = Math.floor(random.unit() * 12);
      if (kind < 6) return Array.from({ length }, () => make(depth + 1));
      return Object.fromEntries(Array.from({ length }, () => [random.pick(keys), make(depth + 1)]));
    };
    for (let n = 0; n < 5000; n++) assertShort(lookOfValue(make(0)));
  });
});

describe("what can't be records, for programs", () => {
  const agent = { id: "a1", name: "Support", voiceMode: "hosted" };
  const number = { id: "n1", phoneNumber: "+15550100", country: "US", status: "active" };
  const kinds = [
    [{ data: [], period: "month", periodStart: "", periodEnd: "" }, "by-agent"],
    [{ stats: {}, numbers: {} }, "usage"],
    [{ data: [], days: 7 }, "daily"],
    [{ data: [], months: 3 }, "monthly"],
    [{ data: [{ numberId: "n1", messages: 0, calls: 0 }] }, "by-number"],
    [agent, "agents"],
    [{ data: [agent], hasMore: false, total: 1 }, "agents"],
    [[number], "numbers"],
    [{ data: [{ id: "c1", participant: "+1", message_count: 5 }] }, "conversations"],
    [[{ eventType: "agent.message", httpStatus: 200 }], "deliveries"],
    [{ messages: [], calls: [] }, "lists"],
    [{ detail: "Invalid API key" }, "error"],
    [[{ sid: "CA1", date_created: "" }], "foreign"],
  ];
  for (const [value, kind] of kinds) {
    test(kind, () => {
      const text = JSON.stringify(value);
      for (const input of [value, text, `\ufeff${text}`, utf8.encode(text)]) {
        assert.deepEqual(lookOf(input), { kind, words: lookOfValue(value) });
      }
    });
  }

  test("text in another format, with the words for it", () => {
    for (const text of ["id,agentId\n1,a1\n", "<!doctype html><title>Sign in</title>", zipped("a.json"), ROWS]) {
      assert.deepEqual(lookOf(text), { kind: "format", words: lookOfText(text) });
    }
  });

  test("nothing for what may be records", () => {
    const may = [message(), call(), [call()], { data: [message()] }, [], {}, null, 5, undefined, new Map()];
    for (const value of may) assert.equal(lookOf(value), undefined);
    const texts = [RECORD, `${RECORD}\n${RECORD}\n`, RECORD.slice(0, 20), "", "[", utf8.encode(RECORD)];
    for (const text of texts) assert.equal(lookOf(text), undefined);
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    assert.equal(lookOf(revoked.proxy), undefined);
  });
});
